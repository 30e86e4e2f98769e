//! No stream makes a stage panic: neither rubbish, nor rows of the right types with anything in them.
#![no_main]

use std::sync::{Arc, LazyLock};

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_ipc::writer::StreamWriter;
use libfuzzer_sys::fuzz_target;
use samestory::params::Params;
use samestory::pipeline::worker::{self, Settings};
use samestory::read::Options;

/// A stage with its columns and their types.
type Stage = (String, Vec<(String, String)>);

static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| {
    let described = worker::describe(&settings());
    let column = |column: &str| {
        let (name, kind) = column.split_once(' ').unwrap();
        (name.to_owned(), kind.to_owned())
    };
    let stage = |line: &str| {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap().to_owned();
        (name, fields.next().unwrap().split(',').filter(|c| !c.is_empty()).map(column).collect())
    };
    described.lines().skip(2).map(stage).collect()
});

fn settings() -> Settings {
    Settings {
        params: Params::default(),
        options: Arc::new(Options::default()),
        rename: Vec::new(),
        sort: true,
    }
}

/// A cell: a number, bytes, and whether it is there.
type Cell<'a> = (i8, u8, &'a [u8]);

fn column(kind: &str, cells: &[Cell<'_>]) -> ArrayRef {
    let there = |cell: &Cell<'_>| cell.1 % 8 != 0;
    let long = |cell: &Cell<'_>| match cell.1 % 4 {
        1 => i64::from(cell.0) << 56,
        2 => i64::from(cell.0) * 43_200,
        _ => i64::from(cell.0),
    };
    match kind {
        "bigint" => {
            Arc::new(Int64Array::from_iter(cells.iter().map(|c| there(c).then(|| long(c)))))
        }
        "string" => Arc::new(StringArray::from_iter(
            cells.iter().map(|c| there(c).then(|| String::from_utf8_lossy(c.2).into_owned())),
        )),
        "binary" => Arc::new(BinaryArray::from_iter(cells.iter().map(|c| there(c).then_some(c.2)))),
        "boolean" => {
            Arc::new(BooleanArray::from_iter(cells.iter().map(|c| there(c).then_some(c.0 > 0))))
        }
        _ => Arc::new(Float32Array::from_iter(
            cells.iter().map(|c| there(c).then_some(f32::from(c.0) / 64.0)),
        )),
    }
}

fuzz_target!(|input: (u8, &[u8], Vec<Cell<'_>>)| {
    let (stage, rubbish, cells) = input;
    let (name, columns) = &STAGES[usize::from(stage) % STAGES.len()];
    let rows = cells.len() / columns.len().max(1);
    if rows == 0 || columns.is_empty() {
        let _ = worker::run(name, rubbish, Vec::new(), &settings());
        return;
    }
    let arrays = columns
        .iter()
        .zip(cells.chunks(rows))
        .map(|((name, kind), cells)| (name, column(kind, cells)));
    let batch =
        RecordBatch::try_from_iter_with_nullable(arrays.map(|(name, array)| (name, array, true)))
            .unwrap();
    let mut writer = StreamWriter::try_new(Vec::new(), &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    let _ = worker::run(name, &writer.into_inner().unwrap()[..], Vec::new(), &settings());
});

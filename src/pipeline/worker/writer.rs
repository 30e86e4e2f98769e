//! Rows of Arrow batches out.

use std::io::Write;
use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float32Builder, Int64Builder, StringBuilder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};

use super::Error;
use super::wire::{Column, Kind, Out};

/// Rows of a batch that is written, at most.
const MOST_ROWS: usize = 8192;
/// Bytes of a batch from where on it is written.
const MOST_BYTES: usize = 4 << 20;

enum Builder {
    Long(Int64Builder),
    Text(StringBuilder),
    Bytes(BinaryBuilder),
    Flag(BooleanBuilder),
    Float(Float32Builder),
}

/// Rows being written.
pub(super) struct Writer<'a> {
    stream: StreamWriter<Box<dyn Write + 'a>>,
    schema: Arc<Schema>,
    builders: Vec<Builder>,
    rows: usize,
    bytes: usize,
}

impl<'a> Writer<'a> {
    /// Begins a stream.
    pub(super) fn new(out: Box<dyn Write + 'a>, columns: &[Column]) -> Result<Self, Error> {
        let field = |(name, kind): &Column| Field::new(*name, kind.data_type(), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let builder = |(_, kind): &Column| match kind {
            Kind::Long => Builder::Long(Int64Builder::new()),
            Kind::Text => Builder::Text(StringBuilder::new()),
            Kind::Bytes => Builder::Bytes(BinaryBuilder::new()),
            Kind::Flag => Builder::Flag(BooleanBuilder::new()),
            Kind::Float => Builder::Float(Float32Builder::new()),
        };
        let builders = columns.iter().map(builder).collect();
        Ok(Self {
            stream: StreamWriter::try_new(out, &schema)?,
            schema,
            builders,
            rows: 0,
            bytes: 0,
        })
    }

    /// Writes one row.
    pub(super) fn row(&mut self, row: &[Out<'_>]) -> Result<(), Error> {
        for (builder, value) in self.builders.iter_mut().zip(row) {
            self.bytes += match value {
                Out::Text(text) => text.len(),
                Out::Bytes(bytes) => bytes.len(),
                _ => 8,
            };
            match (builder, value) {
                (Builder::Long(b), Out::Long(v)) => b.append_value(*v),
                (Builder::Long(b), _) => b.append_null(),
                (Builder::Text(b), Out::Text(v)) => b.append_value(v),
                (Builder::Text(b), _) => b.append_null(),
                (Builder::Bytes(b), Out::Bytes(v)) => b.append_value(v),
                (Builder::Bytes(b), _) => b.append_null(),
                (Builder::Flag(b), Out::Flag(v)) => b.append_value(*v),
                (Builder::Flag(b), _) => b.append_null(),
                (Builder::Float(b), Out::Float(v)) => b.append_value(*v),
                (Builder::Float(b), _) => b.append_null(),
            }
        }
        self.rows += 1;
        if self.rows == MOST_ROWS || self.bytes >= MOST_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let arrays = self.builders.iter_mut().map(|builder| -> ArrayRef {
            match builder {
                Builder::Long(b) => Arc::new(b.finish()),
                Builder::Text(b) => Arc::new(b.finish()),
                Builder::Bytes(b) => Arc::new(b.finish()),
                Builder::Flag(b) => Arc::new(b.finish()),
                Builder::Float(b) => Arc::new(b.finish()),
            }
        });
        let batch = RecordBatch::try_new(self.schema.clone(), arrays.collect())?;
        (self.rows, self.bytes) = (0, 0);
        Ok(self.stream.write(&batch)?)
    }

    /// Writes what is left, and the end of the stream.
    pub(super) fn finish(mut self) -> Result<(), Error> {
        if self.rows > 0 {
            self.flush()?;
        }
        self.stream.finish()?;
        Ok(self.stream.get_mut().flush()?)
    }
}

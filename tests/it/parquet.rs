//! Parquet in and out: the same articles as from JSON Lines, the same rows as in CSV, and damage is a refusal.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, FixedSizeBinaryArray, Int64Array,
    LargeStringArray, RecordBatch, StringArray, StructArray, Time32MillisecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, types::Int32Type,
};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use samestory::read::{Options, parquet_table};

use crate::formats::{outcome, read_bytes};
use crate::util::{Dir, ran};

/// A file of these columns.
fn file(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)))
            .unwrap();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn articles() -> Vec<u8> {
    let mut texts = ListBuilder::new(StringBuilder::new());
    texts.append_value([Some("x"), None, Some("y")]);
    texts.append_value([Some("z")]);
    texts.append_null();
    let outlets: DictionaryArray<Int32Type> = ["Post", "Post", "Echo"].into_iter().collect();
    file(vec![
        ("guid", Arc::new(Int64Array::from(vec![7, 8, 9]))),
        ("headline", Arc::new(LargeStringArray::from(vec![Some("A"), Some("B"), None]))),
        ("body", Arc::new(texts.finish())),
        ("outlet", Arc::new(outlets)),
        (
            "date",
            Arc::new(TimestampMillisecondArray::from(vec![1_500, 0, 0]).with_timezone("+02:00")),
        ),
        ("fetched", Arc::new(Date32Array::from(vec![Some(20_000), None, Some(1)]))),
    ])
}

#[test]
fn rows_are_articles() {
    let bytes = articles();
    let expected = ["1 A|x\n\ny", "2 B|z", "3 refused: neither text nor title"];
    assert_eq!(outcome("a.parquet", &bytes, Options::default()), expected);
    assert_eq!(outcome("found by its content", &bytes, Options::default()), expected);
    assert_eq!(
        outcome("a.zst", &zstd::encode_all(&bytes[..], 1).unwrap(), Options::default()),
        expected
    );
    let (read, _, notes) = read_bytes("a.parquet", &bytes, Options::default());
    let first = &read[0];
    assert_eq!((first.id.as_str(), first.source.as_str()), ("7", "Post"));
    assert_eq!(first.published.unwrap().to_string(), "1970-01-01T00:00:01.5Z");
    assert_eq!(first.seen.unwrap().to_string(), "2024-10-04T00:00:00Z");
    assert!(notes.aliases.iter().any(|(column, _)| column == "headline"));
    let tight = Options { max_record: 12, ..Options::default() };
    let long = "1 refused: this row is longer than 12 bytes; --max-record raises the limit";
    assert_eq!(outcome("a.parquet", &bytes, tight)[0], long);
}

#[test]
fn columns_without_a_zone_are_in_that_of_the_user() {
    let times = TimestampNanosecondArray::from(vec![0]);
    let bytes =
        file(vec![("title", Arc::new(StringArray::from(vec!["A"]))), ("date", Arc::new(times))]);
    let timezone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let (read, ..) = read_bytes("a.parquet", &bytes, Options { timezone, ..Options::default() });
    assert_eq!(read[0].published.unwrap().to_string(), "1969-12-31T23:00:00Z");
}

#[test]
fn ids_and_dates_of_other_types_are_read_or_told() {
    let titles = || Arc::new(StringArray::from(vec!["A", "B"])) as ArrayRef;
    let bytes = |width: usize| {
        let values = (0..2u8).map(|i| vec![0xA0 + i; width]);
        Arc::new(FixedSizeBinaryArray::try_from_iter(values).unwrap()) as ArrayRef
    };
    let times = || Arc::new(Time32MillisecondArray::from(vec![Some(1), None])) as ArrayRef;
    let read = |columns| read_bytes("a.parquet", &file(columns), Options::default());
    let ids = |ids: ArrayRef| {
        let (articles, ..) = read(vec![("id", ids), ("title", titles())]);
        articles.into_iter().map(|article| article.id).collect::<Vec<_>>()
    };
    let uuids = ["a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0", "a1a1a1a1-a1a1-a1a1-a1a1-a1a1a1a1a1a1"];
    assert_eq!(ids(bytes(16)), uuids);
    assert_eq!(ids(bytes(4)), ["a0a0a0a0", "a1a1a1a1"]);
    let truths = Arc::new(BooleanArray::from(vec![Some(true), None])) as ArrayRef;
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("a")]);
    lists.append_null();
    for odd in [times(), truths, Arc::new(lists.finish())] {
        let (articles, refusals, _) = read(vec![("uuid", odd), ("title", titles())]);
        assert_eq!((articles.len(), refusals.len()), (1, 1));
        assert_eq!(refusals[0].reason, "the id in `uuid` is neither text nor a number");
    }
    let (articles, _, notes) = read(vec![("date", times()), ("title", titles())]);
    assert_eq!((articles.len(), notes.unreadable_dates), (2, 1));
}

#[test]
fn texts_of_an_unknown_shape_and_flags_before_dates_are_told() {
    let pair = |key: &str, value| {
        let field = Arc::new(Field::new(key, DataType::Utf8, true));
        StructArray::from(vec![(field, Arc::new(StringArray::from(vec![value])) as ArrayRef)])
    };
    let mut map = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
    map.keys().append_value("en");
    map.values().append_value("x");
    map.append(true).unwrap();
    let fields = ["rendered", "value"].map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
    let values = [" ", "x"].map(|value| Arc::new(StringArray::from(vec![value])) as ArrayRef);
    let both = StructArray::from(fields.into_iter().zip(values).collect::<Vec<_>>());
    let texts: [(ArrayRef, u64, &str); 5] = [
        (Arc::new(both), 0, "x"),
        (Arc::new(map.finish()), 1, ""),
        (Arc::new(pair("paragraph", Some("x"))), 1, ""),
        (Arc::new(pair("paragraph", None)), 0, ""),
        (Arc::new(pair("body", Some("x"))), 0, "x"),
    ];
    for (text, told, expected) in texts {
        let bytes = file(vec![
            ("title", Arc::new(StringArray::from(vec!["A"]))),
            ("text", text),
            ("published", Arc::new(BooleanArray::from(vec![true]))),
            ("published_at", Arc::new(Date32Array::from(vec![20_000]))),
        ]);
        let (articles, _, notes) = read_bytes("a.parquet", &bytes, Options::default());
        assert_eq!((&*articles[0].text, notes.unread_texts), (expected, told));
        assert_eq!((articles[0].published.is_some(), notes.unreadable_dates), (true, 0));
    }
}

#[test]
fn columns_are_read_however_they_are_packed() {
    let words: String =
        (0..400u32).map(|i| format!("{:x} ", i.wrapping_mul(2_654_435_761))).collect();
    let columns = [("title", "A"), ("text", words.trim())];
    let columns =
        columns.map(|(name, value)| (name, Arc::new(StringArray::from(vec![value])) as ArrayRef));
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    for packing in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::BROTLI(Default::default()),
        Compression::ZSTD(Default::default()),
    ] {
        let properties = WriterProperties::builder().set_compression(packing).build();
        let mut writer =
            ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        let read = outcome("a.parquet", &writer.into_inner().unwrap(), Options::default());
        assert_eq!(read, [format!("1 A|{}", words.trim())], "{packing}");
    }
}

#[test]
fn what_is_no_article_file_is_refused() {
    let other = file(vec![("a", Arc::new(StringArray::from(vec!["x"])))]);
    let reason =
        "0 refused: no column is known as text or title among: a; --field text=COLUMN names one";
    assert_eq!(outcome("a.parquet", &other, Options::default()), [reason]);
    let cut = &articles()[..200];
    let refused = outcome("a.parquet", cut, Options::default());
    assert!(refused[0].starts_with("0 refused: not a whole Parquet file ("), "{refused:?}");
}

/// The rows of a table in CSV, each as its fields.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_layouts_hold_what_csv_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for layout in ["articles", "stories", "pairs"] {
        let dir = Dir::new();
        let run = |format: &str| {
            let target = dir.path(format);
            let arguments =
                format!("cluster -q samples/articles --layout {layout} --format {format} -o");
            ran(dir.command(&arguments).arg(&target).current_dir(root)).exits(0);
            std::fs::read(target).unwrap()
        };
        let (bytes, text) = (run("parquet"), String::from_utf8(run("csv")).unwrap());
        assert_eq!(bytes, run("parquet"), "the same bytes");
        let (names, rows) = parquet_table(bytes, |_| true).unwrap();
        assert_eq!(names.join(","), text.lines().next().unwrap());
        let numbers = [
            "similarity",
            "containment",
            "score",
            "resemblance",
            "cosine",
            "days_apart",
            "similarity_min",
            "similarity_mean",
        ];
        let spelled = |(name, value): (&String, &String)| match value.parse::<f64>() {
            Ok(number) if numbers.contains(&name.as_str()) => format!("{number:.4}"),
            _ => value.clone(),
        };
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| names.iter().zip(row).map(spelled).collect()).collect();
        assert_eq!(rows, csv_rows(&text));
    }
    let dir = Dir::new();
    let input = root.join("samples/articles");
    let gold = root.join("samples/expected.csv");
    ran(dir.command("cluster -q --format parquet -o c.parquet").arg(input)).exits(0);
    let told = ran(dir.command("evaluate c.parquet").arg(gold)).exits(0).out;
    assert!(told.contains("B-cubed"), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_is_a_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4), cut in any::<prop::sample::Index>(), whole in any::<bool>()) {
        let mut bytes = articles();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if bytes.starts_with(b"PAR1") {
            read_bytes("a.parquet", &bytes, Options::default());
        }
    }
}

//! What stands in a CSV is what was read, whatever its characters; and no cell of a spreadsheet begins a formula.
#![no_main]

use libfuzzer_sys::fuzz_target;
use samestory::model::{Article, Owners};
use samestory::params::Params;
use samestory::pipeline::cluster_articles;
use samestory::report::{Format, Layout, Table, write};

fuzz_target!(|input: (&str, &str, &str, bool)| {
    let (id, title, source, excel) = input;
    if id.is_empty() || title.trim().is_empty() {
        return;
    }
    let article = Article { id: id.into(), title: title.into(), source: source.into(), ..Article::default() };
    let grouping = cluster_articles(vec![article], &Params::default()).unwrap().grouping;
    let table = Table { layout: Layout::Articles, format: Format::Csv, excel, keep: &[], owners: &Owners::default(), only: None };
    let mut out = Vec::new();
    write(&mut out, &grouping, &table).unwrap();
    let body = out.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&out);
    let mut rows = csv::Reader::from_reader(body);
    let header = rows.headers().unwrap().clone();
    let row = rows.records().next().unwrap().unwrap();
    for (name, given) in [("article_id", id), ("title", title), ("source", source)] {
        let cell = &row[header.iter().position(|column| column == name).unwrap()];
        if excel {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        } else {
            assert_eq!(cell, given);
        }
    }
});

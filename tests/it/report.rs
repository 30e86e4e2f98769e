//! Every layout in every format, on one small grouping; and what spreadsheets and hostile text ask for.

use std::sync::Arc;

use samestory::model::{Article, Entry, Grouping, Kept, Match, MatchKind, Reason, Refusal};
use samestory::report::{Format, Layout, Table, write, write_refusals, write_unique};

use crate::util::{Dir, check};

/// Seven articles, by id: a story of three tellings (`b` with an edited copy `e` and an exact one `c`, `d`, and `a`
/// which only the average ties), and two that nobody else tells, of which `g` has hostile text.
pub(crate) fn fixture() -> Grouping {
    let file: Arc<str> = "news.jsonl".into();
    let day = |day: i64| jiff::Timestamp::new(1_767_607_200 + 86_400 * day, 0).ok();
    let names = keep().into();
    let entry = |id: &str, title: &str, source: &str, published: Option<jiff::Timestamp>| Entry {
        id: id.into(),
        title: title.into(),
        source: source.into(),
        lang: "en".into(),
        file: file.clone(),
        published: published.into(),
        fingerprint: 0xfeed,
        kept: Kept::new(&names, vec![format!("{id}!")]),
        ..Entry::default()
    };
    let found = |a, b, kind, similarity, containment, cosine, score| {
        let resemblance = if kind == MatchKind::Story { 0.01 } else { similarity };
        Match { a, b, kind, resemblance, containment, cosine, similarity, score }
    };
    Grouping {
        articles: vec![
            entry("a", "Zug hält \"kurz\", dann nicht", "Bote", day(2)),
            entry("b", "Train stops", "Wire", day(0)),
            entry("c", "Train stops", "Echo", day(1)),
            entry("d", "Leader's train halts", "Herald", None),
            entry("e", "Train stops, 50 aboard", "Echo", day(1)),
            entry("f", "Rain", "", None),
            entry("g", "=1+1\nline", "-x", day(3)),
        ],
        order: vec![1, 2, 4, 3, 0, 5, 6],
        groups: vec![0, 3, 4, 5, 6, 7],
        stories: vec![0, 3, 4, 5],
        group_ids: vec![1 << 60, 2 << 60, 3 << 60, 4 << 60, 5 << 60],
        story_ids: vec![1 << 60, 4 << 60, 5 << 60],
        weakest: vec![Some(0.08), None, None],
        linked: Vec::new(),
        related: vec![None, None, Some(0)],
        matches: vec![
            found(1, 2, MatchKind::Exact, 1.0, 1.0, 0.0, 0.0),
            found(1, 3, MatchKind::Story, 0.41, 0.02, 0.42, 0.25),
            found(1, 4, MatchKind::Near, 0.83, 0.91, 0.0, 0.0),
            found(3, 6, MatchKind::Story, 0.16, 0.0, 0.17, -0.00001),
        ],
        best: vec![None, Some(0), Some(0), Some(1), Some(2), None, Some(3)],
        changes: ["", "", "", "", "numbers changed: 5 -> 50", "", ""].map(Into::into).into(),
        group_reasons: vec![
            Reason::Earliest,
            Reason::Alone,
            Reason::Alone,
            Reason::Alone,
            Reason::Alone,
        ],
        story_reasons: vec![Reason::MostCentral, Reason::Alone, Reason::Alone],
    }
}

fn keep() -> [String; 1] {
    ["note".to_owned()]
}

fn written(grouping: &Grouping, table: Table<'_>) -> String {
    let mut out = Vec::new();
    write(&mut out, grouping, &table).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_layout_in_every_format() {
    for (layout, name) in
        [(Layout::Articles, "articles"), (Layout::Stories, "stories"), (Layout::Pairs, "pairs")]
    {
        for (format, extension) in [(Format::Csv, "csv"), (Format::Jsonl, "jsonl")] {
            let got =
                written(&fixture(), Table { layout, format, keep: &keep(), ..Table::default() });
            check(&format!("report/{name}.{extension}"), &got);
        }
    }
}

#[test]
fn every_row_has_every_column() {
    for layout in [Layout::Articles, Layout::Stories, Layout::Pairs] {
        let text = written(&fixture(), Table { layout, keep: &keep(), ..Table::default() });
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        // The reader refuses a row of another length than the header.
        let rows = reader.records().collect::<Result<Vec<_>, _>>().unwrap();
        let lines = written(
            &fixture(),
            Table { layout, format: Format::Jsonl, keep: &keep(), ..Table::default() },
        );
        assert_eq!(rows.len(), lines.lines().count());
        for line in lines.lines() {
            serde_json::from_str::<serde_json::Value>(line).unwrap();
        }
    }
}

#[test]
fn excel_gets_a_mark_its_line_ends_and_no_formulas() {
    let text = written(&fixture(), Table { excel: true, keep: &keep(), ..Table::default() });
    assert!(text.starts_with("\u{feff}story_id,"));
    assert!(text.contains("\r\n"));
    assert!(text.contains(",\"'=1+1\nline\",'-x,"), "{text}");
    // A number below zero is a number.
    let mut grouping = fixture();
    grouping.matches[3].score = -0.5;
    assert!(
        written(&grouping, Table { excel: true, keep: &keep(), ..Table::default() })
            .contains(",-0.5000,")
    );
}

#[test]
fn no_articles_are_a_header() {
    let none = Grouping { groups: vec![0], stories: vec![0], ..Grouping::default() };
    for layout in [Layout::Articles, Layout::Stories, Layout::Pairs] {
        for grouping in [&none, &Grouping::default()] {
            assert_eq!(written(grouping, Table { layout, ..Table::default() }).lines().count(), 1);
            assert_eq!(
                written(grouping, Table { layout, format: Format::Jsonl, ..Table::default() }),
                ""
            );
        }
    }
}

#[test]
fn refusals_name_file_and_record() {
    let refusal =
        |record, reason: &str| Refusal { file: "a,b.csv".into(), record, reason: reason.into() };
    let mut out = Vec::new();
    write_refusals(&mut out, &[refusal(0, "no text column"), refusal(7, "bad \"quote\"")], false)
        .unwrap();
    let expected =
        "file,record,reason\n\"a,b.csv\",,no text column\n\"a,b.csv\",7,\"bad \"\"quote\"\"\"\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

#[test]
fn unique_keeps_one_record_of_each_group() {
    let grouping = fixture();
    let record = |entry: &Entry| {
        let title = entry.title.to_string();
        (
            Article { id: entry.id.to_string(), title, ..Article::default() },
            format!("<{}>", entry.id).into_bytes(),
        )
    };
    let mut records: Vec<_> = grouping.articles.iter().map(record).collect();
    // Another version under the id of a representative is not it.
    let other = Article { title: "An older headline".to_owned(), ..records[0].0.clone() };
    records.insert(0, (other, b"<old>".to_vec()));
    let mut out = Vec::new();
    write_unique(&mut out, &grouping, None, &[], records.iter().cloned()).unwrap();
    assert_eq!(String::from_utf8(out).unwrap(), "<a>\n<b>\n<d>\n<f>\n<g>\n");
    // A record that cannot be found again is never passed over in silence.
    records.retain(|(article, _)| article.id != "d");
    let error =
        write_unique(&mut Vec::new(), &grouping, None, &[], records.into_iter()).unwrap_err();
    assert!(error.to_string().starts_with("1 records were not found again"), "{error}");
}

#[test]
fn unique_keeps_no_version_that_is_refused() {
    let dir = Dir::new();
    let line = |day: u32, text: &str| {
        format!(
            "{{\"id\":\"a\",\"title\":\"Pier reopens in Millbridge\",\"url\":\"https://h.example/1\",\
             \"published\":\"2026-03-{day:02}T10:00:00Z\",\"text\":\"{text}\"}}\n"
        )
    };
    let corrected = line(2, "The corrected text says that five people were hurt on Monday.");
    let old = line(1, "The text says that twelve people were hurt on Monday.");
    dir.file("n.jsonl", format!("{old}{corrected}"));
    for command in ["cluster n.jsonl -o x.csv", "update n.jsonl --index i -o x.csv"] {
        dir.run(&format!("{command} --unique u.jsonl")).exits(0).says("1 refused");
        assert_eq!(dir.read("u.jsonl"), corrected, "{command}");
    }
}

/// 400,000 rows a second is the promise; a slow machine is given half of it.
#[test]
fn a_million_rows_take_seconds() {
    if std::env::var_os("SAMESTORY_FULL").is_none() || cfg!(debug_assertions) {
        return;
    }
    let grouping = wide(1_000_000);
    for format in [Format::Csv, Format::Jsonl] {
        let start = std::time::Instant::now();
        write(
            &mut std::io::sink(),
            &grouping,
            &Table { format, keep: &keep(), ..Table::default() },
        )
        .unwrap();
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{format:?}: {:.0} rows/s", 1e6 / seconds);
        assert!(seconds < 5.0, "{format:?}: {seconds} s");
    }
}

/// `n` articles in groups of two and stories of four.
fn wide(n: u32) -> Grouping {
    let model = fixture().articles.swap_remove(1);
    let entry = |i: u32| Entry { id: format!("article-{i:08}").into(), ..model.clone() };
    let groups: Vec<u32> = (0..=n).step_by(2).collect();
    let stories: Vec<u32> = (0..=n / 2).step_by(2).collect();
    let near = fixture().matches[2];
    Grouping {
        articles: (0..n).map(entry).collect(),
        order: (0..n).collect(),
        group_ids: groups[1..].iter().map(|&g| u64::from(g) << 30).collect(),
        story_ids: stories[1..].iter().map(|&s| u64::from(s) << 30).collect(),
        weakest: vec![Some(0.2); stories.len() - 1],
        linked: Vec::new(),
        related: vec![None; stories.len() - 1],
        matches: (0..n / 2).map(|i| Match { a: 2 * i, b: 2 * i + 1, ..near }).collect(),
        best: (0..n).map(|i| Some(i / 2)).collect(),
        changes: vec!["numbers changed: 5 -> 50".into(); n as usize],
        group_reasons: vec![Reason::Earliest; groups.len() - 1],
        story_reasons: vec![Reason::MostCentral; stories.len() - 1],
        groups,
        stories,
    }
}

#[test]
fn outlets_of_one_owner_are_one_independent_report() {
    let dir = Dir::new();
    let report = |id: &str, source: &str, title: &str| {
        format!("{{\"id\":\"{id}\",\"source\":\"{source}\",\"title\":\"{title}\"}}\n")
    };
    let articles = report("a", "North", "Volcano Sarrel erupts, airport of Quellara closed")
        + &report("b", "South", "Quellara airport shut as Sarrel volcano erupts")
        + &report("c", "East", "Sarrel volcano eruption closes Quellara airport");
    dir.file("articles.jsonl", articles);
    dir.file("sources.csv", "source,owner\nNorth,Press Group\nSouth,Press Group\n");
    let reports = |command: &str| {
        let run = dir.run(&format!("{command} --layout stories -q")).exits(0);
        let row = run.out.lines().nth(1).unwrap().to_owned();
        row.split(',').nth(4).unwrap().to_owned()
    };
    assert_eq!(reports("cluster articles.jsonl"), "3");
    assert_eq!(reports("cluster articles.jsonl --sources sources.csv"), "2");
    dir.run("update --index news.idx articles.jsonl -o /dev/null").exits(0);
    assert_eq!(reports("index export --index news.idx"), "3");
    assert_eq!(reports("index export --index news.idx --sources sources.csv"), "2");
    let article = r#"{"source":"Ost","title":"Zug entgleist","published":"2025-03-04T10:00:00"}"#;
    dir.file("east.jsonl", article).file("zones.csv", "source,lang,timezone\nOst,de,Asia/Tokyo\n");
    let said = dir.run("cluster east.jsonl -q --sources zones.csv").exits(0);
    assert!(said.out.contains(",2025-03-04T01:00:00Z,,de,"), "{}", said.out);
    dir.file("east.jsonl", article.replace('{', r#"{"lang":"und","#));
    assert_eq!(dir.run("cluster east.jsonl -q --sources zones.csv").exits(0).out, said.out);
    dir.run("cluster articles.jsonl --sources articles.jsonl").exits(2).says("no column source");
}

/// Who copies both of two independent reports, without a date or as early as they, is none.
#[test]
fn reports_are_independent_by_who_was_first_with_each() {
    let north = "The ferry Morning Star ran aground on rocks off Calder island in thick fog, and lifeboats took all 212 people off.";
    let south = "Lifeboats rescued every passenger of the Morning Star after the ferry struck rocks near Calder island in fog.";
    for (date, copied) in [("2025-03-01", None), ("2025-03-01", Some("2025-03-01")), ("", None)] {
        for ids in ["abcd", "acbd", "bdac", "caxb", "e10z"] {
            let dir = Dir::new();
            let article = |(id, (source, text, published)): (char, (&str, &str, Option<&str>))| {
                serde_json::json!({"id": id, "source": source, "text": text, "published": published}).to_string() + "\n"
            };
            let date = Some(date).filter(|date| !date.is_empty());
            // Of what has one time the lowest id is first.
            let mut ids: Vec<char> = ids.chars().collect();
            ids.sort_unstable();
            let all = [
                ("North", north, date),
                ("South", south, date),
                ("Aggregator", north, copied),
                ("Aggregator", south, copied),
            ];
            dir.file("news.jsonl", ids.into_iter().zip(all).map(article).collect::<String>());
            dir.run("update --index news.idx news.jsonl -o /dev/null").exits(0);
            for command in ["cluster news.jsonl -q", "index export --index news.idx"] {
                let out = dir.run(&format!("{command} --layout stories")).exits(0).out;
                let counts: Vec<&str> = out.lines().nth(1).unwrap().split(',').collect();
                assert_eq!(counts[1..5], ["4", "2", "3", "2"], "{out}");
            }
        }
    }
}

#[test]
fn where_none_is_dated_nothing_was_published_first() {
    let dir = Dir::new();
    let text = "A fire in the harbour of Merrin destroyed nine boats and a crane on Monday night.";
    let rows = |dates: [&str; 2]| {
        let [b, a] = dates;
        format!("id,published,source,text\nb,{b},Wire,{text}\na,{a},Daily,{text}\n")
    };
    dir.file("undated.csv", rows(["", ""])).file("dated.csv", rows(["2025-03-03", "2025-03-04"]));
    dir.run("update -q --index news.idx undated.csv").exits(0);
    for (command, id, said) in [
        ("cluster undated.csv", "a", "\"first by id, as none is dated; 1 copy\""),
        ("cluster dated.csv --ignore-dates", "a", "\"first by id, as none is dated; 1 copy\""),
        ("index export --index news.idx", "a", "\"first by id, as none is dated; 1 copy\""),
        ("cluster dated.csv", "b", "published first; 1 copy"),
    ] {
        let out = dir.run(command).exits(0).out;
        let row = out.lines().find(|row| row.contains(",representative,")).unwrap();
        assert!(row.contains(&format!(",{id},representative,")), "{command}: {row}");
        assert!(row.contains(&format!(",{said},")), "{command}: {row}");
    }
}

#[test]
fn an_outlet_that_no_article_is_of_is_told() {
    let dir = Dir::new();
    dir.file("n.jsonl", "{\"text\":\"One two\",\"source\":\"Norwire\"}\n");
    dir.run("update --index news.idx n.jsonl -q -o /dev/null").exits(0);
    for report in ["report n.jsonl", "report --index news.idx", "report n.jsonl --html -"] {
        let told = |options: &str| dir.run(&format!("{report} {options}")).exits(0).err;
        assert_eq!(told("--own norwire --source Norwire"), "");
        assert_eq!(
            told("--own Norwrie --source Norwire,Nobody"),
            "warning: --own Norwrie: no article is of this outlet\n\
             warning: --source Nobody: no article is of this outlet\n"
        );
    }
}

#[test]
fn a_report_of_nothing_leaves_the_page() {
    let dir = Dir::new();
    dir.file("e.jsonl", "").file("page.html", "old");
    let ended = dir.run("report e.jsonl --html page.html").exits(2);
    let ended =
        ended.says("refused: e.jsonl: empty").says("nothing could be read: no articles, 1 refused");
    assert_eq!((ended.out.as_str(), dir.read("page.html").as_str()), ("", "old"));
    dir.run("report e.jsonl").exits(2);
}

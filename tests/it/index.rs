//! The index as its users meet it: nights, one after the other, at the command line.

use std::fs;
use std::path::Path;

use crate::util::{Dir, ran};

/// The samples as JSON Lines would be many files: three nights of them.
fn nights(dir: &Dir) -> [String; 3] {
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/articles");
    std::os::unix::fs::symlink(articles, dir.path("articles")).unwrap();
    let mut files: Vec<String> = fs::read_dir(dir.path("articles"))
        .unwrap()
        .map(|entry| format!("articles/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    files.sort();
    std::array::from_fn(|night| {
        let of_night: Vec<&str> = files
            .iter()
            .enumerate()
            .filter(|(i, _)| i % 3 == night)
            .map(|(_, f)| f.as_str())
            .collect();
        of_night.join(" ")
    })
}

/// The rows of a CSV without the columns that name stories.
pub(crate) fn partition(csv_text: &str) -> Vec<(String, String)> {
    let mut reader = csv::Reader::from_reader(csv_text.as_bytes());
    let mut rows: Vec<(String, String)> = reader
        .deserialize::<std::collections::BTreeMap<String, String>>()
        .map(Result::unwrap)
        .map(|row| (row["article_id"].clone(), row["story_representative_id"].clone()))
        .collect();
    rows.sort();
    rows
}

#[test]
fn three_nights_are_one_run() {
    let dir = Dir::new();
    let now = "--now 2026-03-01T00:00:00Z";
    for (night, files) in nights(&dir).iter().enumerate() {
        let out = format!("-o {night}.csv --changes {night}-changes.csv --unique {night}.jsonl");
        dir.run(&format!("update --index news.idx {files} {now} {out}")).exits(0);
    }
    let whole = dir.run("cluster articles -q").exits(0).out;
    let export = dir.run("index export --index news.idx").exits(0).out;
    let seen = |text: &str| partition(text);
    assert_eq!(seen(&export), seen(&whole));
    dir.run("index check --index news.idx").exits(0);
    assert!(dir.run("index stats --index news.idx").exits(0).out.contains("articles"));
    // Tonight's rows are tonight's articles, and each story has its name from the export.
    assert!(dir.read("2-changes.csv").contains(",grew,"));
    assert!(dir.read("2.jsonl").lines().count() < dir.read("2.csv").lines().count());
    for row in dir.read("2.csv").lines().skip(1) {
        let named = row.split(',').next().unwrap();
        assert!(export.contains(named), "{named}");
    }
    // The same night again adds nothing.
    let again = dir.run(&format!("update --index news.idx articles {now}")).exits(0);
    assert!(again.err.contains("0 new articles"), "{}", again.err);
    assert_eq!(dir.run("index export --index news.idx").exits(0).out, export);
}

#[test]
fn an_index_is_reported_and_explained_as_its_articles_are() {
    let dir = Dir::new();
    nights(&dir);
    let out = |command: String| dir.run(&command).exits(0).out;
    for (index, texts) in [("texts.idx", "--store-text 9999d"), ("no-texts.idx", "")] {
        out(format!("update -q --index {index} articles {texts}"));
        let same = |command: &str| {
            assert_eq!(
                out(format!("{} --index {index}", command.replace(" --in articles", ""))),
                out(command.to_owned()),
            );
        };
        let report = out(format!("report --index {index}"));
        assert_eq!(report, out("report articles -q".to_owned()));
        same("explain szxtjpq2kaqy5 --in articles");
        same("explain pr-88121 --format json --in articles");
        let pair = "explain nw-20250905-0102 nw-20250905-0117 --format json --in articles";
        if !texts.is_empty() {
            same(pair);
            continue;
        }
        let known = |json: &str| {
            let mut e: serde_json::Value = serde_json::from_str(json).unwrap();
            let unknown = ["texts", "terms", "passages", "edits"];
            let unknown = unknown.map(|name| e.as_object_mut().unwrap().remove(name).unwrap());
            (e, unknown[0].clone())
        };
        let stored = known(&out(format!("{pair} --index {index}").replace(" --in articles", "")));
        assert_eq!((&stored.0, &stored.1), (&known(&out(pair.to_owned())).0, &false.into()));
        let said = out(format!("explain nw-20250905-0102 nw-20250905-0117 --index {index}"));
        assert_eq!(said.matches("not known: the index has not both texts").count(), 1, "{said}");
    }
    dir.run("report articles --index texts.idx").exits(2).says("cannot be used with");
    dir.run("explain nobody pr-88121 --index texts.idx")
        .exits(2)
        .says("no article has the id nobody");
    dir.run("explain nobody --index texts.idx").exits(2).says("no story and no article");
    dir.run("report --index none.idx").exits(2).says("no index here");
}

#[test]
fn what_is_no_index_is_said() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\": \"Flood barrier closes\"}\n").file("other/file", "x");
    dir.run("index stats --index none.idx").exits(2).says("no index here");
    dir.run("update a.jsonl").exits(2).says("no index is named");
    dir.run("update --index other a.jsonl").exits(2).says("holds no index");
    dir.run("update --index news.idx a.jsonl").exits(0).says("1 new article");
    dir.run("update --index news.idx a.jsonl --window 3d")
        .exits(2)
        .says("window=7d, not window=3d");
    let mut dry = dir.command("update --index news.idx - --dry-run");
    dry.stdin(fs::File::open(dir.path("a.jsonl")).unwrap());
    assert!(ran(&mut dry).exits(0).err.contains("0 new articles"));
    dir.file("news.idx/.nfs0000000001", "");
    dir.run("update --index news.idx a.jsonl").exits(0).says("1 repeated");
    let header = dir.read("news.idx/header");
    dir.file("news.idx/header", header.replace("format=", "format=9"));
    dir.run("index check --index news.idx").exits(5).says("header");
}

#[test]
fn what_comes_to_nothing_makes_no_index() {
    let dir = Dir::new();
    dir.file("a.jsonl", "{\"title\": \"Flood barrier closes\"}\n").file("bad.jsonl", "{\n");
    let before = dir.names();
    for index in ["news.idx", "deep/er/news.idx"] {
        let update = format!("update --index {index} -q --window 3d");
        dir.run(&format!("{update} a.jsonl --dry-run")).exits(0);
        dir.run(&format!("{update} bad.jsonl")).exits(2).says("nothing could be read");
        dir.run(&format!("{update} a.jsonl -o /dev/full")).exits(6);
        assert_eq!(dir.names(), before);
    }
    // A folder that was there stays; other settings are as good as the first ones.
    fs::create_dir(dir.path("news.idx")).unwrap();
    dir.run("update --index news.idx a.jsonl --window 3d --dry-run").exits(0);
    assert_eq!(fs::read_dir(dir.path("news.idx")).unwrap().count(), 0);
    dir.run("index stats --index news.idx").exits(2).says("no index here");
    dir.run("update --index news.idx a.jsonl").exits(0).says("1 new article");
    // One that is there stays, too.
    dir.run("update --index news.idx a.jsonl --dry-run").exits(0).says("0 new articles");
    dir.run("index check --index news.idx").exits(0);
}

#[cfg(feature = "serve")]
#[test]
fn a_service_without_its_address_makes_no_index() {
    let dir = Dir::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let serve = format!("serve --index news.idx --listen {address}");
    dir.run(&serve).exits(2).says("cannot be listened on");
    assert!(dir.names().is_empty(), "{:?}", dir.names());
}

#[test]
fn an_export_takes_no_option_that_changes_nothing() {
    let dir = Dir::new();
    let text =
        "The flood barrier at the mouth of the Pellin closes for the first time in nine years";
    dir.file("a.csv", format!("id,text,published\na,{text},2026-05-01\n"));
    let row = format!("b,{text},2026-05-02,home\nc,{text} or more,2026-05-03,\n");
    dir.file("b.csv", format!("id,text,published,desk\n{row}"));
    dir.run("update --index news.idx a.csv -o /dev/null").exits(0);
    dir.run("update --index news.idx b.csv --keep desk -o /dev/null").exits(0);
    let export = |options: &str| dir.run(&format!("index export --index news.idx {options}"));
    for option in
        ["--story-cut 0.4", "--window 1d", "--only duplicates", "--timezone CET", "--threads 1"]
    {
        export(option).exits(2).says("unexpected argument");
    }
    // All rows have all columns, and no others.
    let lines = |options: &str| -> Vec<String> {
        export(options).exits(0).out.lines().map(str::to_owned).collect()
    };
    let (plain, kept) = (lines(""), lines("--keep desk"));
    assert!(kept[0].ends_with(",file,desk") && plain[0].ends_with(",file"), "{}", kept[0]);
    assert!(plain[1..].iter().all(|line| line.ends_with(".csv")), "{plain:?}");
    let ends = |end: &str| kept[1..].iter().filter(|line| line.ends_with(end)).count();
    assert_eq!((ends(".csv,home"), ends(".csv,")), (1, 2), "{kept:?}");
    // Another night carries other columns through: each value stays in its own.
    dir.file("d.csv", format!("id,text,beat,desk\nd,{text} and a half,sea,away\n"));
    dir.run("update --index news.idx d.csv --keep beat -o /dev/null").exits(0);
    let db = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
    let sql = "SELECT kept ->> 'beat' FROM articles WHERE id = 'd'";
    assert_eq!(db.query_row(sql, [], |r| r.get::<_, String>(0)).unwrap(), "sea");
    let kept = lines("--keep beat,desk");
    let ends = |end: &str| kept[1..].iter().filter(|line| line.ends_with(end)).count();
    assert_eq!((ends(".csv,,home"), ends(".csv,sea,"), ends(".csv,,")), (1, 1, 2), "{kept:?}");
    let plain = lines("");
    assert_ne!(lines("--representative longest"), plain);
    let warning = "warning: --keep nope: no article of the index has this column\n";
    assert_eq!(export("--keep desk,nope").exits(0).err, warning);
    #[cfg(feature = "parquet")]
    export("--keep desk,nope --format parquet -o x.parquet").exits(0);
}

#[test]
fn a_correction_needs_no_new_date() {
    let dir = Dir::new();
    let update = |date: &str, version: &str| {
        let line = format!("{{\"id\": \"ver\", \"title\": \"Flood barrier {version}\"{date}}}\n");
        dir.file("night.jsonl", line);
        dir.run("update --index news.idx night.jsonl --max-refused 100% -o /dev/null").exits(0).err
    };
    let is = |title: &str| {
        let export = dir.run("index export --index news.idx").exits(0).out;
        assert!(export.contains(&format!(",Flood barrier {title},")), "{title}: {export}");
    };
    let (third, second) =
        (", \"published\": \"2026-05-03T10:00:00Z\"", ", \"published\": \"2026-05-02\"");
    for date in ["", third] {
        for version in ["one", "two", "three", "four"] {
            let said = update(date, version);
            assert!(said.contains("1 new article") && said.contains("0 refused"), "{said}");
            is(version);
        }
        let said = update(date, "four");
        assert!(said.contains("1 repeated") && said.contains("0 new articles"), "{said}");
    }
    for date in [second, ""] {
        let said = update(date, "five");
        assert!(said.contains("1 refused"), "{said}");
        is("four");
    }
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn links_that_cannot_hold_are_said() {
    let dir = Dir::new();
    let article = |id: &str, text: &str| {
        format!("{{\"id\": \"{id}\", \"title\": \"{text}\", \"text\": \"{text}\"}}\n")
    };
    let copies =
        "The flood barrier at the mouth of the Pellin closes for the first time in nine years";
    let other = "A library in Merrin lends seeds of old sorts of beans to whoever brings some back";
    dir.file("a.jsonl", article("a", copies) + &article("a2", copies) + &article("d", other));
    dir.file("later.jsonl", article("e", "Ferry runs aground"));
    dir.file("decisions.csv", "decision,article_id,other_id\ncannot-link,a2,d\nmust-link,a,d\n");
    let warning = "warning: must-links that cannot hold: 1; copies tie them to what is to be apart";
    dir.run("cluster a.jsonl -o /dev/null --decisions decisions.csv").exits(0).says(warning);
    let update = |what: &str| dir.run(&format!("update --index news.idx {what} -o /dev/null"));
    assert!(!update("a.jsonl").exits(0).err.contains("must-link"));
    dir.run("index decide decisions.csv --index news.idx").exits(0).says(warning);
    update("later.jsonl").exits(0).says(warning);
}

#[test]
fn a_night_of_articles_without_a_word() {
    let dir = Dir::new();
    let nights = nights(&dir).join(" ");
    dir.file("!.jsonl", r#"{"id": "x", "title": "!!!", "published": "2025-09-05T10:00:00Z"}"#);
    dir.run(&format!("update --index news.idx {nights} -o /dev/null")).exits(0);
    dir.run("update --index news.idx !.jsonl -o /dev/null").exits(0);
    let whole = dir.run("cluster articles !.jsonl -q").exits(0).out;
    let export = dir.run("index export --index news.idx").exits(0).out;
    assert_eq!(partition(&export), partition(&whole));
}

#[test]
fn reports_of_which_only_is_known_when_they_were_seen_match_throughout_the_window() {
    let dir = Dir::new();
    let night = |name: &str, title: &str, text: &str, day: &str| {
        let seen = format!("2025-03-{day}T08:00:00Z");
        let article =
            serde_json::json!({"id": name, "title": title, "text": text, "seen": seen}).to_string();
        dir.file(name, article);
        dir.run(&format!("update --index news.idx {name} -o /dev/null")).exits(0);
        partition(&dir.run("index export --index news.idx").exits(0).out)
    };
    let text = "The northern pier of Merrin opened again on Monday, a year after the storm broke it in two. Ferries to \
                Oskar island sail from it at noon, the harbour office said.";
    night("a.jsonl", "Northern pier of Merrin reopens", text, "01");
    let text = "A year after a storm broke it, ferries to Oskar island leave from the pier in the north of Merrin once \
                more, said the harbour office on Monday.";
    let again = "Merrin's northern pier is open again after the storm";
    let stories = night("b.jsonl", again, text, "07");
    assert_eq!(stories[0].1, stories[1].1, "six days later");
    let stories = night("b.jsonl", again, &format!("{text} It was full."), "09");
    assert_ne!(stories[0].1, stories[1].1, "eight days later");
    assert_eq!(partition(&dir.run("cluster a.jsonl b.jsonl -q").exits(0).out), stories);
}

#[test]
fn what_an_index_holds_is_counted_with_what_its_database_has_not_put_in_order() {
    let dir = Dir::new();
    dir.file(
        "a.jsonl",
        r#"{"id":"a","title":"Flood barrier closes","text":"The barrier closed."}"#,
    );
    dir.run("update --index news.idx a.jsonl -o /dev/null").exits(0);
    let stats = dir.run("index stats --index news.idx").exits(0).out;
    let length = |name: &str| std::fs::metadata(dir.path("news.idx").join(name)).unwrap().len();
    let segments = std::fs::read_dir(dir.path("news.idx/segments")).unwrap();
    let segments: u64 = segments.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    let bytes = segments + length("index.sqlite") + length("index.sqlite-wal");
    let told = stats.lines().find(|line| line.starts_with("bytes ")).unwrap().replace(',', "");
    assert_eq!(told.split_whitespace().nth(1), Some(&*bytes.to_string()), "{stats}");
}

#[test]
fn what_comes_again_is_not_counted_among_what_has_no_text() {
    let dir = Dir::new();
    let article = |n: usize| {
        let text = if n == 0 { "" } else { "The barrier closed before the tide came in." };
        format!("{{\"id\":\"a{n}\",\"title\":\"Flood barrier {n} closes\",\"text\":\"{text}\"}}\n")
    };
    let all: String = [0; 4].into_iter().chain(0..10).map(article).collect();
    dir.file("night.jsonl", all);
    for command in ["cluster", "update --index news.idx", "update --index news.idx"] {
        let said = dir.run(&format!("{command} night.jsonl -o /dev/null")).exits(0).err;
        assert!(!said.contains("without a text"), "{command}: {said}");
    }
}

#[test]
fn stories_expire_with_the_night_that_makes_them_old() {
    let dir = Dir::new();
    let article = |id: &str, title: &str, day: &str| {
        format!("{{\"id\": \"{id}\", \"title\": \"{title}\", \"published\": \"{day}\"}}\n")
    };
    dir.file("old.jsonl", article("a", "Flood barrier closes", "2026-01-01"));
    dir.file("new.jsonl", article("b", "Library lends seeds", "2026-03-01"));
    dir.run("update --index news.idx old.jsonl").exits(0);
    let ids = || partition(&dir.run("index export --index news.idx").exits(0).out);
    let night = "update --index news.idx new.jsonl --retain 30d --changes changes.csv -o out.csv";
    dir.run(&format!("{night} --dry-run")).exits(0);
    assert!(dir.read("changes.csv").contains(",expired,"));
    assert_eq!(ids()[0].0, "a", "a dry run changes nothing");
    // What cannot be written down does not happen: neither does anything expire.
    dir.run(&night.replace("changes.csv", "/proc/none/changes.csv")).exits(6);
    assert_eq!((ids().len(), &*ids()[0].0), (1, "a"));
    dir.run(night).exits(0);
    assert!(
        dir.read("changes.csv").contains(",expired,") && dir.read("changes.csv").contains(",new,")
    );
    assert_eq!((ids().len(), &*ids()[0].0), (1, "b"));
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn a_night_that_makes_its_own_articles_old_tells_of_those_that_stay() {
    let dir = Dir::new();
    let text = "Mount Sarrel erupted before dawn on Monday and ash closed the airport of Quellara";
    let article = |id: &str, title: &str, day: &str| {
        let article = serde_json::json!({"id": id, "title": title, "text": text, "published": day});
        format!("{article}\n")
    };
    let lone = |id: &str, day: &str| {
        serde_json::json!({"id": id, "title": "Library lends seeds", "published": day}).to_string()
            + "\n"
    };
    dir.file("old.jsonl", lone("gone", "2026-01-01") + &article("a", "Sarrel", "2026-02-20"));
    let tonight = [
        lone("late", "2026-01-02"),
        article("b", "Sarrel erupts", "2026-02-21"),
        lone("new", "2026-03-01"),
    ];
    dir.file("new.jsonl", tonight.concat());
    dir.run("update --index news.idx old.jsonl -o /dev/null").exits(0);
    let night = "update --index news.idx new.jsonl --retain 30d -o out.csv --unique unique.jsonl";
    dir.run(&format!("{night} --dry-run")).exits(0);
    let dry = dir.read("out.csv");
    dir.run(night).exits(0).says("3 new articles");
    let export = dir.run("index export --index news.idx").exits(0).out;
    let mine: Vec<&str> = export.lines().filter(|line| !line.ends_with(",old.jsonl")).collect();
    assert_eq!(dir.read("out.csv").lines().collect::<Vec<_>>(), mine);
    assert_eq!((dry, mine.len()), (dir.read("out.csv"), 3));
    assert_eq!(dir.read("unique.jsonl"), tonight[2]);
}

#[test]
fn a_story_that_is_smaller_by_what_is_forgotten_is_told_as_one_that_is_no_more() {
    let dir = Dir::new();
    let line = |id: &str, title: &str| format!("{{\"id\":\"{id}\",\"title\":\"{title}\"}}\n");
    let chess = "Chess champion withdraws from Oslo";
    let news = [line("a", "Whale stranded on Dutch beach"), line("b", chess), line("b2", chess)];
    dir.file("news.jsonl", news.concat());
    dir.run("update --index news.idx news.jsonl --now 2026-03-01T00:00:00Z").exits(0);
    dir.run("index forget a b2 --index news.idx --changes changes.csv").exits(0);
    let told = dir.read("changes.csv");
    let mut told: Vec<&str> = told.lines().map(|line| &line[line.find(',').unwrap()..]).collect();
    told.sort_unstable();
    assert_eq!(
        told[..2],
        [",change,from,articles_added,reason", ",forgotten,,0,an article of it was forgotten"]
    );
    assert_eq!(told[2..], [",gone,,0,its last article was forgotten"]);
}

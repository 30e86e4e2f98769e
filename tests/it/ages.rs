//! How old what an index has is: days are counted to its newest article, but none from the future.

use serde_json::{Value, json};

use crate::util::Dir;

/// An old article, one of two months later, and one that a feed dates to the future.
fn articles() -> [Value; 3] {
    let article = |id: &str, title: &str, published: &str| json!({"id": id, "title": title, "text": format!("{title}."), "published": published});
    [
        article("old", "Flood barrier closes", "2026-01-01"),
        article("new", "Library lends seeds", "2026-03-01"),
        article("astray", "Otters swim in the harbour", "2150-01-01"),
    ]
}

fn lines(articles: &[Value]) -> String {
    articles.iter().map(|article| format!("{article}\n")).collect()
}

/// The ids of an index, and those of which it has the text.
fn kept(dir: &Dir) -> [String; 2] {
    let index = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
    let ids = |sql: &str| index.query_row(sql, [], |r| r.get(0)).unwrap();
    let sql = "SELECT GROUP_CONCAT(id, ' ' ORDER BY row) FROM articles";
    [ids(sql), ids(&format!("{sql} JOIN texts USING (row)"))]
}

#[test]
fn what_is_dated_in_the_future_makes_nothing_old() {
    let dir = Dir::new();
    let [old, new, astray] = articles();
    dir.file("old.jsonl", lines(&[old])).file("new.jsonl", lines(&[new]));
    dir.file("astray.jsonl", lines(&[astray]));
    let night = |file: &str, now: &str| {
        let keeping = "--retain 90d --store-text 30d -o /dev/null";
        dir.run(&format!("update --index news.idx {file} {keeping} --now {now}T12:00:00Z")).exits(0)
    };
    night("old.jsonl", "2026-01-01");
    night("astray.jsonl", "2026-01-02").says("0 refused, 0 stories expired\n");
    assert_eq!(kept(&dir), ["old astray"; 2]);
    night("new.jsonl", "2026-03-01").says(", 0 stories expired\n");
    assert_eq!(kept(&dir), ["old astray new", "astray new"], "of the others the newest counts");
    let dry = dir.run("update --index news.idx new.jsonl --retain 9d -o /dev/null --dry-run");
    dry.exits(0).says(", 1 story expired\n");
    dir.run("index expire --index news.idx --retain 9d").exits(0);
    assert_eq!(kept(&dir), ["astray new"; 2]);
}

#[test]
fn what_is_old_as_it_comes_was_new_all_the_same() {
    let dir = Dir::new();
    let [old, new, _] = articles();
    dir.file("night.jsonl", lines(&[old, new]));
    let night = dir.run("update --index news.idx night.jsonl --retain 30d -o /dev/null").exits(0);
    night.says("2 new articles, 0 repeated, 2 new stories,").says(", 0 refused, 1 story expired\n");
}

/// Two texts that are the same are one story, however far apart in time.
#[test]
fn of_a_story_that_ends_in_the_future_the_rest_counts() {
    let dir = Dir::new();
    let [old, new, mut astray] = articles();
    astray["title"] = new["title"].clone();
    astray["text"] = new["text"].clone();
    dir.file("night.jsonl", lines(&[old, new, astray]));
    dir.run("update --index news.idx night.jsonl --store-text 9999d -o /dev/null").exits(0);
    dir.run("index expire --index news.idx --retain 30d").exits(0);
    assert_eq!(kept(&dir), ["new astray"; 2]);
}

#[cfg(feature = "serve")]
#[test]
fn a_service_does_not_age_by_one_article() {
    use crate::asked::{Asked, news, options};

    let dir = Dir::new();
    let retaining = samestory::service::Options { retain_days: Some(30.0), ..options(&dir, None) };
    let asked = Asked::new(retaining);
    asked.batch(&news()).is(201);
    let story = asked.story_of("wire");
    let [.., astray] = articles();
    asked.batch(&lines(&[astray])).is(201);
    asked.settled("astray");
    assert_eq!(asked.story_of("wire"), story);
    assert_eq!(kept(&dir), ["wire copy mirror seeds astray"; 2]);
    let page = asked.get("/?hours=24").is(200).text;
    assert!(page.contains("Newest article 4 May 2026, 10:00"), "{page}");
    assert!(page.contains(&format!("data-id=\"{story}\"")), "{page}");
    asked.stop();
}

#[cfg(feature = "serve")]
#[test]
fn a_service_that_retains_does_so_with_what_is_handed_over() {
    use crate::served::{SERVE, Served};

    let dir = Dir::new();
    let _served = Served::by(&mut dir.command(&format!("{SERVE} --retain 30d")));
    let [old, new, _] = articles();
    dir.file("old.jsonl", lines(&[old])).file("new.jsonl", lines(&[new]));
    for night in ["old", "new"] {
        let now = "--now 2026-03-02T00:00:00Z";
        dir.run(&format!("update --index news.idx {night}.jsonl {now} -o o.csv")).exits(0);
    }
    let left = dir.run("index export --index news.idx").exits(0).out;
    assert!(left.contains("Library") && !left.contains("Flood"), "{left}");
}

#[test]
fn an_expiry_that_is_only_asked_about_changes_nothing() {
    use samestory::params::Params;
    use samestory::pipeline::index::{Access, Error, Index, Options};

    let dir = Dir::new();
    dir.file("night.jsonl", lines(&articles()));
    dir.run("update --index news.idx night.jsonl --store-text 9999d -o /dev/null").exits(0);
    let path = dir.path("news.idx");
    let mut index = Index::open(&path, Access::Write, &Params::default()).unwrap();
    let options = Options::at("2026-03-02T00:00:00Z".parse().unwrap());
    let retaining = |days: f64| Options { retain_days: Some(days), ..options };
    let dry = Options { dry_run: true, ..retaining(30.0) };
    let segments = || std::fs::read_dir(path.join("segments")).unwrap().count();
    let (log, before) = (index.log_after(0, usize::MAX).unwrap(), segments());
    let would = index.expire(&dry).unwrap().changes;
    assert_eq!((would.len(), &*would[0].change), (1, "expired"));
    assert_eq!(kept(&dir), ["old new astray"; 2]);
    assert_eq!(
        (index.log_after(0, usize::MAX).unwrap(), segments()),
        (log, before),
        "nothing of it is left"
    );
    for days in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        assert!(matches!(index.expire(&retaining(days)), Err(Error::Days(_))), "{days}");
        let refused = index.update_articles(Vec::new(), &retaining(days));
        assert!(matches!(refused, Err(Error::Days(_))), "{days}");
        let storing = Options { store_text_days: Some(days), ..options };
        let stored = index.update_articles(Vec::new(), &storing);
        assert_eq!(stored.is_ok(), days == f64::INFINITY, "{days}");
    }
    assert_eq!(kept(&dir), ["old new astray"; 2]);
    assert_eq!(index.expire(&retaining(30.0)).unwrap().changes, would);
    assert_eq!(kept(&dir), ["new astray"; 2]);
}

#[test]
fn texts_expire_alone() {
    let dir = Dir::new();
    let [old, new, _] = articles();
    dir.file("night.jsonl", lines(&[old, new]));
    dir.run("update --index news.idx night.jsonl --store-text 1000d -o /dev/null").exits(0);
    let packed = |id: &str| -> Vec<u8> {
        let index = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
        let sql = "SELECT packed FROM texts JOIN articles USING (row) WHERE id = ?";
        index.query_row(sql, [id], |r| r.get(0)).unwrap()
    };
    let texts = [packed("old"), packed("new")];
    let expire = |options: &str| dir.run(&format!("index expire --index news.idx {options}"));
    expire("").exits(2).says("--store-text 30d");
    expire("--retain 2000d").exits(0);
    assert_eq!(kept(&dir), ["old new"; 2]);
    expire("--retain 2000d --store-text 30d").exits(0);
    assert_eq!(kept(&dir), ["old new", "new"]);
    let files = ["index.sqlite", "index.sqlite-wal"]
        .map(|name| std::fs::read(dir.path("news.idx").join(name)).unwrap_or_default());
    let is_left = |text: &Vec<u8>| {
        files.iter().any(|file| file.windows(text.len()).any(|bytes| bytes == text))
    };
    assert_eq!(texts.each_ref().map(is_left), [false, true], "nothing is left in any file");
    // What is not there cannot go once more, and stories can go with texts.
    let runs = || dir.run("index stats --index news.idx").exits(0).out;
    let before = runs();
    expire("--store-text 30d").exits(0);
    assert_eq!(
        runs().lines().find(|l| l.starts_with("runs")),
        before.lines().find(|l| l.starts_with("runs"))
    );
    // Who reads the index holds on to what was; what happened is told all the same.
    let reader = rusqlite::Connection::open(dir.path("news.idx/index.sqlite")).unwrap();
    reader.execute_batch("BEGIN; SELECT COUNT(*) FROM articles").unwrap();
    expire("--retain 30d --store-text 1h --changes gone.csv").exits(4).says("it is done, but");
    assert!(dir.read("gone.csv").contains("expired"));
    drop(reader);
    expire("--store-text 1h").exits(0).says("0 texts let go");
    assert_eq!(kept(&dir), ["new"; 2]);
    dir.run("index check --index news.idx").exits(0);
}

#[test]
fn half_a_second_is_not_too_old() {
    let dir = Dir::new();
    let article = |id: &str, title: &str, published: &str| json!({"id": id, "title": title, "text": format!("{title}."), "published": published});
    let half = article("half", "Flood barrier closes", "2026-03-01T10:30:00.500Z");
    let whole = article("whole", "Otters swim in the harbour", "2026-03-01T10:30:00Z");
    let early = article("early", "Ferry runs aground", "2026-03-01T10:29:59.500Z");
    let new = article("new", "Library lends seeds", "2026-03-04T10:30:00Z");
    dir.file("night.jsonl", lines(&[half, whole, early, new]));
    dir.run("update --index news.idx night.jsonl --store-text 3d -o /dev/null").exits(0);
    assert_eq!(kept(&dir), ["half whole early new", "half whole new"]);
    dir.run("index expire --index news.idx --retain 3d").exits(0);
    assert_eq!(kept(&dir), ["half whole new"; 2]);
}

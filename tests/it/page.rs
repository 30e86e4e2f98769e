//! `report` and `explain` on a screen and as pages that need nothing else; hostile text comes out of all as text.

use std::path::Path;

use crate::util::{Dir, Ran, check, ran};

/// Runs a report from the root of the repository, so that ids of files are their paths as named from there.
fn report(arguments: &str, columns: u32) -> Ran {
    shown(&format!("report {arguments}"), columns)
}

fn shown(arguments: &str, columns: u32) -> Ran {
    let mut command = Dir::new().command(arguments);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("COLUMNS", columns.to_string());
    ran(&mut command)
}

#[test]
fn one_screen() {
    for columns in [80, 160] {
        let shown = report("samples/articles -q", columns).exits(0).out;
        assert!(shown.lines().count() <= 24, "{shown}");
        assert!(shown.lines().all(|line| line.chars().count() <= columns as usize), "{shown}");
        check(&format!("report/screen-{columns}.txt"), &shown);
    }
}

/// The page, without the style and the script that every page has.
fn without_code(page: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/html");
    let code = ["style.css", "report.js"]
        .map(|name| (name, std::fs::read_to_string(folder.join(name)).unwrap()));
    let cut = code.iter().fold(page.to_owned(), |page, (name, text)| {
        assert_eq!(page.matches(text.as_str()).count(), 1, "{name}");
        page.replace(text, &format!("({name})"))
    });
    // The digests of both.
    let hidden = |word| if str::contains(word, "sha256-") { "(digest)" } else { word };
    cut.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_page() {
    let page = report("samples/articles -q --html -", 80).exits(0).out;
    check("report/page.html", &without_code(&page));
}

#[test]
fn stories_are_chosen() {
    let first = |arguments: &str| {
        let shown = report(&format!("samples/articles -q {arguments}"), 80).exits(0).out;
        shown.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(first(""), "84 articles, 32 stories, 27 copies, 19 outlets, 0 refused");
    assert_eq!(first("--lang es,de"), first("--lang ES --lang de"));
    assert_ne!(first("--lang es"), first("--lang es,de"));
    assert!(first("--lang xx").starts_with("0 articles, 0 stories"), "{}", first("--lang xx"));
    let stories = |arguments: &str| -> usize {
        let line = first(arguments);
        line.split(", ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(stories("--source norwire") + stories("--own Norwire"), 32);
    assert!(stories("--since 24h") < stories("--since 3d"));
    assert_eq!(stories("--since 2025-09-14"), stories("--since 2025-09-14T00:00Z"));
    report("samples/articles --since yesterday", 80).exits(2).says("give a date as in 2026-11-01");
}

/// A corrected copy, another report, another event; and a story.
const EXPLAINED: &[(&str, &str)] = &[
    ("copy", "explain nw-20250905-0102 nw-20250905-0117 --in samples/articles"),
    ("story", "explain nw-20250903-0433 pr-88121 --in samples/articles"),
    ("apart", "explain nw-20250905-0102 nw-20250903-0433 --in samples/articles"),
    ("tree", "explain szxtjpq2kaqy5 --in samples/articles"),
];

#[test]
fn who_was_not_later_copies_nobody() {
    let dir = Dir::new();
    let texts = [
        "A fire in the harbour of Merrin destroyed nine boats and a crane on Monday night.",
        "The public library of Aldmoor has begun to lend packets of seeds to its readers.",
        "Miners at Kelborn voted to end their strike after eleven weeks without pay.",
    ];
    // Days without an hour say nothing of who was first.
    let rows = [
        ("", "Wire", 0),
        ("", "Daily", 0),
        ("T10:00:00Z", "Wire", 1),
        ("T11:00:00Z", "Daily", 1),
        ("T10:00:00Z", "Wire", 2),
        ("T14:00:00Z", "Daily", 2),
    ];
    let row = |(time, source, at): (&str, &str, usize)| {
        format!("{source}-{at},2025-03-03{time},{source},{}\n", texts[at])
    };
    let rows = rows.map(row);
    let page = |rows: &[String]| {
        dir.file("news.csv", format!("id,published,source,text\n{}", rows.concat()));
        dir.run("report news.csv -q --html -").exits(0).out
    };
    assert!(!page(&rows[..2]).contains("Who copies whom"));
    let page = page(&rows);
    let flows = "aria-label=\"Who copies whom: Daily from Wire: 2, median lag 2 h 30 min; \"";
    assert!(page.contains(flows), "{page}");
}

#[test]
fn explanations() {
    for (name, command) in EXPLAINED {
        for columns in [80, 160] {
            let said = shown(command, columns).exits(0).out;
            assert!(said.lines().all(|line| line.chars().count() <= columns as usize), "{said}");
            check(&format!("explain/{name}-{columns}.txt"), &said);
        }
        let json = shown(&format!("{command} --format json"), 80).exits(0).out;
        serde_json::from_str::<serde_json::Value>(&json).unwrap();
        check(&format!("explain/{name}.json"), &json);
        let page = shown(&format!("{command} --html -"), 80).exits(0).out;
        assert_eq!(page.matches("<script").count(), 0);
        assert!(page.contains("script-src 'none'") || page.contains("script-src &#39;none&#39;"));
    }
    shown("explain nobody --in samples/articles", 80)
        .exits(2)
        .says("no story and no article has the id nobody");
    shown("explain szxtjpq2kaqy5", 80).exits(2).says("of which articles?");
}

/// What texts may try: markup, scripts, escapes of a terminal, marks that turn the direction of writing, sheer length.
const HOSTILE: &str = "</script><script>parent.pwned=1</script><img src=x onerror=parent.pwned=1><!-- \u{1b}[2J\u{9b}31m\u{7}\u{202e}gnp\u{2066}]]>{{7*7}}'\"&lt;\u{2028}";

#[test]
fn hostile_text_is_text() {
    let dir = Dir::new();
    let article = |id: usize, title: &str| {
        let url =
            if id == 0 { "javascript:parent.pwned=1" } else { "https://x.example/\"><script>" };
        serde_json::json!({ "id": format!("{HOSTILE}{id}"), "title": title, "text": HOSTILE.repeat(20), "source": format!("{HOSTILE}{id}"),
            "lang": HOSTILE, "url": url, "published": format!("2026-01-0{}T00:00:00Z", id + 1) }).to_string()
    };
    let huge = HOSTILE.repeat((1 << 20) / HOSTILE.len());
    let lines = [
        article(0, HOSTILE),
        article(1, &huge),
        article(2, HOSTILE),
        "{broken \u{1b}[2J".to_owned(),
    ];
    dir.file("a.jsonl", lines.join("\n"));
    let shown = dir.run("report a.jsonl --html page.html").exits(0);
    let page = dir.read("page.html");
    // Two of them explained, as copies, as a story and as pages.
    let ids = [0, 2].map(|n| format!("{HOSTILE}{n}"));
    let explained = [vec![&*ids[0], &*ids[1]], vec![&*ids[0]]].map(|ids| {
        ["--html=-", "--format=text"].map(|form| {
            let mut command = dir.command("explain");
            command.args(&ids).args([form, "--in", "a.jsonl"]).env("COLUMNS", "160");
            ran(&mut command).exits(0).out
        })
    });
    let explained = explained.concat();
    let steers = |c: char| {
        c.is_control() && c != '\n'
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
    };
    for text in [&shown.out, &shown.err, &page].into_iter().chain(&explained) {
        assert!(!text.contains(steers), "{text}");
    }
    assert!(shown.out.lines().chain(shown.err.lines()).all(|line| line.chars().count() <= 500));
    assert!(page.len() < 200_000, "{}", page.len());
    // The page's own two, of which one is data.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    for markup in ["<img", "<!--", "javascript:"] {
        assert!(!page.contains(markup), "{markup}");
    }
    for page in explained.iter().filter(|text| text.starts_with("<!doctype")) {
        assert!(!page.contains("<img") && !page.contains("<script"), "{page}");
        assert!(page.contains("&#60;"), "{page}");
    }
}

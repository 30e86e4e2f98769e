//! What the columns of a record become: fields, ids and dates.

use samestory::model::Article;
use samestory::read::{Field, Options};

use crate::formats::{outcome, read_bytes};
use crate::util::Dir;

fn only(name: &str, bytes: &[u8]) -> Article {
    let (articles, refusals, _) = read_bytes(name, bytes, Options::default());
    assert_eq!(refusals, []);
    assert_eq!(articles.len(), 1);
    articles.into_iter().next().unwrap()
}

#[test]
fn columns_are_understood_by_many_names() {
    let line = br#"{"Headline":"A","description":"lead","content":"x","publisher":{"name":"N"},"pubDate":1772620200,
        "GUID":17,"link":"https://e.com/a","language":null,"tags":["p","q"],"fetched":"soon"}"#;
    let line = [
        &line[..].iter().copied().filter(|b| *b != b'\n').collect::<Vec<u8>>()[..],
        b"\n{\"title\":\"B\"}\n",
    ]
    .concat();
    let options =
        Options { keep: vec!["tags".to_owned(), "none".to_owned()], ..Options::default() };
    let (articles, refusals, notes) = read_bytes("a.jsonl", &line, options);
    assert_eq!(refusals, []);
    let a = &articles[0];
    assert_eq!((&*a.id, &*a.title, &*a.text, &*a.source, &*a.lang), ("17", "A", "x", "N", ""));
    assert_eq!(a.published.unwrap().to_string(), "2026-03-04T10:30:00Z");
    assert_eq!((a.seen, notes.unreadable_dates), (None, 1));
    assert_eq!([a.kept.get("tags"), a.kept.get("none")], ["p, q", ""]);
    let known = [
        ("GUID", Field::Id),
        ("Headline", Field::Title),
        ("content", Field::Text),
        ("fetched", Field::Seen),
        ("link", Field::Url),
        ("pubDate", Field::Published),
        ("publisher", Field::Source),
    ];
    assert_eq!(notes.aliases, known.map(|(name, field)| (name.to_owned(), field)));
}

#[test]
fn what_the_user_says_about_columns_goes_first() {
    let table = b"source,guid,text,story_html,title\nN,7,short,long,A\nM,8,short,,B\n,,x,y,C\n";
    let options = Options {
        fields: vec![(Field::Text, "story_html".to_owned())],
        id: vec!["source".to_owned(), "guid".to_owned()],
        ..Options::default()
    };
    let (articles, _, notes) = read_bytes("a.csv", table, options.clone());
    let read: Vec<_> = articles.iter().map(|a| (&*a.id, &*a.text)).collect();
    assert_eq!(read, [("N:7", "long"), ("M:8", "short"), (&*articles[2].id, "y")]);
    assert_eq!(articles[2].id.len(), 16);
    assert_eq!(notes.aliases, []);
    // A text file has no columns that `--field` could be about.
    let swapped = Options { fields: vec![(Field::Text, "title".to_owned())], ..Options::default() };
    assert_eq!(outcome("a.txt", b"A\nx", swapped), ["1 A|x"]);
}

#[test]
fn an_id_that_lacks_a_part_is_none() {
    let table = "source,guid,url,title\nN,,https://e.com/a,A\nN,,https://e.com/b,B\n,7,https://e.com/c,C\n,7,,D\nN,7,https://e.com/e,E\n";
    let options =
        Options { id: vec!["source".to_owned(), "guid".to_owned()], ..Options::default() };
    let (articles, refusals, notes) = read_bytes("a.csv", table.as_bytes(), options);
    assert_eq!(refusals, []);
    let ids: Vec<&str> = articles.iter().map(|article| &*article.id).collect();
    let addresses = ["https://e.com/a", "https://e.com/b", "https://e.com/c"];
    assert_eq!(ids[..3], addresses);
    assert_eq!((ids[3].len(), ids[4]), (16, "N:7"));
    assert_eq!(notes.aliases, []);
}

#[test]
fn an_article_without_an_id_goes_by_its_address_file_or_content() {
    let of = |line: &str| only("a.jsonl", line.as_bytes()).id;
    assert_eq!(of(r#"{"id":" a ","url":"https://e.com/a","title":"A"}"#), "a");
    assert_eq!(of(r#"{"url":"HTTPS://E.com/a/?utm_source=x#top","title":"A"}"#), "https://e.com/a");
    // The hash is a format: it must never change.
    assert_eq!(of(r#"{"url":"/a","title":"A","text":"x"}"#), "0921dab1ac68d614");
    for (name, content) in
        [("a.txt", "A\nx"), ("a.html", "<html><title>A</title>x"), ("a.json", r#"{"title":"A"}"#)]
    {
        let article = only(name, content.as_bytes());
        assert_eq!(article.id, *article.file, "{name}");
        assert!(article.id.ends_with(name), "{name}");
    }
}

#[test]
fn ids_are_as_they_are_written() {
    for (written, id) in [
        ("20250303123456789011", "20250303123456789011"),
        ("1e3", "1e3"),
        ("1.50", "1.50"),
        ("-5", "-5"),
        (r#"{"$oid":"65a1b2"}"#, "65a1b2"),
        (r#"{"$numberLong":"7"}"#, "7"),
    ] {
        let line = format!(r#"{{"_id": {written} ,"title":"A"}}"#);
        assert_eq!(only("a.jsonl", line.as_bytes()).id, id);
    }
}

#[test]
fn what_is_no_text_is_neither_id_nor_date_and_told() {
    let refused = "1 refused: the id in `_id` is neither text nor a number";
    let composed = || Options { id: vec!["source".into(), "_id".into()], ..Options::default() };
    let odd = br#"{"_id":{"a":[{"b":1}]},"source":"N","title":"A"}"#;
    assert_eq!(outcome("a.jsonl", odd, Options::default()), [refused]);
    assert_eq!(outcome("a.jsonl", odd, composed()), [refused]);
    for id in ["true", "false", r#"["a"]"#, "[1]", r#"{"value":true}"#, r#"{"$oid":["a"]}"#] {
        let odd = format!(r#"{{"_id":{id},"source":"N","title":"A"}}"#);
        assert_eq!(outcome("a.jsonl", odd.as_bytes(), Options::default()), [refused], "{id}");
        assert_eq!(outcome("a.jsonl", odd.as_bytes(), composed()), [refused], "{id}");
    }
    // A part of the id is one text, too, where the field alone takes the first of a list.
    let listed = br#"{"_id":"a","source":["N"],"title":"A"}"#;
    assert_eq!(only("a.jsonl", listed).source, "N");
    let refused = "1 refused: the id in `source` is neither text nor a number";
    assert_eq!(outcome("a.jsonl", listed, composed()), [refused]);
    let by_source = Options { id: vec!["source".into()], ..Options::default() };
    assert_eq!(read_bytes("a.jsonl", odd, by_source).0[0].id, "N");
    // Another name gives the id, or there is nothing that could have been one.
    for record in
        [r#"{"key":{"a":1},"id":"i","title":"A"}"#, r#"{"id":[{"a":[null," "]}],"title":"A"}"#]
    {
        only("a.jsonl", record.as_bytes());
    }
    for (date, moment) in [
        (r#"{"$date":"2025-03-03T10:00:00Z"}"#, Some("2025-03-03T10:00:00Z")),
        (r#"{"$date":{"$numberLong":"1740996000000"}}"#, Some("2025-03-03T10:00:00Z")),
        ("1.740996e9", Some("2025-03-03T10:00:00Z")),
        (r#"{"year":2025}"#, None),
        ("1e999", None),
    ] {
        let line = format!(r#"{{"title":"A","published":{date},"fetched":{{}}}}"#);
        let (articles, _, notes) = read_bytes("a.jsonl", line.as_bytes(), Options::default());
        let read = articles[0].published.map(|date| date.to_string());
        assert_eq!(
            (read.as_deref(), notes.unreadable_dates),
            (moment, u64::from(moment.is_none()))
        );
    }
}

#[test]
fn a_flag_does_not_stand_before_a_date() {
    for flag in ["true", "false", "1", "0", "\"True\"", "\"no\"", "[true]"] {
        let of = |dates: &str| {
            let line = format!(r#"{{"title":"A","published":{flag},"seen":{flag}{dates}}}"#);
            let (articles, _, notes) = read_bytes("a.jsonl", line.as_bytes(), Options::default());
            let date = |moment: Option<jiff::Timestamp>| moment.map(|moment| moment.to_string());
            (date(articles[0].published), date(articles[0].seen), notes.unreadable_dates)
        };
        let (monday, tuesday) = ("2026-03-02T10:30:00Z", "2026-03-03T10:30:00Z");
        let both = format!(r#","published_at":"{monday}","fetched":"{tuesday}""#);
        assert_eq!(of(&both), (Some(monday.into()), Some(tuesday.into()), 0), "{flag}");
        assert_eq!(of(""), (None, None, 2), "{flag}");
    }
    let table = b"title,published,published_at\nA,t,2026-03-02\n";
    let asked = Options {
        fields: vec![(Field::Published, "published".into())],
        keep: vec!["published".into()],
        ..Options::default()
    };
    let (articles, ..) = read_bytes("a.csv", table, asked);
    let read =
        (articles[0].published.map(|date| date.to_string()), articles[0].kept.get("published"));
    assert_eq!(read, (Some("2026-03-02T00:00:00Z".to_owned()), "t"));
}

#[test]
fn the_first_value_that_is_not_blank_is_taken() {
    for record in [
        r#"{"title":[" ","Volcano erupts"]}"#,
        r#"{"title":{"rendered":" ","value":"Volcano erupts"}}"#,
        r#"{"title":{"value":"Volcano erupts","rendered":"\n"}}"#,
        r#"{"title":[{"rendered":" "},"","Volcano erupts","Dam fails"]}"#,
    ] {
        assert_eq!(
            outcome("a.jsonl", record.as_bytes(), Options::default()),
            ["1 Volcano erupts|"],
            "{record}"
        );
    }
    // Blank paragraphs stay where they are.
    assert_eq!(only("a.jsonl", br#"{"text":["a",{"text":" "},"b"]}"#).text, "a\n\n \n\nb");
}

#[test]
fn a_text_of_an_unknown_shape_is_told() {
    let blocks = r#"[{"_type":"block","children":[{"text":"The dam at Orsk failed."}]}]"#;
    for (record, told, expected) in [
        (format!(r#"{{"title":"A","body":{blocks}}}"#), 1, "1 A|"),
        (format!(r#"{{"title":"A","body":{blocks},"summary":"x"}}"#), 1, "1 A|x"),
        (format!(r#"{{"title":"A","text":"x","body":{blocks}}}"#), 0, "1 A|x"),
        (
            format!(r#"{{"headlines":1,"title":{{"basic":"A"}},"text":"x","body":{blocks}}}"#),
            1,
            "1 |x",
        ),
        // Nothing is lost of these: they are empty, or refused as a whole.
        (r#"{"title":"A","content":{"rendered":"","protected":false}}"#.to_owned(), 0, "1 A|"),
        (r#"{"title":"A","text":[null,{"a":[" "]}]}"#.to_owned(), 0, "1 A|"),
        (format!(r#"{{"id":"p","body":{blocks}}}"#), 0, "1 refused: neither text nor title"),
        (r#"{"article":{"title":"A","body":"x"}}"#.to_owned(), 0, "1 |x"),
    ] {
        let (.., notes) = read_bytes("a.jsonl", record.as_bytes(), Options::default());
        let read = outcome("a.jsonl", record.as_bytes(), Options::default());
        assert_eq!((notes.unread_texts, &*read[0]), (told, expected), "{record}");
    }
    let dir = Dir::new();
    dir.file("a.jsonl", format!("{{\"title\":\"A\",\"body\":{blocks}}}\n"));
    let told = "warning: texts and titles of an unknown shape: 1; they are not read";
    dir.run("cluster a.jsonl").exits(0).says(told);
}

/// The date as it is read from a record, or `unreadable`.
fn date(given: &str, zone: &str) -> String {
    let timezone = jiff::tz::TimeZone::get(zone).unwrap();
    let table = format!("title\tdate\nA\t{given}\n");
    let (articles, _, notes) =
        read_bytes("a.tsv", table.as_bytes(), Options { timezone, ..Options::default() });
    let unreadable = notes.unreadable_dates == 1;
    let expected = if unreadable { "unreadable" } else { "not given" };
    articles[0].published.map_or(expected.to_owned(), |moment| moment.to_string())
}

#[test]
#[rustfmt::skip]
fn usual_dates_are_read_and_doubtful_ones_are_not() {
    for given in [
        "2026-03-04T10:30:00Z", "2026-03-04T10:30:00", "2026-03-04 10:30:00", "2026-03-04T11:30:00+01:00",
        "2026-03-04T10:30:00.000Z", "2026-03-04T10:30", "2026-03-04 10:30", "20260304T103000Z", "20260304103000",
        "2026-03-04T11:30:00+0100", "2026-03-04 10:30:00 UTC", "2026-03-04 10:30:00 +0000 UTC", "1772620200",
        "2026-03-04T11:30:00[Europe/Paris]", "2026/03/04 10:30", "Wed, 04 Mar 2026 10:30:00 GMT", "1772620200.0",
        "Wed, 4 Mar 2026 05:30:00 EST", "Wed, 04 Mar 26 10:30:00 +0000", "4 Mar 2026 11:30:00 +0100 (CET)",
        "Mar 4, 2026 10:30", "March 4th, 2026 at 10:30 a.m.", "Wed Mar  4 10:30:00 UTC 2026", "04.03.2026 10:30",
        "Wednesday, 4 March 2026, 10:30AM", "1772620200000", " 1772620200 ", "202603041030", "202603041030.0",
        "Wed Mar 04 2026 11:30:00 GMT+0100 (Central European Standard Time)", "2026-03-04T11:30:00 +0100",
        "04-Mar-2026 10:30:00", "4/Mar/2026 10:30", "2026-03-04T10:30 UTC",
    ] {
        assert_eq!(date(given, "UTC"), "2026-03-04T10:30:00Z", "{given}");
    }
    for given in ["2026-03-04", "20260304", "2026/3/4", "March 4, 2026", "4 March 2026", "Mar. 4 2026", "4.3.2026"] {
        assert_eq!(date(given, "UTC"), "2026-03-04T00:00:00Z", "{given}");
        assert_eq!(date(given, "Europe/Paris"), "2026-03-03T23:00:00Z", "{given}");
    }
    assert_eq!(date("2026-03-04T10:30:00", "Europe/Paris"), "2026-03-04T09:30:00Z");
    assert_eq!(date("202603041030", "Europe/Paris"), "2026-03-04T09:30:00Z");
    // Twelve digits that are no minute of our time are milliseconds.
    assert_eq!(date("202613041030", "UTC"), "1976-06-03T01:24:01.03Z");
    assert_eq!(date("966123456789", "UTC"), "2000-08-12T23:37:36.789Z");
    assert_eq!(date("12 Sept 2023 12:05 am", "UTC"), "2023-09-12T00:05:00Z");
    assert_eq!(date("12 Sept 2023 12:05 pm", "UTC"), "2023-09-12T12:05:00Z");
    for given in [
        "04/03/2026", "25/03/2026", "2026", "2026-03", "March 2026", "2026-02-30", "2026-13-01", "yesterday",
        "4 March 4 2026", "March 4, 2026 25:00", "4 March 2026 13:00 pm", "99999999", "0000-01-01", "-0001-01-01",
        "+012026-03-04", "99999999999999999999", "é4 März 2026", "2026-03-04T10:30:00+99:99", "12", "é", "١٢٣٤٥٦٧٨",
        "9999-12-31T23:59:59-10:00", "04-03-2026 10:30", "04-Mrz-2026 10:30", "4 March 2026 10:30 GMT+0100 +0100",
        "2026-03t10:30",
    ] {
        assert_eq!(date(given, "UTC"), "unreadable", "{given}");
    }
    assert_eq!(date("", "UTC"), "not given");
}

#[test]
fn a_language_that_names_none_is_detected() {
    let dir = Dir::new();
    let languages = |tag: &str| {
        let article = |title: &str, text: &str| {
            format!("{{\"lang\":\"{tag}\",\"title\":\"{title}\",\"text\":\"{text}\"}}\n")
        };
        let french = article(
            "Le train part",
            "Le train a quitté la gare au petit matin et les invités sont arrivés à la frontière.",
        );
        dir.file("a.jsonl", french + &article("Zxq", "12 34"));
        let out = dir.run("cluster a.jsonl -q --format jsonl").exits(0).out;
        let lang =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["lang"].clone();
        let mut found: Vec<String> =
            out.lines().map(|line| lang(line).as_str().unwrap().to_owned()).collect();
        found.sort_unstable();
        found
    };
    for tag in ["", "und", "mul", "zxx-Zxxx", "MIS"] {
        assert_eq!(languages(tag), ["fr", "und"], "{tag}");
    }
    for tag in ["es-MX", "French"] {
        assert_eq!(languages(tag), [tag; 2]);
    }
}

//! Each kind of input, good and broken, through the door that the commands use.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use proptest::prelude::*;
use samestory::model::{Article, Refusal};
use samestory::read::{self, Error, Format, Notes, Options};
use tempfile::TempDir;

/// Everything that the inputs come to, parsed chunk by chunk.
fn read_all(
    inputs: &[&Path],
    options: Options,
) -> Result<(Vec<Article>, Vec<Refusal>, Notes), Error> {
    let inputs: Vec<String> = inputs.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    let (mut articles, mut refusals, mut notes) = (Vec::new(), Vec::new(), Notes::default());
    for parsed in read::open(&inputs, options)?.map(read::Chunk::parse) {
        articles.extend(parsed.articles);
        refusals.extend(parsed.refusals);
        notes.merge(parsed.notes);
    }
    Ok((articles, refusals, notes))
}

pub(crate) fn read_bytes(
    name: &str,
    bytes: &[u8],
    options: Options,
) -> (Vec<Article>, Vec<Refusal>, Notes) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read_all(&[&path], options).unwrap()
}

/// One line for each article and refusal: the record, then `title|text` or the reason.
pub(crate) fn outcome(name: &str, bytes: &[u8], options: Options) -> Vec<String> {
    let (articles, refusals, _) = read_bytes(name, bytes, options);
    let read = articles.iter().map(|a| format!("{} {}|{}", a.record, a.title, a.text));
    read.chain(refusals.iter().map(|r| format!("{} refused: {}", r.record, r.reason))).collect()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFEFF].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_each_input_comes_to() {
    let table: &[(&str, &[u8], &[&str])] = &[
        ("lines.jsonl", b"{\"title\":\"A\",\"text\":\"x\"}\r\n\n{\"text\":\"y\"}", &["1 A|x", "3 |y"]),
        ("lines.txt", b"{\"title\":\"A\"}\n{\"title\":\"B\"}\n", &["1 A|", "2 B|"]),
        ("lines.json", b"{\"title\":\"A\"}\n{\"title\":\"B\"}\n", &["1 A|", "2 B|"]),
        (
            "bad.jsonl",
            b"{\"title\":\"A\"\n[1]\n{\"title\":\"\xE9\"}\n{\"id\":\"7\",\"title\":\" \"}\n{\"title\":\"B\"} x\n{\"title\":\"C\"}\n",
            &[
                "6 C|",
                "1 refused: bad JSON: EOF while parsing an object at column 12",
                "2 refused: not a JSON object",
                "3 refused: not UTF-8 from byte 11 on",
                "4 refused: neither text nor title",
                "5 refused: bad JSON: trailing characters at column 15",
            ],
        ),
        ("bom.jsonl", b"\xEF\xBB\xBF{\"title\":\"A\"}\n", &["1 A|"]),
        ("empty.jsonl", b"", &["0 refused: empty"]),
        ("blank.txt", b" \n\n", &["0 refused: empty"]),
        ("list.json", b"[{\"title\":\"A\"}, {\"text\":[\"x\",[\"y\"],{\"text\":\"z\"}]}]", &["1 A|", "2 |x\n\ny\n\nz"]),
        (
            "held.json",
            b"{\"status\":\"ok\",\"n\":[{}],\"articles\" : [ {\"title\":\"A ]\\\"\"}, 7],\"more\":{\"a\":1}}",
            &["1 A ]\"|", "2 refused: not a JSON object"],
        ),
        ("none.json", b"{\"articles\":[]}", &["1 refused: neither text nor title"]),
        ("own.json", b"{\"text\":\"x\",\"items\":[{\"title\":\"A\"}]}", &["1 |x"]),
        ("late.json", b"{\"title\":\"A\",\"articles\":[{\"title\":\"B\"}],\"full_text\":\"x\"}", &["1 A|x"]),
        ("story.json", b"{\"data\":[{\"name\":\"B\"}],\"headline\":\"A\",\"story\":\"x\"}", &["1 A|x"]),
        (
            "feed.json",
            b"{\"title\":\"A\",\"summary\":\"x\",\"items\":[{\"title\":\"B\"}],\"description\":\"x\",\"story\":{}}",
            &["1 B|"],
        ),
        (
            "both.json",
            b"{\"items\":[{\"title\":\"A\"}],\"text\":\"x\"} {\"items\":[{\"title\":\"B\"}]} {\"title\":\"C\"}",
            &["1 |x", "2 B|", "3 C|"],
        ),
        (
            "held.json",
            b"{\"articles\":[{\"title\":\"A\"}],\"n\":",
            &["1 A|", "1 refused: the JSON ends after this record without closing all brackets"],
        ),
        (
            "cut.json",
            b"[{\"title\":\"A\"},{\"title\":\"B",
            &["1 A|", "2 refused: the JSON ends inside this record: a bracket or quote is not closed before it ends"],
        ),
        (
            "open.json",
            b"[{\"title\":\"A\"}",
            &["1 A|", "1 refused: the JSON ends after this record without closing all brackets"],
        ),
        ("pretty.json", b"{\n \"title\":\n \"A\"\n}\n{\n \"title\": \"B\"\n}\n", &["1 A|", "2 B|"]),
        (
            "a.json",
            b"[{\"title\":\"A\"}] trailing",
            &["1 A|", "2 refused: not JSON: an object or a list is expected here; the rest is not read"],
        ),
        (
            "quoted.csv",
            b"id,title,text\r\n\r\n1,\"A, \"\"a\"\"\",\"x\r\ny\"\r\n2,B\r\n3,5\" pipe,z",
            &["3 A, \"a\"|x\r\ny", "6 5\" pipe|z", "5 refused: this row has 2 fields, the header has 3"],
        ),
        (
            "open.csv",
            b"id,title\n1,A\n2,\"B\n3,C\n",
            &["2 A|", "3 refused: a quote opened in this row is never closed; it and what follows is not read"],
        ),
        ("semicolons.csv", b"id;headline;body\n1;A, a;x\n", &["2 A, a|x"]),
        ("tabs.tsv", b"headline\tbody\nA\tx,y\n", &["2 A|x,y"]),
        ("table.txt", b"id,title,text\n1,A,x\n", &["2 A|x"]),
        ("utf16.csv", &utf16("title,text\nÉté,x\n"), &["2 Été|x"]),
        ("latin.csv", b"title,text\nL'\xE9t\xE9 est l\xE0,d\xE9j\xE0\n", &["2 L'été est là|déjà"]),
        (
            "other.csv",
            b"a,story_html,c\n1,2,3\n",
            &["0 refused: no column is known as text or title among: a, story_html, c; --field text=COLUMN names one"],
        ),
        ("note.txt", b"Menu\n\nL'\xE9t\xE9 est l\xE0\n\nIl fait d\xE9j\xE0 chaud.\n", &["1 L'été est là|Il fait déjà chaud."]),
        ("cut.txt", "Brücke offen\n\nGebühr: 5 €".as_bytes().split_last().unwrap().1, &["1 Brücke offen|Gebühr: 5 \u{fffd}"]),
        (
            "stray.html",
            &["<title>Größe</title><p>Brücke über Fluß ".as_bytes(), b"\xFF</p>"].concat(),
            &["1 Größe|Brücke über Fluß \u{fffd}"],
        ),
        (
            "mixed.csv",
            &["title,text\nGrößte Brücke über Fluß,größer für Fußgänger ".as_bytes(), b"\xFF\nStra\xDFe,y\n"].concat(),
            &["2 Größte Brücke über Fluß|größer für Fußgänger \u{fffd}", "3 Straße|y"],
        ),
        ("noise.txt", b"// a\n12 3\n", &["1 refused: neither text nor title"]),
        ("page.txt", b"<!doctype html><title>A</title><p>x</p>", &["1 A|x"]),
        ("page.html", b"<meta charset=windows-1251><title>\xCF\xF3\xF2\xE8\xED</title>", &["1 Путин|"]),
        (
            "script.html",
            b"<script charset=\"utf-8\" src=a></script><meta charset=\"iso-8859-2\"><title>\xBF\xF3\xB3\xE6</title>",
            &["1 żółć|"],
        ),
        ("lines.gz", &gzip(b"{\"title\":\"A\"}\n{\"title\":\"B\"}\n"), &["1 A|", "2 B|"]),
        ("lines.zst", &zstd::encode_all(&b"{\"title\":\"A\"}\n"[..], 1).unwrap(), &["1 A|"]),
    ];
    for (name, bytes, expected) in table {
        assert_eq!(
            outcome(name, bytes, Options::default()),
            *expected,
            "{name}: {}",
            bytes.escape_ascii()
        );
    }
}

#[test]
fn data_cut_short_is_read_up_to_the_damage() {
    let lines: String = (0..5000u32)
        .map(|i| format!("{{\"title\":\"{:x}\"}}\n", i.wrapping_mul(2_654_435_761)))
        .collect();
    for (name, whole) in
        [("gzip", gzip(lines.as_bytes())), ("zstd", zstd::encode_all(lines.as_bytes(), 1).unwrap())]
    {
        for length in [whole.len() / 2, whole.len() - 9] {
            let (articles, refusals, _) =
                read_bytes("lines.jsonl", &whole[..length], Options::default());
            assert_eq!(refusals.len(), 1, "{name}");
            assert_eq!(refusals[0].record, articles.len() as u64, "{name}");
            let reason = format!(
                "the {name} data is damaged or cut short after this record; the rest is not read"
            );
            assert!(refusals[0].reason.starts_with(&reason), "{}", refusals[0].reason);
        }
    }
    let (articles, refusals, _) =
        read_bytes("lines.jsonl", &gzip(lines.as_bytes())[..12], Options::default());
    assert_eq!((articles.len(), refusals.len(), refusals[0].record), (0, 1, 0));
}

#[test]
fn a_text_far_behind_a_list_of_articles_is_told() {
    let list = |n: usize| {
        let articles: Vec<String> = (0..n).map(|i| format!("{{\"title\":\"{i:05}\"}}")).collect();
        format!("{{\"items\":[{}]", articles.join(","))
    };
    let far = format!("{},\"text\":\"x\"}} {{\"title\":\"A\"}}", list(20_000));
    let read = outcome("far.json", far.as_bytes(), Options::default());
    let reason = "20000 refused: the object around the articles up to this one has a text of its own behind them, which is not read";
    assert_eq!((read.len(), &*read[19_999], &*read[20_000]), (20_002, "20000 19999|", "20001 A|"));
    assert_eq!(read[20_001], reason);
    // The articles before a damage are read, whatever could have come.
    let packed = gzip(list(2_000).as_bytes());
    let (articles, refusals, _) =
        read_bytes("cut.json", &packed[..packed.len() / 2], Options::default());
    assert!(articles.len() > 500, "{}", articles.len());
    assert!(refusals[0].reason.starts_with("the gzip data is damaged"), "{}", refusals[0].reason);
}

#[test]
fn a_record_over_the_limit_is_refused_and_the_rest_goes_on() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("long.jsonl");
    let mut file = BufWriter::new(fs::File::create(&path).unwrap());
    file.write_all(b"{\"title\":\"A\"}\n{\"title\":\"").unwrap();
    io::copy(&mut io::Read::take(io::repeat(b'a'), 200 << 20), &mut file).unwrap();
    file.write_all(b"\"}\n{\"title\":\"B\"}\n").unwrap();
    drop(file);
    let (articles, refusals, _) = read_all(&[&path], Options::default()).unwrap();
    assert_eq!(
        articles.iter().map(|a| (a.record, a.title.as_str())).collect::<Vec<_>>(),
        [(1, "A"), (3, "B")]
    );
    assert_eq!(
        refusals[0].reason,
        "this line is longer than 64 MiB; --max-record raises the limit"
    );
    assert_eq!((refusals.len(), refusals[0].record), (1, 2));

    let tight = || Options { max_record: 20, ..Options::default() };
    let long = "a".repeat(30);
    let cases = [
        (
            "x.json",
            format!("[{{\"title\":\"A\"}},{{\"title\":\"{long}\"}},{{\"title\":\"B\"}}]"),
            ["1 A|", "3 B|"],
            "2",
            "element",
        ),
        ("x.csv", format!("title,text\nA,x\n{long},y\nB,z\n"), ["2 A|x", "4 B|z"], "3", "row"),
    ];
    for (name, content, [first, last], record, what) in cases {
        let reason = format!(
            "{record} refused: this {what} is longer than 20 bytes; --max-record raises the limit"
        );
        assert_eq!(outcome(name, content.as_bytes(), tight()), [first, last, reason.as_str()]);
    }
    let reason = "1 refused: this file is longer than 20 bytes; --max-record raises the limit";
    assert_eq!(outcome("x.txt", long.as_bytes(), tight()), [reason]);
}

#[test]
fn a_long_line_is_one_record_wherever_it_is_cut() {
    let options = Options { max_record: 40, ..Options::default() };
    let refused = "this line is longer than 40 bytes; --max-record raises the limit";
    let blanks = " ".repeat(200);
    for long in [
        format!(r#"{{"title":"A"{blanks},"text":"x"}}"#),
        format!(r#"{{"title":"A"}}{blanks}"#),
        format!(r#"{blanks}{{"title":"A"}}"#),
    ] {
        let lines = format!("{long}\n{{\"title\":\"B\"}}\n");
        let read = outcome("a.jsonl", lines.as_bytes(), options.clone());
        assert_eq!(read, ["2 B|".to_owned(), format!("1 refused: {refused}")], "{long}");
    }
    // The line break is not counted.
    let fits = format!(r#"{{"title":"{}"}}"#, "A".repeat(28));
    for end in ["", "\n", "\r\n"] {
        let read = outcome("a.jsonl", (fits.clone() + end).as_bytes(), options.clone());
        assert_eq!(read, [format!("1 {}|", "A".repeat(28))]);
    }
}

#[test]
fn a_folder_is_read_in_the_order_of_its_names() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("b")).unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    for name in ["c.txt", "b/x.txt", "a.txt", ".hidden.txt", ".git/y.txt"] {
        fs::write(root.join(name), "A\nx").unwrap();
    }
    fs::write(root.join("d.pdf"), "%PDF-1.7").unwrap();
    fs::write(root.join("e"), [0, 1, 2, 3]).unwrap();
    fs::write(root.join("f.txt"), "").unwrap();
    let (articles, refusals, _) = read_all(&[root], Options::default()).unwrap();
    let under = |file: &str| file.strip_prefix(root.to_str().unwrap()).unwrap().to_owned();
    let files: Vec<String> = articles.iter().map(|a| under(&a.file)).collect();
    assert_eq!(files, ["/a.txt", "/b/x.txt", "/c.txt"]);
    let refused: Vec<(String, u64, &str)> =
        refusals.iter().map(|r| (under(&r.file), r.record, &*r.reason)).collect();
    let expected = [
        ("/d.pdf", "this is a PDF document, which is not read"),
        ("/e", "binary data of an unknown kind"),
        ("/f.txt", "empty"),
    ];
    assert_eq!(refused, expected.map(|(file, reason)| (file.to_owned(), 0, reason)));
}

#[test]
fn what_cannot_be_read_at_all_is_an_error_before_anything_is() {
    let folder = TempDir::new().unwrap();
    let picture = folder.path().join("a.png");
    fs::write(&picture, b"\x89PNG\r\n").unwrap();
    let missing = folder.path().join("none.jsonl");
    let message = |inputs: &[&Path]| {
        let error = read_all(inputs, Options::default()).unwrap_err();
        error.to_string().replace(folder.path().to_str().unwrap(), "F")
    };
    assert_eq!(message(&[]), "no input: name files or folders, or - for standard input");
    assert_eq!(message(&[&missing]), "F/none.jsonl: no such file or folder");
    assert_eq!(message(&[folder.path()]), "F: nothing in this folder can be read");
    let unknown =
        "F/a.png: this is an image, which is not read; --input-format names the kind of an input";
    assert_eq!(message(&[&picture]), unknown);
    let text = folder.path().join("b.txt");
    fs::write(&text, "A\nx").unwrap();
    assert_eq!(message(&[&text, &missing]), "F/none.jsonl: no such file or folder");
    let (articles, refusals, _) = read_all(&[&text, &picture], Options::default()).unwrap();
    assert_eq!((articles.len(), refusals.len()), (1, 1));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_are_a_panic(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "[\\[\\]{}\":,;\\\\a\n\r\t <>é\u{1}-]{0,80}".prop_map(String::into_bytes),
            "(<(rss|feed|item|entry|title|link/)>|</(item|entry|title)>|&amp;|&|a){0,30}".prop_map(String::into_bytes),
            "(WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: [0-9]{1,2}\r\n\r\n(HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n|)(<p>a|5\r\naaaaa\r\n|)\r\n){0,3}".prop_map(String::into_bytes),
            "(text|title|id|date),(text|title|a)\n([\"a,\n\r]{0,9}\n){0,9}".prop_map(String::into_bytes),
        ],
        packed in any::<bool>(),
    ) {
        let bytes = if packed { gzip(&bytes) } else { bytes };
        for name in ["jsonl", "json", "csv", "tsv", "text", "html", "feed", "warc"] {
            let format = Some(name.parse::<Format>().unwrap());
            read_bytes("a", &bytes, Options { format, max_record: 50, ..Options::default() });
        }
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, &bytes).unwrap();
        let _ = read_all(&[&path], Options::default());
    }
}

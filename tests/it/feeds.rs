//! Feeds and web archives, in the shapes that they have in the wild.

use std::io::Read;

use flate2::Compression;
use flate2::read::{DeflateEncoder, ZlibEncoder};
use samestory::model::Article;
use samestory::read::Options;

use crate::formats::{gzip, outcome, read_bytes};

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- generated -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
  <image><title>Logo</title><url>https://h.example/l.png</url></image>
  <title>Harbour News</title><link>https://h.example</link><language>en-gb</language>
  <atom:link href="https://h.example/rss" rel="self"/>
  <item>
    <title><![CDATA[Pier & quay <b>reopen</b>]]></title>
    <media:title>A photo</media:title>
    <description>The lead only.</description>
    <content:encoded><![CDATA[<p>The pier reopens.</p> <item>no item</item>]]></content:encoded>
    <guid isPermaLink="false">h-17</guid>
    <link>https://h.example/17?utm_source=rss</link>
    <pubDate>Tue, 04 Mar 2025 10:00:00 GMT</pubDate>
  </item>
  <item>
    <title>Ferry late &mdash; again & again</title>
    <description>&lt;p&gt;Rain &amp;amp; wind.&lt;/p&gt;</description>
    <link>https://h.example/18</link>
    <source url="https://w.example/rss">Wire Service</source>
    <enclosure url="https://h.example/18.mp3" type="audio/mpeg"/>
  </item>
  <item><guid>h-19</guid></item>
</channel></rss>"#;

const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv">
<title type="text">Hamnbladet</title>
<entry><id>tag:hb.example,2025:1</id><title type="html">Piren &lt;i&gt;öppnar&lt;/i&gt;</title>
<link rel="self" href="https://hb.example/1.atom"/><link href="https://hb.example/1"/>
<updated>2025-03-05T09:00:00Z</updated><published>2025-03-04T09:00:00+01:00</published>
<author><name>A. B.</name></author>
<source><title>Annan tidning</title></source>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Piren <br/>är klar.</p></div></content></entry>
<entry><title>Bara en rubrik</title><updated>2025-03-06T09:00:00Z</updated></entry>
</feed>"#;

const RDF: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://p.example"><title>Le Port</title><items><rdf:Seq><rdf:li resource="x"/></rdf:Seq></items></channel>
<item rdf:about="https://p.example/1"><title>L'été au port</title><link>https://p.example/1</link><dc:date>2025-07-01T08:00:00+02:00</dc:date><dc:language>fr</dc:language></item>
</rdf:RDF>"#;

fn shown(article: &Article) -> String {
    let Article { id, title, text, source, lang, url, published, .. } = article;
    let published = published.map_or_else(|| "-".to_owned(), |time| time.to_string());
    [id, title, text, source, lang, url, &published]
        .map(|s| s.trim().replace('\n', " "))
        .join(" | ")
}

#[test]
fn the_items_of_a_feed_are_articles() {
    let latin: Vec<u8> = RDF.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
    let table: [(&[u8], &[&str]); 3] = [
        (
            RSS.as_bytes(),
            &[
                "h-17 | Pier & quay reopen | <p>The pier reopens.</p> <item>no item</item> | Harbour News | en-gb | https://h.example/17?utm_source=rss | 2025-03-04T10:00:00Z",
                "https://h.example/18 | Ferry late — again & again | <p>Rain &amp; wind.</p> | Wire Service | en-gb | https://h.example/18 | -",
            ],
        ),
        (
            ATOM.as_bytes(),
            &[
                r#"tag:hb.example,2025:1 | Piren öppnar | <div xmlns="http://www.w3.org/1999/xhtml"><p>Piren <br/>är klar.</p></div> | Hamnbladet | sv | https://hb.example/1 | 2025-03-04T08:00:00Z"#,
                "0b469bf5be80e7a6 | Bara en rubrik |  | Hamnbladet | sv |  | 2025-03-06T09:00:00Z",
            ],
        ),
        (
            &latin,
            &[
                "https://p.example/1 | L'été au port |  | Le Port | fr | https://p.example/1 | 2025-07-01T06:00:00Z",
            ],
        ),
    ];
    for (feed, expected) in table {
        let (articles, ..) = read_bytes("feed", feed, Options::default());
        assert_eq!(articles.iter().map(shown).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn what_is_kept_of_an_item_is_asked_for_by_any_name() {
    let item = "<dc:creator>Ann Poe</dc:creator><category>World</category><category/>\
                <category>Floods</category><media:title>Photo</media:title>";
    let rss = RSS.replacen("<guid", &format!("{item}<guid"), 1);
    let keep = ["dc:creator", "category", "content:encoded", "dc:none"].map(str::to_owned).to_vec();
    let (articles, _, notes) =
        read_bytes("a.xml", rss.as_bytes(), Options { keep, ..Options::default() });
    let kept = |name| articles[0].kept.get(name);
    assert_eq!([kept("dc:creator"), kept("category")], ["Ann Poe", "World, Floods"]);
    assert_eq!(
        (kept("content:encoded"), &*articles[0].title),
        (&*articles[0].text, "Pier & quay reopen")
    );
    assert_eq!(notes.met, ["category", "content:encoded", "dc:creator"]);
    let authors = "<author><name>A. B.</name><email>a@h.example</email></author><author><name>C & D</name></author>";
    let atom = ATOM.replace("<author><name>A. B.</name></author>", authors);
    let keep = vec!["author".to_owned()];
    let (articles, ..) =
        read_bytes("a.xml", atom.as_bytes(), Options { keep, ..Options::default() });
    assert_eq!(articles[0].kept.get("author"), "A. B., C & D");
}

#[test]
fn the_prefix_of_markup_is_none_of_its_names() {
    let body = "<x:div><x:p>Piren <x:br/>är <b:i>klar</b:i>.</x:p></x:div>";
    let (before, rest) = ATOM.split_once("<div").unwrap();
    let (_, after) = rest.split_once("</div>").unwrap();
    for (feed, entry) in [
        (r#" xmlns:x="http://www.w3.org/1999/xhtml""#, ""),
        ("", r#" xmlns:x="http://www.w3.org/1999/xhtml""#),
    ] {
        let body = body.replacen("<x:div", &format!("<x:div{entry}"), 1);
        let atom = format!("{before}{body}{after}").replacen("<feed", &format!("<feed{feed}"), 1);
        let (articles, ..) = read_bytes("a.xml", atom.as_bytes(), Options::default());
        let expected = format!("<div{entry}><p>Piren <br/>är <b:i>klar</b:i>.</p></div>");
        assert_eq!(articles[0].text, expected);
    }
}

/// Each item has the title of its feed: of a long one a short feed would be gigabytes.
#[test]
fn a_long_title_of_a_feed_is_not_the_source_of_its_items() {
    let feed = |title: &str| {
        let rss = format!(
            "<rss><channel><title>{title}</title><language>{title}</language><item><title>A</title></item></channel></rss>"
        );
        let article = read_bytes("a.xml", rss.as_bytes(), Options::default()).0.remove(0);
        (article.source, article.lang)
    };
    let (name, long) = ("é".repeat(250), "x".repeat(501));
    assert_eq!(feed(&name), (name.clone(), name));
    assert_eq!(feed(&long), (String::new(), String::new()));
}

#[test]
fn a_broken_feed_is_read_up_to_the_damage() {
    let cut = &RSS[..RSS.find("Rain").unwrap()];
    let cases = [
        (
            cut,
            vec![
                "1",
                "1 refused: bad XML after this item; the rest is not read (<description> is cut short)",
            ],
        ),
        ("<rss><channel><title>A</title></channel></rss>", vec!["0 refused: a feed without items"]),
        (
            "<rss><item><title>A</title></itme><item><title>B</b></title></item>",
            vec![
                "0 refused: bad XML after this item; the rest is not read (the item is cut short)",
            ],
        ),
        (
            "<feed><entry><title>A</title></entry><entry <<",
            vec!["1", "1 refused: bad XML after this item"],
        ),
    ];
    for (feed, expected) in cases {
        let found = outcome("feed.xml", feed.as_bytes(), Options::default());
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (line, start) in found.iter().zip(expected) {
            assert!(line.starts_with(start), "{line}");
        }
    }
}

/// A record of a web archive.
fn record(kind: &str, media: &str, block: &[u8]) -> Vec<u8> {
    let head = format!(
        "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://www.h.example/pier\r\n\
         WARC-Date: 2025-03-04T10:00:00Z\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    );
    [head.as_bytes(), block, b"\r\n\r\n"].concat()
}

fn response(head: &str, body: &[u8]) -> Vec<u8> {
    let message = [format!("HTTP/1.1 {head}\r\n\r\n").as_bytes(), body].concat();
    record("response", "application/http; msgtype=response", &message)
}

const HTML: &str = "200 OK\r\nContent-Type: text/html; charset=windows-1251";

#[test]
fn the_pages_of_a_web_archive_are_articles() {
    let page = b"<title>A</title><p>x</p>";
    let chunked = b"a\r\n<title>B</\r\n10;x=y\r\ntitle><p>yz</p>\n\r\n0\r\n\r\n";
    let archive = [
        record("warcinfo", "application/warc-fields", b"software: x\r\n"),
        record("request", "application/http; msgtype=request", b"GET / HTTP/1.1\r\n\r\n"),
        response(HTML, page),
        response(&format!("{HTML}\r\nTransfer-Encoding: chunked"), chunked),
        response(
            &format!("{HTML}\r\nContent-Encoding: gzip"),
            &gzip(b"<title>\xCF\xF3\xF2\xE8\xED</title>"),
        ),
        response("404 Not Found\r\nContent-Type: text/html", page),
        response("200 OK\r\nContent-Type: image/png", b"\x89PNG"),
        response(HTML, b"<p></p>"),
        response(HTML, b"\x1F\x8Bnot gzip"),
        record("conversion", "text/plain", b"Pier reopens\n\nOn Monday."),
    ]
    .concat();
    let expected = [
        "3 A|x",
        "4 B|yz",
        "5 Путин|",
        "10 Pier reopens|On Monday.",
        "8 refused: neither text nor title",
        "9 refused: the gzip data of this page is damaged (invalid gzip header)",
    ];
    let whole: Vec<u8> = archive.clone();
    assert_eq!(outcome("a.warc", &whole, Options::default()), expected);
    assert_eq!(outcome("a.warc.gz", &gzip(&whole), Options::default()), expected);
    let (articles, ..) = read_bytes("a.warc", &whole, Options::default());
    let first = &articles[0];
    assert_eq!(
        (first.source.as_str(), first.id.as_str()),
        ("h.example", "https://www.h.example/pier")
    );
    assert_eq!(first.seen.unwrap().to_string(), "2025-03-04T10:00:00Z");
    assert_eq!(first.published, None);
}

#[test]
fn what_a_page_is_packed_in_is_undone_or_named() {
    let words: String =
        (0..400u32).map(|i| format!("{:x} ", i.wrapping_mul(2_654_435_761))).collect();
    let page = format!("<title>A</title><p>{words}</p>");
    let read = |packed: &mut dyn Read| {
        let mut bytes = Vec::new();
        packed.read_to_end(&mut bytes).unwrap();
        bytes
    };
    let coded = |coding: &str, body: &[u8]| {
        response(&format!("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: {coding}"), body)
    };
    let bytes = page.as_bytes();
    let framed = read(&mut ZlibEncoder::new(bytes, Compression::best()));
    let bare = read(&mut DeflateEncoder::new(bytes, Compression::best()));
    let other: Vec<u8> = (0..=255).cycle().take(1000).collect();
    let archive = [
        coded("deflate", &framed),
        coded("deflate", &bare),
        coded("ZSTD", &zstd::encode_all(bytes, 1).unwrap()),
        // The archive has unpacked it and kept the header.
        coded("br", bytes),
        coded("br", &other),
        coded("deflate", &other),
        coded("deflate", &framed[..framed.len() / 2]),
    ]
    .concat();
    let article = format!("A|{}", words.trim());
    let expected = [1, 2, 3, 4].map(|record| format!("{record} {article}"));
    let refused = [
        "5 refused: content coding br is not read",
        "6 refused: the deflate data of this page is damaged (corrupt deflate stream)",
        "7 refused: the deflate data of this page is damaged (incomplete deflate stream)",
    ];
    let found = outcome("a.warc", &archive, Options::default());
    assert_eq!(found[..4], expected);
    assert_eq!(found[4..], refused);
    let tight = Options { max_record: page.len() - 1, ..Options::default() };
    let long = format!(
        "1 refused: this page is longer than {} bytes; --max-record raises the limit",
        page.len() - 1
    );
    for packed in [coded("deflate", &framed), coded("zstd", &zstd::encode_all(bytes, 1).unwrap())] {
        assert_eq!(outcome("a.warc", &packed, tight.clone()), [long.as_str()]);
    }
}

#[test]
fn a_page_without_a_media_type_is_known_by_how_it_begins() {
    let page = b"\xEF\xBB\xBF<!-- x -->\n<html><title>A</title><p>x</p></html>";
    let untyped = |block: &[u8]| {
        let typed = String::from_utf8(record("resource", "-", block)).unwrap();
        typed.replace("Content-Type: -\r\n", "").into_bytes()
    };
    let archive = [
        response("200 OK\r\nServer: x", page),
        response("200 OK\r\nContent-Encoding: gzip", &gzip(page)),
        response("200 OK", b"{\"title\": \"<html>\"}"),
        response("200 OK", b"\x1F\x8Bnot gzip"),
        untyped(page),
        untyped(b"body {}"),
    ]
    .concat();
    let found = outcome("a.warc", &archive, Options::default());
    assert_eq!(found, ["1 A|x", "2 A|x", "5 A|x"]);
}

#[test]
fn a_record_that_is_cut_short_was_not_read() {
    let page = response(HTML, b"<title>A</title><p>x</p>");
    let archive = [&page[..], &page[..page.len() - 20]].concat();
    let found = outcome("a.warc", &archive, Options::default());
    assert_eq!(found[0], "1 A|x");
    assert!(found[1].starts_with("1 refused: reading failed after this record; "), "{found:?}");
}

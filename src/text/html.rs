//! A whole web page: its article and what the page says about it.

mod attributes;
mod json_ld;
mod tags;
mod tree;

use self::tags::{attribute, closing, inside, tags};
use super::markup;

/// Pages above this size, in bytes, are stripped of tags instead of being parsed.
const MAX_PARSED: usize = 4 << 20;

/// Pages nested deeper than this are stripped too: tree walks recurse.
const MAX_DEPTH: usize = 256;

/// Pages with more elements than this are stripped too.
const MAX_ELEMENTS: usize = 50_000;

/// An `articleBody` shorter than this, in bytes, is often the teaser only, so the page itself is looked at as well.
const TEASER: usize = 400;

/// What a page says; a field that it does not give is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extracted {
    /// The headline, without the name of the site.
    pub title: String,
    /// The article, a paragraph a line.
    pub text: String,
    /// When it was published, as written.
    pub published: String,
    /// The outlet.
    pub source: String,
    /// The canonical address.
    pub url: String,
    /// The language tag.
    pub lang: String,
}

/// The article of a page: from JSON-LD where the page has it, else from its meta tags and its most readable part, else
/// from all the text there is. Any input gives a result.
///
/// ```
/// let page = "<html lang=en><title>Pier reopens</title><p>The northern pier reopened on Monday.</p></html>";
/// let article = samestory::text::html::extract(page);
/// assert_eq!((&*article.title, &*article.lang), ("Pier reopens", "en"));
/// assert!(article.text.contains("reopened on Monday"));
/// ```
pub fn extract(html: &str) -> Extracted {
    let mut page = Extracted::default();
    // Templates often give the page of the site for that of the article in JSON-LD, which would be the id of many.
    fill(&mut page.url, canonical(html).map(markup::strip).as_deref());
    let may_be_all = json_ld::read(html, &mut page);
    read_tags(html, &mut page);
    if !may_be_all || page.text.len() < TEASER || is_cut(&page.text) {
        let text = readable(html).unwrap_or_default();
        if text.len() > page.text.len() {
            page.text = text;
        }
    }
    if page.text.is_empty() {
        page.text = markup::strip(inside(html, "body").unwrap_or(html)).into_owned();
    }
    for field in
        [&mut page.title, &mut page.published, &mut page.source, &mut page.url, &mut page.lang]
    {
        let plain = markup::strip(field);
        *field = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    page.lang = page.lang.replace('_', "-");
    // All the text there is can be the title in the head.
    if page.text.trim() == page.title {
        page.text.clear();
    }
    page.title = without_site(&page.title, &page.source).to_owned();
    page
}

/// Whether a text says itself that it goes on.
fn is_cut(text: &str) -> bool {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ']' | ')'));
    text.ends_with('…') || text.ends_with("...")
}

fn fill(field: &mut String, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|v| field.is_empty() && !v.is_empty()) {
        value.clone_into(field);
    }
}

fn read_tags(html: &str, page: &mut Extracted) {
    let metas: Vec<(&str, &str)> = tags(html, "meta")
        .filter_map(|(_, a)| {
            let key = ["property", "name", "itemprop", "http-equiv"]
                .iter()
                .find_map(|k| attribute(a, k))?;
            Some((key, attribute(a, "content")?))
        })
        .collect();
    let meta = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| {
                metas.iter().find(|(k, v)| k.eq_ignore_ascii_case(key) && !v.is_empty())
            })
            .map(|m| m.1)
    };
    fill(&mut page.title, meta(&["og:title", "twitter:title", "dc.title", "headline"]));
    fill(&mut page.title, inside(html, "title"));
    fill(&mut page.title, inside(html, "h1"));
    let dates = [
        "article:published_time",
        "datePublished",
        "og:published_time",
        "pubdate",
        "publishdate",
        "date",
        "dc.date",
    ];
    fill(&mut page.published, meta(&dates));
    fill(&mut page.published, time(html));
    fill(&mut page.source, meta(&["og:site_name", "application-name", "publisher"]));
    fill(&mut page.url, meta(&["og:url", "twitter:url"]));
    fill(
        &mut page.lang,
        tags(html, "html").find_map(|(_, a)| attribute(a, "lang").or(attribute(a, "xml:lang"))),
    );
    fill(&mut page.lang, meta(&["og:locale", "content-language", "language"]));
}

/// The address that a page gives as its own, with its host.
fn canonical(html: &str) -> Option<&str> {
    let is_named = |a| attribute(a, "rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical"));
    let (_, link) = tags(html, "link").find(|(_, a)| is_named(a))?;
    attribute(link, "href").filter(|address| address.starts_with("http"))
}

/// The time that says when the page was published, else the first in its article, else the first of all: those around an
/// article are of others.
fn time(html: &str) -> Option<&str> {
    let says_when = |a: &str| {
        let is_flag = |word: &str| word.split('=').any(|w| w.eq_ignore_ascii_case("pubdate"));
        let of = attribute(a, "itemprop").unwrap_or_default();
        of.eq_ignore_ascii_case("datePublished") || a.split_whitespace().any(is_flag)
    };
    let article = tags(html, "article")
        .next()
        .map_or(0..0, |(start, _)| start..closing(html, start, "article").unwrap_or(html.len()));
    let rank = |at: usize, a: &str| (!says_when(a), !article.contains(&at));
    let times =
        tags(html, "time").filter_map(|(at, a)| Some((rank(at, a), attribute(a, "datetime")?)));
    times.min_by_key(|(rank, _)| *rank).map(|(_, time)| time)
}

/// The most readable part, when the page is small and flat enough to be parsed.
fn readable(html: &str) -> Option<String> {
    if html.len() > MAX_PARSED || too_deep(html) || attributes::are_too_many(html) {
        return None;
    }
    let config = dom_smoothie::Config {
        max_elements_to_parse: MAX_ELEMENTS,
        disable_json_ld: true,
        text_mode: dom_smoothie::TextMode::Formatted,
        ..Default::default()
    };
    // The parser is foreign code on hostile input: should it panic on one page, the page is stripped instead.
    let article = std::panic::catch_unwind(|| {
        let page = tree::of(html)?;
        dom_smoothie::Readability::with_document(page, None, Some(config)).ok()?.parse().ok()
    });
    let text = article.ok()??.text_content;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    Some(lines.join("\n"))
}

/// Whether elements nest deeper than [`MAX_DEPTH`]; those that end one another, such as `<li>`, do not count.
fn too_deep(html: &str) -> bool {
    const FLAT: &[&str] = &[
        "p", "li", "td", "th", "tr", "dt", "dd", "option", "br", "hr", "img", "meta", "link",
        "input", "source", "area", "base", "col", "embed", "param", "track", "wbr", "path",
    ];
    let mut open: Vec<&str> = Vec::new();
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let closing = rest.starts_with('/');
        let rest = &rest[usize::from(closing)..];
        let name =
            &rest[..rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count()];
        if name.is_empty() || FLAT.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            continue;
        }
        if closing {
            let opened = open.iter().rposition(|n| n.eq_ignore_ascii_case(name));
            open.truncate(opened.unwrap_or(open.len()));
        } else {
            open.push(name);
        }
        if open.len() > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// The title without the name of the site behind or before it.
fn without_site<'a>(title: &'a str, site: &str) -> &'a str {
    if site.is_empty() {
        return title;
    }
    for separator in [" | ", " - ", " – ", " — ", " :: ", " · ", " » "] {
        let parts =
            [title.rsplit_once(separator), title.split_once(separator).map(|(a, b)| (b, a))];
        for (rest, name) in parts.into_iter().flatten() {
            if name.trim().to_lowercase() == site.to_lowercase() && !rest.trim().is_empty() {
                return rest.trim();
            }
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::extract;

    const PARAGRAPH: &str = "The harbour council of Millbridge voted on Tuesday to rebuild the northern pier, two years \
        after a winter storm broke it in half, and set aside nine million crowns for the work, which is to begin in May.";

    #[test]
    fn json_ld_comes_first() {
        let page = extract(
            r#"<html lang="en_GB"><head><title>Wrong | Harbour News</title><link rel="canonical" href="https://h.example/pier">
            <meta property="og:site_name" content="Harbour News">
            <script type="application/ld+json">{"@graph": [{"@type": "WebPage"}, {"@type": ["ReportageNewsArticle"],
            "headline": "Pier to be rebuilt &amp; widened - Harbour News", "articleBody": "<p>One.</p><p>Two.</p>",
            "datePublished": "2025-03-03T10:00:00Z", "publisher": {"name": "Harbour News"},
            "mainEntityOfPage": {"@id": "https://h.example/1"}}]}</script></head><body></body></html>"#,
        );
        assert_eq!(page.title, "Pier to be rebuilt & widened");
        assert_eq!(page.text, "One.\nTwo.");
        assert_eq!(page.published, "2025-03-03T10:00:00Z");
        assert_eq!(
            (page.source.as_str(), page.url.as_str()),
            ("Harbour News", "https://h.example/pier")
        );
        assert_eq!(page.lang, "en-GB");
    }

    #[test]
    fn a_line_break_in_a_string_does_not_spoil_its_block() {
        let block = "{\"@type\": \"NewsArticle\",\n\"headline\": \"Pier\tfalls\", \"articleBody\": \"It\nfell.\"}";
        let page =
            extract(&format!("<script type=application/ld+json>{block}</script><p>Menu</p>"));
        assert_eq!((&*page.title, &*page.text), ("Pier falls", "It fell."));
    }

    #[test]
    fn a_closing_tag_is_found_in_any_case() {
        for end in ["</script>", "</SCRIPT>", "</Script>"] {
            let block =
                r#"{"@type": "NewsArticle", "headline": "Pier", "articleBody": "It fell."}"#;
            let page =
                extract(&format!("<script type=application/ld+json>{block}{end}<p>Menu</p>"));
            assert_eq!((&*page.title, &*page.text), ("Pier", "It fell."), "{end}");
        }
    }

    #[test]
    fn meta_tags_and_the_readable_part() {
        let page = extract(&format!(
            r#"<html lang=en><head><title>Pier to be rebuilt | Harbour News</title>
            <meta content="Harbour News" property="og:site_name"><meta property='og:url' content='https://h.example/2'>
            <meta property="article:published_time" content="2025-03-03"></head><body><nav><a href="/">Home</a></nav>
            <article><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p><p>{PARAGRAPH}</p></article><footer>Imprint</footer></body></html>"#
        ));
        assert_eq!(page.title, "Pier to be rebuilt");
        assert_eq!(page.text, [PARAGRAPH; 3].join("\n"));
        assert_eq!(
            (page.source.as_str(), page.url.as_str()),
            ("Harbour News", "https://h.example/2")
        );
        assert_eq!(page.published, "2025-03-03");
    }

    #[test]
    fn the_time_of_a_page_is_that_of_its_article() {
        for (times, date) in [
            ("<time datetime=a>x</time><article><p><time itemprop=datePublished datetime=b>", "b"),
            (
                "<time datetime=a></time><article><time datetime=b></time><TIME pubdate datetime='c'>",
                "c",
            ),
            (
                "<time datetime=a></time><article><time>x</time><time datetime=b>y</time></article>",
                "b",
            ),
            ("<article>A</article><time datetime=a></time><time datetime=b>", "a"),
        ] {
            assert_eq!(extract(times).published, date, "{times}");
        }
    }

    #[test]
    fn comments_are_no_tags_and_quoted_values_are_whole() {
        let page = extract(
            r#"<html><head><!-- template: <link rel="canonical" href="https://h.example/template"> -->
            <script>document.write("<!--")</script><!--><meta property="og:title" content="Profit > forecast at Acme Works">
            <!-- <meta name="date" content="2020-01-01"> --><meta name=date content='2026-03-01'>
            <link rel="canonical" href="https://h.example/1"></head><body><!-- the end --></body></html>"#,
        );
        assert_eq!(page.title, "Profit > forecast at Acme Works");
        assert_eq!((&*page.url, &*page.published), ("https://h.example/1", "2026-03-01"));
        // What is not closed hides nothing.
        let page = extract(r#"<!-- <meta name=date content=2026><meta name="author content="x>"#);
        assert_eq!(page.published, "2026");
    }

    #[test]
    fn any_page_gives_a_result() {
        for piece in [
            "<div>",
            "<b><p>",
            "<script type=\"application/ld+json\">",
            "<script type='application/ld+json'>1</SCRIPT>",
            "<meta",
            "<",
            "é",
            "</body",
            "<table><td>",
            "<!--",
            "<!--><script>",
            "<meta a=\"'>",
            "<meta a='>",
        ] {
            extract(&piece.repeat(20_000));
        }
        assert_eq!(extract(&format!("{}<body>Text", "<i>".repeat(1000))).text, "Text");
        assert_eq!(extract(""), super::Extracted::default());
    }

    #[test]
    fn a_page_that_would_keep_the_parser_busy_is_stripped() {
        let many = |n: usize, of: fn(usize) -> String| (0..n).map(of).collect::<String>();
        for page in [
            format!("<br{}>", many(200_000, |i| format!(" a{i}=1"))),
            many(50_000, |i| format!("<html a{i}></html>")),
            "<div><!--</div>-->".repeat(20_000),
            format!("<p>{}</p>{}", many(200, |i| format!("<b id={i}>")), "<p>x".repeat(100_000)),
        ] {
            let text = extract(&(page + "<p>The pier fell.")).text;
            assert!(text.ends_with("The pier fell."), "{text}");
        }
    }
}

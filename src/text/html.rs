//! A whole web page: its article and what the page says about it.

use serde_json::Value;

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
pub fn extract(html: &str) -> Extracted {
    let mut page = Extracted::default();
    for block in json_ld_blocks(html) {
        if page.text.is_empty() {
            read_json_ld(&block, &mut page);
        }
    }
    read_tags(html, &mut page);
    if page.text.len() < TEASER {
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
    page.title = without_site(&page.title, &page.source).to_owned();
    page
}

fn fill(field: &mut String, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|v| field.is_empty() && !v.is_empty()) {
        value.clone_into(field);
    }
}

fn json_ld_blocks(html: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    for (at, attributes) in tags(html, "script") {
        if attribute(attributes, "type")
            .is_none_or(|t| !t.eq_ignore_ascii_case("application/ld+json"))
        {
            continue;
        }
        let content = &html[at..];
        let content = content.find("</").map_or(content, |end| {
            &content[..content[end..].find("</script").map_or(end, |i| end + i)]
        });
        if let Ok(value) = serde_json::from_str(content.trim()) {
            blocks.push(value);
        }
    }
    blocks
}

/// Every article type of schema.org ends in one of these.
fn is_article(value: &Value) -> bool {
    let one = |t: &Value| {
        t.as_str().is_some_and(|t| {
            ["Article", "BlogPosting", "Report"].iter().any(|end| t.ends_with(end))
        })
    };
    match &value["@type"] {
        Value::Array(types) => types.iter().any(one),
        t => one(t),
    }
}

/// The parser bounds the depth of a value, so recursion is safe.
fn articles<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| articles(item, found)),
        Value::Object(_) if is_article(value) => found.push(value),
        Value::Object(fields) => {
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemListElement"] {
                if let Some(inner) = fields.get(key) {
                    articles(inner, found);
                }
            }
        }
        _ => {}
    }
}

fn read_json_ld(block: &Value, page: &mut Extracted) {
    let mut found = Vec::new();
    articles(block, &mut found);
    let with_body =
        found.iter().find(|a| a["articleBody"].as_str().is_some_and(|b| !b.trim().is_empty()));
    let Some(article) = with_body.or(found.first()) else { return };
    fill(&mut page.title, article["headline"].as_str().or(article["name"].as_str()));
    fill(&mut page.text, article["articleBody"].as_str().map(markup::strip).as_deref());
    fill(&mut page.published, article["datePublished"].as_str());
    fill(&mut page.source, name_of(&article["publisher"]));
    fill(&mut page.lang, name_of(&article["inLanguage"]));
    let main = &article["mainEntityOfPage"];
    let addresses = [&main["@id"], &main["url"], main, &article["url"], &article["@id"]];
    fill(
        &mut page.url,
        addresses.iter().filter_map(|a| a.as_str()).find(|a| a.starts_with("http")),
    );
}

fn name_of(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.first().and_then(name_of),
        Value::Object(_) => value["name"].as_str().or(value["alternateName"].as_str()),
        other => other.as_str(),
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
    fill(&mut page.published, tags(html, "time").find_map(|(_, a)| attribute(a, "datetime")));
    fill(&mut page.source, meta(&["og:site_name", "application-name", "publisher"]));
    let canonical = tags(html, "link")
        .find(|(_, a)| attribute(a, "rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical")));
    fill(
        &mut page.url,
        canonical.and_then(|(_, a)| attribute(a, "href")).filter(|u| u.starts_with("http")),
    );
    fill(&mut page.url, meta(&["og:url", "twitter:url"]));
    fill(
        &mut page.lang,
        tags(html, "html").find_map(|(_, a)| attribute(a, "lang").or(attribute(a, "xml:lang"))),
    );
    fill(&mut page.lang, meta(&["og:locale", "content-language", "language"]));
}

/// The opening tags of one name: where their content begins, and their attributes.
fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')? + 1;
            at = start;
            let Some(found) = html.as_bytes()[start..].get(..name.len()) else { continue };
            let from = start + name.len();
            if !found.eq_ignore_ascii_case(name.as_bytes())
                || html.as_bytes().get(from).is_some_and(u8::is_ascii_alphanumeric)
            {
                continue;
            }
            let end = from + html[from..].find('>')?;
            at = end + 1;
            return Some((at, &html[from..end]));
        }
    })
}

/// The value of one attribute.
fn attribute<'a>(mut attributes: &'a str, name: &str) -> Option<&'a str> {
    while let Some(equals) = attributes.find('=') {
        let key = attributes[..equals].split_whitespace().next_back().unwrap_or_default();
        let rest = attributes[equals + 1..].trim_start();
        let (value, after) = match rest.chars().next() {
            Some(quote @ ('"' | '\'')) => rest[1..].split_once(quote).unwrap_or((&rest[1..], "")),
            _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value.trim());
        }
        attributes = after;
    }
    None
}

/// The content of the first element of one name.
fn inside<'a>(html: &'a str, name: &'a str) -> Option<&'a str> {
    let (start, _) = tags(html, name).next()?;
    let rest = &html[start..];
    let closes = |at: usize| {
        rest.as_bytes()[at + 2..]
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    let end = rest.match_indices("</").map(|(at, _)| at).find(|&at| closes(at));
    Some(&rest[..end.unwrap_or(rest.len())])
}

/// The most readable part, when the page is small and flat enough to be parsed.
fn readable(html: &str) -> Option<String> {
    if html.len() > MAX_PARSED || too_deep(html) {
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
        dom_smoothie::Readability::new(html, None, Some(config)).ok()?.parse().ok()
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
            ("Harbour News", "https://h.example/1")
        );
        assert_eq!(page.lang, "en-GB");
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
    fn any_page_gives_a_result() {
        for piece in [
            "<div>",
            "<b><p>",
            "<script type=\"application/ld+json\">",
            "<meta",
            "<",
            "é",
            "</body",
            "<table><td>",
        ] {
            extract(&piece.repeat(20_000));
        }
        assert_eq!(extract(&format!("{}<body>Text", "<i>".repeat(1000))).text, "Text");
        assert_eq!(extract(""), super::Extracted::default());
    }
}

//! What a page says in JSON-LD.

use serde_json::Value;

use super::tags::{attribute, closing, tags};
use super::{Extracted, fill, markup};

/// Fills `page` from the article of the page's own address if that is known, else from the first with a body, else from
/// the first; others of the same address, or of none, tell what it does not. False where the text is one of the kind that goes on in
/// the page.
pub(super) fn read(html: &str, page: &mut Extracted) -> bool {
    let blocks = blocks(html);
    let rank = |article: &&Value| (!is_at(article, &page.url), parts(article).next().is_none());
    let mut found: Vec<&Value> = blocks.iter().filter_map(|block| best(block, rank)).collect();
    found.sort_by_key(rank);
    let Some(&first) = found.first() else { return true };
    // What has no address is of the page, too.
    let is_here = |article: &Value| address(article).is_none_or(|it| Some(it) == address(first));
    for article in found.iter().filter(|article| is_here(article)) {
        fill(&mut page.title, article["headline"].as_str().or(article["name"].as_str()));
        fill(&mut page.text, Some(&body(article)));
        fill(&mut page.published, article["datePublished"].as_str());
        fill(&mut page.source, name_of(&article["publisher"]));
        fill(&mut page.lang, name_of(&article["inLanguage"]));
        fill(&mut page.url, address(article));
    }
    // A reprint may give the address of what it reprints for the canonical one, and its own here; and a template that of its site.
    if let Some(own) = address(first)
        && goes_before(own, &page.url)
    {
        own.clone_into(&mut page.url);
    }
    !is_of_type(first, &["LiveBlogPosting"])
}

/// Whether an address is that of an article, and another one that of a whole site, or of another site.
fn goes_before(address: &str, other: &str) -> bool {
    let ((host, path), (other, other_path)) = (host_and_path(address), host_and_path(other));
    !path.is_empty() && (host != other || other_path.is_empty())
}

fn host_and_path(address: &str) -> (&str, &str) {
    let (_, rest) = address.split_once("://").unwrap_or_default();
    rest.split_once('/').unwrap_or((rest, ""))
}

/// The values of the blocks of a page.
fn blocks(html: &str) -> Vec<Value> {
    let (mut values, mut read_to) = (Vec::new(), 0);
    for (at, attributes) in tags(html, "script") {
        let media = attribute(attributes, "type").and_then(|media| media.split(';').next());
        let is_data = media.is_some_and(|m| m.trim().eq_ignore_ascii_case("application/ld+json"));
        // A block that holds another's opening tag must not be read over and over.
        if at < read_to || !is_data {
            continue;
        }
        let Some(end) = closing(html, at, "script") else { break };
        read_to = end;
        values.extend(parse(html[at..read_to].trim()));
    }
    values
}

fn parse(block: &str) -> Option<Value> {
    serde_json::from_str(block).or_else(|_| serde_json::from_str(&mended(block))).ok()
}

/// A block without what many sites leave in it, which JSON forbids: line breaks and tabs in strings, commas behind the last
/// value, and the marks that hide a script from XML.
fn mended(block: &str) -> String {
    let block = block.replace("<![CDATA[", "").replace("]]>", "");
    let block = block.trim_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '*' | ';'));
    let mut json = String::with_capacity(block.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in block.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = in_string,
            '"' => in_string = !in_string,
            '}' | ']' if !in_string => {
                let end = json.trim_end().strip_suffix(',').map_or(json.len(), str::len);
                json.truncate(end);
            }
            _ => {}
        }
        json.push(if c < ' ' { ' ' } else { c });
    }
    json
}

/// Whether one of its types ends like one of these.
fn is_of_type(value: &Value, ends: &[&str]) -> bool {
    let is_one = |t: &Value| t.as_str().is_some_and(|t| ends.iter().any(|end| t.ends_with(end)));
    match &value["@type"] {
        Value::Array(types) => types.iter().any(is_one),
        t => is_one(t),
    }
}

/// The article of a block that is lowest by `rank`, the first of those that are equal.
fn best<R: Ord>(block: &Value, rank: impl Fn(&&Value) -> R) -> Option<&Value> {
    let mut found = Vec::new();
    articles(block, &mut found);
    found.into_iter().min_by_key(rank)
}

/// The articles of the page: not those of lists, which are what else there is to read. The parser bounds the depth of a
/// value, so recursion is safe.
fn articles<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| articles(item, found)),
        // The types that news pages use.
        Value::Object(_) if is_of_type(value, &["Article", "BlogPosting", "Report"]) => {
            found.push(value);
        }
        Value::Object(fields) => {
            for key in ["@graph", "mainEntity", "mainEntityOfPage", "hasPart"] {
                if let Some(inner) = fields.get(key) {
                    articles(inner, found);
                }
            }
        }
        _ => {}
    }
}

/// The text of an article as it is written, and of each update of one that is written live.
fn parts(article: &Value) -> impl Iterator<Item = &str> {
    let updates = match &article["liveBlogUpdate"] {
        Value::Array(updates) => updates,
        update => std::slice::from_ref(update),
    };
    let all = std::iter::once(article).chain(updates);
    all.filter_map(|part| part["articleBody"].as_str()).filter(|text| !text.trim().is_empty())
}

fn body(article: &Value) -> String {
    parts(article).map(markup::strip).collect::<Vec<_>>().join("\n")
}

fn name_of(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.first().and_then(name_of),
        Value::Object(_) => value["name"].as_str().or(value["alternateName"].as_str()),
        other => other.as_str(),
    }
}

/// The addresses that it has with a host, its page's before its own.
fn addresses(article: &Value) -> impl Iterator<Item = &str> {
    let main = &article["mainEntityOfPage"];
    let all = [&main["@id"], &main["url"], main, &article["url"], &article["@id"]];
    all.into_iter().filter_map(Value::as_str).filter(|address| address.starts_with("http"))
}

fn address(article: &Value) -> Option<&str> {
    addresses(article).next()
}

/// Whether it is at an address, whatever part of the page it names.
fn is_at(article: &Value, address: &str) -> bool {
    let plain = |address: &str| {
        address.split('#').next().unwrap_or_default().trim_end_matches('/').to_owned()
    };
    addresses(article).any(|other| plain(other) == plain(address))
}

#[cfg(test)]
mod tests {
    use super::super::{Extracted, extract};

    const NEWS: &str =
        r#"{"@type":"NewsArticle","headline":"Pier falls","datePublished":"2026-03-04"}"#;

    /// A page of these blocks and these paragraphs, at `https://h.example/pier`.
    fn page(blocks: &[&str], paragraphs: &str) -> Extracted {
        let scripts: String = blocks
            .iter()
            .map(|block| format!("<script type=application/ld+json>{block}</script>"))
            .collect();
        extract(&format!(
            "<title>Menu</title><link rel=canonical href=https://h.example/pier>{scripts}<article>{paragraphs}</article>"
        ))
    }

    #[test]
    fn blocks_are_read_as_they_are_found() {
        let media = r#"<script type="Application/ld+json; charset=utf-8">"#;
        let page = extract(&format!("{media}{NEWS}</script>"));
        assert_eq!((&*page.title, &*page.published), ("Pier falls", "2026-03-04"));
        let comma = NEWS.replace('}', " ,\n}");
        for block in [
            format!("//<![CDATA[\n{NEWS}\n//]]>"),
            format!("/*<![CDATA[*/ [{NEWS},] /*]]>*/"),
            format!("{comma};"),
            comma.replace("falls", r#"falls \"a,]\" \\"#),
        ] {
            let page = self::page(&[&block], "");
            assert!(page.title.starts_with("Pier falls"), "{block}");
            assert_eq!(page.published, "2026-03-04", "{block}");
            assert!(!block.contains("a,]") || page.title.ends_with(r#"falls "a,]" \"#), "{page:?}");
        }
    }

    #[test]
    fn the_canonical_address_goes_before_that_of_the_site() {
        let home = NEWS.replace('}', r#","mainEntityOfPage":{"@id":"https://h.example/"}}"#);
        assert_eq!(page(&[&home], "").url, "https://h.example/pier");
        let own = extract(&format!("<script type=application/ld+json>{home}</script>"));
        assert_eq!(own.url, "https://h.example/");
    }

    #[test]
    fn a_reprint_is_at_its_own_address() {
        let reprint = NEWS.replace('}', r#","url":"https://r.example/9"}"#);
        assert_eq!(page(&[&reprint], "").url, "https://r.example/9");
        let home = NEWS.replace('}', r#","url":"https://www.h.example/"}"#);
        assert_eq!(page(&[&home], "").url, "https://h.example/pier");
        let own = NEWS.replace('}', r#","url":"https://h.example/pier"}"#);
        let own = format!(
            "<link rel=canonical href=https://h.example/><script type=application/ld+json>{own}</script>"
        );
        assert_eq!(extract(&own).url, "https://h.example/pier");
    }

    #[test]
    fn what_has_no_address_is_of_the_page() {
        let graph = r#"{"@type":"Article","headline":"Pier falls","mainEntityOfPage":{"@id":"https://h.example/pier"}}"#;
        let body = r#"{"@type":"NewsArticle","headline":"Pier","articleBody":"It fell."}"#;
        let page = page(&[graph, body], "");
        assert_eq!((&*page.title, &*page.text), ("Pier falls", "It fell."));
    }

    #[test]
    fn the_article_is_the_one_at_the_address_of_the_page() {
        let top = r#"{"@type":"NewsArticle","headline":"Top","url":"https://h.example/top","articleBody":"Read.","datePublished":"2025-01-01"}"#;
        let list = format!(r#"{{"@type":"ItemList","itemListElement":[{top}]}}"#);
        let own = NEWS.replace('}', r#","url":"https://h.example/pier#main"}"#);
        for blocks in [[&*list, NEWS], [top, &own], [&own, top], [&*list, &own]] {
            let page = page(&blocks, "<p>It fell.</p>");
            let read = (&*page.title, &*page.text, &*page.published);
            assert_eq!(read, ("Pier falls", "It fell.", "2026-03-04"), "{blocks:?}");
        }
        // What lists name is not the page, where that says nothing of itself, either.
        assert_eq!(page(&[&list], "<p>It fell.</p>").title, "Menu");
        let more =
            own.replace("headline", "description").replace('}', r#","articleBody":"It fell."}"#);
        let read = page(&[&own, &more], "");
        assert_eq!((&*read.title, &*read.text), ("Pier falls", "It fell."));
    }

    #[test]
    fn a_text_that_goes_on_in_the_page_is_that_of_the_page() {
        let lines: Vec<String> = (1..9)
            .map(|i| format!("The harbour council voted on day {i} to rebuild pier {i}, which a storm broke in half."))
            .collect();
        let paragraphs = format!("<p>{}</p>", lines.join("</p><p>"));
        let whole = lines.join("\n");
        let with = |body: &str| NEWS.replace('}', &format!(r#","articleBody":"{body}"}}"#));
        let start = lines[..6].join(" ");
        for end in ["…", "...", " [...]"] {
            assert_eq!(page(&[&with(&format!("{start}{end}"))], &paragraphs).text, whole, "{end}");
        }
        assert_eq!(page(&[&with(&start)], &paragraphs).text, start);
        let live = with(&start).replace("NewsArticle", "LiveBlogPosting");
        assert_eq!(page(&[&live], &paragraphs).text, whole);
    }

    #[test]
    fn updates_are_the_text_of_what_is_written_live() {
        let live = |of: &str| format!(r#"{{"@type":"LiveBlogPosting",{of}}}"#);
        let update = |text: &str| format!(r#"{{"@type":"BlogPosting","articleBody":"{text}"}}"#);
        let updates = format!(
            r#""liveBlogUpdate":[{},{{}},{}]"#,
            update("It fell."),
            update("All are safe.")
        );
        assert_eq!(page(&[&live(&updates)], "").text, "It fell.\nAll are safe.");
        let led = format!(r#""articleBody":"Live.",{updates}"#);
        assert_eq!(page(&[&live(&led)], "").text, "Live.\nIt fell.\nAll are safe.");
        let one = format!(r#""liveBlogUpdate":{}"#, update("It fell."));
        assert_eq!(page(&[&live(&one)], "").text, "It fell.");
    }
}

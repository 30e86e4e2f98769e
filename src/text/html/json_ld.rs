//! What a page says in JSON-LD.

use serde_json::Value;

use super::tags::{attribute, closing, tags};
use super::{Extracted, fill, markup};

/// Fills `page` from the first article with a body, else from what the articles without one say.
pub(super) fn read(html: &str, page: &mut Extracted) {
    // A block that holds another's opening tag must not be read over and over.
    let mut read_to = 0;
    for (at, attributes) in tags(html, "script") {
        let media = attribute(attributes, "type").and_then(|media| media.split(';').next());
        let is_data = media.is_some_and(|m| m.trim().eq_ignore_ascii_case("application/ld+json"));
        if at < read_to || !is_data || !page.text.is_empty() {
            continue;
        }
        let Some(end) = closing(html, at, "script") else { break };
        read_to = end;
        if let Some(block) = parse(html[at..read_to].trim()) {
            read_block(&block, page);
        }
    }
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

/// Whether it is of one of the article types that news pages use.
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

fn read_block(block: &Value, page: &mut Extracted) {
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
}

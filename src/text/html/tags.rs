//! Looking tags up by name, without building a tree: a page need not be well formed.

/// The opening tags of one name: where their content begins, and their attributes.
pub(super) fn tags<'a>(html: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
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
pub(super) fn attribute<'a>(mut attributes: &'a str, name: &str) -> Option<&'a str> {
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

/// Where the first closing tag of one name begins, from `from` on.
pub(super) fn closing(html: &str, from: usize, name: &str) -> Option<usize> {
    let closes = |at: &usize| {
        html.as_bytes()[at + 2..]
            .get(..name.len())
            .is_some_and(|n| n.eq_ignore_ascii_case(name.as_bytes()))
    };
    html[from..].match_indices("</").map(|(at, _)| from + at).find(closes)
}

/// The content of the first element of one name.
pub(super) fn inside<'a>(html: &'a str, name: &'a str) -> Option<&'a str> {
    let (start, _) = tags(html, name).next()?;
    Some(&html[start..closing(html, start, name).unwrap_or(html.len())])
}

//! Text from outside, made safe to show: nothing that an article says can steer a terminal.

use std::borrow::Cow;

/// Replaces control characters, and those that turn the direction of writing, by their escapes (`\u{1b}`).
///
/// ```
/// assert_eq!(samestory::report::printable("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if steers(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// JSON in which the same characters are escaped as JSON has it (`\u009b`), so that it means what it meant; the line breaks
/// between its values stay.
///
/// ```
/// assert_eq!(samestory::report::printable_json("[\n\"a\u{9b}b\"]"), "[\n\"a\\u009bb\"]");
/// ```
pub fn printable_json(json: &str) -> Cow<'_, str> {
    let escaped = |c: char| c != '\n' && steers(c);
    if !json.contains(escaped) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 8);
    for c in json.chars() {
        // Each of them is one unit of UTF-16.
        if escaped(c) { shown += &format!("\\u{:04x}", u32::from(c)) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{printable, printable_json};

    #[test]
    fn json_means_what_it_meant() {
        let json = serde_json::json!({ "a": "Zwölf\u{9b}31m\u{202e}\u{7f}\n\u{1b}" });
        let shown = printable_json(&format!("{json:#}")).into_owned();
        assert_eq!(shown, "{\n  \"a\": \"Zwölf\\u009b31m\\u202e\\u007f\\n\\u001b\"\n}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), json);
    }

    #[test]
    fn escapes_what_steers_and_nothing_else() {
        assert_eq!(printable("Zwölf Tote \u{1f600} \"x\" \\"), "Zwölf Tote \u{1f600} \"x\" \\");
        assert_eq!(printable("a\u{1b}[2J\nb\u{9b}\u{202e}c"), "a\\u{1b}[2J\\nb\\u{9b}\\u{202e}c");
    }
}

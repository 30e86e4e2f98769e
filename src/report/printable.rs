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

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn escapes_what_steers_and_nothing_else() {
        assert_eq!(printable("Zwölf Tote \u{1f600} \"x\" \\"), "Zwölf Tote \u{1f600} \"x\" \\");
        assert_eq!(printable("a\u{1b}[2J\nb\u{9b}\u{202e}c"), "a\\u{1b}[2J\\nb\\u{9b}\\u{202e}c");
    }
}

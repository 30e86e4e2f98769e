//! Sentences: where one ends, as far as punctuation tells.

/// The length of the first sentence, which ends before what can begin the next one. Abbreviations end it too: better
/// too little than too much.
///
/// ```
/// let text = "The pier is open. It was closed for a year.";
/// assert_eq!(&text[..samestory::text::sentences::sentence_end(text)], "The pier is open.");
/// ```
pub fn sentence_end(text: &str) -> usize {
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        match c {
            '。' | '！' | '？' => return after,
            '.' | '!' | '?' | '…' => {
                let rest = text[after..].trim_start_matches([')', ']', '"', '”', '’', '»', '\'']);
                if rest.is_empty() || rest.starts_with(char::is_whitespace) {
                    return text.len() - rest.len();
                }
            }
            _ => {}
        }
    }
    text.len()
}

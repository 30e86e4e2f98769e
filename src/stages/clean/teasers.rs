//! Teasers: headlines of other articles below `You may also like`.

/// What the phrases that stand above teasers go by.
pub(super) const RULE: &str = "teasers";

/// A longer line is a paragraph, in bytes.
const LONGEST: usize = 160;

/// More lines are no list of teasers.
const MOST: usize = 12;

/// How many bytes of a text are teasers, if a heading of such is above it: the lines up to the next empty one, if they
/// are few and each looks like a headline.
pub(super) fn below(text: &str) -> usize {
    let mut end = 0;
    for (n, line) in text.split_inclusive('\n').enumerate() {
        if line.trim().is_empty() {
            return end;
        }
        if n == MOST || !is_teaser(line.trim()) {
            return 0;
        }
        end += line.len();
    }
    end
}

/// A headline is short, and neither ends nor begins as parts of a story do.
fn is_teaser(line: &str) -> bool {
    line.len() <= LONGEST
        && !line.starts_with(char::is_lowercase)
        && !line.ends_with(['.', '!', '…', ',', ';', ':', '。', '"', '”', '»', '“', '」', ')'])
}

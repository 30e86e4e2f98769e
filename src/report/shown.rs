//! Text from outside, made fit to show: one line, of bounded length, that steers nothing.

use super::printable::printable;
use crate::model::explain::{Explanation, Relation};

/// Said in the place of passages and terms where texts are not at hand.
pub(super) const NO_TEXTS: &str = "not known: the index has not both texts (update --store-text)";

/// Said where a group is compared by another article than the one that was asked for.
pub(super) const STAND_IN: &str = "the earliest article of each";

/// Most characters of a reason: ids in it are to be copied, so it is not cut at the width.
pub(super) const REASON: usize = 2_000;

/// Why two articles are together or not, and the decisions on them that are not named in it.
pub(super) fn reasons(e: &Explanation) -> Vec<String> {
    let decisions = e.decisions.iter().map(ToString::to_string).filter(|said| *said != e.why);
    std::iter::once(e.why.clone()).chain(decisions).collect()
}

/// What is said in the place of the numbers between two reports where there are none, under which name.
pub(super) fn no_story(e: &Explanation) -> (&'static str, &'static str) {
    match e.verdict {
        Relation::Duplicates => ("One report", "copies of one text stand in a story as one"),
        Relation::Story | Relation::Apart => ("Two groups", "stories were not asked for"),
    }
}

/// At most so many characters of a text, its white space folded, with `…` for what is cut off.
pub fn shown(text: &str, most: usize) -> String {
    let mut kept = String::new();
    let mut room = most + 1;
    for word in text.split_whitespace() {
        let space = (!kept.is_empty()).then_some(' ');
        kept.extend(space.into_iter().chain(word.chars()).take(room).inspect(|_| room -= 1));
        if room == 0 {
            break;
        }
    }
    if room == 0 {
        let end = kept.char_indices().nth(most.saturating_sub(1)).map_or(0, |(end, _)| end);
        kept.truncate(end);
        kept.truncate(kept.trim_end().len());
        kept.push('…');
    }
    printable(&kept).into_owned()
}

/// Longer addresses lead nowhere.
const ADDRESS: usize = 2_000;

/// The address that a link of a page may lead to, with nothing in it that steers; empty where it is too long or none of the web.
pub fn address(url: &str) -> String {
    let leads = url.starts_with("https://") || url.starts_with("http://");
    if leads && url.len() <= ADDRESS { printable(url).into_owned() } else { String::new() }
}

/// Seconds as people say them: `12 min`, `2 h 10 min`, `3 d 4 h`.
pub fn lag(seconds: i64) -> String {
    let minutes = seconds / 60;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => "at once".to_owned(),
        (0, 0, m) => format!("{m} min"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} min"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// A number with its digits in threes.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and what it counts.
pub fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{address, lag, shown};

    #[test]
    fn texts_are_one_line_of_bounded_length() {
        assert_eq!(shown(" Train\n stops\t", 20), "Train stops");
        assert_eq!(shown("Train stops in Varonia", 13), "Train stops…");
        assert_eq!(shown("Train stops in Varonia", 14), "Train stops i…");
        assert_eq!(shown("Train stops", 11), "Train stops");
        assert_eq!(shown(&"x".repeat(1 << 20), 5), "xxxx…");
        assert_eq!(shown("a \u{1b}[2J \u{202e}b", 20), "a \\u{1b}[2J \\u{202e}b");
        assert_eq!(shown("", 5), "");
    }

    #[test]
    fn links_lead_to_the_web() {
        assert_eq!(address("https://x.example/a?b=c"), "https://x.example/a?b=c");
        assert_eq!(address("http://x.example/\u{202e}a"), "http://x.example/\\u{202e}a");
        let long = format!("https://{}", "x".repeat(1_993));
        for nowhere in ["", "javascript:alert(1)", "ftp://x.example/", "x.example", &long] {
            assert_eq!(address(nowhere), "", "{nowhere}");
        }
        assert_eq!(address(&long[..2_000]), long[..2_000]);
    }

    #[test]
    fn lags_have_two_units_at_most() {
        let said = [0, 59, 720, 7_800, 7_200, 273_600, 86_400].map(lag);
        assert_eq!(said, ["at once", "at once", "12 min", "2 h 10 min", "2 h", "3 d 4 h", "1 d"]);
    }
}

//! The numbers and names of a text: what a correction corrects.

use super::words::{Word, Words};

/// Calls `each` with every number among some words, with its inner points and commas: `5.93`, `1,000`, `2nd`.
pub fn numbers(words: &Words, list: &[Word], mut each: impl FnMut(&str)) {
    let is_number = |&word: &Word| words.text(word).starts_with(|c: char| c.is_ascii_digit());
    let mut i = 0;
    while let Some(start) = list[i..].iter().position(is_number).map(|n| n + i) {
        let joined = |pair: &[Word]| {
            is_number(&pair[1]) && matches!(words.between(pair[0], pair[1]), "." | ",")
        };
        let run = 1 + list[start..].windows(2).take_while(|pair| joined(pair)).count();
        each(words.span(&list[start..start + run]));
        i = start + run;
    }
}

/// The names in a text, ascending and distinct: capitalised words that do not begin a sentence.
pub fn names(text: &str) -> Vec<&str> {
    let (mut names, mut begins) = (Vec::new(), true);
    for line in text.lines() {
        for word in line.split_ascii_whitespace() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            let bare = bare.strip_suffix("'s").or_else(|| bare.strip_suffix("’s")).unwrap_or(bare);
            if !begins && bare.len() > 1 && bare.starts_with(char::is_uppercase) {
                names.push(bare);
            }
            begins = word.ends_with(['.', '!', '?', ':', '"', '”', '“']) || bare.is_empty();
        }
        begins |= line.trim().is_empty();
    }
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        let text = "Officials said 1,000 of 5.93 mln, or 7. 12 others, on Sept 3rd. The mayor, Ana Ruiz’s aide, met Li";
        let mut words = Words::default();
        words.add(text);
        let mut found = Vec::new();
        numbers(&words, words.list(), |n| found.push(n.to_owned()));
        assert_eq!(found, ["1,000", "5.93", "7", "12", "3rd"]);
        assert_eq!(names(text), ["Ana", "Li", "Ruiz", "Sept"]);
    }
}

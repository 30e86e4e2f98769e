//! Words, sentences and names in a line.

use std::borrow::Cow;

/// Lower-case words that may stand between names.
const CONNECTORS: &[&str] = &[
    "and",
    "avec",
    "y",
    "e",
    "et",
    "und",
    "en",
    "in",
    "a",
    "van",
    "von",
    "der",
    "den",
    "de",
    "del",
    "di",
    "da",
    "dos",
    "du",
    "la",
    "le",
    "al",
    "el",
    "bin",
    "ibn",
    "with",
    "for",
    "by",
    "editing",
    "writing",
    "reporting",
    "additional",
    "of",
    "at",
    "the",
    "on",
    "via",
    "agencies",
    "с",
    "и",
    "в",
    "à",
    "par",
    "por",
    "edición",
    "editado",
];

/// Agencies that sign in lower case among names.
const LOWER_SIGNS: &[&str] = &["afp", "ats", "dpa", "epd", "sda"];

/// The next word at or after `at`: letters and digits with apostrophes, or digits with points and commas, inside. A
/// Kana or Han character is a word.
pub(super) fn next_word(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let separators =
        bytes[at..].iter().take_while(|b| b.is_ascii() && !b.is_ascii_alphanumeric()).count();
    let start = at + separators;
    let letters = bytes[start..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
    // Nearly every word is plain letters.
    let ends = |b: &u8| b.is_ascii() && !b.is_ascii_digit() && *b != b'\'';
    if letters > 0 && bytes.get(start + letters).is_none_or(ends) {
        return Some((start, start + letters));
    }
    let start = start + text[start..].find(is_word)?;
    let mut chars = text[start..].char_indices();
    let (_, first) = chars.next()?;
    let mut end = start + first.len_utf8();
    if is_kana_or_han(first) || first == '©' {
        return Some((start, end));
    }
    for (i, c) in chars {
        let inner = is_apostrophe(c) || (first.is_ascii_digit() && matches!(c, '.' | ',' | ':'));
        if is_kana_or_han(c) || !(c.is_alphanumeric() || inner) {
            break;
        }
        if !inner {
            end = start + i + c.len_utf8();
        }
    }
    Some((start, end))
}

/// Letters, digits, and the copyright sign, which says as much as a word.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '©'
}

fn is_kana_or_han(c: char) -> bool {
    matches!(c, '\u{3005}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

/// Whether a character is an accent that stands behind its letter.
pub(super) fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Quotation marks: what they open is somebody's words.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '‘' | '\'' | '「' | '『')
}

/// A word as it is compared, in any case of its letters in ASCII: the others are in lower case, and apostrophes straight.
pub(super) fn folded(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word);
    }
    let straight = word.chars().map(|c| if is_apostrophe(c) { '\'' } else { c });
    Cow::Owned(straight.flat_map(char::to_lowercase).collect())
}

/// Whether `word` is `lower` in any case, and with any apostrophe.
pub(super) fn same_word(word: &str, lower: &str) -> bool {
    folded(word).eq_ignore_ascii_case(lower)
}

/// A number made of the length and the first letters of a word that is [`folded`]: it tells nearly all words apart.
pub(super) fn mark_of(word: &str) -> u64 {
    let first = word.bytes().take(4);
    first.fold(word.len() as u64, |sum, b| sum << 8 | u64::from(b | 0x20))
}

/// Digits, with a `k` or `m` for thousands or millions.
pub(super) fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(['k', 'K', 'm', 'M']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b".,:".contains(&b))
}

/// Longer runs of Kana or Han characters are no names but sentences.
const LONGEST_NAME: usize = 8;

/// More names are no line of names.
const MOST_NAMES: usize = 24;

/// Whether a text is made of names: capitalised words or short runs of Kana or Han, what may stand between them, and at
/// most a final stop.
pub(super) fn are_names(text: &str) -> bool {
    let mut names = 0;
    let mut at = 0;
    // The first few words tell nearly always: only then is all of the text looked through, which may be a long paragraph.
    while let Some((start, end)) = next_word(text, at) {
        let word = &text[start..end];
        let capital = word.starts_with(|c: char| c.is_uppercase() || is_kana_or_han(c))
            || LOWER_SIGNS.contains(&word);
        names += usize::from(capital);
        if names > MOST_NAMES || !(capital || CONNECTORS.contains(&word)) {
            return false;
        }
        at = end;
    }
    let mut runs = text.split(|c| !is_kana_or_han(c));
    names > 0
        && !text.contains(['。', '，', '？', '！'])
        && !runs.any(|run| run.chars().nth(LONGEST_NAME).is_some())
}

/// By what words a sentence tells, behind a comma, who said it.
#[rustfmt::skip]
const SAID: &[&str] = &[
    "said", "says", "told", "urged", "warned", "admitted", "announced", "sagte", "sagten", "sagt", "teilte", "teilten",
    "erklärte", "warnte", "dijo", "dice", "informó", "anunció", "decidió", "advirtió", "déclaré", "annoncé", "indiqué",
    "averti", "detto", "annunciato", "avvertito", "disse", "diz", "informou", "anunciou", "zei", "zegt", "meldt", "meldde",
    "waarschuwde", "сказал", "сказала", "сообщил", "сообщила", "сообщили", "заявил", "заявила", "заявили", "powiedział",
    "powiedziała", "poinformował", "poinformowała", "dedi", "söyledi", "açıkladı",
];

/// Whether a sentence tells in the end who said it: `..., the sheriff said.`
pub(super) fn is_told(sentence: &str) -> bool {
    let who = sentence.split_once([',', '，']).map_or("", |(_, who)| who);
    who.split(|c: char| !c.is_alphabetic()).any(|word| SAID.contains(&word))
}

/// Fewer words behind a label are no sentence: `Photo: courtesy of the museum.`
const FEWEST_SAID: usize = 5;

/// Whether what stands behind a label is a sentence, with a full stop, that goes on in lower case.
pub(super) fn says_in_lower_case(rest: &str) -> bool {
    let rest = rest.trim();
    rest.starts_with(char::is_lowercase)
        && rest.ends_with('.')
        && rest.split_whitespace().count() >= FEWEST_SAID
}

/// The last place at or before `at` where a text may be cut.
pub(crate) fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0)
}

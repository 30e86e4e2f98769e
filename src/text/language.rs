//! Which language a text is in: as given, else from its script and function words, else from letter statistics.

mod codes;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use codes::short;

use super::tables;
use super::words::{Word, Words, is_han, normal};
use crate::kernel::hash::hash;
use crate::kernel::wide::wide;

/// A language by its ISO 639 code of two or three letters, or `und` when it is not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; 3]);

impl Language {
    /// Not known.
    pub const UNKNOWN: Self = Self(*b"und");

    /// The language of a BCP 47 tag such as `pt-BR`; `None` when it does not begin with a language code. A code of three letters
    /// becomes the one of two that BCP 47 has for it, and what the tables have as one language is one.
    ///
    /// ```
    /// use samestory::text::language::Language;
    ///
    /// assert_eq!(Language::from_tag("pt-BR").unwrap().as_str(), "pt");
    /// assert_eq!(Language::from_tag("por").unwrap().as_str(), "pt");
    /// assert_eq!(Language::from_tag("?"), None);
    /// ```
    pub fn from_tag(tag: &str) -> Option<Self> {
        let code = primary(tag).to_ascii_lowercase();
        let fits = matches!(code.len(), 2 | 3) && code.bytes().all(|b| b.is_ascii_lowercase());
        let code = if fits { short(&code) } else { return None };
        let mut bytes = [0; 3];
        bytes[..code.len()].copy_from_slice(code.as_bytes());
        Some(Self(bytes))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("codes are ASCII").trim_end_matches('\0')
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The part of a tag that names the language.
fn primary(tag: &str) -> &str {
    tag.trim().split(['-', '_']).next().unwrap_or_default()
}

/// How many words are looked at, and so many more for as long as they settle nothing: a table says it in its notes.
const SAMPLE: usize = 96;
/// How often that is at the most.
const SAMPLES: usize = 8;
/// Points of a word that only one language has; a word of n languages gives each an n-th.
const POINTS: u32 = 60;
/// Points that settle it: those of two words of its own, and half as many again as the runner-up.
const ENOUGH: u16 = 2 * POINTS as u16;
/// Confidence below which letter statistics are not believed, 0..=1.
const CONFIDENCE: f64 = 0.6;

/// The codes of ISO 639-2 that stand where a language could: not known, several, none, one without a code.
const NO_LANGUAGE: [&str; 4] = ["und", "mul", "zxx", "mis"];

/// Whether a tag says nothing of which language it is: it is empty, or `und` and the like.
pub fn is_open(tag: &str) -> bool {
    let code = primary(tag);
    code.is_empty() || NO_LANGUAGE.iter().any(|none| code.eq_ignore_ascii_case(none))
}

/// The language that an article says it is in, by a tag; [detected](detect) where that names none.
pub fn of(tag: &str, words: &Words, raw: &str) -> Language {
    let named = Language::from_tag(tag).filter(|_| !is_open(tag));
    named.unwrap_or_else(|| detect(words, raw))
}

/// The language of an article from its words and its raw text; [`Language::UNKNOWN`] when nothing is clear.
///
/// ```
/// use samestory::text::language::detect;
/// use samestory::text::words::Words;
///
/// let text = "Le gouvernement a annoncé lundi que les prix de l'électricité vont baisser en mars.";
/// let mut words = Words::default();
/// words.add(text);
/// assert_eq!(detect(&words, text).as_str(), "fr");
/// ```
pub fn detect(words: &Words, raw: &str) -> Language {
    by_script(words)
        .or_else(|| by_function_words(words))
        .or_else(|| by_letters(raw))
        .unwrap_or(Language::UNKNOWN)
}

/// Scripts that belong to one language, where they make up a third of the words.
fn by_script(words: &Words) -> Option<Language> {
    let sample = &words.list()[..words.list().len().min(SAMPLE)];
    if words.span(sample).is_ascii() {
        return None;
    }
    let (mut kana, mut han, mut thai, mut hangul) = (0, 0, 0, 0);
    // From U+0800 on, UTF-8 begins with E0 or more.
    let far = sample.iter().filter(|&&word| words.first_byte(word) >= 0xE0);
    for c in far.filter_map(|&word| words.text(word).chars().next()) {
        match c {
            '\u{3040}'..='\u{30ff}' => kana += 1,
            '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            '\u{e00}'..='\u{e7f}' => thai += 1,
            _ => han += usize::from(is_han(c)),
        }
    }
    let third = sample.len().div_ceil(3).max(1);
    let code = match () {
        () if hangul >= third => "ko",
        () if thai >= third => "th",
        () if kana + han < third => return None,
        () if kana * 10 >= han => "ja",
        () => "zh",
    };
    Language::from_tag(code)
}

/// The function words of all languages, in arrays whose length is known, so that no place in them needs to be checked.
struct FunctionWords {
    /// By the upper bits of the hash, then the next free place: the rest of the hash, and which row of `points`.
    places: Box<[u64; PLACES]>,
    /// What a word gives to each language. The first row is of words that are none.
    points: Box<[[u16; 64]; ROWS]>,
    languages: Vec<Language>,
}

/// Upper bits of a hash that choose its place, and bits of a row.
const PLACE_BITS: u32 = 14;
/// Six for each of some 2,600 words.
const PLACES: usize = 1 << PLACE_BITS;
/// No fewer than there are sets of languages that share a word.
const ROWS: usize = 1024;

static FUNCTION_WORDS: LazyLock<FunctionWords> = LazyLock::new(|| {
    let mut sets: BTreeMap<u64, u64> = BTreeMap::new();
    let mut languages = Vec::new();
    for (i, line) in tables::FUNCTION_WORDS.lines().enumerate() {
        let mut words = line.split(' ');
        let code = words.next().and_then(Language::from_tag);
        languages.push(code.expect("a line begins with the code of a language"));
        words.for_each(|word| *sets.entry(hash(normal(word).as_bytes())).or_default() |= 1 << i);
    }
    let mut rows: Vec<u64> = sets.values().copied().chain([0]).collect();
    rows.sort_unstable();
    rows.dedup();
    let mut places = vec![0; PLACES];
    for (hash, set) in sets {
        let mut place = (hash >> (64 - PLACE_BITS)) as usize;
        while places[place] != 0 {
            place = (place + 1) % PLACES;
        }
        places[place] = hash << PLACE_BITS | rows.partition_point(|&row| row < set) as u64;
    }
    let share = |set: u64| (POINTS / set.count_ones().max(1)) as u16;
    let row = |&set: &u64| std::array::from_fn(|i| share(set) * (set >> i & 1) as u16);
    let mut points: Vec<[u16; 64]> = rows.iter().map(row).collect();
    points.resize(points.len().max(ROWS), [0; 64]);
    FunctionWords {
        places: places.try_into().expect("there are as many places"),
        points: points.try_into().expect("there are no more rows"),
        languages,
    }
});

impl FunctionWords {
    /// Without a branch that depends on whether it is a function word, which every other word is.
    fn points(&self, hash: u64) -> &[u16; 64] {
        let mut place = (hash >> (64 - PLACE_BITS)) as usize;
        loop {
            let entry = self.places[place];
            // In one of the two no hash is left: the place is free, or it is this word's.
            if entry.min(entry ^ hash << PLACE_BITS) < 1 << PLACE_BITS {
                return &self.points[entry as usize % ROWS];
            }
            place = (place + 1) % PLACES;
        }
    }
}

wide! {
    fn add_points(table: &FunctionWords, words: &[Word], points: &mut [u16; 64]) {
        for word in words {
            points.iter_mut().zip(table.points(word.hash)).for_each(|(sum, share)| *sum += share);
        }
    }
}

fn by_function_words(words: &Words) -> Option<Language> {
    let mut points = [0u16; 64];
    words.list().chunks(SAMPLE).take(SAMPLES).find_map(|sample| {
        add_points(&FUNCTION_WORDS, sample, &mut points);
        clearly_best(points)
    })
}

/// The language that has points [enough](ENOUGH).
fn clearly_best(mut points: [u16; 64]) -> Option<Language> {
    let ranked = points.iter().zip(0..).map(|(&points, i)| u32::from(points) << 6 | (63 - i));
    let best = 63 - ranked.max().expect("there are 64") as usize % 64;
    let most = std::mem::take(&mut points[best]);
    let second = points.into_iter().max().expect("there are 64");
    (most >= ENOUGH && 2 * most >= 3 * second).then(|| FUNCTION_WORDS.languages[best])
}

fn by_letters(raw: &str) -> Option<Language> {
    let start: String = raw.chars().take(300).collect();
    let found = whatlang::detect(&start).filter(|found| found.confidence() >= CONFIDENCE)?;
    Language::from_tag(found.lang().code())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> String {
        let mut words = Words::default();
        words.add(text);
        detect(&words, text).as_str().to_owned()
    }

    #[test]
    fn sentences_in_many_languages() {
        let table = "Shr loss 2 cts vs profit 7 cts Avg shrs 51.6 mln vs 41.1 mln ".repeat(8);
        let earnings = format!("{table}Note: the results of the year include a gain from the sale");
        for (language, text) in [
            ("en", "The train left the station in the early morning and was seen at the border"),
            (
                "es",
                "El tren salió de la estación por la mañana y llegó a la frontera con los invitados",
            ),
            ("de", "Der Zug verließ den Bahnhof am frühen Morgen und wurde an der Grenze gesehen"),
            (
                "fr",
                "Le train a quitté la gare au petit matin et les invités sont arrivés à la frontière",
            ),
            (
                "pt",
                "O trem saiu da estação pela manhã e não foi visto na fronteira com os convidados",
            ),
            (
                "it",
                "Il treno ha lasciato la stazione al mattino e gli ospiti sono arrivati alla frontiera",
            ),
            ("nl", "De trein verliet het station in de vroege ochtend en werd gezien bij de grens"),
            ("ru", "Поезд покинул станцию рано утром и был замечен на границе в понедельник"),
            ("ar", "غادر القطار المحطة في الصباح الباكر وشوهد على الحدود مع الضيوف"),
            ("zh", "列车清晨离开车站,在边境被看到"),
            ("ja", "列車は早朝に駅を出発し、国境で目撃された"),
            ("my", "ရထားသည် နံနက်စောစောတွင် ဘူတာရုံမှ ထွက်ခွာသွားပြီး နယ်စပ်တွင် တွေ့ရှိခဲ့သည်"),
            ("km", "រថភ្លើងបានចាកចេញពីស្ថានីយនៅព្រឹកព្រលឹម ហើយត្រូវបានគេឃើញនៅព្រំដែន"),
            ("und", "ລົດໄຟອອກຈາກສະຖານີໃນຕອນເຊົ້າ ແລະຖືກພົບເຫັນຢູ່ຊາຍແດນ"),
            ("und", "Zxq 12 34"),
            ("en", &earnings),
            ("und", ""),
        ] {
            assert_eq!(detected(text), language, "{text}");
        }
    }

    #[test]
    fn every_function_word_gives_points_to_its_languages() {
        for (i, line) in tables::FUNCTION_WORDS.lines().enumerate() {
            let points = |word| FUNCTION_WORDS.points(hash(normal(word).as_bytes()))[i];
            assert!(line.split(' ').skip(1).all(|word| points(word) > 0), "{line}");
        }
        assert_eq!(*FUNCTION_WORDS.points(hash(b"zxqv")), [0; 64]);
    }

    #[test]
    fn tags() {
        let code = |tag| Language::from_tag(tag).map(|l| l.as_str().to_owned());
        for (code_of, tags) in [
            ("en", ["en", "EN_us", "eng"]),
            ("nb", ["no", "nn-NO", "nob"]),
            ("sh", ["hr", "sr-Latn", "bos"]),
            ("fil", ["fil", "tl", "tgl"]),
            ("he", ["he", "iw", "heb"]),
            ("mr", ["mr", "mr-IN", "mar"]),
            ("gsw", ["gsw", "gsw-CH", "GSW"]),
        ] {
            assert_eq!(tags.map(code), [(); 3].map(|()| Some(code_of.to_owned())), "{tags:?}");
        }
        assert_eq!(["english", "e", "e1", ""].map(code), [None, None, None, None]);
    }

    #[test]
    fn a_tag_that_names_no_language_leaves_it_open() {
        let text =
            "Le train a quitté la gare au petit matin et les invités sont arrivés à la frontière";
        let mut words = Words::default();
        words.add(text);
        for tag in ["", " ", "und", "mul", "zxx-FR", "MIS", "und_Latn"] {
            assert!(is_open(tag), "{tag}");
            assert_eq!(of(tag, &words, text).as_str(), "fr", "{tag}");
        }
        assert_eq!(of("de", &words, text).as_str(), "de");
        assert!(!is_open("French") && of("French", &words, text).as_str() == "fr");
    }
}

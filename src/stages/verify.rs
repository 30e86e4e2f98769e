//! A candidate pair to a near-duplicate match: the exact check.

use super::shingle;
use crate::kernel::sets::{containment, intersection, resemblance};
use crate::kernel::time::DAY;
use crate::params::Params;

/// What the check looks at of one article.
#[derive(Debug, Clone, Copy)]
pub struct Copy<'a> {
    /// Ascending shingle hashes.
    pub shingles: &'a [u32],
    /// Ascending hashes of the numbers in the text.
    pub numbers: &'a [u32],
    /// Ascending hashes of the words of the headline.
    pub headline: &'a [u32],
    /// Seconds since 1970.
    pub time: Option<i64>,
    /// What is the same for texts that are the same, word for word.
    pub content: u64,
}

/// The numbers of one check.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Jaccard coefficient of the shingle sets, 0..=1.
    pub resemblance: f64,
    /// Share of the smaller shingle set found in the other, 0..=1.
    pub containment: f64,
    /// The larger of resemblance and containment, each as a multiple of what a match needs, up to [`STRONGEST`]; less
    /// than 1 where something speaks against a match. From 1 on it is one.
    pub strength: f64,
    /// What speaks against a match, if anything but these numbers.
    pub against: Option<&'static str>,
}

/// Beyond this a pair is no better evidence for the rest of its group.
pub const STRONGEST: f64 = 1.5;
/// Shingles that two articles must share to be called copies on containment alone: enough that it is no paragraph of
/// background.
const COPIED: usize = 60;
/// With fewer than [`COPIED`], down to this, they must be nearly all that the shorter one has.
const BRIEF: usize = 25;
/// See [`BRIEF`].
const NEARLY_ALL: f64 = 0.8;
/// Shingles that two versions under one headline must share at the least.
const RETOLD: usize = 40;
/// Words that a headline must have to tell anything.
const HEADLINE: usize = 4;
/// Most resemblance of the words of two headlines that say something else.
const OTHER_HEADLINE: f64 = 0.45;
/// Numbers that each of two such articles must have for itself to be no copies.
const OTHER_NUMBERS: usize = 3;
/// What of the least containment two versions under one headline need.
const WEIGHT_OF_HEADLINE: f64 = 0.7;
/// With less containment both have much that is their own.
const MINGLED: f64 = 0.86;
/// In such a pair, copies are this even; sentences of one text that were used in another are not.
const EVEN: f64 = 0.77;
/// In fewer shingles a sentence is too much of the text to tell; no form that is filled in again has more.
const LONG: usize = 100;
/// With less resemblance one is much shorter, and a summary has its sentences from everywhere, too.
const SUMMARY: f64 = 0.38;
/// From this resemblance on, such a pair may be as short as it likes.
const CLEARLY: f64 = 0.7;
/// Fewer shingles are few: prices, dividends and contracts of the same day are told in the same words.
const FEW: usize = 28;
/// The same for articles of other days.
const FEW_APART: usize = 128;
/// Articles of the same days are no further apart than this.
const FRESH: i64 = 2 * DAY;
/// Least share of numbers that agree, of the side that has fewer, in articles of the same days: the numbers of one event
/// grow. One may be corrected.
const AGREEING_FRESH: f64 = 0.6;
/// The same for articles of other days: a template filled in again is no copy.
const AGREEING_APART: f64 = 0.8;
/// The same where a date is not known.
const AGREEING_UNDATED: f64 = 0.66;
/// From this resemblance on, articles of the same days may differ in any number: that is what a correction does.
const CORRECTED: f64 = 0.75;

/// Compares two articles shingle by shingle.
pub fn near(a: &Copy, b: &Copy, params: &Params) -> Near {
    let (n, m) = (a.shingles.len(), b.shingles.len());
    let common = shingle::common(a.shingles, b.shingles);
    let (resemblance, containment) = (resemblance(n, m, common), containment(n, m, common));
    let apart = a.time.zip(b.time).map(|(x, y)| (x - y).abs() > FRESH);
    let numbers = Numbers::of(a, b);
    let retold = apart == Some(false)
        && common >= RETOLD
        && a.headline.len() >= HEADLINE
        && a.headline == b.headline
        && numbers.agree(AGREEING_APART);
    let contained = match common {
        _ if retold => containment / (params.min_containment * WEIGHT_OF_HEADLINE),
        COPIED.. => containment / params.min_containment,
        BRIEF.. => containment / params.min_containment.max(NEARLY_ALL),
        _ => 0.0,
    };
    let strength = (resemblance / params.min_resemblance).max(contained).min(STRONGEST);
    let found = Near { resemblance, containment, strength, against: None };
    let against = |strength, why| Near { strength, against: Some(why), ..found };
    let agreeing = match apart {
        Some(false) => {
            resemblance >= CORRECTED || numbers.one_corrected() || numbers.agree(AGREEING_FRESH)
        }
        Some(true) => numbers.agree(AGREEING_APART),
        None => numbers.agree(AGREEING_UNDATED),
    };
    let mingled = containment < MINGLED && strength >= 1.0;
    let few = n.min(m) < if apart == Some(true) { FEW_APART } else { FEW };
    if a.content == b.content {
        against(0.0, "the same words under unrelated headlines: a notice")
    } else if !agreeing {
        against(0.0, "too many numbers differ")
    } else if mingled && few && resemblance < CLEARLY {
        against(0.0, "short, and much of either is its own: a form filled in again")
    } else if mingled && n.min(m) < LONG && resemblance < CLEARLY && filled_in_again(a, b, numbers)
    {
        against(0.0, "another headline and other numbers: a form filled in again")
    } else if mingled
        && n.min(m) >= LONG
        && resemblance >= SUMMARY
        && let evenness @ ..EVEN = shingle::evenness(a.shingles, b.shingles)
    {
        against(evenness, "sentences of one stand scattered in the other, both have others")
    } else if strength < 1.0 && containment >= params.min_containment {
        against(strength, "too few words in both for containment to tell")
    } else {
        found
    }
}

/// The least resemblance with which two sets of these sizes can match.
pub fn least_resemblance(n: usize, m: usize, params: &Params) -> f64 {
    let contained = params.min_containment * n.min(m) as f64;
    params.min_resemblance.min(contained / ((n + m) as f64 - contained).max(1.0))
}

/// Whether two articles that have many words in common differ in their headlines and in several numbers.
fn filled_in_again(a: &Copy, b: &Copy, numbers: Numbers) -> bool {
    let common = intersection(a.headline, b.headline);
    let [n, m] = [a.headline.len(), b.headline.len()];
    let other = n.min(m) >= HEADLINE && resemblance(n, m, common) <= OTHER_HEADLINE;
    other && numbers.own >= OTHER_NUMBERS
}

/// The numbers of two articles.
#[derive(Clone, Copy)]
struct Numbers {
    /// How many they share.
    common: usize,
    /// How many the one that has fewer has for itself.
    own: usize,
}

impl Numbers {
    fn of(a: &Copy, b: &Copy) -> Self {
        let common = intersection(a.numbers, b.numbers);
        Self { common, own: a.numbers.len().min(b.numbers.len()) - common }
    }

    /// Whether a single one differs, beside one that does not.
    fn one_corrected(self) -> bool {
        self.common > 0 && self.own == 1
    }

    /// Whether such a share of those of the article that has fewer are in the other as well. Without any there is nothing
    /// to disagree on.
    fn agree(self, share: f64) -> bool {
        self.common as f64 >= share * (self.common + self.own) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Made {
        shingles: Vec<u32>,
        numbers: Vec<u32>,
        headline: Vec<u32>,
        time: Option<i64>,
        content: u64,
    }

    impl Made {
        /// Of these shingles, one behind the other.
        fn of(shingles: &[u32], content: u64) -> Self {
            let part = |i: usize| (i * shingle::PARTS / shingles.len()) as u32;
            let element = |(i, id): (usize, &u32)| id * shingle::PARTS as u32 + part(i);
            Self {
                shingles: shingles.iter().enumerate().map(element).collect(),
                numbers: Vec::new(),
                headline: Vec::new(),
                time: Some(9 * DAY),
                content,
            }
        }
    }

    /// Two articles of `n` and `m` shingles, with the last of the one and the first of the other in common.
    fn two(n: u32, m: u32, common: u32) -> [Made; 2] {
        let of = |from, to, content| Made::of(&(from..to).collect::<Vec<_>>(), content);
        [of(0, n, 1), of(n - common, n - common + m, 2)]
    }

    /// The same, but each with so many of its own `numbers`, or words of its `headline`, beside common ones.
    fn with(mut two: [Made; 2], numbers: [u32; 2], headline: [u32; 2], seconds: i64) -> [Made; 2] {
        let set = |[common, own]: [u32; 2], i: u32| {
            (0..common).chain(100 * i..100 * i + own).collect::<Vec<u32>>()
        };
        for (made, i) in two.iter_mut().zip(1..) {
            (made.numbers, made.headline) = (set(numbers, i), set(headline, i));
        }
        two[1].time = two[0].time.map(|time| time + seconds);
        two
    }

    /// The strength in thousandths, and how the reason against a match begins.
    #[track_caller]
    fn check(two: &[Made; 2], strength: i64, against: &str) {
        let [a, b] = two.each_ref().map(|made| Copy {
            shingles: &made.shingles,
            numbers: &made.numbers,
            headline: &made.headline,
            time: made.time,
            content: made.content,
        });
        for (a, b) in [(&a, &b), (&b, &a)] {
            let found = near(a, b, &Params::default());
            let why = found.against.unwrap_or_default();
            assert_eq!((found.strength * 1000.0).round() as i64, strength, "{why}");
            assert!(why.starts_with(against) && why.is_empty() == against.is_empty(), "{why}");
        }
    }

    const NONE: [u32; 2] = [0, 0];

    #[test]
    fn the_larger_of_resemblance_and_containment_tells() {
        check(&two(100, 100, 60), 1008, ""); // 60 / 140 of .425
        check(&two(80, 300, 60), 1103, ""); // 60 / 80 of .68
        check(&two(79, 300, 59), 934, "too few words"); // 59 / 79 of .8
        check(&two(50, 300, 34), 850, "too few words");
        check(&two(50, 300, 33), 825, "");
        check(&two(100, 300, 68), 1000, "");
        check(&two(28, 300, 25), 1116, "");
        check(&two(26, 300, 24), 187, "too few words"); // 24 / 302 of .425
        check(&two(100, 100, 100), 1500, "");
        let mut same = two(100, 100, 100);
        same[1].content = same[0].content;
        check(&same, 0, "the same words");
    }

    #[test]
    fn under_one_headline_less_is_enough() {
        let retold = |common, numbers, headline, seconds| {
            with(two(2 * common, 300, common), numbers, headline, seconds)
        };
        check(&retold(40, NONE, [4, 0], 2 * DAY), 1050, ""); // 1 / 2 of .476
        check(&retold(40, [4, 1], [4, 0], 0), 1050, "");
        check(&retold(50, NONE, [5, 0], 0), 1050, "");
        for other in [
            retold(39, NONE, [4, 0], 0),
            retold(40, NONE, [3, 0], 0),
            retold(40, NONE, [4, 1], 0),
            retold(40, [3, 1], [4, 0], 0),
            retold(40, NONE, [4, 0], 2 * DAY + 1),
        ] {
            check(&other, 625, "");
        }
    }

    #[test]
    fn numbers_are_to_agree() {
        let numbers = |common, own, seconds| with(two(100, 100, 70), [common, own], NONE, seconds);
        check(&numbers(3, 2, 2 * DAY), 1267, "");
        check(&numbers(1, 1, 0), 1267, "");
        check(&numbers(0, 1, 0), 0, "too many numbers");
        check(&numbers(1, 2, 0), 0, "too many numbers");
        check(&numbers(4, 3, 0), 0, "too many numbers");
        let apart = |common, own| with(two(130, 130, 90), [common, own], NONE, 2 * DAY + 1);
        check(&apart(4, 1), 1246, "");
        check(&apart(7, 2), 0, "too many numbers");
        let undated = |common, own| {
            let [a, b] = numbers(common, own, 0);
            [a, Made { time: None, ..b }]
        };
        check(&undated(2, 1), 1267, "");
        check(&undated(3, 2), 0, "too many numbers");
        // A correction may be of all of them.
        check(&with(two(100, 100, 95), [0, 9], NONE, 0), 1500, "");
        check(&with(two(87, 88, 75), [0, 9], NONE, 0), 1500, "");
        check(&with(two(87, 88, 74), [0, 9], NONE, 0), 0, "too many numbers");
        // Who has fewer is asked: what the other says besides contradicts nothing.
        let mut longer = numbers(3, 2, 0);
        longer[1].numbers.extend(900..950);
        check(&longer, 1267, "");
    }

    #[test]
    fn short_texts_with_much_of_their_own_are_forms() {
        check(&two(27, 27, 20), 0, "short, and much");
        check(&two(28, 28, 20), 1307, "");
        check(&two(27, 27, 23), 1500, "");
        let apart = |n, m, common| with(two(n, m, common), NONE, NONE, 2 * DAY + 1);
        check(&apart(127, 127, 90), 0, "short, and much");
        check(&apart(128, 128, 90), 1276, "");
        // From these limits on, and at strength 1 not below them.
        check(&apart(50, 100, 43), 1075, "");
        check(&apart(85, 85, 70), 1500, "");
        check(&apart(85, 86, 51), 0, "short, and much");
    }

    #[test]
    fn another_headline_and_other_numbers_tell_a_form() {
        let form = |n, numbers, headline| with(two(n, n, 70), numbers, headline, 0);
        check(&form(99, [5, 3], [9, 5]), 1287, "");
        check(&form(99, [5, 3], [3, 2]), 0, "another headline");
        check(&form(99, [5, 3], [0, 4]), 0, "another headline");
        check(&form(99, [8, 4], [0, 4]), 0, "another headline");
        check(&form(99, [5, 3], [0, 3]), 1287, "");
        check(&form(99, [5, 2], [0, 4]), 1287, "");
        check(&form(100, [5, 3], [0, 4]), 1267, "");
        check(&form(85, [5, 3], [0, 4]), 1500, "");
        let mut exactly = form(99, [5, 3], [9, 5]);
        exactly[1].headline.push(900);
        check(&exactly, 0, "another headline"); // 9 / 20
    }

    #[test]
    fn sentences_scattered_in_another_text_are_no_copy() {
        // Of each so many shingles of the one the other takes the first ones, and then has some of its own.
        let scattered = |n: u32, [taken, of]: [u32; 2], own: u32| {
            let taken = (0..n).filter(|i| i % of < taken).chain(n..n + own);
            [Made::of(&(0..n).collect::<Vec<_>>(), 1), Made::of(&taken.collect::<Vec<_>>(), 2)]
        };
        check(&scattered(300, [2, 3], 60), 667, "sentences of one");
        check(&scattered(300, [2, 3], 30), 1426, ""); // 200 / 230 is nearly all
        check(&scattered(120, [2, 3], 20), 689, "sentences of one");
        check(&scattered(120, [2, 3], 19), 1354, "");
        check(&scattered(532, [3, 7], 68), 429, "sentences of one"); // 228 / 600
        check(&scattered(532, [3, 7], 69), 1129, "");
    }

    #[test]
    fn what_cannot_match_is_told_by_the_sizes() {
        let least = |n, m| (least_resemblance(n, m, &Params::default()) * 1000.0).round();
        assert_eq!([least(100, 100), least(20, 100), least(100, 20)], [425.0, 128.0, 128.0]);
        assert_eq!([least(0, 0), least(0, 9)], [0.0, 0.0]);
    }
}

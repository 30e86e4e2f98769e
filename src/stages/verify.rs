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

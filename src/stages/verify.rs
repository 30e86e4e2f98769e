//! A candidate pair to a near-duplicate match: the exact check.

use super::headline::Headline;
use super::shingle;
use crate::kernel::hash::hash;
use crate::kernel::sets::{containment, intersection, resemblance};
use crate::kernel::time::DAY;
use crate::params::Params;

/// What the check looks at of one article.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// A [`shingle::set`].
    pub shingles: &'a [u32],
    /// Ascending hashes of the [`Detail`]s of the text.
    pub details: &'a [u32],
    /// Its headline.
    pub headline: Headline<'a>,
    /// Seconds since 1970.
    pub time: Option<i64>,
    /// What is the same for texts that are the same, word for word.
    pub content: u64,
}

/// What a form is filled in with.
#[derive(Debug, Clone, Copy)]
pub enum Detail<'a> {
    /// With its inner points and commas.
    Number(&'a str),
    /// A capitalised word that begins no sentence.
    Name(&'a str),
}

/// Set in the hash of a name and in no hash of a number.
const NAME: u32 = 1 << 31;

impl Detail<'_> {
    /// Its hash if it is asked for in a text of so many shingles: names of a longer one, or in a line of capitals, are not. That
    /// of a name is above those of all numbers, and but for its first bit the hash of the word.
    pub fn hash(self, shingles: usize) -> Option<u32> {
        match self {
            Self::Number(number) => Some(hash(number.as_bytes()) as u32 & !NAME),
            Self::Name(name) if shingles < FORM && name.contains(char::is_lowercase) => {
                Some(hash(name.to_lowercase().as_bytes()) as u32 | NAME)
            }
            Self::Name(_) => None,
        }
    }
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
/// Most resemblance of the words of two headlines that say something else.
const OTHER_HEADLINE: f64 = 0.45;
/// Numbers that each of two such articles must have for itself to be no copies.
const OTHER_NUMBERS: usize = 2;
/// What of the least containment two versions under one headline need.
const WEIGHT_OF_HEADLINE: f64 = 0.7;
/// With less containment both have much that is their own.
const MINGLED: f64 = 0.86;
/// In such a pair, copies are this even; sentences of one text that were used in another are not.
const EVEN: f64 = 0.77;
/// In fewer shingles a sentence is too much of the text to tell.
const LONG: usize = 100;
/// With so many shingles a text is not taken for a form that is filled in again, and its names are not kept.
const FORM: usize = 160;
/// From this resemblance on another name is a correction.
const RENAMED: f64 = 0.9;
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
/// The same from this containment on under much the same headline: an update also says more.
const UPDATED: f64 = 0.9;

/// Compares two articles shingle by shingle. True copies of the same words were folded before, so that two of one `content` are a
/// notice under unrelated headlines, of strength 0. Without any shingle nothing matches.
pub fn near(a: &Compared, b: &Compared, params: &Params) -> Near {
    let (n, m) = (a.shingles.len(), b.shingles.len());
    let common = shingle::common(a.shingles, b.shingles);
    let (resemblance, containment) = (resemblance(n, m, common), containment(n, m, common));
    let apart = a.time.zip(b.time).map(|(x, y)| (x - y).abs() > FRESH);
    let numbers = Shared::numbers(a, b);
    // Most pairs need not be asked for it.
    let headlines = || a.headline.resemblance(b.headline);
    let retold = apart == Some(false)
        && common >= RETOLD
        && a.headline.words == b.headline.words
        && headlines().is_some()
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
            resemblance >= CORRECTED
                || (containment >= UPDATED
                    && headlines().is_some_and(|alike| alike > OTHER_HEADLINE))
                || numbers.one_corrected()
                || numbers.agree(AGREEING_FRESH)
        }
        Some(true) => numbers.agree(AGREEING_APART),
        None => numbers.agree(AGREEING_UNDATED),
    };
    let mingled = containment < MINGLED && strength >= 1.0;
    let few = n.min(m) < if apart == Some(true) { FEW_APART } else { FEW };
    if a.content == b.content {
        against(0.0, "the same words under unrelated headlines: a notice")
    } else if apart == Some(true) && n.max(m) < BRIEF {
        against(
            0.0,
            "as short as a headline, and of other days: it may say the same of something else",
        )
    } else if !agreeing {
        against(0.0, "too many numbers differ")
    } else if mingled && few && resemblance < CLEARLY {
        against(0.0, "short, and much of either is its own: a form filled in again")
    } else if n.min(m) < FEW && a.headline.is_far(b.headline) {
        against(
            0.0,
            "a few words under far headlines that they do not tell: a form filled in again",
        )
    } else if mingled
        && n.max(m) < FORM
        && resemblance < CLEARLY
        && numbers.own >= OTHER_NUMBERS
        && headlines().is_some_and(|alike| alike <= OTHER_HEADLINE)
    {
        against(0.0, "another headline and other numbers: a form filled in again")
    } else if strength >= 1.0 && n.max(m) < FORM && resemblance < RENAMED && other_subject(a, b) {
        against(0.0, "each headline names what the other text does not: a form filled in again")
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

/// Whether each of two headlines has names of its text that the other text has not, and none that both have.
fn other_subject(a: &Compared, b: &Compared) -> bool {
    let has = |of: &Compared, name: u32| of.details.binary_search(&name).is_ok();
    let [own_a, own_b] = [(a, b), (b, a)].map(|(own, other)| {
        let names =
            own.headline.words.iter().map(|word| word | NAME).filter(|&name| has(own, name));
        let mut names = names.map(|name| !has(other, name)).peekable();
        names.peek().is_some() && names.all(|is_own| is_own)
    });
    own_a && own_b
}

/// What two sets share.
#[derive(Clone, Copy)]
struct Shared {
    /// How many they share.
    common: usize,
    /// How many the one that has fewer has for itself.
    own: usize,
}

impl Shared {
    /// The numbers of two articles.
    fn numbers(a: &Compared, b: &Compared) -> Self {
        let numbers = |details: &[u32]| details.partition_point(|&hash| hash < NAME);
        let (a, b) = (&a.details[..numbers(a.details)], &b.details[..numbers(b.details)]);
        let common = intersection(a, b);
        Self { common, own: a.len().min(b.len()) - common }
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
mod tests;

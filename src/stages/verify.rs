//! A candidate pair to a near-duplicate match: the exact check.

mod detail;

pub use detail::Detail;
use detail::{CORRECTION, NAME};

use super::headline::Headline;
use super::shingle;
use crate::kernel::sets::{containment, intersection, resemblance};
use crate::kernel::time::DAY;
use crate::params::Params;

/// What the check looks at of one article.
#[derive(Debug, Clone, Copy)]
pub struct Compared<'a> {
    /// A [`shingle::set`].
    pub shingles: &'a [u32],
    /// Ascending hashes of the [`Detail`]s of what is compared of it.
    pub details: &'a [u32],
    /// Its headline.
    pub headline: Headline<'a>,
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
    /// than 1 where something speaks against a match, and below 0 with next to nothing in common. From 1 on it is one.
    pub strength: f64,
    /// What speaks against a match, if anything but these numbers.
    pub against: Option<&'static str>,
}

/// Beyond this a pair is no better evidence for the rest of its group.
pub const STRONGEST: f64 = 1.5;
/// What a pair with next to nothing in common says to a group: more than some copies of a text that holds both.
const STRANGERS: f64 = -8.0;
/// With less containment a pair has next to nothing in common.
const HARDLY: f64 = 0.05;
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
/// Least resemblance of headlines over tables of the same figures: a short text may also stand in a longer one about all else.
const SAME_SUBJECT: f64 = 0.15;
/// Numbers that each of two such articles must have for itself to be no copies.
const OTHER_NUMBERS: usize = 2;
/// Numbers that two tables of the same figures share at the least.
const FIGURES: usize = 8;
/// What of the least containment such tables need.
const WEIGHT_OF_FIGURES: f64 = 0.95;
/// What of the least containment two versions under one headline need.
const WEIGHT_OF_HEADLINE: f64 = 0.7;
/// With less containment both have much that is their own.
const MINGLED: f64 = 0.86;
/// In such a pair, copies are this even; sentences of one text that were used in another are not.
const EVEN: f64 = 0.77;
/// In fewer shingles a sentence is too much of the text to tell.
const LONG: usize = 100;
/// With so many shingles a text is not taken for a form because of its numbers, and words that may be names are not kept.
const FORM: usize = 160;
/// From this resemblance on another name alone, and no other number, is a correction.
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
/// What is further apart is no reprint after a weekend.
const LATER: i64 = 4 * DAY;
/// From this containment on the shorter one is a part of the other.
const WHOLE: f64 = 0.95;
/// Least share of numbers that agree, of the side that has fewer, in articles of the same days: the numbers of one event
/// grow. One may be corrected.
const AGREEING_FRESH: f64 = 0.6;
/// The same for articles of other days: a template filled in again is no copy.
const AGREEING_APART: f64 = 0.8;
/// The same where a date is not known.
const AGREEING_UNDATED: f64 = 0.66;
/// From this resemblance on, articles of the same days may differ in two numbers, or in most: that is what a correction does.
const CORRECTED: f64 = 0.75;
/// Least share of numbers that agree all the same.
const AGREEING_CORRECTED: f64 = 1.0 / 3.0;
/// The same from this containment on under much the same headline: an update also says more.
const UPDATED: f64 = 0.9;

/// Said of two articles of one content that were not folded.
pub const NOTICE: &str = "the same words under headlines that say something else: a notice";

/// Compares two articles shingle by shingle. True copies of the same words were folded before, so that two of one `content` are a
/// notice, of strength 0, unless their headlines say the same. Without any shingle nothing matches.
pub fn near(a: &Compared, b: &Compared, params: &Params) -> Near {
    let pair = Pair::new(a, b);
    let strength = pair.strength(params);
    let against = pair.against(strength, params);
    let (strength, against) = against.map_or((strength, None), |(left, why)| (left, Some(why)));
    let strangers = strength < 1.0 && pair.containment < HARDLY && pair.shorter >= BRIEF;
    let strength = if strangers { STRANGERS } else { strength };
    Near { resemblance: pair.resemblance, containment: pair.containment, strength, against }
}

/// How far two articles are apart in time.
#[derive(Clone, Copy, PartialEq)]
enum Gap {
    /// Up to [`FRESH`]: they are of the same days.
    Fresh,
    /// Up to [`LATER`]: a weekend lies between them.
    Apart,
    /// Further.
    Later,
    /// A date is not known.
    Unknown,
}

/// Two articles side by side.
struct Pair<'a> {
    a: &'a Compared<'a>,
    b: &'a Compared<'a>,
    /// Shingles of the one that has fewer, of the other, and of both.
    shorter: usize,
    longer: usize,
    common: usize,
    resemblance: f64,
    containment: f64,
    gap: Gap,
    numbers: Shared,
}

impl<'a> Pair<'a> {
    fn new(a: &'a Compared<'a>, b: &'a Compared<'a>) -> Self {
        let (n, m) = (a.shingles.len(), b.shingles.len());
        let common = shingle::common(a.shingles, b.shingles);
        let gap = match a.time.zip(b.time).map(|(x, y)| (x - y).abs()) {
            Some(..=FRESH) => Gap::Fresh,
            Some(..=LATER) => Gap::Apart,
            Some(_) => Gap::Later,
            None => Gap::Unknown,
        };
        Self {
            a,
            b,
            shorter: n.min(m),
            longer: n.max(m),
            common,
            resemblance: resemblance(n, m, common),
            containment: containment(n, m, common),
            gap,
            numbers: Shared::numbers(a, b),
        }
    }

    /// The larger of resemblance and containment, each as a multiple of what a match needs, up to [`STRONGEST`].
    fn strength(&self, params: &Params) -> f64 {
        let least = params.min_containment;
        let contained = match self.common {
            RETOLD.. if self.is_one_report() => self.containment / (least * WEIGHT_OF_HEADLINE),
            FEW.. if self.is_one_table() => self.containment / (least * WEIGHT_OF_FIGURES),
            COPIED.. => self.containment / least,
            BRIEF.. => self.containment / least.max(NEARLY_ALL),
            _ => 0.0,
        };
        (self.resemblance / params.min_resemblance).max(contained).min(STRONGEST)
    }

    /// Whether both are of the same days and have the same numbers: less of their words needs to be the same.
    fn has_same_numbers(&self) -> bool {
        self.gap == Gap::Fresh && self.numbers.agree(AGREEING_APART)
    }

    /// Whether both have the same numbers and the same headline, and it tells anything.
    fn is_one_report(&self) -> bool {
        let same = self.a.headline.words == self.b.headline.words && self.headlines().is_some();
        same && self.has_same_numbers()
    }

    /// Whether both have many figures, and the same ones, under headlines that do not say otherwise.
    fn is_one_table(&self) -> bool {
        self.numbers.common >= FIGURES
            && self.headlines().is_none_or(|alike| alike >= SAME_SUBJECT)
            && self.has_same_numbers()
    }

    /// The resemblance of the headlines where they tell anything. Most pairs need not be asked for it.
    fn headlines(&self) -> Option<f64> {
        self.a.headline.resemblance(self.b.headline)
    }

    /// What speaks against a match of such a strength, and what it leaves of that.
    fn against(&self, strength: f64, params: &Params) -> Option<(f64, &'static str)> {
        let mingled = self.containment < MINGLED && strength >= 1.0;
        if self.a.content == self.b.content && !self.a.headline.says_same(self.b.headline) {
            Some((0.0, NOTICE))
        } else if !self.agrees() {
            Some((0.0, "too many numbers differ"))
        } else if let Some(why) = self.form(mingled, strength) {
            Some((0.0, why))
        } else if mingled
            && self.shorter >= LONG
            && self.resemblance >= SUMMARY
            && !self.is_one_report()
            && let evenness @ ..EVEN = shingle::evenness(self.a.shingles, self.b.shingles)
        {
            Some((evenness, "sentences of one stand scattered in the other, both have others"))
        } else if strength < 1.0 && self.containment >= params.min_containment {
            Some((strength, "too few words in both for containment to tell"))
        } else {
            None
        }
    }

    /// Whether enough numbers agree.
    fn agrees(&self) -> bool {
        let numbers = self.numbers;
        match self.gap {
            Gap::Fresh => {
                numbers.agree(AGREEING_FRESH)
                    || numbers.one_corrected()
                    || self.resemblance >= CORRECTED
                        && (numbers.own <= OTHER_NUMBERS
                            || numbers.agree(AGREEING_CORRECTED) && !self.say_other_things())
                    || self.containment >= UPDATED
                        && self.headlines().is_some_and(|alike| alike > OTHER_HEADLINE)
                        && !self.say_other_things()
            }
            Gap::Apart | Gap::Later => numbers.agree(AGREEING_APART),
            Gap::Unknown => numbers.agree(AGREEING_UNDATED),
        }
    }

    /// Why the two are a form that was filled in again, or short words that are said of many things, if they are.
    fn form(&self, mingled: bool, strength: f64) -> Option<&'static str> {
        let apart = matches!(self.gap, Gap::Apart | Gap::Later);
        let few = self.shorter < if apart { FEW_APART } else { FEW };
        if apart && self.shorter < BRIEF {
            Some("one as short as a headline, of other days: it may say the same of something else")
        } else if self.gap == Gap::Later
            && few
            && self.resemblance < RENAMED
            && self.containment < WHOLE
        {
            Some("of other weeks, and not quite the same words: a form filled in again")
        } else if mingled && few && self.resemblance < CLEARLY {
            Some("short, and much of either is its own: a form filled in again")
        } else if self.shorter < FEW && self.a.headline.is_far(self.b.headline) {
            Some("a few words under far headlines that they do not tell: a form filled in again")
        } else if mingled
            && self.longer < FORM
            && self.resemblance < CLEARLY
            && self.numbers.own >= OTHER_NUMBERS
            && self.headlines().is_some_and(|alike| alike <= OTHER_HEADLINE)
        {
            Some("another headline and other numbers: a form filled in again")
        } else if strength >= 1.0
            && (self.resemblance < RENAMED || self.numbers.own > 0)
            && self.has_other_subjects()
        {
            Some("each headline names what the other text does not: a form filled in again")
        } else {
            None
        }
    }

    /// Whether each of the headlines has a name of its own text that is nowhere in the other article, and no correction says why.
    /// Of a long text no name is kept.
    fn has_other_subjects(&self) -> bool {
        let has = |of: &Compared, name: u32| of.details.binary_search(&name).is_ok();
        let names_more = |own: &Compared, other: &Compared| {
            let mut names = own_words(own, other).map(|word| word | NAME);
            names.any(|name| has(own, name) && !has(other, name))
        };
        let corrects = |one: &Compared| one.details.last() == Some(&CORRECTION);
        self.each_way(names_more) && !corrects(self.a) && !corrects(self.b)
    }

    /// Whether each of the headlines has a word that the other lacks and that is no number of its text: an update says more, or
    /// counts further.
    fn say_other_things(&self) -> bool {
        let counts = |own: &Compared, word: u32| own.details.binary_search(&(word & !NAME)).is_ok();
        self.each_way(|own, other| own_words(own, other).any(|word| !counts(own, word)))
    }

    /// Whether something holds for either of the two beside the other.
    fn each_way(&self, holds: impl Fn(&Compared, &Compared) -> bool) -> bool {
        holds(self.a, self.b) && holds(self.b, self.a)
    }
}

/// The words of one headline that the other lacks.
fn own_words(own: &Compared<'_>, other: &Compared<'_>) -> impl Iterator<Item = u32> {
    let lacks = |word: &u32| other.headline.words.binary_search(word).is_err();
    own.headline.words.iter().copied().filter(lacks)
}

/// The least resemblance with which two sets of these sizes match by what is asked of most pairs; versions under one headline and
/// tables of the same figures may have less.
pub fn least_resemblance(n: usize, m: usize, params: &Params) -> f64 {
    let contained = params.min_containment * n.min(m) as f64;
    params.min_resemblance.min(contained / ((n + m) as f64 - contained).max(1.0))
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

//! Words to shingles: every run of a few words, hashed.

use crate::kernel::hash::{GOLDEN, mix};
use crate::kernel::sets;
use crate::kernel::sort::Sorter;
use crate::text::words::Word;

/// Words in a shingle. Three find copies that were edited in every tenth word, where five lose half of them.
pub const WORDS: usize = 3;

/// Odd multipliers that make a shingle's hash depend on the order of its words (multiply-shift hashing of a vector).
const FACTORS: [u64; WORDS] = [GOLDEN, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9];

/// Writes the 64-bit hash of every shingle, in the order of the text, to `hashes`.
///
/// Fewer words than a shingle has make one shingle of them all; no words make none.
pub fn shingle(words: &[Word], hashes: &mut Vec<u64>) {
    hashes.clear();
    let one = |run: &[Word]| {
        mix(run
            .iter()
            .zip(FACTORS)
            .fold(0u64, |sum, (word, factor)| sum.wrapping_add(word.hash.wrapping_mul(factor))))
    };
    if words.len() < WORDS {
        hashes.extend((!words.is_empty()).then(|| one(words)));
    } else {
        hashes.extend(words.windows(WORDS).map(one));
    }
}

/// Parts of a text, equally long, by which it is told where a shingle stands.
pub const PARTS: usize = 16;
/// The bits of an element of a [`set`] that hold the part of the text.
const PART_MASK: u32 = PARTS as u32 - 1;

/// The set of the upper 28 bits of some shingle hashes, ascending and distinct, each above the 4 bits of the part of the
/// text where it stands first: what the exact check compares.
pub fn set<'a>(hashes: &[u64], sorter: &'a mut Sorter) -> &'a [u32] {
    let step = ((PARTS as u64) << 32) / hashes.len().max(1) as u64;
    let element =
        |(i, hash): (usize, &u64)| value((hash >> 32) as u32) | ((i as u64 * step) >> 32) as u32;
    sorter.distinct(hashes.iter().enumerate().map(element), PART_MASK)
}

/// What of an element of a [`set`] is the shingle, wherever it stands.
pub fn value(element: u32) -> u32 {
    element & !PART_MASK
}

/// How many shingles two sets have in common, wherever these stand.
pub fn common(a: &[u32], b: &[u32]) -> usize {
    sets::intersection_above(a, b, PART_MASK)
}

/// How evenly two sets share what they share, 0..=1: the density of shared shingles where there are any, of the set
/// where it is lower, as a share of the other's. Nothing shared is 0.
///
/// Words that are edited are missing on both sides, a text that is cut or continued is missing at an end or in one place; but
/// where sentences of a text were used for another one, that text is dense and the first has gaps.
pub fn evenness(a: &[u32], b: &[u32]) -> f64 {
    let (mut in_a, mut in_b) = (vec![0; a.len()], vec![0; b.len()]);
    sets::mark_common(a, b, PART_MASK, &mut in_a, &mut in_b);
    let (a, b) = (density(a, &in_a), density(b, &in_b));
    if a.max(b) > 0.0 { a.min(b) / a.max(b) } else { 0.0 }
}

/// Fewest parts of a text that are one gap.
const GAP: usize = 4;

/// The share of shared shingles between the parts in which the first and the last of them stand, but for a 20th at either end:
/// one shared phrase does not make a text reach so far. The longest gap is left out, where at most a seventh is shared in each of
/// four parts or more: what was cut from the middle of a copy, or put there. 0 if all is a gap.
fn density(set: &[u32], shared: &[u8]) -> f64 {
    let counts: [[u32; 2]; PARTS] = sets::count_by_lowest(set, shared);
    let few = counts.iter().map(|[_, shared]| shared).sum::<u32>() / 20;
    let beyond = |sum: &mut u32, [_, shared]: &[u32; 2]| {
        *sum += shared;
        Some(*sum > few)
    };
    let from = counts.iter().scan(0, beyond).position(|reached| reached);
    let behind = counts.iter().rev().scan(0, beyond).position(|reached| reached);
    let Some((from, behind)) = from.zip(behind) else { return 0.0 };
    let reach = &counts[from..PARTS - behind];
    let is_bare = |[all, shared]: &[u32; 2]| 7 * shared <= *all;
    let gaps = reach.chunk_by(|a, b| is_bare(a) == is_bare(b));
    let gaps = gaps.filter(|parts| is_bare(&parts[0]) && parts.len() >= GAP);
    let sum = |parts: &[[u32; 2]]| {
        parts.iter().fold([0; 2], |[n, m], [all, shared]| [n + all, m + shared])
    };
    let [[all, shared], [without, of_these]] =
        [reach, gaps.max_by_key(|parts| parts.len()).unwrap_or_default()].map(sum);
    f64::from(shared - of_these) / f64::from((all - without).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::words::Words;

    #[test]
    fn cut_and_edited_texts_are_even_and_what_takes_sentences_from_another_is_not() {
        let text = |words: &mut dyn Iterator<Item = u32>| {
            let mut all = Words::default();
            all.add(&words.map(|i| format!("w{i} ")).collect::<String>());
            let mut hashes = Vec::new();
            shingle(all.list(), &mut hashes);
            set(&hashes, &mut Sorter::default()).to_vec()
        };
        let whole = text(&mut (0..320));
        let cut = text(&mut (0..150));
        let edited = text(&mut (0..320).map(|i| if i % 12 == 5 { 9000 + i } else { i }));
        let every_other_sentence = (0..320).filter(|i| i / 20 % 2 == 0);
        let other = text(&mut every_other_sentence.chain(1000..1160));
        assert_eq!((common(&whole, &cut), common(&cut, &whole)), (148, 148));
        assert!(evenness(&whole, &cut) > 0.85 && evenness(&whole, &edited) > 0.95);
        assert!(evenness(&other, &whole) < 0.65 && evenness(&whole, &other) < 0.65);
        let without_middle = |own: u32| (own..own + 40).chain(0..100).chain(220..320);
        assert!(evenness(&whole, &text(&mut without_middle(2000))) > 0.95);
        let two_gaps = (2000..2040).chain(0..60).chain(120..200).chain(260..320);
        assert!(evenness(&whole, &text(&mut two_gaps.into_iter())) < 0.85);
        let every_tenth = (0..320).map(|i| if i % 30 < 3 { i } else { 9000 + i });
        assert_eq!(evenness(&whole, &text(&mut every_tenth.into_iter())), 0.0);
        assert_eq!(evenness(&whole, &text(&mut (5000..5100))), 0.0);
        assert_eq!(evenness(&[], &[]), 0.0);
    }

    #[test]
    fn a_few_words_are_one_shingle() {
        let shingles = |text: &str| {
            let (mut words, mut hashes) = (Words::default(), Vec::new());
            words.add(text);
            shingle(words.list(), &mut hashes);
            hashes
        };
        assert_eq!(
            ["", "a", "a b", "a b c", "a b c d"].map(|text| shingles(text).len()),
            [0, 1, 1, 1, 2]
        );
        assert_ne!(shingles("a b c"), shingles("a c b"), "their order tells");
    }
}

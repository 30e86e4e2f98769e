//! Terms to weights: how much each says about its article, against the background and against the neighbourhood.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use super::parts::in_parts;
use super::terms::Term;
use crate::kernel::cosine::{Probe, cosine, square};
use crate::kernel::sort::starts;
use crate::kernel::wide::fetch;
use crate::text::tables::{IDF_STEP, RARE, chance};

/// Fixed-point one of a weight; the heaviest, 5.15 × 8.11, fits in 16 bits.
const SCALE: f64 = 1024.0;
/// Most neighbours that a local weight can count.
pub const NEIGHBOURS: usize = 50;
/// How many articles' worth of background the local statistics start from.
const BACKGROUND: f64 = 50.0;
/// Terms of an article that are compared, the heaviest. More cost time, and the tails of long articles resemble all.
pub const TERMS: usize = 128;
/// Terms below this level are in nearly every article and say nothing.
const LEAST: u8 = 2;
const LEVELS: usize = RARE as usize + 1;

/// 1 + ln c of a count in quarters, and the count itself below one.
static TF: LazyLock<[f64; 256]> = LazyLock::new(|| {
    std::array::from_fn(|quarters| {
        let count = quarters as f64 / 4.0;
        if count >= 1.0 { 1.0 + libm::log(count) } else { count }
    })
});

/// Fixed weight by level and count.
static FIXED: LazyLock<Vec<[u16; 256]>> = LazyLock::new(|| {
    let weight = |level: usize, q: usize| TF[q] * level as f64 * IDF_STEP * SCALE;
    (0..LEVELS).map(|level| std::array::from_fn(|q| weight(level, q).round() as u16)).collect()
});

/// ln(df + 50 p) by df and level.
static LOCAL: LazyLock<Vec<[f64; LEVELS]>> = LazyLock::new(|| {
    let start = |level: usize| BACKGROUND * chance(level as u8);
    let row = |df: usize| std::array::from_fn(|level| libm::log(df as f64 + start(level)));
    (0..=NEIGHBOURS + 1).map(row).collect()
});

/// Keeps the terms that are compared: the heaviest of those that say something.
pub fn select(mut terms: Vec<Term>) -> Vec<Term> {
    terms.retain(|t| t.level >= LEAST);
    if terms.len() > TERMS {
        let weight = |t: &Term| Reverse(FIXED[t.level as usize][t.quarters as usize]);
        terms.select_nth_unstable_by_key(TERMS, |t| (weight(t), t.hash()));
        terms.truncate(TERMS);
        terms.sort_unstable();
    }
    terms
}

/// The terms of many articles, one after the other in memory: what is compared together stands together.
#[derive(Debug, Clone, Default)]
pub struct Vectors {
    /// Where the terms of each article begin, and where the last ones end.
    starts: Vec<u32>,
    /// Hashes, ascending within an article.
    dimensions: Vec<u32>,
    /// Count in quarters and level of each.
    counts: Vec<(u8, u8)>,
}

/// Weights for [`Vectors`], term by term.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// In 1 / 1,024.
    weights: Vec<u16>,
    /// Euclidean length of each article's weights.
    lengths: Vec<f64>,
}

impl Vectors {
    /// Room for articles with so many terms each, at most 2^32 in all.
    pub fn with_lengths(lengths: impl Iterator<Item = usize>) -> Self {
        let starts = starts(lengths.map(|length| length as u32));
        let n = starts.last().copied().unwrap_or(0) as usize;
        Self { starts, dimensions: vec![0; n], counts: vec![(0, 0); n] }
    }

    /// Puts the terms of one article in their place.
    pub fn fill(&mut self, i: usize, terms: &[Term]) {
        let range = self.range(i);
        let places = self.dimensions[range.clone()].iter_mut().zip(&mut self.counts[range]);
        for (term, (dimension, counts)) in terms.iter().zip(places) {
            (*dimension, *counts) = (term.hash(), (term.quarters, term.level));
        }
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn range(&self, i: usize) -> Range<usize> {
        self.starts[i] as usize..self.starts[i + 1] as usize
    }

    /// The terms of one article.
    pub fn dimensions(&self, i: usize) -> &[u32] {
        &self.dimensions[self.range(i)]
    }

    /// tf × idf of the background.
    pub fn fixed(&self) -> Weights {
        let weight = |&(q, level): &(u8, u8)| FIXED[level as usize][q as usize];
        let part = |weights: &mut Vec<u16>, some: Range<usize>| {
            let mut part = Weights::default();
            for i in some {
                weights.clear();
                weights.extend(self.counts[self.range(i)].iter().map(weight));
                part.push(weights);
            }
            part
        };
        Weights::concat(in_parts(self.len(), part))
    }

    /// The weights of one article in its neighbourhood: tf × ln((n + 50) / (df + 50 p)), what a term says among these n
    /// articles, itself included, of which df have it. The probe holds the article, under whatever weights.
    ///
    /// A term that the whole crowd has weighs next to nothing here, however rare it is elsewhere.
    pub fn local_of(&self, i: usize, near: &[(u32, i32)], probe: &Probe) -> Vec<u16> {
        let mut df = [1u8; TERMS];
        let near = &near[..near.len().min(NEIGHBOURS)];
        for &(j, _) in near {
            probe.count(self.dimensions(j as usize), &mut df);
        }
        let all = libm::log((near.len() + 1) as f64 + BACKGROUND);
        let weight = |(&(q, level), &df): (&(u8, u8), &u8)| {
            let idf = (all - LOCAL[df as usize][level as usize]).max(0.0);
            (TF[q as usize] * idf * SCALE).round() as u16
        };
        self.counts[self.range(i)].iter().zip(&df).map(weight).collect()
    }

    /// Brings articles into the cache before they are compared.
    pub fn fetch(&self, weights: &Weights, articles: impl Iterator<Item = u32> + Clone) {
        // First what says where they are.
        for j in articles.clone() {
            fetch(&self.starts[j as usize..][..1]);
            fetch(&weights.lengths[j as usize..][..1]);
        }
        for j in articles {
            fetch(self.dimensions(j as usize));
            fetch(self.weights(weights, j as usize));
        }
    }

    /// Lays one article out to be compared with others.
    pub fn load(&self, weights: &Weights, i: usize, probe: &mut Probe) {
        probe.load(self.dimensions(i), self.weights(weights, i));
    }

    /// The weights of one article.
    pub fn weights<'a>(&self, weights: &'a Weights, i: usize) -> &'a [u16] {
        &weights.weights[self.range(i)]
    }

    /// The cosine of two articles in 1 / 65,536; the probe holds the first.
    #[inline]
    pub fn cosine(&self, weights: &Weights, probe: &Probe, i: usize, j: usize) -> i32 {
        let dot = probe.dot(self.dimensions(j), self.weights(weights, j));
        cosine(dot, weights.lengths[i], weights.lengths[j]) as i32
    }
}

impl Weights {
    /// Adds one article.
    pub fn push(&mut self, weights: &[u16]) {
        self.weights.extend_from_slice(weights);
        self.lengths.push((square(weights) as f64).sqrt());
    }

    /// The articles of all parts.
    pub fn concat(parts: Vec<Self>) -> Self {
        let (mut weights, mut lengths) = (Vec::new(), Vec::new());
        weights.reserve_exact(parts.iter().map(|part| part.weights.len()).sum());
        lengths.reserve_exact(parts.iter().map(|part| part.lengths.len()).sum());
        for part in parts {
            weights.extend(part.weights);
            lengths.extend(part.lengths);
        }
        Self { weights, lengths }
    }

    /// The weights of all articles, one after the other.
    pub fn flat(&self) -> &[u16] {
        &self.weights
    }

    /// The Euclidean length of one article's weights.
    pub fn length(&self, i: usize) -> f64 {
        self.lengths[i]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::hash::mix;

    /// What a term weighs at a level when it counts for so much.
    fn weight(tf: f64, idf: f64) -> u16 {
        (tf * idf * 1024.0).round() as u16
    }

    #[test]
    fn weights_are_what_the_formulas_say() {
        let terms = [
            vec![Term::new(3, 4, 3), Term::new(5, 2, 10), Term::new(9, 8, 7)],
            vec![],
            vec![Term::new(5, 4, 10), Term::new(8, 4, 10)],
        ];
        let mut vectors = Vectors::with_lengths(terms.iter().map(Vec::len));
        terms.iter().enumerate().for_each(|(i, terms)| vectors.fill(i, terms));
        assert_eq!((vectors.len(), vectors.dimensions(2)), (3, &[5, 8][..]));
        assert!(!vectors.is_empty() && Vectors::default().is_empty());
        let tf = [1.0, 0.5, 1.0 + 2f64.ln()];
        let fixed = vectors.fixed();
        let expected = [(0, 3.0), (1, 10.0), (2, 7.0), (0, 10.0), (0, 10.0)];
        assert_eq!(fixed.flat(), expected.map(|(t, level)| weight(tf[t], level * IDF_STEP)));
        assert_eq!(fixed.length(1), 0.0);
        let length = f64::from(weight(1.0, 10.0 * IDF_STEP)) * 2f64.sqrt();
        assert!((fixed.length(2) - length).abs() < 1e-9);
        let mut probe = Probe::default();
        vectors.load(&fixed, 0, &mut probe);
        let shared = f64::from(fixed.flat()[1]) * f64::from(fixed.flat()[3]);
        let cosine = vectors.cosine(&fixed, &probe, 0, 2);
        assert_eq!(cosine, (shared / fixed.length(0) / fixed.length(2) * 65_536.0) as i32);
        // Among one neighbour, and among as many as can count.
        for (near, n) in [(1, 1.0), (60, 50.0)] {
            let local = vectors.local_of(0, &vec![(2, 0); near], &probe);
            let idf = |df: f64, level| ((n + 1.0 + 50.0) / (df + 50.0 * chance(level))).ln();
            let idf = [idf(1.0, 3), idf(n + 1.0, 10), idf(1.0, 7)];
            assert_eq!(local, [0, 1, 2].map(|t| weight(tf[t], idf[t])));
        }
    }

    #[test]
    fn the_heaviest_terms_are_kept() {
        let term = |i: u32| {
            let draw = mix(i.into());
            Term::new(i, 1 + (draw % 9) as u8, (draw >> 8 & 7) as u8)
        };
        let terms: Vec<Term> = (0..300).map(term).collect();
        let mut kept = terms.clone();
        kept.retain(|t| t.level >= 2);
        assert!(kept.len() > TERMS);
        assert_eq!(
            select(terms[..150].to_vec()),
            kept.iter().copied().filter(|t| t.hash() < 150).collect::<Vec<_>>()
        );
        kept.sort_by_key(|t| (Reverse(FIXED[t.level as usize][t.quarters as usize]), t.hash()));
        kept.truncate(TERMS);
        kept.sort_unstable();
        assert_eq!(select(terms), kept);
        assert_eq!(select(kept.clone()), kept);
    }
}

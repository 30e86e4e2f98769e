//! Terms to weights: how much each says about its article, against the background and against the neighbourhood.

use std::sync::LazyLock;

use super::terms::Term;
use crate::kernel::cosine::square;
use crate::text::tables::{IDF_STEP, RARE, chance};

/// Fixed-point one of a weight; the heaviest, 5.15 × 8.11, fits in 16 bits.
const SCALE: f64 = 1024.0;
/// Most neighbours that a local weight can count.
pub const NEIGHBOURS: usize = 50;
/// How many articles' worth of background the local statistics start from.
const BACKGROUND: f64 = 50.0;
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
    let row = |level: usize| {
        std::array::from_fn(|q| (TF[q] * level as f64 * IDF_STEP * SCALE).round() as u16)
    };
    (0..LEVELS).map(row).collect()
});

/// ln(df + 50 p) by df and level.
static LOCAL: LazyLock<Vec<[f64; LEVELS]>> = LazyLock::new(|| {
    let row = |df: usize| {
        std::array::from_fn(|level| libm::log(df as f64 + BACKGROUND * chance(level as u8)))
    };
    (0..=NEIGHBOURS + 1).map(row).collect()
});

/// An article's terms as a vector: dimensions ascending, and their weights.
#[derive(Debug, Clone, Default)]
pub struct Vector {
    /// The terms' hashes.
    pub dimensions: Box<[u32]>,
    /// Count in quarters and level of each, see [`Term`].
    pub counts: Box<[(u8, u8)]>,
}

impl Vector {
    /// The vector of an article's terms.
    pub fn new(terms: &[Term]) -> Self {
        Self {
            dimensions: terms.iter().map(|t| t.hash).collect(),
            counts: terms.iter().map(|t| (t.quarters, t.level)).collect(),
        }
    }

    /// tf × idf of the background.
    pub fn fixed(&self) -> Weights {
        Weights::new(
            self.counts
                .iter()
                .map(|&(quarters, level)| FIXED[level as usize][quarters as usize])
                .collect(),
        )
    }

    /// tf × ln((n + 50) / (df + 50 p)): what a term says among the `n` articles of a neighbourhood, its own included, of which `df` have it.
    ///
    /// A term that the whole crowd has weighs next to nothing here, however rare it is elsewhere.
    pub fn local(&self, n: usize, df: &[u8]) -> Weights {
        let all = libm::log(n as f64 + BACKGROUND);
        let weight = |(&(quarters, level), &df): (&(u8, u8), &u8)| {
            let idf = (all - LOCAL[df as usize][level as usize]).max(0.0);
            (TF[quarters as usize] * idf * SCALE).round() as u16
        };
        Weights::new(self.counts.iter().zip(df).map(weight).collect())
    }
}

/// The weights of a [`Vector`]'s dimensions.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    /// In the order of the dimensions, in 1 / 1,024.
    pub weights: Box<[u16]>,
    /// Euclidean length.
    pub length: f64,
}

impl Weights {
    fn new(weights: Box<[u16]>) -> Self {
        let length = (square(&weights) as f64).sqrt();
        Self { weights, length }
    }
}

//! The mathematics: slices and numbers only.

pub mod base32;
pub mod metrics;

//! The stages: pure functions, parallel over articles or pairs, that do no I/O and cannot fail.
//!
//! | stage | in | out | guarantee |
//! |---|---|---|---|
//! | [`shingle`] | words | shingle set | ascending, distinct; too few words make one shingle, none make none |
//! | [`sketch`] | shingles | signature and fingerprint | the order of the words beyond a shingle does not matter |
//! | [`terms`] | words | weighted terms | ascending by hash, distinct |

pub mod candidates;
pub mod crowd;
pub mod neighbours;
pub mod shingle;
pub mod sketch;
pub mod terms;
pub mod weights;

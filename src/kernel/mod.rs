//! The mathematics: functions on slices and numbers that know nothing of articles, files or threads.
//!
//! | kernel | what it computes | source |
//! |---|---|---|
//! | [`hash`] | the stable 64-bit hash and its mixing | XXH3 |
//! | [`runs`] | where the words of a text begin and end | |
//! | [`fss`] | a MinHash signature | Dahlgaard, Knudsen, Thorup, *Fast Similarity Sketching*, FOCS 2017 |
//! | [`simhash`] | a 64-bit SimHash fingerprint | Charikar, STOC 2002 |
//! | [`bands`] | keys of which similar signatures share one | Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, 3.4 |
//! | [`buckets`] | which pairs share a key, in linear time | the bucket rule, see there |
//! | [`components`] | what hangs together by pairs | union-find |
//! | [`sets`] | intersection, resemblance, containment of sorted slices | Broder 1997 |
//! | [`filter`] | most of what is not in a set | Bloom, CACM 1970 |
//! | [`passages`] | runs of words that two texts share | sorted suffixes |
//! | [`search`] | where a value stands in a sorted slice, from a guess | galloping |
//! | [`sums`] | sums of products, by place | |
//! | [`sort`] | hashes ascending, and what small numbers order, in linear time | bucket sort |
//! | [`metrics`] | how well two partitions agree | Bagga, Baldwin 1998; Hubert, Arabie 1985 |
//! | [`bootstrap`] | how far that may be chance | Efron 1979 |
//! | [`mixed`] | which clusters they differ on most | |
//! | [`base32`] | a hash as a short word | |
//! | [`varint`] | small numbers in few bytes | LEB128 |
//! | [`cosine`] | cosine of sparse integer vectors | |
//! | [`time`] | the time factor of a similarity | |
//! | [`share`] | a number up to one in two bytes | |
//! | `wide` | any of these once more for wider vectors | |
//! | [`linkage`] | average linkage in rounds of mutual nearest neighbours | Müllner, arXiv 1109.2378 |

pub mod bands;
pub mod base32;
pub mod bootstrap;
pub mod buckets;
pub mod components;
pub mod cosine;
pub mod filter;
pub mod fss;
pub mod hash;
pub mod linkage;
pub mod metrics;
pub mod mixed;
pub mod passages;
pub mod runs;
pub mod search;
pub mod sets;
pub mod share;
pub mod simhash;
pub mod sort;
pub mod sums;
pub mod time;
pub mod varint;
pub(crate) mod wide;

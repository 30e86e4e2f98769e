//! The stages: pure functions, parallel over articles or pairs, that do no I/O and cannot fail.
//!
//! | stage | in | out | guarantee |
//! |---|---|---|---|
//! | [`clean`] | title and text | title and text without boilerplate | idempotent; no sentence of the story is lost |
//! | [`shingle`] | words | shingle set | ascending, distinct; too few words make one shingle, none make none |
//! | [`headline`] | title and text as words | what is compared of a headline | ascending, distinct |
//! | [`sketch`] | shingles | signature and hashes of the lead | the order of the shingles does not matter |
//! | [`terms`] | words | terms | ascending by hash, distinct |
//! | [`candidates`] | sketches | candidate pairs | ascending, distinct, linear in number |
//! | [`watched`] | sketches of before | which of them the new ones may share a key with | none is left out |
//! | [`changed`] | sketches that come and go | how often pairs are proposed now | equal to all candidate pairs anew |
//! | [`verify`] | two copies | resemblance and containment, if they match | exact |
//! | [`thirds`] | matches | pairs that a third matches both of | in a bounded number of rounds |
//! | [`duplicates`] | matches | near-duplicate groups | no group grows by chaining |
//! | [`decide`] | editors' decisions | those in force, as constraints | the latest on the same articles counts |
//! | [`learn`] | a corpus | boilerplate, term counts | a function of the set of articles |
//! | [`represent`] | members of a group or story | who stands for it, and why | by the rule asked for |
//! | [`weights`] | terms | weights | integers |
//! | [`posted`] | weighted terms of a report | by which it is found | a function of the report |
//! | [`postings`] | terms of reports | who is found by which term | a function of the set of reports |
//! | [`neighbours`] | weighted reports | similar pairs, neighbourhoods | a function of the set of reports |
//! | [`reach`] | two reports | what they can be to each other | looks at the two alone |
//! | [`best`] | candidates | those that are compared in full | the best of all are the best of the best of parts |
//! | [`asking`] | some reports, postings | what [`neighbours`] finds of them | equal to what it finds among all |
//! | [`concerned`] | reports that came and went | whose neighbours may be others | none is left out |
//! | [`crowd`] | similar pairs, neighbourhoods | scores | a function of the set of reports |
//! | [`support`] | scores | scores by what close reports say | looks at two steps around a pair |

pub mod asking;
pub mod best;
pub mod candidates;
pub mod changed;
pub mod clean;
pub mod concerned;
pub mod crowd;
pub mod decide;
pub mod duplicates;
pub mod headline;
pub mod learn;
pub mod neighbours;
mod parts;
pub(crate) mod pool;
pub mod posted;
pub mod postings;
pub mod reach;
pub mod represent;
pub mod shingle;
pub mod sketch;
pub mod support;
pub mod terms;
pub mod thirds;
pub mod verify;
pub mod watched;
pub mod weights;

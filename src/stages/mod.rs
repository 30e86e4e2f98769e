//! The pipeline, stage by stage: pure functions, which cannot fail.

pub mod clean;

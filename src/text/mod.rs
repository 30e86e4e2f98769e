//! Pure functions on text: markup, addresses, words, languages, background statistics, learnt boilerplate.
//!
//! Nothing here knows what an article is. What words a text has is part of every stored hash, so [`VERSION`] names it.

pub mod boilerplate;
pub mod cases;
pub mod facts;
pub mod html;
pub mod language;
pub mod learnt_terms;
pub mod markup;
pub mod sentences;
pub mod stem;
pub mod tables;
pub mod url;
pub mod words;

/// Names the tokeniser, stemmers, detector, term tables and what is kept as facts together.
pub const VERSION: u32 = 12;

//! Pure functions on text.

pub mod html;
pub mod markup;

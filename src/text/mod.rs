//! Pure functions on text: markup, addresses.

pub mod html;
pub mod url;

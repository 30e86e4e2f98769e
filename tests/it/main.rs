//! The one integration binary.
// Helpers may unwrap as the tests do that call them.
#![allow(clippy::unwrap_used)]

mod columns;
mod formats;

//! The one integration binary.

mod clean;

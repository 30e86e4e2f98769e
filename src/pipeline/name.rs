//! The names of stories: `s` and a hash as a short word.

use crate::kernel::base32;

/// The name that stands for a hash.
pub(super) fn spelled(hash: u64) -> String {
    base32::name('s', hash)
}

/// The hash that a name stands for.
pub(super) fn number_of(name: &str) -> u64 {
    base32::decode(name.as_bytes().get(1..).unwrap_or_default()).unwrap_or_default()
}

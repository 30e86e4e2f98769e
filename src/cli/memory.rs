//! What becomes of memory that is let go.

/// Keeps it until the process ends, for this thread and for those that are begun from now on: a night lets go of much and takes
/// it again, and what went back to the system comes page by page and has to be cleared.
#[cfg(feature = "jemalloc")]
pub(super) fn keep() {
    use tikv_jemalloc_ctl::{Access, AsName};

    const NEVER: isize = -1;
    for given_back_after in [&b"arena.0.dirty_decay_ms\0"[..], b"arenas.dirty_decay_ms\0"] {
        // It is only slower where that fails.
        let _ = given_back_after.name().write(NEVER);
    }
}

/// The allocator cannot be told.
#[cfg(not(feature = "jemalloc"))]
pub(super) fn keep() {}

//! When memory that is let go goes back to the system, from which it comes page by page and has to be cleared.

/// Has large blocks, up to 64 MB, kept for some seconds for those that are asked for next; the allocator would give back those of
/// 8 MB at once. Holds for this thread, and those that have asked for memory already.
pub(super) fn keep_blocks() {
    #[cfg(feature = "jemalloc")]
    jemalloc::keep_blocks();
}

#[cfg(feature = "jemalloc")]
mod jemalloc {
    use std::hint::black_box;

    use tikv_jemalloc_ctl::{Access, AsName, arenas};

    /// Bytes of a block that is given back at once.
    pub(super) const TOO_LARGE: usize = 64 << 20;
    /// Milliseconds after which all others are given back.
    pub(super) const KEPT: isize = 2_000;

    pub(super) fn keep_blocks() {
        // The part of the heap that has large blocks is there once there was one.
        drop(black_box(Vec::<u8>::with_capacity(1 << 24)));
        for part in 0..arenas::narenas::read().unwrap_or_default() {
            // Not all parts are there, and where it fails a command is only slower.
            let _ = size(part).name().write(TOO_LARGE);
            let _ = time(part).name().write(KEPT);
        }
    }

    pub(super) fn size(part: u32) -> String {
        format!("arena.{part}.oversize_threshold\0")
    }

    pub(super) fn time(part: u32) -> String {
        format!("arena.{part}.dirty_decay_ms\0")
    }
}

#[cfg(all(test, feature = "jemalloc"))]
mod tests {
    use super::jemalloc::{KEPT, TOO_LARGE, keep_blocks, size, time};
    use tikv_jemalloc_ctl::{Access, AsName};

    #[test]
    fn the_allocator_is_told() {
        keep_blocks();
        assert_eq!(size(0).name().read(), Ok(TOO_LARGE));
        assert_eq!(time(0).name().read(), Ok(KEPT));
    }
}

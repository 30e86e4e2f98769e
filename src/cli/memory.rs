//! When memory that is let go goes back to the system, from which it comes page by page and has to be cleared.

/// Has it kept for a tenth of a second, where the allocator would keep it for ten; blocks above 8 MB go at once.
pub(super) fn keep_shortly() {
    #[cfg(feature = "jemalloc")]
    jemalloc::keep_shortly();
}

/// Gives back now what is [kept shortly](keep_shortly).
pub(super) fn give_back() {
    #[cfg(feature = "jemalloc")]
    jemalloc::give_back();
}

/// Has blocks of up to 64 MB kept for ten seconds as well, for commands that let go of much and take as much again. Holds for
/// this thread and those that have asked for memory already.
pub(super) fn keep_blocks() {
    #[cfg(feature = "jemalloc")]
    jemalloc::keep_blocks();
}

#[cfg(feature = "jemalloc")]
mod jemalloc {
    use std::hint::black_box;

    use tikv_jemalloc_ctl::{Access, AsName, Name, arenas};

    /// Bytes of a block that is not kept.
    pub(super) const TOO_LARGE: usize = 64 << 20;
    /// Milliseconds for which memory is kept.
    pub(super) const SHORTLY: isize = 100;
    /// The same of blocks, as the allocator keeps all else.
    pub(super) const LONG: isize = 10_000;

    pub(super) fn give_back() {
        // What is not to be kept at all goes at once.
        tell_each("dirty_decay_ms", 0isize);
        keep_shortly();
    }

    pub(super) fn keep_shortly() {
        tell("arenas.dirty_decay_ms\0", SHORTLY);
        tell_each("dirty_decay_ms", SHORTLY);
    }

    pub(super) fn keep_blocks() {
        // The part of the heap that has large blocks is there once there was one.
        drop(black_box(Vec::<u8>::with_capacity(1 << 24)));
        tell_each("oversize_threshold", TOO_LARGE);
        // Blocks above 8 MB are in a part of their own, which keeps nothing.
        tell_each("dirty_decay_ms", LONG);
    }

    /// Tells every part of the heap that is there.
    fn tell_each<T: Copy>(what: &str, value: T)
    where
        Name: Access<T>,
    {
        let parts = 0..arenas::narenas::read().unwrap_or_default();
        parts.for_each(|part| tell(&format!("arena.{part}.{what}\0"), value));
    }

    fn tell<T>(name: &str, value: T)
    where
        Name: Access<T>,
    {
        // Where that fails, as of a part that is not there, a command is only slower or larger.
        let _ = name.name().write(value);
    }
}

#[cfg(all(test, feature = "jemalloc"))]
mod tests {
    use super::jemalloc::{LONG, SHORTLY, TOO_LARGE};
    use super::{give_back, keep_blocks, keep_shortly};
    use tikv_jemalloc_ctl::{Access, AsName};

    #[test]
    fn the_allocator_is_told() {
        keep_shortly();
        assert_eq!("arenas.dirty_decay_ms\0".name().read(), Ok(SHORTLY));
        give_back();
        assert_eq!("arena.0.dirty_decay_ms\0".name().read(), Ok(SHORTLY));
        keep_blocks();
        assert_eq!("arena.0.dirty_decay_ms\0".name().read(), Ok(LONG));
        assert_eq!("arena.0.oversize_threshold\0".name().read(), Ok(TOO_LARGE));
    }
}

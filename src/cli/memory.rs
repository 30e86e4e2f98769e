//! What becomes of memory that is let go: it can be kept for what comes next, or go back to the system, from which it comes page
//! by page and has to be cleared.

/// Has all of it kept.
pub(super) fn keep() {
    #[cfg(feature = "jemalloc")]
    jemalloc::give_back_after(-1);
}

/// Has it given back, soon after it was let go.
pub(super) fn give_back() {
    #[cfg(feature = "jemalloc")]
    jemalloc::give_back_after(10_000);
}

#[cfg(feature = "jemalloc")]
mod jemalloc {
    use tikv_jemalloc_ctl::{Access, AsName, arenas};

    /// Milliseconds, or never if negative: for the parts of the heap that there are, and for those to come.
    pub(super) fn give_back_after(time: isize) {
        let parts = 0..arenas::narenas::read().unwrap_or_default();
        let parts = parts.map(|number| format!("arena.{number}.dirty_decay_ms\0"));
        for name in parts.chain(["arenas.dirty_decay_ms\0".to_owned()]) {
            // Not all parts are in use, and where it fails a command is only slower or larger.
            let _ = name.name().write(time);
        }
    }
}

#[cfg(all(test, feature = "jemalloc"))]
mod tests {
    use tikv_jemalloc_ctl::{Access, AsName};

    #[test]
    fn the_allocator_is_told() {
        let told = || -> [isize; 2] {
            ["arena.0.dirty_decay_ms\0", "arenas.dirty_decay_ms\0"]
                .map(|name| name.name().read().unwrap())
        };
        super::keep();
        assert_eq!(told(), [-1; 2]);
        super::give_back();
        assert_eq!(told(), [10_000; 2]);
    }
}

//! Where tests let a process die.

/// Dies here if `SAMESTORY_CRASH_AT` names this point; only in builds for development.
pub(super) fn point(name: &str) {
    if cfg!(debug_assertions) && std::env::var("SAMESTORY_CRASH_AT").is_ok_and(|at| at == name) {
        std::process::abort();
    }
}

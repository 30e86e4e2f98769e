//! What happens when the user has had enough: no half-written file stays behind.

use crate::report::output::Pending;

/// Removes the temporary files of unfinished outputs, then ends the process, on Ctrl-C and on a request to terminate.
#[cfg(unix)]
pub(super) fn watch(pending: &Pending) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Without the watch an interruption still ends the process; only a hidden temporary file may stay.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    let pending = pending.clone();
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            pending.remove_then(|| std::process::exit(128 + signal));
        }
    });
}

#[cfg(not(unix))]
pub(super) fn watch(_pending: &Pending) {}

//! What happens when the user has had enough: no half-written file stays behind.

use crate::report::output::Pending;

/// On Ctrl-C, and on a request to terminate, removes the temporary files of the outputs that are opened with what this
/// gives, and ends the process.
pub(super) fn watch() -> Pending {
    let pending = Pending::default();
    #[cfg(unix)]
    wait_for_signals(pending.clone());
    pending
}

#[cfg(unix)]
fn wait_for_signals(pending: Pending) {
    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    // Without the watch an interruption still ends the process; only a hidden temporary file may stay. So the thread comes
    // first: signals that nobody waits for would be lost.
    let (give, given) = std::sync::mpsc::channel::<Signals>();
    let watch = move || {
        let signal = given.recv().ok().and_then(|mut signals| signals.forever().next());
        if let Some(signal) = signal {
            pending.remove_then(|| std::process::exit(128 + signal));
        }
    };
    if std::thread::Builder::new().spawn(watch).is_ok()
        && let Ok(signals) = Signals::new([SIGINT, SIGTERM])
    {
        let _ = give.send(signals);
    }
}

/// A write past the size that files may have (`ulimit -f`) is an error from now on, as on a full disk; before, it ended the
/// process.
pub(super) fn not_by_long_files() {
    // Whoever writes is told by the write itself; the flag only takes the place of what the system does.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        std::sync::Arc::<std::sync::atomic::AtomicBool>::default(),
    );
}

/// What returns when the user has had enough, for work that ends in its own way.
#[cfg(feature = "serve")]
pub(super) fn asked() -> std::io::Result<impl FnOnce() + Send + 'static> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    Ok(move || {
        let _ = signals.forever().next();
    })
}

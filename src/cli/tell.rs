//! What the user is told on standard error, and how quietly.

use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::exit::{Exit, Failure};
use crate::model::Refusal;
use crate::pipeline::StageCount;
use crate::report::printable;
use crate::report::terminal::Screen;
pub(super) use crate::report::{counted, thousands};

/// How many refusals are named before the rest is only counted.
const NAMED: usize = 5;

/// Where all refusals are, for commands that have the option.
pub(super) const LISTED: Option<&str> = Some("--refusals FILE lists them all");

/// How often the progress line is drawn.
const TICK: Duration = Duration::from_millis(250);

/// The voice of the command.
pub(super) struct Tell {
    quiet: bool,
    verbose: bool,
    terminal: bool,
}

impl Tell {
    pub(super) fn new(quiet: bool, verbose: bool) -> Self {
        Self { quiet, verbose, terminal: io::stderr().is_terminal() }
    }

    /// Says one line, unless quiet.
    pub(super) fn note(&self, line: &str) {
        if !self.quiet {
            say(line);
        }
    }

    /// Says one line of what only those want who ask for it.
    pub(super) fn aside(&self, line: &str) {
        if self.verbose {
            self.note(line);
        }
    }

    /// Says one line of what only those want who look on: on a terminal, or when asked for.
    pub(super) fn detail(&self, line: &str) {
        if self.verbose || self.terminal {
            self.note(line);
        }
    }

    /// Says why the command failed, even if quiet: the chain of causes once, then what to do.
    pub(super) fn failure(&self, failure: &Failure) {
        // A message of several lines comes from a parser of ours that points into the text; what it quotes is made safe
        // line by line.
        say(&format!("samestory: {:#}", failure.error));
        if let Some(hint) = &failure.hint {
            say(&format!("hint: {hint}"));
        }
    }

    /// Names the first refusals and counts the rest; `cure` says where those are, if the command can tell.
    pub(super) fn refusals(&self, refusals: &[Refusal], cure: Option<&str>) {
        for refusal in refusals.iter().take(NAMED) {
            self.note(&format!("refused: {refusal}"));
        }
        if refusals.len() > NAMED {
            let rest = thousands((refusals.len() - NAMED) as u64);
            let cure = cure.map(|cure| format!(" ({cure})")).unwrap_or_default();
            self.note(&format!("refused: {rest} more{cure}"));
        }
    }

    /// The table of stages.
    pub(super) fn stages(&self, stages: &[StageCount]) {
        let counts: Vec<String> =
            stages.iter().map(|s| format!("{} {}", thousands(s.count), s.unit)).collect();
        let name = stages.iter().map(|s| s.stage.len()).max().unwrap_or(0);
        let count = counts.iter().map(String::len).max().unwrap_or(0);
        for (stage, counted) in stages.iter().zip(&counts) {
            self.detail(&format!(
                "{:name$}  {counted:count$}  {:8.2} s",
                stage.stage, stage.seconds
            ));
        }
    }

    /// Shows on a terminal that work goes on, until the result is dropped.
    pub(super) fn progress(&self, what: &'static str) -> Option<Progress> {
        (self.terminal && !self.quiet).then(|| Progress::start(what))
    }
}

/// A line that is drawn again and again.
pub(super) struct Progress {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    fn start(what: &'static str) -> Self {
        let (stop, stopped) = channel::<()>();
        let draw = move || {
            let start = Instant::now();
            while stopped.recv_timeout(TICK) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                put(&format!("\r{what} {:.0} s\x1b[K", start.elapsed().as_secs_f64()));
            }
            put("\r\x1b[K");
        };
        Self { stop: Some(stop), thread: std::thread::Builder::new().spawn(draw).ok() }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        // A thread that failed has nothing to say that the user needs.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// What standard output is shown on: its width by `COLUMNS`, else by the terminal, else 80; colours on a terminal unless
/// `NO_COLOR` is set or it understands none.
pub(super) fn screen() -> Screen {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let given = variable("COLUMNS").and_then(|columns| columns.parse().ok());
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let colour = io::stdout().is_terminal()
        && variable("NO_COLOR").is_none()
        && variable("TERM").is_none_or(|term| term != "dumb");
    Screen { width: given.or_else(seen).unwrap_or(80), colour }
}

/// Says what goes wrong while the command goes on, even if quiet.
#[cfg(feature = "serve")]
pub(super) fn alarm(line: &str) {
    say(&format!("samestory: {line}"));
}

/// Writes to standard output what is not a report; a closed pipe is no error.
pub(super) fn show(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<Exit, Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let error = anyhow::Error::new(error).context("cannot write to standard output");
            Err(Failure::new(Exit::Unwritable, error))
        }
        _ => Ok(Exit::Done),
    }
}

/// The only way to standard error: whatever a message quotes cannot steer the terminal.
fn say(text: &str) {
    let safe: Vec<_> = text.lines().map(printable).collect();
    put(&format!("{}\n", safe.join("\n")));
}

/// There is nobody left to tell when standard error is closed.
fn put(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

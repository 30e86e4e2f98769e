//! How a command ends: exit codes, and failures with what to do about them.

use crate::report::output;

/// What the exit code of the command says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The answer of a check is no.
    No = 1,
    /// The command line, the settings or a named input is at fault; nothing was written.
    Usage = 2,
    /// The output is written, but more records were refused than is allowed.
    Refused = 3,
    /// The index is locked, or of another version.
    Locked = 4,
    /// The index is damaged.
    Damaged = 5,
    /// An output cannot be written.
    Unwritable = 6,
    /// Interrupted; nothing is lost and nothing half written.
    Interrupted = 130,
}

/// Why a command ended early, as the user is told.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) error: anyhow::Error,
    /// What to do about it, where that is known.
    pub(super) hint: Option<String>,
}

impl Failure {
    /// Nothing is known yet of what to do about it.
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into(), hint: None }
    }

    /// Something about the call is wrong.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Usage, error)
    }

    /// The folder for temporary files is full or cannot be written.
    pub(super) fn aside(error: std::io::Error) -> Self {
        let folder = std::env::temp_dir();
        let error = anyhow::Error::new(error)
            .context(format!("{}: cannot put aside what waits for its stage", folder.display()));
        Self::new(Exit::Unwritable, error).hint("TMPDIR names another folder for temporary files")
    }

    /// Adds what to do.
    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl From<output::Error> for Failure {
    fn from(error: output::Error) -> Self {
        Self::new(Exit::Unwritable, error)
    }
}

//! `samestory config`: what the settings are and where they come from.

use std::fs::OpenOptions;
use std::io::{self, Write as _};

use super::args::Config;
use super::exit::{Exit, Failure};
use super::settings::{DEFAULT, FILE, Layers, Setting};
use super::tell::{Tell, show};

pub(super) fn run(config: &Config, layers: &Layers, tell: &Tell) -> Result<Exit, Failure> {
    match config {
        Config::Show(_) => show(|out| write!(out, "{}", table(&layers.settings()))),
        Config::Init(_) => {
            init(&layers.settings()).map_err(|error| {
                // A file that is there is the user's to take away; all else is the folder's fault.
                let there = error.kind() == io::ErrorKind::AlreadyExists;
                let exit = if there { Exit::Usage } else { Exit::Unwritable };
                let error = anyhow::Error::new(error).context(format!("cannot write {FILE}"));
                Failure::new(exit, error)
            })?;
            tell.note(&format!("wrote {FILE}: take the # from a line to change a setting"));
            Ok(Exit::Done)
        }
    }
}

fn table(settings: &[Setting]) -> String {
    let width = |of: fn(&Setting) -> &str| {
        settings.iter().map(|setting| of(setting).chars().count()).max().unwrap_or(0)
    };
    let (names, values) = (width(|setting| &setting.name), width(|setting| &setting.value));
    let line = |s: &Setting| format!("{:names$}  {:values$}  {}\n", s.name, s.value, s.origin);
    settings.iter().map(line).collect()
}

/// Writes the settings as they stand, defaults as comments; an existing file is left as it is.
fn init(settings: &[Setting]) -> io::Result<()> {
    let mut text =
        "# Settings of samestory. The command line and SAMESTORY_* variables go before them.\n"
            .to_owned();
    for Setting { name, value, origin, help } in settings {
        let mark = if origin == DEFAULT { "#" } else { "" };
        text += &format!("\n# {help}\n{mark}{name} = {}\n", typed(value));
    }
    OpenOptions::new().write(true).create_new(true).open(FILE)?.write_all(text.as_bytes())
}

/// A value as TOML has it: only texts need quotes, and what TOML spells in another way, as `007`.
fn typed(value: &str) -> toml::Value {
    let bare = [
        value.parse().ok().map(toml::Value::Boolean),
        value.parse().ok().map(toml::Value::Integer),
        value.parse().ok().map(toml::Value::Float),
    ];
    let mut same = bare.into_iter().flatten().filter(|bare| bare.to_string() == value);
    same.next().unwrap_or_else(|| value.into())
}

//! Where settings come from: the command line goes before the environment, that before `samestory.toml`, that before
//! the defaults.
//!
//! A setting is an option with an environment variable. The file is handed to clap as defaults, so that every layer is
//! checked by the same parsers.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use clap::builder::{Resettable, ValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory as _, FromArgMatches as _};

use super::args::Args;
use super::exit::Failure;

/// The file that is read when none is named.
pub(super) const FILE: &str = "samestory.toml";

/// The origin of a setting that nobody gave.
pub(super) const DEFAULT: &str = "default";

/// A command line with all its layers.
pub(super) struct Layers {
    pub(super) args: Args,
    matches: ArgMatches,
    command: Command,
    file: Option<PathBuf>,
    keys: Vec<String>,
}

/// One setting as it stands.
pub(super) struct Setting {
    /// Its name: that of the option.
    pub(super) name: String,
    /// Its value as it would be typed; empty for none.
    pub(super) value: String,
    /// Who gave it.
    pub(super) origin: String,
    /// What it does.
    pub(super) help: String,
}

/// What the command line asks for.
pub(super) enum Parsed {
    Run(Box<Layers>),
    /// Help or the version, which clap prints.
    Info(clap::Error),
}

/// Parses a command line and puts the settings file under it.
pub(super) fn parse(typed: &[OsString]) -> Result<Parsed, Failure> {
    let command = with_variables(Args::command());
    let named = match without_files(command.clone()).try_get_matches_from(typed) {
        Ok(matches) => matches.get_one::<PathBuf>("config").cloned(),
        Err(error) if !error.use_stderr() => return Ok(Parsed::Info(error)),
        Err(error) if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return Err(without_command(&command, typed));
        }
        Err(error) => {
            let blamed = blamed(&command, &error, typed, None);
            return Err(told_by_clap(&error, blamed.as_deref()));
        }
    };
    let (file, table) = load(named.as_deref())?;
    let (command, keys) = match &file {
        Some(path) => under(command, &table).map_err(|error| {
            let hint = "`samestory help cluster` lists the settings";
            Failure::usage(error.context(path.display().to_string())).hint(hint)
        })?,
        None => (command, Vec::new()),
    };
    let told = |error: clap::Error| {
        let blamed = blamed(&command, &error, typed, file.as_deref());
        told_by_clap(&error, blamed.as_deref())
    };
    let matches = command.clone().try_get_matches_from(typed).map_err(told)?;
    let args = Args::from_arg_matches(&matches).map_err(told)?;
    Ok(Parsed::Run(Box::new(Layers { args, matches, command, file, keys })))
}

/// Help says once how variables are named, instead of with each option. One that is empty is as good as one that is not set.
fn with_variables(command: Command) -> Command {
    let with_variable = |arg: Arg| {
        let Some(variable) = arg.get_env().map(OsStr::to_owned) else { return arg };
        let is_empty = std::env::var_os(variable).is_some_and(|value| value.is_empty());
        let arg = arg.hide_env(true);
        if is_empty { arg.env(Resettable::Reset) } else { arg }
    };
    command.mut_args(with_variable).mut_subcommands(with_variables)
}

/// The same command line, of which no value is read from a file: that is done once, for a file may be a pipe.
fn without_files(command: Command) -> Command {
    let without_file = |arg: Arg| match is_file(&arg) && arg.get_id() != "config" {
        true => arg.value_parser(ValueParser::os_string()),
        false => arg,
    };
    command.mut_args(without_file).mut_subcommands(without_files)
}

/// What a wrong value is from where that is not the command line: a variable that is set for the option, or else the file,
/// where there is one by then.
fn blamed(
    command: &Command,
    error: &clap::Error,
    typed: &[OsString],
    file: Option<&Path>,
) -> Option<PathBuf> {
    if error.kind() == ErrorKind::InvalidUtf8 {
        return not_utf8(command, typed);
    }
    if !matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::ValueValidation) {
        return file.map(Path::to_owned);
    }
    // Clap shows the option with the name of its value, as in `--window <TIME>`.
    let Some(ContextValue::String(shown)) = error.get(ContextKind::InvalidArg) else { return None };
    let option = shown.split(' ').next()?.strip_prefix("--")?;
    let is_typed = |typed: &OsString| {
        let typed = typed.to_string_lossy();
        typed.strip_prefix("--").and_then(|typed| typed.split('=').next()) == Some(option)
    };
    if typed.iter().any(is_typed) {
        return None;
    }
    let is_set = |variable: &String| std::env::var_os(variable).is_some();
    let variable = variable_of(command, option).filter(is_set).map(PathBuf::from);
    variable.or_else(|| file.map(Path::to_owned))
}

/// What is not UTF-8 and should be, which Clap does not name: something that is typed, without which Clap finds nothing more of
/// the kind, or else a variable. Names of files need not be.
fn not_utf8(command: &Command, typed: &[OsString]) -> Option<PathBuf> {
    let is_to_blame = |&i: &usize| {
        let mut mended = typed.to_vec();
        mended[i] = mended[i].to_string_lossy().into_owned().into();
        let matches = without_files(command.clone()).try_get_matches_from(mended);
        !matches.is_err_and(|error| error.kind() == ErrorKind::InvalidUtf8)
    };
    let typed_wrong = (0..typed.len()).filter(|&i| typed[i].to_str().is_none()).find(is_to_blame);
    let ours = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with("SAMESTORY_"));
    let mut variables =
        std::env::vars_os().filter(|(name, value)| ours(name) && value.to_str().is_none());
    let wrong = typed_wrong.map(|i| typed[i].clone());
    wrong.or_else(|| variables.next().map(|(name, _)| name)).map(PathBuf::from)
}

fn variable_of(command: &Command, option: &str) -> Option<String> {
    let own = command.get_arguments().filter(|arg| name(arg) == option).find_map(Arg::get_env);
    let deeper = || command.get_subcommands().find_map(|command| variable_of(command, option));
    own.map(|variable| variable.to_string_lossy().into_owned()).or_else(deeper)
}

/// Where the commands are listed that could follow what is typed.
fn without_command(command: &Command, typed: &[OsString]) -> Failure {
    let (mut within, mut help) = (command, "samestory help".to_owned());
    for word in typed {
        if let Some(inner) = within.find_subcommand(word) {
            within = inner;
            help = format!("{help} {}", inner.get_name());
        }
    }
    Failure::usage(anyhow!("no command: `{help}` lists them"))
}

/// Clap's message in our form, after what is to blame where that is not the command line.
fn told_by_clap(error: &clap::Error, blamed: Option<&Path>) -> Failure {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text).trim_end();
    Failure::usage(match blamed {
        Some(blamed) => anyhow!("{}: {text}", blamed.display()),
        None => anyhow!("{text}"),
    })
}

/// The settings file, if there is one; a file that is named must be there.
fn load(named: Option<&Path>) -> Result<(Option<PathBuf>, toml::Table), Failure> {
    let path = named.unwrap_or(Path::new(FILE));
    let read = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => {
            return Ok((None, toml::Table::new()));
        }
        read => read
            .with_context(|| format!("cannot read {}", path.display()))
            .map_err(Failure::usage)?,
    };
    let table =
        read.parse().map_err(|error: toml::de::Error| anyhow!("{}: {error}", path.display()));
    Ok((Some(path.to_owned()), table.map_err(Failure::usage)?))
}

/// Makes the values of the file the defaults of the command; gives the keys that it has.
fn under(command: Command, table: &toml::Table) -> Result<(Command, Vec<String>)> {
    let mut values = Vec::new();
    for (key, value) in table {
        let arg = setting_of(&command, key).ok_or_else(|| anyhow!("unknown setting `{key}`"))?;
        let spelled = spelled(value).with_context(|| format!("setting `{key}`"))?;
        let takes_several = matches!(arg.get_action(), ArgAction::Append);
        if value.is_array() && !takes_several {
            return Err(anyhow!("setting `{key}`: give one value, not a list"));
        }
        // So `config init` writes what has no value.
        if spelled.iter().any(|value| !value.is_empty()) {
            values.push((key.clone(), spelled));
        }
    }
    let keys = values.iter().map(|(key, _)| key.clone()).collect();
    Ok((with_defaults(command, &values), keys))
}

/// The setting of a name, in whichever command it is.
fn setting_of<'a>(command: &'a Command, key: &str) -> Option<&'a Arg> {
    let own = command.get_arguments().find(|arg| is_setting(arg) && name(arg) == key);
    own.or_else(|| command.get_subcommands().find_map(|command| setting_of(command, key)))
}

fn with_defaults(command: Command, values: &[(String, Vec<String>)]) -> Command {
    let given = |arg: &Arg| values.iter().find(|(key, _)| is_setting(arg) && name(arg) == *key);
    let under = |arg: Arg| match given(&arg).map(|(_, value)| value.clone()) {
        Some(value) => arg.default_values(value),
        None => arg,
    };
    command.mut_args(under).mut_subcommands(|command| with_defaults(command, values))
}

/// A value of the file as it would be typed.
fn spelled(value: &toml::Value) -> Result<Vec<String>> {
    match value {
        toml::Value::String(text) => Ok(vec![text.clone()]),
        toml::Value::Integer(_) | toml::Value::Float(_) | toml::Value::Boolean(_) => {
            Ok(vec![value.to_string()])
        }
        toml::Value::Array(values) => {
            let nested: Result<Vec<_>> = values.iter().map(spelled).collect();
            Ok(nested?.concat())
        }
        toml::Value::Table(_) | toml::Value::Datetime(_) => {
            Err(anyhow!("give a text, a number, true or false, or a list"))
        }
    }
}

/// Whether an option has a variable, which is hidden.
fn is_setting(arg: &Arg) -> bool {
    arg.is_hide_env_set() && arg.get_id() != "config"
}

fn is_file(arg: &Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "FILE"))
}

fn name(arg: &Arg) -> String {
    arg.get_long().unwrap_or_default().to_owned()
}

impl Layers {
    /// All settings of the command that was called, in the order of its help.
    pub(super) fn settings(&self) -> Vec<Setting> {
        let (settings, matches) = self.called();
        settings.map(|arg| self.setting(arg, matches)).collect()
    }

    /// The settings that somebody gave, as they would be typed on another machine: files by their whole paths.
    #[cfg(feature = "parquet")]
    pub(super) fn flags(&self) -> Vec<String> {
        let (settings, matches) = self.called();
        let flag = |arg: &Arg| {
            let Setting { name, value, origin, .. } = self.setting(arg, matches);
            let whole = || std::path::absolute(&value).ok()?.to_str().map(str::to_owned);
            match arg.get_action() {
                _ if origin == DEFAULT => None,
                ArgAction::SetTrue => {
                    matches.get_flag(arg.get_id().as_str()).then(|| format!("--{name}"))
                }
                _ if is_file(arg) => Some(format!("--{name}={}", whole().unwrap_or(value))),
                _ => Some(format!("--{name}={value}")),
            }
        };
        settings.filter_map(flag).collect()
    }

    /// The files that are read for the settings: their own, and those that a setting names.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let (settings, matches) = self.called();
        let named = settings
            .filter(|arg| is_file(arg))
            .filter_map(|arg| matches.get_raw(arg.get_id().as_str()));
        named.flatten().map(PathBuf::from).chain(self.file.clone()).collect()
    }

    /// The arguments of the command that was called which are settings, and what they matched.
    fn called(&self) -> (impl Iterator<Item = &Arg>, &ArgMatches) {
        let (mut command, mut matches) = (&self.command, &self.matches);
        while let Some((name, inner)) = matches.subcommand() {
            command = command.find_subcommand(name).expect("clap found it");
            matches = inner;
        }
        (command.get_arguments().filter(|arg| is_setting(arg)), matches)
    }

    fn setting(&self, arg: &Arg, matches: &ArgMatches) -> Setting {
        let id = arg.get_id().as_str();
        let raw = matches.get_raw(id).into_iter().flatten().map(|value| value.to_string_lossy());
        let value = raw.collect::<Vec<_>>().join(",");
        let origin = match (matches.value_source(id), &self.file) {
            (Some(ValueSource::CommandLine), _) => format!("--{}", name(arg)),
            (Some(ValueSource::EnvVariable), _) => {
                arg.get_env().unwrap_or_default().to_string_lossy().into_owned()
            }
            (Some(_), Some(file)) if self.keys.contains(&name(arg)) => file.display().to_string(),
            _ => DEFAULT.to_owned(),
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        Setting { name: name(arg), value, origin, help }
    }
}

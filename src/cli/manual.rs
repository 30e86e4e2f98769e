//! `samestory completions` and `samestory man`: what shells and manual readers need, made from the command line itself.

use anyhow::anyhow;
use clap::{Command, CommandFactory as _};

use super::args::{Args, Completions, Man};
use super::exit::{Exit, Failure};
use super::tell::show;

/// Writes the completions for a shell to standard output.
pub(super) fn completions(args: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "samestory", &mut script);
    show(|out| out.write_all(&script))
}

/// Writes the manual page of a command to standard output, in the format of `man`.
pub(super) fn man(args: &Man) -> Result<Exit, Failure> {
    // `help` has no page, of its own or of a command's.
    let without_help = |command: Command| command.disable_help_subcommand(true);
    let mut command = without_help(Args::command()).mut_subcommands(without_help);
    command.build();
    let page = args.command.iter().try_fold(&command, |command: &Command, name| {
        command.find_subcommand(name).ok_or_else(|| {
            let hint = "`samestory help` lists them";
            Failure::usage(anyhow!("no command `{name}`")).hint(hint)
        })
    })?;
    let full_name = page.get_display_name().unwrap_or("samestory").to_owned();
    let page = clap_mangen::Man::new(page.clone()).title(full_name);
    show(|out| page.render(out))
}

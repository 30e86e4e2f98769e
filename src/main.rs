//! The `samestory` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(samestory::cli::run(std::env::args_os().collect()) as u8)
}

//! `completions SHELL`: what a shell needs to complete commands and flags. The files in `completions/` are its output.

use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use clap::{Arg, ArgMatches};
use clap_complete::{Generator, Shell};
use std::io::Write;

pub(super) struct Completions;

/// The shells, by the name on the command line and the file that is installed for it.
pub const SHELLS: [(&str, &str); 6] = [
    ("bash", "opsctl.bash"),
    ("zsh", "_opsctl"),
    ("fish", "opsctl.fish"),
    ("powershell", "_opsctl.ps1"),
    ("elvish", "opsctl.elv"),
    ("nushell", "opsctl.nu"),
];

impl Command for Completions {
    fn name(&self) -> &'static str {
        "completions"
    }

    fn doc(&self) -> &'static str {
        "Completions for a shell, to be installed or sourced"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        command.arg(Arg::new("shell").value_name("SHELL").required(true).value_parser(SHELLS.map(|(name, _)| name)).help("The shell"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let shell = matches.get_one::<String>("shell").map_or("", String::as_str);
        context
            .out
            .write_all(&of(shell).ok_or_else(|| Failure::usage(format!("no completions for '{shell}'"), "see `opsctl completions --help`"))?)?;
        Ok(Exit::Done)
    }
}

/// The completions for the shell called `name`.
#[must_use]
pub fn of(name: &str) -> Option<Vec<u8>> {
    match name {
        "bash" => Some(made(Shell::Bash)),
        "zsh" => Some(made(Shell::Zsh)),
        "fish" => Some(made(Shell::Fish)),
        "powershell" => Some(made(Shell::PowerShell)),
        "elvish" => Some(made(Shell::Elvish)),
        "nushell" => Some(made(clap_complete_nushell::Nushell)),
        _ => None,
    }
}

fn made(generator: impl Generator) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(generator, &mut crate::cli::tree(), "opsctl", &mut out);
    out
}

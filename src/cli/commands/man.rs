//! `man [COMMAND]`: the manual page in roff, for `man -l -`. The files in `completions/man/` are its output.

use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::text::suggest::nearest;
use clap::{Arg, ArgMatches};
use std::io::Write;

pub(super) struct Man;

impl Command for Man {
    fn name(&self) -> &'static str {
        "man"
    }

    fn doc(&self) -> &'static str {
        "The manual page of opsctl or of one command, for `man -l -`"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        command.arg(Arg::new("command").value_name("COMMAND").help("A command; opsctl itself without one"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let wanted = matches.get_one::<String>("command");
        let name = wanted.map_or_else(|| "opsctl".to_owned(), |command| format!("opsctl-{command}"));
        let page = pages()?.into_iter().find(|(page, _)| *page == name);
        let (_, roff) = page.ok_or_else(|| unknown(wanted.map_or("", String::as_str)))?;
        context.out.write_all(&roff)?;
        Ok(Exit::Done)
    }
}

fn unknown(name: &str) -> Failure {
    let near = nearest(name, crate::cli::commands::all().map(|command| command.name()));
    let hint = near.map_or_else(|| "`opsctl --help` lists the commands".to_owned(), |near| format!("did you mean '{near}'?"));
    Failure::usage(format!("there is no command '{name}'"), hint)
}

/// Every page by its name: `opsctl`, `opsctl-status`…
///
/// # Errors
/// Those of writing to memory.
pub fn pages() -> Result<Vec<(String, Vec<u8>)>, std::io::Error> {
    let mut tree = crate::cli::tree().disable_help_subcommand(true);
    tree.build();
    let mut pages = vec![("opsctl".to_owned(), page(&tree)?)];
    for command in tree.get_subcommands() {
        let name = format!("opsctl-{}", command.get_name());
        pages.push((name.clone(), page(&command.clone().name(name).bin_name(format!("opsctl {}", command.get_name())))?));
    }
    Ok(pages)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, std::io::Error> {
    let mut out = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut out)?;
    Ok(out)
}

//! `privileges`: the least that opsctl needs to read each system, as text to run or to copy. It grants nothing itself.

use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::systems::registry;
use crate::text::suggest::nearest;
use clap::{Arg, ArgMatches};
use std::io::Write;

pub(super) struct Privileges;

impl Command for Privileges {
    fn name(&self) -> &'static str {
        "privileges"
    }

    fn doc(&self) -> &'static str {
        "The least grants that reading needs, per system"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        command.arg(Arg::new("system").value_name("SYSTEM").help("Only this system"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let wanted = matches.get_one::<String>("system");
        let known = || registry::SYSTEMS.iter().map(|system| system.name());
        if let Some(name) = wanted.filter(|name| registry::find(name).is_none()) {
            let all = || format!("there are: {}", known().collect::<Vec<_>>().join(", "));
            let hint = nearest(name, known()).map_or_else(all, |near| format!("did you mean '{near}'?"));
            return Err(Failure::usage(format!("there is no system called '{name}'"), hint));
        }
        for system in registry::SYSTEMS.iter().filter(|system| wanted.is_none_or(|name| name == system.name())) {
            writeln!(context.out, "-- {}\n{}\n", system.name(), system.privileges().trim_end())?;
        }
        Ok(Exit::Done)
    }
}

//! `audit`: who asked for what on this host, one record, and whether every record is there, unchanged and in its place. It writes nothing.
//!
//! `audit verify` has codes of its own: 0 whole, 1 broken, 2 missing, or none yet.

use super::run::{print, state};
use crate::app::run::audit;
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::state::State;
use crate::engine::audit::{Act, Verdict};
use crate::engine::chain::Record;
use clap::builder::PossibleValue;
use clap::{Arg, ArgMatches};
use std::path::Path;

pub(super) struct Audit;

impl Command for Audit {
    fn name(&self) -> &'static str {
        "audit"
    }

    fn doc(&self) -> &'static str {
        "Who asked for what on this host, and whether the record of it is whole (audit verify: 0 whole, 1 broken, 2 missing)"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let actions = [
            PossibleValue::new("list").help("Every record, the oldest first"),
            PossibleValue::new("show").help("One record by its number"),
            PossibleValue::new("verify")
                .help("Whether every record is there, unchanged and in its place: exit 0 whole, 1 broken, 2 missing, or none yet"),
        ];
        global::with_output(global::with_config(command))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(Arg::new("number").value_name("N").value_parser(clap::value_parser!(u64).range(1..)).help("show: the number of the record, from 1"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let number = matches.get_one::<u64>("number").copied();
        let state = state()?;
        let audit = audit::audit(&state);
        match (action, number) {
            ("verify", None) => {
                let verdict = audit.verify();
                print(audit::verdict(&verdict, &audit.path().display().to_string(), begun(&state)), context)?;
                Ok(match verdict {
                    Verdict::Whole { .. } => Exit::Done,
                    Verdict::Broken(_) => Exit::Unexpected,
                    Verdict::Missing => Exit::Usage,
                })
            }
            ("list", None) => {
                print(audit::list(&records(&audit)?), context)?;
                Ok(Exit::Done)
            }
            ("show", Some(number)) => {
                let records = records(&audit)?;
                let missing =
                    || Failure::usage(format!("there is no record {number}: the last one is {}", records.len()), "`opsctl audit list` lists them");
                let record = records.iter().find(|record| record.n == number).ok_or_else(missing)?;
                print(audit::show(record), context)?;
                Ok(Exit::Done)
            }
            ("show", None) => Err(Failure::usage("audit show takes the number of a record", "`opsctl audit list` lists them")),
            _ => Err(Failure::usage(format!("audit {action} takes no number"), format!("try `opsctl audit {action}`"))),
        }
    }
}

/// Whether anything but the audit tells that something was asked for here: the folder that is made for it, or runs.
fn begun(state: &State) -> bool {
    let holds = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    state.audit().symlink_metadata().is_ok() || holds(&state.runs()) || state.path.join("history.jsonl").symlink_metadata().is_ok()
}

/// The records; none where nothing was ever asked for.
fn records(audit: &crate::engine::audit::Audit) -> Result<Vec<Record<Act>>, Failure> {
    if matches!(audit.verify(), Verdict::Missing) {
        return Ok(Vec::new());
    }
    audit
        .records()
        .map_err(|error| Failure::Unreadable { what: error.to_string(), hint: "`opsctl audit verify` tells what is wrong with it".to_owned() })
}

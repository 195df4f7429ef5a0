//! `run`: the runs of this host: which there are, one with its steps, watching one, ending one, who has which cluster.
//!
//! It must never carry out a step: a run is a process of its own, and this command only starts it, watches it and gives it orders.

mod look;
mod order;

use crate::app::run::found::{self, Found};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{global, output};
use crate::config::state::{self, State};
use crate::engine::ending::Ending;
use crate::model::Clock;
use crate::systems::view::Page;
use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches};

pub(super) struct Run;

impl Command for Run {
    fn name(&self) -> &'static str {
        "run"
    }

    fn doc(&self) -> &'static str {
        "Runs of runbooks on this host: list, show, attach, cancel, and who has which cluster"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let actions = [
            PossibleValue::new("list").help("Every run of this host, the newest first"),
            PossibleValue::new("show").help("One run: where it stands, why, each step, and the commands by which it goes on"),
            PossibleValue::new("attach").help("Watch one from its first event until nobody is at work on it; Ctrl-C leaves it alone"),
            PossibleValue::new("cancel")
                .help("End one that goes on: --stage 1 no further step, 2 what goes on is told to end, 3 its process is killed"),
            PossibleValue::new("locks").help("Who has which cluster, and which runs were left open"),
            PossibleValue::new("unlock").help("Forget a run that was left open on CLUSTER and that nobody can end; --reason is kept in the audit"),
        ];
        let stage = Arg::new("stage").long("stage").value_name("N").value_parser(["1", "2", "3"]).default_value("1");
        global::with_output(global::with_config(command))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(
                Arg::new("name")
                    .value_name("NAME")
                    .action(ArgAction::Append)
                    .help("A run: its name, or the last letters of it; for unlock a cluster"),
            )
            .arg(stage.help("cancel: how hard"))
            .arg(Arg::new("reason").long("reason").value_name("WHY").help("unlock: why; it is kept in the audit"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let names: Vec<&str> = matches.get_many::<String>("name").into_iter().flatten().map(String::as_str).collect();
        let asked = Asked { matches, state: state()?, clock: Clock::real() };
        match (action, names.as_slice()) {
            ("list", []) => look::list(&asked, context),
            ("show", [name]) => look::show(&asked, name, context),
            ("attach", [name]) => look::attach(&asked, name, context),
            ("locks", []) => look::locks(&asked, context),
            ("cancel", [name]) => order::cancel(&asked, name, context),
            ("unlock", [cluster]) => order::unlock(&asked, cluster, context),
            ("list" | "locks", _) => Err(Failure::usage(format!("run {action} takes no name"), format!("try `opsctl run {action}`"))),
            ("unlock", _) => Err(Failure::usage("run unlock takes one cluster", "`opsctl run locks` lists who has what")),
            _ => Err(Failure::usage(format!("run {action} takes one run"), "`opsctl run list` lists them")),
        }
    }
}

/// What every action works with.
struct Asked<'a> {
    matches: &'a ArgMatches,
    state: State,
    clock: Clock,
}

impl Asked<'_> {
    fn text(&self, id: &str) -> Option<String> {
        self.matches.get_one::<String>(id).cloned()
    }

    fn found(&self, name: &str) -> Result<Found, Failure> {
        let id = found::named(&self.state, name).map_err(|error| Failure::usage(error.to_string(), "`opsctl run list` lists them"))?;
        Found::look(&self.state, &id).map_err(|error| Failure::Unreadable {
            what: format!("run {id} cannot be shown: {error}"),
            hint: format!("its files are in {}", self.state.runs().join(id.as_str()).display()),
        })
    }

    /// A reason that a person typed; blank is none.
    fn reason(&self, action: &str) -> Result<String, Failure> {
        let reason = self.text("reason").map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
        reason.ok_or_else(|| Failure::usage(format!("run {action} wants a reason"), "--reason \"WHY\"; it is kept in the audit"))
    }
}

/// The state folder of this host.
pub(super) fn state() -> Result<State, Failure> {
    state::standard().ok_or_else(|| {
        Failure::usage("there is no place for runs: neither /var/lib/opsctl nor a home", "set HOME, or XDG_STATE_HOME to a folder of its own")
    })
}

pub(super) fn print(page: Page, context: &mut Context<'_>) -> Result<(), Failure> {
    let page = output::select(page, &context.global.columns)?;
    output::write(&mut context.out, &page, context.global.form, context.global.paint, Clock::real().now())?;
    Ok(())
}

/// The one table, for runs.
const fn exit(ending: Ending) -> Exit {
    match ending {
        Ending::Done => Exit::Done,
        Ending::NothingSent => Exit::Refused,
        Ending::Unchanged => Exit::Unchanged,
        Ending::Partial => Exit::Partial,
        Ending::InDoubt => Exit::InDoubt,
        Ending::Locked => Exit::Locked,
    }
}

//! `run`: runs of runbooks on this host: starting one, which there are, one with its steps, watching one, letting one go on or ending it, who has which cluster.
//!
//! It must never carry out a step: a run is a process of its own, and this command only starts it, watches it and gives it orders.

mod begin;
mod confirm;
mod go_on;
mod look;
mod order;
mod process;
mod shot;
mod watching;
mod write;

pub(super) use shot::shots;

use super::runbook::{given, param};
use crate::app::run::actor::actor;
use crate::app::run::found::{self, Found};
use crate::app::run::{mirrored, writing};
use crate::app::{TimeLimit, load};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{global, output};
use crate::config::state::{self, State};
use crate::config::{ClusterSpec, quantity};
use crate::engine::ending::Ending;
use crate::engine::states::Choice;
use crate::model::Clock;
use crate::systems::view::Page;
use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Run;

impl Command for Run {
    fn name(&self) -> &'static str {
        "run"
    }

    fn doc(&self) -> &'static str {
        "Run a runbook, and everything about runs on this host: list, show, result, attach, resume, roll back, cancel, locks"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let action = |name: &'static str, help: &'static str| PossibleValue::new(name).help(help);
        let actions = [
            action("start", "Plan RUNBOOK, show the plan, have it confirmed, run it and watch it"),
            action("list", "Every run of this host, the newest first"),
            action("show", "One run: where it stands, why, each step, and the commands by which it goes on"),
            action("result", "What one came to: how long the gaps were, what failed, whether the goal was kept; -o json for a file"),
            action("attach", "Watch one from its first event until nobody is at work on it; Ctrl-C leaves it alone"),
            action("resume", "Go on with one that paused, or whose process is gone"),
            action("rollback", "Undo what one did, in reverse order"),
            action("abandon", "End one where it stands, free what it holds, and let others begin; --reason is kept"),
            action("cancel", "End one that goes on: --stage 1 no further step, 2 what goes on is told to end, 3 its process is killed"),
            action(
                "approve",
                "Answer a step of a run that asks you: ID STEP, yes unless --refuse, with --evidence where it wants to know what you saw",
            ),
            action("locks", "Who has which cluster, and which runs were left open"),
            action("unlock", "Forget a run that was left open on CLUSTER and that nobody can end; --reason is kept in the audit"),
            action("write", "Allow writing to CLUSTER for a time: --for 15m; --end takes it back; without either: how long it is still allowed"),
            PossibleValue::new("exec").hide(true),
            PossibleValue::new("hold").hide(true),
        ];
        let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
        let text = |name: &'static str, value: &'static str, help: &'static str| Arg::new(name).long(name).value_name(value).help(help);
        let stage = text("stage", "N", "cancel: how hard").value_parser(["1", "2", "3"]).default_value("1");
        let command = global::with_output(global::with_picking(global::with_config(command)))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(
                Arg::new("name")
                    .value_name("NAME")
                    .action(ArgAction::Append)
                    .help("start: a runbook; unlock, write: a cluster; otherwise a run: its name, or the last letters of it"),
            )
            .arg(param().help("start: a parameter of the runbook; may be repeated"))
            .arg(text("for", "TIME", "write: how long writing to the cluster is allowed: 15m").value_parser(allowed_for))
            .arg(flag("end", "write: it is not allowed any more").conflicts_with("for"));
        beginning(command, "start: ")
            .mut_arg("write", |write| {
                write.help("start, resume, rollback, abandon of a run that holds something: writing is allowed for this one command")
            })
            .mut_arg("break-glass", |why| why.help(format!("start, resume, rollback, abandon, unlock: {BREAK_GLASS}")))
            .mut_arg("detach", |detach| detach.help("start, resume, rollback, abandon: print the name of the run and do not watch it"))
            .arg(
                text("applied", "STEP", "resume, rollback, abandon: a step in doubt was applied; --reason says how you know")
                    .action(ArgAction::Append),
            )
            .arg(
                text("absent", "STEP", "resume, rollback, abandon: a step in doubt was not applied; --reason says how you know")
                    .action(ArgAction::Append),
            )
            .arg(flag("across", "rollback: also back across the point of no return; abandon: also away from what cannot be freed; unlock: also where nobody can tell what the run holds"))
            .arg(flag("refuse", "approve: the answer is no"))
            .arg(text("evidence", "TEXT", "approve: what you saw"))
            .arg(text("reason", "WHY", "abandon, unlock, --applied, --absent: why; it is kept in the audit"))
            .arg(stage)
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let names: Vec<&str> = matches.get_many::<String>("name").into_iter().flatten().map(String::as_str).collect();
        let asked = Asked { matches, state: state()?, clock: Clock::real() };
        match (action, names.as_slice()) {
            ("list", []) => asked.bring(None, context),
            ("show" | "attach" | "resume" | "rollback" | "abandon", [name]) => asked.bring(Some(name), context),
            _ => {}
        }
        match (action, names.as_slice()) {
            ("start", [runbook]) => {
                let wish = begin::Wish { runbook, given: given(matches)?, typed: format!("opsctl run start {runbook}") };
                begin::begin(&asked, &wish, context)
            }
            ("resume", [name]) => go_on::choose(&asked, name, Choice::Resume, context),
            ("rollback", [name]) => go_on::choose(&asked, name, Choice::RollBack, context),
            ("abandon", [name]) => go_on::choose(&asked, name, Choice::Abandon, context),
            ("exec", [id]) => process::exec(&asked, id, context),
            ("hold", [id, step, attempt]) => process::hold(&asked, [id, step, attempt], context),
            ("list", []) => look::list(&asked, context),
            ("show", [name]) => look::show(&asked, name, context),
            ("result", [name]) => look::result(&asked, name, context),
            ("attach", [name]) => look::attach(&asked, name, context),
            ("locks", []) => look::known_locks(&asked, context),
            ("write", [cluster]) => write::write(&asked, cluster, context),
            ("cancel", [name]) => order::cancel(&asked, name, context),
            ("approve", [name, step]) => order::answer(&asked, name, step, context),
            ("unlock", [cluster]) => order::unlock(&asked, cluster, context),
            ("list" | "locks", _) => Err(Failure::usage(format!("run {action} takes no name"), format!("try `opsctl run {action}`"))),
            ("start", _) => Err(Failure::usage("run start takes one runbook", "`opsctl runbook list` lists them")),
            ("approve", _) => Err(Failure::usage("run approve takes a run and a step", "`opsctl run attach ID` shows what it asks")),
            ("write", _) => Err(Failure::usage("run write takes one cluster", "`opsctl run write CLUSTER --for 15m`")),
            ("unlock", _) => Err(Failure::usage("run unlock takes one cluster", "`opsctl run locks` lists who has what")),
            _ => Err(Failure::usage(format!("run {action} takes one run"), "`opsctl run list` lists them")),
        }
    }
}

const BREAK_GLASS: &str = "etcd does not answer and it cannot wait: the lock of this host alone; kept in the audit";

/// Adds how a run is unlocked, shown, confirmed and watched; `which` stands before the help of each.
fn beginning(command: clap::Command, which: &str) -> clap::Command {
    let flag = |name: &'static str, help: &str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(format!("{which}{help}"));
    command
        .arg(flag("write", "writing is allowed for this one command"))
        .arg(Arg::new("break-glass").long("break-glass").value_name("WHY").help(format!("{which}{BREAK_GLASS}")))
        .arg(flag("dry-run", "show the plan with the exact calls, and send nothing"))
        .arg(flag("yes", "it is confirmed without a question; not enough at high risk"))
        .arg(
            Arg::new("confirm")
                .long("confirm")
                .value_name("CLUSTER")
                .help(format!("{which}what would be typed to confirm it: the name of the cluster, for a failover CLUSTER/MEMBER")),
        )
        .arg(Arg::new("scheduled").long("scheduled").value_name("TIME").help(format!(
            "{which}the run waits until then, 2026-11-22T02:00:00+01:00, and has the cluster meanwhile; every check is asked again at its time"
        )))
        .arg(flag("detach", "print the name of the run and do not watch it"))
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

    /// Brings what this host knows of runs to what other hosts did, where the configuration wants runs to be copied; nothing of the servers is asked otherwise.
    fn bring(&self, which: Option<&str>, context: &Context<'_>) {
        // whoever cannot use the configuration is told where it is needed
        let Ok(config) = load::config(&context.global.wanted) else { return };
        let clusters = &config.inventory.clusters;
        let notes = context.runtime.block_on(mirrored::bring(&self.state, clusters, &self.clock, &actor(), which));
        crate::cli::note(&notes);
    }

    /// The clusters of the configuration; none, and that is said, where it cannot be used: what this host knows can be told without it.
    fn clusters(&self, context: &Context<'_>) -> Vec<Arc<ClusterSpec>> {
        let limit = TimeLimit::start(&self.clock, context.global.deadline);
        match context.runtime.block_on(load::load(&context.global.wanted, &limit)) {
            Ok(loaded) => loaded.inventory.clusters,
            Err(_error) => {
                crate::cli::note(&["only this host is asked: no configuration that can be used names an etcd (`opsctl config check`)".to_owned()]);
                Vec::new()
            }
        }
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

/// Writing is allowed for one command by a word that nobody types by accident, or for a time by a command of its own.
fn unlocked(asked: &Asked<'_>, cluster: &str) -> Result<(), Failure> {
    if asked.matches.get_flag("write") || writing::left(&asked.state, &asked.clock, cluster).is_some() {
        return Ok(());
    }
    Err(Failure::Refused {
        what: format!("this program only reads, unless writing to {cluster} is unlocked"),
        hint: format!("--write unlocks it for this one command, `opsctl run write {cluster} --for 15m` for a time; nothing was sent"),
    })
}

/// How long writing may be allowed.
fn allowed_for(text: &str) -> Result<Duration, String> {
    let (least, most) = (Duration::from_secs(1), writing::LONGEST);
    let time = quantity::duration(text).filter(|time| (least..=most).contains(time));
    time.ok_or_else(|| format!("from {} to {}, as in 15m", quantity::time_text(least), quantity::time_text(most)))
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

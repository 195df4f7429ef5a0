//! `run start`: plans a runbook with what the servers say now, shows the plan, has it confirmed, and starts its run. Whatever keeps it from that is told before
//! anything is sent, a run that somebody left open first.

use super::confirm::confirm;
use super::order::refused;
use super::watching::watch;
use super::{Asked, print, unlocked};
use crate::app::facts::Live;
use crate::app::plan::{self, Stopped, stopped};
use crate::app::run::actor::actor;
use crate::app::run::follow::Events;
use crate::app::run::lock;
use crate::app::run::runner::Runner;
use crate::app::run::start::{Agreed, StartError, in_the_way, start};
use crate::app::{TimeLimit, load, runbooks, scheduled};
use crate::cli::command::Context;
use crate::cli::commands::runbook::{no_plan, one_cluster, runnable};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Form};
use crate::config::Sources;
use std::collections::BTreeMap;
use std::io;

/// What somebody wants to be run.
pub(super) struct Wish<'a> {
    pub(super) runbook: &'a str,
    pub(super) given: BTreeMap<String, String>,
    /// The command as it was typed, without its flags.
    pub(super) typed: String,
}

pub(super) fn begin(asked: &Asked<'_>, wish: &Wish<'_>, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let wanted = &context.global.wanted;
    let dry = asked.matches.get_flag("dry-run");
    let runtime = context.runtime;
    let loaded = runtime.block_on(load::load(wanted, &TimeLimit::start(&asked.clock, context.global.deadline)));
    let loaded = loaded.map_err(|error| Failure::Config(error.to_string()))?;
    crate::cli::note(&loaded.notes);
    let cluster = one_cluster(&loaded.inventory, &context.global.clusters)?;
    let break_glass = asked.text("break-glass");
    if let Some(reason) = &break_glass {
        runtime.block_on(lock::may_break(&cluster, &asked.clock, reason)).map_err(refused)?;
    }
    let library = runbooks::library(&Sources::standard(wanted.config.clone(), wanted.set.clone()));
    let runbook = runnable(&library, wish.runbook)?;
    let lock = lock::of(&asked.state, &cluster, &asked.clock, break_glass.is_some());
    // a runbook that wants no lock is in nobody's way
    if runbook.lock {
        let look = || runtime.block_on(in_the_way(&asked.state, &asked.clock, lock.as_ref(), &cluster.name));
        let mut way = look();
        if cluster.mirror && matches!(way, Ok(Some(StartError::Locked { .. }))) {
            // a run that was left open elsewhere may go on from here, or have been ended there
            asked.bring(None, context);
            way = look();
        }
        match way {
            Ok(None) => {}
            // what a run would do can be shown to anybody
            Ok(Some(error)) | Err(error) if dry => crate::cli::note(&[error.to_string()]),
            Ok(Some(error)) | Err(error) => return Err(refused(error)),
        }
    }
    if !dry {
        unlocked(asked, &cluster.name)?;
    }
    let live = Live::new(&cluster, &asked.clock);
    let about = plan::Asked { library: &library, runbook, cluster: &cluster, given: &wish.given, by: actor() };
    let mut planned = runtime.block_on(plan::plan(&about, &live, &asked.clock)).map_err(|why| no_plan(&why))?;
    if let Some(text) = asked.text("scheduled") {
        let at = text
            .parse::<jiff::Timestamp>()
            .map_err(|why| Failure::usage(format!("'{text}' is no instant: {why}"), "with its zone: --scheduled 2026-11-22T02:00:00+01:00"))?;
        scheduled::put_off(&mut planned.plan, at, asked.clock.now().wall).map_err(|(what, hint)| Failure::usage(what, hint))?;
    }
    if dry {
        print(plan::show(&planned), context)?;
        return Ok(if stopped(&planned).is_some() { Exit::Refused } else { Exit::Done });
    }
    if context.global.form == Form::Table {
        output::write(&mut io::stderr(), &plan::show(&planned), Form::Table, context.global.paint, asked.clock.now())?;
    }
    if let Some(what) = stopped(&planned).as_ref().map(Stopped::words) {
        return Err(Failure::Refused { what, hint: format!("`{} --dry-run` shows every check; nothing was sent", wish.typed) });
    }
    crate::cli::note(lock::alone(&cluster, &asked.clock, break_glass.is_some()).filter(|_| planned.plan.lock).as_slice());
    let phrase = confirm(asked, &planned.plan)?;
    let runner = Runner::own(wanted, &cluster, &planned.plan).map_err(|why| Failure::unexpected(why.to_string()))?;
    let agreed = Agreed { phrase, break_glass };
    let begun = runtime.block_on(start(&asked.state, &asked.clock, lock.as_ref(), &planned.plan, &agreed, &runner)).map_err(refused)?;
    let events = Events::from(&begun.folder, 0);
    watch(asked, begun, events, context)
}

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
use crate::app::run::runner::Runner;
use crate::app::run::start::{Agreed, in_the_way, start};
use crate::app::{TimeLimit, load, runbooks};
use crate::cli::command::Context;
use crate::cli::commands::runbook::{given, no_plan, one_cluster, runnable};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Form};
use crate::config::Sources;
use std::io;

pub(super) fn begin(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let wanted = &context.global.wanted;
    let dry = asked.matches.get_flag("dry-run");
    let runtime = context.runtime;
    let loaded = runtime.block_on(load::load(wanted, &TimeLimit::start(&asked.clock, context.global.deadline)));
    let loaded = loaded.map_err(|error| Failure::Config(error.to_string()))?;
    crate::cli::note(&loaded.notes);
    let cluster = one_cluster(&loaded.inventory, &context.global.clusters)?;
    if let Some(other) = runtime.block_on(in_the_way(&asked.state, &cluster.name)).map_err(refused)? {
        return Err(refused(other));
    }
    if !dry {
        unlocked(asked, &cluster.name)?;
    }
    let library = runbooks::library(&Sources::standard(wanted.config.clone(), wanted.set.clone()));
    let runbook = runnable(&library, name)?;
    let given = given(asked.matches)?;
    let live = Live::new(&cluster, &asked.clock);
    let about = plan::Asked { library: &library, runbook, cluster: &cluster, given: &given, by: actor() };
    let planned = runtime.block_on(plan::plan(&about, &live, &asked.clock)).map_err(|why| no_plan(&why))?;
    if dry {
        print(plan::show(&planned), context)?;
        return Ok(if stopped(&planned).is_some() { Exit::Refused } else { Exit::Done });
    }
    if context.global.form == Form::Table {
        output::write(&mut io::stderr(), &plan::show(&planned), Form::Table, context.global.paint, asked.clock.now())?;
    }
    if let Some(what) = stopped(&planned).as_ref().map(Stopped::words) {
        return Err(Failure::Refused { what, hint: format!("`opsctl run start {name} --dry-run` shows every check; nothing was sent") });
    }
    let phrase = confirm(asked, &planned.plan)?;
    let runner = Runner::own(wanted, &cluster).map_err(|why| Failure::unexpected(why.to_string()))?;
    let agreed = Agreed { phrase, break_glass: None };
    let begun = runtime.block_on(start(&asked.state, &asked.clock, &planned.plan, &agreed, &runner)).map_err(refused)?;
    let events = Events::from(&begun.folder, 0);
    watch(asked, begun, events, context)
}

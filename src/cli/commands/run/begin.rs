//! `run start`: plans a runbook with what the servers say now, shows the plan, has it confirmed, and starts its run. Whatever keeps it from that is told before
//! anything is sent, a run that somebody left open first.

use super::confirm::confirm;
use super::order::refused;
use super::watching::watch;
use super::{Asked, print, unlocked};
use crate::app::facts::Live;
use crate::app::plan::{self, Looked, Planned};
use crate::app::run::actor::actor;
use crate::app::run::follow::Events;
use crate::app::run::runner::Runner;
use crate::app::run::start::{Agreed, in_the_way, start};
use crate::app::{TimeLimit, load, runbooks};
use crate::cli::command::Context;
use crate::cli::commands::runbook::{broken, find};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Form};
use crate::config::{ClusterSpec, Sources};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

pub(super) fn begin(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let wanted = &context.global.wanted;
    let dry = asked.matches.get_flag("dry-run");
    let runtime = context.runtime;
    let loaded = runtime.block_on(load::load(wanted, &TimeLimit::start(&asked.clock, context.global.deadline)));
    let loaded = loaded.map_err(|error| Failure::Config(error.to_string()))?;
    crate::cli::note(&loaded.notes);
    let cluster = picked(&loaded.inventory.clusters, &context.global.clusters)?;
    if let Some(other) = runtime.block_on(in_the_way(&asked.state, &cluster.name)).map_err(refused)? {
        return Err(refused(other));
    }
    if !dry {
        unlocked(asked, &cluster.name)?;
    }
    let library = runbooks::library(&Sources::standard(wanted.config.clone(), wanted.set.clone()));
    let entry = find(&library, name)?;
    let Ok(runbook) = &entry.parsed else { return Err(broken(&library, entry)) };
    let given = given(asked)?;
    let live = Live::new(&cluster, &asked.clock);
    let about = plan::Asked { library: &library, runbook, cluster: &cluster, given: &given, by: actor() };
    let planned = runtime.block_on(plan::plan(&about, &live, &asked.clock)).map_err(|why| {
        let (what, hint) = plan::refusal(&why);
        Failure::Refused { what: format!("there is no plan of {name}: {what}"), hint }
    })?;
    if dry {
        print(plan::show(&planned), context)?;
        return Ok(if stopped(&planned).is_some() { Exit::Refused } else { Exit::Done });
    }
    if context.global.form == Form::Table {
        output::write(&mut io::stderr(), &plan::show(&planned), Form::Table, context.global.paint, asked.clock.now())?;
    }
    if let Some(what) = stopped(&planned) {
        return Err(Failure::Refused { what, hint: format!("`opsctl run start {name} --dry-run` shows every check; nothing was sent") });
    }
    let phrase = confirm(asked, &planned.plan)?;
    let runner = Runner::own(wanted, &cluster).map_err(|why| Failure::unexpected(why.to_string()))?;
    let agreed = Agreed { phrase, break_glass: None };
    let begun = runtime.block_on(start(&asked.state, &asked.clock, &planned.plan, &agreed, &runner)).map_err(refused)?;
    let events = Events::from(&begun.folder, 0);
    watch(asked, begun, events, context)
}

/// What keeps a run of it from beginning, if anything does.
fn stopped(planned: &Planned) -> Option<String> {
    let says = |which: fn(&Looked) -> bool| {
        let told: Vec<&str> = planned.gates.iter().filter(|gate| which(gate)).map(|gate| gate.says.as_str()).collect();
        (!told.is_empty()).then(|| told.join("; "))
    };
    let no = says(Looked::stops).map(|told| format!("a check says no: {told}"));
    no.or_else(|| says(Looked::unknown).map(|told| format!("a check cannot be judged: {told}")))
}

/// The one cluster that is meant.
fn picked(clusters: &[Arc<ClusterSpec>], names: &[String]) -> Result<Arc<ClusterSpec>, Failure> {
    let all = || clusters.iter().map(|cluster| cluster.name.as_str()).collect::<Vec<_>>().join(", ");
    match (names, clusters) {
        ([], [one]) => Ok(Arc::clone(one)),
        ([name], _) => {
            let found = clusters.iter().find(|cluster| cluster.name == *name);
            found.cloned().ok_or_else(|| Failure::usage(format!("there is no cluster called '{name}'"), format!("there are: {}", all())))
        }
        _ => Err(Failure::usage("a run changes one cluster, and it is not said which", format!("-c NAME; there are: {}", all()))),
    }
}

/// The parameters as they were typed: `-p to=pg2`.
fn given(asked: &Asked<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let mut given = BTreeMap::new();
    for text in asked.matches.get_many::<String>("param").into_iter().flatten() {
        let (name, value) = text.split_once('=').ok_or_else(|| Failure::usage("a parameter is given as NAME=VALUE", "-p to=pg2"))?;
        if given.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Failure::usage(format!("parameter '{name}' is given twice"), "say it once"));
        }
    }
    Ok(given)
}

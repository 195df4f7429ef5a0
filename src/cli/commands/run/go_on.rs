//! Letting a run go on that paused, or whose process is gone: resumed, rolled back or abandoned, as a person chose.

use super::order::refused;
use super::watching::watch;
use super::{Asked, unlocked};
use crate::app::TimeLimit;
use crate::app::load;
use crate::app::run::follow::Events;
use crate::app::run::runner::Runner;
use crate::app::run::start::{Chosen, elsewhere, go_on};
use crate::app::run::{lock, locks, world};
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::consent::Said;
use crate::engine::states::Choice;
use std::collections::BTreeMap;

pub(super) fn choose(asked: &Asked<'_>, name: &str, choice: Choice, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let found = match asked.found(name) {
        Ok(found) => found,
        Err(failure) => return Err(on_another_host(asked, name, context).unwrap_or(failure)),
    };
    let said = said(asked)?;
    let reason = match choice {
        Choice::Abandon => Some(asked.reason("abandon")?),
        // what a person says of a step is worth what he knows it by
        Choice::Resume | Choice::RollBack if !said.is_empty() => Some(asked.reason("with --applied or --absent")?),
        Choice::Resume | Choice::RollBack => asked.text("reason"),
    };
    if found.sends(choice) {
        unlocked(asked, &found.plan.cluster)?;
    }
    let said = said.into_iter().map(|(step, applied)| (step, Said { applied, reason: reason.clone().unwrap_or_default() })).collect();
    let chosen = Chosen {
        choice,
        reason,
        across: asked.matches.get_flag("across"),
        said,
        phrase: asked.text("confirm"),
        break_glass: asked.text("break-glass"),
    };
    let wanted = &context.global.wanted;
    let runner = context.runtime.block_on(async {
        let loaded = load::load(wanted, &TimeLimit::start(&asked.clock, context.global.deadline)).await;
        let loaded = loaded.map_err(|error| Failure::Config(error.to_string()))?;
        let cluster = world::cluster(&loaded, &found.plan).map_err(|why| Failure::usage(why, "nothing was sent"))?;
        if let Some(reason) = &chosen.break_glass {
            lock::may_break(&cluster, &asked.clock, reason).await.map_err(refused)?;
            if cluster.mirror {
                crate::cli::note(&[
                    "whether another host went on with it meanwhile cannot be told, and nothing is copied until etcd answers".to_owned()
                ]);
            }
        }
        crate::cli::note(lock::alone(&cluster, &asked.clock, chosen.break_glass.is_some()).filter(|_| found.plan.lock).as_slice());
        Runner::own(wanted, &cluster, &found.plan).map_err(|why| Failure::unexpected(why.to_string()))
    })?;
    let events = Events::later(&found.folder);
    let begun = go_on(&asked.state, &asked.clock, found, &chosen, &runner).map_err(refused)?;
    watch(asked, begun, events, context)
}

/// Of a run that another host left open, where it goes on.
fn on_another_host(asked: &Asked<'_>, name: &str, context: &Context<'_>) -> Option<Failure> {
    let clusters = asked.clusters(context);
    let known = context.runtime.block_on(locks::everywhere(&asked.state, &clusters, &asked.clock)).ok()?;
    let open = known.into_iter().filter_map(|known| known.open).find(|open| name.len() >= 4 && open.run.ends_with(&name.to_ascii_uppercase()))?;
    let (run, host) = (&open.run, &open.process.host);
    Some(Failure::Refused {
        what: format!("run {run} cannot go on here, where its plan and its journal are not: {}", elsewhere(&open)),
        hint: format!(
            "on {host}: opsctl run resume {run} --write; if that host is gone for good, look what the run did and then \
             `opsctl run unlock CLUSTER --reason WHY --across`; `mirror = true` in [team] copies later runs to where this host finds them; nothing was sent"
        ),
    })
}

/// What a person says became of steps that nobody can ask about: by step, whether it was applied.
fn said(asked: &Asked<'_>) -> Result<BTreeMap<String, bool>, Failure> {
    let mut said = BTreeMap::new();
    for (flag, applied) in [("applied", true), ("absent", false)] {
        for step in asked.matches.get_many::<String>(flag).into_iter().flatten() {
            if said.insert(step.clone(), applied).is_some_and(|before| before != applied) {
                return Err(Failure::usage(format!("step '{step}' cannot be both applied and absent"), "say one of them"));
            }
        }
    }
    Ok(said)
}

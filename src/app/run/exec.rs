//! The process of a run: a session of its own, the lock of the cluster, the run, and what is kept of it for the plans and the audit that come.
//!
//! It must never need the terminal or the process that started it: both may be gone.

use super::actor::actor;
use super::found::Found;
use super::signals::heard;
use super::{result, words};
use crate::config::state::State;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::chain;
use crate::engine::control::{Order, Ordered, give};
use crate::engine::ending::Ending;
use crate::engine::entry::Entry;
use crate::engine::folder::RunFolder;
use crate::engine::history;
use crate::engine::lock::Lock;
use crate::engine::plan::Actor;
use crate::engine::take::{self, ExecError};
use crate::engine::{Plan, World};
use crate::model::Clock;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Leaves the session of whoever started it: a logout is not for it. One that leads a group already, started by hand, stays where it is.
pub fn apart() {
    let _leads_already = rustix::process::setsid();
}

/// Carries out the run in `folder` under `lock`.
///
/// # Errors
/// Nobody agreed to it, somebody else has it, or the disk fails.
pub async fn exec(state: &State, folder: &RunFolder, world: &World<'_>, lock: &dyn Lock) -> Result<Ending, ExecError> {
    let plan = folder.plan()?;
    // listened to before anything is done: one that comes early must not end the process
    let signals = (signal(SignalKind::terminate()).ok(), signal(SignalKind::hangup()).ok());
    let work = Box::pin(take::exec(folder, world, lock, &take::nothing_between));
    let ending = tokio::select! {
        ending = work => ending,
        never = told_to_end(signals, folder, &plan, &world.clock) => match never {},
    };
    keep(state, folder, &plan, &world.clock, &ending);
    ending
}

/// What is told to end by the operating system pauses, or rolls back, as its runbook says; a terminal that goes away is nothing to it.
async fn told_to_end(signals: (Option<Signal>, Option<Signal>), folder: &RunFolder, plan: &Plan, clock: &Clock) -> std::convert::Infallible {
    let (mut terminate, mut hang_up) = signals;
    loop {
        tokio::select! {
            () = heard(&mut terminate) => {
                let ordered = Ordered { at: clock.now().wall, by: by_signal(), order: Order::Cancel { then: plan.on_cancel } };
                if let Err(error) = give(&folder.control(), folder.file_mode(), &ordered) {
                    tracing::error!(%error, "the signal to end was heard and cannot be obeyed");
                }
            }
            () = heard(&mut hang_up) => {}
        }
    }
}

/// Who sent a signal is not told.
fn by_signal() -> Actor {
    Actor { name: format!("a signal to process {}", std::process::id()), via: "signal".to_owned(), ..actor() }
}

/// Keeps what later plans and people ask for; the run itself is over.
fn keep(state: &State, folder: &RunFolder, plan: &Plan, clock: &Clock, ending: &Result<Ending, ExecError>) {
    if matches!(ending, Ok(Ending::Done))
        && let Ok(chained) = chain::read::<Entry>(&folder.journal())
        && let Some(durations) = history::durations(&chained.records)
        && let Err(error) = history::add(&history_path(state), state.lock_mode(), &durations)
    {
        tracing::warn!(%error, "how long the run took is not kept");
    }
    match Found::look(state, &folder.id) {
        Ok(found) => result::keep(&found, clock),
        Err(error) => tracing::warn!(%error, "the result of the run is not kept"),
    }
    let (what, text) = match ending {
        Ok(ending) => (What::Ended, format!("run {} of {}: {}", folder.id, plan.runbook.name, words::ending(*ending))),
        Err(error) => (What::Refused, format!("run {} of {}: {error}", folder.id, plan.runbook.name)),
    };
    // whoever agreed to it: the environment of this process says nothing of who stands behind root
    let by = folder.last_consent().ok().flatten().map_or_else(actor, |(_, consent)| consent.by);
    let act = Act { what, by, cluster: Some(plan.cluster.clone()), run: Some(folder.id.to_string()), text };
    if let Err(error) = Audit::new(state.clone()).add(clock.now(), &act) {
        // the journal has it all; the chain says by itself that something is missing
        tracing::error!(%error, "the end of the run is not in the audit");
    }
}

/// Where durations of past runs are kept.
#[must_use]
pub fn history_path(state: &State) -> std::path::PathBuf {
    state.path.join("history.jsonl")
}

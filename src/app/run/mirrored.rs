//! Runs of other hosts, by what is copied of them to the etcd of their cluster: their folders are made here, and folders of this host are brought level where
//! another host went on with the run.
//!
//! It must never take a copy that cannot be read for one that says nothing: whoever asked is told.

use super::found::Found;
use crate::config::ClusterSpec;
use crate::config::state::State;
use crate::engine::RunId;
use crate::engine::chain::ChainError;
use crate::engine::file_lock::FileLock;
use crate::engine::folder::RunFolder;
use crate::engine::journal::JournalError;
use crate::engine::lock::{Holder, Lock};
use crate::engine::mirror::{Mirror, Shelved};
use crate::engine::plan::Actor;
use crate::engine::process::Process;
use crate::engine::rebuild::{Level, RebuildError, level, rebuild};
use crate::model::Clock;
use crate::systems::registry;
use std::sync::Arc;

/// Brings what this host knows of the runs of `clusters` to what is copied of them; of all of them, or of those whose name ends with `which`. What a person has
/// to hear of it.
pub async fn bring(state: &State, clusters: &[Arc<ClusterSpec>], clock: &Clock, by: &Actor, which: Option<&str>) -> Vec<String> {
    let mut notes = Vec::new();
    for cluster in clusters.iter().filter(|cluster| cluster.mirror) {
        let Some(lock) = registry::lock(cluster, clock) else {
            notes.push(format!("runs of {} are copied nowhere: no etcd is configured for it", cluster.name));
            continue;
        };
        let Some(mirror) = lock.mirror() else { continue };
        match mirror.runs().await {
            Ok(runs) => {
                for shelved in runs.into_iter().filter(|shelved| which.is_none_or(|which| shelved.run.ends_with(&which.to_ascii_uppercase()))) {
                    notes.extend(one(state, clock, by, mirror, &shelved).await);
                }
            }
            Err(error) => notes.push(format!("whether other hosts have runs of {} cannot be told: {error}", cluster.name)),
        }
    }
    notes
}

/// One run; what has to be told of it.
async fn one(state: &State, clock: &Clock, by: &Actor, mirror: &dyn Mirror, shelved: &Shelved) -> Option<String> {
    let run = &shelved.run;
    let Ok(id) = RunId::try_from(run.clone()) else { return Some(format!("{run:?} in etcd is no name of a run, and is left alone")) };
    let found = Found::look(state, &id).ok();
    // nothing can follow an end that this host knows of, and nothing is added before what it has
    let known = |found: &Found| found.state().ended() && std::fs::metadata(found.folder.journal()).is_ok_and(|about| about.len() > shelved.last);
    if found.as_ref().is_some_and(known) {
        return None;
    }
    let failed = |error: &RebuildError| match error {
        RebuildError::Journal(JournalError::Chain(ChainError::Held { .. })) => {
            format!(
                "another host went on with run {run}, while a process of this host is still there that had it before: what that one does counts for nothing"
            )
        }
        error => format!("the copy of run {run} in etcd is not taken over: {error}"),
    };
    let files = match mirror.files(run).await {
        Ok(files) => files,
        Err(error) => return Some(format!("the copy of run {run} in etcd cannot be read: {error}")),
    };
    match RunFolder::open(state, &id) {
        Err(_) => rebuild(state, &id, &files).err().map(|error| failed(&error)),
        Ok(folder) => match level(&folder, &files) {
            Ok(Level::Same | Level::Grown) => None,
            Ok(Level::Taken { by: who, aside }) => {
                let own = aside.map(|aside| format!("; what this host wrote meanwhile counts for nothing, and is in {}", aside.display()));
                let open = forget(state, clock, by, &id).await;
                Some(format!("run {run} was taken over by {who}{}{}", own.unwrap_or_default(), open.unwrap_or_default()))
            }
            Err(error) => Some(failed(&error)),
        },
    }
}

/// Forgets that a run is open on this host, which another host has ended since.
async fn forget(state: &State, clock: &Clock, by: &Actor, id: &RunId) -> Option<String> {
    let found = Found::look(state, id).ok().filter(|found| found.state().ended())?;
    let (lock, cluster) = (FileLock::new(state.clone()), &found.plan.cluster);
    lock.open_run(cluster).ok().flatten().filter(|open| open.run == id.as_str())?;
    let me = Holder {
        run: id.to_string(),
        runbook: found.plan.runbook.name.clone(),
        process: Process::own(),
        by: by.clone(),
        since: clock.now().wall,
        folder: None,
    };
    let closed = match lock.take(cluster, &me, 0).await {
        Ok(held) => held.close().await,
        Err(error) => Err(error),
    };
    closed.err().map(|error| format!("; this host still says that it is open: {error}"))
}

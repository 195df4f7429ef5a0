//! Who has which cluster, wherever that is kept; and taking away what a run that nobody goes on with left behind: the word that it is open. A lock that a
//! living process holds cannot be taken from it.

use super::actor::actor;
use super::found::Found;
use super::start::{StartError, elsewhere};
use crate::config::ClusterSpec;
use crate::config::state::{self, State};
use crate::engine::RunId;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::file_lock::FileLock;
use crate::engine::lock::{Held, Holder, Known, Lock, LockError};
use crate::engine::plan::Actor;
use crate::engine::process::Process;
use crate::model::Clock;
use crate::systems::registry;
use futures_util::future::join_all;
use std::sync::Arc;

/// What this host and the stores of `clusters` say. A store that does not answer is told as one, and is not taken for one where nobody is.
///
/// # Errors
/// The folder of this host cannot be read.
pub async fn everywhere(state: &State, clusters: &[Arc<ClusterSpec>], clock: &Clock) -> Result<Vec<Known>, LockError> {
    let shared = clusters.iter().filter_map(|cluster| Some((cluster, registry::lock(cluster, clock)?)));
    let asked = shared.map(async |(cluster, lock)| {
        lock.look(&cluster.name).await.unwrap_or_else(|error| {
            let trouble = Some(error.to_string());
            vec![Known { cluster: cluster.name.clone(), place: "etcd", holder: None, open: None, trouble }]
        })
    });
    let mut known: Vec<Known> = join_all(asked).await.concat();
    known.extend(FileLock::new(state.clone()).known()?);
    known.sort_by(|one, other| (&one.cluster, one.place).cmp(&(&other.cluster, other.place)));
    Ok(known)
}

/// What has to be heard first who looks at `clusters` from this host: runs that are not ended, and that nobody is at work on; and where that cannot be told.
#[must_use]
pub fn left_open(clusters: &[Arc<ClusterSpec>]) -> Vec<String> {
    state::standard().map_or_else(Vec::new, |state| left_open_on(clusters, FileLock::new(state).known()))
}

fn left_open_on(clusters: &[Arc<ClusterSpec>], known: Result<Vec<Known>, LockError>) -> Vec<String> {
    let known = match known {
        Ok(known) => known,
        Err(error) => return vec![format!("whether a run was left open here cannot be told: {error}; `opsctl run locks` looks again")],
    };
    let wanted = |known: &Known| known.holder.is_none() && clusters.iter().any(|cluster| cluster.name == known.cluster);
    let told = known.into_iter().filter(wanted).filter_map(|known| {
        let cluster = &known.cluster;
        if let Some(trouble) = &known.trouble {
            return Some(format!("whether a run was left open on {cluster} cannot be told: {trouble}; `opsctl run locks` tells what lies there"));
        }
        let open = known.open?;
        let run = &open.run;
        Some(format!(
            "a run was left open on {cluster}, and nobody is at work on it: {open}; `opsctl run show {run}` tells what it may hold and how it ends"
        ))
    });
    told.collect()
}

/// Who left a run open that is forgotten now.
#[derive(Debug)]
pub struct Forgotten {
    pub open: Holder,
    /// The run had ended, and only that was not heard of.
    pub ended: bool,
    /// Why nobody could tell what it may still hold.
    pub unread: Option<String>,
}

/// Forgets the run that is left open on `cluster`, for `reason`, and gives who left it. One that cannot be read is forgotten only `across` that: whether it
/// holds clients is what somebody has to have looked at.
///
/// # Errors
/// Somebody is at work there, nobody left one, it may still hold clients, or nobody can tell whether it does.
pub async fn unlock(state: &State, clock: &Clock, lock: &dyn Lock, cluster: &str, reason: &str, across: bool) -> Result<Forgotten, StartError> {
    let refused = |what: String, hint: String| StartError::Refused { what, hint };
    let unknown = |error: LockError| match error {
        LockError::Held(holder) => StartError::Locked {
            what: format!("{cluster} is locked by {}, and is at work", holder.told(clock.now().wall)),
            hint: format!("`opsctl run cancel {0}` ends it, `opsctl run cancel {0} --stage 3` kills its process", holder.run),
        },
        LockError::NoStore(why) => StartError::no_store(cluster, &why),
        LockError::NoEntry(why) => StartError::no_entry(cluster, &why),
        error => refused(error.to_string(), "nothing was changed".to_owned()),
    };
    let known = lock.look(cluster).await.map_err(unknown)?;
    if let Some(trouble) = known.iter().find_map(|known| known.trouble.clone()) {
        return Err(unknown(LockError::Unknown(trouble)));
    }
    let open = known.into_iter().find_map(|known| known.open);
    let open = open.ok_or_else(|| refused(format!("no run is open on {cluster}"), "`opsctl run locks` lists who has what".to_owned()))?;
    let by = actor();
    let me = Holder {
        run: "unlock".to_owned(),
        runbook: "unlock".to_owned(),
        process: Process::own(),
        by: by.clone(),
        since: clock.now().wall,
        folder: None,
    };
    // whoever has it is at work, and nothing is taken from him
    let held = lock.take(cluster, &me, 0).await.map_err(unknown)?;
    let forgotten = forget(state, clock, held.as_ref(), (cluster, open), Why { reason, across, by }).await;
    held.give_back().await;
    forgotten
}

/// Why it is forgotten, and by whom.
struct Why<'a> {
    reason: &'a str,
    across: bool,
    by: Actor,
}

async fn forget(state: &State, clock: &Clock, held: &dyn Held, (cluster, open): (&str, Holder), why: Why<'_>) -> Result<Forgotten, StartError> {
    let found = RunId::try_from(open.run.clone()).map_err(|error| error.to_string());
    let found = found.and_then(|id| Found::look(state, &id).map_err(|error| error.to_string()));
    let (ended, unread) = match &found {
        Ok(found) if found.is_over() => (true, None),
        Ok(found) if found.owes().is_empty() => (false, None),
        Ok(found) => {
            return Err(StartError::Refused {
                what: format!("run {} may still hold {}: unlocked, nobody would free it", open.run, found.owes().join(", ")),
                hint: format!("`opsctl run abandon {} --reason WHY --write` frees it and ends the run", open.run),
            });
        }
        Err(error) if why.across => (false, Some(unreadable(state, &open, error))),
        Err(error) => {
            let ends = format!("where that can be read, `opsctl run abandon {} --reason WHY --write` frees it and ends the run", open.run);
            return Err(StartError::Refused {
                what: format!("whether run {} still holds clients cannot be told: {}", open.run, unreadable(state, &open, error)),
                hint: format!(
                    "{ends}; otherwise look at every pooler for a pool that is paused, and at what else its runbook changes; then --across forgets it"
                ),
            });
        }
    };
    let blind = if unread.is_some() { ", and nobody could read what it may hold" } else { "" };
    let text = format!("left by {open}{blind}: {}", why.reason);
    let act = Act { what: What::LockTaken, by: why.by, cluster: Some(cluster.to_owned()), run: Some(open.run.clone()), text };
    Audit::new(state.clone()).add(clock.now(), &act)?;
    held.close()
        .await
        .map_err(|error| StartError::Refused { what: error.to_string(), hint: "it may be open as before: `opsctl run locks` tells".to_owned() })?;
    Ok(Forgotten { open, ended, unread })
}

/// Why a run that is left open cannot be read: it is elsewhere, or it is damaged.
fn unreadable(state: &State, open: &Holder, error: &str) -> String {
    if state.runs().join(&open.run).exists() { error.to_owned() } else { elsewhere(open) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_may_be_a_run_that_was_left_open_and_is_told() {
        let root = tempfile::tempdir().expect("a folder");
        let state = State { path: root.path().to_owned(), shared: false };
        let lock = FileLock::new(state.clone());
        let clusters = [Arc::new(ClusterSpec::named("orders", "a test"))];
        let told = || left_open_on(&clusters, lock.known());
        assert_eq!(told(), Vec::<String>::new());
        let folder = root.path().join("locks");
        std::fs::create_dir_all(&folder).expect("made");
        std::fs::write(folder.join("orders.open-run.json"), "{").expect("written");
        // another cluster is somebody else's to look at
        std::fs::write(folder.join("billing.open-run.json"), "{").expect("written");
        let damaged = told();
        assert!(damaged.len() == 1 && damaged[0].contains("left open on orders cannot be told"), "{damaged:?}");
        std::fs::remove_dir_all(&folder).expect("removed");
        std::fs::write(&folder, "").expect("written");
        let unread = told();
        assert!(unread.len() == 1 && unread[0].contains("left open here cannot be told"), "{unread:?}");
    }
}

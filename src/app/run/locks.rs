//! Who has which cluster, wherever that is kept; and taking away what a run that nobody goes on with left behind: the word that it is open. A lock that a
//! living process holds cannot be taken from it.

use super::actor::actor;
use super::found::Found;
use super::start::StartError;
use crate::config::ClusterSpec;
use crate::config::state::{self, State};
use crate::engine::RunId;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::file_lock::FileLock;
use crate::engine::lock::{Holder, Known, Lock, LockError};
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

/// Forgets the run that is left open on `cluster`, for `reason`, and gives who left it.
///
/// # Errors
/// Somebody is at work there, nobody left one, or it may still hold clients.
pub async fn unlock(state: &State, clock: &Clock, lock: &dyn Lock, cluster: &str, reason: &str) -> Result<Holder, StartError> {
    let refused = |what: String, hint: String| StartError::Refused { what, hint };
    let unknown = |error: LockError| match error {
        LockError::Held(holder) => StartError::Locked {
            what: format!("{cluster} is locked by {}, and is at work", holder.told(clock.now().wall)),
            hint: format!("`opsctl run cancel {0}` ends it, `opsctl run cancel {0} --stage 3` kills its process", holder.run),
        },
        LockError::NoStore(why) => StartError::no_store(cluster, &why),
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
    let found = RunId::try_from(open.run.clone()).ok().and_then(|id| Found::look(state, &id).ok());
    let owes = found.as_ref().map(Found::owes).unwrap_or_default();
    let unlocked = if owes.is_empty() {
        let act = Act {
            what: What::LockTaken,
            by,
            cluster: Some(cluster.to_owned()),
            run: Some(open.run.clone()),
            text: format!("left by {open}: {reason}"),
        };
        match Audit::new(state.clone()).add(clock.now(), &act) {
            Ok(_) => held.close().await.map_err(unknown),
            Err(error) => Err(error.into()),
        }
    } else {
        Err(refused(
            format!("run {} may still hold {}: unlocked, nobody would free it", open.run, owes.join(", ")),
            format!("`opsctl run abandon {} --reason WHY` frees it and ends the run", open.run),
        ))
    };
    held.give_back().await;
    unlocked.map(|()| open)
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

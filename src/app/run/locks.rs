//! Taking away what a run that nobody goes on with left behind: the word that it is open. A lock that a living process holds cannot be taken from it.

use super::actor::actor;
use super::found::Found;
use super::start::StartError;
use crate::config::state::State;
use crate::engine::RunId;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::file_lock::FileLock;
use crate::engine::lock::{Holder, Lock, LockError};
use crate::engine::process::Process;
use crate::model::Clock;

/// Forgets the run that is left open on `cluster`, for `reason`, and gives who left it.
///
/// # Errors
/// Somebody is at work there, nobody left one, or it may still hold clients.
pub async fn unlock(state: &State, clock: &Clock, cluster: &str, reason: &str) -> Result<Holder, StartError> {
    let refused = |what: String, hint: String| StartError::Refused { what, hint };
    let unknown = |error: LockError| match error {
        LockError::Held(holder) => StartError::Locked {
            what: format!("{cluster} is locked by {holder}, and is at work"),
            hint: format!("`opsctl run cancel {0}` ends it, `opsctl run cancel {0} --stage 3` kills its process", holder.run),
        },
        error => refused(error.to_string(), "nothing was changed".to_owned()),
    };
    let lock = FileLock::new(state.clone());
    let open = lock.open_run(cluster).await.map_err(unknown)?;
    let open = open.ok_or_else(|| refused(format!("no run is open on {cluster}"), "`opsctl run locks` lists who has what".to_owned()))?;
    let by = actor();
    let me = Holder { run: "unlock".to_owned(), runbook: "unlock".to_owned(), process: Process::own(), by: by.clone(), since: clock.now().wall };
    // whoever has it is at work, and nothing is taken from him
    let held = lock.take(cluster, &me, 0).await.map_err(unknown)?;
    let found = RunId::try_from(open.run.clone()).ok().and_then(|id| Found::look(state, &id).ok());
    if let Some(found) = found {
        let owes = found.owes();
        if !owes.is_empty() {
            return Err(refused(
                format!("run {} may still hold {}: unlocked, nobody would free it", open.run, owes.join(", ")),
                format!("`opsctl run abandon {} --reason WHY` frees it and ends the run", open.run),
            ));
        }
    }
    let act =
        Act { what: What::LockTaken, by, cluster: Some(cluster.to_owned()), run: Some(open.run.clone()), text: format!("left by {open}: {reason}") };
    Audit::new(state.clone()).add(clock.now(), &act)?;
    held.close().await.map_err(unknown)?;
    Ok(open)
}

//! Confirming a plan: who has the cluster is looked at, the folder of the run is made, what was agreed to is written down and audited, and then a process of its
//! own is started. Nothing of the platform is touched here.
//!
//! It must never start a process for a plan that nobody agreed to, nor go on when the audit cannot be written.

use super::actor::actor;
use super::found::{Found, Life};
use super::runner::Runner;
use crate::config::state::State;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::chain::ChainError;
use crate::engine::consent::{Consent, Said};
use crate::engine::control;
use crate::engine::folder::{FolderError, RunFolder};
use crate::engine::lock::{Holder, Lock, LockError};
use crate::engine::plan::Actor;
use crate::engine::states::{Choice, RunState};
use crate::engine::{Plan, RunId};
use crate::model::Clock;
use crate::transport::child::{ChildError, Running};
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

/// Why a run does not begin, or does not go on. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{what}")]
    Refused { what: String, hint: String },
    #[error("{what}")]
    Locked { what: String, hint: String },
    /// The lock that everybody shares cannot be asked for.
    #[error("{what}")]
    NoStore { what: String, hint: String },
    #[error("{what}")]
    Approval { what: String, hint: String },
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("what was confirmed cannot be written down, so nothing is begun: {0}")]
    Audit(#[from] ChainError),
    #[error(transparent)]
    Child(#[from] ChildError),
    #[error("cannot {what}: {why}")]
    Io { what: String, why: io::Error },
}

impl StartError {
    /// The lock of `cluster` that everybody shares cannot be asked for.
    #[must_use]
    pub fn no_store(cluster: &str, why: &str) -> StartError {
        StartError::NoStore {
            what: format!("whether a colleague is changing {cluster} cannot be told, because its etcd keeps the lock: {why}"),
            hint: "nothing was sent; where it cannot wait for etcd, on the command line --break-glass \"WHY\" takes the lock of this host alone"
                .to_owned(),
        }
    }

    /// What is wrong, and what to try.
    #[must_use]
    pub fn told(self) -> (String, String) {
        match self {
            StartError::Refused { what, hint }
            | StartError::Locked { what, hint }
            | StartError::NoStore { what, hint }
            | StartError::Approval { what, hint } => (what, hint),
            StartError::Folder(_) | StartError::Audit(_) | StartError::Child(_) | StartError::Io { .. } => {
                (self.to_string(), "nothing was sent; look at the state folder: a full disk, a folder that may not be written".to_owned())
            }
        }
    }

    /// The lock of `cluster` that everybody shares may be had by others, and not by us.
    #[must_use]
    pub fn no_entry(cluster: &str, why: &str) -> StartError {
        StartError::NoStore {
            what: format!(
                "whether a colleague is changing {cluster} cannot be told, because its etcd, which may be whole, does not let us in: {why}"
            ),
            hint: NO_ENTRY.to_owned(),
        }
    }
}

/// What to try where the password of etcd is not to be had, or is wrong.
const NO_ENTRY: &str = "nothing was sent; mend the `password` of its endpoints; `opsctl run locks` asks it again";

/// What a person agreed to beside the plan.
#[derive(Clone, Debug, Default)]
pub struct Agreed {
    /// What was typed.
    pub phrase: Option<String>,
    /// The reason for which the lock of the team is not asked for.
    pub break_glass: Option<String>,
}

/// How a person lets a run go on.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub choice: Choice,
    pub reason: Option<String>,
    /// Across the point of no return, or away from what cannot be freed.
    pub across: bool,
    /// What became of steps that nobody can ask about.
    pub said: BTreeMap<String, Said>,
    pub phrase: Option<String>,
    /// The reason for which the lock of the team is not asked for.
    pub break_glass: Option<String>,
}

/// A run whose process was started.
#[derive(Debug)]
pub struct Begun {
    pub folder: RunFolder,
    pub running: Running,
    /// What the process prints.
    pub log: PathBuf,
}

/// Who keeps anybody from changing the cluster of `plan`: somebody at work, or a run that is left open.
///
/// # Errors
/// What lies there cannot be read: it is not taken for free.
pub async fn in_the_way(state: &State, clock: &Clock, lock: &dyn Lock, cluster: &str) -> Result<Option<StartError>, StartError> {
    let unknown = |error: LockError| StartError::Refused {
        what: format!("it cannot be told whether somebody else is changing {cluster}: {error}"),
        hint: "look at what is named; nothing was sent".to_owned(),
    };
    let known = match lock.look(cluster).await {
        Ok(known) => known,
        Err(LockError::NoStore(why)) => return Ok(Some(StartError::no_store(cluster, &why))),
        Err(LockError::NoEntry(why)) => return Ok(Some(StartError::no_entry(cluster, &why))),
        Err(error) => return Err(unknown(error)),
    };
    if let Some(trouble) = known.iter().find_map(|known| known.trouble.clone()) {
        return Err(unknown(LockError::Unknown(trouble)));
    }
    if let Some(holder) = known.iter().find_map(|known| known.holder.as_ref()) {
        return Ok(Some(StartError::Locked {
            what: format!("{cluster} is locked by {}", holder.told(clock.now().wall)),
            hint: format!("{1}`opsctl run attach {0}` watches it, `opsctl run cancel {0}` ends it", holder.run, there(holder)),
        }));
    }
    Ok(known.iter().find_map(|known| known.open.as_ref()).map(|open| left_open(state, cluster, open)))
}

/// Where a command about the run of `holder` has to be typed, if not here.
fn there(holder: &Holder) -> String {
    if holder.process.runs().is_none() { format!("on {}: ", holder.process.host) } else { String::new() }
}

/// Where a run goes on whose folder is not here.
#[must_use]
pub fn elsewhere(open: &Holder) -> String {
    let host = &open.process.host;
    match &open.folder {
        Some(folder) if open.process.runs().is_none() => format!("its folder is on {host}, in {folder}"),
        Some(folder) if std::path::Path::new(folder).exists() => format!("its folder is {folder}, in another state folder than yours"),
        Some(folder) => format!("its folder {folder} is gone, or cannot be read"),
        None => format!("its folder is on {host}, or is gone"),
    }
}

/// The first thing that anybody hears who wants to change a cluster on which a run is not ended.
fn left_open(state: &State, cluster: &str, open: &Holder) -> StartError {
    let run = &open.run;
    let found = RunId::try_from(run.clone()).ok().and_then(|id| Found::look(state, &id).ok());
    let (how, owes) = match &found {
        Some(found) if found.life() == Life::Runs => ("and its process is at work".to_owned(), Vec::new()),
        Some(found) if found.life() == Life::Elsewhere => {
            (format!("last heard of as {} on {}", super::words::state(found.state()), open.process.host), found.owes())
        }
        Some(found) => (format!("which is {}", super::words::state(found.state())), found.owes()),
        None => (elsewhere(open), Vec::new()),
    };
    let held = if owes.is_empty() { String::new() } else { format!("; it may still hold {}", owes.join(", ")) };
    let there = if found.is_none() { there(open) } else { String::new() };
    let write = if held.is_empty() { "" } else { " --write" };
    let ends = match &found {
        // who keeps the lock did not hear of its end
        Some(found) if found.is_over() => format!("it is ended, and nobody is at work on it: {}", unlocks(cluster)),
        _ => format!("`opsctl run resume {run}`, `opsctl run rollback {run}` or `opsctl run abandon {run} --reason WHY{write}` ends it"),
    };
    StartError::Locked {
        what: format!("a run is open on {cluster}: {run} of {}, begun by {} at {}, {how}{held}", open.runbook, open.by.name, open.since),
        hint: format!("{there}`opsctl run show {run}` tells where it stands; {ends}"),
    }
}

/// What ends that a run is said to be open which is not.
fn unlocks(cluster: &str) -> String {
    format!("`opsctl run unlock {cluster} --reason WHY` lets others begin")
}

/// Confirms `plan` and starts its run.
///
/// # Errors
/// Why it does not begin; nothing was sent.
pub async fn start(state: &State, clock: &Clock, lock: &dyn Lock, plan: &Plan, agreed: &Agreed, runner: &Runner) -> Result<Begun, StartError> {
    if let Some(phrase) = plan.phrase.as_ref().filter(|phrase| agreed.phrase.as_ref() != Some(phrase)) {
        return Err(StartError::Refused {
            what: format!("'{phrase}' has to be typed to confirm it, and was not"),
            hint: "nothing was sent".to_owned(),
        });
    }
    if plan.approvals > 0 {
        return Err(StartError::Approval {
            what: format!("{} more {} to approve it", plan.approvals, if plan.approvals == 1 { "person has" } else { "people have" }),
            hint: "nothing was sent; approvals cannot be given yet: change `approvals` in a runbook of your own".to_owned(),
        });
    }
    if plan.lock
        && let Some(error) = in_the_way(state, clock, lock, &plan.cluster).await?
    {
        return Err(error);
    }
    let now = clock.now();
    let id = RunId::new(now.wall).map_err(|why| StartError::Io { what: "make a name for the run".to_owned(), why })?;
    let folder = RunFolder::create(state, &id, plan)?;
    let by = actor();
    let consent = Consent {
        plan_sha256: plan.sha256(),
        phrase: agreed.phrase.clone(),
        by: by.clone(),
        at: now.wall,
        choice: None,
        reason: None,
        across: false,
        said: BTreeMap::new(),
        break_glass: agreed.break_glass.clone(),
        control_from: 0,
    };
    folder.consent(&consent)?;
    let text = format!("run {} of {}, plan {}", id, plan.runbook.name, short(&consent.plan_sha256));
    write_down(state, clock, plan, &id, &by, What::Confirmed, text)?;
    if let Some(reason) = &agreed.break_glass {
        write_down(state, clock, plan, &id, &by, What::BrokeGlass, reason.clone())?;
    }
    process(folder, runner)
}

/// Lets a run go on that paused, or whose process is gone, as a person chose.
///
/// # Errors
/// Somebody is at work on it, nothing follows, or it cannot be written down; nothing was sent.
pub fn go_on(state: &State, clock: &Clock, found: Found, chosen: &Chosen, runner: &Runner) -> Result<Begun, StartError> {
    let (run, id) = (found.standing.board.run, found.folder.id.clone());
    if run.ended() {
        return Err(StartError::Refused {
            what: format!("run {id} is {}, and nothing follows", super::words::state(run)),
            hint: format!("`opsctl run show {id}` tells how it ended; where it is still said to be open, {}", unlocks(&found.plan.cluster)),
        });
    }
    if found.life() == Life::Runs {
        // it may have paused, and be on its way out
        let taken = found.standing.taken.as_ref();
        return Err(StartError::Locked {
            what: format!("process {} is at work on run {id}", taken.map_or(0, |taken| taken.process.pid)),
            hint: format!("`opsctl run attach {id}` watches it, `opsctl run cancel {id}` ends it"),
        });
    }
    let strange = chosen.said.keys().find(|step| !found.plan.steps.iter().any(|known| known.id == **step));
    if let Some(step) = strange {
        return Err(StartError::Refused { what: format!("the run has no step '{step}'"), hint: format!("`opsctl run show {id}` lists its steps") });
    }
    let (by, now) = (actor(), clock.now());
    let before_the_first = run == RunState::Planned && found.standing.opened.is_none();
    let consent = Consent {
        plan_sha256: found.plan.sha256(),
        phrase: chosen.phrase.clone().or_else(|| found.consent.as_ref().and_then(|(_, consent)| consent.phrase.clone())),
        by: by.clone(),
        at: now.wall,
        choice: Some(chosen.choice).filter(|_| !before_the_first),
        reason: chosen.reason.clone(),
        across: chosen.across,
        said: chosen.said.clone(),
        break_glass: chosen.break_glass.clone(),
        control_from: control::length(&found.folder.control()),
    };
    found.folder.consent(&consent)?;
    let why = chosen.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    let text = format!("{} run {id} of {}{why}", super::words::choice(chosen.choice), found.plan.runbook.name);
    write_down(state, clock, &found.plan, &id, &by, What::Confirmed, text)?;
    if let Some(reason) = &chosen.break_glass {
        write_down(state, clock, &found.plan, &id, &by, What::BrokeGlass, reason.clone())?;
    }
    process(found.folder, runner)
}

fn write_down(state: &State, clock: &Clock, plan: &Plan, id: &RunId, by: &Actor, what: What, text: String) -> Result<(), ChainError> {
    let act = Act { what, by: by.clone(), cluster: Some(plan.cluster.clone()), run: Some(id.to_string()), text };
    Audit::new(state.clone()).add(clock.now(), &act).map(|_| ())
}

fn process(folder: RunFolder, runner: &Runner) -> Result<Begun, StartError> {
    let (log, printed) = folder.printed("runner.log")?;
    let running = runner.start(&Runner::exec(&folder.id), &printed)?;
    Ok(Begun { folder, running, log })
}

/// As much of a hash as people compare.
fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

//! Who may change a cluster: one process at a time, and while a run is left open nobody but who goes on with it.
//!
//! The lock dies with its process; the open run does not. It must never be taken for free because it cannot be read. Another host's clock is never compared.

use super::plan::Actor;
use super::process::Process;
use super::work::Task;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who holds a lock, or left a run open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub run: String,
    pub runbook: String,
    pub process: Process,
    pub by: Actor,
    pub since: Timestamp,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { run, runbook, process, by, since } = self;
        write!(f, "{} of {} (process {} on {}), run {run} of {runbook}, since {since}", by.name, by.host, process.pid, process.host)
    }
}

/// Why a lock was not taken, or an open run not looked at.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LockError {
    #[error("locked by {0}")]
    Held(Box<Holder>),
    /// Nobody is at work, and somebody's run is not ended.
    #[error("a run is left open by {0}: it has to be resumed, rolled back or abandoned before another begins")]
    Open(Box<Holder>),
    /// Somebody has it, and it cannot be told who.
    #[error("locked by {0}")]
    HeldBy(String),
    #[error("it cannot be told who has the lock: {0}")]
    Unknown(String),
}

/// Where locks are kept.
pub trait Lock: Send + Sync {
    /// Takes the lock of `cluster` for `holder`, with a token that is newer than `than`.
    fn take<'a>(&'a self, cluster: &'a str, holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>>;

    /// Who left a run open on `cluster`; nobody else may begin one.
    fn open_run<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Option<Holder>, LockError>>;
}

/// A lock that is held as long as this lives.
pub trait Held: Send + Sync + fmt::Debug {
    /// Newer than any before it.
    fn token(&self) -> u64;

    /// Why it is not held any more; `None` while it is.
    fn lost(&self) -> Option<String>;

    /// Says that a run is open; it stays so when this process dies.
    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>>;

    /// Says that no run is open any more.
    fn close(&self) -> Task<'_, Result<(), LockError>>;
}

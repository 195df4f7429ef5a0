//! Who may change a cluster: one process at a time, and while a run is left open nobody but who goes on with it.
//!
//! The lock dies with its process; the open run does not. It must never be taken for free because it cannot be read. Another host's clock is never compared.

use super::mirror::{Copies, Mirror};
use super::plan::Actor;
use super::process::Process;
use super::work::Task;
use crate::config::quantity::time_text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// Who holds a lock, or left a run open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub run: String,
    pub runbook: String,
    pub process: Process,
    pub by: Actor,
    pub since: Timestamp,
    /// Where the folder of the run lies, on the host of its process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

impl Holder {
    /// Who it is, and for how long. The age is for people: it may be another host's clock that wrote the beginning.
    #[must_use]
    pub fn told(&self, now: Timestamp) -> String {
        let age = Duration::try_from(now.duration_since(self.since)).unwrap_or_default();
        format!("{self}, {} ago", time_text(Duration::from_secs(age.as_secs())))
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Holder { run, runbook, process, by, since, folder: _ } = self;
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
    /// The store that keeps it does not answer.
    #[error("the lock that everybody shares cannot be asked for: {0}")]
    NoStore(String),
    /// The store that keeps it may be whole, and our own password is not to be had, or is wrong.
    #[error("the lock that everybody shares cannot be asked for, by our own fault: {0}")]
    NoEntry(String),
    /// It was held, and is not any more.
    #[error("the lock is lost: {0}")]
    Lost(String),
}

impl LockError {
    /// The same, with the age of whoever is in the way.
    #[must_use]
    pub fn told(&self, now: Timestamp) -> String {
        match self {
            LockError::Held(holder) => format!("locked by {}", holder.told(now)),
            error => error.to_string(),
        }
    }
}

/// What one place says of the lock of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub cluster: String,
    /// Who keeps it: `this host`, `etcd`.
    pub place: &'static str,
    /// Who holds the lock, as far as it can be told that he is still there.
    pub holder: Option<Holder>,
    /// Whose run is not ended.
    pub open: Option<Holder>,
    /// What lies there and is not understood.
    pub trouble: Option<String>,
}

/// Until when something may be sent under a lock that has to be renewed: times since the boot of this host, suspend included, as in
/// [`Moment::mono`](crate::model::Moment).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// What changes something leaves before this, or not at all.
    pub effects: Duration,
    /// What is owed leaves before this: later somebody else may have the lock.
    pub owed: Duration,
}

/// Where locks are kept.
pub trait Lock: Send + Sync {
    /// Takes the lock of `cluster` for `holder`, with a token that is newer than `than`.
    fn take<'a>(&'a self, cluster: &'a str, holder: &'a Holder, than: u64) -> Task<'a, Result<Box<dyn Held>, LockError>>;

    /// What each place where it is kept says of `cluster`: who is at work, and who left a run open, so that nobody else may begin one. Takes nothing.
    fn look<'a>(&'a self, cluster: &'a str) -> Task<'a, Result<Vec<Known>, LockError>>;

    /// Where copies of the runs lie that were under it; `None`: nobody wants any.
    fn mirror(&self) -> Option<&dyn Mirror> {
        None
    }
}

/// A lock that is held as long as this lives.
pub trait Held: Send + Sync + fmt::Debug {
    /// Newer than any before it.
    fn token(&self) -> u64;

    /// Why nothing new may be begun under it any more; `None` while it is held.
    fn lost(&self) -> Option<String>;

    /// Until when it is certainly nobody else's; `None`: as long as this process lives.
    fn term(&self) -> Option<Term> {
        None
    }

    /// Says that a run is open; it stays so when this process dies.
    fn leave_open<'a>(&'a self, holder: &'a Holder) -> Task<'a, Result<(), LockError>>;

    /// Says that no run is open any more.
    fn close(&self) -> Task<'_, Result<(), LockError>>;

    /// Where runs under it are copied to; `None`: nobody wants that, or it cannot be.
    fn copies(&self) -> Option<&dyn Copies> {
        None
    }

    /// Lets others have it before this process is gone. One that cannot be given back ends by itself.
    fn give_back(&self) -> Task<'_, ()> {
        Box::pin(async {})
    }
}

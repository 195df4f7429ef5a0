//! Writing to one cluster, allowed for a time: by one person, on one host, until this host boots again at the latest.
//!
//! It is a hand on one's own shoulder, not a right: what a person may change is decided by the credentials of the configuration.

use super::actor::actor;
use crate::config::quantity::time_text;
use crate::config::state::{State, folder_name, write_private};
use crate::engine::audit::{Act, Audit, What};
use crate::engine::chain::ChainError;
use crate::engine::process::Process;
use crate::model::Clock;
use serde::{Deserialize, Serialize};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::Duration;

/// Longest time for which writing is allowed at once, to a person on this host or to one console.
pub const LONGEST: Duration = Duration::from_hours(8);

/// What is kept of it.
#[derive(Serialize, Deserialize)]
struct Allowed {
    /// The boot of the host in which the time counts.
    space: String,
    /// Since that boot, suspend included.
    until_ms: u64,
}

/// Why it is not allowed, or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    #[error("the state folder cannot be written: {0}")]
    Io(#[from] io::Error),
    #[error("it cannot be written down, so it is not allowed: {0}")]
    Audit(#[from] ChainError),
}

fn path(state: &State, cluster: &str) -> PathBuf {
    state.path.join("writing").join(format!("{}@{}.json", folder_name(cluster), folder_name(&actor().name)))
}

/// How long writing to `cluster` is still allowed; `None`: it is not.
#[must_use]
pub fn left(state: &State, clock: &Clock, cluster: &str) -> Option<Duration> {
    let path = path(state, cluster);
    // one that somebody else laid there says nothing about who asks
    let own = std::fs::symlink_metadata(&path).is_ok_and(|about| about.is_file() && about.uid() == rustix::process::geteuid().as_raw());
    let text = own.then(|| std::fs::read(&path).ok()).flatten()?;
    let allowed: Allowed = serde_json::from_slice(&text).ok()?;
    let here = Process::own().space;
    let left = Duration::from_millis(allowed.until_ms).checked_sub(clock.now().mono).filter(|left| !left.is_zero())?;
    (!here.is_empty() && here == allowed.space && left <= LONGEST).then_some(left)
}

/// Allows writing to `cluster` for `time`.
///
/// # Errors
/// It cannot be written down.
pub fn allow(state: &State, clock: &Clock, cluster: &str, time: Duration) -> Result<(), WritingError> {
    let now = clock.now();
    let until_ms = u64::try_from(now.plus(time.min(LONGEST)).mono.as_millis()).unwrap_or(u64::MAX);
    let path = path(state, cluster);
    state.make(&state.path.join("writing"))?;
    let text = serde_json::to_string(&Allowed { space: Process::own().space, until_ms }).map_err(io::Error::other)?;
    write_private(&path, &path.with_extension("part"), &text)?;
    // what cannot be written down is not allowed, and what is not allowed is not written down
    announced(state, clock, cluster, time, HERE).map_err(|error| {
        let _gone = std::fs::remove_file(&path);
        error.into()
    })
}

/// Whom a time counts for: the person on this host, or one console.
const HERE: &str = "to this person on this host";
/// The second of them.
const CONSOLE: &str = "from one console, until it is left";

/// Writes down that writing to `cluster` is allowed from one console for `time`, which it keeps to itself.
///
/// # Errors
/// It cannot be written down: it is not allowed then.
pub fn from_console(state: &State, clock: &Clock, cluster: &str, time: Duration) -> Result<(), ChainError> {
    announced(state, clock, cluster, time, CONSOLE)
}

fn announced(state: &State, clock: &Clock, cluster: &str, time: Duration, whom: &str) -> Result<(), ChainError> {
    audit(state, clock, cluster, format!("writing is allowed for {}, {whom}", time_text(time.min(LONGEST))))
}

/// Takes it back.
///
/// # Errors
/// It cannot be taken back.
pub fn end(state: &State, clock: &Clock, cluster: &str) -> Result<(), WritingError> {
    match std::fs::remove_file(path(state, cluster)) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(why) => Err(why.into()),
        Ok(()) => Ok(audit(state, clock, cluster, "writing is not allowed any more".to_owned())?),
    }
}

fn audit(state: &State, clock: &Clock, cluster: &str, text: String) -> Result<(), ChainError> {
    let act = Act { what: What::Unlocked, by: actor(), cluster: Some(cluster.to_owned()), run: None, text };
    Audit::new(state.clone()).add(clock.now(), &act).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_with_its_time_with_the_boot_and_when_it_is_taken_back() {
        let root = tempfile::tempdir().expect("folder");
        let state = State { path: root.path().to_owned(), shared: false };
        let clock = Clock::real();
        assert_eq!(left(&state, &clock, "orders"), None);
        allow(&state, &clock, "orders", Duration::from_mins(15)).expect("written");
        assert!(left(&state, &clock, "orders").is_some_and(|left| left <= Duration::from_mins(15) && left > Duration::from_mins(14)));
        assert_eq!(left(&state, &clock, "orders2"), None, "another cluster");
        let path = path(&state, "orders");
        let text = std::fs::read_to_string(&path).expect("kept");
        for other in [
            text.replace(&Process::own().space, "another boot"),
            text.replace("\"until_ms\":", "\"until_ms\":1"),
            serde_json::json!({ "space": Process::own().space, "until_ms": 1 }).to_string(),
            "{".to_owned(),
        ] {
            std::fs::write(&path, other).expect("written");
            assert_eq!(left(&state, &clock, "orders"), None);
        }
        // what cannot be written down is not allowed
        let audited = || std::fs::read(Audit::new(state.clone()).path()).unwrap_or_default();
        let before = audited();
        std::fs::create_dir(path.with_extension("part")).expect("in its way");
        assert!(matches!(allow(&state, &clock, "billing", Duration::from_mins(1)), Ok(())));
        assert!(matches!(allow(&state, &clock, "orders", Duration::from_mins(1)), Err(WritingError::Io(_))));
        assert!(!String::from_utf8_lossy(&audited()[before.len()..]).contains("orders"), "what is not allowed is not said to be");
        std::fs::remove_dir(path.with_extension("part")).expect("removed");
        allow(&state, &clock, "orders", Duration::from_hours(99)).expect("written");
        assert!(left(&state, &clock, "orders").is_some_and(|left| left <= LONGEST));
        end(&state, &clock, "orders").expect("taken back");
        end(&state, &clock, "orders").expect("it is not there");
        assert_eq!(left(&state, &clock, "orders"), None);
    }
}

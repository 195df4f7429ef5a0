//! Which lock a run takes: that of this host, and where the etcd of its cluster is configured, the one that everybody shares besides. Only a broken glass
//! leaves the second one out.
//!
//! It must never leave it out because it cannot be asked: that is what a person has to say, with a reason; and where the fault is our own, that he knows it.

use super::start::StartError;
use crate::config::ClusterSpec;
use crate::config::state::State;
use crate::engine::file_lock::FileLock;
use crate::engine::folder::RunFolder;
use crate::engine::lock::{Lock, LockError};
use crate::engine::shared_lock::SharedLock;
use crate::model::Clock;
use crate::systems::registry;

/// As many words as a reason has that somebody can understand next week.
const WORDS: usize = 3;
/// The word that a reason has by which a person says that etcd may be whole, and a colleague at work.
const KNOWN: &str = "password";

/// The lock of `cluster`; that of this host alone where the glass is `broken`.
#[must_use]
pub fn of(state: &State, cluster: &ClusterSpec, clock: &Clock, broken: bool) -> Box<dyn Lock> {
    let host = FileLock::new(state.clone());
    match registry::lock(cluster, clock).filter(|_| !broken) {
        Some(team) => Box::new(SharedLock { host, team }),
        None => Box::new(host),
    }
}

/// The lock for the run in `folder`, as its last consent says.
#[must_use]
pub fn consented(state: &State, folder: &RunFolder, cluster: &ClusterSpec, clock: &Clock) -> Box<dyn Lock> {
    // whoever cannot read the consent does not run it either
    let broken = folder.last_consent().is_ok_and(|consent| consent.is_some_and(|(_, consent)| consent.break_glass.is_some()));
    of(state, cluster, clock, broken)
}

/// That the lock of `cluster` keeps nobody off who works on another host, and why: the glass is `broken`, or there is nothing that both could ask; `None`: it does.
#[must_use]
pub fn alone(cluster: &ClusterSpec, clock: &Clock, broken: bool) -> Option<String> {
    let why = match (broken, registry::lock(cluster, clock)) {
        (true, _) => "the glass is broken",
        (false, None) => "no etcd is configured for it",
        (false, Some(_)) => return None,
    };
    Some(format!("the lock of {} is of this host alone ({why}): colleagues on another one are not kept off", cluster.name))
}

/// Whether the glass may be broken for `reason`: only where the lock that everybody shares cannot be asked for; where it is our own password that is missing or
/// wrong, only by who says so.
///
/// # Errors
/// The reason says nothing, there is no such lock, or it answers.
pub async fn may_break(cluster: &ClusterSpec, clock: &Clock, reason: &str) -> Result<(), StartError> {
    let refused = |what: String, hint: &str| Err(StartError::Refused { what, hint: hint.to_owned() });
    if reason.split_whitespace().count() < WORDS {
        return refused(
            format!("the reason for breaking the glass has to have {WORDS} words at least"),
            "it is kept in the audit, for who asks next week",
        );
    }
    let Some(team) = registry::lock(cluster, clock) else {
        return refused(format!("there is no glass to break: no etcd of {} is configured", cluster.name), "leave out --break-glass");
    };
    match team.look(&cluster.name).await {
        Err(LockError::NoStore(_)) => Ok(()),
        Err(LockError::NoEntry(_)) if reason.to_lowercase().contains(KNOWN) => Ok(()),
        Err(LockError::NoEntry(why)) => refused(
            format!("the etcd of {} may be whole, and a colleague at work: {why}", cluster.name),
            "mend the `password` of its endpoints; where that cannot wait, the reason has to say so: with the word `password` in it",
        ),
        Err(error) => refused(error.to_string(), "leave out --break-glass: etcd answers"),
        Ok(_) => refused(format!("the etcd of {} answers: its lock can be had", cluster.name), "leave out --break-glass"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, Credential, EndpointSpec};
    use crate::model::{EndpointId, Origin, SecretRef, Via};
    use std::sync::Arc;

    /// A cluster whose etcd nobody is at, and for which there may be a password.
    fn cluster(password: Option<&str>) -> ClusterSpec {
        let password = password.map(|path| SecretRef::File(path.to_owned()));
        let mut cluster = ClusterSpec::named("orders", "test");
        cluster.endpoints.push(Arc::new(EndpointSpec {
            id: EndpointId { cluster: "orders".to_owned(), system: "etcd".to_owned(), name: "e1".to_owned() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: password.map(|password| Credential { user: "ops".to_owned(), password: Some(password) }),
            tls: None,
            body: Body::one("url", "http://127.0.0.1:1"),
        }));
        cluster
    }

    #[tokio::test]
    async fn the_glass_is_not_broken_for_a_password_of_our_own_before_somebody_says_that_he_knows() {
        let (clock, gone) = (Clock::real(), "etcd is gone tonight");
        assert!(may_break(&cluster(None), &clock, gone).await.is_ok());
        let missing = cluster(Some("/nonexistent/opsctl-password"));
        match may_break(&missing, &clock, gone).await {
            Err(StartError::Refused { what, hint }) => {
                assert!(what.contains("may be whole") && what.contains("/nonexistent") && hint.contains("`password`"));
            }
            other => panic!("{other:?}"),
        }
        assert!(may_break(&missing, &clock, "the vault with its password is gone").await.is_ok());
    }
}

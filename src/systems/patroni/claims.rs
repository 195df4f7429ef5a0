//! What the snapshot of one member claims, in the words that rules over a whole cluster ask for. Pure; a claim is one witness, not the truth.

use super::own::Follower;
use super::picture::Row;
use super::snapshot::Snapshot;
use super::words::{Phase, Role};
use crate::model::{Gap, Timeline};
use std::time::Duration;

/// Patroni's default, where the configuration of the cluster could not be read.
const LOOP_WAIT: Duration = Duration::from_secs(10);
/// A member looks at its store once a loop; later than this much after the loop it did not get through. Whole seconds on both sides cost one.
const LATE: Duration = Duration::from_secs(2);

/// The first Patroni that says how a replica receives its WAL.
const TELLS_SINCE: (u32, u32, u32) = (3, 0, 4);

/// How a member stands with the store of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// It reached it when it last should have.
    Reached,
    /// It answers itself and cannot read the store, or is late to reach it: lost or slow.
    Doubtful,
    /// It did not reach it for so long that it cannot hold a role by it.
    Lost,
}

impl Snapshot {
    /// `PostgreSQL` runs there and is out of recovery, as Patroni found by asking it. Holding the leader lock is not enough.
    #[must_use]
    pub fn says_writable(&self) -> bool {
        self.own.is_running_primary()
    }

    /// The head of a standby cluster: runs, in recovery.
    #[must_use]
    pub fn says_standby_leader(&self) -> bool {
        self.own.role == Role::StandbyLeader && self.own.state.phase() == Phase::Up
    }

    /// Whether this Patroni would say how a replica receives its WAL. Only a version that is known to be old would not.
    #[must_use]
    pub fn tells_replication(&self) -> bool {
        !older(self.own.version.as_deref())
    }

    /// A running replica that streams. A Patroni that does not tell how is believed that it runs; one that would tell, and does not, streams nothing.
    #[must_use]
    pub fn says_streaming(&self) -> bool {
        let streams = self.own.replication_state.as_deref().map_or(!self.tells_replication(), |state| state == "streaming");
        self.own.role == Role::Replica && self.own.state.phase() == Phase::Up && streams
    }

    /// A running member that takes its WAL from the archive, and is meant to: a standby cluster may live on an archive alone, and so may a replica that
    /// is told to.
    #[must_use]
    pub fn says_archive_as_meant(&self) -> bool {
        let told_to = self.own.role == Role::Replica && self.own.tags.get("nostream") == Some(&serde_json::Value::Bool(true));
        let may = told_to || self.own.role == Role::StandbyLeader;
        may && self.own.state.phase() == Phase::Up && self.own.replication_state.as_deref() == Some("in archive recovery")
    }

    /// Who holds the leader lock, as the store says through this member. `Ok(None)`: nobody.
    ///
    /// # Errors
    /// The gap, where the store could not be read through this member.
    pub fn leader_in_cluster(&self) -> Result<Option<&Row>, Gap> {
        self.cluster.known("GET /cluster").map(super::picture::Picture::holder)?
    }

    #[must_use]
    pub fn timeline(&self) -> Option<Timeline> {
        self.own.timeline
    }

    /// Standbys whose confirmation a commit waits for, as `PostgreSQL` of this member says.
    pub fn sync_followers(&self) -> impl Iterator<Item = &Follower> {
        self.own
            .followers
            .iter()
            .filter(|follower| matches!(follower.sync_state.as_deref(), Some("sync" | "quorum")) && follower.state.as_deref() == Some("streaming"))
    }

    /// How the member stands with its store. `grace` on top of `loop_wait` is how late it may be.
    ///
    /// # Errors
    /// The gap, where the member does not say when it last reached it (Patroni before 2.1), or says a time that is still to come.
    pub fn store(&self, grace: Duration) -> Result<Store, Gap> {
        let configured = self.config.value().and_then(super::dynamic::Dynamic::loop_wait);
        let unread = self.cluster_failures;
        let age = match self.dcs_age() {
            Ok(age) => age,
            Err(gap) => return if unread == 0 { Err(gap) } else { Ok(Store::Doubtful) },
        };
        let wait = configured.unwrap_or(LOOP_WAIT);
        // an unknown loop_wait may be longer than the default: then the silence of the store has to be seen as well
        if age > wait.saturating_add(grace) && (configured.is_some() || unread > 0) {
            return Ok(Store::Lost);
        }
        let silent = unread > 1 || unread == 1 && age > wait.saturating_add(LATE);
        Ok(if silent { Store::Doubtful } else { Store::Reached })
    }
}

fn older(version: Option<&str>) -> bool {
    let Some(version) = version else { return false };
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let mut next = || parts.next().flatten();
    matches!((next(), next(), next()), (Some(major), Some(minor), patch) if (major, minor, patch.unwrap_or(0)) < TELLS_SINCE)
}

#[cfg(test)]
mod tests {
    use super::older;

    #[test]
    fn only_a_version_that_is_known_to_be_old_is_old() {
        for version in ["3.0.3", "2.1.7", "1.6.5"] {
            assert!(older(Some(version)), "{version}");
        }
        for version in [Some("3.0.4"), Some("4.1.5"), Some("5"), Some("next"), None] {
            assert!(!older(version), "{version:?}");
        }
    }
}

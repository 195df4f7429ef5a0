//! Who receives our WAL, and how far we are with the WAL of another.

use crate::model::{Lsn, Timeline};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};

/// One row of `pg_stat_replication`. <https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    /// `application_name`: the member's name under Patroni.
    pub name: Untrusted,
    /// The slot it reads from; `logical` where changes are decoded, such as for Debezium.
    pub slot_name: Option<Untrusted>,
    pub slot_type: Option<Untrusted>,
    pub pid: Option<i32>,
    pub usename: Option<Untrusted>,
    pub client_addr: Option<Untrusted>,
    /// `startup`, `catchup`, `streaming`, `backup`, `stopping`.
    pub state: Option<Untrusted>,
    /// `async`, `potential`, `sync`, `quorum`.
    pub sync_state: Option<Untrusted>,
    pub sync_priority: Option<i64>,
    pub sent_lsn: Option<Lsn>,
    pub flush_lsn: Option<Lsn>,
    pub replay_lsn: Option<Lsn>,
    pub sent_lag_bytes: Option<i64>,
    pub flush_lag_bytes: Option<i64>,
    pub replay_lag_bytes: Option<i64>,
    /// The three as last measured by an answer: they stand still when answers stop, and go away on an idle server.
    pub write_lag_s: Option<f64>,
    pub flush_lag_s: Option<f64>,
    pub replay_lag_s: Option<f64>,
    /// Since the standby said anything.
    pub last_reply_age_s: Option<f64>,
    pub connected_s: Option<f64>,
}

impl Sender {
    /// Whether WAL is replayed there. Base backups, `pg_receivewal` and readers of a logical slot use the same protocol and replay nothing.
    #[must_use]
    pub fn is_standby(&self) -> bool {
        let is = |word: &Option<Untrusted>, what: &str| word.as_ref().is_some_and(|word| word.raw() == what);
        !is(&self.state, "backup") && !is(&self.slot_type, "logical") && self.replay_lag_bytes.is_some()
    }

    #[must_use]
    pub fn is_streaming(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.raw() == "streaming")
    }

    /// Whether commits may wait for it.
    #[must_use]
    pub fn is_sync(&self) -> bool {
        self.sync_state.as_ref().is_some_and(|state| matches!(state.raw(), "sync" | "quorum"))
    }

    /// Seconds that it is behind as far as they can be told: as measured, and at least as long as it has kept silent with WAL before it.
    /// An idle primary has nothing to measure; a standby that has all is 0 behind.
    #[must_use]
    pub fn lag_seconds(&self) -> Option<f64> {
        match (self.replay_lag_bytes, self.replay_lag_s, self.last_reply_age_s) {
            (None, ..) => None,
            (Some(bytes), ..) if bytes <= 0 => Some(0.0),
            (Some(_), Some(measured), Some(silent)) => Some(measured.max(silent)),
            (Some(_), one, other) => one.or(other),
        }
    }
}

/// The answer of `replica_self.sql`. On a primary the positions are left over from its time as a replica.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReplicaSelf {
    pub in_recovery: bool,
    /// `None` when WAL comes from the archive alone.
    pub receive_lsn: Option<Lsn>,
    pub replay_lsn: Option<Lsn>,
    pub apply_lag_bytes: Option<i64>,
    /// An upper bound: the age of the last replayed transaction while there is WAL to replay. Far too much after an idle hour; see [`Delay`].
    pub apply_lag_s: Option<f64>,
    pub replay_paused: Option<bool>,
    pub last_replayed_xact_age_s: Option<f64>,
    /// From the positions that this process saw before.
    #[serde(default)]
    pub delay: Option<Delay>,
}

/// How long ago the WAL was received that is replayed now.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delay {
    pub at_least_s: f64,
    pub at_most_s: Option<f64>,
}

impl Delay {
    /// One figure for people, when the bounds are near enough to each other to have one.
    #[must_use]
    pub fn seconds(self) -> Option<f64> {
        match self.at_most_s {
            Some(most) if most - self.at_least_s <= 2.0 => Some(most),
            _ if self.at_least_s > 0.0 => Some(self.at_least_s),
            _ => None,
        }
    }
}

/// The row of `pg_stat_wal_receiver`; there is none while nothing is received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalReceiver {
    /// `stopped`, `starting`, `streaming`, `waiting`, `restarting`, `stopping`.
    pub status: Option<Untrusted>,
    pub received_tli: Option<Timeline>,
    pub flushed_lsn: Option<Lsn>,
    pub latest_end_lsn: Option<Lsn>,
    pub last_msg_age_s: Option<f64>,
    pub slot_name: Option<Untrusted>,
    pub sender_host: Option<Untrusted>,
    pub sender_port: Option<i64>,
}

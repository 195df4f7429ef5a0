//! Who receives our WAL, and how far we are with the WAL of another.

use crate::model::{Lsn, Timeline};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
    /// When the standby replied last, by its own clock; `None` when it never did. Good for comparing with itself only.
    #[serde(default)]
    pub reply_time: Option<Timestamp>,
    /// For how long this process has seen the same last reply; 0 when there was a new one since the look before. `None` without a look before.
    #[serde(default)]
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

    /// What is known of its last reply, in words that follow its name.
    #[must_use]
    pub fn last_reply(&self) -> String {
        match (self.last_reply_age_s, self.reply_time) {
            (Some(age), _) => Duration::try_from_secs_f64(age).map_or_else(
                |_| "has replied".to_owned(),
                |age| {
                    if age.is_zero() { "replies".to_owned() } else { format!("has not replied for {}", crate::config::quantity::time_text(age)) }
                },
            ),
            (None, Some(at)) => format!("replied last at {at} by its own clock"),
            (None, None) => "has never replied".to_owned(),
        }
    }

    /// Seconds that it is behind as far as they can be told: as measured, and at least as long as it has kept silent with WAL before it.
    /// An idle primary has nothing to measure; a standby that has all is 0 behind. One look tells nothing of its silence, and so no time.
    #[must_use]
    pub fn lag_seconds(&self) -> Option<f64> {
        match (self.replay_lag_bytes, self.replay_lag_s, self.last_reply_age_s) {
            (Some(bytes), ..) if bytes <= 0 => Some(0.0),
            (Some(_), Some(measured), Some(silent)) => Some(measured.max(silent)),
            // a fresh reply alone says that it is there, not how far behind
            (Some(_), None, silent) => silent.filter(|silent| *silent > 0.0),
            // the measure stands still when replies stop, and one look does not tell whether they did
            (None, ..) | (Some(_), Some(_), None) => None,
        }
    }

    /// Seconds that it is behind at the least: as [`Sender::lag_seconds`], and after one look as the last reply measured it.
    #[must_use]
    pub fn lag_at_least(&self) -> Option<f64> {
        self.lag_seconds().or_else(|| self.replay_lag_s.filter(|_| self.replay_lag_bytes.is_some()))
    }
}

/// The last replies that this process saw. How long one stands still is measured by our clock alone: the clocks of two hosts differ, and their difference
/// would read as silence.
#[derive(Clone, Debug, Default)]
pub struct Replies(Vec<((Option<i32>, Untrusted), Timestamp, Duration)>);

impl Replies {
    /// Notes the replies seen at `at` and fills in for how long each has stood still.
    pub fn observe(&mut self, at: Duration, senders: &mut [Sender]) {
        let mut seen = Vec::with_capacity(senders.len());
        for sender in senders {
            let key = (sender.pid, sender.name.clone());
            let known = self.0.iter().find(|(known, ..)| *known == key);
            let since = known.filter(|(_, reply, _)| Some(*reply) == sender.reply_time).map_or(at, |(.., since)| *since);
            sender.last_reply_age_s = known.filter(|_| sender.reply_time.is_some()).map(|_| at.saturating_sub(since).as_secs_f64());
            seen.extend(sender.reply_time.map(|reply| (key, reply, since)));
        }
        self.0 = seen;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_another_host_is_no_silence() {
        let mut replies = Replies::default();
        let mut look = |at: u64, reply: &str| {
            let row = serde_json::json!({"name": "pg2", "pid": 7, "replay_lag_bytes": 4_096, "replay_lag_s": 0.1, "reply_time": reply});
            let mut senders: Vec<Sender> = vec![serde_json::from_value(row).expect("a sender")];
            replies.observe(Duration::from_secs(at), &mut senders);
            (senders[0].last_reply_age_s, senders[0].lag_seconds())
        };
        // hours behind, hours ahead, whatever our wall clock says
        assert_eq!(look(10, "2001-01-01T00:00:00Z"), (None, None), "one look tells nothing of its silence");
        assert_eq!(look(11, "2001-01-01T00:00:01Z"), (Some(0.0), Some(0.1)));
        assert_eq!(look(12, "2099-01-01T00:00:00Z"), (Some(0.0), Some(0.1)));
        for second in 13..80 {
            let silent = Duration::from_secs(second - 12).as_secs_f64();
            assert_eq!(look(second, "2099-01-01T00:00:00Z"), (Some(silent), Some(silent)));
        }
        assert_eq!(look(80, "2099-01-01T00:01:07Z"), (Some(0.0), Some(0.1)));
    }

    #[test]
    fn who_never_replied_has_no_age() {
        let mut replies = Replies::default();
        for at in 1..4 {
            let mut senders: Vec<Sender> = vec![serde_json::from_value(serde_json::json!({"name": "pg2", "pid": 7})).expect("a sender")];
            replies.observe(Duration::from_secs(at), &mut senders);
            assert_eq!((senders[0].last_reply_age_s, senders[0].last_reply()), (None, "has never replied".to_owned()));
        }
    }
}

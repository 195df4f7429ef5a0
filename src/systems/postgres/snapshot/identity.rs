//! Who a server is, what our role may see there, and how its clock stands against ours.

use crate::model::{Lsn, Timeline};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The answer of `identity.sql`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// `150018` is 15.18.
    pub server_version_num: u32,
    /// `pg_is_in_recovery()`: the one witness of who can be written.
    pub in_recovery: bool,
    pub system_identifier: u64,
    /// Of the WAL being written, or being received; `None` on a replica that receives nothing.
    pub timeline: Option<Timeline>,
    /// Where a primary writes; `None` in recovery.
    pub write_lsn: Option<Lsn>,
    pub started_at: Timestamp,
    pub conf_loaded_at: Option<Timestamp>,
    /// `synchronous_standby_names`; empty: commits wait for nobody.
    pub sync_names: Untrusted,
    pub cluster_name: Untrusted,
    /// `clock_timestamp()`.
    pub clock: Option<Timestamp>,
    /// Whom we are logged in as, and what that role may see.
    pub role: Option<Untrusted>,
    pub superuser: Option<bool>,
    pub monitors: Option<bool>,
    pub reads_all_stats: Option<bool>,
    pub reads_all_settings: Option<bool>,
    /// `pg_stat_statements` is found on the search path of this database.
    pub has_statements: Option<bool>,
}

impl Identity {
    /// `15.18`, as people say it.
    #[must_use]
    pub fn version(&self) -> String {
        format!("{}.{}", self.server_version_num / 10_000, self.server_version_num % 10_000)
    }
}

/// How the server's clock stands against ours.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClockReading {
    pub server: Timestamp,
    /// The server's clock minus ours in the middle between question and answer, in seconds.
    pub ahead_seconds: f64,
    /// Half the time between question and answer: the figure above cannot be told more exactly.
    pub uncertainty_seconds: f64,
}

impl ClockReading {
    /// From the server's answer and our two instants around it.
    #[must_use]
    pub fn between(server: Timestamp, asked: Timestamp, answered: Timestamp) -> Self {
        let half = answered.duration_since(asked).as_secs_f64() / 2.0;
        ClockReading { server, ahead_seconds: server.duration_since(asked).as_secs_f64() - half, uncertainty_seconds: half.abs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_round_trip_is_not_skew() {
        let at = |text: &str| text.parse::<Timestamp>().expect("instant");
        let (asked, answered) = (at("2026-11-20T12:00:00Z"), at("2026-11-20T12:00:00.2Z"));
        let same = ClockReading::between(at("2026-11-20T12:00:00.1Z"), asked, answered);
        assert!(same.ahead_seconds.abs() < 1e-9 && (same.uncertainty_seconds - 0.1).abs() < 1e-9, "{same:?}");
        let behind = ClockReading::between(at("2026-11-20T11:59:55.1Z"), asked, answered);
        assert!((behind.ahead_seconds + 5.0).abs() < 1e-9, "{behind:?}");
    }
}

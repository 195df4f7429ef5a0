//! The dynamic configuration of the cluster: `GET /config`. Kept whole but for its secrets, for `show-config` and to see that it changed; what rules need is
//! typed. People put passwords there (`pg_hba`, `primary_conninfo`, a restore command); what keeps them as they are reads them itself.
//!
//! <https://patroni.readthedocs.io/en/latest/dynamic_configuration.html>

use super::strict::StrictMap;
use super::wire::{Flag, body, short};
use crate::text::secretive;
use crate::transport::ProbeError;
use crate::transport::http::Answer;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

/// No cluster waits for longer anywhere; a time beyond it is a slip or a lie, and what follows from it would never be noticed.
const LONGEST_SECONDS: u64 = 3_600;

/// Whether commits wait for a standby.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SyncMode {
    Off,
    On,
    /// Any of several standbys has to confirm (Patroni 4).
    Quorum,
    /// A value this program does not know.
    Other(String),
}

/// The dynamic configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dynamic {
    /// All of it but the secrets that stand in it in the open; keys sorted.
    pub whole: Map<String, Value>,
}

impl Dynamic {
    /// Reads the answer to `GET /config`.
    ///
    /// # Errors
    /// As [`body`]: 502 before the cluster was bootstrapped.
    pub fn read(answer: &Answer, asked: &str) -> Result<Dynamic, ProbeError> {
        body::<StrictMap>(answer, asked).map(Dynamic::of)
    }

    /// Of what the store holds.
    pub(super) fn of(map: StrictMap) -> Dynamic {
        let mut whole = Value::Object(map.0);
        secretive::mask(&mut whole);
        Dynamic { whole: if let Value::Object(whole) = whole { whole } else { Map::new() } }
    }

    /// How long a leader that went silent keeps its lock. Patroni's default where nothing is set: 30 s. `None` when the value is no number, or no time that a
    /// cluster could live with; so for the two below.
    #[must_use]
    pub fn ttl(&self) -> Option<Duration> {
        self.seconds("ttl", 30)
    }

    /// Pause between two rounds of each member. Default 10 s.
    #[must_use]
    pub fn loop_wait(&self) -> Option<Duration> {
        self.seconds("loop_wait", 10)
    }

    /// How long a member tries to reach its store before it gives its role up. Default 10 s.
    #[must_use]
    pub fn retry_timeout(&self) -> Option<Duration> {
        self.seconds("retry_timeout", 10)
    }

    fn seconds(&self, key: &str, default: u64) -> Option<Duration> {
        let seconds = match self.whole.get(key) {
            None | Some(Value::Null) => Some(default),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        seconds.filter(|seconds| *seconds <= LONGEST_SECONDS).map(Duration::from_secs)
    }

    /// A candidate that is further behind is refused. Default 1 MiB.
    #[must_use]
    pub fn maximum_lag_on_failover(&self) -> Option<u64> {
        match self.whole.get("maximum_lag_on_failover") {
            None | Some(Value::Null) => Some(1_048_576),
            Some(value) => value.as_u64(),
        }
    }

    #[must_use]
    pub fn synchronous_mode(&self) -> SyncMode {
        match self.whole.get("synchronous_mode") {
            None | Some(Value::Null) => SyncMode::Off,
            Some(Value::String(word)) if word.eq_ignore_ascii_case("quorum") => SyncMode::Quorum,
            Some(value) => match Flag::of(value) {
                Flag::On => SyncMode::On,
                Flag::Off => SyncMode::Off,
                Flag::Odd(other) => SyncMode::Other(short(&other)),
            },
        }
    }

    /// How many standbys a commit waits for; 0 where nothing is set, and Patroni takes 1. `None` when the value is no number.
    #[must_use]
    pub fn synchronous_node_count(&self) -> Option<u64> {
        match self.whole.get("synchronous_node_count") {
            None | Some(Value::Null) => Some(0),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        }
    }

    /// Without a standby no commit is confirmed.
    #[must_use]
    pub fn synchronous_mode_strict(&self) -> Flag {
        self.flag("synchronous_mode_strict")
    }

    /// The primary goes on without its store as long as it reaches all members.
    #[must_use]
    pub fn failsafe_mode(&self) -> Flag {
        self.flag("failsafe_mode")
    }

    #[must_use]
    pub fn paused(&self) -> Flag {
        self.flag("pause")
    }

    /// This cluster follows another one.
    #[must_use]
    pub fn is_standby_cluster(&self) -> bool {
        self.whole.get("standby_cluster").is_some_and(|value| !value.is_null())
    }

    fn flag(&self, key: &str) -> Flag {
        self.whole.get(key).map_or(Flag::Off, Flag::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dynamic(text: &str) -> Dynamic {
        Dynamic { whole: serde_json::from_str(text).expect("object") }
    }

    #[test]
    fn what_is_not_set_has_patronis_default() {
        let empty = dynamic("{}");
        assert_eq!(empty.ttl(), Some(Duration::from_secs(30)));
        assert_eq!(empty.loop_wait(), Some(Duration::from_secs(10)));
        assert_eq!((empty.synchronous_mode(), empty.synchronous_node_count()), (SyncMode::Off, Some(0)));
        assert_eq!(dynamic(r#"{"synchronous_node_count": 2}"#).synchronous_node_count(), Some(2));
        assert!(empty.failsafe_mode() == Flag::Off && !empty.is_standby_cluster());
    }

    #[test]
    fn a_value_that_makes_no_sense_is_not_a_default() {
        let odd =
            dynamic(r#"{"ttl": "soon", "loop_wait": -3, "maximum_lag_on_failover": "1MB", "synchronous_mode": {"x": 1}, "failsafe_mode": "soon"}"#);
        assert_eq!((odd.ttl(), odd.loop_wait(), odd.maximum_lag_on_failover()), (None, None, None));
        assert!(matches!(odd.synchronous_mode(), SyncMode::Other(_)));
        assert_eq!(dynamic(r#"{"synchronous_node_count": "all"}"#).synchronous_node_count(), None);
        assert!(odd.failsafe_mode().known("failsafe_mode").is_err());
    }

    #[test]
    fn a_time_that_no_cluster_could_live_with_is_unknown() {
        for absurd in ["18446744073709551615", "\"18446744073709551615\"", "4611686018427387904", "3601"] {
            let odd = dynamic(&format!(r#"{{"ttl": {absurd}, "loop_wait": {absurd}, "retry_timeout": {absurd}}}"#));
            assert_eq!((odd.ttl(), odd.loop_wait(), odd.retry_timeout()), (None, None, None), "{absurd}");
        }
        assert_eq!(dynamic(r#"{"loop_wait": "3600"}"#).loop_wait(), Some(Duration::from_hours(1)));
    }

    #[test]
    fn a_secret_that_stands_in_the_open_is_not_kept() {
        let text = r#"{"ttl": 30, "postgresql": {"pg_hba": ["host all all all ldap ldapbindpasswd=CANARY"], "recovery_conf": {"restore_command": "PGPASSWORD=CANARY fetch"}}}"#;
        let map: StrictMap = serde_json::from_str(text).expect("object");
        let dynamic = Dynamic::of(map);
        let kept = serde_json::to_string(&dynamic).expect("text");
        assert!(!kept.contains("CANARY") && kept.contains("ldapbindpasswd=(hidden)"), "{kept}");
        assert_eq!(dynamic.ttl(), Some(Duration::from_secs(30)));
    }

    #[test]
    fn the_modes_have_their_names() {
        for (text, mode) in
            [("true", SyncMode::On), ("\"on\"", SyncMode::On), ("\"quorum\"", SyncMode::Quorum), ("false", SyncMode::Off), ("\"off\"", SyncMode::Off)]
        {
            assert_eq!(dynamic(&format!(r#"{{"synchronous_mode": {text}}}"#)).synchronous_mode(), mode);
        }
    }
}

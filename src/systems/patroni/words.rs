//! The words Patroni uses for roles and states. A word that is not listed is kept as it came and is never read as healthy.
//!
//! <https://patroni.readthedocs.io/en/latest/rest_api.html>

use serde::{Deserialize, Serialize};

/// Makes an enum of words that keeps any other word in `Other`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word this program does not know.
            Other(String),
        }

        impl $name {
            /// The word, as the server of today says it.
            #[must_use]
            pub fn word(&self) -> &str {
                match self {
                    $($name::$variant => $word,)+
                    $name::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($word $(| $alias)* => $name::$variant,)+
                    _ => $name::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.word().to_owned()
            }
        }
    };
}

words! {
    /// What a member says of itself: `role` of `GET /patroni`. While `PostgreSQL` runs it is asked live, by `pg_is_in_recovery()`.
    Role {
        /// Out of recovery. Patroni before 4.0 says `master`.
        Primary = "primary" | "master",
        Replica = "replica",
        /// The head of a standby cluster: in recovery, holds the leader lock.
        StandbyLeader = "standby_leader",
        /// Was primary and gave the role up; not a replica yet.
        Demoted = "demoted",
        /// Promotion was ordered and is not done.
        Promoted = "promoted",
        Uninitialized = "uninitialized",
    }
}

words! {
    /// What the cluster's store says of a member: `role` in `GET /cluster`.
    ClusterRole {
        /// Holds the leader lock. Says nothing about whether it takes writes.
        Leader = "leader",
        StandbyLeader = "standby_leader",
        SyncStandby = "sync_standby",
        QuorumStandby = "quorum_standby",
        Replica = "replica",
    }
}

words! {
    /// How `PostgreSQL` of a member stands. `streaming` and `in archive recovery` are running replicas, in `GET /cluster` of Patroni 3.0.4 and later.
    State {
        Running = "running",
        Streaming = "streaming",
        InArchiveRecovery = "in archive recovery",
        Starting = "starting",
        Restarting = "restarting",
        CreatingReplica = "creating replica",
        Initializing = "initializing new cluster",
        CustomBootstrap = "running custom bootstrap script",
        StartingAfterBootstrap = "starting after custom bootstrap",
        Stopping = "stopping",
        Stopped = "stopped",
        Crashed = "crashed",
        StartFailed = "start failed",
        StopFailed = "stop failed",
        RestartFailed = "restart failed",
        InitFailed = "initdb failed",
        BootstrapFailed = "custom bootstrap failed",
    }
}

/// What a [`State`] means for those who use the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Up,
    /// Being made for the first time, or made anew.
    Building,
    Coming,
    Going,
    Down,
    /// Patroni says it does not know, or says a word that we do not know.
    Unknown,
}

impl State {
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            State::Running | State::Streaming | State::InArchiveRecovery => Phase::Up,
            State::CreatingReplica | State::Initializing | State::CustomBootstrap | State::StartingAfterBootstrap => Phase::Building,
            State::Starting | State::Restarting => Phase::Coming,
            State::Stopping => Phase::Going,
            State::Stopped
            | State::Crashed
            | State::StartFailed
            | State::StopFailed
            | State::RestartFailed
            | State::InitFailed
            | State::BootstrapFailed => Phase::Down,
            State::Other(_) => Phase::Unknown,
        }
    }
}

impl ClusterRole {
    /// Whether this member holds the leader lock.
    #[must_use]
    pub const fn holds_lock(&self) -> bool {
        matches!(self, ClusterRole::Leader | ClusterRole::StandbyLeader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_words_go_both_ways_and_the_old_word_for_primary_is_known() {
        for word in ["primary", "replica", "standby_leader", "demoted", "promoted", "uninitialized"] {
            assert_eq!(Role::from(word.to_owned()).word(), word);
        }
        assert_eq!(Role::from("master".to_owned()), Role::Primary);
        for word in ["running", "streaming", "crashed", "creating replica", "custom bootstrap failed"] {
            assert_eq!(State::from(word.to_owned()).word(), word);
            assert_ne!(State::from(word.to_owned()).phase(), Phase::Unknown);
        }
    }

    proptest! {
        /// A word from next year is kept, and nobody takes it for health.
        #[test]
        fn an_unknown_word_is_kept_and_never_up(word in "\\PC{0,40}") {
            prop_assume!(State::from(word.clone()).phase() == Phase::Unknown);
            let state = State::from(word.clone());
            prop_assert_eq!(state.word(), word.as_str());
            prop_assert_eq!(&state, &State::Other(word.clone()));
            let back: State = serde_json::from_value(serde_json::to_value(&state).expect("word")).expect("word");
            prop_assert_eq!(back, state);
        }

        /// Only the exact words are health: not their capitals, not with a blank.
        #[test]
        fn only_the_exact_word_is_up(word in prop_oneof!["[Rr][Uu][Nn][Nn][Ii][Nn][Gg]", " ?running ?", "streaming[ .]", "run\u{200b}ning"]) {
            prop_assume!(word != "running");
            prop_assert_eq!(State::from(word).phase(), Phase::Unknown);
        }
    }
}

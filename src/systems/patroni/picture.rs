//! What the cluster's store says of all members: `GET /cluster`. One more witness, never trusted alone: a dead leader stays `leader`, `running`
//! there until its lease ends, and then a dead member vanishes.
//!
//! <https://patroni.readthedocs.io/en/latest/rest_api.html#cluster-status-endpoints>

use super::own::{RawSchedule, changes};
use super::strict::StrictMap;
use super::wire::{Flag, Lag, Pending, Stamp, body, truth};
use super::words::{ClusterRole, State};
use crate::model::{Gap, Reason, Timeline};
use crate::transport::ProbeError;
use crate::transport::http::Answer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// A picture of more members is not believed; a cluster has a handful, with Citus some hundreds.
const MOST_MEMBERS: usize = 1_000;

/// The cluster in the words of its store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub scope: Option<String>,
    pub members: Vec<Row>,
    pub paused: Flag,
    pub switchover: Option<Scheduled>,
}

/// One member in the words of the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub name: String,
    pub role: ClusterRole,
    pub state: State,
    /// Where its REST says it is reached. Data from outside.
    pub api_url: Option<String>,
    pub host: Option<String>,
    pub port: Option<u16>,
    /// Absent while it does not run.
    pub timeline: Option<Timeline>,
    /// Behind the leader's position in the store, which is sampled once a loop; absent for the leader.
    pub receive_lag: Option<Lag>,
    pub replay_lag: Option<Lag>,
    pub pending_restart: Pending,
    pub scheduled_restart: Option<Stamp>,
    pub tags: BTreeMap<String, serde_json::Value>,
}

/// A switchover that waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    pub at: Option<Stamp>,
    pub from: Option<String>,
    /// Patroni takes any name here, also one that no member has.
    pub to: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    #[serde(deserialize_with = "believable")]
    members: Vec<RawRow>,
    scope: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    pause: Flag,
    scheduled_switchover: Option<Scheduled>,
}

#[derive(Deserialize)]
struct RawRow {
    name: String,
    role: ClusterRole,
    state: State,
    api_url: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    timeline: Option<u32>,
    lag: Option<Lag>,
    receive_lag: Option<Lag>,
    replay_lag: Option<Lag>,
    #[serde(default, deserialize_with = "truth")]
    pending_restart: Flag,
    pending_restart_reason: Option<StrictMap>,
    scheduled_restart: Option<RawSchedule>,
    tags: Option<StrictMap>,
}

/// A list that ends where no cluster is that large: all that is made of members grows with it, and a server must not decide how long we compute.
fn believable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RawRow>, D::Error> {
    struct Rows;
    impl<'de> Visitor<'de> for Rows {
        type Value = Vec<RawRow>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of members")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<RawRow>, A::Error> {
            let mut rows = Vec::new();
            while let Some(row) = items.next_element()? {
                if rows.len() == MOST_MEMBERS {
                    return Err(A::Error::custom(format!("more than {MOST_MEMBERS} members: no cluster is that large")));
                }
                rows.push(row);
            }
            Ok(rows)
        }
    }
    deserializer.deserialize_seq(Rows)
}

impl Picture {
    /// Reads the answer to `GET /cluster`.
    ///
    /// # Errors
    /// As [`body`].
    pub fn read(answer: &Answer, asked: &str) -> Result<Picture, ProbeError> {
        let raw: Raw = body(answer, asked)?;
        Ok(Picture {
            scope: raw.scope,
            members: raw.members.into_iter().map(Row::from).collect(),
            paused: raw.pause,
            switchover: raw.scheduled_switchover,
        })
    }

    /// The member that holds the leader lock.
    #[must_use]
    pub fn leader(&self) -> Option<&Row> {
        self.members.iter().find(|row| row.role.holds_lock())
    }

    /// Who holds the leader lock; `Ok(None)`: nobody.
    ///
    /// # Errors
    /// The gap, where nobody is known to hold it and a member has a role that is not known here: it may be the holder.
    pub fn holder(&self) -> Result<Option<&Row>, Gap> {
        let strange = self.members.iter().find(|row| matches!(row.role, ClusterRole::Other(_)));
        match (self.leader(), strange) {
            (None, Some(row)) => {
                let why = format!("role \"{}\" of {} is not known here", row.role.word(), row.name);
                Err(Gap::new("holder of the leader lock", Reason::Malformed(why)))
            }
            (holder, _) => Ok(holder),
        }
    }

    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.members.iter().find(|row| row.name == name)
    }
}

impl Row {
    /// Where its `PostgreSQL` answers.
    #[must_use]
    pub fn address(&self) -> Option<String> {
        self.host.as_ref().zip(self.port).map(|(host, port)| format!("{host}:{port}"))
    }
}

impl From<RawRow> for Row {
    fn from(raw: RawRow) -> Self {
        Row {
            name: raw.name,
            role: raw.role,
            state: raw.state,
            api_url: raw.api_url,
            host: raw.host,
            port: raw.port,
            timeline: raw.timeline.map(Timeline),
            receive_lag: raw.receive_lag,
            // before Patroni 4.1 there is one lag, of what was replayed
            replay_lag: raw.replay_lag.or(raw.lag),
            pending_restart: Pending::of(raw.pending_restart, || changes(raw.pending_restart_reason)),
            scheduled_restart: raw.scheduled_restart.and_then(|scheduled| scheduled.schedule),
            tags: raw.tags.map(|tags| tags.0.into_iter().collect()).unwrap_or_default(),
        }
    }
}

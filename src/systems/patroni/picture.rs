//! What the cluster's store says of all members: `GET /cluster`. One more witness, never trusted alone: a dead leader stays `leader`, `running`
//! there until its lease ends, and then a dead member vanishes.
//!
//! <https://patroni.readthedocs.io/en/latest/rest_api.html#cluster-status-endpoints>

use super::own::{Change, RawSchedule, changes};
use super::strict::StrictMap;
use super::wire::{Lag, Stamp, body, truth};
use super::words::{ClusterRole, State};
use crate::model::Timeline;
use crate::transport::ProbeError;
use crate::transport::http::Answer;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The cluster in the words of its store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    pub scope: Option<String>,
    pub members: Vec<Row>,
    pub paused: bool,
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
    pub pending_restart: Option<BTreeMap<String, Change>>,
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
    members: Vec<RawRow>,
    scope: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    pause: bool,
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
    pending_restart: bool,
    pending_restart_reason: Option<StrictMap>,
    scheduled_restart: Option<RawSchedule>,
    tags: Option<StrictMap>,
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

    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        self.members.iter().find(|row| row.name == name)
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
            pending_restart: raw.pending_restart.then(|| changes(raw.pending_restart_reason)),
            scheduled_restart: raw.scheduled_restart.and_then(|scheduled| scheduled.schedule),
            tags: raw.tags.map(|tags| tags.0.into_iter().collect()).unwrap_or_default(),
        }
    }
}

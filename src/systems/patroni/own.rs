//! What a member says of itself: `GET /patroni`. The only status that is told while the cluster's store is down.
//!
//! <https://patroni.readthedocs.io/en/latest/rest_api.html#monitoring-endpoint>

use super::strict::StrictMap;
use super::wire::{Change, Flag, Pending, Stamp, body, truth};
use super::words::{Role, State};
use crate::model::{Lsn, Timeline};
use crate::text::untrusted::visible;
use crate::transport::ProbeError;
use crate::transport::http::Answer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One member in its own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// Its name in the cluster; the configuration may call the endpoint otherwise.
    pub name: Option<String>,
    pub scope: Option<String>,
    /// Version of Patroni.
    pub version: Option<String>,
    pub role: Role,
    pub state: State,
    /// Absent while `PostgreSQL` does not run.
    pub timeline: Option<Timeline>,
    /// `150018`
    pub server_version: Option<u32>,
    pub system_identifier: Option<String>,
    pub postmaster_start: Option<Stamp>,
    /// End of the WAL of a primary.
    pub location: Option<Lsn>,
    /// End of what a replica received and replayed.
    pub received: Option<Lsn>,
    pub replayed: Option<Lsn>,
    /// Commit time of the last transaction that was replayed.
    pub replayed_at: Option<Stamp>,
    pub replay_paused: Option<bool>,
    pub confirms: Confirms,
    /// `streaming`, `in archive recovery`; absent when neither, and before Patroni 3.0.4.
    pub replication_state: Option<String>,
    /// Who streams from this member.
    pub followers: Vec<Follower>,
    pub pending_restart: Pending,
    pub scheduled_restart: Option<Stamp>,
    pub paused: Flag,
    /// Nobody holds the leader lock, as far as this member knows.
    pub unlocked: Flag,
    pub failsafe_active: Flag,
    /// When this member last reached the store, by its own clock, in whole seconds.
    pub dcs_last_seen: Option<Timestamp>,
    pub tags: BTreeMap<String, serde_json::Value>,
}

/// Whether commits of the leader wait for this standby, as the member knows it from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confirms {
    Nothing,
    Sync,
    /// It is one of several, any of which may confirm.
    Quorum,
    /// The member says it in a form that is neither yes nor no.
    Unclear,
}

/// A row of `pg_stat_replication`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follower {
    /// `application_name`: Patroni gives each member its own name there.
    pub name: Option<String>,
    pub client: Option<String>,
    pub state: Option<String>,
    /// `sync`, `quorum`, `potential`, `async`
    pub sync_state: Option<String>,
}

#[derive(Deserialize)]
struct Raw {
    state: State,
    role: Role,
    patroni: Option<RawPatroni>,
    timeline: Option<u32>,
    server_version: Option<u32>,
    database_system_identifier: Option<String>,
    postmaster_start_time: Option<Stamp>,
    xlog: Option<RawXlog>,
    #[serde(default, deserialize_with = "truth")]
    sync_standby: Flag,
    #[serde(default, deserialize_with = "truth")]
    quorum_standby: Flag,
    replication_state: Option<String>,
    replication: Option<Vec<RawFollower>>,
    #[serde(default, deserialize_with = "truth")]
    pending_restart: Flag,
    pending_restart_reason: Option<StrictMap>,
    scheduled_restart: Option<RawSchedule>,
    #[serde(default, deserialize_with = "truth")]
    pause: Flag,
    #[serde(default, deserialize_with = "truth")]
    cluster_unlocked: Flag,
    #[serde(default, deserialize_with = "truth")]
    failsafe_mode_is_active: Flag,
    dcs_last_seen: Option<i64>,
    tags: Option<StrictMap>,
}

#[derive(Deserialize)]
struct RawPatroni {
    version: Option<String>,
    scope: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct RawXlog {
    location: Option<u64>,
    received_location: Option<u64>,
    replayed_location: Option<u64>,
    replayed_timestamp: Option<Stamp>,
    paused: Option<bool>,
}

#[derive(Deserialize)]
struct RawFollower {
    application_name: Option<String>,
    client_addr: Option<String>,
    state: Option<String>,
    sync_state: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawSchedule {
    pub(super) schedule: Option<Stamp>,
}

impl Own {
    /// That it is of another scope than the cluster called `cluster`, which has `scope`, in one sentence; one that tells none says nothing about it.
    #[must_use]
    pub fn is_of_another(&self, cluster: &str, scope: &str) -> Option<String> {
        let own = self.scope.as_deref().filter(|own| *own != scope)?;
        Some(format!(
            "it belongs to another cluster: its Patroni says scope {}, and {cluster} has {scope}; the address is wrong, or `scope` of the cluster",
            visible(own)
        ))
    }

    /// Reads the answer to `GET /patroni`.
    ///
    /// # Errors
    /// As [`body`]; also when `role` or `state` is missing.
    pub fn read(answer: &Answer, asked: &str) -> Result<Own, ProbeError> {
        body::<Raw>(answer, asked).map(Own::from)
    }

    /// `PostgreSQL` runs here and is out of recovery, as its own Patroni found by asking it.
    #[must_use]
    pub fn is_running_primary(&self) -> bool {
        self.role == Role::Primary && self.state == State::Running
    }
}

impl From<Raw> for Own {
    fn from(raw: Raw) -> Self {
        let xlog = raw.xlog.as_ref();
        let position = |pick: fn(&RawXlog) -> Option<u64>| xlog.and_then(pick).map(Lsn);
        let patroni = raw.patroni.as_ref();
        let said = |pick: fn(&RawPatroni) -> &Option<String>| patroni.and_then(|patroni| pick(patroni).clone());
        Own {
            name: said(|patroni| &patroni.name),
            scope: said(|patroni| &patroni.scope),
            version: said(|patroni| &patroni.version),
            timeline: raw.timeline.map(Timeline),
            server_version: raw.server_version,
            system_identifier: raw.database_system_identifier,
            postmaster_start: raw.postmaster_start_time,
            location: position(|xlog| xlog.location),
            received: position(|xlog| xlog.received_location),
            replayed: position(|xlog| xlog.replayed_location),
            replayed_at: xlog.and_then(|xlog| xlog.replayed_timestamp.clone()),
            replay_paused: xlog.and_then(|xlog| xlog.paused),
            role: raw.role,
            state: raw.state,
            confirms: match (raw.sync_standby, raw.quorum_standby) {
                (Flag::On, _) => Confirms::Sync,
                (Flag::Off, Flag::On) => Confirms::Quorum,
                (Flag::Off, Flag::Off) => Confirms::Nothing,
                (Flag::Odd(_), _) | (_, Flag::Odd(_)) => Confirms::Unclear,
            },
            replication_state: raw.replication_state,
            followers: raw.replication.unwrap_or_default().into_iter().map(Follower::from).collect(),
            pending_restart: Pending::of(raw.pending_restart, || changes(raw.pending_restart_reason)),
            scheduled_restart: raw.scheduled_restart.and_then(|scheduled| scheduled.schedule),
            paused: raw.pause,
            unlocked: raw.cluster_unlocked,
            failsafe_active: raw.failsafe_mode_is_active,
            dcs_last_seen: raw.dcs_last_seen.and_then(|seconds| Timestamp::from_second(seconds).ok()),
            tags: raw.tags.map(|tags| tags.0.into_iter().collect()).unwrap_or_default(),
        }
    }
}

impl From<RawFollower> for Follower {
    fn from(raw: RawFollower) -> Self {
        Follower { name: raw.application_name, client: raw.client_addr, state: raw.state, sync_state: raw.sync_state }
    }
}

/// The reasons of a pending restart; a reason of another form keeps its parameter.
pub(super) fn changes(reasons: Option<StrictMap>) -> BTreeMap<String, Change> {
    let Some(reasons) = reasons else { return BTreeMap::new() };
    let value = |reason: &serde_json::Value, key: &str| match reason.get(key) {
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        None | Some(serde_json::Value::Null) => None,
        Some(other) => Some(other.to_string()),
    };
    reasons.0.into_iter().map(|(name, reason)| (name, Change { old: value(&reason, "old_value"), new: value(&reason, "new_value") })).collect()
}

//! The JSON of etcd's gateway and of its plain HTTP endpoints, versions 3.4 to 3.6. Numbers of 64 bits are texts there. No IO.
//!
//! <https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/>

use crate::transport::http::{Answer, decode};
use crate::transport::{ProbeError, Trouble};
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde::{Deserialize, Serialize};

/// Seven vote at most in practice; more than this is no cluster, and everything that is told of members grows with it.
const MOST_PEERS: usize = 256;

/// `POST /v3/maintenance/status`: how one member stands. Answered without a quorum too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub cluster_id: Option<u64>,
    pub member_id: Option<u64>,
    pub version: String,
    /// Id of the member that leads; `None` when this one knows of no leader.
    pub leader: Option<u64>,
    pub raft_term: Option<u64>,
    pub raft_index: Option<u64>,
    pub raft_applied: Option<u64>,
    /// Bytes on disk: what the quota counts.
    pub db_size: Option<u64>,
    /// Bytes of it that hold data.
    pub db_size_in_use: Option<u64>,
    /// The quota in bytes, from 3.6 on.
    pub db_size_quota: Option<u64>,
    pub is_learner: bool,
    /// `etcdserver: no leader`, `memberID:1 alarm:NOSPACE`
    pub errors: Vec<String>,
}

/// `GET /health`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub healthy: bool,
    /// From 3.5 on; empty when healthy.
    pub reason: Option<String>,
}

/// One member of the cluster, as `POST /v3/cluster/member/list` has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    pub id: u64,
    /// Empty for a member that was added and never started.
    pub name: String,
    pub client_urls: Vec<String>,
    pub is_learner: bool,
}

/// An alarm that is set: it stays until a person takes it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    pub member_id: u64,
    /// `NOSPACE`, `CORRUPT`, or a word of a later version.
    pub kind: String,
}

/// `GET /version`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    #[serde(rename = "etcdserver")]
    pub server: String,
    #[serde(rename = "etcdcluster")]
    pub cluster: String,
}

/// The cluster of etcd that an answer is of, by the header that each one has; one of a stream has it within its result.
#[must_use]
pub fn cluster(answer: &Answer) -> Option<u64> {
    #[derive(Deserialize)]
    struct Headed {
        header: Option<Header>,
        result: Option<Box<Headed>>,
    }
    let headed: Headed = serde_json::from_slice(&answer.body).ok()?;
    headed.header.or_else(|| headed.result?.header)?.cluster_id
}

#[derive(Deserialize)]
struct Header {
    #[serde(default, deserialize_with = "number")]
    cluster_id: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    member_id: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStatus {
    header: Option<Header>,
    version: String,
    #[serde(default, deserialize_with = "number")]
    leader: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    raft_term: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    raft_index: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    raft_applied_index: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    db_size: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    db_size_in_use: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    db_size_quota: Option<u64>,
    #[serde(default)]
    is_learner: bool,
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Deserialize)]
struct RawHealth {
    health: Word,
    reason: Option<String>,
}

/// `"true"` since 3.3, `true` before.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Flag(bool),
    Text(String),
}

#[derive(Deserialize)]
struct RawPeers {
    #[serde(default)]
    members: Vec<RawPeer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPeer {
    #[serde(rename = "ID", deserialize_with = "required")]
    id: u64,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "clientURLs")]
    client_urls: Vec<String>,
    #[serde(default)]
    is_learner: bool,
}

#[derive(Deserialize)]
struct RawAlarms {
    #[serde(default)]
    alarms: Vec<RawAlarm>,
}

#[derive(Deserialize)]
struct RawAlarm {
    #[serde(default, rename = "memberID", deserialize_with = "number")]
    member_id: Option<u64>,
    #[serde(default)]
    alarm: String,
}

#[derive(Deserialize)]
struct RawError {
    message: Option<String>,
    error: Option<String>,
}

/// Reads `POST /v3/maintenance/status`.
///
/// # Errors
/// As [`body`].
pub fn status(answer: &Answer, asked: &str) -> Result<Status, ProbeError> {
    let raw: RawStatus = body(answer, asked)?;
    Ok(Status {
        cluster_id: raw.header.as_ref().and_then(|header| header.cluster_id),
        member_id: raw.header.as_ref().and_then(|header| header.member_id),
        version: raw.version,
        // no leader: the key is missing; 0 is no member's id
        leader: raw.leader.filter(|id| *id != 0),
        raft_term: raw.raft_term,
        raft_index: raw.raft_index,
        raft_applied: raw.raft_applied_index,
        db_size: raw.db_size,
        db_size_in_use: raw.db_size_in_use,
        db_size_quota: raw.db_size_quota,
        is_learner: raw.is_learner,
        errors: raw.errors,
    })
}

/// Reads `GET /health`; 503 is an answer.
///
/// # Errors
/// Another status, or a body that is not its JSON. A word other than `true` is not healthy.
pub fn health(answer: &Answer, asked: &str) -> Result<Health, ProbeError> {
    let raw: RawHealth = if answer.status == 503 { decode(&answer.body, asked)? } else { body(answer, asked)? };
    let healthy = match raw.health {
        Word::Flag(on) => on,
        Word::Text(word) => word == "true",
    };
    Ok(Health { healthy: healthy && answer.status == 200, reason: raw.reason.filter(|reason| !reason.is_empty()) })
}

/// Reads `POST /v3/cluster/member/list`.
///
/// # Errors
/// As [`body`].
pub fn peers(answer: &Answer, asked: &str) -> Result<Vec<Peer>, ProbeError> {
    let raw: RawPeers = body(answer, asked)?;
    if raw.members.len() > MOST_PEERS {
        return Err(ProbeError::new(Trouble::Malformed, asked, format!("{} members, no cluster has more than {MOST_PEERS}", raw.members.len())));
    }
    let peer = |raw: RawPeer| Peer { id: raw.id, name: raw.name, client_urls: raw.client_urls, is_learner: raw.is_learner };
    Ok(raw.members.into_iter().map(peer).collect())
}

/// Reads `POST /v3/maintenance/alarm`. An empty list stands for no alarm.
///
/// # Errors
/// As [`body`].
pub fn alarms(answer: &Answer, asked: &str) -> Result<Vec<Alarm>, ProbeError> {
    let raw: RawAlarms = body(answer, asked)?;
    let set = raw.alarms.into_iter().filter(|alarm| alarm.alarm != "NONE");
    Ok(set
        .map(|alarm| Alarm { member_id: alarm.member_id.unwrap_or(0), kind: if alarm.alarm.is_empty() { "unnamed".to_owned() } else { alarm.alarm } })
        .collect())
}

/// Reads `GET /version`.
///
/// # Errors
/// As [`body`].
pub fn versions(answer: &Answer, asked: &str) -> Result<Versions, ProbeError> {
    body(answer, asked)
}

/// Finds the quota in bytes in the text of `GET /metrics`.
///
/// # Errors
/// Another status than 200, an HTML page, no such metric, or a value that is no size.
pub fn quota(answer: &Answer, asked: &str) -> Result<u64, ProbeError> {
    let fail = |trouble, detail: &str| ProbeError::new(trouble, asked, detail);
    if answer.status != 200 {
        return Err(fail(Trouble::Status(answer.status), ""));
    }
    let text = String::from_utf8_lossy(&answer.body);
    if text.trim_start().starts_with('<') {
        return Err(fail(Trouble::Html, ""));
    }
    let line = text.lines().find_map(|line| line.strip_prefix("etcd_server_quota_backend_bytes "));
    let value: f64 =
        line.and_then(|value| value.trim().parse().ok()).ok_or_else(|| fail(Trouble::Malformed, "no etcd_server_quota_backend_bytes"))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a size")]
    if value.is_finite() && (1.0..1e18).contains(&value) { Ok(value as u64) } else { Err(fail(Trouble::Malformed, "a quota that is no size")) }
}

/// Decodes a good answer, or turns a bad one into its error: JSON with a message (3.4 and 3.5 differ in form), or text.
///
/// # Errors
/// Status and message of the server, HTML, a cut answer, a doubled key, another form.
pub fn body<T: DeserializeOwned>(answer: &Answer, asked: &str) -> Result<T, ProbeError> {
    if answer.status == 200 {
        return decode(&answer.body, asked);
    }
    let told = serde_json::from_slice::<RawError>(&answer.body).ok().and_then(|raw| raw.message.or(raw.error));
    let trouble = match (answer.status, told.as_deref()) {
        (401, _) => Trouble::NotAuthenticated,
        // 400 with a message about users: authentication is on and nobody logged in
        (_, Some(message)) if message.contains("user name is empty") || message.contains("invalid auth token") => Trouble::NotAuthenticated,
        (403, _) => Trouble::NotPermitted,
        (_, Some(message)) if message.contains("permission denied") => Trouble::NotPermitted,
        (404 | 405 | 501, _) | (_, None) => Trouble::Status(answer.status),
        (_, Some(_)) => Trouble::ServerError,
    };
    Err(ProbeError::new(trouble, asked, told.unwrap_or_default()))
}

/// A number of 64 bits: a text in the gateway's JSON, a number elsewhere.
#[derive(Deserialize)]
#[serde(untagged)]
enum Wide {
    Number(u64),
    Text(String),
}

pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    match Option::<Wide>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Wide::Number(number)) => Ok(Some(number)),
        Some(Wide::Text(text)) => text.parse().map(Some).map_err(|_number| D::Error::custom("not a number of 64 bits")),
    }
}

fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    number(deserializer)?.ok_or_else(|| D::Error::custom("a number is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, date: None, body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    #[test]
    fn only_the_word_true_with_status_200_is_healthy() {
        let healthy = |status: u16, body: &str| health(&answer(status, body), "GET /health").map(|health| health.healthy);
        assert_eq!(healthy(200, r#"{"health":"true"}"#), Ok(true));
        assert_eq!(healthy(200, r#"{"health":true}"#), Ok(true));
        assert_eq!(healthy(503, r#"{"health":"true"}"#), Ok(false));
        for word in ["false", "TRUE", "degraded", ""] {
            assert_eq!(healthy(200, &format!(r#"{{"health":"{word}"}}"#)), Ok(false), "{word}");
        }
        assert_eq!(healthy(502, "<html>").expect_err("status").trouble, Trouble::Status(502));
    }

    #[test]
    fn a_missing_login_is_not_a_broken_server() {
        let error = |status, text| body::<Versions>(&answer(status, text), "POST /v3/kv/range").expect_err("error");
        assert_eq!(error(400, r#"{"error":"etcdserver: user name is empty","code":3}"#).trouble, Trouble::NotAuthenticated);
        assert_eq!(error(403, r#"{"code":7,"message":"etcdserver: permission denied"}"#).trouble, Trouble::NotPermitted);
        assert_eq!(error(503, r#"{"code":14,"message":"etcdserver: request timed out"}"#).trouble, Trouble::ServerError);
        assert_eq!(error(404, "404 page not found").trouble, Trouble::Status(404));
    }

    #[test]
    fn the_quota_is_found_among_the_metrics() {
        let read = |text: &str| quota(&answer(200, text), "GET /metrics");
        assert_eq!(read("# HELP x\netcd_server_quota_backend_bytes 6.7108864e+07\n"), Ok(67_108_864));
        assert!(read("etcd_server_quota_backend_bytes NaN\n").is_err());
        assert!(read("other 1\n").is_err());
        assert_eq!(read("<html>").expect_err("page").trouble, Trouble::Html);
    }
}

//! What is posted for a lock, and what comes back: leases and transactions on one key or two. Numbers of 64 bits are texts. No IO.
//!
//! <https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/>

use crate::systems::etcd::range::after;
use crate::systems::etcd::wire::{body, number};
use crate::transport::http::Answer;
use crate::transport::{ProbeError, Trouble};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

pub(super) const TXN: &str = "/v3/kv/txn";
pub(super) const GRANT: &str = "/v3/lease/grant";
pub(super) const KEEP_ALIVE: &str = "/v3/lease/keepalive";
pub(super) const REVOKE: &str = "/v3/lease/revoke";

/// A lease as it was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lease {
    pub(super) id: u64,
    /// How long it lasts from when it was granted: from after it was asked for.
    pub(super) ttl: Duration,
}

/// A key that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) value: Vec<u8>,
    /// The revision of the store when the key came to be: only grows, and is never given twice.
    pub(super) created: u64,
    /// 0: of no lease.
    pub(super) lease: u64,
}

/// What a transaction came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Done {
    /// Whether what it was made to hang on was so.
    pub(super) succeeded: bool,
    /// The revision of the store with it.
    pub(super) revision: u64,
    /// What the keys held that were asked for, in their order.
    pub(super) found: Vec<Option<Pair>>,
}

#[derive(Deserialize)]
struct RawHeader {
    #[serde(default, deserialize_with = "number")]
    revision: Option<u64>,
}

#[derive(Deserialize)]
struct RawLease {
    #[serde(default, rename = "ID", deserialize_with = "number")]
    id: Option<u64>,
    #[serde(default, rename = "TTL", deserialize_with = "number")]
    ttl: Option<u64>,
}

#[derive(Deserialize)]
struct RawKept {
    result: Option<RawLease>,
}

#[derive(Deserialize)]
struct RawDone {
    header: RawHeader,
    #[serde(default)]
    succeeded: bool,
    #[serde(default)]
    responses: Vec<RawResponse>,
}

#[derive(Deserialize)]
struct RawResponse {
    response_range: Option<RawRange>,
}

#[derive(Deserialize)]
struct RawRange {
    #[serde(default)]
    kvs: Vec<RawPair>,
}

#[derive(Deserialize)]
struct RawPair {
    #[serde(default)]
    value: String,
    #[serde(default, deserialize_with = "number")]
    create_revision: Option<u64>,
    #[serde(default, deserialize_with = "number")]
    lease: Option<u64>,
}

/// Asks for a lease of so many seconds.
pub(super) fn grant(ttl: Duration) -> Value {
    json!({ "TTL": ttl.as_secs().to_string() })
}

/// Names a lease: to keep it, or to end it.
pub(super) fn lease(id: u64) -> Value {
    json!({ "ID": id.to_string() })
}

fn key(text: &str) -> String {
    STANDARD.encode(text)
}

fn created(name: &str, revision: u64) -> Value {
    json!({ "key": key(name), "target": "CREATE", "result": "EQUAL", "create_revision": revision.to_string() })
}

fn range(name: &str) -> Value {
    json!({ "request_range": { "key": key(name) } })
}

/// Puts `value` at `name` with a lease where nothing is there, and otherwise asks what is.
pub(super) fn create(name: &str, value: &[u8], lease: u64) -> Value {
    let put = json!({ "request_put": { "key": key(name), "value": STANDARD.encode(value), "lease": lease.to_string() } });
    json!({ "compare": [created(name, 0)], "success": [put], "failure": [range(name)] })
}

/// Puts `value` at `other` as long as `name` is the one of `revision`.
pub(super) fn put_beside(name: &str, revision: u64, other: &str, value: &[u8]) -> Value {
    let put = json!({ "request_put": { "key": key(other), "value": STANDARD.encode(value) } });
    json!({ "compare": [created(name, revision)], "success": [put] })
}

/// Removes `other` as long as `name` is the one of `revision`; they may be the same.
pub(super) fn remove_beside(name: &str, revision: u64, other: &str) -> Value {
    json!({ "compare": [created(name, revision)], "success": [{ "request_delete_range": { "key": key(other) } }] })
}

/// Puts each of `pairs` with a lease where nothing is there yet, as long as `name` is the one of `revision`; and otherwise asks what `name` is.
pub(super) fn add_beside(name: &str, revision: u64, pairs: &[(String, &[u8])], lease: u64) -> Value {
    let absent = pairs.iter().map(|(other, _)| created(other, 0));
    let compare: Vec<Value> = [created(name, revision)].into_iter().chain(absent).collect();
    let put = |(other, value): &(String, &[u8])| json!({ "request_put": { "key": key(other), "value": STANDARD.encode(value), "lease": lease.to_string() } });
    json!({ "compare": compare, "success": pairs.iter().map(put).collect::<Vec<_>>(), "failure": [range(name)] })
}

/// Asks for all keys below `prefix`, or for their names alone.
pub(super) fn below(prefix: &str, names: bool) -> Value {
    json!({ "key": key(prefix), "range_end": STANDARD.encode(after(prefix.as_bytes())), "keys_only": names })
}

/// Asks for several keys at one instant.
pub(super) fn look(names: &[&str]) -> Value {
    json!({ "success": names.iter().map(|name| range(name)).collect::<Vec<_>>() })
}

/// Reads a grant.
pub(super) fn granted(answer: &Answer, asked: &str) -> Result<Lease, ProbeError> {
    let raw: RawLease = body(answer, asked)?;
    match (raw.id, raw.ttl) {
        (Some(id), Some(ttl)) if id > 0 && ttl > 0 => Ok(Lease { id, ttl: Duration::from_secs(ttl) }),
        _ => Err(ProbeError::new(Trouble::Malformed, asked, "a lease without id or time")),
    }
}

/// Reads what came of keeping a lease: how long it lasts again; `None` when there is no such lease any more.
pub(super) fn kept(answer: &Answer, asked: &str) -> Result<Option<Duration>, ProbeError> {
    let raw: RawKept = body(answer, asked)?;
    // an error inside of the stream has the status 200 and no result
    let result = raw.result.ok_or_else(|| ProbeError::new(Trouble::ServerError, asked, "the lease was not kept"))?;
    Ok(result.ttl.filter(|ttl| *ttl > 0).map(Duration::from_secs))
}

/// Reads on which leases the keys of a range hang.
pub(super) fn leases(answer: &Answer, asked: &str) -> Result<Vec<u64>, ProbeError> {
    let raw: RawRange = body(answer, asked)?;
    Ok(raw.kvs.into_iter().filter_map(|pair| pair.lease).collect())
}

/// Reads what came of ending a lease.
pub(super) fn revoked(answer: &Answer, asked: &str) -> Result<(), ProbeError> {
    body::<Value>(answer, asked).map(|_header| ())
}

/// Reads what came of a transaction.
pub(super) fn done(answer: &Answer, asked: &str) -> Result<Done, ProbeError> {
    let raw: RawDone = body(answer, asked)?;
    let malformed = |what: &str| ProbeError::new(Trouble::Malformed, asked, what);
    let revision = raw.header.revision.ok_or_else(|| malformed("no revision"))?;
    let pair = |raw: RawPair| {
        let value = STANDARD.decode(&raw.value).map_err(|error| malformed(&error.to_string()))?;
        let created = raw.create_revision.ok_or_else(|| malformed("a key without the revision of its creation"))?;
        Ok(Pair { value, created, lease: raw.lease.unwrap_or(0) })
    };
    let ranges = raw.responses.into_iter().filter_map(|response| response.response_range);
    let found = ranges.map(|range| range.kvs.into_iter().next().map(pair).transpose()).collect::<Result<_, ProbeError>>()?;
    Ok(Done { succeeded: raw.succeeded, revision, found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    /// As etcd 3.4.23 answered.
    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, date: None, body: Bytes::copy_from_slice(body.as_bytes()) }
    }

    const HEADER: &str = r#""header":{"cluster_id":"12361341569281099758","member_id":"13141422153732738159","revision":"2","raft_term":"2"}"#;
    const KEY: &str = r#"{"header":{"revision":"2"},"kvs":[{"key":"L29wc2N0bC9sb2NrL2E=","create_revision":"2","mod_revision":"2","version":"1","value":"eA==","lease":"5507798995469010950"}],"count":"1"}"#;

    #[test]
    fn leases_are_read_as_etcd_tells_them() {
        let granted = |body: &str| granted(&answer(200, body), "grant");
        let lease = Lease { id: 5_507_798_995_469_010_950, ttl: Duration::from_secs(30) };
        assert_eq!(granted(&format!(r#"{{{HEADER},"ID":"5507798995469010950","TTL":"30"}}"#)), Ok(lease));
        assert!(granted(&format!(r#"{{{HEADER},"ID":"5507798995469010950"}}"#)).is_err());
        let kept = |body: &str| kept(&answer(200, body), "keep");
        let told = |more: &str| format!("{{\"result\":{{{HEADER},\"ID\":\"5507798995469010950\"{more}}}}}\n");
        assert_eq!(kept(&told(r#","TTL":"30""#)), Ok(Some(Duration::from_secs(30))));
        assert_eq!(kept(&told("")), Ok(None), "there is no such lease any more");
        assert!(kept(r#"{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader"}}"#).is_err(), "that is no word about the lease");
    }

    #[test]
    fn a_transaction_is_read_as_etcd_tells_it() {
        let done = |body: String| done(&answer(200, &body), "txn").expect("read");
        let pair = Pair { value: b"x".to_vec(), created: 2, lease: 5_507_798_995_469_010_950 };
        let put = done(format!(r#"{{{HEADER},"succeeded":true,"responses":[{{"response_put":{{"header":{{"revision":"2"}}}}}}]}}"#));
        assert_eq!(put, Done { succeeded: true, revision: 2, found: Vec::new() });
        let there = done(format!(r#"{{{HEADER},"responses":[{{"response_range":{KEY}}}]}}"#));
        assert_eq!(there, Done { succeeded: false, revision: 2, found: vec![Some(pair.clone())] });
        let both =
            format!(r#"{{{HEADER},"succeeded":true,"responses":[{{"response_range":{KEY}}},{{"response_range":{{"header":{{"revision":"2"}}}}}}]}}"#);
        assert_eq!(done(both).found, [Some(pair), None]);
        let gone = r#"{"error":"etcdserver: requested lease not found","message":"etcdserver: requested lease not found","code":5}"#;
        let error = super::done(&answer(404, gone), "txn").expect_err("an error");
        assert!(matches!(error.trouble, Trouble::Status(404)) && error.detail.contains("requested lease not found"), "{error:?}");
    }
}

//! The databases of a server: what they did, what went wrong in them, how large they are.

use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `pg_stat_database`. Counters since `stats_reset`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatabaseStats {
    pub datname: Untrusted,
    pub numbackends: i64,
    pub xact_commit: i64,
    pub xact_rollback: i64,
    pub blks_hit: i64,
    pub blks_read: i64,
    pub cache_hit_pct: Option<f64>,
    pub tup_returned: i64,
    pub tup_fetched: i64,
    pub tup_inserted: i64,
    pub tup_updated: i64,
    pub tup_deleted: i64,
    pub conflicts: i64,
    pub deadlocks: i64,
    pub temp_files: i64,
    pub temp_bytes: i64,
    /// None where data checksums are off.
    pub checksum_failures: Option<i64>,
    pub checksum_last_failure: Option<Timestamp>,
    pub stats_reset: Option<Timestamp>,
    pub sessions_fatal_pg14: Option<i64>,
    pub sessions_killed_pg14: Option<i64>,
}

/// Queries that a replica cancelled for the sake of replay, by cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflicts {
    pub datname: Untrusted,
    pub confl_lock: i64,
    pub confl_snapshot: i64,
    pub confl_bufferpin: i64,
    pub confl_deadlock: i64,
    pub confl_tablespace: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseSize {
    pub datname: Untrusted,
    pub bytes: Option<u64>,
}

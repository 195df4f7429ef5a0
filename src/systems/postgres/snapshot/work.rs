//! Work that the server does for itself: vacuum, base backups, I/O; and the statements that cost most.

use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A table with dead rows, worst first; of the database we are connected to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VacuumTable {
    pub schemaname: Untrusted,
    pub relname: Untrusted,
    pub n_live_tup: i64,
    pub n_dead_tup: i64,
    pub dead_pct: Option<f64>,
    pub n_mod_since_analyze: Option<i64>,
    pub last_vacuum: Option<Timestamp>,
    pub last_autovacuum: Option<Timestamp>,
    pub last_autoanalyze: Option<Timestamp>,
    pub xid_age: Option<i64>,
}

/// A vacuum under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VacuumProgress {
    pub pid: i32,
    pub datname: Option<Untrusted>,
    /// Name of the table, or its number when it lies in another database.
    pub rel: Option<Untrusted>,
    pub phase: Option<Untrusted>,
    pub heap_blks_total: Option<i64>,
    pub heap_blks_scanned: Option<i64>,
    pub index_vacuum_count: Option<i64>,
    pub max_dead_until_pg16: Option<i64>,
    pub dead_bytes_pg17: Option<i64>,
}

/// A base backup under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BaseBackup {
    pub pid: i32,
    pub phase: Option<Untrusted>,
    /// None while it is estimated, or with `--no-estimate-size`.
    pub backup_total: Option<i64>,
    pub backup_streamed: Option<i64>,
    pub tablespaces_total: Option<i64>,
    pub tablespaces_streamed: Option<i64>,
}

/// One of the twenty statements that took most time, from `pg_stat_statements`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    pub queryid: Option<i64>,
    pub calls: i64,
    pub total_ms: f64,
    pub mean_ms: f64,
    pub rows: i64,
    pub shared_blks_hit: i64,
    pub shared_blks_read: i64,
    pub temp_blks_written: i64,
    pub wal_bytes: Option<i64>,
    pub query: Option<Untrusted>,
}

/// One row of `pg_stat_io`, 16 and later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IoRow {
    pub backend_type: Untrusted,
    pub object: Untrusted,
    pub context: Untrusted,
    pub reads: Option<i64>,
    pub writes: Option<i64>,
    pub extends: Option<i64>,
    pub hits: Option<i64>,
    pub evictions: Option<i64>,
    pub fsyncs: Option<i64>,
}

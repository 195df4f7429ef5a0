//! Replication slots: WAL that is kept for somebody, and how logical decoding fares.

use crate::model::Lsn;
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of `pg_replication_slots`. <https://www.postgresql.org/docs/current/view-pg-replication-slots.html>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    pub slot_name: Untrusted,
    /// `physical`, `logical`.
    pub slot_type: Untrusted,
    pub database: Option<Untrusted>,
    pub active: bool,
    pub active_pid: Option<i32>,
    pub temporary: Option<bool>,
    /// `reserved`, `extended`, `unreserved`, `lost`; none before the slot was ever used.
    pub wal_status: Option<Untrusted>,
    /// Bytes that may still be written before the slot is in danger; none without `max_slot_wal_keep_size`.
    pub safe_wal_size: Option<i64>,
    pub restart_lsn: Option<Lsn>,
    pub confirmed_flush_lsn: Option<Lsn>,
    pub retained_bytes: Option<i64>,
    /// Of a logical slot: what its reader has not confirmed.
    pub unconfirmed_bytes: Option<i64>,
    pub xmin_age: Option<i64>,
    pub catalog_xmin_age: Option<i64>,
    pub inactive_since_pg17: Option<Timestamp>,
    pub invalidation_reason_pg17: Option<Untrusted>,
    pub failover_pg17: Option<bool>,
}

/// One row of `pg_stat_replication_slots`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogicalSlotStats {
    pub slot_name: Untrusted,
    pub spill_txns: i64,
    pub spill_bytes: i64,
    pub stream_txns: i64,
    pub total_txns: i64,
    pub total_bytes: i64,
}

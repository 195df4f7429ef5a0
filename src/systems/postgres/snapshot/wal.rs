//! Checkpoints, WAL and its archive.

use crate::model::{Lsn, Timeline};
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Counters of the checkpointer: `pg_stat_bgwriter` until 16, `pg_stat_checkpointer` from 17 on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoints {
    pub timed: i64,
    pub requested: i64,
    pub num_done_pg18: Option<i64>,
    /// 17 and later.
    pub restartpoints_timed: Option<i64>,
    pub restartpoints_req: Option<i64>,
    pub restartpoints_done: Option<i64>,
    pub write_ms: f64,
    pub sync_ms: f64,
    pub buffers_written: i64,
    pub buffers_clean: i64,
    pub maxwritten_clean: i64,
    /// Until 16; later `pg_stat_io` has it.
    pub buffers_backend: Option<i64>,
    pub buffers_backend_fsync: Option<i64>,
    pub buffers_alloc: i64,
    pub stats_reset: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckpointAge {
    pub checkpoint_lsn: Lsn,
    pub redo_lsn: Lsn,
    /// Of the checkpoint; after a promotion it lags behind the one in use.
    pub timeline_id: Timeline,
    pub age_s: f64,
}

/// `pg_stat_wal`, 14 and later.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WalStats {
    pub wal_records: i64,
    pub wal_fpi: i64,
    pub wal_bytes: i64,
    pub wal_buffers_full: i64,
    pub wal_sync_ms_until_pg17: Option<f64>,
    pub stats_reset: Option<Timestamp>,
}

/// What lies in `pg_wal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalDir {
    pub files: u64,
    pub bytes: Option<u64>,
    pub oldest: Option<Timestamp>,
}

/// `pg_stat_archiver`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Archiver {
    pub archived_count: i64,
    pub last_archived_wal: Option<Untrusted>,
    pub last_archived_time: Option<Timestamp>,
    pub last_archived_age_s: Option<f64>,
    pub failed_count: i64,
    pub last_failed_wal: Option<Untrusted>,
    pub last_failed_time: Option<Timestamp>,
    pub last_failed_age_s: Option<f64>,
    /// The last failure is younger than the last success.
    pub failing_now: bool,
    /// `off`, `on` (a primary archives), `always` (a replica too).
    pub archive_mode: Untrusted,
    pub stats_reset: Option<Timestamp>,
}

impl Archiver {
    /// Whether this server archives at all, given whether it is in recovery: counters of a former life count for nothing.
    /// An unknown mode counts as archiving.
    #[must_use]
    pub fn archives(&self, in_recovery: bool) -> bool {
        match self.archive_mode.raw() {
            "off" => false,
            "on" => !in_recovery,
            _ => true,
        }
    }
}

/// Segments that wait to be archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveBacklog {
    pub ready_backlog: u64,
    pub oldest_ready: Option<Timestamp>,
}

//! The counters of `SHOW STATS`, and its averages over the last `stats_period`.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A row of `SHOW STATS`: counters since the process began, or since it was told to forget them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub database: Untrusted,
    pub transactions: Option<u64>,
    pub queries: Option<u64>,
    /// Bytes from clients.
    pub received_bytes: Option<u64>,
    /// Bytes to clients.
    pub sent_bytes: Option<u64>,
    /// Time that clients waited for a server.
    pub wait: Option<Duration>,
    /// `avg_xact_count`: transactions each second of the last `stats_period`.
    pub average_transactions: Option<u64>,
    /// `avg_wait_time`: of the last `stats_period`; for each second of it before 1.23, for each assignment of a server since.
    pub average_wait: Option<Duration>,
}

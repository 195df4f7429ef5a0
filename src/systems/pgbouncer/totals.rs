//! The counters of `SHOW STATS_TOTALS`.

use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A row of `SHOW STATS_TOTALS`: counters since the process began, or since it was told to forget them.
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
}

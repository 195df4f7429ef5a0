//! What one PostgreSQL server alone can tell is wrong: one file a rule, one line here.
//!
//! A rule asks for what it needs and passes the gap on when it is not known; a word that it does not know never reads as healthy.

use super::Snapshot;
use crate::config::quantity::time_text;
use crate::model::{Bytes, Gap, Reading, Sample};
use crate::systems::contract::{Rule, View};
use std::time::Duration;

mod archiver_failing;
mod checksum_failures;
mod clock_skew;
mod connections_near_limit;
mod invalid_index;
mod lock_tree;
mod long_transaction;
mod no_privilege;
mod pending_restart;
mod prepared_transaction_old;
mod replay_paused;
mod replica_lag;
mod replica_not_streaming;
mod role_password_expiring;
mod sequence_near_end;
mod slot_retention;
mod syncrep_stall;
mod wraparound;

/// All rules on one server.
pub(super) static RULES: &[Rule<Snapshot>] = &[
    syncrep_stall::RULE,
    replica_lag::RULE,
    replica_not_streaming::RULE,
    replay_paused::RULE,
    slot_retention::RULE,
    archiver_failing::RULE,
    wraparound::RULE,
    checksum_failures::RULE,
    lock_tree::RULE,
    long_transaction::RULE,
    prepared_transaction_old::RULE,
    connections_near_limit::RULE,
    pending_restart::RULE,
    sequence_near_end::RULE,
    role_password_expiring::RULE,
    invalid_index::RULE,
    clock_skew::RULE,
    no_privilege::RULE,
];

/// Findings of one kind that are shown for one server; the worst come first, the number of the others is said.
const MOST: usize = 5;

/// The part `reading` with its age, or the gap `what of NAME`.
fn read<'a, T>(view: &View<'_, Snapshot>, reading: &'a Reading<T>, what: &str) -> Result<&'a Sample<T>, Gap> {
    match reading {
        Reading::Known(sample) => Ok(sample),
        Reading::Unknown { reason, since, last_good } => {
            Err(Gap { fact: format!("{what} of {}", view.name()), reason: reason.clone(), since: *since, last_good: *last_good })
        }
    }
}

/// `pg_stat_archiver of pg1`.
fn witness(view: &View<'_, Snapshot>, source: &str) -> String {
    format!("{source} of {}", view.name())
}

/// `4m 41s`; what is no duration is shown as the number it is.
pub(super) fn seconds_text(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or_else(|_negative| format!("{seconds} s"), time_text)
}

/// `18.2 MiB`; being ahead is being 0 behind.
fn bytes_text(bytes: i64) -> String {
    Bytes(u64::try_from(bytes).unwrap_or(0)).to_string()
}

/// Whether a lag in bytes has reached `limit`; being ahead has not.
fn reaches(bytes: i64, limit: u64) -> bool {
    u64::try_from(bytes).is_ok_and(|bytes| bytes >= limit)
}

/// `1 session`, `3 sessions`.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
pub(super) mod tests;

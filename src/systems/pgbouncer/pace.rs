//! Rates from two answers of the same counters; after the first answer, from the server's own averages of its last `stats_period`, read as its version
//! means them: `avg_wait_time` was per second before 1.23 and is per assignment since. Counters begin again after a restart; then there is no rate.

use super::totals::Totals;
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How fast one database went between two answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    pub database: Untrusted,
    /// Time between the answers; `None` when the server made the averages.
    pub over: Option<Duration>,
    /// A counter went back, so nothing can be said of this time.
    pub reset: bool,
    /// Transactions done in that time; in each second of it where the server made the averages.
    pub transactions: Option<u64>,
    /// Seconds that a transaction waited for a server, on average; `None` when there was no transaction.
    pub wait_seconds: Option<f64>,
}

impl Pace {
    /// Whole transactions a second.
    #[must_use]
    pub fn per_second(&self) -> Option<u64> {
        let Some(over) = self.over else { return self.transactions };
        let milliseconds = u64::try_from(over.as_millis()).ok()?;
        self.transactions?.checked_mul(1_000)?.checked_div(milliseconds)
    }
}

/// The pace of each database that is in both answers.
#[must_use]
pub fn between(before: &[Totals], after: &[Totals], over: Duration) -> Vec<Pace> {
    after.iter().filter_map(|after| before.iter().find(|before| before.database == after.database).map(|before| one(before, after, over))).collect()
}

/// The pace of each database by the server's own averages. `release` says what its average of the wait means.
#[must_use]
pub fn averaged(totals: &[Totals], release: (u32, u32)) -> Vec<Pace> {
    let one = |totals: &Totals| {
        let wait = totals.average_wait.zip(totals.average_transactions).filter(|(_, done)| *done > 0);
        let each = wait.map(|(wait, done)| if release < (1, 23) { wait.as_secs_f64() / number(done) } else { wait.as_secs_f64() });
        Pace { database: totals.database.clone(), over: None, reset: false, transactions: totals.average_transactions, wait_seconds: each }
    };
    totals.iter().map(one).collect()
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn one(before: &Totals, after: &Totals, over: Duration) -> Pace {
    let back = |before: Option<u64>, after: Option<u64>| matches!((before, after), (Some(before), Some(after)) if after < before);
    let reset = back(before.transactions, after.transactions)
        || back(before.queries, after.queries)
        || matches!((before.wait, after.wait), (Some(before), Some(after)) if after < before);
    let transactions = match (before.transactions, after.transactions) {
        (Some(before), Some(after)) if !reset => after.checked_sub(before),
        _ => None,
    };
    let wait = match (before.wait, after.wait) {
        (Some(before), Some(after)) if !reset => after.checked_sub(before),
        _ => None,
    };
    Pace {
        database: after.database.clone(),
        over: Some(over),
        reset,
        transactions,
        wait_seconds: wait.zip(transactions).filter(|(_, done)| *done > 0).map(|(wait, done)| wait.as_secs_f64() / number(done)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(transactions: u64, wait_us: u64) -> Vec<Totals> {
        vec![Totals {
            database: "app".into(),
            transactions: Some(transactions),
            queries: None,
            received_bytes: None,
            sent_bytes: None,
            wait: Some(Duration::from_micros(wait_us)),
            average_transactions: None,
            average_wait: None,
        }]
    }

    #[test]
    fn the_wait_is_per_transaction_of_the_time_between() {
        let pace = between(&totals(100, 1_000_000), &totals(300, 5_000_000), Duration::from_secs(10));
        assert_eq!((pace[0].per_second(), pace[0].wait_seconds, pace[0].reset), (Some(20), Some(0.02), false));
    }

    #[test]
    fn counters_that_begin_again_give_no_rate() {
        let pace = between(&totals(300, 5_000_000), &totals(4, 100), Duration::from_secs(10));
        assert_eq!((pace[0].per_second(), pace[0].wait_seconds, pace[0].reset), (None, None, true));
    }

    #[test]
    fn no_transaction_is_not_a_wait_of_zero() {
        let pace = between(&totals(7, 10), &totals(7, 10), Duration::from_secs(10));
        assert_eq!((pace[0].per_second(), pace[0].wait_seconds), (Some(0), None));
        assert!(between(&totals(7, 10), &[], Duration::from_secs(10)).is_empty());
    }
}

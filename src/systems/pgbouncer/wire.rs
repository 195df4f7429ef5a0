//! From the rows of a SHOW to types, by the name of the column: positions moved in every second release.
//!
//! A column that we do not know is ignored, one that is missing gives `None`, a value that is not of its kind spoils the answer.

use super::settings::{Setting, Settings, holds_secret};
use super::snapshot::{Database, Lists, Pool, ProcessState};
use super::totals::Totals;
use crate::text::Untrusted;
use crate::transport::pg::Rows;
use crate::transport::{ProbeError, Trouble};
use std::collections::BTreeSet;
use std::time::Duration;

/// An answer with the places of its columns.
pub(super) struct Answer<'a> {
    command: &'static str,
    rows: &'a Rows,
}

/// One row of an answer.
pub(super) struct Record<'a> {
    answer: &'a Answer<'a>,
    values: &'a [Option<String>],
}

impl<'a> Answer<'a> {
    /// Checks the form: `needed` columns are there, no column stands twice, every row is whole.
    pub(super) fn new(command: &'static str, rows: &'a Rows, needed: &[&str]) -> Result<Self, ProbeError> {
        let mut seen = BTreeSet::new();
        if let Some(twice) = rows.columns.iter().find(|column| !seen.insert(column.as_str())) {
            return Err(ProbeError::new(Trouble::DuplicateKey, command, format!("column {twice}")));
        }
        if let Some(missing) = needed.iter().find(|column| !seen.contains(*column)) {
            return Err(ProbeError::new(Trouble::Malformed, command, format!("no column {missing}")));
        }
        if rows.rows.iter().any(|row| row.len() != rows.columns.len()) {
            return Err(ProbeError::new(Trouble::Truncated, command, "a row is shorter or longer than the head"));
        }
        Ok(Answer { command, rows })
    }

    pub(super) fn records(&'a self) -> impl Iterator<Item = Record<'a>> {
        self.rows.rows.iter().map(move |values| Record { answer: self, values })
    }

    /// No key may stand twice: which of the rows is meant cannot be known.
    fn unique(&self, keys: impl Iterator<Item = String>) -> Result<(), ProbeError> {
        let mut seen = BTreeSet::new();
        for key in keys {
            if let Some(twice) = seen.replace(key) {
                return Err(ProbeError::new(Trouble::DuplicateKey, self.command, twice));
            }
        }
        Ok(())
    }
}

impl Record<'_> {
    pub(super) fn text(&self, column: &str) -> Option<&str> {
        let at = self.answer.rows.columns.iter().position(|name| name == column)?;
        self.values.get(at)?.as_deref()
    }

    /// As [`Record::text`]; empty is none.
    pub(super) fn word(&self, column: &str) -> Option<Untrusted> {
        self.text(column).filter(|text| !text.is_empty()).map(Untrusted::from)
    }

    /// The text of a column that [`Answer::new`] was told to need.
    pub(super) fn name(&self, column: &str) -> Result<Untrusted, ProbeError> {
        self.text(column).map(Untrusted::from).ok_or_else(|| self.wrong(column, "NULL"))
    }

    pub(super) fn count(&self, column: &str) -> Result<Option<u64>, ProbeError> {
        self.text(column).filter(|text| !text.is_empty()).map(|text| text.parse().map_err(|_error| self.wrong(column, text))).transpose()
    }

    /// Seconds and, beside them, the microseconds of a time.
    pub(super) fn time(&self, seconds: &str, micros: &str) -> Result<Option<Duration>, ProbeError> {
        let (whole, rest) = (self.count(seconds)?, self.count(micros)?.unwrap_or(0));
        let wrong = |whole: u64| self.wrong(seconds, &whole.to_string());
        let time = |whole: u64| Duration::from_secs(whole).checked_add(Duration::from_micros(rest)).ok_or_else(|| wrong(whole));
        whole.map(time).transpose()
    }

    fn flag(&self, column: &str) -> Result<Option<bool>, ProbeError> {
        match self.text(column) {
            None => Ok(None),
            Some("0") => Ok(Some(false)),
            Some("1") => Ok(Some(true)),
            Some(other) => Err(self.wrong(column, other)),
        }
    }

    fn wrong(&self, column: &str, value: &str) -> ProbeError {
        let short: String = value.chars().take(40).collect();
        ProbeError::new(Trouble::Malformed, self.answer.command, format!("column {column} has the value {short}"))
    }
}

/// # Errors
/// The form of the answer; so for all functions of this file.
pub fn version(rows: &Rows) -> Result<Untrusted, ProbeError> {
    let answer = Answer::new("SHOW VERSION", rows, &["version"])?;
    let mut records = answer.records();
    let record = records.next().ok_or_else(|| ProbeError::new(Trouble::Truncated, "SHOW VERSION", "no row"))?;
    record.name("version")
}

/// Major and minor number in `PgBouncer 1.18.0`.
#[must_use]
pub fn release(version: &Untrusted) -> Option<(u32, u32)> {
    let mut parts = version.raw().strip_prefix("PgBouncer ")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn pools(rows: &Rows) -> Result<Vec<Pool>, ProbeError> {
    let answer = Answer::new("SHOW POOLS", rows, &["database", "user"])?;
    let pools = answer.records().map(|record| {
        Ok(Pool {
            database: record.name("database")?,
            user: record.name("user")?,
            clients_active: record.count("cl_active")?,
            clients_waiting: record.count("cl_waiting")?,
            servers_active: record.count("sv_active")?,
            servers_idle: record.count("sv_idle")?,
            servers_used: record.count("sv_used")?,
            servers_tested: record.count("sv_tested")?,
            servers_login: record.count("sv_login")?,
            oldest_wait: record.time("maxwait", "maxwait_us")?,
            mode: record.word("pool_mode"),
            waiting_since: None,
            without_server_since: None,
        })
    });
    let pools = pools.collect::<Result<Vec<_>, ProbeError>>()?;
    answer.unique(pools.iter().map(|pool| format!("{}/{}", pool.database.raw(), pool.user.raw())))?;
    Ok(pools)
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn databases(rows: &Rows) -> Result<Vec<Database>, ProbeError> {
    let answer = Answer::new("SHOW DATABASES", rows, &["name"])?;
    let databases = answer.records().map(|record| {
        let reserve = if record.text("reserve_pool_size").is_some() { "reserve_pool_size" } else { "reserve_pool" };
        Ok(Database {
            name: record.name("name")?,
            host: record.word("host"),
            port: record.count("port")?,
            target: record.word("database"),
            force_user: record.word("force_user"),
            pool_size: record.count("pool_size")?,
            reserve: record.count(reserve)?,
            mode: record.word("pool_mode"),
            max_servers: record.count("max_connections")?,
            servers: record.count("current_connections")?,
            max_clients: record.count("max_client_connections")?,
            clients: record.count("current_client_connections")?,
            paused: record.flag("paused")?,
            disabled: record.flag("disabled")?,
            paused_since: None,
        })
    });
    let databases = databases.collect::<Result<Vec<_>, ProbeError>>()?;
    answer.unique(databases.iter().map(|database| database.name.raw().to_owned()))?;
    Ok(databases)
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn process(rows: &Rows) -> Result<ProcessState, ProbeError> {
    let answer = Answer::new("SHOW STATE", rows, &["key", "value"])?;
    let mut state = ProcessState::default();
    for record in answer.records() {
        let key = record.name("key")?;
        let on = match record.text("value") {
            Some("yes") => true,
            Some("no") => false,
            other => return Err(record.wrong("value", other.unwrap_or("NULL"))),
        };
        match key.raw() {
            "active" => state.active = on,
            "paused" => state.paused = on,
            "suspended" => state.suspended = on,
            _ if on => state.others.push(key),
            _ => {}
        }
    }
    for needed in ["active", "paused"] {
        if !answer.records().any(|record| record.text("key") == Some(needed)) {
            return Err(ProbeError::new(Trouble::Malformed, "SHOW STATE", format!("no row {needed}")));
        }
    }
    answer.unique(answer.records().filter_map(|record| record.text("key").map(str::to_owned)))?;
    Ok(state)
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn totals(rows: &Rows) -> Result<Vec<Totals>, ProbeError> {
    let answer = Answer::new("SHOW STATS", rows, &["database"])?;
    let totals = answer.records().map(|record| {
        Ok(Totals {
            database: record.name("database")?,
            transactions: record.count("total_xact_count")?,
            queries: record.count("total_query_count")?,
            received_bytes: record.count("total_received")?,
            sent_bytes: record.count("total_sent")?,
            wait: record.count("total_wait_time")?.map(Duration::from_micros),
            average_transactions: record.count("avg_xact_count")?,
            average_wait: record.count("avg_wait_time")?.map(Duration::from_micros),
        })
    });
    let totals = totals.collect::<Result<Vec<_>, ProbeError>>()?;
    answer.unique(totals.iter().map(|total| total.database.raw().to_owned()))?;
    Ok(totals)
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn lists(rows: &Rows) -> Result<Lists, ProbeError> {
    let answer = Answer::new("SHOW LISTS", rows, &["list", "items"])?;
    let mut lists = Lists::default();
    for record in answer.records() {
        let items = record.count("items")?;
        match record.text("list") {
            Some("used_clients") => lists.clients = items,
            Some("login_clients") => lists.clients_in_login = items,
            Some("used_servers") => lists.servers = items,
            _ => {}
        }
    }
    Ok(lists)
}

#[expect(clippy::missing_errors_doc, reason = "see version")]
pub fn settings(rows: &Rows) -> Result<Settings, ProbeError> {
    let answer = Answer::new("SHOW CONFIG", rows, &["key", "value"])?;
    let pairs = answer.records().map(|record| {
        let key = record.name("key")?.raw().to_owned();
        let secret = holds_secret(&key);
        let value = if secret { None } else { record.text("value").map(Untrusted::from) };
        Ok((key, Setting { value, default: record.text("default").map(Untrusted::from) }))
    });
    let pairs = pairs.collect::<Result<Vec<_>, ProbeError>>()?;
    answer.unique(pairs.iter().map(|(key, _)| key.clone()))?;
    Ok(Settings(pairs.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SHOW POOLS` with the same number in every cell.
    fn all(number: u64) -> Result<Vec<Pool>, ProbeError> {
        let columns = ["database", "user", "cl_waiting", "sv_active", "sv_idle", "sv_used", "sv_tested", "maxwait", "maxwait_us"];
        let row = ["orders", "app"].map(|name| Some(name.to_owned())).into_iter().chain((2..columns.len()).map(|_| Some(number.to_string())));
        pools(&Rows { columns: columns.map(str::to_owned).to_vec(), rows: vec![row.collect()] })
    }

    #[test]
    fn numbers_that_cannot_be_added_are_not_known() {
        let huge = all(i64::MAX.unsigned_abs()).expect("each by itself is a number");
        assert_eq!((huge[0].servers(), huge[0].lacks_servers()), (None, Some(false)));
        assert_eq!(all(u64::MAX).expect_err("no time is so long").trouble, Trouble::Malformed);
        assert_eq!(all(2).expect("read")[0].servers(), Some(8));
    }
}

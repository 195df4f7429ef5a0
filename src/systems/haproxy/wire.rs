//! From the CSV of `show stat` and the lines of `show info` to types, by the names in the head: 129 columns in 2.6, 208 in 3.2, moved about.
//!
//! The head begins with `# `, every line ends with a comma, one column is called `-`. What ends early, says a thing twice or is no CSV is an error.

use super::snapshot::{Backend, Listener, Process, Server};
use crate::text::Untrusted;
use crate::transport::{ProbeError, Trouble};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Listeners and backends of one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    pub listeners: Vec<Listener>,
    pub backends: Vec<Backend>,
}

/// Field `type` of a row.
const FRONTEND: u64 = 0;
const BACKEND: u64 = 1;
const SERVER: u64 = 2;
/// Longer than any balancer runs.
const LONGEST: Duration = Duration::from_hours(24 * 365 * 20);

/// Decodes the CSV of the socket, which ends with an empty line; without one the answer was cut.
///
/// # Errors
/// As [`statistics`], and [`Trouble::Truncated`].
pub fn socket_statistics(text: &str, asked: &str) -> Result<Statistics, ProbeError> {
    // a page or a refusal is told as such before its end is looked at
    let statistics = statistics(text, asked)?;
    if text.ends_with("\n\n") { Ok(statistics) } else { Err(ProbeError::new(Trouble::Truncated, asked, "no empty line at the end")) }
}

/// Decodes the CSV.
///
/// # Errors
/// [`Trouble::Html`] for a page, [`Trouble::Truncated`] for a row that ends early or a backend without its own row, [`Trouble::DuplicateKey`] for a
/// column or a row that stands twice, [`Trouble::Malformed`] for the rest; [`Trouble::NotPermitted`] when the socket says so.
pub fn statistics(text: &str, asked: &str) -> Result<Statistics, ProbeError> {
    let fail = |trouble, detail: String| ProbeError::new(trouble, asked, detail);
    let Some(body) = text.strip_prefix("# ") else {
        return Err(no_csv(text, asked));
    };
    let mut reader = csv::ReaderBuilder::new().from_reader(body.as_bytes());
    let head = reader.headers().map_err(|error| from_csv(&error, asked))?.clone();
    let mut places = BTreeMap::new();
    for (at, name) in head.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        if places.insert(name, at).is_some() {
            return Err(fail(Trouble::DuplicateKey, format!("column {name}")));
        }
    }
    if let Some(missing) = ["pxname", "svname", "status", "type"].iter().find(|name| !places.contains_key(*name)) {
        return Err(fail(Trouble::Malformed, format!("no column {missing}")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| from_csv(&error, asked))?;
        rows.push(Fields { record, places: &places, asked });
    }
    gather(&rows, asked)
}

/// One row by the names of its columns.
struct Fields<'a> {
    record: csv::StringRecord,
    places: &'a BTreeMap<&'a str, usize>,
    asked: &'a str,
}

impl Fields<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.record.get(*self.places.get(name)?).filter(|text| !text.is_empty())
    }

    fn word(&self, name: &str) -> Option<Untrusted> {
        self.text(name).map(Untrusted::from)
    }

    fn count(&self, name: &str) -> Result<Option<u64>, ProbeError> {
        let wrong = |text: &str| {
            let short: String = text.chars().take(40).collect();
            ProbeError::new(Trouble::Malformed, self.asked, format!("column {name} has the value {short}"))
        };
        self.text(name).map(|text| text.parse().map_err(|_error| wrong(text))).transpose()
    }

    /// A time that no process has seen is not known.
    fn time(&self, name: &str, unit: Duration) -> Result<Option<Duration>, ProbeError> {
        let time = |count| Some(unit.saturating_mul(u32::try_from(count).ok()?)).filter(|time| *time <= LONGEST);
        Ok(self.count(name)?.and_then(time))
    }
}

fn gather(rows: &[Fields<'_>], asked: &str) -> Result<Statistics, ProbeError> {
    if rows.is_empty() {
        // a balancer that balances nothing is less likely than an answer that was cut
        return Err(ProbeError::new(Trouble::Truncated, asked, "no row below the head"));
    }
    let mut statistics = Statistics::default();
    let mut servers: BTreeMap<String, Vec<Server>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for row in rows {
        let proxy = row.word("pxname").unwrap_or_default();
        let name = row.word("svname").unwrap_or_default();
        let kind = row.count("type")?;
        if !seen.insert((kind, proxy.clone(), name.clone())) {
            return Err(ProbeError::new(Trouble::DuplicateKey, asked, format!("row {}/{}", proxy.raw(), name.raw())));
        }
        match kind {
            Some(FRONTEND) => statistics.listeners.push(Listener {
                name: proxy,
                status: row.word("status"),
                sessions: row.count("scur")?,
                session_limit: row.count("slim")?,
            }),
            Some(BACKEND) => {
                let servers = servers.remove(proxy.raw()).unwrap_or_default();
                statistics.backends.push(backend(row, proxy, servers)?);
            }
            Some(SERVER) => servers.entry(proxy.raw().to_owned()).or_default().push(server(row, name)?),
            // sockets of listeners (3), and what comes after
            _ => {}
        }
    }
    // a backend's own row is its last
    match servers.keys().next() {
        Some(name) => Err(ProbeError::new(Trouble::Truncated, asked, format!("no row for the backend {name} itself"))),
        None => Ok(statistics),
    }
}

fn backend(row: &Fields<'_>, name: Untrusted, servers: Vec<Server>) -> Result<Backend, ProbeError> {
    Ok(Backend {
        name,
        status: row.word("status"),
        sessions: row.count("scur")?,
        session_limit: row.count("slim")?,
        queue: row.count("qcur")?,
        queue_since: None,
        last_change: row.time("lastchg", Duration::from_secs(1))?,
        servers,
    })
}

fn server(row: &Fields<'_>, name: Untrusted) -> Result<Server, ProbeError> {
    Ok(Server {
        name,
        status: row.word("status"),
        weight: row.count("weight")?,
        backup: row.count("bck")? == Some(1),
        address: row.word("addr"),
        check_status: row.word("check_status"),
        check_code: row.count("check_code")?,
        check_duration: row.time("check_duration", Duration::from_millis(1))?,
        check_text: row.word("last_chk").or_else(|| row.word("check_desc")),
        sessions: row.count("scur")?,
        session_limit: row.count("slim")?,
        queue: row.count("qcur")?,
        last_change: row.time("lastchg", Duration::from_secs(1))?,
    })
}

/// What an answer is that does not begin with the head.
fn no_csv(text: &str, asked: &str) -> ProbeError {
    let begin = text.trim_start();
    let short: String = begin.chars().take(60).collect();
    let trouble = if begin.is_empty() {
        Trouble::Truncated
    } else if begin.starts_with('<') {
        Trouble::Html
    } else if begin.starts_with("Permission denied") {
        Trouble::NotPermitted
    } else {
        Trouble::Malformed
    };
    ProbeError::new(trouble, asked, short)
}

fn from_csv(error: &csv::Error, asked: &str) -> ProbeError {
    let trouble = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } if len < expected_len => Trouble::Truncated,
        _ => Trouble::Malformed,
    };
    ProbeError::new(trouble, asked, error.to_string())
}

/// Decodes `show info`: `Key: value`, a line each. What is not used is ignored: keys come, go and are misspelt.
///
/// # Errors
/// [`Trouble::Malformed`] when the answer does not say that it is of `HAProxy`, [`Trouble::DuplicateKey`].
pub fn process(text: &str, asked: &str) -> Result<Process, ProbeError> {
    let mut lines = BTreeMap::new();
    for (key, value) in text.lines().filter_map(|line| line.split_once(": ")) {
        if lines.insert(key, value).is_some() {
            return Err(ProbeError::new(Trouble::DuplicateKey, asked, format!("key {key}")));
        }
    }
    if lines.get("Name").is_none_or(|name| name.is_empty()) || !lines.contains_key("Uptime_sec") {
        return Err(no_csv(text, asked));
    }
    let count = |key: &str| {
        let parse = |text: &&str| text.parse::<u64>().map_err(|_error| ProbeError::new(Trouble::Malformed, asked, format!("{key}: {text}")));
        lines.get(key).map(parse).transpose()
    };
    Ok(Process {
        version: lines.get("Version").map(|version| Untrusted::from(*version)),
        uptime: count("Uptime_sec")?.map(Duration::from_secs).filter(|uptime| *uptime <= LONGEST),
        connections: count("CurrConns")?,
        connection_limit: count("Maxconn")?,
        stopping: count("Stopping")?.map(|count| count > 0),
    })
}

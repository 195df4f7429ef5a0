//! `[[notify]]`: who is told when a verdict changes, and how much.
//!
//! The URL of a webhook is a secret, for whoever has it can write there: a target holds where URL and key lie, and an error never repeats them.

use super::diagnostic::Diagnostic;
use super::path;
use super::reference;
use super::shape::Report;
use super::tree::{Entry, Node, Table, Value};
use crate::model::{SecretRef, Severity};

/// Sent in any hour, where nobody says otherwise.
const PER_HOUR: usize = 20;

/// One target of notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeTarget {
    pub name: String,
    pub to: NoticeTo,
    /// The least severity that is told.
    pub least: Severity,
    /// At most so many in any hour.
    pub per_hour: usize,
}

/// What takes a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeTo {
    /// The terminal of an open console.
    Terminal,
    /// A program: its argv.
    Command(Vec<String>),
    /// Where the URL of an incoming webhook lies.
    Slack(SecretRef),
    /// Where the routing key lies, and the URL where it is not the usual one.
    PagerDuty { key: SecretRef, url: Option<SecretRef> },
    /// Where the URL lies.
    Webhook(SecretRef),
}

impl NoticeTo {
    /// The word of the configuration.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            NoticeTo::Terminal => "terminal",
            NoticeTo::Command(_) => "command",
            NoticeTo::Slack(_) => "slack",
            NoticeTo::PagerDuty { .. } => "pagerduty",
            NoticeTo::Webhook(_) => "webhook",
        }
    }

    /// Where the URL lies, if it is configured.
    #[must_use]
    pub const fn url(&self) -> Option<&SecretRef> {
        match self {
            NoticeTo::Terminal | NoticeTo::Command(_) => None,
            NoticeTo::Slack(url) | NoticeTo::Webhook(url) => Some(url),
            NoticeTo::PagerDuty { url, .. } => url.as_ref(),
        }
    }

    /// The secrets that a send needs.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretRef> {
        let both = match self {
            NoticeTo::Terminal | NoticeTo::Command(_) => [None, None],
            NoticeTo::Slack(url) | NoticeTo::Webhook(url) => [Some(url), None],
            NoticeTo::PagerDuty { key, url } => [Some(key), url.as_ref()],
        };
        both.into_iter().flatten()
    }
}

/// The targets, in the order of the files.
pub(super) fn of(root: &Table, report: &mut Report) -> Vec<NoticeTarget> {
    let entries = root.node("notify").and_then(Node::table).map(Table::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| target(entry, report)).collect()
}

fn target(entry: &Entry, report: &mut Report) -> Option<NoticeTarget> {
    let label = path::join("notify", &entry.name);
    let table = entry.node.table()?;
    if report.dropped.contains(&label) {
        return None;
    }
    let Some(to) = table.node("to").and_then(Node::text) else {
        let error = Diagnostic::at(&entry.place, format!("{label}: `to` is missing"));
        report.found.push(error.hint("to = \"terminal\", \"command\", \"slack\", \"pagerduty\" or \"webhook\""));
        return None;
    };
    let (needs, may): (&[&str], &[&str]) = match to {
        "command" => (&["argv"], &[]),
        "slack" | "webhook" => (&["url"], &[]),
        "pagerduty" => (&["key"], &["url"]),
        _ => (&[], &[]),
    };
    let before = report.found.len();
    for key in needs.iter().filter(|key| table.get(key).is_none()) {
        let hint = match *key {
            "argv" => "argv = [\"PROGRAM\", \"ARGUMENT\"]".to_owned(),
            key => format!("{key} = \"env:NAME\", \"file:PATH\" or {{ cmd = [\"PROGRAM\"] }}"),
        };
        report.found.push(Diagnostic::at(&entry.place, format!("{label}: `{key}` is missing: to = \"{to}\" needs it")).hint(hint));
    }
    for key in ["url", "key", "argv"].into_iter().filter(|key| !needs.contains(key) && !may.contains(key)) {
        if let Some(there) = table.get(key) {
            let error = Diagnostic::at(&there.place, format!("{label}: `{key}` means nothing to \"{to}\""));
            report.found.push(error.hint("leave it out, or write the `to` that it belongs to"));
        }
    }
    let url = secret(&label, "url", table, report);
    let key = secret(&label, "key", table, report);
    if report.found.len() > before {
        return None;
    }
    let to = match to {
        "terminal" => NoticeTo::Terminal,
        "command" => NoticeTo::Command(argv(table.node("argv")?)?),
        "slack" => NoticeTo::Slack(url?),
        "pagerduty" => NoticeTo::PagerDuty { key: key?, url },
        _ => NoticeTo::Webhook(url?),
    };
    let least = match table.node("least").and_then(Node::text) {
        Some("info") => Severity::Info,
        Some("warning") => Severity::Warning,
        _ => Severity::Critical,
    };
    let per_hour = match table.node("per_hour").map(|node| &node.value) {
        Some(Value::Integer(number)) => usize::try_from(*number).unwrap_or(PER_HOUR),
        _ => PER_HOUR,
    };
    Some(NoticeTarget { name: entry.name.clone(), to, least, per_hour })
}

fn secret(label: &str, key: &str, table: &Table, report: &mut Report) -> Option<SecretRef> {
    let node = table.node(key)?;
    let reference = reference::of(node).ok()?;
    if matches!(reference, SecretRef::Pgpass(_)) {
        let error = Diagnostic::at(&node.place, format!("{label}.{key}: pgpass holds passwords of PostgreSQL alone"));
        report.found.push(error.hint("\"env:NAME\", \"file:PATH\" or { cmd = [\"PROGRAM\"] }"));
    }
    Some(reference)
}

fn argv(node: &Node) -> Option<Vec<String>> {
    match &node.value {
        Value::List(items) => items.iter().map(|item| item.text().map(str::to_owned)).collect(),
        _ => None,
    }
}

//! Problems first: the order of findings, and what they make of a cluster as a whole.

use super::outcome::Outcome;
use crate::fleet::Cluster;
use crate::model::{Finding, Moment, Severity};

/// How a cluster stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Healthy,
    Warning,
    /// No critical finding, but a fact without which nobody can say so is not known.
    Unknown,
    Critical,
    /// Not one endpoint could be read.
    Unreadable,
}

impl Standing {
    /// The word beside glyph and colour.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Standing::Healthy => "healthy",
            Standing::Warning => "warning",
            Standing::Unknown => "unknown",
            Standing::Critical => "critical",
            Standing::Unreadable => "unreadable",
        }
    }
}

/// Worst first; among equals the confirmed, then the oldest, then by name, so that rows stand still.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let severity = b.severity.cmp(&a.severity).then(b.confirmed.cmp(&a.confirmed)).then(weight(&a.rule).cmp(&weight(&b.rule)));
        severity.then(a.since.at().cmp(&b.since.at())).then_with(|| a.identity().cmp(&b.identity()))
    });
}

/// What is said first among critical findings: causes before their shadows.
fn weight(rule: &str) -> usize {
    const FIRST: &[&str] =
        &["split-brain", "no-writable-primary", "syncrep-stall", "no-leader", "dcs-no-quorum", "dcs-down", "write-backend-not-one-up"];
    FIRST.iter().position(|first| *first == rule).unwrap_or(if rule == "endpoint-unreachable" { FIRST.len() + 1 } else { FIRST.len() })
}

/// What `findings` and `outcomes` make of `cluster`.
pub(super) fn standing(cluster: &Cluster, findings: &[Finding], outcomes: &[Outcome], now: Moment) -> Standing {
    if !cluster.entries.iter().any(|entry| entry.current(now).is_ok()) {
        return Standing::Unreadable;
    }
    let worst = findings.iter().filter(|finding| finding.subject.cluster == cluster.spec.name).map(|finding| finding.severity).max();
    let blind = outcomes.iter().any(|outcome| outcome.subject.cluster == cluster.spec.name && outcome.rule.required && outcome.found.is_err());
    match worst {
        Some(Severity::Critical) => Standing::Critical,
        _ if blind => Standing::Unknown,
        Some(Severity::Warning) => Standing::Warning,
        Some(Severity::Info) | None => Standing::Healthy,
    }
}

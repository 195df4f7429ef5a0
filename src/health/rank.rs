//! Problems first: the order of findings, and what they make of a cluster as a whole.
//!
//! A required fact of a discovered endpoint that nobody can read is not enough for `unknown`: only a server's word says that it exists, and one that
//! lies, or is attacked, could make any cluster unknown for ever. Nor is it `healthy`: a member that was named and is silent is dead, cut off or made
//! up, and each deserves a look, so `endpoint-unreachable` is a warning there as well. What a configured server says itself, that there is no leader or
//! that the leader is such a member, counts in full; and once a person has pinned the endpoint (`opsctl init`), so does its silence.

use super::outcome::Outcome;
use crate::fleet::Cluster;
use crate::model::{EndpointId, Finding, Moment, Origin, Severity, Subject};

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
        severity.then(a.since.at().cmp(&b.since.at())).then_with(|| (&a.rule, &a.subject).cmp(&(&b.rule, &b.subject)))
    });
}

/// What is said first among findings that are equally bad: causes before their shadows.
fn weight(rule: &str) -> usize {
    const FIRST: &[&str] = &[
        "run-left-open",
        "split-brain",
        "dcs-no-quorum",
        "cluster-silent",
        "host-silent",
        "member-frozen",
        "no-writable-primary",
        "lock-holder-not-writable",
        "syncrep-stall",
        "no-leader",
        "dcs-down",
        "write-backend-not-one-up",
        "entry-down",
        "pool-paused",
    ];
    FIRST.iter().position(|first| *first == rule).unwrap_or(if rule == "endpoint-unreachable" { FIRST.len() + 1 } else { FIRST.len() })
}

/// What `findings` and `outcomes` of `cluster` make of it.
pub(super) fn standing(cluster: &Cluster, findings: &[Finding], outcomes: &[Outcome], now: Moment) -> Standing {
    if !cluster.entries.iter().any(|entry| entry.current(now).is_ok()) {
        return Standing::Unreadable;
    }
    let worst = findings.iter().map(|finding| finding.severity).max();
    let is_discovered = |subject: &Subject| {
        let same = |id: &EndpointId| subject.member.as_ref() == Some(&id.name) && subject.system.as_ref() == Some(&id.system);
        cluster.entries.iter().any(|entry| entry.spec.origin == Origin::Discovered && same(&entry.spec.id))
    };
    let lacks = |outcome: &&Outcome| outcome.rule.required && outcome.found.is_err();
    let blind = outcomes.iter().filter(lacks).any(|outcome| !is_discovered(&outcome.subject));
    match worst {
        Some(Severity::Critical) => Standing::Critical,
        _ if blind => Standing::Unknown,
        Some(Severity::Warning) => Standing::Warning,
        Some(Severity::Info) | None => Standing::Healthy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::judge::every_rule;
    use crate::model::{Clock, Cure, Since};
    use std::time::Duration;

    #[test]
    fn among_what_is_equally_bad_a_cause_stands_before_its_shadows_however_old_they_are() {
        let now = Clock::real().now();
        let finding = |rule: &str, severity: Severity, age: u64| Finding {
            rule: rule.to_owned(),
            severity,
            subject: Subject { cluster: "orders".to_owned(), system: None, member: None, object: None },
            sentence: "s".into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(now.wall - jiff::SignedDuration::try_from(Duration::from_secs(age)).expect("short")),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        };
        let warnings = ["clients-waiting", "endpoint-unreachable", "member-missing", "pool-paused", "host-silent"];
        let mut all: Vec<Finding> = (0..).zip(warnings).map(|(age, rule)| finding(rule, Severity::Warning, 100 - age)).collect();
        all.push(finding("replica-lag", Severity::Critical, 1));
        sort(&mut all);
        let ranked: Vec<&str> = all.iter().map(|finding| finding.rule.as_str()).collect();
        assert_eq!(ranked, ["replica-lag", "host-silent", "pool-paused", "clients-waiting", "member-missing", "endpoint-unreachable"]);
        assert!(ranked.iter().all(|rule| every_rule().iter().any(|known| known.id == *rule)));
    }
}

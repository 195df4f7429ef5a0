//! What changed from one judgement to the next: what a person wants to be told, and what a recording keeps the longest. Pure.
//!
//! A finding is the same one while rule and subject are; its evidence and the figures in its sentence may move without anybody being told.

use super::turns::{Kind, Turn};
use crate::health::{Judgement, Standing};
use crate::model::{Finding, Severity, Subject};

/// How everything stands, without the figures that move each second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// In the order of rule and subject.
    findings: Vec<(String, Subject, Severity, bool)>,
    standings: Vec<(String, Standing)>,
}

impl Verdict {
    /// That of one cluster, or of all.
    #[must_use]
    pub fn of(judgement: &Judgement, only: Option<&str>) -> Self {
        let wanted = |cluster: &str| only.is_none_or(|only| only == cluster);
        let findings = judgement.findings.iter().filter(|finding| wanted(&finding.subject.cluster));
        let mut findings: Vec<_> =
            findings.map(|finding| (finding.rule.clone(), finding.subject.clone(), finding.severity, finding.confirmed)).collect();
        findings.sort();
        let standings =
            judgement.standings().filter(|(cluster, _)| wanted(cluster)).map(|(cluster, standing)| (cluster.to_owned(), standing)).collect();
        Verdict { findings, standings }
    }
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A cluster stands otherwise than before.
    Stands { cluster: String, before: Option<Standing>, now: Standing },
    /// Raised, or raised with another severity, or known for certain again.
    Raised(Finding),
    /// It may no longer hold: its inputs became unknown.
    Doubtful(Finding),
    /// Raised before and not now.
    Cleared(Finding),
    /// Something changed places, such as the synchronous standby.
    Moved(Turn),
}

impl Change {
    /// The cluster it is about.
    #[must_use]
    pub fn cluster(&self) -> &str {
        match self {
            Change::Stands { cluster, .. } => cluster,
            Change::Raised(finding) | Change::Doubtful(finding) | Change::Cleared(finding) | Change::Moved(Turn { finding, .. }) => {
                &finding.subject.cluster
            }
        }
    }
}

/// Everything that changed from `before` to `now`: standings first, then what was raised, then what was cleared.
#[must_use]
pub fn changes(before: &Judgement, now: &Judgement) -> Vec<Change> {
    let find = |judgement: &'_ Judgement, finding: &Finding| judgement.findings.iter().find(|other| other.identity() == finding.identity()).cloned();
    let stands = now.standings().filter_map(|(cluster, standing)| {
        let former = before.cluster(cluster).map(|judged| judged.standing);
        (former != Some(standing)).then(|| Change::Stands { cluster: cluster.to_owned(), before: former, now: standing })
    });
    let told = now.findings.iter().filter_map(|finding| {
        let former = find(before, finding);
        let same = former.as_ref().is_some_and(|former| (former.severity, former.confirmed) == (finding.severity, finding.confirmed));
        match (same, finding.confirmed) {
            (true, _) => None,
            (false, true) => Some(Change::Raised(finding.clone())),
            (false, false) => Some(Change::Doubtful(finding.clone())),
        }
    });
    let cleared = before.findings.iter().filter(|finding| find(now, finding).is_none()).cloned().map(Change::Cleared);
    stands.chain(told).chain(cleared).collect()
}

/// The moves of `now` that `before` does not have yet.
#[must_use]
pub fn moves(before: &[Turn], now: &[Turn]) -> Vec<Change> {
    now.iter().filter(|turn| turn.kind == Kind::Moved && !before.contains(turn)).cloned().map(Change::Moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::Fleet;
    use crate::model::{Clock, Cure, Since};
    use std::sync::Arc;
    use std::time::Duration;

    fn finding(rule: &str, severity: Severity, confirmed: bool, sentence: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            severity,
            subject: Subject { cluster: "c".to_owned(), system: None, member: None, object: None },
            sentence: sentence.into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(Clock::real().now().wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed,
        }
    }

    fn judgement(findings: &[Finding], standing: Standing) -> Judgement {
        let now = Clock::real().now();
        let fleet = Fleet::unread(&[Arc::new(ClusterSpec::named("c", "test"))], Duration::MAX, now);
        Judgement::told(&fleet, 1, now, findings, &[], &[("c".to_owned(), standing)])
    }

    #[test]
    fn each_way_a_verdict_can_change_is_told_once() {
        let none = judgement(&[], Standing::Healthy);
        let one = judgement(&[finding("a", Severity::Warning, true, "1 s")], Standing::Warning);
        let moved = judgement(&[finding("a", Severity::Warning, true, "2 s")], Standing::Warning);
        let worse = judgement(&[finding("a", Severity::Critical, true, "9 s")], Standing::Critical);
        let unsure = judgement(&[finding("a", Severity::Critical, false, "9 s")], Standing::Critical);
        assert_eq!(changes(&one, &moved), []);
        assert_eq!(Verdict::of(&one, None), Verdict::of(&moved, None));
        for (before, now, expected) in [
            (&none, &one, vec!["stands", "raised"]),
            (&one, &worse, vec!["stands", "raised"]),
            (&worse, &unsure, vec!["doubtful"]),
            (&unsure, &worse, vec!["raised"]),
            (&worse, &none, vec!["stands", "cleared"]),
        ] {
            let words: Vec<&str> = changes(before, now)
                .iter()
                .map(|change| match change {
                    Change::Stands { .. } => "stands",
                    Change::Raised(_) => "raised",
                    Change::Doubtful(_) => "doubtful",
                    Change::Cleared(_) => "cleared",
                    Change::Moved(_) => "moved",
                })
                .collect();
            assert_eq!(words, expected);
            assert_ne!(Verdict::of(before, None), Verdict::of(now, None));
        }
    }

    #[test]
    fn another_cluster_is_not_meant() {
        let one = judgement(&[finding("a", Severity::Warning, true, "")], Standing::Warning);
        assert_eq!(Verdict::of(&one, Some("other")), Verdict::default());
    }
}

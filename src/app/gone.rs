//! What was found and is not any more: the findings that were cleared while this process watched, so that who comes late sees what there was. Pure.

use crate::health::{ClusterJudgement, Judgement};
use crate::model::Finding;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// So many are kept, over all clusters.
const MOST: usize = 500;

/// A finding that was cleared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gone {
    /// Without its evidence, which was about then.
    pub finding: Finding,
    /// When it was not found for the first time, by the clock here.
    pub at: Timestamp,
}

/// `known`, and what `before` had found and `now` does not.
#[must_use]
pub fn kept(known: &Arc<Vec<Gone>>, before: &Judgement, now: &Judgement) -> Arc<Vec<Gone>> {
    let cleared: Vec<Gone> = before.clusters.iter().flat_map(|former| of(former, now)).collect();
    if cleared.is_empty() {
        return Arc::clone(known);
    }
    let mut all: Vec<Gone> = known.iter().cloned().chain(cleared).collect();
    all.drain(..all.len().saturating_sub(MOST));
    Arc::new(all)
}

fn of(former: &Arc<ClusterJudgement>, now: &Judgement) -> Vec<Gone> {
    let Some(judged) = now.clusters.iter().find(|judged| judged.name() == former.name()) else { return Vec::new() };
    // one that nobody told anything new of was not judged again
    if Arc::ptr_eq(former, judged) || former.findings.is_empty() {
        return Vec::new();
    }
    let found: BTreeSet<_> = judged.findings.iter().map(Finding::identity).collect();
    let cleared = former.findings.iter().filter(|finding| !found.contains(&finding.identity()));
    cleared.map(|finding| Gone { finding: Finding { evidence: Vec::new(), ..finding.clone() }, at: now.at.wall }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::Fleet;
    use crate::health::Standing;
    use crate::model::{Clock, Cure, Severity, Since, Subject};
    use std::time::Duration;

    #[test]
    fn what_is_cleared_is_kept_once_and_not_for_ever() {
        let begin = Clock::real().now();
        let fleet = Fleet::unread(&[Arc::new(ClusterSpec::named("c", "test"))], Duration::MAX, begin);
        let finding = |rule: &str| Finding {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            subject: Subject { cluster: "c".to_owned(), system: None, member: None, object: None },
            sentence: "s".into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(begin.wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        };
        let judged = |rules: &[&str], second: u64| {
            let findings: Vec<Finding> = rules.iter().map(|rule| finding(rule)).collect();
            Judgement::told(&fleet, second, begin.plus(Duration::from_secs(second)), &findings, &[], &[("c".to_owned(), Standing::Warning)])
        };
        let (both, one, none) = (judged(&["a", "b"], 1), judged(&["b"], 2), judged(&[], 3));
        let mut gone = Arc::new(Vec::new());
        for (before, now) in [(&both, &both), (&both, &one), (&one, &one), (&one, &none), (&none, &both)] {
            gone = kept(&gone, before, now);
        }
        let rules: Vec<(&str, i64)> = gone.iter().map(|gone| (gone.finding.rule.as_str(), gone.at.as_second() - begin.wall.as_second())).collect();
        assert_eq!(rules, [("a", 2), ("b", 3)]);
        for _ in 0..MOST {
            gone = kept(&gone, &both, &none);
        }
        assert_eq!(gone.len(), MOST);
    }
}

//! Which runbook mends what a rule found: the way from a finding to its plan. Pure.
//!
//! It must never name a runbook for a finding that the runbook makes worse: what decides whether it may be run now are its own checks, and they are in its plan.

use super::question::Wish;
use crate::model::Finding;
use std::collections::BTreeMap;

/// Rules, and the runbook that mends what they find.
pub static CURES: &[(&str, &str)] =
    &[("cluster-paused", "resume"), ("lock-holder-not-writable", "failover"), ("no-leader", "failover"), ("no-writable-primary", "failover")];

/// The runbook that mends what `finding` says, as it is wanted: what it has to be told is filled in as far as there is one good answer.
#[must_use]
pub fn of(finding: &Finding) -> Option<Wish> {
    let (_, runbook) = CURES.iter().find(|(rule, _)| *rule == finding.rule)?;
    Some(Wish { cluster: finding.subject.cluster.clone(), runbook: (*runbook).to_owned(), given: BTreeMap::new(), fill: true })
}

#[cfg(test)]
mod tests {
    use super::CURES;
    use crate::health::judge::every_rule;
    use crate::runbook::Library;

    #[test]
    fn every_cure_is_of_a_rule_and_names_a_runbook_of_this_program() {
        let (rules, shipped) = (every_rule(), Library::shipped());
        for (rule, runbook) in CURES {
            assert!(rules.iter().any(|known| known.id == *rule), "{rule}");
            assert!(shipped.find(runbook).is_some(), "{runbook}");
        }
    }
}

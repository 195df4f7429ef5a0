//! What follows from another finding says so: whoever reads "reinitialise it" of a member that only lost its store would make things worse.
//!
//! It must never hide a finding, nor change how bad it is: only what to do about it.

use crate::model::{Cure, Finding};

/// A cause, and what it brings about by itself.
struct Chain {
    cause: &'static str,
    brings: &'static [&'static str],
    why: &'static str,
}

static CHAINS: &[Chain] = &[
    Chain {
        cause: "dcs-no-quorum",
        brings: &[
            "no-leader",
            "no-writable-primary",
            "lock-holder-not-writable",
            "replica-not-streaming",
            "write-backend-not-one-up",
            "sync-standby-missing",
            "witness-stale",
        ],
        why: "without a quorum of its store Patroni gives up the primary and promotes nobody",
    },
    Chain {
        cause: "dcs-down",
        brings: &[
            "no-leader",
            "no-writable-primary",
            "lock-holder-not-writable",
            "replica-not-streaming",
            "write-backend-not-one-up",
            "witness-stale",
        ],
        why: "without its store Patroni gives up the primary and promotes nobody",
    },
    Chain {
        cause: "no-writable-primary",
        brings: &["write-backend-not-one-up", "replica-not-streaming"],
        why: "there is no primary to send writes to or to stream from",
    },
];

/// Gives each of `findings` of one cluster that follows from another the cure of its cause. The first chain counts: it lies deepest.
pub(super) fn told(findings: &mut [Finding]) {
    for chain in CHAINS {
        // a warning is one member that lost its store; what others do does not follow from it
        let is_cause = |finding: &&Finding| finding.rule == chain.cause && finding.confirmed && finding.severity == crate::model::Severity::Critical;
        if !findings.iter().any(|finding| is_cause(&finding)) {
            continue;
        }
        let words = format!("Follows from {}: {}. Mend that first; this ends with it.", chain.cause, chain.why);
        for finding in findings.iter_mut().filter(|finding| chain.brings.contains(&finding.rule.as_str())) {
            if !matches!(&finding.cure, Cure::Procedure(text) if text.starts_with("Follows from ")) {
                finding.cure = Cure::Procedure(words.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_a_chain_is_one_and_no_cause_follows_from_itself() {
        let known: Vec<&str> = crate::health::judge::every_rule().iter().map(|rule| rule.id).collect();
        for chain in CHAINS {
            assert!(known.contains(&chain.cause) && !chain.brings.contains(&chain.cause), "{}", chain.cause);
            assert!(chain.brings.iter().all(|rule| known.contains(rule)), "{:?}", chain.brings);
        }
    }
}

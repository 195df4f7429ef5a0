//! One finding of what several witnesses tell: the same rule on the same member, raised by Patroni and by PostgreSQL, or by a member and the store.
//!
//! It must never join what two rules say, or two members, or two objects.

use crate::model::{Finding, Since, Subject};
use std::collections::HashMap;
use std::collections::hash_map::Entry::{Occupied, Vacant};

/// Two that are the same finding: what is confirmed and worse is said, with the evidence of both.
pub(super) fn merged(known: Finding, finding: Finding) -> Finding {
    let weight = |finding: &Finding| (finding.confirmed, finding.severity);
    let (mut said, other) = if weight(&finding) > weight(&known) { (finding, known) } else { (known, finding) };
    // what was kept from a former revision proves nothing about this one
    if other.confirmed {
        said.since = earlier(said.since, other.since);
        said.evidence.extend(other.evidence);
    }
    said
}

/// `findings`, those that differ by their witness alone made one. A finding of two systems belongs to neither.
pub(super) fn joined(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    let mut places = HashMap::new();
    for finding in findings {
        match places.entry(fact(&finding)) {
            Vacant(place) => {
                place.insert(all.len());
                all.push(finding);
            }
            Occupied(place) => {
                let Some(known) = all.get_mut(*place.get()) else { continue };
                let system = if known.subject.system == finding.subject.system { finding.subject.system.clone() } else { None };
                *known = merged(known.clone(), finding);
                known.subject.system = system;
            }
        }
    }
    all
}

/// What it says, whoever says it.
fn fact(finding: &Finding) -> (String, Subject) {
    (finding.rule.clone(), Subject { system: None, ..finding.subject.clone() })
}

fn earlier(one: Since, other: Since) -> Since {
    if other.at() < one.at() { other } else { one }
}

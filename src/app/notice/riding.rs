//! What follows from a cause that the target is told: it rides in the notice of the cause and is not told on its own. Pure.
//!
//! It must never keep quiet what no told cause explains: where the cause is too mild for the target, or is gone for longer than its consequences take to end,
//! they are told like any other.

use super::Known;
use crate::model::{Cure, Finding, Identity, Moment};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a cause brought about takes so long to end after it.
const AFTER: Duration = Duration::from_mins(1);

/// The consequences, each with the moment until which it is taken for one.
#[derive(Clone, Debug, Default)]
pub(super) struct Riding(BTreeMap<Identity, Moment>);

impl Riding {
    /// Looks at `holds`: all that the target is told of.
    pub(super) fn see(&mut self, holds: &BTreeMap<Identity, Known>, now: Moment) {
        let follow = holds.iter().filter(|(_, (finding, _))| cause(finding).is_some_and(|rule| is_there(rule, finding, holds)));
        self.0.extend(follow.map(|(identity, _)| (identity.clone(), now.plus(AFTER))));
        self.0.retain(|identity, until| holds.contains_key(identity) && now.mono < until.mono);
    }

    pub(super) fn has(&self, identity: &Identity) -> bool {
        self.0.contains_key(identity)
    }

    /// The sentences of what rides behind `told`.
    pub(super) fn behind(&self, told: &Finding, holds: &BTreeMap<Identity, Known>) -> Vec<String> {
        let behind = |finding: &Finding| cause(finding) == Some(told.rule.as_str()) && finding.subject.cluster == told.subject.cluster;
        let riding = self.0.keys().filter_map(|identity| holds.get(identity)).filter(|(finding, _)| behind(finding));
        riding.map(|(finding, _)| finding.sentence.shown()).collect()
    }
}

/// The rule that `finding` follows from.
fn cause(finding: &Finding) -> Option<&str> {
    match &finding.cure {
        Cure::Follows { from, .. } => Some(from),
        Cure::Runbook(_) | Cure::Procedure(_) => None,
    }
}

fn is_there(rule: &str, finding: &Finding, holds: &BTreeMap<Identity, Known>) -> bool {
    holds.keys().any(|known| known.rule == rule && known.cluster == finding.subject.cluster)
}

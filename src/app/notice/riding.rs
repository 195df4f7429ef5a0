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
    /// Looks at `holds`: all that the target is told of. What is worse than its cause wakes others, and is told itself.
    pub(super) fn see(&mut self, holds: &BTreeMap<Identity, Known>, now: Moment) {
        let rides = |finding: &Finding| cause(finding, holds).is_some_and(|cause| finding.severity <= cause.severity);
        let follow = holds.iter().filter(|(_, (finding, _))| rides(finding));
        self.0.extend(follow.map(|(identity, _)| (identity.clone(), now.plus(AFTER))));
        let worse = |identity: &Identity| holds.get(identity).is_none_or(|(finding, _)| cause(finding, holds).is_some() && !rides(finding));
        self.0.retain(|identity, until| !worse(identity) && now.mono < until.mono);
    }

    pub(super) fn has(&self, identity: &Identity) -> bool {
        self.0.contains_key(identity)
    }

    /// The sentences of what rides behind `told`, also behind what rides there itself.
    pub(super) fn behind(&self, told: &Finding, holds: &BTreeMap<Identity, Known>) -> Vec<String> {
        let riding = self.0.keys().filter_map(|identity| holds.get(identity)).map(|(finding, _)| finding);
        riding.filter(|finding| self.root(finding, holds) == told.identity()).map(|finding| finding.sentence.shown()).collect()
    }

    /// What is told of the causes of `finding`.
    fn root(&self, finding: &Finding, holds: &BTreeMap<Identity, Known>) -> Identity {
        let mut at = finding;
        // each step goes to another finding, or the causes lead in a circle
        for _ in 0..holds.len() {
            match cause(at, holds) {
                Some(cause) if self.has(&at.identity()) => at = cause,
                _ => break,
            }
        }
        at.identity()
    }
}

/// What `finding` follows from, of what `holds`.
fn cause<'a>(finding: &Finding, holds: &'a BTreeMap<Identity, Known>) -> Option<&'a Finding> {
    let Cure::Follows { from, of, .. } = &finding.cure else { return None };
    let is_cause = |known: &&Finding| {
        known.rule == *from
            && known.subject.cluster == finding.subject.cluster
            && of.as_ref().is_none_or(|of| (&of.member, &of.object) == (&known.subject.member, &known.subject.object))
    };
    holds.values().map(|(known, _)| known).find(is_cause)
}

//! What a process before told, until this one can know whether it still is so. Pure.
//!
//! It must never take what was not looked at yet for a recovery, nor a finding that is young only to this process for one that became milder.

use super::Known;
use crate::app::Observed;
use crate::model::{Finding, Identity, Moment, Severity};
use crate::systems::contract::Knobs;
use std::collections::BTreeMap;
use std::time::Duration;

/// An endpoint that was found, not configured, may be found again within this.
const FOUND_AGAIN: Duration = Duration::from_mins(2);

/// What was told, with the moment since when it can be judged again.
#[derive(Clone, Debug, Default)]
pub(super) struct Restored(BTreeMap<Identity, Option<Moment>>);

impl Restored {
    pub(super) fn add(&mut self, identity: Identity) {
        self.0.insert(identity, None);
    }

    /// Has `holds` keep as it was `told` what this process cannot know yet to be otherwise.
    pub(super) fn keep(
        &mut self,
        observed: &Observed,
        told: &BTreeMap<Identity, Known>,
        holds: &mut BTreeMap<Identity, Known>,
        milder: &mut BTreeMap<Identity, Severity>,
    ) {
        self.0.retain(|identity, since| {
            let Some(known) = told.get(identity) else { return false };
            let found = observed.judgement.findings.iter().find(|finding| finding.identity() == *identity);
            if found.is_some_and(|finding| finding.confirmed && finding.severity >= known.0.severity) {
                return false;
            }
            let is_over = judged(observed, &known.0).is_some_and(|period| {
                let since = since.get_or_insert(observed.now);
                observed.now.since(*since) >= period
            });
            if !is_over {
                holds.insert(identity.clone(), known.clone());
                milder.remove(identity);
            }
            !is_over
        });
    }
}

/// How long the rule has to see it otherwise; `None`: it cannot be judged now.
fn judged(observed: &Observed, Finding { rule, subject, .. }: &Finding) -> Option<Duration> {
    let cluster = observed.judgement.cluster(&subject.cluster)?;
    let spec = &observed.fleet.cluster(&subject.cluster)?.spec;
    let mut period = None;
    for outcome in cluster.outcomes.iter().filter(|outcome| outcome.rule.id == rule.as_str()) {
        let place = &outcome.subject;
        if place.system == subject.system && (place.member.is_none() || place.member == subject.member) {
            outcome.found.as_ref().ok()?;
            period = period.max(Some(Knobs::new(spec, outcome.rule).holds()));
        }
    }
    Some(period.unwrap_or(FOUND_AGAIN))
}

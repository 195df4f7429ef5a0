//! Runs every rule on a revision. A former judgement is an input: a finding keeps its *since*, one whose inputs became unknown is kept as unconfirmed, and
//! what has to hold for a while before it counts is known to have held (`hold`).
//!
//! Clusters are judged one by one, and one of which nobody told anything new is not judged again for a second (`AGAIN_AFTER`): with a thousand endpoints
//! each revision holds news of a few clusters only.

use super::hold::Held;
use super::outcome::Outcome;
use super::rank::{self, Standing};
use super::rule::ClusterView;
use super::{consequence, meant, most, rules, unasked, witnesses};
use crate::fleet::{Cluster, Entry, Fleet};
use crate::model::{Cure, Finding, Moment, Since, Subject};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::registry;
use crate::systems::ruled::ruled;
use std::collections::hash_map::Entry::{Occupied, Vacant};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// What time alone changes (ages, holds, staleness) is seen after this time at the latest.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What all rules say about one revision.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The revision that was judged.
    pub rev: u64,
    pub at: Moment,
    /// Of all clusters, worst first.
    pub findings: Vec<Finding>,
    /// In the order of the fleet.
    pub clusters: Vec<Arc<ClusterJudgement>>,
}

/// What all rules say about one cluster.
#[derive(Clone, Debug)]
pub struct ClusterJudgement {
    /// What was judged.
    cluster: Arc<Cluster>,
    at: Moment,
    pub standing: Standing,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Every rule on everything it was asked about.
    pub outcomes: Vec<Outcome>,
    /// What the next judgement has to know of this one: the findings of each witness alone.
    held: Vec<Held>,
}

impl ClusterJudgement {
    /// Name of the cluster.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.cluster.spec.name
    }
}

impl Judgement {
    /// Before anything was judged.
    #[must_use]
    pub fn none(at: Moment) -> Self {
        Judgement { rev: 0, at, findings: Vec::new(), clusters: Vec::new() }
    }

    /// What was said before, by another process: it is told, and nothing can be judged after it.
    #[must_use]
    pub fn told(fleet: &Fleet, rev: u64, at: Moment, findings: &[Finding], outcomes: &[Outcome], standings: &[(String, Standing)]) -> Self {
        let told = fleet.clusters.iter().map(|cluster| {
            let name = cluster.spec.name.as_str();
            let mut findings: Vec<Finding> = findings.iter().filter(|finding| finding.subject.cluster == name).cloned().collect();
            rank::sort(&mut findings);
            Arc::new(ClusterJudgement {
                cluster: Arc::clone(cluster),
                at,
                standing: standings.iter().find(|(known, _)| known == name).map_or(Standing::Unknown, |(_, standing)| *standing),
                findings,
                outcomes: outcomes.iter().filter(|outcome| outcome.subject.cluster == name).cloned().collect(),
                held: Vec::new(),
            })
        });
        Judgement::assembled(rev, at, told.collect())
    }

    /// Of the judgements of each cluster, in the order of the fleet.
    #[must_use]
    pub fn assembled(rev: u64, at: Moment, clusters: Vec<Arc<ClusterJudgement>>) -> Self {
        let mut findings: Vec<Finding> = clusters.iter().flat_map(|cluster| cluster.findings.iter().cloned()).collect();
        rank::sort(&mut findings);
        Judgement { rev, at, findings, clusters }
    }

    #[must_use]
    pub fn cluster(&self, name: &str) -> Option<&ClusterJudgement> {
        self.clusters.iter().find(|cluster| cluster.name() == name).map(Arc::as_ref)
    }

    #[must_use]
    pub fn standing(&self, cluster: &str) -> Standing {
        self.cluster(cluster).map_or(Standing::Unknown, |judged| judged.standing)
    }

    /// Each cluster with how it stands, in the order of the fleet.
    pub fn standings(&self) -> impl Iterator<Item = (&str, Standing)> {
        self.clusters.iter().map(|judged| (judged.name(), judged.standing))
    }

    /// The findings of one cluster, worst first.
    pub fn of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.cluster(cluster).into_iter().flat_map(|judged| &judged.findings)
    }

    /// Every rule on everything it was asked about, cluster after cluster.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.clusters.iter().flat_map(|cluster| &cluster.outcomes)
    }

    /// As [`Judgement::outcomes`], of one cluster.
    pub fn outcomes_of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a Outcome> {
        self.cluster(cluster).into_iter().flat_map(|judged| &judged.outcomes)
    }
}

/// Every rule there is, once: those of the systems, then those over clusters.
#[must_use]
pub fn every_rule() -> Vec<&'static RuleInfo> {
    let mut said = BTreeSet::new();
    as_written().into_iter().filter(|rule| said.insert(rule.id)).collect()
}

/// A rule whose fact two witnesses tell stands here twice.
fn as_written() -> Vec<&'static RuleInfo> {
    let systems = registry::SYSTEMS.iter().flat_map(|system| system.rules());
    systems.chain(rules::RULES.iter().map(|rule| &rule.info)).collect()
}

/// Judges `fleet` as of `now`.
#[must_use]
pub fn judge(fleet: &Fleet, former: &Judgement, now: Moment) -> Judgement {
    let judged = fleet.clusters.iter().enumerate().map(|(at, cluster)| {
        let same = |judged: &&Arc<ClusterJudgement>| judged.name() == cluster.spec.name;
        // clusters neither come nor go while a process watches
        let former = former.clusters.get(at).filter(same).or_else(|| former.clusters.iter().find(same));
        let nothing_new = |former: &&Arc<ClusterJudgement>| Arc::ptr_eq(&former.cluster, cluster) && now.since(former.at) < AGAIN_AFTER;
        match former.filter(nothing_new) {
            Some(same) => Arc::clone(same),
            None => Arc::new(judge_cluster(fleet, cluster, former.map(Arc::as_ref), now)),
        }
    });
    Judgement::assembled(fleet.rev, now, judged.collect())
}

fn judge_cluster(fleet: &Fleet, cluster: &Arc<Cluster>, former: Option<&ClusterJudgement>, now: Moment) -> ClusterJudgement {
    let mut bench = Bench::new(former, now);
    let view = ClusterView { fleet, cluster, now };
    for entry in &cluster.entries {
        bench.endpoint(&view, entry);
    }
    for rule in rules::RULES {
        let subject = Subject { cluster: cluster.spec.name.clone(), system: None, member: None, object: None };
        let knobs = Knobs::new(&cluster.spec, &rule.info);
        bench.settle(&rule.info, &subject, ruled(rule.info.id, rule.info.sentence, || (rule.judge)(&view, &knobs)), knobs.holds());
    }
    for (info, subject, gap) in unasked::of(cluster) {
        bench.settle(info, &subject, Err(gap), Duration::ZERO);
    }
    let Bench { held, outcomes, .. } = bench;
    let mut findings = witnesses::joined(held.iter().map(Held::said));
    consequence::told(&mut findings, &view);
    rank::sort(&mut findings);
    let standing = rank::standing(cluster, &findings, &outcomes, now);
    ClusterJudgement { cluster: Arc::clone(cluster), at: now, standing, findings, outcomes, held }
}

/// Where the findings of one cluster are gathered.
struct Bench<'a> {
    former: Former<'a>,
    now: Moment,
    held: Vec<Held>,
    /// Where in `held` a finding stands, by its identity.
    places: HashMap<(&'static str, Subject), usize>,
    outcomes: Vec<Outcome>,
}

/// Rule, system and member.
type Place<'a> = (&'a str, Option<&'a str>, Option<&'a str>);

/// The judgement before, by what is looked up in it.
#[derive(Default)]
struct Former<'a> {
    held: HashMap<(&'a str, &'a Subject), &'a Held>,
    at: BTreeMap<Place<'a>, Vec<&'a Held>>,
    /// What was looked for and could be judged.
    judged: BTreeSet<(&'a str, &'a Subject)>,
}

impl<'a> Former<'a> {
    fn of(former: &'a ClusterJudgement) -> Former<'a> {
        let mut all = Former::default();
        for held in &former.held {
            let (rule, subject) = (held.finding.rule.as_str(), &held.finding.subject);
            all.held.insert((rule, subject), held);
            all.at.entry((rule, subject.system.as_deref(), subject.member.as_deref())).or_default().push(held);
        }
        all.judged = former.outcomes.iter().filter(|outcome| outcome.found.is_ok()).map(|outcome| (outcome.rule.id, &outcome.subject)).collect();
        all
    }

    /// What `rule` had found at the place of `subject`; of a subject without member, on all of them.
    fn found(&self, rule: &'a str, subject: &'a Subject) -> impl Iterator<Item = &'a Held> {
        let (system, member) = (subject.system.as_deref(), subject.member.as_deref());
        let from = self.at.range((rule, system, member)..);
        let same = from.take_while(move |((of, on, whose), _)| *of == rule && *on == system && (member.is_none() || *whose == member));
        same.flat_map(|(_, held)| held.iter().copied())
    }

    /// The same fact as another witness told it: where one falls silent and another takes over, it did not begin anew. What could not be confirmed proves
    /// nothing about what is found now.
    fn told_by_another(&self, rule: &str, subject: &Subject) -> Option<&'a Held> {
        let same = self.held.iter().filter(|((id, of), held)| {
            *id == rule && of.member.is_some() && of.member == subject.member && of.object == subject.object && held.finding.confirmed
        });
        same.map(|(_, held)| *held).min_by_key(|held| held.finding.since.at())
    }
}

impl<'a> Bench<'a> {
    fn new(former: Option<&'a ClusterJudgement>, now: Moment) -> Self {
        let former = former.map(Former::of).unwrap_or_default();
        Bench { former, now, held: Vec::new(), places: HashMap::new(), outcomes: Vec::new() }
    }

    fn endpoint(&mut self, whole: &ClusterView<'_>, entry: &Entry) {
        let cluster = whole.cluster;
        let id = &entry.spec.id;
        let Some(system) = registry::find(&id.system) else { return };
        let subject = Subject { cluster: id.cluster.clone(), system: Some(id.system.clone()), member: Some(id.name.clone()), object: None };
        match entry.current(self.now) {
            Ok(good) => {
                let view = good.view(&cluster.spec, &entry.spec, self.now);
                for judged in system.judge(&view) {
                    let holds = Knobs::new(&cluster.spec, judged.info).holds();
                    let is_raised = judged.verdict.as_ref().is_ok_and(|raised| !raised.is_empty());
                    let verdict = if is_raised && meant::is_meant(whole, judged.info, id) { Ok(Vec::new()) } else { judged.verdict };
                    self.settle(judged.info, &subject, verdict, holds);
                }
            }
            Err(gap) => {
                for info in system.rules() {
                    self.settle(info, &subject, Err(gap.clone()), Duration::ZERO);
                }
            }
        }
    }

    fn settle(&mut self, rule: &'static RuleInfo, subject: &Subject, verdict: Verdict, holds: Duration) {
        let found = match verdict {
            Ok(raised) => {
                let count = raised.len();
                for one in most::said(rule, subject, raised) {
                    let held = self.found(rule, subject, one, holds);
                    self.merge(rule, held);
                }
                self.keep(rule, subject, Held::absent);
                Ok(count)
            }
            Err(gap) => {
                // what held when it could last be known is not dropped because it can no longer be known
                self.keep(rule, subject, |held, _now| Some(held.unconfirmed()));
                Err(gap)
            }
        };
        self.outcomes.push(Outcome { rule, subject: subject.clone(), found });
    }

    fn merge(&mut self, rule: &RuleInfo, held: Held) {
        match self.places.entry((rule.id, held.finding.subject.clone())) {
            Vacant(place) => {
                place.insert(self.held.len());
                self.held.push(held);
            }
            Occupied(place) => {
                if let Some(known) = self.held.get_mut(*place.get()) {
                    *known = known.clone().merged(held);
                }
            }
        }
    }

    fn found(&self, rule: &RuleInfo, subject: &Subject, raised: Raised, holds: Duration) -> Held {
        let place = subject;
        let subject = Subject { member: raised.member.or_else(|| place.member.clone()), object: raised.object, ..place.clone() };
        let former = self.former.held.get(&(rule.id, &subject)).copied().or_else(|| self.former.told_by_another(rule.id, &subject));
        let unbroken = former.is_some_and(|former| former.finding.confirmed);
        let since = match (raised.began, former.map(|former| former.finding.since)) {
            // what has held all the while did not begin later than was known of it, whatever the server now tells of the oldest that is left
            (Some(since), Some(before)) if before.at() < since.at() && unbroken => before,
            (Some(Since::FirstSeen(at)), Some(before)) if before.at() < at => before,
            (Some(since), _) => since,
            (None, Some(before)) => before,
            (None, None) => Since::FirstSeen(self.now.wall),
        };
        // whoever judged this before, and did not find it, has seen that it was not there
        let begun = self.former.judged.contains(&(rule.id, place));
        let finding = Finding {
            rule: rule.id.to_owned(),
            severity: raised.severity,
            subject,
            sentence: raised.sentence,
            evidence: raised.evidence,
            since,
            cure: Cure::Procedure(raised.cure.unwrap_or_else(|| rule.cure.to_owned())),
            members: raised.members,
            confirmed: true,
        };
        Held::found(finding, former, begun, holds, self.now)
    }

    /// Takes over what `still` makes of the former findings of `rule` at the place of `subject`.
    fn keep(&mut self, rule: &RuleInfo, subject: &Subject, still: fn(&Held, Moment) -> Option<Held>) {
        let kept: Vec<Held> = self.former.found(rule.id, subject).filter_map(|old| still(old, self.now)).collect();
        for held in kept {
            self.merge(rule, held);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_of_two_witnesses_is_listed_once_and_says_the_same_of_itself() {
        let written = as_written();
        for rule in every_rule() {
            let same: Vec<_> = written.iter().filter(|other| other.id == rule.id).collect();
            assert!(same.iter().all(|other| **other == rule), "{}: {same:?}", rule.id);
        }
        let ids: Vec<&str> = every_rule().iter().map(|rule| rule.id).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "{ids:?}");
        assert!(written.len() > ids.len(), "the same fact has two witnesses somewhere");
    }
}

//! Runs every rule on a revision. A former judgement is an input: a finding keeps its *since*, and one whose inputs became unknown is kept as unconfirmed.

use super::outcome::Outcome;
use super::rank::{self, Standing};
use super::rule::ClusterView;
use super::rules;
use crate::fleet::{Entry, Fleet};
use crate::model::{Cure, Finding, Moment, Since, Subject};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict, View};
use crate::systems::registry;

/// What all rules say about one revision.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The revision that was judged.
    pub rev: u64,
    pub at: Moment,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Every rule on everything it was asked about.
    pub outcomes: Vec<Outcome>,
    /// One a cluster, in the order of the fleet.
    pub standings: Vec<(String, Standing)>,
}

impl Judgement {
    /// Before anything was judged.
    #[must_use]
    pub fn none(at: Moment) -> Self {
        Judgement { rev: 0, at, findings: Vec::new(), outcomes: Vec::new(), standings: Vec::new() }
    }

    #[must_use]
    pub fn standing(&self, cluster: &str) -> Standing {
        self.standings.iter().find(|(name, _)| name == cluster).map_or(Standing::Unknown, |(_, standing)| *standing)
    }

    pub fn of<'a>(&'a self, cluster: &'a str) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.subject.cluster == cluster)
    }
}

/// Every rule there is: those of the systems, then those over clusters.
#[must_use]
pub fn every_rule() -> Vec<&'static RuleInfo> {
    let systems = registry::SYSTEMS.iter().flat_map(|system| system.rules());
    systems.chain(rules::RULES.iter().map(|rule| &rule.info)).collect()
}

/// Judges `fleet` as of `now`.
#[must_use]
pub fn judge(fleet: &Fleet, former: &Judgement, now: Moment) -> Judgement {
    let mut bench = Bench { former, now, findings: Vec::new(), outcomes: Vec::new() };
    for cluster in &fleet.clusters {
        for entry in &cluster.entries {
            bench.endpoint(cluster, entry);
        }
        let view = ClusterView { fleet, cluster, now };
        for rule in rules::RULES {
            let subject = Subject { cluster: cluster.spec.name.clone(), system: None, member: None, object: None };
            bench.settle(&rule.info, &subject, (rule.judge)(&view, &Knobs::new(&cluster.spec, &rule.info)));
        }
    }
    let Bench { mut findings, outcomes, .. } = bench;
    rank::sort(&mut findings);
    let standings = fleet.clusters.iter().map(|cluster| (cluster.spec.name.clone(), rank::standing(cluster, &findings, &outcomes, now))).collect();
    Judgement { rev: fleet.rev, at: now, findings, outcomes, standings }
}

/// Where findings are gathered.
struct Bench<'a> {
    former: &'a Judgement,
    now: Moment,
    findings: Vec<Finding>,
    outcomes: Vec<Outcome>,
}

impl Bench<'_> {
    fn endpoint(&mut self, cluster: &crate::fleet::Cluster, entry: &Entry) {
        let id = &entry.spec.id;
        let Some(system) = registry::find(&id.system) else { return };
        let subject = Subject { cluster: id.cluster.clone(), system: Some(id.system.clone()), member: Some(id.name.clone()), object: None };
        match entry.current(self.now) {
            Ok(good) => {
                let view = View {
                    cluster: &cluster.spec,
                    endpoint: &entry.spec,
                    snapshot: &good.snapshot,
                    taken_at: good.taken_at,
                    latency: good.latency,
                    now: self.now,
                };
                for judged in system.judge(&view) {
                    self.settle(judged.info, &subject, judged.verdict);
                }
            }
            Err(gap) => {
                for info in system.rules() {
                    self.settle(info, &subject, Err(gap.clone()));
                }
            }
        }
    }

    fn settle(&mut self, rule: &'static RuleInfo, subject: &Subject, verdict: Verdict) {
        let found = match verdict {
            Ok(raised) => {
                let count = raised.len();
                for one in raised {
                    let finding = self.finding(rule, subject, one);
                    self.merge(finding);
                }
                Ok(count)
            }
            Err(gap) => {
                self.keep_unconfirmed(rule, subject);
                Err(gap)
            }
        };
        self.outcomes.push(Outcome { rule, subject: subject.clone(), found });
    }

    /// Two witnesses of one fact are one finding: what is confirmed and worse is said, with the evidence of both.
    fn merge(&mut self, finding: Finding) {
        let Some(known) = self.findings.iter_mut().find(|known| known.identity() == finding.identity()) else {
            self.findings.push(finding);
            return;
        };
        let weight = |finding: &Finding| (finding.confirmed, finding.severity);
        let (mut said, other) = if weight(&finding) > weight(known) { (finding, known.clone()) } else { (known.clone(), finding) };
        // what was kept from a former revision proves nothing about this one
        if other.confirmed {
            said.evidence.extend(other.evidence);
        }
        *known = said;
    }

    fn finding(&self, rule: &RuleInfo, subject: &Subject, raised: Raised) -> Finding {
        let subject = Subject { member: raised.member.or_else(|| subject.member.clone()), object: raised.object, ..subject.clone() };
        let seen_before = self.former.findings.iter().find(|old| old.rule == rule.id && old.subject == subject).map(|old| old.since);
        let since = match raised.began {
            Some(at) => Since::Server(at),
            None => seen_before.unwrap_or(Since::FirstSeen(self.now.wall)),
        };
        Finding {
            rule: rule.id.to_owned(),
            severity: raised.severity,
            subject,
            sentence: raised.sentence,
            evidence: raised.evidence,
            since,
            cure: Cure::Procedure(rule.cure.to_owned()),
            confirmed: true,
        }
    }

    /// What held when it could last be known is not dropped because it can no longer be known.
    fn keep_unconfirmed(&mut self, rule: &RuleInfo, subject: &Subject) {
        let same_place = |old: &Subject| {
            old.cluster == subject.cluster && old.system == subject.system && (subject.member.is_none() || old.member == subject.member)
        };
        let kept = self.former.findings.iter().filter(|old| old.rule == rule.id && same_place(&old.subject));
        for finding in kept.cloned().collect::<Vec<_>>() {
            self.merge(Finding { confirmed: false, ..finding });
        }
    }
}

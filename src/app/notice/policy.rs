//! What one target is told next. Pure: the moment is an argument.
//!
//! The policy holds what the target knows (`told`) and what is so now (`holds`); the difference is what is to be told, the worst first. Each send counts for
//! an hour, and no hour has more of them than the configuration says; the last one of an hour tells how many more are held back, unless what is due is
//! critical or alone: that is sent itself. What could not be sent stays a difference and is tried again, less and less often.

use super::memory::Kept;
use super::restored::Restored;
use super::{Event, Identity, Known, Notice};
use crate::app::Observed;
use crate::config::NoticeTarget;
use crate::model::{Finding, Moment, Severity};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
/// A target that failed is tried again after this, then after twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_mins(5);

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// It may have come through.
    Unsure,
    Failed,
}

/// What one target knows, and how much it may still be told.
#[derive(Clone, Debug)]
pub struct Policy {
    least: Severity,
    per_hour: usize,
    told: BTreeMap<Identity, Known>,
    /// Of what it is taken to know, that which nobody here has sent: a person saw it when the console opened, or somebody else tells it.
    looked: BTreeSet<Identity>,
    holds: BTreeMap<Identity, Known>,
    /// What was told and holds still, as mildly as the target does not want to know.
    milder: BTreeMap<Identity, Severity>,
    /// What a process before told, until this one can know of it.
    restored: Restored,
    /// Sends of the last hour.
    sent: VecDeque<Sent>,
    /// It was told that more is held back; until nothing is, and there is room again.
    muted: bool,
    /// Failures in a row, and when it is tried again.
    failures: u32,
    again: Option<Moment>,
}

/// One send.
#[derive(Clone, Debug)]
struct Sent {
    at: Timestamp,
    /// When it counts no longer.
    until: Moment,
    cluster: String,
}

impl Policy {
    #[must_use]
    pub fn new(target: &NoticeTarget) -> Self {
        let NoticeTarget { least, per_hour, .. } = *target;
        let (told, holds, milder) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (looked, restored, sent) = (BTreeSet::new(), Restored::default(), VecDeque::new());
        Policy { least, per_hour, told, looked, holds, milder, restored, sent, muted: false, failures: 0, again: None }
    }

    /// Goes on from what a process before told of `cluster`.
    pub fn restore(&mut self, cluster: &str, kept: Kept, now: Moment) {
        self.sent.retain(|sent| sent.cluster != cluster);
        for at in kept.sent {
            // a clock that was set back makes no send younger than now
            let age = Duration::try_from(now.wall.duration_since(at)).unwrap_or(Duration::ZERO);
            self.sent.push_back(Sent { at, until: now.plus(HOUR.saturating_sub(age)), cluster: cluster.to_owned() });
        }
        self.sent.make_contiguous().sort_by_key(|sent| sent.until.mono);
        for (finding, environment) in kept.told.into_iter().filter(|(finding, _)| finding.subject.cluster == cluster) {
            let identity = (finding.rule.clone(), finding.subject.clone());
            self.restored.add(identity.clone());
            self.looked.remove(&identity);
            self.told.insert(identity, (finding, environment));
        }
    }

    /// What a process after this one has to know of `cluster`.
    #[must_use]
    pub fn kept(&self, cluster: &str) -> Kept {
        let sent = |(identity, (finding, _)): &(&Identity, &Known)| finding.subject.cluster == cluster && !self.looked.contains(*identity);
        let told = self.told.iter().filter(sent).map(|(_, known)| known);
        let told = told.map(|(finding, environment)| (Finding { evidence: Vec::new(), ..finding.clone() }, *environment)).collect();
        Kept { told, sent: self.sent.iter().filter(|sent| sent.cluster == cluster).map(|sent| sent.at).collect() }
    }

    /// Takes in what holds now. Of clusters that are not `mine` the target is told by somebody else, and taken to know.
    pub fn see(&mut self, observed: &Observed, mine: impl Fn(&str) -> bool) {
        let environment = |cluster: &str| observed.fleet.cluster(cluster).map(|cluster| cluster.spec.environment);
        let mut holds = BTreeMap::new();
        let mut milder = BTreeMap::new();
        for finding in &observed.judgement.findings {
            let identity = (finding.rule.clone(), finding.subject.clone());
            if finding.severity < self.least {
                if self.told.contains_key(&identity) {
                    milder.insert(identity, finding.severity);
                }
                continue;
            }
            // one that may no longer hold is nothing new, and no recovery either
            let finding = match (finding.confirmed, self.told.get(&identity)) {
                (true, _) => finding,
                (false, Some((known, _))) => known,
                (false, None) => continue,
            };
            holds.insert(identity, (finding.clone(), environment(&finding.subject.cluster)));
        }
        self.restored.keep(observed, &self.told, &mut holds, &mut milder);
        (self.holds, self.milder) = (holds, milder);
        self.told.retain(|(_, subject), _| mine(&subject.cluster));
        for (identity, known) in self.holds.iter().filter(|((_, subject), _)| !mine(&subject.cluster)) {
            self.told.insert(identity.clone(), known.clone());
            self.looked.insert(identity.clone());
        }
        self.looked.retain(|identity| self.told.contains_key(identity));
    }

    /// Takes the target to know all that holds, but for how what it was told has changed since.
    pub fn knows_all(&mut self) {
        self.told.retain(|identity, _| self.holds.contains_key(identity) || !self.looked.contains(identity));
        for (identity, known) in &self.holds {
            if self.looked.contains(identity) || !self.told.contains_key(identity) {
                self.told.insert(identity.clone(), known.clone());
                self.looked.insert(identity.clone());
            }
        }
    }

    /// What is to be sent now; `None`: nothing, or nothing yet.
    #[must_use]
    pub fn next(&mut self, now: Moment) -> Option<Notice> {
        while self.sent.front().is_some_and(|sent| now.mono >= sent.until.mono) {
            self.sent.pop_front();
        }
        let left = self.per_hour.saturating_sub(self.sent.len());
        let count = self.waiting();
        if count == 0 {
            // one that comes and goes while nothing may be sent is still what was held back
            self.muted &= left < 2;
            return None;
        }
        if left == 0 || self.again.is_some_and(|again| now.mono < again.mono) {
            return None;
        }
        let event = match self.worst()? {
            worst if left > 1 || self.muted || count == 1 => worst,
            Event::Raised { finding, .. } if finding.severity < Severity::Critical => self.held_back(count, finding.severity, finding),
            Event::Recovered { finding, still, .. } => self.held_back(count, still.unwrap_or(Severity::Info), finding),
            worst => worst,
        };
        Some(Notice { event, at: now })
    }

    /// So many are held back; the worst of them is `worst`.
    fn held_back(&self, count: usize, severity: Severity, worst: Finding) -> Event {
        Event::HeldBack { count, per_hour: self.per_hour, severity, cluster: worst.subject.cluster }
    }

    /// How much is to be told, now or later.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let raised = self.holds.iter().filter(|(identity, (finding, _))| !self.is_told(identity, finding)).count();
        raised + self.told.keys().filter(|identity| !self.holds.contains_key(*identity)).count()
    }

    /// When there may be something to send although nothing changes; `None`: then only when something does.
    #[must_use]
    pub fn due(&self, now: Moment) -> Option<Duration> {
        if self.waiting() == 0 {
            return None;
        }
        let again = self.again.map(|again| again.since(now));
        let free = (self.sent.len() >= self.per_hour).then(|| self.sent.front().map(|sent| sent.until.since(now))).flatten();
        Some(again.unwrap_or_default().max(free.unwrap_or_default()))
    }

    /// `notice` was sent at `now`, or not.
    pub fn done(&mut self, notice: &Notice, outcome: Outcome, now: Moment) {
        if outcome != Outcome::Failed {
            let cluster = notice.cluster().unwrap_or_default().to_owned();
            self.sent.push_back(Sent { at: now.wall, until: now.plus(HOUR), cluster });
        }
        if outcome != Outcome::Delivered {
            let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(16)).min(LAST_RETRY);
            self.failures = self.failures.saturating_add(1);
            self.again = Some(now.plus(wait));
            return;
        }
        (self.failures, self.again) = (0, None);
        match &notice.event {
            Event::Raised { finding, environment } => {
                let identity = (finding.rule.clone(), finding.subject.clone());
                self.looked.remove(&identity);
                self.told.insert(identity, (finding.clone(), *environment));
            }
            Event::Recovered { finding, .. } => {
                self.told.remove(&(finding.rule.clone(), finding.subject.clone()));
            }
            Event::HeldBack { .. } => self.muted = true,
            Event::Test { .. } => {}
        }
    }

    fn is_told(&self, identity: &Identity, finding: &Finding) -> bool {
        self.told.get(identity).is_some_and(|(told, _)| told.severity == finding.severity)
    }

    /// The worst difference: what was raised before what recovered, of equals the oldest.
    fn worst(&self) -> Option<Event> {
        let raised = self.holds.iter().filter(|(identity, (finding, _))| !self.is_told(identity, finding));
        let worst = raised.min_by(|(_, (a, _)), (_, (b, _))| b.severity.cmp(&a.severity).then(a.since.at().cmp(&b.since.at())));
        if let Some((_, (finding, environment))) = worst {
            return Some(Event::Raised { finding: finding.clone(), environment: *environment });
        }
        let gone = self.told.iter().filter(|(identity, _)| !self.holds.contains_key(*identity));
        let (identity, (finding, environment)) = gone.max_by_key(|(_, (finding, _))| finding.severity)?;
        let still = self.milder.get(identity).copied();
        Some(Event::Recovered { finding: finding.clone(), environment: *environment, still })
    }
}

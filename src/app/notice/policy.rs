//! What one target is told next. Pure: the moment is an argument.
//!
//! The policy holds what the target knows (`told`) and what is so now (`holds`); the difference is what is to be told, the worst first. Each send counts for
//! an hour, and no hour has more of them than the configuration says; the last one of an hour tells how many more are held back. What could not be sent
//! stays a difference and is tried again, less and less often.

use super::{Event, Notice};
use crate::app::Observed;
use crate::config::NoticeTarget;
use crate::model::{Environment, Finding, Moment, Severity, Subject};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
/// A target that failed is tried again after this, then after twice as long.
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_mins(5);

/// Rule and subject: what makes two findings the same.
type Identity = (String, Subject);
/// A finding, and how careful one has to be where it was found.
type Known = (Finding, Option<Environment>);

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
    holds: BTreeMap<Identity, Known>,
    /// What was told and holds still, as mildly as the target does not want to know.
    milder: BTreeMap<Identity, Severity>,
    /// Sends of the last hour.
    sent: VecDeque<Moment>,
    /// It was told that more is held back; until nothing is, and there is room again.
    muted: bool,
    /// Failures in a row, and when it is tried again.
    failures: u32,
    again: Option<Moment>,
}

impl Policy {
    #[must_use]
    pub fn new(target: &NoticeTarget) -> Self {
        let NoticeTarget { least, per_hour, .. } = *target;
        let (told, holds, milder) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Policy { least, per_hour, told, holds, milder, sent: VecDeque::new(), muted: false, failures: 0, again: None }
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
        (self.holds, self.milder) = (holds, milder);
        self.told.retain(|(_, subject), _| mine(&subject.cluster));
        for (identity, known) in self.holds.iter().filter(|((_, subject), _)| !mine(&subject.cluster)) {
            self.told.insert(identity.clone(), known.clone());
        }
    }

    /// Takes the target to know all that holds.
    pub fn knows_all(&mut self) {
        self.told.clone_from(&self.holds);
    }

    /// What is to be sent now; `None`: nothing, or nothing yet.
    #[must_use]
    pub fn next(&mut self, now: Moment) -> Option<Notice> {
        while self.sent.front().is_some_and(|sent| now.since(*sent) >= HOUR) {
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
        let event = if left == 1 && !self.muted { Event::HeldBack { count, per_hour: self.per_hour } } else { self.worst()? };
        Some(Notice { event, at: now })
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
        let free = (self.sent.len() >= self.per_hour).then(|| self.sent.front().map(|sent| HOUR.saturating_sub(now.since(*sent)))).flatten();
        Some(again.unwrap_or_default().max(free.unwrap_or_default()))
    }

    /// `notice` was sent at `now`, or not.
    pub fn done(&mut self, notice: &Notice, outcome: Outcome, now: Moment) {
        if outcome != Outcome::Failed {
            self.sent.push_back(now);
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
                self.told.insert((finding.rule.clone(), finding.subject.clone()), (finding.clone(), *environment));
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

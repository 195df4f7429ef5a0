//! What one target is told next. Pure: the moment is an argument.
//!
//! The policy holds what the target knows (`told`) and what is so now (`holds`); the difference is what is to be told, the worst first. What follows from a
//! cause that it tells rides along (`riding`). Each send counts for an hour, and no hour has more of them than the configuration says. Half of them is a
//! reserve: one crash must not use up what the next one needs. The last send before the reserve tells how many more are held back, unless what is due is
//! critical, alone or an end: that is sent itself. From the reserve only this is sent: what is critical and was not told as such within the hour, or was told to be
//! over since; what of the critical is over, once in the hour and only while its return could be told too; and once that the target hears no more
//! than that. What was held back and is over before it was said is counted, and the next notice says so. What could not be sent stays a difference and is tried
//! again, less and less often.

use super::memory::Kept;
use super::restored::Restored;
use super::riding::Riding;
use super::{Besides, Event, Known, Notice};
use crate::app::Observed;
use crate::app::targets::{Budget, Room};
use crate::config::NoticeTarget;
use crate::model::{Finding, Identity, Moment, Severity};
use jiff::Timestamp;
use std::cmp::Reverse;
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
    /// There is more than one cluster whose findings this target may be told.
    several: bool,
    told: BTreeMap<Identity, Known>,
    /// Of what it is taken to know, that which nobody here has sent: a person saw it when the console opened, or somebody else tells it.
    looked: BTreeSet<Identity>,
    holds: BTreeMap<Identity, Known>,
    /// What was told and holds still, as mildly as the target does not want to know.
    milder: BTreeMap<Identity, Severity>,
    /// What a process before told, until this one can know of it.
    restored: Restored,
    /// What is not told on its own.
    riding: Riding,
    /// What was to be told when nothing more might be sent.
    unsaid: BTreeSet<Identity>,
    /// How much of that was over before it was said, since the last notice.
    dropped: usize,
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
    /// The finding that it was about.
    about: Option<Identity>,
    /// It said that this is critical.
    critical: bool,
}

impl Policy {
    #[must_use]
    pub fn new(target: &NoticeTarget) -> Self {
        let NoticeTarget { least, per_hour, .. } = *target;
        let (told, holds, milder) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (looked, restored, sent) = (BTreeSet::new(), Restored::default(), VecDeque::new());
        let (riding, unsaid) = (Riding::default(), BTreeSet::new());
        Policy {
            least,
            per_hour,
            several: false,
            told,
            looked,
            holds,
            milder,
            restored,
            riding,
            unsaid,
            dropped: 0,
            sent,
            muted: false,
            failures: 0,
            again: None,
        }
    }

    /// Goes on from what a process before told of `cluster`.
    pub fn restore(&mut self, cluster: &str, kept: Kept, now: Moment) {
        self.sent.retain(|sent| sent.cluster != cluster);
        for at in kept.sent {
            // a clock that was set back makes no send younger than now
            let age = Duration::try_from(now.wall.duration_since(at)).unwrap_or(Duration::ZERO);
            self.sent.push_back(Sent { at, until: now.plus(HOUR.saturating_sub(age)), cluster: cluster.to_owned(), about: None, critical: false });
        }
        self.sent.make_contiguous().sort_by_key(|sent| sent.until.mono);
        for (finding, environment) in kept.told.into_iter().filter(|(finding, _)| finding.subject.cluster == cluster) {
            let identity = finding.identity();
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
            let identity = finding.identity();
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
        self.several = observed.fleet.clusters.len() > 1;
        self.riding.see(&self.holds, observed.now);
        self.told.retain(|identity, _| mine(&identity.cluster));
        for (identity, known) in self.holds.iter().filter(|(identity, _)| !mine(&identity.cluster)) {
            self.told.insert(identity.clone(), known.clone());
            self.looked.insert(identity.clone());
        }
        self.looked.retain(|identity| self.told.contains_key(identity));
        let due: BTreeSet<Identity> = self.pending().cloned().collect();
        let (still, gone): (BTreeSet<_>, BTreeSet<_>) = std::mem::take(&mut self.unsaid).into_iter().partition(|identity| due.contains(identity));
        self.unsaid = still;
        // what rides now, what another tells from now on, and an end that was none are not over
        let over = gone.iter().filter(|identity| !self.holds.contains_key(*identity) && !self.told.contains_key(*identity)).count();
        self.dropped = self.dropped.saturating_add(over);
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
        if self.waiting() == 0 {
            // one that comes and goes while nothing may be sent is still what was held back
            self.muted &= self.ordinary(now) < 2.min(self.per_hour - self.reserve());
            return None;
        }
        let Some(event) = self.chosen(now) else {
            self.unsaid.extend(self.pending().cloned().collect::<Vec<_>>());
            return None;
        };
        if self.again.is_some_and(|again| now.mono < again.mono) {
            return None;
        }
        let follow = match &event {
            Event::Raised { finding, .. } => self.riding.behind(finding, &self.holds),
            _ => Vec::new(),
        };
        Some(Notice { event, at: now, besides: Besides { follow, dropped: self.dropped } })
    }

    /// Sends of an hour that are kept for what must get through.
    fn reserve(&self) -> usize {
        (self.per_hour / 2).max(1)
    }

    /// Sends that count at `now`.
    fn used(&self, now: Moment) -> usize {
        self.sent.iter().filter(|sent| now.mono < sent.until.mono).count()
    }

    /// What is left of the hour at `now`, and how much waits for more of it.
    #[must_use]
    pub fn budget(&self, now: Moment) -> Budget {
        let counting: Vec<&Sent> = self.sent.iter().filter(|sent| now.mono < sent.until.mono).collect();
        let sent = counting.len();
        // there is room again when so many of the oldest count no longer
        let freed = |places: usize| sent.checked_sub(places).and_then(|at| counting.get(at)).map(|sent| sent.until.wall);
        let room = match (freed(self.per_hour), freed(self.per_hour - self.reserve())) {
            (Some(until), _) => Room::Spent(until),
            (None, Some(until)) => Room::CriticalOnly(until),
            (None, None) => Room::Open,
        };
        Budget { sent, held: if room == Room::Open { 0 } else { self.waiting() }, room }
    }

    /// Sends that are left for anything.
    fn ordinary(&self, now: Moment) -> usize {
        (self.per_hour - self.reserve()).saturating_sub(self.used(now))
    }

    /// What of the differences may be sent, were the target to be reached.
    fn chosen(&self, now: Moment) -> Option<Event> {
        let left = self.per_hour.saturating_sub(self.used(now));
        let (ordinary, count) = (self.ordinary(now), self.waiting());
        let worst = self.worst(|_| true)?;
        if ordinary > 0 {
            let itself = ordinary > 1 || self.per_hour - self.reserve() == 1 || self.muted || count == 1;
            let may_wait = matches!(&worst, Event::Raised { finding, .. } if finding.severity < Severity::Critical);
            return Some(if itself || !may_wait { worst } else { self.held_back(count, worst) });
        }
        if left == 0 {
            return None;
        }
        let urgent = self.worst(|event| self.is_urgent(event, left));
        urgent.or_else(|| (left > 1 && !self.muted).then(|| self.held_back(count, worst)))
    }

    /// Whether it may be sent from the reserve, of which `left` is left. The last of a reserve of several is for what nobody was told anything near to: a
    /// cluster of which nothing was sent, or what was told to be over.
    fn is_urgent(&self, event: &Event, left: usize) -> bool {
        let is_last = left == 1 && self.reserve() > 1;
        match event {
            Event::Raised { finding, .. } => {
                let last = self.words(&finding.identity()).last();
                let news = !is_last || !self.several || last == Some(false) || self.sent.iter().all(|sent| sent.cluster != finding.subject.cluster);
                is_critical(event) && news && last != Some(true)
            }
            Event::Recovered { finding, .. } if finding.severity == Severity::Critical => {
                left > 1 && self.words(&finding.identity()).all(|critical| critical)
            }
            Event::Recovered { .. } | Event::HeldBack { .. } | Event::Said { .. } | Event::Test { .. } => false,
        }
    }

    /// What was said within the hour of the finding that is `identity`: whether that it is critical.
    fn words(&self, identity: &Identity) -> impl Iterator<Item = bool> {
        self.sent.iter().filter(move |sent| sent.about.as_ref() == Some(identity)).map(|sent| sent.critical)
    }

    /// So many are held back; the worst of them is `worst`.
    fn held_back(&self, count: usize, worst: Event) -> Event {
        let (severity, cluster) = match worst {
            Event::Raised { finding, .. } => (finding.severity, finding.subject.cluster),
            Event::Recovered { finding, still, .. } => (still.unwrap_or(Severity::Info), finding.subject.cluster),
            other => return other,
        };
        Event::HeldBack { count, per_hour: self.per_hour, severity, cluster }
    }

    /// How much is to be told, now or later.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.pending().count()
    }

    /// What is to be told.
    fn pending(&self) -> impl Iterator<Item = &Identity> {
        let raised = self.holds.iter().filter(|(identity, (finding, _))| !self.is_told(identity, finding)).map(|(identity, _)| identity);
        raised.chain(self.told.keys().filter(|identity| !self.holds.contains_key(*identity)))
    }

    /// When there may be something to send although nothing changes; `None`: then only when something does.
    #[must_use]
    pub fn due(&self, now: Moment) -> Option<Duration> {
        if self.waiting() == 0 {
            return None;
        }
        let again = self.again.map(|again| again.since(now)).unwrap_or_default();
        // each send that counts no longer may be the one that lets it through
        let free = || self.sent.iter().find(|sent| now.mono < sent.until.mono).map(|sent| sent.until.since(now));
        let free = if self.chosen(now).is_some() { None } else { free() };
        Some(again.max(free.unwrap_or_default()))
    }

    /// `notice` was sent at `now`, or not.
    pub fn done(&mut self, notice: &Notice, outcome: Outcome, now: Moment) {
        if outcome != Outcome::Failed {
            let cluster = notice.cluster().unwrap_or_default().to_owned();
            let about = match &notice.event {
                Event::Raised { finding, .. } | Event::Recovered { finding, .. } => Some(finding.identity()),
                Event::HeldBack { .. } | Event::Said { .. } | Event::Test { .. } => None,
            };
            self.sent.push_back(Sent { at: now.wall, until: now.plus(HOUR), cluster, about, critical: is_critical(&notice.event) });
        }
        if outcome != Outcome::Delivered {
            let wait = FIRST_RETRY.saturating_mul(1 << self.failures.min(16)).min(LAST_RETRY);
            self.failures = self.failures.saturating_add(1);
            self.again = Some(now.plus(wait));
            return;
        }
        (self.failures, self.again) = (0, None);
        self.dropped = self.dropped.saturating_sub(notice.besides.dropped);
        match &notice.event {
            Event::Raised { finding, environment } => {
                let identity = finding.identity();
                self.looked.remove(&identity);
                self.unsaid.remove(&identity);
                self.told.insert(identity, (finding.clone(), *environment));
            }
            Event::Recovered { finding, .. } => {
                let identity = finding.identity();
                self.unsaid.remove(&identity);
                self.told.remove(&identity);
            }
            Event::HeldBack { .. } => self.muted = true,
            Event::Said { .. } | Event::Test { .. } => {}
        }
    }

    fn is_told(&self, identity: &Identity, finding: &Finding) -> bool {
        self.riding.has(identity) || self.told.get(identity).is_some_and(|(told, _)| told.severity == finding.severity)
    }

    /// The worst difference that is `wanted`: what was raised before what recovered, of equals the oldest.
    fn worst(&self, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        let raised = self.holds.iter().filter(|(identity, (finding, _))| !self.is_told(identity, finding));
        let mut raised: Vec<&Known> = raised.map(|(_, known)| known).collect();
        raised.sort_by(|(a, _), (b, _)| b.severity.cmp(&a.severity).then(a.since.at().cmp(&b.since.at())));
        let raised = raised.into_iter().map(|(finding, environment)| Event::Raised { finding: finding.clone(), environment: *environment });
        let gone = self.told.iter().filter(|(identity, _)| !self.holds.contains_key(*identity));
        let mut gone: Vec<(&Identity, &Known)> = gone.collect();
        gone.sort_by_key(|(_, (finding, _))| Reverse(finding.severity));
        let gone = gone.into_iter().map(|(identity, (finding, environment))| Event::Recovered {
            finding: finding.clone(),
            environment: *environment,
            still: self.milder.get(identity).copied(),
        });
        raised.chain(gone).find(wanted)
    }
}

fn is_critical(event: &Event) -> bool {
    matches!(event, Event::Raised { finding, .. } if finding.severity == Severity::Critical)
}

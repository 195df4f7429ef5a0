//! What is on the screen: the newest observation, or the one that somebody froze.

use crate::app::Observed;
use crate::fleet::{Cluster, Entry};
use crate::model::Moment;
use std::sync::Arc;
use std::time::Duration;

/// The newest observation, the moment it is seen at, and the frozen one.
#[derive(Clone, Debug)]
pub struct Picture {
    newest: Arc<Observed>,
    /// What is shown instead of the newest. Its moment is kept too: in a still picture ages stand still.
    held: Option<(Arc<Observed>, Mode)>,
    now: Moment,
    /// Nothing new will come.
    ended: bool,
}

/// Which time is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The newest observation, as it comes.
    Live,
    /// What was live at this moment, kept.
    Still(Moment),
    /// What was observed at `at`, `behind` the moment at which somebody went back.
    Past { at: Moment, behind: Duration },
    /// `at` in a recording that goes from the first to the last of `of`.
    Replay { at: Moment, of: (Moment, Moment) },
}

impl Mode {
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Mode::Live)
    }

    /// The moment that is shown; `None` for now.
    #[must_use]
    pub const fn at(self) -> Option<Moment> {
        match self {
            Mode::Live => None,
            Mode::Still(at) | Mode::Past { at, .. } | Mode::Replay { at, .. } => Some(at),
        }
    }
}

/// How fresh what is shown is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Freshness {
    /// The first answers are still out.
    Waiting,
    /// Every endpoint answers; the oldest answer is this old.
    Fresh { oldest: Duration },
    /// Some endpoints do not answer; of those that do, the oldest answer is this old.
    Partly { silent: usize, of: usize, oldest: Duration },
    /// None does; the newest answer is this old.
    Dead { last: Option<Duration> },
}

impl Picture {
    #[must_use]
    pub fn new(newest: Arc<Observed>, now: Moment) -> Self {
        Picture { newest, held: None, now, ended: false }
    }

    /// Something new was observed. Gives whether it is news that nobody should wait a second for.
    pub fn take(&mut self, newest: Arc<Observed>) -> bool {
        let news = is_news(&self.newest, &newest);
        self.newest = newest;
        news
    }

    /// Nothing more will be observed.
    pub fn end(&mut self) {
        self.ended = true;
    }

    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Time passed.
    pub fn at(&mut self, now: Moment) {
        self.now = now;
    }

    /// Freezes, or goes on live.
    pub fn toggle(&mut self) {
        match self.held {
            Some(_) => self.held = None,
            None => self.hold(Arc::clone(&self.newest), Mode::Still(self.now)),
        }
    }

    /// The moment at which somebody looks, whatever instant is shown.
    #[must_use]
    pub const fn seen_at(&self) -> Moment {
        self.now
    }

    /// Goes on live.
    pub fn go_live(&mut self) {
        self.held = None;
    }

    /// The moment of what was observed last.
    #[must_use]
    pub fn newest_at(&self) -> Moment {
        self.newest.now
    }

    /// Shows `observed` from now on, as `mode` says; the live one goes on to be taken underneath.
    pub fn hold(&mut self, observed: Arc<Observed>, mode: Mode) {
        self.held = (!mode.is_live()).then_some((observed, mode));
    }

    /// Which time is shown.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.held.as_ref().map_or(Mode::Live, |(_, mode)| *mode)
    }

    /// What is shown, with the moment that ages are counted from.
    #[must_use]
    pub fn shown(&self) -> Observed {
        let (observed, now) = match &self.held {
            Some((held, mode)) => (held, mode.at().unwrap_or(self.now)),
            None => (&self.newest, self.now),
        };
        observed.at(now)
    }
}

/// Whether a verdict, a silence, or what is there at all changed between two observations; values and ages always do.
fn is_news(former: &Observed, newest: &Observed) -> bool {
    let verdicts = |observed: &Observed| {
        let findings = observed.judgement.findings.iter();
        findings.map(|finding| (finding.rule.clone(), finding.subject.clone(), finding.severity, finding.confirmed)).collect::<Vec<_>>()
    };
    let standings = |observed: &Observed| {
        let clusters = observed.judgement.clusters.iter();
        clusters.map(|judged| (judged.name().to_owned(), judged.standing)).collect::<Vec<_>>()
    };
    let answers = |observed: &Observed| {
        let entries = observed.fleet.clusters.iter().flat_map(|cluster| &cluster.entries);
        entries.map(|entry| (entry.good.is_some(), entry.failure.is_some())).collect::<Vec<_>>()
    };
    standings(former) != standings(newest) || answers(former) != answers(newest) || verdicts(former) != verdicts(newest)
}

/// How fresh the answers of `clusters` are.
#[must_use]
pub fn freshness(clusters: &[&Cluster], now: Moment) -> Freshness {
    let entries: Vec<&Arc<Entry>> = clusters.iter().flat_map(|cluster| &cluster.entries).collect();
    let age = |entry: &&Arc<Entry>| entry.good.as_ref().map(|good| now.since(good.taken_at));
    let silent = entries.iter().filter(|entry| entry.is_silent(now)).count();
    if silent > 0 && silent == entries.len() {
        return Freshness::Dead { last: entries.iter().filter_map(age).min() };
    }
    if silent > 0 {
        let answering = entries.iter().filter(|entry| !entry.is_silent(now));
        return Freshness::Partly { silent, of: entries.len(), oldest: answering.filter_map(age).max().unwrap_or_default() };
    }
    entries.iter().filter_map(age).max().map_or(Freshness::Waiting, |oldest| Freshness::Fresh { oldest })
}

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
    /// Freezing keeps the `Arc`, and the moment: in a still picture ages stand still too.
    held: Option<(Arc<Observed>, Moment)>,
    now: Moment,
    /// Nothing new will come.
    ended: bool,
}

/// How fresh what is shown is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Freshness {
    /// The first answers are still out.
    Waiting,
    /// Every endpoint answers; the oldest answer is this old.
    Fresh { oldest: Duration },
    /// Some endpoints do not answer.
    Partly { silent: usize, of: usize },
    /// None does; the newest answer is this old.
    Dead { last: Option<Duration> },
}

impl Picture {
    #[must_use]
    pub fn new(newest: Arc<Observed>, now: Moment) -> Self {
        Picture { newest, held: None, now, ended: false }
    }

    /// Something new was observed.
    pub fn take(&mut self, newest: Arc<Observed>) {
        self.newest = newest;
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

    /// Freezes, or goes on.
    pub fn toggle(&mut self) {
        self.held = match self.held {
            Some(_) => None,
            None => Some((Arc::clone(&self.newest), self.now)),
        };
    }

    /// Since when the picture stands still.
    #[must_use]
    pub fn frozen(&self) -> Option<Moment> {
        self.held.as_ref().map(|(_, at)| *at)
    }

    /// What is shown, with the moment that ages are counted from.
    #[must_use]
    pub fn shown(&self) -> Observed {
        let (observed, now) = match &self.held {
            Some((held, at)) => (held, *at),
            None => (&self.newest, self.now),
        };
        observed.at(now)
    }
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
        return Freshness::Partly { silent, of: entries.len() };
    }
    entries.iter().filter_map(age).max().map_or(Freshness::Waiting, |oldest| Freshness::Fresh { oldest })
}

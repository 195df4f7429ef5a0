//! One revision of the fleet: what every endpoint said last, and what became of the newest question. Never changed once published.

use crate::config::{ClusterSpec, EndpointSpec};
use crate::model::{EndpointId, Gap, Moment, Reason};
use crate::systems::contract::{AnySnapshot, System, View};
use crate::text::Untrusted;
use crate::transport::ProbeError;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// All clusters at one moment.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// Counts up by one with each revision of this process.
    pub rev: u64,
    pub at: Moment,
    /// One that nobody told anything new of is the same allocation as in the revision before.
    pub clusters: Vec<Arc<Cluster>>,
}

/// One cluster: the configured endpoints in the order of the file, then the discovered ones.
#[derive(Clone, Debug)]
pub struct Cluster {
    pub spec: Arc<ClusterSpec>,
    pub entries: Vec<Arc<Entry>>,
    /// Endpoints that a server named and that were not contacted.
    pub rejected: Vec<Rejected>,
    /// Discovered endpoints that came after the first list of members, and those that left; the newest passage of each, the oldest first.
    pub arrived: Vec<Passage>,
    pub departed: Vec<Passage>,
    /// Endpoints whose task failed inside since this process watches, the newest failure of each.
    pub crashes: Vec<Crash>,
}

/// A task of ours that panicked while it asked an endpoint; it was started again.
#[derive(Clone, Debug, PartialEq)]
pub struct Crash {
    pub id: EndpointId,
    /// What it said the last time; the words may be a server's.
    pub said: Untrusted,
    pub first: Moment,
    pub last: Moment,
    pub count: u32,
}

/// A discovered endpoint that came or left while this process watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    pub id: EndpointId,
    /// As a server announced it.
    pub address: Untrusted,
    /// The endpoint whose list decided: `lab/patroni/pg1`.
    pub by: String,
    pub at: Moment,
}

/// An address from outside that was not contacted.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejected {
    /// The endpoint that named it: `lab/patroni/pg1`.
    pub named_by: String,
    pub name: Untrusted,
    pub address: Untrusted,
    pub why: Cow<'static, str>,
}

/// One endpoint: its last good answer and, if the newest question failed, how.
#[derive(Clone, Debug)]
pub struct Entry {
    pub spec: Arc<EndpointSpec>,
    pub good: Option<Good>,
    /// Set while the newest question failed.
    pub failure: Option<Failure>,
    /// Questions that ended, well or badly.
    pub polls: u64,
    /// After this time without a new answer the last one is not judged by any more.
    pub stale_after: Duration,
}

/// A good answer.
#[derive(Clone, Debug)]
pub struct Good {
    pub snapshot: AnySnapshot,
    pub taken_at: Moment,
    /// Time from the question to the whole answer.
    pub latency: Duration,
}

impl Good {
    /// What it told of `endpoint`, as rules, pages and trends take it.
    #[must_use]
    pub fn view<'a>(&'a self, cluster: &'a ClusterSpec, endpoint: &'a EndpointSpec, now: Moment) -> View<'a, AnySnapshot> {
        View { cluster, endpoint, snapshot: &self.snapshot, taken_at: self.taken_at, latency: self.latency, now }
    }
}

/// A row of failed questions.
#[derive(Clone, Debug)]
pub struct Failure {
    pub error: ProbeError,
    /// When the first of the row ended.
    pub since: Moment,
    /// When the newest ended.
    pub last: Moment,
    pub count: u32,
}

impl Entry {
    #[must_use]
    pub fn new(spec: Arc<EndpointSpec>, stale_after: Duration) -> Self {
        Entry { spec, good: None, failure: None, polls: 0, stale_after }
    }

    /// The last good answer if it may be judged by.
    ///
    /// # Errors
    /// The gap that says why not: the newest question failed, none was answered yet, or the answer is too old.
    pub fn current(&self, now: Moment) -> Result<&Good, Gap> {
        let last_good = self.good.as_ref().map(|good| good.taken_at);
        let gap = |reason, since| Err(Gap { fact: self.spec.id.to_string(), reason, since, last_good });
        match (&self.failure, &self.good) {
            (Some(failure), _) => gap(failure.error.reason(), Some(failure.since)),
            (None, None) => gap(Reason::NotAskedYet, None),
            (None, Some(good)) if now.since(good.taken_at) > self.stale_after => gap(Reason::Stale, Some(good.taken_at.plus(self.stale_after))),
            (None, Some(good)) => Ok(good),
        }
    }
}

impl Entry {
    /// Whether it was asked and cannot be judged by. One whose first answer is still out is not silent.
    #[must_use]
    pub fn is_silent(&self, now: Moment) -> bool {
        self.current(now).is_err() && (self.failure.is_some() || self.good.is_some())
    }
}

/// One endpoint of a system with its typed view, or why there is none.
#[derive(Debug)]
pub struct Member<'a, S> {
    pub entry: &'a Entry,
    pub view: Result<View<'a, S>, Gap>,
}

impl<S> Member<'_, S> {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.entry.spec.id.name
    }
}

impl Cluster {
    #[must_use]
    pub fn new(spec: Arc<ClusterSpec>, stale_after: Duration) -> Self {
        let entries = spec.endpoints.iter().map(|endpoint| Arc::new(Entry::new(Arc::clone(endpoint), stale_after))).collect();
        Cluster { spec, entries, rejected: Vec::new(), arrived: Vec::new(), departed: Vec::new(), crashes: Vec::new() }
    }

    /// The endpoints of one system.
    pub fn of<'a>(&'a self, system: &'a str) -> impl Iterator<Item = &'a Arc<Entry>> {
        self.entries.iter().filter(move |entry| entry.spec.id.system == system)
    }

    /// The endpoints of one system, typed and judged for freshness.
    #[must_use]
    pub fn members<S: System>(&self, now: Moment) -> Vec<Member<'_, S::Snapshot>> {
        self.of(S::NAME).map(|entry| Member { entry, view: self.view::<S>(entry, now) }).collect()
    }

    fn view<'a, S: System>(&'a self, entry: &'a Entry, now: Moment) -> Result<View<'a, S::Snapshot>, Gap> {
        let good = entry.current(now)?;
        let snapshot = good
            .snapshot
            .downcast_ref::<S::Snapshot>()
            .ok_or_else(|| Gap::new(entry.spec.id.to_string(), Reason::Malformed("snapshot of another system".to_owned())))?;
        Ok(View { cluster: &self.spec, endpoint: &entry.spec, snapshot, taken_at: good.taken_at, latency: good.latency, now })
    }
}

impl Fleet {
    /// A fleet of which nothing is known yet.
    #[must_use]
    pub fn unread(clusters: &[Arc<ClusterSpec>], stale_after: Duration, at: Moment) -> Self {
        Fleet { rev: 0, at, clusters: clusters.iter().map(|spec| Arc::new(Cluster::new(Arc::clone(spec), stale_after))).collect() }
    }

    #[must_use]
    pub fn cluster(&self, name: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|cluster| cluster.spec.name == name).map(Arc::as_ref)
    }
}

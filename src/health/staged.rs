//! A cluster whose endpoints answer, fail, or were not asked yet: for the tests of rules that look at nothing else.

use super::rule::{ClusterRule, ClusterView};
use crate::config::{Body, ClusterSpec, EndpointSpec};
use crate::fleet::{Cluster, Entry, Failure, Fleet, Good};
use crate::model::{Clock, EndpointId, Moment, Origin, Via};
use crate::systems::contract::{Knobs, Verdict};
use crate::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;

/// One endpoint.
pub(super) struct Staged<'a> {
    pub(super) system: &'a str,
    pub(super) name: &'a str,
    /// A key of its body with its text.
    pub(super) key: (&'a str, &'a str),
    pub(super) origin: Origin,
    pub(super) said: Said,
}

/// What came of the newest question to it.
#[derive(Clone, Debug)]
pub(super) enum Said {
    Answers,
    Fails(Trouble),
    /// The secret of this reference cannot be read, for this reason.
    Locked(String, String),
    /// It answered before, and fails now.
    Answered(Trouble),
    NotAsked,
}

impl<'a> Staged<'a> {
    pub(super) fn new(system: &'a str, name: &'a str, key: (&'a str, &'a str), said: Said) -> Staged<'a> {
        Staged { system, name, key, origin: Origin::Configured, said }
    }
}

/// What `rule` says of the cluster `orders` with these endpoints.
pub(super) fn judged(rule: &ClusterRule, endpoints: &[Staged<'_>]) -> Verdict {
    judged_beside(rule, endpoints, &[])
}

/// As [`judged`], with the cluster `shop` of those endpoints beside it.
pub(super) fn judged_beside(rule: &ClusterRule, endpoints: &[Staged<'_>], beside: &[Staged<'_>]) -> Verdict {
    let now = Clock::real().now();
    let mut clusters = vec![cluster("orders", endpoints, now)];
    if !beside.is_empty() {
        clusters.push(cluster("shop", beside, now));
    }
    let fleet = Fleet { rev: 1, at: now, clusters: clusters.into_iter().map(Arc::new).collect() };
    let Some(cluster) = fleet.clusters.first() else { return Ok(Vec::new()) };
    (rule.judge)(&ClusterView { fleet: &fleet, cluster, now }, &Knobs::new(&cluster.spec, &rule.info))
}

fn cluster(name: &str, endpoints: &[Staged<'_>], now: Moment) -> Cluster {
    let mut cluster = Cluster::new(Arc::new(ClusterSpec::named(name, "test")), Duration::from_secs(5));
    for staged in endpoints {
        let id = EndpointId { cluster: name.into(), system: staged.system.to_owned(), name: staged.name.to_owned() };
        let body = Body::one(staged.key.0, staged.key.1);
        let one = EndpointSpec { id, origin: staged.origin, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
        let mut entry = Entry::new(Arc::new(one), Duration::from_secs(5));
        if matches!(staged.said, Said::Answers | Said::Answered(_)) {
            entry.good = Some(Good { snapshot: Arc::new(()), taken_at: now, latency: Duration::ZERO });
        }
        if let Said::Fails(trouble) | Said::Answered(trouble) = &staged.said {
            let error = ProbeError::new(trouble.clone(), format!("asked {} {}", staged.system, staged.name), "");
            entry.failure = Some(Failure { error, since: now, last: now, count: 1 });
        }
        if let Said::Locked(reference, why) = &staged.said {
            let error = ProbeError::new(Trouble::Secret, reference.as_str(), why.as_str());
            entry.failure = Some(Failure { error, since: now, last: now, count: 1 });
        }
        cluster.entries.push(Arc::new(entry));
    }
    cluster
}

/// The sentences of what was raised.
pub(super) fn sentences(verdict: Verdict) -> Vec<String> {
    verdict.expect("known").iter().map(|raised| raised.sentence.raw().to_owned()).collect()
}

//! The single writer: takes what the pollers bring and makes the next revision. Nothing else changes a fleet.

use super::discovery::{self, Vetted};
use super::revision::{Entry, Failure, Fleet, Good, Rejected};
use crate::config::EndpointSpec;
use crate::model::{EndpointId, Moment, Origin};
use crate::systems::contract::{AnySnapshot, Discovered};
use crate::systems::registry;
use crate::transport::ProbeError;
use std::sync::Arc;
use std::time::Duration;

/// Endpoints of one cluster that are contacted because a server named them; a server that names thousands must not make us scan for it.
const MOST_DISCOVERED: usize = 64;

/// The outcome of one question to one endpoint.
#[derive(Debug)]
pub struct Answer {
    pub id: EndpointId,
    pub outcome: Result<AnySnapshot, ProbeError>,
    pub at: Moment,
    pub latency: Duration,
}

/// Holds the newest revision.
#[derive(Debug)]
pub struct Store {
    fleet: Fleet,
    stale_after: Duration,
}

impl Store {
    #[must_use]
    pub fn new(fleet: Fleet, stale_after: Duration) -> Self {
        Store { fleet, stale_after }
    }

    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Makes the next revision of `answers`; gives the endpoints that were discovered with it and now want to be asked.
    pub fn apply(&mut self, answers: Vec<Answer>, now: Moment) -> Vec<Arc<EndpointSpec>> {
        let mut found = Vec::new();
        for answer in answers {
            if let Ok(snapshot) = &answer.outcome {
                found.extend(self.meet(&answer.id, snapshot));
            }
            self.record(answer);
        }
        self.fleet.rev += 1;
        self.fleet.at = now;
        found
    }

    fn record(&mut self, answer: Answer) {
        let entries =
            self.fleet.clusters.iter_mut().filter(|cluster| cluster.spec.name == answer.id.cluster).flat_map(|cluster| &mut cluster.entries);
        let Some(entry) = entries.into_iter().find(|entry| entry.spec.id == answer.id) else { return };
        let entry = Arc::make_mut(entry);
        entry.polls += 1;
        match answer.outcome {
            Ok(snapshot) => {
                entry.good = Some(Good { snapshot, taken_at: answer.at, latency: answer.latency });
                entry.failure = None;
            }
            Err(error) => {
                let (since, count) = entry.failure.as_ref().map_or((answer.at, 0), |failure| (failure.since, failure.count));
                entry.failure = Some(Failure { error, since, last: answer.at, count: count.saturating_add(1) });
            }
        }
    }

    /// Vets what `snapshot` names and takes in what is new.
    fn meet(&mut self, by: &EndpointId, snapshot: &AnySnapshot) -> Vec<Arc<EndpointSpec>> {
        let named: Vec<Discovered> = registry::find(&by.system).map(|system| system.discovered(snapshot)).unwrap_or_default();
        let Some(cluster) = self.fleet.clusters.iter_mut().find(|cluster| cluster.spec.name == by.cluster) else { return Vec::new() };
        let mut found = Vec::new();
        cluster.rejected.retain(|rejected| rejected.named_by != by.to_string());
        for discovered in named {
            let known: Vec<&EndpointSpec> = cluster.entries.iter().map(|entry| entry.spec.as_ref()).collect();
            match discovery::vet(by, &discovered, &known) {
                Vetted::Known => {}
                Vetted::Rejected(rejected) => cluster.rejected.push(rejected),
                Vetted::New(_) if discovered_already(&cluster.entries) >= MOST_DISCOVERED => cluster.rejected.push(Rejected {
                    named_by: by.to_string(),
                    name: discovered.name.clone(),
                    address: discovered.address.clone(),
                    why: "more endpoints were named than are contacted; add it to the configuration".into(),
                }),
                Vetted::New(spec) => {
                    let spec = Arc::new(*spec);
                    cluster.entries.push(Arc::new(Entry::new(Arc::clone(&spec), self.stale_after)));
                    found.push(spec);
                }
            }
        }
        found
    }
}

fn discovered_already(entries: &[Arc<Entry>]) -> usize {
    entries.iter().filter(|entry| entry.spec.origin == Origin::Discovered).count()
}

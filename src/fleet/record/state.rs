//! A revision of the fleet as documents, and back: one for the fleet, one for each cluster, one for each endpoint.
//!
//! Both directions remember what they made last: an endpoint that did not answer anew is not written again, and one whose document did not change is not
//! read again, so that two instants share it.

use super::Docs;
use super::spec::{ClusterText, EndpointText};
use crate::fleet::{Cluster, Crash, Entry, Failure, Fleet, Good, Passage, Rejected};
use crate::model::{EndpointId, Moment};
use crate::systems::registry;
use crate::text::Untrusted;
use crate::transport::{ProbeError, Trouble};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const FLEET: &str = "fleet";

fn cluster_name(cluster: &str) -> String {
    format!("cluster {}", Value::from(cluster))
}

/// Names that servers give may hold anything; as JSON, two of them never run together.
fn entry_name(id: &EndpointId) -> String {
    format!("endpoint {}", Value::from([id.cluster.as_str(), id.system.as_str(), id.name.as_str()].map(Value::from).to_vec()))
}

#[derive(Serialize, Deserialize)]
struct FleetText {
    rev: u64,
    at: Moment,
    clusters: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct ClusterDoc {
    spec: ClusterText,
    /// Every endpoint that is configured or in the fleet.
    known: Vec<EndpointText>,
    /// Numbers of those that are configured, in their order, and of those in the fleet.
    configured: Vec<usize>,
    entries: Vec<usize>,
    rejected: Vec<RejectedText>,
    arrived: Vec<PassageText>,
    departed: Vec<PassageText>,
    /// Older recordings have none.
    #[serde(default)]
    crashes: Vec<CrashText>,
}

#[derive(Serialize, Deserialize)]
struct CrashText {
    id: EndpointId,
    said: Untrusted,
    first: Moment,
    last: Moment,
    count: u32,
}

impl CrashText {
    fn of(crash: &Crash) -> Self {
        let Crash { id, said, first, last, count } = crash.clone();
        CrashText { id, said, first, last, count }
    }

    fn crash(self) -> Crash {
        let CrashText { id, said, first, last, count } = self;
        Crash { id, said, first, last, count }
    }
}

#[derive(Serialize, Deserialize)]
struct PassageText {
    id: EndpointId,
    address: Untrusted,
    by: String,
    at: Moment,
}

impl PassageText {
    fn of(passage: &Passage) -> Self {
        let Passage { id, address, by, at } = passage.clone();
        PassageText { id, address, by, at }
    }

    fn passage(self) -> Passage {
        let PassageText { id, address, by, at } = self;
        Passage { id, address, by, at }
    }
}

#[derive(Serialize, Deserialize)]
struct RejectedText {
    named_by: String,
    name: Untrusted,
    address: Untrusted,
    why: String,
}

#[derive(Serialize, Deserialize)]
struct EntryText {
    polls: u64,
    stale_after: Duration,
    failure: Option<FailureText>,
    good: Option<GoodText>,
}

#[derive(Serialize, Deserialize)]
struct FailureText {
    error: ProbeError,
    since: Moment,
    last: Moment,
    count: u32,
}

#[derive(Serialize, Deserialize)]
struct GoodText {
    taken_at: Moment,
    latency: Duration,
    /// As the system writes it.
    snapshot: Value,
}

/// Writes revisions.
#[derive(Debug, Default)]
pub struct Encoder {
    entries: BTreeMap<EndpointId, (Arc<Entry>, Arc<[u8]>)>,
}

impl Encoder {
    /// The documents of `fleet`, or of one cluster of it.
    pub fn docs(&mut self, fleet: &Fleet, only: Option<&str>) -> Docs {
        let mut docs = Docs::new();
        let mut names = Vec::new();
        let mut kept = BTreeMap::new();
        for cluster in fleet.clusters.iter().filter(|cluster| only.is_none_or(|only| cluster.spec.name == only)) {
            names.push(cluster.spec.name.clone());
            docs.insert(cluster_name(&cluster.spec.name), text(&cluster_doc(cluster)));
            for entry in &cluster.entries {
                let id = &entry.spec.id;
                let known = self.entries.remove(id).filter(|(known, _)| Arc::ptr_eq(known, entry));
                let (entry, written) = known.unwrap_or_else(|| (Arc::clone(entry), text(&entry_text(entry))));
                docs.insert(entry_name(id), Arc::clone(&written));
                kept.insert(id.clone(), (entry, written));
            }
        }
        self.entries = kept;
        docs.insert(FLEET.to_owned(), text(&FleetText { rev: fleet.rev, at: fleet.at, clusters: names }));
        docs
    }
}

/// A document; whatever has no form in JSON is missing when it is read, and said then.
pub fn text<T: Serialize>(value: &T) -> Arc<[u8]> {
    serde_json::to_vec(value).unwrap_or_default().into()
}

fn cluster_doc(cluster: &Cluster) -> ClusterDoc {
    let mut known: Vec<Arc<crate::config::EndpointSpec>> = Vec::new();
    let mut number = |spec: &Arc<crate::config::EndpointSpec>| {
        known.iter().position(|known| Arc::ptr_eq(known, spec)).unwrap_or_else(|| {
            known.push(Arc::clone(spec));
            known.len() - 1
        })
    };
    let configured = cluster.spec.endpoints.iter().map(&mut number).collect();
    let entries = cluster.entries.iter().map(|entry| number(&entry.spec)).collect();
    let rejected = cluster.rejected.iter().map(|rejected| RejectedText {
        named_by: rejected.named_by.clone(),
        name: rejected.name.clone(),
        address: rejected.address.clone(),
        why: rejected.why.clone().into_owned(),
    });
    ClusterDoc {
        spec: ClusterText::of(&cluster.spec),
        configured,
        entries,
        rejected: rejected.collect(),
        arrived: cluster.arrived.iter().map(PassageText::of).collect(),
        departed: cluster.departed.iter().map(PassageText::of).collect(),
        crashes: cluster.crashes.iter().map(CrashText::of).collect(),
        known: known.iter().map(|spec| EndpointText::of(spec)).collect(),
    }
}

fn entry_text(entry: &Entry) -> EntryText {
    let system = registry::find(&entry.spec.id.system);
    let failure = entry.failure.as_ref().map(|Failure { error, since, last, count }| FailureText {
        error: error.clone(),
        since: *since,
        last: *last,
        count: *count,
    });
    let good = entry.good.as_ref().and_then(|Good { snapshot, taken_at, latency }| {
        Some(GoodText { taken_at: *taken_at, latency: *latency, snapshot: system?.encode(snapshot)? })
    });
    EntryText { polls: entry.polls, stale_after: entry.stale_after, failure, good }
}

/// Reads revisions.
#[derive(Debug, Default)]
pub struct Decoder {
    clusters: BTreeMap<String, (Arc<[u8]>, Known)>,
    entries: BTreeMap<EndpointId, (Arc<[u8]>, Arc<Entry>)>,
}

/// A cluster as it was read, before its entries.
#[derive(Clone, Debug)]
struct Known {
    spec: Arc<crate::config::ClusterSpec>,
    entries: Vec<Arc<crate::config::EndpointSpec>>,
    rejected: Vec<Rejected>,
    arrived: Vec<Passage>,
    departed: Vec<Passage>,
    crashes: Vec<Crash>,
}

impl Decoder {
    /// The revision of `docs`. What an endpoint said and cannot be read any more is a failure of that endpoint, never left out.
    ///
    /// # Errors
    /// Which document is missing or makes no sense.
    pub fn fleet(&mut self, docs: &Docs) -> Result<Fleet, String> {
        let FleetText { rev, at, clusters: names } = read(docs, FLEET)?;
        let clusters = names.iter().map(|name| self.cluster(docs, name, at)).collect::<Result<Vec<_>, String>>()?;
        Ok(Fleet { rev, at, clusters: clusters.into_iter().map(Arc::new).collect() })
    }

    fn cluster(&mut self, docs: &Docs, name: &str, at: Moment) -> Result<Cluster, String> {
        let doc = cluster_name(name);
        let written = docs.get(&doc).ok_or_else(|| format!("{doc} is missing"))?;
        let known = match self.clusters.get(name) {
            Some((former, known)) if former == written => known.clone(),
            _ => {
                let known = known_cluster(read(docs, &doc)?).ok_or_else(|| format!("{doc} names an endpoint that it does not tell"))?;
                // their entries name the endpoints as they were
                self.entries.retain(|id, _| id.cluster != name);
                self.clusters.insert(name.to_owned(), (Arc::clone(written), known.clone()));
                known
            }
        };
        let entries = known.entries.iter().map(|spec| self.entry(docs, spec, at)).collect::<Result<_, String>>()?;
        Ok(Cluster { spec: known.spec, entries, rejected: known.rejected, arrived: known.arrived, departed: known.departed, crashes: known.crashes })
    }

    fn entry(&mut self, docs: &Docs, spec: &Arc<crate::config::EndpointSpec>, at: Moment) -> Result<Arc<Entry>, String> {
        let doc = entry_name(&spec.id);
        let written = docs.get(&doc).ok_or_else(|| format!("{doc} is missing"))?;
        if let Some((former, entry)) = self.entries.get(&spec.id)
            && former == written
        {
            return Ok(Arc::clone(entry));
        }
        let entry = Arc::new(entry_of(read(docs, &doc)?, spec, at));
        self.entries.insert(spec.id.clone(), (Arc::clone(written), Arc::clone(&entry)));
        Ok(entry)
    }
}

/// Reads the document called `name`.
///
/// # Errors
/// It is missing, or makes no sense.
pub fn read<T: for<'de> Deserialize<'de>>(docs: &Docs, name: &str) -> Result<T, String> {
    let text = docs.get(name).ok_or_else(|| format!("{name} is missing"))?;
    serde_json::from_slice(text).map_err(|error| format!("{name}: {error}"))
}

fn known_cluster(doc: ClusterDoc) -> Option<Known> {
    let known: Vec<Arc<_>> = doc.known.into_iter().map(|text| Arc::new(text.spec())).collect();
    let pick = |numbers: Vec<usize>| numbers.into_iter().map(|number| known.get(number).cloned()).collect::<Option<Vec<_>>>();
    let rejected =
        doc.rejected.into_iter().map(|RejectedText { named_by, name, address, why }| Rejected { named_by, name, address, why: why.into() });
    let passages = |texts: Vec<PassageText>| texts.into_iter().map(PassageText::passage).collect();
    Some(Known {
        spec: Arc::new(doc.spec.with(pick(doc.configured)?)),
        entries: pick(doc.entries)?,
        rejected: rejected.collect(),
        arrived: passages(doc.arrived),
        departed: passages(doc.departed),
        crashes: doc.crashes.into_iter().map(CrashText::crash).collect(),
    })
}

fn entry_of(text: EntryText, spec: &Arc<crate::config::EndpointSpec>, at: Moment) -> Entry {
    let failure = text.failure.map(|FailureText { error, since, last, count }| Failure { error, since, last, count });
    let mut entry = Entry { spec: Arc::clone(spec), good: None, failure, polls: text.polls, stale_after: text.stale_after };
    let Some(GoodText { taken_at, latency, snapshot }) = text.good else { return entry };
    let system = registry::find(&spec.id.system).ok_or_else(|| "no such system here".to_owned());
    match system.and_then(|system| system.decode(snapshot)) {
        Ok(snapshot) => entry.good = Some(Good { snapshot, taken_at, latency }),
        Err(why) => {
            let error = ProbeError::new(Trouble::Malformed, format!("the recording of {}", spec.id), why);
            let failure = Failure { error, since: at, last: at, count: 1 };
            entry.failure.get_or_insert(failure);
        }
    }
    entry
}

//! Asks one member of an etcd cluster: one question after the other, all within one deadline of at most two seconds.
//!
//! Without a quorum etcd answers its own status at once and lets everything else hang for seven seconds; so the status comes first and the rest gets
//! what is left. It must never probe with a write: one that times out may still be carried out later.

use super::keys::{self, LOCKS, OPEN_RUNS};
use super::range::{self, RANGE};
use super::snapshot::Snapshot;
use super::wire::{self, Alarm};
use crate::config::EndpointSpec;
use crate::model::{Clock, Moment, Reading, Reason};
use crate::systems::agreed::Place;
use crate::systems::contract::{Tier, Wiring};
use crate::text::Untrusted;
use crate::transport::http::{Answer, HttpReader};
use crate::transport::read::HttpRead;
use crate::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;

const LONGEST: Duration = Duration::from_secs(2);
/// With less than this left a question is not worth a connection.
const LEAST: Duration = Duration::from_millis(50);

const STATUS: HttpRead<'_> = HttpRead::Ask { path: "/v3/maintenance/status", json: "{}" };
const PEERS: HttpRead<'_> = HttpRead::Ask { path: "/v3/cluster/member/list", json: "{}" };
const ALARMS: HttpRead<'_> = HttpRead::Ask { path: "/v3/maintenance/alarm", json: r#"{"action":"GET"}"# };

/// What the quorum has: whichever member is asked, all answer it alike.
#[derive(Clone, Debug)]
struct OfQuorum {
    alarms: Reading<Vec<Alarm>>,
    /// Keys below the namespace.
    names: Reading<Vec<String>>,
    locks: Reading<Vec<(String, Untrusted)>>,
    open_runs: Reading<Vec<(String, Untrusted)>>,
}

/// The store that a member belongs to, and where names are looked for in it.
type Store = (Option<u64>, String);

/// Asks one member, and remembers what it said.
#[derive(Debug)]
pub struct Client {
    pub(super) reader: HttpReader,
    pub(super) clock: Clock,
    pub(super) deadline: Duration,
    namespace: String,
    agreed: Arc<Place<Store, OfQuorum>>,
    former: Option<Snapshot>,
    /// The cluster of etcd that the last keys and values came from.
    pub(super) came_from: Option<u64>,
}

impl Client {
    /// Prepares a client; contacts nobody.
    ///
    /// # Errors
    /// The endpoint has no `url`.
    pub fn new(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Client, ProbeError> {
        let url = endpoint.body.text("url").ok_or_else(|| ProbeError::new(Trouble::NoAddress, endpoint.id.to_string(), "no `url` is configured"))?;
        let deadline = wiring.deadline.min(LONGEST);
        let reader = HttpReader::new(url, None, endpoint.tls.clone().unwrap_or_default(), deadline).in_a_row().told_by(endpoint.origin);
        let mut namespace = endpoint.body.text("namespace").unwrap_or(super::NAMESPACE).trim_matches('/').to_owned();
        namespace = if namespace.is_empty() { "/".to_owned() } else { format!("/{namespace}/") };
        Ok(Client { reader, clock: wiring.clock.clone(), deadline, namespace, agreed: wiring.agreed.place(), former: None, came_from: None })
    }

    /// The id of the cluster of etcd that the last answer of [`Kv`](crate::systems::contract::Kv) is of; `None`: it did not say.
    #[must_use]
    pub const fn came_from(&self) -> Option<u64> {
        self.came_from
    }

    /// Asks what is due in `tier`.
    ///
    /// # Errors
    /// The member's own status could not be read. The other parts degrade alone.
    pub async fn probe(&mut self, tier: Tier) -> Result<Snapshot, ProbeError> {
        let begin = self.clock.now();
        let answer = self.ask(STATUS, self.deadline).await?;
        let status = wire::status(&answer, &self.label(STATUS))?;
        let answered = self.clock.now();
        let former = self.former.take();
        let kept = former.as_ref();
        let mut next = Snapshot {
            status,
            answered,
            health: self.part(HttpRead::Get("/health"), begin, kept.map(|old| &old.health), wire::health).await,
            peers: carry(kept.map(|old| &old.peers)),
            alarms: carry(kept.map(|old| &old.alarms)),
            versions: carry(kept.map(|old| &old.versions)),
            quota: carry(kept.map(|old| &old.quota)),
            namespace: self.namespace.clone(),
            names: carry(kept.map(|old| &old.names)),
            locks: carry(kept.map(|old| &old.locks)),
            open_runs: carry(kept.map(|old| &old.open_runs)),
        };
        if tier >= Tier::Slow {
            next.peers = self.part(PEERS, begin, Some(&next.peers), wire::peers).await;
            // all of it goes through the quorum; without one it would only hang
            let told = if next.has_leader() {
                let (agreed, clock) = (Arc::clone(&self.agreed), self.clock.clone());
                match next.status.cluster_id {
                    cluster @ Some(_) => {
                        agreed.get((cluster, self.namespace.clone()), begin, &clock, OfQuorum::is_known, self.of_quorum(begin)).await
                    }
                    // it does not say which store it is of
                    None => self.of_quorum(begin).await,
                }
            } else {
                let now = self.clock.now();
                OfQuorum::unknown(&Reason::Unreachable("not asked: this member knows of no leader".to_owned()), now)
            };
            next.alarms = follow(&next.alarms, told.alarms, self.clock.now());
            next.names = follow(&next.names, told.names, self.clock.now());
            next.locks = follow(&next.locks, told.locks, self.clock.now());
            next.open_runs = follow(&next.open_runs, told.open_runs, self.clock.now());
        }
        if tier >= Tier::Rare {
            next.versions = self.part(HttpRead::Get("/version"), begin, Some(&next.versions), wire::versions).await;
            next.quota = match next.status.db_size_quota {
                Some(quota) => Reading::new(quota, answered),
                None => self.part(HttpRead::Get("/metrics"), begin, Some(&next.quota), wire::quota).await,
            };
        }
        self.former = Some(next.clone());
        Ok(next)
    }

    /// Asks this member for what the quorum has.
    async fn of_quorum(&mut self, begin: Moment) -> OfQuorum {
        let alarms = self.part(ALARMS, begin, None, wire::alarms).await;
        let keys = range::request_keys(&self.namespace);
        let keys = self.part(HttpRead::Ask { path: RANGE, json: &keys }, begin, None, range::read).await;
        // copies of runs, which are large, stand behind both
        let ours = range::request_between(LOCKS, OPEN_RUNS);
        let ours = self.part(HttpRead::Ask { path: RANGE, json: &ours }, begin, None, range::read).await;
        OfQuorum {
            alarms,
            names: keys.map(|keys| range::first_level(&self.namespace, keys)),
            locks: ours.map(|pairs| keys::by_scope(LOCKS, pairs.clone())),
            open_runs: ours.map(|pairs| keys::by_scope(OPEN_RUNS, pairs.clone())),
        }
    }

    /// Puts a question that may fail alone, within what is left of the deadline that began at `begin`.
    async fn part<T>(
        &mut self,
        question: HttpRead<'_>,
        begin: Moment,
        former: Option<&Reading<T>>,
        read: fn(&Answer, &str) -> Result<T, ProbeError>,
    ) -> Reading<T> {
        let left = self.deadline.saturating_sub(self.clock.now().since(begin));
        let label = self.label(question);
        let outcome = if left < LEAST {
            Err(Reason::Unreachable("not asked: the answers before took the whole deadline".to_owned()))
        } else {
            self.ask(question, left).await.and_then(|answer| read(&answer, &label)).map_err(|error| error.reason())
        };
        let now = self.clock.now();
        match (outcome, former) {
            (Ok(value), _) => Reading::new(value, now),
            (Err(reason), Some(former)) => former.failed(reason, now),
            (Err(reason), None) => Reading::not_asked().failed(reason, now),
        }
    }

    pub(super) async fn ask(&mut self, question: HttpRead<'_>, limit: Duration) -> Result<Answer, ProbeError> {
        let late = ProbeError::new(Trouble::AnswerTimeout, self.label(question), "");
        self.clock.timeout(limit, self.reader.ask(question)).await.unwrap_or(Err(late))
    }

    pub(super) fn label(&self, question: HttpRead<'_>) -> String {
        match question {
            HttpRead::Get(path) | HttpRead::Head(path) => format!("GET {}{path}", self.reader.base()),
            HttpRead::Ask { path, .. } => format!("POST {}{path}", self.reader.base()),
        }
    }
}

impl OfQuorum {
    fn is_known(&self) -> bool {
        self.alarms.value().is_some() && self.names.value().is_some() && self.locks.value().is_some()
    }

    fn unknown(reason: &Reason, now: Moment) -> OfQuorum {
        OfQuorum {
            alarms: Reading::not_asked().failed(reason.clone(), now),
            names: Reading::not_asked().failed(reason.clone(), now),
            locks: Reading::not_asked().failed(reason.clone(), now),
            open_runs: Reading::not_asked().failed(reason.clone(), now),
        }
    }
}

/// What was told now; where that is nothing, the `former` reading with the reason.
fn follow<T: Clone>(former: &Reading<T>, told: Reading<T>, now: Moment) -> Reading<T> {
    match told {
        Reading::Known(_) => told,
        Reading::Unknown { reason, .. } => former.failed(reason, now),
    }
}

/// A part that is not due keeps its former reading.
fn carry<T: Clone>(former: Option<&Reading<T>>) -> Reading<T> {
    former.cloned().unwrap_or_else(Reading::not_asked)
}

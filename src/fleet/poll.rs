//! One supervised task for each endpoint: one question in flight, a hard deadline, its own phase, slower after failures, normal at once after an answer.

use super::revision::Fleet;
use super::schedule::{self, Pace, Standing};
use super::store::{Answer, Store, Turnover};
use super::supervise::{supervise, supervise_telling};
use crate::config::{EndpointSpec, Inventory};
use crate::model::{Clock, EndpointId, Moment, Origin};
use crate::systems::agreed::Agreed;
use crate::systems::contract::{AnyClient, Tier, Wiring};
use crate::systems::registry;
use crate::transport::secret::STILL_READ;
use crate::transport::timing::metered;
use crate::transport::{ProbeError, Trouble};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A failing endpoint that a server named is not asked less often than this.
const SLOWEST_DISCOVERED: Duration = Duration::from_secs(30);
/// Answers on their way to the writer; a full channel holds the pollers back, never memory.
const ROOM: usize = 1_024;
/// Two revisions are at least this far apart: as far as two frames of the console after data.
const LEAST_APART: Duration = Duration::from_millis(33);

/// How the fleet is polled.
#[derive(Clone, Copy, Debug)]
pub struct Polling {
    pub pace: Pace,
    /// Bounds each question as a whole.
    pub deadline: Duration,
}

impl Polling {
    /// After three missed polls and the deadline, an answer is stale.
    #[must_use]
    pub fn stale_after(&self) -> Duration {
        self.pace.fast * 3 + self.deadline
    }
}

/// Starts polling; every new revision is seen in the channel. Ends with `stop`.
#[must_use]
pub fn start(inventory: &Inventory, polling: Polling, clock: &Clock, stop: &CancellationToken) -> watch::Receiver<Arc<Fleet>> {
    let fleet = Fleet::unread(&inventory.clusters, polling.stale_after(), clock.now());
    let (publish, seen) = watch::channel(Arc::new(fleet.clone()));
    let (send, receive) = mpsc::channel(ROOM);
    let endpoints: Vec<_> = inventory.clusters.iter().flat_map(|cluster| cluster.endpoints.iter().cloned()).collect();
    let mut crew = Crew { polling, clock: clock.clone(), stop: stop.clone(), send, stops: BTreeMap::new(), agreed: BTreeMap::new() };
    let many = endpoints.len();
    for spec in endpoints {
        let cluster = siblings(&fleet, &spec.id);
        crew.hire(spec, many, cluster);
    }
    let writer = Writer { store: Store::new(fleet, polling.stale_after()), receive, publish, crew };
    let slot = Arc::new(tokio::sync::Mutex::new(writer));
    // the handle is not awaited: the task ends with `stop`
    let _detached = supervise("fleet writer".to_owned(), clock.clone(), stop.clone(), move || {
        let slot = Arc::clone(&slot);
        async move { slot.lock().await.run().await }
    });
    seen
}

/// What the tasks bring to the writer.
#[derive(Debug)]
enum News {
    Answer(Answer),
    /// The task of an endpoint panicked, and is started again.
    Crash {
        id: EndpointId,
        said: String,
        at: Moment,
    },
}

/// The polling tasks.
struct Crew {
    polling: Polling,
    clock: Clock,
    stop: CancellationToken,
    send: mpsc::Sender<News>,
    /// Ends the task of an endpoint.
    stops: BTreeMap<EndpointId, CancellationToken>,
    /// What the endpoints of a cluster answer alike, by its name.
    agreed: BTreeMap<String, Agreed>,
}

/// What a polling task is started with.
#[derive(Clone)]
struct Round {
    spec: Arc<EndpointSpec>,
    polling: Polling,
    clock: Clock,
    send: mpsc::Sender<News>,
    /// Endpoints that are asked for the first time together with this one.
    together: usize,
    /// Endpoints of its cluster.
    cluster: usize,
    agreed: Agreed,
}

/// How many endpoints the cluster of `id` has.
fn siblings(fleet: &Fleet, id: &EndpointId) -> usize {
    fleet.cluster(&id.cluster).map_or(1, |cluster| cluster.entries.len())
}

impl Crew {
    /// Starts asking `spec`, which is one of `together` new ones and of `cluster` endpoints of its cluster.
    fn hire(&mut self, spec: Arc<EndpointSpec>, together: usize, cluster: usize) {
        let stop = self.stop.child_token();
        self.stops.insert(spec.id.clone(), stop.clone());
        let name = format!("poll {}", spec.id);
        let agreed = self.agreed.entry(spec.id.cluster.clone()).or_default().clone();
        let round = Round { spec, polling: self.polling, clock: self.clock.clone(), send: self.send.clone(), together, cluster, agreed };
        let (id, send, clock) = (round.spec.id.clone(), self.send.clone(), self.clock.clone());
        let tell = move |said| {
            let (id, send, at) = (id.clone(), send.clone(), clock.now());
            // without a writer nobody is left who would want to know
            async move { drop(send.send(News::Crash { id, said, at }).await) }
        };
        let _detached = supervise_telling(name, self.clock.clone(), stop, move || round.clone().poll(), tell);
    }

    /// Asks `id` no more, whatever question is under way.
    fn dismiss(&mut self, id: &EndpointId) {
        if let Some(stop) = self.stops.remove(id) {
            stop.cancel();
        }
    }
}

impl Round {
    async fn poll(self) {
        let spec = self.spec;
        let mut pace = self.polling.pace;
        if spec.origin == Origin::Discovered {
            pace.slowest = SLOWEST_DISCOVERED;
        }
        let phase = schedule::phase(&spec.id, self.cluster, pace.fast);
        let wiring = Wiring { clock: self.clock.clone(), deadline: self.polling.deadline, agreed: self.agreed };
        let mut standing = Standing::NEW;
        let mut client = None;
        loop {
            let now = self.clock.now().mono;
            let due = match standing.asked {
                None => schedule::first_due(self.together, &pace, phase, now),
                Some(_) => schedule::next_due(&standing, &pace, phase, now),
            };
            self.clock.sleep(due.saturating_sub(now)).await;
            let begin = self.clock.now();
            let tier = schedule::tier(&standing, &pace, begin.mono);
            standing.asked = Some(begin.mono);
            let (outcome, took) = match client.take().map_or_else(|| connect(&spec, &wiring), Ok) {
                Err(error) => (Err(error), None),
                Ok(mut ready) => {
                    if let Err(error) = prepared(ready.as_mut(), &spec, &wiring).await {
                        // kept: what it reads goes on meanwhile
                        client = Some(ready);
                        (Err(error), None)
                    } else {
                        let late = || ProbeError::new(Trouble::AnswerTimeout, spec.id.to_string(), "");
                        let limit = self.polling.deadline + Duration::from_millis(250);
                        let (answer, took) = metered(&self.clock, self.clock.timeout(limit, ready.probe(tier))).await;
                        // a client that was cut off in the middle is not asked again
                        if answer.is_some() {
                            client = Some(ready);
                        }
                        (answer.unwrap_or_else(|| Err(late())), took)
                    }
                }
            };
            settle(&mut standing, tier, outcome.is_ok(), begin.mono);
            let at = self.clock.now();
            let answer = Answer { id: spec.id.clone(), outcome, at, latency: took.unwrap_or_else(|| at.since(begin)) };
            if self.send.send(News::Answer(answer)).await.is_err() {
                return;
            }
        }
    }
}

/// Lets `client` read its secrets before the deadline of its questions begins, for as long again: that is our own time, and what it costs is no silence of
/// the server.
pub(super) async fn prepared(client: &mut dyn AnyClient, spec: &EndpointSpec, wiring: &Wiring) -> Result<(), ProbeError> {
    let late = || Err(ProbeError::new(Trouble::Secret, spec.id.to_string(), STILL_READ));
    wiring.clock.timeout(wiring.deadline, client.prepare()).await.unwrap_or_else(late)
}

fn connect(spec: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn AnyClient>, ProbeError> {
    registry::find(&spec.id.system)
        .ok_or_else(|| ProbeError::new(Trouble::WrongServer, spec.id.to_string(), "no such system"))
        .and_then(|system| system.connect(spec, wiring))
}

fn settle(standing: &mut Standing, tier: Tier, answered: bool, asked: Duration) {
    if !answered {
        standing.failures = standing.failures.saturating_add(1);
        return;
    }
    standing.failures = 0;
    if tier >= Tier::Slow {
        standing.slow_answered = Some(asked);
    }
    if tier >= Tier::Rare {
        standing.rare_answered = Some(asked);
    }
}

struct Writer {
    store: Store,
    receive: mpsc::Receiver<News>,
    publish: watch::Sender<Arc<Fleet>>,
    crew: Crew,
}

impl Writer {
    /// Takes all that is there, publishes one revision, waits for more.
    async fn run(&mut self) {
        let mut batch = Vec::new();
        while self.receive.recv_many(&mut batch, ROOM).await > 0 {
            let mut answers = Vec::with_capacity(batch.len());
            for news in batch.drain(..) {
                match news {
                    News::Answer(answer) => answers.push(answer),
                    News::Crash { id, said, at } => self.store.crashed(&id, &said, at),
                }
            }
            let Turnover { joined, left } = self.store.apply(answers, self.crew.clock.now());
            for id in left {
                self.crew.dismiss(&id);
            }
            let many = joined.len();
            for spec in joined {
                let cluster = siblings(self.store.fleet(), &spec.id);
                self.crew.hire(spec, many, cluster);
            }
            self.publish.send_replace(Arc::new(self.store.fleet().clone()));
            // with many endpoints each of a thousand answers a second would make a revision of its own; nobody sees more than thirty
            self.crew.clock.sleep(LEAST_APART).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Body;
    use crate::model::Via;

    #[tokio::test]
    async fn who_is_dismissed_is_not_asked_again() {
        let clock = Clock::real();
        let (send, mut receive) = mpsc::channel(ROOM);
        let second = Duration::from_secs(1);
        let polling = Polling { pace: Pace { fast: second, slow: second, rare: second, slowest: second }, deadline: second };
        let mut crew = Crew { polling, clock: clock.clone(), stop: CancellationToken::new(), send, stops: BTreeMap::new(), agreed: BTreeMap::new() };
        let id = EndpointId { cluster: "c".into(), system: "patroni".into(), name: "pg1".into() };
        let body = Body::one("url", "http://127.0.0.1:1");
        let spec =
            EndpointSpec { id: id.clone(), origin: Origin::Discovered, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
        crew.hire(Arc::new(spec), 1, 1);
        assert!(receive.recv().await.is_some(), "it is asked");
        crew.dismiss(&id);
        drop(crew);
        // the channel closes when the last task that could send has ended
        let ended = clock.timeout(Duration::from_secs(10), async { while receive.recv().await.is_some() {} }).await;
        assert!(ended.is_some(), "it is asked still");
    }
}

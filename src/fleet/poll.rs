//! One supervised task for each endpoint: one question in flight, a hard deadline, its own phase, slower after failures, normal at once after an answer.

use super::revision::Fleet;
use super::schedule::{self, Pace, Standing};
use super::store::{Answer, Store};
use super::supervise::supervise;
use crate::config::{EndpointSpec, Inventory};
use crate::model::{Clock, Origin};
use crate::systems::contract::{Tier, Wiring};
use crate::systems::registry;
use crate::transport::timing::metered;
use crate::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// A failing endpoint that a server named is not asked less often than this.
const SLOWEST_DISCOVERED: Duration = Duration::from_secs(30);
/// Answers on their way to the writer; a full channel holds the pollers back, never memory.
const ROOM: usize = 1_024;

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
    let crew = Crew { polling, clock: clock.clone(), stop: stop.clone(), send };
    for spec in endpoints {
        crew.hire(spec);
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

/// What a polling task is started with.
#[derive(Clone)]
struct Crew {
    polling: Polling,
    clock: Clock,
    stop: CancellationToken,
    send: mpsc::Sender<Answer>,
}

impl Crew {
    fn hire(&self, spec: Arc<EndpointSpec>) {
        let crew = self.clone();
        let _detached = supervise(format!("poll {}", spec.id), self.clock.clone(), self.stop.clone(), move || crew.clone().poll(Arc::clone(&spec)));
    }

    async fn poll(self, spec: Arc<EndpointSpec>) {
        let mut pace = self.polling.pace;
        if spec.origin == Origin::Discovered {
            pace.slowest = SLOWEST_DISCOVERED;
        }
        let phase = schedule::phase(&spec.id, pace.fast);
        let wiring = Wiring { clock: self.clock.clone(), deadline: self.polling.deadline };
        let mut standing = Standing::NEW;
        let mut client = None;
        loop {
            let now = self.clock.now().mono;
            self.clock.sleep(schedule::next_due(&standing, &pace, phase, now).saturating_sub(now)).await;
            let begin = self.clock.now();
            let tier = schedule::tier(&standing, &pace, begin.mono);
            standing.asked = Some(begin.mono);
            let (outcome, took) = match client.take().map_or_else(|| connect(&spec, &wiring), Ok) {
                Err(error) => (Err(error), None),
                Ok(mut ready) => {
                    let late = || ProbeError::new(Trouble::AnswerTimeout, spec.id.to_string(), "");
                    let limit = self.polling.deadline + Duration::from_millis(250);
                    let (answer, took) = metered(&self.clock, self.clock.timeout(limit, ready.probe(tier))).await;
                    // a client that was cut off in the middle is not asked again
                    if answer.is_some() {
                        client = Some(ready);
                    }
                    (answer.unwrap_or_else(|| Err(late())), took)
                }
            };
            settle(&mut standing, tier, outcome.is_ok(), begin.mono);
            let at = self.clock.now();
            if self.send.send(Answer { id: spec.id.clone(), outcome, at, latency: took.unwrap_or_else(|| at.since(begin)) }).await.is_err() {
                return;
            }
        }
    }
}

fn connect(spec: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn crate::systems::contract::AnyClient>, ProbeError> {
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
    receive: mpsc::Receiver<Answer>,
    publish: watch::Sender<Arc<Fleet>>,
    crew: Crew,
}

impl Writer {
    /// Takes all that is there, publishes one revision, waits for more.
    async fn run(&mut self) {
        let mut batch = Vec::new();
        while self.receive.recv_many(&mut batch, ROOM).await > 0 {
            let found = self.store.apply(std::mem::take(&mut batch), self.crew.clock.now());
            for spec in found {
                self.crew.hire(spec);
            }
            self.publish.send_replace(Arc::new(self.store.fleet().clone()));
        }
    }
}

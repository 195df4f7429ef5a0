//! A fleet with its judgement: once for a command, again and again for the console.

use crate::config::Inventory;
use crate::fleet::poll::{self, Polling};
use crate::fleet::supervise::supervise;
use crate::fleet::{Fleet, sweep};
use crate::health::{self, Judgement};
use crate::model::{Clock, Moment};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One revision and what the rules say about it.
#[derive(Clone, Debug)]
pub struct Observed {
    pub fleet: Arc<Fleet>,
    pub judgement: Arc<Judgement>,
    /// The moment that ages are counted from.
    pub now: Moment,
}

impl Observed {
    /// An observation of nothing: no endpoint was asked yet.
    #[must_use]
    pub fn nothing(inventory: &Inventory, now: Moment) -> Self {
        let fleet = Arc::new(Fleet::unread(&inventory.clusters, Duration::MAX, now));
        Observed { fleet, judgement: Arc::new(Judgement::none(now)), now }
    }
}

/// Asks every endpoint once and judges what came.
pub async fn once(inventory: &Inventory, clock: &Clock, deadline: Duration) -> Observed {
    let fleet = sweep::sweep(inventory, clock, deadline).await;
    let now = clock.now();
    let judgement = health::judge(&fleet, &Judgement::none(now), now);
    Observed { fleet: Arc::new(fleet), judgement: Arc::new(judgement), now }
}

/// Watches until `stop`: each revision is judged once, knowing the judgement before it.
#[must_use]
pub fn watch(inventory: &Inventory, polling: Polling, clock: &Clock, stop: &CancellationToken) -> watch::Receiver<Arc<Observed>> {
    let fleets = poll::start(inventory, polling, clock, stop);
    let (publish, seen) = watch::channel(Arc::new(Observed::nothing(inventory, clock.now())));
    let publish = Arc::new(publish);
    let own = clock.clone();
    let _detached = supervise("judge".to_owned(), clock.clone(), stop.clone(), move || judge_each(fleets.clone(), Arc::clone(&publish), own.clone()));
    seen
}

async fn judge_each(mut fleets: watch::Receiver<Arc<Fleet>>, publish: Arc<watch::Sender<Arc<Observed>>>, clock: Clock) {
    while fleets.changed().await.is_ok() {
        let fleet = Arc::clone(&fleets.borrow_and_update());
        let now = clock.now();
        let former = Arc::clone(&publish.borrow().judgement);
        let judgement = Arc::new(health::judge(&fleet, &former, now));
        publish.send_replace(Arc::new(Observed { fleet, judgement, now }));
    }
}

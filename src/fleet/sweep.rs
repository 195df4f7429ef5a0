//! One revision, once: every endpoint asked at the same time, every tier, then those that were discovered. What `status` shows.

use super::revision::Fleet;
use super::store::{Answer, Store};
use crate::config::{EndpointSpec, Inventory};
use crate::model::Clock;
use crate::systems::contract::{Tier, Wiring};
use crate::systems::registry;
use crate::transport::{ProbeError, Trouble};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// Asks everybody once. Whoever has not answered as a whole within `deadline` counts as failed; the rest is not kept waiting by it.
pub async fn sweep(inventory: &Inventory, clock: &Clock, deadline: Duration) -> Fleet {
    let begin = clock.now();
    let fleet = Fleet::unread(&inventory.clusters, Duration::MAX, begin);
    let mut due: Vec<Arc<EndpointSpec>> = inventory.clusters.iter().flat_map(|cluster| cluster.endpoints.iter().cloned()).collect();
    let mut store = Store::new(fleet, Duration::MAX);
    // two rounds: the second asks what the first discovered; what that discovers is left to a watching process
    for _round in 0..2 {
        let left = deadline.saturating_sub(clock.now().since(begin));
        if due.is_empty() || left.is_zero() {
            break;
        }
        let answers = join_all(due.iter().map(|spec| ask_once(spec, clock, left))).await;
        due = store.apply(answers, clock.now());
    }
    store.fleet().clone()
}

async fn ask_once(spec: &EndpointSpec, clock: &Clock, deadline: Duration) -> Answer {
    let begin = clock.now();
    let wiring = Wiring { clock: clock.clone(), deadline };
    let outcome = match registry::find(&spec.id.system).map(|system| system.connect(spec, &wiring)) {
        None => Err(ProbeError::new(Trouble::WrongServer, spec.id.to_string(), "no such system")),
        Some(Err(error)) => Err(error),
        Some(Ok(mut client)) => {
            let late = || ProbeError::new(Trouble::AnswerTimeout, spec.id.to_string(), "");
            // the client keeps its own, shorter deadlines; this one is for a client that does not
            clock.timeout(deadline + Duration::from_millis(100), client.probe(Tier::Rare)).await.unwrap_or_else(|| Err(late()))
        }
    };
    let at = clock.now();
    Answer { id: spec.id.clone(), outcome, at, latency: at.since(begin) }
}

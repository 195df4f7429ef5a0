//! One revision, once: every endpoint asked at the same time, every tier, and those that are discovered with it. What `status` shows.

use super::poll::prepared;
use super::revision::Fleet;
use super::store::{Answer, Store};
use super::supervise::said;
use crate::config::{EndpointSpec, Inventory};
use crate::model::{Clock, EndpointId};
use crate::systems::agreed::Agreed;
use crate::systems::contract::{Tier, Wiring};
use crate::systems::registry;
use crate::transport::timing::metered;
use crate::transport::{ProbeError, Trouble};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Asks everybody once, and who is discovered on the way. Whoever has not answered as a whole within `deadline` counts as failed; nobody waits for another. Secrets are read before that.
pub async fn sweep(inventory: &Inventory, clock: &Clock, deadline: Duration) -> Fleet {
    let begin = clock.now();
    let mut store = Store::new(Fleet::unread(&inventory.clusters, Duration::MAX, begin), Duration::MAX);
    let mut configured: Vec<Arc<EndpointSpec>> = inventory.clusters.iter().flat_map(|cluster| cluster.endpoints.iter().cloned()).collect();
    // a login takes turns before the first question: who wants one is gone to first, and the others answer meanwhile
    configured.sort_by_key(|spec| spec.read.is_none());
    let mut agreed: BTreeMap<String, Agreed> = BTreeMap::new();
    let mut of = |spec: &EndpointSpec| agreed.entry(spec.id.cluster.clone()).or_default().clone();
    let mut under_way: FuturesUnordered<_> =
        configured.into_iter().map(|spec| (of(&spec), spec)).map(|(agreed, spec)| asked(spec, agreed, clock, deadline)).collect();
    while let Some(answer) = under_way.next().await {
        let now = clock.now();
        let answer = match answer {
            Ok(answer) => answer,
            Err((id, said)) => {
                tracing::error!(endpoint = %id, said, "asking it panicked");
                store.crashed(&id, &said, now);
                continue;
            }
        };
        let left = deadline.saturating_sub(now.since(begin));
        let joined = store.apply(vec![answer], now).joined;
        under_way.extend(joined.into_iter().map(|spec| (of(&spec), spec)).map(|(agreed, spec)| asked(spec, agreed, clock, left)));
    }
    store.fleet().clone()
}

/// Asks; a panic takes nobody else with it: whose it was, and what it said.
async fn asked(spec: Arc<EndpointSpec>, agreed: Agreed, clock: &Clock, deadline: Duration) -> Result<Answer, (EndpointId, String)> {
    let id = spec.id.clone();
    // what is left half done is the client, which goes with it
    AssertUnwindSafe(ask_once(spec, agreed, clock, deadline)).catch_unwind().await.map_err(|payload| (id, said(payload.as_ref())))
}

async fn ask_once(spec: Arc<EndpointSpec>, agreed: Agreed, clock: &Clock, deadline: Duration) -> Answer {
    let begin = clock.now();
    let wiring = Wiring { clock: clock.clone(), deadline, agreed };
    let (outcome, took) = match registry::find(&spec.id.system).map(|system| system.connect(&spec, &wiring)) {
        None => (Err(ProbeError::new(Trouble::WrongServer, spec.id.to_string(), "no such system")), None),
        Some(Err(error)) => (Err(error), None),
        Some(Ok(mut client)) => {
            if let Err(error) = prepared(client.as_mut(), &spec, &wiring).await {
                (Err(error), None)
            } else {
                let late =
                    || ProbeError::new(Trouble::AnswerTimeout, spec.id.to_string(), format!("{} ms were left to ask it", deadline.as_millis()));
                // the client keeps its own, shorter deadlines; this one is for a client that does not
                let (answer, took) = metered(clock, clock.timeout(deadline + Duration::from_millis(100), client.probe(Tier::Rare))).await;
                (answer.unwrap_or_else(|| Err(late())), took)
            }
        }
    };
    let at = clock.now();
    Answer { id: spec.id.clone(), outcome, at, latency: took.unwrap_or_else(|| at.since(begin)) }
}

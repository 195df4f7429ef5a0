//! How long an endpoint stays that only a server has named: as long as it is named. Pure; the store asks.
//!
//! It leaves when `LISTS` lists in a row, taken over at least `PATIENCE`, do not have it: Patroni's lease lasts 30 s, and a store that was restored
//! has its members back within a loop of 10 s. A server that cannot tell (its store is out of reach, it does not answer) takes nobody out, and one
//! that has fallen silent keeps nobody in: whoever answers decides.
//!
//! Whose word counts: that of configured servers. While one of them tells, what discovered servers name is not listened to, or two that were taken
//! out would name each other for ever, and one that lies would lead us on to the next. Nobody's own word counts for himself.
//!
//! It must never decide about configured endpoints: they stay, and a rule says that they are missing.

use crate::config::EndpointSpec;
use crate::model::{EndpointId, Origin};
use std::collections::BTreeMap;
use std::time::Duration;

/// So many lists in a row have to leave an endpoint out.
const LISTS: u32 = 3;
/// Over at least this time.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What is remembered of who names whom. Times are those of the monotonic clock.
#[derive(Debug, Default)]
pub struct Attendance {
    /// When the newest list of each server was taken.
    heard: BTreeMap<EndpointId, Duration>,
    /// When the newest list of a configured server was taken, by cluster and system; `None`: only discovered ones have told.
    told: BTreeMap<(String, String), Option<Duration>>,
    named: BTreeMap<EndpointId, Named>,
}

#[derive(Clone, Copy, Debug)]
struct Named {
    /// When the newest list with it was taken.
    last: Duration,
    /// Lists without it since.
    without: u32,
}

/// What a list is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It was heard already, or somebody tells whose word counts more.
    Nothing,
    /// The first of its cluster and system: who is on it was there before we looked.
    First,
    Another,
}

impl Attendance {
    /// A list of `teller` that was taken at `taken`.
    pub fn hear(&mut self, teller: &EndpointSpec, taken: Duration) -> Worth {
        if self.heard.get(&teller.id).is_some_and(|heard| taken <= *heard) {
            return Worth::Nothing;
        }
        self.heard.insert(teller.id.clone(), taken);
        let told = self.told.entry((teller.id.cluster.clone(), teller.id.system.clone()));
        let first = matches!(told, std::collections::btree_map::Entry::Vacant(_));
        let configured = told.or_default();
        match teller.origin {
            Origin::Configured => *configured = (*configured).max(Some(taken)),
            Origin::Discovered if configured.is_some_and(|at| taken.saturating_sub(at) < PATIENCE) => return Worth::Nothing,
            Origin::Discovered => {}
        }
        if first { Worth::First } else { Worth::Another }
    }

    /// Whether the discovered endpoint `id` has to leave, after a list that was taken at `taken` has it or leaves it out.
    pub fn mark(&mut self, id: &EndpointId, present: bool, taken: Duration) -> bool {
        let named = self.named.entry(id.clone()).or_insert(Named { last: taken, without: 0 });
        if present {
            if taken >= named.last {
                *named = Named { last: taken, without: 0 };
            }
            return false;
        }
        // a list from before the one that has it says nothing about now
        if taken > named.last {
            named.without = named.without.saturating_add(1);
        }
        named.without >= LISTS && taken.saturating_sub(named.last) >= PATIENCE
    }

    /// Forgets an endpoint that left.
    pub fn forget(&mut self, id: &EndpointId) {
        self.heard.remove(id);
        self.named.remove(id);
    }
}

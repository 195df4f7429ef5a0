//! What a runbook asks about a cluster, read directly of its servers at the moment when somebody decides by it: never from a poller's cache.
//!
//! One question at a time to each server, over sessions that are kept; whoever asks at the same moment gets the same answer. It must never make a value of what
//! was not read: that is unknown, with its reason.

mod belongs;
mod cluster;
mod kept;
mod loss;
mod members;
mod needs;
mod pools;
mod route;
mod seat;
mod targets;
mod told;

use crate::config::ClusterSpec;
use crate::engine::work::Task;
use crate::engine::{Fact, Facts};
use crate::model::{Clock, Reading, Reason};
use futures_util::future::{join, join_all};
use needs::Needs;
use seat::{Seat, Store};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use told::Told;

pub use targets::Known;

/// Longest wait for one server.
const DEADLINE: Duration = Duration::from_millis(1500);
/// How long the name of a member is taken for its name.
const NAME_FOR: Duration = Duration::from_mins(10);

/// The servers of one cluster, ready to be asked.
pub struct Live {
    pub(super) cluster: Arc<ClusterSpec>,
    clock: Clock,
    seats: Vec<Seat>,
    store: Store,
}

impl Live {
    /// Prepares the questions; contacts nobody.
    #[must_use]
    pub fn new(cluster: &Arc<ClusterSpec>, clock: &Clock) -> Live {
        let seats = cluster.endpoints.iter().map(|spec| Seat::new(spec, clock, DEADLINE)).collect();
        Live { cluster: Arc::clone(cluster), clock: clock.clone(), seats, store: Store::new(cluster, clock, DEADLINE) }
    }

    /// What the servers say that `needs` names, none of it older than `max_age`.
    async fn look(&self, needs: &Needs, max_age: Duration) -> Told<'_> {
        let since = self.clock.now().minus(max_age);
        let asked = self.seats.iter().filter_map(|seat| Some((seat, needs.tier(&seat.spec)?))).map(|(seat, tier)| async move {
            let heard = if needs.only_its_name(&seat.spec) { seat.ask_once(NAME_FOR).await } else { seat.ask(tier, since).await };
            let before = if heard.is_err() { seat.good().await } else { None };
            (seat.spec.as_ref(), heard, before)
        });
        let store = async { if needs.store { Some(self.store.ask(since).await) } else { None } };
        let (answers, store) = join(join_all(asked), store).await;
        let mut told = Told { cluster: &self.cluster, heard: Vec::new(), before: Vec::new(), store: store.flatten(), since, now: self.clock.now() };
        for (spec, heard, before) in answers {
            told.before.extend(before.map(|before| (spec, before)));
            told.heard.push((spec, heard));
        }
        told
    }

    /// Who is meant by the names that a runbook gives: the members as Patroni calls them, and who leads.
    pub async fn known(&self, max_age: Duration) -> Known {
        // who leads, and what every member says of itself
        let names = ["cluster.leader.name", "cluster.leader.state"].map(str::to_owned);
        let told = self.look(&Needs::of(&names, self.store.is_configured()), max_age).await;
        let members = told.told_apart().iter().map(|member| (member.name.to_owned(), member.endpoint.to_owned())).collect();
        let leader = told.holder().map(|(holder, _)| holder).map_err(|reason| reason.phrase());
        let all = told.members();
        let answering = || all.iter().filter(|member| member.patroni.is_ok());
        let leads = answering().find(|member| leader.as_ref().is_ok_and(|leader| leader.as_deref() == Some(member.name)));
        let answers = leads.or_else(|| answering().next()).map(|member| member.endpoint.to_owned());
        Known { cluster: Arc::clone(&self.cluster), members, leader, answers }
    }

    /// The facts called `names`, none older than `max_age`.
    pub async fn of(&self, names: &[String], max_age: Duration) -> BTreeMap<String, Fact> {
        let told = self.look(&Needs::of(names, self.store.is_configured()), max_age).await;
        let mut all = facts(&told);
        names.iter().filter_map(|name| all.remove_entry(name)).collect()
    }
}

impl Facts for Live {
    fn read<'a>(&'a self, names: &'a [String], max_age: Duration) -> Task<'a, BTreeMap<String, Fact>> {
        Box::pin(self.of(names, max_age))
    }
}

/// All facts, as far as `told` says them. Pure.
fn facts(told: &Told<'_>) -> BTreeMap<String, Fact> {
    let mut all = BTreeMap::new();
    cluster::put(told, &mut all);
    members::put(told, &mut all);
    pools::put(told, &mut all);
    route::put(told, &mut all);
    for fact in all.values_mut() {
        if let Reading::Known(sample) = fact
            && sample.taken_at.mono < told.since.mono
        {
            // an answer carries parts of those before it
            *fact = Reading::Unknown { reason: Reason::Stale, since: None, last_good: Some(sample.taken_at) };
        }
    }
    all
}

#[cfg(test)]
mod losses;
#[cfg(test)]
mod tests;

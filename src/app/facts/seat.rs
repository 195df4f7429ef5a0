//! One server that is asked, with its session and its last answer.

use crate::config::{ClusterSpec, EndpointSpec};
use crate::model::{Clock, Moment, Reason};
use crate::systems::contract::{AnyClient, AnySnapshot, System, Tier, Wiring};
use crate::systems::etcd::{self, Etcd};
use crate::systems::patroni::dcs::{self, Scope};
use crate::systems::postgres::Postgres;
use crate::systems::registry;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Between the two looks that tell an answer of a standby from its silence.
const SECOND_LOOK: Duration = Duration::from_millis(250);
/// A client keeps deadlines of its own; this much longer is waited for one that does not.
const BEYOND: Duration = Duration::from_millis(100);

/// What came of a question, and when it was put: what is read is no younger than that.
pub(super) type Heard<T> = Result<(T, Moment), Reason>;

/// A server.
pub(super) struct Seat {
    pub(super) spec: Arc<EndpointSpec>,
    wiring: Wiring,
    asking: Mutex<Asking>,
}

#[derive(Default)]
struct Asking {
    client: Option<Box<dyn AnyClient>>,
    last: Option<Answer>,
    /// The last that was no silence.
    good: Option<(AnySnapshot, Moment)>,
}

struct Answer {
    /// When the question was put: no part that it asked for is older.
    asked: Moment,
    tier: Tier,
    heard: Heard<AnySnapshot>,
}

impl Seat {
    pub(super) fn new(spec: &Arc<EndpointSpec>, clock: &Clock, deadline: Duration) -> Seat {
        Seat { spec: Arc::clone(spec), wiring: Wiring::alone(clock, deadline), asking: Mutex::default() }
    }

    /// Its answer to a question that was put at `since` or later, with what is due in `tier`. Who comes while one is under way that does gets its answer.
    pub(super) async fn ask(&self, tier: Tier, since: Moment) -> Heard<AnySnapshot> {
        let mut asking = self.asking.lock().await;
        if let Some(last) = asking.last.as_ref().filter(|last| last.asked.mono >= since.mono && last.tier >= tier) {
            return last.heard.clone();
        }
        let first = asking.last.as_ref().is_none_or(|last| last.heard.is_err());
        let mut tier = if first { Tier::Rare } else { tier };
        let mut asked = self.wiring.clock.now();
        let mut heard = self.probe(&mut asking.client, tier).await;
        if first && heard.is_ok() && self.spec.id.system == Postgres::NAME {
            self.wiring.clock.sleep(SECOND_LOOK).await;
            // only what is fast is as young as this
            (asked, tier) = (self.wiring.clock.now(), Tier::Fast);
            heard = self.probe(&mut asking.client, tier).await;
        }
        asking.last = Some(Answer { asked, tier, heard: heard.clone() });
        if let Ok(good) = &heard {
            asking.good = Some(good.clone());
        }
        heard
    }

    /// An answer that it gave within `max_age`, whatever it does now; it is asked where there is none.
    pub(super) async fn ask_once(&self, max_age: Duration) -> Heard<AnySnapshot> {
        match self.good().await.filter(|(_, at)| self.wiring.clock.now().since(*at) <= max_age) {
            Some(good) => Ok(good),
            None => self.ask(Tier::Fast, self.wiring.clock.now()).await,
        }
    }

    /// Its last answer that was no silence, however long ago.
    pub(super) async fn good(&self) -> Option<(AnySnapshot, Moment)> {
        self.asking.lock().await.good.clone()
    }

    async fn probe(&self, client: &mut Option<Box<dyn AnyClient>>, tier: Tier) -> Heard<AnySnapshot> {
        let clock = &self.wiring.clock;
        let system = registry::find(&self.spec.id.system).ok_or_else(|| Reason::NotConfigured(format!("{}: no such system", self.spec.id)))?;
        let client = match client {
            Some(client) => client,
            None => client.insert(system.connect(&self.spec, &self.wiring).map_err(|error| error.reason())?),
        };
        let late = || Reason::Unreachable("no answer before the deadline".to_owned());
        clock.timeout(self.wiring.deadline, client.prepare()).await.ok_or_else(late)?.map_err(|error| error.reason())?;
        let at = clock.now();
        let answer = clock.timeout(self.wiring.deadline + BEYOND, client.probe(tier)).await.ok_or_else(late)?;
        answer.map(|snapshot| (snapshot, at)).map_err(|error| error.reason())
    }
}

/// The store of the cluster, asked of all its members at once: what more than half of them belong to counts, as soon as that is known.
pub(super) struct Store {
    cluster: Arc<ClusterSpec>,
    wiring: Wiring,
    asking: Mutex<StoreAsking>,
}

#[derive(Default)]
struct StoreAsking {
    clients: Option<Vec<etcd::Client>>,
    last: Option<(Moment, Heard<Arc<Scope>>)>,
    /// The cluster of etcd to which more than half of the members belonged when they last told.
    known: Option<u64>,
}

impl Store {
    pub(super) fn new(cluster: &Arc<ClusterSpec>, clock: &Clock, deadline: Duration) -> Store {
        Store { cluster: Arc::clone(cluster), wiring: Wiring::alone(clock, deadline), asking: Mutex::default() }
    }

    /// Whether the configuration names one.
    pub(super) fn is_configured(&self) -> bool {
        self.cluster.of(Etcd::NAME).next().is_some()
    }

    /// What it holds of the cluster, asked at `since` or later; `None` where no store is configured.
    pub(super) async fn ask(&self, since: Moment) -> Option<Heard<Arc<Scope>>> {
        let mut asking = self.asking.lock().await;
        let StoreAsking { clients, last, known } = &mut *asking;
        if let Some((_, heard)) = last.as_ref().filter(|(asked, _)| asked.mono >= since.mono) {
            return Some(heard.clone());
        }
        let now = self.wiring.clock.now();
        let make = || self.cluster.of(Etcd::NAME).filter_map(|spec| etcd::Client::new(spec, &self.wiring).ok()).collect();
        let clients: &mut Vec<etcd::Client> = clients.get_or_insert_with(make);
        if clients.is_empty() {
            return None;
        }
        let namespace = self.cluster.of(Etcd::NAME).find_map(|spec| spec.body.text("namespace")).unwrap_or(dcs::NAMESPACE);
        let clock = &self.wiring.clock;
        let asked = clients.len();
        let mut under_way: FuturesUnordered<_> = clients
            .iter_mut()
            .map(|client| async {
                let late = || Reason::Unreachable("the store does not answer before the deadline".to_owned());
                let answer = clock.timeout(self.wiring.deadline, dcs::scope(client, namespace, &self.cluster.scope)).await.ok_or_else(late)?;
                answer.map(|scope| (client.came_from(), scope)).map_err(|error| error.reason())
            })
            .collect();
        let mut answers = Answers { asked, told: Vec::new(), failed: Reason::NotReported };
        while let Some(answer) = under_way.next().await {
            match answer {
                Ok(told) => answers.told.push(told),
                Err(reason) => answers.failed = reason,
            }
            if answers.most().is_some() {
                break;
            }
        }
        drop(under_way);
        let heard = answers.agreed(known).map(|scope| (Arc::new(scope), now));
        *last = Some((now, heard.clone()));
        Some(heard)
    }
}

/// What members of the store said: each with the id of the cluster of etcd that its answer is of.
struct Answers {
    /// How many were asked.
    asked: usize,
    told: Vec<(Option<u64>, Scope)>,
    /// Why the last of the others did not answer.
    failed: Reason,
}

impl Answers {
    /// What one says whose cluster of etcd more than half of those belong to who were asked.
    fn most(&self) -> Option<&(Option<u64>, Scope)> {
        let alike = |one: &Option<u64>| self.told.iter().filter(|(id, _)| id == one).count();
        self.told.iter().find(|(id, _)| alike(id) * 2 > self.asked)
    }

    /// What the store holds. One that answers for another cluster of etcd is not believed, however fast it is; where the others are silent, all who answer have to
    /// be of one, and of the one that was `known` before they fell silent.
    fn agreed(self, known: &mut Option<u64>) -> Result<Scope, Reason> {
        if let Some((id, scope)) = self.most() {
            *known = id.or(*known);
            return Ok(scope.clone());
        }
        let mut ids: Vec<Option<u64>> = self.told.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > 1 {
            let ids = ids.into_iter().map(written).collect::<Vec<_>>().join(", ");
            return Err(Reason::Untold(format!(
                "members of etcd belong to different clusters (cluster id {ids}), and to none of them more than half of those that are configured"
            )));
        }
        if let (Some(known), Some(id)) = (*known, ids.first().filter(|id| **id != *known)) {
            return Err(Reason::Untold(format!(
                "who still answers of etcd belongs to another cluster of etcd (cluster id {}) than its members did before they fell silent ({known:x})",
                written(*id)
            )));
        }
        self.told.into_iter().next().map(|(_, scope)| scope).ok_or(self.failed)
    }
}

fn written(id: Option<u64>) -> String {
    id.map_or_else(|| "none".to_owned(), |id| format!("{id:x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn led_by(name: &str) -> Scope {
        Scope { leader: Some(name.to_owned()), ..Scope::default() }
    }

    fn agreed_after(known: &mut Option<u64>, asked: usize, told: &[(Option<u64>, &str)]) -> Result<String, String> {
        let told = told.iter().map(|(id, leader)| (*id, led_by(leader))).collect();
        let agreed = Answers { asked, told, failed: Reason::Unreachable("silent".to_owned()) }.agreed(known);
        agreed.map(|scope| scope.leader.unwrap_or_default()).map_err(|reason| reason.phrase())
    }

    fn agreed(asked: usize, told: &[(Option<u64>, &str)]) -> Result<String, String> {
        agreed_after(&mut None, asked, told)
    }

    #[test]
    fn the_fastest_member_is_not_believed_where_it_is_of_another_cluster_of_etcd() {
        let (ours, foreign) = (Some(7), Some(9));
        assert_eq!(agreed(3, &[(foreign, "pg3"), (ours, "pg2"), (ours, "pg2")]), Ok("pg2".to_owned()));
        assert_eq!(agreed(1, &[(ours, "pg2")]), Ok("pg2".to_owned()));
        // two are silent; a quorum stands behind the third
        assert_eq!(agreed(3, &[(ours, "pg2")]), Ok("pg2".to_owned()));
        for told in [&[(foreign, "pg3"), (ours, "pg2")][..], &[(None, "pg3"), (ours, "pg2")]] {
            let why = agreed(3, told).expect_err("nobody knows which is the cluster's");
            assert!(why.contains("different clusters"), "{why}");
        }
        assert_eq!(agreed(3, &[]), Err("silent".to_owned()));
    }

    #[test]
    fn who_is_left_is_believed_only_where_it_is_of_the_cluster_of_etcd_that_was_known_before() {
        let (ours, foreign) = (Some(7), Some(9));
        let mut known = None;
        assert!(agreed_after(&mut known, 3, &[(foreign, "pg3"), (ours, "pg2"), (ours, "pg2")]).is_ok());
        assert_eq!(agreed_after(&mut known, 3, &[(ours, "pg2")]), Ok("pg2".to_owned()));
        for stranger in [foreign, None] {
            let why = agreed_after(&mut known, 3, &[(stranger, "pg3")]).expect_err("it was never of this cluster");
            assert!(why.contains("than its members did before they fell silent (7)"), "{why}");
        }
        assert_eq!(agreed_after(&mut known, 3, &[]), Err("silent".to_owned()));
        // a store that was made anew: most say so
        assert_eq!(agreed_after(&mut known, 3, &[(foreign, "pg3"), (foreign, "pg3")]), Ok("pg3".to_owned()));
        assert_eq!(known, foreign);
    }

    #[test]
    fn one_answer_decides_only_where_it_is_of_most() {
        let of = |told: &[u64]| Answers { asked: 3, told: told.iter().map(|id| (Some(*id), led_by("x"))).collect(), failed: Reason::NotReported };
        assert!(of(&[9]).most().is_none());
        assert!(of(&[9, 7]).most().is_none());
        assert!(of(&[9, 7, 7]).most().is_some());
    }
}

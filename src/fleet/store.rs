//! The single writer: takes what the pollers bring and makes the next revision. Nothing else changes a fleet.

use super::attendance::{Attendance, Worth};
use super::discovery::{self, Vetted};
use super::revision::{Cluster, Crash, Entry, Failure, Fleet, Good, Passage, Rejected};
use crate::config::EndpointSpec;
use crate::model::{EndpointId, Moment, Origin};
use crate::systems::contract::{AnySnapshot, Roll};
use crate::systems::registry;
use crate::text::Untrusted;
use crate::transport::ProbeError;
use std::sync::Arc;
use std::time::Duration;

/// Endpoints of one cluster that are contacted because a server named them; a server that names thousands must not make us scan for it.
const MOST_DISCOVERED: usize = 64;

/// So much is kept of what a task said when it failed, in characters.
const LONGEST_WORDS: usize = 500;

/// The outcome of one question to one endpoint.
#[derive(Debug)]
pub struct Answer {
    pub id: EndpointId,
    pub outcome: Result<AnySnapshot, ProbeError>,
    pub at: Moment,
    pub latency: Duration,
}

/// Holds the newest revision.
#[derive(Debug)]
pub struct Store {
    fleet: Fleet,
    stale_after: Duration,
    attendance: Attendance,
}

/// Who came and who left with a revision.
#[derive(Debug, Default)]
pub struct Turnover {
    pub joined: Vec<Arc<EndpointSpec>>,
    pub left: Vec<EndpointId>,
}

impl Store {
    #[must_use]
    pub fn new(fleet: Fleet, stale_after: Duration) -> Self {
        Store { fleet, stale_after, attendance: Attendance::default() }
    }

    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Makes the next revision of `answers`; gives the endpoints that came with it and want to be asked, and those that left and must not be any more.
    pub fn apply(&mut self, answers: Vec<Answer>, now: Moment) -> Turnover {
        let mut turnover = Turnover::default();
        for answer in answers {
            let roll = answer.outcome.as_ref().ok().and_then(|snapshot| registry::find(&answer.id.system)?.discovered(snapshot));
            if let Some(roll) = roll {
                self.meet(&answer.id, &roll, &mut turnover);
            }
            self.record(answer);
        }
        self.fleet.rev += 1;
        self.fleet.at = now;
        turnover
    }

    /// The task that asks `id` failed inside at `at` and is started again.
    pub fn crashed(&mut self, id: &EndpointId, said: &str, at: Moment) {
        let Some(cluster) = of(&mut self.fleet, id) else { return };
        if !cluster.entries.iter().any(|entry| entry.spec.id == *id) {
            return;
        }
        let said = Untrusted::from(said.chars().take(LONGEST_WORDS).collect::<String>());
        match cluster.crashes.iter_mut().find(|crash| crash.id == *id) {
            Some(crash) => *crash = Crash { said, last: at, count: crash.count.saturating_add(1), ..crash.clone() },
            None => cluster.crashes.push(Crash { id: id.clone(), said, first: at, last: at, count: 1 }),
        }
    }

    fn record(&mut self, answer: Answer) {
        let Some(cluster) = of(&mut self.fleet, &answer.id) else { return };
        let Some(entry) = cluster.entries.iter_mut().find(|entry| entry.spec.id == answer.id) else { return };
        let entry = Arc::make_mut(entry);
        entry.polls += 1;
        match answer.outcome {
            Ok(snapshot) => {
                entry.good = Some(Good { snapshot, taken_at: answer.at, latency: answer.latency });
                entry.failure = None;
            }
            Err(error) => {
                let (since, count) = entry.failure.as_ref().map_or((answer.at, 0), |failure| (failure.since, failure.count));
                entry.failure = Some(Failure { error, since, last: answer.at, count: count.saturating_add(1) });
            }
        }
    }

    /// Takes in who is new on the list of `by`, and takes out who was left out for long enough.
    fn meet(&mut self, by: &EndpointId, roll: &Roll, turnover: &mut Turnover) {
        let Some(cluster) = of(&mut self.fleet, by) else { return };
        // an answer of somebody who left while it was on its way
        let Some(teller) = cluster.entries.iter().find(|entry| entry.spec.id == *by).map(|entry| Arc::clone(&entry.spec)) else { return };
        let worth = self.attendance.hear(&teller, roll.taken_at.mono);
        if worth == Worth::Nothing {
            return;
        }
        cluster.rejected.retain(|rejected| rejected.named_by != by.to_string());
        self.let_go(by, roll, turnover);
        self.let_in(by, roll, worth, turnover);
    }

    fn let_go(&mut self, by: &EndpointId, roll: &Roll, turnover: &mut Turnover) {
        let Some(cluster) = of(&mut self.fleet, by) else { return };
        let attendance = &mut self.attendance;
        let mut gone = Vec::new();
        cluster.entries.retain(|entry| {
            let spec = &entry.spec;
            let judged = spec.origin == Origin::Discovered && spec.id.system == by.system && spec.id != *by;
            let leaves = judged && attendance.mark(&spec.id, roll.named.iter().any(|named| discovery::is_at(named, spec)), roll.taken_at.mono);
            if leaves {
                gone.push(Arc::clone(spec));
            }
            !leaves
        });
        for spec in gone {
            attendance.forget(&spec.id);
            cluster.rejected.retain(|rejected| rejected.named_by != spec.id.to_string());
            cluster.arrived.retain(|passage| passage.id != spec.id);
            cluster.crashes.retain(|crash| crash.id != spec.id);
            let address = discovery::address(&spec).unwrap_or_default().into();
            note(&mut cluster.departed, Passage { id: spec.id.clone(), address, by: by.to_string(), at: roll.taken_at });
            turnover.left.push(spec.id.clone());
        }
    }

    fn let_in(&mut self, by: &EndpointId, roll: &Roll, worth: Worth, turnover: &mut Turnover) {
        let Some(cluster) = of(&mut self.fleet, by) else { return };
        for discovered in &roll.named {
            let known: Vec<&EndpointSpec> = cluster.entries.iter().map(|entry| entry.spec.as_ref()).collect();
            match discovery::vet(by, discovered, &known) {
                Vetted::Known => {}
                Vetted::Rejected(rejected) => cluster.rejected.push(rejected),
                Vetted::New(_) if discovered_already(&cluster.entries) >= MOST_DISCOVERED => cluster.rejected.push(Rejected {
                    named_by: by.to_string(),
                    name: discovered.name.clone(),
                    address: discovered.address.clone(),
                    why: "more endpoints were named than are contacted; add it to the configuration".into(),
                }),
                Vetted::New(spec) => {
                    let spec = Arc::new(*spec);
                    self.attendance.mark(&spec.id, true, roll.taken_at.mono);
                    cluster.departed.retain(|passage| passage.id != spec.id);
                    if worth == Worth::Another {
                        let passage = Passage { id: spec.id.clone(), address: discovered.address.clone(), by: by.to_string(), at: roll.taken_at };
                        note(&mut cluster.arrived, passage);
                    }
                    cluster.entries.push(Arc::new(Entry::new(Arc::clone(&spec), self.stale_after)));
                    turnover.joined.push(spec);
                }
            }
        }
    }
}

/// The cluster of `id`, to be changed: the revision that was published keeps its own.
fn of<'a>(fleet: &'a mut Fleet, id: &EndpointId) -> Option<&'a mut Cluster> {
    fleet.clusters.iter_mut().find(|cluster| cluster.spec.name == id.cluster).map(Arc::make_mut)
}

/// Keeps the newest passage of each endpoint, and no more of them than are contacted: a server could name new ones for ever.
fn note(passages: &mut Vec<Passage>, passage: Passage) {
    passages.retain(|known| known.id != passage.id);
    passages.push(passage);
    let most = passages.len().saturating_sub(MOST_DISCOVERED);
    passages.drain(..most);
}

fn discovered_already(entries: &[Arc<Entry>]) -> usize {
    entries.iter().filter(|entry| entry.spec.origin == Origin::Discovered).count()
}

#[cfg(test)]
mod tests {
    use super::super::attendance::PATIENCE;
    use super::*;
    use crate::config::{Body, ClusterSpec};
    use crate::model::{Clock, Via};
    use crate::systems::contract::Discovered;

    fn spec(name: &str, origin: Origin) -> Arc<EndpointSpec> {
        Arc::new(EndpointSpec {
            id: EndpointId { cluster: "c".into(), system: "patroni".into(), name: name.into() },
            origin,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::one("url", &url(name)),
        })
    }

    fn url(name: &str) -> String {
        format!("http://{name}.example:8008")
    }

    /// A store that watches the configured `names`, and lists that are told to it second by second.
    struct Watch {
        store: Store,
        begin: Moment,
    }

    impl Watch {
        fn of(names: &[&str]) -> Watch {
            let begin = Clock::real().now();
            let endpoints = names.iter().map(|name| spec(name, Origin::Configured)).collect();
            let cluster = Arc::new(ClusterSpec { endpoints, ..ClusterSpec::named("c", "test") });
            Watch { store: Store::new(Fleet::unread(&[cluster], Duration::MAX, begin), Duration::MAX), begin }
        }

        /// Who came and who left when `by` told at `second` that these are the members.
        fn told(&mut self, by: &str, second: u64, members: &[&str]) -> (Vec<String>, Vec<String>) {
            let named = members.iter().map(|name| Discovered {
                system: "patroni",
                name: (*name).into(),
                field: "url",
                address: format!("{}/patroni", url(name)).into(),
            });
            let roll = Roll { taken_at: self.begin.plus(Duration::from_secs(second)), named: named.collect() };
            let mut turnover = Turnover::default();
            self.store.meet(&spec(by, Origin::Configured).id, &roll, &mut turnover);
            (turnover.joined.iter().map(|spec| spec.id.name.clone()).collect(), turnover.left.into_iter().map(|id| id.name).collect())
        }

        fn names(&self) -> Vec<&str> {
            self.store.fleet.clusters[0].entries.iter().map(|entry| entry.spec.id.name.as_str()).collect()
        }

        fn passages(&self) -> (Vec<&str>, Vec<&str>) {
            fn of(passages: &[Passage]) -> Vec<&str> {
                passages.iter().map(|passage| passage.id.name.as_str()).collect()
            }
            (of(&self.store.fleet.clusters[0].arrived), of(&self.store.fleet.clusters[0].departed))
        }
    }

    fn nobody() -> (Vec<String>, Vec<String>) {
        (Vec::new(), Vec::new())
    }

    fn patience() -> u64 {
        PATIENCE.as_secs()
    }

    #[test]
    fn who_is_not_named_any_more_leaves_and_is_remembered() {
        let mut watch = Watch::of(&["pg1"]);
        assert_eq!(watch.told("pg1", 1, &["pg1", "pg2", "pg3"]).0, ["pg2", "pg3"]);
        assert_eq!(watch.passages(), (vec![], vec![]), "who was there before we looked has not arrived");
        for second in 2..=patience() {
            assert_eq!(watch.told("pg1", second, &["pg1", "pg2"]), nobody(), "{second}");
        }
        assert_eq!(watch.told("pg1", patience() + 1, &["pg1", "pg2"]), (vec![], vec!["pg3".to_owned()]));
        assert_eq!((watch.names(), watch.passages()), (vec!["pg1", "pg2"], (vec![], vec!["pg3"])));
        // it comes back
        assert_eq!(watch.told("pg1", patience() + 2, &["pg1", "pg2", "pg3"]).0, ["pg3"]);
        assert_eq!(watch.passages(), (vec!["pg3"], vec![]));
    }

    #[test]
    fn one_list_without_it_takes_nobody_out_however_late_it_comes() {
        let mut watch = Watch::of(&["pg1"]);
        watch.told("pg1", 1, &["pg1", "pg2"]);
        for second in [500, 600] {
            assert_eq!(watch.told("pg1", second, &["pg1"]), nobody());
        }
        // the same reading, carried on, is not another list
        assert_eq!(watch.told("pg1", 600, &["pg1"]), nobody());
        assert_eq!(watch.told("pg1", 700, &["pg1", "pg2"]), nobody());
        for second in [800, 900] {
            assert_eq!(watch.told("pg1", second, &["pg1"]), nobody(), "counting begins anew");
        }
        assert_eq!(watch.told("pg1", 1_000, &["pg1"]).1, ["pg2"]);
    }

    #[test]
    fn it_stays_while_one_of_the_configured_servers_names_it() {
        let mut watch = Watch::of(&["pg1", "pg2"]);
        watch.told("pg1", 1, &["pg1", "pg2", "pg3"]);
        for second in 2..200 {
            assert_eq!(watch.told("pg1", second, &["pg1", "pg2"]), nobody());
            assert_eq!(watch.told("pg2", second, &["pg1", "pg2", "pg3"]), nobody());
        }
        // that one falls silent: whoever answers decides
        let left: Vec<String> = (200..300).flat_map(|second| watch.told("pg1", second, &["pg1", "pg2"]).1).collect();
        assert_eq!(left, ["pg3"]);
    }

    #[test]
    fn who_was_discovered_neither_keeps_himself_in_nor_leads_on_to_others() {
        let mut watch = Watch::of(&["pg1"]);
        watch.told("pg1", 1, &["pg1", "pg2", "pg3"]);
        let (mut joined, mut left) = nobody();
        for second in 2..200 {
            for (by, members) in [("pg1", &["pg1"][..]), ("pg2", &["pg2", "pg3", "evil"]), ("pg3", &["pg2", "pg3", "evil"])] {
                let (more, fewer) = watch.told(by, second, members);
                joined.extend(more);
                left.extend(fewer);
            }
        }
        assert_eq!((joined, left), (vec![], vec!["pg2".to_owned(), "pg3".to_owned()]));
    }

    #[test]
    fn while_no_configured_server_tells_the_discovered_ones_do() {
        let mut watch = Watch::of(&["pg1"]);
        watch.told("pg1", 1, &["pg1", "pg2", "pg3"]);
        let later = patience() + 2;
        assert_eq!(watch.told("pg2", later, &["pg2", "pg4"]).0, ["pg4"]);
        assert_eq!(watch.passages().0, ["pg4"]);
        let left: Vec<String> = (later..later + 100).flat_map(|second| watch.told("pg2", second, &["pg2", "pg4"]).1).collect();
        assert_eq!(left, ["pg3"]);
        assert_eq!(watch.names(), ["pg1", "pg2", "pg4"], "a configured one stays");
    }

    #[test]
    fn a_server_that_names_ever_new_members_fills_no_memory() {
        let mut watch = Watch::of(&["pg1"]);
        for round in 0..20_000 {
            watch.told("pg1", round, &["pg1", &format!("pg-{}", round / 60)]);
        }
        let cluster = &watch.store.fleet.clusters[0];
        assert!(cluster.entries.len() < 5 && cluster.departed.len() == MOST_DISCOVERED, "{} {}", cluster.entries.len(), cluster.departed.len());
    }
}

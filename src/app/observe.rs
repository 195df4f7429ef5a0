//! A fleet with its judgement: once for a command, again and again for the console.

use super::standbys::{self, Standbys};
use super::targets::Looked;
use super::turns::{self, Turn};
use crate::config::Inventory;
use crate::fleet::poll::{self, Polling};
use crate::fleet::supervise::supervise;
use crate::fleet::{Cluster, Entry, Fleet, Rings, sweep};
use crate::health::{self, Judgement};
use crate::model::{Clock, Moment};
use crate::systems::contract::Trend;
use crate::systems::registry;
use crate::systems::view::Kind;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// One revision and what the rules say about it.
#[derive(Clone, Debug)]
pub struct Observed {
    pub fleet: Arc<Fleet>,
    pub judgement: Arc<Judgement>,
    /// What is worth a line over time, of the last half hour.
    pub rings: Arc<Rings>,
    /// What became of findings since this process watches, the oldest first.
    pub turns: Arc<Vec<Turn>>,
    /// Who the synchronous standbys were when that was last told.
    pub standbys: Arc<Standbys>,
    /// Who is told when a verdict changes.
    pub notices: Arc<[Looked]>,
    /// The moment that ages are counted from.
    pub now: Moment,
}

/// The trend that every endpoint has: the time that its answers take.
pub const LATENCY: &str = "latency_seconds";

impl Observed {
    #[must_use]
    pub fn new(fleet: Arc<Fleet>, judgement: Arc<Judgement>, rings: Arc<Rings>, now: Moment) -> Self {
        Observed { fleet, judgement, rings, turns: Arc::default(), standbys: Arc::default(), notices: Arc::default(), now }
    }

    /// The same, seen at `now`.
    #[must_use]
    pub fn at(&self, now: Moment) -> Self {
        Observed { now, ..self.clone() }
    }

    /// The same, with those who are told when a verdict changes.
    #[must_use]
    pub fn telling(self, notices: &Arc<[Looked]>) -> Self {
        Observed { notices: Arc::clone(notices), ..self }
    }

    /// An observation of nothing: no endpoint was asked yet.
    #[must_use]
    pub fn nothing(inventory: &Inventory, now: Moment) -> Self {
        let fleet = Arc::new(Fleet::unread(&inventory.clusters, Duration::MAX, now));
        Observed::new(fleet, Arc::new(Judgement::none(now)), Arc::default(), now)
    }
}

/// Asks every endpoint once and judges what came.
pub async fn once(inventory: &Inventory, clock: &Clock, deadline: Duration) -> Observed {
    let fleet = sweep::sweep(inventory, clock, deadline).await;
    let now = clock.now();
    let judgement = health::judge(&fleet, &Judgement::none(now), now);
    Observed::new(Arc::new(fleet), Arc::new(judgement), Arc::default(), now)
}

/// Watches until `stop`: each revision is judged once, knowing the judgement before it.
#[must_use]
pub fn watch(inventory: &Inventory, polling: Polling, clock: &Clock, stop: &CancellationToken) -> watch::Receiver<Arc<Observed>> {
    watch_telling(inventory, &Arc::default(), polling, clock, stop)
}

/// As [`watch()`], with those who are told when a verdict changes.
#[must_use]
pub fn watch_telling(
    inventory: &Inventory,
    notices: &Arc<[Looked]>,
    polling: Polling,
    clock: &Clock,
    stop: &CancellationToken,
) -> watch::Receiver<Arc<Observed>> {
    let fleets = poll::start(inventory, polling, clock, stop);
    let (publish, seen) = watch::channel(Arc::new(Observed::nothing(inventory, clock.now()).telling(notices)));
    let publish = Arc::new(publish);
    let own = clock.clone();
    let _detached = supervise("judge".to_owned(), clock.clone(), stop.clone(), move || judge_each(fleets.clone(), Arc::clone(&publish), own.clone()));
    seen
}

async fn judge_each(mut fleets: watch::Receiver<Arc<Fleet>>, publish: Arc<watch::Sender<Arc<Observed>>>, clock: Clock) {
    while fleets.changed().await.is_ok() {
        let fleet = Arc::clone(&fleets.borrow_and_update());
        let now = clock.now();
        let former = Arc::clone(&publish.borrow());
        let judgement = Arc::new(health::judge(&fleet, &former.judgement, now));
        let mut rings = Arc::clone(&former.rings);
        trace(Arc::make_mut(&mut rings), &former.fleet, &fleet, now);
        let (standbys, moves) = standbys::noted(&former.standbys, &former.fleet, &fleet, now);
        let turns = turns::joined(&turns::noted(&former.turns, &former.judgement, &judgement), moves, &judgement);
        let next = Observed { turns, standbys, ..Observed::new(fleet, judgement, rings, now) };
        publish.send_replace(Arc::new(next.telling(&former.notices)));
    }
}

/// Notes the trends of every answer that `former` did not have yet, and forgets who left.
pub fn trace(rings: &mut Rings, former: &Fleet, fleet: &Fleet, now: Moment) {
    for cluster in &fleet.clusters {
        let known = former.cluster(&cluster.spec.name);
        if known.is_some_and(|known| std::ptr::eq(known, cluster.as_ref())) {
            continue;
        }
        let known = known.map_or(&[][..], |cluster| &cluster.entries);
        for (at, entry) in cluster.entries.iter().enumerate() {
            // one that nobody touched is the same allocation
            if !find(known, at, entry).is_some_and(|known| Arc::ptr_eq(known, entry) || taken_at(known) == taken_at(entry)) {
                one(rings, cluster, entry, now);
            }
        }
        for (_, left) in known.iter().enumerate().filter(|(at, left)| find(&cluster.entries, *at, left).is_none()) {
            rings.forget(&left.spec.id);
        }
    }
}

/// The entry of the same endpoint among `entries`: at the same place where nobody left or came before it.
fn find<'a>(entries: &'a [Arc<Entry>], at: usize, wanted: &Entry) -> Option<&'a Arc<Entry>> {
    let same = |entry: &&Arc<Entry>| entry.spec.id == wanted.spec.id;
    entries.get(at).filter(same).or_else(|| entries.iter().find(same))
}

fn taken_at(entry: &Entry) -> Option<Moment> {
    entry.good.as_ref().map(|good| good.taken_at)
}

fn one(rings: &mut Rings, cluster: &Cluster, entry: &Entry, now: Moment) {
    let Some(good) = &entry.good else { return };
    for trend in trends(cluster, entry, now) {
        rings.note(&entry.spec.id, &trend.key, trend.unit, good.taken_at, trend.value);
    }
}

/// What of the last answer of `entry` is worth a line over time.
#[must_use]
pub fn trends(cluster: &Cluster, entry: &Entry, now: Moment) -> Vec<Trend> {
    let (Some(good), Some(system)) = (&entry.good, registry::find(&entry.spec.id.system)) else { return Vec::new() };
    let view = good.view(&cluster.spec, &entry.spec, now);
    let mut trends = vec![Trend::new(LATENCY, Kind::Seconds, good.latency.as_secs_f64())];
    trends.extend(system.trends(&view));
    trends
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, ClusterSpec, EndpointSpec};
    use crate::fleet::Good;
    use crate::model::{EndpointId, Origin, Reading, Via};
    use crate::systems::haproxy::BalancerSnapshot;
    use crate::systems::haproxy::snapshot::{Backend, Witness};

    fn id() -> EndpointId {
        EndpointId { cluster: "lab".into(), system: "haproxy".into(), name: "hap-1".into() }
    }

    fn endpoint() -> EndpointSpec {
        EndpointSpec { id: id(), origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body: Body::default() }
    }

    /// A fleet with one balancer that told at `at` of so many sessions.
    fn told(at: Moment, sessions: Option<u64>) -> Fleet {
        let backend = Backend {
            name: "pg_write".into(),
            status: None,
            sessions,
            session_limit: None,
            queue: Some(0),
            queue_since: None,
            last_change: None,
            servers: Vec::new(),
        };
        let snapshot = BalancerSnapshot {
            witness: Witness::Socket,
            socket_trouble: None,
            listeners: Vec::new(),
            backends: vec![backend],
            taken_at: at,
            process: Reading::not_asked(),
        };
        let mut cluster = Cluster::new(Arc::new(ClusterSpec::named("lab", "test")), Duration::from_secs(5));
        let mut entry = Entry::new(Arc::new(endpoint()), Duration::from_secs(5));
        entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::from_millis(4) });
        cluster.entries.push(Arc::new(entry));
        Fleet { rev: 1, at, clusters: vec![cluster.into()] }
    }

    #[test]
    fn each_new_answer_is_a_point_and_what_was_not_read_a_gap() {
        let begin = Moment { mono: Duration::from_hours(25), ..Clock::real().now() };
        let second = |at: u64| begin.plus(Duration::from_secs(at));
        let mut rings = Rings::default();
        let mut former = told(begin, Some(3));
        trace(&mut rings, &Fleet::unread(&[], Duration::MAX, begin), &former, begin);
        for (at, sessions) in [(1, Some(5)), (2, None), (4, Some(0))] {
            let next = told(second(at), sessions);
            trace(&mut rings, &former, &next, second(at));
            // a revision that another endpoint made says nothing new of this one
            trace(&mut rings, &next, &told(second(at), Some(99)), second(at + 1));
            former = next;
        }
        let five = Duration::from_secs(5);
        let line = |key: &str| rings.window(&id(), key, second(4), five, 5).map(|series| series.values.to_vec());
        assert_eq!(line("sessions"), Some(vec![Some(3.0), Some(5.0), None, None, Some(0.0)]));
        assert_eq!(line("queue"), Some(vec![Some(0.0), Some(0.0), Some(0.0), None, Some(0.0)]));
        assert_eq!(line(LATENCY), Some(vec![Some(0.004), Some(0.004), Some(0.004), None, Some(0.004)]));
        assert_eq!(line("tps"), None);
    }

    #[test]
    fn who_left_leaves_no_line_and_takes_no_other_along() {
        let begin = Moment { mono: Duration::from_hours(25), ..Clock::real().now() };
        let later = begin.plus(Duration::from_secs(1));
        let named = |name: &str| EndpointId { name: name.into(), ..id() };
        let fleet = |at: Moment, names: &[&str]| {
            let mut fleet = told(at, Some(3));
            let cluster = Arc::make_mut(&mut fleet.clusters[0]);
            let entry = Arc::clone(&cluster.entries[0]);
            let of = |name: &&str| {
                let spec = EndpointSpec { id: named(name), ..endpoint() };
                Arc::new(Entry { spec: Arc::new(spec), ..entry.as_ref().clone() })
            };
            cluster.entries = names.iter().map(of).collect();
            fleet
        };
        let mut rings = Rings::default();
        let (both, second) = (fleet(begin, &["hap-1", "hap-2"]), fleet(begin, &["hap-2"]));
        trace(&mut rings, &Fleet::unread(&[], Duration::MAX, begin), &both, begin);
        assert!(rings.keys(&named("hap-1")).count() > 0);
        trace(&mut rings, &both, &second, later);
        assert_eq!(rings.keys(&named("hap-1")).count(), 0);
        // the place of another is no reason to note an answer twice, nor to miss one
        assert!(rings.keys(&named("hap-2")).count() > 0);
        trace(&mut rings, &second, &fleet(later, &["hap-1", "hap-2"]), later);
        let line = rings.window(&named("hap-2"), "sessions", later, Duration::from_secs(2), 2).map(|series| series.values.to_vec());
        assert_eq!(line, Some(vec![Some(3.0), Some(3.0)]));
    }
}

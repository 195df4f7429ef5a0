//! Stores, poolers, balancers, servers and zones around the healthy captured cluster (leader pg2, pg1 synchronous, ttl 30, `loop_wait` 10).

use super::states::{configured, fates, with};
use crate::patroni_golden::capture;
use crate::patroni_golden::fleet::{fleet, judged, three};
use opsctl::app::Observed;
use opsctl::app::cells::words;
use opsctl::app::views::{Pick, VIEWS};
use opsctl::config::{Body, BodyValue, EndpointSpec};
use opsctl::fleet::{Entry, Failure, Fleet, Good};
use opsctl::health::Judgement;
use opsctl::health::foresee::{Broken, Fate, Heir, Outage, Span};
use opsctl::model::{EndpointId, Moment, Origin, Reading, Reason, Via, Zone};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::etcd;
use opsctl::systems::patroni::words::{Role, State};
use opsctl::systems::pgbouncer::PoolerSnapshot;
use opsctl::systems::pgbouncer::settings::{Setting, Settings};
use opsctl::systems::pgbouncer::snapshot::{Database, Pool, ProcessState};
use opsctl::systems::postgres;
use opsctl::systems::view::Tone;
use opsctl::transport::{ProbeError, Trouble};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What became of an endpoint.
enum Seen {
    Good(AnySnapshot),
    Fails(Trouble),
}

struct Platform {
    fleet: Fleet,
}

impl Platform {
    fn healthy() -> Self {
        Platform { fleet: fleet("healthy", &three(), &capture::all(), 31) }
    }

    /// The cluster with three members of etcd in zones a, b, c, of which the second leads, and pg1, pg2, pg3 in the same zones.
    fn with_stores() -> Self {
        let mut platform = Platform::healthy();
        let entries = &mut Arc::make_mut(&mut platform.fleet.clusters[0]).entries;
        for (entry, zone) in entries.iter_mut().zip(["a", "b", "c"]) {
            let mut new = entry.as_ref().clone();
            new.spec = Arc::new(EndpointSpec { zone: Some(Zone(zone.into())), ..new.spec.as_ref().clone() });
            *entry = Arc::new(new);
        }
        for (number, zone) in [(1, "a"), (2, "b"), (3, "c")] {
            platform = platform.store(number, zone, Seen::Good(store(number, Some(2), platform_now())));
        }
        platform
    }

    fn put(mut self, system: &str, name: &str, zone: Option<&str>, route: Option<&str>, seen: Seen) -> Self {
        let at = self.fleet.at;
        let body = Body::new(route.map(|route| ("route".to_owned(), BodyValue::Text(route.to_owned()))));
        let spec = EndpointSpec {
            id: EndpointId { cluster: "lab".into(), system: system.into(), name: name.into() },
            origin: Origin::Configured,
            zone: zone.map(|zone| Zone(zone.to_owned())),
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body,
        };
        let mut entry = Entry::new(Arc::new(spec), Duration::MAX);
        match seen {
            Seen::Good(snapshot) => entry.good = Some(Good { snapshot, taken_at: at, latency: Duration::from_millis(2) }),
            Seen::Fails(trouble) => entry.failure = Some(Failure { error: ProbeError::new(trouble, "probe", ""), since: at, last: at, count: 2 }),
        }
        let entries = &mut Arc::make_mut(&mut self.fleet.clusters[0]).entries;
        entries.retain(|old| old.spec.id != entry.spec.id);
        entries.push(Arc::new(entry));
        self
    }

    fn store(self, number: u64, zone: &str, seen: Seen) -> Self {
        self.put("etcd", &format!("etcd-{number}"), Some(zone), None, seen)
    }

    fn pooler(self, name: &str, route: Option<&str>, seen: Seen) -> Self {
        self.put("pgbouncer", name, None, route, seen)
    }

    fn of(&self, name: &str) -> Fate {
        fates(&self.fleet).into_iter().find(|fate| fate.target.name() == name).unwrap_or_else(|| panic!("no fate of {name}"))
    }
}

fn platform_now() -> Moment {
    Platform::healthy().fleet.at
}

fn store(member: u64, leader: Option<u64>, at: Moment) -> AnySnapshot {
    let status = json!({"cluster_id": 1, "member_id": member, "version": "3.5.16", "leader": leader, "raft_term": 2, "raft_index": 9, "raft_applied": 9,
        "db_size": 1, "db_size_in_use": 1, "db_size_quota": null, "is_learner": false, "errors": []});
    let peer = |id: u64| json!({"id": id, "name": format!("etcd-{id}"), "client_urls": [], "is_learner": false});
    let peers = [1, 2, 3].map(|id| serde_json::from_value(peer(id)).expect("a peer")).to_vec();
    Arc::new(etcd::Snapshot {
        status: serde_json::from_value(status).expect("a status"),
        answered: at,
        health: Reading::not_asked(),
        peers: Reading::new(peers, at),
        alarms: Reading::not_asked(),
        versions: Reading::not_asked(),
        quota: Reading::not_asked(),
        namespace: "/service/".into(),
        names: Reading::not_asked(),
        locks: Reading::not_asked(),
        open_runs: Reading::not_asked(),
    })
}

fn active() -> ProcessState {
    ProcessState { active: true, paused: false, suspended: false, others: Vec::new(), since: None }
}

fn database(name: &str, paused: Option<bool>) -> Database {
    Database {
        name: name.into(),
        host: None,
        port: None,
        target: None,
        force_user: None,
        pool_size: None,
        reserve: None,
        mode: None,
        max_servers: None,
        servers: None,
        max_clients: None,
        clients: None,
        paused,
        disabled: Some(false),
        paused_since: None,
    }
}

/// A pooler with one pool: clients that hold a server, idle ones, waiting ones.
fn pooler(linked: u64, idle: u64, waiting: u64, retry: Option<&str>) -> Seen {
    let at = platform_now();
    let pool = |database: &str, active| Pool {
        database: database.into(),
        user: "app".into(),
        clients_active: Some(active),
        clients_waiting: Some(waiting),
        servers_active: Some(linked),
        servers_idle: Some(0),
        servers_used: Some(0),
        servers_tested: Some(0),
        servers_login: Some(0),
        oldest_wait: None,
        mode: None,
        waiting_since: None,
        without_server_since: None,
    };
    let setting = |value: &str| Setting { value: Some(value.into()), default: Some("15".into()) };
    let settings = retry.map(|retry| Settings(BTreeMap::from([("server_login_retry".to_owned(), setting(retry))])));
    Seen::Good(Arc::new(PoolerSnapshot {
        // the console itself is nobody's client
        pools: Reading::new(vec![pool("appdb", linked + idle), pool("pgbouncer", 1)], at),
        settings: settings.map_or(Reading::not_asked(), |settings| Reading::new(settings, at)),
        process: Reading::new(active(), at),
        databases: Reading::new(vec![database("appdb", Some(false)), database("report", Some(false))], at),
        ..PoolerSnapshot::empty()
    }))
}

fn span(outage: &Outage) -> (u64, u64) {
    match outage {
        Outage::Within(span) => (span.least.as_secs(), span.most.as_secs()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_store_of_three_may_go_and_with_one_gone_none() {
    let whole = Platform::with_stores();
    for name in ["etcd-1", "etcd-2", "etcd-3"] {
        let fate = whole.of(name);
        assert_eq!(
            (fate.heir, fate.back, fate.lost, fate.cut),
            (Ok(Heir::NotNeeded), Ok(Outage::None), Ok(Span::just(0)), Ok(Span::just(0))),
            "{name}"
        );
        assert!(fate.why.raw().contains("then no further may fail"), "{}", fate.why.raw());
    }
    assert!(whole.of("etcd-2").why.raw().contains("an election") && !whole.of("etcd-1").why.raw().contains("an election"));
    let one_gone = Platform::with_stores().store(3, "c", Seen::Fails(Trouble::ConnectionRefused));
    for name in ["etcd-1", "etcd-2"] {
        let fate = one_gone.of(name);
        assert!(matches!(fate.heir, Ok(Heir::Nobody { .. })), "{name}: {:?}", fate.heir);
        assert_eq!((fate.back, fate.broken.len()), (Ok(Outage::UntilAHuman), 1), "{name}");
    }
    // one that only does not answer may be alive for the others
    let unsure = Platform::with_stores().store(3, "c", Seen::Fails(Trouble::AnswerTimeout));
    assert!(unsure.of("etcd-1").heir.is_err() && unsure.of("etcd-1").back.is_err());
    assert_eq!(unsure.of("etcd-3").heir, Ok(Heir::NotNeeded));
}

#[test]
fn the_leader_of_the_store_may_shake_the_leader_of_the_cluster_where_patience_is_short() {
    // seen in the lab: an election longer than two thirds of retry_timeout 5 s, a demotion, 3.1 s without writes
    let mut short = Platform::with_stores().pooler("w1", Some("write"), pooler(3, 5, 1, Some("1"))).put(
        "postgres",
        "pg2",
        None,
        None,
        Seen::Good(Arc::new(server(11))),
    );
    assert_eq!(short.of("etcd-2").back, Ok(Outage::None), "retry_timeout 10 outlasts an election");
    configured(&mut short.fleet, "retry_timeout", &json!(5));
    let (leads, follows) = (short.of("etcd-2"), short.of("etcd-1"));
    assert_eq!((leads.heir, leads.back.as_ref().map(span), leads.cut), (Ok(Heir::NotNeeded), Ok((0, 5)), Ok(Span { least: 0, most: 20 })));
    assert_eq!((follows.back, follows.cut), (Ok(Outage::None), Ok(Span::just(0))));
    configured(&mut short.fleet, "failsafe_mode", &json!(true));
    assert_eq!(short.of("etcd-2").back, Ok(Outage::None));
}

#[test]
fn a_store_without_quorum_promotes_nobody_although_the_picture_looks_well() {
    let mut platform = Platform::with_stores();
    for (number, zone) in [(1, "a"), (2, "b")] {
        platform = platform.store(number, zone, Seen::Good(store(number, None, platform_now())));
    }
    let fate = platform.store(3, "c", Seen::Fails(Trouble::ConnectionRefused)).of("pg2");
    assert!(matches!(fate.heir, Ok(Heir::Nobody { .. })), "{:?}", fate.heir);
}

#[test]
fn a_zone_dies_with_all_that_stands_there() {
    let platform = Platform::with_stores();
    let (leader, sync, other) = (platform.of("b"), platform.of("a"), platform.of("c"));
    // the leader of etcd dies with it: an election, and a lease that begins anew
    assert_eq!((leader.heir, leader.back.as_ref().map(span)), (Ok(Heir::Member("pg1".into())), Ok((30, 35))));
    assert!(matches!(sync.back, Ok(Outage::Within(_))) && sync.heir == Ok(Heir::NotNeeded));
    assert_eq!((other.heir, other.back), (Ok(Heir::NotNeeded), Ok(Outage::None)));
    // without the store of that zone the lease stays what it was
    assert_eq!(platform.of("pg2").back.as_ref().map(span), Ok((19, 32)));
    // two zones hold everything: the one with two stores decides
    let mut together = Platform::with_stores();
    for entry in &mut Arc::make_mut(&mut together.fleet.clusters[0]).entries {
        let mut new = entry.as_ref().clone();
        let zone = if ["pg1", "pg2", "etcd-1", "etcd-2"].contains(&new.spec.id.name.as_str()) { "x" } else { "y" };
        new.spec = Arc::new(EndpointSpec { zone: Some(Zone(zone.into())), ..new.spec.as_ref().clone() });
        *entry = Arc::new(new);
    }
    let fate = together.of("x");
    assert!(matches!(fate.heir, Ok(Heir::Nobody { .. })) && fate.back == Ok(Outage::UntilAHuman));
}

#[test]
fn a_member_without_a_zone_makes_every_zone_unknown() {
    let platform = Platform::with_stores().put("etcd", "etcd-3", None, None, Seen::Good(store(3, Some(2), platform_now())));
    for zone in ["a", "b", "c"] {
        let gap = platform.of(zone).heir.expect_err("nobody knows where etcd-3 stands");
        assert!(matches!(gap.reason, Reason::NotConfigured(_)) && gap.fact.contains("etcd-3"), "{gap:?}");
    }
}

#[test]
fn a_pooler_takes_its_clients_along_and_the_others_go_on() {
    let platform =
        Platform::healthy().pooler("w1", Some("write"), pooler(3, 5, 1, Some("1"))).pooler("w2", Some("write"), pooler(2, 2, 0, Some("15")));
    let fate = platform.of("w1");
    assert_eq!((fate.heir, fate.back, fate.cut), (Ok(Heir::NotNeeded), Ok(Outage::None), Ok(Span::just(9))));
    // the leader's crash is met by those who hold a server, at the least; the slowest login counts
    let with_server = platform.put("postgres", "pg2", None, None, Seen::Good(Arc::new(server(11))));
    let fate = with_server.of("pg2");
    assert_eq!((fate.cut, fate.back.as_ref().map(span)), (Ok(Span { least: 5, most: 24 }), Ok((19, 47))));
    // the last one of its way
    let alone = Platform::healthy().pooler("w1", Some("write"), pooler(3, 5, 1, Some("1"))).pooler(
        "w2",
        Some("write"),
        Seen::Fails(Trouble::ConnectionRefused),
    );
    assert!(matches!(alone.of("w1").heir, Ok(Heir::Nobody { .. })) && alone.of("w1").back == Ok(Outage::UntilAHuman));
    let reads = Platform::healthy().pooler("r1", Some("read"), pooler(3, 5, 1, Some("1")));
    assert_eq!(reads.of("r1").back, Ok(Outage::None));
    let no_route = Platform::healthy().pooler("p1", None, pooler(3, 5, 1, Some("1")));
    assert!(matches!(no_route.of("p1").back.expect_err("which way").reason, Reason::NotConfigured(_)));
}

#[test]
fn a_pooler_that_holds_its_clients_goes_on_for_nobody() {
    let at = platform_now();
    let process = |paused: bool| Reading::new(ProcessState { active: !paused, paused, ..active() }, at);
    let with = |paused: bool| {
        let Seen::Good(snapshot) = pooler(2, 2, 0, Some("15")) else { panic!("it answers") };
        let whole = snapshot.downcast_ref::<PoolerSnapshot>().expect("of a pooler").clone();
        let second = Seen::Good(Arc::new(PoolerSnapshot { process: process(paused), ..whole }));
        Platform::healthy().pooler("w1", Some("write"), pooler(3, 5, 1, Some("1"))).pooler("w2", Some("write"), second)
    };
    assert_eq!((with(false).of("w1").heir, with(false).of("w1").back), (Ok(Heir::NotNeeded), Ok(Outage::None)));
    let fate = with(true).of("w1");
    assert!(matches!(&fate.heir, Ok(Heir::Nobody { why }) if why.contains("w2 answers and keeps its clients waiting")), "{:?}", fate.heir);
    assert_eq!(fate.back, Ok(Outage::UntilAHuman));
    // the paused one is missed by nobody more than before
    assert_eq!(with(true).of("w2").back, Ok(Outage::None));
}

/// The clients of w1 want `appdb`: what is paused for others is nothing to them, and what is not known is no answer.
#[test]
fn a_pooler_takes_over_what_it_is_known_to_serve() {
    let at = platform_now();
    let with = |change: &dyn Fn(&mut PoolerSnapshot)| {
        let Seen::Good(snapshot) = pooler(2, 2, 0, Some("15")) else { panic!("it answers") };
        let mut second = snapshot.downcast_ref::<PoolerSnapshot>().expect("of a pooler").clone();
        change(&mut second);
        let platform = Platform::healthy().pooler("w1", Some("write"), pooler(3, 5, 1, Some("1")));
        platform.pooler("w2", Some("write"), Seen::Good(Arc::new(second))).of("w1")
    };
    let databases = |paused: [Option<bool>; 2]| Reading::new(vec![database("appdb", paused[0]), database("report", paused[1])], at);
    for paused in [Some(true), None] {
        let fate = with(&|second| second.databases = databases([Some(false), paused]));
        assert_eq!((fate.heir, fate.back), (Ok(Heir::NotNeeded), Ok(Outage::None)), "report {paused:?}");
    }
    assert_eq!(with(&|second| second.databases = databases([Some(true), Some(false)])).back, Ok(Outage::UntilAHuman));
    // before 1.19 a global PAUSE is seen by who waits
    let old = |second: &mut PoolerSnapshot| second.process = Reading::unknown(Reason::NotSupported("SHOW STATE is new in PgBouncer 1.19".into()));
    let fate = with(&old);
    assert_eq!((fate.heir, fate.back), (Ok(Heir::NotNeeded), Ok(Outage::None)));
    assert!(fate.why.raw().contains("PgBouncer tells since 1.19"), "{}", fate.why.raw());
    let unknown: [&dyn Fn(&mut PoolerSnapshot); 3] =
        [&|second| second.databases = databases([None, Some(false)]), &|second| second.databases = Reading::not_asked(), &|second| {
            old(second);
            let Reading::Known(pools) = &mut second.pools else { panic!("known") };
            (pools.value[0].clients_waiting, pools.value[0].servers_active) = (Some(3), Some(0));
        }];
    for change in unknown {
        let fate = with(change);
        assert!(fate.heir.is_err() && fate.back.is_err(), "{fate:?}");
    }
}

/// No pooler has so many, but one may say so.
#[test]
fn numbers_that_no_counter_reaches_are_added_up_to_the_largest() {
    let much = || pooler(u64::MAX, 0, u64::MAX, Some("1"));
    let platform = Platform::healthy().pooler("w1", Some("write"), much()).pooler("w2", Some("write"), much());
    assert_eq!(platform.of("w1").cut, Ok(Span::just(u64::MAX)));
    let leader = platform.put("postgres", "pg2", None, None, Seen::Good(Arc::new(server(11)))).of("pg2");
    assert_eq!(leader.cut.map(|cut| cut.most), Ok(u64::MAX));
}

fn server(sessions: u64) -> postgres::Snapshot {
    let mut snapshot = postgres::Snapshot::unread();
    let connections = json!({"client_backends": sessions, "active": 1, "idle": 1, "idle_in_xact": 0, "waiting_on_lock": 0, "walsenders": 2,
        "max_connections": 100, "superuser_reserved": 3, "reserved_pg16": 0, "max_wal_senders": 10});
    snapshot.connections = Reading::new(serde_json::from_value(connections).expect("connections"), platform_now());
    snapshot
}

#[test]
fn a_pooler_that_does_not_tell_leaves_gaps() {
    let silent = Platform::healthy().pooler("w1", Some("write"), Seen::Fails(Trouble::AnswerTimeout));
    let leader = silent.of("pg2");
    assert!(leader.back.is_err() && leader.cut.is_err(), "{leader:?}");
    assert_eq!(leader.heir, Ok(Heir::Member("pg1".into())), "who is promoted does not hang on it");
    assert!(silent.of("w1").cut.is_err());
    let no_settings = Platform::healthy().pooler("w1", Some("write"), pooler(1, 1, 0, None));
    assert!(matches!(no_settings.of("pg2").back.expect_err("how long it waits").reason, Reason::NotAskedYet));
}

#[test]
fn the_only_balancer_is_missed_and_of_two_nobody_knows_who_takes_the_address() {
    let one = || Platform::healthy().put("haproxy", "h1", None, None, Seen::Fails(Trouble::AnswerTimeout));
    let fate = one().of("h1");
    assert!(matches!(fate.heir, Ok(Heir::Nobody { .. })) && fate.back == Ok(Outage::UntilAHuman));
    let two = one().put("haproxy", "h2", None, None, Seen::Fails(Trouble::AnswerTimeout));
    assert!(two.of("h1").heir.is_err() && two.of("h1").back.is_err());
}

#[test]
fn a_frozen_server_behind_a_patroni_that_calls_it_running_is_not_foretold_as_the_heir() {
    let frozen = Platform::healthy().put("postgres", "pg1", None, None, Seen::Fails(Trouble::AnswerTimeout));
    assert!(frozen.of("pg2").heir.is_err());
    let gone = Platform::healthy().put("postgres", "pg1", None, None, Seen::Fails(Trouble::ConnectionRefused));
    assert!(matches!(gone.of("pg2").heir, Ok(Heir::Nobody { .. })));
}

/// What the page says of who takes over from `name`, and in which tone.
fn takes_over(platform: &Platform, name: &str) -> (String, Tone) {
    let at = platform.fleet.at;
    let observed = Observed::new(Arc::new(platform.fleet.clone()), Arc::new(Judgement::none(at)), Arc::default(), at);
    let view = VIEWS.iter().find(|view| view.name == "foresee").expect("the view");
    let page = (view.page)(&observed, &Pick::default()).expect("a page");
    let fates = &page.tables[0];
    let column = fates.columns.iter().position(|column| column.key == "takes_over").expect("the column");
    let row = fates.rows.iter().find(|row| row.key.ends_with(&format!("/{name}"))).unwrap_or_else(|| panic!("no row of {name}"));
    (words(&row.cells[column]).0, row.cells[column].tone())
}

#[test]
fn what_is_dead_now_is_said_to_be_down_and_what_only_does_not_answer_is_not() {
    let down = ("down already".to_owned(), Tone::Warn);
    let refused = || Seen::Fails(Trouble::ConnectionRefused);
    let late = || Seen::Fails(Trouble::AnswerTimeout);
    for (system, name) in [("pgbouncer", "w1"), ("etcd", "etcd-3"), ("haproxy", "h1")] {
        assert_eq!(takes_over(&Platform::with_stores().put(system, name, Some("c"), Some("write"), refused()), name), down, "{name}");
        assert_ne!(takes_over(&Platform::with_stores().put(system, name, Some("c"), Some("write"), late()), name), down, "{name}");
    }
    // a member is dead by the words of its Patroni, whatever its server does
    let mut told = Platform::healthy();
    assert_ne!(takes_over(&told, "pg3"), down);
    with(&mut told.fleet, "pg3", |snapshot| snapshot.own.state = State::Crashed);
    assert_eq!(takes_over(&told, "pg3"), down);
    assert_ne!(takes_over(&Platform::healthy().put("postgres", "pg3", None, None, refused()), "pg3"), down, "its Patroni calls it running");
    // where that does not tell, by its server
    let silent = |server: Seen| Platform::healthy().put("patroni", "pg3", None, None, refused()).put("postgres", "pg3", None, None, server);
    assert_eq!(takes_over(&silent(refused()), "pg3"), down);
    assert_ne!(takes_over(&silent(late()), "pg3"), down);
    assert_ne!(takes_over(&Platform::healthy().put("patroni", "pg3", None, None, refused()), "pg3"), down, "nobody tells of its server");
    // a zone is many things, of which some may live
    assert_ne!(takes_over(&Platform::with_stores().store(3, "c", refused()), "c"), down);
}

#[test]
fn slots_that_only_the_leader_has_are_lost() {
    let mut snapshot = server(3);
    let slot = |name: &str, kind: &str| {
        json!({"slot_name": name, "slot_type": kind, "database": null, "active": true, "active_pid": null, "temporary": false, "wal_status": null,
            "safe_wal_size": null, "restart_lsn": null, "confirmed_flush_lsn": null, "retained_bytes": null, "unconfirmed_bytes": null,
            "xmin_age": null, "catalog_xmin_age": null, "inactive_since_pg17": null, "invalidation_reason_pg17": null,
            "failover_pg17": (name == "synced").then_some(true)})
    };
    let slots = [slot("debezium", "logical"), slot("synced", "logical"), slot("pg1", "physical"), slot("backup", "physical")];
    snapshot.slots = Reading::new(slots.map(|slot| serde_json::from_value(slot).expect("a slot")).to_vec(), platform_now());
    let platform = Platform::healthy().put("postgres", "pg2", None, None, Seen::Good(Arc::new(snapshot)));
    let slots = platform.of("pg2").slots.expect("known");
    let kept: Vec<(&str, bool)> = slots.iter().map(|slot| (slot.name.raw(), slot.kept)).collect();
    assert_eq!(kept, [("debezium", false), ("synced", true), ("pg1", true), ("backup", false)]);
    assert_eq!(platform.of("pg1").slots, Ok(vec![]));
}

/// The rule judges the lease by the figure that is foretold: whichever goal, lease, mode and way of the clients.
#[test]
fn the_rule_on_the_goal_and_what_is_foretold_of_the_leader_agree() {
    let says = |platform: &Platform| judged(&platform.fleet).findings.iter().any(|finding| finding.rule == "rto-over-goal");
    let with_goal = |platform: &mut Platform, goal: Duration| {
        let mut spec = platform.fleet.clusters[0].spec.as_ref().clone();
        spec.rto_goal = goal;
        Arc::make_mut(&mut platform.fleet.clusters[0]).spec = Arc::new(spec);
    };
    let retrying = |retry| Platform::healthy().pooler("w1", Some("write"), pooler(3, 5, 1, Some(retry)));
    let balanced = |platform: Platform| platform.put("haproxy", "h1", None, None, Seen::Fails(Trouble::AnswerTimeout));
    for way in 0..4 {
        for (ttl, strict) in [(20, false), (30, false), (30, true)] {
            let mut platform = match way {
                0 => Platform::healthy(),
                1 => retrying("15"),
                2 => balanced(Platform::healthy()),
                _ => balanced(retrying("0.5")),
            };
            configured(&mut platform.fleet, "ttl", &json!(ttl));
            configured(&mut platform.fleet, "synchronous_mode_strict", &json!(strict));
            let Ok(Outage::Within(Span { most, .. })) = platform.of("pg2").back else { panic!("{:?}", platform.of("pg2").back) };
            for (goal, breaks) in [(most, false), (most.saturating_sub(Duration::from_millis(1)), true)] {
                with_goal(&mut platform, goal);
                let foretold = platform.of("pg2").broken.contains(&Broken::Rto(goal));
                assert_eq!((foretold, says(&platform)), (breaks, breaks), "way {way}, ttl {ttl}, strict {strict}, goal {goal:?}");
            }
        }
    }
    // where no lease ends the outage, or there is none, the lease breaks no goal
    for (key, value) in [("pause", json!(true)), ("standby_cluster", json!({"host": "elsewhere"}))] {
        let mut platform = Platform::healthy();
        with_goal(&mut platform, Duration::from_secs(1));
        assert!(says(&platform), "{key}");
        configured(&mut platform.fleet, key, &value);
        if key == "standby_cluster" {
            with(&mut platform.fleet, "pg2", |snapshot| snapshot.own.role = Role::StandbyLeader);
        }
        assert!(matches!(platform.of("pg2").back, Ok(Outage::None | Outage::UntilAHuman)), "{key}: {:?}", platform.of("pg2"));
        assert!(!says(&platform), "{key}");
    }
    // what is not known is not judged, unless the database alone is too late
    let mut silent = Platform::healthy().pooler("w1", Some("write"), Seen::Fails(Trouble::AnswerTimeout));
    for (goal, raised) in [(32, false), (31, true)] {
        with_goal(&mut silent, Duration::from_secs(goal));
        let judgement = judged(&silent.fleet);
        let unknown = judgement.outcomes().any(|outcome| outcome.rule.id == "rto-over-goal" && outcome.found.is_err());
        assert_eq!((says(&silent), unknown), (raised, !raised), "{goal}");
    }
}

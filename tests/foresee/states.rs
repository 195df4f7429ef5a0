//! The captured states of Patroni, and what they foretell of their leader; written by hand from what each state means.

use crate::patroni_golden::capture;
use crate::patroni_golden::fleet::{fleet, three};
use opsctl::fleet::{Failure, Fleet, Good};
use opsctl::health::ClusterView;
use opsctl::health::foresee::{Broken, Fate, Heir, Outage, Span, Target, foresee};
use opsctl::model::{Lsn, Reading, Reason, Timeline};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::own::Confirms;
use opsctl::systems::patroni::words::{Role, State};
use opsctl::transport::{ProbeError, Trouble};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn fates(fleet: &Fleet) -> Vec<Fate> {
    foresee(&ClusterView { fleet, cluster: &fleet.clusters[0], now: fleet.at })
}

fn state(name: &str, configured: &[&str]) -> Fleet {
    let configured: Vec<String> = if configured.is_empty() { three() } else { configured.iter().map(|name| (*name).to_owned()).collect() };
    fleet(name, &configured, &capture::all(), 31)
}

fn leader(fleet: &Fleet) -> Fate {
    fates(fleet).into_iter().find(|fate| matches!(fate.target, Target::Leader(_))).expect("a leader, known or not")
}

/// The same fleet with the snapshot of one member changed.
pub(super) fn with(fleet: &mut Fleet, node: &str, change: impl FnOnce(&mut Snapshot)) {
    let entry = Arc::make_mut(&mut fleet.clusters[0])
        .entries
        .iter_mut()
        .find(|entry| entry.spec.id.name == node && entry.spec.id.system == "patroni")
        .expect("the member");
    let mut new = entry.as_ref().clone();
    let good = new.good.take().expect("a snapshot");
    let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("of Patroni").clone();
    change(&mut snapshot);
    new.good = Some(Good { snapshot: Arc::new(snapshot) as AnySnapshot, ..good });
    *entry = Arc::new(new);
}

/// Sets one key of the configuration, as every member tells it.
pub(super) fn configured(fleet: &mut Fleet, key: &str, value: &Value) {
    for node in ["pg1", "pg2", "pg3"] {
        with(fleet, node, |snapshot| {
            if let Reading::Known(sample) = &mut snapshot.config {
                sample.value.whole.insert(key.to_owned(), value.clone());
            }
        });
    }
}

/// The newest question to a member failed.
fn fails(fleet: &mut Fleet, node: &str, trouble: Trouble) {
    let at = fleet.at;
    let entry = Arc::make_mut(&mut fleet.clusters[0]).entries.iter_mut().find(|entry| entry.spec.id.name == node).expect("the member");
    let mut new = entry.as_ref().clone();
    new.failure = Some(Failure { error: ProbeError::new(trouble, "GET /patroni", ""), since: at, last: at, count: 2 });
    *entry = Arc::new(new);
}

fn member(name: &str) -> Heir {
    Heir::Member(name.to_owned())
}

fn within(least: u64, most: u64) -> Outage {
    Outage::Within(Span { least: Duration::from_secs(least), most: Duration::from_secs(most) })
}

#[test]
fn a_captured_leader_has_the_heir_that_was_written_by_hand() {
    // ttl 30, loop_wait 10: 30 - 10 - 1 to 30 + 2 s
    for (name, heir) in [
        ("healthy", member("pg1")),
        ("pending-restart", member("pg1")),
        ("async-replica-receive-lag", member("pg3")),
        ("tagged-replica", member("pg2")),
        ("quorum-mode", Heir::OneOf(vec!["pg2".into(), "pg3".into()])),
    ] {
        let fate = leader(&state(name, &[]));
        assert_eq!((fate.heir, fate.back, fate.lost), (Ok(heir), Ok(within(19, 32)), Ok(Span::just(0))), "{name}");
        assert_eq!(fate.broken, [Broken::Rto(Duration::from_secs(31))], "{name}");
    }
}

#[test]
fn nobody_is_foretold_where_patroni_promotes_nobody() {
    for (name, why) in [
        ("paused", "paused"),
        // the second failure in a row: no standby is synchronous again yet
        ("just-after-failover", "nobody may be promoted"),
        ("dcs-down-failsafe", "the store decides nothing"),
        ("sync-no-standby", "is not in /sync"),
        ("strict-no-standby", "is not in /sync"),
    ] {
        let fate = leader(&state(name, &[]));
        let Ok(Heir::Nobody { why: said }) = &fate.heir else { panic!("{name}: {:?}", fate.heir) };
        assert!(said.contains(why), "{name}: {said}");
        assert_eq!(fate.back, Ok(Outage::UntilAHuman), "{name}");
        assert!(fate.broken.contains(&Broken::Rto(Duration::from_secs(31))), "{name}");
    }
}

#[test]
fn what_is_not_known_is_never_a_figure() {
    // /cluster goes on calling a killed leader leader, running; a member that was never asked may be the one in /sync
    for (name, nodes, reason) in [
        ("leader-killed-within-ttl", &[][..], "connection refused"),
        ("dcs-down", &[], "no member says that it leads"),
        ("double-failure-no-leader", &["pg2", "pg3"], "no member says that it leads"),
        ("after-failover", &[], "not asked yet"),
        ("dcs-down-within-retry", &["pg1"], "late to reach it"),
    ] {
        let fate = leader(&state(name, nodes));
        for gap in [fate.heir.as_ref().err(), fate.back.as_ref().err(), fate.lost.as_ref().err()] {
            let said = gap.unwrap_or_else(|| panic!("{name}: {fate:?}")).reason.phrase();
            assert!(said.contains(reason), "{name}: {said}");
        }
        assert!(fate.broken.is_empty() && fate.why.raw().contains(reason), "{name}: {}", fate.why.raw());
    }
}

#[test]
fn each_condition_of_patroni_alone_takes_the_heir_away() {
    type Change = fn(&mut Snapshot);
    let cases: [(&str, Change, &str); 7] = [
        ("tag", |pg1| drop(pg1.own.tags.insert("nofailover".into(), json!(true))), "nofailover"),
        ("priority", |pg1| drop(pg1.own.tags.insert("failover_priority".into(), json!(0))), "nofailover"),
        ("not in /sync", |pg1| pg1.own.confirms = Confirms::Nothing, "is not in /sync"),
        ("down", |pg1| pg1.own.state = State::Stopped, "stopped"),
        ("a new word", |pg1| pg1.own.state = State::from("levitating".to_owned()), "levitating"),
        ("timeline", |pg1| pg1.own.timeline = Some(Timeline(7)), "timeline 7"),
        ("lag", |pg1| pg1.own.received = pg1.own.received.map(|Lsn(at)| Lsn(at - (2 << 20))), "maximum_lag_on_failover"),
    ];
    for (name, change, why) in cases {
        let mut fleet = state("healthy", &[]);
        with(&mut fleet, "pg1", change);
        let Ok(Heir::Nobody { why: said }) = leader(&fleet).heir else { panic!("{name}") };
        assert!(said.contains(why), "{name}: {said}");
    }
    let mut gone = state("healthy", &[]);
    fails(&mut gone, "pg1", Trouble::ConnectionRefused);
    assert!(matches!(leader(&gone).heir, Ok(Heir::Nobody { .. })), "a process that is gone is promoted by nobody");
    let mut silent = state("healthy", &[]);
    fails(&mut silent, "pg1", Trouble::AnswerTimeout);
    assert!(leader(&silent).heir.is_err(), "one that only does not answer may be alive for the others");
    let mut third = state("healthy", &[]);
    fails(&mut third, "pg3", Trouble::AnswerTimeout);
    assert_eq!(leader(&third).heir, Ok(member("pg1")), "who is not in /sync changes nothing");
}

#[test]
fn a_configuration_that_is_not_read_or_makes_no_sense_leaves_a_gap() {
    for (key, value) in
        [("ttl", json!("soon")), ("synchronous_mode", json!({"x": 1})), ("maximum_lag_on_failover", json!("1MB")), ("loop_wait", json!(-1))]
    {
        let mut fleet = state("healthy", &[]);
        configured(&mut fleet, key, &value);
        let fate = leader(&fleet);
        assert!(matches!(fate.back.as_ref().map_err(|gap| &gap.reason), Err(Reason::Malformed(_))), "{key}: {:?}", fate.back);
    }
    let mut fleet = state("healthy", &[]);
    for node in ["pg1", "pg2", "pg3"] {
        with(&mut fleet, node, |snapshot| snapshot.config = Reading::unknown(Reason::Unreachable("no answer".into())));
    }
    let fate = leader(&fleet);
    assert!(fate.heir.is_err() && fate.back.is_err() && fate.lost.is_err());
}

#[test]
fn without_synchronous_mode_the_bytes_that_the_best_standby_lacks_are_lost() {
    let mut fleet = state("healthy", &[]);
    configured(&mut fleet, "synchronous_mode", &json!(false));
    for (node, behind) in [("pg1", 5_000), ("pg3", 700)] {
        with(&mut fleet, node, |snapshot| snapshot.own.confirms = Confirms::Nothing);
        let ahead = location(&mut fleet);
        with(&mut fleet, node, |snapshot| snapshot.own.received = Some(Lsn(ahead.0 - behind)));
    }
    let fate = leader(&fleet);
    assert_eq!((fate.heir, fate.lost), (Ok(Heir::OneOf(vec!["pg3".into(), "pg1".into()])), Ok(Span { least: 0, most: 700 })));
    assert!(fate.broken.contains(&Broken::Rpo(0)));
    // as many as may be lost are within the goal, one more is not
    for (goal, breaks) in [(700, false), (699, true)] {
        let mut spec = fleet.clusters[0].spec.as_ref().clone();
        spec.rpo_goal = goal;
        Arc::make_mut(&mut fleet.clusters[0]).spec = Arc::new(spec);
        assert_eq!(leader(&fleet).broken.contains(&Broken::Rpo(goal)), breaks, "{goal}");
    }
    // a position that is left out is no position at 0
    with(&mut fleet, "pg1", |snapshot| snapshot.own.received = None);
    assert!(leader(&fleet).heir.is_err());
}

fn location(fleet: &mut Fleet) -> Lsn {
    let mut at = None;
    with(fleet, "pg2", |snapshot| at = snapshot.own.location);
    at.expect("the position of the leader")
}

#[test]
fn a_standby_that_confirms_stalls_writers_and_another_one_does_not() {
    let healthy = fates(&state("healthy", &[]));
    let of = |name: &str| healthy.iter().find(|fate| fate.target.name() == name).expect("the member");
    assert!(matches!(of("pg1").target, Target::Sync(_)) && matches!(of("pg3").target, Target::Async(_)));
    assert_eq!((&of("pg1").heir, &of("pg3").heir), (&Ok(Heir::NotNeeded), &Ok(Heir::NotNeeded)));
    assert!(matches!(of("pg1").back, Ok(Outage::Within(_))), "{:?}", of("pg1").back);
    assert_eq!((&of("pg3").back, &of("pg1").lost), (&Ok(Outage::None), &Ok(Span::just(0))));
    assert!(of("pg1").why.raw().contains("pg3 confirms"), "{}", of("pg1").why.raw());
    // any of two confirms: nobody waits
    let quorum = fates(&state("quorum-mode", &[]));
    assert!(quorum.iter().filter(|fate| matches!(fate.target, Target::Sync(_))).all(|fate| fate.back == Ok(Outage::None)));
    // strict, and nobody else may confirm
    let mut strict = state("healthy", &[]);
    configured(&mut strict, "synchronous_mode_strict", &json!(true));
    with(&mut strict, "pg3", |snapshot| drop(snapshot.own.tags.insert("nosync".into(), json!(true))));
    let fate = fates(&strict).into_iter().find(|fate| fate.target == Target::Sync("pg1".into())).expect("pg1");
    assert_eq!(fate.back, Ok(Outage::UntilAHuman));
}

#[test]
fn sessions_and_slots_that_nobody_tells_of_are_gaps_too() {
    let fate = leader(&state("healthy", &[]));
    assert!(matches!(fate.cut.expect_err("no server is configured").reason, Reason::NotConfigured(_)));
    assert!(matches!(fate.slots.expect_err("no server is configured").reason, Reason::NotConfigured(_)));
}

#[test]
fn a_leader_that_is_stopping_is_the_leader_by_its_lock_and_nothing_is_said_to_go_on() {
    let mut fleet = state("healthy", &[]);
    with(&mut fleet, "pg2", |snapshot| snapshot.own.state = State::Stopping);
    let all = fates(&fleet);
    assert_eq!(all.first().map(|fate| &fate.target), Some(&Target::Leader("pg2".into())));
    assert_eq!(all.iter().filter(|fate| fate.target.name() == "pg2").count(), 1, "it is no standby too");
    assert!(all[0].why.raw().contains("pg2 leads by its lock alone: it is primary, stopping"), "{}", all[0].why.raw());
    let standby = all.iter().find(|fate| fate.target == Target::Sync("pg1".into())).expect("pg1");
    assert_eq!(standby.heir, Ok(Heir::NotNeeded));
    assert!(standby.back.as_ref().is_err_and(|gap| gap.reason.phrase().contains("stopping")), "{:?}", standby.back);
    // a lock that lies with a running replica makes no leader
    with(&mut fleet, "pg2", |snapshot| (snapshot.own.state, snapshot.own.role) = (State::Running, Role::Replica));
    assert!(leader(&fleet).heir.is_err());
}

#[test]
fn a_second_member_that_accepts_writes_is_no_standby_and_its_commits_are_not_zero() {
    let mut fleet = state("healthy", &[]);
    with(&mut fleet, "pg3", |snapshot| snapshot.own.role = Role::Primary);
    let all = fates(&fleet);
    let targets: Vec<&Target> = all.iter().map(|fate| &fate.target).collect();
    assert_eq!(targets, [&Target::Leader("pg2".into()), &Target::Rival("pg3".into()), &Target::Sync("pg1".into())]);
    assert_eq!(all[1].target.kind(), "other primary");
    assert!(all[1].lost.is_err() && all[1].back.is_err(), "{:?}", all[1]);
    assert!(all[1].why.raw().contains("what it acknowledged alone, nobody else has"), "{}", all[1].why.raw());
}

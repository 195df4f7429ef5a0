//! What no capture holds: the healthy state with one thing changed, and what has to be said of it.

use super::capture;
use super::fleet::{describe, endpoint, fleet, judged, moment, three};
use opsctl::config::Body;
use opsctl::fleet::{Entry, Fleet, Good};
use opsctl::model::{Finding, Lsn, Reading, Severity, Timeline, Zone};
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::own::{Confirms, Own};
use opsctl::systems::patroni::picture::Picture;
use opsctl::systems::patroni::wire::{Flag, Pending};
use opsctl::systems::postgres;
use opsctl::transport::http::Answer;
use std::sync::Arc;
use std::time::Duration;

/// The healthy state (pg2 leads, pg1 is synchronous), with the snapshot of `node` changed.
fn changed(node: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    state("healthy", node, change)
}

fn state(state: &str, node: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    let mut fleet = fleet(state, &three(), &capture::all(), 31);
    for entry in fleet.clusters[0].entries.iter_mut().filter(|entry| entry.spec.id.name == node) {
        let good = Arc::make_mut(entry).good.as_mut().expect("read");
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        change(&mut snapshot);
        good.snapshot = Arc::new(snapshot);
    }
    fleet
}

fn found(fleet: &Fleet) -> Vec<(String, Severity)> {
    judged(fleet).findings.iter().map(|finding| (finding.rule.clone(), finding.severity)).collect()
}

fn one(fleet: &Fleet, rule: &str, severity: Severity) -> Finding {
    let findings = judged(fleet).findings;
    assert_eq!(found(fleet), [(rule.to_owned(), severity)], "{}", describe(&findings));
    findings.into_iter().next().expect("one")
}

fn zoned(zones: [&str; 3]) -> Fleet {
    let mut fleet = changed("pg1", |_| {});
    for (entry, zone) in fleet.clusters[0].entries.iter_mut().zip(zones) {
        Arc::make_mut(&mut Arc::make_mut(entry).spec).zone = Some(Zone(zone.to_owned()));
    }
    fleet
}

#[test]
fn leader_and_sync_standby_in_one_zone_are_said_and_apart_they_are_not() {
    let finding = one(&zoned(["a", "a", "b"]), "leader-and-sync-in-one-zone", Severity::Warning);
    assert!(finding.sentence.raw().contains("pg2") && finding.sentence.raw().contains("pg1"), "{}", finding.sentence.shown());
    assert_eq!(found(&zoned(["a", "b", "b"])), []);
    let unzoned = judged(&changed("pg1", |_| {}));
    let outcome = unzoned.outcomes.iter().find(|outcome| outcome.rule.id == "leader-and-sync-in-one-zone").expect("judged");
    assert!(outcome.found.is_err(), "without zones nobody can tell");
}

#[test]
fn a_clock_is_called_wrong_only_beyond_what_whole_seconds_leave_open() {
    let skewed = |milliseconds: u64| {
        changed("pg3", |snapshot| {
            let wall = snapshot.exchange.asked.wall + Duration::from_millis(milliseconds);
            snapshot.exchange.asked.wall = wall;
            snapshot.exchange.answered.wall = wall;
        })
    };
    assert_eq!(found(&skewed(2_900)), []);
    let finding = one(&skewed(3_100), "clock-skew", Severity::Warning);
    assert!(finding.sentence.raw().contains("pg3 is at least 2.1s behind"), "{}", finding.sentence.shown());
}

#[test]
fn a_member_of_another_cluster_is_critical() {
    let foreign = changed("pg3", |snapshot| snapshot.own.system_identifier = Some("1".into()));
    let finding = one(&foreign, "foreign-member", Severity::Critical);
    assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
}

#[test]
fn a_replica_that_lives_on_the_archive_is_said_unless_it_is_told_to() {
    let archive = |told: bool| {
        changed("pg3", move |snapshot| {
            snapshot.own.replication_state = Some("in archive recovery".into());
            if told {
                snapshot.own.tags.insert("nostream".into(), true.into());
            }
        })
    };
    one(&archive(false), "replica-not-streaming", Severity::Warning);
    assert_eq!(found(&archive(true)), []);
    let old = changed("pg3", |snapshot| {
        snapshot.own.replication_state = None;
        snapshot.own.version = Some("3.0.1".into());
    });
    assert_eq!(found(&old), [], "a Patroni that does not tell is not judged");
    let outcomes = judged(&old).outcomes;
    let unknown = |outcome: &&opsctl::health::Outcome| outcome.rule.id == "replica-not-streaming" && outcome.found.is_err();
    assert_eq!(outcomes.iter().filter(unknown).count(), 1);
}

#[test]
fn a_single_member_that_is_cut_off_from_the_store_is_not_a_store_that_is_down() {
    let cut_off = changed("pg3", |snapshot| {
        snapshot.own.dcs_last_seen = snapshot.exchange.date.map(|date| date - Duration::from_mins(1));
    });
    let finding = one(&cut_off, "dcs-down", Severity::Warning);
    assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
}

#[test]
fn a_replica_on_another_timeline_is_said_with_its_side() {
    let ahead = changed("pg3", |snapshot| snapshot.own.timeline = Some(Timeline(7)));
    assert!(one(&ahead, "timeline-mismatch", Severity::Warning).sentence.raw().contains("ahead of"));
}

#[test]
fn the_configured_name_of_a_member_may_differ_from_its_own() {
    let mut renamed = changed("pg1", |_| {});
    for entry in &mut renamed.clusters[0].entries {
        let spec = Arc::make_mut(&mut Arc::make_mut(entry).spec);
        spec.id.name = format!("db-{}", spec.id.name);
    }
    assert_eq!(found(&renamed), []);
}

/// Adds PostgreSQL of pg3, which holds the lock in the state `leader-killed-within-ttl` and whose Patroni does not answer.
fn with_postgres(name: &str, address: &str, in_recovery: bool) -> Vec<(String, Severity)> {
    let mut fleet = state("leader-killed-within-ttl", "nobody", |_| {});
    let at = fleet.at;
    let mut spec = endpoint(name);
    spec.id.system = "postgres".into();
    spec.body = Body::one("address", address);
    let mut entry = Entry::new(Arc::new(spec), Duration::MAX);
    let mut snapshot = postgres::Snapshot::unread();
    let identity: postgres::snapshot::identity::Identity = serde_json::from_value(serde_json::json!({
        "server_version_num": 150_018, "in_recovery": in_recovery, "system_identifier": 1, "timeline": 27, "write_lsn": Lsn(1),
        "started_at": moment(0).wall, "sync_names": "", "cluster_name": "lab",
    }))
    .expect("an identity");
    snapshot.identity = Reading::new(identity, at);
    entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::ZERO });
    fleet.clusters[0].entries.push(Arc::new(entry));
    found(&fleet)
}

#[test]
fn postgres_decides_whether_the_lock_holder_takes_writes() {
    let holder = ("lock-holder-not-writable".to_owned(), Severity::Critical);
    assert!(!with_postgres("pg3", "10.0.0.3:5432", false).contains(&holder), "its Patroni is gone, its database takes writes");
    assert!(with_postgres("pg3", "10.0.0.3:5432", true).contains(&holder));
    assert!(!with_postgres("elsewhere", "127.0.0.1:21543", false).contains(&holder), "found by the address that the store names");
    assert!(with_postgres("elsewhere", "10.0.0.9:5432", false).contains(&holder), "the database of somebody else says nothing");
}

/// The rules that lack an input.
fn blind(fleet: &Fleet) -> Vec<&'static str> {
    judged(fleet).outcomes.iter().filter(|outcome| outcome.found.is_err()).map(|outcome| outcome.rule.id).collect()
}

#[test]
fn a_flag_of_another_form_is_neither_on_nor_off() {
    let before = blind(&changed("pg3", |_| {}));
    let odd = |change: fn(&mut Snapshot, Flag)| {
        let fleet = changed("pg3", move |snapshot| change(snapshot, Flag::Odd(serde_json::json!({ "until": "noon" }))));
        assert_eq!(found(&fleet), [], "nothing is raised by what nobody understands");
        blind(&fleet).into_iter().filter(|rule| !before.contains(rule)).collect::<Vec<_>>()
    };
    assert_eq!(odd(|snapshot, flag| snapshot.own.paused = flag), ["cluster-paused"]);
    assert_eq!(odd(|snapshot, flag| snapshot.own.failsafe_active = flag), ["failsafe-active"]);
    assert_eq!(odd(|snapshot, _| snapshot.own.pending_restart = Pending::Odd(7.into())), ["pending-restart"]);
    let silent = odd(|snapshot, flag| {
        snapshot.own.unlocked = flag;
        snapshot.own.replication_state = None;
    });
    assert_eq!(silent, ["replica-not-streaming"], "perhaps there is nobody to stream from");
    // what is certain is said, whatever another member says
    let mut paused = changed("pg3", |snapshot| snapshot.own.paused = Flag::Odd(7.into()));
    let pg1 = changed("pg1", |snapshot| snapshot.own.paused = Flag::On).clusters[0].entries[0].clone();
    paused.clusters[0].entries[0] = pg1;
    assert_eq!(found(&paused), [("cluster-paused".to_owned(), Severity::Warning)]);
}

#[test]
fn flags_of_an_answer_are_read_in_every_form() {
    let own = |key: &str, value: serde_json::Value| {
        let mut body = serde_json::json!({ "state": "running", "role": "replica" });
        body[key] = value;
        let answer = Answer { status: 200, date: None, body: body.to_string().into_bytes().into() };
        Own::read(&answer, "GET /patroni").expect("an answer")
    };
    for odd in [serde_json::json!("maybe"), serde_json::json!(7), serde_json::json!({}), serde_json::json!([])] {
        assert!(own("pause", odd.clone()).paused.known("pause").is_err(), "{odd}");
        assert!(own("cluster_unlocked", odd.clone()).unlocked.known("cluster_unlocked").is_err(), "{odd}");
        assert!(own("failsafe_mode_is_active", odd.clone()).failsafe_active.known("failsafe").is_err(), "{odd}");
        assert!(own("pending_restart", odd.clone()).pending_restart.known("pending_restart").is_err(), "{odd}");
        assert_eq!(own("sync_standby", odd.clone()).confirms, Confirms::Unclear, "{odd}");
        let body = serde_json::json!({ "members": [], "pause": odd }).to_string();
        let answer = Answer { status: 200, date: None, body: body.into_bytes().into() };
        assert!(Picture::read(&answer, "GET /cluster").expect("a picture").paused.known("pause").is_err());
    }
    let calm = own("tags", serde_json::json!({}));
    assert_eq!((calm.paused, calm.pending_restart, calm.confirms), (Flag::Off, Pending::Nothing, Confirms::Nothing));
}

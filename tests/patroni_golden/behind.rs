//! A replica whose receiver is frozen: it is behind since it froze, whoever tells it, and no check counts it among those that stream.

use super::checks::{changed, line};
use super::fleet::{judged, moment, only};
use super::staged::{changed_of, shown, store_says, with_server};
use opsctl::app::checks::State;
use opsctl::fleet::Fleet;
use opsctl::health::{Judgement, judge};
use opsctl::model::{Finding, Lsn, Reading, Severity};
use opsctl::systems::patroni::picture::Row;
use opsctl::systems::patroni::wire::Lag;
use opsctl::systems::patroni::words::State as PatroniState;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const BEHIND: u64 = 33 << 20;

/// The end of the WAL, and where the replica is.
const PLACES: (Lsn, Lsn) = (Lsn(1 << 40), Lsn((1 << 40) - BEHIND));

/// pg3 has heard nothing for `silent` seconds; `sent`: pg2 has not given up on it yet.
fn frozen(silent: f64, sent: bool) -> Fleet {
    received(PLACES.1, silent, sent)
}

/// As [`frozen`], with everything received up to `received`.
fn received(received: Lsn, silent: f64, sent: bool) -> Fleet {
    let (end, place) = PLACES;
    let base = store_says(|row| (row.receive_lag, row.replay_lag) = (Some(Lag::Bytes(BEHIND)), Some(Lag::Bytes(BEHIND))));
    let led = changed_of(base, "pg2", |snapshot| snapshot.own.location = Some(end));
    let mut fleet = changed_of(led, "pg3", |snapshot| (snapshot.own.received, snapshot.own.replayed) = (Some(place), Some(place)));
    let at = fleet.at;
    with_server(&mut fleet, "pg3", |snapshot| {
        let own = json!({"in_recovery": true, "receive_lsn": received, "replay_lsn": place, "apply_lag_bytes": 0, "apply_lag_s": 0.0});
        snapshot.replica = Reading::new(serde_json::from_value(own).expect("a replica"), at);
        snapshot.senders = Reading::new(Vec::new(), at);
        let receiver = json!([{"status": "streaming", "last_msg_age_s": silent}]);
        snapshot.wal_receiver = Reading::new(serde_json::from_value(receiver).expect("a receiver"), at);
    });
    with_server(&mut fleet, "pg2", |snapshot| {
        super::archive::writing(snapshot, end, at);
        let row = json!({"name": "pg3", "state": "streaming", "replay_lag_bytes": BEHIND, "replay_lag_s": 0.018, "last_reply_age_s": silent});
        let senders = if sent { vec![serde_json::from_value(row).expect("a sender")] } else { Vec::new() };
        snapshot.senders = Reading::new(senders, at);
    });
    // a standby is called as its member where its server is configured
    let cluster = only(&mut fleet);
    Arc::make_mut(&mut cluster.spec).endpoints = cluster.entries.iter().map(|entry| Arc::clone(&entry.spec)).collect();
    fleet
}

fn lag(judgement: &Judgement) -> &Finding {
    let mut all = judgement.findings.iter().filter(|finding| finding.rule == "replica-lag");
    let one = all.next().expect("it is behind");
    assert!(all.next().is_none(), "{:?}", judgement.findings);
    one
}

#[test]
fn that_its_sender_gave_up_makes_it_neither_younger_nor_milder() {
    let before = frozen(59.0, true);
    let first = judge(&before, &Judgement::none(before.at), before.at);
    assert_eq!((lag(&first).severity, lag(&first).sentence.raw()), (Severity::Warning, "pg3 is 33.0 MiB and 59s behind pg2"));
    let mut after = frozen(61.0, false);
    after.at = before.at.plus(Duration::from_secs(2));
    let second = judge(&after, &first, after.at);
    let said = lag(&second);
    assert_eq!((said.severity, said.sentence.raw()), (Severity::Critical, "pg3 is 33.0 MiB and 1m 1s behind the leader, as Patroni says"));
    assert!(said.since.at() <= lag(&first).since.at(), "it did not begin anew");
    assert_eq!((said.identity(), said.subject == lag(&first).subject), (lag(&first).identity(), false), "the same finding, told by another");
    assert_eq!(before.at.wall.duration_since(lag(&first).since.at()).as_secs(), 59, "one look tells how long");
    assert!(said.evidence.iter().any(|one| one.fact.raw() == "its WAL receiver heard nothing for 1m 1s"), "{:?}", said.evidence);
    // one whose receiver hears is behind in bytes
    let fresh = frozen(0.2, false);
    let judgement = judge(&fresh, &Judgement::none(moment(0)), fresh.at);
    assert_eq!((lag(&judgement).severity, lag(&judgement).sentence.raw()), (Severity::Warning, "pg3 is 33.0 MiB behind the leader, as Patroni says"));
}

#[test]
fn who_received_everything_and_replays_late_is_not_behind_for_as_long_as_it_hears_nothing() {
    let fleet = received(PLACES.0, 70.0, false);
    let judgement = judge(&fleet, &Judgement::none(fleet.at), fleet.at);
    assert_eq!((lag(&judgement).severity, lag(&judgement).sentence.raw()), (Severity::Warning, "pg3 is 33.0 MiB behind the leader, as Patroni says"));
}

#[test]
fn who_lost_its_sender_keeps_its_row() {
    let states = |fleet: &Fleet| -> Vec<(String, String)> {
        let page = shown("replication", fleet, judged(fleet));
        let rows = page["senders"].as_array().expect("rows").iter();
        rows.map(|row| (row["to"].to_string(), row["state"].to_string())).collect()
    };
    let said = |to: &str, state: &str| (json!(to).to_string(), json!(state).to_string());
    assert_eq!(states(&frozen(1.0, true)), [said("pg3", "streaming")]);
    assert_eq!(states(&frozen(61.0, false)), [said("pg3", "not connected")]);
    // another server that does not tell may send to it
    let mut silent = frozen(61.0, false);
    with_server(&mut silent, "pg1", |_| {});
    let told = states(&silent);
    assert!(told.contains(&(json!("pg3").to_string(), "null".to_owned())), "{told:?}");
}

#[test]
fn who_hears_nothing_is_not_counted_among_those_that_stream() {
    let streams = |silent: f64| {
        let (state, text) = line("cluster_has_replica", &frozen(silent, true));
        (state, text.contains("2 of 2 replicas stream"), text.contains("pg3 hears nothing from its source for 1m 9s"))
    };
    assert_eq!(streams(1.0), (State::Ok, true, false));
    assert_eq!(streams(69.0), (State::Ok, false, true));
}

#[test]
fn without_a_timeline_of_the_leader_nobody_knows_who_streams() {
    let stored = |change: fn(&mut Row)| {
        let fleet = changed("healthy", |snapshot| {
            let Reading::Known(sample) = &mut snapshot.cluster else { panic!("a picture") };
            sample.value.members.iter_mut().for_each(change);
        });
        line("cluster_has_replica", &fleet)
    };
    assert_eq!(stored(|_| {}).0, State::Ok);
    let (state, text) = stored(|row| {
        if row.role.holds_lock() {
            (row.timeline, row.state) = (None, PatroniState::Stopping);
        }
    });
    assert_eq!(state, State::Unknown, "{text}");
    let (state, text) = stored(|row| {
        if !row.role.holds_lock() {
            row.state = PatroniState::Starting;
        }
    });
    assert_eq!(state, State::Critical, "none at all is not ok without ranges: {text}");
}

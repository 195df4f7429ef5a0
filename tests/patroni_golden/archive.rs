//! A replica that takes its WAL from the archive: what is meant is no fault, what nobody meant is, and its lag is known either way.

use super::fleet::judged;
use super::staged::{changed_of, found, gap_of, store_says, with_server};
use opsctl::fleet::Fleet;
use opsctl::model::{Lsn, Reading, Severity};
use opsctl::systems::patroni::wire::Lag;
use opsctl::systems::postgres::Snapshot;
use serde_json::json;

const SEGMENT: u64 = 16 << 20;

/// pg3 lives on the archive and has replayed all but `behind` bytes of what the leader wrote; `told`: Patroni means it.
fn on_the_archive(told: bool, behind: u64) -> Fleet {
    let end = Lsn(1 << 40);
    let place = Lsn(end.0 - behind);
    let base = store_says(|row| (row.receive_lag, row.replay_lag) = (None, Some(Lag::Bytes(behind))));
    let led = changed_of(base, "pg2", |snapshot| snapshot.own.location = Some(end));
    let mut fleet = changed_of(led, "pg3", |snapshot| {
        snapshot.own.replication_state = Some("in archive recovery".into());
        (snapshot.own.received, snapshot.own.replayed) = (None, Some(place));
        if told {
            snapshot.own.tags.insert("nostream".into(), true.into());
        }
    });
    let at = fleet.at;
    with_server(&mut fleet, "pg3", |snapshot| replaying(snapshot, place, at));
    with_server(&mut fleet, "pg2", |snapshot| writing(snapshot, end, at));
    fleet
}

/// As PostgreSQL tells it: no receiver, nothing received, `place` replayed.
fn replaying(snapshot: &mut Snapshot, place: Lsn, at: opsctl::model::Moment) {
    let own = json!({"in_recovery": true, "receive_lsn": null, "replay_lsn": place, "apply_lag_bytes": null, "apply_lag_s": 900.0});
    snapshot.replica = Reading::new(serde_json::from_value(own).expect("a replica"), at);
    snapshot.senders = Reading::new(Vec::new(), at);
    snapshot.wal_receiver = Reading::new(Some(Vec::new()), at);
}

pub(super) fn writing(snapshot: &mut Snapshot, end: Lsn, at: opsctl::model::Moment) {
    let identity = json!({
        "server_version_num": 150_018, "in_recovery": false, "system_identifier": 1, "timeline": 27, "write_lsn": end,
        "started_at": at.wall, "sync_names": "", "cluster_name": "lab",
    });
    snapshot.identity = Reading::new(serde_json::from_value(identity).expect("an identity"), at);
    snapshot.replica = Reading::new(serde_json::from_value(json!({"in_recovery": false})).expect("a primary"), at);
    snapshot.senders = Reading::new(Vec::new(), at);
}

fn says(fleet: &Fleet, rule: &str) -> Option<Severity> {
    found(fleet).into_iter().find(|(id, _)| id == rule).map(|(_, severity)| severity)
}

#[test]
fn what_patroni_means_is_no_fault_of_the_server_either() {
    assert_eq!(says(&on_the_archive(true, 0), "replica-not-streaming"), None);
    assert_eq!(says(&on_the_archive(false, 0), "replica-not-streaming"), Some(Severity::Warning));
}

#[test]
fn its_lag_is_known_and_counts_from_some_segments_on() {
    for told in [true, false] {
        let near = on_the_archive(told, SEGMENT - 1);
        let lacks = |outcome: &&opsctl::health::Outcome| outcome.rule.id == "replica-lag" && outcome.found.is_err();
        let judgement = judged(&near);
        let missing: Vec<_> = judgement.outcomes().filter(lacks).map(|outcome| outcome.subject.clone()).collect();
        assert!(missing.iter().all(|subject| subject.member.as_deref() != Some("pg3")), "pg3 can be judged: {missing:?}");
        assert_eq!((gap_of(&near, "replica-lag"), says(&near, "replica-lag")), (None, None), "told: {told}");
    }
    assert_eq!(says(&on_the_archive(true, 4 * SEGMENT - 1), "replica-lag"), None, "segments come whole");
    assert_eq!(says(&on_the_archive(true, 4 * SEGMENT), "replica-lag"), Some(Severity::Warning));
    assert_eq!(says(&on_the_archive(false, SEGMENT), "replica-lag"), Some(Severity::Warning), "nobody meant it");
}

#[test]
fn servers_without_patroni_tell_it_themselves() {
    let alone = |behind: u64| {
        let mut fleet = on_the_archive(false, behind);
        let cluster = super::fleet::only(&mut fleet);
        cluster.entries.retain(|entry| entry.spec.id.system != "patroni");
        fleet
    };
    assert_eq!((says(&alone(4 * SEGMENT - 1), "replica-lag"), gap_of(&alone(0), "replica-lag")), (None, None));
    assert_eq!(says(&alone(4 * SEGMENT), "replica-lag"), Some(Severity::Warning));
    let mut headless = alone(0);
    super::fleet::only(&mut headless).entries.retain(|entry| entry.spec.id.name != "pg2");
    assert!(gap_of(&headless, "replica-lag").expect("nobody knows the end").fact.contains("pg3"));
}

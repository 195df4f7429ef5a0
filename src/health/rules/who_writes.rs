//! Tests of the two rules on who accepts writes: what is known of each server decides, never what another says of it.

use super::{dcs_no_quorum, foreign_member, no_leader, no_writable_primary, role_disagrees, split_brain};
use crate::config::inventory::Body;
use crate::config::{ClusterSpec, EndpointSpec};
use crate::fleet::revision::{Failure, Good};
use crate::fleet::{Cluster, Entry, Fleet};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Clock, EndpointId, Lsn, Moment, Origin, Reading, Reason, Severity, Timeline, Via};
use crate::systems::contract::{Knobs, Verdict};
use crate::systems::patroni;
use crate::systems::patroni::own::Own;
use crate::systems::patroni::picture::Picture;
use crate::systems::patroni::snapshot::{Asked, Exchange, Parts};
use crate::systems::postgres::Snapshot;
use crate::transport::http::Answer;
use crate::transport::{ProbeError, Trouble};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// What became of one server.
#[derive(Clone, Copy)]
enum Seen {
    Writes(u64),
    /// By another address: a server that was seen already.
    WritesAgain(u64),
    /// A server on the data of another cluster.
    WritesElsewhere(u64),
    Recovers,
    Fails(How),
    /// It recovered when it was last read, and fails now.
    FailsNow(How),
    /// A member of Patroni beside no server, with its role.
    Patroni(&'static str),
    /// The member of Patroni whose name the server before it has.
    PatroniBeside(&'static str),
    /// A member of Patroni to which the store gives a role that nobody knows.
    PatroniOfNextYear,
    /// A member of etcd.
    EtcdFails(How),
}

/// In which way a server fails.
#[derive(Clone, Copy)]
enum How {
    Refused,
    Frozen,
    Stopping,
    Starting,
    TooManyClients,
    NoPassword,
}

fn error(how: How) -> ProbeError {
    let (trouble, detail) = match how {
        How::Refused => (Trouble::ConnectionRefused, ""),
        How::Frozen => (Trouble::AnswerTimeout, ""),
        How::Stopping => (Trouble::ServerError, "57P03 the database system is shutting down"),
        How::Starting => (Trouble::ServerError, "57P03 the database system is starting up"),
        How::TooManyClients => (Trouble::ServerError, "53300 sorry, too many clients already"),
        How::NoPassword => (Trouble::NotAuthenticated, ""),
    };
    ProbeError::new(trouble, "login", detail)
}

fn snapshot(lsn: Option<u64>, database: u64, second: usize, at: Moment) -> Snapshot {
    let mut snapshot = Snapshot::unread();
    let identity = json!({"server_version_num": 150_018, "in_recovery": lsn.is_none(), "system_identifier": database, "started_at": format!("2026-11-20T12:30:{second:02}Z"),
        "sync_names": "", "cluster_name": "", "timeline": Timeline(3), "write_lsn": lsn.map(Lsn)});
    snapshot.identity = Reading::new(serde_json::from_value(identity).expect("identity"), at);
    snapshot
}

fn member(role: &str, cluster: &str, at: Moment) -> patroni::Snapshot {
    let answer = |body: String| Answer { status: 200, date: Some(at.wall), body: body.into() };
    let own = json!({"role": role, "state": "running", "dcs_last_seen": at.wall.as_second(), "patroni": {"version": "4.1.5"}});
    let own = Own::read(&answer(own.to_string()), "GET /patroni").expect("own words");
    let picture = Picture::read(&answer(cluster.to_owned()), "GET /cluster").expect("picture");
    let parts = Parts { cluster: Asked::Good(picture), config: Asked::NotDue, history: Asked::NotDue };
    patroni::Snapshot::next(None, own, Exchange { asked: at, answered: at, date: Some(at.wall) }, parts, at)
}

fn judge(rule: &ClusterRule, servers: &[Seen]) -> Verdict {
    let now = Clock::real().now();
    let entries = servers.iter().zip(1..).map(|(seen, number)| {
        let spec = EndpointSpec {
            id: EndpointId {
                cluster: "orders".into(),
                system: match seen {
                    Seen::Patroni(_) | Seen::PatroniBeside(_) | Seen::PatroniOfNextYear => "patroni".into(),
                    Seen::EtcdFails(_) => "etcd".into(),
                    _ => "postgres".into(),
                },
                name: format!("pg{}", if matches!(seen, Seen::PatroniBeside(_)) { number - 1 } else { number }),
            },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: Body::one("address", "127.0.0.1:5432"),
        };
        let mut entry = Entry::new(Arc::new(spec), Duration::from_secs(5));
        let good =
            |lsn, database, second| Some(Good { snapshot: Arc::new(snapshot(lsn, database, second, now)), taken_at: now, latency: Duration::ZERO });
        let told = |role, cluster, entry: &mut Entry| {
            entry.good = Some(Good { snapshot: Arc::new(member(role, cluster, now)), taken_at: now, latency: Duration::ZERO });
        };
        match *seen {
            Seen::Writes(lsn) => entry.good = good(Some(lsn), 7, number),
            Seen::WritesAgain(lsn) => entry.good = good(Some(lsn), 7, number - 1),
            Seen::WritesElsewhere(lsn) => entry.good = good(Some(lsn), 8, number),
            Seen::Recovers => entry.good = good(None, 7, number),
            Seen::FailsNow(how) => {
                entry.good = good(None, 7, number);
                entry.failure = Some(Failure { error: error(how), since: now, last: now, count: 1 });
            }
            Seen::Patroni(role) | Seen::PatroniBeside(role) => told(role, r#"{"members": []}"#, &mut entry),
            Seen::PatroniOfNextYear => told("primary", r#"{"members": [{"name": "pg1", "role": "chief", "state": "running"}]}"#, &mut entry),
            Seen::Fails(how) | Seen::EtcdFails(how) => entry.failure = Some(Failure { error: error(how), since: now, last: now, count: 1 }),
        }
        Arc::new(entry)
    });
    let spec = Arc::new(ClusterSpec::named("orders", "test"));
    let mut cluster = Cluster::new(Arc::clone(&spec), Duration::from_secs(5));
    cluster.entries = entries.collect();
    let fleet = Fleet { rev: 1, at: now, clusters: vec![cluster.into()] };
    (rule.judge)(&ClusterView { fleet: &fleet, cluster: &fleet.clusters[0], now }, &Knobs::new(&spec, &rule.info))
}

#[test]
fn two_that_accept_writes_are_shown_with_their_positions() {
    use Seen::{Fails, Recovers, Writes};
    let raised = judge(&split_brain::RULE, &[Writes(0x16_B374_D848), Writes(0x17_0000_0000), Fails(How::Frozen)]).expect("two are two");
    assert_eq!((raised.len(), raised[0].severity), (1, Severity::Critical));
    assert_eq!(raised[0].sentence.raw(), "pg1 and pg2 accept writes at the same time");
    let facts: Vec<&str> = raised[0].evidence.iter().map(|evidence| evidence.fact.raw()).collect();
    assert!(facts[0].contains("16/B374D848") && facts[1].contains("17/0"), "{facts:?}");
    assert_eq!(judge(&split_brain::RULE, &[Writes(1), Recovers, Recovers]), Ok(vec![]));
    let unseen = judge(&split_brain::RULE, &[Writes(1), Recovers, Fails(How::Refused)]).expect_err("the third may write to others");
    assert!(matches!(unseen.reason, Reason::Unreachable(_)));
    for fenced in [How::Refused, How::Starting] {
        assert_eq!(judge(&split_brain::RULE, &[Writes(1), Recovers, Seen::FailsNow(fenced)]), Ok(vec![]), "it was there, and lets nobody in");
    }
    for may_write in [How::Frozen, How::Stopping, How::TooManyClients] {
        assert!(judge(&split_brain::RULE, &[Writes(1), Recovers, Seen::FailsNow(may_write)]).is_err(), "it may go on for others");
    }
    assert!(matches!(judge(&split_brain::RULE, &[]).expect_err("nobody").reason, Reason::NotConfigured(_)));
}

#[test]
fn one_server_by_two_addresses_and_a_server_of_another_cluster_are_no_rivals() {
    use Seen::{Recovers, Writes, WritesAgain, WritesElsewhere};
    assert_eq!(judge(&split_brain::RULE, &[Writes(1), WritesAgain(1), Recovers]), Ok(vec![]));
    assert_eq!(judge(&split_brain::RULE, &[Writes(1), WritesElsewhere(9), Recovers]), Ok(vec![]));
    let both = judge(&split_brain::RULE, &[WritesElsewhere(9), Writes(1), Writes(2)]).expect("two are two");
    assert_eq!(both[0].sentence.raw(), "pg2 and pg3 accept writes at the same time");
    let foreign = judge(&foreign_member::RULE, &[Writes(1), WritesElsewhere(9), Recovers]).expect("known");
    assert_eq!(foreign.iter().map(|raised| raised.member.as_deref()).collect::<Vec<_>>(), [Some("pg2")]);
}

#[test]
fn nothing_accepts_writes_only_when_nobody_could() {
    use How::{Frozen, NoPassword, Refused, Stopping, TooManyClients};
    use Seen::{Fails, Recovers, Writes};
    let rule = &no_writable_primary::RULE;
    for gone in [Refused, Frozen, Stopping] {
        let raised = judge(rule, &[Fails(gone), Recovers, Recovers]).expect("known");
        assert_eq!((raised.len(), raised[0].severity, raised[0].evidence.len()), (1, Severity::Critical, 3));
    }
    assert_eq!(judge(rule, &[Recovers, Fails(Refused), Writes(1)]), Ok(vec![]));
    for unknown in [NoPassword, TooManyClients] {
        assert!(judge(rule, &[Recovers, Fails(unknown)]).is_err(), "it may well accept writes from others");
        assert_eq!(judge(rule, &[Fails(unknown), Writes(1)]), Ok(vec![]), "one that is seen to accept them is enough");
    }
    assert!(matches!(judge(rule, &[Fails(Refused), Fails(Refused)]).expect_err("cut off").reason, Reason::Unreachable(_)));
    assert!(matches!(judge(rule, &[]).expect_err("nobody").reason, Reason::NotConfigured(_)));
}

#[test]
fn a_server_that_is_asked_takes_no_word_from_the_members_beside_others() {
    use How::Refused;
    use Seen::{Fails, Patroni, PatroniBeside, Recovers, Writes};
    let none = &no_writable_primary::RULE;
    assert_eq!(judge(none, &[Recovers, Patroni("primary")]), Ok(vec![]), "the primary is asked by its Patroni alone");
    assert_eq!(judge(none, &[Fails(Refused), PatroniBeside("primary"), Recovers]), Ok(vec![]), "a wrong port of its PostgreSQL");
    assert!(judge(none, &[Recovers, PatroniBeside("primary")]).is_err(), "they contradict each other");
    assert!(judge(none, &[Recovers, Recovers]).is_err(), "replicas alone");
    assert_eq!(judge(none, &[Recovers, PatroniBeside("replica"), Patroni("replica")]).map(|raised| raised.len()), Ok(1));
    let two = judge(&split_brain::RULE, &[Recovers, Patroni("primary"), Patroni("primary")]).expect("two are two");
    assert_eq!(two[0].sentence.raw(), "pg2 and pg3 accept writes at the same time");
    assert_eq!(judge(&split_brain::RULE, &[Writes(1), PatroniBeside("primary")]), Ok(vec![]), "one server, two witnesses");
}

#[test]
fn a_patroni_that_its_own_server_contradicts_is_told() {
    use Seen::{Fails, Patroni, PatroniBeside, Recovers, Writes};
    let said = |seen: &[Seen]| {
        let raised = judge(&role_disagrees::RULE, seen).expect("known");
        raised.iter().map(|raised| raised.sentence.raw().to_owned()).collect::<Vec<_>>()
    };
    let primary = "Patroni of pg1 says that it is the running primary, and its PostgreSQL is in recovery".to_owned();
    let replica = "Patroni of pg1 says that it is a replica, and its PostgreSQL accepts writes".to_owned();
    assert_eq!(said(&[Recovers, PatroniBeside("primary"), Writes(1)]), [primary]);
    assert_eq!(said(&[Writes(1), PatroniBeside("replica")]), [replica]);
    for fine in [
        [Recovers, PatroniBeside("replica"), Writes(1)],
        [Writes(1), PatroniBeside("primary"), Recovers],
        [Fails(How::Refused), PatroniBeside("primary"), Recovers],
        [Recovers, Patroni("primary"), Patroni("primary")],
    ] {
        assert_eq!(said(&fine), Vec::<String>::new());
    }
}

#[test]
fn who_holds_the_lock_is_unknown_where_a_role_is() {
    let gap = judge(&no_leader::RULE, &[Seen::PatroniOfNextYear]).expect_err("it may be the leader");
    assert!(matches!(&gap.reason, Reason::Malformed(why) if why.contains("\"chief\"")), "{gap:?}");
    assert_eq!(judge(&no_leader::RULE, &[Seen::Patroni("replica")]).map(|raised| raised.len()), Ok(1));
}

#[test]
fn a_store_that_members_reach_has_not_lost_its_quorum() {
    use Seen::{EtcdFails, Patroni, Recovers};
    let rule = &dcs_no_quorum::RULE;
    assert_eq!(judge(rule, &[EtcdFails(How::Refused), Recovers]).map(|raised| raised.len()), Ok(1));
    assert!(matches!(judge(rule, &[EtcdFails(How::Refused), Patroni("primary")]).expect_err("it is reached").reason, Reason::NotReached(_)));
}

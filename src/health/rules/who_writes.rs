//! Tests of the two rules on who accepts writes: what is known of each server decides, never what another says of it.

use super::{foreign_member, no_writable_primary, split_brain};
use crate::config::inventory::Body;
use crate::config::{ClusterSpec, EndpointSpec};
use crate::fleet::revision::{Failure, Good};
use crate::fleet::{Cluster, Entry, Fleet};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Clock, EndpointId, Lsn, Moment, Origin, Reading, Reason, Severity, Timeline, Via};
use crate::systems::contract::{Knobs, Verdict};
use crate::systems::postgres::Snapshot;
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
}

/// In which way a server fails.
#[derive(Clone, Copy)]
enum How {
    Refused,
    Frozen,
    Stopping,
    TooManyClients,
    NoPassword,
}

fn error(how: How) -> ProbeError {
    let (trouble, detail) = match how {
        How::Refused => (Trouble::ConnectionRefused, ""),
        How::Frozen => (Trouble::AnswerTimeout, ""),
        How::Stopping => (Trouble::ServerError, "57P03 the database system is shutting down"),
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

fn judge(rule: &ClusterRule, servers: &[Seen]) -> Verdict {
    let now = Clock::real().now();
    let entries = servers.iter().zip(1..).map(|(seen, number)| {
        let spec = EndpointSpec {
            id: EndpointId { cluster: "orders".into(), system: "postgres".into(), name: format!("pg{number}") },
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
        match *seen {
            Seen::Writes(lsn) => entry.good = good(Some(lsn), 7, number),
            Seen::WritesAgain(lsn) => entry.good = good(Some(lsn), 7, number - 1),
            Seen::WritesElsewhere(lsn) => entry.good = good(Some(lsn), 8, number),
            Seen::Recovers => entry.good = good(None, 7, number),
            Seen::Fails(how) => entry.failure = Some(Failure { error: error(how), since: now, last: now, count: 1 }),
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

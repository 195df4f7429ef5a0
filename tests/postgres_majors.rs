//! The SQL set on real servers of 13 to 18, a primary and a standby each, with a role that has `pg_monitor` and one that has nothing.
//!
//! `tests/lab/postgres-majors` starts them and writes the list that `OPSCTL_TEST_PG_MAJORS` names; without it each test says that it was skipped.

use opsctl::config::inventory::Body;
use opsctl::config::{ClusterSpec, Credential, EndpointSpec};
use opsctl::model::{Clock, EndpointId, Moment, Origin, Reading, Reason, SecretRef, Severity, Via};
use opsctl::systems::contract::{Knobs, System, Tier, Verdict, View, Wiring};
use opsctl::systems::postgres::{Postgres, Snapshot, is_writable, position, timeline};
use opsctl::systems::view::{Cell, Kind};
use std::io::Write;
use std::time::Duration;

struct Major {
    number: u32,
    primary: String,
    standby: String,
}

/// The servers, or `None` after the line that says why the test is skipped.
fn majors() -> Option<Vec<Major>> {
    let list = std::env::var("OPSCTL_TEST_PG_MAJORS").ok().and_then(|path| std::fs::read_to_string(path).ok());
    let Some(list) = list else {
        static ONCE: std::sync::Once = std::sync::Once::new();
        // not by println!: the line has to be seen of a test that passes
        let line = "SKIPPED postgres_majors: OPSCTL_TEST_PG_MAJORS names no list of servers; tests/lab/postgres-majors writes one";
        ONCE.call_once(|| writeln!(std::io::stdout(), "{line}").expect("stdout"));
        return None;
    };
    let majors: Vec<Major> = list
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            Major { number: fields[0].parse().expect("major"), primary: fields[1].to_owned(), standby: fields[2].to_owned() }
        })
        .collect();
    assert_eq!(majors.iter().map(|major| major.number).collect::<Vec<_>>(), [13, 14, 15, 16, 17, 18]);
    Some(majors)
}

fn major(number: u32) -> Option<Major> {
    majors()?.into_iter().find(|major| major.number == number)
}

fn endpoint(address: &str, user: &str) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: "majors".into(), system: "postgres".into(), name: address.into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        // the password is the name; printf needs no file
        read: Some(Credential { user: user.into(), password: Some(SecretRef::Cmd(vec!["printf".into(), user.into()])) }),
        write: None,
        tls: None,
        body: Body::one("address", address),
    }
}

/// A client that is kept, and the judging of what it sees.
struct Watch {
    endpoint: EndpointSpec,
    client: <Postgres as System>::Client,
}

impl Watch {
    fn new(address: &str, user: &str) -> Self {
        let endpoint = endpoint(address, user);
        let wiring = Wiring::alone(&Clock::real(), Duration::from_secs(5));
        Watch { client: Postgres::connect(&endpoint, &wiring).expect("client"), endpoint }
    }

    async fn see(&mut self, tier: Tier) -> Snapshot {
        Postgres::probe(&mut self.client, tier).await.unwrap_or_else(|error| panic!("{}: {error}", self.endpoint.id))
    }

    fn judge(&self, snapshot: &Snapshot) -> Vec<(&'static str, Verdict)> {
        let cluster = ClusterSpec::named("majors", "test");
        let view = self.view(&cluster, snapshot);
        Postgres::rules().iter().map(|rule| (rule.info.id, (rule.judge)(&view, &Knobs::new(&cluster, &rule.info)))).collect()
    }

    fn view<'a>(&'a self, cluster: &'a ClusterSpec, snapshot: &'a Snapshot) -> View<'a, Snapshot> {
        let now: Moment = Clock::real().now();
        View { cluster, endpoint: &self.endpoint, snapshot, taken_at: now, latency: Duration::ZERO, now }
    }

    /// Polls until `rule` says something (or nothing, with `raised` false), and gives what it says.
    async fn until(&mut self, rule: &str, raised: bool) -> Vec<opsctl::systems::contract::Raised> {
        for _poll in 0..400 {
            let snapshot = self.see(Tier::Fast).await;
            let verdict = self.judge(&snapshot).into_iter().find(|(id, _)| *id == rule).expect("rule").1.expect("inputs are known");
            if verdict.is_empty() != raised {
                return verdict;
            }
        }
        panic!("{rule}: not {raised} within 400 polls of {}", self.endpoint.id);
    }
}

/// A session of the superuser, to stage what is to be seen.
async fn superuser(address: &str) -> tokio_postgres::Client {
    let (host, port) = address.split_once(':').expect("address");
    let url = format!("host={host} port={port} user=postgres password=postgres dbname=postgres application_name=stage");
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("superuser");
    #[expect(clippy::disallowed_methods, reason = "the carrier of a test's own session")]
    tokio::spawn(connection);
    client
}

/// Paths of all parts that are unknown, with the reason.
fn gaps(snapshot: &Snapshot) -> Vec<(String, Reason)> {
    let serde_json::Value::Object(parts) = serde_json::to_value(snapshot).expect("json") else { panic!("object") };
    let unknown = parts.into_iter().filter_map(|(key, part)| Some((key, part.get("unknown")?.get("reason")?.clone())));
    unknown.map(|(key, reason)| (key, serde_json::from_value(reason).expect("reason"))).collect()
}

#[tokio::test]
async fn the_whole_set_is_answered_by_every_major_with_pg_monitor_alone() {
    for Major { number, primary, standby } in majors().unwrap_or_default() {
        for (address, in_recovery) in [(&primary, false), (&standby, true)] {
            let mut watch = Watch::new(address, "opsctl_read");
            let snapshot = watch.see(Tier::Rare).await;
            let mut expected = Vec::new();
            if number < 14 {
                expected.push(("wal".to_owned(), Reason::NotSupported("PostgreSQL 14 or later".into())));
                if !in_recovery {
                    expected.push(("logical_slots".to_owned(), Reason::NotSupported("PostgreSQL 14 or later".into())));
                }
            }
            if number < 16 {
                expected.push(("io".to_owned(), Reason::NotSupported("PostgreSQL 16 or later".into())));
            }
            expected.sort_by(|a, b| a.0.cmp(&b.0));
            let mut found = gaps(&snapshot);
            // another test stages a role whose name is no UTF-8 there
            found.retain(|(key, reason)| number != 13 || key != "roles" || !matches!(reason, Reason::Refused(_)));
            found.sort_by(|a, b| a.0.cmp(&b.0));
            assert_eq!(found, expected, "{address}");
            assert_eq!(is_writable(&snapshot).value(), Some(&!in_recovery), "{address}");
            assert_eq!(timeline(&snapshot).value().map(|timeline| timeline.0), Some(1), "{address}");
            assert!(position(&snapshot).value().is_some_and(|lsn| lsn.0 > 0), "{address}");
            let identity = snapshot.identity.value().expect("identity");
            assert_eq!(identity.server_version_num / 10_000, number);
            assert_eq!((identity.monitors, identity.superuser), (Some(true), Some(false)));
            for (rule, verdict) in watch.judge(&snapshot) {
                if rule == "sequence-near-end" && !in_recovery {
                    // it is at 97 %, and pg_monitor may not see that: unknown, not fresh
                    assert_eq!(verdict.expect_err("hidden").reason, Reason::NoPrivilege, "{address}");
                    continue;
                }
                // other tests stage a wait or a pause meanwhile
                let staged = ["lock-tree", "syncrep-stall", "replay-paused"].contains(&rule);
                if number == 13 && rule == "role-password-expiring" {
                    continue;
                }
                let raised = verdict.unwrap_or_else(|gap| panic!("{address} {rule}: {gap:?}"));
                assert!(raised.is_empty() || staged, "{address} {rule}: {raised:?}");
            }
            if in_recovery {
                let receivers = snapshot.wal_receiver.value().expect("receiver").as_ref().expect("a replica has one");
                assert_eq!(receivers.first().and_then(|receiver| receiver.slot_name.clone()), Some("standby".into()), "{address}");
            } else {
                // one look does not tell how long a reply stands still, and so no lag in time where WAL is under way
                let second = watch.see(Tier::Fast).await;
                let senders = second.senders.value().expect("senders");
                assert_eq!(senders.len(), 1, "{address}");
                assert!(senders[0].is_standby() && senders[0].lag_seconds().is_some(), "{address}: {:?}", senders[0]);
                assert_eq!(senders[0].slot_type, Some("physical".into()), "{address}");
                assert!(snapshot.statements.value().is_some_and(|statements| !statements.is_empty()), "{address}");
            }
        }
    }
}

#[tokio::test]
async fn a_role_without_pg_monitor_gets_no_privilege_and_never_a_zero() {
    for Major { primary, standby, .. } in majors().unwrap_or_default() {
        for (address, in_recovery) in [(&primary, false), (&standby, true)] {
            let mut watch = Watch::new(address, "nobody_read");
            let snapshot = watch.see(Tier::Rare).await;
            let hidden: Vec<String> = gaps(&snapshot).into_iter().filter(|(_, reason)| *reason == Reason::NoPrivilege).map(|(key, _)| key).collect();
            for key in
                ["senders", "connections", "activity", "blocking", "settings", "wal_dir", "archive_backlog", "ssl", "statements", "xmin_horizon"]
            {
                assert!(hidden.iter().any(|one| one == key), "{address}: {key} is not among {hidden:?}");
            }
            assert_eq!(is_writable(&snapshot).value(), Some(&!in_recovery), "{address}: who can be written, anybody may see");
            let verdicts = watch.judge(&snapshot);
            let of = |id: &str| verdicts.iter().find(|(rule, _)| *rule == id).expect("rule").1.clone();
            assert_eq!(of("replica-lag").expect_err("lag").reason, Reason::NoPrivilege, "{address}");
            assert_eq!(of("no-privilege").expect("raised").len(), 1, "{address}");
            let cluster = ClusterSpec::named("majors", "test");
            for (column, cell) in Postgres::columns().iter().zip(Postgres::present(&watch.view(&cluster, &snapshot))) {
                let shown_from_hidden = ["standbys", "connections", "connections_usable", "longest_transaction_seconds", "waiting_on_lock"];
                if shown_from_hidden.contains(&column.key) {
                    assert!(matches!(&cell, Cell::Unknown(gap) if gap.reason == Reason::NoPrivilege), "{address} {}: {cell:?}", column.key);
                }
                assert_ne!((column.kind, &cell), (Kind::Seconds, &Cell::Nothing), "{address} {}", column.key);
                if !in_recovery {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn a_chain_of_waiting_sessions_is_seen_from_its_root_and_ends_when_it_ends() {
    let Some(Major { primary, .. }) = major(15) else { return };
    let (root, first, second) = (superuser(&primary).await, superuser(&primary).await, superuser(&primary).await);
    root.batch_execute("begin; update orders set state = 'held' where id = 1").await.expect("root");
    let wait = |session: tokio_postgres::Client| async move { session.batch_execute("update orders set state = 'late' where id = 1").await };
    let mut watch = Watch::new(&primary, "opsctl_read");
    let staged = async {
        let raised = watch.until("lock-tree", true).await;
        assert_eq!((raised.len(), raised[0].severity), (1, Severity::Warning), "{raised:?}");
        assert!(raised[0].began.is_some() && raised[0].object.is_some(), "{raised:?}");
        // the first may have come before the second waited
        while !watch.until("lock-tree", true).await[0].sentence.raw().contains("holds up 2 sessions") {}
        root.batch_execute("rollback").await.expect("rollback");
        watch.until("lock-tree", false).await;
    };
    let (first, second, ()) = tokio::join!(wait(first), wait(second), staged);
    first.expect("first");
    second.expect("second");
}

#[tokio::test]
async fn a_commit_that_waits_for_a_standby_is_a_stall_with_its_age() {
    let Some(Major { primary, .. }) = major(16) else { return };
    let (staging, writer) = (superuser(&primary).await, superuser(&primary).await);
    let names = |names: &'static str| async {
        // alter system runs outside a transaction, alone in its message
        staging.batch_execute(names).await.expect("alter system");
        staging.batch_execute("select pg_reload_conf()").await.expect("reload");
    };
    names("alter system set synchronous_standby_names = 'nobody'").await;
    let mut watch = Watch::new(&primary, "opsctl_read");
    loop {
        let snapshot = watch.see(Tier::Fast).await;
        if snapshot.identity.value().is_some_and(|identity| identity.sync_names.raw() == "nobody") {
            break;
        }
    }
    let staged = async {
        let raised = watch.until("syncrep-stall", true).await;
        assert_eq!((raised.len(), raised[0].severity), (1, Severity::Critical), "{raised:?}");
        assert!(raised[0].sentence.raw().contains("1 session") && raised[0].began.is_some(), "{raised:?}");
        names("alter system reset synchronous_standby_names").await;
        watch.until("syncrep-stall", false).await;
    };
    let (written, ()) = tokio::join!(writer.batch_execute("update orders set state = 'waits' where id = 2"), staged);
    written.expect("committed in the end");
}

#[tokio::test]
async fn a_paused_replay_is_told_by_the_replica_and_lags_by_the_clock() {
    let Some(Major { primary, standby, .. }) = major(17) else { return };
    let (writer, replica) = (superuser(&primary).await, superuser(&standby).await);
    replica.batch_execute("select pg_wal_replay_pause()").await.expect("pause");
    let mut watch = Watch::new(&standby, "opsctl_read");
    watch.until("replay-paused", true).await;
    writer.batch_execute("update orders set state = 'later' where id = 3").await.expect("write");
    let behind = loop {
        let snapshot = watch.see(Tier::Fast).await;
        let Reading::Known(own) = snapshot.replica else { panic!("replica") };
        let delay = own.value.delay.expect("delay");
        if delay.at_least_s >= 0.5 {
            break own.value;
        }
    };
    assert!(behind.apply_lag_bytes.is_some_and(|bytes| bytes > 0), "{behind:?}");
    replica.batch_execute("select pg_wal_replay_resume()").await.expect("resume");
    watch.until("replay-paused", false).await;
    loop {
        let snapshot = watch.see(Tier::Fast).await;
        if snapshot.replica.value().and_then(|own| own.delay).is_some_and(|delay| delay.at_most_s == Some(0.0)) {
            break;
        }
    }
}

#[tokio::test]
async fn a_value_that_is_not_utf8_is_the_trouble_of_its_part_alone() {
    // the server of 13 has no encoding; asked for UTF-8 it refuses the statement whose answer is none
    let Some(Major { primary, .. }) = major(13) else { return };
    let staging = superuser(&primary).await;
    staging.batch_execute(r#"do $$ begin execute 'create role "caf' || chr(233) || '" login'; end $$"#).await.expect("role");
    let snapshot = Watch::new(&primary, "opsctl_read").see(Tier::Rare).await;
    staging.batch_execute(r#"do $$ begin execute 'drop role "caf' || chr(233) || '"'; end $$"#).await.expect("drop");
    let reason = snapshot.roles.known("roles").expect_err("one role has no UTF-8 name").reason;
    assert!(matches!(&reason, Reason::Refused(why) if why.contains("22021")), "{reason:?}");
    assert!(snapshot.biggest_tables.value().and_then(Option::as_ref).is_some_and(|tables| !tables.is_empty()), "asked after it, on the same session");
}

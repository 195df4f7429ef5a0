//! Where a balancer sends writes, beside who takes them.

use super::fleet::{endpoint, only};
use super::staged::{changed, with_server};
use opsctl::config::Body;
use opsctl::fleet::{Entry, Fleet, Good};
use opsctl::health::{Judgement, judge};
use opsctl::model::{Lsn, Reading, Severity};
use opsctl::systems::haproxy::BalancerSnapshot;
use opsctl::systems::haproxy::snapshot::{Backend, Process, Witness};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// pg2 takes writes, pg1 and pg3 none; hap-1 sends writes to those of `servers` that are UP.
fn routed(servers: &[(&str, &str)]) -> Fleet {
    let mut fleet = changed("nobody", |_| {});
    let at = fleet.at;
    for name in ["pg1", "pg2", "pg3"] {
        let identity = json!({
            "server_version_num": 150_018, "in_recovery": name != "pg2", "system_identifier": 1, "timeline": 27, "write_lsn": Lsn(1),
            "started_at": at.wall, "sync_names": "", "cluster_name": "lab",
        });
        with_server(&mut fleet, name, |snapshot| snapshot.identity = Reading::new(serde_json::from_value(identity).expect("an identity"), at));
    }
    let server = |(name, status): &(&str, &str)| {
        let unsaid = ["address", "check_status", "check_code", "check_duration", "check_text", "sessions", "session_limit", "queue", "last_change"];
        let mut one = json!({"name": name, "status": status, "weight": 1, "backup": false});
        one.as_object_mut().expect("object").extend(unsaid.map(|key| (key.to_owned(), json!(null))));
        serde_json::from_value(one).expect("a server")
    };
    let backend = Backend {
        name: "pg_write".into(),
        status: Some("UP".into()),
        sessions: Some(1),
        session_limit: None,
        queue: Some(0),
        queue_since: None,
        last_change: None,
        servers: servers.iter().map(server).collect(),
    };
    let snapshot = BalancerSnapshot {
        witness: Witness::Socket,
        socket_trouble: None,
        listeners: Vec::new(),
        backends: vec![backend],
        taken_at: at,
        process: Reading::new(Process::default(), at),
    };
    let mut spec = endpoint("hap-1");
    spec.id.system = "haproxy".into();
    spec.body = Body::one("write_backend", "pg_write");
    let mut entry = Entry::new(Arc::new(spec), Duration::MAX);
    entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::ZERO });
    only(&mut fleet).entries.push(Arc::new(entry));
    fleet
}

/// What the rule says after the picture held for `after`.
fn said(servers: &[(&str, &str)], after: Duration) -> Option<(Severity, String)> {
    let fleet = routed(servers);
    // somebody watched before, and saw a route that leads where it should
    let before = judge(&routed(&[("pg2", "UP")]), &Judgement::none(fleet.at), fleet.at);
    let first = judge(&fleet, &before, fleet.at);
    let mut later = fleet.clone();
    later.rev += 1;
    later.at = fleet.at.plus(after);
    let findings = judge(&later, &first, later.at).findings;
    let found = findings.into_iter().find(|finding| finding.rule == "write-route-not-to-primary")?;
    assert_eq!(found.evidence.len(), 3, "the balancer, who is written to, who takes writes: {:?}", found.evidence);
    Some((found.severity, found.sentence.raw().to_owned()))
}

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_route_to_a_replica_is_critical_once_it_lasts() {
    let wrong = [("pg2", "DOWN"), ("pg1", "UP")];
    assert_eq!(said(&wrong, MINUTE), Some((Severity::Critical, "hap-1 sends writes to pg1, which accepts none; pg2 does".to_owned())));
    let fresh = said(&wrong, Duration::from_secs(1)).map(|(severity, _)| severity);
    assert_eq!(fresh, Some(Severity::Warning), "the seconds of a switchover");
    assert_eq!(said(&[("pg2", "UP"), ("pg1", "DOWN")], MINUTE), None);
    assert_eq!(said(&[("pg2", "DOWN")], MINUTE), None, "nobody takes them: another rule's");
}

#[test]
fn a_server_whose_checks_fail_already_is_a_warning() {
    let leaving = [("pg2", "UP"), ("pg1", "UP 1/3")];
    assert_eq!(said(&leaving, MINUTE).map(|(severity, _)| severity), Some(Severity::Warning));
}

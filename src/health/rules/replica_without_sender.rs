//! A standby of a cluster without Patroni to which nobody sends WAL, by the words of the servers that could: its own receiver may not have noticed yet, or it does
//! not answer itself.
//!
//! It must never take a sender that it cannot name for a stranger: where one of them may be the standby, or a server that may send to it does not tell, nothing
//! is said.

use crate::config::quantity::time_text;
use crate::fleet::Member;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::silence;
use crate::model::{Gap, Moment, Severity};
use crate::systems::contract::{Knobs, Raised, Verdict, settled};
use crate::systems::place::host_and_port;
use crate::systems::postgres::snapshot::replication::{Sender, WalReceiver};
use crate::systems::postgres::{Postgres, Snapshot, is_writable};
use crate::systems::twofold::REPLICA_NOT_STREAMING;

pub(super) const RULE: ClusterRule = ClusterRule { info: REPLICA_NOT_STREAMING, judge };

/// A sender says something to its receiver this often at the least, unless `wal_sender_timeout` was made long: a receiver that heard something since has one.
const HEARD: f64 = 30.0;

type Server<'a> = Member<'a, Snapshot>;

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    // under Patroni its members tell it
    if !Told::of(view).is_absent() {
        return Ok(Vec::new());
    }
    let servers = view.members::<Postgres>();
    let standbys: Vec<&Server<'_>> = servers.iter().filter(|server| is_standby(server)).collect();
    let (mut raised, mut missing) = (Vec::new(), None);
    for standby in standbys {
        match lost(standby, &servers, view.now) {
            Ok(one) => raised.extend(one),
            Err(gap) => missing = missing.or(Some(gap)),
        }
    }
    settled(raised, missing)
}

/// What is to be said of `standby`.
fn lost(standby: &Server<'_>, servers: &[Server<'_>], now: Moment) -> Result<Option<Raised>, Gap> {
    let name = standby.name();
    if hears(standby) {
        return Ok(None);
    }
    let mut told: Vec<(&Server<'_>, &[Sender], Moment)> = Vec::new();
    let mut unread = None;
    for other in servers.iter().filter(|other| other.name() != name) {
        // who is silent sends to nobody that anybody could see, and who starts or is gone to nobody at all
        let Ok(view) = &other.view else { continue };
        match view.snapshot.senders.known(format!("whom {} sends WAL to", other.name())) {
            Ok(senders) => told.push((other, senders, view.snapshot.senders.taken_at().unwrap_or(view.taken_at))),
            Err(gap) => unread = unread.or(Some(gap)),
        }
    }
    let servers_at = |host: &str| servers.iter().filter(|server| host_and_port(&server.entry.spec).is_some_and(|(own, _)| own == host)).count();
    let senders = || told.iter().flat_map(|(_, senders, _)| senders.iter()).filter(|sender| sender.is_standby());
    let stranger = senders().any(|sender| !servers.iter().any(|server| is_to(sender, server, &servers_at)));
    if stranger || senders().any(|sender| is_to(sender, standby, &servers_at)) || is_fed_elsewhere(standby, servers) {
        return Ok(None);
    }
    if let Some(gap) = unread {
        return Err(gap);
    }
    let Some((primary, of_it, at)) = told.iter().find(|(server, ..)| writes(server)) else { return Ok(None) };
    let silent = standby.entry.failure.as_ref();
    let itself = match silent {
        Some(failure) => format!(", and {name} itself {}", silence::said(&failure.error)),
        None => String::new(),
    };
    let listed: Vec<&str> = of_it.iter().map(|sender| sender.name.raw()).collect();
    let fact = if listed.is_empty() { "sends to nobody".to_owned() } else { format!("sends to {}", listed.join(", ")) };
    let raised = Raised::new(Severity::Warning, format!("{name} is a replica and {} has no sender for it{itself}", primary.name())).on(name).seen(
        format!("pg_stat_replication of {}", primary.name()),
        fact,
        *at,
    );
    Ok(Some(match (silent, standby.entry.good.as_ref()) {
        (Some(_), Some(good)) => raised.seen(
            format!("pg_is_in_recovery() of {name}"),
            format!("it was a replica {} ago", time_text(now.since(good.taken_at))),
            good.taken_at,
        ),
        _ => raised,
    }))
}

fn writes(server: &Server<'_>) -> bool {
    server.view.as_ref().is_ok_and(|view| is_writable(view.snapshot).value() == Some(&true))
}

/// By its own words, the last ones where it is silent.
fn is_standby(server: &Server<'_>) -> bool {
    last(server).is_some_and(|snapshot| is_writable(snapshot).value() == Some(&false))
}

fn last<'a>(server: &Server<'a>) -> Option<&'a Snapshot> {
    server.entry.good.as_ref()?.snapshot.downcast_ref()
}

fn receiver<'a>(server: &Server<'a>) -> Option<&'a WalReceiver> {
    last(server)?.wal_receiver.value()?.as_ref()?.first()
}

/// Whether its own receiver heard something just now.
fn hears(standby: &Server<'_>) -> bool {
    standby.view.is_ok() && receiver(standby).and_then(|receiver| receiver.last_msg_age_s).is_some_and(|age| (0.0..HEARD).contains(&age))
}

/// Whether it receives from an address that is none of `servers`.
fn is_fed_elsewhere(standby: &Server<'_>, servers: &[Server<'_>]) -> bool {
    let Some((host, port)) = receiver(standby).and_then(|receiver| Some((receiver.sender_host.as_ref()?, receiver.sender_port?))) else {
        return false;
    };
    let is_there = |server: &Server<'_>| host_and_port(&server.entry.spec).is_some_and(|(own, at)| own == host.raw() && i64::from(at) == port);
    !servers.iter().any(is_there)
}

/// Whether `sender` sends to `server`, by the name that it gave itself, or by the address that it came from where that is of one server alone.
fn is_to(sender: &Sender, server: &Server<'_>, servers_at: &impl Fn(&str) -> usize) -> bool {
    let address = sender.client_addr.as_ref().zip(host_and_port(&server.entry.spec));
    sender.name.raw() == server.name() || address.is_some_and(|(from, (host, _))| from.raw() == host && servers_at(&host) == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, ClusterSpec, EndpointSpec};
    use crate::fleet::{Cluster, Entry, Failure, Fleet, Good};
    use crate::model::{Clock, EndpointId, Origin, Reading, Reason, Via};
    use crate::transport::{ProbeError, Trouble};
    use serde_json::{Value, json};
    use std::sync::Arc;
    use std::time::Duration;

    /// A primary pg1 with these senders, its standby pg2 whose receiver heard something so long ago, silent or not.
    fn of(senders: Option<&[(&str, &str)]>, heard: Option<f64>, silent: bool) -> Verdict {
        of_two("10.0.0.2:5432", senders, heard, silent)
    }

    /// As [`of`], with the standby at `address`.
    fn of_two(address: &str, senders: Option<&[(&str, &str)]>, heard: Option<f64>, silent: bool) -> Verdict {
        let now = Clock::real().now();
        let mut cluster = Cluster::new(Arc::new(ClusterSpec::named("orders", "test")), Duration::from_secs(5));
        for name in ["pg1", "pg2"] {
            let replica = name == "pg2";
            let mut snapshot = Snapshot::unread();
            let identity = json!({"server_version_num": 150_018, "in_recovery": replica, "system_identifier": 7, "started_at": "2026-11-20T12:30:00Z",
                "sync_names": "", "cluster_name": ""});
            snapshot.identity = Reading::new(serde_json::from_value(identity).expect("identity"), now);
            let receiver = json!({"status": "streaming", "last_msg_age_s": heard, "sender_host": "10.0.0.1", "sender_port": 5432});
            let receivers = if heard.is_some() { vec![serde_json::from_value(receiver).expect("a receiver")] } else { Vec::new() };
            snapshot.wal_receiver = Reading::new(replica.then_some(receivers), now);
            let rows = |rows: &[(&str, &str)]| -> Vec<Value> {
                rows.iter().map(|(name, from)| json!({"name": name, "client_addr": from, "state": "streaming", "replay_lag_bytes": 0})).collect()
            };
            snapshot.senders = match senders {
                Some(told) => Reading::new(serde_json::from_value(json!(if replica { Vec::new() } else { rows(told) })).expect("senders"), now),
                None => Reading::unknown(Reason::NoPrivilege),
            };
            let id = EndpointId { cluster: "orders".into(), system: "postgres".into(), name: name.into() };
            let body = Body::one("address", if replica { address } else { "10.0.0.1:5432" });
            let spec = EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body };
            let mut entry = Entry::new(Arc::new(spec), Duration::from_secs(5));
            entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: now, latency: Duration::ZERO });
            if replica && silent {
                let error = ProbeError::new(Trouble::ConnectTimeout, "asked", "");
                entry.failure = Some(Failure { error, since: now, last: now, count: 1 });
            }
            cluster.entries.push(Arc::new(entry));
        }
        let fleet = Fleet { rev: 1, at: now, clusters: vec![cluster.into()] };
        let cluster = &fleet.clusters[0];
        judge(&ClusterView { fleet: &fleet, cluster, now }, &Knobs::new(&cluster.spec, &RULE.info))
    }

    #[test]
    fn a_standby_that_its_primary_has_no_sender_for_is_told() {
        let said = |verdict: Verdict| verdict.expect("known").into_iter().map(|one| (one.member, one.sentence.raw().to_owned())).collect::<Vec<_>>();
        let lost = |itself: &str| vec![(Some("pg2".to_owned()), format!("pg2 is a replica and pg1 has no sender for it{itself}"))];
        assert_eq!(said(of(Some(&[]), None, false)), lost(""), "its receiver is gone");
        assert_eq!(said(of(Some(&[]), Some(40.0), false)), lost(""), "its receiver has not noticed yet");
        assert_eq!(said(of(Some(&[]), Some(1.0), true)), lost(", and pg2 itself does not answer: no connection before the deadline"));
        for (senders, heard) in
            [(&[("pg2", "10.9.9.9")][..], 40.0), (&[("walreceiver", "10.0.0.2")], 40.0), (&[("walreceiver", "10.9.9.9")], 40.0), (&[], 1.0)]
        {
            assert_eq!(said(of(Some(senders), Some(heard), false)), [], "{senders:?} {heard}");
        }
        // of several servers on one host only the name tells which is meant
        let shared = |name: &str| said(of_two("10.0.0.1:5433", Some(&[(name, "10.0.0.1")]), Some(40.0), false));
        assert_eq!((shared("pg1"), shared("pg2"), shared("walreceiver")), (lost(""), vec![], vec![]));
        assert!(of(None, None, false).is_err(), "who does not tell may send to it");
    }
}

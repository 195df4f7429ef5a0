//! One cluster with every system, as each state of it would be observed: the matrix of screens is drawn from these.

use super::fixture::{LEADER, Platform, REPLICA, STORE, SYNC, ago, good, nothing};
use opsctl::app::Observed;
use opsctl::health::Standing;
use opsctl::model::{Environment, Moment, Reading, Reason, Severity};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::etcd;
use opsctl::systems::haproxy::BalancerSnapshot;
use opsctl::systems::pgbouncer::snapshot::PoolerSnapshot;
use opsctl::systems::postgres;
use opsctl::systems::view::Kind;
use opsctl::transport::Trouble;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

/// What is observed in a state.
pub(crate) type Seen = fn() -> Arc<Observed>;

/// The states that every screen is drawn in.
pub(crate) const STATES: [(&str, Seen); 5] = [
    ("healthy", || platform(State::Healthy)),
    ("degraded", || platform(State::Degraded)),
    ("stale", || platform(State::Stale)),
    ("down", || platform(State::Down)),
    ("empty", nothing),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Healthy,
    /// One standby lags, its sessions wait for a lock, a store member and a pooler are silent.
    Degraded,
    /// Nothing failed, and nothing has been heard for longer than answers may be old.
    Stale,
    /// Nothing answers.
    Down,
}

fn read<T: DeserializeOwned>(value: Value, at: Moment) -> Reading<T> {
    Reading::new(serde_json::from_value(value).expect("a part"), at)
}

fn server(primary: bool, state: State, age: u64) -> AnySnapshot {
    let at = ago(age);
    let blocked = state != State::Healthy && primary;
    let identity = json!({
        "server_version_num": 150_018, "in_recovery": !primary, "system_identifier": 7, "timeline": 42, "write_lsn": null,
        "started_at": "2026-11-01T00:00:00Z", "sync_names": "pg2", "cluster_name": "orders-eu",
    });
    let sender = |name: &str, sync: &str, behind: i64, seconds: f64| {
        json!({
            "name": name, "state": "streaming", "sync_state": sync, "slot_name": name, "sent_lag_bytes": 0, "flush_lag_bytes": behind / 2,
            "replay_lag_bytes": behind, "replay_lag_s": seconds, "last_reply_age_s": 0.2, "connected_s": 86_400.0, "client_addr": "10.0.0.3",
        })
    };
    let session = |pid: i32, state: &str, wait: Option<(&str, &str)>, age: f64, query: &str| {
        json!({
            "pid": pid, "state": state, "wait_event_type": wait.map(|wait| wait.0), "wait_event": wait.map(|wait| wait.1), "xact_age_s": age, "query_age_s": age,
            "usename": "app", "client_addr": "10.0.4.31", "application_name": "api-5d1b", "datname": "orders", "backend_type": "client backend", "query": query,
        })
    };
    let mut sessions = vec![session(18_700, "active", None, 0.01, "SELECT 1")];
    let mut blocking = Vec::new();
    if blocked {
        sessions.insert(0, session(18_431, "idle in transaction", Some(("Client", "ClientRead")), 281.0, "UPDATE orders SET state = 'paid'"));
        blocking.push(json!({ "pid": 18_431, "state": "idle in transaction", "usename": "batch", "client_addr": "10.0.4.12", "xact_age_s": 281.0, "query": "UPDATE orders" }));
        for pid in 18_502..18_522 {
            sessions.push(session(pid, "active", Some(("Lock", "transactionid")), 278.0, "UPDATE orders SET state = 'sent'"));
            let behind = if pid == 18_521 { 18_520 } else { 18_431 };
            blocking.push(json!({
                "pid": pid, "blockers": [behind], "state": "active", "usename": "app", "client_addr": "10.0.4.31", "wait_age_s_pg14": 278.0,
                "locktype": "transactionid", "mode": "ShareLock", "query": "UPDATE orders", "wait_event_type": "Lock", "wait_event": "transactionid",
            }));
        }
    }
    let active = if blocked { 21 } else { 1 };
    let connections = json!({
        "client_backends": 212, "active": active, "idle": 180, "idle_in_xact": u8::from(blocked), "waiting_on_lock": active - 1, "walsenders": 2, "max_connections": 300,
        "superuser_reserved": 3, "reserved_pg16": 0, "max_wal_senders": 10,
    });
    let lag = if state == State::Healthy { 0 } else { 2_147_483_648 };
    let senders =
        if primary { json!([sender("pg2", "sync", 0, 0.0), sender("pg3", "async", lag, if lag > 0 { 41.0 } else { 0.0 })]) } else { json!([]) };
    let slot = json!({ "slot_name": "cdc", "slot_type": "logical", "active": lag == 0, "wal_status": "extended", "restart_lsn": "0/5A2", "retained_bytes": 1_900_000_000, "database": "orders" });
    let replica = json!({ "in_recovery": !primary, "apply_lag_bytes": 0, "replay_paused": false });
    Arc::new(postgres::Snapshot {
        identity: read(identity, at),
        replica: read(replica, at),
        senders: read(senders, at),
        connections: read(connections, at),
        activity: read(json!(sessions), at),
        blocking: read(json!(blocking), at),
        slots: read(if primary { json!([slot]) } else { json!([]) }, at),
        ..postgres::Snapshot::unread()
    })
}

fn pooler(waiting: u64, age: u64) -> AnySnapshot {
    let at = ago(age);
    let pool = json!({
        "database": "orders", "user": "app", "clients_active": 106, "clients_waiting": waiting, "servers_active": 20, "servers_idle": 0, "servers_used": 0,
        "servers_tested": 0, "servers_login": 0, "oldest_wait": { "secs": u64::from(waiting > 0), "nanos": 0 }, "mode": "transaction",
    });
    let database = json!({ "name": "orders", "host": "10.0.0.30", "port": 5432, "paused": false, "disabled": false, "pool_size": 20 });
    let process = json!({ "active": true, "paused": false, "suspended": false, "others": [] });
    let pace = json!([{ "database": "orders", "over": { "secs": 1, "nanos": 0 }, "reset": false, "transactions": 1550, "wait_seconds": 0.002 }]);
    Arc::new(PoolerSnapshot {
        pools: read(json!([pool]), at),
        databases: read(json!([database]), at),
        process: read(process, at),
        pace: read(pace, at),
        ..PoolerSnapshot::empty()
    })
}

fn balancer(age: u64) -> AnySnapshot {
    let server = |name: &str, status: &str, check: &str| {
        json!({
            "name": name, "status": status, "weight": 1, "backup": false, "address": "10.0.0.11:5432", "check_status": check, "check_code": 200, "sessions": 40,
            "queue": 0, "last_change": { "secs": 86_400, "nanos": 0 },
        })
    };
    let backend = |name: &str, servers: Value| json!({ "name": name, "status": "UP", "sessions": 40, "queue": 0, "last_change": { "secs": 86_400, "nanos": 0 }, "servers": servers });
    let write = backend("pg_write", json!([server("pg1", "UP", "L7OK"), server("pg2", "DOWN", "L7STS"), server("pg3", "DOWN", "L7STS")]));
    let reads = backend("pg_read", json!([server("pg1", "DOWN", "L7STS"), server("pg2", "UP", "L7OK"), server("pg3", "UP", "L7OK")]));
    let told = json!({
        "witness": "socket", "listeners": [], "backends": [write, reads], "taken_at": ago(age),
        "process": Reading::<Value>::unknown(Reason::NotReported),
    });
    Arc::new(serde_json::from_value::<BalancerSnapshot>(told).expect("a balancer"))
}

fn store(id: u64, age: u64) -> AnySnapshot {
    let at = ago(age);
    let status = json!({
        "cluster_id": 1, "member_id": id, "version": "3.4.30", "leader": 1, "raft_term": 7, "raft_index": 4_211, "db_size": 20_480_000, "is_learner": false, "errors": [],
    });
    let peers: Vec<Value> = (1..=3).map(|id| json!({ "id": id, "name": format!("etcd-{id}"), "client_urls": [], "is_learner": false })).collect();
    Arc::new(etcd::Snapshot {
        status: serde_json::from_value(status).expect("a status"),
        answered: at,
        health: read(json!({ "healthy": true, "reason": null }), at),
        peers: read(json!(peers), at),
        alarms: read(json!([]), at),
        versions: Reading::not_asked(),
        quota: read(json!(2_147_483_648_u64), at),
        namespace: "/service/".to_owned(),
        names: Reading::not_asked(),
        locks: read(if age == 1 { json!([["orders-eu", "alice@jump1"]]) } else { json!([]) }, at),
        open_runs: read(json!([]), at),
    })
}

fn platform(state: State) -> Arc<Observed> {
    let (standing, age) = match state {
        State::Healthy => (Standing::Healthy, 0),
        State::Degraded => (Standing::Critical, 1),
        State::Stale => (Standing::Unreadable, 45),
        State::Down => (Standing::Unreadable, 135),
    };
    let down = state == State::Down;
    let hurt = |platform: Platform, when: bool| {
        if when || down { platform.silent(Trouble::ConnectionRefused, if down { 133 } else { 12 }) } else { platform }
    };
    let degraded = state == State::Degraded;
    let waits = |seconds: u64| (state != State::Healthy && seconds < 281).then_some(20.0);
    let read = |seconds: u64| (seconds >= age && !(300..307).contains(&seconds)).then_some(21.0);
    let mut platform = Platform::new().cluster("orders-eu", Environment::Prod, standing);
    for (at, (name, own)) in [("pg1", LEADER), ("pg2", SYNC), ("pg3", REPLICA)].into_iter().enumerate() {
        let zone = ["a", "b", "c"][at];
        platform = hurt(platform.member(name, zone, age, own, STORE), degraded && at == 2);
        let told = server(at == 0, state, age);
        platform = hurt(platform.endpoint("postgres", name, zone, |entry| entry.good = Some(good(told, age))), degraded && at == 2);
        if at == 0 {
            platform = platform
                .line("lag_bytes/pg2", Kind::Bytes, |seconds| (seconds >= age).then_some(0.0))
                .line("lag_bytes/pg3", Kind::Bytes, |seconds| {
                    (seconds >= age).then(|| if state == State::Healthy { 0.0 } else { 600.0 - f64::from(u32::try_from(seconds).unwrap()) })
                })
                .line("sessions_active", Kind::Count, read)
                .line("wait/on CPU", Kind::Count, |seconds| read(seconds).filter(|_| seconds % 7 < 4).map(|_| 1.0))
                .line("wait/Lock: transactionid", Kind::Count, |seconds| read(seconds).and(waits(seconds)));
        }
    }
    for id in 1..=3 {
        let told = store(id, age);
        platform = platform
            .endpoint("etcd", &format!("etcd-{id}"), ["a", "b", "c"][usize::try_from(id).unwrap() - 1], |entry| entry.good = Some(good(told, age)));
        platform = hurt(platform, degraded && id == 3);
    }
    for (at, (name, route)) in [("pgb-write-1", "write"), ("pgb-write-2", "write"), ("pgb-read-1", "read")].into_iter().enumerate() {
        let told = pooler(if degraded && at == 0 { 12 } else { 0 }, age);
        platform = platform.with(&[("route", route)]).endpoint("pgbouncer", name, "a", |entry| entry.good = Some(good(told, age)));
        platform = platform
            .line("clients_waiting", Kind::Count, |seconds| (seconds >= age).then_some(if degraded && at == 0 && seconds < 90 { 12.0 } else { 0.0 }));
        platform = hurt(platform, degraded && at == 1);
    }
    let told = balancer(age);
    platform = platform.with(&[("write_backend", "pg_write"), ("read_backend", "pg_read")]);
    platform = platform.endpoint("haproxy", "hap-1", "a", |entry| entry.good = Some(good(told, age)));
    platform = hurt(platform, false).queue("q1", age, "open", 12);
    platform = hurt(platform, false);
    match state {
        State::Healthy => platform,
        State::Degraded => platform
            .finding(
                Severity::Critical,
                "lock-tree",
                Some("pg1"),
                "pid 18431 on pg1 (batch@10.0.4.12) is idle in transaction and holds up 20 sessions, the longest for 4m 38s",
                278,
            )
            .finding(Severity::Warning, "replica-lag", Some("pg3"), "pg3 is 2.0 GiB behind: reads there are 41 s old", 41)
            .finding(
                Severity::Warning,
                "endpoint-unreachable",
                Some("etcd-3"),
                "etcd etcd-3 does not answer: connection refused (last read 12s ago)",
                12,
            ),
        State::Stale => platform.finding(Severity::Warning, "stale-data", None, "nothing has been heard of orders-eu for 45s", 40),
        State::Down => platform.finding(
            Severity::Critical,
            "endpoint-unreachable",
            Some("pg1"),
            "patroni pg1 does not answer: connection refused (last read 2m 15s ago)",
            133,
        ),
    }
    .observed()
}

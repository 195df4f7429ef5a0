//! Links between what the sides answered: captured answers of three versions of `PgBouncer` and of `HAProxy`, and what must not be linked.

use crate::support::root;
use opsctl::app::who::chain::{Chain, link};
use opsctl::app::who::sides::{BalancerSide, Connections, PoolerSide, ServerSide, local};
use opsctl::model::{EndpointId, Gap, Moment, Reason};
use opsctl::systems::haproxy::sessions::{Session as Balanced, long, short};
use opsctl::systems::pgbouncer::sessions::{Session as Pooled, Side, sessions};
use opsctl::systems::postgres::snapshot::sessions::Session as Backend;
use opsctl::transport::Trouble;
use opsctl::transport::pg::Rows;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::time::Duration;

fn now() -> Moment {
    Moment { mono: Duration::from_hours(25), wall: "2026-11-20T14:03:22Z".parse().unwrap() }
}

fn id(system: &str, name: &str) -> EndpointId {
    EndpointId { cluster: "lab".into(), system: system.into(), name: name.into() }
}

/// Process `pid` of `member`, whose client is at `port` of 127.0.0.1; a port of -1 is a unix socket.
pub(crate) fn server(member: &str, pid: i32, port: Option<i64>) -> ServerSide {
    let address = port.filter(|port| *port > 0).map(|_| "127.0.0.1");
    let session: Backend = serde_json::from_value(json!({"pid": pid, "backend_start": "2026-11-20T11:39:37Z", "backend_type": "client backend",
        "usename": "app", "application_name": "", "datname": "appdb", "client_addr": address, "client_port": port, "state": "active",
        "wait_event_type": null, "wait_event": null, "xact_start": null, "query_start": null, "xact_age_s": null, "query_age_s": null,
        "in_state_s": null, "xmin_age": null, "query": null, "total": null}))
    .unwrap();
    let all = ["pg1", "pg2", "pg3"].map(str::to_owned).to_vec();
    ServerSide { endpoint: id("postgres", member), listens: None, session, taken_at: now(), all, alone: true }
}

fn pooler(before: Vec<Pooled>, clients: Vec<Pooled>, after: Vec<Pooled>) -> PoolerSide {
    PoolerSide { endpoint: id("pgbouncer", "pgb-write-1"), taken_at: now(), told: Ok(Connections { before, clients, after }) }
}

fn balancer(told: Result<Vec<Balanced>, Gap>, whole: bool) -> BalancerSide {
    BalancerSide { endpoint: id("haproxy", "hap-1"), taken_at: now(), told, whole }
}

/// A connection of a pooler; an empty text is what `PgBouncer` leaves out.
fn pooled(side: Side, pointer: &str, link: &str, port: u64, local_port: u64, remote_pid: u64) -> Pooled {
    let columns = [
        "user",
        "database",
        "state",
        "addr",
        "port",
        "local_addr",
        "local_port",
        "connect_time",
        "request_time",
        "ptr",
        "link",
        "remote_pid",
        "application_name",
    ];
    let (port, local_port, remote_pid) = (port.to_string(), local_port.to_string(), remote_pid.to_string());
    let values = [
        "app",
        "appdb",
        "active",
        "127.0.0.1",
        &port,
        "127.0.0.1",
        &local_port,
        "2026-11-20 11:39:37 UTC",
        "2026-11-20 11:40:21 UTC",
        pointer,
        link,
        &remote_pid,
        "batch",
    ];
    let rows = Rows { columns: columns.map(str::to_owned).to_vec(), rows: vec![values.iter().map(|value| Some((*value).to_owned())).collect()] };
    sessions(side, &rows).unwrap().remove(0)
}

fn captured(version: &str, side: Side) -> Vec<Pooled> {
    let text = std::fs::read_to_string(root().join(format!("tests/fixtures/pgbouncer/v{version}-load.json"))).unwrap();
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    let answer = answers.iter().find(|answer| answer["command"] == side.command()).unwrap();
    let columns = answer["columns"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap().to_owned()).collect();
    let row = |row: &Value| row.as_array().unwrap().iter().map(|value| value.as_str().map(str::to_owned)).collect();
    sessions(side, &Rows { columns, rows: answer["rows"].as_array().unwrap().iter().map(row).collect() }).unwrap()
}

fn balanced(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/haproxy").join(file)).unwrap()
}

fn client(chain: &Chain) -> Option<&str> {
    chain.client().map(|station| station.session.raw())
}

fn reason(chain: &Chain) -> String {
    chain.broken.as_ref().expect("broken").reason.phrase()
}

#[test]
fn a_captured_connection_leads_to_the_client_that_its_link_names() {
    for (version, pid, port, expected) in
        [("1.18", 10_603, 36_868, "127.0.0.1:54244"), ("1.24", 10_635, 37_102, "127.0.0.1:40096"), ("1.26", 10_623, 37_034, "127.0.0.1:41648")]
    {
        let servers = captured(version, Side::Servers);
        let chain = link(&server("pg1", pid, Some(port)), &[pooler(servers.clone(), captured(version, Side::Clients), servers)], &[]);
        assert_eq!(client(&chain), Some(expected), "{version}: {:?}", chain.broken);
        assert_eq!(chain.stations.iter().map(|station| station.kind).collect::<Vec<_>>(), ["backend", "pooler", "pooler", "client"]);
    }
}

#[test]
fn both_forms_of_the_balancer_tell_the_same_and_the_long_one_its_own_ports() {
    let all = long(&balanced("v2.6-show-sess-all.txt"), "show sess all").unwrap();
    assert_eq!(all.len(), 5);
    let first = &all[0];
    let word = |text: &Option<opsctl::text::Untrusted>| text.as_ref().map(|text| text.raw().to_owned()).unwrap_or_default();
    let told = [&first.source, &first.frontend, &first.listener, &first.backend, &first.server, &first.server_address, &first.own].map(word);
    assert_eq!(told, ["127.0.0.1:53640", "writes", "127.0.1.31:5432", "pg_write", "pg3", "127.0.1.3:5432", "127.0.0.1:40648"]);
    // the session that asks
    let last = all.last().unwrap();
    assert_eq!((word(&last.source), &last.backend, &last.server, &last.own), ("unix:1".to_owned(), &None, &None, &None));
    let brief = short(&balanced("v2.6-show-sess.txt"), "show sess").unwrap();
    assert_eq!(brief.len(), 9);
    assert_eq!([&brief[0].source, &brief[0].backend, &brief[0].server, &brief[0].own].map(word), ["127.0.0.1:35230", "postgres_write", "pg1", ""]);
}

#[test]
fn what_is_no_list_of_sessions_is_an_error() {
    let whole = balanced("v2.6-show-sess-all.txt");
    let cut = &whole[..whole.len() / 2];
    for (text, trouble) in [
        (cut, Trouble::Truncated),
        ("", Trouble::Truncated),
        ("\n", Trouble::Truncated),
        ("Permission denied\n\n", Trouble::NotPermitted),
        ("Unknown command: 'show sess all'\n", Trouble::Malformed),
        ("0xzz: proto=tcpv4\n\n", Trouble::Malformed),
    ] {
        assert_eq!(long(text, "show sess all").map(|_| ()).unwrap_err().trouble, trouble, "{text:.40}");
        assert_eq!(short(text, "show sess").map(|_| ()).unwrap_err().trouble, if text == cut { Trouble::Truncated } else { trouble }, "{text:.40}");
    }
}

/// Two members have a process of one number; the pooler has a connection to each.
fn twins() -> PoolerSide {
    let servers = vec![pooled(Side::Servers, "0xs3", "0xc3", 5_432, 53_640, 4_711), pooled(Side::Servers, "0xs1", "0xc1", 5_433, 44_734, 4_711)];
    let clients = vec![pooled(Side::Clients, "0xc3", "0xs3", 50_003, 6_432, 0), pooled(Side::Clients, "0xc1", "0xs1", 50_001, 6_432, 0)];
    pooler(servers.clone(), clients, servers)
}

/// From process 4711 of pg3 back to its client, through every kind of station.
pub(crate) fn through_the_balancer() -> Chain {
    let all = long(&balanced("v2.6-show-sess-all.txt"), "show sess all").unwrap();
    link(&server("pg3", 4_711, Some(40_648)), &[twins()], &[balancer(Ok(all), true)])
}

#[test]
fn the_balancer_tells_apart_members_with_a_process_of_the_same_number() {
    let all = long(&balanced("v2.6-show-sess-all.txt"), "show sess all").unwrap();
    let brief: Vec<Balanced> = all.iter().map(|one| Balanced { own: None, listener: None, server_address: None, ..one.clone() }).collect();
    for (told, whole) in [(brief, false), (all, true)] {
        for (member, port, expected) in [("pg3", 40_648, "127.0.0.1:50003"), ("pg1", 1, "127.0.0.1:50001")] {
            let own = told.iter().find(|one| one.server.as_ref().is_some_and(|name| name.raw() == member)).and_then(|one| one.own.clone());
            let port = own.map_or(port, |own| own.raw().rsplit_once(':').unwrap().1.parse().unwrap());
            let chain = link(&server(member, 4_711, Some(port)), &[twins()], &[balancer(Ok(told.clone()), whole)]);
            assert_eq!(client(&chain), Some(expected), "{member} whole {whole}: {:?}", chain.broken);
            assert_eq!(chain.stations.iter().map(|station| station.kind).collect::<Vec<_>>(), ["backend", "balancer", "pooler", "pooler", "client"]);
        }
        // nobody of the pooler goes to pg2
        let chain = link(&server("pg2", 4_711, Some(1)), &[twins()], &[balancer(Ok(told), whole)]);
        assert_eq!(chain.stations.iter().filter(|station| station.kind == "pooler").count(), 0, "{:?}", chain.stations);
    }
}

#[test]
fn without_the_socket_of_a_balancer_only_what_can_be_nothing_else_is_linked() {
    let silent = || balancer(Err(Gap::new("sessions", Reason::NotConfigured("`socket` is not set".into()))), false);
    let one = || {
        let servers = vec![pooled(Side::Servers, "0xs", "0xc", 5_432, 53_640, 4_711)];
        pooler(servers.clone(), vec![pooled(Side::Clients, "0xc", "0xs", 50_003, 6_432, 0)], servers)
    };
    assert_eq!(client(&link(&server("pg3", 4_711, Some(40_648)), &[one()], &[silent()])), Some("127.0.0.1:50003"));
    let told = link(&server("pg3", 4_711, Some(40_648)), &[one()], &[silent()]);
    assert!(told.stations[1].witness.contains("no balancer could be asked"), "{}", told.stations[1].witness);
    // another member may have the same number; the backend is of another time; two connections fit
    let mut shared = server("pg3", 4_711, Some(40_648));
    shared.alone = false;
    let mut older = server("pg3", 4_711, Some(40_648));
    older.session.backend_start = Some("2026-11-20T10:39:37Z".parse().unwrap());
    for (server, pooler) in [(shared, one()), (older, one()), (server("pg3", 4_711, Some(40_648)), twins())] {
        let chain = link(&server, &[pooler], &[silent()]);
        assert_eq!((client(&chain), reason(&chain)), (None, "not configured: `socket` is not set".to_owned()));
    }
}

#[test]
fn a_link_that_moves_and_one_that_is_not_there_name_nobody() {
    let at = |link: &str| pooled(Side::Servers, "0xs", link, 5_432, 40_648, 4_711);
    let clients = || vec![pooled(Side::Clients, "0xc1", "0xs", 50_001, 6_432, 0), pooled(Side::Clients, "0xc2", "", 50_002, 6_432, 0)];
    for (before, after, moved) in [("0xc2", "0xc1", true), ("0xc1", "", true), ("", "0xc1", true), ("0xc2", "0xc2", true), ("", "", false)] {
        let chain = link(&server("pg1", 4_711, Some(40_648)), &[pooler(vec![at(before)], clients(), vec![at(after)])], &[]);
        assert_eq!((client(&chain), chain.moved), (None, moved), "{before} {after}");
    }
    let chain = link(&server("pg1", 4_711, Some(40_648)), &[pooler(vec![at("0xc1")], clients(), vec![at("0xc1")])], &[]);
    assert_eq!(client(&chain), Some("127.0.0.1:50001"));
    // a pointer is used again: another process is behind it now
    let other = pooled(Side::Servers, "0xs", "0xc1", 5_432, 40_648, 99);
    assert!(link(&server("pg1", 4_711, Some(40_648)), &[pooler(vec![other], clients(), vec![at("0xc1")])], &[]).moved);
}

#[test]
fn a_hidden_address_is_no_unix_socket_and_a_worker_has_no_client() {
    let chain = link(&server("pg1", 7, None), &[], &[]);
    assert_eq!((client(&chain), reason(&chain)), (None, "no privilege".to_owned()));
    let chain = link(&server("pg1", 7, Some(-1)), &[], &[]);
    assert_eq!(client(&chain), Some("unix socket on the host of pg1"));
    let mut worker = server("pg1", 7, None);
    worker.session.backend_type = Some("autovacuum worker".into());
    assert!(reason(&link(&worker, &[], &[])).contains("serves no client"));
}

#[test]
fn a_client_without_a_pooler_is_told_only_when_everybody_was_asked() {
    let direct = server("pg1", 7, Some(55_000));
    assert_eq!(client(&link(&direct, &[], &[])), Some("127.0.0.1:55000"));
    let silent = PoolerSide { told: Err(Gap::new("connections", Reason::Unreachable("no answer".into()))), ..pooler(vec![], vec![], vec![]) };
    assert_eq!(client(&link(&direct, &[silent], &[])), None);
    // through a balancer alone: only its long form knows its own port
    let all = long(&balanced("v2.6-show-sess-all.txt"), "show sess all").unwrap();
    let through = server("pg3", 7, Some(40_648));
    assert_eq!(client(&link(&through, &[], &[balancer(Ok(all.clone()), true)])), Some("127.0.0.1:53640"));
    let brief = all.iter().map(|one| Balanced { own: None, ..one.clone() }).collect();
    assert!(link(&through, &[], &[balancer(Ok(brief), false)]).wants_whole);
}

#[test]
fn a_balancer_before_the_pooler_is_seen_through() {
    let front = Balanced {
        id: "0x9".into(),
        source: Some("10.1.2.3:50123".into()),
        frontend: Some("pool".into()),
        backend: Some("poolers".into()),
        server: Some("pgb-write-1".into()),
        own: Some("127.0.0.1:50003".into()),
        ..Balanced::default()
    };
    let servers = vec![pooled(Side::Servers, "0xs", "0xc", 5_432, 40_648, 4_711)];
    let side = || pooler(servers.clone(), vec![pooled(Side::Clients, "0xc", "0xs", 50_003, 6_432, 0)], servers.clone());
    let chain = link(&server("pg1", 4_711, Some(40_648)), &[side()], &[balancer(Ok(vec![front]), true)]);
    assert_eq!(client(&chain), Some("10.1.2.3:50123"));
    assert_eq!(chain.stations.iter().map(|station| station.kind).collect::<Vec<_>>(), ["backend", "pooler", "pooler", "balancer", "client"]);
}

proptest! {
    /// Whatever the sides say, a client is named only when its own row and the row of the server, twice, name each other.
    #[test]
    fn a_named_client_is_always_linked_back(
        before in proptest::collection::vec((0..3_u8, 0..4_u8, 0..3_u64), 0..4),
        clients in proptest::collection::vec((0..3_u8, 0..4_u8), 0..4),
        after in proptest::collection::vec((0..3_u8, 0..4_u8, 0..3_u64), 0..4),
        pid in 0..3_i32,
    ) {
        let name = |kind: char, at: u8| if at == 3 { String::new() } else { format!("0x{kind}{at}") };
        let servers = |list: &[(u8, u8, u64)]| list.iter().map(|(at, link, pid)| pooled(Side::Servers, &name('a', *at), &name('c', *link), 5_432, 40_000 + pid, *pid)).collect::<Vec<_>>();
        let crowd: Vec<Pooled> = clients.iter().zip(50_000..).map(|((at, link), port)| pooled(Side::Clients, &name('c', *at), &name('a', *link), port, 6_432, 0)).collect();
        let (before, after) = (servers(&before), servers(&after));
        let side = pooler(before.clone(), crowd.clone(), after.clone());
        let chain = link(&server("pg1", pid, Some(40_000 + i64::from(pid))), &[side], &[]);
        let remote_pid = u64::try_from(pid).ok();
        if let Some(named) = client(&chain).filter(|_| after.iter().any(|one| one.remote_pid == remote_pid)) {
            let port: u64 = named.rsplit_once(':').unwrap().1.parse().unwrap();
            let mine = after.iter().find(|one| one.remote_pid == remote_pid).unwrap();
            prop_assert_eq!(local(mine).map(|place| place.port), u16::try_from(40_000 + pid).ok());
            let row = crowd.iter().find(|one| one.port == Some(port)).unwrap();
            prop_assert_eq!(&row.link, &mine.pointer);
            prop_assert_eq!(&mine.link, &row.pointer);
            prop_assert!(before.iter().any(|one| one.pointer == mine.pointer && one.link == mine.link && one.remote_pid == mine.remote_pid));
        }
    }
}

//! Every captured answer of `HAProxy` 2.6, 3.0 and 3.2, read as the client reads it, with values written by hand from the captures.

use crate::support::judging::{all_are_read, cells, endpoint, gaps, raised, verdicts, with_view};
use crate::support::root;
use opsctl::model::{Clock, Reading, Reason, Severity};
use opsctl::systems::haproxy::Haproxy;
use opsctl::systems::haproxy::present::{SERVER_COLUMNS, server_rows};
use opsctl::systems::haproxy::snapshot::{Backend, BalancerSnapshot, Server, Witness};
use opsctl::systems::haproxy::standing::Standing;
use opsctl::systems::haproxy::wire::{Statistics, process, socket_statistics, statistics};
use opsctl::systems::view::{Cell, Tone};
use opsctl::text::Untrusted;
use opsctl::transport::Trouble;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const BOTH: &[(&str, &str)] = &[("write_backend", "postgres_write"), ("read_backend", "postgres_read")];

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/haproxy").join(file)).expect(file)
}

fn snapshot(statistics: Statistics) -> BalancerSnapshot {
    let Statistics { listeners, backends } = statistics;
    let taken_at = Clock::real().now();
    let process = Reading::unknown(Reason::NotConfigured("no socket".into()));
    BalancerSnapshot { witness: Witness::Socket, socket_trouble: None, listeners, backends, taken_at, process }
}

fn read(file: &str) -> BalancerSnapshot {
    snapshot(socket_statistics(&text(file), file).expect(file))
}

fn told(body: &[(&str, &str)], snapshot: &BalancerSnapshot) -> Vec<(&'static str, Severity, String)> {
    raised(&verdicts::<Haproxy>(&endpoint("haproxy", body), snapshot, snapshot.taken_at))
}

fn names(servers: &[&Server]) -> Vec<String> {
    servers.iter().map(|server| server.name.raw().to_owned()).collect()
}

#[test]
fn every_file_is_read() {
    all_are_read(
        "haproxy",
        &[
            "show-stat.csv",
            "http-stats.csv",
            "primary-down.csv",
            "show-info.txt",
            "show-info.json",
            "show-stat.json",
            "http-stats.json",
            "typed.txt",
            "servers-state.txt",
            "state-primary-down.txt",
            "metrics.prom",
            "runtime-commands.json",
            "help.txt",
            "backend.txt",
            "cli-level.txt",
            "errors.txt",
            "pools.txt",
            "schema.json",
            "servers-conn.txt",
            "sess.txt",
            "sess-all.txt",
        ],
    );
}

#[test]
fn every_version_reads_alike_though_the_columns_move() {
    for (file, columns, address) in [
        ("v2.6-show-stat.csv", 129, "127.0.0.1:22001"),
        ("v3.0-show-stat.csv", 206, "127.0.0.1:22001"),
        ("v3.2-show-stat.csv", 208, "127.0.0.1:22001"),
    ] {
        let csv = text(file);
        assert_eq!(csv.lines().next().unwrap().split(',').count(), columns, "{file}");
        let snapshot = read(file);
        assert_eq!(snapshot.listeners.iter().map(|listener| listener.name.raw()).collect::<Vec<_>>(), ["stats", "postgres_write", "postgres_read"]);
        assert!(snapshot.listeners.iter().all(|listener| listener.status.as_ref().unwrap().raw() == "OPEN" && listener.session_limit == Some(1000)));
        let write = snapshot.backend("postgres_write").unwrap();
        assert_eq!((write.standing(), names(&write.takers()), write.session_limit), (Standing::Up, vec!["pg1".to_owned()], Some(100)));
        let read = snapshot.backend("postgres_read").unwrap();
        assert_eq!(names(&read.takers()), ["pg2"]);
        let [up, down] = write.servers.as_slice() else { panic!("two servers") };
        let word = |text: &Option<Untrusted>| text.as_ref().map(|text| text.raw().to_owned());
        assert_eq!(
            (up.standing(), word(&up.check_status).as_deref(), up.check_code, word(&up.address).as_deref()),
            (Standing::Up, Some("L7OK"), Some(200), Some(address))
        );
        assert_eq!((down.standing(), word(&down.check_status).as_deref(), down.check_code), (Standing::Down, Some("L7STS"), Some(503)));
        assert_eq!((word(&down.check_text).as_deref(), down.weight, down.backup), (Some("Service Unavailable"), Some(1), false));
        // one server up in each: nobody has to be woken
        let verdicts = verdicts::<Haproxy>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at);
        assert_eq!((raised(&verdicts), gaps(&verdicts)), (vec![], vec![]), "{file}");
    }
    let busy = read("v2.6-show-stat.csv");
    let pg1 = &busy.backend("postgres_write").unwrap().servers[0];
    assert_eq!((pg1.sessions, pg1.check_duration, pg1.last_change), (Some(8), Some(Duration::from_millis(1)), Some(Duration::from_secs(22))));
}

#[test]
fn reads_on_their_last_server_are_told_where_several_are_to_take_them() {
    let told = |servers: &[(&str, &str, bool)]| {
        let mut snapshot = read("v2.6-show-stat.csv");
        let backend = snapshot.backends.iter_mut().find(|backend| backend.name.raw() == "postgres_read").unwrap();
        let like = backend.servers[0].clone();
        let server = |(name, status, backup): &(&str, &str, bool)| Server {
            name: (*name).into(),
            status: Some((*status).into()),
            backup: *backup,
            ..like.clone()
        };
        backend.servers = servers.iter().map(server).collect();
        let cell = cells::<Haproxy>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at).remove("reads_from").unwrap();
        let said: Vec<String> = told(BOTH, &snapshot)
            .into_iter()
            .map(|(rule, severity, sentence)| {
                assert_eq!((rule, severity), ("read-backend-last-server", Severity::Warning));
                sentence
            })
            .collect();
        (said, cell.tone())
    };
    let (up, down) = ("UP", "DOWN");
    let alone = "reads are on their last server: pg2 takes them alone, of 3 in backend postgres_read".to_owned();
    // the primary is one of them, and its check fails
    assert_eq!(told(&[("pg1", down, false), ("pg2", up, false), ("pg3", down, false)]), (vec![alone], Tone::Good));
    assert_eq!(told(&[("pg1", down, false), ("pg2", up, false), ("pg3", up, false)]), (vec![], Tone::Good));
    assert_eq!(told(&[("pg1", down, false), ("pg2", up, false)]), (vec![], Tone::Good), "one replica was all there is");
    assert_eq!(told(&[("pg2", up, false)]), (vec![], Tone::Good));
    // a backup takes nobody while another does
    let alone = "reads are on their last server: pg2 takes them alone, of 3 in backend postgres_read".to_owned();
    assert_eq!(told(&[("pg1", up, true), ("pg2", up, false), ("pg3", down, false)]), (vec![alone], Tone::Good));
    let backup = "reads are on their last server: pg1, a backup, takes them alone, of 3 in backend postgres_read".to_owned();
    assert_eq!(told(&[("pg1", up, true), ("pg2", down, false), ("pg3", down, false)]), (vec![backup], Tone::Good));
}

#[test]
fn how_many_readers_there_are_to_be_can_be_said() {
    let mut snapshot = read("v2.6-show-stat.csv");
    let backend = snapshot.backends.iter_mut().find(|backend| backend.name.raw() == "postgres_read").unwrap();
    let like = backend.servers[0].clone();
    let server = |name: &str, status: &str| Server { name: name.into(), status: Some(status.into()), backup: false, ..like.clone() };
    backend.servers = vec![server("pg1", "UP"), server("pg2", "UP"), server("pg3", "DOWN"), server("pg4", "DOWN")];
    let few = |wanted| backend.few_readers(wanted).map(|left| left.len());
    // the check of reads lets the primary pass: with two that take reads only one replica is left
    assert_eq!((few(None), few(Some(1)), few(Some(2)), few(Some(3)), few(Some(4))), (None, None, None, Some(2), Some(2)));
    backend.servers[1] = server("pg2", "DOWN");
    let few = |wanted| backend.few_readers(wanted).map(|left| left.len());
    assert_eq!((few(None), few(Some(1)), few(Some(2)), few(Some(3))), (Some(1), None, Some(1), Some(1)));
    // as many as there are, the primary among them
    backend.servers.truncate(2);
    let few = |wanted| backend.few_readers(wanted).map(|left| left.len());
    assert_eq!((few(None), few(Some(2))), (None, Some(1)));
}

#[test]
fn a_backend_that_is_down_is_bad_and_a_standby_that_fails_the_check_for_the_primary_is_not() {
    let tones = |snapshot: &BalancerSnapshot, row: &str| {
        let rows = with_view::<Haproxy, _>(&endpoint("haproxy", BOTH), snapshot, snapshot.taken_at, server_rows);
        let row = rows.into_iter().find(|known| known.key == format!("node/postgres_write/{row}")).expect("the row");
        let tone = |key: &str| row.cells[SERVER_COLUMNS.iter().position(|column| column.key == key).unwrap()].tone();
        (tone("status"), tone("check_status"))
    };
    let (mut well, down) = (read("v2.6-show-stat.csv"), read("v2.6-show-stat-primary-down.csv"));
    assert_eq!((tones(&down, "BACKEND").0, tones(&well, "BACKEND").0), (Tone::Bad, Tone::Good));
    assert_eq!(tones(&well, "pg2"), (Tone::Muted, Tone::Muted), "it answers 503, as it is to");
    let write = well.backends.iter_mut().find(|backend| backend.name.raw() == "postgres_write").unwrap();
    write.servers[1].check_status = Some("L4CON".into());
    assert_eq!(tones(&well, "pg2"), (Tone::Muted, Tone::Warn), "it does not answer at all");
}

#[test]
fn the_page_gives_the_backends_of_the_socket() {
    let page = statistics(&text("v2.6-http-stats.csv"), "page").expect("page");
    let socket = read("v2.6-show-stat.csv");
    let told =
        |backends: &[Backend]| backends.iter().map(|backend| (backend.name.clone(), backend.standing(), backend.servers.len())).collect::<Vec<_>>();
    assert_eq!(told(&page.backends), told(&socket.backends));
    assert_eq!(
        socket_statistics(&text("v2.6-http-stats.csv"), "socket").unwrap_err().trouble,
        Trouble::Truncated,
        "the socket ends with an empty line"
    );
}

#[test]
fn a_dead_primary_is_an_outage_of_writes_though_the_listener_is_open() {
    let snapshot = read("v2.6-show-stat-primary-down.csv");
    assert!(snapshot.listeners.iter().all(|listener| listener.status.as_ref().unwrap().raw() == "OPEN"));
    let sentence = "no server takes writes: 0 of 2 in backend postgres_write up".to_owned();
    assert_eq!(told(BOTH, &snapshot), [("write-backend-not-one-up", Severity::Critical, sentence)]);
    let verdicts = verdicts::<Haproxy>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at);
    let evidence: Vec<_> = verdicts["write-backend-not-one-up"].as_ref().unwrap()[0].evidence.iter().map(|one| one.fact.raw().to_owned()).collect();
    assert_eq!(evidence[0], "backend postgres_write DOWN");
    assert_eq!(evidence[1], "server pg1 DOWN, check L7STS 503 (Service Unavailable)");
    let cells = cells::<Haproxy>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at);
    assert_eq!(cells["writes_to"], Cell::List(vec![]).toned(opsctl::systems::view::Tone::Bad));
    assert_eq!(cells["reads_from"], Cell::List(vec!["pg1".into()]).toned(opsctl::systems::view::Tone::Good));
}

/// `BACKEND` of `statuses`, as a write backend.
fn backend(own: &str, statuses: &[&str]) -> BalancerSnapshot {
    let mut csv = "# pxname,svname,qcur,scur,slim,status,weight,bck,lastchg,type,\n".to_owned();
    for (at, status) in statuses.iter().enumerate() {
        let (status, backup) = status.strip_suffix(" backup").map_or((*status, 0), |status| (status, 1));
        let (status, weight) = status.strip_suffix(" w0").map_or((status, 1), |status| (status, 0));
        csv.push_str(&format!("w,pg{},0,0,,{status},{weight},{backup},5,2,\n", at + 1));
    }
    csv.push_str(&format!("w,BACKEND,0,0,100,{own},1,0,5,1,\n\n"));
    snapshot(socket_statistics(&csv, "test").expect("csv"))
}

#[test]
fn exactly_one_server_may_take_writes() {
    const C: Option<Severity> = Some(Severity::Critical);
    const W: Option<Severity> = Some(Severity::Warning);
    let cases: &[(&str, &[&str], Option<Severity>, &str)] = &[
        ("UP", &["UP", "DOWN", "DOWN"], None, ""),
        ("UP", &["UP 1/2", "DOWN"], None, ""),
        ("DOWN", &["DOWN", "DOWN 1/2"], C, "no server takes writes: 0 of 2 in backend w up; pg2 is coming up"),
        ("DOWN", &["DRAIN"], C, "no server takes writes: 0 of 1 in backend w up"),
        ("DOWN", &["MAINT", "NOLB"], C, "no server takes writes: 0 of 2 in backend w up"),
        ("DOWN", &["UP w0"], C, "no server takes writes: 0 of 1 in backend w up"),
        ("DOWN", &[], C, "no server takes writes: 0 of 0 in backend w up"),
        ("UP", &["GLORIOUS"], C, "no server takes writes: 0 of 1 in backend w up"),
        ("DOWN", &["UP"], C, "backend w, which takes the writes, is DOWN"),
        ("GLORIOUS", &["UP"], C, "backend w, which takes the writes, says GLORIOUS of itself"),
        ("", &["UP"], C, "backend w, which takes the writes, says nothing of itself"),
        ("UP", &["UP", "UP", "DOWN"], C, "2 servers take writes through w: pg1, pg2; split brain?"),
        ("UP", &["UP", "UP w0"], None, ""),
        ("UP", &["no check", "no check"], C, "2 servers take writes through w: pg1, pg2; split brain?"),
        ("UP", &["no check"], W, "pg1 takes writes through w and nothing checks it: UP without proof"),
        ("UP", &["UP", "UP 1/2"], W, "2 servers take writes through w while one goes down: server pg2 UP 1/2"),
        ("UP", &["UP", "UP backup"], Some(Severity::Info), "backup pg2 in w is UP beside the primary: its check does not ask for the primary"),
        ("UP", &["DOWN", "UP backup"], None, ""),
    ];
    for (own, statuses, severity, sentence) in cases {
        let told = told(&[("write_backend", "w")], &backend(own, statuses));
        let write: Vec<_> = told.iter().filter(|(rule, ..)| *rule == "write-backend-not-one-up").collect();
        let expected: Vec<_> = severity.iter().map(|severity| ("write-backend-not-one-up", *severity, (*sentence).to_owned())).collect();
        assert_eq!(write, expected.iter().collect::<Vec<_>>(), "{own} {statuses:?}");
    }
}

#[test]
fn servers_that_were_set_aside_or_say_a_new_word_are_told() {
    // that such a backend is left without a server is a rule of its own
    let words = |statuses: &[&str]| {
        let all = told(&[], &backend("UP", statuses));
        all.into_iter().filter(|(rule, ..)| *rule != "backend-without-server").collect::<Vec<_>>()
    };
    let aside = |how: &str| [("server-set-aside", Severity::Info, format!("server w/pg1 {how} for 5s"))];
    assert_eq!(words(&["DRAIN"]), aside("drains: it keeps its sessions and gets no new ones"));
    assert_eq!(words(&["MAINT"]), aside("is in maintenance"));
    assert_eq!(words(&["MAINT (via r/pg1)"]), aside("is in maintenance"));
    assert_eq!(words(&["NOLB"]), aside("asks for no new sessions"));
    assert_eq!(words(&["UP w0"]), aside("has weight 0 and gets no new sessions; its status stands"));
    assert_eq!(words(&["MAINT (resolution)"])[0].1, Severity::Warning);
    assert_eq!(words(&["DOWN", "DOWN 1/2", "UP", "UP 1/2", "no check"]), []);
    assert_eq!(words(&["GLORIOUS"]), [("server-status-unknown", Severity::Warning, "server w/pg1 has the unknown status GLORIOUS".to_owned())]);
    assert_eq!(words(&[""]), [("server-status-unknown", Severity::Warning, "server w/pg1 has no status at all".to_owned())]);
}

#[test]
fn a_backend_without_a_server_is_told_though_nobody_named_it() {
    const C: Option<Severity> = Some(Severity::Critical);
    let cases: &[(&str, &[&str], Option<Severity>, &str)] = &[
        ("DOWN", &["DOWN", "DOWN 1/2"], C, "no server of backend w takes sessions: 0 of 2 up"),
        ("UP", &["GLORIOUS"], C, "no server of backend w takes sessions: 0 of 1 up"),
        ("DOWN", &["MAINT", "DRAIN", "NOLB", "UP w0"], C, "no server of backend w takes sessions: 0 of 4 up"),
        ("DOWN", &["UP"], C, "backend w says DOWN of itself"),
        ("UP", &["UP", "DOWN"], None, ""),
        ("UP", &["no check"], None, ""),
        ("UP", &["DOWN", "UP backup"], None, ""),
        ("UP", &[], None, ""),
    ];
    let without = |body: &[(&str, &str)], snapshot: &BalancerSnapshot| {
        told(body, snapshot).into_iter().filter(|(rule, ..)| *rule == "backend-without-server").collect::<Vec<_>>()
    };
    for (own, statuses, severity, sentence) in cases {
        let expected: Vec<_> = severity.iter().map(|severity| ("backend-without-server", *severity, (*sentence).to_owned())).collect();
        assert_eq!(without(&[], &backend(own, statuses)), expected, "{own} {statuses:?}");
    }
    // the one that has a name is told by the rule on it; with both named, the others are no route of this cluster
    let down = backend("DOWN", &["DOWN"]);
    assert_eq!(without(&[("write_backend", "w")], &down), []);
    assert_eq!(without(&[("write_backend", "other")], &down)[0].1, Severity::Critical);
    assert_eq!(without(&[("write_backend", "a"), ("read_backend", "b")], &down)[0].1, Severity::Warning);
}

#[test]
fn a_backend_of_an_unknown_word_is_told() {
    for (own, sentence) in [("GLORIOUS", "backend w has the unknown status GLORIOUS"), ("", "backend w has no status at all")] {
        let told = told(&[], &backend(own, &["UP"]));
        assert_eq!(told, [("server-status-unknown", Severity::Warning, sentence.to_owned())]);
    }
    assert_eq!(told(&[], &backend("UP", &["UP"])), []);
}

#[test]
fn without_the_names_of_the_backends_the_rules_say_so_and_a_wrong_name_is_an_alarm() {
    let snapshot = read("v2.6-show-stat.csv");
    let verdicts = verdicts::<Haproxy>(&endpoint("haproxy", &[]), &snapshot, snapshot.taken_at);
    let reasons: Vec<_> = gaps(&verdicts).into_iter().map(|(rule, gap)| (rule, matches!(gap.reason, Reason::NotConfigured(_)))).collect();
    assert_eq!(reasons, [("read-backend-empty", true), ("read-backend-last-server", true), ("write-backend-not-one-up", true)]);
    let wrong = told(&[("write_backend", "pg_write"), ("read_backend", "pg_read")], &snapshot);
    assert!(
        wrong.len() == 2 && wrong.iter().all(|(_, severity, sentence)| *severity == Severity::Critical && sentence.contains("has no backend pg_")),
        "{wrong:?}"
    );
}

#[test]
fn a_queue_and_a_limit_that_comes_near_are_told() {
    let mut snapshot = backend("UP", &["UP"]);
    snapshot.backends[0].queue = Some(3);
    assert_eq!(told(&[], &snapshot), [], "a queue of a moment");
    let now = snapshot.taken_at;
    snapshot.backends[0].queue_since = Some(now);
    snapshot.taken_at = now.plus(Duration::from_secs(30));
    assert_eq!(told(&[], &snapshot), [("backend-queue", Severity::Warning, "3 sessions wait in backend w for at least 30s".to_owned())]);
    snapshot.backends[0].queue = None;
    let verdicts = verdicts::<Haproxy>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at);
    assert!(gaps(&verdicts).iter().any(|(rule, gap)| *rule == "backend-queue" && gap.reason == Reason::NotReported), "left out is not zero");
    let mut near = backend("UP", &["UP"]);
    near.backends[0].servers[0].sessions = Some(80);
    near.backends[0].servers[0].session_limit = Some(100);
    near.process = Reading::new(process(&text("v2.6-show-info.txt").replace("CurrConns: 8", "CurrConns: 951"), "info").unwrap(), near.taken_at);
    let expected = [
        ("session-limit-near", Severity::Warning, "server w/pg1 has 80 of 100 sessions (80 %)".to_owned()),
        ("session-limit-near", Severity::Critical, "the whole balancer has 951 of 1000 sessions (95 %)".to_owned()),
    ];
    assert_eq!(told(&[], &near), expected);
    // what one row leaves out hides nothing of the others
    let mut hidden = near.backends[0].servers[0].clone();
    hidden.sessions = None;
    near.backends[0].servers.insert(0, hidden);
    assert_eq!(told(&[], &near), expected);
    let mut waits = near.backends[0].clone();
    (waits.queue, near.backends[0].queue) = (Some(99), None);
    near.backends.push(waits);
    assert!(told(&[], &near).iter().any(|(rule, ..)| *rule == "backend-queue"), "{:?}", told(&[], &near));
}

#[test]
fn show_info_is_read_though_its_keys_drift() {
    for (version, full, uptime, connections) in [("2.6", "2.6.12-1+deb12u4", 2487, 8), ("3.0", "3.0.11", 2, 0), ("3.2", "3.2.26-1", 3, 0)] {
        let info = text(&format!("v{version}-show-info.txt"));
        let process = process(&info, "info").expect(version);
        assert!(process.version.as_ref().unwrap().raw().starts_with(full), "{process:?}");
        assert_eq!(
            (process.uptime, process.connection_limit, process.stopping),
            (Some(Duration::from_secs(uptime)), Some(1000), Some(false)),
            "{version}"
        );
        assert_eq!(process.connections, Some(connections));
        assert_eq!(info.contains("TotalSplicdedBytesOut"), version == "2.6", "the misspelt key is of 2.6 only, and is not used");
    }
    let json: Value = serde_json::from_str(&text("v2.6-show-info.json")).unwrap();
    let field = |name: &str| json.as_array().unwrap().iter().find(|one| one["field"]["name"] == name).unwrap()["value"]["value"].clone();
    let lines = process(&text("v2.6-show-info.txt"), "info").unwrap();
    assert_eq!((field("Version"), field("Maxconn")), (Value::from(lines.version.unwrap().raw()), Value::from(lines.connection_limit)));
}

/// Names and statuses of the captured forms that we do not read, against those of the CSV: the CSV is not alone in what it says.
#[test]
fn the_other_forms_of_the_same_answer_agree_with_the_csv() {
    let csv = |file: &str| -> BTreeSet<(String, String)> {
        let statistics = statistics(&text(file), file).unwrap();
        let word = |status: &Option<Untrusted>| status.as_ref().unwrap().raw().to_owned();
        let servers = |backend: &Backend| {
            backend.servers.iter().map(|server| (format!("{}/{}", backend.name.raw(), server.name.raw()), word(&server.status))).collect::<Vec<_>>()
        };
        let own = |backend: &Backend| (format!("{}/BACKEND", backend.name.raw()), word(&backend.status));
        let listeners = statistics.listeners.iter().map(|listener| (format!("{}/FRONTEND", listener.name.raw()), word(&listener.status)));
        listeners.chain(statistics.backends.iter().flat_map(|backend| [vec![own(backend)], servers(backend)].concat())).collect()
    };
    let json = |file: &str| -> BTreeSet<(String, String)> {
        let all: Value = serde_json::from_str(&text(file)).expect(file);
        let field = |row: &Value, name: &str| {
            row.as_array().unwrap().iter().find(|one| one["field"]["name"] == name).map(|one| one["value"]["value"].as_str().unwrap().to_owned())
        };
        all.as_array()
            .unwrap()
            .iter()
            .filter_map(|row| Some((format!("{}/{}", field(row, "pxname")?, field(row, "svname")?), field(row, "status")?)))
            .collect()
    };
    for (form, file) in [
        ("v2.6-show-stat.json", "v2.6-show-stat.csv"),
        ("v2.6-http-stats.json", "v2.6-http-stats.csv"),
        ("v3.0-show-stat.json", "v3.0-show-stat.csv"),
        ("v3.2-show-stat.json", "v3.2-show-stat.csv"),
    ] {
        assert_eq!(json(form), csv(file), "{form}");
    }
    let mut typed: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for line in text("v2.6-show-stat-typed.txt").lines() {
        let Some((key, rest)) = line.split_once(':') else { continue };
        let parts: Vec<&str> = key.split('.').collect();
        let [kind, proxy, server, _, name, _] = parts.as_slice() else { continue };
        typed.entry(format!("{kind}.{proxy}.{server}")).or_default().insert((*name).to_owned(), rest.rsplit(':').next().unwrap().to_owned());
    }
    let typed: BTreeSet<_> = typed.values().map(|row| (format!("{}/{}", row["pxname"], row["svname"]), row["status"].clone())).collect();
    assert_eq!(typed, csv("v2.6-show-stat.csv"));
    let metrics = text("v2.6-metrics.prom");
    for (name, status) in csv("v2.6-show-stat.csv").iter().filter(|(name, _)| name.ends_with("/BACKEND")) {
        let proxy = name.trim_end_matches("/BACKEND");
        assert!(metrics.contains(&format!("haproxy_backend_status{{proxy=\"{proxy}\",state=\"{status}\"}} 1")), "{name}");
    }
    // operational state 2 is running, 0 stopped
    for (form, file) in [
        ("v2.6-show-servers-state.txt", "v2.6-show-stat.csv"),
        ("v2.6-show-servers-state-primary-down.txt", "v2.6-show-stat-primary-down.csv"),
        ("v3.0-show-servers-state.txt", "v3.0-show-stat.csv"),
        ("v3.2-show-servers-state.txt", "v3.2-show-stat.csv"),
    ] {
        let csv: BTreeMap<_, _> = csv(file).into_iter().collect();
        let state = text(form);
        let rows: Vec<Vec<&str>> = state.lines().skip(2).filter(|line| !line.is_empty()).map(|line| line.split(' ').collect()).collect();
        assert_eq!(rows.len(), 4, "{form}");
        for row in rows {
            assert_eq!(csv[&format!("{}/{}", row[1], row[3])], if row[5] == "2" { "UP" } else { "DOWN" }, "{form}");
        }
    }
}

#[test]
fn every_status_that_commands_brought_about_has_its_meaning() {
    let commands: Vec<Value> = serde_json::from_str(&text("v2.6-runtime-commands.json")).unwrap();
    let mut seen = BTreeSet::new();
    for step in &commands {
        let Some(status) = step["pg2_status"].as_str() else { continue };
        let standing = Standing::of(Some(&status.into()));
        let expected = match status {
            "UP" => Standing::Up,
            "UP 1/2" => Standing::GoingDown,
            "DOWN" => Standing::Down,
            "DRAIN" => Standing::Drain,
            "MAINT" => Standing::Maintenance,
            other => panic!("no meaning written for {other}"),
        };
        assert_eq!(standing, expected);
        // the backend has this one server only: it is up exactly when the server gets sessions
        let willing = standing.serves() && step["pg2_weight"] != "0";
        assert_eq!(step["backend_status"], if willing { "UP" } else { "DOWN" }, "{step}");
        assert_eq!(Standing::of(step["backend_status"].as_str().map(Untrusted::from).as_ref()).serves(), willing);
        // no reply to a command passes for statistics
        assert!(statistics(step["reply"].as_str().unwrap(), "reply").is_err());
        seen.insert(status);
    }
    assert_eq!(seen.len(), 5);
}

#[test]
fn an_answer_to_another_question_is_no_statistics() {
    for (file, trouble) in [
        ("v2.6-help.txt", Trouble::Malformed),
        ("v2.6-show-backend.txt", Trouble::Malformed),
        ("v2.6-show-cli-level.txt", Trouble::Malformed),
        ("v2.6-show-errors.txt", Trouble::Malformed),
        ("v2.6-show-pools.txt", Trouble::Malformed),
        ("v2.6-show-schema.json", Trouble::Malformed),
        ("v2.6-show-servers-conn.txt", Trouble::Malformed),
        ("v2.6-show-servers-state.txt", Trouble::Malformed),
        ("v2.6-show-sess.txt", Trouble::Malformed),
        ("v2.6-show-info.txt", Trouble::Malformed),
        ("v2.6-metrics.prom", Trouble::Malformed),
        ("v2.6-show-stat.json", Trouble::Malformed),
    ] {
        assert_eq!(statistics(&text(file), file).expect_err(file).trouble, trouble, "{file}");
        if file != "v2.6-show-info.txt" {
            assert!(process(&text(file), file).is_err(), "{file}");
        }
    }
}

#[test]
fn each_kind_of_bad_answer_has_its_own_error() {
    let good = text("v2.6-show-stat.csv");
    let trouble = |text: &str| socket_statistics(text, "show stat").map(|_| ()).map_err(|error| error.trouble);
    assert_eq!(trouble(&good), Ok(()));
    assert_eq!(trouble(""), Err(Trouble::Truncated));
    assert_eq!(trouble("\n"), Err(Trouble::Truncated));
    assert_eq!(trouble("<!DOCTYPE html><html>"), Err(Trouble::Html));
    assert_eq!(trouble("\n<html>"), Err(Trouble::Html));
    assert_eq!(trouble("Permission denied\n\n"), Err(Trouble::NotPermitted));
    assert_eq!(trouble("Unknown command: 'show stat'\n"), Err(Trouble::Malformed));
    let (_, headless) = good.split_once('\n').unwrap();
    assert_eq!(trouble(headless), Err(Trouble::Malformed), "no head");
    assert_eq!(trouble(&good.replace(",status,", ",mood,")), Err(Trouble::Malformed), "no column status");
    assert_eq!(trouble(&good.replace(",status,", ",svname,")), Err(Trouble::DuplicateKey));
    let twice = good.replacen("postgres_write,pg2", "postgres_write,pg1", 1);
    assert_eq!(trouble(&twice), Err(Trouble::DuplicateKey), "which pg1 is meant?");
    assert_eq!(trouble(&good.replacen(",8,63,1000,", ",-8,63,1000,", 1)), Err(Trouble::Malformed));
    assert_eq!(trouble(&good.replacen(",8,63,1000,", ",8,63,1000,7,", 1)), Err(Trouble::Malformed), "one cell too many");
}

#[test]
fn an_answer_that_is_cut_anywhere_is_never_taken_for_whole() {
    let good = text("v2.6-show-stat.csv");
    for end in 0..good.len() - 1 {
        let Some(cut) = good.get(..end) else { continue };
        assert!(socket_statistics(cut, "show stat").is_err(), "cut at {end}");
    }
}

#[test]
fn hostile_names_are_kept_as_they_came() {
    let long = "x".repeat(1 << 20);
    for name in ["\u{1b}]0;owned\u{7}", "\u{202e}evil", "a b", "quo\"\"te", long.as_str()] {
        let csv =
            format!("# pxname,svname,qcur,scur,status,weight,type,last_chk,\nw,\"{name}\",0,0,GLORIOUS,1,2,\"a,b\",\nw,BACKEND,0,0,UP,1,1,,\n\n");
        let snapshot = snapshot(socket_statistics(&csv, "show stat").expect("csv"));
        let raw = name.replace("\"\"", "\"");
        let server = &snapshot.backends[0].servers[0];
        assert_eq!((server.name.raw(), server.check_text.as_ref().unwrap().raw()), (raw.as_str(), "a,b"));
        let back: BalancerSnapshot = serde_json::from_value(serde_json::to_value(&snapshot).unwrap()).unwrap();
        assert_eq!(back, snapshot, "JSON loses nothing");
        let verdicts = verdicts::<Haproxy>(&endpoint("haproxy", &[]), &snapshot, snapshot.taken_at);
        let finding = &verdicts["server-status-unknown"].as_ref().unwrap()[0];
        assert_eq!(finding.object.as_ref().unwrap().raw(), format!("w/{raw}"));
        assert!(finding.sentence.shown().chars().all(opsctl::text::untrusted::is_plain));
    }
}

#[test]
fn a_row_has_a_cell_for_each_column() {
    let snapshot = read("v3.2-show-stat.csv");
    let rows = with_view::<Haproxy, _>(&endpoint("haproxy", BOTH), &snapshot, snapshot.taken_at, server_rows);
    let keys: Vec<_> = rows.iter().map(|row| (row.key.as_str(), row.depth)).collect();
    let write = [("node/postgres_write/BACKEND", 0), ("node/postgres_write/pg1", 1), ("node/postgres_write/pg2", 1)];
    let read = [("node/postgres_read/BACKEND", 0), ("node/postgres_read/pg1", 1), ("node/postgres_read/pg2", 1)];
    assert_eq!(keys, [write, read].concat());
    assert!(rows.iter().all(|row| row.cells.len() == SERVER_COLUMNS.len()));
    let takes = SERVER_COLUMNS.iter().position(|column| column.key == "takes_sessions").unwrap();
    assert_eq!((&rows[1].cells[takes], &rows[2].cells[takes]), (&Cell::Flag(true), &Cell::Flag(false)));
}

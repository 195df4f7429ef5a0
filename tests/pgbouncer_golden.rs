//! Every captured answer of `PgBouncer` 1.18, 1.24 and 1.26, read as the client reads it, with values written by hand from the captures.

use crate::support::judging::{all_are_read, cells, endpoint, gaps, raised, verdicts, with_view};
use crate::support::root;
use opsctl::model::{Clock, Gap, Moment, Reading, Reason, Severity};
use opsctl::systems::pgbouncer::complaint::Complaint;
use opsctl::systems::pgbouncer::present::{POOL_COLUMNS, pool_rows};
use opsctl::systems::pgbouncer::sessions::{Side, sessions};
use opsctl::systems::pgbouncer::settings::{Setting, Settings};
use opsctl::systems::pgbouncer::snapshot::PoolerSnapshot;
use opsctl::systems::pgbouncer::totals::Totals;
use opsctl::systems::pgbouncer::{Pgbouncer, pace, serves, wire};
use opsctl::systems::view::Cell;
use opsctl::transport::pg::Rows;
use opsctl::transport::{ProbeError, Trouble};
use serde_json::Value;
use std::collections::BTreeSet;
use std::time::Duration;

const VERSIONS: [&str; 3] = ["1.18", "1.24", "1.26"];

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/pgbouncer").join(file)).expect(file)
}

fn capture(file: &str) -> Vec<Value> {
    serde_json::from_str(&text(file)).expect(file)
}

/// The rows of the last answer to `command`.
fn rows(capture: &[Value], command: &str) -> Option<Rows> {
    let answer = capture.iter().rfind(|answer| answer["command"] == command && answer["columns"].is_array())?;
    let columns = answer["columns"].as_array()?.iter().map(|column| column["name"].as_str().unwrap().to_owned()).collect();
    let row = |row: &Value| row.as_array().unwrap().iter().map(|value| value.as_str().map(str::to_owned)).collect();
    Some(Rows { columns, rows: answer["rows"].as_array()?.iter().map(row).collect() })
}

/// The snapshot that one round of all tiers would give.
fn snapshot(capture: &[Value], now: Moment) -> PoolerSnapshot {
    fn read<T>(rows: Option<Rows>, decode: fn(&Rows) -> Result<T, ProbeError>, now: Moment) -> Reading<T> {
        rows.map_or(Reading::unknown(Reason::NotSupported("not captured".into())), |rows| Reading::new(decode(&rows).expect("decodes"), now))
    }
    let rows = |command: &str| rows(capture, command);
    PoolerSnapshot {
        version: read(rows("SHOW VERSION"), wire::version, now),
        pools: read(rows("SHOW POOLS"), wire::pools, now),
        databases: read(rows("SHOW DATABASES"), wire::databases, now),
        process: read(rows("SHOW STATE"), wire::process, now),
        totals: read(rows("SHOW STATS"), wire::totals, now),
        lists: read(rows("SHOW LISTS"), wire::lists, now),
        settings: read(rows("SHOW CONFIG"), wire::settings, now),
        ..PoolerSnapshot::empty()
    }
}

#[test]
fn every_file_is_read() {
    all_are_read(
        "pgbouncer",
        &[
            "-load.json",
            "-load.txt",
            "-commands.json",
            "-suspend.json",
            "-suspend.txt",
            "-paused-with-waiters.json",
            "-paused-with-waiters.txt",
            "-primary-down.json",
            "-primary-down.txt",
            "-reload-with-bad-ini.txt",
            "tokio-postgres-proof.txt",
        ],
    );
}

#[test]
fn the_same_load_reads_alike_on_every_version() {
    let now = Clock::real().now();
    // version: active and waiting clients, oldest wait in µs, known limits of clients, transactions, wait in µs
    let expected = [
        ("1.18", 20, 10, 20_238, None, 9_211, 230_279_271),
        ("1.24", 21, 9, 59_417, Some(0), 8_243, 242_757_670),
        ("1.26", 24, 6, 22_966, Some(0), 8_334, 232_565_324),
    ];
    for (version, active, waiting, oldest, max_clients, transactions, wait) in expected {
        let capture = capture(&format!("v{version}-load.json"));
        let snapshot = snapshot(&capture, now);
        assert_eq!(wire::release(snapshot.version.value().unwrap()).map(|(major, minor)| format!("{major}.{minor}")).as_deref(), Some(version));
        let pools = snapshot.pools.value().unwrap();
        let names: Vec<_> = pools.iter().map(|pool| (pool.database.raw(), pool.user.raw())).collect();
        assert_eq!(names, [("appdb", "app"), ("appdb", "pgbouncer_auth"), ("pgbouncer", "pgbouncer")]);
        let app = &pools[0];
        assert_eq!((app.clients_active, app.clients_waiting, app.oldest_wait), (Some(active), Some(waiting), Some(Duration::from_micros(oldest))));
        assert_eq!(
            (app.servers_active, app.servers_idle, app.servers(), app.mode.as_ref().unwrap().raw()),
            (Some(20), Some(0), Some(20), "transaction")
        );
        assert_eq!(pools[1].servers_used, Some(1));
        let database = &snapshot.databases.value().unwrap()[0];
        assert_eq!(
            (database.pool_size, database.reserve, database.servers, database.paused, database.disabled),
            (Some(20), Some(5), Some(21), Some(false), Some(false))
        );
        assert_eq!((database.max_clients, database.host.as_ref().unwrap().raw(), database.port), (max_clients, "127.0.0.1", Some(22_021)));
        let totals = &snapshot.totals.value().unwrap()[0];
        assert_eq!((totals.transactions, totals.wait), (Some(transactions), Some(Duration::from_micros(wait))));
        assert_eq!(snapshot.lists.value().unwrap().clients, Some(31));
        let settings = snapshot.settings.value().unwrap();
        assert_eq!((settings.count("max_client_conn"), settings.text("pool_mode").unwrap().raw()), (Some(400), "transaction"));
        match version {
            "1.18" => assert!(snapshot.process.value().is_none()),
            _ => assert!(snapshot.process.value().is_some_and(|state| state.active && !state.paused && state.others.is_empty())),
        }
        // ten clients wait for some milliseconds: nobody has to be woken
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now);
        assert_eq!((raised(&verdicts), gaps(&verdicts)), (vec![], vec![]), "{version}");
    }
}

#[test]
fn the_average_wait_of_the_same_load_agrees_between_versions() {
    let wait = |version: &str| {
        let after = wire::totals(&rows(&capture(&format!("v{version}-load.json")), "SHOW STATS").unwrap()).unwrap();
        let zero = |totals: &Totals| Totals { transactions: Some(0), queries: Some(0), wait: Some(Duration::ZERO), ..totals.clone() };
        let before: Vec<_> = after.iter().map(zero).collect();
        pace::between(&before, &after, Duration::from_secs(30))[0].wait_seconds.unwrap()
    };
    let own = |version: &str| {
        let stats = rows(&capture(&format!("v{version}-load.json")), "SHOW STATS").unwrap();
        let at = stats.columns.iter().position(|name| name == "avg_wait_time").unwrap();
        stats.rows[0][at].as_deref().unwrap().parse::<f64>().unwrap()
    };
    let waits: Vec<f64> = VERSIONS.iter().map(|version| wait(version)).collect();
    let (least, most) = (waits.iter().copied().fold(f64::MAX, f64::min), waits.iter().copied().fold(0.0, f64::max));
    assert!(least > 0.02 && most < 0.03 && most / least < 1.2, "{waits:?}");
    assert!(own("1.18") / own("1.26") > 200.0, "the server's own averages mean different things");
    // read as each version means them, they agree, in seconds
    for (version, seconds) in [("1.18", 6.256_944 / 368.0), ("1.24", 0.021_663), ("1.26", 0.020_274)] {
        let capture = capture(&format!("v{version}-load.json"));
        let release = wire::release(&wire::version(&rows(&capture, "SHOW VERSION").unwrap()).unwrap()).unwrap();
        let pace = &pace::averaged(&wire::totals(&rows(&capture, "SHOW STATS").unwrap()).unwrap(), release)[0];
        let wait = pace.wait_seconds.unwrap();
        assert!((wait - seconds).abs() < 1e-9 && (0.015..0.025).contains(&wait), "{version}: {wait}");
        assert!(pace.per_second().is_some_and(|count| (300..500).contains(&count)), "{version}");
    }
}

#[test]
fn clients_and_servers_are_read_on_every_version() {
    for version in VERSIONS {
        let capture = capture(&format!("v{version}-load.json"));
        let clients = sessions(Side::Clients, &rows(&capture, "SHOW CLIENTS").unwrap()).unwrap();
        let servers = sessions(Side::Servers, &rows(&capture, "SHOW SERVERS").unwrap()).unwrap();
        assert_eq!((clients.len(), servers.len()), (31, 21), "{version}");
        let served = clients.iter().filter(|client| client.link.is_some());
        for client in served {
            let server = servers.iter().find(|server| server.pointer == client.link).expect("both sides of a link");
            assert_eq!((server.link.as_ref(), server.database.as_ref()), (client.pointer.as_ref(), client.database.as_ref()));
            assert!(server.remote_pid.is_some_and(|pid| pid > 0));
        }
        assert!(clients.iter().any(|client| client.state.as_ref().unwrap().raw() == "waiting" && client.wait.is_some_and(|wait| !wait.is_zero())));
    }
    assert_eq!(sessions(Side::Clients, &rows(&capture("v1.18-paused-with-waiters.json"), "SHOW CLIENTS").unwrap()).unwrap().len(), 13);
    assert!(sessions(Side::Servers, &rows(&capture("v1.18-primary-down.json"), "SHOW SERVERS").unwrap()).unwrap().is_empty());
}

#[test]
fn a_paused_pool_is_a_warning_at_once_and_critical_when_it_stays() {
    let now = Clock::real().now();
    let mut snapshot = snapshot(&capture("v1.18-paused-with-waiters.json"), now);
    let mut told = |paused_before: u64| {
        let Reading::Known(databases) = &mut snapshot.databases else { panic!("known") };
        databases.value[0].paused_since = Some(Moment { mono: now.mono.saturating_sub(Duration::from_secs(paused_before)), wall: now.wall });
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now);
        raised(&verdicts)
    };
    assert_eq!(told(0), [("pool-paused", Severity::Warning, "database appdb is paused on node, 12 clients wait, the oldest for 3.1s".to_owned())]);
    assert_eq!(
        told(31),
        [("pool-paused", Severity::Critical, "database appdb is paused on node for at least 31s, 12 clients wait, the oldest for 3.1s".to_owned())]
    );
}

#[test]
fn the_cure_of_a_pause_is_a_line_to_type_unless_a_name_would_mean_more_there() {
    let now = Clock::real().now();
    let mut snapshot = snapshot(&capture("v1.18-paused-with-waiters.json"), now);
    let mut cure = |name: &str, address: &str| {
        let Reading::Known(databases) = &mut snapshot.databases else { panic!("known") };
        databases.value[0].name = name.into();
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[("address", address)]), &snapshot, now);
        verdicts["pool-paused"].as_ref().expect("known")[0].cure.clone()
    };
    let line = "`psql -h 10.0.0.21 -p 6432 -U ADMIN pgbouncer -c 'RESUME \"appdb\"'`";
    assert!(cure("appdb", "10.0.0.21:6432").is_some_and(|cure| cure.contains(line)), "{:?}", cure("appdb", "10.0.0.21:6432"));
    assert_eq!([cure("app'; $(id)", "10.0.0.21:6432"), cure("appdb", "nowhere")], [None, None], "the words of the rule stand in");
}

#[test]
fn one_look_sees_that_writers_wait_for_the_end_of_a_pause() {
    let now = Clock::real().now();
    let mut snapshot = snapshot(&capture("v1.18-paused-with-waiters.json"), now);
    let mut told = |waited: u64, clients: u64| {
        let Reading::Known(pools) = &mut snapshot.pools else { panic!("known") };
        let pool = pools.value.iter_mut().find(|pool| pool.clients_waiting.is_some_and(|count| count > 0)).expect("a pool with a queue");
        (pool.clients_waiting, pool.oldest_wait) = (Some(clients), Some(Duration::from_secs(waited)));
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[("route", "write")]), &snapshot, now);
        raised(&verdicts).into_iter().find(|(rule, ..)| *rule == "pool-paused").expect("raised")
    };
    // this process has seen the pause for no time at all; its clients have
    let (_, severity, sentence) = told(29, 12);
    assert_eq!((severity, sentence.as_str()), (Severity::Warning, "database appdb is paused on node, 12 clients wait to write, the oldest for 29s"));
    assert_eq!(told(30, 12).1, Severity::Critical);
    // and since when is told by the first of them
    let Reading::Known(pools) = &mut snapshot.pools else { panic!("known") };
    for pool in &mut pools.value {
        (pool.waiting_since, pool.oldest_wait) = (Some(now), Some(Duration::from_secs(97)));
    }
    let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now);
    for rule in ["pool-paused", "clients-waiting"] {
        let began = verdicts[rule].as_ref().expect("known")[0].began.expect("a beginning");
        assert_eq!(now.wall.duration_since(began.at()).as_secs(), 97, "{rule}");
    }
}

#[test]
fn a_dead_primary_shows_no_waiting_client_and_raises_nothing_by_itself() {
    let now = Clock::real().now();
    let snapshot = snapshot(&capture("v1.18-primary-down.json"), now);
    // clients were refused one by one: nothing in POOLS tells. The balancer and Patroni do
    assert_eq!(snapshot.pools.value().unwrap().iter().filter_map(|pool| pool.clients_waiting).sum::<u64>(), 0);
    assert_eq!(raised(&verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now)), []);
}

#[test]
fn a_suspended_pooler_is_told_where_the_version_tells() {
    let now = Clock::real().now();
    let suspended = |version: &str| {
        let capture = capture(&format!("v{version}-suspend.json"));
        let mut first = capture.clone();
        // the state of the first answer, before RESUME
        let at = first.iter().position(|answer| answer["command"] == "SHOW STATE").unwrap();
        first.truncate(at + 1);
        let mut snapshot = snapshot(&capture, now);
        if let Some(rows) = rows(&first, "SHOW STATE") {
            snapshot.process = Reading::new(wire::process(&rows).unwrap(), now);
        }
        raised(&verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now))
    };
    assert_eq!(suspended("1.18"), [], "1.18 answers SHOW STATE with an error");
    assert_eq!(suspended("1.24"), [("pooler-not-active", Severity::Warning, "the pooler node says it is suspended".to_owned())]);
    // there is no SUSPEND any more; KILL left the database paused, and a client waits for a first server
    assert_eq!(suspended("1.26"), [("pool-paused", Severity::Warning, "database appdb is paused on node, 1 client waits for 1ms".to_owned())]);
}

#[test]
fn a_pooler_that_does_not_list_a_database_is_not_counted_as_serving_it() {
    let now = Clock::real().now();
    let snapshot = snapshot(&capture("v1.26-load.json"), now);
    let takes = |database: &str| serves(&endpoint("pgbouncer", &[]), &snapshot, Some(&BTreeSet::from([database.to_owned()])));
    assert_eq!(takes("appdb"), Ok(true));
    assert!(takes("billing").is_err_and(|gap| gap.fact.contains("billing")));
}

#[test]
fn every_error_of_the_console_has_its_meaning() {
    let expected = |message: &str| match message {
        text if text.starts_with("invalid command") => Complaint::NoSuchCommand,
        text if text.ends_with("is not paused") || text == "pooler is not paused/suspended" => Complaint::NotPaused,
        "already suspended/paused" | "already paused" => Complaint::AlreadyPaused,
        "no such database: nosuch" => Complaint::NoSuchDatabase,
        "cannot pause admin db: pgbouncer" => Complaint::AdminDatabase,
        "a database is required" => Complaint::DatabaseRequired,
        "SET failed" => Complaint::SetFailed,
        "admin access needed" => Complaint::NeedsAdmin,
        "client not found" | "invalid client pointer supplied" => Complaint::NoSuchClient,
        "extended query protocol not supported by admin console" => Complaint::Extended,
        "SASL authentication failed" | "no such user" | "bouncer config error" => Complaint::Login,
        other => panic!("no meaning written for {other}"),
    };
    let mut seen = BTreeSet::new();
    for version in VERSIONS {
        for file in ["commands", "load", "suspend"] {
            for answer in capture(&format!("v{version}-{file}.json")) {
                // libpq repeats the message for each address, with words of its own before it
                let message = answer["error"]["message"].as_str().or(answer["error"].as_str().and_then(|text| text.lines().next()));
                let Some(message) = message.filter(|text| !text.ends_with("timeout expired")) else { continue };
                let said = message.rsplit_once("FATAL:  ").or(message.rsplit_once("ERROR:  ")).map_or(message, |(_, said)| said);
                assert_eq!(Complaint::of(said), expected(said), "{said}");
                assert_eq!(Complaint::of(&format!("08P01 {said}")), expected(said), "{said}");
                seen.insert(said.to_owned());
            }
        }
        let refusal = text(&format!("v{version}-reload-with-bad-ini.txt"));
        let reply = refusal.lines().find_map(|line| line.strip_prefix("reply: ")).unwrap();
        match reply.strip_prefix("ERROR:  ") {
            Some(said) => assert_eq!(Complaint::of(said), Complaint::ReloadFailed),
            None => assert_eq!(reply, "RELOAD", "success was said, and was not true"),
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
    let proof = text("tokio-postgres-proof.txt");
    let said = proof.lines().filter_map(|line| line.split_once("08P01 ")).map(|(_, said)| said.trim_end_matches(['"', ')']));
    for said in said {
        assert_ne!(Complaint::of(said), Complaint::Other, "{said}");
    }
}

#[test]
fn the_states_shown_between_commands_are_read() {
    for version in VERSIONS {
        for answer in capture(&format!("v{version}-commands.json")) {
            let Some(short) = answer["_short"].as_object() else { continue };
            let columns = ["name".to_owned()].into_iter().chain(short.keys().cloned()).collect();
            let values = [Some("appdb".to_owned())].into_iter().chain(short.values().map(|value| value.as_str().map(str::to_owned))).collect();
            let databases = wire::databases(&Rows { columns, rows: vec![values] }).unwrap();
            assert_eq!(databases[0].paused, Some(short["paused"] == "1"));
            assert_eq!(databases[0].disabled, Some(short["disabled"] == "1"));
        }
        if version != "1.18" {
            let capture = capture(&format!("v{version}-commands.json"));
            let state = capture.iter().find(|answer| answer["command"] == "SHOW STATE" && answer["rows"].is_array()).unwrap();
            let row = |row: &Value| row.as_array().unwrap().iter().map(|value| value.as_str().map(str::to_owned)).collect();
            let rows = Rows { columns: vec!["key".into(), "value".into()], rows: state["rows"].as_array().unwrap().iter().map(row).collect() };
            let state = wire::process(&rows).unwrap();
            assert_eq!((state.active, state.paused, state.suspended), (false, true, false), "a global PAUSE shows here only");
        }
    }
}

#[test]
fn the_proof_counts_the_columns_that_the_captures_have() {
    let mut compared = 0;
    let mut version = "";
    for line in text("tokio-postgres-proof.txt").lines() {
        version = VERSIONS.into_iter().find(|version| line.contains(&format!("PgBouncer {version}."))).unwrap_or(version);
        let Some((command, rest)) = line.trim().split_once(": cols=") else { continue };
        let Some(rows) = rows(&capture(&format!("v{version}-load.json")), command) else { continue };
        let count: usize = rest.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(rows.columns.len(), count, "{command} of {version}");
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn the_tables_for_people_say_the_same_as_the_json() {
    for (version, file) in [
        ("1.18", "load"),
        ("1.24", "load"),
        ("1.26", "load"),
        ("1.18", "paused-with-waiters"),
        ("1.18", "primary-down"),
        ("1.24", "suspend"),
        ("1.26", "suspend"),
    ] {
        let capture = capture(&format!("v{version}-{file}.json"));
        let printed = text(&format!("v{version}-{file}.txt"));
        let mut compared = 0;
        for section in printed.split("=> ").skip(1) {
            let mut lines = section.lines();
            let command = lines.next().unwrap();
            let (Some(head), Some(rule)) = (lines.next(), lines.next()) else { continue };
            let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
            if command != "SHOW POOLS" && command != "SHOW DATABASES" || !rule.starts_with("--") {
                continue;
            }
            let body = lines.take_while(|line| !line.is_empty()).map(|line| cells(line).into_iter().map(Some).collect()).collect();
            let table = Rows { columns: cells(head), rows: body };
            let json = rows(&capture, command).unwrap();
            if command == "SHOW POOLS" {
                assert_eq!(wire::pools(&table).unwrap(), wire::pools(&json).unwrap(), "{version} {file}");
            } else {
                assert_eq!(wire::databases(&table).unwrap(), wire::databases(&json).unwrap(), "{version} {file}");
            }
            compared += 1;
        }
        assert!(compared >= 2, "{version} {file}");
    }
    assert!(text("v1.18-suspend.txt").contains("invalid command 'SHOW STATE'"));
}

#[test]
fn a_reload_that_damaged_the_configuration_is_told_although_it_said_success() {
    let now = Clock::real().now();
    for version in VERSIONS {
        let diff = text(&format!("v{version}-reload-with-bad-ini.txt"));
        let side = |sign: &str| {
            let lines = diff.lines().filter_map(|line| line.strip_prefix(sign));
            let setting = |line: &str| {
                let cells: Vec<&str> = line.split('|').collect();
                (cells[0].to_owned(), Setting { value: Some(cells[1].into()), default: Some(cells[2].into()) })
            };
            Settings(lines.map(setting).collect())
        };
        let (before, after) = (side("< "), side("> "));
        let changes = before.changes(&after);
        assert!(changes.len() >= 10 && changes.iter().all(|change| change.fell_back), "{version}: {changes:?}");
        let mut snapshot = snapshot(&capture(&format!("v{version}-load.json")), now);
        snapshot.fallen_back = changes;
        let told = raised(&verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now));
        let [("config-fell-back", Severity::Critical, sentence)] = told.as_slice() else { panic!("{told:?}") };
        assert!(sentence.starts_with("RELOAD damaged the configuration of node, "), "{sentence}");
        assert!(
            sentence.ends_with("pool_mode transaction -> session, max_client_conn 400 -> 100, client_tls_sslmode prefer -> disable"),
            "{sentence}"
        );
    }
}

#[test]
fn what_a_pool_shows_has_a_cell_for_each_column_and_no_zero_for_what_is_unknown() {
    let now = Clock::real().now();
    let snapshot = snapshot(&capture("v1.18-load.json"), now);
    let node = endpoint("pgbouncer", &[("route", "write")]);
    let rows = with_view::<Pgbouncer, _>(&node, &snapshot, now, pool_rows).unwrap();
    assert_eq!(rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>(), ["node/appdb/app", "node/appdb/pgbouncer_auth"]);
    assert!(rows.iter().all(|row| row.cells.len() == POOL_COLUMNS.len()));
    let cells = cells::<Pgbouncer>(&node, &snapshot, now);
    assert_eq!(cells["clients_active"], Cell::Count(20));
    assert_eq!(cells["max_client_conn"], Cell::Count(400));
    assert!(matches!(&cells["average_wait_seconds"], Cell::Unknown(gap) if gap.reason == Reason::NotAskedYet), "{:?}", cells["average_wait_seconds"]);
}

#[test]
fn an_answer_of_another_form_is_its_own_error() {
    let table = |columns: &[&str], rows: &[&[&str]]| Rows {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        rows: rows.iter().map(|row| row.iter().map(|&value| Some(value.to_owned())).collect()).collect(),
    };
    let pools = |columns: &[&str], rows: &[&[&str]]| wire::pools(&table(columns, rows)).map_err(|error| error.trouble);
    assert_eq!(pools(&["database", "user", "user"], &[]), Err(Trouble::DuplicateKey));
    assert_eq!(pools(&["database", "cl_waiting"], &[&["a", "1"]]), Err(Trouble::Malformed));
    assert_eq!(pools(&[], &[]), Err(Trouble::Malformed));
    assert_eq!(pools(&["database", "user", "cl_waiting"], &[&["a", "b"]]), Err(Trouble::Truncated));
    assert_eq!(pools(&["database", "user"], &[&["a", "b"], &["a", "b"]]), Err(Trouble::DuplicateKey));
    for odd in ["-1", "1.5", "many", "99999999999999999999999"] {
        assert_eq!(pools(&["database", "user", "cl_waiting"], &[&["a", "b", odd]]), Err(Trouble::Malformed), "{odd}");
    }
    // a column of next year is ignored, one that is gone is unknown and never zero
    let read = pools(&["user", "mood", "database"], &[&["b", "fine", "a"]]).unwrap();
    assert_eq!((read[0].database.raw(), read[0].clients_waiting, read[0].servers()), ("a", None, None));
    let now = Clock::real().now();
    let snapshot = PoolerSnapshot { pools: Reading::new(read, now), ..PoolerSnapshot::empty() };
    let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now);
    assert!(gaps(&verdicts).contains(&("clients-waiting", Gap::new("waiting clients of a/b", Reason::NotReported))));
    // an unknown state of the process is not health
    let state = wire::process(&table(&["key", "value"], &[&["active", "yes"], &["paused", "no"], &["dreaming", "yes"]])).unwrap();
    let odd = PoolerSnapshot { process: Reading::new(state, now), ..PoolerSnapshot::empty() };
    let told = raised(&self::verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &odd, now));
    assert_eq!(told, [("pooler-not-active", Severity::Warning, "the pooler node says it is dreaming".to_owned())]);
}

#[test]
fn a_column_or_a_row_that_is_left_out_is_unknown_and_not_fine() {
    let table = |columns: &[&str], rows: &[&[&str]]| Rows {
        columns: columns.iter().map(|&name| name.to_owned()).collect(),
        rows: rows.iter().map(|row| row.iter().map(|&value| Some(value.to_owned())).collect()).collect(),
    };
    let now = Clock::real().now();
    let whole = snapshot(&capture("v1.26-load.json"), now);
    let lacking = |snapshot: &PoolerSnapshot| {
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), snapshot, now);
        assert_eq!(raised(&verdicts), []);
        gaps(&verdicts).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    assert_eq!(lacking(&whole), Vec::<&str>::new());
    // DATABASES
    let databases = |columns: &[&str], row: &[&str]| {
        let databases = Reading::new(wire::databases(&table(columns, &[row])).unwrap(), now);
        lacking(&PoolerSnapshot { databases, ..whole.clone() })
    };
    assert_eq!(databases(&["name", "paused", "disabled"], &["app", "0", "0"]), Vec::<&str>::new());
    assert_eq!(databases(&["name", "disabled"], &["app", "0"]), ["pool-paused"]);
    assert_eq!(databases(&["name", "paused"], &["app", "0"]), ["database-disabled"]);
    assert_eq!(databases(&["name", "paused", "disabled", "max_client_connections"], &["app", "0", "0", "10"]), ["max-client-connections-near-limit"]);
    // POOLS
    let full = ["database", "user", "cl_waiting", "maxwait", "sv_active", "sv_idle", "sv_used", "sv_tested", "sv_login"];
    let pools = |without: &str, values: [&str; 9]| {
        let kept: Vec<(&str, &str)> = full.into_iter().zip(values).filter(|(name, _)| *name != without).collect();
        let (columns, row): (Vec<&str>, Vec<&str>) = kept.into_iter().unzip();
        let pools = Reading::new(wire::pools(&table(&columns, &[row.as_slice()])).unwrap(), now);
        lacking(&PoolerSnapshot { pools, ..whole.clone() })
    };
    let calm = ["app", "u", "0", "0", "0", "0", "0", "0", "0"];
    assert_eq!(pools("", calm), Vec::<&str>::new());
    assert_eq!(pools("cl_waiting", calm), ["clients-waiting", "pool-login-failing"]);
    assert_eq!(pools("sv_login", calm), ["pool-login-failing"]);
    assert_eq!(pools("sv_idle", ["app", "u", "1", "0", "0", "0", "0", "0", "0"]), ["pool-login-failing"]);
    assert_eq!(pools("sv_idle", ["app", "u", "1", "0", "1", "0", "0", "0", "0"]), Vec::<&str>::new(), "one server that is told is one");
    assert_eq!(pools("maxwait", ["app", "u", "1", "0", "1", "0", "0", "0", "0"]), ["clients-waiting"]);
    // STATE
    for rows in [&[&["active", "yes"][..]][..], &[&["paused", "no"][..]][..], &[][..]] {
        assert_eq!(wire::process(&table(&["key", "value"], rows)).unwrap_err().trouble, Trouble::Malformed, "{rows:?}");
    }
    let twice: &[&[&str]] = &[&["active", "yes"], &["paused", "yes"], &["paused", "no"]];
    assert_eq!(wire::process(&table(&["key", "value"], twice)).unwrap_err().trouble, Trouble::DuplicateKey);
    let unread = PoolerSnapshot { process: Reading::unknown(Reason::Malformed("no row paused".into())), ..whole.clone() };
    assert_eq!(lacking(&unread), ["pool-paused", "pooler-not-active"]);
    let rows = with_view::<Pgbouncer, _>(&endpoint("pgbouncer", &[]), &unread, now, pool_rows).unwrap();
    let paused = POOL_COLUMNS.iter().position(|column| column.key == "paused").unwrap();
    assert!(matches!(rows[0].cells[paused], Cell::Unknown(_)), "the whole pooler may be paused");
}

#[test]
fn hostile_names_are_kept_as_they_came() {
    let long = "x".repeat(1 << 20);
    for name in ["\x1b]0;owned\x07", "\u{202e}evil", "a\nb", "'; DROP TABLE t; --", long.as_str()] {
        let columns = ["database", "user", "cl_waiting", "maxwait"].map(str::to_owned).to_vec();
        let row = [name, "u", "3", "99"].map(|value| Some(value.to_owned())).to_vec();
        let now = Clock::real().now();
        let pools = wire::pools(&Rows { columns, rows: vec![row] }).unwrap();
        assert_eq!(pools[0].database.raw(), name);
        let snapshot = PoolerSnapshot { pools: Reading::new(pools, now), ..PoolerSnapshot::empty() };
        let back: PoolerSnapshot = serde_json::from_value(serde_json::to_value(&snapshot).unwrap()).unwrap();
        assert_eq!(back, snapshot, "JSON loses nothing");
        let verdicts = verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), &snapshot, now);
        let finding = &verdicts["clients-waiting"].as_ref().unwrap()[0];
        assert_eq!(finding.object.as_ref().unwrap().raw(), format!("{name}/u"));
        assert!(finding.sentence.shown().chars().all(opsctl::text::untrusted::is_plain));
    }
}

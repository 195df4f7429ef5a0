//! The client of `PgBouncer` against a console that breaks off, refuses, hangs, restarts, and that fails the test when it is asked what must not be.

use crate::support::console::{Console, Reply};
use crate::support::judging::{endpoint, raised, verdicts};
use opsctl::model::{Clock, Moment, Reading, Reason, Severity};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::pgbouncer::sessions::Side;
use opsctl::systems::pgbouncer::{Pgbouncer, PoolerClient, PoolerSnapshot};
use opsctl::transport::Trouble;
use opsctl::transport::pg::{PgReader, PgTarget, Speaks};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_millis(400);
const POOLS: &[&str] = &[
    "database",
    "user",
    "cl_active",
    "cl_waiting",
    "sv_active",
    "sv_idle",
    "sv_used",
    "sv_tested",
    "sv_login",
    "maxwait",
    "maxwait_us",
    "pool_mode",
];
const HEALTHY: &[&str] = &["app", "u", "3", "0", "1", "2", "0", "0", "0", "0", "0", "transaction"];
const STUCK: &[&str] = &["app", "u", "0", "4", "0", "0", "0", "0", "1", "6", "0", "transaction"];
const DATABASES: &[&str] = &["name", "host", "port", "paused", "disabled"];

/// A console that answers like a healthy process of `version`.
fn healthy(version: &str) -> Console {
    let console = Console::start();
    console.rows("SHOW VERSION", &["version"], &[&[&format!("PgBouncer {version}")]]);
    console.rows("SHOW POOLS", POOLS, &[HEALTHY]);
    console.rows("SHOW DATABASES", DATABASES, &[&["app", "db1", "5432", "0", "0"]]);
    console.rows("SHOW LISTS", &["list", "items"], &[&["used_clients", "3"]]);
    console.rows("SHOW CONFIG", &["key", "value", "default"], &[&["max_client_conn", "100", "100"]]);
    totals(&console, 100, 1_000_000);
    if version != "1.18.0" {
        console.rows("SHOW STATE", &["key", "value"], &[&["active", "yes"], &["paused", "no"]]);
    }
    console
}

fn totals(console: &Console, transactions: u64, wait: u64) {
    let (transactions, wait) = (transactions.to_string(), wait.to_string());
    let columns = ["database", "total_xact_count", "total_wait_time", "avg_xact_count", "avg_wait_time"];
    console.rows("SHOW STATS", &columns, &[&["app", &transactions, &wait, "50", "3000"]]);
}

fn client(console: &Console) -> PoolerClient {
    let wiring = Wiring::alone(&Clock::real(), DEADLINE);
    Pgbouncer::connect(&endpoint("pgbouncer", &[("address", &console.address)]), &wiring).expect("client")
}

fn told(snapshot: &PoolerSnapshot, now: Moment) -> Vec<(&'static str, Severity, String)> {
    raised(&verdicts::<Pgbouncer>(&endpoint("pgbouncer", &[]), snapshot, now))
}

#[tokio::test]
async fn a_round_asks_what_its_tier_wants_and_no_more() {
    let console = healthy("1.24.1");
    let mut client = client(&console);
    let snapshot = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(console.asked(), ["SHOW VERSION", "SHOW POOLS", "SHOW DATABASES", "SHOW STATE"], "the state waits for the version");
    assert_eq!(snapshot.lists, Reading::not_asked());
    client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(console.asked(), ["SHOW POOLS", "SHOW DATABASES", "SHOW STATE"], "the version is known");
    let snapshot = client.probe(Tier::Rare).await.expect("probe");
    let slow = ["SHOW VERSION", "SHOW POOLS", "SHOW DATABASES", "SHOW STATE", "SHOW STATS", "SHOW LISTS", "SHOW CONFIG"];
    assert_eq!(console.asked(), slow);
    assert_eq!(told(&snapshot, Clock::real().now()), []);
    assert_eq!(console.logins(), 1, "one session is kept");
    let kept = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(kept.lists, snapshot.lists, "what is not due keeps its reading");
}

#[tokio::test]
async fn a_version_without_show_state_is_not_asked_for_it() {
    let console = healthy("1.18.0");
    let mut client = client(&console);
    let snapshot = client.probe(Tier::Rare).await.expect("probe");
    assert!(!console.asked().contains(&"SHOW STATE".to_owned()), "each would be an error in the log of the pooler");
    assert!(matches!(snapshot.process, Reading::Unknown { reason: Reason::NotSupported(_), .. }));
    assert_eq!(told(&snapshot, Clock::real().now()), []);
    // a version that cannot be read: it is asked once
    console.rows("SHOW VERSION", &["version"], &[&["something else"]]);
    for _ in 0..3 {
        client.probe(Tier::Rare).await.expect("probe");
    }
    assert_eq!(console.asked().iter().filter(|command| *command == "SHOW STATE").count(), 0, "the refusal of this session is remembered");
}

#[tokio::test]
async fn the_average_wait_comes_from_two_answers_and_never_from_counters_that_began_again() {
    let console = healthy("1.26.1");
    let mut client = client(&console);
    let first = client.probe(Tier::Slow).await.expect("probe");
    let pace = &first.pace.value().expect("the averages of the pooler")[0];
    assert_eq!((pace.per_second(), pace.wait_seconds, pace.over), (Some(50), Some(0.003), None), "microseconds for each assignment since 1.23");
    totals(&console, 300, 5_000_000);
    let second = client.probe(Tier::Slow).await.expect("probe");
    let pace = &second.pace.value().expect("known")[0];
    assert_eq!((pace.transactions, pace.wait_seconds, pace.reset), (Some(200), Some(0.02), false));
    totals(&console, 2, 1_000);
    let third = client.probe(Tier::Slow).await.expect("probe");
    let pace = &third.pace.value().expect("known")[0];
    assert_eq!((pace.transactions, pace.wait_seconds, pace.reset), (None, None, true));
    console.reply("SHOW STATS", Reply::Error("words of next year".into()));
    let fourth = client.probe(Tier::Slow).await.expect("probe");
    assert!(matches!(&fourth.pace, Reading::Unknown { reason: Reason::Refused(_), last_good: Some(_), .. }), "{:?}", fourth.pace);
}

#[tokio::test]
async fn the_first_average_is_read_as_the_version_means_it() {
    let old = healthy("1.18.0");
    let first = client(&old).probe(Tier::Slow).await.expect("probe");
    let pace = &first.pace.value().expect("averages")[0];
    assert_eq!((pace.per_second(), pace.wait_seconds), (Some(50), Some(0.003 / 50.0)), "microseconds for each second before");
    let unknown = healthy("1.26.1");
    unknown.rows("SHOW VERSION", &["version"], &[&["something else"]]);
    let first = client(&unknown).probe(Tier::Slow).await.expect("probe");
    assert_eq!(first.pace, Reading::unknown(Reason::FirstAnswer), "nobody knows what an unknown version means");
}

/// The login, the first answers and the state each take their time, and the last never comes: all of it is one deadline.
#[tokio::test]
async fn a_console_that_freezes_part_way_takes_one_deadline() {
    let clock = Clock::real();
    for hanging in ["SHOW VERSION", "SHOW POOLS", "SHOW STATE", "SHOW CONFIG"] {
        let console = healthy("1.26.1");
        console.delay(DEADLINE / 2);
        console.reply(hanging, Reply::Hang);
        let begin = clock.now();
        assert_eq!(client(&console).probe(Tier::Rare).await.expect_err("late").trouble, Trouble::AnswerTimeout, "{hanging}");
        let took = clock.now().since(begin);
        assert!(took < DEADLINE + Duration::from_millis(150), "{hanging}: {took:?}");
    }
}

#[tokio::test]
async fn since_when_a_pool_is_paused_or_without_servers_is_remembered_and_forgotten() {
    let console = healthy("1.26.1");
    let mut client = client(&console);
    client.probe(Tier::Fast).await.expect("probe");
    console.rows("SHOW DATABASES", DATABASES, &[&["app", "db1", "5432", "1", "0"]]);
    let begin = client.probe(Tier::Fast).await.expect("probe").databases.value().unwrap()[0].paused_since.expect("since");
    let later = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(later.databases.value().unwrap()[0].paused_since, Some(begin));
    console.rows("SHOW DATABASES", DATABASES, &[&["app", "db1", "5432", "0", "0"]]);
    console.rows("SHOW POOLS", POOLS, &[STUCK]);
    let stuck = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(stuck.databases.value().unwrap()[0].paused_since, None);
    let pool = &stuck.pools.value().unwrap()[0];
    assert!(pool.waiting_since.is_some() && pool.without_server_since.is_some());
    let sentences = told(&stuck, Clock::real().now());
    let expected = "pool app/u of node gets no server connection for at least 6s: 4 waiting, 1 logging in".to_owned();
    assert_eq!(
        sentences,
        [("pool-login-failing", Severity::Critical, expected)],
        "the oldest client waits for 6 s, less than the rule on waiting wants"
    );
    // paused, it has no servers by intention
    console.rows("SHOW DATABASES", DATABASES, &[&["app", "db1", "5432", "1", "0"]]);
    let paused = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!(told(&paused, Clock::real().now()).iter().map(|(rule, ..)| *rule).collect::<Vec<_>>(), ["pool-paused"]);
}

#[tokio::test]
async fn a_pause_of_the_whole_process_is_told() {
    let console = healthy("1.26.1");
    console.rows("SHOW STATE", &["key", "value"], &[&["active", "no"], &["paused", "yes"]]);
    let snapshot = client(&console).probe(Tier::Fast).await.expect("probe");
    assert_eq!(told(&snapshot, Clock::real().now()), [("pool-paused", Severity::Warning, "the whole pooler node is paused".to_owned())]);
}

#[tokio::test]
async fn one_refused_question_leaves_the_others_known() {
    let console = healthy("1.26.1");
    console.reply("SHOW POOLS", Reply::Error("admin access needed".into()));
    let mut client = client(&console);
    let snapshot = client.probe(Tier::Fast).await.expect("probe");
    assert!(matches!(snapshot.pools, Reading::Unknown { reason: Reason::NoPrivilege, .. }));
    assert!(snapshot.databases.value().is_some() && snapshot.process.value().is_some());
    assert_eq!(console.logins(), 1);
    for command in ["SHOW DATABASES", "SHOW STATE"] {
        console.reply(command, Reply::Error("admin access needed".into()));
    }
    assert_eq!(client.probe(Tier::Fast).await.expect_err("nothing was told").trouble, Trouble::NotPermitted);
}

#[tokio::test]
async fn a_session_that_ends_or_hangs_is_given_up_and_the_next_round_logs_in_anew() {
    let console = healthy("1.26.1");
    let mut client = client(&console);
    for (reply, trouble) in [(Reply::Close, Trouble::Closed), (Reply::Hang, Trouble::AnswerTimeout)] {
        console.reply("SHOW POOLS", reply);
        assert_eq!(client.probe(Tier::Fast).await.expect_err("lost").trouble, trouble);
        console.rows("SHOW POOLS", POOLS, &[HEALTHY]);
        client.probe(Tier::Fast).await.expect("a new session");
    }
    assert_eq!(console.logins(), 3);
}

#[tokio::test]
async fn a_login_that_is_refused_is_told_as_such_though_its_code_says_protocol_violation() {
    for message in ["SASL authentication failed", "no such user", "bouncer config error"] {
        let console = healthy("1.26.1");
        console.refuse_logins(message);
        let error = client(&console).probe(Tier::Fast).await.expect_err(message);
        assert_eq!(error.trouble, Trouble::NotAuthenticated, "{error}");
    }
}

#[tokio::test]
async fn settings_that_fall_back_while_we_watch_are_told() {
    let console = healthy("1.18.0");
    let config = |mode: &str, clients: &str, tls: &str| {
        let rows = [
            ["pool_mode", mode, "session"],
            ["max_client_conn", clients, "100"],
            ["client_tls_sslmode", tls, "disable"],
            ["auth_ldap_options", "bindpw=canary", ""],
        ];
        let rows: Vec<&[&str]> = rows.iter().map(<[&str; 3]>::as_slice).collect();
        console.rows("SHOW CONFIG", &["key", "value", "default"], &rows);
    };
    config("transaction", "400", "prefer");
    let mut client = client(&console);
    let before = client.probe(Tier::Slow).await.expect("probe");
    assert!(before.fallen_back.is_empty());
    assert!(!serde_json::to_string(&before).expect("json").contains("canary"), "a bind password is not kept");
    config("session", "100", "disable");
    let sentences = told(&client.probe(Tier::Slow).await.expect("probe"), Clock::real().now());
    assert_eq!(sentences.iter().map(|(rule, ..)| *rule).collect::<Vec<_>>(), ["config-fell-back"]);
    config("transaction", "400", "prefer");
    assert!(client.probe(Tier::Slow).await.expect("probe").fallen_back.is_empty(), "repaired");
}

#[tokio::test]
async fn limits_that_come_near_are_told_in_percent() {
    let console = healthy("1.26.1");
    let mut client = client(&console);
    for (clients, severity) in [("79", None), ("80", Some(Severity::Warning)), ("95", Some(Severity::Critical)), ("100", Some(Severity::Critical))] {
        console.rows("SHOW LISTS", &["list", "items"], &[&["used_clients", clients]]);
        let sentences = told(&client.probe(Tier::Slow).await.expect("probe"), Clock::real().now());
        assert_eq!(sentences.first().map(|(_, severity, _)| *severity), severity, "{clients}: {sentences:?}");
    }
    console.rows("SHOW LISTS", &["list", "items"], &[&["used_clients", "1"]]);
    let columns = ["name", "paused", "disabled", "max_client_connections", "current_client_connections"];
    console.rows("SHOW DATABASES", &columns, &[&["app", "0", "1", "10", "9"], &["free", "0", "0", "0", "9"]]);
    let sentences = told(&client.probe(Tier::Slow).await.expect("probe"), Clock::real().now());
    let database = |text: &str| text.to_owned();
    assert_eq!(
        sentences,
        [
            ("database-disabled", Severity::Critical, database("database app is disabled on node and refuses new clients")),
            ("max-client-connections-near-limit", Severity::Warning, database("database app on node has 9 of 10 clients (90 %)")),
        ]
    );
}

#[tokio::test]
async fn clients_and_servers_are_asked_only_by_who_wants_them() {
    let console = healthy("1.26.1");
    console.rows("SHOW CLIENTS", &["user", "database", "state", "addr"], &[&["u", "app", "waiting", "10.0.0.9"]]);
    let mut client = client(&console);
    let sessions = client.sessions(Side::Clients).await.expect("sessions");
    assert_eq!(sessions[0].state.as_ref().map(opsctl::text::Untrusted::raw), Some("waiting"));
    assert_eq!(console.asked(), ["SHOW CLIENTS"]);
}

#[tokio::test]
async fn what_is_not_on_the_list_never_leaves_this_side() {
    let console = healthy("1.26.1");
    let target = PgTarget {
        address: console.address.clone(),
        database: "pgbouncer".into(),
        user: "u".into(),
        password: None,
        tls: None,
        speaks: Speaks::Console,
    };
    let mut reader = PgReader::new(target, Clock::real(), Duration::from_secs(1));
    assert!(reader.open().await.expect("session") && !reader.open().await.expect("session"), "new once");
    for command in ["SHOW FDS", "SHOW POOLS; SHOW LISTS", "PAUSE", "WAIT_CLOSE", "KILL", "RELOAD", "SHUTDOWN", "SET verbose = 1", "show pools", ""] {
        assert_eq!(reader.show(command).await.expect_err(command).trouble, Trouble::NotPermitted);
    }
    assert!(console.asked().is_empty());
}

/// The console of these tests has teeth: each breach of the rules is seen.
#[tokio::test]
async fn the_console_of_the_tests_fails_on_every_breach() {
    for (breach, extended) in [("SHOW FDS", false), ("SHOW POOLS; SHOW LISTS", false), ("PAUSE app", false), ("SHOW POOLS", true)] {
        let mut console = healthy("1.26.1");
        let config: tokio_postgres::Config =
            format!("host=127.0.0.1 port={} user=u dbname=pgbouncer sslmode=disable", console.address.rsplit(':').next().unwrap()).parse().unwrap();
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.expect("login");
        let ask = async {
            if extended {
                assert!(client.query(breach, &[]).await.is_err());
            } else {
                drop(client.simple_query(breach).await);
            }
        };
        tokio::select! {
            () = ask => {}
            ended = connection => drop(ended),
        }
        assert_eq!(console.violations().len(), 1, "{breach}");
    }
}

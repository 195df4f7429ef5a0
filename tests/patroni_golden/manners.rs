//! How the client behaves towards a member: one question at a time, no connection left open, and never the one that starves its REST.

use super::capture;
use super::pool::Pool;
use futures_util::future::join_all;
use opsctl::config::{Body, EndpointSpec};
use opsctl::model::{Clock, EndpointId, Origin, Reading, Via};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::patroni::{Client, Patroni};
use opsctl::transport::Trouble;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_millis(1_500);

fn pool() -> Pool {
    let captures = capture::all();
    let body = |file: &str| captures.iter().find(|capture| capture.file == file).and_then(capture::Capture::answer).expect("capture").body.to_vec();
    Pool::start(vec![
        ("/patroni", body("healthy--patroni.pg2.http")),
        ("/cluster", body("healthy--cluster.pg2.http")),
        ("/config", body("healthy--config.pg2.http")),
        ("/history", body("healthy--history.pg2.http")),
        ("/liveness", Vec::new()),
    ])
}

fn client(pool: &Pool) -> Client {
    wired(pool, &Wiring::alone(&Clock::real(), DEADLINE))
}

fn wired(pool: &Pool, wiring: &Wiring) -> Client {
    let spec = EndpointSpec {
        id: EndpointId { cluster: "lab".into(), system: "patroni".into(), name: "pg2".into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("url", &format!("http://{}", pool.address)),
    };
    Patroni::connect(&spec, wiring).expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_question_at_a_time_and_no_connection_left_open() {
    let pool = pool();
    let mut client = client(&pool);
    for tier in [Tier::Rare, Tier::Fast, Tier::Slow] {
        let snapshot = Patroni::probe(&mut client, tier).await.expect("a snapshot");
        assert!(snapshot.cluster.value().is_some() && snapshot.config.value().is_some() && snapshot.history.value().is_some());
        pool.until("all connections closed by the client", |seen| seen.open == 0);
    }
    pool.look(|seen| {
        assert_eq!(seen.most_in_flight, 1, "{:?}", seen.paths);
        assert_eq!(seen.paths, ["/patroni", "/cluster", "/config", "/history", "/patroni", "/cluster", "/patroni", "/cluster", "/config"]);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_the_store_once_for_all_is_asked_of_one_member_each_round() {
    let pools = [pool(), pool()];
    let wiring = Wiring::alone(&Clock::real(), DEADLINE);
    let mut clients = [wired(&pools[0], &wiring), wired(&pools[1], &wiring)];
    let asked = |path| pools.iter().map(|pool| pool.look(|seen| seen.asked(path))).sum::<usize>();
    let mut shared = 0;
    // who waits too long asks himself: a busy machine may make him, and not in each of many rounds
    for round in 1..=20 {
        let before = (asked("/config"), asked("/history"));
        for snapshot in join_all(clients.iter_mut().map(|client| Patroni::probe(client, Tier::Rare))).await {
            let snapshot = snapshot.expect("a snapshot");
            assert!(snapshot.cluster.value().is_some() && snapshot.config.value().is_some() && snapshot.history.value().is_some());
        }
        let more = (asked("/config") - before.0, asked("/history") - before.1);
        assert!(more.0 > 0 && more.1 > 0, "each round asks anew");
        assert_eq!((asked("/patroni"), asked("/cluster")), (2 * round, 2 * round), "what each member sees itself");
        shared += usize::from(more == (1, 1));
    }
    assert!(shared > 0, "both were asked in each round");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_history_is_asked_for_at_once_when_the_timeline_turns() {
    let pool = pool();
    let mut client = client(&pool);
    let first = Patroni::probe(&mut client, Tier::Rare).await.expect("a snapshot");
    Patroni::probe(&mut client, Tier::Fast).await.expect("a snapshot");
    assert_eq!(pool.look(|seen| seen.asked("/history")), 1, "nothing has turned");
    let before = first.own.timeline.expect("a timeline").0;
    let captured = capture::all().into_iter().find(|capture| capture.file == "healthy--patroni.pg2.http").and_then(|capture| capture.answer());
    let text = String::from_utf8(captured.expect("capture").body.to_vec()).expect("UTF-8");
    let turned = text.replace(&format!("\"timeline\": {before}"), &format!("\"timeline\": {}", before + 1));
    assert_ne!(text, turned);
    pool.change(|seen| seen.instead = vec![("/patroni", turned.into_bytes())]);
    let next = Patroni::probe(&mut client, Tier::Fast).await.expect("a snapshot");
    assert_eq!(pool.look(|seen| seen.asked("/history")), 2);
    let at = |snapshot: &opsctl::systems::patroni::Snapshot| snapshot.history.taken_at().expect("told").mono;
    assert!(at(&next) > at(&first), "its age is that of the new answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_down_costs_no_more_than_two_threads_and_never_the_own_words() {
    let pool = pool();
    pool.change(|seen| seen.store_down = true);
    let mut client = client(&pool);
    let clock = Clock::real();
    for round in 0..8 {
        let begin = clock.now();
        let tier = if round == 0 { Tier::Rare } else { Tier::Slow };
        let snapshot = Patroni::probe(&mut client, tier).await.expect("its own words");
        assert!(clock.now().since(begin) < DEADLINE, "round {round}");
        assert!(snapshot.own.is_running_primary());
        assert!(matches!(snapshot.cluster, Reading::Unknown { since: Some(_), .. }), "round {round}");
        assert!(matches!(snapshot.config, Reading::Unknown { .. }) && matches!(snapshot.history, Reading::Unknown { .. }), "round {round}");
        pool.until("all connections closed by the client", |seen| seen.open == 0);
    }
    pool.look(|seen| {
        assert_eq!(seen.asked("/patroni"), 8);
        assert_eq!(seen.asked("/cluster"), 2, "one failure is confirmed once, then it waits");
        assert_eq!((seen.asked("/config"), seen.asked("/history")), (0, 0), "they read the store as well");
        assert_eq!(seen.held, 2);
        assert_eq!(seen.most_in_flight, 1);
    });
    assert_eq!(liveness(&pool), "HTTP/1.1 200 OK", "three threads are left for others");
    pool.change(|seen| seen.store_down = false);
    pool.until("the threads are free again", |seen| seen.held == 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rest_that_others_starve_is_silent_in_time_and_answers_again() {
    let pool = pool();
    let silent: Vec<TcpStream> = (0..5).map(|_| TcpStream::connect(pool.address).expect("connected")).collect();
    pool.until("all five threads taken", |seen| seen.open == 5);
    let mut client = client(&pool);
    let clock = Clock::real();
    let begin = clock.now();
    let error = Patroni::probe(&mut client, Tier::Fast).await.expect_err("starved");
    assert_eq!(error.trouble, Trouble::AnswerTimeout, "{error}");
    assert!(clock.now().since(begin) < DEADLINE + Duration::from_millis(500));
    drop(silent);
    pool.until("the threads are free again", |seen| seen.open == 0);
    Patroni::probe(&mut client, Tier::Fast).await.expect("a snapshot");
}

/// Asks as a load balancer would.
fn liveness(pool: &Pool) -> String {
    let mut stream = TcpStream::connect(pool.address).expect("connected");
    stream.set_read_timeout(Some(Duration::from_secs(5))).expect("set");
    stream.write_all(b"GET /liveness HTTP/1.0\r\n\r\n").expect("sent");
    let mut begin = [0; 15];
    stream.read_exact(&mut begin).expect("an answer");
    String::from_utf8_lossy(&begin).into_owned()
}

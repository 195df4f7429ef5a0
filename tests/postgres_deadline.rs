//! A server that stops answering in the middle: what it said is kept, what it did not say is unknown with its reason, nobody waits beyond the deadline.

use opsctl::config::inventory::Body;
use opsctl::config::{Credential, EndpointSpec};
use opsctl::model::{Clock, EndpointId, Origin, Reason, Via};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::postgres::{Postgres, Snapshot};
use opsctl::transport::{ProbeError, Trouble};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const DEADLINE: Duration = Duration::from_millis(400);

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("short").to_be_bytes();
    [&[kind][..], &length, body].concat()
}

/// One row of text columns and the end of the statement.
fn row(columns: &[(&str, &str)]) -> Vec<u8> {
    let count = u16::try_from(columns.len()).expect("few").to_be_bytes();
    let mut head = count.to_vec();
    let mut data = count.to_vec();
    for (name, value) in columns {
        head.extend([name.as_bytes(), b"\0"].concat());
        // table, column, type text, no length, no modifier, text form
        head.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0]);
        data.extend(u32::try_from(value.len()).expect("short").to_be_bytes());
        data.extend(value.as_bytes());
    }
    [message(b'T', &head), message(b'D', &data), message(b'C', b"SELECT 1\0"), message(b'Z', b"I")].concat()
}

async fn read_startup(stream: &mut TcpStream) {
    let length = stream.read_u32().await.expect("length");
    let mut rest = vec![0; usize::try_from(length).expect("fits") - 4];
    stream.read_exact(&mut rest).await.expect("startup");
}

/// The next simple query, or `None` when the client has gone.
async fn read_query(stream: &mut TcpStream) -> Option<String> {
    let kind = stream.read_u8().await.ok()?;
    let length = stream.read_u32().await.ok()?;
    let mut body = vec![0; usize::try_from(length).expect("fits") - 4];
    stream.read_exact(&mut body).await.ok()?;
    (kind == b'Q').then(|| String::from_utf8_lossy(&body).into_owned())
}

/// A server that answers the first statements of `answers` and then no more.
async fn ask(answers: Vec<Vec<u8>>, logs_in: bool) -> (Result<Snapshot, ProbeError>, Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let address = listener.local_addr().expect("address").to_string();
    let server = async move {
        let (mut stream, _) = listener.accept().await.expect("accept");
        read_startup(&mut stream).await;
        if logs_in {
            stream.write_all(&[message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()).await.expect("login");
        }
        for answer in answers {
            if read_query(&mut stream).await.is_none() {
                return;
            }
            stream.write_all(&answer).await.expect("answer");
        }
        // silence until the client goes
        while read_query(&mut stream).await.is_some() {}
    };
    let endpoint = EndpointSpec {
        id: EndpointId { cluster: "c".into(), system: "postgres".into(), name: "pg1".into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: Some(Credential { user: "opsctl_read".into(), password: None }),
        write: None,
        tls: None,
        body: Body::one("address", &address),
    };
    let client = async {
        let clock = Clock::real();
        let mut client = Postgres::connect(&endpoint, &Wiring { clock: clock.clone(), deadline: DEADLINE }).expect("client");
        let begin = clock.now();
        let told = Postgres::probe(&mut client, Tier::Rare).await;
        (told, clock.now().since(begin))
    };
    // the client is dropped with its answer, which ends the server
    let ((), told) = tokio::join!(server, client);
    told
}

fn identity() -> Vec<u8> {
    row(&[
        ("server_version_num", "150018"),
        ("in_recovery", "f"),
        ("system_identifier", "7710216160247486796"),
        ("started_at", "2026-11-20 12:30:19.472188+00"),
        ("sync_names", ""),
        ("cluster_name", "orders"),
        ("reads_all_stats", "t"),
    ])
}

#[tokio::test]
async fn what_was_answered_before_the_silence_is_kept() {
    let (told, took) = ask(vec![identity()], true).await;
    let snapshot = told.expect("the identity was told");
    assert_eq!(snapshot.identity.value().map(|identity| identity.server_version_num), Some(150_018));
    for reason in [snapshot.senders.known("").err(), snapshot.replica.known("").err(), snapshot.wraparound.known("").err()] {
        assert!(matches!(reason.map(|gap| gap.reason), Some(Reason::Unreachable(_))));
    }
    assert!(took < DEADLINE * 2, "{took:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_late_and_no_part_of_it_is_known() {
    for logs_in in [false, true] {
        let (told, took) = ask(vec![], logs_in).await;
        assert_eq!(told.expect_err("late").trouble, Trouble::AnswerTimeout);
        assert!(took < DEADLINE * 2, "{took:?}");
    }
}

#[tokio::test]
async fn rubbish_in_one_statement_is_the_trouble_of_that_part_alone() {
    let replica = row(&[("in_recovery", "perhaps"), ("receive_lsn", "0/1")]);
    let (told, _) = ask(vec![identity(), replica, row(&[("nothing", "1")])], true).await;
    let snapshot = told.expect("the identity was told");
    assert!(matches!(snapshot.replica.known("").expect_err("rubbish").reason, Reason::Malformed(why) if why.contains("in_recovery")));
    assert_eq!(snapshot.senders.known("").expect_err("no such column").reason, Reason::NotReported);
}

#[tokio::test]
async fn without_a_user_nothing_is_guessed() {
    let endpoint = EndpointSpec {
        id: EndpointId { cluster: "c".into(), system: "postgres".into(), name: "pg1".into() },
        origin: Origin::Discovered,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("address", "127.0.0.1:1"),
    };
    let error = Postgres::connect(&endpoint, &Wiring { clock: Clock::real(), deadline: DEADLINE }).expect_err("no user");
    assert_eq!(error.trouble, Trouble::NotConfigured);
    assert!(error.to_string().contains("read = {") && matches!(error.reason(), Reason::NotConfigured(_)), "{error}");
}

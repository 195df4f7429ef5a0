//! A server that stops answering in the middle: what it said is kept, what it did not say is unknown with its reason, nobody waits beyond the deadline.

use opsctl::config::inventory::Body;
use opsctl::config::{ClusterSpec, Credential, EndpointSpec, Inventory};
use opsctl::fleet::poll::{self, Polling};
use opsctl::fleet::schedule::Pace;
use opsctl::fleet::{Fleet, sweep};
use opsctl::model::{Clock, EndpointId, Origin, Reason, SecretRef, Via};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::postgres::{Postgres, Snapshot};
use opsctl::transport::pg::{PgReader, PgTarget, Speaks};
use opsctl::transport::sql::ReadOnlySql;
use opsctl::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

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
        let mut client = Postgres::connect(&endpoint, &Wiring::alone(&clock, DEADLINE)).expect("client");
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
    let (told, _) = ask(vec![identity(), replica, row(&[("nothing", "1")]), row(&[("nothing", "1")])], true).await;
    let snapshot = told.expect("the identity was told");
    assert!(matches!(snapshot.replica.known("").expect_err("rubbish").reason, Reason::Malformed(why) if why.contains("in_recovery")));
    assert_eq!(snapshot.connections.known("").expect_err("no such column").reason, Reason::NotReported);
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
    let error = Postgres::connect(&endpoint, &Wiring::alone(&Clock::real(), DEADLINE)).expect_err("no user");
    assert_eq!(error.trouble, Trouble::NotConfigured);
    assert!(error.to_string().contains("read = {") && matches!(error.reason(), Reason::NotConfigured(_)), "{error}");
}

fn reader(address: std::net::SocketAddr, password: Option<SecretRef>, deadline: Duration) -> PgReader {
    let target = PgTarget {
        address: address.to_string(),
        database: "postgres".to_owned(),
        user: "opsctl_read".to_owned(),
        password,
        tls: None,
        speaks: Speaks::Sql,
    };
    PgReader::new(target, Clock::real(), deadline)
}

/// Rows for ever, and one row that has no end.
#[tokio::test]
async fn an_answer_without_an_end_is_not_gathered() {
    let data = message(b'D', &[&[0, 1], &1_000_u32.to_be_bytes()[..], &[b'x'; 1_000]].concat());
    let rows = [message(b'T', &[&[0, 1][..], b"a\0", &[0; 18]].concat()), data.repeat(64)];
    let giant = [message(b'T', &[0, 0]), [&b"D"[..], &1_000_000_000_u32.to_be_bytes(), &[0, 1]].concat()].concat();
    for (head, endless) in [(rows[0].clone(), rows[1].clone()), (giant, vec![b'x'; 65_536])] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
        let mut reader = reader(listener.local_addr().expect("address"), None, Duration::from_mins(1));
        let server = async move {
            let (mut stream, _) = listener.accept().await.expect("accept");
            read_startup(&mut stream).await;
            stream.write_all(&[message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()).await.expect("login");
            read_query(&mut stream).await.expect("a question");
            stream.write_all(&head).await.expect("begun");
            // more than is read and than any buffer on the way holds
            for sent in (0..64 * 1024 * 1024).step_by(endless.len()) {
                if stream.write_all(&endless).await.is_err() {
                    return sent;
                }
            }
            usize::MAX
        };
        let client = async move {
            reader.open().await.expect("login");
            let error = reader.rows(&ReadOnlySql::new("select 1").expect("reads")).await.expect_err("too much");
            assert!(matches!(error.trouble, Trouble::TooLarge(_)), "{error}");
            // the next question logs in anew
            drop(reader);
        };
        let (sent, ()) = tokio::join!(server, client);
        assert!(sent < usize::MAX, "all of it was read");
    }
}

#[tokio::test]
async fn a_secret_that_takes_longer_than_the_deadline_is_no_silence_of_the_server() {
    let dir = tempfile::tempdir().expect("dir");
    let pipe = dir.path().join("secret");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listen");
    let address = listener.local_addr().expect("address").to_string();
    let server = async move {
        let (mut stream, _) = listener.accept().await.expect("accept");
        read_startup(&mut stream).await;
        // asks for the password in clear text
        stream.write_all(&message(b'R', &[0, 0, 0, 3])).await.expect("asked");
        assert_eq!(stream.read_u8().await.expect("kind"), b'p');
        let length = stream.read_u32().await.expect("length");
        let mut password = vec![0; usize::try_from(length).expect("fits") - 4];
        stream.read_exact(&mut password).await.expect("password");
        stream.write_all(&[message(b'R', &[0, 0, 0, 0]), message(b'Z', b"I")].concat()).await.expect("login");
        while read_query(&mut stream).await.is_some() {
            if stream.write_all(&identity()).await.is_err() {
                break;
            }
        }
        password
    };
    let words = ["cat", pipe.to_str().expect("text")];
    let endpoint = EndpointSpec {
        id: EndpointId { cluster: "c".into(), system: "postgres".into(), name: "pg1".into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: Some(Credential { user: "opsctl_read".into(), password: Some(SecretRef::Cmd(words.map(str::to_owned).to_vec())) }),
        write: None,
        tls: None,
        body: Body::one("address", &address),
    };
    let cluster = ClusterSpec { endpoints: vec![Arc::new(endpoint)], ..ClusterSpec::named("c", "test") };
    let inventory = Inventory { clusters: vec![Arc::new(cluster)] };
    let clock = Clock::real();
    let trouble = |fleet: &Fleet| fleet.clusters[0].entries[0].failure.as_ref().map(|failure| (failure.error.trouble.clone(), failure.count));
    // one look
    let looked = sweep::sweep(&inventory, &clock, DEADLINE).await;
    assert_eq!(trouble(&looked), Some((Trouble::Secret, 1)));
    // many looks
    let stop = CancellationToken::new();
    let second = Duration::from_secs(1);
    let pace = Pace { fast: second, slow: second, rare: second, slowest: second };
    let mut seen = poll::start(&inventory, Polling { pace, deadline: second }, &clock, &stop);
    seen.wait_for(|fleet| trouble(fleet).is_some_and(|(_, count)| count > 1)).await.expect("polled");
    assert_eq!(trouble(&seen.borrow()).map(|(trouble, _)| trouble), Some(Trouble::Secret));
    // it was begun once, and what it brings is used: there is one writer, who writes once
    let client = async {
        tokio::fs::write(pipe, "open sesame\n").await.expect("written");
        seen.wait_for(|fleet| fleet.clusters[0].entries[0].good.is_some()).await.expect("answered");
        stop.cancel();
    };
    let (password, ()) = tokio::join!(server, client);
    assert_eq!(password, b"open sesame\0");
}

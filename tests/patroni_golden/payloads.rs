//! Every captured reply, sent byte for byte over a socket and read by the real client: a typed result, or an error of its own.

use super::capture::{self, Capture};
use futures_util::StreamExt;
use opsctl::model::{Clock, TlsOptions};
use opsctl::systems::patroni::dynamic::Dynamic;
use opsctl::systems::patroni::history;
use opsctl::systems::patroni::own::Own;
use opsctl::systems::patroni::picture::Picture;
use opsctl::systems::patroni::strict::{Strict, StrictMap};
use opsctl::systems::patroni::wire::{self, Flag};
use opsctl::transport::http::{Answer, HttpReader};
use opsctl::transport::read::HttpRead;
use opsctl::transport::{ProbeError, Trouble};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::test]
async fn every_payload_has_a_typed_result_or_an_error_of_its_own() {
    let captures = capture::all();
    assert_eq!(captures.len(), 1_280);
    let lines: Vec<String> = futures_util::stream::iter(&captures).map(outcome).buffered(32).collect().await;
    crate::support::golden("tests/golden/patroni/payloads.txt", (lines.join("\n") + "\n").as_bytes());
}

/// One line: the file, and what the client made of it.
async fn outcome(capture: &Capture) -> String {
    let asked = format!("{} {}", capture.method, capture.path);
    let answer = match exchange(capture).await {
        Err(error) => {
            assert_eq!(Some(&error.trouble), expected_trouble(capture).as_ref(), "{}: {error}", capture.file);
            return format!("{}: no answer: {}", capture.file, error.trouble.phrase());
        }
        Ok(answer) => answer,
    };
    assert_eq!(Some(answer.status), capture.status, "{}", capture.file);
    let raw = capture.answer().expect("an answer");
    assert_eq!((raw.date, &raw.body), (answer.date, &answer.body), "{}: the raw reader of the tests agrees", capture.file);
    let said = match typed(capture, &answer, &asked) {
        Ok(said) => said,
        Err(error) => {
            check_error(capture, &answer, &error);
            format!("{} ({})", error.trouble.phrase(), error.detail)
        }
    };
    format!("{}: {} {said}", capture.file, answer.status)
}

/// What of each question is typed. Replies to what changes something are not read in any other way yet than as an error with their words.
fn typed(capture: &Capture, answer: &Answer, asked: &str) -> Result<String, ProbeError> {
    let path = capture.path.split('?').next().unwrap_or_default();
    match (capture.method.as_str(), path) {
        ("GET", "/cluster") => Picture::read(answer, asked).map(|picture| describe_picture(&picture)),
        ("GET" | "PATCH" | "PUT", "/config") => Dynamic::read(answer, asked).map(|config| describe_config(&config)),
        ("GET", "/history") => history::read(answer, asked)
            .map(|turns| format!("{} turns, newest {:?}", turns.len(), turns.last().map(|turn| (turn.timeline, turn.lsn, turn.new_leader.clone())))),
        ("GET", "/failsafe") => wire::body::<StrictMap>(answer, asked).map(|map| format!("failsafe members {:?}", map.0.keys().collect::<Vec<_>>())),
        ("GET", "/metrics" | "/liveness" | "/readiness") | ("POST" | "DELETE" | "HEAD" | "OPTIONS" | "PUT", _) => {
            wire::body::<Strict>(answer, asked).map(|value| value.0.to_string())
        }
        _ => Own::read(answer, asked).map(|own| describe_own(&own)),
    }
}

/// By hand: which error each kind of reply has to be.
fn check_error(capture: &Capture, answer: &Answer, error: &ProbeError) {
    let expected = match answer.status {
        401 => Trouble::NotAuthenticated,
        403 => Trouble::NotPermitted,
        200 | 503 if answer.body.trim_ascii().is_empty() => Trouble::Truncated,
        200 | 503 => Trouble::Malformed,
        status => Trouble::Status(status),
    };
    assert_eq!(error.trouble, expected, "{}: {error}", capture.file);
    let text_reply = matches!(capture.path.as_str(), "/metrics" | "/liveness") || capture.path.starts_with("/readiness") || capture.method != "GET";
    let refused = !matches!(answer.status, 200 | 503);
    assert!(text_reply || refused, "{}: a question that we put was answered and not understood: {error}", capture.file);
}

/// By hand: the error for each exit code of curl.
fn expected_trouble(capture: &Capture) -> Option<Trouble> {
    match capture.curl_exit {
        7 => Some(Trouble::ConnectionRefused),
        28 => Some(Trouble::AnswerTimeout),
        52 => Some(Trouble::Closed),
        35 | 60 => Some(Trouble::Tls),
        _ => None,
    }
}

/// Asks a server that does what was captured.
async fn exchange(capture: &Capture) -> Result<Answer, ProbeError> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("address");
    let scheme = if matches!(capture.curl_exit, 35 | 60) { "https" } else { "http" };
    let deadline = if capture.curl_exit == 28 { Duration::from_millis(300) } else { Duration::from_secs(20) };
    let mut reader = HttpReader::new(&format!("{scheme}://{address}"), None, TlsOptions::default(), deadline);
    if capture.curl_exit == 7 {
        drop(listener);
        return reader.ask(HttpRead::Get(&capture.path)).await;
    }
    let serve = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = vec![0; 4_096];
        let read = stream.read(&mut request).await.expect("a request");
        assert!(read > 0);
        if capture.answered() {
            stream.write_all(&capture.bytes).await.expect("sent");
        } else if capture.curl_exit == 28 {
            // silent until the client gives up
            while matches!(stream.read(&mut request).await, Ok(read) if read > 0) {}
        } else if capture.curl_exit != 52 {
            stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await.expect("sent");
        }
    };
    let ask = async { Clock::real().timeout(Duration::from_secs(30), reader.ask(HttpRead::Get(&capture.path))).await.expect("an end") };
    let (_served, answer) = tokio::join!(serve, ask);
    answer
}

/// No capture has a flag of another form.
fn on(flag: &Flag) -> bool {
    flag.known("flag").expect("no odd value was captured")
}

fn describe_own(own: &Own) -> String {
    let followers: Vec<String> = own
        .followers
        .iter()
        .map(|follower| format!("{}:{}", follower.name.as_deref().unwrap_or("?"), follower.sync_state.as_deref().unwrap_or("?")))
        .collect();
    let pending = own.pending_restart.known("pending_restart").expect("no odd value was captured").is_some();
    let flags: Vec<&str> =
        [(on(&own.paused), "paused"), (on(&own.unlocked), "unlocked"), (on(&own.failsafe_active), "failsafe"), (pending, "pending-restart")]
            .into_iter()
            .filter_map(|(on, word)| on.then_some(word))
            .collect();
    format!(
        "{} is {} {} tl {:?} repl {:?} confirms {:?} at {:?} followers [{}] {} tags {:?}",
        own.name.as_deref().unwrap_or("?"),
        own.role.word(),
        own.state.word(),
        own.timeline.map(|timeline| timeline.0),
        own.replication_state,
        own.confirms,
        own.location.or(own.replayed).map(|lsn| lsn.to_string()),
        followers.join(" "),
        flags.join(" "),
        own.tags.keys().collect::<Vec<_>>()
    )
}

fn describe_picture(picture: &Picture) -> String {
    let rows = picture.members.iter().map(|row| {
        let lag = row.replay_lag.as_ref().map(opsctl::systems::patroni::wire::Lag::bytes);
        format!("{}:{}:{}:tl{:?}:lag{lag:?}", row.name, row.role.word(), row.state.word(), row.timeline.map(|timeline| timeline.0))
    });
    let scheduled = picture.switchover.as_ref().map(|scheduled| (scheduled.from.clone(), scheduled.to.clone()));
    format!("{} paused {} switchover {scheduled:?}", rows.collect::<Vec<_>>().join(" "), on(&picture.paused))
}

fn describe_config(config: &Dynamic) -> String {
    format!(
        "ttl {:?} loop_wait {:?} retry_timeout {:?} lag {:?} sync {:?} strict {} failsafe {} pause {} standby {}",
        config.ttl(),
        config.loop_wait(),
        config.retry_timeout(),
        config.maximum_lag_on_failover(),
        config.synchronous_mode(),
        on(&config.synchronous_mode_strict()),
        on(&config.failsafe_mode()),
        on(&config.paused()),
        config.is_standby_cluster()
    )
}

/// How one kind of answer is read: the error alone.
type Read = fn(&Answer) -> Option<Trouble>;

/// The same payloads cut anywhere, with a key twice anywhere that is read, or wrapped in a page: never a result, and each its own error.
#[test]
fn a_damaged_answer_is_its_own_error() {
    let captures = capture::all();
    let patroni = captures.iter().find(|capture| capture.file == "tagged-replica--patroni.pg3.http").and_then(Capture::answer).expect("capture");
    let cluster = captures.iter().find(|capture| capture.file == "tagged-replica--cluster.pg1.http").and_then(Capture::answer).expect("capture");
    let config = captures.iter().find(|capture| capture.file == "healthy--config.pg1.http").and_then(Capture::answer).expect("capture");
    let reads: [(&Answer, Read); 3] = [
        (&patroni, |answer| Own::read(answer, "GET /patroni").err().map(|error| error.trouble)),
        (&cluster, |answer| Picture::read(answer, "GET /cluster").err().map(|error| error.trouble)),
        (&config, |answer| Dynamic::read(answer, "GET /config").err().map(|error| error.trouble)),
    ];
    for (good, read) in reads {
        assert_eq!(read(good), None);
        for cut in 0..good.body.len() {
            assert_eq!(read(&Answer { body: good.body.slice(..cut), ..good.clone() }), Some(Trouble::Truncated), "cut at {cut}");
        }
        let page = bytes::Bytes::from_static(b"\n <!DOCTYPE html><html>Log in</html>");
        assert_eq!(read(&Answer { body: page, ..good.clone() }), Some(Trouble::Html));
    }
    let twice = |text: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from} in {text}");
        bytes::Bytes::from(text.replacen(from, to, 1))
    };
    let text = |answer: &Answer| String::from_utf8_lossy(&answer.body).into_owned();
    for (from, to) in [
        (r#""role": "replica""#, r#""role": "replica", "role": "primary""#),
        (r#""nofailover": true"#, r#""nofailover": true, "nofailover": false"#),
        (r#""paused": false"#, r#""paused": false, "paused": true"#),
    ] {
        let damaged = Answer { body: twice(&text(&patroni), from, to), ..patroni.clone() };
        assert_eq!(reads[0].1(&damaged), Some(Trouble::DuplicateKey), "{from}");
    }
    for (from, to) in [
        (r#""rack": "r2""#, r#""rack": "r2", "rack": "r3""#),
        (r#""state": "#, r#""state": "running", "state": "#),
        (r#""scope": "#, r#""members": [], "scope": "#),
    ] {
        let damaged = Answer { body: twice(&text(&cluster), from, to), ..cluster.clone() };
        assert_eq!(reads[1].1(&damaged), Some(Trouble::DuplicateKey), "{from}");
    }
    for (from, to) in [(r#""ttl": 30"#, r#""ttl": 30, "ttl": 20"#), (r#""wal_log_hints": "on""#, r#""wal_log_hints": "on", "wal_log_hints": "off""#)]
    {
        let damaged = Answer { body: twice(&text(&config), from, to), ..config.clone() };
        assert_eq!(reads[2].1(&damaged), Some(Trouble::DuplicateKey), "{from}");
    }
}

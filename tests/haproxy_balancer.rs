//! The client of `HAProxy` against a runtime socket and a page that answer, refuse, hang, or are not there.

use crate::support::judging::endpoint;
use crate::support::root;
use opsctl::model::{Clock, Reading, Reason};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::haproxy::snapshot::Witness;
use opsctl::systems::haproxy::{BalancerClient, Haproxy};
use opsctl::transport::Trouble;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_millis(600);

fn fixture(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/fixtures/haproxy").join(file)).expect(file)
}

/// How the runtime socket behaves.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Answers,
    Cuts,
    Hangs,
    /// `show stat` after some time, `show info` never.
    Slow,
}

struct Socket {
    _dir: tempfile::TempDir,
    path: String,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Socket {
    fn start() -> Socket {
        let dir = tempfile::tempdir().expect("dir");
        let path = dir.path().join("admin.sock").to_string_lossy().into_owned();
        let listener = UnixListener::bind(&path).expect("socket");
        let (mood, asked) = (Arc::new(Mutex::new(Mood::Answers)), Arc::new(Mutex::new(Vec::new())));
        let (shared_mood, shared_asked) = (Arc::clone(&mood), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut line = String::new();
                if BufReader::new(&stream).read_line(&mut line).is_err() {
                    continue;
                }
                let mood = *shared_mood.lock().unwrap();
                let answer = match line.trim() {
                    "show stat" => fixture("v2.6-show-stat.csv"),
                    "show info" => fixture("v2.6-show-info.txt"),
                    other => format!("Unknown command: '{other}'\n"),
                };
                shared_asked.lock().unwrap().push(line.trim().to_owned());
                match mood {
                    Mood::Answers => drop(stream.write_all(answer.as_bytes())),
                    Mood::Cuts => drop(stream.write_all(&answer.as_bytes()[..answer.len() / 2])),
                    // until the client gives up
                    Mood::Hangs => drop(stream.read(&mut [0])),
                    Mood::Slow if line.trim() == "show info" => drop(stream.read(&mut [0])),
                    Mood::Slow => {
                        stream.set_read_timeout(Some(DEADLINE / 3)).expect("timeout");
                        drop(stream.read(&mut [0]));
                        drop(stream.write_all(answer.as_bytes()));
                    }
                }
            }
        });
        Socket { _dir: dir, path, mood, asked }
    }

    fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// A page that answers every request with `status` and `body`, and notes the request lines.
fn page(status: &'static str, body: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/;csv", listener.local_addr().expect("address"));
    let requests = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut lines = BufReader::new(stream.try_clone().expect("clone")).lines();
            shared.lock().unwrap().push(lines.next().and_then(Result::ok).unwrap_or_default());
            while lines.next().and_then(Result::ok).is_some_and(|line| !line.is_empty()) {}
            drop(write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len()));
        }
    });
    (url, requests)
}

fn client(body: &[(&str, &str)]) -> BalancerClient {
    let wiring = Wiring::alone(&Clock::real(), DEADLINE);
    Haproxy::connect(&endpoint("haproxy", body), &wiring).expect("client")
}

#[tokio::test]
async fn the_socket_is_asked_first_and_alone_while_it_answers() {
    let socket = Socket::start();
    let (url, requests) = page("200 OK", fixture("v2.6-http-stats.csv"));
    let mut client = client(&[("socket", &socket.path), ("stats", &url)]);
    let snapshot = client.probe(Tier::Fast).await.expect("probe");
    assert_eq!((snapshot.witness, snapshot.socket_trouble, snapshot.backends.len()), (Witness::Socket, None, 3));
    assert_eq!((snapshot.process, socket.asked()), (Reading::not_asked(), vec!["show stat".to_owned()]));
    let snapshot = client.probe(Tier::Slow).await.expect("probe");
    assert_eq!(snapshot.process.value().and_then(|process| process.connections), Some(8));
    assert_eq!(socket.asked(), ["show stat", "show info"]);
    assert!(requests.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_page_stands_in_when_the_socket_fails_and_the_snapshot_says_so() {
    let socket = Socket::start();
    let (url, requests) = page("200 OK", fixture("v2.6-http-stats.csv"));
    let mut client = client(&[("socket", &socket.path), ("stats", &url)]);
    client.probe(Tier::Rare).await.expect("probe");
    for mood in [Mood::Hangs, Mood::Cuts] {
        socket.be(mood);
        let snapshot = client.probe(Tier::Slow).await.expect("the page answers");
        assert_eq!(snapshot.witness, Witness::Http);
        assert!(snapshot.socket_trouble.is_some_and(|trouble| trouble.raw().contains("show stat")));
        assert!(matches!(snapshot.process, Reading::Unknown { last_good: Some(_), .. }), "an old version is not shown as read now");
        socket.asked();
        let again = client.probe(Tier::Fast).await.expect("the page answers");
        assert_eq!((again.witness, socket.asked().len()), (Witness::Http, 0), "a socket that fails is left alone until the next slow round");
        socket.be(Mood::Answers);
        let back = client.probe(Tier::Slow).await.expect("probe");
        assert_eq!((back.witness, back.socket_trouble), (Witness::Socket, None));
        assert!(back.process.value().is_some());
    }
    assert!(requests.lock().unwrap().iter().all(|line| line == "GET /;csv HTTP/1.1"));
}

#[tokio::test]
async fn the_page_alone_tells_nothing_of_the_process() {
    let (url, _) = page("200 OK", fixture("v2.6-http-stats.csv"));
    let snapshot = client(&[("stats", &url)]).probe(Tier::Rare).await.expect("probe");
    assert!(matches!(snapshot.process, Reading::Unknown { reason: Reason::NotConfigured(_), .. }));
}

#[tokio::test]
async fn each_kind_of_bad_page_has_its_own_error() {
    for (status, body, trouble) in [
        ("401 Unauthorized", "<html>", Trouble::NotAuthenticated),
        ("403 Forbidden", "<html>", Trouble::NotPermitted),
        ("503 Service Unavailable", "<html>", Trouble::Status(503)),
        ("302 Found", "", Trouble::Status(302)),
        ("200 OK", "<html><body>Statistics Report", Trouble::Html),
        ("200 OK", "", Trouble::Truncated),
        ("200 OK", "# pxname,svname,status,type,\nw,pg1,UP,2,\n", Trouble::Truncated),
        ("200 OK", "{}", Trouble::Malformed),
    ] {
        let (url, _) = page(status, body.to_owned());
        let error = client(&[("stats", &url)]).probe(Tier::Fast).await.expect_err(status);
        assert_eq!(error.trouble, trouble, "{status} {body}: {error}");
    }
}

/// What a balancer answers in time, and what it leaves out, fits into one deadline.
#[tokio::test]
async fn a_balancer_that_freezes_part_way_takes_one_deadline() {
    let clock = Clock::real();
    for with_page in [false, true] {
        let socket = Socket::start();
        let (url, _) = page("200 OK", fixture("v2.6-http-stats.csv"));
        let body: &[(&str, &str)] = &[("socket", &socket.path), ("stats", &url)];
        let mut client = client(if with_page { body } else { &body[..1] });
        // half of the deadline goes by before the first answer, the second never comes
        socket.be(Mood::Slow);
        let begin = clock.now();
        let snapshot = client.probe(Tier::Rare).await.expect("the statistics came");
        let took = clock.now().since(begin);
        assert!(took < DEADLINE + Duration::from_millis(150), "{took:?}");
        assert!(matches!(snapshot.process, Reading::Unknown { .. }), "{:?}", snapshot.process);
    }
}

#[tokio::test]
async fn a_socket_that_is_not_there_is_told_when_there_is_no_page() {
    let error = client(&[("socket", "/nonexistent/haproxy.sock")]).probe(Tier::Fast).await.expect_err("nobody there");
    assert_eq!(error.trouble, Trouble::ConnectionRefused);
    let socket = Socket::start();
    socket.be(Mood::Hangs);
    let error = client(&[("socket", &socket.path)]).probe(Tier::Fast).await.expect_err("hangs");
    assert_eq!(error.trouble, Trouble::AnswerTimeout);
}

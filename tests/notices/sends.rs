//! Notices on their way: a service and a console that really send, to a webhook and a program, past failures, redirects and secrets.

use crate::support::pty::Pty;
use crate::support::{opsctl, program};
use opsctl::model::Clock;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// In the URL of the webhook and in the routing key: both are secrets.
const CANARY: &str = "canary-91c0de77aa";

/// A member of Patroni and a webhook, each with a status of its own; what the webhook is sent is kept.
struct Stage {
    folder: tempfile::TempDir,
    member: Served,
    hook: Served,
}

pub(super) struct Served {
    pub(super) address: String,
    status: Arc<AtomicU16>,
    /// Path and body.
    posts: Arc<Mutex<Vec<(String, String)>>>,
}

impl Served {
    pub(super) fn start(body: &'static str) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (status, posts) = (Arc::new(AtomicU16::new(200)), Arc::new(Mutex::new(Vec::new())));
        let (says, keeps) = (Arc::clone(&status), Arc::clone(&posts));
        // it ends with the process
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _gone = serve(stream, body, &says, &keeps);
            }
        });
        Served { address, status, posts }
    }

    pub(super) fn says(&self, status: u16) {
        self.status.store(status, Ordering::Release);
    }

    pub(super) fn posted(&self) -> Vec<(String, String)> {
        self.posts.lock().expect("kept").clone()
    }

    /// The events of the bodies, as `raised endpoint-unreachable`.
    fn events(&self) -> Vec<String> {
        let told = |body: &str| {
            let body: Value = serde_json::from_str(body).expect("JSON");
            let body = if body["payload"].is_null() { body } else { body["payload"]["custom_details"].clone() };
            format!("{} {}", body["event"].as_str().unwrap_or("?"), body["rule"].as_str().unwrap_or("-"))
        };
        self.posted().iter().map(|(_, body)| told(body)).collect()
    }
}

fn serve(mut stream: TcpStream, body: &str, says: &AtomicU16, keeps: &Mutex<Vec<(String, String)>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap_or(0);
        }
        head.push(line);
    }
    let mut sent = vec![0; length];
    reader.read_exact(&mut sent)?;
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or("").to_owned();
    keeps.lock().expect("kept").push((path, String::from_utf8_lossy(&sent).into_owned()));
    let status = says.load(Ordering::Acquire);
    // whoever follows it is seen on the path
    let to = if status == 302 { "Location: /followed\r\n" } else { "" };
    let body = if status == 200 { body } else { "{}" };
    write!(stream, "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{to}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

impl Stage {
    fn new(notify: &str) -> Stage {
        let member = Served::start(r#"{"state":"running","role":"primary","timeline":1,"patroni":{"version":"4.1.5","scope":"c","name":"pg1"}}"#);
        let hook = Served::start("ok");
        let folder = tempfile::tempdir().expect("folder");
        let text = format!(
            "[poll]\nfast = \"200ms\"\n\n[[cluster]]\nname = \"c\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://{}\"\n\n{notify}",
            member.address
        );
        let stage = Stage { folder, member, hook };
        stage.secret("opsctl.toml", &text);
        stage.secret("url", &format!("http://{}/{CANARY}\n", stage.hook.address));
        stage.secret("key", CANARY);
        stage
    }

    fn secret(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(name);
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).expect("mode");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn arguments(&self) -> [String; 2] {
        ["--config".to_owned(), self.path("opsctl.toml").to_string_lossy().into_owned()]
    }

    /// The service, once it holds its ring; what it says to people is kept in a file.
    fn serve(&self) -> Service {
        let log = self.path("log");
        let said = std::fs::File::create(self.path("said")).expect("made");
        let child = program()
            .args(["watch", "--headless"])
            .args(self.arguments())
            .env("XDG_STATE_HOME", self.folder.path())
            .env("OPSCTL_LOG", log)
            .env("OPSCTL_LOG_LEVEL", "trace")
            .stdout(Stdio::null())
            .stderr(said)
            .spawn()
            .expect("starts");
        let service = Service(child);
        self.until("it serves", || self.said("said").contains("rings are kept in"));
        service
    }

    fn said(&self, name: &str) -> String {
        std::fs::read(self.path(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let clock = Clock::real();
        let waiting = async {
            while !holds() {
                clock.sleep(Duration::from_millis(20)).await;
            }
        };
        let reached = runtime.block_on(clock.timeout(Duration::from_secs(40), waiting));
        assert!(reached.is_some(), "never: {what}\nposts: {:?}\nsaid: {}", self.hook.posted(), self.said("said"));
    }

    /// No file that was left behind holds a secret, but those that are secrets.
    fn assert_hidden(&self) {
        let mut folders = vec![self.folder.path().to_owned()];
        let mut looked = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else if entry != self.path("url") && entry != self.path("key") {
                    let text = String::from_utf8_lossy(&std::fs::read(&entry).expect("read")).into_owned();
                    assert!(!text.contains(CANARY), "{} holds a secret", entry.display());
                    looked += 1;
                }
            }
        }
        assert!(looked >= 3, "the log, what was said and the ring");
    }
}

struct Service(Child);

impl Drop for Service {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _reaped = self.0.wait();
    }
}

const HOOK: &str = "[[notify]]\nname = \"hook\"\nto = \"webhook\"\nurl = \"file:url\"\nleast = \"warning\"\n";
const PAGER: &str = "[[notify]]\nname = \"pager\"\nto = \"pagerduty\"\nurl = \"file:url\"\nkey = \"file:key\"\nleast = \"warning\"\n";

#[test]
fn a_service_tells_what_came_and_what_went_and_shows_no_secret() {
    let stage = Stage::new(HOOK);
    let service = stage.serve();
    stage.member.says(500);
    let has = |event: &str| stage.hook.events().iter().any(|told| told == event);
    stage.until("it is raised", || has("raised endpoint-unreachable"));
    stage.member.says(200);
    stage.until("it has recovered", || has("recovered endpoint-unreachable"));
    assert!(stage.hook.posted().iter().all(|(path, _)| *path == format!("/{CANARY}")));
    let command = std::fs::read_to_string(format!("/proc/{}/cmdline", service.0.id())).expect("a process");
    assert!(!command.contains(CANARY));
    drop(service);
    stage.assert_hidden();
}

#[test]
fn a_service_that_is_started_again_tells_nothing_twice_and_what_recovered_meanwhile() {
    let stage = Stage::new(HOOK);
    stage.member.says(500);
    let count = |event: &str| stage.hook.events().iter().filter(|told| *told == event).count();
    let service = stage.serve();
    stage.until("it is raised", || count("raised endpoint-unreachable") == 1);
    let file = stage.path("opsctl/ring/c/told-hook.json");
    stage.until("it is kept", || std::fs::read_to_string(&file).is_ok_and(|text| text.contains("endpoint-unreachable")));
    drop(service);
    for _again in 0..2 {
        let service = stage.serve();
        let asked = stage.member.posted().len();
        stage.until("it was looked at", || stage.member.posted().len() > asked + 5);
        drop(service);
    }
    stage.member.says(200);
    let service = stage.serve();
    stage.until("it has recovered", || count("recovered endpoint-unreachable") == 1);
    assert_eq!(count("raised endpoint-unreachable"), 1, "{:?}", stage.hook.events());
    drop(service);
    std::fs::write(&file, "{ broken").expect("written");
    let service = stage.serve();
    stage.until("it is said to be broken", || stage.said("said").contains("told-hook.json says of notices that were sent is not used"));
    drop(service);
    stage.assert_hidden();
}

#[test]
fn a_routing_key_goes_into_the_body_alone() {
    let stage = Stage::new(PAGER);
    let service = stage.serve();
    stage.member.says(500);
    stage.until("it is triggered", || stage.hook.events().iter().any(|told| told == "raised endpoint-unreachable"));
    stage.member.says(200);
    let resolved = || {
        let bodies: Vec<Value> = stage.hook.posted().iter().map(|(_, body)| serde_json::from_str(body).expect("JSON")).collect();
        let triggered = bodies.iter().find(|body| body["payload"]["class"] == "endpoint-unreachable").expect("it was").clone();
        assert!(bodies.iter().all(|body| body["routing_key"] == CANARY));
        bodies.iter().any(|body| body["event_action"] == "resolve" && body["dedup_key"] == triggered["dedup_key"])
    };
    stage.until("it is resolved", resolved);
    drop(service);
    stage.assert_hidden();
}

#[test]
fn a_webhook_that_fails_or_sends_elsewhere_is_told_of_once_and_tried_again() {
    for status in [500, 302] {
        let stage = Stage::new(HOOK);
        stage.hook.says(status);
        let service = stage.serve();
        stage.member.says(500);
        stage.until("trouble is told", || {
            stage.said("said").contains(&format!("notices do not reach hook: POST to the webhook of hook: HTTP status {status}"))
        });
        let tries = stage.hook.posted().len();
        stage.until("it is tried again", || stage.hook.posted().len() > tries);
        stage.hook.says(200);
        stage.until("it gets through", || stage.said("said").contains("notices reach hook again"));
        assert_eq!(stage.said("said").matches("notices do not reach hook").count(), 1, "{}", stage.said("said"));
        assert!(stage.hook.posted().iter().all(|(path, _)| path != "/followed"));
        drop(service);
        stage.assert_hidden();
    }
}

#[test]
fn a_program_gets_the_notice_on_its_standard_input() {
    let stage = Stage::new("");
    let told = stage.path("told");
    let notify = format!(
        "[[notify]]\nname = \"desk\"\nto = \"command\"\nargv = [\"sh\", \"-c\", \"cat >> \\\"$0\\\"; echo >> \\\"$0\\\"\", \"{}\"]\nleast = \"warning\"\n",
        told.display()
    );
    let config = format!("{}{notify}", stage.said("opsctl.toml"));
    stage.secret("opsctl.toml", &config);
    let _service = stage.serve();
    stage.member.says(500);
    let lines = || stage.said("told").lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_default()).collect::<Vec<_>>();
    stage.until("it is told", || lines().iter().any(|notice| notice["event"] == "raised" && notice["rule"] == "endpoint-unreachable"));
}

#[test]
fn doctor_lists_the_targets_and_says_which_are_not_ready() {
    let stage = Stage::new(&format!(
        "{HOOK}\n[[notify]]\nname = \"gone\"\nto = \"slack\"\nurl = \"file:nowhere\"\n\n[[notify]]\nname = \"far\"\nto = \"slack\"\nurl = \"file:plain\"\n"
    ));
    stage.secret("plain", &format!("http://10.0.0.1/{CANARY}"));
    let [flag, path] = stage.arguments();
    let (stdout, stderr, code) = opsctl(&["doctor", "-o", "json", &flag, &path]);
    let page: Value = serde_json::from_str(&stdout).expect("JSON");
    let ready: Vec<_> = page["notices"].as_array().expect("targets").iter().map(|row| (row["name"].as_str(), row["ready"].as_str())).collect();
    let expected = [(Some("hook"), Some("yes")), (Some("gone"), Some("secret not readable")), (Some("far"), Some("not configured"))];
    assert_eq!(ready, expected);
    assert_eq!(code, 3, "{stderr}");
    assert!(!stdout.contains(CANARY) && stdout.contains("file:"), "{stdout}");
    assert_eq!(stage.hook.posted(), [], "doctor sends nothing");
}

#[test]
fn a_test_is_sent_by_hand_to_one_or_to_all() {
    let stage = Stage::new(&format!("{HOOK}\n{PAGER}"));
    let [flag, path] = stage.arguments();
    let (stdout, _, code) = opsctl(&["notify", "--test", &flag, &path]);
    assert_eq!((stdout.as_str(), code), ("hook: told\npager: told\n", 0));
    assert_eq!(stage.hook.events(), ["test -", "test -"]);
    stage.hook.says(403);
    let (stdout, stderr, code) = opsctl(&["notify", "--test", "hook", &flag, &path]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.starts_with("hook: not told: POST to the webhook of hook: HTTP status 403"), "{stdout}");
    assert!(!format!("{stdout}{stderr}").contains(CANARY));
    let (_, stderr, code) = opsctl(&["notify", "--test", "hok", &flag, &path]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean 'hook'?"), "{stderr}");
}

/// A console over the stage, with its state below the folder of the stage.
fn console(stage: &Stage) -> Pty {
    let [flag, path] = stage.arguments();
    let state = stage.folder.path().to_string_lossy().into_owned();
    Pty::start(env!("CARGO_BIN_EXE_opsctl"), &[&flag, &path], &[("XDG_STATE_HOME", &state)], (120, 35))
}

/// Waits until the console has had time to take in what there is: what a person finds there is no news.
fn seen(pty: &Pty) {
    pty.shows("data 0s");
    pty.drawn(pty.frames() + 2);
}

#[test]
fn a_console_announces_what_came_after_it_was_opened_and_sends_where_no_service_does() {
    let stage = Stage::new(&format!("{HOOK}\n[[notify]]\nname = \"here\"\nto = \"terminal\"\nleast = \"warning\"\n"));
    let mut pty = console(&stage);
    seen(&pty);
    assert_eq!(stage.hook.posted(), []);
    stage.member.says(500);
    pty.wrote("\x1b]9;opsctl: WARNING c: patroni pg1 answers with an error");
    stage.until("the webhook is told", || stage.hook.events().iter().any(|told| told == "raised endpoint-unreachable"));
    stage.hook.says(500);
    stage.member.says(200);
    pty.wrote("\x1b]9;opsctl: RECOVERED c: patroni pg1");
    pty.shows("notices do not reach hook");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn what_a_console_told_is_taken_back_by_the_next_one() {
    let stage = Stage::new(HOOK);
    let count = |wanted: &str| stage.hook.events().iter().filter(|told| *told == wanted).count();
    let leave = |mut pty: Pty| {
        pty.type_in(b"q");
        assert_eq!(pty.clean_code(), 0);
    };
    let first = console(&stage);
    seen(&first);
    stage.member.says(500);
    stage.until("the webhook is told", || count("raised endpoint-unreachable") == 1);
    stage.until("that is kept", || stage.said("opsctl/ring/c/told-hook.json").contains("endpoint-unreachable"));
    leave(first);
    // what was told and holds is no news to anybody
    let second = console(&stage);
    second.shows("answers with an error");
    leave(second);
    stage.member.says(200);
    let third = console(&stage);
    stage.until("the webhook is told that it is over", || count("recovered endpoint-unreachable") == 1);
    leave(third);
    assert_eq!(count("raised endpoint-unreachable"), 1, "{:?}", stage.hook.events());
}

#[test]
fn beside_a_service_a_console_announces_and_sends_nothing() {
    let stage = Stage::new(&format!("{HOOK}\n[[notify]]\nname = \"here\"\nto = \"terminal\"\nleast = \"warning\"\n"));
    let _service = stage.serve();
    let mut pty = console(&stage);
    seen(&pty);
    stage.member.says(500);
    pty.wrote("\x1b]9;opsctl: WARNING c: patroni pg1");
    let told = || stage.hook.events().iter().filter(|told| *told == "raised endpoint-unreachable").count();
    stage.until("the webhook is told", || told() > 0);
    stage.member.says(200);
    pty.wrote("\x1b]9;opsctl: RECOVERED c: patroni pg1");
    stage.until("and of the recovery", || stage.hook.events().iter().any(|told| told == "recovered endpoint-unreachable"));
    assert_eq!(told(), 1, "{:?}", stage.hook.events());
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

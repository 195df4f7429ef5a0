//! The lock that everybody shares, in the etcd of the real lab: two who start at once, a runner that is stopped past its lease, a host that is gone, and a
//! second host that ends what another one left.
//!
//! Each test locks a cluster of its own name: the one that stands in the lab is nobody's concern here.

use crate::runs::{Host, found, until};
use crate::support::elsewhere;
use crate::support::lab::Lab;
use opsctl::app::TimeLimit;
use opsctl::app::load::{self, Wanted};
use opsctl::config::ClusterSpec;
use opsctl::engine::lock::{Holder, LockError};
use opsctl::engine::plan::Actor;
use opsctl::engine::process::Process;
use opsctl::model::Clock;
use opsctl::systems::registry;
use rustix::process::{Pid, Signal, kill_process};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// Two steps that are not known to the world otherwise.
const PLAIN: &str = r#"
opsctl  = 1
name    = "plain"
summary = "Two effects on this machine"
risk    = "low"
lock    = "cluster"

[[step]]
id      = "a"
why     = "the first"
exec    = { argv = ["DOES", "do", "a"] }
timeout = "5m"

[[step]]
id      = "b"
why     = "the second"
exec    = { argv = ["DOES", "do", "b"] }
timeout = "50s"
"#;

const START: [&str; 4] = ["start", "plain", "--write", "--yes"];

struct Shared {
    host: Host,
    /// The state folder of a second host.
    other: TempDir,
    cluster: Arc<ClusterSpec>,
}

/// A cluster of this name whose etcd is the lab's.
fn shared(lab: &Lab, name: &str) -> Shared {
    shared_as(lab, name, "")
}

/// One whose runs are copied to that etcd.
fn mirrored(lab: &Lab, name: &str) -> Shared {
    shared_as(lab, name, "[team]\nmirror = true\n")
}

fn shared_as(lab: &Lab, name: &str, more: &str) -> Shared {
    let runtime = runtime();
    let load = |config: std::path::PathBuf| {
        let limit = TimeLimit::start(&Clock::real(), Duration::from_secs(5));
        let wanted = Wanted { config: Some(config), ..Wanted::default() };
        runtime.block_on(load::load(&wanted, &limit)).expect("a configuration").inventory.clusters.remove(0)
    };
    let urls = load(lab.config.clone()).of("etcd").filter_map(|endpoint| endpoint.body.text("url").map(str::to_owned)).collect::<Vec<_>>();
    assert!(!urls.is_empty(), "the lab has an etcd");
    let endpoint = |(at, url): (usize, &String)| format!("[[cluster.endpoint]]\nsystem = \"etcd\"\nname = \"e{at}\"\nurl = \"{url}\"\n");
    let endpoints: String = urls.iter().enumerate().map(endpoint).collect();
    let scope = format!("locks-{name}-{}", std::process::id());
    let host = Host::with(&format!("scope = \"{scope}\"\n{endpoints}{more}"));
    let does = host.path("does").to_str().expect("UTF-8").to_owned();
    std::fs::write(host.path("runbooks/plain.toml"), PLAIN.replace("DOES", &does)).expect("written");
    let cluster = load(host.path("config.toml"));
    Shared { host, other: tempfile::tempdir().expect("a folder"), cluster }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

impl Shared {
    /// What the second host says of who has the cluster: the state, and the run.
    fn locked(&self) -> Vec<(String, String)> {
        let (stdout, stderr, code) = self.host.run_from(self.other.path(), &["locks", "-o", "json"]);
        assert_eq!(code, 0, "{stderr}");
        let told: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
        let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        told["locks"].as_array().expect("rows").iter().map(|row| (text(row, "state"), text(row, "run"))).collect()
    }

    /// Starts one that hangs in its first step.
    fn hanging(&self) -> String {
        std::fs::write(self.host.path("hang a"), "").expect("written");
        let (stdout, stderr, code) = self.host.run(&[START.as_slice(), &["--detach"]].concat());
        assert_eq!(code, 0, "{stderr}");
        until("a hangs", || self.host.effects() == ["do a"]);
        stdout.trim().to_owned()
    }

    /// `opsctl run ...` on the host `jump2`, with its own state folder.
    fn on_jump2(&self, words: &[&str]) -> (String, String, i32) {
        let output = elsewhere::on("jump2", &self.host.command_from(self.other.path(), words)).output().expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    }

    fn signal(&self, id: &str, signal: Signal) {
        kill_process(Pid::from_raw(self.host.process(id)).expect("a number"), signal).expect("sent");
    }
}

#[test]
fn of_two_that_start_at_once_one_sends_and_the_other_names_it() {
    let Some(lab) = Lab::shared("lab_locks::of_two_that_start_at_once_one_sends_and_the_other_names_it") else { return };
    for round in 0..3 {
        let shared = shared(&lab, &format!("race-{round}"));
        std::fs::write(shared.host.path("hang a"), "").expect("written");
        let (here, there) = (shared.host.path(""), shared.other.path().to_owned());
        let both = [&here, &there].map(|state| {
            let mut command = shared.host.command_from(state, &START);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("started")
        });
        until("one of them has it", || shared.host.effects() == ["do a"]);
        let mut both = both.map(Some);
        // the one that is not at work ends by itself
        until("the other one is refused", || both.iter_mut().flatten().any(|child| child.try_wait().expect("a child").is_some()));
        let ended = |child: &mut Option<Child>| child.as_mut().is_some_and(|child| child.try_wait().expect("a child").is_some());
        let refused = both.iter_mut().find_map(|child| if ended(child) { child.take() } else { None });
        let output = refused.expect("one").wait_with_output().expect("waited");
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(9), "{told}");
        let locked = shared.locked();
        let (state, run) = locked.first().expect("somebody has it");
        let hostname = Process::own().host;
        assert_eq!(state, "locked");
        for word in [run.as_str(), hostname.as_str(), "process ", " ago", "plain"] {
            assert!(told.contains(word), "{word}: {told}");
        }
        shared.host.release("a");
        let winner = both.into_iter().flatten().next().expect("the other").wait_with_output().expect("waited");
        assert_eq!(winner.status.code(), Some(0), "{}", String::from_utf8_lossy(&winner.stderr));
        assert_eq!(shared.host.effects(), ["do a", "do b"]);
        assert_eq!(shared.locked(), []);
    }
}

#[test]
fn a_runner_that_was_stopped_past_its_lease_sends_nothing_when_it_wakes() {
    let Some(lab) = Lab::shared("lab_locks::a_runner_that_was_stopped_past_its_lease_sends_nothing_when_it_wakes") else { return };
    let shared = shared(&lab, "stopped");
    let id = shared.hanging();
    assert_eq!(shared.locked(), [("locked".to_owned(), id.clone())]);
    shared.signal(&id, Signal::STOP);
    // what it does goes on without it, and is done long before it wakes
    shared.host.release("a");
    until("its lease has run out", || shared.locked() == [("open".to_owned(), id.clone())]);
    // nobody has the lock, and nobody else begins all the same: the run is not ended
    let (_, stderr, code) = shared.host.run_from(shared.other.path(), &START);
    assert!(code == 9 && stderr.starts_with(&format!("error: a run is open on orders: {id}")), "{code}: {stderr}");
    shared.signal(&id, Signal::CONT);
    until("it gave up", || shared.host.shown(&id, "state") == "interrupted");
    assert_eq!(shared.host.effects(), ["do a"]);
    let why = shared.host.shown(&id, "why");
    assert!(why.as_str().is_some_and(|why| why.contains("the lock is lost")), "{why}");
    assert_eq!(shared.locked(), [("open".to_owned(), id.clone())]);
    // its own host goes on with it, by a lock of its own
    let (stdout, stderr, code) = shared.host.run(&["resume", &id, "--write", "--applied", "a", "--reason", "it is in the file"]);
    assert_eq!((code, shared.host.effects()), (0, vec!["do a".to_owned(), "do b".to_owned()]), "{stdout}{stderr}");
    assert_eq!(shared.locked(), []);
}

#[test]
fn a_runner_that_was_killed_is_taken_over_at_once_by_its_host_and_by_no_other_run() {
    let Some(lab) = Lab::shared("lab_locks::a_runner_that_was_killed_is_taken_over_at_once_by_its_host_and_by_no_other_run") else { return };
    let shared = shared(&lab, "killed");
    let id = shared.hanging();
    shared.signal(&id, Signal::KILL);
    shared.host.release("a");
    until("it is interrupted", || shared.host.shown(&id, "state") == "interrupted");
    let (_, stderr, code) = shared.host.run_from(shared.other.path(), &START);
    assert!(code == 9 && stderr.contains(&id) && stderr.contains("its folder"), "{code}: {stderr}");
    let (_, stderr, code) = shared.host.run_from(shared.other.path(), &["resume", &id, "--write"]);
    let folder = shared.host.path("opsctl/runs").join(&id).display().to_string();
    assert!(code == 5 && stderr.contains("cannot go on here") && stderr.contains(&folder), "{code}: {stderr}");
    let (_, stderr, code) = shared.host.run(&[START.as_slice(), &["--break-glass", "it cannot wait any longer"]].concat());
    assert!(code == 5 && stderr.contains("etcd of orders answers"), "{code}: {stderr}");
    assert_eq!(shared.host.run(&["resume", &id, "--write"]).2, 8, "a person has to say what became of it");
    let (stdout, stderr, code) = shared.host.run(&["resume", &id, "--write", "--absent", "a", "--reason", "it is not in the file"]);
    assert_eq!((code, shared.host.effects().len()), (0, 3), "{stdout}{stderr}");
    assert_eq!((shared.locked(), shared.host.run_from(shared.other.path(), &START).2), (Vec::new(), 0));
}

#[test]
fn a_run_of_a_host_that_is_gone_is_named_and_can_be_forgotten() {
    let Some(lab) = Lab::shared("lab_locks::a_run_of_a_host_that_is_gone_is_named_and_can_be_forgotten") else { return };
    let shared = shared(&lab, "gone");
    let by = Actor { name: "ana".to_owned(), host: "jump7".to_owned(), via: "login".to_owned() };
    let process = Process { host: "jump7".to_owned(), space: "another boot".to_owned(), ..Process::own() };
    let (run, folder) = ("01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(), Some("/var/lib/opsctl/runs/x".to_owned()));
    let holder = Holder { run, runbook: "switchover".to_owned(), process, by, since: Clock::real().now().wall, folder };
    let lock = registry::lock(&shared.cluster, &Clock::real()).expect("the lab has an etcd");
    let runtime = runtime();
    let held = runtime.block_on(lock.take("orders", &holder, 0)).expect("free");
    runtime.block_on(held.leave_open(&holder)).expect("written");
    let (_, stderr, code) = shared.host.run(&START);
    assert!(code == 9 && stderr.contains("locked by ana of jump7") && stderr.contains("on jump7: "), "{code}: {stderr}");
    assert_eq!(shared.host.run(&["unlock", "orders", "--reason", "a trial"]).2, 9, "somebody is at work");
    let again = runtime.block_on(lock.take("orders", &holder, 0));
    assert!(matches!(again, Err(LockError::Held(other)) if *other == holder));
    runtime.block_on(held.give_back());
    let (_, stderr, code) = shared.host.run(&START);
    assert!(code == 9 && stderr.contains("its folder is on jump7, in /var/lib/opsctl/runs/x"), "{code}: {stderr}");
    let (_, stderr, code) = shared.host.run(&["resume", "9G5FAV", "--write"]);
    assert!(code == 5 && stderr.contains("on jump7, in /var/lib/opsctl/runs/x"), "{code}: {stderr}");
    let words = ["unlock", "orders", "--reason", "jump7 burned down"];
    let (_, stderr, code) = shared.host.run(&words);
    assert!(code == 5 && stderr.contains("cannot be told: its folder is on jump7") && stderr.contains("--across"), "{code}: {stderr}");
    let (stdout, _, code) = shared.host.run(&[words.as_slice(), &["--across"]].concat());
    assert!(code == 0 && stdout.contains("nobody looked whether it still holds clients"), "{code}: {stdout}");
    assert_eq!((shared.host.run(&START).2, shared.host.effects().len()), (0, 2));
}

#[test]
fn a_second_host_ends_the_run_of_one_that_died_and_of_one_that_was_stopped_and_each_effect_happens_once() {
    const NAME: &str = "lab_locks::a_second_host_ends_the_run_of_one_that_died_and_of_one_that_was_stopped_and_each_effect_happens_once";
    let Some(lab) = Lab::shared(NAME) else { return };
    if !elsewhere::there_is(NAME) {
        return;
    }
    let (dead, stopped) = (mirrored(&lab, "died"), mirrored(&lab, "asleep"));
    // all of jump1 dies in the middle of a step, what the step started too
    std::fs::write(dead.host.path("hang a"), "").expect("written");
    let mut jump1 = elsewhere::on("jump1", &dead.host.command_from(&dead.host.path(""), &START));
    let mut jump1 = jump1.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
    until("a hangs", || dead.host.effects() == ["do a"]);
    let of_dead = dead.locked().remove(0).1;
    let (_, stderr, code) = dead.host.run_from(dead.other.path(), &["resume", &of_dead, "--write"]);
    assert!(code == 9 && stderr.contains("on jump1") && stderr.contains(&of_dead), "{code}: {stderr}");
    jump1.kill().expect("killed");
    jump1.wait().expect("waited");
    // and a runner of this host is stopped while the request that it sent goes on without it
    let of_stopped = stopped.hanging();
    stopped.signal(&of_stopped, Signal::STOP);
    stopped.host.release("a");
    let open = |shared: &Shared, id: &String| shared.locked() == [("open".to_owned(), id.clone())];
    until("both leases have run out", || open(&dead, &of_dead) && open(&stopped, &of_stopped));

    let on_this = |words: &[&str]| dead.host.run_from(dead.other.path(), words);
    let (list, stderr, code) = on_this(&["list", "-o", "json"]);
    assert!(code == 0 && list.contains(&of_dead), "{code}: {list}{stderr}");
    let (_, stderr, code) = on_this(&START);
    assert!(code == 9 && stderr.contains(&of_dead) && stderr.contains("run resume"), "{code}: {stderr}");
    assert_eq!(on_this(&["resume", &of_dead, "--write"]).2, 8, "a person has to say what became of it");
    dead.host.release("a");
    let applied = |id: &str| ["resume", id, "--write", "--applied", "a", "--reason", "it is in the file"].map(str::to_owned);
    let words = applied(&of_dead);
    let (stdout, stderr, code) = on_this(&words.each_ref().map(String::as_str));
    assert_eq!((code, dead.host.effects()), (0, vec!["do a".to_owned(), "do b".to_owned()]), "{stdout}{stderr}");
    assert_eq!(dead.locked(), []);

    assert_eq!(stopped.on_jump2(&["resume", &of_stopped, "--write"]).2, 8);
    let words = applied(&of_stopped);
    let (stdout, stderr, code) = stopped.on_jump2(&words.each_ref().map(String::as_str));
    assert_eq!((code, stopped.host.effects()), (0, vec!["do a".to_owned(), "do b".to_owned()]), "{stdout}{stderr}");
    // what still is there of the first host is told, and counts for nothing
    let (_, stderr, code) = stopped.host.run(&["show", &of_stopped]);
    assert!(code == 0 && stderr.contains("counts for nothing"), "{code}: {stderr}");
    stopped.signal(&of_stopped, Signal::CONT);

    // the first hosts are back: their folders say who ended the runs, and they send nothing
    for (shared, id, host) in [(&dead, &of_dead, Process::own().host), (&stopped, &of_stopped, "jump2".to_owned())] {
        until("the folder says it", || shared.host.shown(id, "state") == "succeeded");
        let process = shared.host.shown(id, "process");
        assert!(process.as_str().is_some_and(|process| process.contains(&format!("on {host}"))), "{process}");
        let (_, stderr, code) = shared.host.run(&["resume", id, "--write"]);
        assert!(code == 5 && stderr.contains("nothing follows"), "{code}: {stderr}");
        assert_eq!(shared.host.effects().len(), 2);
        let (stdout, stderr, code) = shared.host.run(&START);
        assert_eq!((code, shared.host.effects().len()), (0, 4), "{stdout}{stderr}");
    }
}

#[test]
fn what_is_copied_of_a_run_is_its_journal_and_no_secret() {
    let Some(lab) = Lab::shared("lab_locks::what_is_copied_of_a_run_is_its_journal_and_no_secret") else { return };
    let shared = mirrored(&lab, "copied");
    let (stdout, stderr, code) = shared.host.started(&[]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    let lock = registry::lock(&shared.cluster, &Clock::real()).expect("the lab has an etcd");
    let (mirror, runtime) = (lock.mirror().expect("it is wanted"), runtime());
    let runs = runtime.block_on(mirror.runs()).expect("read");
    let files = runtime.block_on(mirror.files(&runs[0].run)).expect("read");
    assert_eq!((runs.len(), files.keys().map(String::as_str).collect::<Vec<_>>()), (1, vec!["consent-1.json", "journal.jsonl", "plan.json"]));
    let journal = String::from_utf8(files["journal.jsonl"].clone()).expect("text");
    assert!(journal.contains("\"finish\"") && journal.contains("\"intent\""), "{journal}");
    assert_eq!(journal.into_bytes(), std::fs::read(shared.host.path("opsctl/runs").join(&runs[0].run).join("journal.jsonl")).expect("read"));
    for (name, bytes) in &files {
        assert!(!found(bytes), "{name}");
    }
    let shown = shared.host.shown(&runs[0].run, "mirror");
    assert_eq!(shown, "in etcd");
}

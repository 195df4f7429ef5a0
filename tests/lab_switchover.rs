//! The shipped runbooks on the real platform, by the one-shot commands: no client of the write pools sees an error, no acknowledged write is lost, and what is
//! sent to Patroni leaves once. Between this program and Patroni stands something that writes down what is asked.

use crate::support::lab::Lab;
use crate::support::program;
use crate::support::pty::Pty;
use crate::support::tee::Tee;
use opsctl::model::Clock;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// A lab that is asked for changes, seen by way of what writes them down, with a state folder of its own.
pub(crate) struct Watched<'a> {
    pub(crate) lab: &'a Lab,
    tees: Vec<Tee>,
    pub(crate) root: TempDir,
    /// The name of the cluster.
    pub(crate) name: String,
}

impl<'a> Watched<'a> {
    pub(crate) fn new(lab: &'a Lab) -> Watched<'a> {
        let watched = Watched::seeing(lab, |_| true);
        assert_eq!(watched.tees.len(), 3, "three members have a REST API");
        watched
    }

    /// Only what the members are asked that are wanted is written down: for a server that is gone the one who writes down would still let clients in.
    pub(crate) fn seeing(lab: &'a Lab, wanted: impl Fn(&str) -> bool) -> Watched<'a> {
        let root = tempfile::tempdir().expect("a folder");
        let text = std::fs::read_to_string(&lab.config).expect("the configuration of the lab");
        let mut tees = Vec::new();
        let mut member = "";
        let put = |line| {
            member = quoted(line, "name").unwrap_or(member);
            match quoted(line, "url").and_then(|url| url.strip_prefix("http://")?.strip_suffix(":8008")) {
                Some(host) if wanted(member) => {
                    let tee = Tee::before(&format!("{host}:8008"));
                    let line = format!("url = \"{}\"", tee.url());
                    tees.push(tee);
                    line
                }
                _ => line.to_owned(),
            }
        };
        let lines: Vec<String> = text.lines().map(put).collect();
        std::fs::write(root.path().join("opsctl.toml"), lines.join("\n")).expect("written");
        let name = text.lines().find_map(|line| quoted(line, "name")).expect("a cluster").to_owned();
        Watched { lab, tees, root, name }
    }

    /// Its state folder.
    pub(crate) fn state(&self) -> &std::path::Path {
        self.root.path()
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.root.path().join("opsctl.toml")
    }

    /// What was asked of Patroni that changes something, since the last call of a test that counts for itself.
    pub(crate) fn changes(&self) -> Vec<String> {
        let mut all: Vec<String> = self.tees.iter().flat_map(Tee::changes).collect();
        all.sort();
        all
    }

    pub(crate) fn opsctl(&self, words: &[&str]) -> (String, String, i32) {
        let output = program().env("XDG_STATE_HOME", self.root.path()).args(words).arg("--config").arg(self.config()).output().expect("it starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    }

    /// The member whose column `sync` says so, by the words of the members themselves.
    pub(crate) fn standby(&self, sync: &str) -> Option<String> {
        let (json, _, _) = self.opsctl(&["list", "-o", "json", "--deadline", "30s"]);
        let page: Value = serde_json::from_str(&json).ok()?;
        let row = page["members"].as_array()?.iter().find(|row| row["sync"] == sync)?.clone();
        row["member"].as_str().map(str::to_owned)
    }

    /// Until a switchover could begin: the member to which it would lead.
    pub(crate) fn ready(&self) -> String {
        let mut last = String::new();
        let mut to = None;
        until("a switchover can begin", || {
            to = self.standby("sync");
            let Some(to) = &to else { return false };
            let (stdout, stderr, code) = self.opsctl(&["switchover", "--to", to, "--settled", "1s", "--dry-run"]);
            last = format!("{code}\n{stdout}{stderr}");
            code == 0
        });
        to.unwrap_or_else(|| panic!("nobody: {last}"))
    }

    /// Who holds the lock, if anybody does.
    pub(crate) fn leads(&self) -> Option<String> {
        let (json, _, _) = self.opsctl(&["list", "-o", "json", "--deadline", "30s"]);
        let page: Value = serde_json::from_str(&json).ok()?;
        let row = page["members"].as_array()?.iter().find(|row| row["lock"] == true)?.clone();
        row["member"].as_str().map(str::to_owned)
    }

    pub(crate) fn leader(&self) -> String {
        self.leads().expect("a leader")
    }

    /// The write pools.
    fn write_pools(&self) -> Vec<Value> {
        let (json, _, _) = self.opsctl(&["poolers", "-o", "json", "--deadline", "30s"]);
        let page: Value = serde_json::from_str(&json).expect("JSON");
        let of_write = |row: &&Value| row["endpoint"].as_str().is_some_and(|name| name.contains("write"));
        page["pools"].as_array().expect("pools").iter().filter(of_write).cloned().collect()
    }

    /// How many clients they have.
    fn clients(&self) -> u64 {
        let count = |row: &Value| row["clients_active"].as_u64().unwrap_or(0) + row["clients_waiting"].as_u64().unwrap_or(0);
        self.write_pools().iter().map(count).sum()
    }

    /// How many of them are paused.
    pub(crate) fn paused(&self) -> usize {
        let pools = self.write_pools();
        assert!(pools.iter().all(|row| row["paused"].is_boolean()), "{pools:?}");
        pools.iter().filter(|row| row["paused"] == true).count()
    }

    /// Clients on the write pools, when all of them are there.
    pub(crate) fn load(&self) -> Load {
        let load = self.load_of(&["--clients", "8"]);
        until("all clients are there", || self.clients() >= 8);
        load
    }

    /// Clients on the write pools, as `words` say.
    pub(crate) fn load_of(&self, words: &[&str]) -> Load {
        let folder = self.lab.config.parent().expect("the folder of the lab");
        let mut command = Command::new(crate::support::root().join("tests/lab/load"));
        command.args(["--route", "pool", "--rate", "20", "--seconds", "300", "--deadline", "60", "--dir"]).arg(folder).args(words);
        Load(Some(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("the load starts")))
    }
}

/// The value of `key` in a line of a configuration.
fn quoted<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

/// Clients that write.
pub(crate) struct Load(Option<Child>);

impl Load {
    /// What became of their writes.
    pub(crate) fn end(self) -> Value {
        let child = self.0.as_ref().expect("it runs");
        rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::INT).expect("told to end");
        self.ended()
    }

    /// What became of them when their time is over.
    pub(crate) fn ended(mut self) -> Value {
        let child = self.0.take().expect("it runs");
        let output = child.wait_with_output().expect("it ends");
        serde_json::from_slice(&output.stdout).expect("one line of JSON")
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // of a test that failed: nothing is left running
        if let Some(mut child) = self.0.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
        }
    }
}

pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let clock = Clock::real();
    let begin = clock.now();
    while !so() {
        assert!(clock.now().since(begin) < Duration::from_mins(2), "never: {what}");
        std::thread::yield_now();
    }
}

/// What opsctl itself sends to Patroni in one switchover.
const SENT: [&str; 2] = ["PATCH /config", "POST /switchover"];

#[test]
fn three_switchovers_lose_no_write_and_throw_nobody_out() {
    let Some(lab) = Lab::to_break("lab_switchover::three_switchovers_lose_no_write_and_throw_nobody_out") else { return };
    for round in 1..=3 {
        // who writes down stands anew each time
        let watched = Watched::new(&lab);
        let to = watched.ready();
        let before = watched.leader();
        let load = watched.load();
        let words = ["switchover", "--to", &to, "--settled", "1s", "--write", "--confirm", &watched.name];
        let (stdout, stderr, code) = watched.opsctl(&words);
        let became = load.end();
        assert_eq!(code, 0, "round {round}: {stdout}{stderr}");
        for told in ["proof", "done and verified", "clients held at the poolers: ", ": kept)", "without a synchronous standby, at the most: "] {
            assert!(stdout.contains(told), "{told}: {stdout}");
        }
        assert_eq!(watched.changes(), SENT, "{stdout}");
        assert_eq!((watched.leader(), before == to), (to.clone(), false));
        for none in ["errors", "unknown", "lost", "clients_cut", "unreplicated"] {
            assert_eq!(became[none], 0, "round {round}: {none}: {became}\n{stdout}");
        }
        assert!(became["acked"].as_u64().is_some_and(|acked| acked > 100), "{became}");
        let measured: Vec<&str> = stdout.lines().rev().take(3).collect();
        println!("report: switchover {round}: {} | longest gap of the clients {} s", measured.join(" | "), became["max_gap_seconds"]);
    }
}

#[test]
fn a_leader_that_changed_between_plan_and_yes_is_told_and_nothing_is_sent() {
    let Some(lab) = Lab::to_break("lab_switchover::a_leader_that_changed_between_plan_and_yes_is_told_and_nothing_is_sent") else { return };
    let (watched, other) = (Watched::new(&lab), Watched::new(&lab));
    let to = watched.ready();
    let before = watched.leader();
    let state = watched.root.path().to_str().expect("UTF-8").to_owned();
    let config = watched.config();
    let words = ["switchover", "--to", &to, "--settled", "1s", "--write", "--config", config.to_str().expect("UTF-8")];
    let mut asked = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &words, &[("XDG_STATE_HOME", &state)], (160, 60));
    asked.wrote("to run switchover: ");
    // somebody else does it meanwhile, with a state folder of his own
    let (stdout, stderr, code) = other.opsctl(&["switchover", "--to", &to, "--settled", "1s", "--write", "--confirm", &other.name]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    asked.type_in(format!("{}\r", watched.name).as_bytes());
    asked.wrote("when the plan was confirmed");
    assert_eq!(asked.code(), 5, "{}", String::from_utf8_lossy(&asked.raw()));
    let said = String::from_utf8_lossy(&asked.raw()).into_owned();
    assert!(said.contains("cluster.leader.name") && said.contains(&format!("\"{before}\"")), "{said}");
    assert_eq!((watched.changes(), other.changes()), (Vec::new(), SENT.map(str::to_owned).to_vec()));
    assert!(watched.tees.iter().all(|tee| tee.connections() > 0), "it was asked by this way");
}

#[test]
fn patroni_is_paused_and_resumed_by_one_request_each() {
    let Some(lab) = Lab::to_break("lab_switchover::patroni_is_paused_and_resumed_by_one_request_each") else { return };
    let watched = Watched::new(&lab);
    watched.ready();
    for (count, verb) in ["pause", "resume"].into_iter().enumerate() {
        let (_, stderr, code) = watched.opsctl(&[verb, "--yes"]);
        assert!(code == 5 && stderr.contains("--write"), "{code}: {stderr}");
        let (stdout, stderr, code) = watched.opsctl(&[verb, "--write", "--yes"]);
        assert!(code == 0 && stdout.contains("until every member had heard it: "), "{verb}: {code}: {stdout}{stderr}");
        assert_eq!(watched.changes(), vec!["PATCH /config"; count + 1], "{stdout}");
    }
}

#[test]
fn a_standby_and_the_leader_are_restarted_and_clients_wait() {
    let Some(lab) = Lab::to_break("lab_switchover::a_standby_and_the_leader_are_restarted_and_clients_wait") else { return };
    let watched = Watched::new(&lab);
    watched.ready();
    let standby = watched.standby("async").expect("a standby that nobody waits for");
    for (count, member) in [standby, watched.leader()].into_iter().enumerate() {
        let load = watched.load();
        let (stdout, stderr, code) = watched.opsctl(&["restart", "--member", &member, "--write", "--confirm", &watched.name]);
        let became = load.end();
        assert_eq!(code, 0, "{member}: {stdout}{stderr}");
        assert_eq!(watched.changes(), vec!["POST /restart"; count + 1], "{stdout}");
        for none in ["errors", "unknown", "lost"] {
            assert_eq!(became[none], 0, "{member}: {none}: {became}\n{stdout}");
        }
        watched.ready();
    }
}

//! Runs through the program: what is refused and with which code, a run from its start to its report, one that is killed, disks that are full, and that no
//! secret is found anywhere afterwards.

use crate::support::program;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// What must never be found outside of the file that it lies in.
const CANARY: &str = "c4nary-Pa55-of-the-runs";

/// What every step calls: it writes down that it was called, waits as long as there is a file `hang WHAT`, and says whether it got the password.
pub(crate) const DOES: &str = "#!/bin/sh
cd \"$(dirname \"$0\")\" || exit 9
[ -z \"$PASSWORD\" ] || [ \"$PASSWORD\" = \"$(cat password)\" ] || exit 8
echo \"$*\" >> effects
while [ -e \"hang $2\" ]; do sleep 0.05; done
echo \"$* is done\"
";

const RUNBOOK: &str = r#"
opsctl  = 1
name    = "deliver"
summary = "Effects on this machine"
risk    = "RISK"
lock    = "cluster"

[params.word]
type    = "string"
default = "fine"

[params.password]
type = "secret"

[[step]]
id         = "door"
why        = "they wait"
exec       = { argv = ["DOES", "do", "door"] }
idempotent = true
timeout    = "50s"
hold       = "60s"
finally    = true
undo       = { why = "they go on", exec = { argv = ["DOES", "undo", "door"] }, idempotent = true, timeout = "10s" }

[[step]]
id      = "first"
why     = "the first of two"
exec    = { argv = ["DOES", "do", "first", "${params.word}"], env = { PASSWORD = { secret = "params.password" } } }
timeout = "50s"
undo    = { why = "back", exec = { argv = ["DOES", "undo", "first"] }, timeout = "10s" }
"#;

/// A host with a configuration, runbooks, and a state folder of its own.
pub(crate) struct Host {
    root: TempDir,
}

impl Host {
    fn new() -> Host {
        Host::with("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n")
    }

    /// One whose cluster has these endpoints.
    pub(crate) fn with(endpoints: &str) -> Host {
        let host = Host { root: tempfile::tempdir().expect("a folder") };
        let put = |name: &str, text: &str| std::fs::write(host.path(name), text).expect("written");
        std::fs::create_dir(host.path("runbooks")).expect("a folder");
        put("does", DOES);
        std::fs::set_permissions(host.path("does"), std::fs::Permissions::from_mode(0o755)).expect("set");
        put("password", CANARY);
        std::fs::set_permissions(host.path("password"), std::fs::Permissions::from_mode(0o600)).expect("set");
        let does = host.path("does");
        for (name, risk) in [("deliver", "\"low\""), ("careful", "\"high\"\napprovals = 0"), ("together", "\"high\"")] {
            let text =
                RUNBOOK.replace("DOES", does.to_str().expect("UTF-8")).replace("\"RISK\"", risk).replace("\"deliver\"", &format!("\"{name}\""));
            put(&format!("runbooks/{name}.toml"), &text);
        }
        put("config.toml", &format!("[[cluster]]\nname = \"orders\"\nenvironment = \"dev\"\n{endpoints}"));
        host
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn effects(&self) -> Vec<String> {
        std::fs::read_to_string(self.path("effects")).unwrap_or_default().lines().map(str::to_owned).collect()
    }

    fn command(&self, words: &[&str]) -> Command {
        self.command_from(self.root.path(), words)
    }

    /// As one would type it on a host that has another state folder and the same configuration.
    pub(crate) fn command_from(&self, state: &Path, words: &[&str]) -> Command {
        let mut command = program();
        command.env("XDG_STATE_HOME", state).arg("run").args(words).arg("--config").arg(self.path("config.toml"));
        command
    }

    /// `opsctl run ...`: what it printed, what it complained about, how it ended.
    pub(crate) fn run(&self, words: &[&str]) -> (String, String, i32) {
        self.run_from(self.root.path(), words)
    }

    pub(crate) fn run_from(&self, state: &Path, words: &[&str]) -> (String, String, i32) {
        let output = self.command_from(state, words).output().expect("the program starts");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
    }

    /// The words of a start that needs nobody.
    pub(crate) fn start(&self, more: &[&str]) -> Vec<String> {
        let password = format!("password=file:{}", self.path("password").display());
        let words = ["start", "deliver", "--write", "--yes", "-p", &password];
        words.iter().chain(more).map(|&word| word.to_owned()).collect()
    }

    pub(crate) fn started(&self, more: &[&str]) -> (String, String, i32) {
        let words = self.start(more);
        self.run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Starts one that hangs in `step`, and gives its name when it does.
    fn hanging(&self, step: &str) -> String {
        self.hanging_with(step, &[])
    }

    pub(crate) fn hanging_with(&self, step: &str, more: &[&str]) -> String {
        std::fs::write(self.path(&format!("hang {step}")), "").expect("written");
        let (stdout, stderr, code) = self.started(&[more, &["--detach"]].concat());
        assert_eq!(code, 0, "{stderr}");
        until(&format!("{step} hangs"), || self.effects().iter().any(|line| line.starts_with(&format!("do {step}"))));
        stdout.trim().to_owned()
    }

    pub(crate) fn release(&self, step: &str) {
        std::fs::remove_file(self.path(&format!("hang {step}"))).expect("removed");
    }

    /// A value of `run show`.
    pub(crate) fn shown(&self, id: &str, key: &str) -> serde_json::Value {
        let (stdout, stderr, code) = self.run(&["show", id, "-o", "json"]);
        assert_eq!(code, 0, "{stderr}");
        serde_json::from_str::<serde_json::Value>(&stdout).expect("JSON")[key].clone()
    }

    pub(crate) fn process(&self, id: &str) -> i32 {
        let text = self.shown(id, "process");
        text.as_str().and_then(|text| text.split(' ').next()).and_then(|pid| pid.parse().ok()).expect("a process")
    }

    /// All that is kept of runs, by file.
    pub(crate) fn kept(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut all = BTreeMap::new();
        let mut folders = vec![self.path("opsctl")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(bytes) = std::fs::read(&path) {
                    // what is renamed or removed meanwhile is looked at the next time
                    all.insert(path, bytes);
                }
            }
        }
        all
    }
}

pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    #[expect(clippy::disallowed_methods, reason = "the time of processes, measured from outside")]
    let begin = std::time::Instant::now();
    while !so() {
        assert!(begin.elapsed().as_secs() < 90, "never: {what}");
        std::thread::yield_now();
    }
}

fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).expect("a number");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
}

#[test]
fn a_run_is_started_watched_listed_and_audited() {
    let host = Host::new();
    let (stdout, stderr, code) = host.started(&["-p", "word=two words; $(x)"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(host.effects(), ["do door", "do first two words; $(x)", "undo door"]);
    for told in ["first: done", "the run is succeeded", "done and verified"] {
        assert!(stdout.contains(told), "{told}: {stdout}");
    }
    let (list, _, _) = host.run(&["list", "-o", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
    let id = list["runs"][0]["id"].as_str().expect("a name").to_owned();
    assert_eq!((list["runs"][0]["state"].as_str(), list["runs"][0]["steps_done"].as_i64()), (Some("succeeded"), Some(2)));
    assert_eq!(host.shown(&id[18..], "owes"), serde_json::json!([]));
    // whoever comes later sees the same, with the same code
    let (again, _, code) = host.run(&["attach", &id]);
    assert_eq!((again, code), (stdout, 0));
    let (events, _, _) = host.run(&["attach", &id, "-o", "jsonl"]);
    let events: Vec<serde_json::Value> = events.lines().map(|line| serde_json::from_str(line).expect("an event")).collect();
    assert!(events.iter().enumerate().all(|(at, event)| event["n"] == at + 1), "{events:?}");
    let audit = program().env("XDG_STATE_HOME", host.root.path()).args(["audit", "list"]).output().expect("it starts");
    let audit = String::from_utf8(audit.stdout).expect("UTF-8");
    assert!(audit.contains("confirmed") && audit.contains("ended") && audit.contains("done and verified"), "{audit}");
    assert_eq!(host.run(&["resume", &id, "--write"]).2, 5);
    assert_eq!(host.run(&["cancel", &id]).2, 5);
    assert_eq!(host.run(&["approve", &id, "first"]).2, 5);
}

#[test]
fn a_step_that_asks_is_answered_by_a_person() {
    let host = Host::new();
    let text = format!(
        "opsctl = 1\nname = \"asks\"\nsummary = \"Asks twice\"\nrisk = \"low\"\n\n[[step]]\nid = \"may\"\ntimeout = \"5m\"\napprove = {{ says = \"go on?\" }}\n\n\
         [[step]]\nid = \"rack\"\ntimeout = \"5m\"\nmanual = {{ do = \"look at the rack\", evidence = \"text\" }}\n\n\
         [[step]]\nid = \"last\"\nwhy = \"it was seen\"\nexec = {{ argv = [\"{}\", \"do\", \"last\"] }}\ntimeout = \"20s\"\n",
        host.path("does").display()
    );
    std::fs::write(host.path("runbooks/asks.toml"), text).expect("written");
    let (stdout, stderr, code) = host.run(&["start", "asks", "--write", "--yes", "--detach"]);
    assert_eq!(code, 0, "{stderr}");
    let id = stdout.trim().to_owned();
    let asked = |step: &str| {
        host.kept()
            .iter()
            .any(|(path, text)| path.ends_with("events.jsonl") && String::from_utf8_lossy(text).contains(&format!("\"asked\":{{\"step\":\"{step}\"")))
    };
    until("it asks", || asked("may"));
    assert_eq!(host.run(&["approve", &id, "rack"]).2, 5, "it does not ask that yet");
    assert_eq!(host.run(&["approve", &id, "may"]).2, 0);
    until("it asks again", || asked("rack"));
    assert_eq!(host.run(&["approve", &id, "rack", "--evidence", "all lamps are green"]).2, 0);
    assert_eq!(host.run(&["attach", &id]).2, 0);
    assert_eq!(host.effects(), ["do last"]);
}

#[test]
fn nothing_is_sent_before_it_is_unlocked_and_confirmed() {
    let host = Host::new();
    let password = format!("password=file:{}", host.path("password").display());
    let mut cases = vec![
        (vec!["start", "deliver", "--yes", "-p", &password], 5, "--write"),
        (vec!["start", "deliver", "--write", "-p", &password], 2, "no terminal"),
        (vec!["start", "careful", "--write", "--yes", "-p", &password], 2, "--confirm orders"),
        (vec!["start", "careful", "--write", "--confirm", "order", "-p", &password], 5, "was not confirmed"),
        (vec!["start", "together", "--write", "--confirm", "orders", "-p", &password], 10, "to approve it"),
        (vec!["start", "deliver", "--write", "--yes"], 2, "password"),
        (vec!["approve", "nobody", "door"], 2, "no run"),
        (vec!["approve", "nobody"], 2, "a run and a step"),
        (vec!["start", "deliver", "--write", "--yes", "-p", "password"], 2, "has no `=`"),
        (vec!["start", "nothing", "--write", "--yes"], 2, "no runbook"),
        (vec!["start", "deliver", "--write", "--yes", "-c", "order", "-p", &password], 2, "no cluster"),
        (vec!["start", "deliver", "--dry-run", "-p", &password], 0, ""),
        (vec!["start"], 2, "one runbook"),
        (vec!["resume", "nobody", "--write"], 2, "no run"),
        (vec!["unlock", "orders"], 2, "reason"),
        (vec!["unlock", "orders", "--reason", "a trial"], 5, "no run is open"),
        (vec!["exec", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], 2, "no run"),
        (vec!["exec", "../../etc"], 2, "not the name of a run"),
    ];
    for (words, code, told) in cases.drain(..) {
        let (stdout, stderr, ended) = host.run(&words);
        assert!(ended == code && stderr.contains(told), "{words:?}: {ended}\n{stdout}{stderr}");
    }
    assert!(host.effects().is_empty() && host.kept().is_empty(), "{:?}", host.kept().keys());
    // the name of the cluster is enough, where it is typed in full
    let (_, stderr, code) = host.run(&["start", "careful", "--write", "--confirm", "orders", "-p", &password]);
    assert_eq!(code, 0, "{stderr}");
}

#[test]
fn one_that_was_killed_keeps_every_other_off_until_it_is_ended() {
    let host = Host::new();
    let id = host.hanging("first");
    let (_, stderr, code) = host.started(&[]);
    assert!(code == 9 && stderr.contains(&id), "{code}: {stderr}");
    assert_eq!(host.run(&["unlock", "orders", "--reason", "a trial"]).2, 9);
    let (locks, _, _) = host.run(&["locks"]);
    assert!(locks.contains("locked") && locks.contains(&id), "{locks}");
    kill(host.process(&id));
    // its guard frees whom it held, before anybody does anything
    until("it is freed", || host.effects().last().is_some_and(|last| last == "undo door"));
    until("it is interrupted", || host.shown(&id, "state") == "interrupted");
    host.release("first");
    let before = host.effects();
    let (_, stderr, code) = host.started(&[]);
    assert!(code == 9 && stderr.starts_with(&format!("error: a run is open on orders: {id}")) && stderr.contains("run resume"), "{code}: {stderr}");
    let (locks, _, _) = host.run(&["locks"]);
    assert!(locks.contains("open") && locks.contains(&id), "{locks}");
    // whoever only looks hears of it first
    let mut status = program();
    let looked =
        status.env("XDG_STATE_HOME", host.root.path()).args(["status", "--config"]).arg(host.path("config.toml")).output().expect("it starts");
    let first = String::from_utf8_lossy(&looked.stderr).lines().next().unwrap_or_default().to_owned();
    assert!(first.starts_with("note: a run was left open on orders") && first.contains(&id), "{first}");
    assert_eq!(host.run(&["resume", &id]).2, 5, "it is not unlocked");
    assert_eq!(host.run(&["abandon", &id]).2, 2, "no reason was given");
    // nobody can be asked whether it was done: a person has to say so
    let (stdout, stderr, code) = host.run(&["resume", &id, "--write"]);
    assert_eq!((code, host.effects()), (8, before.clone()), "{stdout}{stderr}");
    assert!(host.shown(&id, "next").as_str().is_some_and(|next| next.contains("--applied")));
    let (stdout, stderr, code) = host.run(&["resume", &id, "--write", "--applied", "first", "--reason", "it is in the file"]);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(host.effects().iter().filter(|line| line.starts_with("do first")).count(), 1);
    assert_eq!(host.effects().last().map(String::as_str), Some("undo door"));
    assert_eq!(host.started(&[]).2, 0);
}

#[test]
fn one_that_nobody_can_end_is_forgotten_with_a_reason() {
    let host = Host::new();
    let id = host.hanging("first");
    kill(host.process(&id));
    until("it is freed", || host.effects().last().is_some_and(|last| last == "undo door"));
    // the journal does not know of it yet: whoever goes on with the run reads the file of the guard
    let (_, stderr, code) = host.run(&["unlock", "orders", "--reason", "a trial"]);
    assert!(code == 5 && stderr.contains("run abandon"), "{code}: {stderr}");
    // one that cannot be read may hold clients: nobody forgets it by the way
    let journal = host.path("opsctl/runs").join(&id).join("journal.jsonl");
    let whole = std::fs::read_to_string(&journal).expect("a journal");
    std::fs::write(&journal, whole.replacen("orders", "ordres", 1)).expect("written");
    let words = ["unlock", "orders", "--reason", "its folder is lost"];
    let (_, stderr, code) = host.run(&words);
    assert!(code == 5 && stderr.contains("cannot be told") && stderr.contains("paused") && stderr.contains("--across"), "{code}: {stderr}");
    std::fs::remove_dir_all(host.path("opsctl/runs")).expect("removed");
    let (_, stderr, code) = host.run(&words);
    assert!(code == 5 && stderr.contains("is gone, or cannot be read"), "{code}: {stderr}");
    assert!(host.run(&["locks"]).0.contains(&id), "it is open as before");
    let (stdout, _, code) = host.run(&[words.as_slice(), &["--across"]].concat());
    assert!(code == 0 && stdout.contains("nobody looked whether it still holds clients"), "{code}: {stdout}");
    host.release("first");
    assert_eq!(host.started(&[]).2, 0);
    let audit = program().env("XDG_STATE_HOME", host.root.path()).args(["audit", "list"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&audit.stdout).contains("its folder is lost"));
}

#[test]
fn a_person_who_interrupts_it_cancels_it_stage_by_stage() {
    let host = Host::new();
    std::fs::write(host.path("hang first"), "").expect("written");
    let mut watching: Child = {
        let words = host.start(&[]);
        let mut command = host.command(&words.iter().map(String::as_str).collect::<Vec<_>>());
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started")
    };
    until("first hangs", || host.effects().len() == 2);
    let face = rustix::process::Pid::from_child(&watching);
    let control =
        || host.kept().into_iter().find(|(path, _)| path.ends_with("control.jsonl")).map(|(_, text)| String::from_utf8_lossy(&text).into_owned());
    for (at, order) in ["cancel", "stop"].into_iter().enumerate() {
        rustix::process::kill_process(face, rustix::process::Signal::INT).expect("sent");
        until(order, || control().is_some_and(|text| text.contains(order) && text.lines().count() == at + 1));
    }
    // it was told to end, and nobody knows how far it had come
    assert_eq!(watching.wait().expect("waited").code(), Some(8));
    assert_eq!(host.effects().last().map(String::as_str), Some("undo door"));
}

#[test]
fn a_journal_that_cannot_be_written_starts_nothing_that_it_does_not_know_of() {
    // in blocks of 512 bytes: the journal is cut off at another place each time
    for blocks in [1, 2, 3, 4, 5, 6, 8, 10] {
        let host = Host::new();
        let words = host.start(&[]);
        // the plan is written before the limit holds: that it cannot be is another refusal
        let (stdout, stderr, code) = host.run(&words.iter().map(String::as_str).chain(["--detach"]).collect::<Vec<_>>());
        assert_eq!(code, 0, "{stderr}");
        let id = stdout.trim().to_owned();
        until("it ended", || host.shown(&id, "state") == "succeeded");
        // the same run once more, by a process that finds no room
        let folder = host.path("opsctl/runs").join(&id);
        for file in ["journal.jsonl", "events.jsonl"] {
            std::fs::remove_file(folder.join(file)).expect("removed");
        }
        std::fs::remove_file(host.path("effects")).expect("removed");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut full = Command::new("sh");
        full.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("HOME", crate::support::empty_home());
        full.env("XDG_STATE_HOME", host.root.path()).stdin(Stdio::null());
        full.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_opsctl"), "run", "exec", &id, "--config"]).arg(host.path("config.toml"));
        let output = full.output().expect("it starts");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code();
        let journal = std::fs::read_to_string(folder.join("journal.jsonl")).unwrap_or_default();
        for effect in host.effects() {
            let (verb, step) = effect.split_once(' ').expect("two words");
            let step = step.split(' ').next().unwrap_or_default();
            let told = journal.lines().any(|line| line.contains(&format!("\"intent\":{{\"step\":\"{step}\"")));
            let guarded = std::fs::read_to_string(folder.join(format!("holds/{step}.jsonl"))).unwrap_or_default().contains("\"stands\"");
            assert!(told || verb == "undo" && guarded, "{blocks}: {effect} is in no journal\n{journal}");
        }
        if code == Some(0) {
            continue;
        }
        assert!(matches!(code, Some(1 | 2 | 8)) && stderr.contains("error:"), "{blocks}: {code:?} {stderr}");
        // there is room again: nobody is held, and it is ended
        until("nobody is held", || host.effects().iter().rfind(|line| line.ends_with(" door")).is_none_or(|last| last == "undo door"));
        let (stdout, stderr, code) = host.run(&["resume", &id, "--write", "--applied", "first", "--reason", "seen"]);
        assert!(matches!(code, 0 | 5 | 8), "{blocks}: {code} {stdout}{stderr}");
        assert!(host.effects().iter().filter(|line| line.starts_with("do first")).count() <= 1, "{blocks}: {:?}", host.effects());
    }
}

#[test]
fn a_state_folder_that_cannot_be_written_refuses_and_sends_nothing() {
    let host = Host::new();
    // a file in the place of a folder stops root, too
    std::fs::write(host.path("opsctl"), "").expect("written");
    let (stdout, stderr, code) = host.started(&[]);
    assert!(matches!(code, 1 | 5) && stderr.contains("hint:"), "{code}: {stdout}{stderr}");
    assert!(host.effects().is_empty());
}

#[test]
fn no_secret_is_found_anywhere() {
    let host = Host::new();
    let id = host.hanging("first");
    // of every process that has to do with it, while it works
    let mut looked = 0;
    for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
        let read = |name: &str| std::fs::read(entry.path().join(name)).unwrap_or_default();
        let command = read("cmdline");
        let ours = String::from_utf8_lossy(&command).contains(host.root.path().to_str().expect("UTF-8"));
        if !ours {
            continue;
        }
        looked += 1;
        assert!(!found(&command), "in the arguments of {}", entry.path().display());
        // the program of the step was given it as a variable, as its runbook says
        let step = String::from_utf8_lossy(&command).contains("/does");
        assert!(step || !found(&read("environ")), "in the environment of {}", entry.path().display());
    }
    assert!(looked >= 3, "runner, guard and step are at work: {looked}");
    let shown = host.run(&["show", &id]);
    host.release("first");
    let attached = host.run(&["attach", &id]);
    assert_eq!(attached.2, 0);
    // one that fails tells no more
    std::fs::write(host.path("password"), format!("{CANARY}\n{CANARY}")).expect("written");
    std::fs::remove_file(host.path("does")).expect("removed");
    let failed = host.started(&[]);
    assert_ne!(failed.2, 0);
    let kept = host.kept();
    assert!(kept.len() > 8, "{:?}", kept.keys());
    for (path, bytes) in kept {
        assert!(!found(&bytes), "in {}", path.display());
    }
    for (stdout, stderr, _) in [shown, attached, failed] {
        assert!(!found(stdout.as_bytes()) && !found(stderr.as_bytes()), "{stdout}{stderr}");
    }
}

/// The canary as it is, or as one would encode it.
pub(crate) fn found(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let encoded = |shift: usize| {
        use base64::Engine;
        let padded = format!("{}{CANARY}", "x".repeat(shift));
        let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(padded);
        // what does not hang on its neighbours
        text.get(4..text.len() - 4).unwrap_or_default().to_owned()
    };
    text.contains(CANARY) || (0..3).any(|shift| text.contains(&encoded(shift)))
}

/// A folder of runs as a newcomer finds it.
#[test]
fn a_host_without_runs_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let told = |words: &[&str], home: &Path| {
        let output = program().env("XDG_STATE_HOME", home).arg("run").args(words).output().expect("it starts");
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    assert!(told(&["list"], home.path()).0.contains("no run on this host"));
    assert!(told(&["locks"], home.path()).0.contains("nobody has a cluster"));
    assert_eq!(told(&["show", "01ARZ3NDEKTSV4RRFFQ69G5FAV"], home.path()).1, Some(2));
}

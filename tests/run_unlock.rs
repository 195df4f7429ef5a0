//! Nothing that changes a server is sent that nobody unlocked: every command of the command line that can, and every way in which a run goes on. What is new has to
//! be put into one of the two lists here.

use crate::runs::{Host, until};
use crate::support::http::{Answering, reply};
use rustix::process::{Pid, Signal, kill_process};
use std::sync::{Arc, Mutex};

/// Commands that never change anything that is operated.
const READING: &[&str] = &[
    "audit",
    "check",
    "completions",
    "config",
    "init",
    "man",
    "notify",
    "privileges",
    "record",
    "replay",
    "runbook",
    "schema",
    "screen",
    "version",
    "wait",
    "watch",
    "who",
];

/// Actions of `run` that send nothing to a server: they look, write down what a person said, or tell a process of ours.
const LOCAL: &[&str] = &["list", "show", "result", "attach", "cancel", "approve", "locks", "unlock", "write", "exec", "hold"];

/// A host whose Patroni writes down what it is asked.
fn host() -> (Host, Answering, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    let server = Answering::start_with_head(move |head| {
        kept.lock().expect("kept").push(head.lines().next().unwrap_or_default().to_owned());
        reply(200, "{}")
    });
    (Host::with(&format!("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{}\"\n", server.url())), server, asked)
}

fn changes(asked: &Mutex<Vec<String>>) -> Vec<String> {
    asked.lock().expect("kept").iter().filter(|line| !line.starts_with("GET ") && !line.starts_with("OPTIONS ")).cloned().collect()
}

#[test]
fn every_command_that_can_change_something_refuses_where_nobody_unlocked_it() {
    let (host, _server, asked) = host();
    let tree = opsctl::cli::tree();
    let mut walked = Vec::new();
    for command in tree.get_subcommands() {
        let name = command.get_name();
        let can = command.get_arguments().any(|argument| argument.get_id() == "write");
        let view = opsctl::app::views::VIEWS.iter().any(|view| view.name == name);
        assert!(can || view || READING.contains(&name), "{name}: does it change anything that is operated? Give it --write, or put it into READING");
        if !can || name == "run" {
            continue;
        }
        // with everything that it wants, but for the word that unlocks
        let wanted = command.get_arguments().filter(|argument| argument.is_required_set()).filter_map(|argument| argument.get_long());
        let mut words: Vec<String> = wanted.flat_map(|flag| [format!("--{flag}"), "pg1".to_owned()]).collect();
        words.extend(["--confirm", "orders", "--yes"].map(str::to_owned));
        let mut program = crate::support::program();
        let output = program
            .env("XDG_STATE_HOME", host.path(""))
            .arg(name)
            .args(&words)
            .arg("--config")
            .arg(host.path("config.toml"))
            .output()
            .expect("starts");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(5) && stderr.contains("only reads") && stderr.contains("--write"), "{name} {words:?}: {stderr}");
        walked.push(name.to_owned());
    }
    assert_eq!(walked, ["switchover", "failover", "drill", "restart", "pause", "resume"]);
    let run = tree.find_subcommand("run").expect("a command");
    let action = run.get_arguments().find(|argument| argument.get_id() == "action").expect("an argument");
    let actions: Vec<String> = action.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let sending: Vec<&str> = actions.iter().map(String::as_str).filter(|action| !LOCAL.contains(action)).collect();
    assert_eq!(sending, ["start", "resume", "rollback", "abandon"], "what else is there now? Put it into LOCAL, or try it below");
    let password = format!("password=file:{}", host.path("password").display());
    let (_, stderr, code) = host.run(&["start", "deliver", "--yes", "--confirm", "orders", "-p", &password]);
    assert!(code == 5 && stderr.contains("only reads"), "{code}: {stderr}");
    assert!(host.effects().is_empty() && host.kept().is_empty(), "{:?}", host.kept().keys());
    assert_eq!(changes(&asked), Vec::<String>::new());
}

/// The guard of the run `id` on this host.
fn guard(host: &Host, id: &str) -> Option<Pid> {
    let root = host.path("").display().to_string();
    let entries = std::fs::read_dir("/proc").expect("processes").flatten();
    let ours = entries.filter(|entry| {
        let command = String::from_utf8_lossy(&std::fs::read(entry.path().join("cmdline")).unwrap_or_default()).replace('\0', " ");
        command.contains(root.trim_end_matches('/')) && command.contains(&format!("run hold {id}"))
    });
    let mut numbers = ours.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers.find_map(Pid::from_raw)
}

#[test]
fn a_run_that_holds_somebody_goes_on_in_no_way_that_nobody_unlocked() {
    let (host, _server, asked) = host();
    let id = host.hanging_with("first", &[]);
    // runner and guard at once: nobody is left who would free them
    let guard = guard(&host, &id).expect("it holds");
    kill_process(guard, Signal::KILL).expect("killed");
    kill_process(Pid::from_raw(host.process(&id)).expect("a number"), Signal::KILL).expect("killed");
    until("it is interrupted", || host.shown(&id, "state") == "interrupted");
    host.release("first");
    let before = host.effects();
    assert_eq!(before, ["do door", "do first fine"]);
    assert!(host.shown(&id, "next").as_str().is_some_and(|next| next.contains("abandon") && next.contains("WHY --write")));
    for words in [
        &["resume", &id][..],
        &["rollback", &id],
        &["abandon", &id, "--reason", "a trial"],
        &["abandon", &id, "--reason", "x", "--confirm", "orders"],
    ] {
        let (_, stderr, code) = host.run(words);
        assert!(code == 5 && stderr.contains("only reads"), "{words:?}: {code}: {stderr}");
    }
    assert_eq!(host.effects(), before);
    let (stdout, stderr, code) = host.run(&["abandon", &id, "--reason", "a trial", "--write"]);
    assert_eq!((code, host.shown(&id, "state")), (8, "abandoned".into()), "{stdout}{stderr}");
    assert_eq!(host.effects(), ["do door", "do first fine", "undo door"]);
    // one that holds nobody is let go without: nothing is sent
    let text = "opsctl = 1\nname = \"fails\"\nsummary = \"Fails\"\nrisk = \"low\"\nlock = \"cluster\"\n\n[[step]]\nid = \"one\"\nwhy = \"a trial\"\n\
                timeout = \"9s\"\nexec = { argv = [\"false\"] }\n";
    std::fs::write(host.path("runbooks/fails.toml"), text).expect("written");
    let (stdout, _, code) = host.run(&["start", "fails", "--write", "--yes", "--detach"]);
    let id = stdout.trim().to_owned();
    assert_eq!(code, 0);
    until("it pauses", || host.shown(&id, "state") == "paused");
    until("its process is gone", || host.shown(&id, "process").as_str().is_some_and(|process| process.ends_with("gone")));
    assert!(host.shown(&id, "next").as_str().is_some_and(|next| next.contains("WHY") && !next.contains("WHY --write")));
    let (stdout, stderr, _) = host.run(&["abandon", &id, "--reason", "a trial"]);
    assert_eq!(host.shown(&id, "state"), "abandoned", "{stdout}{stderr}");
    assert_eq!(changes(&asked), Vec::<String>::new());
}

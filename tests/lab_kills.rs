//! The process of a switchover is killed on the real platform, at its steps: what was sent to Patroni left once, no pool stays paused, and the end is right or says
//! why it is not. Each step of it, before and after, with `--exhaustive`.

use crate::lab_switchover::{Watched, until};
use crate::support::lab::Lab;
use crate::support::pty::until_gone;
use opsctl::model::Clock;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// The steps of the runbook; a list is one.
const STEPS: [&str; 12] =
    ["ready", "patience[", "pause[", "switch", "promoted", "write", "resume", "nudge", "protected", "standbys", "drained", "whole"];
/// The longest that clients may be held.
const HOLD: Duration = Duration::from_mins(1);

/// Where in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// Its intent is on disk: what it sends has left, or is about to.
    Begun,
    /// It is proven, and the next one has not begun.
    Proven,
}

/// A run of its own process.
struct Run<'a> {
    watched: &'a Watched<'a>,
    id: String,
}

impl<'a> Run<'a> {
    fn start(watched: &'a Watched<'a>, to: &str) -> Run<'a> {
        let to = format!("to={to}");
        let words = ["run", "start", "switchover", "-p", &to, "-p", "settled=1s", "--write", "--confirm", &watched.name, "--detach"];
        let (stdout, stderr, code) = watched.opsctl(&words);
        assert_eq!(code, 0, "{stdout}{stderr}");
        let run = Run { watched, id: stdout.trim().to_owned() };
        let plan: Value = serde_json::from_slice(&std::fs::read(run.folder().join("plan.json")).expect("a plan")).expect("JSON");
        let known = |id: &str| STEPS.iter().any(|step| id == *step || step.ends_with('[') && id.starts_with(step));
        let looks = |id: &str| ["ready[", "candidate[", "poolers[", "proof["].iter().any(|list| id.starts_with(list));
        let ids = plan["steps"].as_array().expect("steps").iter().map(|step| step["id"].as_str().expect("an id"));
        let strange: Vec<&str> = ids.filter(|id| !known(id) && !looks(id)).collect();
        assert!(strange.is_empty(), "nobody kills it there: {strange:?}");
        run
    }

    fn folder(&self) -> PathBuf {
        self.watched.root.path().join("opsctl/runs").join(&self.id)
    }

    /// The entries of a chain of the run; the last one may be half written.
    fn entries(&self, file: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder().join(file)).unwrap_or_default();
        text.lines().filter_map(|line| Some(serde_json::from_str::<Value>(line).ok()?["entry"].clone())).collect()
    }

    /// Whether `step` got there, by its journal.
    fn reached(&self, step: &str, at: At) -> bool {
        let is = |name: &Value| name.as_str().is_some_and(|name| name == step || step.ends_with('[') && name.starts_with(step));
        self.entries("journal.jsonl").iter().any(|entry| match at {
            At::Begun => is(&entry["intent"]["step"]),
            At::Proven => is(&entry["step"]["step"]) && entry["step"]["event"] == "verified",
        })
    }

    /// The process that had it last.
    fn runner(&self) -> i32 {
        let pids = |entry: &Value| entry["taken"]["process"]["pid"].as_i64();
        let last = || self.entries("journal.jsonl").iter().rev().find_map(pids);
        until("somebody has the run", || last().is_some());
        i32::try_from(last().expect("a process")).expect("a number")
    }

    fn guards(&self) -> Vec<i32> {
        let files = std::fs::read_dir(self.folder().join("holds")).into_iter().flatten();
        let names = files.map(|file| format!("holds/{}", file.expect("an entry").file_name().to_string_lossy()));
        let pid = |entry: &Value| i32::try_from(entry["stands"]["process"]["pid"].as_i64()?).ok();
        names.filter_map(|name| self.entries(&name).iter().rev().find_map(pid)).collect()
    }

    /// Waits until `step` got there and stops its process at that instant; `None`: it never did, and the run is over.
    fn stopped(&self, step: &str, at: At) -> Option<i32> {
        let runner = self.runner();
        let over = || std::fs::read_to_string(format!("/proc/{runner}/stat")).map_or(true, |stat| stat.contains(") Z "));
        until(&format!("{step} is {at:?}"), || self.reached(step, at) || over());
        if over() {
            return None;
        }
        signal(runner, Signal::STOP);
        Some(runner)
    }

    fn state(&self) -> String {
        let (stdout, stderr, code) = self.watched.opsctl(&["run", "show", &self.id, "-o", "json"]);
        assert_eq!(code, 0, "{stderr}");
        let told: Value = serde_json::from_str(&stdout).expect("JSON");
        told["state"].as_str().expect("a state").to_owned()
    }
}

fn signal(pid: i32, signal: Signal) {
    // one that ended by itself meanwhile is gone, too
    let _gone = kill_process(Pid::from_raw(pid).expect("a number"), signal);
}

/// Kills the runner there, looks that nobody stays held, resumes the run, and looks at its end.
fn killed(watched: &Watched<'_>, step: &str, at: At) {
    let what = format!("{step} {at:?}");
    let to = watched.ready();
    let (before, posts) = (watched.leader(), || watched.changes().iter().filter(|line| *line == "POST /switchover").count());
    let sent = posts();
    let run = Run::start(watched, &to);
    let Some(runner) = run.stopped(step, at) else { panic!("{what}: it ended before: {}", run.state()) };
    let clock = Clock::real();
    let begin = clock.now();
    signal(runner, Signal::KILL);
    until_gone(&runner.to_string());
    until(&format!("{what}: nobody is held"), || watched.paused() == 0);
    assert!(clock.now().since(begin) < HOLD, "{what}: held for {:?}", clock.now().since(begin));
    let mut told = String::new();
    for _ in 0..3 {
        let (stdout, stderr, _) = watched.opsctl(&["run", "resume", &run.id, "--write"]);
        told = format!("{stdout}{stderr}");
        if run.state() == "succeeded" {
            break;
        }
    }
    let state = run.state();
    if state == "succeeded" {
        assert_eq!((watched.leader(), posts() - sent), (to, 1), "{what}: {told}");
        println!("report: killed, {what}: resumed and done");
    } else {
        // it says why, and lets itself be ended
        assert!(state == "paused" && told.contains("the run is paused"), "{what}: {state}: {told}");
        assert!(posts() - sent <= 1 && [&before, &to].contains(&&watched.leader()), "{what}: {told}");
        let (_, stderr, code) = watched.opsctl(&["run", "abandon", &run.id, "--reason", "a test", "--write"]);
        assert!(run.state() == "abandoned", "{what}: {code}: {stderr}");
        println!("report: killed, {what}: {told}");
    }
    assert_eq!(watched.paused(), 0, "{what}: {told}");
}

/// Kills the runner and every guard at once while clients are held, looks that nobody else begins anything, and frees them by `choice`.
fn nobody_left(watched: &Watched<'_>, step: &str, choice: &[&str]) {
    let what = format!("{step}, then {choice:?}");
    let to = watched.ready();
    let run = Run::start(watched, &to);
    let runner = run.stopped(step, At::Begun).expect("it goes on");
    let guards = run.guards();
    assert_eq!(guards.len(), 2, "{what}: one for each write pool");
    for pid in guards.into_iter().chain([runner]) {
        signal(pid, Signal::KILL);
        until_gone(&pid.to_string());
    }
    until("the pools are held", || watched.paused() == 2);
    // any other start hears of it first, and nothing is sent
    let sent = watched.changes();
    let (stdout, stderr, code) = watched.opsctl(&["switchover", "--to", &to, "--settled", "1s", "--write", "--confirm", &watched.name]);
    let first = stderr.lines().next().unwrap_or_default();
    assert_eq!(code, 9, "{what}: {stdout}{stderr}");
    assert!(first.starts_with(&format!("error: a run is open on {}: {}", watched.name, run.id)), "{what}: {stderr}");
    assert!(first.contains("it may still hold ") && first.contains("pause["), "{what}: {stderr}");
    assert_eq!((watched.changes(), watched.paused()), (sent, 2), "{what}");
    let (stdout, stderr, code) = watched.opsctl(&[&["run", choice[0], &run.id], &choice[1..]].concat());
    println!("report: nobody left, {what}: {code}, {}", run.state());
    assert_eq!(watched.paused(), 0, "{what}: {code}: {stdout}{stderr}");
    assert!(watched.changes().iter().filter(|line| *line == "POST /switchover").count() <= 1, "{what}: {stdout}{stderr}");
    if choice[0] != "resume" {
        assert!(["rolled-back", "abandoned"].contains(&run.state().as_str()), "{what}: {code}: {stdout}{stderr}");
    } else if run.state() != "succeeded" {
        let (_, stderr, _) = watched.opsctl(&["run", "abandon", &run.id, "--reason", "a test", "--write"]);
        assert_eq!(run.state(), "abandoned", "{what}: {stderr}");
    }
}

#[test]
fn a_runner_that_is_killed_in_the_middle_goes_on_where_it_stood() {
    let Some(lab) = Lab::to_break("lab_kills::a_runner_that_is_killed_in_the_middle_goes_on_where_it_stood") else { return };
    let watched = Watched::new(&lab);
    killed(&watched, "switch", At::Begun);
    killed(&watched, "promoted", At::Proven);
}

#[test]
fn where_nobody_is_left_the_pools_are_freed_from_the_journal() {
    let Some(lab) = Lab::to_break("lab_kills::where_nobody_is_left_the_pools_are_freed_from_the_journal") else { return };
    let watched = Watched::new(&lab);
    nobody_left(&watched, "switch", &["abandon", "--reason", "a test", "--write"]);
}

/// Every `each`th moment of a switchover, from the one with this number on.
fn series(test: &str, from: usize) {
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED lab_kills::{test}: --exhaustive kills at every step");
        return;
    }
    let Some(lab) = Lab::to_break(&format!("lab_kills::{test}")) else { return };
    let watched = Watched::new(&lab);
    let moments = STEPS.iter().flat_map(|step| [At::Begun, At::Proven].map(|at| (*step, at)));
    // the last proof is the end of the run
    for (step, at) in moments.filter(|moment| *moment != ("whole", At::Proven)).skip(from).step_by(4) {
        killed(&watched, step, at);
    }
}

#[test]
fn killed_at_every_step_1_of_4() {
    series("killed_at_every_step_1_of_4", 0);
}

#[test]
fn killed_at_every_step_2_of_4() {
    series("killed_at_every_step_2_of_4", 1);
}

#[test]
fn killed_at_every_step_3_of_4() {
    series("killed_at_every_step_3_of_4", 2);
}

#[test]
fn killed_at_every_step_4_of_4() {
    series("killed_at_every_step_4_of_4", 3);
}

#[test]
fn where_nobody_is_left_each_choice_frees_the_pools() {
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED lab_kills::where_nobody_is_left_each_choice_frees_the_pools: --exhaustive tries every choice");
        return;
    }
    let Some(lab) = Lab::to_break("lab_kills::where_nobody_is_left_each_choice_frees_the_pools") else { return };
    for (step, choice) in [
        ("switch", &["resume", "--write"][..]),
        ("promoted", &["resume", "--write"]),
        ("write", &["abandon", "--reason", "a test", "--write"]),
        ("switch", &["rollback", "--write"]),
    ] {
        nobody_left(&Watched::new(&lab), step, choice);
    }
}

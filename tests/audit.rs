//! The audit through the program, with real processes that add to it: every change is told with its record, and nobody breaks it who only adds.

use crate::support::program;
use opsctl::config::state::State;
use opsctl::engine::audit::{Act, Audit, What};
use opsctl::engine::plan::Actor;
use opsctl::model::Clock;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// In a child: the state folder to whose audit it adds.
const ROOT: &str = "OPSCTL_TRIAL_AUDIT";
/// Records that each child adds.
const EACH: usize = 100;

fn audit(home: &Path) -> Audit {
    Audit::new(State { path: home.join("opsctl"), shared: false })
}

fn act(text: String) -> Act {
    let by = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() };
    Act { what: What::Confirmed, by, cluster: Some("orders".to_owned()), run: None, text }
}

fn filled(count: usize) -> TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for number in 1..=count {
        audit(home.path()).add(Clock::real().now(), &act(format!("act {number}"))).expect("added");
    }
    home
}

/// `opsctl audit ...` on that folder: what it printed, what it complained about, how it ended.
fn opsctl(home: &Path, arguments: &[&str]) -> (String, String, i32) {
    let output = program().env("XDG_STATE_HOME", home).arg("audit").args(arguments).output().expect("the program starts");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr), output.status.code().unwrap_or(-1))
}

fn verified(home: &Path) -> (String, serde_json::Value, i32) {
    let (stdout, stderr, code) = opsctl(home, &["verify", "-o", "json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
    (document["verdict"].as_str().expect("a verdict").to_owned(), document["record"].clone(), code)
}

#[test]
fn every_change_is_told_with_the_number_of_its_record() {
    let home = filled(5);
    assert_eq!(verified(home.path()), ("whole".to_owned(), serde_json::Value::Null, 0));
    let path = audit(home.path()).path();
    let text = std::fs::read_to_string(&path).expect("read");
    let whole: Vec<&str> = text.lines().collect();
    let edited = whole[2].replace("act 3", "act 9");
    let inserted = whole[1].replacen("\"n\":2", "\"n\":3", 1);
    for (what, lines, record) in [
        // whoever changes one is found by the next, which holds its hash
        ("edit", vec![whole[0], whole[1], &edited, whole[3], whole[4]], 4),
        ("delete", vec![whole[0], whole[1], whole[3], whole[4]], 3),
        ("insert", vec![whole[0], whole[1], &inserted, whole[2], whole[3], whole[4]], 3),
        ("reorder", vec![whole[0], whole[2], whole[1], whole[3], whole[4]], 2),
        ("cut tail", vec![whole[0], whole[1], whole[2]], 4),
        ("all of it", vec![], 1),
    ] {
        std::fs::write(&path, lines.iter().flat_map(|line| [*line, "\n"]).collect::<String>()).expect("written");
        assert_eq!(verified(home.path()), ("broken".to_owned(), record.into(), 1), "{what}");
        let (stdout, _, code) = opsctl(home.path(), &["verify"]);
        assert!(code == 1 && stdout.contains("broken") && stdout.contains(&format!("record {record}")), "{what}: {stdout}");
    }
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(verified(home.path()), ("missing".to_owned(), serde_json::Value::Null, 2));
    // its folder taken away with it, a run tells that there was one
    let state = path.ancestors().nth(2).expect("the state folder").to_owned();
    std::fs::remove_dir_all(state.join("audit")).expect("removed");
    std::fs::create_dir_all(state.join("runs/a-run")).expect("made");
    assert_eq!(verified(home.path()), ("missing".to_owned(), serde_json::Value::Null, 2));
}

#[test]
fn one_that_was_never_begun_is_missing_and_has_no_record() {
    let home = tempfile::tempdir().expect("a folder");
    assert_eq!(verified(home.path()), ("none".to_owned(), serde_json::Value::Null, 2), "nobody took one away");
    assert_eq!(opsctl(home.path(), &["list", "-o", "name"]), (String::new(), String::new(), 0));
    assert_eq!(opsctl(home.path(), &["show", "1"]).2, 2);
    assert_eq!(opsctl(home.path(), &["show"]).2, 2);
    assert_eq!(opsctl(home.path(), &["list", "1"]).2, 2);
}

#[test]
fn a_record_is_shown_and_what_was_typed_cannot_act_on_the_terminal() {
    let home = filled(2);
    audit(home.path()).add(Clock::real().now(), &act("why\u{1b}[2J\u{202e}not".to_owned())).expect("added");
    let (stdout, _, code) = opsctl(home.path(), &["show", "3"]);
    assert!(code == 0 && stdout.contains("why") && !stdout.contains(['\u{1b}', '\u{202e}']), "{stdout:?}");
    let (stdout, _, _) = opsctl(home.path(), &["list", "-o", "json"]);
    let document: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(document["records"][2]["text"], "why\u{1b}[2J\u{202e}not");
    assert_eq!(document["records"][0]["by"], "ana@jump1 by login");
    assert!(opsctl(home.path(), &["list"]).0.contains("act 1"));
}

/// A process that adds, when this test program is started as one; a test that does nothing otherwise.
#[test]
fn child() {
    let Some(home) = std::env::var_os(ROOT) else { return };
    for number in 0..EACH {
        audit(Path::new(&home)).add(Clock::real().now(), &act(format!("{} {number}", std::process::id()))).expect("added");
    }
}

#[test]
fn processes_that_add_at_once_never_break_it_and_one_that_is_killed_does_not_either() {
    let home = filled(1);
    let own = std::env::current_exe().expect("this program");
    let start = || {
        let mut command = Command::new(&own);
        command.args(["audit::child", "--exact"]).env(ROOT, home.path()).stdout(Stdio::null()).spawn().expect("started")
    };
    let (mut one, mut two, mut killed) = (start(), start(), start());
    // it is looked at all the while: whoever reads meanwhile never sees a break
    let records = |verdict: &(String, serde_json::Value, i32)| assert_eq!(verdict.2, 0, "{verdict:?}");
    let path = audit(home.path()).path();
    let there = |pid: u32| std::fs::read_to_string(&path).expect("read").contains(&format!("\"text\":\"{pid} "));
    while !there(killed.id()) {
        records(&verified(home.path()));
    }
    killed.kill().expect("killed");
    killed.wait().expect("waited");
    while one.try_wait().expect("a child").is_none() {
        records(&verified(home.path()));
    }
    assert!(one.wait().expect("waited").success() && two.wait().expect("waited").success());
    records(&verified(home.path()));
    let all = audit(home.path()).records().expect("read");
    let of = |pid: u32| all.iter().filter(|record| record.entry.text.starts_with(&format!("{pid} "))).count();
    assert_eq!((of(one.id()), of(two.id())), (EACH, EACH));
    audit(home.path()).add(Clock::real().now(), &act("after".to_owned())).expect("it goes on");
    records(&verified(home.path()));
}

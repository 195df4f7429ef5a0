//! The lock that everybody shares when it cannot be asked for, the broken glass, and writing that is allowed for a time: through the program.

use crate::runs::{Host, until};
use crate::support::program;
use std::path::PathBuf;

/// Nobody listens there.
const GONE: &str = "[[cluster.endpoint]]\nsystem = \"etcd\"\nname = \"e1\"\nurl = \"http://127.0.0.1:1\"\n";

const REASON: &str = "etcd is gone tonight";

fn audit(host: &Host) -> String {
    let output = program().env("XDG_STATE_HOME", host.path("")).args(["audit", "list"]).output().expect("it starts");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn without_etcd_nothing_is_begun_and_the_reason_is_told() {
    let host = Host::with(GONE);
    let (_, stderr, code) = host.started(&[]);
    assert!(
        code == 9 && stderr.contains("127.0.0.1:1") && stderr.contains("connection refused") && stderr.contains("--break-glass"),
        "{code}: {stderr}"
    );
    assert!(host.effects().is_empty() && host.kept().is_empty());
    // what it would do can be shown to anybody
    let password = format!("password=file:{}", host.path("password").display());
    let (_, stderr, code) = host.run(&["start", "deliver", "--dry-run", "-p", &password]);
    assert!(code == 0 && stderr.contains("cannot be told"), "{code}: {stderr}");
    let (stdout, _, code) = host.run(&["locks"]);
    assert!(code == 0 && stdout.contains("unclear") && stdout.contains("connection refused"), "{code}: {stdout}");
    let (_, stderr, code) = host.run(&["unlock", "orders", "--reason", "a trial"]);
    assert!(code == 9 && stderr.contains("--break-glass"), "{code}: {stderr}");
}

#[test]
fn a_runbook_that_wants_no_lock_waits_for_nobody_and_a_plan_is_shown_to_anybody() {
    let host = Host::with(GONE);
    let does = host.path("does").display().to_string();
    let step = format!("[[step]]\nid = \"a\"\nwhy = \"the only one\"\nexec = {{ argv = [\"{does}\", \"do\", \"a\"] }}\ntimeout = \"50s\"\n");
    let text = format!("opsctl = 1\nname = \"free\"\nsummary = \"One effect on this machine\"\nrisk = \"low\"\nlock = \"none\"\n\n{step}");
    std::fs::write(host.path("runbooks/free.toml"), text).expect("written");
    let (_, stderr, code) = host.run(&["start", "free", "--write", "--yes"]);
    assert_eq!((code, host.effects()), (0, vec!["do a".to_owned()]), "{stderr}");
    assert!(!stderr.contains("of this host alone"), "{stderr}");
    let host = Host::with(GONE);
    let id = host.hanging_with("first", &["--break-glass", REASON]);
    let password = format!("password=file:{}", host.path("password").display());
    let (_, stderr, code) = host.run(&["start", "deliver", "--dry-run", "--break-glass", REASON, "-p", &password]);
    assert!(code == 0 && stderr.contains("locked by") && stderr.contains(&id), "{code}: {stderr}");
    host.release("first");
    until("it is done", || host.shown(&id, "state") == "succeeded");
}

#[test]
fn the_glass_is_broken_with_a_reason_that_is_kept_and_this_host_is_locked_all_the_same() {
    let host = Host::with(GONE);
    let (_, stderr, code) = host.started(&["--break-glass", "just because"]);
    assert!(code == 5 && stderr.contains("3 words"), "{code}: {stderr}");
    assert!(host.effects().is_empty());
    let id = host.hanging_with("first", &["--break-glass", REASON]);
    let (_, stderr, code) = host.started(&["--break-glass", REASON]);
    assert!(code == 9 && stderr.contains(&id) && stderr.contains(" ago"), "{code}: {stderr}");
    rustix::process::kill_process(rustix::process::Pid::from_raw(host.process(&id)).expect("a number"), rustix::process::Signal::KILL)
        .expect("killed");
    until("it is freed", || host.effects().last().is_some_and(|last| last == "undo door"));
    until("it is interrupted", || host.shown(&id, "state") == "interrupted");
    host.release("first");
    // who goes on with it breaks the glass anew: the etcd that was gone may be back
    let (_, stderr, code) = host.run(&["resume", &id, "--write", "--applied", "first", "--reason", "it is in the file"]);
    assert!(code == 9 && stderr.contains("cannot be asked for"), "{code}: {stderr}");
    assert_eq!(host.run(&["resume", &id, "--write", "--break-glass", "etcd is still gone"]).2, 8, "a person has to say what became of it");
    let words = ["resume", &id, "--write", "--applied", "first", "--reason", "it is in the file", "--break-glass", "etcd is still gone"];
    let (stdout, stderr, code) = host.run(&words);
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(host.shown(&id, "state"), "succeeded");
    let audit = audit(&host);
    assert!(audit.contains("broke-glass") && audit.contains(REASON) && audit.contains("etcd is still gone"), "{audit}");
    let mut consents = host.kept().into_iter().filter(|(path, _)| path.to_string_lossy().contains("consent-"));
    assert!(consents.any(|(_, text): (PathBuf, Vec<u8>)| String::from_utf8_lossy(&text).contains(REASON)));
}

#[test]
fn there_is_no_glass_where_no_etcd_is_configured() {
    let host = Host::with("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n");
    let (_, stderr, code) = host.started(&["--break-glass", REASON]);
    assert!(code == 5 && stderr.contains("no glass to break"), "{code}: {stderr}");
    let (_, stderr, code) = host.started(&[]);
    assert!(code == 0 && stderr.contains("of this host alone"), "{code}: {stderr}");
}

#[test]
fn writing_is_allowed_for_a_time_and_taken_back() {
    let host = Host::with("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n");
    let password = format!("password=file:{}", host.path("password").display());
    let locked = ["start", "deliver", "--yes", "-p", &password];
    let (_, stderr, code) = host.run(&locked);
    assert!(code == 5 && stderr.contains("run write orders --for"), "{code}: {stderr}");
    for (words, told) in [
        (["write", "ordres", "--for", "15m"].as_slice(), "orders"),
        (&["write", "orders", "--for", "9h"], "8h"),
        (&["write", "orders", "--for", "soon"], "15m"),
        (&["write"], "one cluster"),
    ] {
        let (_, stderr, code) = host.run(words);
        assert!(code == 2 && stderr.contains(told), "{words:?}: {code}: {stderr}");
    }
    assert!(host.run(&["write", "orders"]).0.contains("only read"));
    assert!(host.effects().is_empty());
    let (stdout, stderr, code) = host.run(&["write", "orders", "--for", "15m"]);
    assert!(code == 0 && stdout.contains("allowed to you for 1"), "{code}: {stdout}{stderr}");
    let (_, stderr, code) = host.run(&locked);
    assert_eq!((code, host.effects().len()), (0, 3), "{stderr}");
    assert_eq!(host.run(&["write", "orders", "--end"]).2, 0);
    assert_eq!((host.run(&locked).2, host.effects().len()), (5, 3));
    let audit = audit(&host);
    assert!(audit.contains("unlocked") && audit.contains("15m") && audit.contains("not allowed any more"), "{audit}");
}

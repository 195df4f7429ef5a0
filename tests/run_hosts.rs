//! Hosts on which a run goes wrong for reasons of its own: a full disk, a state folder that cannot be written, a clock that is set, a terminal that goes away. A step
//! is not started then, or the run says where it stands and can be ended; nothing happens twice.
//!
//! Disks are mounted in a name space that goes away with the test. Where that is not allowed the test is skipped by name, but never where root runs it for CI.

use crate::runs::{Host, until};
use crate::support::program;
use portable_pty::{CommandBuilder, PtyPair, PtySize, native_pty_system};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// In a test that has been started again: the folder on which a disk of its own is mounted.
const PLACE: &str = "OPSCTL_TRIAL_PLACE";

const NOBODY: &str = "[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n";

/// Says that `test` cannot be run here, which must not be so where everything was installed for it.
fn cannot(test: &str, why: &str) {
    let must = std::env::var_os("CI").is_some() && rustix::process::geteuid().is_root();
    assert!(!must, "{test} has to run here: {why}");
    println!("SKIPPED {test}: {why}");
}

/// Starts `test` again where a disk of `size` is mounted, and gives its folder there; `None` to whoever started it.
fn on_a_disk_of_its_own(test: &str, size: &str) -> Option<PathBuf> {
    if let Some(place) = std::env::var_os(PLACE) {
        return Some(place.into());
    }
    let how: &[&str] = if rustix::process::geteuid().is_root() { &["--mount"] } else { &["--mount", "--map-root-user"] };
    let script = format!("mount -t tmpfs -o size={size},mode=700 none \"${PLACE}\" && exec \"$@\"");
    let place = tempfile::tempdir().expect("a folder");
    let mut tried = Command::new("unshare");
    tried.args(how).args(["sh", "-c", &script, "sh", "true"]).env(PLACE, place.path()).stdin(Stdio::null());
    match tried.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            cannot(test, &format!("no disk can be mounted: {}", String::from_utf8_lossy(&output.stderr).trim()));
            return None;
        }
        Err(error) => {
            cannot(test, &format!("unshare does not start: {error}"));
            return None;
        }
    }
    let own = std::env::current_exe().expect("this program");
    let mut again = Command::new("unshare");
    again.args(how).args(["sh", "-c", &script, "sh"]).arg(own).args([test, "--exact", "--nocapture"]).env(PLACE, place.path()).stdin(Stdio::null());
    let output = again.output().expect("it starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    None
}

/// Whether each effect was announced before it happened: by the journal, or by the guard that undid it.
fn each_was_announced(host: &Host, runs: &Path) {
    let told: String = walk(runs).iter().map(|path| std::fs::read_to_string(path).unwrap_or_default()).collect();
    for effect in host.effects() {
        let (verb, step) = effect.split_once(' ').expect("two words");
        let step = step.split(' ').next().unwrap_or_default();
        let intent = told.contains(&format!("\"intent\":{{\"step\":\"{step}\""));
        assert!(intent || verb == "undo" && told.contains("\"stands\""), "{effect} is in no journal:\n{told}");
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect()
}

/// The state of the newest run of `state`; `None` where there is none that can be told.
fn newest(host: &Host, state: &Path) -> Option<(String, String)> {
    let (stdout, _, _) = host.run_from(state, &["list", "-o", "json"]);
    let page: serde_json::Value = serde_json::from_str(&stdout).ok()?;
    let run = page["runs"].get(0)?;
    Some((run["id"].as_str()?.to_owned(), run["state"].as_str().unwrap_or_default().to_owned()))
}

fn nobody_is_held(host: &Host) -> bool {
    host.effects().iter().rfind(|line| line.ends_with(" door")).is_none_or(|last| last == "undo door")
}

fn verified(state: &Path) -> i32 {
    program().env("XDG_STATE_HOME", state).args(["audit", "verify"]).output().expect("it starts").status.code().unwrap_or(-1)
}

#[test]
fn a_disk_that_is_full_starts_nothing_that_is_not_written_down_and_the_run_can_be_ended() {
    let Some(state) = on_a_disk_of_its_own("run_hosts::a_disk_that_is_full_starts_nothing_that_is_not_written_down_and_the_run_can_be_ended", "512k")
    else {
        return;
    };
    let (mut refused, mut broken, mut done) = (0, 0, 0);
    // a page more each time; what is long needs a new one at another step
    let long = "w".repeat(3000);
    for (kilobytes, word) in (0..20).map(|pages| 4 * pages).chain([400]).flat_map(|kilobytes| [(kilobytes, "fine"), (kilobytes, &long)]) {
        let word = format!("word={word}");
        let host = Host::with(NOBODY);
        let _old = std::fs::remove_dir_all(state.join("opsctl"));
        let filler = state.join("filler");
        fill(&filler, kilobytes << 10);
        let words = host.start(&["-p", &word]);
        let (stdout, stderr, code) = host.run_from(&state, &words.iter().map(String::as_str).collect::<Vec<_>>());
        let said = format!("{kilobytes} KiB: {code}: {stdout}{stderr}");
        each_was_announced(&host, &state.join("opsctl"));
        std::fs::remove_file(&filler).expect("room again");
        until("nobody is held", || nobody_is_held(&host));
        match newest(&host, &state) {
            _ if code == 0 => {
                done += 1;
                assert_eq!(host.effects().len(), 3, "{said}");
            }
            Some((id, run)) if !host.effects().is_empty() => {
                broken += 1;
                assert!(matches!(run.as_str(), "interrupted" | "paused" | "running" | "succeeded"), "{run}: {said}");
                // whoever was at work on it may still be on his way out
                until("nobody is at work on it", || newest(&host, &state).is_some_and(|(_, run)| run != "running"));
                let (stdout, stderr, code) = host.run_from(&state, &["resume", &id, "--write", "--applied", "first", "--reason", "seen"]);
                assert!(matches!(code, 0 | 5 | 8), "{code}: {stdout}{stderr}{said}");
                assert!(host.effects().iter().filter(|line| line.starts_with("do first")).count() <= 1, "{:?}", host.effects());
            }
            _ => {
                refused += 1;
                assert!(matches!(code, 1 | 2 | 5 | 8), "{said}");
                assert!(
                    ["No space left", "could not write down why", "nothing was sent"].iter().any(|why| said.contains(why)),
                    "it says why: {said}"
                );
                assert_eq!(host.effects(), Vec::<String>::new(), "{said}");
            }
        }
        assert!(matches!(verified(&state), 0 | 2), "{said}");
    }
    println!("report: disks that were full: {refused} refused, {broken} broken off, {done} done");
    assert!(refused > 0 && broken > 0 && done > 0, "{refused} refused, {broken} broken off, {done} done");
}

/// Fills the disk but for `left` bytes.
fn fill(path: &Path, left: u64) {
    let mut file = std::fs::File::create(path).expect("made");
    while file.write_all(&[0; 4096]).is_ok() {}
    let length = file.metadata().expect("there").len() & !4095;
    file.set_len(length.saturating_sub(left)).expect("shorter");
}

#[test]
fn a_state_folder_that_is_read_only_refuses_and_can_still_be_looked_at() {
    let Some(state) = on_a_disk_of_its_own("run_hosts::a_state_folder_that_is_read_only_refuses_and_can_still_be_looked_at", "4m") else { return };
    let host = Host::with(NOBODY);
    let words = host.start(&[]);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(host.run_from(&state, &words).2, 0);
    // one that pauses: it would go on
    let text = "opsctl = 1\nname = \"fails\"\nsummary = \"Fails\"\nrisk = \"low\"\nlock = \"none\"\n\n[[step]]\nid = \"one\"\nwhy = \"a trial\"\ntimeout = \"9s\"\nexec = { argv = [\"false\"] }\n";
    std::fs::write(host.path("runbooks/fails.toml"), text).expect("written");
    assert_eq!(host.run_from(&state, &["start", "fails", "--write", "--yes"]).2, 8);
    let (id, run) = newest(&host, &state).expect("a run");
    assert_eq!(run, "paused");
    let before = host.effects();
    let remount = |how: &str| assert!(Command::new("mount").args(["-o", how]).arg(&state).status().expect("it starts").success(), "{how}");
    remount("remount,ro");
    for words in [&words[..], &["resume", &id, "--write"], &["abandon", &id, "--reason", "a trial"], &["write", "orders", "--for", "5m"]] {
        let (stdout, stderr, code) = host.run_from(&state, words);
        assert!(
            matches!(code, 1 | 5) && stderr.contains("Read-only file system") && stderr.contains("hint: "),
            "{words:?}: {code}: {stdout}{stderr}"
        );
    }
    assert_eq!((host.effects(), newest(&host, &state)), (before, Some((id.clone(), "paused".to_owned()))));
    for words in [&["show", &id][..], &["list"], &["locks"], &["attach", &id]] {
        let (stdout, stderr, code) = host.run_from(&state, words);
        assert!(matches!(code, 0 | 8) && !stdout.is_empty(), "{words:?}: {code}: {stderr}");
    }
    assert_eq!(verified(&state), 0);
    remount("remount,rw");
    assert_ne!(host.run_from(&state, &["abandon", &id, "--reason", "a trial"]).2, 1);
    assert_eq!(newest(&host, &state), Some((id, "abandoned".to_owned())));
}

/// The library by which a process sees another time.
fn faketime() -> Option<PathBuf> {
    let folders = ["/usr/lib", "/usr/lib64"].map(Path::new).into_iter().flat_map(|root| std::fs::read_dir(root).into_iter().flatten().flatten());
    let near = folders.map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    near.chain([PathBuf::from("/usr/lib64/faketime/libfaketime.so.1")]).find(|path| path.exists())
}

#[test]
fn a_clock_that_is_set_in_the_middle_of_a_run_ends_no_hold_early_and_does_nothing_twice() {
    let name = "run_hosts::a_clock_that_is_set_in_the_middle_of_a_run_ends_no_hold_early_and_does_nothing_twice";
    let Some(library) = faketime() else { return cannot(name, "libfaketime is not installed; try: apt-get install libfaketime") };
    for (monotonic, step) in [(false, "+2h"), (false, "-2h"), (true, "+2h"), (true, "-2h")] {
        let host = Host::with(NOBODY);
        let (stdout, stderr, code) = host.started(&["--detach"]);
        let id = stdout.trim().to_owned();
        assert_eq!(code, 0, "{stderr}");
        until("it ended", || host.shown(&id, "state") == "succeeded");
        // the same run once more, by a process whose clock can be set
        let folder = host.path("opsctl/runs").join(&id);
        for file in ["journal.jsonl", "events.jsonl", "holds/door.jsonl"] {
            std::fs::remove_file(folder.join(file)).expect("removed");
        }
        std::fs::remove_file(host.path("effects")).expect("removed");
        std::fs::write(host.path("hang first"), "").expect("written");
        let clock = host.path("clock");
        std::fs::write(&clock, "+0").expect("written");
        let mut command = host.command_from(&host.path(""), &["exec", &id]);
        command.env("LD_PRELOAD", &library).env("FAKETIME_TIMESTAMP_FILE", &clock).env("FAKETIME_NO_CACHE", "1");
        if !monotonic {
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("started");
        until("first hangs", || host.effects() == ["do door", "do first fine"]);
        std::fs::write(&clock, step).expect("set");
        if !monotonic {
            // whoever is held is held until the run goes on, or its own deadline by the clock that nobody sets
            asks_its_clock(child.id());
            assert!(child.try_wait().expect("a child").is_none() && host.effects().len() == 2, "{step}: {:?}", host.effects());
        }
        host.release("first");
        let output = child.wait_with_output().expect("waited");
        let said = format!("monotonic: {monotonic}, {step}: {:?} {}", output.status, String::from_utf8_lossy(&output.stderr));
        until("nobody is held", || nobody_is_held(&host));
        let code = output.status.code().unwrap_or(-1);
        // the time of the wall is written down, and nothing hangs on it
        assert!(if monotonic { matches!(code, 0 | 7 | 8) } else { code == 0 }, "{said}");
        if code != 0 {
            let state = host.shown(&id, "state");
            assert!(state == "paused" || state == "interrupted" || state == "stuck", "{state}: {said}");
            let (stdout, stderr, code) = host.run(&["resume", &id, "--write", "--applied", "first", "--reason", "it is in the file"]);
            assert!(matches!(code, 0 | 8), "{code}: {stdout}{stderr}{said}");
        }
        assert_eq!(host.effects().iter().filter(|line| line.starts_with("do first")).count(), 1, "{said}");
        assert_eq!(verified(&host.path("")), 0, "{said}");
        let journal = std::fs::read_to_string(folder.join("journal.jsonl")).expect("a journal");
        let at = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a record")["at"].as_str().expect("a time").to_owned();
        let (first, last) = (at(journal.lines().next().expect("a record")), at(journal.lines().last().expect("a record")));
        let between = |text: &str| text.parse::<jiff::Timestamp>().expect("a time");
        let shifted = between(&last).duration_since(between(&first)).as_secs().abs();
        assert!(code != 0 || shifted > 7000, "its clock was not set, so this proves nothing: {first}, {last}: {said}");
    }
}

/// Waits until the process has slept and woken a few times: it has asked its clock.
fn asks_its_clock(pid: u32) {
    let slept = || {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok())
    };
    let first = slept().expect("it is at work");
    until("it asks its clock", || slept().is_none_or(|times| times > first + 4));
}

#[test]
fn a_run_goes_on_whose_terminal_is_closed_in_the_middle_of_it() {
    let host = Host::with(NOBODY);
    std::fs::write(host.path("hang first"), "").expect("written");
    let PtyPair { master, slave } =
        native_pty_system().openpty(PtySize { rows: 30, cols: 100, pixel_width: 0, pixel_height: 0 }).expect("a terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_opsctl"));
    command.env_clear();
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("HOME", crate::support::empty_home());
    command.env("XDG_STATE_HOME", host.path(""));
    command.cwd(host.path(""));
    command.arg("run");
    command.args(host.start(&["--config", host.path("config.toml").to_str().expect("UTF-8")]));
    let mut face = slave.spawn_command(command).expect("it starts");
    drop(slave);
    until("first hangs", || host.effects().len() == 2);
    let (id, state) = newest(&host, &host.path("")).expect("a run");
    assert_eq!(state, "running");
    let runner = host.process(&id);
    // the person logs out: everything of that terminal is hung up
    drop(master);
    let ended = face.wait().expect("it ends");
    assert!(!ended.success(), "who watched was hung up: {ended:?}");
    assert_eq!((host.process(&id), host.shown(&id, "state")), (runner, "running".into()));
    assert_eq!(host.effects().len(), 2, "whoever is held is held: the run goes on");
    host.release("first");
    let (stdout, stderr, code) = host.run(&["attach", &id]);
    assert_eq!((code, host.effects()), (0, ["do door", "do first fine", "undo door"].map(str::to_owned).to_vec()), "{stdout}{stderr}");
}

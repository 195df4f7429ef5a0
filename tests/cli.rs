//! The contract of the command line: streams, exit codes, closed pipes, no colour where nobody looks, errors that say what to try.

use crate::support::{opsctl, program};
use std::process::Stdio;

#[test]
fn help_and_version_are_data_and_success() {
    for arguments in [&["--help"][..], &["status", "--help"], &["--version"], &["version"]] {
        let (stdout, stderr, code) = opsctl(arguments);
        assert!(code == 0 && !stdout.is_empty() && stderr.is_empty(), "{arguments:?}: {code} {stderr}");
        assert!(!stdout.contains('\u{1b}'), "{arguments:?} colours a pipe");
    }
}

#[test]
fn a_typo_is_usage_and_names_the_nearest_word() {
    for (arguments, near) in [
        (&["statsu"][..], "status"),
        (&["status", "--clutser", "x"], "--cluster"),
        (&["status", "-o", "jsno"], "json"),
        (&["schema", "statsu"], "status"),
        (&["man", "statsu"], "status"),
        (&["wait", "--for", "quiet:split-brian"], "split-brain"),
    ] {
        let (stdout, stderr, code) = opsctl(arguments);
        assert!(code == 2 && stdout.is_empty() && stderr.contains(near), "{arguments:?}: {code}\n{stderr}");
    }
}

#[test]
fn a_duration_that_is_none_is_refused() {
    for value in ["soon", "-5s", "0s", ""] {
        let (_, stderr, code) = opsctl(&["status", &format!("--deadline={value}")]);
        assert!(code == 2 && stderr.contains("--deadline"), "{value}: {stderr}");
    }
}

#[test]
fn a_closed_pipe_is_success() {
    let mut child = program().args(["man"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()), (Some(0), String::new()));
}

#[test]
fn every_command_has_help_that_says_what_it_is_for() {
    let (help, _, _) = opsctl(&["--help"]);
    for command in opsctl::cli::commands::all() {
        assert!(help.contains(command.name()), "{} is missing in --help", command.name());
        let (own, _, code) = opsctl(&[command.name(), "--help"]);
        let first = command.doc().split(' ').next().unwrap_or("");
        assert!(code == 0 && own.starts_with(first), "{}: {own}", command.name());
    }
}

#[test]
fn without_a_configuration_every_command_says_what_to_try() {
    let home = tempfile::tempdir().expect("a folder");
    let alone = |arguments: &[&str]| {
        let output = program().args(arguments).env("HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).output().expect("starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr), output.status.code())
    };
    for view in opsctl::app::views::VIEWS.iter().map(|view| view.name).chain(["wait", "init"]) {
        let (stdout, stderr, code) = alone(&[view]);
        assert!(code == Some(2) && stdout.is_empty(), "{view}: {code:?} {stdout}");
        assert!(stderr.starts_with("error: ") && stderr.contains("hint: ") && stderr.contains("--patroni http://HOST:8008"), "{view}: {stderr}");
    }
    // a monitoring system shows one line of standard output: the cure is on it
    let (stdout, _, code) = alone(&["check", "cluster_has_leader"]);
    assert!(code == Some(3) && stdout.starts_with("CLUSTER_HAS_LEADER UNKNOWN - ") && stdout.contains("--patroni http://HOST:8008"), "{stdout}");
    let empty = home.path().join("empty.toml");
    std::fs::write(&empty, "").expect("written");
    let (_, stderr, _) = alone(&["status", "--config", empty.to_str().expect("UTF-8")]);
    assert!(stderr.contains("no cluster is configured in ") && stderr.contains("empty.toml"), "{stderr}");
}

#[test]
fn a_file_that_cannot_be_written_is_told_with_what_to_try() {
    let (_, stderr, code) = opsctl(&["init", "--patroni", "http://127.0.0.1:1", "/proc/opsctl.toml"]);
    assert!(code == 2 && stderr.contains("error: /proc/opsctl.toml") && stderr.contains("hint: name a file"), "{code}: {stderr}");
}

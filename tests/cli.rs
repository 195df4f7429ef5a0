//! The contract of the command line: streams, exit codes, closed pipes, no colour where nobody looks, errors that say what to try.

use crate::console_pty::{black_hole, everything_at};
use crate::support::{opsctl, program};
use opsctl::model::Clock;
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use std::time::Duration;

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
        (&["wait", "--for", "helthy"], "did you mean 'healthy'?"),
        (&["wait", "--for", "quite:split-brain"], "did you mean 'quiet:RULE'?"),
        // no configuration is wanted for what does not exist
        (&["explain", "split-brian"], "did you mean 'split-brain'?"),
    ] {
        let (stdout, stderr, code) = opsctl(arguments);
        assert!(code == 2 && stdout.is_empty() && stderr.contains(near), "{arguments:?}: {code}\n{stderr}");
    }
}

#[test]
fn a_command_without_its_action_names_those_that_there_are() {
    for (command, some) in [
        ("run", "start, list, show"),
        ("runbook", "list, show, plan, validate"),
        ("config", "explain, check, keymap, reference"),
        ("audit", "list, show, verify"),
    ] {
        let (stdout, stderr, code) = opsctl(&[command]);
        assert!(code == 2 && stdout.is_empty() && stderr.contains(&format!("hint: ACTION is one of {some}")), "{command}: {code}\n{stderr}");
        assert!(!stderr.contains("hold"), "one that is for the program alone: {stderr}");
    }
}

#[test]
fn the_check_of_a_configuration_warns_of_secrets_that_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("opsctl.toml");
    let login = "read = { user = \"opsctl\", password = \"file:/nowhere/pw\" }";
    let endpoint = |name: &str| format!("[[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"{name}\"\naddress = \"10.0.0.1:5432\"\n{login}\n");
    std::fs::write(&config, format!("[[cluster]]\nname = \"lab\"\n{}{}", endpoint("pg1"), endpoint("pg2"))).expect("written");
    let (stdout, stderr, code) = opsctl(&["config", "check", "--config", config.to_str().expect("a path")]);
    assert!(code == 0 && stdout.ends_with("good: 1 clusters, 2 endpoints, 2 warnings\n"), "{code} {stdout}{stderr}");
    let warnings: Vec<&str> = stderr.lines().collect();
    assert!(warnings[0].starts_with("warning: lab/postgres/pg2 has the address of pg1, 10.0.0.1:5432"), "{stderr}");
    let secret = "warning: file:/nowhere/pw: No such file or directory (os error 2): needed by lab/postgres/pg1, lab/postgres/pg2";
    assert_eq!(warnings[1..], [secret], "{stderr}");
}

#[test]
fn a_theme_is_taken_before_and_after_the_name_of_a_command() {
    let recording = crate::support::root().join("tests/fixtures/recordings/healthy.opr");
    let recording = recording.to_str().expect("a path");
    let frame = |before: &[&str], after: &[&str]| opsctl(&[before, &["screen", "fleet", "-o", "svg", "--replay", recording], after].concat());
    let (paper, _, code) = frame(&[], &["--theme", "paper"]);
    assert_eq!(code, 0);
    assert!(frame(&["--theme", "paper"], &[]).0 == paper && frame(&[], &[]).0 != paper);
    let (_, stderr, code) = frame(&["--theme", "nope"], &[]);
    assert!(code == 2 && stderr.contains("'nope'"), "{code}: {stderr}");
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

/// Waits for the end of `child`: its exit code, `None` when a signal ended it.
fn ended(child: &mut std::process::Child) -> Option<i32> {
    let (clock, patience) = (Clock::real(), Duration::from_mins(1));
    let begin = clock.now();
    loop {
        if let Some(status) = child.try_wait().expect("asked") {
            return status.code();
        }
        assert!(clock.now().since(begin) < patience, "it never ends");
        std::thread::yield_now();
    }
}

/// Asks again and again until the system call that the process is in `holds`.
fn until_doing(process: u32, what: &str, holds: impl Fn(&str) -> bool) {
    let (clock, patience) = (Clock::real(), Duration::from_mins(1));
    let begin = clock.now();
    while !std::fs::read_to_string(format!("/proc/{process}/syscall")).is_ok_and(|call| holds(&call)) {
        assert!(clock.now().since(begin) < patience, "never {what}");
        std::thread::yield_now();
    }
}

#[test]
fn an_interrupt_before_the_first_page_ends_in_order() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let config = everything_at(listener.local_addr().expect("an address"));
    let waits = ["status", "--watch", "1m", "--deadline", "1m", "--config"];
    let mut child = program().args(waits).arg(config.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts");
    // it asks, and waits for what comes
    let _held = listener.accept().expect("a question");
    kill_process(Pid::from_child(&child), Signal::INT).expect("sent");
    assert_eq!(ended(&mut child), Some(130));
}

#[test]
fn an_interrupt_that_comes_while_a_page_is_printed_is_heard_afterwards() {
    let config = everything_at(black_hole());
    let mut child = program()
        .args(["status", "--watch", "20ms", "--config"])
        .arg(config.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    // nobody reads: the pipe fills up, and the program stands in the middle of a page
    until_doing(child.id(), "stuck in a write to its output", |call| call.starts_with("1 0x1 "));
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::INT).expect("sent");
    let mut stdout = child.stdout.take().expect("piped");
    std::thread::spawn(move || std::io::copy(&mut stdout, &mut std::io::sink()));
    assert_eq!(ended(&mut child), Some(130));
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
    let output = program().args(["init", "/proc/opsctl.toml"]).env("PGHOST", "127.0.0.1").output().expect("starts");
    let (stderr, code) = (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code().unwrap_or(-1));
    assert!(
        code == 1 && stderr.contains("error: /proc/opsctl.toml cannot be written") && stderr.contains("hint: name a file where you may write"),
        "{code}: {stderr}"
    );
}

#[test]
fn a_server_that_tells_of_nothing_makes_no_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.toml");
    for (option, url) in [("--patroni", "http://127.0.0.1:1"), ("--etcd", "http://127.0.0.1:1")] {
        let (stdout, stderr, code) = opsctl(&["init", option, url, path.to_str().expect("UTF-8")]);
        assert!(code == 4 && stdout.is_empty() && !path.exists(), "{option}: {code} {stdout}");
        assert!(stderr.contains("note: ") && stderr.contains("nothing is written") && stderr.contains("hint: "), "{option}: {stderr}");
    }
}

#[test]
fn a_range_that_is_none_says_how_the_cluster_is_named() {
    let (stdout, _, code) = opsctl(&["check", "split-brain", "-c", "lab-41", "--patroni", "http://127.0.0.1:1"]);
    assert!(code == 3 && stdout.contains("named with -C"), "{code}: {stdout}");
}

/// Every `opsctl ...` between backticks in what the program says, with the place of it.
fn named_commands() -> Vec<(String, String)> {
    fn files(folder: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let commands = |text: &str| {
        let between = text.split('`').skip(1).step_by(2);
        between.filter(|word| word.starts_with("opsctl ") && !word.contains('{')).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut named = Vec::new();
    for rule in opsctl::health::judge::every_rule() {
        named.extend([rule.cure, rule.sentence].into_iter().flat_map(commands).map(|command| (rule.id.to_owned(), command)));
    }
    let mut sources = Vec::new();
    files(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    for path in sources {
        let text = std::fs::read_to_string(&path).expect("a source");
        let said = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        named.extend(said.flat_map(commands).map(|command| (path.display().to_string(), command)));
    }
    named
}

#[test]
fn every_command_that_is_named_somewhere_exists() {
    let named = named_commands();
    assert!(named.iter().any(|(place, _)| place == "endpoint-unreachable"), "cures name commands: {named:?}");
    for (place, command) in named {
        let parsed = opsctl::cli::tree().try_get_matches_from(command.split_whitespace());
        let bad = parsed.err().filter(clap::Error::use_stderr);
        assert!(bad.is_none(), "{place}: `{command}`: {}", bad.map(|error| error.to_string()).unwrap_or_default());
    }
}

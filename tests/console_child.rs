//! Another program on the terminal of the console: it has every key and the whole terminal, and whatever it leaves behind, the console and then the shell have
//! the terminal as it was.

use crate::console_pty::{black_hole, everything_at};
use crate::support::pty::{Pty, until_gone, until_state};
use opsctl::model::Clock;
use rustix::process::Signal;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

const SIZE: (u16, u16) = (120, 35);

/// An executable script called `name` in a folder of its own.
fn script(name: &str, text: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\ncd '{}'\n{text}\n", folder.path().display())).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    folder
}

fn text_of(folder: &TempDir, name: &str) -> String {
    let clock = Clock::real();
    let begin = clock.now();
    loop {
        match std::fs::read_to_string(folder.path().join(name)) {
            Ok(text) if text.ends_with('\n') => return text,
            _ => assert!(clock.now().since(begin) < Duration::from_secs(20), "{name} was never written"),
        }
        std::thread::yield_now();
    }
}

/// The console over servers that never answer, with `shell` as the shell of its person.
fn console(environment: &[(&str, &str)]) -> (Pty, NamedTempFile) {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path").to_owned();
    let pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], environment, SIZE);
    pty.shows("quit");
    (pty, config)
}

fn with_shell(text: &str) -> (Pty, TempDir, NamedTempFile) {
    let folder = script("sh", text);
    let shell = path_of(folder.path(), "sh");
    let (mut pty, config) = console(&[("SHELL", &shell), ("PGPASSWORD", "canary"), ("OPSCTL_CANARY", "canary")]);
    pty.type_in(b":shell\r");
    (pty, folder, config)
}

fn path_of(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("a path").to_owned()
}

fn is_back(pty: &Pty) {
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("FINDINGS"));
}

#[test]
fn psql_is_of_the_selected_server_and_has_every_key() {
    let folder = script("psql", "env > env\ntr '\\0' ' ' < /proc/$$/cmdline > argv\necho >> argv\necho CHILD\nread -r line\necho \"$line\" > line\n");
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a path"));
    let (mut pty, config) = console(&[("PATH", &path), ("PGPASSWORD", "canary"), ("PGOPTIONS", "-c canary=on")]);
    pty.type_in(b"1j");
    pty.shows("2/3");
    pty.type_in(b"!");
    pty.until("the child on the screen from before", |screen| screen.contents().contains("CHILD") && !screen.alternate_screen());
    pty.shows("opsctl: psql of orders-eu/pg2 as reader, postgres at 127.0.0.1:");
    assert!(pty.is_as_before(), "the child does not have the terminal as the shell left it");
    pty.type_in(b"select 'q'; -- ?jjq\n");
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("topology"));
    assert_eq!(text_of(&folder, "line"), "select 'q'; -- ?jjq\n");
    let env = text_of(&folder, "env");
    let address = std::fs::read_to_string(config.path()).expect("text");
    let port = address.split("address = \"127.0.0.1:").nth(1).and_then(|rest| rest.split('"').next()).expect("a port").to_owned();
    for line in
        ["PGHOST=127.0.0.1", &format!("PGPORT={port}"), "PGUSER=reader", "PGDATABASE=postgres", "PGOPTIONS=-c default_transaction_read_only=on"]
    {
        assert!(env.lines().any(|known| known == line), "{line}: {env}");
    }
    for text in [&env, &text_of(&folder, "argv")] {
        assert!(!text.contains("canary") && !text.contains("PASS"), "{text}");
    }
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn psql_finds_the_password_of_the_read_credentials_and_nothing_of_it_stays() {
    let text = "env > env\ncat \"$PGPASSFILE\" > pass\nstat -L -c '%a %F' \"$PGPASSFILE\" > mode\ntr '\\0' ' ' < /proc/$$/cmdline > argv\necho >> argv\necho CHILD\nread -r line\n";
    let folder = script("psql", text);
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").expect("a path"));
    let password = folder.path().join("password");
    std::fs::write(&password, "can:ary\n").expect("written");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).expect("set");
    let address = black_hole();
    let config = everything_at(address);
    let credentials = format!("read = {{ user = \"reader\", password = \"file:{}\" }}", password.display());
    let text = std::fs::read_to_string(config.path()).expect("text").replace("read = { user = \"reader\" }", &credentials);
    std::fs::write(config.path(), text).expect("written");
    let config_path = config.path().to_str().expect("a path").to_owned();
    let home = folder.path().to_str().expect("a path");
    let variables = [("PATH", path.as_str()), ("XDG_STATE_HOME", home), ("TMPDIR", home)];
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &config_path], &variables, SIZE);
    pty.shows("quit");
    pty.type_in(b"1!");
    pty.until("the child", |screen| screen.contents().contains("CHILD") && !screen.alternate_screen());
    assert_eq!(text_of(&folder, "pass"), format!("127.0.0.1:{}:*:reader:can\\:ary\n", address.port()));
    assert_eq!(text_of(&folder, "mode"), "600 regular file\n");
    let env = text_of(&folder, "env");
    let file = env.lines().find_map(|line| line.strip_prefix("PGPASSFILE=")).expect("the file").to_owned();
    assert!(std::fs::metadata(&file).is_ok(), "{file}");
    for text in [&env, &text_of(&folder, "argv")] {
        assert!(!text.contains("ary"), "{text}");
    }
    pty.type_in(b"\n");
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("topology"));
    assert!(std::fs::metadata(&file).is_err(), "{file} is still there");
    // one that cannot be read is told where psql asks
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o644)).expect("set");
    pty.type_in(b"!");
    pty.until("why psql asks", |screen| {
        let shown = screen.contents().replace('\n', "");
        !screen.alternate_screen() && shown.contains("mode 0644 lets others read it") && shown.contains("psql asks for it")
    });
    pty.type_in(b"\n");
    pty.until("the console again", vt100::Screen::alternate_screen);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn whatever_a_child_leaves_behind_is_taken_back() {
    let (mut pty, _folder, _config) = with_shell(
        "stty raw -echo -isig\nprintf '\\033[?1049h\\033[?25l\\033[?2004h\\033[?1000h\\033[?1003h\\033[?1006h\\033[?1h\\033=\\033[5;9r\\033[7mLEFT BEHIND'\nexit 3",
    );
    pty.shows("shell ended with code 3");
    is_back(&pty);
    pty.until("modes of our own", |screen| !screen.application_keypad() && !screen.application_cursor());
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
    pty.until("no mouse", |screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None);
    pty.until("nothing of it on the screen from before", |screen| !screen.contents().contains("LEFT BEHIND"));
}

#[test]
fn what_was_typed_for_a_child_and_not_read_presses_nothing() {
    let (mut pty, _folder, _config) = with_shell("echo CHILD; read -r line; exit 0");
    pty.shows("CHILD");
    pty.type_in(b"one\nqqq");
    is_back(&pty);
    pty.type_in(b"?");
    pty.shows("KEYS");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_child_that_does_not_start_is_told_and_nothing_else_changes() {
    let (mut pty, _config) = console(&[("PATH", "/nonexistent")]);
    pty.type_in(b"1!");
    pty.shows("psql does not start: there is no such program in PATH");
    pty.until("the console", vt100::Screen::alternate_screen);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn an_interrupt_is_the_childs_alone() {
    let (mut pty, _folder, _config) =
        with_shell("trap 'echo INTERRUPTED' INT\ntrap 'echo QUITTED' QUIT\necho CHILD\nwhile :; do read -r line && exit 0; done");
    pty.shows("CHILD");
    pty.type_in(b"\x03");
    pty.shows("INTERRUPTED");
    pty.type_in(b"\x1c");
    pty.shows("QUITTED");
    pty.type_in(b"done\n");
    is_back(&pty);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn ctrl_z_stops_both_and_fg_brings_both_back() {
    let folder = script("sh", "echo $$ > pid\necho CHILD\nread -r line\necho \"$line\" > line");
    let shell = path_of(folder.path(), "sh");
    let config = everything_at(black_hole());
    let job = format!(
        "set -m; SHELL='{shell}' '{}' --config '{}'; echo \"STOPPED $?\"; read -r line; fg >/dev/null; echo \"ENDED $?\"",
        env!("CARGO_BIN_EXE_opsctl"),
        config.path().display()
    );
    let mut pty = Pty::start("bash", &["--norc", "-c", &job], &[], SIZE);
    pty.shows("FINDINGS");
    pty.type_in(b":shell\r");
    pty.shows("CHILD");
    pty.type_in(b"\x1a");
    pty.shows("STOPPED 147");
    assert!(pty.is_as_before());
    pty.type_in(b"\n");
    // what is typed before the terminal is the child's again may be thrown away with its mode
    until_state(text_of(&folder, "pid").trim(), "the child goes on", |stat| stat.is_some_and(|stat| stat.contains(") S ")));
    pty.type_in(b"after\n");
    is_back(&pty);
    assert_eq!(text_of(&folder, "line"), "after\n");
    pty.type_in(b"q");
    pty.shows("ENDED 0");
    assert_eq!(pty.clean_code(), 0);
}

/// An interactive shell puts itself in front, and one that is killed leaves itself there, or what it ran.
#[test]
fn the_terminal_is_taken_back_from_a_shell_that_was_killed() {
    let folder = script("sh", "exec env PS1='READY: ' bash --norc -i");
    let config = everything_at(black_hole());
    let job = format!(
        "set -m; SHELL='{}' '{}' --config '{}'; echo \"ENDED $?\"",
        path_of(folder.path(), "sh"),
        env!("CARGO_BIN_EXE_opsctl"),
        config.path().display()
    );
    for last in ["kill -9 $$\n", "sh -c 'kill -9 $PPID; exec sleep 20'\n"] {
        let mut pty = Pty::start("bash", &["--norc", "-c", &job], &[], SIZE);
        pty.shows("FINDINGS");
        pty.type_in(b":shell\r");
        pty.shows("READY: ");
        pty.type_in(last.as_bytes());
        is_back(&pty);
        pty.shows("shell was ended by signal 9");
        pty.type_in(b"q");
        pty.shows("ENDED 0");
        assert_eq!(pty.clean_code(), 0);
    }
}

#[test]
fn a_signal_that_ends_the_console_ends_the_child_first() {
    for (signal, text) in [(Signal::TERM, ""), (Signal::TERM, "trap '' TERM\n"), (Signal::HUP, "trap '' TERM HUP\n")] {
        let (mut pty, folder, _config) =
            with_shell(&format!("{text}stty -echo\nprintf '\\033[?1049h'\necho $$ > pid\necho CHILD\nwhile :; do read -r line; done"));
        pty.shows("CHILD");
        let child = text_of(&folder, "pid").trim().to_owned();
        pty.signal(signal);
        assert_eq!(pty.clean_code(), 143, "{text}");
        until_gone(&child);
    }
}

//! Whether there is colour at all: `--color`, `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` mean the same to every command and to the console.

use crate::console_pty::{black_hole, everything_at};
use crate::support::program;
use crate::support::pty::Pty;

/// Arguments, variables, and whether there is colour in a pipe and on a terminal.
type Case = (&'static [&'static str], &'static [(&'static str, &'static str)], [bool; 2]);

const CASES: [Case; 9] = [
    (&[], &[], [false, true]),
    (&[], &[("NO_COLOR", "1")], [false, false]),
    (&[], &[("CLICOLOR", "0")], [false, false]),
    (&[], &[("CLICOLOR", "1")], [false, true]),
    (&[], &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], [true, true]),
    (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], [false, false]),
    (&["--color", "always"], &[("NO_COLOR", "1")], [true, true]),
    (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], [false, false]),
    (&["--color=auto"], &[("NO_COLOR", "")], [false, true]),
];

/// Whether something sets the colour of letters or of the ground, or makes letters dim as tables do.
fn is_coloured(bytes: &[u8]) -> bool {
    [&b"\x1b[38;"[..], b"\x1b[48;", b"\x1b[31m", b"\x1b[2m"].iter().any(|colour| bytes.windows(colour.len()).any(|window| window == *colour))
}

#[test]
fn every_command_takes_the_word_before_its_name_and_after() {
    for command in opsctl::cli::commands::all() {
        let name = command.name();
        for arguments in [["--color", "never", name, "--help"], [name, "--color", "never", "--help"]] {
            let output = program().args(arguments).output().expect("starts");
            assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let wrong = program().args([name, "--color", "sometimes"]).output().expect("starts");
        let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert!(wrong.status.code() == Some(2) && said.contains("sometimes") && said.contains("always"), "{name}: {said}");
    }
}

#[test]
fn a_table_is_coloured_where_the_stronger_word_says_so() {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path");
    for (arguments, variables, [in_pipe, on_terminal]) in CASES {
        let what = format!("{arguments:?} {variables:?}");
        let common = ["status", "--deadline", "100ms", "--config", path];
        let output = program().args(arguments).args(common).env("TERM", "xterm-256color").envs(variables.iter().copied()).output().expect("starts");
        assert_eq!(is_coloured(&output.stdout), in_pipe, "{what} in a pipe");
        let all: Vec<&str> = common.iter().chain(arguments).copied().collect();
        let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &all, variables, (120, 35));
        let _unreadable = pty.code();
        pty.shows("orders-eu");
        assert_eq!(is_coloured(&pty.raw()), on_terminal, "{what} on a terminal");
    }
}

#[test]
fn the_console_is_coloured_where_a_table_on_a_terminal_is() {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path");
    for (arguments, variables, [_, on_terminal]) in CASES {
        let all: Vec<&str> = ["--config", path].iter().chain(arguments).copied().collect();
        let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &all, variables, (120, 35));
        pty.shows("orders-eu");
        pty.type_in(b"q");
        assert_eq!(pty.clean_code(), 0);
        let raw = pty.raw();
        let coloured = [&b"\x1b[38;"[..], b"\x1b[48;"].iter().any(|colour| raw.windows(colour.len()).any(|window| window == *colour));
        assert_eq!(coloured, on_terminal, "{arguments:?} {variables:?}");
    }
}

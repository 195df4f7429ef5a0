//! A command that is typed at a terminal, and the program that it asks for a password: the keys of the terminal end both, and the program may ask there.

use crate::support::pty::{Pty, until_gone};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A cluster whose one server nobody has to answer for: its password is what `script` prints.
fn config(root: &TempDir, script: &str) -> PathBuf {
    let path = root.path().join("config.toml");
    let password = format!("{{ cmd = [\"sh\", \"-c\", '{script}', \"{}\"] }}", root.path().join("told").display());
    let text = format!(
        "[[cluster]]\nname = \"orders\"\n\n[[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"pg1\"\naddress = \"127.0.0.1:9\"\n\
         read = {{ user = \"ops\", password = {password} }}\n"
    );
    std::fs::write(&path, text).expect("written");
    path
}

fn status(config: &Path) -> Pty {
    let config = config.to_str().expect("UTF-8");
    Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", config, "status", "--deadline", "20s"], &[], (100, 30))
}

#[test]
fn the_key_that_ends_a_command_ends_the_program_that_it_asked_for_a_password() {
    let root = tempfile::tempdir().expect("a folder");
    let mut pty = status(&config(&root, "sleep 417 & echo $! > \"$0.part\"; mv \"$0.part\" \"$0\"; echo it waits > /dev/tty; wait"));
    pty.shows("it waits");
    let pid = std::fs::read_to_string(root.path().join("told")).expect("a number");
    pty.type_in(b"\x03");
    assert_ne!(pty.code(), 0);
    until_gone(pid.trim());
}

#[test]
fn a_program_that_tells_a_password_may_ask_for_it_where_the_command_was_typed() {
    let root = tempfile::tempdir().expect("a folder");
    let mut pty = status(&config(&root, "echo token? > /dev/tty; read token < /dev/tty; echo \"$token\" > \"$0\"; echo \"$token\""));
    pty.shows("token?");
    pty.type_in(b"seen\r");
    let _nobody_listens = pty.code();
    assert_eq!(std::fs::read_to_string(root.path().join("told")).expect("told"), "seen\n");
}

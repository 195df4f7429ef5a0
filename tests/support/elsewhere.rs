//! A second host on one machine: a name and a space of process numbers of its own, so that neither host can tell of the other's processes, and so that all of
//! one dies at once.

use std::process::{Command, Stdio};

/// `command` on a host of this name; whoever kills it kills everything that it started there.
pub(crate) fn on(host: &str, command: &Command) -> Command {
    let mut there = Command::new("unshare");
    there.env_clear().stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        there.env(name, value.unwrap_or_default());
    }
    there.args(WORDS).args(user()).args(["--", "sh", "-c", "hostname \"$1\" && shift && exec \"$@\"", "sh", host]);
    there.arg(command.get_program()).args(command.get_args());
    there
}

const WORDS: [&str; 5] = ["--uts", "--pid", "--fork", "--mount-proc", "--kill-child"];

/// Who is nobody in particular has to be root of a space of users of his own first.
fn user() -> &'static [&'static str] {
    if rustix::process::geteuid().is_root() { &[] } else { &["--user", "--map-root-user"] }
}

/// Whether this machine lets us; where it does not, the test `name` is said to be left out.
pub(crate) fn there_is(name: &str) -> bool {
    let tried = Command::new("unshare").args(WORDS).args(user()).arg("true").stderr(Stdio::null()).status();
    let there_is = tried.is_ok_and(|status| status.success());
    if !there_is {
        println!("SKIPPED {name}: this machine makes no second host: `unshare --uts --pid` is refused");
    }
    there_is
}

//! A process by what nobody else can be mistaken for: host, boot, and the instant it started. A number alone is given again.
//!
//! It must never call one gone that may be at work on another machine. Copies of one machine differ in their names, where somebody gave them names: so of what
//! several hosts read only this very boot tells, and of a boot before it what lies on the disk of this host.

use super::digest::sha256;
use serde::{Deserialize, Serialize};
use std::fs;
use std::sync::OnceLock;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub host: String,
    /// The machine, by a hash that tells nobody its id; empty where it has none.
    #[serde(default)]
    pub machine: String,
    /// The boot of the host, and the space of its numbers: only there does `pid` mean something.
    pub space: String,
    pub pid: u32,
    /// When it started, in ticks since the boot.
    pub started: u64,
}

impl Process {
    /// This one.
    #[must_use]
    pub fn own() -> Process {
        let pid = std::process::id();
        Process { host: host(), machine: machine().to_owned(), space: space(), pid, started: started(pid).unwrap_or_default() }
    }

    /// Whether it still runs; `None` where this host cannot tell. With a boot of this machine all ended that began in it: for who read of it on the disk of this
    /// host.
    #[must_use]
    pub fn runs(&self) -> Option<bool> {
        self.runs_in(&space()).or_else(|| self.is_of_former_boot(&host(), machine(), &space()).then_some(false))
    }

    /// As [`Process::runs`], for who read of it where other hosts write, too: two that were made of one image and that nobody named are one machine by all that
    /// they know of themselves, and both may be at work.
    #[must_use]
    pub fn runs_in_this_boot(&self) -> Option<bool> {
        self.runs_in(&space())
    }

    fn runs_in(&self, here: &str) -> Option<bool> {
        // without a name for the space every process would seem to be of it
        (!here.is_empty() && here == self.space).then(|| started(self.pid) == Some(self.started))
    }

    /// Whether it is of a boot before this one, of the machine of this name and hash, whose space of numbers is `space`.
    fn is_of_former_boot(&self, host: &str, machine: &str, space: &str) -> bool {
        let ours = !machine.is_empty() && machine == self.machine && host == self.host;
        ours && boot(space).zip(boot(&self.space)).is_some_and(|(now, then)| now != then)
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default()
}

fn host() -> String {
    read("/proc/sys/kernel/hostname")
}

/// <https://www.freedesktop.org/software/systemd/man/latest/machine-id.html>: unique, made when the system was installed, and not to be shown as it is.
fn machine() -> &'static str {
    static MACHINE: OnceLock<String> = OnceLock::new();
    MACHINE.get_or_init(|| {
        let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"].map(read).into_iter().find(|id| is_machine_id(id));
        id.map(|id| sha256(format!("opsctl {id}").as_bytes())).unwrap_or_default()
    })
}

fn is_machine_id(text: &str) -> bool {
    text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit()) && text.chars().any(|c| c != '0')
}

fn space() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|text| text.trim().to_owned());
    let numbers = fs::read_link("/proc/self/ns/pid").map(|path| path.display().to_string());
    boot.and_then(|boot| Ok(format!("{boot} {}", numbers?))).unwrap_or_default()
}

/// The boot of a space.
fn boot(space: &str) -> Option<&str> {
    space.split_once(' ').map(|(boot, _)| boot).filter(|boot| !boot.is_empty())
}

/// When the process `pid` started; `None` when there is none, or one that has ended and was not waited for.
fn started(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // the name of a program may hold spaces and brackets
    let mut fields = text.get(text.rfind(')')? + 1..)?.split_ascii_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_from_one_that_got_its_number() {
        let own = Process::own();
        assert_eq!((own.runs(), own.started > 0, own.host.is_empty()), (Some(true), true, false));
        assert_eq!(Process { started: own.started + 1, ..own.clone() }.runs(), Some(false));
        assert_eq!(Process { pid: u32::MAX, ..own.clone() }.runs(), Some(false));
        assert_eq!(own.runs_in_this_boot(), Some(true));
        assert_eq!(Process { started: own.started + 1, ..own.clone() }.runs_in_this_boot(), Some(false));
        // the same machine before it booted, or a copy of it beside us
        let twin = Process { space: "another-boot pid:[1]".to_owned(), ..own.clone() };
        assert_eq!((twin.runs_in_this_boot(), twin.runs()), (None, (!twin.machine.is_empty()).then_some(false)));
        let elsewhere = Process { space: "another boot".to_owned(), machine: "another machine".to_owned(), ..own };
        assert_eq!(elsewhere.runs(), None);
    }

    #[test]
    fn with_a_boot_of_this_machine_all_ended_that_began_in_it_and_of_another_machine_nothing_is_known() {
        let own = Process { host: "jump1".to_owned(), machine: "m".to_owned(), space: "b1 pid:[1]".to_owned(), pid: 7, started: 9 };
        assert!(own.is_of_former_boot("jump1", "m", "b2 pid:[1]"));
        assert!(own.is_of_former_boot("jump1", "m", "b2 pid:[2]"));
        // the same boot, and another space of numbers: a container beside us
        assert!(!own.is_of_former_boot("jump1", "m", "b1 pid:[2]"));
        // machines that were made of one image, one that was not set up, and a record that was written before machines were
        assert!(!own.is_of_former_boot("jump2", "m", "b2 pid:[1]"));
        assert!(!own.is_of_former_boot("jump1", "n", "b2 pid:[1]"));
        assert!(!Process { machine: String::new(), ..own.clone() }.is_of_former_boot("jump1", "", "b2 pid:[1]"));
        // what cannot be read
        assert!(!own.is_of_former_boot("jump1", "m", ""));
        assert!(!Process { space: String::new(), ..own }.is_of_former_boot("jump1", "m", "b2 pid:[1]"));
        for (text, is) in [("0123456789abcdef0123456789abcdef", true), ("uninitialized", false), ("", false), (&"0".repeat(32), false)] {
            assert_eq!(is_machine_id(text), is, "{text}");
        }
        let before: Process = serde_json::from_str(r#"{"host":"a","space":"b c","pid":1,"started":2}"#).expect("an older record");
        assert_eq!(before.machine, "");
    }

    #[test]
    fn one_that_has_ended_does_not_run() {
        let mut child = std::process::Command::new("true").spawn().expect("started");
        let there = Process { pid: child.id(), started: started(child.id()).unwrap_or(1), ..Process::own() };
        // it ends by itself, and nobody has waited for it yet
        while there.runs() == Some(true) {
            std::thread::yield_now();
        }
        child.wait().expect("waited");
        assert_eq!(there.runs(), Some(false));
    }
}

//! A process by what nobody else can be mistaken for: host, boot, and the instant it started. A number alone is given again.

use serde::{Deserialize, Serialize};
use std::fs;

/// A process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    pub host: String,
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
        let read = |path: &str| fs::read_to_string(path).map(|text| text.trim().to_owned()).unwrap_or_default();
        let pid = std::process::id();
        Process { host: read("/proc/sys/kernel/hostname"), space: space(), pid, started: started(pid).unwrap_or_default() }
    }

    /// Whether it still runs; `None` where this host cannot tell.
    #[must_use]
    pub fn runs(&self) -> Option<bool> {
        let here = space();
        // without a name for the space every process would seem to be of it
        (!here.is_empty() && here == self.space).then(|| started(self.pid) == Some(self.started))
    }
}

fn space() -> String {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|text| text.trim().to_owned());
    let numbers = fs::read_link("/proc/self/ns/pid").map(|path| path.display().to_string());
    boot.and_then(|boot| Ok(format!("{boot} {}", numbers?))).unwrap_or_default()
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
        assert_eq!(Process { space: "another boot".to_owned(), ..own }.runs(), None);
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

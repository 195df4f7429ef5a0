//! The processes that a program of ours started and its children make up: one that is given up goes with all of them, those included that made a session of
//! their own, as far as `/proc` tells whose they are.
//!
//! It must never end anybody whose origin is not certain: one that hides its environment and whose parents are gone stays.

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, getpgrp, kill_process, kill_process_group};
use rustix::termios::tcgetpgrp;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use tokio::process::{Child, Command};

/// The variable by which children are known whose parents are gone.
pub(super) const MARK: &str = "OPSCTL_STEP";
/// Who starts others while they are looked for is looked for again.
const ROUNDS: u32 = 5;

/// The processes that a child and what it started make up. They do not outlive this value, unless it was left.
pub(super) struct Group {
    members: Option<Members>,
    /// `NAME=VALUE` of its environment, which nobody else has.
    mark: Option<Vec<u8>>,
}

#[derive(Clone, Copy)]
enum Members {
    /// A group of processes that the child leads.
    Led(Pid),
    /// The child, in our own group, and what it started.
    Ours(Pid),
}

/// Starts `command` as the leader of a group. Where the keys of a terminal end us, it stays in our group instead: they end it as well, and it may ask there.
///
/// # Errors
/// It does not start.
pub(super) fn start(command: &mut Command) -> io::Result<(Child, Group)> {
    let ours = keys_end_us();
    if !ours {
        command.process_group(0);
    }
    let child = command.spawn()?;
    let group = if ours { Group { members: pid(&child).map(Members::Ours), mark: None } } else { Group::of(&child) };
    Ok((child, group))
}

impl Group {
    /// The group that `child` leads.
    pub(super) fn of(child: &Child) -> Group {
        Group { members: pid(child).map(Members::Led), mark: None }
    }

    /// The same, of one that was given `value` as [`MARK`].
    pub(super) fn marked(mut self, value: &str) -> Group {
        self.mark = Some(format!("{MARK}={value}").into_bytes());
        self
    }

    /// One that is gone needs no signal.
    pub(super) fn signal(&self, signal: Signal) {
        match self.members {
            Some(Members::Led(pid)) => {
                let _gone = kill_process_group(pid, signal);
            }
            Some(Members::Ours(_)) => self.signal_all(signal),
            None => {}
        }
    }

    /// The same to all that it started.
    pub(super) fn signal_all(&self, signal: Signal) {
        // looked for before: who loses its parent has lost what tells whose it is
        let others = self.others();
        if let Some(Members::Led(pid)) = self.members {
            let _gone = kill_process_group(pid, signal);
        }
        for pid in others {
            let _gone = kill_process(pid, signal);
        }
    }

    /// Lets it be: a program that ended by itself may have left somebody behind on purpose.
    pub(super) fn leave(mut self) {
        self.members = None;
    }

    /// Those of its processes that no signal to a group reaches.
    fn others(&self) -> Vec<Pid> {
        let Some(members) = self.members else { return Vec::new() };
        let all = processes();
        let own = |process: &Process| matches!(members, Members::Led(leader) if process.group == leader.as_raw_nonzero().get());
        let is_first = |pid: i32| matches!(members, Members::Ours(first) if pid == first.as_raw_nonzero().get());
        let marked = |pid: i32| self.mark.as_ref().is_some_and(|mark| fs::read(format!("/proc/{pid}/environ")).is_ok_and(|text| has(&text, mark)));
        let mut found: Vec<i32> = all.iter().filter(|(pid, process)| own(process) || is_first(**pid) || marked(**pid)).map(|(pid, _)| *pid).collect();
        let mut at = 0;
        while let Some(parent) = found.get(at).copied() {
            let children: Vec<i32> =
                all.iter().filter(|(pid, process)| process.parent == parent && !found.contains(pid)).map(|(pid, _)| *pid).collect();
            found.extend(children);
            at += 1;
        }
        found.into_iter().filter(|pid| all.get(pid).is_some_and(|process| !own(process) && !process.gone)).filter_map(Pid::from_raw).collect()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for _ in 0..ROUNDS {
            let more = !self.others().is_empty();
            self.signal_all(Signal::KILL);
            if !more {
                return;
            }
        }
    }
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(i32::try_from(child.id()?).ok()?)
}

/// Whether an interrupt from the keys of our terminal ends us: we are in front there, and nobody here listens for it.
fn keys_end_us() -> bool {
    let flags = i32::try_from((OFlags::NOCTTY | OFlags::NONBLOCK).bits()).unwrap_or(0);
    let terminal = fs::OpenOptions::new().read(true).custom_flags(flags).open("/dev/tty");
    terminal.is_ok_and(|terminal| tcgetpgrp(&terminal).is_ok_and(|front| front == getpgrp())) && !is_heard(Signal::INT)
}

/// Whether this process does something else at `signal` than to end; also where that cannot be told.
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
fn is_heard(signal: Signal) -> bool {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return true };
    let mask = |name: &str| status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix(name)?.strip_prefix(':')?.trim(), 16).ok());
    let (Some(caught), Some(ignored)) = (mask("SigCgt"), mask("SigIgn")) else { return true };
    // the lowest bit is of the signal 1
    (caught | ignored) >> (signal.as_raw() - 1) & 1 == 1
}

/// Whether `text`, entries that each end with a zero, has `entry`.
fn has(text: &[u8], entry: &[u8]) -> bool {
    text.split(|byte| *byte == 0).any(|other| other == entry)
}

struct Process {
    parent: i32,
    group: i32,
    /// A zombie: it is over, whoever has not noticed it yet.
    gone: bool,
}

/// Every process that can be seen.
fn processes() -> BTreeMap<i32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let look = |pid: i32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // its name, in brackets, may hold anything
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = fields.next()?;
        Some((pid, Process { gone: matches!(state, "Z" | "X"), parent: fields.next()?.parse().ok()?, group: fields.next()?.parse().ok()? }))
    };
    numbers.filter_map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_all_that_stands_below_one_and_nobody_else() {
        let own = Pid::from_raw(i32::try_from(std::process::id()).expect("a number")).expect("a process");
        let mut program = std::process::Command::new("sh");
        program.args(["-c", "sleep 417 & echo there; wait"]).stdout(std::process::Stdio::piped());
        let mut child = program.spawn().expect("started");
        let mut there = [0_u8; 5];
        io::Read::read_exact(child.stdout.as_mut().expect("a pipe"), &mut there).expect("it has started its own");
        let first = Pid::from_raw(i32::try_from(child.id()).expect("a number")).expect("a process");
        let group = Group { members: Some(Members::Ours(first)), mark: None };
        let family = group.others();
        assert!(family.len() == 2 && family.contains(&first) && !family.contains(&own), "{family:?}");
        drop(group);
        child.wait().expect("waited");
    }
}

/// Of what the tests of this room that start programs share.
#[cfg(test)]
pub(super) mod trial {
    use crate::model::Clock;
    use std::time::Duration;

    /// Gives `start` a program that starts a child and waits for it, drops what comes of it once the child is there, and wants the child gone as well.
    pub(in crate::transport) async fn takes_its_child_along<T>(start: impl AsyncFnOnce(Vec<String>) -> T) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("child");
        let words = ["sh", "-c", "sh -c 'echo $$ > \"$0.part\"; mv \"$0.part\" \"$0\"; exec sleep 417' \"$0\" & wait", &path.to_string_lossy()];
        let argv = words.iter().map(|&word| word.to_owned()).collect();
        let clock = Clock::real();
        let there = async {
            while !path.exists() {
                clock.sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            () = there => {}
            _ended = start(argv) => panic!("it waits for its child"),
        }
        let pid = std::fs::read_to_string(&path).expect("a number");
        let status = format!("/proc/{}/stat", pid.trim());
        // a zombie is gone, whoever has not noticed it yet
        let lives =
            || std::fs::read_to_string(&status).is_ok_and(|text| !text.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z')));
        let gone = clock.timeout(Duration::from_secs(2), async {
            while lives() {
                clock.sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(gone.await.is_some(), "an orphan");
    }
}

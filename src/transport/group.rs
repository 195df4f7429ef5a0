//! The processes that a program of ours started and its children make up: one that is given up goes with all of them.

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, getpgrp, kill_process, kill_process_group};
use rustix::termios::tcgetpgrp;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use tokio::process::{Child, Command};

/// The processes that a child and what it started make up. They do not outlive this value, unless it was left.
pub(super) struct Group(Option<Members>);

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
    let group = if ours { Group(pid(&child).map(Members::Ours)) } else { Group::of(&child) };
    Ok((child, group))
}

impl Group {
    /// The group that `child` leads.
    pub(super) fn of(child: &Child) -> Group {
        Group(pid(child).map(Members::Led))
    }

    /// One that is gone needs no signal.
    pub(super) fn signal(&self, signal: Signal) {
        match self.0 {
            Some(Members::Led(pid)) => {
                let _gone = kill_process_group(pid, signal);
            }
            Some(Members::Ours(pid)) => {
                for one in family(pid) {
                    let _gone = kill_process(one, signal);
                }
            }
            None => {}
        }
    }

    /// Lets it be: a program that ended by itself may have left somebody behind on purpose.
    pub(super) fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
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

/// The process `first` and those that stand below it now.
fn family(first: Pid) -> Vec<Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pairs = entries.filter_map(|entry| {
        let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
        let text = fs::read_to_string(entry.path().join("stat")).ok()?;
        // the name of a program may hold spaces and brackets
        let parent: i32 = text.rsplit(')').next()?.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some((Pid::from_raw(pid)?, Pid::from_raw(parent)?))
    });
    let pairs: Vec<(Pid, Pid)> = pairs.collect();
    let mut all = vec![first];
    loop {
        let more: Vec<Pid> = pairs.iter().filter(|(_, parent)| all.contains(parent) && !all.contains(pid)).map(|(pid, _)| *pid).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
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
        let family = family(first);
        assert!(family.len() == 2 && family.contains(&first) && !family.contains(&own), "{family:?}");
        for one in family {
            kill_process(one, Signal::KILL).expect("it is ours");
        }
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

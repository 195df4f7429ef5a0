//! The processes that a program of ours started and its children make up: one that is given up goes with all of them, those included that made a session of
//! their own, as far as `/proc` tells whose they are.
//!
//! It must never end anybody whose origin is not certain: one that hides its environment and whose parents are gone stays.

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::collections::BTreeMap;
use std::fs;
use tokio::process::Child;

/// The variable by which children are known whose parents are gone.
pub(super) const MARK: &str = "OPSCTL_STEP";
/// Who starts others while they are looked for is looked for again.
const ROUNDS: u32 = 5;

/// The group of a child that was started as the leader of one. It does not outlive this value, unless it was left.
pub(super) struct Group {
    leader: Option<Pid>,
    /// `NAME=VALUE` of its environment, which nobody else has.
    mark: Option<Vec<u8>>,
}

impl Group {
    /// The group that `child` leads.
    pub(super) fn of(child: &Child) -> Group {
        Group { leader: child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)), mark: None }
    }

    /// The same, of one that was given `value` as [`MARK`].
    pub(super) fn marked(mut self, value: &str) -> Group {
        self.mark = Some(format!("{MARK}={value}").into_bytes());
        self
    }

    /// One that is gone needs no signal.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.leader {
            let _gone = kill_process_group(pid, signal);
        }
    }

    /// The same to all that it started.
    pub(super) fn signal_all(&self, signal: Signal) {
        // looked for before: who loses its parent has lost what tells whose it is
        let others = self.others();
        self.signal(signal);
        for pid in others {
            let _gone = kill_process(pid, signal);
        }
    }

    /// Lets it be: a program that ended by itself may have left somebody behind on purpose.
    pub(super) fn leave(mut self) {
        self.leader = None;
    }

    /// Those outside of the group that it, or a child of it, started.
    fn others(&self) -> Vec<Pid> {
        let Some(leader) = self.leader else { return Vec::new() };
        let all = processes();
        let own = |process: &Process| process.group == leader.as_raw_nonzero().get();
        let marked = |pid: i32| self.mark.as_ref().is_some_and(|mark| fs::read(format!("/proc/{pid}/environ")).is_ok_and(|text| has(&text, mark)));
        let mut found: Vec<i32> = all.iter().filter(|(pid, process)| own(process) || marked(**pid)).map(|(pid, _)| *pid).collect();
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

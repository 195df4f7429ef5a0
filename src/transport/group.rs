//! The processes that a program of ours started and its children make up: one that is given up goes with all of them.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// The group of a child that was started as the leader of one. It does not outlive this value, unless it was left.
pub(super) struct Group(Option<Pid>);

impl Group {
    /// The group that `child` leads.
    pub(super) fn of(child: &Child) -> Group {
        Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    /// One that is gone needs no signal.
    pub(super) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.0 {
            let _gone = kill_process_group(pid, signal);
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

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

//! The table of a run. The lock is freed, and the open run forgotten, in an ended state only.

use super::Guard;
use serde::{Deserialize, Serialize};

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// Asked for, and not confirmed by everybody who has to.
    Planned,
    Locking,
    /// Somebody else has the lock, or left a run open, or who has it cannot be asked: nothing was sent.
    LockHeld,
    /// What the plan was confirmed on is read again.
    Preflight,
    /// Nothing was sent.
    Refused,
    Running,
    /// Its process ended in good order; a person chooses how it goes on.
    Paused,
    RollingBack,
    Succeeded,
    Failed,
    RolledBack,
    /// What has to be undone cannot be.
    Stuck,
    /// Its process is gone, or lost the lock.
    Interrupted,
    Abandoned,
}

/// What happens to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunEvent {
    Approve,
    Reject,
    Locked,
    /// The lock is somebody else's, or the store that keeps it cannot be asked.
    Held,
    /// What is written of the lock is not understood.
    NoLock,
    Passed,
    /// A fact is not what was confirmed, or is not known.
    Differs,
    /// Every step is done.
    Finish,
    Pause,
    RollBack,
    Fail,
    /// The lock is lost.
    Lost,
    /// Who took the run over finds it like this.
    Crashed,
    Resume,
    /// Everything that could be undone is.
    Undone,
    Stick,
    Abandon,
}

impl RunState {
    pub const ALL: [RunState; 14] = {
        use RunState as S;
        [
            S::Planned,
            S::Locking,
            S::LockHeld,
            S::Preflight,
            S::Refused,
            S::Running,
            S::Paused,
            S::RollingBack,
            S::Succeeded,
            S::Failed,
            S::RolledBack,
            S::Stuck,
            S::Interrupted,
            S::Abandoned,
        ]
    };

    /// Nothing follows: lock and open run are given back.
    #[must_use]
    pub const fn ended(self) -> bool {
        use RunState as S;
        matches!(self, S::LockHeld | S::Refused | S::Succeeded | S::Failed | S::RolledBack | S::Abandoned)
    }

    /// A process is at work on it, or was when it was killed.
    #[must_use]
    pub const fn live(self) -> bool {
        use RunState as S;
        matches!(self, S::Planned | S::Locking | S::Preflight | S::Running | S::RollingBack)
    }
}

impl RunEvent {
    pub const ALL: [RunEvent; 17] = {
        use RunEvent as E;
        [
            E::Approve,
            E::Reject,
            E::Locked,
            E::Held,
            E::NoLock,
            E::Passed,
            E::Differs,
            E::Finish,
            E::Pause,
            E::RollBack,
            E::Fail,
            E::Lost,
            E::Crashed,
            E::Resume,
            E::Undone,
            E::Stick,
            E::Abandon,
        ]
    };
}

/// The table.
#[expect(clippy::match_same_arms, reason = "each arm is a row")]
pub(super) fn next(from: RunState, event: RunEvent, g: &Guard) -> Option<RunState> {
    use RunEvent as E;
    use RunState as S;
    let to = match (from, event) {
        (S::Planned, E::Approve) => S::Locking,
        (S::Locking, E::Locked) => S::Preflight,
        (S::Locking, E::Held) => S::LockHeld,
        (S::Preflight, E::Passed) => S::Running,
        (S::Planned, E::Reject) | (S::Locking, E::NoLock) | (S::Preflight, E::Differs) => S::Refused,
        // before the first intent nothing can have been sent
        (S::Planned | S::Locking | S::Preflight, E::Crashed) => S::Refused,

        (S::Running, E::Finish) if g.all_settled => S::Succeeded,
        (S::Running, E::Fail) if g.quiet && !g.unclear && !g.owed => S::Failed,
        // the process ends with it: whom it holds would wait for nobody
        (S::Running | S::RollingBack, E::Pause) if g.quiet && !g.holding => S::Paused,
        (S::Running, E::RollBack) if g.quiet && back(g) => S::RollingBack,
        (S::RollingBack, E::Undone) if g.all_undone => S::RolledBack,
        (S::Running | S::RollingBack, E::Stick) if g.quiet => S::Stuck,
        (S::Running | S::RollingBack, E::Lost | E::Crashed) => S::Interrupted,

        (S::Paused | S::Interrupted | S::Stuck, E::Resume) if g.token && !g.rolled => S::Running,
        (S::Paused | S::Interrupted | S::Stuck, E::RollBack) if g.token && back(g) => S::RollingBack,
        (S::Paused | S::Interrupted | S::Stuck, E::Abandon) if !g.owed || g.across => S::Abandoned,
        _ => return None,
    };
    Some(to)
}

/// Whether the run may go back.
const fn back(g: &Guard) -> bool {
    !g.past_point || g.across
}

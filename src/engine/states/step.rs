//! The table of a step. Every transition is one entry of the journal; those that lead to an intent are synced before anything is sent.

use super::Guard;
use serde::{Deserialize, Serialize};

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    Pending,
    /// Its `when` was false.
    Skipped,
    /// It may have been sent, and the answer is awaited.
    Intent,
    /// Nobody knows whether it was applied.
    InDoubt,
    Probing,
    NeedsHuman,
    /// The server said so; not verified yet.
    Applied,
    Done,
    /// Applied, and what was expected of it did not come about.
    FailedApplied,
    /// It was refused, or did not leave: nothing changed.
    FailedNoEffect,
    UndoIntent,
    UndoInDoubt,
    UndoProbing,
    UndoNeedsHuman,
    Undone,
    /// The undo had no effect: what was applied still is.
    UndoFailed,
    /// Rolled back around: it has no undo, and stays.
    Kept,
}

/// What happens to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepEvent {
    /// Its `when` is false.
    Skip,
    /// The intent to apply it.
    Begin,
    /// It says "done": the effect, or the undo.
    Answered,
    /// It says "no", or nothing left: certainly without effect.
    Refused,
    /// A deadline, a reset after the send, a 5xx, a signal.
    Unclear,
    /// Who took the run over finds it like this.
    Crashed,
    /// What a reading step judges by is not known.
    Undecided,
    Probe,
    FoundApplied,
    FoundAbsent,
    /// The probe was broken off, and may be asked again.
    Inconclusive,
    /// The probe does not know at its deadline, or there is none.
    Unfound,
    /// A person says what became of it.
    SaidApplied,
    SaidAbsent,
    /// What was expected of it came about.
    Verified,
    /// It did not, at the deadline.
    Disproved,
    /// It is not known whether it did, at the deadline.
    Unverifiable,
    Retry,
    /// A person resumed: what was expected is looked at again.
    Recheck,
    /// The intent to undo it, on the way back.
    Undo,
    /// The intent to undo what is owed: the run ends, or a hold is at its deadline.
    Release,
    /// The guard of its hold undid it.
    Freed,
    /// What was released is taken again, because the run was resumed before the point of no return.
    Again,
    /// The run goes back, and this has no undo.
    Keep,
}

impl StepState {
    pub const ALL: [StepState; 17] = {
        use StepState as S;
        [
            S::Pending,
            S::Skipped,
            S::Intent,
            S::InDoubt,
            S::Probing,
            S::NeedsHuman,
            S::Applied,
            S::Done,
            S::FailedApplied,
            S::FailedNoEffect,
            S::UndoIntent,
            S::UndoInDoubt,
            S::UndoProbing,
            S::UndoNeedsHuman,
            S::Undone,
            S::UndoFailed,
            S::Kept,
        ]
    };

    /// A request of it may be on its way, or a probe is.
    #[must_use]
    pub const fn in_flight(self) -> bool {
        matches!(self, StepState::Intent | StepState::Probing | StepState::UndoIntent | StepState::UndoProbing)
    }

    /// Nobody knows whether it is applied, and nobody is asking.
    #[must_use]
    pub const fn unclear(self) -> bool {
        matches!(self, StepState::InDoubt | StepState::NeedsHuman | StepState::UndoInDoubt | StepState::UndoNeedsHuman)
    }

    /// Certainly not in effect.
    #[must_use]
    pub const fn absent(self) -> bool {
        matches!(self, StepState::Pending | StepState::Skipped | StepState::FailedNoEffect | StepState::Undone)
    }

    /// Nothing more of it is waited for on the way forward, or of its undo on the way back.
    #[must_use]
    pub const fn over(self) -> bool {
        matches!(self, StepState::Done | StepState::Skipped | StepState::Undone)
    }

    /// Which of the steps that stand so a run is at: the one in flight, else the first that is not over; what has no undo is not gone back to.
    pub fn at(states: impl Iterator<Item = StepState> + Clone) -> Option<usize> {
        let left = |state: StepState| !state.over() && state != StepState::Kept;
        states.clone().position(StepState::in_flight).or_else(|| states.into_iter().position(left))
    }

    /// Certainly in effect.
    #[must_use]
    pub const fn applied(self) -> bool {
        matches!(self, StepState::Applied | StepState::Done | StepState::FailedApplied | StepState::UndoFailed | StepState::Kept)
    }
}

impl StepEvent {
    pub const ALL: [StepEvent; 24] = {
        use StepEvent as E;
        [
            E::Skip,
            E::Begin,
            E::Answered,
            E::Refused,
            E::Unclear,
            E::Crashed,
            E::Undecided,
            E::Probe,
            E::FoundApplied,
            E::FoundAbsent,
            E::Inconclusive,
            E::Unfound,
            E::SaidApplied,
            E::SaidAbsent,
            E::Verified,
            E::Disproved,
            E::Unverifiable,
            E::Retry,
            E::Recheck,
            E::Undo,
            E::Release,
            E::Freed,
            E::Again,
            E::Keep,
        ]
    };

    /// Whether it announces a request: its entry is synced before the first byte leaves.
    #[must_use]
    pub const fn announces(self) -> bool {
        matches!(self, StepEvent::Begin | StepEvent::Undo | StepEvent::Release)
    }
}

/// The table.
#[expect(clippy::match_same_arms, reason = "each arm is a row")]
pub(super) fn next(from: StepState, event: StepEvent, g: &Guard) -> Option<StepState> {
    use StepEvent as E;
    use StepState as S;
    let to = match (from, event) {
        (S::Pending, E::Skip) if g.ready => S::Skipped,
        (S::Pending, E::Begin) if g.ready && g.token && !g.stopping => S::Intent,

        (S::Intent, E::Answered) => S::Applied,
        // what refuses now may have done it before
        (S::Intent, E::Refused) if g.doubted => S::InDoubt,
        (S::Intent, E::Refused) => S::FailedNoEffect,
        // a question that got no answer changed nothing
        (S::Intent, E::Unclear) if g.reads => S::FailedNoEffect,
        (S::Intent, E::Unclear) => S::InDoubt,
        (S::Intent | S::Applied, E::Crashed) | (S::Applied, E::Undecided) if g.reads => S::Pending,
        (S::Intent, E::Crashed) => S::InDoubt,

        (S::InDoubt, E::Probe) if g.probed && g.settled => S::Probing,
        (S::NeedsHuman, E::Probe) if g.probed && g.settled && g.fresh => S::Probing,
        // doing it again does no harm; it never becomes "pending", which would mean that there is nothing to undo
        (S::InDoubt, E::Begin) if g.idempotent && !g.probed && g.settled && g.ready && g.token && !g.stopping && g.attempts_left => S::Intent,
        (S::InDoubt, E::Unfound) if !g.probed => S::NeedsHuman,
        (S::Probing, E::FoundApplied) => S::Applied,
        (S::Probing, E::FoundAbsent) => S::FailedNoEffect,
        (S::Probing, E::Inconclusive | E::Crashed) => S::InDoubt,
        (S::Probing, E::Unfound) => S::NeedsHuman,
        (S::NeedsHuman, E::SaidApplied) => S::Applied,
        (S::NeedsHuman, E::SaidAbsent) => S::FailedNoEffect,

        (S::Applied, E::Verified) => S::Done,
        (S::Applied, E::Disproved) if g.reads => S::FailedNoEffect,
        (S::Applied, E::Disproved) => S::FailedApplied,
        (S::Applied, E::Unverifiable) if !g.reads => S::NeedsHuman,
        (S::FailedNoEffect, E::Retry) if g.forward && (g.fresh || g.attempts_left) => S::Pending,
        (S::FailedApplied, E::Recheck) if g.forward && g.fresh => S::Applied,

        (S::Applied | S::Done | S::FailedApplied, E::Undo) if undo(g) => S::UndoIntent,
        (S::UndoFailed, E::Undo) if undo(g) && g.undo_attempts_left => S::UndoIntent,
        (S::UndoNeedsHuman, E::Undo) if undo(g) && g.undo_idempotent && g.undo_attempts_left => S::UndoIntent,
        // whose undo is harmless where nothing was applied need not be known to be
        (S::NeedsHuman, E::Undo) if undo(g) && g.undo_idempotent => S::UndoIntent,
        (S::UndoInDoubt, E::Undo) if undo(g) && !g.probed && g.undo_idempotent && g.settled && g.undo_attempts_left => S::UndoIntent,
        (S::Applied | S::Done | S::FailedApplied, E::Keep) if !g.undoable && !g.reads && !g.forward => S::Kept,

        // owed in any state of the run, on either side of the point of no return, and without a lock that can be proven
        (S::NeedsHuman | S::Applied | S::Done | S::FailedApplied, E::Release) if g.finally => S::UndoIntent,
        // a request that is still on its way would land after it
        (S::InDoubt, E::Release) if g.finally && g.settled => S::UndoIntent,
        (S::UndoInDoubt, E::Release) if g.finally && g.undo_idempotent && g.settled && g.undo_attempts_left => S::UndoIntent,
        (S::UndoNeedsHuman, E::Release) if g.finally && g.undo_idempotent && g.undo_attempts_left => S::UndoIntent,
        (S::UndoFailed, E::Release) if g.finally && g.undo_attempts_left => S::UndoIntent,
        (S::InDoubt | S::NeedsHuman | S::Applied | S::Done | S::FailedApplied | S::UndoInDoubt | S::UndoNeedsHuman | S::UndoFailed, E::Freed)
            if g.finally =>
        {
            S::Undone
        }
        (S::Undone, E::Again) if g.finally && g.forward && !g.past_point && g.fresh => S::Pending,

        (S::UndoIntent, E::Answered) => S::Undone,
        (S::UndoIntent, E::Refused) if g.doubted => S::UndoInDoubt,
        (S::UndoIntent, E::Refused) => S::UndoFailed,
        (S::UndoIntent, E::Unclear | E::Crashed) => S::UndoInDoubt,
        (S::UndoInDoubt, E::Probe) if g.probed && g.settled => S::UndoProbing,
        (S::UndoNeedsHuman, E::Probe) if g.probed && g.settled && g.fresh => S::UndoProbing,
        (S::UndoInDoubt, E::Unfound) if !(g.probed || g.undo_idempotent && g.undo_attempts_left) => S::UndoNeedsHuman,
        (S::UndoProbing, E::FoundAbsent) => S::Undone,
        (S::UndoProbing, E::FoundApplied) => S::UndoFailed,
        (S::UndoProbing, E::Inconclusive | E::Crashed) => S::UndoInDoubt,
        (S::UndoProbing, E::Unfound) => S::UndoNeedsHuman,
        (S::UndoNeedsHuman, E::SaidAbsent) => S::Undone,
        (S::UndoNeedsHuman, E::SaidApplied) => S::UndoFailed,
        _ => return None,
    };
    Some(to)
}

/// Whether an undo on the way back may be sent.
const fn undo(g: &Guard) -> bool {
    g.undoable && !g.forward && g.token && (!g.past_point || g.across)
}

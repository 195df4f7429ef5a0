//! The two transition tables of a run: what a step and a run can become, and what decides it. Executor, replay of a journal and the exploration in the tests
//! all go through [`next`]; nobody else may say what follows.
//!
//! Pure: it must never read a clock, a file or a server. What it needs to know stands in a [`Guard`], which [`Board::guard`] makes.

mod board;
mod decide;
#[cfg(test)]
pub(in crate::engine) mod explore;
mod run;
mod shape;
mod step;

pub use board::{Asked, Board, Mark};
pub use decide::{Choice, Move, Orders, decide};
pub use run::{RunEvent, RunState};
pub use shape::{OnFailure, Shape};
pub use step::{StepEvent, StepState};

/// Where a step or a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    Step(StepState),
    Run(RunState),
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    Step(StepEvent),
    Run(RunEvent),
}

/// What the rows ask before they apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a row of a truth table: each is one independent question")]
pub struct Guard {
    /// The step changes nothing: what became of it can always be asked again.
    pub reads: bool,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    /// It can be asked whether it was applied.
    pub probed: bool,
    pub undoable: bool,
    pub undo_idempotent: bool,
    /// Its undo is owed whatever becomes of the run.
    pub finally: bool,
    /// The run goes forward, and every step before this one is settled.
    pub ready: bool,
    /// The run goes forward.
    pub forward: bool,
    /// The lock is held by this process, with the token of the journal's last taking.
    pub token: bool,
    /// Somebody asked for no further step.
    pub stopping: bool,
    /// Whatever was sent for it has landed or never will.
    pub settled: bool,
    pub attempts_left: bool,
    pub undo_attempts_left: bool,
    /// An attempt before may have been applied, or undone, and nothing has told since.
    pub doubted: bool,
    /// Nothing was tried on it since this process took the run, or a person resumed it.
    pub fresh: bool,
    /// The point of no return is behind.
    pub past_point: bool,
    /// A person chose to go back across it, or to leave what cannot be freed.
    pub across: bool,
    /// Every step is done, skipped or, where its undo is owed, undone.
    pub all_settled: bool,
    /// No step is applied, or may be, that could be undone.
    pub all_undone: bool,
    /// No step is in flight.
    pub quiet: bool,
    /// A step is in doubt, or needs a person to say what became of it.
    pub unclear: bool,
    /// An undo that is owed is outstanding.
    pub owed: bool,
    /// As `owed`, of a step that holds clients.
    pub holding: bool,
    /// A step was undone on the way back.
    pub rolled: bool,
}

/// What `at` becomes by `event`; `None` when no row of the tables says so.
#[must_use]
pub fn next(at: At, event: Event, guard: &Guard) -> Option<At> {
    match (at, event) {
        (At::Step(state), Event::Step(event)) => step::next(state, event, guard).map(At::Step),
        (At::Run(state), Event::Run(event)) => run::next(state, event, guard).map(At::Run),
        _ => None,
    }
}

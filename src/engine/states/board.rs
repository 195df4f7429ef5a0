//! Where every step of a run stands: what the tables judge by, and the only way to move a piece.

use super::{At, Event, Guard, RunEvent, RunState, Shape, StepEvent, StepState, next};

/// Where one step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    pub state: StepState,
    /// Attempts so far, over all processes: the number of the last one.
    pub attempt: u32,
    pub undo_attempt: u32,
    /// Attempts of the process that has the run now.
    pub tries: u32,
    pub undo_tries: u32,
    /// Something happened to it since this process took the run, or a person resumed it.
    pub touched: bool,
    /// An attempt may have been applied, or undone, and nothing has told since.
    pub doubted: bool,
    /// Its last refusal may be another answer next time.
    pub retryable: bool,
}

impl Mark {
    const NEW: Mark =
        Mark { state: StepState::Pending, attempt: 0, undo_attempt: 0, tries: 0, undo_tries: 0, touched: false, doubted: false, retryable: true };
}

/// A run and its steps.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Board {
    pub run: RunState,
    pub steps: Vec<Mark>,
    /// A person chose to go back across the point of no return, or to leave what cannot be freed.
    pub across: bool,
}

/// What a guard needs beside the board: who asks, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The lock is held by this process, with the token of the journal's last taking.
    pub token: bool,
    /// Somebody asked for no further step.
    pub stopping: bool,
    /// Whatever was sent for the step has landed or never will.
    pub settled: bool,
}

impl Board {
    #[must_use]
    pub fn new(steps: usize) -> Self {
        Board { run: RunState::Planned, steps: vec![Mark::NEW; steps], across: false }
    }

    /// A process took the run, or a person resumed it: attempts are counted anew.
    pub fn taken(&mut self) {
        for mark in &mut self.steps {
            (mark.tries, mark.undo_tries, mark.touched) = (0, 0, false);
        }
    }

    /// The point of no return is behind as soon as its step may have been applied.
    #[must_use]
    pub fn past_point(&self, shapes: &[Shape]) -> bool {
        use StepState as S;
        self.steps.iter().zip(shapes).any(|(mark, shape)| shape.point && !matches!(mark.state, S::Pending | S::Skipped | S::FailedNoEffect))
    }

    /// The step owes an undo, whatever becomes of the run.
    #[must_use]
    pub fn owes(mark: &Mark, shape: &Shape) -> bool {
        shape.finally && !mark.state.absent() && mark.state != StepState::Kept
    }

    fn settled(mark: &Mark, shape: &Shape) -> bool {
        match mark.state {
            StepState::Skipped => true,
            StepState::Done => !shape.finally,
            StepState::Undone => shape.finally,
            _ => false,
        }
    }

    /// A step that lets the next ones begin.
    fn passed(mark: &Mark, shape: &Shape, past_point: bool) -> bool {
        matches!(mark.state, StepState::Skipped | StepState::Done) || (mark.state == StepState::Undone && shape.finally && past_point)
    }

    /// Whether every step before `at`, but for those beside it, lets it begin.
    #[must_use]
    pub fn ready(&self, at: usize, shapes: &[Shape]) -> bool {
        let group = shapes.get(at).and_then(|shape| shape.group);
        let past_point = self.past_point(shapes);
        let mut before = self.steps.iter().zip(shapes).take(at);
        self.run == RunState::Running
            && before.all(|(mark, shape)| (group.is_some() && shape.group == group) || Self::passed(mark, shape, past_point))
    }

    /// The answers that a row asks for: of step `at`, or of the run alone.
    #[must_use]
    pub fn guard(&self, at: Option<usize>, shapes: &[Shape], asked: Asked) -> Guard {
        use StepState as S;
        let pairs = || self.steps.iter().zip(shapes);
        let mut guard = Guard {
            forward: self.run == RunState::Running,
            token: asked.token,
            stopping: asked.stopping,
            settled: asked.settled,
            past_point: self.past_point(shapes),
            across: self.across,
            all_settled: pairs().all(|(mark, shape)| Self::settled(mark, shape)),
            all_undone: pairs().all(|(mark, shape)| shape.reads || mark.state.absent() || mark.state == S::Kept),
            quiet: !self.steps.iter().any(|mark| mark.state.in_flight()),
            unclear: self.steps.iter().any(|mark| mark.state.unclear()),
            owed: pairs().any(|(mark, shape)| Self::owes(mark, shape)),
            holding: pairs().any(|(mark, shape)| shape.holds && Self::owes(mark, shape)),
            rolled: pairs().any(|(mark, shape)| mark.state == S::Kept || (!shape.finally && mark.undo_attempt > 0)),
            ..Guard::default()
        };
        if let Some((at, (mark, shape))) = at.and_then(|at| Some((at, pairs().nth(at)?))) {
            guard.reads = shape.reads;
            guard.idempotent = shape.idempotent;
            guard.probed = shape.probed;
            guard.undoable = shape.undoable;
            guard.undo_idempotent = shape.undo_idempotent;
            guard.finally = shape.finally;
            guard.ready = self.ready(at, shapes);
            guard.attempts_left = mark.retryable && mark.tries < shape.attempts;
            guard.undo_attempts_left = mark.undo_tries < shape.undo_attempts;
            guard.fresh = !mark.touched;
            guard.doubted = mark.doubted;
        }
        guard
    }

    /// Moves step `at` by `event`, if the table has such a row: the board is left as it was otherwise.
    pub fn step(&mut self, at: usize, event: StepEvent, guard: &Guard) -> Option<StepState> {
        use StepEvent as E;
        let mark = self.steps.get_mut(at)?;
        let Some(At::Step(to)) = next(At::Step(mark.state), Event::Step(event), guard) else { return None };
        match event {
            E::Begin => (mark.attempt, mark.tries) = (mark.attempt + 1, mark.tries + 1),
            E::Undo | E::Release => (mark.undo_attempt, mark.undo_tries) = (mark.undo_attempt + 1, mark.undo_tries + 1),
            _ => {}
        }
        match event {
            E::Answered | E::FoundApplied | E::FoundAbsent | E::SaidApplied | E::SaidAbsent | E::Freed => mark.doubted = false,
            _ => mark.doubted |= matches!(to, StepState::InDoubt | StepState::UndoInDoubt),
        }
        mark.state = to;
        // what a taker finds is not something that was tried
        mark.touched |= event != E::Crashed;
        Some(to)
    }

    /// Moves the run by `event`, if the table has such a row.
    pub fn run(&mut self, event: RunEvent, guard: &Guard) -> Option<RunState> {
        let Some(At::Run(to)) = next(At::Run(self.run), Event::Run(event), guard) else { return None };
        self.run = to;
        if event == RunEvent::Resume {
            // a person wants everything tried that can be
            self.taken();
        }
        Some(to)
    }
}

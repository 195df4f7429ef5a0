//! What comes next in a run: one move at a time, from the board and from what people asked for. The executor does what it says and nothing else.

use super::{Asked, Board, Guard, Mark, OnFailure, RunEvent, RunState, Shape, StepState};
use serde::{Deserialize, Serialize};

/// How a person lets a run go on that paused, or whose process is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    Resume,
    RollBack,
    Abandon,
}

/// What people and clocks ask of a run, beside its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Why this process has the run, when it is not its first.
    pub choice: Option<Choice>,
    /// No further step; what then becomes of the run.
    pub cancel: Option<OnFailure>,
    /// Nothing is asked any more, either: what is in doubt stays so.
    pub stop: bool,
    /// The lock is lost: nothing but what is owed may be sent.
    pub lost: bool,
    /// Somebody else may have the lock by now: nothing at all may be sent, and what is owed is left to its guard, or to who goes on with the run.
    pub over: bool,
    /// Steps whose hold is at its deadline.
    pub expired: Vec<usize>,
    /// Steps of which everything that was sent has landed or never will.
    pub settled: Vec<usize>,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Each is skipped or begun; all at once.
    Begin(Vec<usize>),
    Verify(usize),
    Retry(usize),
    Recheck(usize),
    /// Wait until what was sent for it has landed or never will.
    Settle(usize),
    Probe(usize),
    /// Begin it again: it is in doubt, and twice is as good as once.
    Repeat(usize),
    /// There is nobody to ask but a person.
    Unfound(usize),
    Undo(usize),
    Release(usize),
    Again(usize),
    Keep(usize),
    Run(RunEvent),
    /// This process has nothing more to do.
    Rest,
}

/// The next move. Nothing may be in flight: what a dead process left there was marked before.
#[must_use]
pub fn decide(shapes: &[Shape], policy: OnFailure, board: &Board, orders: &Orders) -> Move {
    Table { shapes, policy, board, orders }.next()
}

struct Table<'a> {
    shapes: &'a [Shape],
    policy: OnFailure,
    board: &'a Board,
    orders: &'a Orders,
}

/// An undo that this process has tried as often as it may.
const fn exhausted(mark: &Mark, shape: &Shape) -> bool {
    use StepState as S;
    matches!(mark.state, S::UndoFailed | S::UndoInDoubt | S::UndoNeedsHuman) && mark.undo_tries >= shape.undo_attempts
}

impl Table<'_> {
    fn next(&self) -> Move {
        use RunState as R;
        match self.board.run {
            R::Running | R::RollingBack if self.orders.over => Move::Run(RunEvent::Lost),
            R::Running | R::RollingBack if self.orders.lost => self.due(&|_| true).unwrap_or(Move::Run(RunEvent::Lost)),
            R::Running => self.running(),
            R::RollingBack => self.rolling_back(),
            R::Paused | R::Interrupted | R::Stuck => self.chosen(),
            R::Planned | R::Locking | R::Preflight | R::LockHeld | R::Refused | R::Succeeded | R::Failed | R::RolledBack | R::Abandoned => Move::Rest,
        }
    }

    fn steps(&self) -> impl DoubleEndedIterator<Item = (usize, &Mark, &Shape)> {
        let both = self.board.steps.iter().zip(self.shapes).collect::<Vec<_>>();
        both.into_iter().enumerate().map(|(at, (mark, shape))| (at, mark, shape))
    }

    fn guard(&self, at: Option<usize>) -> Guard {
        let asked = Asked {
            token: !self.orders.lost,
            stopping: self.orders.cancel.is_some(),
            settled: at.is_some_and(|at| self.orders.settled.contains(&at)),
        };
        self.board.guard(at, self.shapes, asked)
    }

    fn settled(&self, at: usize) -> bool {
        self.orders.settled.contains(&at)
    }

    /// The undo that is owed of the last step that `which` names; what is in doubt settles before.
    fn due(&self, which: &dyn Fn(usize) -> bool) -> Option<Move> {
        use StepState as S;
        self.steps().rev().filter(|(at, mark, shape)| which(*at) && Board::owes(mark, shape)).find_map(|(at, mark, shape)| match mark.state {
            S::InDoubt | S::UndoInDoubt if !self.settled(at) => Some(Move::Settle(at)),
            _ if exhausted(mark, shape) => None,
            _ => Some(Move::Release(at)),
        })
    }

    fn holds(&self, at: usize) -> bool {
        self.shapes.get(at).is_some_and(|shape| shape.holds)
    }

    /// Whether something that is owed cannot be undone.
    fn cannot_free(&self) -> bool {
        self.steps().any(|(_, mark, shape)| shape.finally && exhausted(mark, shape))
    }

    /// A step in doubt: settle, then ask, then do it again if that is harmless, then a person.
    fn doubt(&self) -> Option<Move> {
        use StepState as S;
        self.steps().find_map(|(at, mark, shape)| {
            // asked only of those that hang on it: a guard looks at every step
            let guard = || self.guard(Some(at));
            let again = || {
                let guard = guard();
                guard.ready && guard.attempts_left && !guard.stopping
            };
            match mark.state {
                S::InDoubt | S::UndoInDoubt if !self.settled(at) => Some(Move::Settle(at)),
                S::InDoubt | S::UndoInDoubt if shape.probed => Some(Move::Probe(at)),
                S::InDoubt if shape.idempotent && again() => Some(Move::Repeat(at)),
                S::InDoubt => Some(Move::Unfound(at)),
                S::UndoInDoubt if !shape.undo_idempotent || exhausted(mark, shape) => Some(Move::Unfound(at)),
                S::UndoInDoubt => Some(if shape.finally { Move::Release(at) } else { Move::Undo(at) }),
                // somebody may know more by now
                S::NeedsHuman | S::UndoNeedsHuman if shape.probed && guard().fresh => {
                    Some(if self.settled(at) { Move::Probe(at) } else { Move::Settle(at) })
                }
                _ => None,
            }
        })
    }

    fn running(&self) -> Move {
        let expired = |at: usize| self.orders.expired.contains(&at);
        let urgent = self.due(&expired).or_else(|| self.doubt().filter(|_| !self.orders.stop));
        // what was begun is brought to its end before the run pauses, unless that was asked to end, too
        let unverified =
            || self.steps().find(|(_, mark, _)| mark.state == StepState::Applied && !self.orders.stop).map(|(at, _, _)| Move::Verify(at));
        urgent.unwrap_or_else(|| match self.orders.cancel {
            Some(OnFailure::Ask) => unverified().unwrap_or_else(|| self.ending(OnFailure::Ask)),
            Some(then) => self.ending(then),
            None => self.forward(),
        })
    }

    fn forward(&self) -> Move {
        use StepState as S;
        let past_point = self.board.past_point(self.shapes);
        let later = |at: usize| self.steps().skip(at + 1).any(|(_, mark, _)| !matches!(mark.state, S::Done | S::Skipped | S::Undone));
        let own = self.steps().find_map(|(at, mark, shape)| {
            let guard = || self.guard(Some(at));
            let left = || {
                let guard = guard();
                guard.fresh || guard.attempts_left
            };
            match mark.state {
                S::Applied => Some(Move::Verify(at)),
                S::FailedNoEffect if left() => Some(Move::Retry(at)),
                S::FailedApplied if guard().fresh => Some(Move::Recheck(at)),
                S::Undone if shape.finally && !past_point && guard().fresh && later(at) => Some(Move::Again(at)),
                _ => None,
            }
        });
        if let Some(own) = own {
            return own;
        }
        let failed = self.steps().any(|(at, mark, shape)| match mark.state {
            S::FailedNoEffect | S::FailedApplied | S::NeedsHuman | S::UndoNeedsHuman => true,
            // whom it was to hold is not held any more
            S::Undone => !shape.finally || (!past_point && later(at)),
            _ => false,
        });
        if failed {
            return self.ending(self.policy);
        }
        let Some(first) = self.steps().find(|(_, mark, _)| mark.state == S::Pending).map(|(at, _, _)| at) else {
            return self.due(&|_| true).unwrap_or(Move::Run(if self.cannot_free() { RunEvent::Stick } else { RunEvent::Finish }));
        };
        let group = self.shapes.get(first).and_then(|shape| shape.group);
        let beside = |shape: &Shape| group.is_some() && shape.group == group;
        Move::Begin(
            self.steps().filter(|(at, mark, shape)| mark.state == S::Pending && (*at == first || beside(shape))).map(|(at, _, _)| at).collect(),
        )
    }

    /// The run does not go on: what it owes is undone first.
    fn ending(&self, then: OnFailure) -> Move {
        let guard = self.guard(None);
        let then = match then {
            OnFailure::RollBack if guard.past_point && !guard.across => OnFailure::Ask,
            OnFailure::Stop if guard.unclear => OnFailure::Ask,
            other => other,
        };
        match then {
            OnFailure::RollBack => Move::Run(RunEvent::RollBack),
            OnFailure::Ask => self.due(&|at| self.holds(at)).unwrap_or(Move::Run(if guard.holding { RunEvent::Stick } else { RunEvent::Pause })),
            OnFailure::Stop => self.due(&|_| true).unwrap_or(Move::Run(if guard.owed { RunEvent::Stick } else { RunEvent::Fail })),
        }
    }

    fn rolling_back(&self) -> Move {
        use StepState as S;
        let expired = |at: usize| self.orders.expired.contains(&at);
        if let Some(urgent) = self.due(&expired).or_else(|| self.doubt().filter(|_| !self.orders.stop)) {
            return urgent;
        }
        if self.orders.cancel.is_some() {
            return self.ending(OnFailure::Ask);
        }
        let back =
            self.steps().rev().filter(|(_, mark, shape)| !shape.reads && !mark.state.absent()).find_map(|(at, mark, shape)| match mark.state {
                S::Kept => None,
                S::NeedsHuman if !(shape.finally || shape.undoable && shape.undo_idempotent) => Some(Move::Run(RunEvent::Stick)),
                S::UndoNeedsHuman if !shape.undo_idempotent => Some(Move::Run(RunEvent::Stick)),
                _ if exhausted(mark, shape) => Some(Move::Run(RunEvent::Stick)),
                _ if shape.finally => Some(Move::Release(at)),
                _ if shape.undoable => Some(Move::Undo(at)),
                _ => Some(Move::Keep(at)),
            });
        match back {
            // a person is needed: those who are held must not wait for him
            Some(Move::Run(RunEvent::Stick)) => self.due(&|_| true).unwrap_or(Move::Run(RunEvent::Stick)),
            Some(next) => next,
            None => Move::Run(RunEvent::Undone),
        }
    }

    /// A run that a person lets go on.
    fn chosen(&self) -> Move {
        let guard = self.guard(None);
        let freed = |then: RunEvent, allowed: bool| if allowed { Move::Run(then) } else { Move::Rest };
        let held = self.due(&|at| self.holds(at));
        match self.orders.choice {
            None => Move::Rest,
            _ if self.orders.over => Move::Rest,
            _ if self.orders.lost => self.due(&|at| self.holds(at)).unwrap_or(Move::Rest),
            // whose hold it was is gone: the clients are freed first, and held anew where the run goes on before the point of no return
            Some(Choice::Resume) => held.unwrap_or_else(|| freed(RunEvent::Resume, guard.token && !guard.rolled)),
            Some(Choice::RollBack) => held.unwrap_or_else(|| freed(RunEvent::RollBack, guard.token && (!guard.past_point || guard.across))),
            Some(Choice::Abandon) => self.due(&|_| true).unwrap_or_else(|| freed(RunEvent::Abandon, !guard.owed || guard.across)),
        }
    }
}

//! The model: a journal, up to two runners, requests on their way, targets, and what may happen to each. The rules can be broken one by one.
//!
//! It assumes what the design does: a probe and a person tell the truth, and what was sent before its deadline has landed when the quarantine is over.

use super::super::{Asked, Board, Choice, Event, Move, OnFailure, Orders, RunEvent, RunState, Shape, StepEvent, StepState, decide};
use std::collections::BTreeSet;

/// Which rules hold in a model.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is taken away for itself")]
pub(super) struct Rules {
    /// A target refuses what an older taker sent.
    pub target_fences: bool,
    /// A target applies and undoes only what is not, or is, applied: `leader = X` in a request.
    pub conditional: bool,
    pub quarantine: bool,
    pub intent: bool,
    /// In doubt, one asks before one sends again.
    pub probes: bool,
    /// The journal refuses an older taker.
    pub journal_fences: bool,
    pub undo_journalled: bool,
}

pub(super) const ALL_RULES: Rules =
    Rules { target_fences: true, conditional: false, quarantine: true, intent: true, probes: true, journal_fences: true, undo_journalled: true };

/// How much may happen in a model.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub shapes: Vec<Shape>,
    pub policy: OnFailure,
    pub crashes: u8,
    /// Takings while the runner before is alive.
    pub stolen: u8,
    /// Cancels, lost locks, holds at their deadline.
    pub orders: u8,
    /// Verification may fail, steps may be skipped, servers may refuse.
    pub failures: bool,
    /// How a person lets a run go on, each with or without the second choice.
    pub choices: &'static [(Choice, bool)],
    pub rules: Rules,
}

/// Most requests to one target that are on their way at once.
const MOST_PACKETS: usize = 2;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Flight {
    step: usize,
    undo: bool,
    sent: bool,
    /// Too late to leave.
    expired: bool,
    /// What the target did with it.
    landed: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Runner {
    pub(super) board: Board,
    pub(super) current: bool,
    pub(super) flights: Vec<Flight>,
    pub(super) choice: Option<Choice>,
    pub(super) cancel: Option<bool>,
    pub(super) stop: bool,
    pub(super) lost: bool,
    pub(super) expired: Vec<usize>,
    pub(super) settled: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Packet {
    pub(super) step: usize,
    pub(super) undo: bool,
    pub(super) current: bool,
    /// An undo landed since it was sent.
    pub(super) overtaken: bool,
    /// Who waits for its answer.
    pub(super) runner: Option<usize>,
}

/// One state of the model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct World {
    pub(super) journal: Board,
    pub(super) runners: [Option<Runner>; 2],
    pub(super) packets: Vec<Packet>,
    pub(super) applied: Vec<bool>,
    pub(super) freed: Vec<bool>,
    pub(super) crashes: u8,
    pub(super) stolen: u8,
    pub(super) orders: u8,
    pub(super) started: bool,
}

/// What was found on the way: broken promises, and the rows that were used.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub broken: BTreeSet<&'static str>,
    pub steps: BTreeSet<(StepState, StepEvent, StepState)>,
    pub runs: BTreeSet<(super::super::RunState, RunEvent, super::super::RunState)>,
}

impl World {
    pub(super) fn new(scope: &Scope) -> World {
        let count = scope.shapes.len();
        World {
            journal: Board::new(count),
            runners: [None, None],
            packets: Vec::new(),
            applied: vec![false; count],
            freed: vec![false; count],
            crashes: scope.crashes,
            stolen: scope.stolen,
            orders: scope.orders,
            started: false,
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.journal.run.ended()
    }

    /// Every state that may follow.
    pub(super) fn followers(&self, scope: &Scope, seen: &mut Seen) -> Vec<World> {
        let mut out = Vec::new();
        for at in 0..2 {
            self.run(at, scope, seen, &mut out);
            self.disturb(at, scope, &mut out);
        }
        self.land(scope, seen, &mut out);
        self.take(scope, seen, &mut out);
        self.free(scope, &mut out);
        self.tell_truth(scope, seen);
        out
    }

    /// What the journal says at the end is so.
    fn tell_truth(&self, scope: &Scope, seen: &mut Seen) {
        if !self.ended() || !self.packets.is_empty() || self.runners.iter().any(Option::is_some) {
            return;
        }
        for ((mark, shape), applied) in self.journal.steps.iter().zip(&scope.shapes).zip(&self.applied) {
            if !shape.reads && ((mark.state.absent() && *applied) || (mark.state.applied() && !*applied)) {
                seen.broken.insert("untrue at the end");
            }
        }
    }

    fn run(&self, at: usize, scope: &Scope, seen: &mut Seen, out: &mut Vec<World>) {
        let Some(runner) = &self.runners[at] else { return };
        if let Some(step) = runner.board.steps.iter().position(|mark| matches!(mark.state, StepState::Probing | StepState::UndoProbing)) {
            let found = if self.applied[step] { StepEvent::FoundApplied } else { StepEvent::FoundAbsent };
            for event in [found, StepEvent::Inconclusive, StepEvent::Unfound].into_iter().take(if scope.failures { 3 } else { 1 }) {
                self.write(at, Some(step), Event::Step(event), scope, seen, out, |_| {});
            }
            return;
        }
        if runner.flights.is_empty() {
            return self.decided(at, runner, scope, seen, out);
        }
        let beside =
            |step: usize| scope.shapes[step].group.is_some() && runner.flights.iter().any(|f| scope.shapes[f.step].group == scope.shapes[step].group);
        for step in (0..scope.shapes.len()).filter(|step| beside(*step) && runner.board.steps[*step].state == StepState::Pending) {
            if runner.cancel.is_none() && !runner.lost && runner.board.run == RunState::Running {
                self.write(at, Some(step), Event::Step(StepEvent::Begin), scope, seen, out, |_| {});
            }
        }
        for (index, flight) in runner.flights.iter().enumerate() {
            let mut answer = |event: StepEvent| {
                self.write(at, Some(flight.step), Event::Step(event), scope, seen, out, |world| {
                    if let Some(runner) = &mut world.runners[at] {
                        runner.flights.remove(index);
                    }
                });
            };
            match (flight.sent, flight.landed) {
                (false, _) if flight.expired => answer(StepEvent::Refused),
                (false, _) if scope.shapes[flight.step].reads => {
                    answer(StepEvent::Answered);
                    answer(StepEvent::Unclear);
                }
                (false, _) if self.packets.iter().filter(|packet| packet.step == flight.step).count() >= MOST_PACKETS => {}
                (false, _) => {
                    let mut world = self.clone();
                    if let Some(runner) = &mut world.runners[at] {
                        runner.flights[index].sent = true;
                    }
                    world.packets.push(Packet { step: flight.step, undo: flight.undo, current: runner.current, overtaken: false, runner: Some(at) });
                    world.packets.sort();
                    out.push(world);
                }
                (true, None) => answer(StepEvent::Unclear),
                (true, Some(true)) => {
                    answer(StepEvent::Answered);
                    answer(StepEvent::Unclear);
                }
                (true, Some(false)) => answer(StepEvent::Refused),
            }
        }
    }

    fn decided(&self, at: usize, runner: &Runner, scope: &Scope, seen: &mut Seen, out: &mut Vec<World>) {
        let orders = Orders {
            choice: runner.choice,
            cancel: runner.cancel.map(|back| if back { OnFailure::RollBack } else { OnFailure::Ask }),
            stop: runner.stop,
            lost: runner.lost,
            over: false,
            expired: runner.expired.clone(),
            settled: runner.settled.clone(),
        };
        let mut write = |step: usize, event: StepEvent| self.write(at, Some(step), Event::Step(event), scope, seen, out, |_| {});
        match decide(&scope.shapes, scope.policy, &runner.board, &orders) {
            Move::Begin(steps) => {
                for step in steps {
                    if scope.failures {
                        write(step, StepEvent::Skip);
                    }
                    write(step, StepEvent::Begin);
                }
            }
            Move::Verify(step) => {
                write(step, StepEvent::Verified);
                if scope.failures {
                    write(step, StepEvent::Disproved);
                }
                if scope.failures && !scope.shapes[step].reads {
                    write(step, StepEvent::Unverifiable);
                } else if scope.failures {
                    // who cannot decide pauses
                    let pause = |world: &mut World| world.runners[at].iter_mut().for_each(|runner| runner.cancel = Some(false));
                    self.write(at, Some(step), Event::Step(StepEvent::Undecided), scope, seen, out, pause);
                }
            }
            Move::Retry(step) => write(step, StepEvent::Retry),
            Move::Recheck(step) => write(step, StepEvent::Recheck),
            Move::Probe(step) if !scope.rules.probes => {
                let blind = if runner.board.steps[step].state == StepState::InDoubt { StepState::Pending } else { StepState::Done };
                out.push(self.forced(at, step, blind));
            }
            Move::Probe(step) => write(step, StepEvent::Probe),
            Move::Repeat(step) => write(step, StepEvent::Begin),
            Move::Unfound(step) if !scope.rules.probes => out.push(self.forced(at, step, StepState::Pending)),
            Move::Unfound(step) => write(step, StepEvent::Unfound),
            Move::Undo(step) => write(step, StepEvent::Undo),
            Move::Release(step) => write(step, StepEvent::Release),
            Move::Again(step) => write(step, StepEvent::Again),
            Move::Keep(step) => write(step, StepEvent::Keep),
            Move::Run(event) => self.write(at, None, Event::Run(event), scope, seen, out, |world| {
                if let Some(runner) = &mut world.runners[at] {
                    (runner.choice, runner.cancel, runner.stop) = (None, None, false);
                }
            }),
            Move::Settle(step) => self.settle(at, step, scope, out),
            Move::Rest => out.push(self.without(at)),
        }
    }

    /// The quarantine passes: what was sent has landed, what was not sent never leaves.
    fn settle(&self, at: usize, step: usize, scope: &Scope, out: &mut Vec<World>) {
        // what it sent itself it knows the deadline of
        let waits = |packet: &Packet| scope.rules.quarantine || packet.runner == Some(at);
        if self.packets.iter().any(|packet| packet.step == step && waits(packet)) {
            return;
        }
        let mut world = self.clone();
        for (index, runner) in world.runners.iter_mut().enumerate().filter_map(|(index, runner)| Some((index, runner.as_mut()?))) {
            if index == at {
                runner.settled.push(step);
                runner.settled.sort_unstable();
            } else if scope.rules.quarantine {
                runner.flights.iter_mut().filter(|flight| flight.step == step && !flight.sent).for_each(|flight| flight.expired = true);
            }
        }
        out.push(world);
    }

    /// A rule is broken: the state is set without asking the table.
    fn forced(&self, at: usize, step: usize, state: StepState) -> World {
        let mut world = self.clone();
        if let Some(runner) = &mut world.runners[at] {
            runner.board.steps[step].state = state;
        }
        world.journal.steps[step].state = state;
        world
    }

    #[expect(clippy::too_many_arguments, reason = "the model in one place")]
    fn write(
        &self,
        at: usize,
        step: Option<usize>,
        event: Event,
        scope: &Scope,
        seen: &mut Seen,
        out: &mut Vec<World>,
        then: impl FnOnce(&mut World),
    ) {
        let mut world = self.clone();
        let Some(runner) = &mut world.runners[at] else { return };
        if scope.rules.journal_fences && !runner.current {
            out.push(self.without(at));
            return;
        }
        let asked =
            Asked { token: !runner.lost, stopping: runner.cancel.is_some(), settled: step.is_some_and(|step| runner.settled.contains(&step)) };
        move_piece(&mut runner.board, step, event, &scope.shapes, asked, seen);
        let (state, mark) = (runner.board.run, step.map(|step| runner.board.steps[step]));
        if let (Event::Step(sent), Some(step)) = (event, step)
            && sent.announces()
        {
            runner.settled.retain(|settled| *settled != step);
            runner.flights.push(Flight { step, undo: sent != StepEvent::Begin, sent: false, expired: false, landed: None });
        }
        let announces = matches!(event, Event::Step(sent) if sent.announces());
        let undo = matches!(event, Event::Step(StepEvent::Undo | StepEvent::Release)) || mark.is_some_and(|mark| mark.state == StepState::Undone);
        let forgotten = (announces && !scope.rules.intent) || (undo && !scope.rules.undo_journalled);
        if !forgotten {
            match (event, step, mark) {
                (Event::Step(_), Some(step), Some(mark)) => world.journal.steps[step] = mark,
                _ => world.journal.run = state,
            }
        }
        then(&mut world);
        out.push(world);
    }

    /// The runner is gone; what it sent is not.
    pub(super) fn without(&self, at: usize) -> World {
        let mut world = self.clone();
        world.runners[at] = None;
        world.packets.iter_mut().filter(|packet| packet.runner == Some(at)).for_each(|packet| packet.runner = None);
        world
    }

    /// A request reaches its target.
    fn land(&self, scope: &Scope, seen: &mut Seen, out: &mut Vec<World>) {
        for (index, packet) in self.packets.iter().enumerate() {
            let mut refused = self.clone();
            refused.packets.remove(index);
            let mut world = refused.clone();
            refused.told(packet, false);
            let fenced = scope.rules.target_fences && !packet.current;
            if fenced || scope.rules.conditional && self.applied[packet.step] != packet.undo {
                out.push(refused);
                continue;
            }
            if scope.failures {
                out.push(refused);
            }
            let shape = scope.shapes[packet.step];
            let mark = self.journal.steps[packet.step];
            if packet.undo {
                if !self.applied[packet.step] && !shape.undo_idempotent {
                    seen.broken.insert("double undo");
                }
                world.packets.iter_mut().filter(|other| other.step == packet.step).for_each(|other| other.overtaken = true);
            } else {
                if self.applied[packet.step] && !shape.idempotent {
                    seen.broken.insert("double effect");
                }
                if packet.overtaken {
                    seen.broken.insert("effect after its undo");
                }
                if mark.attempt == 0 {
                    seen.broken.insert("effect without trace");
                }
            }
            world.applied[packet.step] = !packet.undo;
            world.told(packet, true);
            out.push(world);
        }
    }

    fn told(&mut self, packet: &Packet, done: bool) {
        if let Some(runner) = packet.runner.and_then(|at| self.runners[at].as_mut())
            && let Some(flight) = runner.flights.iter_mut().find(|flight| flight.step == packet.step && flight.undo == packet.undo && flight.sent)
        {
            flight.landed = Some(done);
        }
    }
}

/// Moves a piece by the table; what `decide` asks for and the table refuses is a mistake of one of them.
pub(super) fn move_piece(board: &mut Board, step: Option<usize>, event: Event, shapes: &[Shape], asked: Asked, seen: &mut Seen) {
    let guard = board.guard(step, shapes, asked);
    match (event, step) {
        (Event::Step(event), Some(step)) => {
            let from = board.steps[step].state;
            let to = board.step(step, event, &guard).unwrap_or_else(|| panic!("no row for {from:?} {event:?} with {guard:?} in {board:?}"));
            seen.steps.insert((from, event, to));
            // numbers that only grow would make the model endless
            let mark = &mut board.steps[step];
            (mark.attempt, mark.undo_attempt) = (mark.attempt.min(1), mark.undo_attempt.min(1));
        }
        (Event::Run(event), _) => {
            let from = board.run;
            let to = board.run(event, &guard).unwrap_or_else(|| panic!("no row for {from:?} {event:?} with {guard:?} in {board:?}"));
            seen.runs.insert((from, event, to));
        }
        (Event::Step(_), None) => panic!("a step's event without a step"),
    }
}

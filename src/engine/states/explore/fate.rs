//! What befalls a run in the model: its process is killed, people and clocks ask for something, another process takes it, the guard of a hold frees its clients.

use super::world::{Runner, Scope, Seen, World, move_piece};
use crate::engine::states::{Asked, Board, Event, RunEvent, RunState, StepEvent, StepState};

impl World {
    /// Crashes, cancels, lost locks, holds at their deadline.
    pub(super) fn disturb(&self, at: usize, scope: &Scope, out: &mut Vec<World>) {
        let Some(runner) = &self.runners[at] else { return };
        if self.crashes > 0 {
            let mut world = self.without(at);
            world.crashes -= 1;
            out.push(world);
        }
        let mut order = |change: &dyn Fn(&mut Runner)| {
            let mut world = self.clone();
            world.orders -= 1;
            if let Some(runner) = &mut world.runners[at] {
                change(runner);
            }
            out.push(world);
        };
        if self.orders == 0 {
            return;
        }
        if runner.cancel.is_none() {
            order(&|runner| runner.cancel = Some(false));
            order(&|runner| runner.cancel = Some(true));
            order(&|runner| (runner.cancel, runner.stop) = (Some(false), true));
        }
        if !runner.lost {
            order(&|runner| runner.lost = true);
        }
        for step in 0..scope.shapes.len() {
            if scope.shapes[step].holds && !runner.expired.contains(&step) {
                order(&|runner| runner.expired.push(step));
            }
        }
    }

    /// A process takes the run.
    pub(super) fn take(&self, scope: &Scope, seen: &mut Seen, out: &mut Vec<World>) {
        let Some(free) = self.runners.iter().position(Option::is_none) else { return };
        let alive = self.runners.iter().any(Option::is_some);
        if self.ended() || alive && (self.stolen == 0 || !self.started) {
            return;
        }
        let first = (!self.started).then_some((None, false));
        let later = scope.choices.iter().filter(|_| self.started).map(|(choice, across)| (Some(*choice), *across));
        // a person may know what became of a step, or not
        for ((choice, across), says) in first.into_iter().chain(later).flat_map(|choice| [(choice, true), (choice, false)]) {
            let mut world = self.clone();
            world.stolen -= u8::from(alive);
            world.started = true;
            world.runners.iter_mut().flatten().for_each(|runner| runner.current = false);
            world.packets.iter_mut().for_each(|packet| packet.current = false);
            let board = Board { across, ..self.journal.clone() };
            let mut runner = Runner {
                board,
                current: true,
                flights: Vec::new(),
                choice,
                cancel: None,
                stop: false,
                lost: false,
                expired: Vec::new(),
                settled: Vec::new(),
            };
            world.begin(&mut runner, says, scope, seen);
            world.journal = runner.board.clone();
            world.runners[free] = Some(runner);
            out.push(world);
        }
    }

    fn begin(&mut self, runner: &mut Runner, says: bool, scope: &Scope, seen: &mut Seen) {
        use RunState as R;
        let shapes = &scope.shapes;
        let mut board = runner.board.clone();
        board.taken();
        let mut happens = |step: Option<usize>, event: Event| {
            move_piece(&mut board, step, event, shapes, Asked { token: true, stopping: false, settled: false }, seen);
        };
        if runner.choice.is_none() {
            for event in [RunEvent::Approve, RunEvent::Locked, RunEvent::Passed] {
                happens(None, Event::Run(event));
            }
            runner.board = board;
            return;
        }
        for (step, mark) in self.journal.steps.iter().enumerate() {
            if mark.state.in_flight() || (mark.state == StepState::Applied && shapes[step].reads) {
                happens(Some(step), Event::Step(StepEvent::Crashed));
            }
            let asked = says && matches!(mark.state, StepState::NeedsHuman | StepState::UndoNeedsHuman);
            if std::mem::take(&mut self.freed[step]) && !mark.state.absent() {
                happens(Some(step), Event::Step(StepEvent::Freed));
            } else if asked && !self.packets.iter().any(|packet| packet.step == step) {
                happens(Some(step), Event::Step(if self.applied[step] { StepEvent::SaidApplied } else { StepEvent::SaidAbsent }));
            }
        }
        if matches!(self.journal.run, R::Running | R::RollingBack) {
            happens(None, Event::Run(RunEvent::Crashed));
        }
        runner.board = board;
    }

    /// The guard of a hold acts when the runner is gone.
    pub(super) fn free(&self, scope: &Scope, out: &mut Vec<World>) {
        if self.runners.iter().any(Option::is_some) {
            return;
        }
        for (step, shape) in scope.shapes.iter().enumerate() {
            if shape.holds && !self.freed[step] && Board::owes(&self.journal.steps[step], shape) {
                let mut world = self.clone();
                world.applied[step] = false;
                world.freed[step] = true;
                world.packets.retain(|packet| packet.step != step);
                out.push(world);
            }
        }
    }
}

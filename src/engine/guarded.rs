//! The guards of what steps hold, as the process of a run sees them: one stands and has answered before the intent is written, and is let go when nothing is
//! held any more.
//!
//! It must never undo what a guard is undoing: it waits for what comes of it, as long as that may take.

use super::desk::Desk;
use super::guard_log::report;
use super::states::{Board, StepState};
use std::time::Duration;

/// How often it is looked what a guard has done.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How much longer than its undo a guard is waited for that has begun to act.
const PATIENCE: Duration = Duration::from_secs(3);

impl Desk<'_> {
    /// Sets a guard for the next attempt at step `at`.
    pub(super) async fn guard(&self, at: usize, step: &str, attempt: u32) -> Result<(), String> {
        let before = self.guards.borrow_mut().remove(&at);
        if let Some(before) = before {
            before.leave().await;
        }
        let guard = self.world.guards.stand(step, attempt).await?;
        self.guards.borrow_mut().insert(at, guard);
        Ok(())
    }

    /// Lets go the guards of steps that hold nothing any more.
    pub(super) fn let_go(&self) {
        let standing = self.standing();
        let owes = |at: usize| {
            let pair = standing.board.steps.get(at).zip(standing.shapes().get(at));
            pair.is_some_and(|(mark, shape)| Board::owes(mark, shape))
        };
        self.guards.borrow_mut().retain(|at, _| owes(*at));
    }

    /// The step that its guard has freed though the run goes on, and why: somebody told the guard to end.
    pub(super) fn freed_early(&self) -> Option<(usize, String)> {
        let standing = self.standing();
        let mut holding = standing.board.steps.iter().zip(&self.plan.steps).enumerate().filter(|(at, (mark, step))| {
            step.hold.is_some() && matches!(mark.state, StepState::Applied | StepState::Done) && !self.busy.borrow().contains(at)
        });
        holding.find_map(|(at, (mark, step))| {
            // what cannot be read is read again when it is undone
            let report = report(&self.holds, &step.id).ok().flatten().filter(|report| report.attempt == mark.attempt)?;
            Some((at, report.freed?))
        })
    }

    /// Whether the guard of step `at` freed it, and why; one that is at it is waited for.
    pub(super) async fn freed(&self, at: usize) -> Option<String> {
        let step = self.plan.steps.get(at).filter(|step| step.hold.is_some())?;
        let patience = step.undo.as_ref().map_or(PATIENCE, |undo| undo.timeout.saturating_add(PATIENCE));
        let until = self.now().plus(patience);
        loop {
            let attempt = self.standing().board.steps.get(at).map(|mark| mark.attempt);
            let report = match report(&self.holds, &step.id) {
                Ok(report) => report.filter(|report| Some(report.attempt) == attempt)?,
                Err(error) => {
                    tracing::error!(%error, "what the guard did cannot be read: it is undone anyway");
                    return None;
                }
            };
            if report.freed.is_some() {
                return report.freed;
            }
            // one whose runner is gone is about to act
            let about_to = report.acts || !self.guards.borrow().contains_key(&at);
            if !about_to || report.process.runs() == Some(false) || self.now().mono >= until.mono {
                return None;
            }
            self.world.clock.sleep(LOOK_EVERY).await;
        }
    }
}

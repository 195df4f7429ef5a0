//! What a person answers to a step that asks: yes or no, and what was seen. It goes to the run by its control file, and into the audit.

use super::actor::actor;
use super::cancel::CancelError;
use super::found::{Found, Life};
use crate::config::state::State;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::control::{Order, Ordered, give};
use crate::engine::states::StepState;
use crate::model::Clock;

/// Answers `step` of the run in `found`, which waits for it.
///
/// # Errors
/// Nobody is at work on it here, the step asks nothing now, or the answer cannot be written.
pub fn answer(state: &State, clock: &Clock, found: &Found, step: &str, accept: bool, evidence: Option<String>) -> Result<(), CancelError> {
    let id = &found.folder.id;
    if found.life() != Life::Runs || found.state().ended() {
        return Err(CancelError::Nobody(format!("nobody is at work on run {id}: it is {}", super::words::state(found.state()))));
    }
    let at = found.plan.steps.iter().position(|known| known.id == step);
    let mark = at.and_then(|at| found.standing.board.steps.get(at));
    let asks = at.and_then(|at| found.plan.steps.get(at)).is_some_and(|step| matches!(step.job.kind.as_str(), "approve" | "manual"));
    if !asks || mark.is_none_or(|mark| mark.state != StepState::Intent) {
        return Err(CancelError::Nobody(format!("run {id} has no step '{step}' that asks something now")));
    }
    let by = actor();
    let (word, what) = if accept { ("yes", What::Approved) } else { ("no", What::Refused) };
    let seen = evidence.as_deref().map(|evidence| format!(": {evidence}")).unwrap_or_default();
    let act = Act {
        what,
        by: by.clone(),
        cluster: Some(found.plan.cluster.clone()),
        run: Some(id.to_string()),
        text: format!("step {step} is answered with {word}{seen}"),
    };
    Audit::new(state.clone()).add(clock.now(), &act)?;
    let ordered = Ordered { at: clock.now().wall, by, order: Order::Answer { step: step.to_owned(), accept, evidence } };
    Ok(give(&found.folder.control(), found.folder.file_mode(), &ordered)?)
}

//! What a process of a run ended with, in the words of the table of exit codes.

use super::standing::Standing;
use super::states::{RunState, StepState};
use serde::{Deserialize, Serialize};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Done and verified.
    Done,
    /// Refused here, or cancelled: nothing was sent.
    NothingSent,
    /// Refused by a server, or all undone: nothing changed in the end.
    Unchanged,
    /// Something stays, or a person has to choose.
    Partial,
    /// Nobody knows whether something was applied.
    InDoubt,
    /// The lock, or an open run, is somebody else's, or nobody can be asked.
    Locked,
}

/// How the process ends that leaves a run so.
#[must_use]
pub fn ending(standing: &Standing) -> Ending {
    use RunState as R;
    let changing = || standing.board.steps.iter().zip(standing.shapes()).filter(|(_, shape)| !shape.reads).map(|(mark, _)| mark);
    let sent = changing().any(|mark| mark.attempt > 0);
    let stays = changing().any(|mark| mark.state.applied());
    match standing.board.run {
        R::Succeeded => Ending::Done,
        R::LockHeld => Ending::Locked,
        R::Planned | R::Locking | R::Preflight | R::Refused => Ending::NothingSent,
        _ if changing().any(|mark| mark.state.unclear() || mark.state.in_flight()) => Ending::InDoubt,
        R::Paused | R::Failed | R::Abandoned | R::Interrupted if !sent => Ending::NothingSent,
        R::Failed | R::Abandoned | R::RolledBack if !stays => Ending::Unchanged,
        _ => Ending::Partial,
    }
}

/// Whether a step of it needs a person to say what became of it.
#[must_use]
pub fn needs_human(standing: &Standing) -> bool {
    standing.board.steps.iter().any(|mark| matches!(mark.state, StepState::NeedsHuman | StepState::UndoNeedsHuman))
}

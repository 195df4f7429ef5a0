//! Ending a run from outside, in three stages: no further step; what goes on is told to end; its process is killed. The first two are orders that the run writes
//! down, the third leaves it interrupted.

use super::actor::actor;
use super::found::{Found, Life};
use crate::config::state::State;
use crate::engine::audit::{Act, Audit, What};
use crate::engine::chain::ChainError;
use crate::engine::control::{Order, Ordered, give};
use crate::model::Clock;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// How hard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// No further step; what is in flight is waited for. Then it pauses, or rolls back, as its runbook says.
    NoFurther,
    /// What goes on is told to end, and killed ten seconds later.
    Stop,
    /// The process is killed.
    Kill,
}

/// Why it was not cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    #[error("{0}")]
    Nobody(String),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("the process cannot be killed: {0}")]
    Kill(std::io::Error),
}

/// Cancels the run in `found`.
///
/// # Errors
/// Nobody is at work on it here, or the order cannot be written.
pub fn cancel(state: &State, clock: &Clock, found: &Found, stage: Stage) -> Result<(), CancelError> {
    let id = &found.folder.id;
    match found.life() {
        Life::Runs if !found.state().ended() => {}
        Life::Elsewhere => return Err(CancelError::Nobody(format!("run {id} is another host's: cancel it there"))),
        Life::Runs | Life::Nobody => {
            let how = super::words::state(found.state());
            return Err(CancelError::Nobody(format!("nobody is at work on run {id}: it is {how}")));
        }
    }
    let by = actor();
    let act = Act {
        what: What::Cancelled,
        by: by.clone(),
        cluster: Some(found.plan.cluster.clone()),
        run: Some(id.to_string()),
        text: match stage {
            Stage::NoFurther => "no further step",
            Stage::Stop => "what goes on is told to end",
            Stage::Kill => "its process is killed",
        }
        .to_owned(),
    };
    Audit::new(state.clone()).add(clock.now(), &act)?;
    let order = match stage {
        Stage::NoFurther => Order::Cancel { then: found.plan.on_cancel },
        Stage::Stop => Order::Stop,
        Stage::Kill => return kill(found),
    };
    let ordered = Ordered { at: clock.now().wall, by, order };
    Ok(give(&found.folder.control(), found.folder.file_mode(), &ordered)?)
}

fn kill(found: &Found) -> Result<(), CancelError> {
    let gone = || CancelError::Nobody("its process has just ended".to_owned());
    let taken = found.standing.taken.as_ref().ok_or_else(gone)?;
    let pid = i32::try_from(taken.process.pid).ok().and_then(Pid::from_raw).ok_or_else(gone)?;
    let process = pidfd_open(pid, PidfdFlags::empty()).map_err(|why| CancelError::Kill(why.into()))?;
    // asked after it was opened: from now on the number cannot be given to somebody else
    if taken.process.runs() != Some(true) {
        return Err(gone());
    }
    pidfd_send_signal(&process, Signal::KILL).map_err(|why| CancelError::Kill(why.into()))
}

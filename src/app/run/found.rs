//! A run as its folder tells: the plan, where it stands, who is at work on it. What a process left behind when it died is derived here and nowhere written.

use super::report::{Measured, report};
use crate::config::state::State;
use crate::engine::chain;
use crate::engine::consent::Consent;
use crate::engine::ending::{Ending, ending};
use crate::engine::entry::Entry;
use crate::engine::folder::{FolderError, RunFolder};
use crate::engine::journal::{self, JournalError};
use crate::engine::standing::Standing;
use crate::engine::states::{Board, Choice, RunState};
use crate::engine::{Plan, RunId};
use jiff::Timestamp;

/// A run.
#[derive(Debug)]
pub struct Found {
    pub folder: RunFolder,
    pub plan: Plan,
    /// The last agreement, and its number.
    pub consent: Option<(u32, Consent)>,
    /// Where its journal says that it stands.
    pub standing: Standing,
    /// First and last entry of the journal.
    pub span: Option<(Timestamp, Timestamp)>,
}

/// Why a run cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum FoundError {
    #[error("{0}")]
    Name(String),
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Whether somebody is at work on a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// A process of this host.
    Runs,
    /// Nobody: it ended, it paused, or its process is gone, with the boot of this host that it was of or before.
    Nobody,
    /// A process of another host, or of a container, had it last, and only there it can be told.
    Elsewhere,
}

impl Found {
    /// The run called `id`.
    ///
    /// # Errors
    /// There is none, or its files cannot be read, or were changed.
    pub fn look(state: &State, id: &RunId) -> Result<Found, FoundError> {
        let folder = RunFolder::open(state, id)?;
        let plan = folder.plan()?;
        let consent = folder.last_consent()?;
        let path = folder.journal();
        let (standing, span) = if path.exists() {
            // read twice: it may be written meanwhile, and only what stands counts
            let standing = journal::read(&path, &plan)?;
            let records = chain::read::<Entry>(&path).map_err(JournalError::from)?.records;
            (standing, records.first().map(|record| record.at).zip(records.last().map(|record| record.at)))
        } else {
            (Standing::new(&plan), None)
        };
        Ok(Found { folder, plan, consent, standing, span })
    }

    /// Whether somebody is at work on it.
    #[must_use]
    pub fn life(&self) -> Life {
        match self.standing.taken.as_ref().map(|taken| taken.process.runs()) {
            // one that has ended still has the lock until its process is gone
            Some(Some(true)) => Life::Runs,
            Some(None) if !self.standing.board.run.ended() => Life::Elsewhere,
            _ => Life::Nobody,
        }
    }

    /// Where it stands: one whose process is gone in the middle is interrupted.
    #[must_use]
    pub fn state(&self) -> RunState {
        match self.standing.board.run {
            RunState::Running | RunState::RollingBack if self.life() == Life::Nobody => RunState::Interrupted,
            state => state,
        }
    }

    /// Whether it has ended, and its process is gone: nothing of it follows.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.standing.board.run.ended() && self.life() == Life::Nobody
    }

    /// What a face exits with that finds it so.
    #[must_use]
    pub fn ending(&self) -> Ending {
        ending(&self.standing)
    }

    /// What its runbook measures.
    #[must_use]
    pub fn measured(&self) -> Vec<Measured> {
        let records = chain::read::<Entry>(&self.folder.journal()).map(|chained| chained.records).unwrap_or_default();
        report(&self.plan, &records)
    }

    /// Whether something is sent when it goes on like this, so that writing has to be allowed: only one that owes nothing is abandoned without.
    #[must_use]
    pub fn sends(&self, choice: Choice) -> bool {
        choice != Choice::Abandon || !self.owes().is_empty()
    }

    /// Steps that hold clients, or owe something else that has to be undone in any case.
    #[must_use]
    pub fn owes(&self) -> Vec<&str> {
        let pairs = self.standing.board.steps.iter().zip(self.standing.shapes()).zip(&self.plan.steps);
        pairs.filter(|((mark, shape), _)| Board::owes(mark, shape)).map(|(_, step)| step.id.as_str()).collect()
    }
}

/// The run that `text` names: its whole name, or an end of it that no other run has.
///
/// # Errors
/// There is none, or more than one.
pub fn named(state: &State, text: &str) -> Result<RunId, FoundError> {
    let wanted = text.to_ascii_uppercase();
    let all = RunFolder::list(state)?;
    let fits: Vec<&RunId> = all.iter().filter(|id| wanted.len() >= 4 && id.as_str().ends_with(&wanted)).collect();
    match fits.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(FoundError::Name(format!("there is no run '{text}' on this host"))),
        several => {
            let names = several.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ");
            Err(FoundError::Name(format!("'{text}' may be any of {names}: give more of its end")))
        }
    }
}

//! What the tables have to know of a step and of a plan, without what it does.

use serde::{Deserialize, Serialize};

/// What becomes of a run when a step fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// It pauses, and a person chooses.
    #[default]
    Ask,
    RollBack,
    /// It ends there.
    Stop,
}

/// A step, reduced to what decides what may follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties, each a key of the runbook")]
pub struct Shape {
    pub reads: bool,
    pub idempotent: bool,
    pub probed: bool,
    pub undoable: bool,
    pub undo_idempotent: bool,
    pub finally: bool,
    pub holds: bool,
    pub point: bool,
    /// How often it is tried in all while one process runs it; at least one.
    pub attempts: u32,
    /// How often its undo is tried in all while one process runs it.
    pub undo_attempts: u32,
    /// Neighbours of the same group run side by side.
    pub group: Option<usize>,
}

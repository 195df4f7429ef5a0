//! What became of one rule on one subject: how much it found, or which input it lacks.

use crate::model::{Gap, Subject};
use crate::systems::contract::RuleInfo;

/// What became of one rule on one subject.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub rule: &'static RuleInfo,
    pub subject: Subject,
    /// Number of findings, or the input that was missing.
    pub found: Result<usize, Gap>,
}

//! What one member alone can tell: one file a rule, one line here. What concerns the cluster as a whole is judged in `health`, once.

use super::snapshot::Snapshot;
use crate::systems::contract::{Rule, View};

mod clock_skew;
mod member_not_running;
mod pending_restart;
mod replica_not_streaming;
mod scheduled_restart;

pub(super) static RULES: &[Rule<Snapshot>] =
    &[member_not_running::RULE, replica_not_streaming::RULE, pending_restart::RULE, scheduled_restart::RULE, clock_skew::RULE];

/// The witness of a member's own words.
fn own_words(view: &View<'_, Snapshot>) -> String {
    format!("GET /patroni of {}", view.name())
}

//! What one member of etcd alone can tell: one file a rule, one line here. The quorum as a whole is judged in `health`, once.

use super::snapshot::Snapshot;
use crate::systems::contract::{Rule, View};

mod alarm;
mod database_near_quota;
mod learner;
mod member_unhealthy;
mod status_error;

pub(super) static RULES: &[Rule<Snapshot>] = &[alarm::RULE, database_near_quota::RULE, learner::RULE, member_unhealthy::RULE, status_error::RULE];

/// The witness of a member's own status.
fn own_status(view: &View<'_, Snapshot>) -> String {
    format!("status of {}", view.name())
}

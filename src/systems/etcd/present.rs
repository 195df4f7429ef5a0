//! How a member of etcd is shown. Pure.

use super::snapshot::Snapshot;
use crate::systems::contract::View;
use crate::systems::view::{Cell, Column, Kind, Tone};

/// The columns of a member.
pub(super) static COLUMNS: &[Column] = &[
    Column::new("role", "ROLE", Kind::Word, 0, "leader, follower, learner, or no leader known, as the member says"),
    Column::new("quorum_read", "QUORUM READ", Kind::Word, 1, "whether a read through the quorum came through"),
    Column::new("db_bytes", "DB", Kind::Bytes, 3, "size of the database on disk"),
    Column::new("quota_used_percent", "QUOTA", Kind::Percent, 4, "share of the quota that the database has"),
    Column::new("alarms", "ALARMS", Kind::List, 2, "alarms that are set"),
    Column::new("raft_term", "TERM", Kind::Count, 5, "term of the leader"),
    Column::new("raft_index", "INDEX", Kind::Count, 6, "last entry of the log"),
    Column::new("version", "VERSION", Kind::Text, 5, "version of etcd"),
];

/// One row.
pub(super) fn cells(view: &View<'_, Snapshot>) -> Vec<Cell> {
    let snapshot = view.snapshot;
    let status = &snapshot.status;
    let name = view.name();
    let role = match (snapshot.has_leader(), snapshot.is_leader(), status.is_learner) {
        (false, _, _) => Cell::word("no leader", Tone::Bad),
        (true, true, _) => Cell::word("leader", Tone::Good),
        (true, false, true) => Cell::word("learner", Tone::Plain),
        (true, false, false) => Cell::word("follower", Tone::Plain),
    };
    let health = Cell::of(&snapshot.health, format!("health of {name}"), |health| match (&health.reason, health.healthy) {
        (_, true) => Cell::word("healthy", Tone::Good),
        (None, false) => Cell::word("unhealthy", Tone::Bad),
        (Some(reason), false) => Cell::word(reason.as_str(), Tone::Bad),
    });
    let used = match (snapshot.quota.known(format!("quota of {name}")), status.db_size) {
        (Err(gap), _) => Cell::unknown(gap),
        #[expect(clippy::cast_precision_loss, reason = "a share in percent")]
        (Ok(quota), size) => {
            Cell::reported(size, format!("database size of {name}"), |size| Cell::Percent(size as f64 * 100.0 / (*quota).max(1) as f64))
        }
    };
    let set: Vec<_> = snapshot.alarms_set().into_iter().map(|alarm| alarm.kind.into()).collect();
    let alarms = if set.is_empty() {
        Cell::of(&snapshot.alarms, format!("alarms of {name}"), |_none| Cell::List(Vec::new()))
    } else {
        Cell::List(set).toned(Tone::Bad)
    };
    vec![
        role,
        health,
        Cell::reported(status.db_size, format!("database size of {name}"), Cell::Bytes),
        used,
        alarms,
        Cell::reported(status.raft_term, format!("term of {name}"), Cell::count),
        Cell::reported(status.raft_index, format!("index of {name}"), Cell::count),
        Cell::text(status.version.as_str()),
    ]
}

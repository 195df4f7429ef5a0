//! The database of a member nears its quota. At the quota etcd stops writing, and with it Patroni.

use super::own_status;
use crate::config::Quantity;
use crate::model::{Bytes, Gap, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::snapshot::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-database-near-quota",
        sentence: "the database of an etcd member nears its quota",
        required: false,
        knobs: &[Knob { name: "above", default: Quantity::Percent(80.0), doc: "share of the quota that is raised" }],
        cure: "Compact (`--auto-compaction-retention`) and defragment one member after the other, the leader last. If much of it is in use, find out \
               which keys grow.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let (name, status) = (view.name(), &view.snapshot.status);
    let quota = *view.snapshot.quota.known(format!("quota of {name}"))?;
    let size = status.db_size.ok_or_else(|| Gap::new(format!("database size of {name}"), Reason::NotReported))?;
    #[expect(clippy::cast_precision_loss, reason = "a share in percent")]
    let share = size as f64 * 100.0 / (quota.max(1)) as f64;
    if share <= knobs.percent("above") {
        return Ok(Vec::new());
    }
    let in_use = status.db_size_in_use.map_or_else(String::new, |bytes| format!(", {} in use", Bytes(bytes)));
    let sentence = format!("the database of etcd member {name} has {} of {} ({share:.0} %{in_use})", Bytes(size), Bytes(quota));
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(own_status(view), format!("dbSize {size}, quota {quota}"), view.snapshot.answered)])
}

//! An alarm is set: with NOSPACE etcd refuses to write, and Patroni loses its leader lock; with CORRUPT a member's data differ.

use super::own_status;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::etcd::snapshot::Snapshot;
use crate::text::untrusted::visible;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "etcd-alarm",
        sentence: "etcd has set an alarm",
        required: false,
        knobs: &[],
        cure: "NOSPACE: compact and defragment one member after the other, then `etcdctl alarm disarm`; find out what filled it. CORRUPT: take that member \
               out, wipe it and add it anew. Until then Patroni may not be able to renew the leader lock.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    let set = snapshot.alarms_set();
    if set.is_empty() {
        // the status tells alarms too, but only those that this member has heard of, and etcd before 3.4 tells none there
        return snapshot.alarms.known(format!("alarms of {}", view.name())).map(|_none| Vec::new());
    }
    let raised = set.into_iter().map(|alarm| {
        // every member tells the alarms of all: said of the member that has it, they are one finding
        let own = snapshot.status.member_id == Some(alarm.member_id);
        let member =
            if own { view.name().to_owned() } else { snapshot.name_of(alarm.member_id).map_or_else(|| alarm.member_id.to_string(), visible) };
        Raised::new(Severity::Critical, format!("etcd member {member} has the alarm {}", alarm.kind)).on(member).object(alarm.kind.clone()).seen(
            own_status(view),
            format!("memberID {} alarm {}", alarm.member_id, alarm.kind),
            snapshot.answered,
        )
    });
    Ok(raised.collect())
}

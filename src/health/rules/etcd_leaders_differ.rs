//! Members of etcd name different leaders for the same term. Raft elects one in a term, so they are not one cluster, or one of them is not what it says.
//!
//! Members of another term are behind or ahead for a moment, and those of another cluster are another rule's.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict, View};
use crate::systems::etcd::{Etcd, Snapshot};
use std::collections::BTreeMap;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "etcd-leaders-differ",
        sentence: "members of etcd disagree about their leader",
        required: false,
        knobs: &[],
        cure: "Compare `etcdctl endpoint status --cluster -w table` from each member. Members that were started with a new cluster or on an old copy of their data have \
               to be removed and added again; until then nobody can say which keys count, so change nothing in Patroni.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let (members, missing) = view.known::<Etcd>();
    if members.is_empty() {
        return missing.map_or(Ok(Vec::new()), Err);
    }
    let mut terms: BTreeMap<_, Vec<(&View<'_, Snapshot>, u64)>> = BTreeMap::new();
    for member in &members {
        let status = &member.snapshot.status;
        if let (Some(term), Some(leader)) = (status.raft_term, status.leader) {
            terms.entry((status.cluster_id, term)).or_default().push((member, leader));
        }
    }
    let split = terms.into_iter().filter(|(_, told)| told.iter().any(|(_, leader)| told.first().is_some_and(|(_, first)| first != leader)));
    let raised = split.map(|((_, term), told)| {
        let names: Vec<&str> = told.iter().map(|(member, _)| member.name()).collect();
        let raised = Raised::new(Severity::Critical, format!("etcd members {} name different leaders for term {term}", names.join(", ")));
        told.iter().fold(raised, |raised, (member, leader)| {
            let fact = member.snapshot.name_of(*leader).map_or_else(|| format!("leader {leader:x}"), |name| format!("leader {leader:x} ({name})"));
            raised.seen(format!("status of {}", member.name()), format!("{fact}, term {term}"), member.snapshot.answered)
        })
    });
    Ok(raised.collect())
}

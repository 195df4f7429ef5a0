//! A configured cluster has no keys in its store any more, while the store answers and holds others: removed, renamed, or moved away.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::stores;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "cluster-vanished",
        sentence: "the store does not hold this cluster any more",
        required: false,
        knobs: &[],
        cure: "Was it removed or renamed on purpose? Then take it out of the configuration. If not: the keys of the cluster were deleted; look at the \
               members themselves, they lose their leader within the ttl. If its keys lie elsewhere, say so with `namespace` of the etcd endpoints.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let Some(store) = stores::told(view)? else { return Ok(Vec::new()) };
    let scope = view.cluster.spec.scope.as_str();
    // an empty prefix that nobody has named is more likely the wrong prefix
    if store.names.iter().any(|name| name == scope) || (store.names.is_empty() && !store.named) || view.cluster.of("patroni").next().is_none() {
        return Ok(Vec::new());
    }
    let sentence = format!("{scope} has no keys below {} in its store", store.namespace);
    let held = if store.names.is_empty() { "nothing".to_owned() } else { store.names.join(", ") };
    let raised = Raised::new(Severity::Warning, sentence).seen(format!("keys below {} in {}", store.namespace, store.witness), held, store.taken_at);
    Ok(vec![raised])
}

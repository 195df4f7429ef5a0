//! The store of this cluster holds another cluster that nobody has configured: it is run by somebody, and watched by nobody.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::stores;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "cluster-appeared",
        sentence: "the store holds a cluster that is not configured",
        required: false,
        knobs: &[],
        cure: "Take the cluster into the configuration: `opsctl init --etcd URL` prints what to add. If nobody knows it, ask who writes into this store.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let Some(store) = stores::told(view)? else { return Ok(Vec::new()) };
    // a store that several configured clusters share is judged once, with the first of them
    let first = view.fleet.clusters.iter().find(|cluster| stores::shares(cluster, view.cluster));
    if first.is_some_and(|first| first.spec.name != view.cluster.spec.name) {
        return Ok(Vec::new());
    }
    let known = |name: &str| view.fleet.clusters.iter().any(|cluster| cluster.spec.scope == name);
    let raised = store.names.iter().filter(|name| !known(name)).map(|name| {
        Raised::new(Severity::Info, format!("{name} is a cluster in the store of {} and is not configured", view.cluster.spec.name))
            .object(name.as_str())
            .seen(format!("keys below {} in {}", store.namespace, store.witness), name.as_str(), store.taken_at)
    });
    Ok(raised.collect())
}

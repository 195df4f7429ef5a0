//! A server names an address that does not belong to the cluster as it is configured. It was not contacted.

use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Evidence, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "api-url-suspicious",
        sentence: "a server names an address that may not be contacted",
        required: false,
        knobs: &[],
        cure: "Compare `restapi.connect_address` of that member with the configuration. If the address is right, add the member to the configuration; \
               if nobody knows it, somebody else writes into the cluster's store.",
    },
    judge,
};

/// More of them say no more.
const MOST_SAID: usize = 16;

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let raised = view.cluster.rejected.iter().take(MOST_SAID).map(|rejected| {
        // what is rejected now was named in the last good answer of that endpoint
        let by = view.cluster.entries.iter().find(|entry| entry.spec.id.to_string() == rejected.named_by);
        let answered = by.and_then(|entry| entry.good.as_ref()).map(|good| good.taken_at);
        let mut raised = Raised::new(
            Severity::Warning,
            format!("{} names {} for {}: {}", rejected.named_by, rejected.address.raw(), rejected.name.raw(), rejected.why),
        )
        .object(rejected.address.clone());
        raised.evidence.push(Evidence { witness: rejected.named_by.clone(), fact: rejected.address.clone(), taken_at: answered });
        raised
    });
    Ok(raised.collect())
}

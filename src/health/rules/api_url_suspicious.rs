//! A server names an address that does not belong to the cluster as it is configured. It was not contacted.

use crate::fleet::revision::Rejected;
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
const MOST_SHOWN: usize = 16;
/// In the sentence itself.
const MOST_NAMED: usize = 3;

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let rejected = &view.cluster.rejected;
    let named = |one: &Rejected| format!("{} names {} for {}: {}", one.named_by, one.address.raw(), one.name.raw(), one.why);
    let sentence = match rejected.as_slice() {
        [] => return Ok(Vec::new()),
        [one] => named(one),
        several => {
            let said: Vec<String> = several.iter().take(MOST_NAMED).map(named).collect();
            let more = several.len().checked_sub(MOST_NAMED).filter(|more| *more > 0).map_or(String::new(), |more| format!("; and {more} more"));
            format!("servers name {} addresses that may not be contacted: {}{more}", several.len(), said.join("; "))
        }
    };
    let mut raised = Raised::new(Severity::Warning, sentence);
    for one in rejected.iter().take(MOST_SHOWN) {
        // what is rejected now was named in the last good answer of that endpoint
        let by = view.cluster.entries.iter().find(|entry| entry.spec.id.to_string() == one.named_by);
        let answered = by.and_then(|entry| entry.good.as_ref()).map(|good| good.taken_at);
        raised.evidence.push(Evidence { witness: one.named_by.clone(), fact: one.address.clone(), taken_at: answered });
    }
    Ok(vec![raised])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::fleet::{Cluster, Fleet};
    use crate::model::Clock;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn eighty_addresses_are_one_finding_with_their_number() {
        let spec = Arc::new(ClusterSpec::named("orders", "test"));
        let mut cluster = Cluster::new(Arc::clone(&spec), Duration::MAX);
        let one = |number: usize| Rejected {
            named_by: "orders/patroni/pg1".to_owned(),
            name: format!("x{number}").as_str().into(),
            address: format!("http://169.254.0.{number}:8008").as_str().into(),
            why: "a link-local address".into(),
        };
        cluster.rejected = (0..80).map(one).collect();
        let fleet = Fleet { rev: 1, at: Clock::real().now(), clusters: vec![cluster.into()] };
        let view = ClusterView { fleet: &fleet, cluster: &fleet.clusters[0], now: fleet.at };
        let raised = judge(&view, &Knobs::new(&spec, &RULE.info)).expect("known");
        assert_eq!((raised.len(), raised[0].evidence.len()), (1, MOST_SHOWN));
        let sentence = raised[0].sentence.raw();
        assert!(sentence.contains("80 addresses") && sentence.contains("169.254.0.2:") && sentence.ends_with("and 77 more"), "{sentence}");
    }
}

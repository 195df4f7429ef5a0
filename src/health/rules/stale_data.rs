//! What is shown of an endpoint is old, or was never read, though no question to it failed: its polling does not get through here.

use crate::config::quantity::time_text;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "stale-data",
        sentence: "the last answer of an endpoint is too old to judge by",
        required: false,
        knobs: &[],
        cure: "This process does not get to asking: is the machine it runs on overloaded, or was it suspended? The log (`--log`) says whether a task panicked.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let raised = view.cluster.entries.iter().filter_map(|entry| {
        let gap = entry.current(view.now).err().filter(|gap| gap.reason == Reason::Stale)?;
        let id = &entry.spec.id;
        let age = gap.last_good.map_or_else(|| "an unknown time".to_owned(), |at| time_text(view.now.since(at)));
        let raised = Raised::new(Severity::Warning, format!("{} {} was last read {age} ago and is not asked any more", id.system, id.name));
        Some(raised.on(id.name.as_str()).object(id.system.as_str()).seen("this process", format!("last answer {age} ago"), view.now))
    });
    Ok(raised.collect())
}

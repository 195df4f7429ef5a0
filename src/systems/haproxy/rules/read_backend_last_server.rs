//! Reads have one server left of several: the next one that goes takes them along.

use super::{named, with_rows};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::BalancerSnapshot;
use std::time::Duration;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "read-backend-last-server",
        sentence: "reads have fewer servers left than they are to have",
        required: false,
        knobs: &[
            Knob {
                name: "readers",
                default: Quantity::Count(0),
                doc: "fewer servers that take reads are a warning; 0 wants two where the backend has two besides the primary. Say 1 where only one is meant \
                      to, as beside a replica with noloadbalance, and one more where the check of reads lets the primary pass",
            },
            Knob { name: HOLDS, default: Quantity::Time(Duration::from_secs(15)), doc: "a replica that restarts or changes its leader comes back" },
        ],
        cure: "see why the other replicas fail their check (`opsctl replication`, `opsctl balancers`), and leave the last one alone until one of them is back: all \
               readers are on it",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let name = named(view, "read_backend")?;
    // one that is not there, or takes nobody, is told by the rule on reads that end
    let wanted = Some(knobs.count("readers")).filter(|wanted| *wanted > 0);
    let Some((backend, left)) = view.snapshot.backend(name).and_then(|backend| Some((backend, backend.few_readers(wanted)?))) else {
        return Ok(Vec::new());
    };
    let all = backend.servers.len();
    let sentence = if let [last] = left.as_slice() {
        let stands_in = if last.backup { ", a backup," } else { "" };
        format!("reads are on their last server: {}{stands_in} takes them alone, of {all} in backend {name}", last.name.raw())
    } else {
        let names: Vec<&str> = left.iter().map(|server| server.name.raw()).collect();
        format!("reads are on {} of {all} servers in backend {name}: {}", left.len(), names.join(", "))
    };
    Ok(vec![with_rows(Raised::new(Severity::Warning, sentence).object(name), view, backend)])
}

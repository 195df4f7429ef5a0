//! An endpoint does not answer, or answers nothing that can be read: one of the configuration, or one that a server names.

use crate::config::quantity::time_text;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::silence;
use crate::model::{Origin, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "endpoint-unreachable",
        sentence: "an endpoint does not answer, cannot be asked, or tells nothing that can be read",
        required: false,
        knobs: &[],
        cure: "It does not answer: connection refused means that the process is gone, no answer that it is frozen or starved or that the network drops packets; start \
               it or free it on its host. It cannot be asked: the server may be well, mend the name, secret or certificate in the configuration here. It refuses our \
               login or the question: compare user and secret, grant what `opsctl privileges` prints. It answers with an error: the message is the server's. \
               `opsctl doctor` shows what was tried.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let failing = view.cluster.entries.iter().filter_map(|entry| entry.failure.as_ref().map(|failure| (entry, failure)));
    Ok(failing
        .map(|(entry, failure)| {
            let id = &entry.spec.id;
            let last_good = entry.good.as_ref().map(|good| view.now.since(good.taken_at));
            let ago = last_good.map_or_else(|| "never read".to_owned(), |age| format!("last read {} ago", time_text(age)));
            let known = if entry.spec.origin == Origin::Configured { "" } else { ", which only a server names," };
            Raised::new(Severity::Warning, format!("{} {}{known} {} ({ago})", id.system, id.name, silence::said(&failure.error)))
                .on(id.name.as_str())
                .object(id.system.as_str())
                .seen(failure.error.asked.as_str(), failure.error.to_string(), failure.last)
        })
        .collect())
}

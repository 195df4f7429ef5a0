//! No server of a cluster accepts writes.
//!
//! A server that refuses connections or does not answer accepts none from anybody here; one that we may not ask (credentials, configuration) could.

use crate::fleet::Entry;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::writers::{nobody_to_ask, writers};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::Patroni;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "no-writable-primary",
        sentence: "no PostgreSQL of a cluster accepts writes",
        required: false,
        knobs: &[],
        cure: "If the leader died, Patroni promotes a synchronous standby within its ttl: watch `opsctl topology`. If nothing happens, look for the reason there: no \
               candidate that is in sync, the store down or without quorum, the cluster paused, a shutdown that a session or the archiver holds up.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    // a standby cluster follows another one
    if view.known::<Patroni>().0.iter().any(|member| member.snapshot.says_standby_leader()) {
        return Ok(Vec::new());
    }
    let all = writers(view);
    let mut facts = Vec::new();
    let mut gap = all.is_empty().then(|| nobody_to_ask(view));
    let mut seen = false;
    for writer in &all {
        match &writer.says {
            Ok(says) if says.writes => return Ok(Vec::new()),
            Ok(says) => {
                seen = true;
                facts.push((writer.witness.clone(), format!("{} accepts none", writer.name), says.at));
            }
            Err(missing) if turns_all_away(writer.entry) => {
                let at = writer.entry.failure.as_ref().map_or(view.now, |failure| failure.last);
                facts.push((format!("connection to {}", writer.name), format!("{}: {}", writer.name, missing.reason.phrase()), at));
            }
            Err(missing) => gap = gap.or_else(|| Some(missing.clone())),
        }
    }
    if let Some(gap) = gap {
        return Err(gap);
    }
    if !seen {
        // where nothing can be reached, the cut may be on this side
        return Err(Gap::new(format!("who accepts writes in {}", view.cluster.spec.name), Reason::Unreachable("no member answers".to_owned())));
    }
    let says: Vec<&str> = facts.iter().map(|(_, fact, _)| fact.as_str()).collect();
    let raised = Raised::new(Severity::Critical, format!("nothing accepts writes: {}", says.join(", ")));
    Ok(vec![facts.iter().fold(raised, |raised, (witness, fact, at)| raised.seen(witness.as_str(), fact.as_str(), *at))])
}

/// Whether the newest question failed in a way that every client meets: nothing listens, nothing answers, or the server starts or stops (class 57P).
fn turns_all_away(entry: &Entry) -> bool {
    entry.failure.as_ref().is_some_and(|failure| matches!(failure.error.reason(), Reason::Unreachable(_)) || failure.error.detail.starts_with("57P"))
}

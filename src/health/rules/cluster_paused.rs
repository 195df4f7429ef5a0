//! Patroni is paused: it watches and does nothing. A leader that dies now stays dead.

use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Reason, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "cluster-paused",
        sentence: "Patroni is paused: no automatic failover",
        required: false,
        knobs: &[],
        cure: "Find out who paused it and whether that work is done; then resume. Until then a failover is yours.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let answering = told.views().count();
    if answering == 0 {
        return Err(told.gap("whether Patroni is paused", Reason::NotAskedYet));
    }
    let mut raised = Raised::new(Severity::Warning, "Patroni is paused: nobody is promoted or restarted by it");
    for member in told.views().filter(|member| member.snapshot.own.paused.is_on()) {
        raised = raised.seen(format!("GET /patroni of {}", member.name()), "pause", member.snapshot.exchange.answered);
    }
    if let Ok(picture) = told.picture()
        && picture.value.paused.is_on()
    {
        raised = raised.seen(picture.witness, "pause", picture.taken_at);
    }
    if raised.evidence.is_empty() {
        for member in told.views() {
            member.snapshot.own.paused.known(format!("pause of {}", member.name()))?;
        }
        if let Ok(picture) = told.picture() {
            picture.value.paused.known(format!("pause in {}", picture.witness))?;
        }
        return Ok(Vec::new());
    }
    Ok(vec![raised])
}

//! A restart of a member waits for its time.

use super::own_words;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::patroni::snapshot::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "scheduled-restart",
        sentence: "a restart of a member is scheduled",
        required: false,
        knobs: &[],
        cure: "Make sure that it is still wanted; `patronictl flush SCOPE MEMBER restart` takes it back.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let Some(at) = &view.snapshot.own.scheduled_restart else { return Ok(Vec::new()) };
    let sentence = format!("{} restarts at {}", view.name(), at.0);
    Ok(vec![Raised::new(Severity::Info, sentence).seen(own_words(view), format!("scheduled_restart {}", at.0), view.snapshot.exchange.answered)])
}

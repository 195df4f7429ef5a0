//! Parameters were changed that take effect with a restart only.

use super::own_words;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::patroni::wire::Change;
use crate::systems::twofold::PENDING_RESTART;

pub(super) const RULE: Rule<Snapshot> = Rule { info: PENDING_RESTART, judge };

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let pending = view.snapshot.own.pending_restart.known(format!("pending_restart of {}", view.name()))?;
    let Some(changes) = pending else { return Ok(Vec::new()) };
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let one = |(name, change): (&String, &Change)| format!("{name} {} -> {}", said(&change.old), said(&change.new));
    let reasons: Vec<String> = changes.iter().map(one).collect();
    let why = if reasons.is_empty() { "parameters not named".to_owned() } else { reasons.join(", ") };
    let sentence = format!("{} waits for a restart: {why}", view.name());
    Ok(vec![Raised::new(Severity::Info, sentence).seen(own_words(view), format!("pending_restart: {why}"), view.snapshot.exchange.answered)])
}

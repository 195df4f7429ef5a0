//! Settings were changed that take effect with a restart only.

use super::{counted, read, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::twofold::PENDING_RESTART;

pub(super) const RULE: Rule<Snapshot> = Rule { info: PENDING_RESTART, judge };

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.settings, "settings")?;
    let pending: Vec<_> = sample.value.iter().filter(|setting| setting.pending_restart == Some(true)).collect();
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = pending.iter().map(|setting| setting.name.raw()).collect();
    let settings = counted(u64::try_from(names.len()).unwrap_or(u64::MAX), "setting");
    let sentence = format!("{settings} of {} wait for a restart: {}", view.name(), names.join(", "));
    let mut finding = Raised::new(Severity::Info, sentence);
    for setting in pending.iter().take(3) {
        let fact = format!("{} is still {}", setting.name.raw(), setting.setting.as_ref().map_or("?", |value| value.raw()));
        finding = finding.seen(witness(view, "pg_settings"), fact, sample.taken_at);
    }
    Ok(vec![finding])
}

//! The process is suspended (before 1.26, for an online restart), or in a state that no version we know has. A pause has a rule of its own.

use crate::config::Quantity;
use crate::model::{Reading, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::first_seen::for_so_long;
use crate::systems::pgbouncer::snapshot::PoolerSnapshot;
use crate::text::Untrusted;
use std::time::Duration;

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "pooler-not-active",
        sentence: "the pooler is suspended or in a state without a name",
        required: false,
        knobs: &[Knob { name: "for", default: Quantity::Time(Duration::from_secs(30)), doc: "critical when it lasts this long" }],
        cure: "RESUME on the console of this pooler; an online restart that did not end is best ended by a restart of the service",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = match &view.snapshot.process {
        Reading::Known(sample) => sample,
        // there is no such answer in 1.18
        Reading::Unknown { reason: Reason::NotSupported(_), .. } => return Ok(Vec::new()),
        Reading::Unknown { .. } => return view.snapshot.process.known(format!("state of {}", view.name())).map(|_| Vec::new()),
    };
    let state = &sample.value;
    let mut words: Vec<&str> = state.others.iter().map(Untrusted::raw).collect();
    if state.suspended {
        words.push("suspended");
    }
    if words.is_empty() && !state.active && !state.paused {
        words.push("not active");
    }
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let lasted = state.since.map_or(Duration::ZERO, |since| sample.taken_at.since(since));
    let severity = if lasted >= knobs.time("for") { Severity::Critical } else { Severity::Warning };
    let words = words.join(", ");
    let finding = Raised::new(severity, format!("the pooler {} says it is {words}{}", view.name(), for_so_long(lasted)));
    Ok(vec![finding.seen_since(state.since.map(|since| since.wall)).seen(format!("SHOW STATE of {}", view.name()), words, sample.taken_at)])
}

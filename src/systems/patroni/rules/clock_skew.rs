//! The clock of a member differs from ours. Leases run on each member's own clock and survive that; schedules, certificates and logs do not.
//!
//! The `Date` header has whole seconds, so only what cannot be explained by that second and the time on the way is called a difference.

use super::own_words;
use crate::config::quantity::time_text;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::twofold::CLOCK_SKEW;

pub(super) const RULE: Rule<Snapshot> = Rule { info: CLOCK_SKEW, judge };

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let name = view.name();
    let offset = view.snapshot.clock_offset().ok_or_else(|| Gap::new(format!("clock of {name}"), Reason::NotReported))?;
    let least = offset.least();
    if least.unsigned_abs() <= knobs.time("above") {
        return Ok(Vec::new());
    }
    let side = if least.is_positive() { "ahead of" } else { "behind" };
    let sentence = format!("the clock of {name} is at least {} {side} the clock here", time_text(least.unsigned_abs()));
    let fact = format!("offset between {:.1} s and {:.1} s", offset.low.as_secs_f64(), offset.high.as_secs_f64());
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(format!("Date header, {}", own_words(view)), fact, view.snapshot.exchange.answered)])
}

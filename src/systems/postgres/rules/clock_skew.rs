//! The clock of a server differs from ours. Schedules, certificates, password ends and the reading of logs depend on it.

use super::{read, seconds_text, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::twofold::CLOCK_SKEW;

pub(super) const RULE: Rule<Snapshot> = Rule { info: CLOCK_SKEW, judge };

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.clock, "clock")?;
    let clock = sample.value;
    let least = clock.ahead_seconds.abs() - clock.uncertainty_seconds;
    if least <= knobs.seconds("above") {
        return Ok(Vec::new());
    }
    let side = if clock.ahead_seconds > 0.0 { "ahead of" } else { "behind" };
    let sentence = format!("the clock of {} is at least {} {side} the clock here", view.name(), seconds_text(least));
    let fact = format!("{} there, {:+.3} s (to within {:.3} s)", clock.server, clock.ahead_seconds, clock.uncertainty_seconds);
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(witness(view, "clock_timestamp()"), fact, sample.taken_at)])
}

//! A database comes near the end of its transaction ids. The server refuses writes 3 million before the end.

use super::{read, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "wraparound",
        sentence: "a database comes near the end of its transaction or multixact ids",
        required: false,
        knobs: &[
            Knob { name: "warning", default: Quantity::Percent(40.0), doc: "share of the ids used up; vacuum is forced at about 10 %" },
            Knob { name: "critical", default: Quantity::Percent(75.0), doc: "the same; vacuum's own failsafe begins at 75 %" },
        ],
        cure: "Find what holds the horizon back (old transaction, prepared transaction, slot, standby feedback) and end that first; then vacuum the oldest \
               tables: `vacuum (freeze, verbose)`, largest `age(relfrozenxid)` first, without a cost limit.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.wraparound, "age of transaction ids")?;
    let mut raised = Vec::new();
    for database in &sample.value {
        let (what, share) = if database.mxid_percent() > database.pct_to_wraparound {
            ("multixact ids", database.mxid_percent())
        } else {
            ("transaction ids", database.pct_to_wraparound)
        };
        let severity = match share {
            share if share >= knobs.percent("critical") => Severity::Critical,
            share if share >= knobs.percent("warning") => Severity::Warning,
            _ => continue,
        };
        let name = database.datname.raw();
        let fact = format!("{name}: age {} of 2147483647, multixact age {}", database.xid_age, database.mxid_age);
        let sentence = format!("database {name} on {} has used up {share:.1} % of its {what}", view.name());
        raised.push(Raised::new(severity, sentence).object(name).seen(witness(view, "pg_database"), fact, sample.taken_at));
    }
    Ok(raised)
}

//! A sequence comes near its last value: the next insert beyond it fails.

use super::{read, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "sequence-near-end",
        sentence: "a sequence comes near its last value",
        required: false,
        knobs: &[Knob { name: "above", default: Quantity::Percent(80.0), doc: "share of the values used up that is a warning" }],
        cure: "Plan the change of the column to bigint now, while there is time; `alter sequence ... as bigint` alone does not help an integer column.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.sequences, "sequences")?;
    let near = sample.value.iter().flatten().filter(|sequence| sequence.pct >= knobs.percent("above"));
    let raised = near.map(|sequence| {
        let name = sequence.seq.raw();
        let sentence = format!("sequence {name} on {} has used up {:.1} % of its values", view.name(), sequence.pct);
        let fact = format!("last value {} of {}", sequence.last_value, sequence.max_value);
        Raised::new(Severity::Warning, sentence).object(name).seen(witness(view, "pg_sequences"), fact, sample.taken_at)
    });
    Ok(raised.collect())
}

//! A sequence comes near its last value: the next insert beyond it fails.

use super::{read, witness};
use crate::config::Quantity;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "sequence-near-end",
        sentence: "a sequence comes near its last value",
        required: false,
        knobs: &[Knob { name: "above", default: Quantity::Percent(80.0), doc: "share of the values used up that is a warning" }],
        cure: "Plan the change of the column to bigint now, while there is time; `alter sequence ... as bigint` alone does not help an integer column. A sequence that the \
               role may not select from stays unknown: `grant select on sequence` where it matters.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.sequences, "sequences")?;
    let sequences = sample.value.as_deref().unwrap_or_default();
    let near = sequences.iter().filter_map(|sequence| Some((sequence, sequence.pct.filter(|share| *share >= knobs.percent("above"))?)));
    let raised: Vec<Raised> = near
        .map(|(sequence, share)| {
            let name = sequence.seq.raw();
            let sentence = format!("sequence {name} on {} has used up {share:.1} % of its values", view.name());
            let last = sequence.last_value.map_or_else(|| "?".to_owned(), |last| last.to_string());
            let fact = format!("last value {last} of {}", sequence.max_value);
            Raised::new(Severity::Warning, sentence).object(name).seen(witness(view, "pg_sequences"), fact, sample.taken_at)
        })
        .collect();
    // what is known to be near its end is said, whatever else may be hidden; of many sequences the hidden ones are cut away first, and counted
    let hidden = sequences.iter().find(|sequence| sequence.last_value.is_none() && sequence.readable != Some(true));
    let unreadable = sequences.iter().filter_map(|sequence| sequence.unreadable).max().filter(|count| *count > 0);
    let which = match (unreadable, hidden) {
        (Some(count), _) if count > 1 => Some(format!("position of {count} sequences on {}", view.name())),
        (_, Some(hidden)) => Some(format!("position of sequence {} on {}", hidden.seq.raw(), view.name())),
        (Some(_), None) => Some(format!("position of a sequence on {}", view.name())),
        (None, None) => None,
    };
    settled(raised, which.map(|fact| Gap::new(fact, Reason::NoPrivilege)))
}

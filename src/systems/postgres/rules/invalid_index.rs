//! An index that every write keeps up and no query can use: a concurrent build that failed, or one that is under way.

use super::{MOST, read, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "invalid-index",
        sentence: "an index cannot be used by queries",
        required: false,
        knobs: &[],
        cure: "If no `create index concurrently` is under way, `drop index concurrently` it and build it again.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.invalid_indexes, "indexes")?;
    let raised = sample.value.iter().flatten().take(MOST).map(|index| {
        let name = index.index.raw();
        let fact = format!("{name}: indisready {}, indislive {}", index.indisready, index.indislive);
        let sentence = format!("index {name} of {} on {} is invalid", index.table.raw(), view.name());
        Raised::new(Severity::Info, sentence).object(name).seen(witness(view, "pg_index"), fact, sample.taken_at)
    });
    Ok(raised.collect())
}

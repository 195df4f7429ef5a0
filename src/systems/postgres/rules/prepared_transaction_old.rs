//! A prepared transaction that nobody ends: it keeps its locks and holds back vacuum through every restart.

use super::{MOST, read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "prepared-transaction-old",
        sentence: "a prepared transaction is not ended by its coordinator",
        required: false,
        knobs: &[Knob { name: "above", default: Quantity::Time(Duration::from_mins(5)), doc: "from this age on a warning" }],
        cure: "Ask its coordinator what was decided. Then, in that database and as its owner, `commit prepared 'GID'` or `rollback prepared 'GID'`.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.prepared, "prepared transactions")?;
    let old = sample.value.iter().flatten().filter(|one| one.age_s >= knobs.seconds("above"));
    let raised = old.take(MOST).map(|one| {
        let gid = one.gid.raw();
        let raw = |text: &Option<crate::text::Untrusted>| text.as_ref().map_or_else(|| "?".to_owned(), |text| text.raw().to_owned());
        let sentence = format!("prepared transaction {gid} on {} is {} old", view.name(), seconds_text(one.age_s));
        let fact = format!("{gid} of {} in {}", raw(&one.owner), raw(&one.database));
        Raised::new(Severity::Warning, sentence).object(gid).seen(witness(view, "pg_prepared_xacts"), fact, sample.taken_at).began(one.prepared)
    });
    Ok(raised.collect())
}

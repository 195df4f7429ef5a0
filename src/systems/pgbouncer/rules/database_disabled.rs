//! A database is disabled: new clients are refused, those that are in stay. Somebody said DISABLE and not ENABLE.

use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "database-disabled",
        sentence: "the pooler refuses new clients of a database",
        required: true,
        knobs: &[],
        cure: "unless it is meant: ENABLE the database on the console of this pooler",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let databases = view.snapshot.databases.known(format!("databases of {}", view.name()))?;
    let taken_at = view.snapshot.databases.taken_at().unwrap_or(view.taken_at);
    let ours = || databases.iter().filter(|database| concerns(view.endpoint, &database.name));
    let untold = ours().find(|database| database.disabled.is_none());
    let untold = untold.map(|database| Gap::new(format!("whether {} is disabled on {}", database.name.raw(), view.name()), Reason::NotReported));
    let disabled = ours().filter(|database| database.disabled == Some(true));
    let raised = disabled
        .map(|database| {
            Raised::new(Severity::Critical, format!("database {} is disabled on {} and refuses new clients", database.name.raw(), view.name()))
                .object(database.name.clone())
                .seen(format!("SHOW DATABASES of {}", view.name()), "disabled 1", taken_at)
        })
        .collect();
    settled(raised, untold)
}

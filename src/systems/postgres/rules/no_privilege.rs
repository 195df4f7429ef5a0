//! Our role may not see what the rules need. The server does not refuse: it answers with NULLs and fewer rows, which must not read as health.

use super::{read, witness};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "no-privilege",
        sentence: "the role we log in as may not see what is needed",
        required: false,
        knobs: &[],
        cure: "Run on the primary what `opsctl privileges` prints: the role needs `pg_monitor` and nothing else.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.identity, "privileges")?;
    let identity = &sample.value;
    let told = |flag: Option<bool>| flag.ok_or_else(|| Gap::new(format!("privileges on {}", view.name()), Reason::NotReported));
    let (stats, settings, all) = (told(identity.reads_all_stats)?, told(identity.reads_all_settings)?, told(identity.monitors)?);
    let (severity, what) = match (stats, settings, all) {
        (true, true, true) => return Ok(Vec::new()),
        (false, _, _) => (Severity::Warning, "may not see the sessions and standbys of others"),
        (true, false, _) => (Severity::Warning, "may not see all settings"),
        (true, true, false) => (Severity::Info, "is no member of pg_monitor"),
    };
    let role = identity.role.as_ref().map_or("?", |role| role.raw());
    let fact = format!("{role}: pg_monitor {all}, pg_read_all_stats {stats}, pg_read_all_settings {settings}");
    let sentence = format!("role {role} {what} on {}", view.name());
    Ok(vec![Raised::new(severity, sentence).seen(witness(view, "pg_has_role()"), fact, sample.taken_at)])
}

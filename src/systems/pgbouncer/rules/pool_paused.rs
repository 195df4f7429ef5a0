//! A database is paused, or the whole pooler is: its clients hang until somebody says RESUME, or until `query_wait_timeout` drops them.
//!
//! A pause is a state of the process: it outlives the console that made it. KILL leaves one behind too. 1.18 does not tell of a global PAUSE.

use crate::config::Quantity;
use crate::model::{Moment, Reading, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::first_seen::for_so_long;
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};
use std::time::Duration;

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "pool-paused",
        sentence: "a pool is paused and its clients hang",
        required: true,
        knobs: &[Knob { name: "for", default: Quantity::Time(Duration::from_secs(30)), doc: "critical when it was paused for this long" }],
        cure: "unless a runbook is at work (`opsctl run list`): RESUME the database on the console of this pooler",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let databases = view.snapshot.databases.known(format!("databases of {}", view.name()))?;
    let taken_at = view.snapshot.databases.taken_at().unwrap_or(view.taken_at);
    let severity = |paused: Duration| if paused >= knobs.time("for") { Severity::Critical } else { Severity::Warning };
    let passed = |since: Option<Moment>, until: Moment| since.map_or(Duration::ZERO, |since| until.since(since));
    let mut raised = Vec::new();
    for database in databases.iter().filter(|database| database.paused == Some(true) && concerns(view.endpoint, &database.name)) {
        let paused = passed(database.paused_since, taken_at);
        let waiting = waiting_in(view, Some(database.name.raw()));
        let sentence = format!("database {} is paused{}{waiting}", database.name.raw(), for_so_long(paused));
        let finding = Raised::new(severity(paused), sentence).object(database.name.clone()).seen_since(database.paused_since.map(|since| since.wall));
        raised.push(finding.seen(format!("SHOW DATABASES of {}", view.name()), "paused 1", taken_at));
    }
    match &view.snapshot.process {
        Reading::Known(sample) if sample.value.paused => {
            let paused = passed(sample.value.since, sample.taken_at);
            let sentence = format!("the whole pooler is paused{}{}", for_so_long(paused), waiting_in(view, None));
            raised.push(Raised::new(severity(paused), sentence).seen_since(sample.value.since.map(|since| since.wall)).seen(
                format!("SHOW STATE of {}", view.name()),
                "paused yes",
                sample.taken_at,
            ));
        }
        // 1.18 cannot tell; clients that wait are seen all the same
        Reading::Known(_) | Reading::Unknown { reason: Reason::NotSupported(_), .. } => {}
        Reading::Unknown { .. } if raised.is_empty() => {
            view.snapshot.process.known(format!("state of {}", view.name()))?;
        }
        Reading::Unknown { .. } => {}
    }
    Ok(raised)
}

/// `, 12 clients wait`, where that is known and not zero.
fn waiting_in(view: &View<'_, PoolerSnapshot>, database: Option<&str>) -> String {
    let pools = view.snapshot.pools.value().into_iter().flatten();
    let pools = pools.filter(|pool| database.is_none_or(|name| pool.database.raw() == name));
    match pools.filter_map(|pool| pool.clients_waiting).sum::<u64>() {
        0 => String::new(),
        1 => ", 1 client waits".to_owned(),
        count => format!(", {count} clients wait"),
    }
}

//! Clients wait for a server: the pool is too small, or what it leads to is slow or gone.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::first_seen::began_by;
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};
use std::time::Duration;

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "clients-waiting",
        sentence: "clients wait for a server connection",
        required: true,
        knobs: &[
            Knob { name: "for", default: Quantity::Time(Duration::from_mins(1)), doc: "warn when the queue was not empty for this long" },
            Knob { name: "wait", default: Quantity::Time(Duration::from_secs(10)), doc: "warn at once when the oldest client waits longer" },
            Knob { name: "wait-critical", default: Quantity::Time(Duration::from_secs(30)), doc: "critical when the oldest client waits longer" },
        ],
        cure: "find who holds the servers (`opsctl activity`, `opsctl locks`) before the pool is made larger; clients are dropped after query_wait_timeout",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let witness = format!("SHOW POOLS of {}", view.name());
    let pools = view.snapshot.pools.known(format!("pools of {}", view.name()))?;
    let taken_at = view.snapshot.pools.taken_at().unwrap_or(view.taken_at);
    let mut raised = Vec::new();
    let mut untold = None;
    for pool in pools.iter().filter(|pool| concerns(view.endpoint, &pool.database)) {
        let name = format!("{}/{}", pool.database.raw(), pool.user.raw());
        let waiting = match pool.clients_waiting {
            Some(0) => continue,
            Some(waiting) => waiting,
            None => {
                untold = untold.or_else(|| Some(Gap::new(format!("waiting clients of {name}"), Reason::NotReported)));
                continue;
            }
        };
        if pool.oldest_wait.is_none() {
            untold = untold.or_else(|| Some(Gap::new(format!("longest wait of {name}"), Reason::NotReported)));
        }
        // the oldest wait of the server counts from before we looked
        let queued = pool.waiting_since.map_or(Duration::ZERO, |since| taken_at.since(since)).max(pool.oldest_wait.unwrap_or_default());
        let waits = |knob: &str| pool.oldest_wait.is_some_and(|oldest| oldest >= knobs.time(knob));
        let severity = if waits("wait-critical") {
            Severity::Critical
        } else if waits("wait") || queued >= knobs.time("for") {
            Severity::Warning
        } else {
            continue;
        };
        let clients = if waiting == 1 { "1 client waits".to_owned() } else { format!("{waiting} clients wait") };
        let oldest = pool.oldest_wait.map_or_else(|| "a time that is not told".to_owned(), time_text);
        let sentence =
            format!("{clients} in pool {name} of {}, the oldest for {oldest}, the queue stands for at least {}", view.name(), time_text(queued));
        let servers = pool.servers().map_or("unknown".to_owned(), |count| count.to_string());
        let fact = format!("cl_waiting {waiting}, maxwait {oldest}, server connections {servers}");
        raised.push(
            Raised::new(severity, sentence)
                .object(name)
                .seen_since(began_by(pool.waiting_since, pool.oldest_wait, taken_at))
                .seen(&witness, fact, taken_at),
        );
    }
    settled(raised, untold)
}

//! Soon no more clients are let in: `max_client_conn` of the process, or `max_client_connections` of a database (1.24 and newer).

use crate::config::Quantity;
use crate::model::{Gap, Moment, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::counts::percent;
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "max-client-connections-near-limit",
        sentence: "the pooler soon lets no more clients in",
        required: false,
        knobs: &[
            Knob { name: "warn", default: Quantity::Percent(80.0), doc: "warn from this share of the limit" },
            Knob { name: "critical", default: Quantity::Percent(95.0), doc: "critical from this share of the limit" },
        ],
        cure: "raise max_client_conn (and the limit of open files), add a pooler, or find the application that leaks connections",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let clients_fact = || format!("clients of {}", view.name());
    let limit_fact = || format!("max_client_conn of {}", view.name());
    let lists = view.snapshot.lists.known(clients_fact())?;
    let clients = lists.clients.ok_or_else(|| Gap::new(clients_fact(), Reason::NotReported))?;
    let settings = view.snapshot.settings.known(limit_fact())?;
    let limit = settings.count("max_client_conn").ok_or_else(|| Gap::new(limit_fact(), Reason::NotReported))?;
    let taken_at = view.snapshot.lists.taken_at().unwrap_or(view.taken_at);
    let mut raised: Vec<Raised> = near(knobs, clients, limit, &format!("the pooler {}", view.name()), taken_at, view.name()).into_iter().collect();
    let mut untold = None;
    for database in view.snapshot.databases.value().into_iter().flatten().filter(|database| concerns(view.endpoint, &database.name)) {
        if let (None, Some(1..)) = (database.clients, database.max_clients) {
            untold = untold.or_else(|| Some(Gap::new(format!("clients of {} on {}", database.name.raw(), view.name()), Reason::NotReported)));
        }
        // a limit of 0 is none; before 1.24 there is no such limit
        if let (Some(clients), Some(limit @ 1..)) = (database.clients, database.max_clients) {
            let taken_at = view.snapshot.databases.taken_at().unwrap_or(view.taken_at);
            let finding = near(knobs, clients, limit, &format!("database {} on {}", database.name.raw(), view.name()), taken_at, view.name());
            raised.extend(finding.map(|finding| finding.object(database.name.clone())));
        }
    }
    settled(raised, untold)
}

fn near(knobs: &Knobs<'_>, clients: u64, limit: u64, of: &str, taken_at: Moment, name: &str) -> Option<Raised> {
    let percent = percent(clients, limit);
    let severity = if percent >= knobs.percent("critical") {
        Severity::Critical
    } else if percent >= knobs.percent("warn") {
        Severity::Warning
    } else {
        return None;
    };
    let finding = Raised::new(severity, format!("{of} has {clients} of {limit} clients ({percent:.0} %)"));
    Some(finding.seen(format!("console of {name}"), format!("{clients} clients, limit {limit}"), taken_at))
}

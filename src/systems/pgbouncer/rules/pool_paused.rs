//! A database is paused, or the whole pooler is: its clients hang until somebody says RESUME, or until `query_wait_timeout` drops them.
//!
//! A pause is a state of the process: it outlives the console that made it. KILL leaves one behind too. 1.18 does not tell of a global PAUSE.
//! The server does not tell since when. Its clients do: whoever waits has waited by the server's own time, so that one look is enough to see an outage.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::model::{Gap, Moment, Reading, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::first_seen::{began_by, for_so_long};
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};
use crate::systems::place::host_and_port;
use std::time::Duration;

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "pool-paused",
        sentence: "a pool is paused and its clients hang",
        required: true,
        knobs: &[Knob {
            name: "for",
            default: Quantity::Time(Duration::from_secs(30)),
            doc: "critical when it was paused, or a client of it has waited, for this long",
        }],
        cure: "Unless somebody paused it for work that is still under way: RESUME the database on the console of this pooler.",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let databases = view.snapshot.databases.known(format!("databases of {}", view.name()))?;
    let taken_at = view.snapshot.databases.taken_at().unwrap_or(view.taken_at);
    let severity = |paused: Duration| if paused >= knobs.time("for") { Severity::Critical } else { Severity::Warning };
    let passed = |since: Option<Moment>, until: Moment| since.map_or(Duration::ZERO, |since| until.since(since));
    let mut untold = databases
        .iter()
        .find(|database| database.paused.is_none() && concerns(view.endpoint, &database.name))
        .map(|database| Gap::new(format!("whether {} is paused on {}", database.name.raw(), view.name()), Reason::NotReported));
    let mut raised = Vec::new();
    for database in databases.iter().filter(|database| database.paused == Some(true) && concerns(view.endpoint, &database.name)) {
        let paused = passed(database.paused_since, taken_at);
        let waiting = Waiting::of(view, Some(database.name.raw()));
        let sentence = format!("database {} is paused on {}{}{}", database.name.raw(), view.name(), for_so_long(paused), waiting.told(view));
        let finding = Raised::new(severity(paused.max(waiting.oldest)), sentence).object(database.name.clone()).seen_since(began_by(
            database.paused_since,
            waiting.longest(),
            taken_at,
        ));
        let finding = finding.seen(format!("SHOW DATABASES of {}", view.name()), "paused 1", taken_at);
        raised.push(match resume(view, Some(database.name.raw())) {
            Some(cure) => finding.cured(cure),
            None => finding,
        });
    }
    match &view.snapshot.process {
        Reading::Known(sample) if sample.value.paused => {
            let paused = passed(sample.value.since, sample.taken_at);
            let waiting = Waiting::of(view, None);
            let sentence = format!("the whole pooler {} is paused{}{}", view.name(), for_so_long(paused), waiting.told(view));
            let finding = Raised::new(severity(paused.max(waiting.oldest)), sentence)
                .seen_since(began_by(sample.value.since, waiting.longest(), sample.taken_at))
                .seen(format!("SHOW STATE of {}", view.name()), "paused yes", sample.taken_at);
            raised.push(match resume(view, None) {
                Some(cure) => finding.cured(cure),
                None => finding,
            });
        }
        // 1.18 cannot tell; clients that wait are seen all the same
        Reading::Known(_) | Reading::Unknown { reason: Reason::NotSupported(_), .. } => {}
        unknown @ Reading::Unknown { .. } => untold = untold.or(unknown.known(format!("state of {}", view.name())).err()),
    }
    settled(raised, untold)
}

/// The cure with the line to type; `None` where the address has no port, or the name holds what a shell or `PgBouncer` would take for more than a name.
fn resume(view: &View<'_, PoolerSnapshot>, database: Option<&str>) -> Option<String> {
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:/@".contains(&byte));
    let (host, port) = host_and_port(view.endpoint).filter(|(host, _)| plain(host) && !host.starts_with('-'))?;
    let user = match &view.endpoint.write {
        Some(login) if plain(&login.user) => login.user.as_str(),
        _ => "ADMIN",
    };
    let command = match database {
        Some(database) if plain(database) => format!("RESUME \"{database}\""),
        Some(_) => return None,
        None => "RESUME".to_owned(),
    };
    Some(format!(
        "Unless somebody paused it for work that is still under way: `psql -h {host} -p {port} -U {user} pgbouncer -c '{command}'`, as one of its admin_users."
    ))
}

/// Who waits for the end of a pause; nobody where that is not known.
struct Waiting {
    clients: u64,
    /// How long the first of them waits, by the server's own time.
    oldest: Duration,
}

impl Waiting {
    /// In the pools of `database`, or in all of them.
    fn of(view: &View<'_, PoolerSnapshot>, database: Option<&str>) -> Waiting {
        let pools = view.snapshot.pools.value().into_iter().flatten();
        let pools = pools.filter(|pool| database.is_none_or(|name| pool.database.raw() == name) && concerns(view.endpoint, &pool.database));
        pools.fold(Waiting { clients: 0, oldest: Duration::ZERO }, |sum, pool| match pool.clients_waiting {
            None | Some(0) => sum,
            Some(count) => Waiting { clients: sum.clients.saturating_add(count), oldest: sum.oldest.max(pool.oldest_wait.unwrap_or_default()) },
        })
    }

    /// How long it is paused at the least, by the first who waits.
    fn longest(&self) -> Option<Duration> {
        (self.clients > 0).then_some(self.oldest)
    }

    /// `, 12 clients wait to write, the oldest for 31s`.
    fn told(&self, view: &View<'_, PoolerSnapshot>) -> String {
        let why = if view.endpoint.body.text("route") == Some("write") { " to write" } else { "" };
        let oldest = time_text(self.oldest);
        match self.clients {
            0 => String::new(),
            1 => format!(", 1 client waits{why} for {oldest}"),
            count => format!(", {count} clients wait{why}, the oldest for {oldest}"),
        }
    }
}

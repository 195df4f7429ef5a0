//! A pool gets no server connection: clients wait, or logins are tried, and none stands. The server is gone, full, or refuses the login.
//!
//! Newer versions answer such clients at once, so that nobody waits; then only the attempts are seen.

use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::first_seen::began_by;
use crate::systems::pgbouncer::{concerns, snapshot::PoolerSnapshot};
use std::time::Duration;

pub(super) const RULE: Rule<PoolerSnapshot> = Rule {
    info: RuleInfo {
        id: "pool-login-failing",
        sentence: "a pool that is wanted has no server connection",
        required: true,
        knobs: &[Knob {
            name: "for",
            default: Quantity::Time(Duration::from_secs(5)),
            doc: "raise when it lasts this long; a first login takes a moment",
        }],
        cure: "look at the log of the pooler for \"login failed\"; then: is the server up, is max_connections reached, is the secret the right one?",
    },
    judge,
};

fn judge(view: &View<'_, PoolerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let pools = view.snapshot.pools.known(format!("pools of {}", view.name()))?;
    let taken_at = view.snapshot.pools.taken_at().unwrap_or(view.taken_at);
    // a paused pool has no servers by intention
    let held = |name: &str| {
        let paused =
            view.snapshot.databases.value().into_iter().flatten().any(|database| database.name.raw() == name && database.paused == Some(true));
        paused || view.snapshot.process.value().is_some_and(|process| process.paused || process.suspended)
    };
    let ours = || pools.iter().filter(|pool| concerns(view.endpoint, &pool.database) && !held(pool.database.raw()));
    let untold = ours().find(|pool| pool.lacks_servers().is_none()).map(|pool| {
        Gap::new(format!("servers and waiting clients of {}/{} on {}", pool.database.raw(), pool.user.raw(), view.name()), Reason::NotReported)
    });
    let mut raised = Vec::new();
    for pool in ours().filter(|pool| pool.lacks_servers() == Some(true)) {
        let waiting = pool.clients_waiting.unwrap_or(0);
        let oldest = if waiting > 0 { pool.oldest_wait.unwrap_or_default() } else { Duration::ZERO };
        let lasted = pool.without_server_since.map_or(Duration::ZERO, |since| taken_at.since(since)).max(oldest);
        if lasted < knobs.time("for") {
            continue;
        }
        let name = format!("{}/{}", pool.database.raw(), pool.user.raw());
        let login = pool.servers_login.unwrap_or(0);
        let severity = if waiting > 0 { Severity::Critical } else { Severity::Warning };
        let sentence = format!(
            "pool {name} of {} gets no server connection for at least {}: {waiting} waiting, {login} logging in",
            view.name(),
            time_text(lasted)
        );
        let fact = format!("sv_active 0, sv_idle 0, sv_used 0, sv_tested 0, sv_login {login}, cl_waiting {waiting}");
        raised.push(Raised::new(severity, sentence).object(name).seen_since(began_by(pool.without_server_since, Some(oldest), taken_at)).seen(
            format!("SHOW POOLS of {}", view.name()),
            fact,
            taken_at,
        ));
    }
    settled(raised, untold)
}

//! A server is in DRAIN or MAINT, or has no weight: somebody took it out, and it counts for nothing until somebody puts it back.

use super::{describe, witness};
use crate::config::Quantity;
use crate::config::quantity::time_text;
use crate::model::{Moment, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::{BalancerSnapshot, Server};
use crate::systems::haproxy::standing::Standing;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "server-set-aside",
        sentence: "a server is in DRAIN or MAINT and takes no sessions",
        required: true,
        knobs: &[Knob {
            name: "for",
            default: Quantity::Time(Duration::from_hours(1)),
            doc: "warn when it is so for this long; before, it is worth knowing",
        }],
        cure: "unless the maintenance goes on: `set server BACKEND/SERVER state ready` (or weight 100%) on the runtime socket; a name without address: see the resolver",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; the rows that it reads are the answer itself")]
fn judge(view: &View<'_, BalancerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let mut raised = Vec::new();
    for backend in &view.snapshot.backends {
        for server in &backend.servers {
            let Some(how) = how(server) else { continue };
            let lasted = server.last_change;
            let long = lasted.is_some_and(|lasted| lasted >= knobs.time("for")) || server.standing() == Standing::Unresolved;
            let name = format!("{}/{}", backend.name.raw(), server.name.raw());
            let time = lasted.map_or(String::new(), |lasted| format!(" for {}", time_text(lasted)));
            let finding = Raised::new(if long { Severity::Warning } else { Severity::Info }, format!("server {name} {how}{time}"));
            let finding = finding.object(name).began(lasted.and_then(|lasted| before(view.snapshot.taken_at, lasted)));
            raised.push(finding.seen(witness(view), describe(server), view.snapshot.taken_at));
        }
    }
    Ok(raised)
}

fn how(server: &Server) -> Option<&'static str> {
    match server.standing() {
        Standing::Drain => Some("drains: it keeps its sessions and gets no new ones"),
        Standing::Maintenance => Some("is in maintenance"),
        Standing::Unresolved => Some("is out because its name has no address"),
        Standing::NoNewSessions => Some("asks for no new sessions"),
        // the time of the last change is that of its status, not of its weight
        Standing::Up | Standing::GoingDown | Standing::Unchecked if server.weight == Some(0) => {
            Some("has weight 0 and gets no new sessions; its status stands")
        }
        Standing::Up | Standing::GoingDown | Standing::Unchecked | Standing::GoingUp | Standing::Down | Standing::Unknown => None,
    }
}

fn before(now: Moment, passed: Duration) -> Option<Timestamp> {
    now.wall.checked_sub(SignedDuration::try_from(passed).ok()?).ok()
}

//! Patroni of a member says one thing and PostgreSQL of the same member another: whoever asks Patroni alone, as balancers do, is led wrong.
//!
//! Who holds the lock and who accepts writes is judged by others; this one tells that a witness cannot be trusted.

use crate::config::Quantity;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, Verdict};
use crate::systems::patroni::words::{Phase, Role};
use crate::systems::postgres::{Postgres, is_writable};
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "role-disagrees",
        sentence: "Patroni and PostgreSQL of one member do not agree who it is",
        required: false,
        knobs: &[Knob {
            name: HOLDS,
            default: Quantity::Time(Duration::from_secs(25)),
            doc: "in a change of leader one of the two knows first, and Patroni looks again after its `loop_wait`, 10 s unless said",
        }],
        cure: "Read the log of Patroni on that member, and look whether the two endpoints are of one member (`opsctl doctor`). Balancers follow Patroni: do not \
               change the leader before the two agree.",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; who does not answer is told by others")]
fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let servers = view.members::<Postgres>();
    let mut raised = Vec::new();
    for member in Told::of(view).views() {
        let own = &member.snapshot.own;
        let is_its = |name: &str| name == member.name() || own.name.as_deref() == Some(name);
        let Some((server, writable, at)) = servers.iter().filter(|server| is_its(server.name())).find_map(|server| {
            let known = is_writable(server.view.as_ref().ok()?.snapshot);
            Some((server.name(), *known.value()?, known.taken_at()?))
        }) else {
            continue;
        };
        let said = match writable {
            false if member.snapshot.says_writable() => "the running primary, and its PostgreSQL is in recovery",
            true if own.role == Role::Replica && own.state.phase() == Phase::Up => "a replica, and its PostgreSQL accepts writes",
            _ => continue,
        };
        raised.push(
            Raised::new(Severity::Warning, format!("Patroni of {} says that it is {said}", member.name()))
                .on(member.name())
                .seen(format!("GET /patroni of {}", member.name()), format!("{}, {}", own.role.word(), own.state.word()), member.taken_at)
                .seen(format!("pg_is_in_recovery() of {server}"), (!writable).to_string(), at),
        );
    }
    Ok(raised)
}

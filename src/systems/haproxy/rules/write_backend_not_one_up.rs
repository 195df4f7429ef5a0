//! Exactly one server may take writes. None is an outage; two are a split brain, or checks that do not ask for the primary.
//!
//! For a moment during a switchover the old primary still counts as UP while its checks fail already: that is a warning, not an alarm.

use super::{describe, named, names, with_rows};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::{Backend, BalancerSnapshot};
use crate::systems::haproxy::standing::Standing;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "write-backend-not-one-up",
        sentence: "not exactly one server takes writes",
        required: false,
        knobs: &[],
        cure: "none: find the primary (`opsctl topology`) and why its check fails; two: ask every member whether it is writable and fence the one that must not be",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let name = named(view, "write_backend")?;
    let Some(backend) = view.snapshot.backend(name) else {
        let finding = Raised::new(Severity::Critical, format!("{} has no backend {name}, which is to take the writes", view.name()));
        return Ok(vec![finding.object(name).seen(super::witness(view), format!("no row {name}/BACKEND"), view.snapshot.taken_at)]);
    };
    let raised = outage(backend).or_else(|| several(backend));
    let idle_backups: Vec<_> = backend.servers.iter().filter(|server| server.backup && server.willing()).collect();
    let raised = raised.or_else(|| {
        // traffic goes to one only, but a standby that passes the check shows that the check does not ask for the primary
        let beside = backend.takers().first().is_some_and(|taker| !taker.backup) && !idle_backups.is_empty();
        let sentence = || format!("backup {} in {name} is UP beside the primary: its check does not ask for the primary", names(&idle_backups));
        beside.then(|| Raised::new(Severity::Info, sentence()))
    });
    Ok(raised.map(|finding| with_rows(finding.object(name), view, backend)).into_iter().collect())
}

/// Nobody takes writes, or the backend says so of itself, or in words we do not know.
fn outage(backend: &Backend) -> Option<Raised> {
    let name = backend.name.raw();
    if backend.takers().is_empty() {
        let coming: Vec<_> = backend.servers.iter().filter(|server| server.standing() == Standing::GoingUp).collect();
        let coming = if coming.is_empty() { String::new() } else { format!("; {} is coming up", names(&coming)) };
        let of = backend.servers.len();
        return Some(Raised::new(Severity::Critical, format!("no server takes writes: 0 of {of} in backend {name} up{coming}")));
    }
    match backend.standing() {
        Standing::Up => None,
        Standing::Down => Some(Raised::new(Severity::Critical, format!("backend {name}, which takes the writes, is DOWN"))),
        _ => {
            let word = backend.status.as_ref().map_or("nothing", |word| word.raw());
            Some(Raised::new(Severity::Critical, format!("backend {name}, which takes the writes, says {word} of itself")))
        }
    }
}

fn several(backend: &Backend) -> Option<Raised> {
    let takers = backend.takers();
    let name = backend.name.raw();
    if let [one] = takers.as_slice() {
        let unchecked = one.standing() == Standing::Unchecked;
        let sentence = || format!("{} takes writes through {name} and nothing checks it: UP without proof", one.name.raw());
        return unchecked.then(|| Raised::new(Severity::Warning, sentence()));
    }
    let firm = takers.iter().filter(|server| server.standing() != Standing::GoingDown).count();
    if firm >= 2 {
        return Some(Raised::new(
            Severity::Critical,
            format!("{} servers take writes through {name}: {}; split brain?", takers.len(), names(&takers)),
        ));
    }
    let going: Vec<String> = takers.iter().filter(|server| server.standing() == Standing::GoingDown).map(|server| describe(server)).collect();
    Some(Raised::new(Severity::Warning, format!("{} servers take writes through {name} while one goes down: {}", takers.len(), going.join("; "))))
}

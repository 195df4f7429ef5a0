//! A status that no version we know has. It is not taken for health, and somebody has to know that it is not.

use super::{describe, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::BalancerSnapshot;
use crate::systems::haproxy::standing::Standing;
use crate::text::Untrusted;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "server-status-unknown",
        sentence: "a server or a backend has a status that opsctl does not know and does not count as up",
        required: true,
        knobs: &[],
        cure: "look the word up in the management guide of this HAProxy version, and tell those who build opsctl",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; the rows that it reads are the answer itself")]
fn judge(view: &View<'_, BalancerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let mut raised = Vec::new();
    let word =
        |status: &Option<Untrusted>| status.as_ref().map_or("no status at all".to_owned(), |word| format!("the unknown status {}", word.raw()));
    for backend in &view.snapshot.backends {
        if backend.standing() == Standing::Unknown {
            let name = backend.name.raw();
            let finding = Raised::new(Severity::Warning, format!("backend {name} has {}", word(&backend.status))).object(format!("{name}/BACKEND"));
            let said = backend.status.as_ref().map_or("no status", |word| word.raw());
            raised.push(finding.seen(witness(view), format!("backend {name} {said}"), view.snapshot.taken_at));
        }
        for server in backend.servers.iter().filter(|server| server.standing() == Standing::Unknown) {
            let name = format!("{}/{}", backend.name.raw(), server.name.raw());
            let finding = Raised::new(Severity::Warning, format!("server {name} has {}", word(&server.status))).object(name);
            raised.push(finding.seen(witness(view), describe(server), view.snapshot.taken_at));
        }
    }
    Ok(raised)
}

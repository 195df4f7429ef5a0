//! A backend has servers and none of them takes sessions. Backends that the configuration names are told by the rules on writes and on reads.

use super::with_rows;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::{Backend, BalancerSnapshot};
use crate::systems::haproxy::standing::Standing;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "backend-without-server",
        sentence: "a backend has no server that takes sessions",
        required: true,
        knobs: &[],
        cure: "see why its servers fail their check (`opsctl balancers`); set `write_backend` and `read_backend` of the endpoint, so that opsctl knows which of \
               them has to have a server",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let body = &view.endpoint.body;
    let named = [body.text("write_backend"), body.text("read_backend")];
    // who takes the writes was not said: it may be any of them
    let severity = if named.contains(&None) { Severity::Critical } else { Severity::Warning };
    let others = view.snapshot.backends.iter().filter(|backend| !backend.servers.is_empty() && !named.contains(&Some(backend.name.raw())));
    let raised = others.filter_map(|backend| {
        let finding = Raised::new(severity, sentence(backend)?).object(backend.name.clone());
        Some(with_rows(finding, view, backend))
    });
    Ok(raised.collect())
}

/// What is wrong with `backend`, by its servers and by its own row.
fn sentence(backend: &Backend) -> Option<String> {
    let name = backend.name.raw();
    match (backend.takers().len(), backend.standing()) {
        (0, _) => Some(format!("no server of backend {name} takes sessions: 0 of {} up", backend.servers.len())),
        // an unknown word is told by the rule on unknown words
        (_, Standing::Up | Standing::Unknown) => None,
        _ => Some(format!("backend {name} says {} of itself", backend.status.as_ref().map_or("nothing", |word| word.raw()))),
    }
}

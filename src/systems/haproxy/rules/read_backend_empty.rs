//! No server takes reads.

use super::{named, with_rows, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::BalancerSnapshot;
use crate::systems::haproxy::standing::Standing;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "read-backend-empty",
        sentence: "no server takes reads",
        required: false,
        knobs: &[],
        cure: "see why the replicas fail their check (`opsctl replication`); until one is back, readers can be pointed to the write route",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let name = named(view, "read_backend")?;
    let Some(backend) = view.snapshot.backend(name) else {
        let finding = Raised::new(Severity::Critical, format!("{} has no backend {name}, which is to take the reads", view.name()));
        return Ok(vec![finding.object(name).seen(witness(view), format!("no row {name}/BACKEND"), view.snapshot.taken_at)]);
    };
    let sentence = match (backend.takers().len(), backend.standing()) {
        (0, _) => format!("no server takes reads: 0 of {} in backend {name} up", backend.servers.len()),
        (_, Standing::Up) => return Ok(Vec::new()),
        _ => format!("backend {name}, which takes the reads, says {} of itself", backend.status.as_ref().map_or("nothing", |word| word.raw())),
    };
    Ok(vec![with_rows(Raised::new(Severity::Critical, sentence).object(name), view, backend)])
}

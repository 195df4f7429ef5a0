//! Sessions wait in a backend because every server is full.

use super::witness;
use crate::config::Quantity;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::first_seen::for_so_long;
use crate::systems::haproxy::snapshot::BalancerSnapshot;
use std::time::Duration;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "backend-queue",
        sentence: "sessions wait in a backend because its servers are full",
        required: true,
        knobs: &[
            Knob { name: "for", default: Quantity::Time(Duration::from_secs(30)), doc: "warn when the queue was not empty for this long" },
            Knob { name: "sessions", default: Quantity::Count(50), doc: "warn at once from this many waiting sessions" },
        ],
        cure: "compare maxconn of the servers with max_connections and with the size of the pools behind; find what holds the sessions",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let taken_at = view.snapshot.taken_at;
    let (mut raised, mut untold) = (Vec::new(), None);
    for backend in &view.snapshot.backends {
        let Some(queue) = backend.queue else {
            untold = untold.or_else(|| Some(Gap::new(format!("queue of {}", backend.name.raw()), Reason::NotReported)));
            continue;
        };
        let lasted = backend.queue_since.map_or(Duration::ZERO, |since| taken_at.since(since));
        if queue == 0 || (lasted < knobs.time("for") && queue < knobs.count("sessions")) {
            continue;
        }
        let sentence = format!("{queue} sessions wait in backend {}{}", backend.name.raw(), for_so_long(lasted));
        let finding = Raised::new(Severity::Warning, sentence).object(backend.name.clone()).seen_since(backend.queue_since.map(|since| since.wall));
        raised.push(finding.seen(witness(view), format!("{}/BACKEND qcur {queue}", backend.name.raw()), taken_at));
    }
    settled(raised, untold)
}

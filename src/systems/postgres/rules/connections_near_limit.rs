//! Nearly all connections that clients can have are taken: the next ones are refused.

use super::{read, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "connections-near-limit",
        sentence: "nearly all connections are taken",
        required: false,
        knobs: &[
            Knob { name: "warning", default: Quantity::Percent(80.0), doc: "share of the connections that clients can have" },
            Knob { name: "critical", default: Quantity::Percent(95.0), doc: "the same" },
        ],
        cure: "See who holds them (`opsctl activity`): idle sessions of one application are a pool that is too large, or clients that go past the pooler. \
               Lower that pool; a higher max_connections needs a restart and memory.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.connections, "connections")?;
    let (used, usable) = (sample.value.client_backends, sample.value.usable());
    #[expect(clippy::cast_precision_loss, reason = "connections are far fewer than 2^52")]
    let share = if usable == 0 { 100.0 } else { 100.0 * used as f64 / usable as f64 };
    let severity = match share {
        share if share >= knobs.percent("critical") => Severity::Critical,
        share if share >= knobs.percent("warning") => Severity::Warning,
        _ => return Ok(Vec::new()),
    };
    let sentence = format!("{used} of {usable} connections are taken on {} ({share:.0} %)", view.name());
    let count = &sample.value;
    let fact = format!(
        "{} active, {} idle, {} idle in a transaction{}; max_connections {}",
        count.active,
        count.idle,
        count.idle_in_xact,
        count.and_ours(),
        count.max_connections
    );
    Ok(vec![Raised::new(severity, sentence).seen(witness(view, "pg_stat_activity"), fact, sample.taken_at)])
}

//! A replica receives WAL from nobody: it falls behind while its own lag reads as none.

use super::{read, witness};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "replica-not-streaming",
        sentence: "a running replica does not stream from another server",
        required: false,
        knobs: &[],
        cure: "Look at the replica's log: `could not connect to the primary server` (password, pg_hba, network), `requested WAL segment has already been \
               removed` (reinitialise it), `highest timeline` (it has to be rewound). Directly after a failover or a restart it ends by itself.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.wal_receiver, "WAL receiver")?;
    let Some(receivers) = &sample.value else { return Ok(Vec::new()) };
    let name = view.name();
    let status = receivers.first().map(|receiver| receiver.status.as_ref().map_or("unknown", |status| status.raw()));
    let (sentence, fact) = match status {
        // waiting: for its start point after the end of a timeline, and connected
        Some("streaming" | "waiting") => return Ok(Vec::new()),
        Some(other) => (format!("{name} does not stream: its WAL receiver is \"{other}\""), format!("status {other}")),
        None => (format!("{name} is a replica and receives WAL from nobody"), "no row".to_owned()),
    };
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(witness(view, "pg_stat_wal_receiver"), fact, sample.taken_at)])
}

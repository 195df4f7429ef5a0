//! Somebody paused the replay of WAL: the replica falls behind on purpose, and cannot be promoted without losing what it did not replay yet.

use super::{read, witness};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "replay-paused",
        sentence: "the replay of WAL is paused on a replica",
        required: false,
        knobs: &[],
        cure: "Ask who paused it and why; then `select pg_wal_replay_resume()` on that replica. A changed limit such as max_connections that is too small for \
               the primary pauses it as well: the log says so, and a restart with the new value ends it.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.replica, "replay")?;
    if !sample.value.in_recovery {
        return Ok(Vec::new());
    }
    let paused = sample.value.replay_paused.ok_or_else(|| Gap::new(format!("replay of {}", view.name()), Reason::NotReported))?;
    if !paused {
        return Ok(Vec::new());
    }
    let sentence = format!("replay is paused on {}", view.name());
    let fact = sample.value.replay_lsn.map_or_else(|| "paused".to_owned(), |lsn| format!("paused at {lsn}"));
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(witness(view, "pg_is_wal_replay_paused()"), fact, sample.taken_at)])
}

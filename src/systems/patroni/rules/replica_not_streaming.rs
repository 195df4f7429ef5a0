//! A running replica that receives no WAL from another server: it falls behind, or it lives on the archive.

use super::own_words;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::patroni::words::{Phase, Role};
use crate::systems::twofold::REPLICA_NOT_STREAMING;

pub(super) const RULE: Rule<Snapshot> = Rule { info: REPLICA_NOT_STREAMING, judge };

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let own = &view.snapshot.own;
    // without a leader there is nobody to stream from, and that is said already
    if own.state.phase() != Phase::Up || own.unlocked.is_on() || !matches!(own.role, Role::Replica | Role::StandbyLeader) {
        return Ok(Vec::new());
    }
    let name = view.name();
    let how = match own.replication_state.as_deref() {
        Some("streaming") => return Ok(Vec::new()),
        Some("in archive recovery") if view.snapshot.says_archive_as_meant() => return Ok(Vec::new()),
        Some("in archive recovery") => format!("{name} takes its WAL from the archive instead of streaming it"),
        Some(other) => format!("{name} does not stream: its replication is \"{other}\""),
        None if !view.snapshot.tells_replication() => {
            let why = "Patroni before 3.0.4 does not tell how a replica receives its WAL".to_owned();
            return Err(Gap::new(format!("replication of {name}"), Reason::NotSupported(why)));
        }
        None => format!("{name} runs as {} and streams from nobody", own.role.word()),
    };
    // it may be that there is nobody to stream from
    own.unlocked.known(format!("cluster_unlocked of {name}"))?;
    let fact = own.replication_state.as_deref().map_or_else(|| "no replication_state".to_owned(), |state| format!("replication_state {state}"));
    Ok(vec![Raised::new(Severity::Warning, how).seen(own_words(view), fact, view.snapshot.exchange.answered)])
}

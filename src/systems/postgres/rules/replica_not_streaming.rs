//! A replica receives WAL from nobody: it falls behind while its own lag reads as none.

use super::{read, seconds_text, witness};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::first_seen::began_by;
use crate::systems::postgres::Snapshot;
use crate::systems::twofold::REPLICA_NOT_STREAMING;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule { info: REPLICA_NOT_STREAMING, judge };

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.wal_receiver, "WAL receiver")?;
    let Some(receivers) = &sample.value else { return Ok(Vec::new()) };
    let name = view.name();
    let status = receivers.first().map(|receiver| receiver.status.as_ref().map_or("unknown", |status| status.raw()));
    let mut silent = None;
    let (sentence, fact) = match status {
        // waiting: for its start point after the end of a timeline, and connected. A sender says something each 10 s at the least (a third of
        // wal_receiver_timeout), so one who heard nothing for long is frozen or cut off, whatever its state says
        Some("streaming" | "waiting") => match receivers.first().and_then(|receiver| receiver.last_msg_age_s) {
            // the clock of the server was set back: nobody can tell how long it has been silent
            Some(age) if age < -1.0 => {
                let why = format!("the last message lies {} ahead of the server's own clock", seconds_text(-age));
                return Err(Gap::new(format!("last message to the WAL receiver of {name}"), Reason::Malformed(why)));
            }
            Some(age) if age >= knobs.seconds("silent") => {
                silent = Duration::try_from_secs_f64(age).ok();
                (format!("{name} hears nothing from its source for {}", seconds_text(age)), format!("last message {} ago", seconds_text(age)))
            }
            _ => return Ok(Vec::new()),
        },
        Some(other) => (format!("{name} does not stream: its WAL receiver is \"{other}\""), format!("status {other}")),
        None => (format!("{name} is a replica and receives WAL from nobody"), "no row".to_owned()),
    };
    // by the server's own clock: it has not streamed since the last message
    let began = silent.and_then(|silent| began_by(None, Some(silent), sample.taken_at));
    Ok(vec![Raised::new(Severity::Warning, sentence).seen(witness(view, "pg_stat_wal_receiver"), fact, sample.taken_at).began(began)])
}

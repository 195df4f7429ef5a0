//! Commits wait for a synchronous standby that does not answer. Clients see no error and `statement_timeout` does not end the wait; Patroni stays green
//! until the standby's key expires.

use super::{counted, read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::{Gap, Moment, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::sessions::SyncRepWaiter;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "syncrep-stall",
        sentence: "commits wait for a synchronous standby",
        required: true,
        knobs: &[Knob {
            name: "above",
            default: Quantity::Time(Duration::from_secs(2)),
            doc: "a statement this old that was seen waiting for a standby twice is raised",
        }],
        cure: "Find out why the synchronous standby does not answer (frozen process, full disk, network) and free it, or end it so that Patroni chooses \
               another. Do not cancel the waiting sessions: their commits are durable here and would be acknowledged without a second copy.",
    },
    judge,
};

/// When the first of them was seen to wait: the server does not tell when a wait for a standby began, and its statement may be hours older.
fn first_seen(stalled: &[(&SyncRepWaiter, f64)], taken_at: Moment) -> Option<Timestamp> {
    let longest = stalled.iter().filter_map(|(waiter, _)| waiter.seen_waiting_s).max_by(f64::total_cmp)?;
    taken_at.wall.checked_sub(SignedDuration::try_from_secs_f64(longest).ok()?).ok()
}

/// For whom they wait, where one stands out: ` behind pg3, which has not replied for 11s`.
fn behind(view: &View<'_, Snapshot>) -> String {
    let Some(senders) = view.snapshot.senders.value() else { return String::new() };
    let mut sync: Vec<_> = senders.iter().filter(|sender| sender.is_sync()).collect();
    sync.sort_by(|a, b| b.last_reply_age_s.unwrap_or(0.0).total_cmp(&a.last_reply_age_s.unwrap_or(0.0)));
    match sync.as_slice() {
        [] => String::new(),
        [one, ..] => match one.last_reply_age_s.filter(|silent| *silent >= 1.0) {
            Some(_) => format!(" behind {}, which {}", one.name.raw(), one.last_reply()),
            None if sync.len() == 1 => format!(" behind {}", one.name.raw()),
            None => String::new(),
        },
    }
}

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.syncrep_waiters, "commits waiting for a standby")?;
    // a replica has none
    let Some(waiters) = &sample.value else { return Ok(Vec::new()) };
    let limit = knobs.seconds("above");
    // one look meets waits of a millisecond, also at the end of an hour's statement; a stall is there at the second look
    let stalled: Vec<(&SyncRepWaiter, f64)> = waiters
        .iter()
        .filter_map(|waiter| waiter.query_age_s.map(|age| (waiter, age)))
        .filter(|(waiter, age)| *age >= limit && waiter.seen_waiting_s.is_some_and(|seen| seen > 0.0))
        .collect();
    // one look may have met a stall, and there was no time for the second
    let met_once = |waiter: &&SyncRepWaiter| waiter.seen_waiting_s.is_none() && waiter.query_age_s.is_some_and(|age| age >= limit);
    if stalled.is_empty() && waiters.iter().any(|waiter| met_once(&waiter)) {
        let why = "commits were met waiting, and no time was left to look whether they go on".to_owned();
        return Err(Gap::new(format!("commits waiting for a standby of {}", view.name()), Reason::NotReached(why)));
    }
    let Some((oldest, age)) = stalled.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else { return Ok(Vec::new()) };
    let sentence = format!(
        "writes stalled on SyncRep{}: {} of {}, oldest statement {}",
        behind(view),
        counted(oldest.waiting, "session"),
        view.name(),
        seconds_text(*age)
    );
    let mut raised = Raised::new(Severity::Critical, sentence).seen_since(first_seen(&stalled, sample.taken_at));
    for (waiter, age) in stalled.iter().take(3) {
        let application = waiter.application_name.as_ref().map_or("", |name| name.raw());
        let fact = format!("pid {} ({application}) waits in IPC/SyncRep, its statement is {} old", waiter.pid, seconds_text(*age));
        raised = raised.seen(witness(view, "pg_stat_activity"), fact, sample.taken_at);
    }
    if let Ok(senders) = read(view, &view.snapshot.senders, "senders") {
        let sync: Vec<_> = senders.value.iter().filter(|sender| sender.is_sync()).collect();
        for sender in &sync {
            let fact = format!("synchronous standby {} {}", sender.name.raw(), sender.last_reply());
            raised = raised.seen(witness(view, "pg_stat_replication"), fact, senders.taken_at);
        }
        if sync.is_empty() {
            raised = raised.seen(witness(view, "pg_stat_replication"), "no synchronous standby is connected", senders.taken_at);
        }
    }
    Ok(vec![raised])
}

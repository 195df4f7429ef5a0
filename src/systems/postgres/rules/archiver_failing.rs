//! WAL is not archived: the newest attempt failed, or segments pile up. Recovery to a point in time ends where the archive ends, `pg_wal` grows, and a
//! shutdown waits for the archiver.

use super::{counted, read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::{Gap, Severity};
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::wal::Archiver;
use jiff::Timestamp;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "archiver-failing",
        sentence: "WAL is not archived",
        required: false,
        knobs: &[
            Knob { name: "backlog", default: Quantity::Count(64), doc: "this many segments that wait for the archiver are a warning" },
            Knob {
                name: HOLDS,
                default: Quantity::Time(Duration::from_secs(3)),
                doc: "the archiver tries three times, a second apart, before it gives up for a minute",
            },
        ],
        cure: "Read the server's log for the error of archive_command (repository unreachable, full, wrong stanza or key) and mend it; the archiver tries again \
               by itself. Watch the free space of pg_wal until the backlog is gone, and do not switch over before: the shutdown waits for the archiver.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let identity = read(view, &view.snapshot.identity, "role")?;
    let sample = read(view, &view.snapshot.archiver, "archiver")?;
    let archiver = &sample.value;
    if !archiver.archives(identity.value.in_recovery) {
        return Ok(Vec::new());
    }
    let mut raised = Vec::new();
    if archiver.failing_now {
        let ago = |age: Option<f64>| age.map_or_else(|| "never".to_owned(), |age| format!("{} ago", seconds_text(age)));
        let segment = archiver.last_failed_wal.as_ref().map_or("a segment", |name| name.raw());
        let sentence = format!("the archiver of {} fails on {segment}; last success {}", view.name(), ago(archiver.last_archived_age_s));
        let fact = format!("{} failures, last {}; {} archived", archiver.failed_count, ago(archiver.last_failed_age_s), archiver.archived_count);
        raised.push(
            Raised::new(Severity::Critical, sentence)
                .seen(witness(view, "pg_stat_archiver"), fact, sample.taken_at)
                .began(stuck_since(view, archiver)),
        );
    }
    match read(view, &view.snapshot.archive_backlog, "backlog of the archiver") {
        Ok(backlog) => pile(view, knobs, backlog.value.ready_backlog, &mut raised, backlog.taken_at),
        // a failure that is known is not kept back for a count that is not
        Err(gap) if raised.is_empty() => return Err::<Vec<Raised>, Gap>(gap),
        Err(_) => {}
    }
    Ok(raised)
}

/// Since when nothing was archived although a segment waited for it; the newest failure where it is not told when one began to wait.
fn stuck_since(view: &View<'_, Snapshot>, archiver: &Archiver) -> Option<Timestamp> {
    let waits = view.snapshot.archive_backlog.value().and_then(|backlog| backlog.oldest_ready);
    // a segment that was ready while the one before it was archived waits since then
    waits.map(|ready| archiver.last_archived_time.map_or(ready, |archived| archived.max(ready))).or(archiver.last_failed_time)
}

fn pile(view: &View<'_, Snapshot>, knobs: &Knobs<'_>, ready: u64, raised: &mut Vec<Raised>, taken_at: crate::model::Moment) {
    let source = witness(view, "pg_ls_archive_statusdir()");
    let fact = format!("{} .ready", counted(ready, "file"));
    if let Some(failing) = raised.pop() {
        raised.push(failing.seen(source, fact, taken_at));
    } else if ready >= knobs.count("backlog") {
        let sentence = format!("{} wait for the archiver of {}", counted(ready, "segment"), view.name());
        raised.push(Raised::new(Severity::Warning, sentence).seen(source, fact, taken_at));
    }
}

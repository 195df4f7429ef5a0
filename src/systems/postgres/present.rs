//! What a server looks like in a row: the columns it adds, and its cells. Values and meaning only; a face decides how they look.

use super::snapshot::{self, Snapshot};
use crate::model::{Gap, Reading, Reason};
use crate::systems::contract::{Trend, View};
use crate::systems::view::{Cell, Column, Kind, Tone};

pub(super) static COLUMNS: &[Column] = &[
    Column::new("role", "ROLE", Kind::Word, 0, "primary or replica, by pg_is_in_recovery() alone"),
    Column::new("timeline", "TL", Kind::Count, 3, "timeline of the WAL that is written or received"),
    Column::new("lsn", "LSN", Kind::Lsn, 4, "write position of a primary, replay position of a replica"),
    Column::new("lag_bytes", "LAG", Kind::Bytes, 1, "WAL that a replica received and did not replay yet; what it did not receive, its sender knows"),
    Column::new("lag_seconds", "LAG TIME", Kind::Seconds, 1, "how long ago the WAL was received that is replayed now"),
    Column::new("receiver", "RECEIVER", Kind::Word, 5, "state of the WAL receiver of a replica; paused while the replay is"),
    Column::new("standbys", "STANDBYS", Kind::Count, 3, "standbys that stream from it"),
    Column::new("connections", "CONN", Kind::Count, 2, "connections of clients"),
    Column::new("connections_usable", "OF", Kind::Count, 3, "connections that clients can have: max_connections less the reserved ones"),
    Column::new("longest_transaction_seconds", "LONGEST TX", Kind::Seconds, 2, "age of the oldest open transaction of a client"),
    Column::new("waiting_on_lock", "LOCKED", Kind::Count, 4, "sessions that wait for a lock"),
    Column::new("waiting_on_standby", "SYNCREP", Kind::Count, 5, "commits of a primary that wait for a standby"),
    Column::new("wal_retained_bytes", "RETAINED", Kind::Bytes, 6, "most WAL that one slot retains"),
    Column::new("version", "VERSION", Kind::Text, 6, "version of the server"),
    Column::new("started_at", "STARTED", Kind::Time, 7, "start of the server"),
    Column::new("clock_ahead_seconds", "CLOCK", Kind::Seconds, 8, "its clock minus the clock here"),
];

/// The cells of one server, in the order of [`COLUMNS`].
pub(super) fn cells(view: &View<'_, Snapshot>) -> Vec<Cell> {
    let snapshot = view.snapshot;
    let fact = |what: &str| format!("{what} of {}", view.name());
    let in_recovery = snapshot.identity.value().map(|identity| identity.in_recovery);
    let role = |identity: &snapshot::identity::Identity| Cell::word(if identity.in_recovery { "replica" } else { "primary" }, Tone::Plain);
    let longest = |sessions: &Vec<snapshot::sessions::Session>| {
        let ages = sessions.iter().filter(|session| session.is_client()).filter_map(|session| session.xact_age_s);
        ages.max_by(f64::total_cmp).map_or(Cell::Nothing, Cell::Seconds)
    };
    let retained = |slots: &Vec<snapshot::slots::Slot>| {
        slots.iter().filter_map(|slot| u64::try_from(slot.retained_bytes?).ok()).max().map_or(Cell::Nothing, Cell::Bytes)
    };
    vec![
        Cell::of(&snapshot.identity, fact("role"), role),
        timeline(view, &fact("timeline")),
        Cell::of(&snapshot::position(snapshot), fact("position"), |lsn| Cell::Lsn(*lsn)),
        lag_bytes(view, &fact("replay lag")),
        lag_seconds(view, &fact("replay lag in seconds")),
        receiver(view, &fact("WAL receiver")),
        Cell::of(&snapshot.senders, fact("standbys"), |senders| {
            Cell::count(senders.iter().filter(|sender| sender.is_standby() && sender.is_streaming()).count())
        }),
        Cell::of(&snapshot.connections, fact("connections"), |count| Cell::count(count.client_backends)),
        Cell::of(&snapshot.connections, fact("connections"), |count| Cell::count(count.usable())),
        Cell::of(&snapshot.activity, fact("open transactions"), longest),
        Cell::of(&snapshot.connections, fact("sessions waiting for a lock"), |count| Cell::count(count.waiting_on_lock)),
        match in_recovery {
            Some(true) => Cell::Nothing,
            _ => Cell::of(&snapshot.syncrep_waiters, fact("commits waiting for a standby"), |waiters| {
                waiters.as_ref().map_or(Cell::Nothing, |waiters| Cell::count(waiters.first().map_or(0, |first| first.waiting)))
            }),
        },
        Cell::of(&snapshot.slots, fact("retained WAL"), retained),
        Cell::of(&snapshot.identity, fact("version"), |identity| Cell::text(identity.version())),
        Cell::of(&snapshot.identity, fact("start"), |identity| Cell::Time(identity.started_at)),
        Cell::of(&snapshot.clock, fact("clock"), |clock| Cell::Seconds(clock.ahead_seconds)),
    ]
}

/// What is worth a line: how far a replica is behind by its own words and each standby by its sender's, and who is connected.
pub(super) fn trends(view: &View<'_, Snapshot>) -> Vec<Trend> {
    let snapshot = view.snapshot;
    let mut trends = Vec::new();
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    if let Some(behind) = snapshot.replica.value().filter(|own| own.in_recovery).and_then(|own| own.apply_lag_bytes) {
        trends.push(Trend::count("lag_bytes", Kind::Bytes, bytes(behind)));
    }
    if let Some(count) = snapshot.connections.value() {
        trends.push(Trend::count("connections", Kind::Count, count.client_backends));
        trends.push(Trend::count("waiting_on_lock", Kind::Count, count.waiting_on_lock));
    }
    for sender in snapshot.senders.value().into_iter().flatten().filter(|sender| sender.is_standby()) {
        if let Some(behind) = sender.replay_lag_bytes {
            trends.push(Trend::count(format!("lag_bytes/{}", sender.name.raw()), Kind::Bytes, bytes(behind)));
        }
    }
    trends
}

fn timeline(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&snapshot::timeline(view.snapshot), fact, |timeline| Cell::count(timeline.0))
}

/// Of a replica alone; a primary has nothing to replay.
fn lag_bytes(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&view.snapshot.replica, fact, |own| {
        if own.in_recovery {
            Cell::reported(own.apply_lag_bytes, fact, |bytes| Cell::Bytes(u64::try_from(bytes).unwrap_or(0)))
        } else {
            Cell::Nothing
        }
    })
}

fn lag_seconds(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&view.snapshot.replica, fact, |own| {
        if own.in_recovery { Cell::reported(own.delay.and_then(snapshot::replication::Delay::seconds), fact, Cell::Seconds) } else { Cell::Nothing }
    })
}

fn receiver(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    if view.snapshot.replica.value().is_some_and(|own| own.replay_paused == Some(true)) {
        return Cell::word("paused", Tone::Warn);
    }
    match &view.snapshot.wal_receiver {
        Reading::Known(sample) => match &sample.value {
            None => Cell::Nothing,
            Some(rows) => match rows.first() {
                None => Cell::word("none", Tone::Bad),
                Some(receiver) => match &receiver.status {
                    Some(status) if status.raw() == "streaming" => Cell::word(status.clone(), Tone::Good),
                    Some(status) => Cell::word(status.clone(), Tone::Warn),
                    None => Cell::unknown(Gap::new(fact, Reason::NotReported)),
                },
            },
        },
        unknown @ Reading::Unknown { .. } => Cell::of(unknown, fact, |_| Cell::Nothing),
    }
}

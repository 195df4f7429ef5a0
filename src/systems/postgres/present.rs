//! What a server looks like in a row: the columns it adds, and its cells. Values and meaning only; a face decides how they look.

use super::snapshot::{self, Snapshot};
use crate::model::{Gap, Reading, Reason};
use crate::systems::contract::{Knobs, Trend, View};
use crate::systems::twofold::REPLICA_NOT_STREAMING;
use crate::systems::view::{Cell, Column, Kind, Tone};
use crate::text::Untrusted;
use std::collections::BTreeMap;

pub(super) static COLUMNS: &[Column] = &[
    Column::new("role", "ROLE", Kind::Word, 0, "primary or replica, by pg_is_in_recovery() alone"),
    Column::new("timeline", "TL", Kind::Count, 3, "timeline of the WAL that is written or received"),
    Column::new("lsn", "LSN", Kind::Lsn, 4, "write position of a primary, replay position of a replica"),
    Column::new("lag_bytes", "LAG", Kind::Bytes, 1, "WAL that a replica received and did not replay yet; what it did not receive, its sender knows"),
    Column::new("lag_seconds", "LAG TIME", Kind::Seconds, 1, "how long ago the WAL was received that is replayed now"),
    Column::new(
        "receiver",
        "RECEIVER",
        Kind::Word,
        5,
        "state of the WAL receiver of a replica; paused while the replay is, silent when it heard nothing for too long",
    ),
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
        Cell::of(&snapshot.connections, fact("connections"), |count| Cell::count(count.clients())),
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

/// Name of the trend of active sessions: where it is known, a class of wait that is not named was zero.
pub const ACTIVE: &str = "sessions_active";
/// What stands before the class and event that active sessions wait for, in the name of their trend.
pub const WAIT: &str = "wait/";
/// Classes of one reading that are kept, the largest; the others are one class.
const MOST_WAITS: usize = 16;

/// What is worth a line: how far a replica is behind by its own words and each standby by its sender's, and who is connected.
pub(super) fn trends(view: &View<'_, Snapshot>) -> Vec<Trend> {
    let snapshot = view.snapshot;
    let mut trends = Vec::new();
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    if let Some(behind) = snapshot.replica.value().filter(|own| own.in_recovery).and_then(|own| own.apply_lag_bytes) {
        trends.push(Trend::count("lag_bytes", Kind::Bytes, bytes(behind)));
    }
    if let Some(count) = snapshot.connections.value() {
        trends.push(Trend::count("connections", Kind::Count, count.clients()));
        trends.push(Trend::count("waiting_on_lock", Kind::Count, count.waiting_on_lock));
    }
    for sender in snapshot.senders.value().into_iter().flatten().filter(|sender| sender.is_standby()) {
        if let Some(behind) = sender.replay_lag_bytes {
            trends.push(Trend::count(format!("lag_bytes/{}", sender.name.raw()), Kind::Bytes, bytes(behind)));
        }
    }
    if let Some(sessions) = snapshot.activity.value() {
        // before the standbys, of which a server may have more than are kept
        trends.splice(0..0, waits(sessions));
    }
    trends
}

/// How many sessions are active, and what they wait for.
fn waits(sessions: &[snapshot::sessions::Session]) -> Vec<Trend> {
    let active = sessions.iter().filter(|session| !session.is_ours() && session.state.as_ref().is_some_and(|state| state.raw() == "active"));
    let mut classes: BTreeMap<String, u64> = BTreeMap::new();
    let mut count = 0;
    for session in active {
        count += 1;
        let event = || session.wait_event.as_ref().map_or("?", Untrusted::raw);
        let class = session.wait_event_type.as_ref().map_or_else(|| "on CPU".to_owned(), |class| format!("{}: {}", class.raw(), event()));
        *classes.entry(class).or_default() += 1;
    }
    let mut classes: Vec<(String, u64)> = classes.into_iter().collect();
    classes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let others: u64 = classes.iter().skip(MOST_WAITS).map(|(_, count)| count).sum();
    classes.truncate(MOST_WAITS);
    classes.extend((others > 0).then(|| ("other classes".to_owned(), others)));
    let waits = classes.into_iter().map(|(class, count)| Trend::count(format!("{WAIT}{class}"), Kind::Count, count));
    std::iter::once(Trend::count(ACTIVE, Kind::Count, count)).chain(waits).collect()
}

fn timeline(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&snapshot::timeline(view.snapshot), fact, |timeline| Cell::count(timeline.0))
}

/// Of a replica alone; a primary has nothing to replay.
fn lag_bytes(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&view.snapshot.replica, fact, |own| {
        if own.in_recovery
            && own.apply_lag_bytes.is_none_or(|bytes| bytes <= 0)
            && let Some(gap) = silence(view, fact)
        {
            Cell::unknown(gap)
        } else if own.in_recovery {
            Cell::reported(own.apply_lag_bytes, fact, |bytes| Cell::Bytes(u64::try_from(bytes).unwrap_or(0)))
        } else {
            Cell::Nothing
        }
    })
}

fn lag_seconds(view: &View<'_, Snapshot>, fact: &str) -> Cell {
    Cell::of(&view.snapshot.replica, fact, |own| {
        let late = own.delay.and_then(snapshot::replication::Delay::seconds);
        match silence(view, fact).filter(|_| late.is_none_or(|late| late <= 0.0)) {
            _ if !own.in_recovery => Cell::Nothing,
            Some(gap) => Cell::unknown(gap),
            None => Cell::reported(late, fact, Cell::Seconds),
        }
    })
}

/// For how long the WAL receiver has heard nothing, where that is too long for one that streams, by the knob of the rule that says so.
fn silent_for(view: &View<'_, Snapshot>) -> Option<f64> {
    let limit = Knobs::new(view.cluster, &REPLICA_NOT_STREAMING).seconds("silent");
    view.snapshot.receiver_silent_s().filter(|silent| *silent >= limit)
}

/// Why a replica that has replayed all it received may be behind all the same: nothing came for long.
fn silence(view: &View<'_, Snapshot>, fact: &str) -> Option<Gap> {
    let why = |silent| format!("its WAL receiver heard nothing for {}: only its sender knows what it lacks", super::rules::seconds_text(silent));
    Some(Gap::new(fact, Reason::Untold(why(silent_for(view)?))))
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
                    Some(_) if silent_for(view).is_some() => Cell::word("silent", Tone::Bad),
                    Some(status) if status.raw() == "streaming" => Cell::word(status.clone(), Tone::Good),
                    Some(status) => Cell::word(status.clone(), Tone::Warn),
                    None => Cell::unknown(Gap::new(fact, Reason::NotReported)),
                },
            },
        },
        unknown @ Reading::Unknown { .. } => Cell::of(unknown, fact, |_| Cell::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_hears_nothing_is_not_up_to_date() {
        let at = |silent: f64, bytes: i64| {
            let now = crate::model::Clock::real().now();
            let mut one = Snapshot::unread();
            let own = serde_json::json!({"in_recovery": true, "apply_lag_bytes": bytes, "delay": {"at_least_s": 0.0, "at_most_s": 0.0}});
            one.replica = Reading::new(serde_json::from_value(own).expect("a replica"), now);
            let row = serde_json::json!([{"status": "streaming", "last_msg_age_s": silent}]);
            one.wal_receiver = Reading::new(serde_json::from_value(row).expect("a receiver"), now);
            let cluster = crate::config::ClusterSpec::named("orders", "test");
            let endpoint = crate::systems::postgres::rules::tests::endpoint("pg1");
            let view = View { cluster: &cluster, endpoint: &endpoint, snapshot: &one, taken_at: now, latency: std::time::Duration::ZERO, now };
            (lag_bytes(&view, "lag"), lag_seconds(&view, "lag"), receiver(&view, "receiver"))
        };
        let streaming = || Cell::word("streaming", Tone::Good);
        assert_eq!(at(44.0, 0), (Cell::Bytes(0), Cell::Seconds(0.0), streaming()), "an idle primary says little");
        let (bytes, seconds, word) = at(69.0, 0);
        let lacks = |cell: &Cell| matches!(cell, Cell::Unknown(gap) if gap.reason.phrase().contains("heard nothing for 1m 9s"));
        assert!(lacks(&bytes) && lacks(&seconds), "{bytes:?} {seconds:?}");
        assert_eq!(word, Cell::word("silent", Tone::Bad));
        assert_eq!(at(69.0, 4_096).0, Cell::Bytes(4_096), "what it has to replay is known");
    }

    #[test]
    fn active_sessions_are_counted_by_what_they_wait_for_and_the_rest_is_one_class() {
        let session = |state: &str, class: Option<&str>, event: &str| {
            let json = serde_json::json!({"pid": 1, "state": state, "wait_event_type": class, "wait_event": class.map(|_| event)});
            serde_json::from_value::<snapshot::sessions::Session>(json).expect("a session")
        };
        let mut sessions = vec![session("active", None, ""), session("idle in transaction", Some("Client"), "ClientRead")];
        sessions.extend((0..3).map(|_| session("active", Some("Lock"), "transactionid")));
        let told = |sessions: &[snapshot::sessions::Session]| -> Vec<(String, f64)> {
            waits(sessions).into_iter().map(|trend| (trend.key.into_owned(), trend.value)).collect()
        };
        let named = |key: &str, value: f64| (key.to_owned(), value);
        assert_eq!(told(&sessions), [named("sessions_active", 4.0), named("wait/Lock: transactionid", 3.0), named("wait/on CPU", 1.0)]);
        assert_eq!(told(&[]), [named("sessions_active", 0.0)]);
        sessions.extend((0..40).map(|at| session("active", Some("IO"), &format!("Event{at:02}"))));
        let many = told(&sessions);
        assert_eq!((many.len(), many.last()), (MOST_WAITS + 2, Some(&named("wait/other classes", 26.0))));
    }
}

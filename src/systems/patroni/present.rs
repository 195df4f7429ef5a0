//! How a member is shown: its own words first, and its lag as the cluster's store has it. Pure.

use super::own::{Confirms, Own};
use super::snapshot::Snapshot;
use super::wire::Lag;
use super::words::{Phase, Role};
use crate::model::{Gap, Reason};
use crate::systems::contract::View;
use crate::systems::view::{Cell, Column, Kind, Tone};

/// The columns of a member.
pub(super) static COLUMNS: &[Column] = &[
    Column::new("role", "ROLE", Kind::Word, 0, "what the member says it is; primary means out of recovery, not only holding the lock"),
    Column::new("state", "STATE", Kind::Word, 0, "how PostgreSQL stands, as the member says"),
    Column::new("timeline", "TL", Kind::Count, 2, "timeline, as the member says"),
    Column::new("replication", "REPL", Kind::Word, 3, "how a replica receives its WAL, and whether commits wait for it"),
    Column::new("receive_lag_bytes", "RECV LAG", Kind::Bytes, 4, "WAL not yet received, as the store says: sampled once a loop"),
    Column::new("replay_lag_bytes", "REPLAY LAG", Kind::Bytes, 1, "WAL not yet replayed, as the store says: sampled once a loop"),
    Column::new("pending_restart", "RESTART?", Kind::Flag, 4, "changed parameters wait for a restart"),
    Column::new("dcs_age_seconds", "STORE SEEN", Kind::Seconds, 5, "time since the member reached the cluster's store, by its own clock"),
    Column::new("lsn", "LSN", Kind::Lsn, 6, "end of the WAL of a primary, end of what a replica replayed"),
    Column::new("tags", "TAGS", Kind::List, 6, "tags of the member"),
    Column::new("patroni_version", "PATRONI", Kind::Text, 6, "version of Patroni"),
    Column::new("postgres_version", "PG", Kind::Text, 6, "version of PostgreSQL"),
];

/// One row.
pub(super) fn cells(view: &View<'_, Snapshot>) -> Vec<Cell> {
    let snapshot = view.snapshot;
    let own = &snapshot.own;
    let name = view.name();
    let runs = own.state.phase() == Phase::Up;
    let told = |cell: Option<Cell>, fact: &str| cell.unwrap_or_else(|| missing(runs, format!("{fact} of {name}")));
    let tags = own.tags.iter().filter(|(_, value)| **value != serde_json::Value::Bool(false)).map(tag).collect();
    vec![
        Cell::word(own.role.word(), role_tone(own)),
        Cell::word(own.state.word(), if runs { Tone::Good } else { Tone::Bad }),
        told(own.timeline.map(|timeline| Cell::count(timeline.0)), "timeline"),
        replication(own),
        lag(view, "receive lag", |row| row.receive_lag.as_ref()),
        lag(view, "replay lag", |row| row.replay_lag.as_ref()),
        pending_restart(own, name),
        match snapshot.dcs_age() {
            Ok(age) => Cell::Seconds(age.as_secs_f64()),
            Err(gap) => Cell::unknown(Gap { fact: format!("{} of {name}", gap.fact), ..gap }),
        },
        told(own.location.or(own.replayed).map(Cell::Lsn), "position"),
        Cell::List(tags),
        Cell::reported(own.version.as_deref(), format!("version of Patroni of {name}"), Cell::text),
        told(own.server_version.map(|number| Cell::text(postgres_version(number))), "version of PostgreSQL"),
    ]
}

/// What a stopped server cannot say is nothing to know; what a running one does not say is not known.
fn missing(runs: bool, fact: String) -> Cell {
    if runs { Cell::unknown(Gap::new(fact, Reason::NotReported)) } else { Cell::Nothing }
}

fn role_tone(own: &Own) -> Tone {
    match own.role {
        Role::Primary if own.is_running_primary() => Tone::Good,
        Role::Replica | Role::StandbyLeader => Tone::Plain,
        Role::Primary | Role::Demoted | Role::Promoted | Role::Uninitialized => Tone::Warn,
        Role::Other(_) => Tone::Bad,
    }
}

/// Whether the member called `name` waits for a restart.
#[must_use]
pub fn pending_restart(own: &Own, name: &str) -> Cell {
    match own.pending_restart.known(format!("pending_restart of {name}")) {
        Ok(Some(_)) => Cell::Flag(true).toned(Tone::Warn),
        Ok(None) => Cell::Flag(false),
        Err(gap) => Cell::unknown(gap),
    }
}

fn replication(own: &Own) -> Cell {
    if !matches!(own.role, Role::Replica | Role::StandbyLeader) {
        return Cell::Nothing;
    }
    let sync = match own.confirms {
        Confirms::Sync => ", sync",
        Confirms::Quorum => ", quorum",
        Confirms::Nothing => "",
        Confirms::Unclear => ", sync unknown",
    };
    match own.replication_state.as_deref() {
        Some("streaming") if own.confirms != Confirms::Unclear => Cell::word(format!("streaming{sync}"), Tone::Good),
        Some(other) => Cell::word(format!("{other}{sync}"), Tone::Warn),
        None => Cell::word(format!("none{sync}"), Tone::Warn),
    }
}

/// The lag of the member's own row in the store's picture, seen through this member.
fn lag(view: &View<'_, Snapshot>, what: &str, pick: fn(&super::picture::Row) -> Option<&Lag>) -> Cell {
    let own = &view.snapshot.own;
    let fact = format!("{what} of {}", view.name());
    if matches!(own.role, Role::Primary) {
        return Cell::Nothing;
    }
    let picture = match view.snapshot.cluster.known(fact.clone()) {
        Ok(picture) => picture,
        Err(gap) => return Cell::unknown(gap),
    };
    let row = picture.row(own.name.as_deref().unwrap_or(view.name()));
    match row.map(|row| (row.role.holds_lock(), pick(row))) {
        Some((true, None)) => Cell::Nothing,
        Some((_, Some(Lag::Bytes(bytes)))) => Cell::Bytes(*bytes),
        Some((_, Some(Lag::Word(_))) | (false, None)) | None => Cell::unknown(Gap::new(fact, Reason::NotReported)),
        Some((_, Some(Lag::Odd(value)))) => Cell::unknown(Gap::new(fact, Reason::Malformed(format!("a lag of {value}")))),
    }
}

fn tag((key, value): (&String, &serde_json::Value)) -> crate::text::Untrusted {
    match value {
        serde_json::Value::Bool(true) => key.as_str().into(),
        serde_json::Value::String(text) => format!("{key}={text}").into(),
        other => format!("{key}={other}").into(),
    }
}

/// `150018` is 15.18, `90624` is 9.6.24.
fn postgres_version(number: u32) -> String {
    if number >= 100_000 {
        format!("{}.{}", number / 10_000, number % 10_000)
    } else {
        format!("{}.{}.{}", number / 10_000, number / 100 % 100, number % 100)
    }
}

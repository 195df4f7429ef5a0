//! What sessions waited for in the last ten minutes: a row a class of wait, so that a stall is a shape. From the rings of a watching process.
//!
//! A class that nobody waits for in a second is zero in it only where the sessions were read in that second; else it is a gap, and how long nothing was read
//! is said.

use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::EndpointId;
use crate::systems::contract::System;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::present::{ACTIVE, WAIT};
use crate::systems::postgres::snapshot::sessions::Session;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Row, Series, Table, Tone};
use std::time::Duration;

/// What is looked back at, the width of a line, and the seconds that one of its values stands for.
const SPAN: Duration = Duration::from_mins(10);
const SECONDS: usize = 600;
const POINTS: usize = 40;
const STEP: usize = SECONDS / POINTS;

/// The class that is work and no wait.
const WORK: &str = "on CPU";

/// One row a class of each server, those that are waited for now first.
pub(crate) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mut rows: Vec<(u8, i64, i64, Row)> = Vec::new();
    for cluster in clusters {
        for entry in cluster.of(Postgres::NAME) {
            rows.extend(of(observed, cluster, &entry.spec.id));
        }
    }
    rows.sort_by(|a, b| (a.0, b.1, b.2).cmp(&(b.0, a.1, a.2)).then_with(|| a.3.key.cmp(&b.3.key)));
    Table {
        key: "waits",
        title: "WAITED FOR, last 10 minutes",
        columns: vec![
            Column::new("cluster", "CLUSTER", Kind::Text, 3, "the cluster"),
            Column::new("endpoint", "SERVER", Kind::Text, 1, "the server whose sessions waited"),
            Column::new("class", "CLASS: EVENT", Kind::Text, 0, "what active sessions waited for; on CPU: for nothing"),
            Column::new("sessions_series", "10 MIN", Kind::Series, 0, "sessions at each instant, each value the largest of a quarter of a minute"),
            Column::new("sessions", "NOW", Kind::Count, 0, "sessions that wait for it now"),
            Column::new("sessions_most", "MOST", Kind::Count, 3, "the most at one instant"),
            Column::new("for_seconds", "FOR", Kind::Seconds, 0, "how long somebody has waited for it without a break, as sampled"),
            Column::new("not_read_seconds", "UNSEEN", Kind::Seconds, 2, "how long nothing could be read in this time, between two readings"),
        ],
        rows: rows.into_iter().map(|(_, _, _, row)| row).collect(),
        when_empty: "no session was active while this console watched",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a number of sessions")]
fn of(observed: &Observed, cluster: &Cluster, id: &EndpointId) -> Vec<(u8, i64, i64, Row)> {
    let window = |key: &str| observed.rings.window(id, key, observed.now, SPAN, SECONDS);
    let Some(read) = window(ACTIVE) else { return Vec::new() };
    // who cannot be read now waits for nobody knows what: the last reading is not the present
    let silent = cluster.entries.iter().find(|entry| entry.spec.id == *id).and_then(|entry| entry.current(observed.now).err());
    let not_read = unread(&read.values, silent.is_some());
    let mut rows = Vec::new();
    for key in observed.rings.keys(id) {
        let Some((class, waited)) = key.strip_prefix(WAIT).and_then(|class| Some((class, window(key)?))) else { continue };
        let seconds = filled(&waited.values, &read.values);
        let most = seconds.iter().flatten().copied().fold(0.0, f32::max);
        if most <= 0.0 {
            continue;
        }
        let now = seconds.iter().rev().flatten().next().copied().unwrap_or(0.0);
        let lasting = lasting(&seconds);
        let tone = if class.starts_with("Lock") || class.contains("SyncRep") { Tone::Warn } else { Tone::Plain };
        let values = seconds.chunks(STEP).map(|part| part.iter().flatten().copied().reduce(f32::max)).collect();
        let series = Series { step: Duration::from_secs(STEP as u64), unit: Kind::Count, values };
        let cells = vec![
            Cell::text(cluster.spec.name.as_str()),
            Cell::text(id.name.as_str()),
            Cell::text(class),
            Cell::Series(series),
            match &silent {
                Some(gap) => Cell::unknown(gap.clone()),
                None => Cell::count(now as i64).toned(if now > 0.0 { tone } else { Tone::Plain }),
            },
            Cell::count(most as i64),
            if let Some(gap) = &silent {
                Cell::unknown(gap.clone())
            } else if lasting == 0 {
                Cell::Nothing
            } else {
                Cell::Seconds(f64::from(u32::try_from(lasting).unwrap_or(u32::MAX)))
            },
            if not_read == 0 { Cell::Nothing } else { Cell::Seconds(f64::from(not_read)) },
        ];
        let rank = u8::from(class != WORK);
        rows.push((rank, now as i64, most as i64, Row::new(format!("{id}/{class}"), cells)));
    }
    rows
}

/// For how many of the last seconds somebody waited in each. One second without a reading is the pace of reading; two are a break.
fn lasting(seconds: &[Option<f32>]) -> usize {
    let end = seconds.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
    let (mut counted, mut missed) = (0, 0);
    for value in seconds.iter().take(end).rev() {
        match value {
            Some(value) if *value > 0.0 => {
                counted += 1 + missed;
                missed = 0;
            }
            None if missed == 0 => missed = 1,
            Some(_) | None => break,
        }
    }
    counted
}

/// A class in each second: as counted, zero where sessions were read and none waited for it, a gap where nothing was read.
fn filled(waited: &[Option<f32>], read: &[Option<f32>]) -> Vec<Option<f32>> {
    waited.iter().zip(read).map(|(waited, read)| waited.or(read.map(|_| 0.0))).collect()
}

/// Seconds without a reading since the first: up to the last, and up to now where nobody answers now.
fn unread(read: &[Option<f32>], silent: bool) -> u32 {
    let first = read.iter().position(Option::is_some).unwrap_or(0);
    let last = if silent { read.len().saturating_sub(1) } else { read.iter().rposition(Option::is_some).unwrap_or(0) };
    let between = read.get(first..=last).unwrap_or_default();
    // one second between two readings is the pace of reading
    let mut missing = 0;
    for run in between.split(Option::is_some).filter(|run| run.len() > 1) {
        missing += u32::try_from(run.len()).unwrap_or(u32::MAX);
    }
    missing
}

/// What the sessions of each server that can be written do now; of every server where none is.
pub(crate) fn now(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let mut rows = Vec::new();
    for cluster in clusters {
        let members = cluster.members::<Postgres>(observed.now);
        let writes = |snapshot: &Snapshot| snapshot.identity.value().is_some_and(|identity| !identity.in_recovery);
        let primary = members.iter().find(|member| member.view.as_ref().is_ok_and(|view| writes(view.snapshot)));
        let prefix = if clusters.len() > 1 { format!("{} ", cluster.spec.name) } else { String::new() };
        let mut add =
            |what: &str, cell: Cell| rows.push(Row::new(format!("{}/{what}", cluster.spec.name), vec![Cell::text(format!("{prefix}{what}")), cell]));
        match primary.or_else(|| members.first()) {
            Some(member) => match &member.view {
                Ok(view) => of_server(view.snapshot, member.name(), &mut add),
                Err(gap) => add("active", Cell::unknown(gap.clone())),
            },
            None => continue,
        }
        if cluster.of(Pgbouncer::NAME).next().is_some() {
            add("waiting for a pool", super::lines::over_poolers(observed, cluster, "clients_waiting", "waiting clients"));
        }
    }
    Table {
        key: "now",
        title: "NOW",
        columns: vec![
            Column::new("what", "WHAT", Kind::Text, 0, "what is counted"),
            Column::new("value", "VALUE", Kind::Count, 0, "how many, or how long"),
        ],
        rows,
        when_empty: "no PostgreSQL is configured",
    }
}

fn of_server(snapshot: &Snapshot, name: &str, add: &mut dyn FnMut(&str, Cell)) {
    let fact = |what: &str| format!("{what} of {name}");
    let warned = |count: u64| Cell::count(count).toned(if count > 0 { Tone::Warn } else { Tone::Plain });
    add("server", Cell::text(name));
    add(
        "active",
        active(snapshot).map_or_else(|| Cell::of(&snapshot.connections, fact("active sessions"), |count| Cell::count(count.active)), Cell::count),
    );
    add("idle in transaction", Cell::of(&snapshot.connections, fact("idle transactions"), |count| warned(count.idle_in_xact)));
    add("waiting for a lock", Cell::of(&snapshot.connections, fact("waits for locks"), |count| warned(count.waiting_on_lock)));
    let oldest = |sessions: &Vec<Session>| {
        let ages = sessions.iter().filter(|session| session.is_client()).filter_map(|session| session.xact_age_s);
        ages.max_by(f64::total_cmp).map_or(Cell::Nothing, |age| Cell::Seconds(age.floor()))
    };
    add("oldest transaction", Cell::of(&snapshot.activity, fact("open transactions"), oldest));
    add(
        "connections",
        Cell::of(&snapshot.connections, fact("connections"), |count| {
            Cell::text(format!("{} of {}{}", count.clients(), count.usable(), count.and_ours()))
        }),
    );
}

/// Sessions of clients that do something, by the list of them, which leaves out the session that reads it; `None` where the list is not whole.
fn active(snapshot: &Snapshot) -> Option<usize> {
    let sessions = snapshot.activity.value()?;
    let whole =
        sessions.first().and_then(|session| session.total).is_none_or(|total| u64::try_from(sessions.len()).is_ok_and(|listed| listed >= total));
    let is_active =
        |session: &&Session| session.is_client() && !session.is_ours() && session.state.as_ref().is_some_and(|state| state.raw() == "active");
    whole.then(|| sessions.iter().filter(is_active).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_waiting_is_zero_where_sessions_were_read_and_a_gap_where_not() {
        let read = [Some(3.0), Some(3.0), None, None, None, Some(2.0)];
        assert_eq!(filled(&[None, Some(2.0), None, None, None, None], &read), [Some(0.0), Some(2.0), None, None, None, Some(0.0)]);
        assert_eq!(unread(&read, false), 3);
        assert_eq!(unread(&[None, None, Some(1.0), None, Some(1.0), None, None], false), 0, "the pace of reading, and what lies before and after");
        assert_eq!(unread(&[], false), 0);
        assert_eq!(unread(&[Some(1.0), None, None, None], true), 3, "nobody has answered since");
    }

    #[test]
    fn a_break_ends_how_long_somebody_waited() {
        let (some, none) = (Some(2.0), None);
        assert_eq!(lasting(&[some, some, none, some, none]), 4, "one second is the pace of reading");
        assert_eq!(lasting(&[some, some, none, none, some, some]), 2);
        assert_eq!(lasting(&[some, some, Some(0.0), some]), 1);
        assert_eq!(lasting(&[some, Some(0.0)]), 0);
        assert_eq!(lasting(&[none, none]), 0);
    }
}

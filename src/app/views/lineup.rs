//! The members of a cluster as the console shows them: who streams from whom, by each server's own words, and how far behind by the words of whoever sends.
//!
//! The lag of the store is older, by as much as a loop of Patroni: it stands in only where no sender tells, and the column beside it says so.

use super::{fitness, lines, replication, topology};
use crate::app::Observed;
use crate::fleet::{Cluster, Member};
use crate::model::{Gap, Reason};
use crate::systems::postgres::snapshot::replication::Sender;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use crate::text::Untrusted;

/// What every member has, in the order of showing; the others come from its PostgreSQL.
const SHARED: [&str; 7] = ["cluster", "member", "role", "state", "timeline", "sync", "lock"];

/// One row a member, replicas below the server that they stream from.
pub(crate) fn table(observed: &Observed, clusters: &[&Cluster]) -> Table {
    let told = topology::table(observed, clusters);
    let place = |key: &str| told.columns.iter().position(|column| column.key == key);
    let mut columns: Vec<Column> = SHARED.iter().filter_map(|key| told.columns.iter().find(|column| column.key == *key).copied()).collect();
    // in a split brain these two tell who is right: they outlast the time behind and its line
    for column in columns.iter_mut().filter(|column| column.key == "lock") {
        column.drop = 1;
    }
    columns.extend([
        Column::new("flush_lag_bytes", "RECV LAG", Kind::Bytes, 3, "WAL that is not durable there yet, by the words of whoever sends it"),
        Column::new("replay_lag_bytes", "REPLAY LAG", Kind::Bytes, 0, "WAL that is not visible there yet, by the words of whoever sends it"),
        Column::new("lag_seconds", "BEHIND", Kind::Seconds, 2, "time behind, by the words of whoever sends"),
        lines::column("lag_series", 3, "the lag of the last five minutes, each value the largest of half a minute"),
        Column::new("lag_from", "LAG FROM", Kind::Word, 4, "who tells the lag; store: Patroni's store, which is sampled once a loop"),
        Column::new("sql", "SQL", Kind::Word, 3, "whether its PostgreSQL answers"),
        Column::new("connections", "CONN", Kind::Count, 4, "connections of clients; those of opsctl are not among them"),
        Column::new("longest_transaction_seconds", "LONGEST TX", Kind::Seconds, 4, "age of the oldest open transaction of a client"),
        Column::new("pending_restart", "RESTART?", Kind::Flag, 5, "changed parameters wait for a restart"),
        Column::new("zone", "ZONE", Kind::Text, 5, "failure domain"),
        Column::new("age_seconds", "AGE", Kind::Seconds, 3, "age of its last own words"),
    ]);
    let rows = told.rows.iter().map(|row| {
        let cell = |key: &str| place(key).and_then(|at| row.cells.get(at)).cloned().unwrap_or(Cell::Nothing);
        let cluster = clusters.iter().find(|cluster| row.key.strip_prefix(&cluster.spec.name).is_some_and(|rest| rest.starts_with('/')));
        let name = row.key.split_once('/').map_or(row.key.as_str(), |(_, name)| name);
        let mut cells: Vec<Cell> = SHARED.iter().filter(|key| place(key).is_some()).map(|key| cell(key)).collect();
        let servers = cluster.map(|cluster| cluster.members::<Postgres>(observed.now)).unwrap_or_default();
        if let Some(sync) = SHARED.iter().position(|key| *key == "sync").and_then(|at| cells.get_mut(at)) {
            confirmed(sync, &servers, name);
        }
        cells.extend(behind(observed, cluster.copied(), &servers, name, &cell));
        let own = servers.iter().find(|server| server.name() == name);
        cells.extend(sql(own));
        let zone = cluster.and_then(|cluster| cluster.entries.iter().find(|entry| entry.spec.id.name == name)?.spec.zone.as_ref());
        cells.extend([cell("pending_restart"), zone.map_or(Cell::Nothing, |zone| Cell::text(zone.0.as_str())), cell("age_seconds")]);
        Row { key: row.key.clone(), cells, depth: row.depth }
    });
    let mut table = Table { key: "members", title: "MEMBERS", rows: rows.collect(), columns, when_empty: "no member is known" };
    fitness::of_rows(observed, &mut table, "member", "", &["replay_lag_bytes", "lag_seconds"]);
    table
}

/// Who sends to `name`, and what it says of it.
fn sender<'a>(servers: &'a [Member<'_, Snapshot>], name: &str) -> Option<(&'a str, &'a Sender)> {
    servers.iter().find_map(|server| {
        let view = server.view.as_ref().ok()?;
        let sender = view.snapshot.senders.value()?.iter().find(|sender| sender.name.raw() == name && sender.is_standby())?;
        Some((server.name(), sender))
    })
}

/// Patroni's word that commits wait for `name` is named as its own where whoever sends to it says that they do not.
fn confirmed(sync: &mut Cell, servers: &[Member<'_, Snapshot>], name: &str) {
    let said = sender(servers, name).and_then(|(_, sender)| sender.sync_state.as_ref()).map(Untrusted::raw);
    if let Cell::Word(own, Tone::Good) = sync
        && !matches!(said, None | Some("sync" | "quorum" | "potential"))
    {
        *sync = Cell::word(format!("{} (Patroni)", own.raw()), Tone::Warn);
    }
}

/// The four lags of a member and who tells them.
fn behind(observed: &Observed, cluster: Option<&Cluster>, servers: &[Member<'_, Snapshot>], name: &str, store: &dyn Fn(&str) -> Cell) -> [Cell; 5] {
    let line = cluster.map_or(Cell::Nothing, |cluster| lines::behind(observed, cluster, name));
    let bytes =
        |value: Option<i64>, what: &str| Cell::reported(value, format!("{what} of {name}"), |value| Cell::Bytes(u64::try_from(value).unwrap_or(0)));
    if let Some((from, sender)) = sender(servers, name) {
        return [
            bytes(sender.flush_lag_bytes, "receive lag"),
            bytes(sender.replay_lag_bytes, "replay lag"),
            replication::lag_time(sender, format!("time that {name} is behind")),
            line,
            Cell::word(from, Tone::Muted),
        ];
    }
    let told = store("replay_lag_bytes");
    let witness = if matches!(told, Cell::Nothing | Cell::Unknown(_)) { Cell::Nothing } else { Cell::word("store", Tone::Muted) };
    // who is behind nobody has no such time; of the others nobody who sends to them tells it
    let time = match told {
        Cell::Nothing => Cell::Nothing,
        _ => Cell::unknown(Gap::new(format!("time that {name} is behind"), Reason::NotReported)),
    };
    [store("receive_lag_bytes"), told, time, line, witness]
}

/// Whether its PostgreSQL answers, who is connected, and how old the oldest transaction is.
fn sql(own: Option<&Member<'_, Snapshot>>) -> [Cell; 3] {
    let Some(own) = own else {
        let gap = || Cell::unknown(Gap::new("PostgreSQL", Reason::NotConfigured("no endpoint of postgres with this name".to_owned())));
        return [gap(), gap(), gap()];
    };
    match &own.view {
        Err(gap) => {
            let silent = if own.entry.good.is_some() || own.entry.failure.is_some() {
                Cell::word("silent", Tone::Bad)
            } else {
                Cell::word("not asked", Tone::Muted)
            };
            [silent, Cell::unknown(gap.clone()), Cell::unknown(gap.clone())]
        }
        Ok(view) => {
            let fact = |what: &str| format!("{what} of {}", own.name());
            let longest = Cell::of(&view.snapshot.activity, fact("open transactions"), |sessions| {
                let ages = sessions.iter().filter(|session| session.is_client()).filter_map(|session| session.xact_age_s);
                ages.max_by(f64::total_cmp).map_or(Cell::Nothing, Cell::Seconds)
            });
            let connections = Cell::of(&view.snapshot.connections, fact("connections"), |count| {
                let near = count.client_backends.saturating_mul(10) >= count.usable().saturating_mul(9);
                Cell::count(count.clients()).toned(if near { Tone::Warn } else { Tone::Plain })
            });
            [Cell::word("ok", Tone::Good), connections, longest]
        }
    }
}

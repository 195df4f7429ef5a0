//! `replication`: who receives whose WAL and how far behind, by the senders' own words; and the slots that keep WAL for somebody.

use super::members::{self, Detail};
use super::{BadPick, Pick, ViewDef, fitness, picked, sources};
use crate::app::Observed;
use crate::fleet::{Cluster, Member};
use crate::model::{Gap, Reason};
use crate::systems::contract::{System, View};
use crate::systems::postgres::snapshot::replication::Sender;
use crate::systems::postgres::snapshot::slots::Slot;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Tone};
use crate::text::Untrusted;

pub(super) const VIEW: ViewDef =
    ViewDef { name: "replication", doc: "Who receives whose WAL, how far behind, and the slots that keep WAL", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Replication");
    let mut senders = members::servers(observed, &clusters, &SENDERS);
    for cluster in &clusters {
        senders.rows.extend(unconnected(observed, cluster));
    }
    fitness::of_rows(observed, &mut senders, "to", "state", &["replay_lag_bytes", "lag_seconds"]);
    page.tables.push(senders);
    page.tables.push(members::servers(observed, &clusters, &SLOTS));
    page.sources = sources(&clusters, &[Postgres::NAME]);
    Ok(page)
}

fn snapshot<'a>(server: &Member<'a, Snapshot>) -> Option<&'a Snapshot> {
    server.view.as_ref().ok().map(|view| view.snapshot)
}

/// Servers that receive WAL from nobody while one takes writes: who lost its sender keeps its row. One that takes writes itself needs none.
fn unconnected(observed: &Observed, cluster: &Cluster) -> Vec<Row> {
    let servers = cluster.members::<Postgres>(observed.now);
    let writes =
        |server: &Member<'_, Snapshot>| snapshot(server).and_then(|snapshot| snapshot.identity.value()).is_some_and(|identity| !identity.in_recovery);
    let sends = |server: &Member<'_, Snapshot>| snapshot(server).is_some_and(|snapshot| snapshot.senders.value().is_some());
    if !servers.iter().any(|server| writes(server) && sends(server)) {
        return Vec::new();
    }
    let told: Vec<&Sender> = servers.iter().filter_map(snapshot).filter_map(|snapshot| snapshot.senders.value()).flatten().collect();
    let stranger = told.iter().find(|sender| sender.is_standby() && !servers.iter().any(|server| server.name() == sender.name.raw()));
    let lost = servers.iter().filter(|server| !writes(server) && !told.iter().any(|sender| sender.name.raw() == server.name()));
    let row = |server: &Member<'_, Snapshot>| {
        let name = server.name();
        let gap = |reason| Cell::unknown(Gap::new(format!("who sends to {name}"), reason));
        let state = match (stranger, servers.iter().find(|other| other.name() != name && !sends(other))) {
            (Some(stranger), _) => gap(Reason::Untold(format!("a receiver calls itself {}, and may be it", stranger.name.raw()))),
            (None, Some(other)) => gap(Reason::Untold(format!("{} may send to it, and does not tell", other.name()))),
            (None, None) => Cell::word("not connected", Tone::Bad),
        };
        let mut cells = vec![Cell::text(cluster.spec.name.as_str()), Cell::Nothing, Cell::text(name), state];
        // and the age at the end
        cells.resize(SENDERS.columns.len() + 3, Cell::Nothing);
        Row::new(format!("{}/{name}", cluster.spec.name), cells)
    };
    lost.map(row).collect()
}

const SENDERS: Detail<Snapshot> = Detail {
    key: "senders",
    title: "SENDERS",
    endpoint: "FROM",
    columns: &[
        Column::new("to", "TO", Kind::Text, 0, "application_name of the receiver: the member's name under Patroni"),
        Column::new("state", "STATE", Kind::Word, 0, "startup, catchup, streaming, backup, stopping; not connected: a server to which nobody sends"),
        Column::new("sync_state", "SYNC", Kind::Word, 0, "sync and quorum: commits wait for it"),
        Column::new("sent_lag_bytes", "NOT SENT", Kind::Bytes, 3, "WAL written and not sent"),
        Column::new("flush_lag_bytes", "NOT FLUSHED", Kind::Bytes, 2, "WAL written and not durable there"),
        Column::new("replay_lag_bytes", "NOT REPLAYED", Kind::Bytes, 0, "WAL written and not visible there"),
        Column::new("lag_seconds", "LAG", Kind::Seconds, 0, "time behind: measured, and at least as long as it kept silent with WAL before it"),
        Column::new("last_reply_seconds", "LAST REPLY", Kind::Seconds, 2, "time since the receiver said anything"),
        Column::new("connected_seconds", "CONNECTED", Kind::Seconds, 4, "how long the connection stands"),
        Column::new("replay_lsn", "REPLAYED TO", Kind::Lsn, 6, "position visible there"),
        Column::new("client_addr", "ADDRESS", Kind::Text, 5, "where the receiver connects from"),
        Column::new("slot", "SLOT", Kind::Text, 6, "the slot it reads from"),
    ],
    when_empty: "no server sends WAL to anybody",
    rows: |view| {
        let senders = view.snapshot.senders.known(fact(view, "senders"))?;
        Ok(senders.iter().map(|sender| sender_row(view, sender)).collect())
    },
};

const SLOTS: Detail<Snapshot> = Detail {
    key: "slots",
    title: "SLOTS",
    endpoint: "ON",
    columns: &[
        Column::new("slot", "SLOT", Kind::Text, 0, "name of the slot"),
        Column::new("type", "TYPE", Kind::Word, 1, "physical or logical"),
        Column::new("active", "ACTIVE", Kind::Flag, 0, "whether somebody reads from it"),
        Column::new("wal_status", "WAL", Kind::Word, 0, "reserved, extended, unreserved (in danger), lost"),
        Column::new("retained_bytes", "RETAINED", Kind::Bytes, 0, "WAL that is kept for it"),
        Column::new("safe_bytes", "SAFE FOR", Kind::Bytes, 2, "WAL that may be written before it is in danger; nothing without a limit"),
        Column::new("unconfirmed_bytes", "UNCONFIRMED", Kind::Bytes, 3, "of a logical slot: what its reader has not confirmed"),
        Column::new("database", "DATABASE", Kind::Text, 4, "of a logical slot: its database"),
    ],
    when_empty: "no server has a slot",
    rows: |view| {
        let slots = view.snapshot.slots.known(fact(view, "slots"))?;
        Ok(slots.iter().map(|slot| slot_row(view, slot)).collect())
    },
};

fn fact(view: &View<'_, Snapshot>, what: &str) -> String {
    format!("{what} of {}", view.name())
}

/// A lag that is negative was read between two instants: it is 0.
fn bytes(value: Option<i64>, fact: String) -> Cell {
    Cell::reported(value, fact, |value| Cell::Bytes(u64::try_from(value).unwrap_or(0)))
}

fn optional(word: Option<&Untrusted>) -> Cell {
    word.cloned().map_or(Cell::Nothing, Cell::Text)
}

fn sender_row(view: &View<'_, Snapshot>, sender: &Sender) -> Row {
    let fact = |what: &str| format!("{what} of {} as {} says", sender.name.raw(), view.name());
    let state = |word: &Untrusted| Cell::word(word.clone(), if sender.is_streaming() { Tone::Good } else { Tone::Warn });
    // readers of WAL that replay nothing have no replay lag
    let replay = |cell: Cell| if sender.is_standby() || sender.state.is_none() { cell } else { Cell::Nothing };
    let cells = vec![
        Cell::Text(sender.name.clone()),
        Cell::reported(sender.state.as_ref(), fact("state"), state),
        Cell::reported(sender.sync_state.clone(), fact("sync state"), |word| {
            let tone = if sender.is_sync() { Tone::Good } else { Tone::Plain };
            Cell::word(word, tone)
        }),
        bytes(sender.sent_lag_bytes, fact("sent lag")),
        bytes(sender.flush_lag_bytes, fact("flush lag")),
        replay(bytes(sender.replay_lag_bytes, fact("replay lag"))),
        replay(lag_time(sender, fact("lag"))),
        last_reply(sender, fact("last reply")),
        Cell::reported(sender.connected_s, fact("connection"), Cell::Seconds),
        Cell::reported(sender.replay_lsn, fact("replayed position"), Cell::Lsn),
        optional(sender.client_addr.as_ref()),
        optional(sender.slot_name.as_ref()),
    ];
    Row::new(format!("{}/{}", view.name(), sender.name.raw()), cells)
}

/// How long it is behind. After one look that is not known: a standby that froze is measured as it was at its last reply.
pub(super) fn lag_time(sender: &Sender, fact: String) -> Cell {
    match (sender.lag_seconds(), sender.reply_time) {
        (None, Some(_)) if sender.last_reply_age_s.is_none() => Cell::unknown(Gap::new(fact, Reason::FirstAnswer)),
        (seconds, _) => Cell::reported(seconds, fact, Cell::Seconds),
    }
}

/// By our own clock, from one answer to the next: the server tells the time of a reply by the receiver's clock.
fn last_reply(sender: &Sender, fact: String) -> Cell {
    match (sender.last_reply_age_s, sender.reply_time) {
        (None, Some(_)) => Cell::unknown(Gap::new(fact, Reason::FirstAnswer)),
        (age, _) => Cell::reported(age, fact, Cell::Seconds),
    }
}

fn slot_row(view: &View<'_, Snapshot>, slot: &Slot) -> Row {
    let fact = |what: &str| format!("{what} of slot {} on {}", slot.slot_name.raw(), view.name());
    let replica = view.snapshot.identity.value().is_some_and(|identity| identity.in_recovery);
    let status = |word: Untrusted| {
        let tone = match word.raw() {
            "reserved" | "extended" => Tone::Plain,
            "unreserved" => Tone::Warn,
            _ => Tone::Bad,
        };
        Cell::word(word, tone)
    };
    let cells = vec![
        Cell::Text(slot.slot_name.clone()),
        Cell::word(slot.slot_type.clone(), Tone::Plain),
        // Patroni keeps the slots of the others on every replica, and there nobody reads from them
        Cell::Flag(slot.active).toned(if slot.active || replica { Tone::Plain } else { Tone::Warn }),
        // a slot that was never used keeps nothing
        if slot.restart_lsn.is_none() { Cell::Nothing } else { Cell::reported(slot.wal_status.clone(), fact("state"), status) },
        if slot.restart_lsn.is_none() { Cell::Nothing } else { bytes(slot.retained_bytes, fact("retained WAL")) },
        slot.safe_wal_size.map_or(Cell::Nothing, |size| bytes(Some(size), String::new())),
        slot.unconfirmed_bytes.map_or(Cell::Nothing, |size| bytes(Some(size), String::new())),
        optional(slot.database.as_ref()),
    ];
    Row::new(format!("{}/{}", view.name(), slot.slot_name.raw()), cells)
}

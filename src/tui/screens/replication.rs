//! Each standby: how far behind by the words of whoever sends to it, over the last five minutes too; what commits wait for; and the slots that keep WAL.
//!
//! ```text
//! ┌ SENDERS  ● 2 streaming ─────────────────────────────────────────────────────────────────────────────────────┐
//! │   FROM  TO   STATE        SYNC     NOT SENT  NOT FLUSHED  NOT REPLAYED     LAG       5 MIN  LAST REPLY       │
//! │ ▸ pg1   pg2  ● streaming  ● sync        0 B          0 B           0 B      0s  ▁▁▁▁▁▁▁▁▁▁        0.4s       │
//! │   pg1   pg3  ● streaming  async         0 B          0 B       2.1 GiB     41s  ▁▁▂▃▅▆▇▇██        0.2s       │
//! ├ SLOTS ──────────────────────────────────────────────────────────────────────────────────────────────────────┤
//! │   ON   SLOT  TYPE     ACTIVE  WAL         RETAINED  SAFE FOR                                                 │
//! └─────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::lines;
use crate::systems::contract::System;
use crate::systems::postgres::Postgres;
use crate::systems::view::{Cell, Row, Table};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Replication,
    doc: "Each standby: how far behind now and in the last five minutes, and the slots that keep WAL",
    tab: Some(2),
    panels: Panels::Tables(tables),
    pane: None,
    draw: tab::draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let mut tables = panel::tables(observed, scope, Place::Replication.word(), screen.cluster.as_deref());
    for table in tables.iter_mut().filter(|table| table.key == "senders") {
        let column = lines::column("lag_series", 1, "WAL not visible there, each value the largest of half a minute");
        panel::add_column(table, "lag_seconds", column, |row| line(observed, row));
    }
    tables
}

/// The lag of the receiver that a row `cluster/server/receiver` is about.
fn line(observed: &Observed, row: &Row) -> Cell {
    let mut parts = row.key.splitn(3, '/');
    let (Some(cluster), Some(server), Some(receiver)) = (parts.next(), parts.next(), parts.next()) else { return Cell::Nothing };
    let Some(cluster) = observed.fleet.cluster(cluster) else { return Cell::Nothing };
    let id = cluster.of(Postgres::NAME).map(|entry| &entry.spec.id).find(|id| id.name == server);
    id.map_or(Cell::Nothing, |id| lines::of(observed, id, &format!("lag_bytes/{receiver}")))
}

//! Each pooler and each of its pools: who waits for a server, how long, and in the last five minutes too.
//!
//! ```text
//! ┌ PgBouncer  ● 2 ok ─────────────────────────────────────────────────────────────────────────────────────────┐
//! │   NAME         HEALTH  ROUTE  POOLING   CLIENTS  WAITING  MAX WAIT       5 MIN  SERVERS  AGE                │
//! │ ▸ pgb-write-1  ● ok    write  ● active      212     12 ▲      1.8s  ▁▁▁▁▂▅▇█▇█       40   0s                │
//! ├ POOLS ─────────────────────────────────────────────────────────────────────────────────────────────────────┤
//! │   POOLER       DATABASE  USER  PAUSED  CL ACTIVE  CL WAITING  MAX WAIT  SV ACTIVE  SV IDLE  POOL SIZE       │
//! └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::lines;
use crate::systems::contract::System;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::view::{Cell, Table};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Poolers,
    doc: "Each pooler and its pools: who waits for a server, now and in the last five minutes",
    tab: Some(5),
    panels: |observed, scope, screen| panel::remembered(observed, screen.cluster.is_some(), |observed| tables(observed, scope, screen)),
    pane: None,
    draw: tab::draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = panel::clusters(observed, scope, cluster);
    let mut tables = panel::systems(observed, scope, &clusters, |name| name == Pgbouncer::NAME);
    for table in &mut tables {
        let column = lines::column("waiting_series", 2, "clients that waited, each value the largest of half a minute");
        panel::add_column(table, "max_wait_seconds", column, |row| {
            panel::endpoint(&clusters, row).map_or(Cell::Nothing, |id| lines::of(observed, id, "clients_waiting"))
        });
    }
    tables.extend(panel::tables(observed, scope, Place::Poolers.word(), cluster));
    tables
}

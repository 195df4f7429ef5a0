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

use super::{Panels, ScreenDef, tab};
use crate::app::views::lines;
use crate::systems::contract::System;
use crate::systems::pgbouncer::Pgbouncer;
use crate::tui::panel::{self, Line};
use crate::tui::place::Place;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Poolers,
    doc: "Each pooler and its pools: who waits for a server, now and in the last five minutes",
    tab: Some(5),
    panels: Panels::Tables(|observed, scope, screen| panel::of_system(observed, scope, screen, Pgbouncer::NAME, &LINE)),
    pane: None,
    draw: tab::draw,
};

const LINE: Line = Line {
    after: "max_wait_seconds",
    column: lines::column("waiting_series", 2, "clients that waited, each value the largest of half a minute"),
    series: "clients_waiting",
};

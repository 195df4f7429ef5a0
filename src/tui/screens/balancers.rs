//! Each balancer and where it sends whom: exactly one server has to take writes.
//!
//! ```text
//! ┌ HAProxy  ● 2 ok ───────────────────────────────────────────────────────────────────────────────────────────┐
//! │   NAME   HEALTH  WRITES TO  READS FROM   SESSIONS       5 MIN  QUEUE  DRAIN/MAINT  VIA     AGE              │
//! │ ▸ hap-1  ● ok    pg1 ●      pg2, pg3 ●        253  ▄▄▄▄▅▅▄▄▄▄      0          0  socket   0s                │
//! ├ SERVERS ───────────────────────────────────────────────────────────────────────────────────────────────────┤
//! │   BALANCER  BACKEND   SERVER   STATUS  TAKES  CHECK  CODE  SESSIONS  QUEUE  CHANGED                         │
//! └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::lines;
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::systems::view::{Cell, Table};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Balancers,
    doc: "Each balancer: which server takes writes, which take reads, and why the others do not",
    tab: Some(6),
    panels: |observed, scope, screen| panel::remembered(observed, screen.cluster.is_some(), |observed| tables(observed, scope, screen)),
    pane: None,
    draw: tab::draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = panel::clusters(observed, scope, cluster);
    let mut tables = panel::systems(observed, scope, &clusters, |name| name == Haproxy::NAME);
    for table in &mut tables {
        let column = lines::column("sessions_series", 3, "sessions of all backends, each value the largest of half a minute");
        panel::add_column(table, "sessions", column, |row| {
            panel::endpoint(&clusters, row).map_or(Cell::Nothing, |id| lines::of(observed, id, "sessions"))
        });
    }
    tables.extend(panel::tables(observed, scope, Place::Balancers.word(), cluster));
    tables
}

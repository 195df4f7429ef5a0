//! Whether the store can still decide who leads, how much more may fail, and each of its members.
//!
//! ```text
//! ┌ QUORUM ────────────────────────────────────────────────────────────────────────────────────────────────────┐
//! │   STANDS         VOTERS  WITH LEADER  NEEDED  MAY FAIL  LEADER  ONE ZONE ENDS IT  TERM                      │
//! │ ▸ ▲ at the edge       3          2 ▲       2       0 ▲  etcd-1  a ▲               7                         │
//! ├ etcd  ✗ 1 silent  ● 2 ok ──────────────────────────────────────────────────────────────────────────────────┤
//! │   NAME    HEALTH    ROLE      QUORUM READ  ALARMS  DB       QUOTA  TERM  VERSION  ZONE  AGE                 │
//! │   etcd-1  ● ok      ● leader  ● healthy            20 MiB    1.0%     7  3.4.30   a     0s                  │
//! └────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::systems::view::Table;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Consensus,
    doc: "Whether the store can elect a leader, how much more may fail, and each of its members",
    tab: Some(7),
    panels: Panels::Tables(tables),
    pane: None,
    draw: tab::draw,
};

/// The answer before the evidence.
fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let mut tables = panel::tables(observed, scope, Place::Consensus.word(), screen.cluster.as_deref());
    tables.sort_by_key(|table| table.key != "quorum");
    tables
}

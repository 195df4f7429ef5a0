//! The way of a client from its port to the member that answers, and who streams from whom.
//!
//! ```text
//! ┌ ROUTES ──────────────────────────────────────────────────────────────────────────────────────────────────────┐
//! │   ROUTE  POOLERS  CLIENTS  WAITING  MAX WAIT       5 MIN  BALANCERS  LEADS TO                                 │
//! │ ▸ write  2/2 ●        212     12 ▲      1.8s  ▁▁▁▁▂▅▇█▇█  2/2 ●      pg1 ●                                    │
//! │   read   2/2 ●         90        0        0s  ▁▁▁▁▁▁▁▁▁▁  2/2 ●      pg2, pg3 ●                               │
//! ├ MEMBERS  ● 3 running ────────────────────────────────────────────────────────────────────────────────────────┤
//! │   MEMBER  ROLE       STATE      TL  SYNC    REPLAY LAG  BEHIND       5 MIN  LAG FROM  SQL   CONN  AGE         │
//! │   pg1     ● primary  ● running  42  -                -       -           -  -         ● ok   212  0s          │
//! │   ├ pg2   replica    ● running  42  ● sync         0 B      0s  ▁▁▁▁▁▁▁▁▁▁  pg1       ● ok    31  0s          │
//! │   └ pg3   replica    ● running  42  async      2.1 GiB     41s  ▁▁▂▃▅▆▇▇██  pg1       ● ok    40  0s          │
//! ├ TIMELINES ───────────────────────────────────────────────────────────────────────────────────────────────────┤
//! └──────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::{lineup, routes};
use crate::systems::view::Table;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Topology,
    doc: "The way of clients to the members, who streams from whom and how far behind, and the timelines",
    tab: Some(1),
    panels: Panels::Tables(tables),
    pane: None,
    draw: tab::draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = panel::clusters(observed, scope, cluster);
    let mut tables = vec![lineup::table(observed, &clusters), routes::table(observed, &clusters)];
    tables.extend(panel::tables(observed, scope, Place::History.word(), cluster));
    tables
}

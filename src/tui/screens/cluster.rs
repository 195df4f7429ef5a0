//! One cluster: what is wrong, the way of its clients, its members, and a panel of each other system; at the right its store and what happened last. At 80x24 all
//! are in one frame: each keeps its heading with how its rows stand; all members have rows, then those in trouble. `tab` goes to the next panel, `z` gives one the whole
//! screen, digits open a page of its own.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu   [PROD]   RO   14:03:22Z   ● data 0s   ✗ critical
//!  1 topology  2 replication  3 activity  4 locks  5 poolers  6 balancers  ...
//! ┌ FINDINGS  ✗ 1 critical ────────────────────────────────────────────────────┐┌ EVENTS ────────────────────┐
//! │ ▸ ✗ critical  no-leader  -  3m 12s  nobody holds the leader lock            ││   3m 12s  nobody holds …   │
//! ├ ROUTES ────────────────────────────────────────────────────────────────────┤│   3m 24s  timeline 41 end… │
//! │   ROUTE  POOLERS  CLIENTS  WAITING  MAX WAIT  BALANCERS  LEADS TO           │├ etcd  ● 3 ok ──────────────┤
//! │   write  2/2 ●        212     12 ▲      1.8s  2/2 ●      NOBODY ✗           ││   NAME    HEALTH  ROLE     │
//! ├ MEMBERS  ✗ 1 crashed  ● 2 running ─────────────────────────────────────────┤│   etcd-1  ● ok    ● leader │
//! │   MEMBER  ROLE     STATE      TL  SYNC    REPLAY LAG  BEHIND       5 MIN    │└────────────────────────────┘
//! │   pg1     replica  ● running  42  ● sync         0 B      0s  ▁▁▁▁▁▁▁▁▁▁    │
//! └────────────────────────────────────────────────────────────────────────────┘
//!  pg3: connection refused
//!  ⏎ open   X explain   esc back   tab panel   z zoom   ? help   q quit        1/2
//! ```

use super::stack::Plan;
use super::{Around, Panels, ScreenDef, Sight, fleet, tab};
use crate::app::Observed;
use crate::app::views::{lineup, parts, routes};
use crate::systems::contract::System;
use crate::systems::etcd::Etcd;
use crate::systems::haproxy::Haproxy;
use crate::systems::patroni::Patroni;
use crate::systems::pgbouncer::Pgbouncer;
use crate::systems::postgres::Postgres;
use crate::systems::view::{Column, Table};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

/// Systems whose servers stand in the table of members.
const IN_MEMBERS: [&str; 2] = [Patroni::NAME, Postgres::NAME];
/// Systems that the routes tell of: they come after those that nothing else tells of.
const IN_ROUTES: [&str; 2] = [Pgbouncer::NAME, Haproxy::NAME];
/// Events that are shown here; their own page has all.
const EVENTS: usize = 20;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Cluster,
    doc: "One cluster: findings, routes, members, a panel of each other system, the last events",
    tab: None,
    panels: Panels::Tables(|observed, scope, screen| screen.cluster.as_ref().map_or_else(Vec::new, |name| tables(observed, scope, screen, name))),
    pane: None,
    draw,
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen, name: &str) -> Vec<Table> {
    let clusters = panel::clusters(observed, scope, Some(name));
    let mut tables = vec![parts::findings(observed, &clusters)];
    tables.extend(Some(routes::table(observed, &clusters)).filter(|table| !table.rows.is_empty()));
    tables.push(lineup::table(observed, &clusters));
    let told = |name: &str| IN_MEMBERS.contains(&name) || IN_ROUTES.contains(&name);
    tables.extend(panel::systems(observed, scope, &clusters, |name| !told(name)));
    tables.extend(panel::systems(observed, scope, &clusters, |name| IN_ROUTES.contains(&name)));
    tables.extend(panel::tables(observed, scope, Place::Events.word(), screen.cluster.as_deref()).into_iter().map(last));
    tables
}

/// The last events in the few columns that a side has room for.
fn last(mut table: Table) -> Table {
    table.rows.truncate(EVENTS);
    for column in &mut table.columns {
        let drop = match column.key {
            "ago_seconds" | "what" => 0,
            "member" => 3,
            "kind" => 4,
            _ => 9,
        };
        *column = Column { drop, ..*column };
    }
    table
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let sides: &[&str] = &[Etcd::NAME, "events"];
    let width = if area.width >= 160 { 64 } else { 40 };
    let minor = &[Pgbouncer::NAME, Haproxy::NAME, "events"];
    let mut around = tab::placed(canvas, area, sight, &Plan { sides, width, minor, lead: &["members"] });
    let cluster = sight.screen.cluster.as_ref().and_then(|name| sight.observed.fleet.cluster(name));
    if let Some(cluster) = cluster {
        around.counts = fleet::stands(canvas, sight.observed, cluster);
        if around.detail.is_empty() {
            around.detail = fleet::detail(sight.observed, cluster);
        }
    }
    around
}

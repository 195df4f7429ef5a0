//! One cluster: its findings, its topology, and a panel of each system. `tab` goes to the next panel, `z` gives one the whole screen, digits open a page of its own.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu   [PROD]   RO   14:03:22Z   ● data 0s   ✗ critical
//!  1 topology  2 replication  3 activity  4 locks  5 poolers  6 balancers  ...
//! ┌ FINDINGS  ✗ 1 critical ─────────────────────────────────────────────────────┐
//! │     RULE      MEMBER  FOR     WHAT                                           │
//! │ ▸ ✗ critical  no-leader  -  3m 12s  nobody holds the leader lock             │
//! ├ PATRONI  ✗ 1 silent  ● 2 ok ────────────────────────────────────────────────┤
//! │     NAME  HEALTH    ROLE     STATE      TL  LAG   ZONE  AGE                  │
//! │     pg1   ● ok      replica  running    42  0 B   a      0s                  │
//! │     pg3   ✗ silent  ?        ?           ?    ?   c     12s                  │
//! ├ ETCD  ● 3 ok ────────────────────────────────────────────────────────────────┤
//! └──────────────────────────────────────────────────────────────────────────────┘
//!  pg3: connection refused
//!  ⏎ open   X explain   esc back   tab panel   z zoom   ? help   q quit        1/2
//! ```

use super::{Around, ScreenDef, Sight, fleet, tab};
use crate::tui::panel;
use crate::tui::place::Place;
use crate::tui::scope::standing;
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Cluster,
    doc: "One cluster: findings, topology, a panel of each system",
    tab: None,
    panels: |observed, scope, screen| screen.cluster.as_ref().map_or_else(Vec::new, |name| panel::of_cluster(observed, scope, name)),
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let mut around = tab::draw(canvas, area, sight);
    let cluster = sight.screen.cluster.as_ref().and_then(|name| sight.observed.fleet.cluster(name));
    if let Some(cluster) = cluster {
        let stands = standing(sight.observed, cluster);
        around.counts = vec![canvas.state(fleet::mark_of(stands), stands.word())];
        if around.detail.is_empty() {
            around.detail = fleet::detail(sight.observed, cluster);
        }
    }
    around
}

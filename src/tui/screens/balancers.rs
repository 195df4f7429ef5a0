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

use super::{Panels, ScreenDef, tab};
use crate::app::views::lines;
use crate::systems::contract::System;
use crate::systems::haproxy::Haproxy;
use crate::tui::panel::{self, Line};
use crate::tui::place::Place;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Balancers,
    doc: "Each balancer: which server takes writes, which take reads, and why the others do not",
    tab: Some(6),
    panels: Panels::Tables(|observed, scope, screen| panel::of_system(observed, scope, screen, Haproxy::NAME, &LINE)),
    pane: None,
    draw: tab::draw,
};

const LINE: Line = Line {
    after: "sessions",
    column: lines::column("sessions_series", 3, "sessions of all backends, each value the largest of half a minute"),
    series: "sessions",
};

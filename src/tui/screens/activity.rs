//! What did they wait for: a class of wait is a row, so that a stall is a shape; beside it what sessions do now, below it the sessions, the longest first.
//!
//! ```text
//! ┌ WAITED FOR, last 10 minutes ───────────────────────────────────────────────────────────────┐┌ NOW ─────────────────────┐
//! │   SERVER  CLASS: EVENT                                      10 MIN  NOW  MOST  FOR  NOT READ ││   server            pg1  │
//! │   pg1     Lock: transactionid  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃▅▆▇████████  22 ▲    22  4m 41s            - ││   active             31  │
//! │   pg1     on CPU               ▂▂▃▂▂▂▃▂▂····▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁    6     14     10m           7s ││   idle in trans…    4 ▲  │
//! ├ SESSIONS ───────────────────────────────────────────────────────────────────────────────────┤└──────────────────────────┘
//! │   SERVER  PID    STATE                WAIT                 TX AGE  FROM               STATEMENT                          │
//! │ ▸ pg1     18431  ▲ idle in transaction  Client: ClientRead  4m 41s  batch@10.0.4.12   UPDATE orders SET …                │
//! └─────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::stack::Plan;
use super::{ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::waits;
use crate::systems::view::{Cell, Row, Table};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Activity,
    doc: "What sessions wait for and waited for in the last ten minutes, and who they are",
    tab: Some(3),
    panels: |observed, scope, screen| panel::remembered(observed, screen.cluster.is_some(), |observed| tables(observed, scope, screen)),
    draw: |canvas, area, sight| tab::placed(canvas, area, sight, &Plan { sides: &["now"], width: 34, minor: &["now"], pane: None }),
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = panel::clusters(observed, scope, cluster);
    let mut sessions = panel::tables(observed, scope, Place::Activity.word(), cluster);
    for table in &mut sessions {
        longest_first(table);
    }
    let mut tables = vec![waits::table(observed, &clusters)];
    tables.extend(sessions);
    tables.push(waits::now(observed, &clusters));
    tables
}

/// The oldest transactions of all servers first; what is not known stands below.
fn longest_first(table: &mut Table) {
    let Some(at) = table.columns.iter().position(|column| column.key == "transaction_seconds") else { return };
    let age = |row: &Row| match row.cells.get(at) {
        Some(Cell::Seconds(seconds)) => *seconds,
        _ => -1.0,
    };
    table.rows.sort_by(|a, b| age(b).total_cmp(&age(a)));
}

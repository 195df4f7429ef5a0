//! What did they wait for: a class of wait is a row, so that a stall is a shape; beside it what sessions do now, below it the sessions, the longest first.
//!
//! ```text
//! ┌ WAITED FOR, last 10 minutes ───────────────────────────────────────────────────────────────┐┌ NOW ─────────────────────┐
//! │   SERVER  CLASS: EVENT                                      10 MIN  NOW  MOST  FOR    UNSEEN ││   server            pg1  │
//! │   pg1     Lock: transactionid  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▃▅▆▇████████  22 ▲    22  4m 41s            - ││   active             31  │
//! │   pg1     on CPU               ▂▂▃▂▂▂▃▂▂····▂▂▂▂▂▂▂▁▁▁▁▁▁▁▁    6     14     10m           7s ││   idle in trans…    4 ▲  │
//! ├ SESSIONS ───────────────────────────────────────────────────────────────────────────────────┤└──────────────────────────┘
//! │   ON   PID    STATE         WAIT                TX AGE  USER   APPLICATION  STATEMENT                                    │
//! │ ▸ pg1  18431  ▲ idle in tx  Client: ClientRead  4m 41s  batch  nightly      UPDATE orders SET …                          │
//! │   pg1  18502  ▲ waiting     transactionid       4m 38s  app    checkout     UPDATE orders SET …                          │
//! └─────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::stack::Plan;
use super::{Panels, ScreenDef, tab};
use crate::app::Observed;
use crate::app::views::waits;
use crate::systems::view::{Cell, Row, Table, Tone};
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::scope::Scope;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Activity,
    doc: "What sessions wait for and waited for in the last ten minutes, and who they are",
    tab: Some(3),
    panels: Panels::Tables(tables),
    pane: None,
    draw: |canvas, area, sight| tab::placed(canvas, area, sight, &Plan { sides: &["now"], width: 34, minor: &["now"], lead: &[] }),
};

fn tables(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = panel::clusters(observed, scope, cluster);
    let mut sessions = panel::tables(observed, scope, Place::Activity.word(), cluster);
    for table in &mut sessions {
        longest_first(table);
        plain(table);
    }
    let mut tables = vec![waits::table(observed, &clusters)];
    tables.extend(sessions);
    tables.push(waits::now(observed, &clusters));
    tables
}

/// The words of the servers in the few letters that a column has, and whoever is held up by another session as what it is: no session at work.
fn plain(table: &mut Table) {
    let place = |key| table.columns.iter().position(|column| column.key == key);
    let (Some(state), Some(wait)) = (place("state"), place("wait")) else { return };
    for column in table.columns.iter_mut().filter(|column| column.key == "endpoint") {
        column.title = "ON";
    }
    for row in &mut table.rows {
        let held = match row.cells.get_mut(wait) {
            Some(Cell::Word(word, tone @ Tone::Warn)) => {
                // that it waits says the state
                (*word, *tone) = (word.raw().trim_start_matches("Lock: ").into(), Tone::Plain);
                true
            }
            _ => false,
        };
        if let Some(Cell::Word(word, tone)) = row.cells.get_mut(state) {
            match word.raw() {
                "active" if held => (*word, *tone) = ("waiting".into(), Tone::Warn),
                "idle in transaction" => *word = "idle in tx".into(),
                "idle in transaction (aborted)" => *word = "idle in tx, aborted".into(),
                _ => {}
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::cells::words;
    use crate::systems::view::{Column, Kind};

    #[test]
    fn who_waits_for_another_session_does_not_look_as_if_he_worked() {
        let columns = vec![Column::new("state", "", Kind::Word, 0, ""), Column::new("wait", "", Kind::Word, 0, "")];
        let row = |state: &str, wait: Cell| Row::new("c/pg1/7", vec![Cell::word(state, Tone::Plain), wait]);
        let rows = vec![
            row("active", Cell::word("Lock: transactionid", Tone::Warn)),
            row("active", Cell::word("IO: DataFileRead", Tone::Plain)),
            row("idle in transaction", Cell::word("Client: ClientRead", Tone::Plain)),
        ];
        let mut table = Table { key: "sessions", title: "", columns, rows, when_empty: "" };
        plain(&mut table);
        assert_eq!(words(&table.rows[0].cells[1]), ("transactionid".to_owned(), Tone::Plain));
        let told: Vec<(String, Tone)> = table.rows.iter().map(|row| words(&row.cells[0])).collect();
        assert_eq!(told, [("waiting".to_owned(), Tone::Warn), ("active".to_owned(), Tone::Plain), ("idle in tx".to_owned(), Tone::Plain)]);
    }
}

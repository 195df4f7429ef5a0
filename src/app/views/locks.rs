//! `locks`: who holds up whom, read from the cause: the session that blocks most stands first, those that wait stand below it.

use super::members::{self, Detail};
use super::sessions::{seconds, wait, word};
use super::{BadPick, Pick, ViewDef, picked, sources, subject};
use crate::app::Observed;
use crate::model::Finding;
use crate::systems::contract::System;
use crate::systems::postgres::snapshot::blocking::{Blocking, LockRow, LockTree};
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Tone};

pub(super) const VIEW: ViewDef = ViewDef { name: "locks", doc: "Who holds up whom: the root of each blocking tree first", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Locks");
    let mut trees = members::servers(observed, &clusters, &TREES);
    let holds_up = trees.columns.iter().position(|column| column.key == "holds_up");
    for row in trees.rows.iter_mut().filter(|row| row.depth == 0) {
        let about = |finding: &&Finding| finding.rule == "lock-tree" && subject::is_about(finding, &row.key);
        let worst = observed.judgement.findings.iter().filter(about).map(|finding| finding.severity).max();
        if let Some(Cell::Toned(_, tone)) = holds_up.and_then(|at| row.cells.get_mut(at)) {
            *tone = worst.map_or(*tone, subject::tone);
        }
    }
    page.tables.push(trees);
    page.sources = sources(&clusters, &[Postgres::NAME]);
    Ok(page)
}

const TREES: Detail<Snapshot> = Detail {
    key: "sessions",
    title: "BLOCKING TREES",
    endpoint: "SERVER",
    columns: &[
        Column::new("pid", "PID", Kind::Count, 0, "process of the backend; 0 is a prepared transaction"),
        Column::new("holds_up", "HOLDS UP", Kind::Count, 0, "sessions that wait behind it; of others than the root: those that wait for it directly"),
        Column::new("waits_seconds", "WAITS", Kind::Seconds, 0, "how long it has waited; before PostgreSQL 14 at most so long"),
        Column::new("waits_for", "WAITS FOR", Kind::Text, 1, "kind of lock, mode and relation"),
        Column::new("state", "STATE", Kind::Word, 0, "active, idle in transaction..."),
        Column::new("wait", "WAIT", Kind::Word, 4, "class and event it waits for"),
        Column::new("transaction_seconds", "TX AGE", Kind::Seconds, 1, "age of its transaction"),
        Column::new("who", "FROM", Kind::Text, 0, "user, address and application"),
        Column::new("database", "DATABASE", Kind::Text, 5, "its database"),
        Column::new("backend_start", "SINCE", Kind::Time, 6, "start of the session"),
        Column::new("statement", "STATEMENT", Kind::Text, 0, "the statement that runs or ran last"),
    ],
    when_empty: "no session waits for a lock",
    rows: |view| {
        let trees = view.snapshot.lock_trees();
        let trees = trees.known(format!("locks of {}", view.name()))?;
        Ok(trees.iter().flat_map(|tree| tree.rows.iter().map(|row| tree_row(view.name(), tree, row))).collect())
    },
};

fn tree_row(server: &str, tree: &LockTree<'_>, row: &LockRow<'_>) -> Row {
    let session = row.session;
    let holds_up = match (row.depth, tree.waiting_for(session.pid)) {
        // as bad as the rule finds it: the same sign stands for the same everywhere
        (0, _) => Cell::count(tree.held_up).toned(Tone::Warn),
        (_, 0) => Cell::Nothing,
        (_, direct) => Cell::count(direct).toned(Tone::Warn),
    };
    let words = [session.locktype.as_ref(), session.mode.as_ref()].into_iter().flatten().map(|word| word.raw().to_owned());
    let waits_for: Vec<String> = words.chain(relation(session)).collect();
    let cells = vec![
        Cell::count(session.pid),
        holds_up,
        seconds(session.waited_seconds()),
        if waits_for.is_empty() { Cell::Nothing } else { Cell::text(waits_for.join(" ")) },
        word(session.state.as_ref()),
        wait(session.wait_event_type.as_ref(), session.wait_event.as_ref()),
        seconds(session.xact_age_s),
        Cell::text(session.who()),
        word(session.datname.as_ref()),
        session.backend_start.map_or(Cell::Nothing, Cell::Time),
        word(session.query.as_ref()),
    ];
    Row { key: format!("{server}/{}", session.pid), cells, depth: row.depth }
}

/// The relation that is waited for. One of another database than the one that was asked has no name there, only its number.
fn relation(session: &Blocking) -> Option<String> {
    let name = session.relation.as_ref()?.raw();
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let database = session.datname.as_ref().filter(|_| is_number);
    Some(database.map_or_else(|| name.to_owned(), |database| format!("relation {name} in database {}", database.raw())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relation_of_another_database_is_named_with_it() {
        let waiting = |relation: &str| {
            let json = serde_json::json!({"pid": 7, "blockers": [6], "relation": relation, "datname": "app"});
            relation_of(&serde_json::from_value(json).expect("session"))
        };
        assert_eq!((waiting("24576").as_str(), waiting("orders").as_str()), ("relation 24576 in database app", "orders"));
    }

    fn relation_of(session: &Blocking) -> String {
        relation(session).expect("a relation")
    }
}

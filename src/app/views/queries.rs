//! `queries`: the statements that took most time, by `pg_stat_statements` of the database that each endpoint names.

use super::members::{self, Detail};
use super::sessions::word;
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::systems::contract::System;
use crate::systems::postgres::snapshot::work::Statement;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Page, Row};

pub(super) const VIEW: ViewDef = ViewDef { name: "queries", doc: "The statements that took most time, by pg_stat_statements", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Queries");
    page.tables.push(members::servers(observed, &clusters, &STATEMENTS));
    page.sources = sources(&clusters, &[Postgres::NAME]);
    Ok(page)
}

const STATEMENTS: Detail<Snapshot> = Detail {
    key: "statements",
    title: "STATEMENTS",
    endpoint: "SERVER",
    columns: &[
        Column::new("queryid", "QUERYID", Kind::Text, 5, "identifier of the statement, as text because it has 64 bits"),
        Column::new("total_seconds", "TOTAL", Kind::Seconds, 0, "time in all calls"),
        Column::new("calls", "CALLS", Kind::Count, 0, "number of calls"),
        Column::new("mean_seconds", "MEAN", Kind::Seconds, 0, "time of one call"),
        Column::new("rows", "ROWS", Kind::Count, 2, "rows given or changed"),
        Column::new("read_bytes", "READ", Kind::Bytes, 3, "read from outside the shared buffers"),
        Column::new("temp_bytes", "TEMP", Kind::Bytes, 3, "written to temporary files"),
        Column::new("wal_bytes", "WAL", Kind::Bytes, 3, "WAL written"),
        Column::new("statement", "STATEMENT", Kind::Text, 0, "the statement without its values"),
    ],
    when_empty: "no statement was counted",
    rows: |view| {
        let statements = view.snapshot.statements.known(format!("statements of {}", view.name()))?;
        Ok(statements.iter().enumerate().map(|(at, statement)| row(view.name(), at, statement)).collect())
    },
};

/// Size of a block of PostgreSQL unless it was compiled otherwise, in bytes.
const BLOCK: u64 = 8_192;

fn row(server: &str, at: usize, statement: &Statement) -> Row {
    let blocks = |count: i64| Cell::Bytes(u64::try_from(count).unwrap_or(0).saturating_mul(BLOCK));
    let id = statement.queryid.map(|id| id.to_string());
    let cells = vec![
        id.clone().map_or(Cell::Nothing, Cell::text),
        Cell::Seconds(statement.total_ms / 1_000.0),
        Cell::count(statement.calls),
        Cell::Seconds(statement.mean_ms / 1_000.0),
        Cell::count(statement.rows),
        blocks(statement.shared_blks_read),
        blocks(statement.temp_blks_written),
        statement.wal_bytes.map_or(Cell::Nothing, |bytes| Cell::Bytes(u64::try_from(bytes).unwrap_or(0))),
        word(statement.query.as_ref()),
    ];
    Row::new(format!("{server}/{}", id.unwrap_or_else(|| at.to_string())), cells)
}

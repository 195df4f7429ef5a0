//! `activity`: every session that does or holds something, the oldest transaction first.

use super::members::{self, Detail};
use super::sessions::{seconds, wait, word};
use super::{BadPick, Pick, ViewDef, picked, sources};
use crate::app::Observed;
use crate::systems::contract::System;
use crate::systems::postgres::snapshot::sessions::Session;
use crate::systems::postgres::{Postgres, Snapshot};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Tone};

pub(super) const VIEW: ViewDef =
    ViewDef { name: "activity", doc: "Sessions that do or hold something: state, wait, age, who, statement", argument: None, page };

fn page(observed: &Observed, pick: &Pick) -> Result<Page, BadPick> {
    let clusters = picked(observed, pick)?;
    let mut page = Page::new("Activity");
    page.tables.push(members::servers(observed, &clusters, &SESSIONS));
    page.sources = sources(&clusters, &[Postgres::NAME]);
    Ok(page)
}

const SESSIONS: Detail<Snapshot> = Detail {
    key: "sessions",
    title: "SESSIONS",
    endpoint: "SERVER",
    columns: &[
        Column::new("pid", "PID", Kind::Count, 0, "process of the backend"),
        Column::new("state", "STATE", Kind::Word, 0, "active, idle in transaction..."),
        Column::new("wait", "WAIT", Kind::Word, 0, "class and event it waits for; nothing while it works"),
        Column::new("transaction_seconds", "TX AGE", Kind::Seconds, 0, "age of its transaction"),
        Column::new("user", "USER", Kind::Text, 0, "the role that it logged in as"),
        Column::new("application", "APPLICATION", Kind::Text, 0, "what it calls itself"),
        Column::new("statement_seconds", "STATEMENT AGE", Kind::Seconds, 4, "age of the statement that runs or ran last"),
        Column::new("client", "CLIENT", Kind::Text, 3, "address that it comes from; behind a pooler that of the pooler"),
        Column::new("who", "FROM", Kind::Text, 6, "user, address and application"),
        Column::new("database", "DATABASE", Kind::Text, 4, "its database"),
        Column::new("kind", "KIND", Kind::Word, 5, "client backend, autovacuum worker..."),
        Column::new("xmin_age", "XMIN AGE", Kind::Count, 6, "transactions that it keeps from being cleaned up"),
        Column::new("backend_start", "SINCE", Kind::Time, 6, "start of the session; with the pid it names one session for ever"),
        Column::new("statement", "STATEMENT", Kind::Text, 0, "the first 200 characters"),
    ],
    when_empty: "no session does or holds anything",
    rows: |view| {
        let sessions = view.snapshot.activity.known(format!("sessions of {}", view.name()))?;
        Ok(sessions.iter().map(|session| row(view.name(), session)).collect())
    },
};

fn row(server: &str, session: &Session) -> Row {
    let state = session.state.clone().map_or(Cell::Nothing, |state| {
        let tone = if session.is_idle_in_transaction() { Tone::Warn } else { Tone::Plain };
        Cell::word(state, tone)
    });
    let cells = vec![
        Cell::count(session.pid),
        state,
        wait(session.wait_event_type.as_ref(), session.wait_event.as_ref()),
        seconds(session.xact_age_s),
        word(session.usename.as_ref()),
        word(session.application_name.as_ref().filter(|name| !name.raw().is_empty())),
        seconds(session.query_age_s),
        word(session.client_addr.as_ref()),
        Cell::text(session.who()),
        word(session.datname.as_ref()),
        word(session.backend_type.as_ref()),
        session.xmin_age.map_or(Cell::Nothing, Cell::count),
        session.backend_start.map_or(Cell::Nothing, Cell::Time),
        word(session.query.as_ref()),
    ];
    Row::new(format!("{server}/{}", session.pid), cells)
}

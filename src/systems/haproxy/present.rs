//! What a balancer shows: a row of its own in the cluster, and a row for each server in `balancers`.

use super::snapshot::{Backend, BalancerSnapshot, Process, Server};
use super::standing::Standing;
use crate::model::{Gap, Reason};
use crate::systems::contract::{Trend, View};
use crate::systems::counts::added;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};
use crate::text::Untrusted;
use std::collections::BTreeSet;

/// The columns of the endpoint.
pub(super) const COLUMNS: &[Column] = &[
    Column::new("writes_to", "WRITES TO", Kind::List, 0, "Servers that take new sessions in the write backend; exactly one is right"),
    Column::new(
        "reads_from",
        "READS FROM",
        Kind::List,
        0,
        "Servers that take new sessions in the read backend; a warning where one is left of several",
    ),
    Column::new("sessions", "SESSIONS", Kind::Count, 2, "Sessions of all backends now"),
    Column::new("queue", "QUEUE", Kind::Count, 1, "Sessions that wait in all backends because the servers are full"),
    Column::new("set_aside", "DRAIN/MAINT", Kind::Count, 4, "Servers in DRAIN, MAINT, NOLB or with weight 0"),
    Column::new("witness", "VIA", Kind::Word, 5, "socket or http: which way the statistics came"),
    Column::new("connection_limit", "MAXCONN", Kind::Count, 6, "Connections the process takes; show info"),
    Column::new("version", "VERSION", Kind::Text, 5, "show info"),
];

pub(super) fn cells(view: &View<'_, BalancerSnapshot>) -> Vec<Cell> {
    let snapshot = view.snapshot;
    let name = view.name();
    let sum = |fact: &str, of: fn(&Backend) -> Option<u64>, show: fn(u64) -> Cell| {
        Cell::reported(snapshot.backends.iter().map(of).try_fold(0, added), format!("{fact} of {name}"), show)
    };
    let queue = |count: u64| Cell::count(count).toned(if count > 0 { Tone::Warn } else { Tone::Plain });
    let aside = snapshot.backends.iter().flat_map(|backend| &backend.servers).filter(|server| is_aside(server)).count();
    // a way that is set and does not answer has to be seen
    let witness = if snapshot.socket_trouble.is_some() { Tone::Warn } else { Tone::Plain };
    let process = |fact: &str, show: fn(&Process) -> Option<Cell>| match snapshot.process.known(format!("{fact} of {name}")) {
        Ok(process) => show(process).unwrap_or_else(|| Cell::unknown(Gap::new(format!("{fact} of {name}"), Reason::NotReported))),
        Err(gap) => Cell::unknown(gap),
    };
    vec![
        takers(view, "write_backend", |backend| if backend.takers().len() == 1 { Tone::Good } else { Tone::Bad }),
        // how many there are to be is said to a rule
        takers(view, "read_backend", |backend| if backend.takers().is_empty() { Tone::Bad } else { Tone::Good }),
        sum("sessions", |backend| backend.sessions, Cell::count),
        sum("queue", |backend| backend.queue, queue),
        Cell::count(aside).toned(if aside > 0 { Tone::Warn } else { Tone::Plain }),
        Cell::word(snapshot.witness.word(), witness),
        process("limit of connections", |process| process.connection_limit.map(Cell::count)),
        process("version", |process| process.version.clone().map(Cell::text)),
    ]
}

/// What is worth a line: sessions, and who waits for one.
pub(super) fn trends(view: &View<'_, BalancerSnapshot>) -> Vec<Trend> {
    let sum = |key: &'static str, of: fn(&Backend) -> Option<u64>| {
        view.snapshot.backends.iter().map(of).try_fold(0, added).map(|total| Trend::count(key, Kind::Count, total))
    };
    [sum("sessions", |backend| backend.sessions), sum("queue", |backend| backend.queue)].into_iter().flatten().collect()
}

fn takers(view: &View<'_, BalancerSnapshot>, field: &str, tone: fn(&Backend) -> Tone) -> Cell {
    let fact = || format!("{} of {}", field.replace('_', " "), view.name());
    let Some(name) = view.endpoint.body.text(field) else {
        return Cell::unknown(Gap::new(fact(), Reason::NotConfigured(format!("`{field}` is not set"))));
    };
    let Some(backend) = view.snapshot.backend(name) else {
        return Cell::unknown(Gap::new(fact(), Reason::NotReported));
    };
    // its own row has the last word
    let tone = if backend.standing() == Standing::Up { tone(backend) } else { Tone::Bad };
    Cell::List(backend.takers().iter().map(|server| server.name.clone()).collect()).toned(tone)
}

fn is_aside(server: &Server) -> bool {
    match server.standing() {
        Standing::Drain | Standing::Maintenance | Standing::Unresolved | Standing::NoNewSessions => true,
        Standing::Up | Standing::GoingDown | Standing::Unchecked => server.weight == Some(0),
        Standing::GoingUp | Standing::Down | Standing::Unknown => false,
    }
}

/// The columns of [`server_rows`]; a face puts the name of the balancer before them.
pub const SERVER_COLUMNS: &[Column] = &[
    Column::new("backend", "BACKEND", Kind::Text, 0, "Name of the backend; show stat"),
    Column::new("server", "SERVER", Kind::Text, 0, "Name of the server, BACKEND for the row of the backend itself; show stat"),
    Column::new("status", "STATUS", Kind::Word, 0, "UP, UP 1/2 (going down), DOWN, DOWN 1/2 (coming up), DRAIN, MAINT, NOLB, no check; show stat"),
    Column::new("takes_sessions", "TAKES", Kind::Flag, 2, "Whether it gets new sessions: up, with a weight, and no backup that waits"),
    Column::new("address", "ADDRESS", Kind::Text, 4, "Where the server is; show stat"),
    Column::new("check_status", "CHECK", Kind::Word, 1, "Result of the last check, L7OK or what failed; show stat"),
    Column::new("check_code", "CODE", Kind::Count, 3, "HTTP status of the last check; show stat"),
    Column::new("check_duration_seconds", "CHECK TOOK", Kind::Seconds, 4, "Duration of the last check; show stat"),
    Column::new("sessions", "SESSIONS", Kind::Count, 1, "Sessions now; show stat"),
    Column::new("session_limit", "LIMIT", Kind::Count, 6, "Limit of sessions; show stat"),
    Column::new("queue", "QUEUE", Kind::Count, 2, "Sessions that wait; show stat"),
    Column::new("weight", "WEIGHT", Kind::Count, 6, "0 gets no new sessions; show stat"),
    Column::new("backup", "BACKUP", Kind::Flag, 6, "Used only when every other server is down; show stat"),
    Column::new("last_change_seconds", "CHANGED", Kind::Seconds, 2, "How long its status is what it is; show stat"),
];

/// A row for each backend and, below it, each of its servers.
#[must_use]
pub fn server_rows(view: &View<'_, BalancerSnapshot>) -> Vec<Row> {
    let mut rows = Vec::new();
    for backend in view.snapshot.backends.iter().filter(|backend| !backend.servers.is_empty()) {
        rows.push(Row::new(format!("{}/{}/BACKEND", view.name(), backend.name.raw()), backend_cells(view, backend)));
        let takers: BTreeSet<&Untrusted> = backend.takers().into_iter().map(|server| &server.name).collect();
        for server in &backend.servers {
            let takes = takers.contains(&server.name);
            let key = format!("{}/{}/{}", view.name(), backend.name.raw(), server.name.raw());
            rows.push(Row { key, cells: server_cells(view, backend, server, takes), depth: 1 });
        }
    }
    rows
}

fn backend_cells(view: &View<'_, BalancerSnapshot>, backend: &Backend) -> Vec<Cell> {
    let fact = |what: &str| format!("{what} of {} on {}", backend.name.raw(), view.name());
    vec![
        Cell::text(backend.name.clone()),
        Cell::text("BACKEND"),
        match status(backend.status.as_ref(), backend.standing(), fact("status")) {
            // of a server it may be as meant, of all of them it is not
            Cell::Word(word, _) if backend.standing() == Standing::Down => Cell::Word(word, Tone::Bad),
            cell => cell,
        },
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
        Cell::Nothing,
        Cell::reported(backend.sessions, fact("sessions"), Cell::count),
        backend.session_limit.map_or(Cell::Nothing, Cell::count),
        Cell::reported(backend.queue, fact("queue"), Cell::count),
        Cell::Nothing,
        Cell::Nothing,
        Cell::reported(backend.last_change, fact("last change"), |time| Cell::Seconds(time.as_secs_f64())),
    ]
}

/// What Patroni answers to a check for a role that the member does not have. <https://patroni.readthedocs.io/en/latest/rest_api.html>
const NOT_THE_ONE: u64 = 503;

fn server_cells(view: &View<'_, BalancerSnapshot>, backend: &Backend, server: &Server, takes: bool) -> Vec<Cell> {
    let fact = |what: &str| format!("{what} of {}/{} on {}", backend.name.raw(), server.name.raw(), view.name());
    // a server without check has none of its results, and one without limit has no limit: there is nothing to know
    let check = server.check_status.as_ref().map_or(Cell::Nothing, |word| {
        // a star before the word: the next check is under way, the word is of the one before
        let (last, checking) = word.raw().strip_prefix("* ").map_or((word.raw(), ""), |last| (last, ", checking"));
        let tone = match last {
            last if last.ends_with("OK") => Tone::Plain,
            // it answers, and is not the one that this backend asks for, as all but the primary in a write backend: the row of the backend tells what is wrong
            "L7STS" if server.standing() == Standing::Down && server.check_code == Some(NOT_THE_ONE) => Tone::Muted,
            _ => Tone::Warn,
        };
        Cell::word(format!("{last}{checking}"), tone)
    });
    vec![
        Cell::text(backend.name.clone()),
        Cell::text(server.name.clone()),
        status(server.status.as_ref(), server.standing(), fact("status")),
        Cell::Flag(takes),
        server.address.clone().map_or(Cell::Nothing, Cell::text),
        check,
        // while the next check is under way there is none
        server.check_code.filter(|code| *code > 0).map_or(Cell::Nothing, Cell::count),
        server.check_duration.map_or(Cell::Nothing, |time| Cell::Seconds(time.as_secs_f64())),
        Cell::reported(server.sessions, fact("sessions"), Cell::count),
        server.session_limit.map_or(Cell::Nothing, Cell::count),
        Cell::reported(server.queue, fact("queue"), Cell::count),
        Cell::reported(server.weight, fact("weight"), Cell::count),
        Cell::Flag(server.backup),
        Cell::reported(server.last_change, fact("last change"), |time| Cell::Seconds(time.as_secs_f64())),
    ]
}

fn status(word: Option<&Untrusted>, standing: Standing, fact: String) -> Cell {
    let tone = match standing {
        Standing::Up => Tone::Good,
        Standing::GoingDown | Standing::Unchecked | Standing::GoingUp | Standing::Drain | Standing::Maintenance | Standing::NoNewSessions => {
            Tone::Warn
        }
        Standing::Unknown | Standing::Unresolved => Tone::Bad,
        // in a write backend all but one are down: the rule knows which is wrong
        Standing::Down => Tone::Muted,
    };
    Cell::reported(word.cloned(), fact, |word| Cell::word(word, tone))
}

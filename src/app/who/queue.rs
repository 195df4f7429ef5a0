//! Who waits at a pooler: the clients that a server has not been found for yet, as the pooler lists them when it is asked.
//!
//! It must never leave out a client whose state it does not know: a new word may mean that it waits.

use crate::model::{APPLICATION, EndpointId, Moment};
use crate::systems::pgbouncer::sessions::Session;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Source, Table, Tone};
use crate::text::Untrusted;

/// The words of clients that do not wait. <https://www.pgbouncer.org/usage.html#show-clients>
const SERVED: [&str; 4] = ["active", "idle", "used", "active_cancel_req"];

/// The pool that is asked about, as the pooler names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub database: String,
    pub user: String,
}

/// The clients of a pooler, or of one pool of it, that wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    pub endpoint: EndpointId,
    /// Who waits longest comes first.
    pub waiting: Vec<Session>,
    /// The others of the same pool, or of the whole pooler; opsctl itself is not among them.
    pub served: usize,
    pub taken_at: Moment,
}

impl Queue {
    /// Those of `clients` that wait, of `pool` alone where it is said.
    #[must_use]
    pub fn of(endpoint: &EndpointId, clients: Vec<Session>, pool: Option<&Pool>, taken_at: Moment) -> Queue {
        let is = |word: Option<&Untrusted>, wanted: &str| word.is_some_and(|word| word.raw() == wanted);
        let ours = |client: &Session| pool.is_none_or(|pool| is(client.database.as_ref(), &pool.database) && is(client.user.as_ref(), &pool.user));
        let is_served = |client: &Session| client.state.as_ref().is_some_and(|state| SERVED.contains(&state.raw()));
        let (mut served, mut waiting): (Vec<Session>, Vec<Session>) = clients.into_iter().filter(ours).partition(is_served);
        // whoever looks is no client
        served.retain(|client| !is(client.application.as_ref(), APPLICATION));
        waiting.sort_by_key(|client| std::cmp::Reverse(client.wait));
        Queue { endpoint: endpoint.clone(), waiting, served: served.len(), taken_at }
    }
}

/// The page of `queue`: a row a client.
#[must_use]
pub fn page(queue: &Queue) -> Page {
    let mut page = Page::new("Waiting");
    let word = |word: Option<&Untrusted>| word.filter(|word| !word.raw().is_empty()).map_or(Cell::Nothing, |word| Cell::Text(word.clone()));
    let row = |(at, client): (usize, &Session)| {
        let from = match (&client.address, client.port) {
            (Some(address), Some(port)) => Cell::Text(format!("{}:{port}", address.raw()).into()),
            (address, _) => word(address.as_ref()),
        };
        let wait = client.wait.map_or(Cell::Nothing, |wait| Cell::Seconds(wait.as_secs_f64()).toned(Tone::Warn));
        let state = client.state.as_ref().map_or(Cell::Nothing, |state| Cell::word(state.raw(), Tone::Plain));
        let cells = vec![
            wait,
            from,
            word(client.application.as_ref()),
            word(client.database.as_ref()),
            word(client.user.as_ref()),
            state,
            word(client.connected.as_ref()),
        ];
        Row::new(format!("{at}/{}", queue.endpoint), cells)
    };
    page.tables.push(Table {
        key: "waiting",
        title: "WAITING",
        columns: vec![
            Column::new("wait_seconds", "WAITS", Kind::Seconds, 0, "how long it waits for a server; SHOW CLIENTS"),
            Column::new("client", "CLIENT", Kind::Text, 0, "its address"),
            Column::new("application", "APPLICATION", Kind::Text, 1, "application_name: the client's own word"),
            Column::new("database", "DATABASE", Kind::Text, 1, "the database it asks for"),
            Column::new("user", "USER", Kind::Text, 1, "its user"),
            Column::new("state", "STATE", Kind::Word, 2, "the pooler's own word for it"),
            Column::new("connected", "CONNECTED", Kind::Text, 3, "when it came, in the time of the pooler"),
        ],
        rows: queue.waiting.iter().enumerate().map(row).collect(),
        when_empty: "nobody waits there now",
    });
    page.sources.push(Source { endpoint: queue.endpoint.to_string(), taken_at: Some(queue.taken_at), error: None });
    page
}

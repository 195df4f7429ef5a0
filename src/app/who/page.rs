//! A chain as a page: a row a station, from the process to the client.

use super::chain::{Chain, Station};
use crate::model::Moment;
use crate::systems::view::{Cell, Column, Kind, Page, Row, Source, Table, Tone};

/// The page of `chain`; without one it has only its columns, for the schema.
#[must_use]
pub fn page(chain: Option<&Chain>, now: Moment) -> Page {
    let mut page = Page::new("Who");
    let client = chain.and_then(Chain::client);
    let broken = chain.and_then(|chain| chain.broken.as_ref());
    let unknown = || broken.map_or(Cell::Nothing, |gap| Cell::unknown(gap.clone()));
    page.facts = vec![
        (Column::new("pid", "PID", Kind::Count, 0, "the process that was asked about"), chain.map_or(Cell::Nothing, |chain| Cell::count(chain.pid))),
        (
            Column::new("client", "CLIENT", Kind::Text, 0, "address of the client, where the way could be followed to it"),
            client.map_or_else(unknown, |station| Cell::Text(station.session.clone())),
        ),
        (
            Column::new("application", "APPLICATION", Kind::Text, 0, "what the client calls itself: its own word"),
            client.map_or_else(unknown, |station| fact(station, "application")),
        ),
        (
            Column::new("ends", "ENDS", Kind::Text, 0, "why the way could not be followed further; null when it leads to the client"),
            broken.map_or(Cell::Nothing, |gap| Cell::word(format!("{}: {}", gap.fact, gap.reason.phrase()), Tone::Warn)),
        ),
    ];
    page.tables.push(Table {
        key: "stations",
        title: "FROM THE PROCESS TO ITS CLIENT",
        columns: vec![
            Column::new("station", "STATION", Kind::Word, 0, "backend, balancer, pooler or client"),
            Column::new("endpoint", "ENDPOINT", Kind::Text, 0, "who is asked there; of a client: who saw it"),
            Column::new("session", "SESSION", Kind::Text, 0, "what tells the connection from others there"),
            Column::new("peer", "COMES FROM", Kind::Text, 0, "the other end, towards the client"),
            Column::new("user", "USER", Kind::Text, 2, "user of the database"),
            Column::new("database", "DATABASE", Kind::Text, 3, "database"),
            Column::new("application", "APPLICATION", Kind::Text, 1, "application_name: the client's own word"),
            Column::new("state", "STATE", Kind::Word, 2, "what it does"),
            Column::new("since", "SINCE", Kind::Time, 4, "when the connection began"),
            Column::new("waits_for", "WAITS FOR", Kind::Text, 4, "wait event of the process"),
            Column::new("route", "ROUTE", Kind::Text, 4, "frontend, backend and server of the balancer"),
            Column::new("witness", "WITNESS", Kind::Text, 6, "who said it"),
            Column::new("age_seconds", "AGE", Kind::Seconds, 5, "how old it is"),
            Column::new("query", "QUERY", Kind::Text, 6, "the first 200 characters of what runs or ran last"),
        ],
        rows: chain.into_iter().flat_map(|chain| &chain.stations).enumerate().map(|(at, station)| row(at, station, now)).collect(),
        when_empty: "nothing was found",
    });
    for station in chain.into_iter().flat_map(|chain| &chain.stations) {
        let endpoint = station.endpoint.to_string();
        if !page.sources.iter().any(|source| source.endpoint == endpoint) {
            page.sources.push(Source { endpoint, taken_at: Some(station.taken_at), error: None });
        }
    }
    page
}

fn row(at: usize, station: &Station, now: Moment) -> Row {
    let tone = if station.kind == "client" { Tone::Good } else { Tone::Plain };
    Row::new(
        format!("{at}/{}", station.endpoint),
        vec![
            Cell::word(station.kind, tone),
            Cell::text(station.endpoint.name.as_str()),
            Cell::Text(station.session.clone()),
            station.peer.as_deref().map_or(Cell::Nothing, Cell::text),
            fact(station, "user"),
            fact(station, "database"),
            fact(station, "application"),
            fact(station, "state"),
            fact(station, "since"),
            fact(station, "waits_for"),
            fact(station, "route"),
            Cell::text(station.witness.as_str()),
            Cell::Seconds(now.since(station.taken_at).as_secs_f64()),
            fact(station, "query"),
        ],
    )
}

fn fact(station: &Station, key: &str) -> Cell {
    station.facts.iter().find(|(name, _)| *name == key).map_or(Cell::Nothing, |(_, cell)| cell.clone())
}

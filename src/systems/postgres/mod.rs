//! PostgreSQL itself, asked over SQL: the one witness of who can be written, and of all that goes on inside a server. Versions 13 to 18.
//!
//! It must never need more than `pg_monitor`, write, or name another system. What a role may not see is unknown, never zero: the server hides it as NULL.
//!
//! `sql/` holds the statements, `queries` their list and gates, `wire` turns rows of text into the types of `snapshot`, `rules` judge one server alone,
//! `present` shows it. What needs several servers (two that can be written) is judged in `health`.

mod by_pid;
mod client;
#[cfg(test)]
mod golden;
pub mod present;
mod queries;
mod rules;
pub mod snapshot;
pub mod surroundings;
mod wire;

pub use snapshot::{Snapshot, is_writable, position, timeline};

use super::contract::{Field, Form, Rule, System, Tier, Trend, View, Wiring};
use super::view::{Cell, Column};
use crate::config::EndpointSpec;
use crate::transport::ProbeError;

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Postgres;

impl System for Postgres {
    const NAME: &'static str = "postgres";
    const TITLE: &'static str = "PostgreSQL";
    const PGPASS: bool = true;
    const FIELDS: &'static [Field] = &[
        Field {
            key: "address",
            form: Form::Address,
            required: true,
            doc: "Where the server listens: of each member itself, not of a pooler or balancer before it.",
            example: "10.0.0.11:5432",
        },
        Field {
            key: "database",
            form: Form::Text,
            required: false,
            doc: "The database to connect to; tables, indexes, sequences and statements are seen of this one only. Default: postgres.",
            example: "orders",
        },
    ];

    type Client = client::Client;
    type Snapshot = Snapshot;

    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<client::Client, ProbeError> {
        client::Client::new(endpoint, wiring)
    }

    async fn prepare(client: &mut client::Client) -> Result<(), ProbeError> {
        client.prepare().await
    }

    async fn probe(client: &mut client::Client, tier: Tier) -> Result<Snapshot, ProbeError> {
        client.probe(tier).await
    }

    fn rules() -> &'static [Rule<Snapshot>] {
        rules::RULES
    }

    fn columns() -> &'static [Column] {
        present::COLUMNS
    }

    fn present(view: &View<'_, Snapshot>) -> Vec<Cell> {
        present::cells(view)
    }

    fn trends(view: &View<'_, Snapshot>) -> Vec<Trend> {
        present::trends(view)
    }

    fn privileges() -> &'static str {
        "-- Reading PostgreSQL 13 to 18; run as a superuser on the primary. The role needs no table and no other grant.\n\
         CREATE ROLE opsctl_read LOGIN PASSWORD '...';\n\
         GRANT pg_monitor TO opsctl_read;\n"
    }
}

//! `SHOW CLIENTS` and `SHOW SERVERS`: each connection by itself. Ten thousand clients are two megabytes, so no tier asks for them; a view that
//! shows them does, through [`PoolerClient::sessions`](super::client::PoolerClient::sessions).

use super::wire::Answer;
use crate::text::Untrusted;
use crate::transport::ProbeError;
use crate::transport::pg::Rows;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Which side of the pooler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Clients,
    Servers,
}

impl Side {
    /// The command that lists it.
    #[must_use]
    pub const fn command(self) -> &'static str {
        match self {
            Side::Clients => "SHOW CLIENTS",
            Side::Servers => "SHOW SERVERS",
        }
    }
}

/// One connection of a client, or to a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub side: Side,
    pub database: Option<Untrusted>,
    pub user: Option<Untrusted>,
    /// `active`, `waiting`, `idle`…; new words come with new versions.
    pub state: Option<Untrusted>,
    pub address: Option<Untrusted>,
    pub port: Option<u64>,
    /// The pooler's own end of the connection: what the other side sees as its client.
    pub local_address: Option<Untrusted>,
    pub local_port: Option<u64>,
    pub application: Option<Untrusted>,
    /// How long it waits, for a client that does.
    pub wait: Option<Duration>,
    /// The connection itself; tells sessions apart at one moment, and is used again after it ended.
    pub pointer: Option<Untrusted>,
    /// The [`Session::pointer`] of the other side.
    pub link: Option<Untrusted>,
    /// Process of the backend, for a server.
    pub remote_pid: Option<u64>,
    /// Version and cipher; empty is a plain connection.
    pub tls: Option<Untrusted>,
    pub connected: Option<Untrusted>,
    /// When it asked last: tells whether a link of two answers is the same one.
    pub requested: Option<Untrusted>,
    /// Never used again while the process lives; since 1.24.
    pub id: Option<u64>,
}

/// # Errors
/// The form of the answer.
pub fn sessions(side: Side, rows: &Rows) -> Result<Vec<Session>, ProbeError> {
    let answer = Answer::new(side.command(), rows, &["user", "database", "state"])?;
    let all = answer.records().map(|record| {
        let wait = record.time("wait", "wait_us")?;
        Ok(Session {
            side,
            database: record.word("database"),
            user: record.word("user"),
            state: record.word("state"),
            address: record.word("addr"),
            port: record.count("port")?,
            local_address: record.word("local_addr"),
            local_port: record.count("local_port")?,
            application: record.word("application_name"),
            wait,
            pointer: record.word("ptr"),
            link: record.word("link"),
            remote_pid: record.count("remote_pid")?,
            tls: record.word("tls"),
            connected: record.word("connect_time"),
            requested: record.word("request_time"),
            id: record.count("id")?,
        })
    });
    all.collect()
}

//! What one `HAProxy` told, typed: its listeners, its backends with their servers, and the process.

use super::standing::Standing;
use crate::model::{Moment, Reading};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// All that one `HAProxy` told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BalancerSnapshot {
    /// Who was asked this time.
    pub witness: Witness,
    /// Why the socket was not asked or did not answer, where one is configured.
    pub socket_trouble: Option<Untrusted>,
    pub listeners: Vec<Listener>,
    pub backends: Vec<Backend>,
    /// When listeners and backends were read.
    pub taken_at: Moment,
    /// `show info`; only the socket tells it.
    pub process: Reading<Process>,
}

impl BalancerSnapshot {
    #[must_use]
    pub fn backend(&self, name: &str) -> Option<&Backend> {
        self.backends.iter().find(|backend| backend.name.raw() == name)
    }
}

/// Which way the statistics came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Witness {
    /// The runtime socket.
    Socket,
    /// The statistics page as CSV.
    Http,
}

impl Witness {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Witness::Socket => "socket",
            Witness::Http => "http",
        }
    }
}

/// A frontend. It stays OPEN when its backend is down, so it says nothing of health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub name: Untrusted,
    /// `OPEN`, `FULL`, `STOP`…
    pub status: Option<Untrusted>,
    pub sessions: Option<u64>,
    pub session_limit: Option<u64>,
}

/// A backend with its servers. Whether it serves is told by its own row and by the number of servers that take sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backend {
    pub name: Untrusted,
    pub status: Option<Untrusted>,
    pub sessions: Option<u64>,
    pub session_limit: Option<u64>,
    /// Sessions that wait because every server is full.
    pub queue: Option<u64>,
    /// Since when this process sees sessions wait without a break.
    pub queue_since: Option<Moment>,
    /// How long it is as it is.
    pub last_change: Option<Duration>,
    pub servers: Vec<Server>,
}

impl Backend {
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self.status.as_ref())
    }

    /// Servers that get new sessions now: those that are not a backup; the backups when there is no other.
    #[must_use]
    pub fn takers(&self) -> Vec<&Server> {
        let willing = |backup: bool| self.servers.iter().filter(move |server| server.backup == backup && server.willing()).collect::<Vec<_>>();
        let first = willing(false);
        if first.is_empty() { willing(true) } else { first }
    }

    /// The servers that take reads, where they are fewer than they are to be: `wanted`, where somebody said so; two otherwise, if the backend has two readers.
    /// Of the servers of a backend for reads one is the primary, whose check fails unless it is a backup: two servers are one reader.
    #[must_use]
    pub fn few_readers(&self, wanted: Option<u64>) -> Option<Vec<&Server>> {
        let regular = self.servers.iter().filter(|server| !server.backup).count();
        let readers = if regular < self.servers.len() { regular } else { regular.saturating_sub(1) };
        let takers = self.takers();
        let wanted = wanted.unwrap_or(if readers < 2 { 0 } else { 2 });
        (!takers.is_empty() && (takers.len() as u64) < wanted).then_some(takers)
    }
}

/// One server of one backend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    pub name: Untrusted,
    /// The word of the server: `UP`, `DOWN 1/2`, `MAINT`…
    pub status: Option<Untrusted>,
    /// 0 gets no new sessions, whatever the status says.
    pub weight: Option<u64>,
    /// Used only when every other server is down.
    pub backup: bool,
    pub address: Option<Untrusted>,
    /// `L7OK`, `L4CON`…; begins with `* ` while a check is under way.
    pub check_status: Option<Untrusted>,
    /// The HTTP status of the last check.
    pub check_code: Option<u64>,
    pub check_duration: Option<Duration>,
    /// What the check got, in words.
    pub check_text: Option<Untrusted>,
    pub sessions: Option<u64>,
    pub session_limit: Option<u64>,
    pub queue: Option<u64>,
    /// How long it is as it is.
    pub last_change: Option<Duration>,
}

impl Server {
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing::of(self.status.as_ref())
    }

    /// Whether it gets new sessions: up, and with a weight.
    #[must_use]
    pub fn willing(&self) -> bool {
        self.standing().serves() && self.weight != Some(0)
    }
}

/// The lines of `show info` that are used; names of others drift between versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    pub version: Option<Untrusted>,
    pub uptime: Option<Duration>,
    /// Connections of the whole process, and how many it takes.
    pub connections: Option<u64>,
    pub connection_limit: Option<u64>,
    /// It goes away when its last session ends.
    pub stopping: Option<bool>,
}

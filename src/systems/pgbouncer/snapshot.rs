//! What one `PgBouncer` told, typed. What a version does not report is `None` in a row, and a [`Reading::Unknown`] where a whole answer is missing.

use super::pace::Pace;
use super::settings::{SettingChange, Settings};
use super::totals::Totals;
use crate::model::{Moment, Reading};
use crate::text::Untrusted;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// All that one `PgBouncer` told. <https://www.pgbouncer.org/usage.html#show-commands>
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PoolerSnapshot {
    /// `SHOW VERSION`: `PgBouncer 1.18.0`.
    pub version: Reading<Untrusted>,
    /// `SHOW POOLS`, the console's own pool included.
    pub pools: Reading<Vec<Pool>>,
    /// `SHOW DATABASES`, the console included.
    pub databases: Reading<Vec<Database>>,
    /// `SHOW STATE`, new in 1.19. A global PAUSE is visible nowhere else.
    pub process: Reading<ProcessState>,
    /// `SHOW STATS`.
    pub totals: Reading<Vec<Totals>>,
    /// From two answers of `SHOW STATS`; after the first one, from the averages of the server, which changed their meaning in 1.23.
    pub pace: Reading<Vec<Pace>>,
    /// `SHOW LISTS`.
    pub lists: Reading<Lists>,
    /// `SHOW CONFIG`.
    pub settings: Reading<Settings>,
    /// Settings that were set when this session began and have the compiled default now.
    pub fallen_back: Vec<SettingChange>,
}

impl PoolerSnapshot {
    /// Nothing was asked yet.
    #[must_use]
    pub const fn empty() -> Self {
        PoolerSnapshot {
            version: Reading::not_asked(),
            pools: Reading::not_asked(),
            databases: Reading::not_asked(),
            process: Reading::not_asked(),
            totals: Reading::not_asked(),
            pace: Reading::not_asked(),
            lists: Reading::not_asked(),
            settings: Reading::not_asked(),
            fallen_back: Vec::new(),
        }
    }
}

/// A pair of database and user with its clients and servers; a row of `SHOW POOLS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub database: Untrusted,
    pub user: Untrusted,
    /// `cl_active`: linked to a server, or idle between transactions.
    pub clients_active: Option<u64>,
    /// `cl_waiting`: have asked and got no server yet.
    pub clients_waiting: Option<u64>,
    /// `sv_active`: serve a client.
    pub servers_active: Option<u64>,
    /// `sv_idle`: free at once.
    pub servers_idle: Option<u64>,
    /// `sv_used`: free after a check.
    pub servers_used: Option<u64>,
    /// `sv_tested`: being checked or reset.
    pub servers_tested: Option<u64>,
    /// `sv_login`: logging in.
    pub servers_login: Option<u64>,
    /// `maxwait` and `maxwait_us`: how long the first client of the queue waits.
    pub oldest_wait: Option<Duration>,
    /// `pool_mode`: `transaction`, `session`, `statement`.
    pub mode: Option<Untrusted>,
    /// Since when this process sees clients wait without a break.
    pub waiting_since: Option<Moment>,
    /// Since when this process sees that servers are wanted and none is there.
    pub without_server_since: Option<Moment>,
}

impl Pool {
    /// Servers that stand, whatever they do; those that log in do not count. `None` where they are not told, or are more than a number holds.
    #[must_use]
    pub fn servers(&self) -> Option<u64> {
        [self.servers_active?, self.servers_idle?, self.servers_used?, self.servers_tested?].into_iter().try_fold(0, u64::checked_add)
    }

    /// Whether a server is wanted and none is there; `None` when what is told does not decide it.
    #[must_use]
    pub fn lacks_servers(&self) -> Option<bool> {
        let wanted = match (self.clients_waiting, self.servers_login) {
            (Some(1..), _) | (_, Some(1..)) => Some(true),
            (Some(0), Some(0)) => Some(false),
            (None, _) | (_, None) => None,
        };
        // one server that is told is one, whatever the others are
        let told = [self.servers_active, self.servers_idle, self.servers_used, self.servers_tested];
        let stands = if told.iter().flatten().any(|count| *count > 0) { Some(true) } else { self.servers().map(|count| count > 0) };
        match (wanted, stands) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            (None, _) | (_, None) => None,
        }
    }
}

/// A row of `SHOW DATABASES`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    pub name: Untrusted,
    /// `None` for a unix socket and for the console itself.
    pub host: Option<Untrusted>,
    pub port: Option<u64>,
    /// The name of the database on the server.
    pub target: Option<Untrusted>,
    /// All clients share the servers of this user.
    pub force_user: Option<Untrusted>,
    /// Servers a pool.
    pub pool_size: Option<u64>,
    /// `reserve_pool`, called `reserve_pool_size` since 1.24.
    pub reserve: Option<u64>,
    pub mode: Option<Untrusted>,
    /// Servers of this database; 0 is no limit.
    pub max_servers: Option<u64>,
    pub servers: Option<u64>,
    /// Clients of this database, new in 1.24; 0 is no limit.
    pub max_clients: Option<u64>,
    pub clients: Option<u64>,
    /// By `PAUSE db` or `KILL db`. A global PAUSE does not show here.
    pub paused: Option<bool>,
    pub disabled: Option<bool>,
    /// Since when this process sees it paused.
    pub paused_since: Option<Moment>,
}

/// The answer to `SHOW STATE`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessState {
    pub active: bool,
    /// By a global PAUSE.
    pub paused: bool,
    /// By SUSPEND, gone in 1.26.
    pub suspended: bool,
    /// States we have no name for that the server says it is in.
    pub others: Vec<Untrusted>,
    /// Since when this process sees it other than active.
    pub since: Option<Moment>,
}

/// The rows of `SHOW LISTS` that are judged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    /// `used_clients`: what counts against `max_client_conn`.
    pub clients: Option<u64>,
    /// `login_clients`.
    pub clients_in_login: Option<u64>,
    /// `used_servers`.
    pub servers: Option<u64>,
}

//! Who is connected, who does something, who waits for a standby.

use crate::model::APPLICATION;
use crate::text::Untrusted;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The answer of `connections.sql`: sessions counted by what they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connections {
    /// Those of opsctl are among them.
    pub client_backends: u64,
    /// Sessions that call themselves as ours do: of this process and of others of its kind.
    #[serde(default)]
    pub opsctl: u64,
    pub active: u64,
    pub idle: u64,
    pub idle_in_xact: u64,
    /// Whatever their state: with `track_activities` off a session waits without one.
    pub waiting_on_lock: u64,
    pub walsenders: u64,
    pub max_connections: u64,
    pub superuser_reserved: u64,
    /// `reserved_connections`, 16 and later; 0 before.
    pub reserved_pg16: u64,
    pub max_wal_senders: u64,
}

impl Connections {
    /// Sessions of somebody else than who is looking.
    #[must_use]
    pub fn clients(&self) -> u64 {
        self.client_backends.saturating_sub(self.opsctl)
    }

    /// `, and 2 of opsctl`; nothing where there is none.
    #[must_use]
    pub fn and_ours(&self) -> String {
        if self.opsctl == 0 { String::new() } else { format!(", and {} of opsctl", self.opsctl) }
    }

    /// Connections that a role without special rights can have at all.
    #[must_use]
    pub fn usable(&self) -> u64 {
        self.max_connections.saturating_sub(self.superuser_reserved.saturating_add(self.reserved_pg16))
    }
}

/// Sessions of one user, application, database and state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionGroup {
    pub usename: Option<Untrusted>,
    pub application_name: Option<Untrusted>,
    pub datname: Option<Untrusted>,
    pub state: Option<Untrusted>,
    pub count: u64,
    /// All groups, those beyond the limit of the statement included; the same in every row.
    #[serde(default)]
    pub total: Option<u64>,
}

/// A session that does or holds something, from `activity.sql`; the oldest transaction first, 200 at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub pid: i32,
    /// With the pid, names one session for ever.
    pub backend_start: Option<Timestamp>,
    /// `client backend`, `autovacuum worker`, `parallel worker`, `background worker`.
    pub backend_type: Option<Untrusted>,
    pub usename: Option<Untrusted>,
    pub application_name: Option<Untrusted>,
    pub datname: Option<Untrusted>,
    pub client_addr: Option<Untrusted>,
    pub client_port: Option<i64>,
    /// `active`, `idle in transaction`, `idle in transaction (aborted)`, `fastpath function call`, `disabled`.
    pub state: Option<Untrusted>,
    pub wait_event_type: Option<Untrusted>,
    pub wait_event: Option<Untrusted>,
    pub xact_start: Option<Timestamp>,
    pub query_start: Option<Timestamp>,
    pub xact_age_s: Option<f64>,
    pub query_age_s: Option<f64>,
    pub in_state_s: Option<f64>,
    pub xmin_age: Option<i64>,
    /// The first 200 characters of the statement that runs or ran last.
    pub query: Option<Untrusted>,
    /// All such sessions, those beyond the 200 included; the same in every row.
    pub total: Option<u64>,
}

impl Session {
    #[must_use]
    pub fn is_idle_in_transaction(&self) -> bool {
        self.state.as_ref().is_some_and(|state| state.raw().starts_with("idle in transaction"))
    }

    /// Of a client; autovacuum and workers are the server's own.
    #[must_use]
    pub fn is_client(&self) -> bool {
        self.backend_type.as_ref().is_none_or(|kind| kind.raw() == "client backend")
    }

    /// Of opsctl itself, by the name that it gives itself.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        self.application_name.as_ref().is_some_and(|name| name.raw() == APPLICATION)
    }

    /// `user@host (application)` as far as it is known.
    #[must_use]
    pub fn who(&self) -> String {
        who(self.usename.as_ref(), self.client_addr.as_ref(), self.application_name.as_ref())
    }
}

/// `user@host (application)`; raw text of the server.
pub(crate) fn who(user: Option<&Untrusted>, host: Option<&Untrusted>, application: Option<&Untrusted>) -> String {
    let mut text = user.map_or("?", Untrusted::raw).to_owned();
    if let Some(host) = host {
        text.push('@');
        text.push_str(host.raw());
    }
    if let Some(application) = application.filter(|name| !name.raw().is_empty()) {
        text.push_str(&format!(" ({})", application.raw()));
    }
    text
}

/// A session whose commit is durable here and waits for a standby, from `syncrep_waiters.sql`; 50 at most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncRepWaiter {
    pub pid: i32,
    pub usename: Option<Untrusted>,
    pub application_name: Option<Untrusted>,
    pub query_start: Option<Timestamp>,
    /// Age of the statement; the wait is at most as old.
    pub query_age_s: Option<f64>,
    /// All who wait, those beyond the 50 included; the same in every row.
    pub waiting: u64,
    /// For how long this process has seen it wait; 0 when it did not wait at the look before. `None` when there was no look before, so that nobody can
    /// tell a wait that lasts from one that was met by chance: a long statement that just began to wait is no stall.
    #[serde(default)]
    pub seen_waiting_s: Option<f64>,
}

/// A look further back than this says nothing about a wait that is met now.
const LOOKS_APART: Duration = Duration::from_secs(2);

/// Who waited for a standby when this process looked before.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    looked: Option<Duration>,
    since: Vec<((i32, Option<Timestamp>), Duration)>,
}

impl Waiting {
    /// Notes who waits at `at` and fills in for how long that was seen.
    pub fn observe(&mut self, at: Duration, waiters: &mut [SyncRepWaiter]) {
        let mut seen = Vec::with_capacity(waiters.len());
        let looked = self.looked.is_some_and(|looked| at.saturating_sub(looked) <= LOOKS_APART);
        for waiter in waiters {
            let key = (waiter.pid, waiter.query_start);
            let since = self.since.iter().find(|(known, _)| *known == key).map(|(_, since)| *since);
            waiter.seen_waiting_s = since.map(|since| at.saturating_sub(since).as_secs_f64()).or(looked.then_some(0.0));
            seen.push((key, since.unwrap_or(at)));
        }
        *self = Waiting { looked: Some(at), since: seen };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(waiting: &mut Waiting, at: u64, pids: &[i32]) -> Vec<Option<f64>> {
        let waiter = |pid: &i32| serde_json::from_value(serde_json::json!({"pid": pid, "waiting": 1})).expect("a waiter");
        let mut waiters: Vec<SyncRepWaiter> = pids.iter().map(waiter).collect();
        waiting.observe(Duration::from_secs(at), &mut waiters);
        waiters.iter().map(|waiter| waiter.seen_waiting_s).collect()
    }

    #[test]
    fn a_wait_that_was_met_once_is_known_to_be_young_only_where_a_look_was_before() {
        let mut waiting = Waiting::default();
        assert_eq!(seen(&mut waiting, 10, &[1]), [None]);
        assert_eq!(seen(&mut waiting, 11, &[1, 2]), [Some(1.0), Some(0.0)]);
        assert_eq!(seen(&mut waiting, 60, &[2, 3]), [Some(49.0), None], "the third may have waited for most of a minute");
    }
}

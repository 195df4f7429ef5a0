//! One process of one server: who its client is. Asked when somebody wants to know, never by a tier.
//!
//! It must never put anything but a number into its statement.

use super::client::Client;
use super::snapshot::sessions::Session;
use super::wire;
use crate::transport::{ProbeError, Trouble};

impl Client {
    /// The session that process `pid` serves; `None` where there is no such process. What the role may not see is `None` in the session:
    /// without `pg_monitor` a foreign session has no `client_port`, where a unix socket has -1.
    ///
    /// # Errors
    /// The login, the deadline, the form of the answer.
    pub async fn session(&mut self, pid: i32) -> Result<Option<Session>, ProbeError> {
        self.reader.open().await?;
        let statement = format!(
            "select pid, backend_start, backend_type, usename, application_name, datname, host(client_addr) as client_addr, client_port, state, \
             wait_event_type, wait_event, xact_start, query_start, left(query, 200) as query from pg_stat_activity where pid = {pid}"
        );
        let rows = self.reader.rows(&statement).await?;
        let mut sessions = wire::many::<Session>(&rows).map_err(|reason| ProbeError::new(Trouble::Malformed, "pg_stat_activity", reason.phrase()))?;
        Ok(sessions.pop())
    }
}

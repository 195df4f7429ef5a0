//! One process of one server: who its client is. Asked when somebody wants to know, never by a tier.
//!
//! It must never put anything but a number into its statement.

use super::client::Client;
use super::queries::by_pid;
use super::snapshot::sessions::Session;
use super::wire;
use crate::transport::{ProbeError, Trouble};

impl Client {
    /// The session that process `pid` serves; `None` where there is no such process. What the role may not see is `None` in the session:
    /// without `pg_monitor` a foreign session has no `client_port`, where a unix socket has -1.
    ///
    /// # Errors
    /// The login, the deadline, the form of the answer.
    pub async fn session(&mut self, pid: u32) -> Result<Option<Session>, ProbeError> {
        let odd = |why: String| ProbeError::new(Trouble::Malformed, "pg_stat_activity", why);
        let statement = by_pid(pid).map_err(odd)?;
        self.reader.open().await?;
        let rows = self.reader.rows(&statement).await?;
        let mut sessions = wire::many::<Session>(&rows).map_err(|reason| odd(reason.phrase()))?;
        Ok(sessions.pop())
    }
}

//! A socket that takes one line and answers until it closes: the runtime API of `HAProxy`.

use super::error::{ProbeError, Trouble};
use super::read::haproxy_allows;
use super::timing::exchange;
use crate::model::Clock;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

/// Largest answer that is read, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Sends `command` to the unix socket at `path` and reads the whole answer.
///
/// # Errors
/// Connecting, the deadline, an answer over the cap, or a command that does not only read.
pub async fn ask(clock: &Clock, path: &str, command: &str, deadline: Duration) -> Result<String, ProbeError> {
    let asked = format!("`{command}` on {path}");
    if !haproxy_allows(command) {
        return Err(ProbeError::new(Trouble::NotPermitted, asked, "not on the list of questions that only read"));
    }
    let work = async {
        let mut stream = UnixStream::connect(path).await?;
        stream.write_all(format!("{command}\n").as_bytes()).await?;
        let mut bytes = Vec::new();
        stream.take(LARGEST + 1).read_to_end(&mut bytes).await?;
        std::io::Result::Ok(bytes)
    };
    let bytes =
        clock.timeout(deadline, exchange(work)).await.ok_or_else(|| ProbeError::new(Trouble::AnswerTimeout, &asked, ""))?.map_err(|error| {
            let trouble = match error.kind() {
                std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::NotFound => Trouble::ConnectionRefused,
                std::io::ErrorKind::PermissionDenied => Trouble::NotPermitted,
                _ => Trouble::Network,
            };
            ProbeError::new(trouble, &asked, error.to_string())
        })?;
    if bytes.len() as u64 > LARGEST {
        return Err(ProbeError::new(Trouble::TooLarge(4 * 1024 * 1024), asked, ""));
    }
    String::from_utf8(bytes).map_err(|_bytes| ProbeError::new(Trouble::Malformed, asked, "not UTF-8"))
}

//! One command on the admin console of `PgBouncer`: the simple protocol, one command in one text, of those that this program knows the effect of.
//!
//! Never a command without a database where it would mean all of them: a global PAUSE is invisible in `SHOW DATABASES`, a bare KILL ends every client. Never
//! `WAIT_CLOSE`, after which no PAUSE of that process waits any more. <https://www.pgbouncer.org/usage.html#process-controlling-commands>

use super::sql::{said, session};
use super::window::{Sent, Window};
use crate::model::Armed;
use crate::transport::pg::{PgTarget, Speaks};

/// Commands that name one database.
const OF_ONE_DATABASE: &[&str] = &["PAUSE", "RESUME", "RECONNECT", "DISABLE", "ENABLE", "KILL"];

/// Sends `command` once. The console says nothing of a success: what came of it is read afterwards.
pub async fn console(armed: Armed, target: &PgTarget, command: &str, window: &Window<'_>) -> Sent<()> {
    let label = armed.label();
    tracing::debug!(%label, "sends");
    if target.speaks != Speaks::Console {
        return Sent::never("what answers there is no console");
    }
    if !allowed(command) {
        return Sent::never(format!(
            "`{command}` is no command that is sent to a console: {} with a database, or SET of one setting",
            OF_ONE_DATABASE.join(", ")
        ));
    }
    let session = match session(target, window).await {
        Ok(session) => session,
        Err(sent) => return sent,
    };
    if let Some(why) = window.closed() {
        return Sent::nothing(why);
    }
    match window.after(session.client.simple_query(command)).await {
        Some(Ok(_)) => Sent::Answered(()),
        Some(Err(error)) => match error.as_db_error() {
            // it took the command, and refused it
            Some(server) if server.severity() == "ERROR" => Sent::NoEffect { why: said(server), retryable: false },
            // a PAUSE that waits is in effect since it was read
            Some(server) => Sent::Unclear { why: format!("the console ended the connection: {}", said(server)) },
            None => Sent::Unclear { why: format!("the connection to the console ended before the answer: {error}") },
        },
        None => Sent::Unclear { why: "the console took the command, and no answer came before the deadline".to_owned() },
    }
}

/// Whether `command` is one command whose effect is known.
fn allowed(command: &str) -> bool {
    let command = command.trim();
    let (word, rest) = command.split_once(' ').map_or((command, ""), |(word, rest)| (word, rest.trim()));
    let one_name = |text: &str| match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"').is_some_and(|name| !name.is_empty() && !name.replace("\"\"", "").contains('"')),
        None => !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')),
    };
    let set = |text: &str| {
        let (name, value) = text.split_once('=').map_or(("", ""), |(name, value)| (name.trim(), value.trim()));
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let value = quoted.map_or(!value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')), |value| {
            !value.contains('\'')
        });
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && value
    };
    if word.eq_ignore_ascii_case("SET") { set(rest) } else { OF_ONE_DATABASE.iter().any(|known| word.eq_ignore_ascii_case(known)) && one_name(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_commands_on_one_database_are_sent() {
        for good in ["PAUSE \"app\"", "RESUME app", "pause \"it's \"\"odd\"\"\"", "RECONNECT app", "SET server_login_retry = 0", "SET x='a b'"] {
            assert!(allowed(good), "{good}");
        }
        for bad in [
            "PAUSE",
            "RESUME",
            "KILL",
            "KILL ",
            "WAIT_CLOSE app",
            "SHUTDOWN",
            "SUSPEND",
            "RELOAD",
            "SHOW FDS",
            "PAUSE a; RESUME b",
            "PAUSE \"a\" \"b\"",
            "PAUSE \"\"",
            "PAUSE a b",
            "SET x",
            "SET x = ",
            "SET x = 'a'; KILL b'",
            "SET X-Y = 1",
        ] {
            assert!(!allowed(bad), "{bad}");
        }
    }
}

//! `show sess` and `show sess all`: every session by itself. The short form is 250 bytes a session and does not say which port of its own the balancer uses
//! towards the server; the long one does, with 1,300 bytes. So no tier asks for either; a view that traces a session does.
//!
//! <https://docs.haproxy.org/2.6/management.html#9.3-show%20sess>

use super::client::BalancerClient;
use crate::text::Untrusted;
use crate::transport::{ProbeError, Trouble, line};
use serde::{Deserialize, Serialize};

/// One session, as far as the form tells. Addresses are `HOST:PORT`, IPv6 without brackets, or `unix:1`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its place in memory: used again after it ended.
    pub id: Untrusted,
    /// The client.
    pub source: Option<Untrusted>,
    pub frontend: Option<Untrusted>,
    /// The address that the client connected to; long form only.
    pub listener: Option<Untrusted>,
    /// `None` before one was chosen.
    pub backend: Option<Untrusted>,
    pub server: Option<Untrusted>,
    /// Where the server is; long form only.
    pub server_address: Option<Untrusted>,
    /// The balancer's own end towards the server: what the server sees as its client. Long form only.
    pub own: Option<Untrusted>,
}

impl BalancerClient {
    /// Every session; with `whole` in the long form.
    ///
    /// # Errors
    /// There is no runtime socket, it does not answer, or with more than is read: `show sess all` of more than 3,000 sessions.
    pub async fn sessions(&self, whole: bool) -> Result<Vec<Session>, ProbeError> {
        let command = if whole { "show sess all" } else { "show sess" };
        let path = self.socket.as_deref();
        let path =
            path.ok_or_else(|| ProbeError::new(Trouble::NotConfigured, command, "only the runtime socket tells of sessions; `socket` is not set"))?;
        let asked = format!("`{command}` on {path}");
        let text = line::ask(&self.clock, path, command, self.deadline).await?;
        if whole { long(&text, &asked) } else { short(&text, &asked) }
    }
}

/// Decodes `show sess`: a line each.
///
/// # Errors
/// [`Trouble::Truncated`] where the empty line at the end is missing, [`Trouble::NotPermitted`], [`Trouble::Malformed`] for a line of another form.
pub fn short(text: &str, asked: &str) -> Result<Vec<Session>, ProbeError> {
    ends(text, asked)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let (id, rest) = head(line).ok_or_else(|| odd(line, asked))?;
            let word = |key: &str| rest.split(' ').find_map(|field| field.strip_prefix(key)).and_then(said);
            let frontend = word("fe=").ok_or_else(|| odd(line, asked))?;
            Ok(Session { id, source: word("src="), frontend: Some(frontend), backend: word("be="), server: word("srv="), ..Session::default() })
        })
        .collect()
}

/// Decodes `show sess all`: a head each, with its particulars below, set in.
///
/// # Errors
/// As [`short`].
pub fn long(text: &str, asked: &str) -> Result<Vec<Session>, ProbeError> {
    ends(text, asked)?;
    let mut sessions: Vec<Session> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some((id, rest)) = head(line) {
            let source = rest.split(' ').find_map(|field| field.strip_prefix("source=")).and_then(said);
            sessions.push(Session { id, source, ..Session::default() });
            continue;
        }
        let session = sessions.last_mut().filter(|_| line.starts_with(' ')).ok_or_else(|| odd(line, asked))?;
        let line = line.trim_start();
        let address = line.split(' ').find_map(|field| field.strip_prefix("addr=")).and_then(said);
        let name = |rest: &str| rest.split(' ').next().and_then(said);
        if let Some(rest) = line.strip_prefix("frontend=") {
            (session.frontend, session.listener) = (name(rest), address);
        } else if let Some(rest) = line.strip_prefix("backend=") {
            (session.backend, session.own) = (name(rest), address);
        } else if let Some(rest) = line.strip_prefix("server=") {
            (session.server, session.server_address) = (name(rest), address);
        }
    }
    if let Some(session) = sessions.iter().find(|session| session.frontend.is_none()) {
        return Err(ProbeError::new(Trouble::Truncated, asked, format!("session {} ends early", session.id.raw())));
    }
    Ok(sessions)
}

/// `0x55578f850ab0: REST`
fn head(line: &str) -> Option<(Untrusted, &str)> {
    let (id, rest) = line.split_once(": ")?;
    let digits = id.strip_prefix("0x")?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| (id.into(), rest))
}

/// A word that names something: neither empty nor `<NONE>`, `<none>`, `?`.
fn said(word: &str) -> Option<Untrusted> {
    let word = word.trim_end_matches(',');
    (!word.is_empty() && !word.starts_with('<') && word != "?").then(|| word.into())
}

fn ends(text: &str, asked: &str) -> Result<(), ProbeError> {
    // every answer ends with an empty line; this very session is among those listed, so that one is there at least
    if text.starts_with("0x") && !text.ends_with("\n\n") {
        return Err(ProbeError::new(Trouble::Truncated, asked, "no empty line at the end"));
    }
    if text.trim().is_empty() {
        return Err(ProbeError::new(Trouble::Truncated, asked, "no session, not even this one"));
    }
    Ok(())
}

fn odd(line: &str, asked: &str) -> ProbeError {
    let trouble = if line.starts_with("Permission denied") { Trouble::NotPermitted } else { Trouble::Malformed };
    ProbeError::new(trouble, asked, line.chars().take(60).collect::<String>())
}

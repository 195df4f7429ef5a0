//! `cluster.leader.kept_by`: what may keep a leader from stopping. Pure.
//!
//! A server that stops lets nobody in who could ask: all that can be told is who was at work on it when it last did. It must never be given for what is so now.

use super::told::{Known, Told, part};
use crate::app::cells::time_of;
use crate::config::quantity::time_text;
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::sessions::Session;
use serde_json::{Value, json};
use std::time::Duration;

/// More are counted.
const MOST: usize = 3;

/// In one sentence.
pub(super) fn kept_by(told: &Told<'_>) -> Known<Value> {
    let (head, at) = told.head()?;
    let text = match (&head.server, head.before) {
        (Ok(_), _) => format!("{} lets sessions in: it does not stop", head.name),
        (Err(reason), None) => return Err(reason.clone()),
        (Err(_), Some((snapshot, seen))) => {
            let all = at_work(snapshot);
            let when = format!("as it was seen at {}, before it let nobody in any more", time_of(seen.wall));
            match all.len() {
                0 => format!("nobody was at work on {}, {when}: its log says what it waits for", head.name),
                count => {
                    let more = if count > MOST { format!(" and {} more", count - MOST) } else { String::new() };
                    let shown: Vec<&str> = all.iter().take(MOST).map(String::as_str).collect();
                    format!("{} may be kept from stopping by {}{more}, {when}", head.name, shown.join("; "))
                }
            }
        }
    };
    Ok((json!(text), at))
}

/// Who did something then, the longest first.
fn at_work(snapshot: &Snapshot) -> Vec<String> {
    let mut sessions = part(&snapshot.activity).map(|(sessions, _)| sessions).unwrap_or_default();
    sessions.retain(|session| session.is_client() && !session.is_ours());
    let since = |session: &Session| [session.xact_age_s, session.query_age_s].into_iter().flatten().fold(0.0, f64::max);
    sessions.sort_by(|one, other| since(other).total_cmp(&since(one)));
    let backends = sessions.iter().map(|session| {
        let word = session.state.as_ref().map_or("at work", |state| state.raw());
        let time = Duration::try_from_secs_f64(since(session)).unwrap_or_default();
        let waits = session.wait_event.as_ref().map(|event| format!(", in {}", event.raw())).unwrap_or_default();
        format!("backend {} of {}, {word} for {}{waits}", session.pid, session.who(), time_text(time))
    });
    // a server that stops sends all of its WAL before it ends
    let senders = part(&snapshot.senders).map(|(senders, _)| senders).unwrap_or_default();
    let behind = senders.iter().filter(|sender| !sender.is_standby() || sender.flush_lag_bytes.is_some_and(|bytes| bytes > 0));
    let behind = behind.map(|sender| format!("the WAL sender of {}", sender.name.raw())).collect::<Vec<_>>();
    let failing = part(&snapshot.archiver).is_ok_and(|(archiver, _)| archiver.failing_now);
    backends.chain(behind).chain(failing.then(|| "its archiver, which fails".to_owned())).collect()
}

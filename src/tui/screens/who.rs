//! Who is behind a process of PostgreSQL: the way from its server through balancer and pooler to the client, a row a station.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ activity ▸ who 25052   [PROD]   RO   14:03:22Z
//!  the client of pid 25052 on pg2 is 10.1.4.7:60878, which calls itself orders-api
//! ┌ FACTS ───────────────────────────────────────────────────────────────────────┐
//! │   PID    CLIENT           APPLICATION                                         │
//! ├ FROM THE PROCESS TO ITS CLIENT ───────────────────────────────────────────────┤
//! │   STATION   ENDPOINT     SESSION              COMES FROM                      │
//! │   backend   pg2          pid 25052            10.0.0.31:34140                 │
//! │   balancer  hap-1        session 0x55d03f1a   10.0.0.21:49548                 │
//! │   pooler    pgb-write-1  client 0x5586bce9    10.1.4.7:60878                  │
//! │   client    pgb-write-1  10.1.4.7:60878       10.1.4.7:60878                  │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  w again   esc back   ? help   q quit                                        4/4
//! ```

use super::stack::{self, Plan};
use super::{Around, Panels, ScreenDef, Sight};
use crate::app::cells::{seconds_text, words};
use crate::app::who::{Queue, Traced, page, queue};
use crate::model::Gap;
use crate::text::untrusted::visible;
use crate::theme::Role;
use crate::tui::errand::who::{Sought, Told};
use crate::tui::panel;
use crate::tui::place::{Asked, Place, Screen, Subject};
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Who,
    doc: "The client behind a process of PostgreSQL, or who waits at a pooler",
    tab: None,
    panels: Panels::Own(|observed, _, screen| match asked(screen).and_then(Asked::traced) {
        Some(Ok(Told::Process(Traced::Chain(chain)))) => panel::of_page(page::page(Some(chain), observed.now), true),
        Some(Ok(Told::Waiting(Ok(queue)))) => panel::of_page(queue::page(queue), true),
        _ => Vec::new(),
    }),
    pane: None,
    draw,
};

fn asked(screen: &Screen) -> Option<&Asked> {
    match &screen.subject {
        Some(Subject::Process(asked)) => Some(asked),
        _ => None,
    }
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let (text, role) = asked(sight.screen).map_or_else(|| ("no process was asked about".to_owned(), Role::Muted), said);
    canvas.put(area.x + 1, area.y, usize::from(area.width).saturating_sub(2), &text, role);
    if sight.panels.is_empty() {
        return Around::default();
    }
    stack::draw(canvas, Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area }, sight, &Plan::default())
}

/// The answer in one line.
fn said(asked: &Asked) -> (String, Role) {
    let order = &asked.order;
    let at = order.member.as_deref().map(visible).unwrap_or_default();
    let (pid, what) = match &order.sought {
        Sought::Process(pid) if at.is_empty() => (*pid, format!("pid {pid}")),
        Sought::Process(pid) => (*pid, format!("pid {pid} on {at}")),
        Sought::Waiting(Some(pool)) => (0, format!("{at} for {}/{}", visible(&pool.database), visible(&pool.user))),
        Sought::Waiting(None) => (0, at),
    };
    match asked.traced() {
        None if matches!(order.sought, Sought::Waiting(_)) => (format!("asking who waits at {what}"), Role::Running),
        None => (format!("asking who {what} belongs to"), Role::Running),
        Some(Err(error)) => (format!("{what}: {}", visible(error)), Role::Critical),
        Some(Ok(Told::Waiting(told))) => waiting(&what, told.as_ref()),
        Some(Ok(Told::Process(traced))) => followed(&what, pid, traced),
    }
}

fn waiting(what: &str, told: Result<&Queue, &Gap>) -> (String, Role) {
    match told {
        Err(gap) => (format!("? {}: {}", visible(&gap.fact), visible(&gap.reason.phrase())), Role::Unknown),
        Ok(queue) if queue.waiting.is_empty() => (format!("nobody waits at {what}{}", others(queue.served)), Role::Strong),
        Ok(queue) => {
            let longest = queue.waiting.iter().filter_map(|client| client.wait).max();
            let longest = longest.map_or_else(String::new, |wait| format!(", the longest for {}", seconds_text(wait.as_secs_f64().floor())));
            let who = match queue.waiting.len() {
                1 => "1 client waits".to_owned(),
                count => format!("{count} clients wait"),
            };
            (format!("{who} at {what}{longest}{}", others(queue.served)), Role::Warning)
        }
    }
}

/// Clients that do not wait, behind those that do.
fn others(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "; 1 other is served or idle".to_owned(),
        count => format!("; {count} others are served or idle"),
    }
}

/// Where the way from a process led.
fn followed(what: &str, pid: i32, traced: &Traced) -> (String, Role) {
    match traced {
        Traced::Nowhere { unread } if unread.is_empty() => (format!("no server has a process {pid}; it may have ended"), Role::Warning),
        Traced::Nowhere { unread } => {
            let why = unread.iter().map(|gap| format!("{}: {}", gap.fact, gap.reason.phrase())).collect::<Vec<_>>().join("; ");
            (format!("? {what}: {}", visible(&why)), Role::Unknown)
        }
        Traced::Several(members) => (format!("several servers have a process {pid}: {}", visible(&members.join(", "))), Role::Warning),
        Traced::Chain(chain) => match (chain.client(), &chain.broken) {
            (Some(client), _) => {
                let named = client
                    .facts
                    .iter()
                    .find(|(key, _)| *key == "application")
                    .map(|(_, cell)| words(cell).0)
                    .filter(|name| !matches!(name.as_str(), "" | "-"));
                let named = named.map_or_else(String::new, |name| format!(", which calls itself {name}"));
                (format!("the client of {what} is {}{named}", client.session.shown()), Role::Strong)
            }
            (None, Some(gap)) => (format!("? {}: {}", visible(&gap.fact), visible(&gap.reason.phrase())), Role::Unknown),
            (None, None) => (format!("? nothing was found behind {what}"), Role::Unknown),
        },
    }
}

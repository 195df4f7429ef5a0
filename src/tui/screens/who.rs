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
use crate::app::cells::words;
use crate::app::who::{Traced, page};
use crate::text::untrusted::visible;
use crate::theme::Role;
use crate::tui::panel;
use crate::tui::place::{Asked, Place, Screen, Subject};
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Who,
    doc: "The client behind a process of PostgreSQL",
    tab: None,
    panels: Panels::Own(|observed, _, screen| match asked(screen).and_then(Asked::traced) {
        Some(Ok(Traced::Chain(chain))) => panel::of_page(page::page(Some(chain), observed.now), true),
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
    let what = format!("pid {}{}", order.pid, order.member.as_deref().map_or_else(String::new, |member| format!(" on {}", visible(member))));
    match asked.traced() {
        None => (format!("asking who {what} belongs to"), Role::Running),
        Some(Err(error)) => (format!("{what}: {}", visible(error)), Role::Critical),
        Some(Ok(Traced::Nowhere { unread })) if unread.is_empty() => {
            (format!("no server has a process {}; it may have ended", order.pid), Role::Warning)
        }
        Some(Ok(Traced::Nowhere { unread })) => {
            let why = unread.iter().map(|gap| format!("{}: {}", gap.fact, gap.reason.phrase())).collect::<Vec<_>>().join("; ");
            (format!("? {what}: {}", visible(&why)), Role::Unknown)
        }
        Some(Ok(Traced::Several(members))) => {
            (format!("several servers have a process {}: {}", order.pid, visible(&members.join(", "))), Role::Warning)
        }
        Some(Ok(Traced::Chain(chain))) => match (chain.client(), &chain.broken) {
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

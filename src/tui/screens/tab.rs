//! A page of a cluster, or of the whole fleet: the tables of the view of the same name as panels, below the line of pages.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ locks   [PROD]   RO   14:03:22Z   ● data 0s
//!  1 topology  2 replication  3 activity  4 locks  5 poolers  6 balancers  ...
//! ┌ LOCKS  ──────────────────────────────────────────────────────────────────────┐
//! │   SERVER  PID   HOLDS UP  SINCE   ...                                         │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  ⏎ open   X explain   esc back   tab panel   z zoom   ? help   q quit        1/2
//! ```

use super::{Around, SCREENS, ScreenDef, Sight, stack};
use crate::text::width::columns;
use crate::theme::Role;
use crate::tui::panel;
use crate::tui::place::Place;
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

pub(super) static TOPOLOGY: ScreenDef = page(Place::Topology, Some(1), "Who streams from whom: the primary at the root, replicas below");
pub(super) static REPLICATION: ScreenDef = page(Place::Replication, Some(2), "Each standby: how far behind, and what waits for it");
pub(super) static ACTIVITY: ScreenDef = page(Place::Activity, Some(3), "Sessions that do or hold something");
pub(super) static LOCKS: ScreenDef = page(Place::Locks, Some(4), "Who holds up whom");
pub(super) static POOLERS: ScreenDef = page(Place::Poolers, Some(5), "Every pool of every PgBouncer");
pub(super) static BALANCERS: ScreenDef = page(Place::Balancers, Some(6), "Every server of every HAProxy");
pub(super) static CONSENSUS: ScreenDef = page(Place::Consensus, Some(7), "The members of the store that elects the leader");
pub(super) static FINDINGS: ScreenDef = page(Place::Findings, Some(8), "What is wrong, worst first, since when, and what to do");
pub(super) static EVENTS: ScreenDef = page(Place::Events, Some(9), "What happened, newest first");
pub(super) static QUERIES: ScreenDef = page(Place::Queries, None, "The statements that cost most");
pub(super) static HISTORY: ScreenDef = page(Place::History, None, "Every change of leader that the cluster remembers");
pub(super) static SHOW_CONFIG: ScreenDef = page(Place::ShowConfig, None, "The dynamic configuration of the cluster");
pub(super) static DOCTOR: ScreenDef = page(Place::Doctor, None, "Can opsctl do its work here: what was tried, and what to try");

const fn page(place: Place, tab: Option<u8>, doc: &'static str) -> ScreenDef {
    ScreenDef {
        place,
        doc,
        tab,
        panels: |observed, scope, screen| panel::of_view(observed, scope, screen.place.word(), screen.cluster.as_deref()),
        draw,
    }
}

/// Draws the line of pages and the panels below it.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    if sight.screen.cluster.as_ref().is_some_and(|name| sight.observed.fleet.cluster(name).is_none()) {
        canvas.put(area.x + 1, area.y, usize::from(area.width), "this cluster is no longer there", Role::Warning);
        return Around::default();
    }
    let room = usize::from(area.width).saturating_sub(2);
    canvas.pieces(area.x + 1, area.y, room, &pages(sight.screen.place, room));
    let below = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    stack::draw(canvas, below, sight)
}

/// The pages by their digits. Where there is no room for every name, the page that is open keeps its own.
fn pages(open: Place, room: usize) -> Vec<Piece> {
    let pages = || SCREENS.iter().filter_map(|def| Some((def.tab?, def.place)));
    let whole: usize = pages().map(|(_, place)| columns(place.word()) + 4).sum();
    let mut pieces = Vec::new();
    for (digit, place) in pages() {
        let named = whole <= room + 2 || place == open;
        let (key, role) = if place == open { (Role::Accent, Role::Accent) } else { (Role::Key, Role::Muted) };
        pieces.push((digit.to_string(), key));
        pieces.push((if named { format!(" {}  ", place.word()) } else { "  ".to_owned() }, role));
    }
    if whole > room + 2 && !pages().any(|(_, place)| place == open) {
        pieces.push(("pages; ? says which".to_owned(), Role::Muted));
    }
    pieces
}

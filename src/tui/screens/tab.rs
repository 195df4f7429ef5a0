//! A page of a cluster, or of the whole fleet: the tables of the view of the same name as panels, below the line of pages.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ queries   [PROD]   RO   14:03:22Z   ● data 0s
//!  1 topology  2 replication  3 activity  4 locks  5 poolers  6 balancers  ...
//! ┌ QUERIES  ────────────────────────────────────────────────────────────────────┐
//! │   SERVER  CALLS  MEAN   SHARE  STATEMENT                                      │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  ⏎ open   X explain   esc back   tab panel   z zoom   ? help   q quit        1/2
//! ```

use super::stack::{self, Plan};
use super::{Around, SCREENS, ScreenDef, Sight};
use crate::text::width::columns;
use crate::theme::Role;
use crate::tui::hit::Hit;
use crate::tui::panel;
use crate::tui::place::Place;
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

pub(super) static QUERIES: ScreenDef = page(Place::Queries, None, "The statements that cost most");
pub(super) static HISTORY: ScreenDef = page(Place::History, None, "Every change of leader that the cluster remembers");
pub(super) static SHOW_CONFIG: ScreenDef = page(Place::ShowConfig, None, "The dynamic configuration of the cluster");

const fn page(place: Place, tab: Option<u8>, doc: &'static str) -> ScreenDef {
    ScreenDef {
        place,
        doc,
        tab,
        panels: |observed, scope, screen| panel::of_view(observed, scope, screen.place.word(), screen.cluster.as_deref()),
        draw,
    }
}

/// Lines of the body from which the pages have a line of their own; with less they lie on the frame.
const ROOMY: u16 = 26;

/// Draws the panels with the line of pages.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    placed(canvas, area, sight, &Plan::default())
}

/// The same, the panels placed as `plan` says.
pub(super) fn placed(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>, plan: &Plan) -> Around {
    if sight.screen.cluster.as_ref().is_some_and(|name| sight.observed.fleet.cluster(name).is_none()) {
        canvas.put(area.x + 1, area.y, usize::from(area.width), "this cluster is no longer there", Role::Warning);
        return Around::default();
    }
    let room = usize::from(area.width).saturating_sub(4);
    let pages = pages(sight.screen.place, room);
    if area.height < ROOMY {
        let around = stack::draw(canvas, area, sight, plan);
        let line = area.bottom().saturating_sub(1);
        let used = digits(canvas, area.x + 2, line, room, &pages);
        canvas.put(area.x + 1, line, 1, " ", Role::Text);
        canvas.put((area.x + 2).saturating_add(used), line, 1, " ", Role::Text);
        return around;
    }
    digits(canvas, area.x + 1, area.y, room, &pages);
    let below = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
    stack::draw(canvas, below, sight, plan)
}

/// Draws `pages`; gives the columns they took.
fn digits(canvas: &mut Canvas<'_>, x: u16, y: u16, room: usize, pages: &[(Place, [Piece; 2])]) -> u16 {
    let mut used = 0;
    for (place, pieces) in pages {
        let wide = canvas.pieces(x.saturating_add(used), y, room.saturating_sub(usize::from(used)), pieces);
        canvas.hit(Rect { x: x.saturating_add(used), y, width: wide, height: 1 }, Hit::Page(*place));
        used += wide;
    }
    used
}

/// The pages by their digits. Where there is no room for every name, the page that is open keeps its own, and the first as far as they go.
fn pages(open: Place, room: usize) -> Vec<(Place, [Piece; 2])> {
    let pages: Vec<(u8, Place)> = SCREENS.iter().filter_map(|def| Some((def.tab?, def.place))).collect();
    let wide = |place: Place| columns(place.word()) + 1;
    let mut left = room.saturating_sub(pages.len() * 3);
    let mut named = Vec::new();
    for place in pages.iter().map(|(_, place)| *place).filter(|place| *place == open).chain(pages.iter().map(|(_, place)| *place)) {
        if !named.contains(&place) && wide(place) <= left {
            left -= wide(place);
            named.push(place);
        }
    }
    let mut pieces = Vec::new();
    for (at, (digit, place)) in pages.iter().enumerate() {
        let (key, role) = if *place == open { (Role::Accent, Role::Accent) } else { (Role::Key, Role::Muted) };
        let name = if named.contains(place) { format!(" {}", place.word()) } else { String::new() };
        let gap = if at + 1 < pages.len() { "  " } else { "" };
        pieces.push((*place, [(digit.to_string(), key), (format!("{name}{gap}"), role)]));
    }
    pieces
}

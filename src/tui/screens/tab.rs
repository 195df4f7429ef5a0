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
use super::{Around, Panels, SCREENS, ScreenDef, Sight};
use crate::text::width::columns;
use crate::theme::Role;
use crate::tui::command::Keymap;
use crate::tui::hit::Hit;
use crate::tui::key::Chord;
use crate::tui::place::Place;
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

pub(super) static QUERIES: ScreenDef = page(Place::Queries, None, "The statements that cost most");
pub(super) static HISTORY: ScreenDef = page(Place::History, None, "Every change of leader that the cluster remembers");
pub(super) static SHOW_CONFIG: ScreenDef = page(Place::ShowConfig, None, "The dynamic configuration of the cluster");

const fn page(place: Place, tab: Option<u8>, doc: &'static str) -> ScreenDef {
    ScreenDef { place, doc, tab, panels: Panels::View, pane: None, draw }
}

/// Lines of the body from which the pages have a line of their own; with less they lie on the frame.
const ROOMY: u16 = 26;

/// Lines of the frame in a body of `rows`.
pub(super) fn room(rows: usize) -> usize {
    if rows < usize::from(ROOMY) { rows } else { rows - 1 }
}

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
    let pages = pages(sight.screen.place, sight.keymap, canvas.look().is_ascii(), room);
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

/// The pages by their keys. Where there is no room for every whole name they are shortened, the one that is open last; then the last ones go.
fn pages(open: Place, keymap: &Keymap, plain: bool, room: usize) -> Vec<(Place, [Piece; 2])> {
    let key = |place: Place| {
        let deed = keymap.deeds().find(|deed| deed.id() == place.word())?;
        keymap.keys_of(deed).first().and_then(|key| Chord::parse(key)).map(|chord| chord.shown(plain))
    };
    let mut pages: Vec<(String, Place, &str)> =
        SCREENS.iter().filter(|def| def.place.is_page()).filter_map(|def| Some((key(def.place)?, def.place, short(def.place)))).collect();
    // those with a digit stand before the others
    pages.sort_by_key(|(_, place, _)| SCREENS.iter().find(|def| def.place == *place).and_then(|def| def.tab).unwrap_or(u8::MAX));
    let wide = |pages: &[(String, Place, &str)]| pages.iter().map(|(key, _, name)| columns(key) + 1 + columns(name) + BETWEEN).sum::<usize>();
    while wide(&pages) > room + BETWEEN {
        let Some(last) = pages.iter().rposition(|(_, place, _)| *place != open) else { break };
        pages.remove(last);
    }
    let first = pages.iter().position(|(_, place, _)| *place == open);
    for at in first.into_iter().chain(0..pages.len()) {
        let over = wide(&pages).saturating_sub(room + BETWEEN);
        if let Some((_, place, name)) = pages.get_mut(at).filter(|_| over == 0) {
            let former = std::mem::replace(name, place.word());
            if wide(&pages) > room + BETWEEN
                && let Some((_, _, name)) = pages.get_mut(at)
            {
                *name = former;
            }
        }
    }
    let mut pieces = Vec::new();
    for (at, (key, place, name)) in pages.iter().enumerate() {
        let (role, named) = if *place == open { (Role::Accent, Role::Accent) } else { (Role::Key, Role::Muted) };
        let gap = " ".repeat(if at + 1 < pages.len() { BETWEEN } else { 0 });
        pieces.push((*place, [(key.clone(), role), (format!(" {name}{gap}"), named)]));
    }
    pieces
}

/// Blanks between two pages.
const BETWEEN: usize = 2;

/// The name of a page where room is short.
const fn short(page: Place) -> &'static str {
    match page {
        Place::Topology => "topo",
        Place::Replication => "repl",
        Place::Activity => "act",
        Place::Poolers => "pools",
        Place::Balancers => "bal",
        Place::Consensus => "cons",
        Place::Findings => "find",
        Place::Foresee => "fore",
        Place::Queries => "sql",
        Place::History => "hist",
        Place::ShowConfig => "conf",
        Place::Doctor => "doc",
        other => other.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::registry::COMMANDS;

    fn bar(open: Place, room: usize) -> String {
        let keymap = Keymap::of(COMMANDS).expect("no conflict");
        pages(open, &keymap, false, room).into_iter().flat_map(|(_, pieces)| pieces).map(|(text, _)| text).collect()
    }

    #[test]
    fn every_digit_has_a_name_at_80_columns_and_every_page_at_120() {
        assert_eq!(bar(Place::Cluster, 76), "1 topology  2 repl  3 act  4 locks  5 pools  6 bal  7 cons  8 find  9 events");
        assert_eq!(bar(Place::Findings, 76), "1 topo  2 repl  3 act  4 locks  5 pools  6 bal  7 cons  8 findings  9 events");
        let all = "1 topology  2 repl  3 act  4 locks  5 poolers  6 bal  7 cons  8 find  9 events  F fore  Q sql  H hist  C conf  D doc";
        assert_eq!(bar(Place::Cluster, 116), all);
        assert!(bar(Place::Doctor, 76).ends_with("D doctor"), "the open one is always named");
        assert!(bar(Place::Cluster, 190).ends_with("F foresee  Q queries  H history  C show-config  D doctor"));
    }
}

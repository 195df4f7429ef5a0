//! The screens: each a file that opens with its drawing. Pure: a state, a look and a size give a frame.
//!
//! A new screen is a file here, a line in [`SCREENS`] and one in [`Place`]; the memory, the palette and `opsctl screen` know it by the word of its place.
//!
//! Every screen has the same three lines around it: the header, one line about what is selected or was just said, and the footer with the keys. It is made for
//! 120x35 and 80x24; below 60x16 one line says how everything stands.

mod activity;
mod answered;
mod audit;
mod balancers;
pub mod cluster;
mod consensus;
mod doctor;
mod events;
mod findings;
pub mod fleet;
mod foresee;
pub mod help;
mod locks;
mod plan;
mod poolers;
mod replication;
mod run;
mod runbooks;
mod runs;
pub mod sheet;
mod small;
mod stack;
mod tab;
mod topology;
mod who;

use super::arranged::{Arranged, focused};
use super::command::Keymap;
use super::dialog::Dialog;
use super::hit::Hits;
use super::look::Look;
use super::palette;
use super::panel::{self, Panel};
use super::place::{Place, Screen};
use super::scope::Scope;
use super::state::State;
use super::widgets::prose::{self, Paragraph};
use super::widgets::{Canvas, Piece, footer, header, prompt};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::systems::view::Table;
use crate::theme::Glyphs;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// Least columns and rows for a whole screen.
const LEAST: (u16, u16) = (60, 16);
/// No window is larger; what claims to be is drawn as far as this.
const MOST: (u16, u16) = (1_000, 500);

/// One screen. Both functions are pure.
pub struct ScreenDef {
    pub place: Place,
    /// One sentence without full stop.
    pub doc: &'static str,
    /// The digit that opens it.
    pub tab: Option<u8>,
    /// The tables that keys move in, in the order in which `tab` goes through them.
    pub panels: Panels,
    /// What is told below them.
    pub pane: Option<PaneDef>,
    /// Draws it between the lines that all screens share.
    pub draw: fn(&mut Canvas<'_>, Rect, &Sight<'_>) -> Around,
}

/// How a screen comes to its panels.
#[derive(Clone, Copy, Debug)]
pub enum Panels {
    /// The tables of the view that is called as the place.
    View,
    /// These tables. What silent servers told last is kept beside the unknown, as for [`Panels::View`].
    Tables(fn(&Observed, &Scope, &Screen) -> Vec<Table>),
    /// Made otherwise.
    Own(fn(&Observed, &Scope, &Screen) -> Vec<Panel>),
}

impl Panels {
    /// Those of `screen` over `observed`.
    #[must_use]
    pub fn of(self, observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Panel> {
        match self {
            Panels::View => panel::of_view(observed, scope, screen.place.word(), screen.cluster.as_deref()),
            Panels::Tables(tables) => panel::remembered(observed, screen.cluster.is_some(), |observed| tables(observed, scope, screen)),
            Panels::Own(panels) => panels(observed, scope, screen),
        }
    }
}

/// Something to read below the panels, about the row that is selected in them.
#[derive(Clone, Copy)]
pub struct PaneDef {
    pub title: fn(&Screen) -> &'static str,
    /// Nothing to tell: no pane.
    pub told: fn(&Observed, &Screen, &[Arranged], Glyphs) -> Vec<Paragraph>,
}

/// What a screen is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    pub state: &'a State,
    pub observed: &'a Observed,
    pub screen: &'a Screen,
    /// As many as the screen has panels.
    pub panels: &'a [Arranged],
    pub keymap: &'a Keymap,
}

/// What a screen leaves for the lines around it.
#[derive(Debug, Default)]
pub struct Around {
    /// About what is selected.
    pub detail: Vec<Piece>,
    /// How everything stands, for the header.
    pub counts: Vec<Piece>,
    /// Where the cursor is, and of how many.
    pub position: Option<(usize, usize)>,
}

/// All screens, in the order of the palette.
pub static SCREENS: &[&ScreenDef] = &[
    &fleet::DEF,
    &cluster::DEF,
    &topology::DEF,
    &replication::DEF,
    &activity::DEF,
    &locks::DEF,
    &poolers::DEF,
    &balancers::DEF,
    &consensus::DEF,
    &findings::DEF,
    &foresee::DEF,
    &events::DEF,
    &tab::QUERIES,
    &tab::HISTORY,
    &tab::SHOW_CONFIG,
    &doctor::DEF,
    &who::DEF,
    &runbooks::DEF,
    &runs::DEF,
    &audit::DEF,
    &plan::DEF,
    &run::DEF,
    &sheet::DEF,
    &help::DEF,
];

/// All that is known of the finding called `key`, in lines that say what they are about.
#[must_use]
pub fn told_of(observed: &Observed, key: &str) -> Vec<String> {
    sheet::lines_of(observed, key)
}

/// The screen of `place`.
#[must_use]
pub fn find(place: Place) -> Option<&'static ScreenDef> {
    SCREENS.iter().copied().find(|def| def.place == place)
}

/// The panels of the screen that is shown, as they are arranged.
#[must_use]
pub fn panels(state: &State) -> Arc<[Arranged]> {
    let (observed, screen) = (state.picture.shown(), state.screen());
    state.memo.panels(&observed, state.picture.mode(), screen, &state.memory, || {
        find(screen.place).map_or_else(Vec::new, |def| def.panels.of(&observed, &state.scope, screen))
    })
}

/// The last line that what is told below the panels may begin with; `None` where nothing is told.
#[must_use]
pub fn pane_end(state: &State) -> Option<usize> {
    let screen = state.screen();
    let pane = find(screen.place)?.pane?;
    let panels = panels(state);
    let told = (pane.told)(&state.picture.shown(), screen, &panels, Glyphs::Unicode);
    let lines = Some(prose::lines(&told, usize::from(state.size.0.saturating_sub(4))).len()).filter(|_| !told.is_empty())?;
    // a line above the panels says how it stands
    let height = if screen.place.is_of_change() { state.body_rows().saturating_sub(1) } else { tab::room(state.body_rows()) };
    let seen = if screen.zoomed { height.saturating_sub(1) } else { stack::pane_height(&panels, height, lines) };
    // the heading, and the line that ends the frame
    Some(lines.saturating_sub(seen.saturating_sub(1)))
}

/// The panels of the screen of `place` that `sheet` was opened on, before anybody arranged them.
fn origin(observed: &Observed, scope: &Scope, place: Place, sheet: &Screen) -> Vec<Panel> {
    let screen = Screen { asked: sheet.asked.clone(), ..Screen::new(place, sheet.cluster.as_deref()) };
    find(place).map_or_else(Vec::new, |def| def.panels.of(observed, scope, &screen))
}

/// What is seen, and what can be pointed at in it.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub buffer: Buffer,
    pub hits: Hits,
    /// Where the terminal may lead to, and which cells lead there; whoever shows the frame adds them.
    pub links: Vec<(Rect, String)>,
}

/// Draws `state`; `keymap` says what keys do.
#[must_use]
pub fn frame(state: &State, look: &Look, keymap: &Keymap) -> Buffer {
    drawn(state, look, keymap).buffer
}

/// The same, with what can be pointed at.
#[must_use]
pub fn drawn(state: &State, look: &Look, keymap: &Keymap) -> Drawn {
    let area = Rect::new(0, 0, state.size.0.min(MOST.0), state.size.1.min(MOST.1));
    let mut buffer = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buffer, look);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        small::draw(&mut canvas, state);
    } else {
        whole(&mut canvas, area, state, keymap);
    }
    if look.is_ascii() {
        canvas.plain();
    }
    let hits = canvas.into_hits();
    Drawn { buffer, hits, links: Vec::new() }
}

fn whole(canvas: &mut Canvas<'_>, area: Rect, state: &State, keymap: &Keymap) {
    let observed = state.picture.shown();
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    let panels = panels(state);
    let sight = Sight { state, observed: &observed, screen: state.screen(), panels: &panels, keymap };
    let around = find(sight.screen.place).map(|def| (def.draw)(canvas, body, &sight)).unwrap_or_default();
    let clusters = of_screen(state, &observed);
    let crumbs: Vec<String> = state.trail().iter().map(Screen::crumb).collect();
    // a page with no counts of its own says how the cluster stands: whoever looks at one does not lose sight of it
    let counts = match clusters.as_slice() {
        [cluster] if around.counts.is_empty() => fleet::stands(canvas, &observed, cluster),
        _ => around.counts,
    };
    header::draw(canvas, Rect { height: 1, ..area }, state, &crumbs, &clusters, counts);
    let line = area.bottom().saturating_sub(2);
    let room = usize::from(area.width).saturating_sub(2);
    let table = panels.get(focused(sight.screen, &panels));
    match (&state.dialog, &state.notice) {
        (_, Some(notice)) => {
            canvas.pieces(area.x + 1, line, room, &[canvas.state(notice.mark, &notice.text)]);
        }
        (Some(dialog), None) => {
            let narrowed = table.and_then(|table| table.narrowed.as_ref());
            prompt::draw(canvas, Rect { y: line, height: 1, ..area }, dialog, narrowed, table.map_or(0, |table| table.table().rows.len()));
        }
        (None, None) => {
            let pieces: Vec<Piece> = table.map(prompt::standing).unwrap_or_default().into_iter().chain(around.detail).collect();
            canvas.pieces(area.x + 1, line, room, &pieces);
        }
    }
    match &state.dialog {
        Some(Dialog::Palette { line, at }) => palette::draw(canvas, body, state, keymap, line.text(), *at),
        Some(Dialog::Columns { at }) => {
            let choice = table.map(|table| table.choice(&state.memory, sight.screen)).unwrap_or_default();
            prompt::columns(canvas, body, &choice, *at);
        }
        Some(Dialog::Say { purpose, line, at }) => prompt::asked(canvas, body, purpose, &purpose.offered(line), *at),
        Some(Dialog::Filter { .. }) | None => {}
    }
    footer::draw(canvas, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, state, keymap, around.position);
}

/// The clusters that the header speaks of: the one that is open, or all.
fn of_screen<'a>(state: &State, observed: &'a Observed) -> Vec<&'a Cluster> {
    match state.cluster() {
        Some(name) => observed.fleet.cluster(name).into_iter().collect(),
        None => state.scope.worst_first(observed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::views::VIEWS;

    #[test]
    fn every_place_has_its_screen_and_every_page_its_view() {
        for place in Place::ALL {
            assert!(SCREENS.iter().filter(|def| def.place == place).count() == 1, "{place:?}");
            assert!(!place.is_page() || VIEWS.iter().any(|view| view.name == place.word()), "{place:?} has no view");
        }
        let digits: Vec<u8> = SCREENS.iter().filter_map(|def| def.tab).collect();
        assert_eq!(digits, (1..=9).collect::<Vec<u8>>());
    }
}

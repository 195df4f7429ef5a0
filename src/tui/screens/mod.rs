//! The screens: each a file that opens with its drawing. Pure: a state, a look and a size give a frame.
//!
//! Every screen has the same three lines around it: the header, one line about what is selected or was just said, and the footer with the keys. It is made for
//! 120x35 and 80x24; below 60x16 one line says how everything stands.

pub mod cluster;
pub mod fleet;
pub mod help;
pub mod sheet;
mod small;

use super::command::Keymap;
use super::look::Look;
use super::place::Screen;
use super::state::State;
use super::widgets::{Canvas, Piece, footer, header};
use crate::fleet::Cluster;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Least columns and rows for a whole screen.
const LEAST: (u16, u16) = (60, 16);
/// No window is larger; what claims to be is drawn as far as this.
const MOST: (u16, u16) = (1_000, 500);

/// What a screen leaves for the lines around it.
#[derive(Debug, Default)]
struct Around {
    /// About what is selected.
    detail: Vec<Piece>,
    /// How everything stands, for the header.
    counts: Vec<Piece>,
    /// Where the cursor is, and of how many.
    position: Option<(usize, usize)>,
}

/// Draws `state`; `keymap` says what keys do.
#[must_use]
pub fn frame(state: &State, look: &Look, keymap: &Keymap) -> Buffer {
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
    buffer
}

fn whole(canvas: &mut Canvas<'_>, area: Rect, state: &State, keymap: &Keymap) {
    let observed = state.picture.shown();
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    let around = match state.screen() {
        Screen::Fleet { cursor } => fleet::draw(canvas, body, state, cursor),
        Screen::Cluster(screen) => cluster::draw(canvas, body, state, screen),
        Screen::Sheet { subject, scroll } => sheet::draw(canvas, body, state, subject, *scroll),
        Screen::Help { scroll } => help::draw(canvas, body, keymap.commands(), *scroll),
    };
    let clusters = of_screen(state, &observed);
    let crumbs: Vec<String> = state.trail().iter().map(Screen::crumb).collect();
    header::draw(canvas, Rect { height: 1, ..area }, state, &crumbs, &clusters, around.counts);
    let line = area.bottom().saturating_sub(2);
    let room = usize::from(area.width).saturating_sub(2);
    match state.notice {
        Some(notice) => canvas.put(area.x + 1, line, room, notice, Role::Warning),
        None => canvas.pieces(area.x + 1, line, room, &around.detail),
    };
    footer::draw(canvas, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, state, keymap.commands(), around.position);
}

/// The clusters that the header speaks of: the one that is open, or all.
fn of_screen<'a>(state: &State, observed: &'a crate::app::Observed) -> Vec<&'a Cluster> {
    let open = state.trail().iter().rev().find_map(|screen| match screen {
        Screen::Cluster(screen) => Some(screen.name.as_str()),
        _ => None,
    });
    match open {
        Some(name) => observed.fleet.cluster(name).into_iter().collect(),
        None => state.scope.worst_first(observed),
    }
}

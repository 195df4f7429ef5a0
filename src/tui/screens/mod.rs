//! The screens: each a file that opens with its drawing. Pure: a state, a look and a size give a frame.
//!
//! Every screen has the same three lines around it: the header, one line about what is selected or was just said, and the footer with the keys. It is made for
//! 120x35 and 80x24; below 60x16 one line says how everything stands.

pub mod cluster;
pub mod fleet;
pub mod help;
pub mod sheet;
mod small;

use super::look::Look;
use super::panel::Panel;
use super::state::State;
use super::widgets::{Canvas, Piece, footer, header};
use crate::fleet::Cluster;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::collections::BTreeMap;

/// Lines around the body: header, what is selected, footer.
pub const CHROME: usize = 3;
/// Least columns and rows for a whole screen.
const LEAST: (u16, u16) = (60, 16);
/// No window is larger; what claims to be is drawn as far as this.
const MOST: (u16, u16) = (1_000, 500);

/// The screens as commands know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Fleet,
    Cluster,
    Sheet,
    Help,
}

impl Place {
    pub const ALL: [Place; 4] = [Place::Fleet, Place::Cluster, Place::Sheet, Place::Help];

    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Place::Fleet => "fleet",
            Place::Cluster => "cluster",
            Place::Sheet => "detail",
            Place::Help => "help",
        }
    }
}

/// A screen with where one is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Screen {
    Fleet { cursor: Cursor },
    Cluster(ClusterScreen),
    Sheet { subject: Subject, scroll: usize },
    Help { scroll: usize },
}

/// What a sheet tells all about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A finding, by the key of its row.
    Finding { key: String },
    /// A row of a panel of a cluster.
    Row { cluster: String, panel: &'static str, key: String },
}

/// One cluster: which panel the keys move in, and where in each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterScreen {
    pub name: String,
    /// Key of the panel; `None` until somebody chose one.
    pub focus: Option<&'static str>,
    pub cursors: BTreeMap<&'static str, Cursor>,
    /// The panel alone.
    pub zoomed: bool,
}

impl ClusterScreen {
    /// Which of `panels` the keys move in: the chosen one, or the first that has rows.
    #[must_use]
    pub fn focused(&self, panels: &[Panel]) -> usize {
        let chosen = self.focus.and_then(|key| panels.iter().position(|panel| panel.table.key == key));
        chosen.or_else(|| panels.iter().position(|panel| !panel.table.rows.is_empty())).unwrap_or(0)
    }
}

/// The selected row of a list. It stays on its row when rows come, go or change places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub key: Option<String>,
    /// Where the row was, for when it is gone.
    pub at: usize,
}

impl Cursor {
    /// The selected one of `rows`; `None` when there are none.
    #[must_use]
    pub fn place(&self, rows: &[String]) -> Option<usize> {
        let last = rows.len().checked_sub(1)?;
        let found = self.key.as_ref().and_then(|key| rows.iter().position(|row| row == key));
        Some(found.unwrap_or(self.at.min(last)))
    }

    /// The same in a table.
    fn row(&self, table: &crate::systems::view::Table) -> Option<usize> {
        self.place(&table.rows.iter().map(|row| row.key.clone()).collect::<Vec<_>>())
    }
}

impl Screen {
    #[must_use]
    pub fn fleet() -> Self {
        Screen::Fleet { cursor: Cursor::default() }
    }

    #[must_use]
    pub fn cluster(name: &str) -> Self {
        Screen::Cluster(ClusterScreen { name: name.to_owned(), focus: None, cursors: BTreeMap::new(), zoomed: false })
    }

    #[must_use]
    pub const fn place(&self) -> Place {
        match self {
            Screen::Fleet { .. } => Place::Fleet,
            Screen::Cluster(_) => Place::Cluster,
            Screen::Sheet { .. } => Place::Sheet,
            Screen::Help { .. } => Place::Help,
        }
    }

    /// The cursor of the screen, in the panel called `focus` where it has panels.
    #[must_use]
    pub fn cursor(&self, focus: Option<&'static str>) -> Cursor {
        match self {
            Screen::Fleet { cursor } => cursor.clone(),
            Screen::Cluster(screen) => focus.and_then(|key| screen.cursors.get(key)).cloned().unwrap_or_default(),
            Screen::Sheet { .. } | Screen::Help { .. } => Cursor::default(),
        }
    }

    /// Its station in the path of the header.
    fn crumb(&self) -> String {
        match self {
            Screen::Fleet { .. } => "fleet".to_owned(),
            Screen::Cluster(screen) => screen.name.clone(),
            Screen::Sheet { subject: Subject::Finding { key }, .. } => key.split('/').nth(1).unwrap_or("finding").to_owned(),
            Screen::Sheet { subject: Subject::Row { panel, key, .. }, .. } => format!("{panel} {}", key.rsplit('/').next().unwrap_or(key)),
            Screen::Help { .. } => "help".to_owned(),
        }
    }
}

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

/// Draws `state`.
#[must_use]
pub fn frame(state: &State, look: &Look) -> Buffer {
    let area = Rect::new(0, 0, state.size.0.min(MOST.0), state.size.1.min(MOST.1));
    let mut buffer = Buffer::empty(area);
    let mut canvas = Canvas::new(&mut buffer, look);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        small::draw(&mut canvas, state);
    } else {
        whole(&mut canvas, area, state);
    }
    if look.is_ascii() {
        canvas.plain();
    }
    buffer
}

fn whole(canvas: &mut Canvas<'_>, area: Rect, state: &State) {
    let observed = state.picture.shown();
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    let around = match state.screen() {
        Screen::Fleet { cursor } => fleet::draw(canvas, body, state, cursor),
        Screen::Cluster(screen) => cluster::draw(canvas, body, state, screen),
        Screen::Sheet { subject, scroll } => sheet::draw(canvas, body, state, subject, *scroll),
        Screen::Help { scroll } => help::draw(canvas, body, *scroll),
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
    footer::draw(canvas, Rect { y: area.bottom().saturating_sub(1), height: 1, ..area }, state, around.position);
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

#[cfg(test)]
mod tests {
    use super::Cursor;

    #[test]
    fn a_cursor_stays_on_its_row_and_has_a_place_when_it_is_gone() {
        let rows = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let cursor = Cursor { key: Some("b".to_owned()), at: 1 };
        assert_eq!(cursor.place(&rows(&["a", "b", "c"])), Some(1));
        assert_eq!(cursor.place(&rows(&["b", "c", "a"])), Some(0));
        assert_eq!(cursor.place(&rows(&["a", "c"])), Some(1));
        assert_eq!(cursor.place(&rows(&["a"])), Some(0));
        assert_eq!(cursor.place(&[]), None);
    }
}

//! What stands where on a frame: a frame is drawn with it, so that a mouse means what the eye saw.

use super::place::Place;
use ratatui::layout::Rect;

/// Something that can be pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// The row that is shown at a place of a panel.
    Row {
        panel: &'static str,
        at: usize,
    },
    /// The head of a column.
    Head {
        panel: &'static str,
        column: &'static str,
    },
    /// Somewhere else in a panel.
    Panel(&'static str),
    Page(Place),
    /// A command of the footer, by its identifier.
    Command(&'static str),
    /// A line of what is chosen from.
    Choice(usize),
}

/// What was drawn where, the last on top.
#[derive(Clone, Debug, Default)]
pub struct Hits(Vec<(Rect, Hit)>);

impl Hits {
    pub fn put(&mut self, area: Rect, hit: Hit) {
        self.0.push((area, hit));
    }

    /// What stands at column `x` of line `y`.
    #[must_use]
    pub fn at(&self, x: u16, y: u16) -> Option<Hit> {
        self.0.iter().rev().find(|(area, _)| area.contains((x, y).into())).map(|(_, hit)| *hit)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Rect, Hit)> {
        self.0.iter()
    }
}

//! Where the keys are: the tables of the screen, the one in focus, its selected row.

use super::arranged::{Arranged, focused};
use super::screens::panels;
use super::state::State;
use crate::systems::view::Row;
use std::sync::Arc;

/// What the cursor moves in.
pub(super) struct Spot {
    pub(super) panels: Arc<[Arranged]>,
    /// The panel that has the keys.
    pub(super) focus: usize,
    /// The place of the selected row.
    pub(super) at: Option<usize>,
}

impl Spot {
    pub(super) fn of(state: &State) -> Spot {
        let panels = panels(state);
        let focus = focused(state.screen(), &panels);
        let at = panels.get(focus).and_then(|panel| panel.selected(&state.screen().cursor(panel.table().key)));
        Spot { panels, focus, at }
    }

    pub(super) fn panel(&self) -> Option<&Arranged> {
        self.panels.get(self.focus)
    }

    pub(super) fn row(&self) -> Option<&Row> {
        self.panel()?.row(self.at?)
    }
}

//! Where one is in the console, and which row is selected there.

use crate::systems::view::Table;
use std::collections::BTreeMap;

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
    #[must_use]
    pub fn row(&self, table: &Table) -> Option<usize> {
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
    #[must_use]
    pub fn crumb(&self) -> String {
        match self {
            Screen::Fleet { .. } => "fleet".to_owned(),
            Screen::Cluster(screen) => screen.name.clone(),
            Screen::Sheet { subject: Subject::Finding { key }, .. } => key.split('/').nth(1).unwrap_or("finding").to_owned(),
            Screen::Sheet { subject: Subject::Row { panel, key, .. }, .. } => format!("{panel} {}", key.rsplit('/').next().unwrap_or(key)),
            Screen::Help { .. } => "help".to_owned(),
        }
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

//! Tables as they are shown: which of their rows in which order, which of their columns. Pure; what it gives is kept until something it was made from changes,
//! since a frame, the footer and every key ask for it.

use super::panel::Panel;
use super::picture::Mode;
use super::place::{Cursor, Place, Screen, Subject};
use crate::app::Observed;
use crate::fleet::{Fleet, Rings};
use crate::health::Judgement;
use crate::systems::view::{Column, Row, Table};
use std::cell::RefCell;
use std::sync::Arc;

/// A panel with the rows and columns that are shown of it.
#[derive(Clone, Debug)]
pub struct Arranged {
    pub panel: Arc<Panel>,
    /// The rows that are shown, by their places in the table.
    pub order: Arc<[u32]>,
    /// The columns that may be shown, by their places in the table; those that do not fit are dropped by their rank.
    pub shown: Vec<u16>,
}

/// Every row and every column, as the table has them.
#[must_use]
pub fn arrange(panel: Arc<Panel>) -> Arranged {
    let rows = u32::try_from(panel.table.rows.len()).unwrap_or(u32::MAX);
    let columns = u16::try_from(panel.table.columns.len()).unwrap_or(u16::MAX);
    Arranged { order: (0..rows).collect(), shown: (0..columns).collect(), panel }
}

impl Arranged {
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.panel.table
    }

    /// How many rows are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The row that is shown at place `at`.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<&Row> {
        self.table().rows.get(usize::try_from(*self.order.get(at)?).ok()?)
    }

    /// The keys of the rows that are shown.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|at| self.row(at).map_or("", |row| row.key.as_str()))
    }

    /// The columns that may be shown, with their places in the table.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.shown.iter().filter_map(|at| Some((usize::from(*at), self.table().columns.get(usize::from(*at))?)))
    }

    /// The place of the selected row.
    #[must_use]
    pub fn selected(&self, cursor: &Cursor) -> Option<usize> {
        cursor.place(self.keys())
    }
}

/// Which of `panels` the keys move in: the chosen one, or the first that has rows.
#[must_use]
pub fn focused(screen: &Screen, panels: &[Arranged]) -> usize {
    let chosen = screen.focus.and_then(|key| panels.iter().position(|panel| panel.table().key == key));
    chosen.or_else(|| panels.iter().position(|panel| !panel.is_empty())).unwrap_or(0)
}

/// The newest arrangement, and all that it was made from.
#[derive(Clone, Debug, Default)]
pub struct Memo(RefCell<Option<(Stamp, Arc<[Arranged]>)>>);

/// What an arrangement is made from. Held, not only its address: nothing else can come to stand there.
#[derive(Clone, Debug)]
struct Stamp {
    fleet: Arc<Fleet>,
    judgement: Arc<Judgement>,
    rings: Arc<Rings>,
    mode: Mode,
    /// Ages are shown in whole seconds.
    second: u64,
    place: Place,
    cluster: Option<String>,
    subject: Option<Subject>,
}

impl Stamp {
    fn new(observed: &Observed, mode: Mode, screen: &Screen) -> Self {
        Stamp {
            fleet: Arc::clone(&observed.fleet),
            judgement: Arc::clone(&observed.judgement),
            rings: Arc::clone(&observed.rings),
            mode,
            second: observed.now.mono.as_secs(),
            place: screen.place,
            cluster: screen.cluster.clone(),
            subject: screen.subject.clone(),
        }
    }

    fn is(&self, other: &Stamp) -> bool {
        Arc::ptr_eq(&self.fleet, &other.fleet)
            && Arc::ptr_eq(&self.judgement, &other.judgement)
            && Arc::ptr_eq(&self.rings, &other.rings)
            && (self.mode, self.second, self.place) == (other.mode, other.second, other.place)
            && self.cluster == other.cluster
            && self.subject == other.subject
    }
}

impl Memo {
    /// The panels of `screen` over `observed`: those that are kept, or what `make` makes.
    pub fn panels(&self, observed: &Observed, mode: Mode, screen: &Screen, make: impl FnOnce() -> Vec<Panel>) -> Arc<[Arranged]> {
        let stamp = Stamp::new(observed, mode, screen);
        if let Some((known, panels)) = self.0.borrow().as_ref()
            && known.is(&stamp)
        {
            return Arc::clone(panels);
        }
        let panels: Arc<[Arranged]> = make().into_iter().map(|panel| arrange(Arc::new(panel))).collect();
        self.0.replace(Some((stamp, Arc::clone(&panels))));
        panels
    }
}

//! Tables as they are shown: which of their rows in which order, which of their columns. Pure; what it gives is kept until something it was made from changes,
//! since a frame, the footer and every key ask for it.

use super::filter::{Filter, Verdict};
use super::inquiry::Inquiry;
use super::memory::{Memory, Shape};
use super::panel::Panel;
use super::picture::Mode;
use super::place::{Cursor, Place, Screen, Subject};
use super::sorting::Sorting;
use crate::app::Observed;
use crate::app::cells::words;
use crate::app::columns::NARROW;
use crate::fleet::{Fleet, Rings};
use crate::health::Judgement;
use crate::systems::view::{Column, Row, Table};
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Columns that name a row where they stand first: they stay in sight.
const NAMES: [&str; 21] = [
    "cluster", "endpoint", "pid", "member", "name", "server", "system", "severity", "rule", "sender", "from", "receiver", "to", "slot", "pooler",
    "balancer", "backend", "database", "user", "kind", "route",
];

/// A panel with the rows and columns that are shown of it.
#[derive(Clone, Debug)]
pub struct Arranged {
    pub panel: Arc<Panel>,
    /// The rows that are shown, by their places in the table.
    pub order: Arc<[u32]>,
    /// The columns that may be shown, by their places in the table; those that do not fit are dropped by their rank, unless a person asked for them.
    pub shown: Vec<u16>,
    /// A person asked for just these columns: they go on to the right of the window.
    pub asked: bool,
    /// Columns behind those that stay that are scrolled out of sight.
    pub left: usize,
    /// The first of those that are shown name the row: they stay where the others scroll.
    pub fixed: usize,
    /// By which column the rows stand; `None`: as the table has them.
    pub sorting: Option<Sorting>,
    /// By that, the rows of a tree stand as a list.
    pub flat: bool,
    /// Which rows are left out and why.
    pub narrowed: Option<Narrowed>,
    /// How wide its columns of numbers have been.
    pub widths: Widths,
}

/// The greatest widths that columns of a table have had since its screen was opened, by their keys: a number that grows and shrinks each second moves nothing
/// beside it.
#[derive(Clone, Debug, Default)]
pub struct Widths(Arc<Mutex<BTreeMap<&'static str, usize>>>);

impl Widths {
    /// The greatest width of `column`, which wants to be `wanted` wide now.
    #[must_use]
    pub fn greatest(&self, column: &'static str, wanted: usize) -> usize {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let width = known.entry(column).or_default();
        *width = wanted.max(*width);
        *width
    }
}

/// What a filter did to a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Narrowed {
    /// As it was typed.
    pub filter: String,
    /// Rows that match.
    pub matching: usize,
    /// Rows that are left out because a value that decides is not known.
    pub unknown: usize,
    /// Why the filter means nothing here, and every row is shown.
    pub flaw: Option<String>,
}

/// What a person wants of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Want {
    filter: String,
    left: usize,
    shape: Shape,
}

impl Want {
    fn of(panel: &Panel, screen: &Screen, memory: &Memory) -> Want {
        let (filter, left) = screen.hands.get(panel.table.key).map(|hand| (hand.filter.clone(), hand.left)).unwrap_or_default();
        Want { filter, left, shape: memory.shape(screen.place.word(), panel.table.key) }
    }
}

/// The cells of each row as words, a line each.
fn haystack(table: &Table) -> Arc<[String]> {
    let line = |row: &Row| row.cells.iter().map(|cell| words(cell).0).collect::<Vec<_>>().join("\n");
    table.rows.iter().map(line).collect()
}

/// The rows and columns of `panel` as `want` wants them; `words` gives its cells as words.
fn arrange(panel: &Arc<Panel>, want: &Want, widths: &Widths, words: impl FnOnce() -> Arc<[String]>) -> Arranged {
    let table = &panel.table;
    let (mut order, narrowed) = match Filter::parse(&want.filter, &table.columns) {
        _ if want.filter.trim().is_empty() => (every(table), None),
        Ok(filter) => {
            let (order, matching, unknown) = matching(table, filter, &words());
            (order, Some(Narrowed { filter: want.filter.clone(), matching, unknown, flaw: None }))
        }
        Err(flaw) => (every(table), Some(Narrowed { filter: want.filter.clone(), matching: table.rows.len(), unknown: 0, flaw: Some(flaw.why) })),
    };
    let sorting = want.shape.sorting.clone().filter(|sorting| table.columns.iter().any(|column| column.key == sorting.column));
    if let Some(sorting) = &sorting {
        sorting.apply(table, &mut order);
    }
    let chosen = |column: &Column| want.shape.columns.as_ref().is_none_or(|keys| keys.iter().any(|key| key == column.key));
    // the first column says which row it is: it stays
    let places = table.columns.iter().enumerate().filter(|(at, column)| *at == 0 || chosen(column)).map(|(at, _)| at);
    let places: Vec<u16> = places.filter_map(|at| u16::try_from(at).ok()).collect();
    let key = |place: &u16| table.columns.get(usize::from(*place)).map(|column| column.key);
    let fixed = places.iter().map_while(key).take_while(|key| NAMES.contains(key)).count().max(1);
    let left = want.left.min(places.len().saturating_sub(fixed + 1));
    let shown = places.iter().enumerate().filter(|(nth, _)| *nth < fixed || *nth >= fixed + left).map(|(_, at)| *at).collect();
    let asked = want.shape.columns.is_some() || left > 0;
    let flat = sorting.as_ref().is_some_and(|sorting| sorting.is_list(table));
    Arranged { panel: Arc::clone(panel), order: order.into(), shown, asked, left, fixed, sorting, flat, narrowed, widths: widths.clone() }
}

fn every(table: &Table) -> Vec<u32> {
    (0..u32::try_from(table.rows.len()).unwrap_or(u32::MAX)).collect()
}

/// The rows that match, those of a tree with the rows they hang on; how many match, and how many nobody can tell about.
fn matching(table: &Table, mut filter: Filter, words: &[String]) -> (Vec<u32>, usize, usize) {
    let (mut order, mut matching, mut unknown) = (Vec::new(), 0, 0);
    // the rows above the one that is looked at, from the root, that are not shown yet
    let mut above: Vec<(usize, u32)> = Vec::new();
    for (at, (row, line)) in (0_u32..).zip(table.rows.iter().zip(words)) {
        above.retain(|(depth, _)| *depth < row.depth);
        match filter.judge(row, line) {
            Verdict::Yes => {
                matching += 1;
                order.extend(above.drain(..).map(|(_, at)| at));
                order.push(at);
            }
            verdict => {
                unknown += usize::from(verdict == Verdict::Unknown);
                above.push((row.depth, at));
            }
        }
    }
    (order, matching, unknown)
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

    /// The columns of the table with the rank that decides which go where room is short: none goes when a person asked for them.
    #[must_use]
    pub fn ranked(&self) -> Cow<'_, [Column]> {
        let columns = &self.table().columns;
        if self.asked { columns.iter().map(|column| Column { drop: 0, ..*column }).collect() } else { Cow::Borrowed(columns) }
    }

    /// Every column, each with whether it is shown where there is room. The first always is.
    #[must_use]
    pub fn choice(&self, memory: &Memory, screen: &Screen) -> Vec<(Column, bool)> {
        let chosen = memory.shape(screen.place.word(), self.table().key).columns;
        let is_shown = |column: &Column| match &chosen {
            Some(keys) => keys.iter().any(|key| key == column.key),
            None => column.drop <= NARROW,
        };
        self.table().columns.iter().enumerate().map(|(at, column)| (*column, at == 0 || is_shown(column))).collect()
    }

    /// What is said where there are no rows: a filter that leaves none says so, since nothing found is not the same as nothing there.
    #[must_use]
    pub fn when_empty(&self) -> Cow<'static, str> {
        match &self.narrowed {
            Some(narrowed) if !self.table().rows.is_empty() => {
                let unknown = if narrowed.unknown > 0 { format!(", {} cannot be told", narrowed.unknown) } else { String::new() };
                format!("none of {} rows matches /{}{unknown}", self.table().rows.len(), narrowed.filter).into()
            }
            _ => Cow::Borrowed(self.table().when_empty),
        }
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
pub struct Memo(RefCell<Option<Known>>);

#[derive(Clone, Debug)]
struct Known {
    stamp: Stamp,
    panels: Vec<Kept>,
    arranged: Arc<[Arranged]>,
}

/// A panel, what was wanted of it, and its words once a filter asked for them.
#[derive(Clone, Debug)]
struct Kept {
    panel: Arc<Panel>,
    want: Want,
    widths: Widths,
    words: OnceCell<Arc<[String]>>,
}

impl Kept {
    fn arrange(&self) -> Arranged {
        arrange(&self.panel, &self.want, &self.widths, || Arc::clone(self.words.get_or_init(|| haystack(&self.panel.table))))
    }
}

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
    asked: Option<Inquiry>,
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
            asked: screen.asked.clone(),
        }
    }

    /// Whether both are of one screen, whatever is observed.
    fn is_on(&self, other: &Stamp) -> bool {
        let question = |stamp: &Stamp| stamp.asked.as_ref().map(|asked| asked.question.clone());
        self.place == other.place && self.cluster == other.cluster && self.subject == other.subject && question(self) == question(other)
    }

    fn is(&self, other: &Stamp) -> bool {
        Arc::ptr_eq(&self.fleet, &other.fleet)
            && Arc::ptr_eq(&self.judgement, &other.judgement)
            && Arc::ptr_eq(&self.rings, &other.rings)
            && (self.mode, self.second) == (other.mode, other.second)
            && self.asked == other.asked
            && self.is_on(other)
    }
}

impl Memo {
    /// The panels of `screen` over `observed`: those that are kept, or what `make` makes.
    pub fn panels(&self, observed: &Observed, mode: Mode, screen: &Screen, memory: &Memory, make: impl FnOnce() -> Vec<Panel>) -> Arc<[Arranged]> {
        let stamp = Stamp::new(observed, mode, screen);
        let mut slot = self.0.borrow_mut();
        let known = match slot.take() {
            Some(known) if known.stamp.is(&stamp) => known,
            former => {
                let open = former.filter(|known| known.stamp.is_on(&stamp)).map(|known| known.panels).unwrap_or_default();
                let widths = |key: &str| open.iter().find(|kept| kept.panel.table.key == key).map(|kept| kept.widths.clone()).unwrap_or_default();
                let kept = |panel: Panel| Kept {
                    want: Want::of(&panel, screen, memory),
                    widths: widths(panel.table.key),
                    panel: Arc::new(panel),
                    words: OnceCell::new(),
                };
                let panels: Vec<Kept> = make().into_iter().map(kept).collect();
                let arranged = panels.iter().map(Kept::arrange).collect();
                Known { stamp, panels, arranged }
            }
        };
        let known = known.wanted(screen, memory);
        let arranged = Arc::clone(&known.arranged);
        *slot = Some(known);
        arranged
    }

    /// What was arranged last, of whatever screen.
    #[must_use]
    pub fn newest(&self) -> Option<Arc<[Arranged]>> {
        self.0.borrow().as_ref().map(|known| Arc::clone(&known.arranged))
    }
}

impl Known {
    /// The same panels as they are wanted now.
    fn wanted(mut self, screen: &Screen, memory: &Memory) -> Known {
        let mut changed = false;
        for kept in &mut self.panels {
            let want = Want::of(&kept.panel, screen, memory);
            changed |= want != kept.want;
            kept.want = want;
        }
        if changed {
            self.arranged = self.panels.iter().map(Kept::arrange).collect();
        }
        self
    }
}

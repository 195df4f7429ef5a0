//! The panels of a screen: the tables of views, and one for each system that is there. A new system, or a new table of a view, has its panel without an edit here.
//!
//! What a server told before it fell silent is kept beside the unknown, never in its place: it is shown as what is old, and it is never counted, sorted or
//! filtered as if it were so now.

use super::mark::state_of;
use super::place::Screen;
use super::scope::Scope;
use crate::app::Observed;
use crate::app::views::{Pick, VIEWS, lines, parts};
use crate::fleet::{Cluster, Entry};
use crate::model::EndpointId;
use crate::systems::view::{Cell, Column, Page, Row, Table, Tone};
use crate::theme::State;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Key of the panel of findings.
pub const FINDINGS: &str = "findings";
/// In the place of a key: what is told below the panels has the focus.
pub const PANE: &str = "pane";
/// Before what a rule found when its inputs were still known.
pub const DOUBT: &str = "(not confirmed now) ";

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    pub table: Table,
    /// How its rows stand, worst first: how many, and in which state.
    pub summary: Vec<(State, usize, String)>,
    /// What stood last in cells that are not known now, by the key of the row and the key of the column.
    last: Last,
}

/// What was last known of cells that are not known now.
type Last = BTreeMap<(String, &'static str), Cell>;

/// Tables of `observed` as panels. `make` is asked once more for what silent servers told last, when there are any.
pub fn remembered(observed: &Observed, named: bool, make: impl Fn(&Observed) -> Vec<Table>) -> Vec<Panel> {
    let former = as_last_told(observed).map(|observed| make(&observed)).unwrap_or_default();
    let panel = |mut table: Table| {
        let last = former.iter().find(|other| other.key == table.key).map(|former| remember(&mut table, former)).unwrap_or_default();
        Panel { last, ..Panel::new(calm(table), named) }
    };
    make(observed).into_iter().map(panel).collect()
}

/// The tables of the view called `name`, of one cluster or of all that are in scope; none when there is no such view or cluster.
#[must_use]
pub fn of_view(observed: &Observed, scope: &Scope, name: &str, cluster: Option<&str>) -> Vec<Panel> {
    remembered(observed, cluster.is_some(), |observed| tables(observed, scope, name, cluster))
}

/// The same as tables, what the page says beside them first.
#[must_use]
pub fn tables(observed: &Observed, scope: &Scope, name: &str, cluster: Option<&str>) -> Vec<Table> {
    let Some(view) = VIEWS.iter().find(|view| view.name == name) else { return Vec::new() };
    let clusters = cluster.map_or_else(|| scope.clusters.clone(), |name| vec![name.to_owned()]);
    let Ok(page) = (view.page)(observed, &Pick { clusters, argument: None }) else { return Vec::new() };
    said(page)
}

/// What `page` says and its tables; without their column of clusters where the header `named` the one.
#[must_use]
pub fn of_page(page: Page, named: bool) -> Vec<Panel> {
    bare(said(page), named)
}

/// `tables` as panels that remember nothing: for what is reckoned, where an old answer beside the unknown would read as a forecast.
#[must_use]
pub fn bare(tables: Vec<Table>, named: bool) -> Vec<Panel> {
    tables.into_iter().map(|table| Panel::new(calm(table), named)).collect()
}

/// What `page` says and its tables.
fn said(page: Page) -> Vec<Table> {
    let facts = facts(&page);
    facts.into_iter().chain(page.tables).collect()
}

/// The clusters that a page is about: the one called `cluster`, or all in scope.
#[must_use]
pub fn clusters<'a>(observed: &'a Observed, scope: &Scope, cluster: Option<&str>) -> Vec<&'a Cluster> {
    match cluster {
        Some(name) => observed.fleet.cluster(name).into_iter().collect(),
        None => scope.worst_first(observed),
    }
}

/// The panel of each system of `clusters` that is there and that `wanted` names, in the order of the registry.
#[must_use]
pub fn systems(observed: &Observed, scope: &Scope, clusters: &[&Cluster], wanted: impl Fn(&str) -> bool) -> Vec<Table> {
    let there = |name: &str| clusters.iter().any(|cluster| cluster.of(name).next().is_some());
    let systems = scope.systems.iter().filter(|system| wanted(system.name()) && there(system.name()));
    systems.map(|system| worst_first(parts::panel(observed, clusters, *system))).collect()
}

/// The line over time that a page adds to the panel of its system.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// The column that it stands behind.
    pub after: &'static str,
    pub column: Column,
    /// What the rings call it.
    pub series: &'static str,
}

/// The tables of a page about one system: its panel with `line` for each endpoint, then those of the view that is called as the place.
#[must_use]
pub fn of_system(observed: &Observed, scope: &Scope, screen: &Screen, system: &str, line: &Line) -> Vec<Table> {
    let cluster = screen.cluster.as_deref();
    let clusters = clusters(observed, scope, cluster);
    let mut all = systems(observed, scope, &clusters, |name| name == system);
    for table in &mut all {
        let drawn = |row: &Row| endpoint(&clusters, row).map_or(Cell::Nothing, |id| lines::of(observed, id, line.series));
        add_column(table, line.after, line.column, drawn);
    }
    all.extend(tables(observed, scope, screen.place.word(), cluster));
    all
}

/// The endpoints that somebody should look at before the others; else in their own order.
fn worst_first(mut table: Table) -> Table {
    let rank = |tone: Tone| match tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        Tone::Plain | Tone::Good | Tone::Muted => 2,
    };
    if let Some(at) = table.columns.iter().position(|column| column.key == "health") {
        table.rows.sort_by_key(|row| row.cells.get(at).map_or(2, |cell| rank(cell.tone())));
    }
    table
}

/// Adds a column to `table` behind the one called `after`, or as the last.
pub fn add_column(table: &mut Table, after: &str, column: Column, cell: impl Fn(&Row) -> Cell) {
    let at = table.columns.iter().position(|other| other.key == after).map_or(table.columns.len(), |at| at + 1);
    table.columns.insert(at, column);
    for row in &mut table.rows {
        let own = cell(row);
        row.cells.insert(at.min(row.cells.len()), own);
    }
}

/// The identifier of the endpoint that the row of a system's panel shows.
#[must_use]
pub fn endpoint<'a>(clusters: &[&'a Cluster], row: &Row) -> Option<&'a EndpointId> {
    clusters.iter().flat_map(|cluster| &cluster.entries).map(|entry| &entry.spec.id).find(|id| id.to_string() == row.key)
}

/// What would be observed if every server that fell silent had told now what it told last; `None` when none did.
fn as_last_told(observed: &Observed) -> Option<Observed> {
    let silent = |entry: &Entry| entry.good.is_some() && entry.is_silent(observed.now);
    if !observed.fleet.clusters.iter().flat_map(|cluster| &cluster.entries).any(|entry| silent(entry)) {
        return None;
    }
    let mut fleet = observed.fleet.as_ref().clone();
    for cluster in fleet.clusters.iter_mut().filter(|cluster| cluster.entries.iter().any(|entry| silent(entry))) {
        for entry in Arc::make_mut(cluster).entries.iter_mut().filter(|entry| silent(entry)) {
            *entry = Arc::new(Entry { failure: None, stale_after: Duration::MAX, ..entry.as_ref().clone() });
        }
    }
    Some(Observed { fleet: Arc::new(fleet), ..observed.clone() })
}

/// What `former` knows of the unknown cells of `table`. A silent server has one row where it had several: they come back, as unknown as that one.
fn remember(table: &mut Table, former: &Table) -> Last {
    let mut last = Last::new();
    let known: BTreeMap<&str, &Row> = former.rows.iter().map(|row| (row.key.as_str(), row)).collect();
    for row in std::mem::take(&mut table.rows) {
        let prefix = format!("{}/", row.key);
        let below: Vec<&Row> = match known.get(row.key.as_str()) {
            Some(same) => vec![same],
            None => former.rows.iter().filter(|other| other.key.starts_with(&prefix)).collect(),
        };
        if below.is_empty() {
            table.rows.push(row);
            continue;
        }
        for other in below {
            let depth = if other.key == row.key && !hangs_as_before(&row, other, &table.rows, &former.rows) { row.depth } else { other.depth };
            let mine = Row { key: other.key.clone(), cells: row.cells.clone(), depth };
            for ((column, own), then) in table.columns.iter().zip(&mine.cells).zip(&other.cells) {
                if matches!(own, Cell::Unknown(_)) && !matches!(then, Cell::Unknown(_)) {
                    last.insert((mine.key.clone(), column.key), calmed(column, then.clone()));
                }
            }
            table.rows.push(mine);
        }
    }
    last
}

/// Whether `row`, that comes behind `above`, hangs where it hung as `other` among `former`: it is silent, so that nobody tells where it hangs now, and what it hung on
/// stands above it.
fn hangs_as_before(row: &Row, other: &Row, above: &[Row], former: &[Row]) -> bool {
    let unknown = row.cells.iter().filter(|cell| matches!(cell, Cell::Unknown(_))).count();
    let told = row.cells.iter().filter(|cell| !matches!(cell, Cell::Unknown(_) | Cell::Nothing)).count();
    let on = |rows: &[Row]| rows.iter().rev().find(|row| row.depth < other.depth).map(|row| row.key.clone());
    let before = former.iter().position(|row| row.key == other.key).and_then(|at| former.get(..at));
    unknown > told && (other.depth == 0 || before.is_some_and(|before| on(before) == on(above)))
}

/// What a page says beside its tables, as a table of one row; `None` when it says nothing.
fn facts(page: &Page) -> Option<Table> {
    let said: Vec<_> = page.facts.iter().filter(|(_, cell)| *cell != Cell::Nothing).cloned().collect();
    let (columns, cells): (Vec<Column>, Vec<Cell>) = said.into_iter().unzip();
    (!cells.is_empty()).then(|| Table { key: "facts", title: "FACTS", columns, rows: vec![Row::new("facts", cells)], when_empty: "" })
}

impl Panel {
    /// A panel of `table`; its column of clusters goes when the header `names` the one.
    #[must_use]
    pub fn new(mut table: Table, named: bool) -> Self {
        if let Some(at) = table.columns.iter().position(|column| named && column.key == "cluster") {
            table.columns.remove(at);
            for row in table.rows.iter_mut().filter(|row| row.cells.len() > at) {
                row.cells.remove(at);
            }
        }
        if table.key == FINDINGS {
            findings(&mut table);
        }
        let summary = summary(&table);
        Panel { table, summary, last: Last::new() }
    }

    /// What stood in the column of `row` when it was last known; `None` where it is known.
    #[must_use]
    pub fn last(&self, row: &Row, column: &Column) -> Option<&Cell> {
        if self.last.is_empty() {
            return None;
        }
        self.last.get(&(row.key.clone(), column.key))
    }
}

/// What may no longer hold says so itself.
fn findings(table: &mut Table) {
    let place = |key| table.columns.iter().position(|column| column.key == key);
    let (Some(confirmed), Some(sentence)) = (place("confirmed"), place("sentence")) else { return };
    for row in table.rows.iter_mut().filter(|row| row.cells.get(confirmed) == Some(&Cell::Flag(false))) {
        if let Some(Cell::Text(text)) = row.cells.get_mut(sentence) {
            *text = format!("{DOUBT}{}", text.raw()).into();
        }
    }
}

/// Columns with an age, which are shown in whole seconds: a screen that is looked at for hours must not flicker.
const AGES: [&str; 6] = ["age_seconds", "oldest_seconds", "for_seconds", "as_of_seconds", "ago_seconds", "last_good_seconds"];

fn calm(mut table: Table) -> Table {
    let places: Vec<usize> = table.columns.iter().enumerate().filter(|(_, column)| AGES.contains(&column.key)).map(|(at, _)| at).collect();
    for row in &mut table.rows {
        for at in &places {
            if let Some(cell) = row.cells.get_mut(*at) {
                calm_cell(cell);
            }
        }
    }
    table
}

fn calmed(column: &Column, mut cell: Cell) -> Cell {
    if AGES.contains(&column.key) {
        calm_cell(&mut cell);
    }
    cell
}

fn calm_cell(cell: &mut Cell) {
    match cell {
        Cell::Seconds(seconds) | Cell::AtLeast(seconds) => *seconds = seconds.floor(),
        Cell::Toned(inner, _) => calm_cell(inner),
        _ => {}
    }
}

/// How bad a state is among the counts of a heading.
const ORDER: [State; 6] = [State::Critical, State::Warning, State::Unknown, State::Pending, State::Info, State::Healthy];

/// Members that all run and of which none leads are nothing to be calm about: clusters whose members all say what they are, and none that it is a primary.
fn without_primary(table: &Table) -> Option<(State, usize, String)> {
    let at = table.columns.iter().position(|column| column.key == "role").filter(|_| table.key == "members")?;
    let mut leads: BTreeMap<&str, Option<bool>> = BTreeMap::new();
    for row in &table.rows {
        let cluster = row.key.split('/').next().unwrap_or_default();
        let own = match row.cells.get(at) {
            Some(Cell::Word(word, _)) => Some(["primary", "promoted", "standby_leader"].iter().any(|leader| word.raw().starts_with(leader))),
            _ => None,
        };
        let known = leads.entry(cluster).or_insert(Some(false));
        *known = if *known == Some(true) || own == Some(true) { Some(true) } else { own.and(*known) };
    }
    match (leads.values().filter(|leads| **leads == Some(false)).count(), leads.len()) {
        (0, _) => None,
        (_, 1) => Some((State::Critical, 0, "primaries".to_owned())),
        (count, _) => Some((State::Critical, count, "clusters without a primary".to_owned())),
    }
}

/// Counts the words of the first column that tells how a row stands.
fn summary(table: &Table) -> Vec<(State, usize, String)> {
    let telling = |column: &&Column| matches!(column.key, "health" | "severity" | "state" | "standing");
    let Some(column) = table.columns.iter().find(telling) else { return Vec::new() };
    let Some(at) = table.columns.iter().position(|other| other.key == column.key) else { return Vec::new() };
    let mut counts: Vec<(State, usize, String)> = Vec::new();
    for cell in table.rows.iter().filter_map(|row| row.cells.get(at)) {
        let Some(state) = state_of(column, cell) else { continue };
        let word = if state == State::Unknown { state.word().to_owned() } else { crate::app::cells::words(cell).0 };
        match counts.iter_mut().find(|(known, _, text)| *known == state && *text == word) {
            Some((_, count, _)) => *count += 1,
            None => counts.push((state, 1, word)),
        }
    }
    counts.extend(without_primary(table));
    let rank = |state: State| ORDER.iter().position(|known| *known == state).unwrap_or(ORDER.len());
    counts.sort_by_key(|(state, _, _)| rank(*state));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, Reason};
    use crate::systems::view::Kind;

    /// Rows by name with their depth, each told or silent.
    fn table(rows: &[(&str, usize, bool)]) -> Table {
        let cells = |name: &str, told: bool| {
            let cell = |word: &str| if told { Cell::word(word, Tone::Good) } else { Cell::unknown(Gap::new("it", Reason::Stale)) };
            vec![Cell::text(name), cell("replica"), cell("running")]
        };
        Table {
            key: "members",
            title: "MEMBERS",
            columns: ["name", "role", "state"].map(|key| Column::new(key, "", Kind::Word, 0, "")).to_vec(),
            rows: rows.iter().map(|(name, depth, told)| Row { depth: *depth, ..Row::new(*name, cells(name, *told)) }).collect(),
            when_empty: "",
        }
    }

    #[test]
    fn who_is_silent_hangs_where_it_hung_below_the_same_one_and_who_tells_where_it_hangs_now() {
        let depths = |now: &[(&str, usize, bool)], former: &[(&str, usize, bool)]| {
            let mut now = table(now);
            remember(&mut now, &table(former));
            now.rows.iter().map(|row| row.depth).collect::<Vec<_>>()
        };
        let former = [("pg2", 0, true), ("pg1", 1, true), ("pg3", 1, true)];
        // the primary fell silent: nobody says any more that it streams from it
        assert_eq!(depths(&[("pg1", 0, true), ("pg2", 0, false), ("pg3", 0, true)], &former), [0, 0, 0]);
        let first = [("pg1", 0, true), ("pg2", 1, true), ("pg3", 1, true)];
        assert_eq!(depths(&[("pg1", 0, false), ("pg2", 0, false), ("pg3", 0, false)], &first), [0, 1, 1]);
        assert_eq!(depths(&[("pg1", 0, true), ("pg3", 1, true), ("pg2", 0, false)], &first), [0, 1, 1], "a standby fell silent");
        // what stands above it is not what it hung on
        assert_eq!(depths(&[("pg1", 0, false), ("pg2", 0, false), ("pg3", 0, false)], &former), [0, 0, 1]);
    }
}

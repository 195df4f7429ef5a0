//! The panels of a screen: for a cluster its findings, the view of its topology, and one for each system that is there; for any other page the tables of its
//! view. A new system, or a new table of a view, has its panel without an edit here.

use super::mark::state_of;
use super::scope::Scope;
use crate::app::Observed;
use crate::app::views::{Pick, VIEWS, parts, status};
use crate::fleet::Cluster;
use crate::systems::view::{Cell, Column, Page, Row, Table};
use crate::theme::State;

/// Key of the panel of findings.
pub const FINDINGS: &str = "findings";
/// Before what a rule found when its inputs were still known.
pub const DOUBT: &str = "(not confirmed now) ";
/// Name of the view whose first table stands above the systems.
const TOPOLOGY: &str = "topology";

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    pub table: Table,
    /// How its rows stand, worst first: how many, and in which state.
    pub summary: Vec<(State, usize, String)>,
}

/// The clusters as rows, worst first.
#[must_use]
pub fn of_fleet(observed: &Observed, scope: &Scope) -> Panel {
    Panel::new(calm(status::cluster_table(observed, &scope.worst_first(observed))), false)
}

/// The tables of the view called `name`, of one cluster or of all that are in scope; none when there is no such view or cluster.
#[must_use]
pub fn of_view(observed: &Observed, scope: &Scope, name: &str, cluster: Option<&str>) -> Vec<Panel> {
    let Some(view) = VIEWS.iter().find(|view| view.name == name) else { return Vec::new() };
    let clusters = cluster.map_or_else(|| scope.clusters.clone(), |name| vec![name.to_owned()]);
    let Ok(page) = (view.page)(observed, &Pick { clusters, argument: None }) else { return Vec::new() };
    let facts = facts(&page);
    facts.into_iter().chain(page.tables).map(|table| Panel::new(calm(table), cluster.is_some())).collect()
}

/// What a page says beside its tables, as a table of one row; `None` when it says nothing.
fn facts(page: &Page) -> Option<Table> {
    let said: Vec<_> = page.facts.iter().filter(|(_, cell)| *cell != Cell::Nothing).cloned().collect();
    let (columns, cells): (Vec<Column>, Vec<Cell>) = said.into_iter().unzip();
    (!cells.is_empty()).then(|| Table { key: "facts", title: "FACTS", columns, rows: vec![Row::new("facts", cells)], when_empty: "" })
}

/// The panels of the cluster called `name`, in the order in which they are shown; findings are always the first.
#[must_use]
pub fn of_cluster(observed: &Observed, scope: &Scope, name: &str) -> Vec<Panel> {
    let clusters: Vec<&Cluster> = observed.fleet.cluster(name).into_iter().collect();
    let mut tables = vec![parts::findings(observed, &clusters)];
    if let Some(view) = VIEWS.iter().find(|view| view.name == TOPOLOGY) {
        let pick = Pick { clusters: vec![name.to_owned()], argument: None };
        tables.extend((view.page)(observed, &pick).into_iter().flat_map(|page| page.tables.into_iter().take(1)));
    }
    let there =
        |system: &&&'static dyn crate::systems::contract::AnySystem| clusters.iter().any(|cluster| cluster.of(system.name()).next().is_some());
    tables.extend(scope.systems.iter().filter(there).map(|system| parts::panel(observed, &clusters, *system)));
    tables.into_iter().map(|table| Panel::new(calm(table), true)).collect()
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
        Panel { table, summary }
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

/// Ages in whole seconds: a screen that is looked at for hours must not flicker.
fn calm(mut table: Table) -> Table {
    let ages = ["age_seconds", "oldest_seconds", "for_seconds", "as_of_seconds", "ago_seconds", "last_good_seconds"];
    let places: Vec<usize> = table.columns.iter().enumerate().filter(|(_, column)| ages.contains(&column.key)).map(|(at, _)| at).collect();
    for row in &mut table.rows {
        for at in &places {
            if let Some(cell) = row.cells.get_mut(*at) {
                calm_cell(cell);
            }
        }
    }
    table
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
    let rank = |state: State| ORDER.iter().position(|known| *known == state).unwrap_or(ORDER.len());
    counts.sort_by_key(|(state, _, _)| rank(*state));
    counts
}

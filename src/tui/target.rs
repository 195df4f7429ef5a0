//! What the selected row is about: a cluster, a server of it, a session there. Pure. Words of servers in it are raw: whoever shows them escapes them.

use super::errand::who::WhoOrder;
use super::panel::FINDINGS;
use super::place::{Place, Subject};
use super::spot::Spot;
use super::state::State;
use crate::app::child;
use crate::config::EndpointSpec;
use crate::systems::view::{Cell, Row};
use std::sync::Arc;

/// Columns that may name the server of a row.
const NAMING: [&str; 4] = ["endpoint", "member", "server", "name"];

/// As far as the row says it.
#[derive(Clone, Debug, Default)]
pub struct Target {
    pub cluster: Option<String>,
    /// Where the server answers: of the system that the row is about; of a member with several, where its SQL answers.
    pub spec: Option<Arc<EndpointSpec>>,
    pub pid: Option<i32>,
    pub database: Option<String>,
}

impl Target {
    /// Of the row, process or sheet that is selected in `state`.
    #[must_use]
    pub fn of(state: &State) -> Target {
        let screen = state.screen();
        if let Some(Subject::Process(asked)) = &screen.subject {
            let WhoOrder { cluster, member, pid } = &asked.order;
            return Target::named(state, Some(cluster), member.iter().cloned(), None, Some(*pid));
        }
        if let Some(Subject::Finding { key } | Subject::Row { key, .. }) = &screen.subject {
            let finding = matches!(screen.subject, Some(Subject::Finding { .. } | Subject::Row { panel: FINDINGS, .. }));
            return Target::keyed(state, key, finding);
        }
        let spot = Spot::of(state);
        let (Some(panel), Some(row)) = (spot.panel(), spot.row()) else { return Target::named(state, state.cluster(), [], None, None) };
        if screen.place == Place::Fleet {
            return Target::named(state, Some(&row.key), [], None, None);
        }
        let table = panel.table();
        let cell = |key: &str| table.columns.iter().position(|column| column.key == key).and_then(|at| row.cells.get(at));
        let word = |key: &str| cell(key).and_then(raw);
        let of_key = Target::keyed(state, &row.key, table.key == FINDINGS);
        let cluster = of_key.cluster.clone().or_else(|| word("cluster"));
        let names = NAMING.iter().filter_map(|key| word(key));
        let system = of_key.spec.as_ref().map(|spec| spec.id.system.clone());
        let by_cells = Target::named(state, cluster.as_deref(), names, system.as_deref(), None);
        let pid = match cell("pid") {
            Some(Cell::Count(pid)) => i32::try_from(*pid).ok().filter(|pid| *pid > 0),
            _ => None,
        };
        Target { cluster, spec: of_key.spec.or(by_cells.spec), pid, database: word("database") }
    }

    /// What the key of a row says: `cluster/system/name`, `cluster/name`, `cluster/name/pid`; that of a finding `cluster/rule/member/object`.
    fn keyed(state: &State, key: &str, finding: bool) -> Target {
        let mut parts = key.split('/');
        let first = parts.next();
        let observed = state.picture.shown();
        let cluster = first.filter(|name| observed.fleet.cluster(name).is_some());
        let mut names: Vec<String> = parts.skip(usize::from(finding)).take(2).map(str::to_owned).collect();
        let system = names.first().filter(|first| cluster.is_some_and(|name| has_system(state, name, first))).cloned();
        if system.is_some() {
            names.remove(0);
        }
        names.truncate(1);
        Target::named(state, cluster.or(state.cluster()), names, system.as_deref(), None)
    }

    /// The first of `names` that is a server of `cluster`.
    fn named(state: &State, cluster: Option<&str>, names: impl IntoIterator<Item = String>, system: Option<&str>, pid: Option<i32>) -> Target {
        let observed = state.picture.shown();
        let known = cluster.and_then(|name| observed.fleet.cluster(name));
        let spec = known.and_then(|known| names.into_iter().find_map(|name| child::endpoint(known, &name, system)));
        Target { cluster: cluster.map(str::to_owned), spec, pid, database: None }
    }
}

fn has_system(state: &State, cluster: &str, system: &str) -> bool {
    let observed = state.picture.shown();
    observed.fleet.cluster(cluster).is_some_and(|cluster| cluster.entries.iter().any(|entry| entry.spec.id.system == system))
}

fn raw(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Text(text) | Cell::Word(text, _) => Some(text.raw().to_owned()),
        Cell::Toned(inner, _) => raw(inner),
        _ => None,
    }
}

/// The process that the selected row is about.
pub(super) fn process(state: &State) -> Option<WhoOrder> {
    if let Some(Subject::Process(asked)) = &state.screen().subject {
        return Some(asked.order.clone());
    }
    let spot = Spot::of(state);
    let target = Target::of(state);
    let endpoint =
        |row: &Row| spot.panel()?.table().columns.iter().position(|column| column.key == "endpoint").and_then(|at| raw(row.cells.get(at)?));
    let member = spot.row().and_then(endpoint);
    Some(WhoOrder { cluster: target.cluster?, member, pid: target.pid? })
}

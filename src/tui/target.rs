//! What the selected row is about: a cluster, a server of it, a session there. Pure. Words of servers in it are raw: whoever shows them escapes them.

use super::errand::who::{Sought, WhoOrder};
use super::hit::{Hit, Hits};
use super::panel::FINDINGS;
use super::place::{Place, Subject};
use super::spot::Spot;
use super::state::State;
use crate::app::child;
use crate::app::who::{Pool, is_pooler};
use crate::config::EndpointSpec;
use crate::model::Origin;
use crate::systems::view::Cell;
use ratatui::layout::Rect;
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
            let WhoOrder { cluster, member, sought } = &asked.order;
            let pid = if let Sought::Process(pid) = sought { Some(*pid) } else { None };
            return Target::named(state, Some(cluster), member.iter().cloned(), None, pid);
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

    /// What `name` of [`WORDS`](crate::config::commands::WORDS) is here, as it was said; `None`: nothing.
    #[must_use]
    pub fn word(&self, state: &State, name: &str) -> Option<String> {
        let spec = self.spec.as_ref();
        let text = |key: &str| spec.and_then(|spec| spec.body.text(key)).map(str::to_owned);
        match name {
            "cluster" => self.cluster.clone(),
            "environment" => {
                let observed = state.picture.shown();
                observed.fleet.cluster(self.cluster.as_deref()?).map(|cluster| cluster.spec.environment.word().to_owned())
            }
            "member" => spec.map(|spec| spec.id.name.clone()),
            "system" => spec.map(|spec| spec.id.system.clone()),
            "address" => spec.and_then(|spec| child::address(spec)).map(str::to_owned),
            "host" => spec.and_then(|spec| child::host_and_port(spec)).map(|(host, _)| host),
            "port" => spec.and_then(|spec| child::host_and_port(spec)).map(|(_, port)| port.to_string()),
            "pid" => self.pid.map(|pid| pid.to_string()),
            "database" => self.database.clone().or_else(|| text("database")),
            "user" => spec.and_then(|spec| spec.read.as_ref()).map(|read| read.user.clone()),
            _ => None,
        }
    }

    /// Of the row with this key in `panel`.
    #[must_use]
    pub fn of_row(state: &State, panel: &str, key: &str) -> Target {
        Target::keyed(state, key, panel == FINDINGS)
    }

    /// The page of the endpoint, where its host is one of `allowed` and the configuration names it, not a server.
    #[must_use]
    pub fn page(&self, allowed: &[String]) -> Option<String> {
        let spec = self.spec.as_ref().filter(|spec| spec.origin == Origin::Configured)?;
        let url = ["stats", "url"].iter().find_map(|key| spec.body.text(key))?;
        let (host, _) = child::host_and_port(spec)?;
        // it is written into a sequence of the terminal
        let plain = url.chars().all(|c| c.is_ascii_graphic());
        (plain && url.contains("://") && allowed.contains(&host)).then(|| url.to_owned())
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

/// The rows of endpoints whose own page a person allowed to be led to; never an address that a server named.
pub(super) fn links(state: &State, hits: &Hits) -> Vec<(Rect, String)> {
    if state.links.is_empty() {
        return Vec::new();
    }
    let panels = Spot::of(state).panels;
    let link = |(area, hit): &(Rect, Hit)| {
        let Hit::Row { panel, at } = hit else { return None };
        let row = panels.iter().find(|own| own.table().key == *panel)?.row(*at)?;
        Some((*area, Target::of_row(state, panel, &row.key).page(&state.links)?))
    };
    hits.iter().filter_map(link).collect()
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

/// What can be asked about the selected row: the client behind its process, or who waits at its pooler.
pub(super) fn sought(state: &State) -> Option<WhoOrder> {
    if let Some(Subject::Process(asked)) = &state.screen().subject {
        return Some(asked.order.clone());
    }
    let spot = Spot::of(state);
    let target = Target::of(state);
    let row = spot.row();
    let word = |key: &str| spot.panel()?.table().columns.iter().position(|column| column.key == key).and_then(|at| raw(row?.cells.get(at)?));
    let cluster = target.cluster.clone()?;
    if let Some(spec) = target.spec.as_ref().filter(|spec| is_pooler(spec)) {
        let pool = word("database").zip(word("user")).map(|(database, user)| Pool { database, user });
        return Some(WhoOrder { cluster, member: Some(spec.id.name.clone()), sought: Sought::Waiting(pool) });
    }
    Some(WhoOrder { cluster, member: word("endpoint"), sought: Sought::Process(target.pid?) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Observed;
    use crate::config::commands::WORDS;
    use crate::config::{Body, BodyValue, ClusterSpec, Credential, Inventory};
    use crate::model::{Clock, EndpointId, Via};
    use crate::systems::registry::SYSTEMS;
    use crate::tui::scope::Scope;

    #[test]
    fn every_word_of_the_configuration_stands_for_something() {
        let texts = [("address", "[::1]:5432"), ("database", "orders")].map(|(key, text)| (key.to_owned(), BodyValue::Text(text.to_owned())));
        let spec = EndpointSpec {
            id: EndpointId { cluster: "lab".to_owned(), system: "postgres".to_owned(), name: "pg1".to_owned() },
            origin: Origin::Configured,
            zone: None,
            via: Via::Direct,
            read: Some(Credential { user: "reader".to_owned(), password: None }),
            write: None,
            tls: None,
            body: Body::new(texts),
        };
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let now = Clock::real().now();
        let observed = Arc::new(Observed::nothing(&inventory, now));
        let state = State::open(observed, Scope { clusters: Vec::new(), systems: SYSTEMS }, (80, 24), now);
        let target = Target { cluster: Some("lab".to_owned()), spec: Some(Arc::new(spec)), pid: Some(4_711), database: None };
        let told: Vec<Option<String>> = WORDS.iter().map(|(name, _)| target.word(&state, name)).collect();
        let expected = ["lab", "prod", "pg1", "postgres", "[::1]:5432", "::1", "5432", "4711", "orders", "reader"];
        assert_eq!(told, expected.map(|word| Some(word.to_owned())));
        assert!(WORDS.iter().all(|(name, _)| Target::default().word(&state, name).is_none()));
    }

    #[test]
    fn a_row_leads_only_where_a_person_wrote_and_allowed() {
        let page = |url: &str, origin: Origin, allowed: &str| {
            let id = EndpointId { cluster: "lab".to_owned(), system: "patroni".to_owned(), name: "pg1".to_owned() };
            let spec = EndpointSpec { id, origin, zone: None, via: Via::Direct, read: None, write: None, tls: None, body: Body::one("url", url) };
            Target { spec: Some(Arc::new(spec)), ..Target::default() }.page(&[allowed.to_owned()])
        };
        assert_eq!(page("http://pg1:8008/", Origin::Configured, "pg1").as_deref(), Some("http://pg1:8008/"));
        assert_eq!(page("http://pg1:8008/", Origin::Configured, "pg2"), None);
        assert_eq!(page("http://pg1:8008/", Origin::Discovered, "pg1"), None);
        for url in ["http://pg1:8008/\u{1b}\\", "http://pg1:8008/ x", "http://pg1:8008/\u{202e}", "pg1:8008"] {
            assert_eq!(page(url, Origin::Configured, "pg1"), None, "{url:?}");
        }
    }
}

//! What one balancer alone can tell. One rule a file, one line in the list.

mod backend_queue;
mod backend_without_server;
mod listener_closed;
mod read_backend_empty;
mod read_backend_last_server;
mod server_set_aside;
mod server_status_unknown;
mod session_limit_near;
mod write_backend_not_one_up;

use super::snapshot::{Backend, BalancerSnapshot, Server};
use crate::model::{Gap, Reason};
use crate::systems::contract::{Raised, Rule, View};
use crate::text::Untrusted;

pub(super) const ALL: &[Rule<BalancerSnapshot>] = &[
    write_backend_not_one_up::RULE,
    read_backend_empty::RULE,
    read_backend_last_server::RULE,
    backend_without_server::RULE,
    listener_closed::RULE,
    backend_queue::RULE,
    server_set_aside::RULE,
    server_status_unknown::RULE,
    session_limit_near::RULE,
];

/// The name of the backend that `field` of the endpoint sets.
fn named<'a>(view: &'a View<'_, BalancerSnapshot>, field: &str) -> Result<&'a str, Gap> {
    let missing = || Reason::NotConfigured(format!("`{field}` of {} is not set", view.name()));
    view.endpoint.body.text(field).ok_or_else(|| Gap::new(format!("{} of {}", field.replace('_', " "), view.name()), missing()))
}

fn witness(view: &View<'_, BalancerSnapshot>) -> String {
    format!("show stat of {} ({})", view.name(), view.snapshot.witness.word())
}

/// `finding` with the row of the backend and of each of its servers as evidence.
fn with_rows(mut finding: Raised, view: &View<'_, BalancerSnapshot>, backend: &Backend) -> Raised {
    let word = |status: &Option<Untrusted>| status.as_ref().map_or("no status", Untrusted::raw).to_owned();
    finding = finding.seen(witness(view), format!("backend {} {}", backend.name.raw(), word(&backend.status)), view.snapshot.taken_at);
    for server in &backend.servers {
        finding = finding.seen(witness(view), describe(server), view.snapshot.taken_at);
    }
    finding
}

/// `server pg2 DOWN, check L7STS 503 (Service Unavailable)`
fn describe(server: &Server) -> String {
    let mut text = format!("server {} {}", server.name.raw(), server.status.as_ref().map_or("no status", Untrusted::raw));
    if let Some(check) = &server.check_status {
        text.push_str(&format!(", check {}", check.raw()));
    }
    if let Some(code) = server.check_code.filter(|code| *code > 0) {
        text.push_str(&format!(" {code}"));
    }
    if let Some(said) = &server.check_text {
        text.push_str(&format!(" ({})", said.raw()));
    }
    if server.weight == Some(0) {
        text.push_str(", weight 0");
    }
    text
}

fn names(servers: &[&Server]) -> String {
    servers.iter().map(|server| server.name.raw()).collect::<Vec<_>>().join(", ")
}

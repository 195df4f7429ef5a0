//! A balancer sends writes to a server that accepts none, while another one does: every write fails, and balancer, Patroni and `PostgreSQL` each look well.
//!
//! A server of the backend is known by its address, and by its name where the balancer does not tell addresses or another proxy stands between.

use crate::config::Quantity;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::writers::{Says, Writer, writers};
use crate::model::{Gap, Severity};
use crate::systems::contract::{HOLDS, Knob, Knobs, Raised, RuleInfo, Verdict, settled};
use crate::systems::haproxy::Haproxy;
use crate::systems::haproxy::snapshot::Server;
use crate::systems::haproxy::standing::Standing;
use crate::text::Untrusted;
use std::time::Duration;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "write-route-not-to-primary",
        sentence: "a balancer sends writes to a server that accepts none",
        required: false,
        knobs: &[Knob {
            name: HOLDS,
            default: Quantity::Time(Duration::from_secs(5)),
            doc: "after a switchover the balancer asks the former primary once more before it knows",
        }],
        cure: "See what the check of that server asks (`opsctl balancers`): it has to ask Patroni for the primary (`GET /primary`) on the host where the sessions go. A \
               check that was switched off, or goes to another address than the sessions, sends writes to whoever was primary once.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let all = writers(view);
    // without anybody who accepts writes no route is right, and that is said already
    let Some((primary, at)) = all.iter().find_map(|writer| Some((writer, writer.says.as_ref().ok().filter(|says| says.writes)?.at))) else {
        return Ok(Vec::new());
    };
    let (balancers, mut missing) = view.known::<Haproxy>();
    let mut raised = Vec::new();
    for balancer in balancers {
        let Some(backend) = balancer.endpoint.body.text("write_backend").and_then(|name| balancer.snapshot.backend(name)) else { continue };
        for server in backend.takers() {
            let Some(writer) = led_to(&all, server) else { continue };
            let says = match &writer.says {
                Ok(says) if says.writes => continue,
                Ok(says) => says,
                Err(gap) => {
                    missing = missing.or_else(|| Some(Gap::clone(gap)));
                    continue;
                }
            };
            let route = (balancer.name(), backend.name.raw());
            let status = server.status.as_ref().map_or("no status", Untrusted::raw);
            raised.push(
                misled(route, server, (writer, says), primary.name)
                    .seen(
                        format!("show stat of {}", balancer.name()),
                        format!("{}/{} {status}", route.1, server.name.raw()),
                        balancer.snapshot.taken_at,
                    )
                    .seen(writer.witness.as_str(), format!("{} accepts none", writer.name), says.at)
                    .seen(primary.witness.as_str(), format!("{} accepts writes", primary.name), at),
            );
        }
    }
    settled(raised, missing)
}

fn misled((balancer, backend): (&str, &str), server: &Server, (writer, _): (&Writer<'_>, &Says), primary: &str) -> Raised {
    // its checks fail already: the moment after a switchover
    let severity = if server.standing() == Standing::GoingDown { Severity::Warning } else { Severity::Critical };
    let sentence = format!("{balancer} sends writes to {}, which accepts none; {primary} does", writer.name);
    Raised::new(severity, sentence).on(balancer).object(format!("{backend}/{}", server.name.raw()))
}

/// Which server of the cluster `server` of the balancer is.
fn led_to<'w, 'a>(all: &'w [Writer<'a>], server: &Server) -> Option<&'w Writer<'a>> {
    let there = |writer: &&Writer<'_>| {
        let address = writer.entry.spec.body.text("address");
        address.is_some() && address == server.address.as_ref().map(Untrusted::raw)
    };
    all.iter().find(there).or_else(|| all.iter().find(|writer| writer.name == server.name.raw()))
}

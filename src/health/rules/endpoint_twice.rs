//! Two endpoints that are one server: what is written of the second was read from the first, and the server that was meant is asked by nobody.

use crate::config::EndpointSpec;
use crate::health::patroni::Told;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Origin, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::text::untrusted::visible;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "endpoint-twice",
        sentence: "two endpoints are one server",
        required: false,
        knobs: &[],
        cure: "Correct the address of one of the two in the configuration (`opsctl config explain cluster` says where it stands): nobody asks the server that was \
               meant, and what is said of it is another one's.",
    },
    judge,
};

/// The keys that say where an endpoint answers.
const PLACES: [&str; 3] = ["address", "url", "socket"];

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; who does not answer is told by others")]
fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let mut raised = Vec::new();
    let written = || view.cluster.entries.iter().map(|entry| entry.spec.as_ref()).filter(|spec| spec.origin == Origin::Configured);
    for (at, spec) in written().enumerate() {
        let Some(place) = place(spec) else { continue };
        if let Some(first) = written().take(at).find(|other| other.id.system == spec.id.system && self::place(other) == Some(place)) {
            let sentence = format!("{} {} has the address of {}, {}", spec.id.system, spec.id.name, first.id.name, visible(place));
            raised.push(Raised::new(Severity::Warning, sentence).on(&spec.id.name).seen("the configuration", place, view.now));
        }
    }
    let told = Told::of(view);
    let views: Vec<_> = told.views().collect();
    for (at, member) in views.iter().enumerate() {
        let Some(name) = member.snapshot.own.name.as_deref() else { continue };
        let as_it =
            views.iter().take(at).find(|other| other.snapshot.own.name.as_deref() == Some(name) && place(other.endpoint) != place(member.endpoint));
        if let Some(first) = as_it {
            let sentence = format!("the endpoints {} and {} both answer as {}", first.name(), member.name(), visible(name));
            raised.push(
                Raised::new(Severity::Warning, sentence)
                    .on(member.name())
                    .seen(format!("GET /patroni of {}", first.name()), visible(name), first.taken_at)
                    .seen(format!("GET /patroni of {}", member.name()), visible(name), member.taken_at),
            );
        }
    }
    Ok(raised)
}

fn place(spec: &EndpointSpec) -> Option<&str> {
    PLACES.iter().find_map(|key| spec.body.text(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};

    #[test]
    fn one_address_of_two_endpoints_of_a_system_is_told_and_of_two_systems_is_not() {
        let said = |endpoints: &[(&str, &str, &str)]| {
            let staged = endpoints.iter().map(|(system, name, address)| Staged::new(system, name, ("address", address), Said::Answers));
            sentences(judged(&RULE, &staged.collect::<Vec<_>>()))
        };
        let (one, two) = ("10.0.0.1:6432", "10.0.0.2:6432");
        assert_eq!(
            said(&[("pgbouncer", "pgb-1", one), ("pgbouncer", "pgb-2", two), ("pgbouncer", "pgb-3", one)]),
            ["pgbouncer pgb-3 has the address of pgb-1, 10.0.0.1:6432"]
        );
        assert_eq!(said(&[("pgbouncer", "pgb-1", one), ("postgres", "pg1", one), ("pgbouncer", "pgb-2", two)]), [""; 0]);
    }
}

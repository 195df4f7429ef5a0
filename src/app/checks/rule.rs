//! A rule as a check: its worst finding decides, and an input that is missing is UNKNOWN.

use super::{Limits, Said, State};
use crate::app::Observed;
use crate::fleet::Cluster;
use crate::model::Severity;

/// What the rule called `name` says about `cluster`, or about one member of it.
pub(super) fn run(name: &str, observed: &Observed, cluster: &Cluster, limits: &Limits) -> Said {
    let wanted = |member: Option<&str>| limits.member.is_none() || member.is_none() || member == limits.member.as_deref();
    if let Some(member) = limits.member.as_deref().filter(|member| !cluster.entries.iter().any(|entry| entry.spec.id.name == *member)) {
        return Said::new(State::Unknown, format!("there is no member called {member}"));
    }
    let findings: Vec<_> =
        observed.judgement.of(&cluster.spec.name).filter(|finding| finding.rule == name && wanted(finding.subject.member.as_deref())).collect();
    let outcomes = observed.judgement.outcomes_of(&cluster.spec.name).filter(|outcome| outcome.rule.id == name);
    let outcomes: Vec<_> = outcomes.filter(|outcome| wanted(outcome.subject.member.as_deref())).collect();
    let gap = outcomes.iter().find_map(|outcome| outcome.found.as_ref().err());
    let number = |count: usize| u32::try_from(count).map(f64::from).ok();
    let said = match (findings.iter().max_by_key(|finding| finding.severity), gap) {
        // what is only worth knowing does not outweigh what is not known
        (Some(worst), Some(gap)) if worst.severity == Severity::Info => Said::new(State::Unknown, format!("{}: {}", gap.fact, gap.reason.phrase())),
        (Some(worst), _) => {
            let state = match worst.severity {
                Severity::Critical => State::Critical,
                Severity::Warning => State::Warning,
                Severity::Info => State::Ok,
            };
            Said::new(state, worst.sentence.clone())
        }
        (None, Some(gap)) => Said::new(State::Unknown, format!("{}: {}", gap.fact, gap.reason.phrase())),
        (None, None) if outcomes.is_empty() => Said::new(State::Unknown, "nothing there to judge"),
        (None, None) => Said::new(State::Ok, format!("{} judged, nothing found", outcomes.len())),
    };
    said.measure("findings", number(findings.len()), "").measure(
        "unknown",
        number(outcomes.iter().filter(|outcome| outcome.found.is_err()).count()),
        "",
    )
}

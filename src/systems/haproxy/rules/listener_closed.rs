//! A listener that takes no connections, or no more of them. OPEN says nothing of health, but everything else says that somebody is turned away.

use super::witness;
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::haproxy::snapshot::{BalancerSnapshot, Listener};
use crate::text::Untrusted;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "listener-closed",
        sentence: "a listener of a balancer takes no connections",
        required: true,
        knobs: &[],
        cure: "STOP: `enable frontend NAME` on the runtime socket, unless the process is being replaced (`show info`: Stopping); a frontend that was shut down \
               comes back with a reload. FULL: raise its maxconn, or find who opens the sessions. No listener: compare the configuration that runs with the file.",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    if snapshot.listeners.is_empty() {
        // a page may be set up to show its backends alone
        return Err(Gap::new(format!("listeners of {}", view.name()), Reason::NotReported));
    }
    let raised = snapshot.listeners.iter().filter_map(|listener| {
        let (severity, how) = closed(listener)?;
        let name = listener.name.raw();
        let fact = format!("{name}/FRONTEND {}", listener.status.as_ref().map_or("no status", Untrusted::raw));
        let raised = Raised::new(severity, format!("listener {name} {how}")).object(format!("{name}/FRONTEND"));
        Some(raised.seen(witness(view), fact, snapshot.taken_at))
    });
    Ok(raised.collect())
}

/// What is wrong with it; nothing with one that is OPEN.
fn closed(listener: &Listener) -> Option<(Severity, String)> {
    match listener.status.as_ref().map(Untrusted::raw) {
        Some("OPEN") => None,
        Some(word @ ("STOP" | "PAUSED")) => Some((Severity::Critical, format!("is {word}: nobody can connect to it"))),
        Some("FULL") => Some((Severity::Warning, "is FULL: who connects has to wait".to_owned())),
        Some(other) => Some((Severity::Warning, format!("has the unknown status {other}"))),
        None => Some((Severity::Warning, "has no status at all".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_open_is_open() {
        let told = |status: Option<&str>| {
            let listener = Listener { name: "writes".into(), status: status.map(Untrusted::from), sessions: None, session_limit: None };
            closed(&listener).map(|(severity, _)| severity)
        };
        assert_eq!(told(Some("OPEN")), None);
        assert_eq!([told(Some("STOP")), told(Some("PAUSED"))], [Some(Severity::Critical); 2]);
        assert_eq!([told(Some("FULL")), told(Some("WEDGED")), told(None)], [Some(Severity::Warning); 3]);
    }
}

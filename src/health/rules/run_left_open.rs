//! A run of a runbook that is not ended: it keeps every other one off, and may hold clients. By what the store of the cluster keeps for everybody who runs one.

use crate::engine::lock::Holder;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Moment, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::systems::etcd::Etcd;
use crate::text::Untrusted;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "run-left-open",
        sentence: "a run of a runbook is not ended",
        required: false,
        knobs: &[],
        cure: "`opsctl run locks` tells whose it is, and on which host; there it is resumed, rolled back or abandoned; one that has ended, and could not say so, is \
               forgotten by `opsctl run unlock`. Until then no other run begins here.",
    },
    judge,
};

/// What the keys of this cluster hold, as one member passed them on.
struct Told<'a> {
    open: &'a Untrusted,
    /// Who is at work.
    lock: Option<&'a Untrusted>,
    witness: &'a str,
    taken_at: Moment,
}

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    match told(view)? {
        None => Ok(Vec::new()),
        Some(told) => Ok(vec![raised(&told, &view.cluster.spec.name)]),
    }
}

/// The newest word of a member of the store; `None`: no run is open.
///
/// # Errors
/// Why nobody could tell.
fn told<'a>(view: &ClusterView<'a>) -> Result<Option<Told<'a>>, Gap> {
    let (views, mut missing) = view.known::<Etcd>();
    let mut newest: Option<(Moment, Option<Told<'a>>)> = None;
    for member in views {
        let (open, taken_at) =
            match (member.snapshot.open_runs.known(format!("open runs in {}", member.name())), member.snapshot.open_runs.taken_at()) {
                (Ok(open), Some(taken_at)) => (open, taken_at),
                (Err(gap), _) => {
                    missing = missing.or(Some(gap));
                    continue;
                }
                (Ok(_), None) => continue,
            };
        if newest.as_ref().is_some_and(|(at, _)| at.mono >= taken_at.mono) {
            continue;
        }
        let of = |all: &'a [(String, Untrusted)]| all.iter().find(|(scope, _)| *scope == view.cluster.spec.scope).map(|(_, who)| who);
        let lock = member.snapshot.locks.value().and_then(|locks| of(locks));
        let told = of(open).map(|open| Told { open, lock, witness: &member.endpoint.id.name, taken_at });
        newest = Some((taken_at, told));
    }
    match (newest, missing) {
        (Some((_, told)), _) => Ok(told),
        (None, Some(gap)) => Err(gap),
        (None, None) => Ok(None),
    }
}

fn raised(told: &Told<'_>, cluster: &str) -> Raised {
    let witness = format!("/opsctl/open-run/ by {}", told.witness);
    let Ok(open) = serde_json::from_str::<Holder>(told.open.raw()) else {
        let sentence = "a run is left open, and whose it is cannot be read";
        return Raised::new(Severity::Critical, sentence).seen(witness, told.open.clone(), told.taken_at);
    };
    let (run, host) = (&open.run, &open.process.host);
    let whose = format!("run {run} of {}, begun by {} on {host}", open.runbook, open.by.name);
    let at_work = told.lock.and_then(|lock| serde_json::from_str::<Holder>(lock.raw()).ok()).is_some_and(|lock| lock.run == open.run);
    let raised = if at_work {
        Raised::new(Severity::Info, format!("a run is at work: {whose}"))
            .cured(format!("On {host} `opsctl run attach {run}` watches it, and `opsctl run cancel {run}` ends it."))
    } else {
        let folder = open.folder.as_ref().map(|folder| format!(", in {folder}")).unwrap_or_default();
        Raised::new(Severity::Critical, format!("a run was left open, and nobody is at work on it: {whose}")).cured(format!(
            "On {host}{folder}: `opsctl run show {run}` tells where it stands and what it may hold; `opsctl run resume {run} --write`, \
             `opsctl run rollback {run} --write` or `opsctl run abandon {run} --reason WHY --write` ends it; where it has ended already, \
             `opsctl run unlock {cluster} --reason WHY` lets others begin. Until then no other run begins."
        ))
    };
    raised.object(run.as_str()).began(Some(open.since)).seen(witness, format!("process {} on {host}", open.process.pid), told.taken_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Clock;

    fn entry(run: &str) -> Untrusted {
        format!(
            r#"{{"run":"{run}","runbook":"switchover","process":{{"host":"jump1","space":"s","pid":7,"started":1}},
               "by":{{"name":"ana","host":"lap","via":"login"}},"since":"2026-01-01T00:00:00Z","folder":"/var/lib/opsctl/runs/{run}"}}"#
        )
        .into()
    }

    #[test]
    fn what_nobody_is_at_work_on_is_critical_and_says_where_it_is_ended() {
        let (open, same, other, rubbish) = (entry("01K"), entry("01K"), entry("02K"), Untrusted::from("rubbish"));
        let judged =
            |open: &Untrusted, lock: Option<&Untrusted>| raised(&Told { open, lock, witness: "e1", taken_at: Clock::real().now() }, "orders");
        let left = judged(&open, None);
        assert_eq!((left.severity, left.object.as_ref().map(Untrusted::raw)), (Severity::Critical, Some("01K")));
        assert!(left.sentence.raw().contains("run 01K of switchover, begun by ana on jump1"), "{:?}", left.sentence);
        let cure = left.cure.expect("a cure");
        assert!(cure.contains("On jump1, in /var/lib/opsctl/runs/01K: `opsctl run show 01K`"), "{cure}");
        // one whose end the store did not hear of cannot be resumed
        assert!(cure.contains("where it has ended already, `opsctl run unlock orders --reason WHY`"), "{cure}");
        // somebody else's lock, or one that cannot be read, is not its own
        assert_eq!([judged(&open, Some(&other)).severity, judged(&open, Some(&rubbish)).severity], [Severity::Critical; 2]);
        assert_eq!(judged(&open, Some(&same)).severity, Severity::Info);
        assert_eq!(judged(&rubbish, None).severity, Severity::Critical);
    }
}

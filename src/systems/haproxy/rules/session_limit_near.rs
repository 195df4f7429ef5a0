//! Soon no more sessions are taken: a listener, a server or the whole process nears its `maxconn`.

use super::witness;
use crate::config::Quantity;
use crate::model::{Gap, Moment, Reading, Reason, Severity};
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View, settled};
use crate::systems::counts::percent;
use crate::systems::haproxy::snapshot::BalancerSnapshot;

pub(super) const RULE: Rule<BalancerSnapshot> = Rule {
    info: RuleInfo {
        id: "session-limit-near",
        sentence: "a listener, a server or the whole balancer nears its limit of sessions",
        required: true,
        knobs: &[
            Knob { name: "warn", default: Quantity::Percent(80.0), doc: "warn from this share of the limit" },
            Knob { name: "critical", default: Quantity::Percent(95.0), doc: "critical from this share of the limit" },
        ],
        cure: "raise maxconn (and the limit of open files) if memory allows, or find who opens the sessions",
    },
    judge,
};

fn judge(view: &View<'_, BalancerSnapshot>, knobs: &Knobs<'_>) -> Verdict {
    let snapshot = view.snapshot;
    let mut judged = Vec::new();
    for listener in &snapshot.listeners {
        let what = format!("listener {}", listener.name.raw());
        judged.push(near(knobs, &what, listener.sessions, listener.session_limit, (witness(view), snapshot.taken_at)));
    }
    for backend in &snapshot.backends {
        for server in &backend.servers {
            let what = format!("server {}/{}", backend.name.raw(), server.name.raw());
            judged.push(near(knobs, &what, server.sessions, server.session_limit, (witness(view), snapshot.taken_at)));
        }
    }
    // the page does not tell of the process; the listeners' own limits are judged all the same
    if let Reading::Known(sample) = &snapshot.process {
        let seen = (format!("show info of {}", view.name()), sample.taken_at);
        judged.push(near(knobs, "the whole balancer", sample.value.connections, sample.value.connection_limit, seen));
    }
    let (mut raised, mut untold) = (Vec::new(), None);
    for one in judged {
        match one {
            Ok(found) => raised.extend(found),
            Err(gap) => untold = untold.or(Some(gap)),
        }
    }
    settled(raised, untold)
}

fn near(knobs: &Knobs<'_>, what: &str, used: Option<u64>, limit: Option<u64>, seen: (String, Moment)) -> Result<Option<Raised>, Gap> {
    // without a limit nothing comes near it
    let Some(limit @ 1..) = limit else { return Ok(None) };
    let used = used.ok_or_else(|| Gap::new(format!("sessions of {what}"), Reason::NotReported))?;
    let percent = percent(used, limit);
    let severity = if percent >= knobs.percent("critical") {
        Severity::Critical
    } else if percent >= knobs.percent("warn") {
        Severity::Warning
    } else {
        return Ok(None);
    };
    let finding = Raised::new(severity, format!("{what} has {used} of {limit} sessions ({percent:.0} %)")).object(what);
    Ok(Some(finding.seen(seen.0, format!("{used} sessions, limit {limit}"), seen.1)))
}

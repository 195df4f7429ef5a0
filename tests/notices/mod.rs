//! Telling somebody that a verdict changed: what is said, how often, by whom, and that it gets there.

mod bodies;
mod limits;
mod sends;
mod steps;

use opsctl::app::Observed;
use opsctl::config::{ClusterSpec, NoticeTarget, NoticeTo};
use opsctl::fleet::Fleet;
use opsctl::health::{Judgement, Standing};
use opsctl::model::{Cure, Environment, Finding, Moment, Severity, Since, Subject};
use std::sync::Arc;
use std::time::Duration;

/// The same moment in every run.
fn now() -> Moment {
    Moment { mono: Duration::from_hours(30), wall: "2026-11-21T14:03:22Z".parse().expect("a time") }
}

fn finding(rule: &str, severity: Severity, member: &str, sentence: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        subject: Subject { cluster: "orders-eu".to_owned(), system: Some("postgres".to_owned()), member: Some(member.to_owned()), object: None },
        sentence: sentence.into(),
        evidence: Vec::new(),
        since: Since::FirstSeen("2026-11-21T14:00:10Z".parse().expect("a time")),
        cure: Cure::Procedure("Look at it.".to_owned()),
        members: Vec::new(),
        confirmed: true,
    }
}

/// One cluster of which these findings hold.
fn observed(findings: &[Finding]) -> Observed {
    let spec = ClusterSpec { environment: Environment::Prod, ..ClusterSpec::named("orders-eu", "test") };
    let fleet = Fleet::unread(&[Arc::new(spec)], Duration::MAX, now());
    let judgement = Judgement::told(&fleet, 1, now(), findings, &[], &[("orders-eu".to_owned(), Standing::Warning)]);
    Observed::new(Arc::new(fleet), Arc::new(judgement), Arc::default(), now())
}

fn target(least: Severity, per_hour: usize) -> NoticeTarget {
    NoticeTarget { name: "pager".to_owned(), to: NoticeTo::Terminal, least, per_hour }
}

//! A fleet of one cluster as polls of its captured members left it.

use super::capture::Capture;
use opsctl::config::{Body, ClusterSpec, EndpointSpec};
use opsctl::fleet::{Cluster, Entry, Failure, Fleet, Good};
use opsctl::health::{Judgement, judge};
use opsctl::model::{EndpointId, Finding, Moment, Origin, Reason, Via};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::dynamic::Dynamic;
use opsctl::systems::patroni::history;
use opsctl::systems::patroni::own::Own;
use opsctl::systems::patroni::picture::Picture;
use opsctl::systems::patroni::snapshot::{Asked, Exchange, Parts};
use opsctl::transport::http::Answer;
use opsctl::transport::{ProbeError, Trouble};
use std::sync::Arc;
use std::time::Duration;

/// The members of most states.
pub(crate) fn three() -> Vec<String> {
    ["pg1", "pg2", "pg3"].map(str::to_owned).to_vec()
}

/// A cluster with the members of one state, as two polls of each left it.
pub(crate) fn fleet(state: &str, configured: &[String], captures: &[Capture], rto_goal: u64) -> Fleet {
    let mut spec = ClusterSpec::named("lab", "test");
    spec.rto_goal = Duration::from_secs(rto_goal);
    let entries: Vec<Arc<Entry>> = configured.iter().map(|node| Arc::new(entry(state, node, captures))).collect();
    spec.endpoints = entries.iter().map(|entry| Arc::clone(&entry.spec)).collect();
    let newest = entries.iter().filter_map(|entry| entry.good.as_ref().map(|good| good.taken_at)).max_by_key(|at| at.mono);
    let mut cluster = Cluster::new(Arc::new(spec), Duration::MAX);
    cluster.entries = entries;
    Fleet { rev: 1, at: newest.unwrap_or(moment(0)), clusters: vec![cluster.into()] }
}

pub(crate) fn endpoint(node: &str) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: "lab".into(), system: "patroni".into(), name: node.to_owned() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("url", &format!("http://{node}:8008")),
    }
}

pub(crate) fn moment(second: i64) -> Moment {
    Moment { mono: Duration::from_secs(second.unsigned_abs()), wall: jiff::Timestamp::from_second(second).expect("time") }
}

fn entry(state: &str, node: &str, captures: &[Capture]) -> Entry {
    let mut entry = Entry::new(Arc::new(endpoint(node)), Duration::MAX);
    let find = |path: &str| captures.iter().find(|one| one.state == state && one.node == node && one.method == "GET" && one.path == path);
    let Some(patroni) = find("/patroni") else { return entry };
    let Some(answer) = patroni.answer() else {
        let trouble = if patroni.curl_exit == 7 { Trouble::ConnectionRefused } else { Trouble::AnswerTimeout };
        let error = ProbeError::new(trouble, "GET /patroni", "");
        entry.failure = Some(Failure { error, since: moment(0), last: moment(0), count: 2 });
        return entry;
    };
    let at = moment(answer.date.expect("date").as_second());
    let own = Own::read(&answer, "GET /patroni").expect("own words");
    let borrowed = captures.iter().find(|one| one.file == "healthy--config.pg1.http").filter(|_| node != "pg4");
    let parts = Parts {
        cluster: asked(find("/cluster"), Picture::read),
        config: asked(find("/config").filter(|capture| capture.answered()).or(borrowed), Dynamic::read),
        history: asked(find("/history"), history::read),
    };
    let exchange = Exchange { asked: at, answered: at, date: answer.date };
    let taken_at = parts_at(find("/cluster"), at);
    let first = Snapshot::next(None, own.clone(), exchange, parts.clone(), taken_at);
    let second = Snapshot::next(Some(&first), own, exchange, parts, taken_at);
    entry.good = Some(Good { snapshot: Arc::new(second) as AnySnapshot, taken_at: at, latency: Duration::from_millis(12) });
    entry
}

fn parts_at(cluster: Option<&Capture>, otherwise: Moment) -> Moment {
    cluster.and_then(Capture::answer).and_then(|answer| answer.date).map_or(otherwise, |date| moment(date.as_second()))
}

fn asked<T>(capture: Option<&Capture>, read: fn(&Answer, &str) -> Result<T, ProbeError>) -> Asked<T> {
    match capture.map(Capture::answer) {
        None => Asked::NotDue,
        Some(None) => Asked::Failed(Reason::Unreachable("no answer".into())),
        Some(Some(answer)) => Asked::Good(read(&answer, "GET").expect("a part that was answered")),
    }
}

pub(crate) fn judged(fleet: &Fleet) -> Judgement {
    judge(fleet, &Judgement::none(fleet.at), fleet.at)
}

pub(crate) fn describe(findings: &[Finding]) -> String {
    let line = |finding: &Finding| format!("  {} {}: {}", finding.severity.word(), finding.rule, finding.sentence.shown());
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The one cluster of `fleet`, to be changed.
pub(crate) fn only(fleet: &mut Fleet) -> &mut Cluster {
    Arc::make_mut(&mut fleet.clusters[0])
}

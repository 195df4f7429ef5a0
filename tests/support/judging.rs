//! Judging a typed snapshot of one system outside the fleet: an endpoint made of its keys, each rule with its verdict.

use opsctl::config::{Body, BodyValue, ClusterSpec, Credential, EndpointSpec};
use opsctl::model::{EndpointId, Gap, Moment, Origin, Severity, Via};
use opsctl::systems::contract::{Knobs, Raised, System, Verdict, View};
use opsctl::systems::view::Cell;
use std::collections::BTreeMap;
use std::time::Duration;

/// An endpoint called `node` of cluster `lab`, with text values in its body and a user without secret.
pub(crate) fn endpoint(system: &str, body: &[(&str, &str)]) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: "lab".into(), system: system.into(), name: "node".into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: Some(Credential { user: "opsctl_read".into(), password: None }),
        write: None,
        tls: None,
        body: Body::new(body.iter().map(|(key, value)| ((*key).to_owned(), BodyValue::Text((*value).to_owned())))),
    }
}

/// Shows `snapshot` to `look` as the fleet would.
pub(crate) fn with_view<S: System, T>(
    endpoint: &EndpointSpec,
    snapshot: &S::Snapshot,
    now: Moment,
    look: impl FnOnce(&View<'_, S::Snapshot>) -> T,
) -> T {
    let cluster = ClusterSpec::named("lab", "test");
    look(&View { cluster: &cluster, endpoint, snapshot, taken_at: now, latency: Duration::ZERO, now })
}

/// The verdict of every rule of the system, by its id.
pub(crate) fn verdicts<S: System>(endpoint: &EndpointSpec, snapshot: &S::Snapshot, now: Moment) -> BTreeMap<&'static str, Verdict> {
    with_view::<S, _>(endpoint, snapshot, now, |view| {
        S::rules().iter().map(|rule| (rule.info.id, (rule.judge)(view, &Knobs::new(view.cluster, &rule.info)))).collect()
    })
}

/// What was raised: rule, severity, sentence. Gaps are left out.
pub(crate) fn raised(verdicts: &BTreeMap<&'static str, Verdict>) -> Vec<(&'static str, Severity, String)> {
    let told = |raised: &Raised| (raised.severity, raised.sentence.raw().to_owned());
    let all = verdicts.iter().flat_map(|(id, verdict)| verdict.iter().flatten().map(move |one| (*id, told(one))));
    all.map(|(id, (severity, sentence))| (id, severity, sentence)).collect()
}

/// The rules that lack an input.
pub(crate) fn gaps(verdicts: &BTreeMap<&'static str, Verdict>) -> Vec<(&'static str, Gap)> {
    verdicts.iter().filter_map(|(id, verdict)| Some((*id, verdict.as_ref().err()?.clone()))).collect()
}

/// The cells of the endpoint by the keys of their columns.
pub(crate) fn cells<S: System>(endpoint: &EndpointSpec, snapshot: &S::Snapshot, now: Moment) -> BTreeMap<&'static str, Cell> {
    let cells = with_view::<S, _>(endpoint, snapshot, now, S::present);
    assert_eq!(cells.len(), S::columns().len(), "a cell for each column");
    S::columns().iter().map(|column| column.key).zip(cells).collect()
}

/// The files of a folder of fixtures; each test module says which of them it reads, so that none lies there unread.
pub(crate) fn all_are_read(folder: &str, read: &[&str]) {
    for entry in std::fs::read_dir(super::root().join("tests/fixtures").join(folder)).expect("folder") {
        let name = entry.expect("entry").file_name().to_string_lossy().into_owned();
        assert!(read.iter().any(|pattern| name.ends_with(pattern)), "no test reads {folder}/{name}");
    }
}

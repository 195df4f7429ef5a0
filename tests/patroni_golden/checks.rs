//! The checks of `check_patroni` on the captured states, and on those of next year.

use super::capture;
use super::fleet::{fleet, judged, moment, only, three};
use opsctl::app::Observed;
use opsctl::app::checks::range::Range;
use opsctl::app::checks::{Limits, State, run};
use opsctl::fleet::{Failure, Fleet, Rings};
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::words::{ClusterRole, Role};
use opsctl::transport::{ProbeError, Trouble};
use std::sync::Arc;

fn said(name: &str, fleet: &Fleet, member: Option<&str>) -> State {
    let judgement = Arc::new(judged(fleet));
    let observed = Observed::new(Arc::new(fleet.clone()), judgement, Arc::new(Rings::default()), fleet.at);
    let limits = Limits { member: member.map(str::to_owned), critical: Range::parse("1:"), ..Limits::default() };
    run(name, &observed, &fleet.clusters[0], &limits).expect("a check").state
}

/// State and text of the check called `name`, without any range.
pub(super) fn line(name: &str, fleet: &Fleet) -> (State, String) {
    let observed = Observed::new(Arc::new(fleet.clone()), Arc::new(judged(fleet)), Arc::new(Rings::default()), fleet.at);
    let said = run(name, &observed, &fleet.clusters[0], &Limits::default()).expect("a check");
    (said.state, said.text.raw().to_owned())
}

/// A captured state, with what `change` makes of each member.
pub(super) fn changed(state: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    let mut fleet = fleet(state, &three(), &capture::all(), 35);
    for entry in &mut only(&mut fleet).entries {
        let Some(good) = Arc::make_mut(entry).good.as_mut() else { continue };
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        change(&mut snapshot);
        good.snapshot = Arc::new(snapshot);
    }
    fleet
}

#[test]
fn a_replica_that_does_not_say_that_it_streams_does_not() {
    let restarted = changed("after-restart", |_| {});
    assert_eq!(said("cluster_has_replica", &restarted, None), State::Critical);
    assert_eq!(said("cluster_has_replica", &changed("healthy", |_| {}), None), State::Ok);
    let each = |fleet: &Fleet| three().iter().map(|node| said("node_is_replica", fleet, Some(node.as_str()))).filter(|one| *one == State::Ok).count();
    assert_eq!((each(&changed("healthy", |_| {})), each(&restarted)), (2, 0));
    // a Patroni that could not say it is believed that its replica runs
    let old = changed("after-restart", |snapshot| snapshot.own.version = Some("3.0.3".to_owned()));
    let replicas = changed("after-restart", |_| {}).clusters[0].entries.iter().filter(|entry| is_replica(entry)).count();
    assert_eq!((each(&old), said("cluster_has_replica", &old, None)), (replicas, State::Ok));
}

#[test]
fn no_replica_is_critical_unless_a_range_says_that_none_is_enough() {
    let restarted = changed("after-restart", |_| {});
    assert_eq!(line("cluster_has_replica", &restarted).0, State::Critical, "without ranges");
    let observed = Observed::new(Arc::new(restarted.clone()), Arc::new(judged(&restarted)), Arc::new(Rings::default()), restarted.at);
    let any = Limits { critical: Range::parse("0:"), ..Limits::default() };
    assert_eq!(run("cluster_has_replica", &observed, &restarted.clusters[0], &any).expect("a check").state, State::Ok, "as check_patroni answers");
    assert_eq!(line("cluster_has_replica", &changed("healthy", |_| {})).0, State::Ok);
}

fn is_replica(entry: &opsctl::fleet::Entry) -> bool {
    let snapshot = entry.good.as_ref().and_then(|good| good.snapshot.downcast_ref::<Snapshot>());
    snapshot.is_some_and(|snapshot| snapshot.own.role == Role::Replica)
}

#[test]
fn a_role_of_next_year_is_not_nobody() {
    let strange = changed("healthy", |snapshot| {
        let opsctl::model::Reading::Known(sample) = &mut snapshot.cluster else { return };
        for row in sample.value.members.iter_mut().filter(|row| row.role.holds_lock()) {
            row.role = ClusterRole::Other("chief".to_owned());
        }
    });
    for check in ["cluster_has_leader", "cluster_has_replica", "no-leader", "lock-holder-not-writable"] {
        assert_eq!(said(check, &strange, None), State::Unknown, "{check}");
    }
}

#[test]
fn only_a_member_that_is_there_can_be_dead() {
    let mut fleet = fleet("healthy", &three(), &capture::all(), 35);
    assert_eq!((said("node_is_alive", &fleet, Some("pg1")), said("node_is_alive", &fleet, Some("typo"))), (State::Ok, State::Unknown));
    for (trouble, state) in [(Trouble::ConnectionRefused, State::Critical), (Trouble::AnswerTimeout, State::Critical), (Trouble::Tls, State::Unknown)]
    {
        let error = ProbeError::new(trouble, "GET /patroni", "");
        Arc::make_mut(&mut only(&mut fleet).entries[0]).failure = Some(Failure { error, since: moment(0), last: moment(0), count: 1 });
        assert_eq!(said("node_is_alive", &fleet, Some("pg1")), state);
    }
}

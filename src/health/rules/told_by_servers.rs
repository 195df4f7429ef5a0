//! Tests of the rules on members that only servers name: who came and who left while this process watched.

use super::{member_appeared, member_vanished};
use crate::config::ClusterSpec;
use crate::fleet::{Cluster, Fleet, Passage};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Clock, EndpointId, Severity};
use crate::systems::contract::{Knobs, Raised};
use std::sync::Arc;
use std::time::Duration;

/// What `rule` says `after` pg3 came and pg2 left.
fn judge(rule: &ClusterRule, after: Duration) -> Vec<Raised> {
    let at = Clock::real().now();
    let passage = |name: &str| Passage {
        id: EndpointId { cluster: "orders".into(), system: "patroni".into(), name: name.into() },
        address: "http://10.0.0.2:8008".into(),
        by: "orders/patroni/pg1".to_owned(),
        at,
    };
    let spec = Arc::new(ClusterSpec::named("orders", "test"));
    let mut cluster = Cluster::new(Arc::clone(&spec), Duration::MAX);
    cluster.arrived.push(passage("pg3"));
    cluster.departed.push(passage("pg2"));
    let fleet = Fleet { rev: 1, at, clusters: vec![cluster] };
    (rule.judge)(&ClusterView { fleet: &fleet, cluster: &fleet.clusters[0], now: at.plus(after) }, &Knobs::new(&spec, &rule.info)).expect("judged")
}

#[test]
fn a_member_that_left_is_a_warning_for_a_day() {
    let raised = judge(&member_vanished::RULE, Duration::from_secs(90));
    assert_eq!((raised.len(), raised[0].severity, raised[0].member.as_deref()), (1, Severity::Warning, Some("pg2")));
    assert_eq!(raised[0].sentence.raw(), "patroni pg2 is not named by any server any more and is not asked");
    assert!(raised[0].evidence[0].witness.contains("orders/patroni/pg1") && raised[0].evidence[0].fact.raw().contains("10.0.0.2"), "{raised:?}");
    assert_eq!(judge(&member_vanished::RULE, Duration::from_hours(25)), []);
}

#[test]
fn a_member_that_came_is_told_for_an_hour() {
    let raised = judge(&member_appeared::RULE, Duration::from_secs(90));
    assert_eq!((raised.len(), raised[0].severity, raised[0].member.as_deref()), (1, Severity::Info, Some("pg3")));
    assert_eq!(judge(&member_appeared::RULE, Duration::from_hours(2)), []);
}

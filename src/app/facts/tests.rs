//! Facts of clusters that were recorded, and what is not known when one of them is silent.

use super::*;
use crate::app::record::Recording;
use crate::config::{Body, BodyValue, EndpointSpec};
use crate::fleet::{Cluster, Fleet};
use crate::model::{Reading, Reason};
use crate::runbook::facts::FACTS;
use crate::systems::patroni::dcs;
use crate::systems::pgbouncer::PoolerSnapshot;
use serde_json::{Value, json};

/// The last revision of a recording.
pub(super) fn recorded(name: &str) -> Arc<Fleet> {
    let path = format!("{}/tests/fixtures/recordings/{name}.opr", env!("CARGO_MANIFEST_DIR"));
    let recording = Recording::open(std::path::Path::new(&path)).expect("a recording");
    Arc::clone(&recording.at(jiff::Timestamp::MAX).expect("an instant").fleet)
}

pub(super) fn heard(cluster: &Cluster) -> Told<'_> {
    let now = cluster.entries.iter().filter_map(|entry| Some(entry.good.as_ref()?.taken_at)).max_by_key(|at| at.mono).expect("an answer");
    let heard = cluster.entries.iter().map(|entry| {
        let told = match (&entry.failure, &entry.good) {
            (Some(failure), _) => Err(failure.error.reason()),
            (None, Some(good)) => Ok((Arc::clone(&good.snapshot), good.taken_at)),
            (None, None) => Err(Reason::NotAskedYet),
        };
        (entry.spec.as_ref(), told)
    });
    Told { cluster: &cluster.spec, heard: heard.collect(), before: Vec::new(), store: None, since: now.minus(Duration::from_hours(1)), now }
}

/// The facts of a recording, with what the store holds.
fn told(name: &str, store: &[(&str, &str)]) -> BTreeMap<String, Fact> {
    let fleet = recorded(name);
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    if !store.is_empty() {
        let pairs: Vec<(String, Vec<u8>)> = store.iter().map(|(key, value)| (format!("/service/lab/{key}"), value.as_bytes().to_vec())).collect();
        let scope = dcs::gather("/service/", &pairs).remove("lab").expect("a scope");
        told.store = Some(Ok((Arc::new(scope), told.now)));
    }
    facts(&told)
}

pub(super) fn value<'a>(facts: &'a BTreeMap<String, Fact>, name: &str) -> &'a Value {
    facts.get(name).and_then(Reading::value).unwrap_or_else(|| panic!("{name}: {:?}", facts.get(name)))
}

pub(super) fn why(facts: &BTreeMap<String, Fact>, name: &str) -> String {
    match facts.get(name) {
        Some(Reading::Unknown { reason, .. }) => reason.phrase(),
        other => panic!("{name} is known: {other:?}"),
    }
}

const STORE: &[(&str, &str)] = &[
    ("leader", "pg1"),
    ("config", r#"{"ttl":30,"synchronous_mode":true}"#),
    ("sync", r#"{"leader":"pg1","sync_standby":"pg2"}"#),
    ("history", r#"[[1,100,"no recovery target specified","2026-01-01T00:00:00+00:00","pg1"]]"#),
];

#[test]
fn every_fact_that_is_promised_is_told_and_no_other() {
    let told = told("healthy", &[]);
    let promised: Vec<&str> = FACTS.iter().map(|fact| fact.name).collect();
    assert_eq!(told.keys().map(String::as_str).collect::<Vec<_>>(), promised);
}

#[test]
fn a_healthy_cluster_says_who_leads_where_and_how_far_behind_each_is() {
    let told = told("healthy", &[]);
    let leader = value(&told, "cluster.leader.name").as_str().expect("a name").to_owned();
    for (name, expected) in [
        ("cluster.dcs_answers", json!(true)),
        ("cluster.has_leader", json!(true)),
        ("cluster.leader.state", json!("running")),
        ("cluster.leader.writable", json!(true)),
        ("cluster.writable_members", json!(1)),
        ("cluster.members_answering", json!(3)),
        ("cluster.members_expected", json!(3)),
        ("cluster.paused", json!(false)),
        ("route.leads_to", json!(leader)),
    ] {
        assert_eq!(value(&told, name), &expected, "{name}");
    }
    let members = value(&told, "members").as_object().expect("members");
    for (name, member) in members {
        assert_eq!(member["writable"], json!(*name == leader), "{name}");
        assert_eq!(member["fenced"], json!(*name != leader), "{name}");
        assert_eq!(member["streaming"], json!(*name != leader), "{name}");
        assert!(*name == leader || member["receive_lag_bytes"].is_u64() || member["receive_lag_bytes"].is_i64(), "{member}");
    }
    let pools = value(&told, "write_pools").as_array().expect("pools");
    assert!(!pools.is_empty());
    for pool in pools {
        assert_eq!((&pool["mode"], &pool["seen_paused"]), (&json!("transaction"), &json!(false)), "{pool}");
        assert!(pool["query_wait_timeout_seconds"].is_u64() && pool["server_login_retry_seconds"].is_u64(), "{pool}");
        assert_eq!(&value(&told, "pool")[pool["key"].as_str().expect("a key")], pool);
    }
    // only the store tells what is ordered: a picture of it leaves that out
    for name in ["cluster.pending_failover", "cluster.sync_standbys"] {
        assert!(why(&told, name).contains("etcd"), "{}", why(&told, name));
    }
}

#[test]
fn the_store_says_what_is_ordered_and_who_is_synchronous() {
    let with = |more: &[(&'static str, &'static str)]| told("healthy", &[STORE, more].concat());
    let quiet = with(&[]);
    assert_eq!(value(&quiet, "cluster.sync_standbys"), &json!(["pg2"]));
    assert_eq!((value(&quiet, "members")["pg2"]["sync"].clone(), value(&quiet, "members")["pg3"]["sync"].clone()), (json!(true), json!(false)));
    assert_eq!(value(&quiet, "cluster.synchronous_mode"), &json!(true));
    assert!(value(&quiet, "cluster.last_role_change_seconds").as_f64().is_some_and(|seconds| seconds > 0.0));
    for (order, pending, scheduled) in [
        (r#"{"leader":"pg1","member":"pg2"}"#, true, false),
        (r#"{"leader":"pg1","scheduled_at":"2027-01-01T00:00:00+00:00"}"#, false, true),
        ("{}", false, false),
    ] {
        let told = with(&[("failover", order)]);
        assert_eq!(value(&told, "cluster.pending_failover"), &json!(pending), "{order}");
        assert_eq!(value(&told, "cluster.scheduled_switchover"), &json!(scheduled), "{order}");
    }
    let broken = with(&[("failover", "{"), ("sync", "[")]);
    for name in ["cluster.pending_failover", "cluster.scheduled_switchover", "cluster.sync_standbys"] {
        assert!(matches!(broken.get(name), Some(Reading::Unknown { .. })), "{name}");
    }
    let odd = told("healthy", &[("leader", "pg1"), ("config", r#"{"synchronous_mode":"maybe","pause":"soon"}"#)]);
    for name in ["cluster.synchronous_mode", "cluster.paused"] {
        assert!(matches!(odd.get(name), Some(Reading::Unknown { .. })), "{name}");
    }
    let nobody = told("healthy", &[("config", "{}")]);
    assert_eq!(value(&nobody, "cluster.has_leader"), &json!(false));
    assert_eq!(why(&nobody, "cluster.leader.name"), "nobody holds the leader key");
}

#[test]
fn standbys_are_counted_by_the_word_of_the_leader_alone() {
    let healthy = told("healthy", &[]);
    let members = value(&healthy, "members").as_object().expect("members");
    let count = |field: &str| members.values().filter(|member| member[field] == json!(true)).count();
    assert_eq!(value(&healthy, "cluster.standbys_streaming"), &json!(count("streaming")));
    assert_eq!(value(&healthy, "cluster.standbys_confirming"), &json!(count("confirms_commits")));
    assert_eq!((count("streaming"), count("confirms_commits")), (2, 1));
    // the word of a standby is none
    let fleet = recorded("healthy");
    let mut silent = heard(fleet.clusters.first().expect("a cluster"));
    let leader = silent.head().expect("a leader").0.endpoint.to_owned();
    for (_, told) in silent.heard.iter_mut().filter(|(spec, _)| spec.id.system == "postgres" && spec.id.name == leader) {
        *told = Err(Reason::NotAskedYet);
    }
    let told = facts(&silent);
    for name in ["cluster.standbys_streaming", "cluster.standbys_confirming"] {
        assert!(matches!(told.get(name), Some(Reading::Unknown { .. })), "{name}: {:?}", told.get(name));
    }
}

#[test]
fn who_was_at_work_on_a_leader_that_lets_nobody_in_any_more_is_named_with_his_age() {
    let fleet = recorded("fault-lock-tree");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    let leader = told.head().expect("a leader").0.endpoint.to_owned();
    assert!(value(&facts(&told), "cluster.leader.kept_by").as_str().is_some_and(|text| text.contains("does not stop")));
    let of_leader = told.heard.iter_mut().find(|(spec, _)| spec.id.system == "postgres" && spec.id.name == leader).expect("its PostgreSQL");
    let silent = Err(Reason::Refused("57P03: the database system is shutting down".to_owned()));
    let (snapshot, at) = std::mem::replace(&mut of_leader.1, silent).expect("it answered");
    let spec = of_leader.0;
    // nobody looked before
    assert!(why(&facts(&told), "cluster.leader.kept_by").contains("shutting down"));
    told.before.push((spec, (snapshot, at)));
    let now = told.now.plus(Duration::from_secs(7));
    let told = Told { now, ..told };
    let text = value(&facts(&told), "cluster.leader.kept_by").as_str().expect("a text").to_owned();
    for part in
        ["may be kept from stopping by backend ", "(lab-root)", "idle in transaction for ", "(lab-waiter-", "before it let nobody in any more"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("update"), "no statement: it may hold secrets: {text}");
}

#[test]
fn who_is_silent_makes_unknown_what_depends_on_it_and_nothing_zero() {
    let stopped = told("fault-pooler-stop", &[]);
    assert!(why(&stopped, "write_pools").contains("pgb-write-"), "{}", why(&stopped, "write_pools"));
    let balancer = told("fault-haproxy-stop", &[]);
    assert!(why(&balancer, "route.leads_to").contains("hap-1"), "{}", why(&balancer, "route.leads_to"));
    assert_eq!(value(&balancer, "cluster.writable_members"), &json!(1));
    let frozen = told("fault-sync-freeze", &[]);
    assert!(why(&frozen, "cluster.writable_members").contains("is not known"), "{}", why(&frozen, "cluster.writable_members"));
    assert_eq!(value(&frozen, "cluster.members_answering"), &json!(2));
    // what is only a lower bound says so by its name, and is always known
    assert_eq!(value(&frozen, "cluster.members_seen_writable"), &json!(1));
}

#[test]
fn a_pooler_that_does_not_say_whose_clients_it_has_leaves_the_write_pools_unknown() {
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    let at = told.heard.iter().position(|(spec, _)| spec.body.text("route") == Some("write")).expect("a write pool");
    let without = EndpointSpec { body: Body::one("address", "127.0.0.1:6432"), ..told.heard[at].0.clone() };
    told.heard[at].0 = &without;
    let facts = facts(&told);
    assert!(why(&facts, "write_pools").contains("route"), "{}", why(&facts, "write_pools"));
}

#[test]
fn a_pause_of_the_whole_pooler_that_nobody_tells_is_no_known_false() {
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let paused = |process: Reason, waiting: u64| {
        let mut told = heard(cluster);
        let at = told.heard.iter().position(|(spec, _)| spec.body.text("route") == Some("write")).expect("a write pool");
        let (snapshot, taken_at) = told.heard[at].1.clone().expect("an answer");
        let mut snapshot = snapshot.downcast_ref::<PoolerSnapshot>().expect("a pooler").clone();
        snapshot.process = Reading::unknown(process);
        if let Reading::Known(pools) = &mut snapshot.pools {
            for pool in &mut pools.value {
                (pool.clients_waiting, pool.servers_active) = (Some(waiting), Some(0));
            }
        }
        let name = told.heard[at].0.id.name.clone();
        told.heard[at].1 = Ok((Arc::new(snapshot), taken_at));
        let facts = facts(&told);
        let pools = value(&facts, "pool").as_object().expect("pools").clone();
        let pool = pools.into_iter().find(|(key, _)| key.starts_with(&format!("{name}/"))).expect("its database").1;
        (pool.get("paused").cloned(), pool.get("seen_paused").cloned())
    };
    let old = || Reason::NotSupported("1.19 or later".to_owned());
    assert_eq!(paused(old(), 0), (None, Some(json!(false))), "too old to tell, and nobody waits: what is seen is said to be no more than that");
    assert_eq!(paused(old(), 2), (None, None));
    assert_eq!(paused(Reason::NotReported, 0), (None, None));
}

#[test]
fn two_that_accept_writes_are_two() {
    let split = told("fault-patroni-kill", &[]);
    let known = split.get("cluster.writable_members").and_then(Reading::value).cloned();
    let members = value(&split, "members").as_object().expect("members").clone();
    let writable = members.values().filter(|member| member["writable"] == json!(true)).count();
    assert_eq!(known, Some(json!(writable)), "{members:?}");
}

/// The facts of the healthy cluster where an endpoint of `system` has `keys` beside its own.
fn told_with(system: &str, keys: &[(&str, Option<&str>)]) -> BTreeMap<String, Fact> {
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut spec = cluster.spec.as_ref().clone();
    for endpoint in &mut spec.endpoints {
        if endpoint.id.system == system {
            let mut values: BTreeMap<String, BodyValue> = endpoint.body.iter().map(|(key, value)| (key.to_owned(), value.clone())).collect();
            for (key, value) in keys {
                match value {
                    Some(value) => values.insert((*key).to_owned(), BodyValue::Text((*value).to_owned())),
                    None => values.remove(*key),
                };
            }
            let changed = EndpointSpec { body: Body::new(values), ..endpoint.as_ref().clone() };
            *endpoint = Arc::new(changed);
        }
    }
    facts(&Told { cluster: &spec, ..heard(cluster) })
}

#[test]
fn an_address_of_a_pooler_is_a_balancers_only_where_something_says_so() {
    let leader = value(&told("healthy", &[]), "cluster.leader.name").clone();
    let fleet = recorded("healthy");
    let poolers = heard(fleet.clusters.first().expect("a cluster"));
    let place = poolers.poolers().find_map(|(spec, heard)| {
        let database =
            heard.ok()?.0.databases.value()?.iter().find(|database| spec.body.text("route") == Some("write") && database.host.is_some())?;
        Some(format!("{}:{}", database.host.as_ref()?.raw(), database.port?))
    });
    let place = place.expect("a pooler that leads to the balancer");
    assert_eq!(value(&told_with("haproxy", &[]), "route.leads_to"), &leader, "the host of its statistics");
    for told in [told_with("haproxy", &[("stats", None), ("write_address", Some(&place))]), told_with("haproxy", &[("write_address", Some(&place))])]
    {
        assert_eq!(value(&told, "route.leads_to"), &leader);
    }
    // a member by a name that only the pooler knows looks the same as this
    for strange in [&[("stats", None)][..], &[("stats", Some("http://elsewhere:7000"))], &[("write_address", Some("elsewhere:5432"))]] {
        let told = told_with("haproxy", strange);
        assert!(why(&told, "route.leads_to").contains("write_address"), "{}", why(&told, "route.leads_to"));
    }
    // the balancer lives on the host of a member, whose name it has
    let host = place.rsplit_once(':').expect("a port").0;
    let named = told_with("postgres", &[("address", Some("one:5432"))]);
    assert!(matches!(named.get("route.leads_to"), Some(Reading::Unknown { .. })), "{host} may be the host called one");
}

#[test]
fn what_an_answer_only_carries_does_not_count_as_read_now() {
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let all = heard(cluster);
    let now = all.now;
    let settings = all.poolers().filter_map(|(_, heard)| match &heard.ok()?.0.settings {
        Reading::Known(sample) => Some(sample.taken_at),
        Reading::Unknown { .. } => None,
    });
    let newest = settings.max_by_key(|at| at.mono).expect("settings");
    assert!(newest.mono < now.mono, "they were read with the last answer: the recording shows nothing");
    let later = newest.plus(Duration::from_millis(1));
    let told = facts(&Told { since: later, ..heard(cluster) });
    for pool in value(&told, "pool").as_object().expect("pools").values() {
        assert!(pool.get("server_login_retry_seconds").is_none() && pool.get("seen_paused").is_some(), "{pool}");
    }
    let ahead = facts(&Told { since: now.plus(Duration::from_millis(1)), ..heard(cluster) });
    let stale = |name: &str| matches!(ahead.get(name), Some(Reading::Unknown { reason: Reason::Stale, last_good: Some(_), .. }));
    for name in ["cluster.has_leader", "cluster.leader.lsn", "cluster.synchronous_mode", "pool"] {
        assert!(stale(name), "{name}: {:?}", ahead.get(name));
    }
}

/// The facts of the healthy cluster, its store with `initialize`, where one endpoint of `system` says something else than it did.
fn told_by_a_stranger<S: crate::systems::contract::System>(
    initialize: Option<&str>,
    strange: impl Fn(&mut S::Snapshot),
) -> (String, BTreeMap<String, Fact>)
where
    S::Snapshot: Clone,
{
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    let leader = value(&facts(&told), "cluster.leader.name").as_str().expect("a name").to_owned();
    let at = told.heard.iter().position(|(spec, _)| spec.id.system == S::NAME && spec.id.name != leader).expect("an endpoint");
    let (snapshot, taken_at) = told.heard[at].1.clone().expect("an answer");
    let mut snapshot = snapshot.downcast_ref::<S::Snapshot>().expect("its kind").clone();
    strange(&mut snapshot);
    let name = told.heard[at].0.id.name.clone();
    told.heard[at].1 = Ok((Arc::new(snapshot), taken_at));
    if let Some(initialize) = initialize {
        let pairs = [("/service/lab/leader".to_owned(), leader.into_bytes()), ("/service/lab/initialize".to_owned(), initialize.as_bytes().to_vec())];
        told.store = Some(Ok((Arc::new(dcs::gather("/service/", &pairs).remove("lab").expect("a scope")), told.now)));
    }
    (name, facts(&told))
}

#[test]
fn a_patroni_of_another_scope_is_no_member_that_answers_whatever_its_name() {
    let (name, told) = told_by_a_stranger::<crate::systems::patroni::Patroni>(None, |snapshot| snapshot.own.scope = Some("prod-9".to_owned()));
    assert_eq!(value(&told, "cluster.members_answering"), &json!(2));
    let member = &value(&told, "members")[&name];
    assert_eq!(member["answers"], json!(false));
    for field in ["role", "state"] {
        assert!(member.get(field).is_none(), "{member}");
    }
}

#[test]
fn a_server_with_other_data_is_no_member_and_neither_fenced_nor_writable() {
    use crate::systems::postgres::{Postgres, Snapshot};
    let other = |snapshot: &mut Snapshot| {
        if let Reading::Known(sample) = &mut snapshot.identity {
            sample.value.system_identifier = 42;
        }
    };
    let (name, told) = told_by_a_stranger::<Postgres>(None, other);
    assert_eq!(value(&told, "cluster.members_answering"), &json!(2));
    let member = &value(&told, "members")[&name];
    assert!(member.get("writable").is_none() && member["fenced"] == json!(false), "{member}");
    assert!(why(&told, "cluster.writable_members").contains("belongs to another cluster"), "{}", why(&told, "cluster.writable_members"));
}

#[test]
fn whose_data_the_store_does_not_name_is_of_another_cluster_though_all_of_them_agree() {
    let (_, told) = told_by_a_stranger::<crate::systems::patroni::Patroni>(Some("42"), |_same| {});
    assert_eq!(value(&told, "cluster.members_answering"), &json!(0));
    assert!(why(&told, "cluster.leader.writable").contains("system identifier"), "{}", why(&told, "cluster.leader.writable"));
}

/// Lets the endpoint called `name` of the system of `S` say something else than it did.
fn says<S: crate::systems::contract::System>(told: &mut Told<'_>, name: &str, change: impl Fn(&mut S::Snapshot))
where
    S::Snapshot: Clone,
{
    for (spec, heard) in told.heard.iter_mut().filter(|(spec, _)| spec.id.system == S::NAME && spec.id.name == name) {
        let (snapshot, taken_at) = heard.clone().unwrap_or_else(|reason| panic!("{}: {reason:?}", spec.id));
        let mut snapshot = snapshot.downcast_ref::<S::Snapshot>().expect("its kind").clone();
        change(&mut snapshot);
        *heard = Ok((Arc::new(snapshot), taken_at));
    }
}

#[test]
fn a_server_of_a_balancer_is_who_its_address_says_whatever_its_name_is() {
    use crate::systems::haproxy::Haproxy;
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let leader = value(&told("healthy", &[]), "cluster.leader.name").clone();
    let own = cluster.spec.of("postgres").find(|spec| json!(spec.id.name) == leader).and_then(|spec| spec.body.text("address")).expect("an address");
    let port = own.rsplit_once(':').expect("a port").1;
    let leads = |address: Option<String>| {
        let mut told = heard(cluster);
        says::<Haproxy>(&mut told, "hap-1", |snapshot| {
            for server in snapshot.backends.iter_mut().flat_map(|backend| &mut backend.servers) {
                server.address = address.clone().map(crate::text::Untrusted::from);
            }
        });
        facts(&told)
    };
    // nothing is told but its name, or a name of which nobody can say here that it is another host
    for address in [None, Some(format!("db.internal:{port}")), Some(own.to_owned())] {
        assert_eq!(value(&leads(address.clone()), "route.leads_to"), &leader, "{address:?}");
    }
    for address in [format!("10.9.9.9:{port}"), "db.internal:1".to_owned(), "unix@/run/db".to_owned()] {
        let facts = leads(Some(address.clone()));
        assert!(why(&facts, "route.leads_to").contains("which is no member"), "{address}: {}", why(&facts, "route.leads_to"));
    }
}

#[test]
fn of_two_endpoints_that_answer_by_one_name_nothing_is_known_as_of_one() {
    use crate::systems::patroni::Patroni;
    let fleet = recorded("healthy");
    let mut told = heard(fleet.clusters.first().expect("a cluster"));
    let leader = value(&facts(&told), "cluster.leader.name").as_str().expect("a name").to_owned();
    let other = told.heard.iter().find(|(spec, _)| spec.id.system == "patroni" && spec.id.name != leader).expect("a member").0.id.name.clone();
    says::<Patroni>(&mut told, &other, |snapshot| snapshot.own.name = Some(leader.clone()));
    let facts = facts(&told);
    let members = value(&facts, "members").as_object().expect("members");
    assert!(members.len() == 1 && !members.contains_key(&leader), "{members:?}");
    assert_eq!(value(&facts, "cluster.members").as_array().map(Vec::len), Some(3));
    for fact in ["cluster.leader.writable", "cluster.leader.timeline", "cluster.leader.lsn"] {
        assert!(why(&facts, fact).contains("both answer as"), "{fact}: {}", why(&facts, fact));
    }
}

#[test]
fn what_nobody_counted_is_no_zero_and_what_only_we_do_not_reach_is_no_false() {
    use crate::systems::postgres::Postgres;
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    let leader = value(&facts(&told), "cluster.leader.name").as_str().expect("a name").to_owned();
    assert!(value(&facts(&told), "cluster.max_lag_ms").is_number());
    says::<Postgres>(&mut told, &leader, |snapshot| {
        if let Reading::Known(senders) = &mut snapshot.senders {
            senders.value.clear();
        }
    });
    assert!(why(&facts(&told), "cluster.max_lag_ms").contains("no standby"));
    // it does not answer us: those who live by it read it, or nobody does
    let mut told = heard(cluster);
    told.store = Some(Err(Reason::Unreachable("no route".to_owned())));
    let unsure = why(&facts(&told), "cluster.dcs_answers");
    assert!(unsure.contains("not reached from here") && unsure.contains("no route"), "{unsure}");
    for (_, heard) in told.heard.iter_mut().filter(|(spec, _)| spec.id.system == "patroni") {
        *heard = Err(Reason::Unreachable("silent".to_owned()));
    }
    assert_eq!(value(&facts(&told), "cluster.dcs_answers"), &json!(false));
    // of a cluster without a Patroni nobody counts members
    let spec = crate::config::ClusterSpec { endpoints: Vec::new(), ..cluster.spec.as_ref().clone() };
    let none = facts(&Told { cluster: &spec, heard: Vec::new(), ..heard(cluster) });
    for fact in ["members_expected", "members_answering", "members_seen_writable", "writable_members"] {
        assert!(why(&none, &format!("cluster.{fact}")).contains("patroni"), "{fact}");
    }
    // and how many are configured is known, whoever was asked
    let unasked = facts(&Told { heard: Vec::new(), ..heard(cluster) });
    assert_eq!(value(&unasked, "cluster.members_expected"), &json!(3));
}

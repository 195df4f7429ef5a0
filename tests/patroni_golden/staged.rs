//! What no capture holds: the healthy state with one thing changed, and what has to be said of it.

use super::capture;
use super::fleet::{describe, endpoint, fleet, judged, moment, only, three};
use opsctl::app::Observed;
use opsctl::app::views::{Pick, VIEWS};
use opsctl::config::{Body, EndpointSpec};
use opsctl::fleet::{Entry, Failure, Fleet, Good, Rejected};
use opsctl::health::{Judgement, Standing, judge};
use opsctl::model::{Finding, Gap, Lsn, Origin, Reading, Reason, Severity, Timeline, Zone};
use opsctl::systems::contract::AnySnapshot;
use opsctl::systems::patroni::Snapshot;
use opsctl::systems::patroni::claims::Store;
use opsctl::systems::patroni::own::{Confirms, Follower, Own};
use opsctl::systems::patroni::picture::{Picture, Row};
use opsctl::systems::patroni::wire::{Flag, Lag, Pending};
use opsctl::systems::patroni::words::{Role, State};
use opsctl::systems::postgres;
use opsctl::transport::http::Answer;
use opsctl::transport::{ProbeError, Trouble};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The healthy state (pg2 leads, pg1 is synchronous), with the snapshot of `node` changed.
pub(super) fn changed(node: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    state("healthy", node, change)
}

fn state(state: &str, node: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    changed_of(fleet(state, &three(), &capture::all(), 35), node, change)
}

/// `fleet` with the snapshot of `node` changed.
pub(super) fn changed_of(mut fleet: Fleet, node: &str, change: impl Fn(&mut Snapshot)) -> Fleet {
    for entry in only(&mut fleet).entries.iter_mut().filter(|entry| entry.spec.id.name == node) {
        let good = Arc::make_mut(entry).good.as_mut().expect("read");
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        change(&mut snapshot);
        good.snapshot = Arc::new(snapshot);
    }
    fleet
}

pub(super) fn found(fleet: &Fleet) -> Vec<(String, Severity)> {
    judged(fleet).findings.iter().map(|finding| (finding.rule.clone(), finding.severity)).collect()
}

pub(super) fn one(fleet: &Fleet, rule: &str, severity: Severity) -> Finding {
    let findings = judged(fleet).findings;
    assert_eq!(found(fleet), [(rule.to_owned(), severity)], "{}", describe(&findings));
    findings.into_iter().next().expect("one")
}

fn zoned(zones: [&str; 3]) -> Fleet {
    let mut fleet = changed("pg1", |_| {});
    for (entry, zone) in only(&mut fleet).entries.iter_mut().zip(zones) {
        Arc::make_mut(&mut Arc::make_mut(entry).spec).zone = Some(Zone(zone.to_owned()));
    }
    fleet
}

#[test]
fn leader_and_sync_standby_in_one_zone_are_said_and_apart_they_are_not() {
    let finding = one(&zoned(["a", "a", "b"]), "leader-and-sync-in-one-zone", Severity::Warning);
    assert!(finding.sentence.raw().contains("pg2") && finding.sentence.raw().contains("pg1"), "{}", finding.sentence.shown());
    assert_eq!(found(&zoned(["a", "b", "b"])), []);
    let unzoned = judged(&changed("pg1", |_| {}));
    let outcome = unzoned.outcomes().find(|outcome| outcome.rule.id == "leader-and-sync-in-one-zone").expect("judged");
    assert!(outcome.found.is_err(), "without zones nobody can tell");
}

#[test]
fn a_clock_is_called_wrong_only_beyond_what_whole_seconds_leave_open() {
    let skewed = |milliseconds: u64| {
        changed("pg3", |snapshot| {
            let wall = snapshot.exchange.asked.wall + Duration::from_millis(milliseconds);
            snapshot.exchange.asked.wall = wall;
            snapshot.exchange.answered.wall = wall;
        })
    };
    assert_eq!(found(&skewed(2_900)), []);
    let finding = one(&skewed(3_100), "clock-skew", Severity::Warning);
    assert!(finding.sentence.raw().contains("pg3 is at least 2.1s behind"), "{}", finding.sentence.shown());
}

#[test]
fn a_member_of_another_cluster_is_critical() {
    let foreign = changed("pg3", |snapshot| snapshot.own.system_identifier = Some("1".into()));
    let finding = one(&foreign, "foreign-member", Severity::Critical);
    assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
}

#[test]
fn a_replica_that_lives_on_the_archive_is_said_unless_it_is_told_to() {
    let archive = |told: bool| {
        changed("pg3", move |snapshot| {
            snapshot.own.replication_state = Some("in archive recovery".into());
            if told {
                snapshot.own.tags.insert("nostream".into(), true.into());
            }
        })
    };
    one(&archive(false), "replica-not-streaming", Severity::Warning);
    assert_eq!(found(&archive(true)), []);
    let old = changed("pg3", |snapshot| {
        snapshot.own.replication_state = None;
        snapshot.own.version = Some("3.0.1".into());
    });
    assert_eq!(found(&old), [], "a Patroni that does not tell is not judged");
    let outcomes = judged(&old).outcomes().cloned().collect::<Vec<_>>();
    let unknown = |outcome: &&opsctl::health::Outcome| outcome.rule.id == "replica-not-streaming" && outcome.found.is_err();
    assert_eq!(outcomes.iter().filter(unknown).count(), 1);
}

#[test]
fn a_single_member_that_is_cut_off_from_the_store_is_not_a_store_that_is_down() {
    let cut_off = changed("pg3", |snapshot| {
        snapshot.own.dcs_last_seen = snapshot.exchange.date.map(|date| date - Duration::from_mins(1));
    });
    let finding = one(&cut_off, "dcs-down", Severity::Warning);
    assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
}

#[test]
fn a_replica_on_another_timeline_is_said_with_its_side() {
    let ahead = changed("pg3", |snapshot| snapshot.own.timeline = Some(Timeline(7)));
    assert!(one(&ahead, "timeline-mismatch", Severity::Warning).sentence.raw().contains("ahead of"));
}

#[test]
fn the_configured_name_of_a_member_may_differ_from_its_own() {
    let mut renamed = changed("pg1", |_| {});
    for entry in &mut only(&mut renamed).entries {
        let spec = Arc::make_mut(&mut Arc::make_mut(entry).spec);
        spec.id.name = format!("db-{}", spec.id.name);
    }
    assert_eq!(found(&renamed), []);
}

/// Adds PostgreSQL of pg3, which holds the lock in the state `leader-killed-within-ttl` and whose Patroni does not answer.
fn with_postgres(name: &str, address: &str, in_recovery: bool) -> Vec<(String, Severity)> {
    let mut fleet = state("leader-killed-within-ttl", "nobody", |_| {});
    add_postgres(&mut fleet, name, address, in_recovery);
    found(&fleet)
}

/// Adds PostgreSQL of one member, started in a second of its own.
fn add_postgres(fleet: &mut Fleet, name: &str, address: &str, in_recovery: bool) {
    let at = fleet.at;
    let second = i64::try_from(fleet.clusters[0].entries.len()).expect("few");
    let mut spec = endpoint(name);
    spec.id.system = "postgres".into();
    spec.body = Body::one("address", address);
    let mut entry = Entry::new(Arc::new(spec), Duration::MAX);
    let mut snapshot = postgres::Snapshot::unread();
    let identity: postgres::snapshot::identity::Identity = serde_json::from_value(serde_json::json!({
        "server_version_num": 150_018, "in_recovery": in_recovery, "system_identifier": 1, "timeline": 27, "write_lsn": Lsn(1),
        "started_at": moment(second).wall, "sync_names": "", "cluster_name": "lab",
    }))
    .expect("an identity");
    snapshot.identity = Reading::new(identity, at);
    entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::ZERO });
    only(fleet).entries.push(Arc::new(entry));
}

/// pg2 leads; the Patroni of pg3 is dead and gone from the store, and its PostgreSQL takes writes all the same.
fn split() -> Fleet {
    let mut fleet = changed("nobody", |_| {});
    for entry in &mut only(&mut fleet).entries {
        let entry = Arc::make_mut(entry);
        let good = entry.good.as_mut().expect("read");
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        let Reading::Known(picture) = &mut snapshot.cluster else { panic!("a picture") };
        picture.value.members.retain(|row| row.name != "pg3");
        good.snapshot = Arc::new(snapshot);
        if entry.spec.id.name == "pg3" {
            let error = ProbeError::new(Trouble::ConnectionRefused, "GET /patroni", "");
            (entry.good, entry.failure) = (None, Some(Failure { error, since: moment(0), last: moment(0), count: 2 }));
        }
    }
    add_postgres(&mut fleet, "pg2", "10.0.0.2:5432", false);
    add_postgres(&mut fleet, "pg3", "10.0.0.3:5432", false);
    fleet
}

/// A page about `fleet` as JSON, judged once.
fn page_of(fleet: &Fleet, view: &str) -> Value {
    shown(view, fleet, judged(fleet))
}

#[test]
fn whom_to_fence_is_named_and_shown_with_all_that_is_known() {
    let findings = judged(&split()).findings;
    let finding = findings.iter().find(|finding| finding.rule == "split-brain").expect("found");
    assert_eq!(finding.sentence.raw(), "pg2 and pg3 accept writes at the same time; pg2 holds the leader lock: fence pg3");
    let page = page_of(&split(), "topology");
    let row = page["members"].as_array().expect("rows").iter().find(|row| row["member"] == "pg3").expect("pg3").clone();
    assert_eq!((&row["lock"], &row["timeline"]), (&json!(false), &json!(27)), "{row}");
    assert_eq!((row["role"].as_str(), row["store_says"].as_str()), (Some("primary (PostgreSQL)"), Some("not named")), "{row}");
}

/// Who looks at the row of either writer finds it there: one finding, about both.
#[test]
fn a_split_brain_is_a_finding_about_each_member_that_accepts_writes() {
    let findings = judged(&split()).findings;
    let split_brains: Vec<_> = findings.iter().filter(|finding| finding.rule == "split-brain").collect();
    let [finding] = split_brains[..] else { panic!("{split_brains:?}") };
    assert_eq!(["pg1", "pg2", "pg3"].map(|name| finding.is_on(name)), [false, true, true]);
    let page = page_of(&split(), "status");
    let health = |name: &str| page["postgres"].as_array().expect("rows").iter().find(|row| row["name"] == name).expect("a row")["health"].clone();
    assert_eq!([health("pg2"), health("pg3")], ["critical", "critical"]);
}

#[test]
fn what_was_found_is_never_called_nothing() {
    let page = page_of(&split(), "explain");
    let rules: Vec<_> = page["findings"].as_array().expect("rows").iter().filter_map(|row| row["rule"].as_str().map(str::to_owned)).collect();
    assert!(rules.contains(&"split-brain".to_owned()), "{rules:?}");
    let missing = page_of(&changed("nobody", |_| {}), "findings")["missing"].clone();
    assert!(
        missing.as_array().is_some_and(|rows| rows.iter().all(|row| row["required"] == true) && !rows.is_empty()),
        "nobody asked PostgreSQL: {missing}"
    );
}

#[test]
fn postgres_decides_whether_the_lock_holder_takes_writes() {
    let holder = ("lock-holder-not-writable".to_owned(), Severity::Critical);
    assert!(!with_postgres("pg3", "10.0.0.3:5432", false).contains(&holder), "its Patroni is gone, its database takes writes");
    assert!(with_postgres("pg3", "10.0.0.3:5432", true).contains(&holder));
    assert!(!with_postgres("elsewhere", "127.0.0.1:21543", false).contains(&holder), "found by the address that the store names");
    assert!(with_postgres("elsewhere", "10.0.0.9:5432", false).contains(&holder), "the database of somebody else says nothing");
}

/// The healthy state with the store's words on pg3 changed, whoever passes them on.
pub(super) fn store_says(change: impl Fn(&mut Row)) -> Fleet {
    let mut fleet = changed("nobody", |_| {});
    for entry in &mut only(&mut fleet).entries {
        let good = Arc::make_mut(entry).good.as_mut().expect("read");
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        let Reading::Known(picture) = &mut snapshot.cluster else { panic!("a picture") };
        change(picture.value.members.iter_mut().find(|row| row.name == "pg3").expect("pg3"));
        good.snapshot = Arc::new(snapshot);
    }
    fleet
}

/// What `rule` lacks, by the rule over the whole cluster.
pub(super) fn gap_of(fleet: &Fleet, rule: &str) -> Option<Gap> {
    let outcomes = judged(fleet).outcomes().cloned().collect::<Vec<_>>();
    outcomes.into_iter().find(|outcome| outcome.rule.id == rule && outcome.subject.member.is_none()).expect("judged").found.err()
}

#[test]
fn a_member_that_only_the_store_names_is_judged_by_the_stores_word() {
    let named_alone = |state: &'static str| {
        let mut fleet = store_says(|row| row.state = State::from(state.to_owned()));
        only(&mut fleet).entries.retain(|entry| entry.spec.id.name != "pg3");
        fleet
    };
    for state in ["crashed", "stopped", "a word of next year"] {
        let finding = one(&named_alone(state), "member-not-running", Severity::Warning);
        assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
        assert!(finding.sentence.raw().contains(state) && finding.evidence[0].witness.starts_with("GET /cluster of"), "{finding:?}");
    }
    assert_eq!(found(&named_alone("creating replica")), [("member-not-running".to_owned(), Severity::Info)]);
    assert_eq!(found(&named_alone("streaming")), []);
    let gap = gap_of(&named_alone("streaming"), "member-not-running").expect("nobody asked it");
    assert!(matches!(gap.reason, Reason::NotConfigured(_)) && gap.fact.contains("pg3"), "{gap:?}");
}

#[test]
fn the_stores_word_counts_where_the_member_is_silent_and_not_where_it_speaks() {
    assert_eq!(found(&store_says(|row| row.state = State::Crashed)), [], "it says itself that it runs");
    let mut silent = store_says(|row| row.state = State::Crashed);
    let at = silent.at;
    let entry = Arc::make_mut(&mut only(&mut silent).entries[2]);
    let error = ProbeError::new(Trouble::ConnectionRefused, "GET /patroni", "");
    entry.failure = Some(Failure { error, since: at, last: at, count: 2 });
    assert!(found(&silent).contains(&("member-not-running".to_owned(), Severity::Warning)), "{:?}", found(&silent));
}

/// PostgreSQL of `name` with `fill`ed parts, beside the members of `fleet`.
pub(super) fn with_server(fleet: &mut Fleet, name: &str, fill: impl FnOnce(&mut postgres::Snapshot)) {
    let at = fleet.at;
    let mut spec = endpoint(name);
    spec.id.system = "postgres".into();
    let mut entry = Entry::new(Arc::new(spec), Duration::MAX);
    let mut snapshot = postgres::Snapshot::unread();
    fill(&mut snapshot);
    entry.good = Some(Good { snapshot: Arc::new(snapshot) as AnySnapshot, taken_at: at, latency: Duration::ZERO });
    only(fleet).entries.push(Arc::new(entry));
}

#[test]
fn the_stores_lag_is_judged_where_no_server_that_sends_is_asked() {
    // pg3 does not tell its own positions
    let silent = |mut fleet: Fleet| {
        let good = Arc::make_mut(&mut only(&mut fleet).entries[2]).good.as_mut().expect("read");
        let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
        (snapshot.own.received, snapshot.own.replayed) = (None, None);
        good.snapshot = Arc::new(snapshot);
        fleet
    };
    let sampled = |lag: Lag| store_says(move |row| row.replay_lag = Some(lag.clone()));
    let lagging = |lag: Lag| silent(sampled(lag));
    assert_eq!(found(&sampled(Lag::Bytes(1 << 30))), [], "its own position is that of the leader by now");
    let mut behind = sampled(Lag::Word("unknown".into()));
    let good = Arc::make_mut(&mut only(&mut behind).entries[2]).good.as_mut().expect("read");
    let mut snapshot = good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone();
    snapshot.own.replayed = Some(Lsn(1));
    good.snapshot = Arc::new(snapshot);
    assert_eq!(one(&behind, "replica-lag", Severity::Warning).evidence[0].witness, "GET /patroni of pg3");
    let finding = one(&lagging(Lag::Bytes(16 << 20)), "replica-lag", Severity::Warning);
    assert_eq!(finding.subject.member.as_deref(), Some("pg3"));
    assert_eq!(found(&lagging(Lag::Bytes((16 << 20) - 1))), []);
    let mut received = lagging(Lag::Bytes(0));
    assert_eq!(gap_of(&received, "replica-lag"), None);
    received = silent(store_says(|row| row.receive_lag = Some(Lag::Bytes(1 << 30))));
    one(&received, "replica-lag", Severity::Warning);
    let unknown = lagging(Lag::Word("unknown".into()));
    assert_eq!(found(&unknown), []);
    let gap = gap_of(&unknown, "replica-lag").expect("nobody knows");
    assert!(gap.fact.contains("pg3") && gap.reason.phrase().contains("unknown"), "{gap:?}");
    // the server that sends to it knows better
    let mut asked = lagging(Lag::Bytes(1 << 30));
    let at = asked.at;
    let sender: postgres::snapshot::replication::Sender =
        serde_json::from_value(json!({"name": "pg3", "state": "streaming", "sync_state": "async", "replay_lag_bytes": 8})).expect("a sender");
    with_server(&mut asked, "pg2", |snapshot| snapshot.senders = Reading::new(vec![sender], at));
    assert!(!found(&asked).iter().any(|(rule, _)| rule == "replica-lag"), "{:?}", found(&asked));
}

/// The page that `view` makes of `judgement`, as JSON.
pub(super) fn shown(view: &str, fleet: &Fleet, judgement: Judgement) -> Value {
    let observed = Observed::new(Arc::new(fleet.clone()), Arc::new(judgement), Arc::default(), fleet.at);
    let view = VIEWS.iter().find(|one| one.name == view).expect("a view");
    let page = (view.page)(&observed, &Pick::default()).expect("a page");
    opsctl::app::json::document(&page, fleet.at)
}

#[test]
fn status_says_which_required_facts_nobody_was_asked_for() {
    let mut fleet = changed("nobody", |_| {});
    let judgement = judged(&fleet);
    assert_eq!(judgement.standing("lab"), Standing::Unknown);
    let status = shown("status", &fleet, judgement);
    let missing = status["missing"].as_array().expect("missing");
    assert_eq!(missing.iter().map(|row| row["rule"].as_str()).collect::<Vec<_>>(), [Some("syncrep-stall")]);
    assert!(missing[0]["reason"].as_str().is_some_and(|why| why.contains("no endpoint of PostgreSQL")), "{missing:?}");
    // where one is asked, its own answers count
    let at = fleet.at;
    with_server(&mut fleet, "pg2", |snapshot| {
        snapshot.syncrep_waiters = Reading::new(None, at);
        snapshot.senders = Reading::new(Vec::new(), at);
        snapshot.replica = Reading::new(serde_json::from_value(json!({"in_recovery": false})).expect("replica"), at);
    });
    let judgement = judged(&fleet);
    assert_eq!(judgement.standing("lab"), Standing::Healthy);
    assert_eq!(shown("status", &fleet, judgement)["missing"], json!([]));
    // a silent member that only a server names deserves a look; one that a person has vouched for is a missing fact
    for (origin, standing) in [(Origin::Discovered, Standing::Warning), (Origin::Configured, Standing::Unknown)] {
        let mut with_silent = fleet.clone();
        let mut entry = Entry::new(Arc::new(EndpointSpec { origin, ..endpoint("pg4") }), Duration::MAX);
        let error = ProbeError::new(Trouble::ConnectionRefused, "GET /patroni", "");
        entry.failure = Some(Failure { error, since: at, last: at, count: 2 });
        only(&mut with_silent).entries.push(Arc::new(entry));
        assert_eq!(judged(&with_silent).standing("lab"), standing, "{origin:?}");
    }
}

#[test]
fn what_patroni_and_postgres_both_see_of_a_member_is_one_finding_with_the_evidence_of_both() {
    let mut fleet = changed("pg3", |snapshot| snapshot.own.pending_restart = Pending::Restart(std::collections::BTreeMap::new()));
    let at = fleet.at;
    with_server(&mut fleet, "pg3", |snapshot| {
        let setting = json!({"name": "max_connections", "setting": "100", "pending_restart": true});
        snapshot.settings = Reading::new(serde_json::from_value(json!([setting])).expect("settings"), at);
    });
    let judgement = judged(&fleet);
    let pending: Vec<&Finding> = judgement.findings.iter().filter(|finding| finding.rule == "pending-restart").collect();
    assert_eq!(pending.len(), 1, "{}", describe(&judgement.findings));
    let witnesses: Vec<&str> = pending[0].evidence.iter().map(|evidence| evidence.witness.as_str()).collect();
    assert_eq!((witnesses.as_slice(), pending[0].subject.member.as_deref()), (&["GET /patroni of pg3", "pg_settings of pg3"][..], Some("pg3")));
    let rules = shown("explain", &fleet, judgement)["rules"].as_array().expect("rules").clone();
    let named: Vec<&Value> = rules.iter().filter(|rule| rule["rule"] == "pending-restart").collect();
    assert_eq!((named.len(), &named[0]["raised"]), (1, &json!(1)), "{named:?}");
}

#[test]
fn an_address_that_is_not_contacted_is_dated_by_the_answer_that_named_it() {
    let mut fleet = changed("nobody", |_| {});
    let named_by = fleet.clusters[0].entries[0].spec.id.to_string();
    let answered = fleet.clusters[0].entries[0].good.as_ref().expect("read").taken_at;
    only(&mut fleet).rejected.push(Rejected { named_by, name: "pg9".into(), address: "http://169.254.1.1:8008".into(), why: "link-local".into() });
    let judgement = judge(&fleet, &Judgement::none(fleet.at), fleet.at.plus(Duration::from_mins(1)));
    let finding = judgement.findings.iter().find(|finding| finding.rule == "api-url-suspicious").expect("raised");
    assert_eq!(finding.evidence[0].taken_at, Some(answered));
}

#[test]
fn a_store_that_was_seen_in_the_future_was_not_seen_just_now() {
    let seen = |ahead: i64| {
        let fleet = changed("pg3", |snapshot| {
            snapshot.own.dcs_last_seen = snapshot.exchange.date.map(|date| date + jiff::SignedDuration::from_secs(ahead));
        });
        let good = fleet.clusters[0].entries[2].good.as_ref().expect("read");
        good.snapshot.downcast_ref::<Snapshot>().expect("patroni").clone()
    };
    // whole seconds on both sides
    assert_eq!(seen(1).store(Duration::ZERO), Ok(Store::Reached));
    let gap = seen(3_600).store(Duration::ZERO).expect_err("its clock was set back");
    assert!(gap.reason.phrase().contains("ahead of the member's own clock"), "{gap:?}");
    let mut unread = seen(3_600);
    unread.cluster_failures = 1;
    assert_eq!(unread.store(Duration::ZERO), Ok(Store::Doubtful));
}

#[test]
fn what_a_switchover_stirs_up_for_seconds_is_an_info_and_what_stays_is_a_warning() {
    let (calm, stirred) = (changed("nobody", |_| {}), changed("pg3", |snapshot| snapshot.own.timeline = Some(Timeline(7))));
    let mut former = Judgement::none(calm.at);
    let mut at = |second: u64, fleet: &Fleet| {
        former = judge(fleet, &former, fleet.at.plus(Duration::from_secs(second)));
        former.findings.iter().map(|finding| (finding.severity, finding.confirmed)).collect::<Vec<_>>()
    };
    assert_eq!(at(0, &calm), []);
    assert_eq!(at(1, &stirred), [(Severity::Info, true)]);
    assert_eq!(at(5, &calm), [], "what did not last is gone at once");
    assert_eq!(at(6, &stirred), [(Severity::Info, true)]);
    assert_eq!(at(25, &stirred), [(Severity::Info, true)]);
    assert_eq!(at(26, &stirred), [(Severity::Warning, true)]);
    assert_eq!(at(30, &calm), [(Severity::Warning, false)], "it may come back");
    assert_eq!(at(31, &stirred), [(Severity::Warning, true)]);
    assert_eq!(at(51, &calm), []);
    // a command that looks once cannot know that it is young
    assert_eq!(found(&stirred), [("timeline-mismatch".to_owned(), Severity::Warning)]);
}

#[test]
fn a_finding_that_is_seen_for_the_first_time_has_not_held_for_zero_seconds() {
    let fleet = changed("pg3", |snapshot| snapshot.own.timeline = Some(Timeline(7)));
    let judgement = judged(&fleet);
    let findings = shown("findings", &fleet, judgement.clone());
    assert_eq!((&findings["findings"][0]["for_seconds"], &findings["findings"][0]["since_witness"]), (&Value::Null, &json!("first-seen")));
    let why = &findings["unknown"]["findings[0].for_seconds"]["reason"];
    assert!(why.as_str().is_some_and(|why| why.contains("first seen just now")), "{why}");
    let later = Fleet { at: fleet.at.plus(Duration::from_secs(12)), ..fleet };
    assert_eq!(shown("findings", &later, judgement)["findings"][0]["for_seconds"], json!(12.0));
}

/// The rules that lack an input.
fn blind(fleet: &Fleet) -> Vec<&'static str> {
    judged(fleet).outcomes().filter(|outcome| outcome.found.is_err()).map(|outcome| outcome.rule.id).collect()
}

#[test]
fn a_flag_of_another_form_is_neither_on_nor_off() {
    let before = blind(&changed("pg3", |_| {}));
    let odd = |change: fn(&mut Snapshot, Flag)| {
        let fleet = changed("pg3", move |snapshot| change(snapshot, Flag::Odd(serde_json::json!({ "until": "noon" }))));
        assert_eq!(found(&fleet), [], "nothing is raised by what nobody understands");
        blind(&fleet).into_iter().filter(|rule| !before.contains(rule)).collect::<Vec<_>>()
    };
    assert_eq!(odd(|snapshot, flag| snapshot.own.paused = flag), ["cluster-paused"]);
    assert_eq!(odd(|snapshot, flag| snapshot.own.failsafe_active = flag), ["failsafe-active"]);
    assert_eq!(odd(|snapshot, _| snapshot.own.pending_restart = Pending::Odd(7.into())), ["pending-restart"]);
    let silent = odd(|snapshot, flag| {
        snapshot.own.unlocked = flag;
        snapshot.own.replication_state = None;
    });
    assert_eq!(silent, ["replica-not-streaming"], "perhaps there is nobody to stream from");
    // what is certain is said, whatever another member says
    let mut paused = changed("pg3", |snapshot| snapshot.own.paused = Flag::Odd(7.into()));
    let pg1 = changed("pg1", |snapshot| snapshot.own.paused = Flag::On).clusters[0].entries[0].clone();
    only(&mut paused).entries[0] = pg1;
    assert_eq!(found(&paused), [("cluster-paused".to_owned(), Severity::Warning)]);
}

#[test]
fn flags_of_an_answer_are_read_in_every_form() {
    let own = |key: &str, value: serde_json::Value| {
        let mut body = serde_json::json!({ "state": "running", "role": "replica" });
        body[key] = value;
        let answer = Answer { status: 200, date: None, body: body.to_string().into_bytes().into() };
        Own::read(&answer, "GET /patroni").expect("an answer")
    };
    for odd in [serde_json::json!("maybe"), serde_json::json!(7), serde_json::json!({}), serde_json::json!([])] {
        assert!(own("pause", odd.clone()).paused.known("pause").is_err(), "{odd}");
        assert!(own("cluster_unlocked", odd.clone()).unlocked.known("cluster_unlocked").is_err(), "{odd}");
        assert!(own("failsafe_mode_is_active", odd.clone()).failsafe_active.known("failsafe").is_err(), "{odd}");
        assert!(own("pending_restart", odd.clone()).pending_restart.known("pending_restart").is_err(), "{odd}");
        assert_eq!(own("sync_standby", odd.clone()).confirms, Confirms::Unclear, "{odd}");
        let body = serde_json::json!({ "members": [], "pause": odd }).to_string();
        let answer = Answer { status: 200, date: None, body: body.into_bytes().into() };
        assert!(Picture::read(&answer, "GET /cluster").expect("a picture").paused.known("pause").is_err());
    }
    let calm = own("tags", serde_json::json!({}));
    assert_eq!((calm.paused, calm.pending_restart, calm.confirms), (Flag::Off, Pending::Nothing, Confirms::Nothing));
}

/// The tree of the members as the page shows it: each with its depth.
fn tree(fleet: &Fleet) -> Vec<(String, u64)> {
    let page = page_of(fleet, "topology");
    let rows = page["members"].as_array().expect("rows").clone();
    rows.iter().map(|row| (row["member"].as_str().expect("a name").to_owned(), row["depth"].as_u64().expect("a depth"))).collect()
}

#[test]
fn the_holder_of_the_lock_is_the_root_and_a_replica_hangs_below_whoever_says_that_it_sends_to_it() {
    let told = |rows: [(&str, u64); 3]| rows.map(|(name, depth)| (name.to_owned(), depth)).to_vec();
    // everybody answers, and nobody names pg1 any more: it streams from nobody, and stands behind the tree
    let unnamed = changed("pg2", |snapshot| snapshot.own.followers.retain(|follower| follower.name.as_deref() != Some("pg1")));
    assert_eq!(tree(&unnamed), told([("pg2", 0), ("pg3", 1), ("pg1", 0)]));
    // pg1 takes writes too, and an old answer of its calls the new primary its follower
    let split = changed_of(unnamed, "pg1", |snapshot| {
        snapshot.own.role = Role::Primary;
        snapshot.own.followers = vec![Follower { name: Some("pg2".to_owned()), client: None, state: None, sync_state: None }];
    });
    let tree = tree(&split);
    assert_eq!(tree.iter().filter(|(_, depth)| *depth == 0).map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["pg2", "pg1"], "{tree:?}");
}

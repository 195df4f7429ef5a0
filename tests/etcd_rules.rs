//! What is said of etcd: quorum, members cut off, alarms, quota, zones; and that its client never waits for a quorum that is not there.

use opsctl::config::{Body, ClusterSpec, EndpointSpec};
use opsctl::fleet::{Cluster, Entry, Failure, Fleet, Good};
use opsctl::health::{Judgement, judge};
use opsctl::model::{Clock, EndpointId, Finding, Moment, Origin, Reading, Reason, Severity, Via, Zone};
use opsctl::systems::contract::{System, Tier, Wiring};
use opsctl::systems::etcd::snapshot::Snapshot;
use opsctl::systems::etcd::wire::{Alarm, Health, Peer, Status};
use opsctl::systems::etcd::{Etcd, Hosts};
use opsctl::transport::{ProbeError, Trouble};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one member of three stands.
#[derive(Clone, Copy)]
enum Is {
    Led,
    Leaderless,
    Silent(fn() -> Trouble),
}

fn spec(name: &str, zone: Option<&str>, url: &str) -> EndpointSpec {
    EndpointSpec {
        id: EndpointId { cluster: "lab".into(), system: "etcd".into(), name: name.to_owned() },
        origin: Origin::Configured,
        zone: zone.map(|zone| Zone(zone.to_owned())),
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("url", url),
    }
}

fn snapshot(id: u64, led: bool, at: Moment) -> Snapshot {
    let peer = |id: u64| Peer { id, name: format!("e{id}"), client_urls: vec![format!("http://e{id}:2379")], is_learner: false };
    Snapshot {
        status: Status {
            cluster_id: Some(9),
            member_id: Some(id),
            version: "3.5.16".into(),
            leader: led.then_some(1),
            raft_term: Some(2),
            raft_index: Some(9),
            raft_applied: Some(9),
            db_size: Some(20_480),
            db_size_in_use: Some(16_384),
            db_size_quota: None,
            is_learner: false,
            errors: if led { Vec::new() } else { vec!["etcdserver: no leader".into()] },
        },
        answered: at,
        health: Reading::new(Health { healthy: led, reason: None }, at),
        peers: Reading::new(vec![peer(1), peer(2), peer(3)], at),
        alarms: Reading::new(Vec::new(), at),
        versions: Reading::not_asked(),
        quota: Reading::new(2_147_483_648, at),
        namespace: "/service/".to_owned(),
        names: Reading::new(Vec::new(), at),
        locks: Reading::not_asked(),
        open_runs: Reading::not_asked(),
    }
}

/// A cluster of three, each in the zone of its letter.
fn three(members: [Is; 3], zones: [Option<&str>; 3], change: impl Fn(&mut Snapshot)) -> Fleet {
    let at = Clock::real().now();
    let entries: Vec<Arc<Entry>> = (1..=3)
        .zip(members)
        .zip(zones)
        .map(|((id, is), zone)| {
            let name = format!("e{id}");
            let mut entry = Entry::new(Arc::new(spec(&name, zone, &format!("http://{name}:2379"))), Duration::MAX);
            match is {
                Is::Silent(trouble) => {
                    let error = ProbeError::new(trouble(), "POST status", "");
                    entry.failure = Some(Failure { error, since: at, last: at, count: 1 });
                }
                Is::Led | Is::Leaderless => {
                    let mut snapshot = snapshot(id, matches!(is, Is::Led), at);
                    change(&mut snapshot);
                    entry.good = Some(Good { snapshot: Arc::new(snapshot), taken_at: at, latency: Duration::ZERO });
                }
            }
            Arc::new(entry)
        })
        .collect();
    let mut cluster = Cluster::new(Arc::new(ClusterSpec::named("lab", "test")), Duration::MAX);
    cluster.entries = entries;
    Fleet { rev: 1, at, clusters: vec![cluster.into()] }
}

const ZONES: [Option<&str>; 3] = [Some("a"), Some("b"), Some("c")];
const REFUSED: Is = Is::Silent(|| Trouble::ConnectionRefused);

fn judged(fleet: &Fleet) -> Vec<Finding> {
    let findings = judge(fleet, &Judgement::none(fleet.at), fleet.at).findings;
    // that somebody does not answer is another rule's
    findings.into_iter().filter(|finding| finding.rule != "endpoint-unreachable").collect()
}

fn rules(members: [Is; 3]) -> Vec<(String, Severity)> {
    judged(&three(members, ZONES, |_| {})).into_iter().map(|finding| (finding.rule, finding.severity)).collect()
}

#[test]
fn a_quorum_is_lost_when_nobody_who_answers_has_a_leader() {
    let lost = [("dcs-no-quorum".to_owned(), Severity::Critical)];
    assert_eq!(rules([Is::Led, Is::Led, Is::Led]), []);
    assert_eq!(rules([Is::Led, Is::Led, REFUSED]), []);
    assert_eq!(rules([Is::Leaderless, REFUSED, REFUSED]), lost);
    assert_eq!(rules([Is::Leaderless, Is::Leaderless, Is::Leaderless]), lost);
    // where nothing of a cluster answers, the cut may be on this side; with another witness it is said, as the lab shows with all of etcd down
    assert_eq!(rules([REFUSED, REFUSED, REFUSED]), [("cluster-silent".to_owned(), Severity::Warning)]);
    let findings = judged(&three([Is::Leaderless, REFUSED, REFUSED], ZONES, |_| {}));
    assert_eq!(findings[0].evidence.len(), 3, "{:?}", findings[0].evidence);
}

#[test]
fn credentials_that_are_refused_say_nothing_about_the_quorum() {
    const BARRED: Is = Is::Silent(|| Trouble::NotAuthenticated);
    let fleet = three([BARRED, BARRED, REFUSED], ZONES, |_| {});
    assert_eq!(judged(&fleet), []);
    let outcomes = judge(&fleet, &Judgement::none(fleet.at), fleet.at).outcomes().cloned().collect::<Vec<_>>();
    assert!(outcomes.iter().find(|outcome| outcome.rule.id == "dcs-no-quorum").expect("judged").found.is_err());
}

#[test]
fn a_member_that_is_cut_off_alone_is_a_warning_about_it() {
    assert_eq!(rules([Is::Led, Is::Led, Is::Leaderless]), [("etcd-member-without-leader".to_owned(), Severity::Warning)]);
}

#[test]
fn two_leaders_of_one_term_are_critical_and_of_two_terms_a_moment() {
    let told = |change: fn(&mut Snapshot)| {
        let fleet = three([Is::Led; 3], ZONES, |snapshot| {
            if snapshot.status.member_id == Some(3) {
                change(snapshot);
            }
        });
        judged(&fleet).into_iter().map(|finding| (finding.rule, finding.severity, finding.evidence.len())).collect::<Vec<_>>()
    };
    assert_eq!(told(|snapshot| snapshot.status.leader = Some(3)), [("etcd-leaders-differ".to_owned(), Severity::Critical, 3)]);
    let ahead = |snapshot: &mut Snapshot| (snapshot.status.leader, snapshot.status.raft_term) = (Some(3), Some(3));
    assert_eq!(told(ahead), [], "an election that not everybody has heard of");
}

#[test]
fn a_member_without_a_vote_is_said() {
    let fleet = three([Is::Led; 3], ZONES, |snapshot| snapshot.status.is_learner = snapshot.status.member_id == Some(2));
    let findings = judged(&fleet);
    let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
    assert_eq!((finding.rule.as_str(), finding.severity, finding.subject.member.as_deref()), ("etcd-learner", Severity::Warning, Some("e2")));
}

#[test]
fn an_alarm_that_all_members_tell_is_one_finding_on_the_one_that_has_it() {
    let alarm = Alarm { member_id: 2, kind: "NOSPACE".into() };
    let listed = three([Is::Led; 3], ZONES, |snapshot| snapshot.alarms = Reading::new(vec![alarm.clone()], snapshot.answered));
    // without a quorum the list cannot be read, and the status tells
    let told = three([Is::Led; 3], ZONES, |snapshot| {
        snapshot.alarms = Reading::unknown(Reason::NotAskedYet);
        snapshot.status.errors = vec!["memberID:2 alarm:NOSPACE ".into()];
    });
    for fleet in [listed, told] {
        let findings = judged(&fleet);
        let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
        assert_eq!((finding.rule.as_str(), finding.severity, finding.evidence.len()), ("etcd-alarm", Severity::Critical, 3));
        assert_eq!(finding.subject.member.as_deref(), Some("e2"));
    }
}

fn gap_of(fleet: &Fleet, rule: &str) -> Option<Reason> {
    let outcomes = judge(fleet, &Judgement::none(fleet.at), fleet.at).outcomes().cloned().collect::<Vec<_>>();
    outcomes.into_iter().find(|outcome| outcome.rule.id == rule).and_then(|outcome| outcome.found.err()).map(|gap| gap.reason)
}

#[test]
fn a_member_that_says_it_is_unhealthy_is_told_though_it_has_a_leader() {
    let health = |healthy, reason: Option<&str>| {
        let reason = reason.map(str::to_owned);
        three([Is::Led, REFUSED, REFUSED], ZONES, move |snapshot| {
            snapshot.health = Reading::new(Health { healthy, reason: reason.clone() }, snapshot.answered);
        })
    };
    assert_eq!(judged(&health(true, None)), []);
    for (reason, words) in [(None, "without a reason"), (Some("QGET ERROR:timeout"), "QGET ERROR:timeout")] {
        let findings = judged(&health(false, reason));
        let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
        assert_eq!((finding.rule.as_str(), finding.severity), ("etcd-member-unhealthy", Severity::Warning));
        assert!(finding.sentence.raw().ends_with(words), "{}", finding.sentence.raw());
    }
    let unknown = three([Is::Led, REFUSED, REFUSED], ZONES, |snapshot| snapshot.health = Reading::unknown(Reason::NotReported));
    assert_eq!((judged(&unknown), gap_of(&unknown, "etcd-member-unhealthy")), (vec![], Some(Reason::NotReported)));
    // an alarm makes a member unhealthy, and is said itself
    let alarm = three([Is::Led, REFUSED, REFUSED], ZONES, |snapshot| {
        snapshot.health = Reading::new(Health { healthy: false, reason: Some("ALARM NOSPACE".into()) }, snapshot.answered);
        snapshot.status.errors = vec!["memberID:1 alarm:NOSPACE ".into()];
    });
    assert_eq!(judged(&alarm).iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["etcd-alarm"]);
}

#[test]
fn an_error_in_words_nobody_knows_is_told() {
    let told = |error: &'static str| judged(&three([Is::Led, REFUSED, REFUSED], ZONES, move |snapshot| snapshot.status.errors = vec![error.into()]));
    let findings = told("etcdserver: the moon is full");
    let [finding] = findings.as_slice() else { panic!("one finding: {findings:?}") };
    assert_eq!((finding.rule.as_str(), finding.severity), ("etcd-status-error", Severity::Warning));
    assert_eq!(finding.sentence.raw(), "etcd member e1 tells an error: etcdserver: the moon is full");
    assert_eq!(told("memberID:one alarm:NOSPACE")[0].rule, "etcd-status-error", "an alarm of another form is not silent");
}

#[test]
fn a_list_of_alarms_that_could_not_be_read_is_unknown() {
    let unread = three([Is::Led; 3], ZONES, |snapshot| snapshot.alarms = Reading::unknown(Reason::NoPrivilege));
    assert_eq!((judged(&unread), gap_of(&unread, "etcd-alarm")), (vec![], Some(Reason::NoPrivilege)));
}

#[test]
fn a_database_near_its_quota_is_said_and_an_unknown_quota_is_unknown() {
    let near = |bytes| three([Is::Led, REFUSED, REFUSED], ZONES, move |snapshot| snapshot.status.db_size = Some(bytes));
    assert_eq!(judged(&near(1_717_000_000)), []);
    assert_eq!(judged(&near(1_719_000_000))[0].rule, "etcd-database-near-quota");
    let unknown = three([Is::Led; 3], ZONES, |snapshot| snapshot.quota = Reading::not_asked());
    assert_eq!(judged(&unknown), []);
    let outcomes = judge(&unknown, &Judgement::none(unknown.at), unknown.at).outcomes().cloned().collect::<Vec<_>>();
    assert!(outcomes.iter().filter(|outcome| outcome.rule.id == "etcd-database-near-quota").all(|outcome| outcome.found.is_err()));
}

#[test]
fn the_majority_in_one_zone_is_said_and_a_missing_zone_is_unknown() {
    let in_zones = |zones| three([Is::Led; 3], zones, |_| {});
    assert_eq!(judged(&in_zones([Some("a"), Some("a"), Some("b")]))[0].rule, "etcd-majority-in-one-zone");
    let unknown = in_zones([Some("a"), Some("a"), None]);
    assert_eq!(judged(&unknown), []);
    let outcomes = judge(&unknown, &Judgement::none(unknown.at), unknown.at).outcomes().cloned().collect::<Vec<_>>();
    assert!(outcomes.iter().find(|outcome| outcome.rule.id == "etcd-majority-in-one-zone").expect("judged").found.is_err());
}

/// What a member answers, by the path and the text of the question: the file of a capture; without one the question hangs until the client goes.
type Answers = fn(&str, &str) -> Option<&'static str>;

/// A survivor without a quorum: status and members are answered, everything else hangs.
fn survivor() -> (String, Arc<Mutex<Vec<String>>>) {
    member(|path, text| match path {
        "/v3/maintenance/status" => Some("v3.4-noquorum-status.json"),
        "/v3/cluster/member/list" => Some("v3.4-noquorum-member-list.json"),
        "/version" => Some("v3.4-noquorum-version.json"),
        "/v3/kv/range" if text.contains(r#""serializable":true"#) => Some("v3.4-range.json"),
        _ => None,
    })
}

fn healthy(path: &str, _text: &str) -> Option<&'static str> {
    match path {
        "/v3/maintenance/status" => Some("v3.4-status.json"),
        "/v3/cluster/member/list" => Some("v3.4-member-list.json"),
        "/v3/maintenance/alarm" => Some("v3.4-alarm-get.json"),
        "/v3/kv/range" => Some("v3.4-range.json"),
        "/health" => Some("v3.4-health.json"),
        "/version" => Some("v3.4-version.json"),
        _ => None,
    }
}

/// A member of etcd, and the paths it was asked for.
fn member(answers: Answers) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let _detached = std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            let seen = Arc::clone(&seen);
            let _detached = std::thread::spawn(move || answer(stream, &seen, answers));
        }
    });
    (url, asked)
}

fn answer(mut stream: TcpStream, seen: &Mutex<Vec<String>>, answers: Answers) {
    let mut request = [0; 4_096];
    let Ok(read) = stream.read(&mut request) else { return };
    let text = String::from_utf8_lossy(&request[..read]).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().expect("lock").push(path.clone());
    let Some(name) = answers(&path, &text) else {
        while matches!(stream.read(&mut request), Ok(read) if read > 0) {}
        return;
    };
    let text = std::fs::read(crate::support::root().join("tests/fixtures/etcd").join(name)).expect("capture");
    let capture: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let body = capture["body"].to_string();
    let _sent = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_quorum_the_client_answers_in_time_and_asks_nothing_that_goes_through_it() {
    let (url, asked) = survivor();
    let clock = Clock::real();
    // a longer deadline than etcd is given
    let wiring = Wiring::alone(&clock, Duration::from_secs(30));
    let mut client = Etcd::connect(&spec("e1", None, &url), &wiring).expect("a client");
    let begin = clock.now();
    let snapshot = Etcd::probe(&mut client, Tier::Rare).await.expect("its own status");
    assert!(clock.now().since(begin) < Duration::from_millis(2_500));
    assert!(!snapshot.has_leader());
    assert!(snapshot.health.value().is_none() && snapshot.alarms.value().is_none() && snapshot.quota.value().is_none());
    let asked = asked.lock().expect("lock").clone();
    assert!(asked.iter().all(|path| path != "/v3/maintenance/alarm" && !path.starts_with("/v3/kv")), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_quorum_has_is_asked_of_one_member_each_round() {
    let members = [member(healthy), member(healthy), member(healthy)];
    let wiring = Wiring::alone(&Clock::real(), Duration::from_secs(30));
    let mut clients: Vec<_> = members.iter().map(|(url, _)| Etcd::connect(&spec("e1", None, url), &wiring).expect("a client")).collect();
    let count = |wanted: &str| members.iter().flat_map(|(_, asked)| asked.lock().expect("lock").clone()).filter(|path| path == wanted).count();
    let mut shared = 0;
    // who waits too long asks himself: a busy machine may make him, and not in each of many rounds
    for round in 1..=20 {
        let before = (count("/v3/maintenance/alarm"), count("/v3/kv/range"));
        let probes = clients.iter_mut().map(|client| Etcd::probe(client, Tier::Slow));
        for snapshot in futures_util::future::join_all(probes).await {
            let snapshot = snapshot.expect("its own status");
            assert!(snapshot.alarms.value().is_some() && snapshot.names.value().is_some() && snapshot.locks.value().is_some(), "{snapshot:?}");
        }
        let more = (count("/v3/maintenance/alarm") - before.0, count("/v3/kv/range") - before.1);
        assert!(more.0 > 0 && more.1 > 1, "each round asks anew");
        shared += usize::from(more == (1, 2));
        assert_eq!((count("/v3/maintenance/status"), count("/health")), (3 * round, 3 * round), "what is each member's own");
    }
    assert!(shared > 0, "more than one was asked in each round");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_hangs_over_the_quorums_answer_keeps_no_other_from_it() {
    let hangs = member(|path, text| healthy(path, text).filter(|_| path != "/v3/maintenance/alarm"));
    let members = [hangs, member(healthy), member(healthy)];
    let clock = Clock::real();
    let wiring = Wiring::alone(&clock, Duration::from_secs(30));
    let mut clients: Vec<_> = members.iter().map(|(url, _)| Etcd::connect(&spec("e1", None, url), &wiring).expect("a client")).collect();
    let mut rest = clients.split_off(1);
    let hung = Etcd::probe(&mut clients[0], Tier::Slow);
    let asked = async {
        while !members[0].1.lock().expect("lock").iter().any(|path| path == "/v3/maintenance/alarm") {
            clock.sleep(Duration::from_millis(1)).await;
        }
        futures_util::future::join_all(rest.iter_mut().map(|client| Etcd::probe(client, Tier::Slow))).await
    };
    let (hung, others) = futures_util::future::join(hung, asked).await;
    assert!(hung.expect("its own status").alarms.value().is_none());
    for snapshot in others {
        assert!(snapshot.expect("its own status").alarms.value().is_some(), "asked for itself");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_hosts_fall_back_to_one_members_copy_when_there_is_no_quorum() {
    use opsctl::systems::contract::Kv;
    let (url, asked) = survivor();
    let clock = Clock::real();
    let mut hosts = Hosts::new(&["http://127.0.0.1:1".to_owned(), url], &opsctl::model::TlsOptions::default(), clock.clone(), Duration::from_secs(2));
    let begin = clock.now();
    let pairs = hosts.below("/service/").await.expect("an old copy");
    assert!(clock.now().since(begin) < Duration::from_millis(2_500));
    assert_eq!(pairs, [("/service/demo/leader".to_owned(), b"pg1".to_vec())]);
    assert_eq!(asked.lock().expect("lock").len(), 2, "the quorum first");
    let none = Hosts::new(&[], &opsctl::model::TlsOptions::default(), clock, Duration::from_secs(1)).below("/").await.expect_err("no host");
    assert_eq!(none.trouble, Trouble::NoAddress);
}

/// The cluster with a store that holds `names`, and a member of Patroni in its configuration.
fn holding(names: &[&str]) -> Vec<(String, String)> {
    let mut fleet = three([Is::Led; 3], ZONES, |snapshot| {
        snapshot.names = Reading::new(names.iter().map(|name| (*name).to_owned()).collect(), snapshot.answered);
    });
    let mut member = spec("pg1", None, "http://pg1:8008");
    "patroni".clone_into(&mut member.id.system);
    Arc::make_mut(&mut fleet.clusters[0]).entries.push(Arc::new(Entry::new(Arc::new(member), Duration::MAX)));
    let wanted = |finding: &Finding| finding.rule.starts_with("cluster-");
    judged(&fleet).into_iter().filter(wanted).map(|finding| (finding.rule, finding.sentence.raw().to_owned())).collect()
}

#[test]
fn a_cluster_that_appears_in_the_store_or_vanishes_from_it_is_a_finding() {
    assert_eq!(holding(&["lab"]), []);
    assert_eq!(
        holding(&["lab", "orders"]),
        [("cluster-appeared".to_owned(), "orders is a cluster in the store of lab and is not configured".to_owned())]
    );
    let gone = holding(&["orders"]);
    assert_eq!(gone.iter().map(|(rule, _)| rule.as_str()).collect::<Vec<_>>(), ["cluster-vanished", "cluster-appeared"]);
    // nothing at all below the usual prefix: the keys lie elsewhere
    assert_eq!(holding(&[]), []);
}

/// What the panel of etcd says of the health of its members.
fn health_words(fleet: &Fleet) -> Vec<String> {
    let judgement = judge(fleet, &Judgement::none(fleet.at), fleet.at);
    let observed = opsctl::app::Observed::new(Arc::new(fleet.clone()), Arc::new(judgement), Arc::default(), fleet.at);
    let view = opsctl::app::views::VIEWS.iter().find(|view| view.name == "status").expect("status");
    let page = (view.page)(&observed, &opsctl::app::views::Pick::default()).expect("page");
    let table = page.tables.into_iter().find(|table| table.key == "etcd").expect("a panel");
    let at = table.columns.iter().position(|column| column.key == "health").expect("health");
    let word = |cell: &opsctl::systems::view::Cell| match cell {
        opsctl::systems::view::Cell::Word(word, _) => word.raw().to_owned(),
        other => format!("{other:?}"),
    };
    table.rows.iter().map(|row| word(&row.cells[at])).collect()
}

#[test]
fn a_row_is_not_ok_while_a_rule_on_it_lacks_an_input() {
    assert_eq!(health_words(&three([Is::Led, Is::Led, REFUSED], ZONES, |_| {})), ["ok", "ok", "silent"]);
    let hidden = three([Is::Led; 3], ZONES, |snapshot| {
        if snapshot.status.member_id == Some(2) {
            snapshot.alarms = Reading::unknown(Reason::NoPrivilege);
        }
        if snapshot.status.member_id == Some(3) {
            snapshot.quota = Reading::not_asked();
        }
    });
    assert_eq!(health_words(&hidden), ["ok", "unknown", "not asked"]);
}

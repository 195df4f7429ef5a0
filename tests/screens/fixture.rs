//! Platforms made by hand: what a fleet would hold, and what the rules would have said about it.

use opsctl::app::Observed;
use opsctl::config::{Body, BodyValue, ClusterSpec, EndpointSpec};
use opsctl::fleet::{Cluster, Entry, Failure, Fleet, Good, Rings};
use opsctl::health::{Judgement, Outcome, Standing};
use opsctl::model::{Cure, EndpointId, Environment, Evidence, Finding, Gap, Moment, Origin, Reason, Severity, Since, Subject, Via, Zone};
use opsctl::systems::contract::{AnySnapshot, AnySystem, Erased, Rule, RuleInfo, System, Tier, View, Wiring};
use opsctl::systems::patroni::own::Own;
use opsctl::systems::patroni::picture::Picture;
use opsctl::systems::patroni::snapshot::{Asked, Exchange, Parts, Snapshot};
use opsctl::systems::view::{Cell, Column, Kind, Series, Tone};
use opsctl::text::Untrusted;
use opsctl::transport::http::Answer;
use opsctl::transport::{ProbeError, Trouble};
use opsctl::tui::Scope;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// 14:03:22Z, and a machine that has been up for a while.
pub(crate) fn now() -> Moment {
    Moment { mono: Duration::from_hours(25), wall: "2026-11-20T14:03:22Z".parse().unwrap() }
}

pub(crate) fn ago(seconds: u64) -> Moment {
    let now = now();
    Moment {
        mono: now.mono.saturating_sub(Duration::from_secs(seconds)),
        wall: now.wall - jiff::SignedDuration::from_secs(i64::try_from(seconds).unwrap()),
    }
}

/// A system that the console knows nothing of: it only says what it shows.
pub(super) struct Queue;

#[derive(Serialize, Deserialize)]
pub(super) struct Depth {
    pub state: String,
    pub messages: i64,
}

impl System for Queue {
    const NAME: &'static str = "queue";
    const TITLE: &'static str = "Queue";
    const FIELDS: &'static [opsctl::systems::contract::Field] = &[];
    type Client = ();
    type Snapshot = Depth;

    fn connect(_endpoint: &EndpointSpec, _wiring: &Wiring) -> Result<(), ProbeError> {
        Ok(())
    }

    async fn probe(_client: &mut (), _tier: Tier) -> Result<Depth, ProbeError> {
        Err(ProbeError::new(Trouble::ConnectionRefused, "queue", "never asked in a test"))
    }

    fn rules() -> &'static [Rule<Depth>] {
        &[]
    }

    fn columns() -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            Column::new("state", "STATE", Kind::Word, 0, "its own word"),
            Column::new("messages", "MESSAGES", Kind::Count, 1, "waiting"),
            Column::new("messages_series", "5 MIN", Kind::Series, 1, "waiting, over five minutes"),
        ];
        COLUMNS
    }

    fn present(view: &View<'_, Depth>) -> Vec<Cell> {
        assert!(view.snapshot.state != "panic", "a panic in the middle of a frame");
        let tone = if view.snapshot.state == "open" { Tone::Good } else { Tone::Bad };
        let messages = Cell::count(view.snapshot.messages);
        // a gap of one minute, and nothing at all in the first
        let values = [Some(0.0), Some(1.0), None, Some(3.0), Some(7.0)].into();
        let series = Cell::Series(Series { step: Duration::from_mins(1), unit: Kind::Count, values });
        vec![
            Cell::word(view.snapshot.state.as_str(), tone),
            if view.snapshot.messages > 1_000 { messages.toned(Tone::Warn) } else { messages },
            series,
        ]
    }

    fn privileges() -> &'static str {
        "none"
    }
}

static QUEUE: Erased<Queue> = Erased::new();

/// Every system of the registry, and the one that it does not know.
static SYSTEMS: LazyLock<Vec<&'static dyn AnySystem>> =
    LazyLock::new(|| opsctl::systems::registry::SYSTEMS.iter().copied().chain([&QUEUE as &dyn AnySystem]).collect());

/// The console over everything, with the one panel that no registry knows.
pub(crate) fn scope() -> Scope {
    Scope { clusters: Vec::new(), systems: SYSTEMS.as_slice() }
}

/// A platform in the making.
pub(crate) struct Platform {
    clusters: Vec<Cluster>,
    findings: Vec<Finding>,
    standings: Vec<(String, Standing)>,
    /// Of the next endpoint.
    body: Option<Body>,
    rings: Rings,
}

impl Platform {
    pub(crate) fn new() -> Self {
        Platform { clusters: Vec::new(), findings: Vec::new(), standings: Vec::new(), body: None, rings: Rings::default() }
    }

    /// What the next endpoint is configured with.
    pub(super) fn with(mut self, values: &[(&str, &str)]) -> Self {
        self.body = Some(Body::new(values.iter().map(|(key, value)| ((*key).to_owned(), BodyValue::Text((*value).to_owned())))));
        self
    }

    /// A line of the newest endpoint: its value so many seconds ago, in the last ten minutes; `None` where nothing was read.
    pub(super) fn line(mut self, key: &str, unit: Kind, value: impl Fn(u64) -> Option<f64>) -> Self {
        let entry = self.clusters.last().and_then(|cluster| cluster.entries.last()).expect("an endpoint first");
        let id = entry.spec.id.clone();
        for seconds in (0..600).rev() {
            if let Some(value) = value(seconds) {
                self.rings.note(&id, key, unit, ago(seconds), value);
            }
        }
        self
    }

    pub(crate) fn cluster(mut self, name: &str, environment: Environment, standing: Standing) -> Self {
        let spec = ClusterSpec { environment, environment_assumed: false, ..ClusterSpec::named(name, "test") };
        self.clusters.push(Cluster::new(Arc::new(spec), Duration::from_secs(5)));
        self.standings.push((name.to_owned(), standing));
        self
    }

    /// Adds an endpoint of the newest cluster.
    pub(super) fn endpoint(mut self, system: &str, name: &str, zone: &str, set: impl FnOnce(&mut Entry)) -> Self {
        let cluster = self.clusters.last_mut().expect("a cluster first");
        let spec = EndpointSpec {
            id: EndpointId { cluster: cluster.spec.name.clone(), system: system.to_owned(), name: name.to_owned() },
            origin: Origin::Configured,
            zone: Some(Zone(zone.to_owned())),
            via: Via::Direct,
            read: None,
            write: None,
            tls: None,
            body: self.body.take().unwrap_or_default(),
        };
        let mut entry = Entry::new(Arc::new(spec), Duration::from_secs(5));
        set(&mut entry);
        cluster.entries.push(Arc::new(entry));
        self
    }

    /// A member as its own Patroni tells it; `store` is what it read in the cluster's store.
    pub(super) fn member(self, name: &str, zone: &str, age: u64, own: &str, store: &str) -> Self {
        let answer = |text: &str| Answer { status: 200, date: None, body: text.to_owned().into() };
        let own = Own::read(&answer(own), "GET /patroni").expect("own words");
        let picture = Picture::read(&answer(store), "GET /cluster").expect("the store's words");
        let exchange = Exchange { asked: ago(age), answered: ago(age), date: None };
        let parts = Parts { cluster: Asked::Good(picture), config: Asked::NotDue, history: Asked::NotDue };
        let snapshot: AnySnapshot = Arc::new(Snapshot::next(None, own, exchange, parts, ago(age)));
        self.endpoint("patroni", name, zone, |entry| entry.good = Some(good(snapshot, age)))
    }

    pub(super) fn queue(self, name: &str, age: u64, state: &str, messages: i64) -> Self {
        let snapshot: AnySnapshot = Arc::new(Depth { state: state.to_owned(), messages });
        self.endpoint("queue", name, "a", |entry| entry.good = Some(good(snapshot, age)))
    }

    /// The newest endpoint stopped answering.
    pub(super) fn silent(mut self, trouble: Trouble, since: u64) -> Self {
        let cluster = self.clusters.last_mut().expect("a cluster first");
        let entry = Arc::make_mut(cluster.entries.last_mut().expect("an endpoint first"));
        let error = ProbeError::new(trouble, entry.spec.id.to_string(), "");
        entry.failure = Some(Failure { error, since: ago(since), last: ago(1), count: 3 });
        self
    }

    /// An endpoint whose first answer is still out.
    pub(super) fn unasked(self, system: &str, name: &str) -> Self {
        self.endpoint(system, name, "a", |_| {})
    }

    pub(super) fn finding(mut self, severity: Severity, rule: &str, member: Option<&str>, sentence: &str, seconds: u64) -> Self {
        let cluster = self.clusters.last().expect("a cluster first").spec.name.clone();
        self.findings.push(Finding {
            rule: rule.to_owned(),
            severity,
            subject: Subject { cluster, system: None, member: member.map(str::to_owned), object: None },
            sentence: Untrusted::from(sentence),
            evidence: vec![Evidence { witness: "GET /patroni of pg1".to_owned(), fact: Untrusted::from("role=primary"), taken_at: Some(ago(1)) }],
            since: if seconds > 100 { Since::Server(ago(seconds).wall) } else { Since::FirstSeen(ago(seconds).wall) },
            cure: Cure::Procedure(
                "Find out which of the two has the writes that matter before you stop the other one; `opsctl explain` says how.".to_owned(),
            ),
            members: Vec::new(),
            confirmed: true,
        });
        self
    }

    /// The inputs of the newest finding became unknown.
    pub(super) fn unconfirmed(mut self) -> Self {
        self.findings.last_mut().expect("a finding first").confirmed = false;
        self
    }

    pub(crate) fn observed(self) -> Arc<Observed> {
        let rev = u64::from(!self.clusters.is_empty());
        let fleet = Fleet { rev, at: now(), clusters: self.clusters.into_iter().map(Arc::new).collect() };
        let judgement = Judgement::told(&fleet, fleet.rev, now(), &self.findings, &[], &self.standings);
        Arc::new(Observed::new(Arc::new(fleet), Arc::new(judgement), Arc::new(self.rings), now()))
    }
}

pub(super) fn good(snapshot: AnySnapshot, age: u64) -> Good {
    Good { snapshot, taken_at: ago(age), latency: Duration::from_millis(4) }
}

pub(super) const STORE: &str = r#"{"members":[
    {"name":"pg1","role":"leader","state":"running","api_url":"http://10.0.0.1:8008/patroni","host":"10.0.0.1","port":5432,"timeline":42},
    {"name":"pg2","role":"sync_standby","state":"streaming","api_url":"http://10.0.0.2:8008/patroni","host":"10.0.0.2","port":5432,"timeline":42,"lag":0},
    {"name":"pg3","role":"replica","state":"streaming","api_url":"http://10.0.0.3:8008/patroni","host":"10.0.0.3","port":5432,"timeline":42,"lag":2147483648}
    ],"scope":"orders-eu"}"#;
pub(super) const LEADER: &str = r#"{"state":"running","role":"primary","timeline":42,"patroni":{"name":"pg1"},"xlog":{"location":67108864},
    "replication":[{"application_name":"pg2","state":"streaming","sync_state":"sync"},{"application_name":"pg3","state":"streaming","sync_state":"async"}]}"#;
pub(super) const SYNC: &str = r#"{"state":"running","role":"replica","timeline":42,"patroni":{"name":"pg2"},"sync_standby":true,"replication_state":"streaming",
    "xlog":{"received_location":67108864,"replayed_location":67108864,"paused":false}}"#;
pub(super) const REPLICA: &str = r#"{"state":"running","role":"replica","timeline":42,"patroni":{"name":"pg3"},"replication_state":"streaming",
    "xlog":{"received_location":67108864,"replayed_location":67108864,"paused":false}}"#;
const STOPPED: &str = r#"{"state":"crashed \u001b[2Jbadly","role":"replica","patroni":{"name":"pg3"},"tags":{"\u202enote":"\u001b]0;x\u0007"}}"#;

/// Two clusters without a worry.
pub(crate) fn healthy() -> Arc<Observed> {
    Platform::new()
        .cluster("search", Environment::Staging, Standing::Healthy)
        .member("s1", "a", 0, LEADER, STORE)
        .cluster("orders-eu", Environment::Prod, Standing::Healthy)
        .member("pg1", "a", 0, LEADER, STORE)
        .member("pg2", "b", 1, SYNC, STORE)
        .member("pg3", "c", 0, REPLICA, STORE)
        .queue("q1", 0, "open", 12)
        .queue("q2", 1, "open", 0)
        .observed()
}

/// Several things wrong at once, and a server that chose its words to hurt.
pub(crate) fn degraded() -> Arc<Observed> {
    Platform::new()
        .cluster("search", Environment::Staging, Standing::Warning)
        .member("s1", "a", 0, LEADER, STORE)
        .finding(Severity::Warning, "slot-retention", Some("s1"), "slot cdc of s1 retains 1.9 GiB of WAL", 252)
        .cluster("billing", Environment::Dev, Standing::Healthy)
        .member("b1", "a", 0, LEADER, STORE)
        .cluster("orders-eu", Environment::Prod, Standing::Critical)
        .member("pg1", "a", 0, LEADER, STORE)
        .member("pg2", "b", 1, SYNC, STORE)
        .silent(Trouble::ConnectionRefused, 12)
        .member("pg3", "c", 0, STOPPED, STORE)
        .queue("q1", 0, "clo\u{202e}sed\u{1b}[31m", 41_000)
        .queue("q2", 1, "open", 2_000)
        .finding(
            Severity::Critical,
            "split-brain",
            None,
            "pg1 and pg2 both accept writes: every client that reaches the wrong one loses what it commits",
            192,
        )
        .finding(Severity::Critical, "sync-standby-missing", None, "no synchronous standby: what is committed now can be lost", 41)
        .unconfirmed()
        .finding(Severity::Warning, "endpoint-unreachable", Some("pg2"), "patroni pg2 does not answer: connection refused (last read 12s ago)", 12)
        .finding(Severity::Warning, "member-not-running", Some("pg3"), "pg3 is crashed \u{1b}[2Jbadly", 5)
        .finding(Severity::Warning, "timeline-mismatch", Some("pg3"), "pg3 is on timeline 41, the cluster on 42", 5)
        .finding(Severity::Warning, "pending-restart", Some("pg1"), "max_connections waits for a restart of pg1", 86_400)
        .finding(Severity::Info, "scheduled-switchover", None, "a switchover to pg2 is scheduled for 2026-11-21 02:00:00Z", 7_200)
        .observed()
}

/// Nothing answers any more; what was known is old.
pub(crate) fn down() -> Arc<Observed> {
    Platform::new()
        .cluster("orders-eu", Environment::Prod, Standing::Unreadable)
        .member("pg1", "a", 135, LEADER, STORE)
        .silent(Trouble::AnswerTimeout, 133)
        .member("pg2", "b", 136, SYNC, STORE)
        .silent(Trouble::ConnectionRefused, 133)
        .queue("q1", 140, "open", 12)
        .unasked("queue", "q2")
        .silent(Trouble::ConnectTimeout, 133)
        .finding(Severity::Warning, "endpoint-unreachable", Some("pg1"), "patroni pg1 does not answer: no answer in time (last read 2m 15s ago)", 133)
        .finding(
            Severity::Warning,
            "endpoint-unreachable",
            Some("pg2"),
            "patroni pg2 does not answer: connection refused (last read 2m 16s ago)",
            133,
        )
        .observed()
}

/// Nobody leads.
pub(crate) fn leaderless() -> Arc<Observed> {
    Platform::new()
        .cluster("orders-eu", Environment::Prod, Standing::Critical)
        .member("pg2", "b", 1, SYNC, STORE)
        .finding(Severity::Critical, "no-leader", None, "nobody holds the leader lock: writes fail", 192)
        .observed()
}

/// Nothing was found, and a rule that has to judge lacks a fact.
pub(super) fn blind() -> Arc<Observed> {
    static RULE: RuleInfo = RuleInfo { id: "split-brain", sentence: "two accept writes", required: true, knobs: &[], cure: "fence one" };
    let quiet = Platform::new().cluster("orders-eu", Environment::Prod, Standing::Unknown).member("pg1", "a", 0, LEADER, STORE).observed();
    let subject = Subject { cluster: "orders-eu".to_owned(), system: None, member: None, object: None };
    let gap = Gap::new("role of pg2", Reason::Unreachable("no answer before the deadline".to_owned()));
    let outcomes = vec![Outcome { rule: &RULE, subject, found: Err(gap) }];
    let judgement = Judgement::told(&quiet.fleet, 1, now(), &[], &outcomes, &[("orders-eu".to_owned(), Standing::Unknown)]);
    Arc::new(Observed { judgement: Arc::new(judgement), ..quiet.as_ref().clone() })
}

/// A cluster whose first answers are still out.
pub(crate) fn waiting() -> Arc<Observed> {
    Platform::new().cluster("orders-eu", Environment::Prod, Standing::Unknown).unasked("patroni", "pg1").unasked("queue", "q1").observed()
}

/// One cluster with this many endpoints, each a row.
pub(crate) fn many(rows: usize) -> Arc<Observed> {
    let words = ["open", "closed", "draining"];
    let start = Platform::new().cluster("orders-eu", Environment::Prod, Standing::Healthy);
    (0..rows)
        .fold(start, |platform, at| platform.queue(&format!("queue-{at:05}"), 0, words[at % 3], i64::try_from(at * 7919 % rows).unwrap()))
        .observed()
}

/// No cluster at all.
pub(crate) fn nothing() -> Arc<Observed> {
    Platform::new().observed()
}

/// A platform whose panel panics when it is drawn.
pub(crate) fn panicking() -> Arc<Observed> {
    Platform::new().cluster("orders-eu", Environment::Prod, Standing::Healthy).queue("q1", 0, "panic", 0).observed()
}

//! What a system is to the rest of the house: how it is configured, asked, judged and shown. One folder implements [`System`], one line registers it.
//!
//! A system must never name another system, ratatui or a face; its `wire`, `snapshot`, `rules` and `present` do no IO and take `now` as an argument.

use super::agreed::Agreed;
use super::ruled::ruled;
use super::view::{Cell, Column, Kind};
use crate::config::{ClusterSpec, EndpointSpec, Quantity};
use crate::model::{Clock, Evidence, Gap, Moment, Severity, Since};
use crate::text::Untrusted;
use crate::transport::ProbeError;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// How often something is asked: each tier includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Each second: role, positions, pools, backends, quorum.
    Fast,
    /// Each 15 s.
    Slow,
    /// Each 5 min; `status` asks it once.
    Rare,
}

/// What a client is made with.
#[derive(Clone, Debug)]
pub struct Wiring {
    pub clock: Clock,
    /// Bounds each question to a server.
    pub deadline: Duration,
    /// Shared by the clients of one cluster.
    pub agreed: Agreed,
}

impl Wiring {
    /// For one client, which shares nothing with another.
    #[must_use]
    pub fn alone(clock: &Clock, deadline: Duration) -> Self {
        Wiring { clock: clock.clone(), deadline, agreed: Agreed::default() }
    }
}

/// A key in `[[cluster.endpoint]]` that a system understands. Schema, checks, reference and `config explain` come from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub key: &'static str,
    pub form: Form,
    pub required: bool,
    pub doc: &'static str,
    pub example: &'static str,
}

/// The form of a value in the body of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    /// `http://` or `https://`, host, optional port, path as said.
    Url,
    /// `HOST:PORT`, or `/directory:PORT` of a unix socket.
    Address,
    /// An absolute path.
    Path,
    Number,
    Flag,
    List,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// A threshold that a rule owns; set by `[cluster.rules.RULE] KNOB = VALUE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knob {
    pub name: &'static str,
    pub default: Quantity,
    pub doc: &'static str,
}

/// What every rule says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RuleInfo {
    /// Stable identifier: `replica-lag`.
    pub id: &'static str,
    /// What the rule watches for, one sentence without full stop.
    pub sentence: &'static str,
    /// Without its inputs nobody can say that the cluster is well: `status` exits 3.
    pub required: bool,
    pub knobs: &'static [Knob],
    /// What a person does about it.
    pub cure: &'static str,
}

/// The knob by which a rule says how long its condition has to hold before it counts in full; `health::hold` applies it to every rule that has it.
pub const HOLDS: &str = "holds";

/// The knobs of one rule for one cluster.
#[derive(Clone, Copy, Debug)]
pub struct Knobs<'a> {
    cluster: &'a ClusterSpec,
    rule: &'a RuleInfo,
}

impl<'a> Knobs<'a> {
    #[must_use]
    pub fn new(cluster: &'a ClusterSpec, rule: &'a RuleInfo) -> Self {
        Knobs { cluster, rule }
    }

    fn get(&self, name: &str) -> Option<Quantity> {
        let set = self.cluster.rules.get(self.rule.id).and_then(|knobs| knobs.get(name)).copied();
        set.or_else(|| self.rule.knobs.iter().find(|knob| knob.name == name).map(|knob| knob.default))
    }

    /// Bytes of the knob; the largest value when there is no such knob, so that a typo never raises.
    #[must_use]
    pub fn bytes(&self, name: &str) -> u64 {
        match self.get(name) {
            Some(Quantity::Bytes(bytes)) => bytes,
            _ => u64::MAX,
        }
    }

    #[must_use]
    pub fn time(&self, name: &str) -> Duration {
        match self.get(name) {
            Some(Quantity::Time(time)) => time,
            _ => Duration::MAX,
        }
    }

    /// How long what the rule watches for has to hold before it counts in full: the knob `holds`. Zero where the rule has none.
    #[must_use]
    pub fn holds(&self) -> Duration {
        match self.get(HOLDS) {
            Some(Quantity::Time(time)) => time,
            _ => Duration::ZERO,
        }
    }

    /// As [`Knobs::time`], in seconds.
    #[must_use]
    pub fn seconds(&self, name: &str) -> f64 {
        self.time(name).as_secs_f64()
    }

    #[must_use]
    pub fn percent(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(Quantity::Percent(share)) => share,
            _ => f64::INFINITY,
        }
    }

    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        match self.get(name) {
            Some(Quantity::Count(count)) => count,
            _ => u64::MAX,
        }
    }
}

/// What a rule found in one place; the judge adds subject, since and cure.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    pub severity: Severity,
    /// Member or endpoint it is about, where the rule sees several.
    pub member: Option<String>,
    /// The members that it is about where one sentence is about several.
    pub members: Vec<String>,
    /// What inside the member: a slot, a pid, a pool.
    pub object: Option<Untrusted>,
    /// One sentence without full stop.
    pub sentence: Untrusted,
    pub evidence: Vec<Evidence>,
    /// When it began, where the rule knows; else the judge says when it was first found.
    pub began: Option<Since>,
    /// What to do in this case, where the rule knows it better than its general words.
    pub cure: Option<String>,
}

impl Raised {
    pub fn new(severity: Severity, sentence: impl Into<Untrusted>) -> Self {
        Raised { severity, member: None, members: Vec::new(), object: None, sentence: sentence.into(), evidence: Vec::new(), began: None, cure: None }
    }

    #[must_use]
    pub fn on(mut self, member: impl Into<String>) -> Self {
        self.member = Some(member.into());
        self
    }

    /// One finding about each of `members` at once.
    #[must_use]
    pub fn on_each(mut self, members: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.members = members.into_iter().map(Into::into).collect();
        self
    }

    #[must_use]
    pub fn object(mut self, object: impl Into<Untrusted>) -> Self {
        self.object = Some(object.into());
        self
    }

    #[must_use]
    pub fn seen(mut self, witness: impl Into<String>, fact: impl Into<Untrusted>, taken_at: Moment) -> Self {
        self.evidence.push(Evidence { witness: witness.into(), fact: fact.into(), taken_at: Some(taken_at) });
        self
    }

    /// What to do in this case. Words of a server in it are escaped when shown, as those of a sentence are.
    #[must_use]
    pub fn cured(mut self, cure: impl Into<String>) -> Self {
        self.cure = Some(cure.into());
        self
    }

    /// By the server's own time, where it told one.
    #[must_use]
    pub fn began(mut self, at: Option<Timestamp>) -> Self {
        self.began = at.map(Since::Server);
        self
    }

    /// Since this process sees it, which may be before the rule had reason to speak.
    #[must_use]
    pub fn seen_since(mut self, at: Option<Timestamp>) -> Self {
        self.began = at.map(Since::FirstSeen);
        self
    }
}

/// What a rule says: what it found, or which input it lacks. Nothing found is `Ok(vec![])`.
pub type Verdict = Result<Vec<Raised>, Gap>;

/// The verdict where some inputs may be missing: what was found is said, whatever else is not known; finding nothing is worth only what was looked at.
///
/// # Errors
/// `missing`, where nothing was found.
pub fn settled(raised: Vec<Raised>, missing: Option<Gap>) -> Verdict {
    match missing {
        Some(gap) if raised.is_empty() => Err(gap),
        _ => Ok(raised),
    }
}

/// A fresh snapshot of one endpoint with all that is needed to judge or show it.
#[derive(Debug)]
pub struct View<'a, S> {
    pub cluster: &'a ClusterSpec,
    pub endpoint: &'a EndpointSpec,
    pub snapshot: &'a S,
    pub taken_at: Moment,
    /// Time the server took for this snapshot.
    pub latency: Duration,
    pub now: Moment,
}

impl<S> View<'_, S> {
    #[must_use]
    pub fn name(&self) -> &str {
        &self.endpoint.id.name
    }
}

/// A rule on one endpoint alone. Rules over several live in `health`.
pub struct Rule<S: 'static> {
    pub info: RuleInfo,
    pub judge: fn(&View<'_, S>, &Knobs<'_>) -> Verdict,
}

/// An endpoint that a server told us of. Data from outside: vetted by `fleet::discovery` before it is contacted.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    pub system: &'static str,
    pub name: Untrusted,
    /// Field of the body that holds the address: `url`.
    pub field: &'static str,
    pub address: Untrusted,
}

/// Trends of one snapshot that are kept; what a system names beyond them is not.
pub const MOST_TRENDS: usize = 32;

/// A number of one snapshot that is worth a line over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// A stable word: `connections`. Where there is one of a kind for each of something, that follows: `lag_bytes/pg2`. It may be a server's word.
    pub key: Cow<'static, str>,
    pub unit: Kind,
    pub value: f64,
}

impl Trend {
    pub fn new(key: impl Into<Cow<'static, str>>, unit: Kind, value: f64) -> Self {
        Trend { key: key.into(), unit, value }
    }

    /// A count; so many that a float rounds them are drawn the same.
    #[expect(clippy::cast_precision_loss, reason = "it becomes a height of eight")]
    pub fn count(key: impl Into<Cow<'static, str>>, unit: Kind, count: u64) -> Self {
        Trend::new(key, unit, count as f64)
    }
}

/// Everybody that a server names, as of one reading of its store.
#[derive(Clone, Debug, PartialEq)]
pub struct Roll {
    pub taken_at: Moment,
    pub named: Vec<Discovered>,
}

/// A kind of server that can be operated.
pub trait System: Send + Sync + 'static {
    /// `patroni`; as in `system = "patroni"`.
    const NAME: &'static str;
    /// Head of its panel.
    const TITLE: &'static str;
    const FIELDS: &'static [Field];

    type Client: Send + 'static;
    /// All that one endpoint told, typed; parts that could not be read are `Reading::Unknown`.
    type Snapshot: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Prepares a client; contacts nobody.
    ///
    /// # Errors
    /// The body does not say where to go.
    fn connect(endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Self::Client, ProbeError>;

    /// Reads from this machine what the next questions need, such as secrets: before the deadline of a probe begins. Whoever gives up waiting finds it at the
    /// next call; what stands ready is not read again.
    fn prepare(_client: &mut Self::Client) -> impl Future<Output = Result<(), ProbeError>> + Send {
        std::future::ready(Ok(()))
    }

    /// Asks all that is due in `tier`. Parts that are not due keep their former reading.
    fn probe(client: &mut Self::Client, tier: Tier) -> impl Future<Output = Result<Self::Snapshot, ProbeError>> + Send;

    fn rules() -> &'static [Rule<Self::Snapshot>];

    /// The columns that this system adds to name, state, zone and age.
    fn columns() -> &'static [Column];

    /// As many cells as [`System::columns`].
    fn present(view: &View<'_, Self::Snapshot>) -> Vec<Cell>;

    /// What is worth a line over time; what was not read is left out. The first [`MOST_TRENDS`] are kept.
    fn trends(_view: &View<'_, Self::Snapshot>) -> Vec<Trend> {
        Vec::new()
    }

    /// Endpoints that this one names. `None`: it cannot tell now, or never does; that is not the same as naming nobody.
    fn discovered(_snapshot: &Self::Snapshot) -> Option<Roll> {
        None
    }

    /// The least grants for reading, as a text to run or to copy; `opsctl privileges` prints it.
    fn privileges() -> &'static str;
}

/// A snapshot of any system.
pub type AnySnapshot = Arc<dyn Any + Send + Sync>;

/// A client of any system, with its next questions.
pub trait AnyClient: Send {
    /// As [`System::prepare`].
    fn prepare(&mut self) -> Pending<'_, ()>;
    fn probe(&mut self, tier: Tier) -> Pending<'_, AnySnapshot>;
}

/// What became of one rule on one endpoint.
#[derive(Debug)]
pub struct Judged {
    pub info: &'static RuleInfo,
    pub verdict: Verdict,
}

/// The typed [`System`] behind one face, for the registry.
pub trait AnySystem: Send + Sync {
    fn name(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn fields(&self) -> &'static [Field];
    fn rules(&self) -> Vec<&'static RuleInfo>;
    fn columns(&self) -> &'static [Column];
    fn privileges(&self) -> &'static str;

    /// # Errors
    /// As [`System::connect`].
    fn connect(&self, endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn AnyClient>, ProbeError>;

    fn judge(&self, view: &View<'_, AnySnapshot>) -> Vec<Judged>;
    /// `None` when the snapshot is of another system.
    fn present(&self, view: &View<'_, AnySnapshot>) -> Option<Vec<Cell>>;
    /// At most [`MOST_TRENDS`].
    fn trends(&self, view: &View<'_, AnySnapshot>) -> Vec<Trend>;
    fn discovered(&self, snapshot: &AnySnapshot) -> Option<Roll>;
    /// For recording.
    fn encode(&self, snapshot: &AnySnapshot) -> Option<serde_json::Value>;
    /// For replay.
    ///
    /// # Errors
    /// The text of the decoder.
    fn decode(&self, value: serde_json::Value) -> Result<AnySnapshot, String>;
}

/// Makes an [`AnySystem`] of a [`System`].
pub struct Erased<S>(pub std::marker::PhantomData<fn() -> S>);

impl<S> Erased<S> {
    #[must_use]
    pub const fn new() -> Self {
        Erased(std::marker::PhantomData)
    }
}

impl<S> Default for Erased<S> {
    fn default() -> Self {
        Self::new()
    }
}

struct ErasedClient<S: System>(S::Client);

impl<S: System> AnyClient for ErasedClient<S> {
    fn prepare(&mut self) -> Pending<'_, ()> {
        Box::pin(S::prepare(&mut self.0))
    }

    fn probe(&mut self, tier: Tier) -> Pending<'_, AnySnapshot> {
        Box::pin(async move { S::probe(&mut self.0, tier).await.map(|snapshot| Arc::new(snapshot) as AnySnapshot) })
    }
}

fn typed<'a, S: System>(view: &View<'a, AnySnapshot>) -> Option<View<'a, S::Snapshot>> {
    let snapshot = view.snapshot.downcast_ref::<S::Snapshot>()?;
    Some(View { cluster: view.cluster, endpoint: view.endpoint, snapshot, taken_at: view.taken_at, latency: view.latency, now: view.now })
}

impl<S: System> AnySystem for Erased<S> {
    fn name(&self) -> &'static str {
        S::NAME
    }

    fn title(&self) -> &'static str {
        S::TITLE
    }

    fn fields(&self) -> &'static [Field] {
        S::FIELDS
    }

    fn rules(&self) -> Vec<&'static RuleInfo> {
        S::rules().iter().map(|rule| &rule.info).collect()
    }

    fn columns(&self) -> &'static [Column] {
        S::columns()
    }

    fn privileges(&self) -> &'static str {
        S::privileges()
    }

    fn connect(&self, endpoint: &EndpointSpec, wiring: &Wiring) -> Result<Box<dyn AnyClient>, ProbeError> {
        Ok(Box::new(ErasedClient::<S>(S::connect(endpoint, wiring)?)))
    }

    fn judge(&self, view: &View<'_, AnySnapshot>) -> Vec<Judged> {
        let Some(view) = typed::<S>(view) else { return Vec::new() };
        S::rules()
            .iter()
            .map(|rule| Judged {
                info: &rule.info,
                verdict: ruled(rule.info.id, rule.info.sentence, || (rule.judge)(&view, &Knobs::new(view.cluster, &rule.info))),
            })
            .collect()
    }

    fn present(&self, view: &View<'_, AnySnapshot>) -> Option<Vec<Cell>> {
        typed::<S>(view).map(|view| S::present(&view))
    }

    fn trends(&self, view: &View<'_, AnySnapshot>) -> Vec<Trend> {
        let mut trends = typed::<S>(view).map(|view| S::trends(&view)).unwrap_or_default();
        trends.truncate(MOST_TRENDS);
        trends
    }

    fn discovered(&self, snapshot: &AnySnapshot) -> Option<Roll> {
        snapshot.downcast_ref::<S::Snapshot>().and_then(S::discovered)
    }

    fn encode(&self, snapshot: &AnySnapshot) -> Option<serde_json::Value> {
        serde_json::to_value(snapshot.downcast_ref::<S::Snapshot>()?).ok()
    }

    fn decode(&self, value: serde_json::Value) -> Result<AnySnapshot, String> {
        serde_json::from_value::<S::Snapshot>(value).map(|snapshot| Arc::new(snapshot) as AnySnapshot).map_err(|error| error.to_string())
    }
}

/// An answer that is on its way.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, ProbeError>> + Send + 'a>>;

/// A store of keys that a system offers to others: etcd today. Patroni reads its scope and members through it.
pub trait Kv: Send {
    /// Keys and values below `prefix`, in the order of keys.
    fn below<'a>(&'a mut self, prefix: &'a str) -> Pending<'a, Vec<(String, Vec<u8>)>>;
}

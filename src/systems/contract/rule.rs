//! What a system alone can tell: its rules, their thresholds, and what they say. A rule does no IO and takes `now` from its [`View`].

use crate::config::{ClusterSpec, EndpointSpec, Quantity};
use crate::model::{Evidence, Gap, Moment, Severity, Since};
use crate::text::Untrusted;
use jiff::Timestamp;
use std::time::Duration;

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

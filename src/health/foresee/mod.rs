//! "If it dies now": for the leader, each standby, each member of the store, each pooler, balancer and zone, what would follow. Pure; `now` stands in the view.
//!
//! It must never read an unknown fact as a good one: what cannot be told is a [`Gap`] with its reason, never an empty range and never a zero. What is
//! foretold is of this moment: it knows nothing of what else breaks meanwhile. The figures come from measured crashes; each stands with its constant.

mod bytes;
mod clients;
mod heir;
mod outage;
mod quorum;
mod routes;
mod scene;
mod slots;
mod targets;

pub use slots::SlotFate;

use super::rule::ClusterView;
use crate::config::ClusterSpec;
use crate::config::quantity::time_text;
use crate::model::{Bytes, Evidence, Gap, Moment};
use crate::systems::patroni::dynamic::Dynamic;
use crate::text::Untrusted;
use scene::Scene;
use std::time::Duration;
use targets::Loss;

/// What is foretold, or the fact that is missing for it.
pub type Foretold<T> = Result<T, Gap>;

/// From `least` to `most`, both of them possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<T> {
    pub least: T,
    pub most: T,
}

impl<T: PartialOrd + Copy> Span<T> {
    /// Exactly this.
    #[must_use]
    pub const fn just(value: T) -> Self {
        Span { least: value, most: value }
    }

    #[must_use]
    pub fn holds(&self, value: T) -> bool {
        self.least <= value && value <= self.most
    }
}

/// What dies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Leader(String),
    /// A member that accepts writes beside the leader, or where none is known.
    Rival(String),
    Sync(String),
    Async(String),
    Store(String),
    Pooler(String),
    Balancer(String),
    Zone(String),
}

impl Target {
    /// The kind in the field's words.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Target::Leader(_) => "leader",
            Target::Rival(_) => "other primary",
            Target::Sync(_) => "sync standby",
            Target::Async(_) => "async standby",
            Target::Store(_) => "store",
            Target::Pooler(_) => "pooler",
            Target::Balancer(_) => "balancer",
            Target::Zone(_) => "zone",
        }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Target::Leader(name)
            | Target::Rival(name)
            | Target::Sync(name)
            | Target::Async(name)
            | Target::Store(name)
            | Target::Pooler(name)
            | Target::Balancer(name)
            | Target::Zone(name) => name,
        }
    }
}

/// Who does its work then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heir {
    /// This member is promoted.
    Member(String),
    /// One of these; which one, a race decides.
    OneOf(Vec<String>),
    /// Nobody, until a person acts.
    Nobody { why: String },
    /// The others go on.
    NotNeeded,
}

/// How long writes fail or wait, as a client of the configured route sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    None,
    Within(Span<Duration>),
    UntilAHuman,
}

impl Outage {
    /// The worst of several: what is known to last until somebody acts outweighs what is not known, and that outweighs every figure.
    fn worst(all: Vec<Foretold<Outage>>) -> Foretold<Outage> {
        if all.contains(&Ok(Outage::UntilAHuman)) {
            return Ok(Outage::UntilAHuman);
        }
        let mut worst = Outage::None;
        for one in all {
            worst = match (worst, one?) {
                (Outage::Within(one), Outage::Within(other)) => {
                    Outage::Within(Span { least: one.least.max(other.least), most: one.most.max(other.most) })
                }
                (Outage::None, other) => other,
                (former, _) => former,
            };
        }
        Ok(worst)
    }
}

/// An objective that would be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Writes are away for longer than this goal.
    Rto(Duration),
    /// More committed bytes are lost than this goal.
    Rpo(u64),
}

impl Broken {
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Broken::Rto(goal) => format!("RTO {}", time_text(goal)),
            Broken::Rpo(goal) => format!("RPO {}", Bytes(goal)),
        }
    }
}

/// What would follow the death of one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Fate {
    pub target: Target,
    pub heir: Foretold<Heir>,
    pub back: Foretold<Outage>,
    /// Committed bytes of WAL that nobody has any more.
    pub lost: Foretold<Span<u64>>,
    /// Clients whose session ends.
    pub cut: Foretold<Span<u64>>,
    pub slots: Foretold<Vec<SlotFate>>,
    pub broken: Vec<Broken>,
    /// In one line; carries names that servers gave.
    pub why: Untrusted,
    pub evidence: Vec<Evidence>,
}

/// What is said of one fate beside its figures.
#[derive(Debug, Default)]
struct Tale {
    why: Vec<String>,
    evidence: Vec<Evidence>,
}

impl Tale {
    fn say(&mut self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        if !self.why.contains(&sentence) {
            self.why.push(sentence);
        }
    }

    fn seen(&mut self, witness: impl Into<String>, fact: impl Into<Untrusted>, taken_at: Moment) {
        let one = Evidence { witness: witness.into(), fact: fact.into(), taken_at: Some(taken_at) };
        if !self.evidence.contains(&one) {
            self.evidence.push(one);
        }
    }
}

/// The fate of everything in the cluster that can die: members first, the leader foremost, then stores, poolers, balancers, zones.
#[must_use]
pub fn foresee(view: &ClusterView<'_>) -> Vec<Fate> {
    let scene = Scene::of(view);
    targets::of(&scene).into_iter().map(|(target, loss)| fate(&scene, target, &loss)).collect()
}

/// How long the crash of a leader alone stops writes at most, where somebody takes over.
#[derive(Clone, Debug)]
pub(super) struct Crash {
    /// Until the database takes writes again.
    pub(super) database: Duration,
    /// What the way of the clients adds.
    pub(super) way: Foretold<Duration>,
}

/// The crash of the leader as the fate of the leader tells it: what judges the lease says no other figure. `None` where no lease bounds it: nobody would take
/// over, or the cluster takes no writes.
///
/// # Errors
/// A value of the configuration that makes no sense.
pub(super) fn crash(view: &ClusterView<'_>, config: &Dynamic) -> Foretold<Option<Crash>> {
    let scene = Scene::of(view);
    let leader = targets::of(&scene).into_iter().find_map(|(target, loss)| matches!(target, Target::Leader(_)).then_some(loss));
    if let Some(Ok(loss)) = leader {
        let heir = heir::of(&scene, &loss, &mut Tale::default());
        if matches!(outage::of(&scene, &loss, &heir, &mut Tale::default()), Ok(Outage::None | Outage::UntilAHuman)) {
            return Ok(None);
        }
    }
    Ok(Some(Crash { database: outage::lease(config)?.most, way: routes::slack(&scene, &Loss::default()) }))
}

fn fate(scene: &Scene<'_>, target: Target, loss: &Foretold<Loss>) -> Fate {
    let mut tale = Tale::default();
    let loss = match loss {
        Ok(loss) => loss,
        Err(gap) => return unknown(target, gap),
    };
    let heir = heir::of(scene, loss, &mut tale);
    let back = outage::of(scene, loss, &heir, &mut tale);
    let lost = bytes::lost(scene, loss, &heir, &mut tale);
    let cut = clients::cut(scene, loss, &mut tale);
    let slots = slots::of(scene, loss);
    if matches!(target, Target::Zone(_)) {
        let astray: Vec<&str> =
            scene.view.cluster.entries.iter().filter(|entry| entry.spec.zone.is_none()).map(|entry| entry.spec.id.name.as_str()).collect();
        if !astray.is_empty() {
            tale.say(format!("no zone is configured for {}: taken as elsewhere", astray.join(", ")));
        }
    }
    let gaps = [heir.as_ref().err(), back.as_ref().err(), lost.as_ref().err(), cut.as_ref().err(), slots.as_ref().err()];
    for gap in gaps.into_iter().flatten() {
        tale.say(format!("not known: {} ({})", gap.fact, gap.reason.phrase()));
    }
    let broken = broken(scene, back.as_ref().ok(), lost.as_ref().ok());
    Fate { target, heir, back, lost, cut, slots, broken, why: tale.why.join("; ").into(), evidence: tale.evidence }
}

fn unknown(target: Target, gap: &Gap) -> Fate {
    let why = format!("{}: {}", gap.fact, gap.reason.phrase()).into();
    let (heir, back, lost) = (Err(gap.clone()), Err(gap.clone()), Err(gap.clone()));
    Fate { target, heir, back, lost, cut: Err(gap.clone()), slots: Err(gap.clone()), broken: Vec::new(), why, evidence: Vec::new() }
}

fn broken(scene: &Scene<'_>, back: Option<&Outage>, lost: Option<&Span<u64>>) -> Vec<Broken> {
    let ClusterSpec { rto_goal: goal, rpo_goal, .. } = *scene.view.cluster.spec;
    let late = match back {
        Some(Outage::UntilAHuman) => true,
        Some(Outage::Within(span)) => span.most > goal,
        Some(Outage::None) | None => false,
    };
    let mut broken = Vec::new();
    if late {
        broken.push(Broken::Rto(goal));
    }
    if lost.is_some_and(|span| span.most > rpo_goal) {
        broken.push(Broken::Rpo(rpo_goal));
    }
    broken
}

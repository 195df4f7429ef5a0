//! The plan of a run, made of what the servers say now: all reads are real, nothing is sent. What gates ask is asked already, so that one sees before a run what
//! would stop it.
//!
//! It must never show a plan as one that can be run when something that it needs is not known.

use super::facts::Live;
use super::run::lock;
use crate::config::ClusterSpec;
use crate::config::quantity::time_text;
use crate::engine::expression::{Language, Scope, Truth};
use crate::engine::plan::{Actor, Risk, Step};
use crate::engine::{Expr, Fact, Plan};
use crate::model::{Clock, Gap};
use crate::runbook::format::Runbook;
use crate::runbook::kinds::{self, Effect};
use crate::runbook::language::Spoken;
use crate::runbook::library::Library;
use crate::runbook::plan::{Warned, Wish, plan_and_warned, wanted};
use crate::systems::view::{Cell, Column, Kind, Page, Row, Table, Tone};
use crate::text::Untrusted;
use crate::text::untrusted::visible;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub use crate::runbook::plan::NoPlan;

/// No fact of a plan is older.
const MAX_AGE: Duration = Duration::from_secs(2);

/// A page of `runbook` by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The page of a plan as it is without anything in it.
pub static PAGES: &[Named] = &[("runbook-plan", || Some(empty()))];

/// What a gate of a plan says now.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub step: String,
    pub says: String,
    pub that: String,
    /// Not so is shown, and stops nobody.
    pub warns: bool,
    /// `None`: it is not asked here, or not before a step that changes something.
    pub truth: Option<Truth>,
    /// What was read of the facts that it names.
    pub seen: Vec<(String, String)>,
}

/// A plan with what is known of its gates.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    pub plan: Plan,
    pub gates: Vec<Looked>,
    /// That the lock it takes keeps nobody off who works on another host, and why, in one sentence.
    pub alone: Option<String>,
}

impl Planned {
    /// Whom its lock keeps off, in one sentence.
    #[must_use]
    pub fn lock(&self) -> &str {
        match &self.alone {
            _ if !self.plan.lock => "none: others may change the cluster meanwhile",
            Some(alone) => alone,
            None => "nobody else may change the cluster meanwhile",
        }
    }
}

/// Who is asked for what.
pub struct Asked<'a> {
    pub library: &'a Library,
    pub runbook: &'a Runbook,
    pub cluster: &'a ClusterSpec,
    pub given: &'a BTreeMap<String, String>,
    pub by: Actor,
}

/// Makes it.
///
/// # Errors
/// Why there is none.
pub async fn plan(asked: &Asked<'_>, live: &Live, clock: &Clock) -> Result<Planned, NoPlan> {
    let targets = live.known(MAX_AGE).await;
    let facts = live.of(&wanted(asked.runbook, asked.library), MAX_AGE).await;
    let wish = Wish {
        runbook: asked.runbook,
        others: asked.library,
        cluster: &asked.cluster.name,
        environment: asked.cluster.environment.word(),
        given: asked.given,
        facts: &facts,
        targets: &targets,
        by: asked.by.clone(),
        now: clock.now().wall,
        rto_goal: asked.cluster.rto_goal,
    };
    let (plan, warned) = plan_and_warned(&wish)?;
    let gates = gates(&plan, &warned);
    let named: BTreeSet<String> = gates.iter().flat_map(Gate::facts).collect();
    let facts = live.of(&named.into_iter().collect::<Vec<_>>(), MAX_AGE).await;
    let gates = gates.iter().map(|gate| gate.look(&plan, &facts)).collect();
    let alone = lock::alone(asked.cluster, clock, false).filter(|_| plan.lock);
    Ok(Planned { plan, gates, alone })
}

/// Something that a gate asks.
struct Gate<'a> {
    step: &'a str,
    says: &'a str,
    that: &'a Expr,
    when: Option<&'a Expr>,
    warns: bool,
    /// It is asked when the run is there: a step before it changes something.
    later: bool,
}

fn gates<'a>(plan: &'a Plan, warned: &'a [Warned]) -> Vec<Gate<'a>> {
    let first = plan.steps.iter().position(|step| step.changes).unwrap_or(plan.steps.len());
    let of = |(place, step): (usize, &'a Step)| {
        let that = &step.expect.as_ref()?.that;
        let gate = || Gate { step: &step.id, says: &step.title, that, when: step.when.as_ref(), warns: false, later: place > first };
        (step.job.kind == "check").then(gate)
    };
    let warns =
        warned.iter().map(|one| Gate { step: &one.step, says: &one.says, that: &one.that, when: one.when.as_ref(), warns: true, later: one.later });
    plan.steps.iter().enumerate().filter_map(of).chain(warns).collect()
}

impl Gate<'_> {
    fn facts(&self) -> impl Iterator<Item = String> {
        self.that.facts.iter().chain(self.when.iter().flat_map(|when| &when.facts)).cloned()
    }

    fn look(&self, plan: &Plan, facts: &BTreeMap<String, Fact>) -> Looked {
        let spoken = Spoken::of(plan);
        let scope = Scope { params: plan.open_params(), facts: facts.clone(), ..Scope::default() };
        let asked = self.when.map(|when| spoken.truth(when, &scope));
        let truth = match asked {
            _ if self.later => None,
            Some(Truth::False) => None,
            Some(Truth::Unknown(gaps)) => Some(Truth::Unknown(gaps)),
            Some(Truth::True) | None => Some(spoken.truth(self.that, &scope)),
        };
        let seen = self.that.facts.iter().filter(|_| !self.later);
        let seen = seen.filter_map(|name| Some((name.clone(), short(facts.get(name)?.value()?)?)));
        Looked {
            step: self.step.to_owned(),
            says: self.says.to_owned(),
            that: self.that.text.clone(),
            warns: self.warns,
            truth,
            seen: seen.collect(),
        }
    }
}

impl Looked {
    /// Whether it stops a run that begins now.
    #[must_use]
    pub fn stops(&self) -> bool {
        !self.warns && matches!(self.truth, Some(Truth::False))
    }

    /// Whether it is not known whether it stops one.
    #[must_use]
    pub fn unknown(&self) -> bool {
        !self.warns && matches!(self.truth, Some(Truth::Unknown(_)))
    }
}

/// A value that people read in a line: a single one, or a list of such.
fn short(value: &Value) -> Option<String> {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(value.to_string()),
        Value::Array(items) => Some(format!("[{}]", items.iter().map(short).collect::<Option<Vec<_>>>()?.join(", "))),
        Value::Null | Value::Object(_) => None,
    }
}

/// What its run will ask people on its way, as it would ask now.
pub fn asks(plan: &Plan) -> impl Iterator<Item = &str> {
    let asks = |step: &&Step| kinds::find(&step.job.kind).is_some_and(|kind| (kind.effect)(&step.job.body) == Effect::Asks);
    plan.steps.iter().filter(asks).map(|step| step.job.call.as_str())
}

/// What keeps a run of a plan from beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// Checks say no.
    Refused(String),
    /// Checks cannot be judged.
    Unjudged(String),
}

impl Stopped {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Stopped::Refused(told) => format!("a check says no: {told}"),
            Stopped::Unjudged(told) => format!("a check cannot be judged: {told}"),
        }
    }
}

/// What keeps a run of it from beginning, if anything does.
#[must_use]
pub fn stopped(planned: &Planned) -> Option<Stopped> {
    let says = |which: fn(&Looked) -> bool| {
        let told: Vec<&str> = planned.gates.iter().filter(|gate| which(gate)).map(|gate| gate.says.as_str()).collect();
        (!told.is_empty()).then(|| told.join("; "))
    };
    says(Looked::stops).map(Stopped::Refused).or_else(|| says(Looked::unknown).map(Stopped::Unjudged))
}

/// Why there is no plan: what is wrong, and what to try.
#[must_use]
pub fn refusal(why: &NoPlan) -> (String, String) {
    let facts =
        |gaps: &[Gap]| gaps.iter().map(|gap| format!("{}: {}", visible(&gap.fact), visible(&gap.reason.phrase()))).collect::<Vec<_>>().join("; ");
    match why {
        NoPlan::Told(wrong) => {
            let (what, hints): (Vec<&str>, Vec<&str>) = wrong.iter().map(|(what, hint)| (what.as_str(), hint.as_str())).unzip();
            (what.join("; "), hints.join("; "))
        }
        NoPlan::Refused(why) => (why.join("; "), "`opsctl runbook show NAME` says what it wants".to_owned()),
        NoPlan::Unknown(gaps) => {
            (format!("what has to be known for a plan is not: {}", facts(gaps)), "`opsctl doctor` says what cannot be read, and why".to_owned())
        }
        NoPlan::Impossible(why) => (why.join("; "), "`opsctl list` shows the members, `opsctl doctor` the endpoints".to_owned()),
    }
}

const ABOUT: &[Column] = &[
    Column::new("runbook", "RUNBOOK", Kind::Text, 0, "its name"),
    Column::new("summary", "SUMMARY", Kind::Text, 0, "what it does"),
    Column::new("cluster", "CLUSTER", Kind::Text, 0, "the cluster it is planned for"),
    Column::new("environment", "ENVIRONMENT", Kind::Word, 0, "of the cluster"),
    Column::new("risk", "RISK", Kind::Word, 0, "low, medium, high"),
    Column::new("impact", "IMPACT", Kind::Text, 0, "what users feel, and for how long"),
    Column::new("verdict", "VERDICT", Kind::Word, 0, "ready; refused: a check says no; unknown: a check cannot be judged"),
    Column::new("stopped_by", "STOPPED BY", Kind::Text, 0, "the checks that say no, or else those that cannot be judged"),
    Column::new("lock", "LOCK", Kind::Text, 0, "whom it keeps off while it goes on"),
    Column::new("asks", "ASKS", Kind::List, 0, "what it asks on its way, as it would ask now"),
    Column::new("bound", "BOUND TO", Kind::List, 0, "another value of these when it starts, and nothing is sent"),
    Column::new("phrase", "TO TYPE", Kind::Text, 0, "what confirms it"),
    Column::new("plan_sha256", "PLAN", Kind::Text, 0, "what a confirmation is bound to; any change of the plan is another"),
    Column::new("definition_sha256", "DEFINITION", Kind::Text, 0, "the text of the runbook and of those that it includes"),
];

const GATES: &[Column] = &[
    Column::new("step", "STEP", Kind::Text, 3, "the gate and its place in it"),
    Column::new(
        "state",
        "STATE",
        Kind::Word,
        0,
        "pass; block: it would stop the run; warn: it is shown, and stops nobody; unknown: it cannot be judged; not asked: it does not apply, or is asked behind a step that changes something",
    ),
    Column::new("says", "CHECK", Kind::Text, 0, "what it means, as the file says it"),
    Column::new("seen", "SEEN", Kind::List, 1, "what was read"),
    Column::new("why", "WHY", Kind::Text, 1, "what cannot be judged, and why"),
    Column::new("that", "THAT", Kind::Text, 4, "what has to be true"),
];

const STEPS: &[Column] = &[
    Column::new("id", "STEP", Kind::Text, 0, "what the journal and people call it"),
    Column::new("does", "DOES", Kind::Word, 0, "looks, or changes something"),
    Column::new("call", "CALL", Kind::Text, 0, "the exact call; what is only known while it runs stands as it is written"),
    Column::new("target", "TARGET", Kind::Text, 2, "the endpoint it goes to"),
    Column::new("timeout_seconds", "TIMEOUT", Kind::Seconds, 3, "the engine ends it then"),
    Column::new("undo", "UNDO", Kind::Text, 1, "the call that takes it back"),
    Column::new("marks", "MARKS", Kind::List, 1, "hold, finally, point of no return, idempotent, probed, once, group"),
    Column::new("why", "WHY", Kind::Text, 6, "as the file says it"),
];

fn page(facts: impl Iterator<Item = Cell>, gates: Vec<Row>, steps: Vec<Row>) -> Page {
    let mut page = Page::new("RunbookPlan");
    page.facts = ABOUT.iter().copied().zip(facts).collect();
    page.tables = vec![
        Table { key: "checks", title: "CHECKS", columns: GATES.to_vec(), rows: gates, when_empty: "it has no gate" },
        Table { key: "steps", title: "STEPS", columns: STEPS.to_vec(), rows: steps, when_empty: "it does nothing" },
    ];
    page
}

fn empty() -> Page {
    page(ABOUT.iter().map(|_| Cell::Nothing), Vec::new(), Vec::new())
}

/// A plan as something to look at.
#[must_use]
pub fn show(planned: &Planned) -> Page {
    let plan = &planned.plan;
    let (word, tone, stopped_by) = match stopped(planned) {
        Some(Stopped::Refused(told)) => ("refused", Tone::Bad, Cell::text(told).toned(Tone::Bad)),
        Some(Stopped::Unjudged(told)) => ("unknown", Tone::Warn, Cell::text(told).toned(Tone::Warn)),
        None => ("ready", Tone::Good, Cell::Nothing),
    };
    let risk = match plan.risk {
        Risk::Low => Cell::word("low", Tone::Plain),
        Risk::Medium => Cell::word("medium", Tone::Plain),
        Risk::High => Cell::word("high", Tone::Warn),
    };
    let text = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
    let facts = [
        Cell::text(plan.runbook.name.as_str()),
        Cell::text(plan.runbook.summary.as_str()),
        Cell::text(plan.cluster.as_str()),
        Cell::word(plan.environment.clone(), Tone::Plain),
        risk,
        text(plan.impact.as_deref()),
        Cell::word(word, tone),
        stopped_by,
        Cell::text(planned.lock()),
        Cell::List(asks(plan).map(Untrusted::from).collect()),
        Cell::List(plan.bound.iter().map(|(name, value)| Untrusted::from(format!("{name} = {value}"))).collect()),
        text(plan.phrase.as_deref()),
        Cell::text(plan.sha256()),
        Cell::text(plan.runbook.sha256.as_str()),
    ];
    let steps = plan.steps.iter().filter(|step| step.job.kind != "check").map(step).collect();
    page(facts.into_iter(), planned.gates.iter().map(gate).collect(), steps)
}

fn gate(looked: &Looked) -> Row {
    let (word, tone, why) = match (&looked.truth, looked.warns) {
        (None, _) => ("not asked", Tone::Muted, String::new()),
        (Some(Truth::True), _) => ("pass", Tone::Good, String::new()),
        (Some(Truth::False), false) => ("block", Tone::Bad, String::new()),
        (Some(Truth::False), true) => ("warn", Tone::Warn, String::new()),
        (Some(Truth::Unknown(gaps)), _) => {
            let why: Vec<String> = gaps.iter().map(|gap| format!("{}: {}", gap.fact, gap.reason.phrase())).collect();
            ("unknown", Tone::Warn, why.join("; "))
        }
    };
    let seen = looked.seen.iter().map(|(name, value)| Untrusted::from(format!("{name} = {value}"))).collect();
    let cells = vec![
        Cell::text(looked.step.as_str()),
        Cell::word(word, tone),
        Cell::text(looked.says.as_str()),
        Cell::List(seen),
        if why.is_empty() { Cell::Nothing } else { Cell::text(why) },
        Cell::text(looked.that.as_str()),
    ];
    Row::new(looked.step.as_str(), cells)
}

fn step(step: &Step) -> Row {
    let mut marks: Vec<String> = Vec::new();
    marks.extend(step.point_of_no_return.then(|| "point of no return".to_owned()));
    marks.extend(step.hold.map(|hold| format!("hold {}", time_text(hold))));
    marks.extend(step.finally.then(|| "finally".to_owned()));
    marks.extend(step.idempotent.then(|| "idempotent".to_owned()));
    marks.extend(step.probe.as_ref().map(|_| "probed".to_owned()));
    marks.extend(step.once.as_ref().map(|once| format!("once {}", once.that.text)));
    marks.extend(step.group.as_ref().map(|group| format!("group {group}")));
    let (word, tone) = if step.changes { ("changes", Tone::Warn) } else { ("looks", Tone::Plain) };
    let text = |text: Option<&str>| text.map_or(Cell::Nothing, Cell::text);
    let cells = vec![
        Cell::text(step.id.as_str()),
        Cell::word(word, tone),
        Cell::text(format!("{} {}", step.job.kind, step.job.call)),
        if step.job.target.is_empty() { Cell::Nothing } else { Cell::text(step.job.target.as_str()) },
        Cell::Seconds(step.timeout.as_secs_f64()),
        text(step.undo.as_ref().map(|undo| undo.job.call.as_str())),
        Cell::List(marks.into_iter().map(Untrusted::from).collect()),
        text(step.why.as_deref()),
    ];
    Row::new(step.id.as_str(), cells)
}

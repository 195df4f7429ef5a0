//! From a runbook to the plan of one run: what it is told is checked, lists and included runbooks become steps, targets become endpoints, and what the confirmation
//! is bound to is written down. All facts were read before: this reads and sends nothing.
//!
//! It must never leave a hole: what has to be known now and is not is told, and there is no plan.

mod body;
mod expand;
mod frame;
#[cfg(test)]
mod tests;

pub use frame::Targets;

use super::expression::{Checked, Expression, Truth, Values, Vocabulary};
use super::facts;
use super::format::{OnFailure, Param, ParamType, Piece, Risk, Runbook, Step};
use super::kinds::Effect;
use super::language::Spoken;
use super::param;
use super::validate::Others;
use crate::engine::digest::sha256;
use crate::engine::expression::Expr;
use crate::engine::facts::Fact;
use crate::engine::plan as engine;
use crate::engine::states;
use crate::model::{Gap, Reason};
use frame::Frame;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Who wants which runbook to be run where, and what was read for it.
pub struct Wish<'a> {
    pub runbook: &'a Runbook,
    pub others: &'a dyn Others,
    pub cluster: &'a str,
    pub environment: &'a str,
    /// As typed: `--param NAME=VALUE`. Of a secret the reference.
    pub given: &'a BTreeMap<String, String>,
    /// At least those that [`wanted`] names.
    pub facts: &'a BTreeMap<String, Fact>,
    pub targets: &'a dyn Targets,
    pub by: engine::Actor,
    pub now: Timestamp,
    /// Within this time writes have to be back.
    pub rto_goal: Duration,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq)]
pub enum NoPlan {
    /// What it was told is wrong: each with what would be right.
    Told(Vec<(String, String)>),
    /// A parameter is not what the runbook wants of it.
    Refused(Vec<String>),
    /// What has to be known now and is not.
    Unknown(Vec<Gap>),
    /// An endpoint that the configuration does not have, or another thing that only the author can put right.
    Impossible(Vec<String>),
}

/// The facts that a plan of `runbook` needs, included runbooks too: what it is bound to, what its lists range over, what its parameters are checked by, what its
/// targets name.
#[must_use]
pub fn wanted(runbook: &Runbook, others: &dyn Others) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    gather(runbook, others, 0, &mut texts);
    let names: BTreeSet<String> = texts.into_iter().filter(|name| facts::find(name).is_some()).collect();
    names.into_iter().collect()
}

/// An include that goes deeper than this comes back to itself, which `validate` says.
const DEEPEST: usize = 8;

fn gather(runbook: &Runbook, others: &dyn Others, depth: usize, names: &mut Vec<String>) {
    names.extend(runbook.binds.iter().flat_map(Expression::names));
    names.extend(runbook.params.iter().filter_map(|param| param.check.as_ref()).flat_map(Expression::names));
    for step in &runbook.steps {
        names.extend(step.foreach.iter().flat_map(|foreach| foreach.list.names()));
        if (step.job.kind.effect)(&step.job.body) == Effect::Asks {
            // whoever confirms the plan sees what will be asked as it would be asked now
            names.extend(in_templates(step));
        }
        let undo = step.undo.iter().map(|undo| &undo.job);
        for piece in undo.chain([&step.job]).flat_map(|job| &job.pieces) {
            if let Piece::Target(template) = piece {
                names.extend(template.expressions().flat_map(Expression::names));
            }
        }
        if step.job.kind.name == "include" && depth < DEEPEST {
            names.extend(step.when.iter().flat_map(Expression::names));
            names.extend(in_templates(step));
            if let Some(other) = others.runbook(super::kinds::include::name(&step.job.body)) {
                gather(other, others, depth + 1, names);
            }
        }
    }
}

/// What the texts of a step name.
fn in_templates(step: &Step) -> Vec<String> {
    let templates = step.job.pieces.iter().filter_map(|piece| if let Piece::Template(template) = piece { Some(template) } else { None });
    templates.flat_map(|template| template.expressions().flat_map(Expression::names).collect::<Vec<_>>()).collect()
}

/// What is known while a plan is made.
struct Known<'a> {
    facts: &'a BTreeMap<String, Fact>,
    params: BTreeMap<String, Value>,
}

impl Values for Known<'_> {
    fn value(&self, name: &str) -> Result<Value, Gap> {
        if let Some(value) = name.strip_prefix("params.").and_then(|param| self.params.get(param)) {
            return Ok(value.clone());
        }
        self.facts.get(name).ok_or_else(|| Gap::new(name, Reason::NotAskedYet))?.known(name).cloned()
    }
}

/// A check that is shown with the plan and stops nobody.
#[derive(Clone, Debug, PartialEq)]
pub struct Warned {
    /// As a step of its gate would be called.
    pub step: String,
    pub says: String,
    pub that: Expr,
    pub when: Option<Expr>,
    /// A step before its gate changes something: now nobody can tell.
    pub later: bool,
}

/// Makes the plan.
///
/// # Errors
/// Why there is none.
pub fn plan(wish: &Wish<'_>) -> Result<engine::Plan, NoPlan> {
    plan_and_warned(wish).map(|(plan, _)| plan)
}

/// As [`plan`], with the checks that only warn.
///
/// # Errors
/// As [`plan`].
pub fn plan_and_warned(wish: &Wish<'_>) -> Result<(engine::Plan, Vec<Warned>), NoPlan> {
    let runbook = wish.runbook;
    let params = told(runbook, wish.given)?;
    let open = params.iter().filter(|(_, param)| !param.secret).map(|(name, param)| (name.clone(), param.value.clone()));
    let known = Known { facts: wish.facts, params: open.collect() };
    let mut spoken = Spoken::default();
    for param in &runbook.params {
        spoken.learn(format!("params.{}", param.name.value), param::kind(param.of.value));
    }
    let mut frame = Frame::new(wish, &known, &mut spoken);
    checks(runbook, &frame)?;
    let steps = expand::steps(runbook, &mut frame, 0)?;
    let mut texts = vec![runbook.text.clone()];
    texts.extend(frame.texts);
    let (warned, spans) = (frame.warned, frame.spans);
    let text = texts.join("\n");
    let watch = |abort: &super::format::Abort| {
        Ok(engine::Watch {
            when: expr(&abort.that.text, &spoken).map_err(|why| NoPlan::Impossible(vec![why]))?,
            why: abort.why.clone(),
            every: abort.every,
        })
    };
    let plan = engine::Plan {
        format: engine::FORMAT,
        runbook: engine::Definition { name: runbook.name.value.clone(), summary: runbook.summary.clone(), sha256: sha256(text.as_bytes()), text },
        cluster: wish.cluster.to_owned(),
        environment: wish.environment.to_owned(),
        risk: match runbook.risk.value {
            Risk::Low => engine::Risk::Low,
            Risk::Medium => engine::Risk::Medium,
            Risk::High => engine::Risk::High,
        },
        impact: runbook.impact.clone(),
        lock: runbook.lock,
        policy: match runbook.on_failure {
            OnFailure::Ask => states::OnFailure::Ask,
            OnFailure::Rollback => states::OnFailure::RollBack,
            OnFailure::Stop => states::OnFailure::Stop,
        },
        on_cancel: if runbook.rollback_on_cancel { engine::OnCancel::RollBack } else { engine::OnCancel::Pause },
        abort_when: runbook.abort_when.iter().map(watch).collect::<Result<_, _>>()?,
        spans,
        bound: bound(runbook, &known)?,
        approvals: runbook.approvals,
        phrase: phrase(wish, &params),
        planned_at: wish.now,
        by: wish.by.clone(),
        params,
        steps,
    };
    // what the engine would refuse is not shown to anybody
    plan.check().map_err(|error| NoPlan::Impossible(vec![error.to_string()]))?;
    Ok((plan, warned))
}

/// What has to be typed to confirm it.
fn phrase(wish: &Wish<'_>, params: &BTreeMap<String, engine::Param>) -> Option<String> {
    let typed = wish.runbook.typed.as_ref().and_then(|name| params.get(&name.value));
    let typed = typed.map(|param| param.value.as_str().map_or_else(|| param.value.to_string(), str::to_owned));
    let phrase = typed.map_or_else(|| wish.cluster.to_owned(), |typed| format!("{}/{typed}", wish.cluster));
    (wish.runbook.risk.value == Risk::High).then_some(phrase)
}

/// An expression for the engine, with the facts that it names.
pub(super) fn expr(text: &str, known: &dyn Vocabulary) -> Result<Expr, String> {
    let checked = Checked::read(text, known).map_err(|why| format!("{text}: {why}"))?;
    Ok(Expr { text: text.to_owned(), facts: checked.names().into_iter().filter(|name| facts::find(name).is_some()).map(str::to_owned).collect() })
}

/// The parameters as they were told, or as the file has them.
fn told(runbook: &Runbook, given: &BTreeMap<String, String>) -> Result<BTreeMap<String, engine::Param>, NoPlan> {
    let mut params = BTreeMap::new();
    let mut wrong = Vec::new();
    for param in &runbook.params {
        let name = &param.name.value;
        let kind = param.of.value.word().to_owned();
        match (given.get(name), &param.default) {
            (Some(reference), _) if param.of.value == ParamType::Secret => match param::reference(reference) {
                Ok(value) => {
                    params.insert(name.clone(), engine::Param { kind, value, secret: true });
                }
                Err((what, hint)) => wrong.push((format!("{name}: {what}"), hint)),
            },
            (None, None) => wrong.push((format!("it wants to be told `{name}`"), format!("--param {name}=VALUE{}", doc(param)))),
            (text, default) => {
                let value = text.map(|text| typed(param, text)).or_else(|| default.as_ref().map(|default| default.value.clone())).unwrap_or_default();
                match param::given(param, &value) {
                    Ok(value) => {
                        params.insert(name.clone(), engine::Param { kind, value, secret: false });
                    }
                    Err((what, hint)) => wrong.push((format!("{name}: {what}"), hint)),
                }
            }
        }
    }
    for name in given.keys().filter(|name| !runbook.params.iter().any(|param| param.name.value == **name)) {
        let names: Vec<&str> = runbook.params.iter().map(|param| param.name.value.as_str()).collect();
        let hint = match crate::text::suggest::nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names.join(", ")),
        };
        wrong.push((format!("it has no parameter `{name}`"), hint));
    }
    if wrong.is_empty() { Ok(params) } else { Err(NoPlan::Told(wrong)) }
}

fn doc(param: &Param) -> String {
    param.doc.as_ref().map(|doc| format!(": {doc}")).unwrap_or_default()
}

/// What was typed, in the form that a file has it.
fn typed(param: &Param, text: &str) -> Value {
    match param.of.value {
        ParamType::Whole => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        ParamType::Flag => text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from),
        _ => Value::from(text),
    }
}

/// What the runbook wants of its parameters.
fn checks(runbook: &Runbook, frame: &Frame<'_, '_>) -> Result<(), NoPlan> {
    let mut refused = Vec::new();
    let mut gaps = Vec::new();
    for (param, check) in runbook.params.iter().filter_map(|param| Some((param, param.check.as_ref()?))) {
        let text = frame.moved(&check.text).map_err(|why| NoPlan::Impossible(vec![why]))?;
        match frame.truth(&text)? {
            Truth::True => {}
            Truth::False => refused.push(format!("{} is not what it has to be: {}", param.name.value, check.text)),
            Truth::Unknown(found) => gaps.extend(found),
        }
    }
    match (refused.is_empty(), gaps.is_empty()) {
        (false, _) => Err(NoPlan::Refused(refused)),
        (true, false) => Err(NoPlan::Unknown(gaps)),
        (true, true) => Ok(()),
    }
}

/// What the confirmation is bound to.
fn bound(runbook: &Runbook, known: &Known<'_>) -> Result<BTreeMap<String, Value>, NoPlan> {
    let mut all = BTreeMap::new();
    let mut gaps = Vec::new();
    for bind in &runbook.binds {
        match known.value(&bind.text) {
            Ok(value) => {
                all.insert(bind.text.clone(), value);
            }
            Err(gap) => gaps.push(gap),
        }
    }
    if gaps.is_empty() { Ok(all) } else { Err(NoPlan::Unknown(gaps)) }
}

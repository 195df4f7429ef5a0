//! The steps of a runbook as one flat list: each item of a `foreach`, each check of a gate and each step of an included runbook is a step of its own.

use super::body::job;
use super::frame::{Frame, impossible};
use super::{DEEPEST, NoPlan, Warned, checks, expr};
use crate::engine::plan::{Expect, Job, Probe, Retry, Span, Step, Undo};
use crate::runbook::expression::{Field, Kind, Truth};
use crate::runbook::format::{self, ParamType, Runbook};
use crate::runbook::kinds::{Effect, check, include, release};
use crate::runbook::param;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// The steps of `runbook` at the place of `frame`.
pub(super) fn steps(runbook: &Runbook, frame: &mut Frame<'_, '_>, depth: usize) -> Result<Vec<Step>, NoPlan> {
    let mut all = Vec::new();
    let told = spans(runbook, frame);
    frame.spans.extend(told);
    for step in &runbook.steps {
        if step.job.kind.name == "include" {
            all.extend(included(step, frame, depth)?);
        } else if step.foreach.is_some() {
            for (label, fields, record) in items(step, frame)? {
                let name = step.foreach.as_ref().map(|foreach| foreach.item.value.clone()).unwrap_or_default();
                frame.item = Some((name, fields, record));
                all.push(one(step, &format!("{}{}[{label}]", frame.prefix, step.id.value), frame)?);
                frame.item = None;
            }
        } else if step.job.kind.name == "release" {
            all.push(freeing(one(step, &format!("{}{}", frame.prefix, step.id.value), frame)?, &all, frame));
        } else if step.job.kind.name == "check" {
            all.extend(gate(step, frame)?);
        } else {
            all.push(one(step, &format!("{}{}", frame.prefix, step.id.value), frame)?);
        }
        frame.changed |= all.iter().any(|step| step.changes);
        for (name, expression) in &step.save {
            let moved = frame.moved(&expression.text).map_err(impossible)?;
            let kind = crate::runbook::expression::Checked::read(&moved, &*frame.spoken).map_err(impossible)?.kind();
            frame.spoken.learn(format!("{}{}.{}", frame.prefix, step.id.value, name.value), kind);
        }
    }
    Ok(all)
}

/// What the report is to tell of `runbook`, by the names that its steps have in the plan.
fn spans(runbook: &Runbook, frame: &Frame<'_, '_>) -> Vec<Span> {
    let moved = |name: &str| format!("{}{name}", frame.prefix);
    let goal = u64::try_from(frame.wish.rto_goal.as_millis()).ok();
    let span = |span: &format::Span| {
        let name = if frame.prefix.is_empty() { span.name.clone() } else { format!("{}: {}", frame.prefix.trim_end_matches('.'), span.name) };
        Span { name, from: moved(&span.from.value), to: moved(&span.to.value), goal_ms: goal.filter(|_| span.rto) }
    };
    runbook.spans.iter().map(span).collect()
}

/// The step that frees what a former one holds: all that became of that one by its list.
fn freeing(mut step: Step, before: &[Step], frame: &Frame<'_, '_>) -> Step {
    let held = format!("{}{}", frame.prefix, release::step(&step.job.body));
    let of = |id: &str| id == held || id.strip_prefix(&held).is_some_and(|rest| rest.starts_with('['));
    step.job.body = before.iter().filter(|step| of(&step.id)).map(|step| Value::from(step.id.as_str())).collect();
    step
}

/// A record of a `foreach`: what tells it from the others, the fields of its kind, and those that it has.
type Item = (String, &'static [Field], Map<String, Value>);

/// The records of a `foreach`.
fn items(step: &format::Step, frame: &Frame<'_, '_>) -> Result<Vec<Item>, NoPlan> {
    let Some(foreach) = &step.foreach else { return Ok(Vec::new()) };
    let (kind, value) = frame.value(&frame.moved(&foreach.list.text).map_err(impossible)?)?;
    let (Kind::Items(fields), Value::Array(records)) = (kind, value) else {
        return Err(impossible(format!("{} is no list of records", foreach.list.text)));
    };
    let mut all: Vec<Item> = Vec::new();
    for (place, record) in records.into_iter().enumerate() {
        let Value::Object(record) = record else { continue };
        let named = ["key", "name"].into_iter().find_map(|key| record.get(key).and_then(Value::as_str));
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '.' };
        let mut label = named.map_or_else(|| place.to_string(), |name| name.chars().map(plain).collect());
        if all.iter().any(|(other, ..)| *other == label) {
            label = format!("{label}.{place}");
        }
        all.push((label, fields, record));
    }
    Ok(all)
}

/// One step of the engine.
fn one(step: &format::Step, id: &str, frame: &Frame<'_, '_>) -> Result<Step, NoPlan> {
    let read = |text: &str| frame.moved(text).and_then(|moved| expr(&moved, &*frame.spoken)).map_err(impossible);
    let job_of = job(&step.job, frame)?;
    let mut out = Step::new(id, job_of);
    out.title = (step.job.kind.call)(&out.job.body);
    out.why.clone_from(&step.why);
    out.group = step.group.as_ref().map(|group| format!("{}{}", frame.prefix, group.value));
    // what it frees says for itself that it changes something
    out.changes = step.job.kind.name != "release" && matches!((step.job.kind.effect)(&step.job.body), Effect::Changes);
    out.idempotent = step.idempotent;
    out.when = step.when.as_ref().map(|when| read(&when.text)).transpose()?;
    let proof = |expect: &format::Expect| Ok::<_, NoPlan>(Expect { that: read(&expect.that.text)?, every: expect.every, within: expect.within });
    out.once = step.once.as_ref().map(proof).transpose()?;
    out.expect = step.expect.as_ref().map(proof).transpose()?;
    out.save = step.save.iter().map(|(name, value)| Ok((name.value.clone(), read(&value.text)?))).collect::<Result<BTreeMap<_, _>, NoPlan>>()?;
    out.timeout = step.timeout;
    if let Some(retry) = &step.retry {
        out.retry = Retry { attempts: retry.value.attempts, pause: retry.value.pause, factor: retry.value.factor };
    }
    let asked = |probe: &format::Probe| {
        let (applied, absent) = (read(&probe.applied.text)?, read(&probe.absent.text)?);
        let tells = probe.tells.as_ref().map(|tells| read(&tells.text)).transpose()?;
        Ok::<_, NoPlan>(Probe { applied, absent, every: probe.every, within: probe.within, meanwhile: probe.meanwhile, tells })
    };
    out.probe = step.probe.as_ref().map(asked).transpose()?;
    out.undo =
        step.undo.as_ref().map(|undo| Ok(Undo { job: job(&undo.job, frame)?, timeout: undo.timeout, idempotent: undo.idempotent })).transpose()?;
    out.finally = step.finally.is_some();
    out.hold = step.hold.as_ref().map(|hold| hold.value);
    out.point_of_no_return = step.point_of_no_return.is_some();
    Ok(out)
}

/// The checks of a gate, side by side; what only warns was shown with the plan and stops nobody.
fn gate(step: &format::Step, frame: &mut Frame<'_, '_>) -> Result<Vec<Step>, NoPlan> {
    let id = format!("{}{}", frame.prefix, step.id.value);
    let read = |text: &str| frame.moved(text).and_then(|moved| expr(&moved, &*frame.spoken)).map_err(impossible);
    let group = format!("{}{}", frame.prefix, step.group.as_ref().map_or(&step.id.value, |group| &group.value));
    let looks = |id: &str, title: &str| Step { why: step.why.clone(), ..judging(id, title) };
    let own = step.when.as_ref().map(|when| read(&when.text)).transpose()?;
    let (mut all, mut warned) = (Vec::new(), Vec::new());
    for (place, check) in check::asked(&step.job.body).into_iter().enumerate() {
        let when = match (check.when, &own) {
            (None, own) => own.clone(),
            (Some(when), None) => Some(read(&when)?),
            (Some(when), Some(own)) => {
                let both = frame.moved(&when).map(|when| format!("({}) and ({when})", own.text));
                Some(both.and_then(|both| expr(&both, &*frame.spoken)).map_err(impossible)?)
            }
        };
        let title = check.says.as_deref().unwrap_or(&check.that);
        if check.warn {
            let step = format!("{id}[{}]", place + 1);
            warned.push(Warned { step, says: title.to_owned(), that: read(&check.that)?, when, later: frame.changed });
            continue;
        }
        let expect = Expect { that: read(&check.that)?, every: Duration::from_millis(500), within: Duration::ZERO };
        all.push(Step { group: Some(group.clone()), when, expect: Some(expect), ..looks(&format!("{id}[{}]", place + 1), title) });
    }
    // when all of the gate has been passed
    if !step.save.is_empty() || step.expect.is_some() {
        let expect =
            step.expect.as_ref().map(|expect| Ok::<_, NoPlan>(Expect { that: read(&expect.that.text)?, every: expect.every, within: expect.within }));
        let save = step.save.iter().map(|(name, value)| Ok((name.value.clone(), read(&value.text)?))).collect::<Result<BTreeMap<_, _>, NoPlan>>()?;
        all.push(Step { when: own, expect: expect.transpose()?, save, ..looks(&id, &step.id.value) });
    }
    frame.warned.extend(warned);
    Ok(all)
}

/// A step that judges what is known.
fn judging(id: &str, title: &str) -> Step {
    let call = Job { kind: "check".to_owned(), body: Value::Null, target: String::new(), call: title.to_owned(), facts: Vec::new() };
    Step { title: title.to_owned(), ..Step::new(id, call) }
}

/// What an included runbook wants of its parameters, asked when it begins: a step before it changes what is known now.
fn asked_then(other: &Runbook, frame: &Frame<'_, '_>) -> Result<Vec<Step>, NoPlan> {
    let wanted = other.params.iter().filter_map(|param| Some((&param.name.value, param.check.as_ref()?)));
    let step = |(name, check): (&String, &crate::runbook::expression::Expression)| {
        let that = frame.moved(&check.text).and_then(|moved| expr(&moved, &*frame.spoken)).map_err(impossible)?;
        let expect = Some(Expect { that, every: Duration::from_millis(500), within: Duration::ZERO });
        Ok(Step { expect, ..judging(&format!("{}params.{name}", frame.prefix), &format!("{name} is what it has to be: {}", check.text)) })
    };
    wanted.map(step).collect()
}

/// The steps of the runbook that a step includes.
fn included(step: &format::Step, frame: &mut Frame<'_, '_>, depth: usize) -> Result<Vec<Step>, NoPlan> {
    let name = include::name(&step.job.body);
    let other = frame.wish.others.runbook(name).filter(|_| depth < DEEPEST).ok_or_else(|| impossible(format!("there is no runbook `{name}`")))?;
    if let Some(when) = &step.when {
        match frame.truth(&frame.moved(&when.text).map_err(impossible)?)? {
            Truth::True => {}
            Truth::False => return Ok(Vec::new()),
            Truth::Unknown(gaps) => return Err(NoPlan::Unknown(gaps)),
        }
    }
    let told = told(step, other, frame)?;
    let leader = include::leader(&step.job.body).map(|leader| frame.filled(leader)).transpose()?;
    let leader = leader.or_else(|| frame.leader.clone());
    let prefix = format!("{}{}.", frame.prefix, step.id.value);
    let names = other.steps.iter().map(|step| step.id.value.clone()).collect();
    let before = (std::mem::replace(&mut frame.prefix, prefix), frame.told.replace(told), std::mem::replace(&mut frame.steps, names));
    let led = std::mem::replace(&mut frame.leader, leader);
    frame.texts.push(other.text.clone());
    let wanted = if frame.changed { asked_then(other, frame) } else { checks(other, frame).map(|()| Vec::new()) };
    let all = wanted.and_then(|mut wanted| {
        wanted.extend(steps(other, frame, depth + 1)?);
        Ok(wanted)
    });
    ((frame.prefix, frame.told, frame.steps), frame.leader) = (before, led);
    all
}

/// What an included runbook is told.
fn told(step: &format::Step, other: &Runbook, frame: &Frame<'_, '_>) -> Result<BTreeMap<String, (ParamType, Value)>, NoPlan> {
    let empty = Map::new();
    let with = step.job.body.get("with").and_then(Value::as_object).unwrap_or(&empty);
    let mut told = BTreeMap::new();
    for param in &other.params {
        let name = &param.name.value;
        let value = match with.get(name) {
            Some(Value::String(text)) if text.contains("${") => {
                let moved = frame.moved_template(text).map_err(impossible)?;
                let filled = crate::runbook::expression::Filled::read(&moved, &*frame.spoken).map_err(impossible)?;
                filled.value(frame.known).map_err(NoPlan::Unknown)?
            }
            Some(value) => typed(param, value)?,
            None => match &param.default {
                Some(default) => typed(param, &default.value)?,
                None => return Err(impossible(format!("`{}` wants to be told `{name}`", other.name.value))),
            },
        };
        told.insert(name.clone(), (param.of.value, value));
    }
    Ok(told)
}

fn typed(param: &format::Param, value: &Value) -> Result<Value, NoPlan> {
    param::given(param, value).map_err(|(what, hint)| NoPlan::Told(vec![(format!("{}: {what}", param.name.value), hint)]))
}

//! The body of a step as the plan has it: values of items in their places, the target a single endpoint.

use super::NoPlan;
use super::frame::{Frame, impossible};
use crate::engine::plan::Job;
use crate::runbook::expression::{Checked, Filled};
use crate::runbook::facts;
use crate::runbook::fill::fill;
use crate::runbook::format;
use crate::runbook::kinds::http;
use serde_json::Value;
use std::collections::BTreeSet;

/// A job of the engine.
pub(super) fn job(job: &format::Job, frame: &Frame<'_, '_>) -> Result<Job, NoPlan> {
    let mut body = moved(&job.body, frame)?;
    for pointer in job.kind.conditions {
        if let Some(slot) = body.pointer_mut(pointer) {
            let text = job.body.pointer(pointer).and_then(Value::as_str).unwrap_or("");
            *slot = Value::from(frame.moved(text).map_err(impossible)?);
        }
    }
    let target = target(job, &mut body, frame)?;
    // what is only known while it runs stays as it is written
    let shown = fill(&body, &*frame.spoken, frame.known).unwrap_or_else(|_later| body.clone());
    let facts = facts_of(&body, job, frame)?;
    Ok(Job { kind: job.kind.name.to_owned(), call: (job.kind.call)(&shown), body, target, facts })
}

/// The facts that a body names, sorted.
fn facts_of(body: &Value, job: &format::Job, frame: &Frame<'_, '_>) -> Result<Vec<String>, NoPlan> {
    let mut names = BTreeSet::new();
    in_texts(body, frame, &mut names)?;
    for text in job.kind.conditions.iter().filter_map(|pointer| body.pointer(pointer)?.as_str()) {
        let checked = Checked::read(text, &*frame.spoken).map_err(impossible)?;
        names.extend(checked.names().into_iter().map(str::to_owned));
    }
    Ok(names.into_iter().filter(|name| facts::find(name).is_some()).collect())
}

fn in_texts(body: &Value, frame: &Frame<'_, '_>, names: &mut BTreeSet<String>) -> Result<(), NoPlan> {
    match body {
        Value::String(text) if text.contains("${") => {
            let filled = Filled::read(text, &*frame.spoken).map_err(impossible)?;
            names.extend(filled.names().into_iter().map(str::to_owned));
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| in_texts(item, frame, names)),
        Value::Object(entries) => entries.values().try_for_each(|value| in_texts(value, frame, names)),
        _ => Ok(()),
    }
}

/// Every text of a body moved to its place.
fn moved(body: &Value, frame: &Frame<'_, '_>) -> Result<Value, NoPlan> {
    Ok(match body {
        Value::String(text) if text.contains("${") => Value::from(frame.moved_template(text).map_err(impossible)?),
        Value::Array(items) => items.iter().map(|item| moved(item, frame)).collect::<Result<_, _>>()?,
        Value::Object(entries) => {
            let entries = entries.iter().map(|(key, value)| Ok((key.clone(), moved(value, frame)?)));
            Value::Object(entries.collect::<Result<_, NoPlan>>()?)
        }
        other => other.clone(),
    })
}

/// The endpoint of a body, which from then on names it; empty where a body goes nowhere.
fn target(job: &format::Job, body: &mut Value, frame: &Frame<'_, '_>) -> Result<String, NoPlan> {
    let resolve = |system: &str, which: &str| {
        let which = frame.leader.as_deref().filter(|_| which == "leader").unwrap_or(which);
        frame.wish.targets.endpoint(system, which).map_err(impossible)
    };
    let name = |id: &str| id.rsplit_once('/').map_or(id, |(_, name)| name).to_owned();
    if let Some((method, to)) = http::method(&job.body).filter(|_| job.kind.name == "http") {
        let (system, which, path) = http::address(to).ok_or_else(|| impossible(format!("`{to}` is no address")))?;
        let id = resolve(system, &frame.filled(which)?)?;
        if let Some(slot) = body.get_mut(method) {
            *slot = Value::from(format!("{system}:{}{path}", name(&id)));
        }
        return Ok(id);
    }
    let Some((system, which)) = job.body.get("on").and_then(Value::as_str).and_then(|on| on.split_once(':')) else { return Ok(String::new()) };
    let id = resolve(system, &frame.filled(which)?)?;
    if let Some(slot) = body.get_mut("on") {
        *slot = Value::from(format!("{system}:{}", name(&id)));
    }
    Ok(id)
}

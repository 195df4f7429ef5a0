//! What a runbook includes: that it exists, that it does not come back to itself, that it is told what it wants to know.

use super::{Others, params};
use crate::config::Diagnostic;
use crate::runbook::expression::Kind;
use crate::runbook::format::{ParamType, Runbook, Step};
use crate::runbook::kinds::include;
use crate::runbook::param;
use crate::text::suggest::nearest;
use std::collections::BTreeMap;

pub(super) fn check(runbook: &Runbook, others: &dyn Others, found: &mut Vec<Diagnostic>) {
    for step in runbook.steps.iter().filter(|step| step.job.kind.name == "include") {
        let name = include::name(&step.job.body);
        let label = format!("step.{}", step.id.value);
        if name == runbook.name.value {
            found.push(Diagnostic::at(&step.job.place, format!("{label}: it includes itself")));
            continue;
        }
        let Some(other) = others.runbook(name) else {
            let names = others.names();
            let said = Diagnostic::at(&step.job.place, format!("{label}: there is no runbook `{name}`"));
            found.push(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => said.hint(format!("did you mean `{near}`?")),
                None => said.hint("`opsctl runbook list` lists them; one with errors of its own counts as none"),
            });
            continue;
        };
        if let Some(way) = leads_back(other, &runbook.name.value, others, &mut vec![name.to_owned()]) {
            let said = Diagnostic::at(&step.job.place, format!("{label}: it comes back to itself"));
            found.push(said.hint(format!("{} -> {}", runbook.name.value, way.join(" -> "))));
            continue;
        }
        alone(step, &label, found);
        told(step, other, &label, found);
    }
}

/// It stands for steps that each say for themselves what has to be true of them.
fn alone(step: &Step, label: &str, found: &mut Vec<Diagnostic>) {
    let places = [
        step.foreach.as_ref().map(|foreach| ("foreach", &foreach.item.place)),
        step.group.as_ref().map(|group| ("group", &group.place)),
        step.expect.as_ref().map(|expect| ("expect", &expect.that.place)),
        step.save.first().map(|(name, _)| ("save", &name.place)),
        step.retry.as_ref().map(|retry| ("retry", &retry.place)),
        step.hold.as_ref().map(|hold| ("hold", &hold.place)),
    ];
    for (key, place) in places.into_iter().flatten() {
        let said = Diagnostic::at(place, format!("{label}: `include` has no `{key}` of its own"));
        found.push(said.hint("the steps that it stands for have theirs; `when` is judged when the plan is made"));
    }
}

/// The way from `runbook` to one called `target`.
fn leads_back(runbook: &Runbook, target: &str, others: &dyn Others, way: &mut Vec<String>) -> Option<Vec<String>> {
    for step in runbook.steps.iter().filter(|step| step.job.kind.name == "include") {
        let name = include::name(&step.job.body);
        if name == target {
            way.push(name.to_owned());
            return Some(way.clone());
        }
        if way.iter().any(|before| before == name) {
            continue;
        }
        way.push(name.to_owned());
        if let Some(found) = others.runbook(name).and_then(|next| leads_back(next, target, others, way)) {
            return Some(found);
        }
        way.pop();
    }
    None
}

fn told(step: &Step, other: &Runbook, label: &str, found: &mut Vec<Diagnostic>) {
    let empty = serde_json::Map::new();
    let with = step.job.body.get("with").and_then(serde_json::Value::as_object).unwrap_or(&empty);
    for param in &other.params {
        let name = &param.name.value;
        match with.get(name) {
            None if param.default.is_none() => {
                let said = Diagnostic::at(&step.job.place, format!("{label}: `{}` wants to be told `{name}`", other.name.value));
                found.push(said.hint(format!("with = {{ {name} = \"..\" }}")));
            }
            Some(_) if param.of.value == ParamType::Secret => {
                let said = Diagnostic::at(&step.job.place, format!("{label}: the secret `{name}` cannot be handed on"));
                found.push(said.hint("write the steps here"));
            }
            Some(value) if !value.as_str().is_some_and(|text| text.contains("${")) => {
                if let Err((what, hint)) = param::given(param, value) {
                    found.push(Diagnostic::at(&step.job.place, format!("{label}.with.{name}: {what}")).hint(hint));
                }
            }
            _ => {}
        }
    }
    for name in with.keys().filter(|name| !other.params.iter().any(|param| param.name.value == **name)) {
        let said = Diagnostic::at(&step.job.place, format!("{label}: `{}` has no parameter `{name}`", other.name.value));
        found.push(said.meant(name, other.params.iter().map(|param| param.name.value.as_str()).collect::<Vec<_>>()));
    }
}

/// What the steps that are included save, as `STEP.THEIRS.NAME`; only what can be known without knowing what they were told.
pub(super) fn saved(step: &Step, others: &dyn Others) -> BTreeMap<String, Kind> {
    let mut all = BTreeMap::new();
    if step.job.kind.name != "include" {
        return all;
    }
    let Some(other) = others.runbook(include::name(&step.job.body)) else { return all };
    let words = super::words::Words { params: params::kinds(other), ..super::words::Words::default() };
    for theirs in &other.steps {
        let answered = words.answered(theirs.job.kind.output);
        for (name, expression) in &theirs.save {
            if let Ok(checked) = expression.check(&answered) {
                all.insert(format!("{}.{}.{}", step.id.value, theirs.id.value, name.value), checked.kind());
            }
        }
    }
    all
}

//! Spans: each lies between two steps that there are, the first of them not behind the second.

use crate::config::Diagnostic;
use crate::runbook::format::{Runbook, Said};
use crate::text::suggest::nearest;

pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let place = |end: &Said<String>| runbook.steps.iter().position(|step| step.id.value == end.value);
    for span in &runbook.spans {
        for end in [&span.from, &span.to].into_iter().filter(|end| place(end).is_none()) {
            let said = Diagnostic::at(&end.place, format!("span `{}`: no step is called `{}`", span.name, end.value));
            found.push(match nearest(&end.value, runbook.steps.iter().map(|step| step.id.value.as_str())) {
                Some(near) => said.hint(format!("did you mean `{near}`?")),
                None => said.hint("the id of a step of this file"),
            });
        }
        if place(&span.from).zip(place(&span.to)).is_some_and(|(from, to)| from > to) {
            let said = Diagnostic::at(&span.to.place, format!("span `{}`: `{}` comes before `{}`", span.name, span.to.value, span.from.value));
            found.push(said.hint("`from` is the earlier one"));
        }
    }
}

//! Parameters: that a default is of its type, that an `enum` has its words, that a secret has no value in a file.

use crate::config::Diagnostic;
use crate::runbook::expression::Kind;
use crate::runbook::format::{ParamType, Risk, Runbook};
use crate::runbook::param::{given, kind};
use std::collections::BTreeMap;

/// `params.NAME` with the kind of each.
pub(super) fn kinds(runbook: &Runbook) -> BTreeMap<String, Kind> {
    runbook.params.iter().map(|param| (format!("params.{}", param.name.value), kind(param.of.value))).collect()
}

pub(super) fn check(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    for param in &runbook.params {
        let label = format!("params.{}", param.name.value);
        match (param.of.value, &param.values_place) {
            (ParamType::Enum, None) => {
                found.push(Diagnostic::at(&param.of.place, format!("{label}: an `enum` needs its words")).hint("values = [\"..\", \"..\"]"));
            }
            (ParamType::Enum, _) | (_, None) => {}
            (_, Some(place)) => found.push(Diagnostic::at(place, format!("{label}: `values` belong to an `enum`")).hint("type = \"enum\"")),
        }
        if let Some(default) = &param.default
            && let Err((what, hint)) = given(param, &default.value)
        {
            found.push(Diagnostic::at(&default.place, format!("{label}: {what}")).hint(hint));
        }
    }
    typed(runbook, found);
}

/// What is typed to confirm it, beside the name of the cluster.
fn typed(runbook: &Runbook, found: &mut Vec<Diagnostic>) {
    let Some(typed) = &runbook.typed else { return };
    let said = |what: String| Diagnostic::at(&typed.place, what);
    match runbook.params.iter().find(|param| param.name.value == typed.value) {
        None => {
            let names: Vec<&str> = runbook.params.iter().map(|param| param.name.value.as_str()).collect();
            found.push(said(format!("there is no parameter `{}`", typed.value)).meant(&typed.value, names));
        }
        Some(param) if param.of.value == ParamType::Secret => found.push(said("a secret is never typed to confirm something".to_owned())),
        Some(_) if runbook.risk.value != Risk::High => {
            found.push(said("nothing is typed where the risk is not high".to_owned()).hint("risk = \"high\", or leave `typed` out"));
        }
        Some(_) => {}
    }
}

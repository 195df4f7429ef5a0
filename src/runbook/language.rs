//! The language as a run speaks it: the texts of a plan, evaluated over what the run knows. Their kinds come from the plan itself: facts are declared, parameters
//! carry their types, saved values have the kinds of what saved them.
//!
//! It must never guess a kind: a text that does not pass the same checks as in a file is unknown.

use super::expression::{Checked, Field, Kind, Truth as Told, Values, Vocabulary};
use super::fill::fill;
use super::format::ParamType;
use super::{facts, kinds, param};
use crate::engine::expression::{Expr, Language, Scope, Truth};
use crate::engine::plan::Plan;
use crate::model::{Gap, Reason};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The fields that an answer of any kind may have.
static OUTPUT: LazyLock<Vec<Field>> = LazyLock::new(|| kinds::all().flat_map(|kind| kind.output.iter().copied()).collect());

/// The language of one plan.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// `params.NAME` and `STEP.NAME`.
    kinds: BTreeMap<String, Kind>,
}

impl Spoken {
    #[must_use]
    pub fn of(plan: &Plan) -> Spoken {
        let params = plan.params.iter().filter_map(|(name, param)| Some((format!("params.{name}"), ParamType::named(&param.kind).map(param::kind)?)));
        let mut spoken = Spoken { kinds: params.collect() };
        for step in &plan.steps {
            let saved: Vec<(String, Kind)> = step
                .save
                .iter()
                .filter_map(|(name, expr)| Some((format!("{}.{name}", step.id), Checked::read(&expr.text, &spoken).ok()?.kind())))
                .collect();
            spoken.kinds.extend(saved);
        }
        spoken
    }

    /// Says what `name` is.
    pub(super) fn learn(&mut self, name: String, kind: Kind) {
        self.kinds.insert(name, kind);
    }

    fn read(&self, expr: &Expr) -> Result<Checked, Vec<Gap>> {
        Checked::read(&expr.text, self).map_err(|why| vec![Gap::new(expr.text.clone(), Reason::Untold(why))])
    }
}

impl Vocabulary for Spoken {
    fn kind(&self, name: &str) -> Option<Kind> {
        let declared = facts::find(name).map(|fact| fact.kind);
        declared.or_else(|| self.kinds.get(name).copied()).or_else(|| (name == "output").then(|| Kind::Record(&OUTPUT)))
    }

    fn names(&self) -> Vec<String> {
        facts::FACTS.iter().map(|fact| fact.name.to_owned()).chain(self.kinds.keys().cloned()).collect()
    }
}

/// What a run knows.
struct Now<'a>(&'a Scope);

impl Values for Now<'_> {
    fn value(&self, name: &str) -> Result<Value, Gap> {
        let missing = || Gap::new(name, Reason::NotAskedYet);
        if name == "output" {
            return self.0.output.clone().ok_or_else(missing);
        }
        if let Some(param) = name.strip_prefix("params.") {
            return self.0.params.get(param).cloned().ok_or_else(missing);
        }
        if let Some(fact) = self.0.facts.get(name) {
            return fact.known(name).cloned();
        }
        let saved = name.rsplit_once('.').and_then(|(step, key)| self.0.saved.get(step)?.get(key));
        saved.cloned().ok_or_else(missing)
    }
}

impl Language for Spoken {
    fn truth(&self, expr: &Expr, scope: &Scope) -> Truth {
        match self.read(expr).map(|checked| checked.truth(&Now(scope))) {
            Ok(Told::True) => Truth::True,
            Ok(Told::False) => Truth::False,
            Ok(Told::Unknown(gaps)) | Err(gaps) => Truth::Unknown(gaps),
        }
    }

    fn value(&self, expr: &Expr, scope: &Scope) -> Result<Value, Vec<Gap>> {
        self.read(expr)?.evaluate(&Now(scope))
    }

    fn fill(&self, body: &Value, scope: &Scope) -> Result<Value, Vec<Gap>> {
        fill(body, self, &Now(scope))
    }
}

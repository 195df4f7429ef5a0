//! What may be named at one place of a runbook: facts, parameters, what former steps saved, the item of a `foreach`, the answer of the step itself.

use crate::runbook::expression::{Field, Kind, Vocabulary};
use crate::runbook::facts;
use std::collections::{BTreeMap, BTreeSet};

/// The names at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// `params.NAME`
    pub params: BTreeMap<String, Kind>,
    /// `STEP.NAME` of the steps before.
    pub saved: BTreeMap<String, Kind>,
    /// `STEP.NAME` of this step's neighbours in its group and of those after it.
    pub later: BTreeSet<String>,
    /// The steps of the file.
    pub steps: BTreeSet<String>,
    /// What one record of a `foreach` is called, with its fields.
    pub item: Option<(String, &'static [Field])>,
    /// The fields of the answer.
    pub output: Option<&'static [Field]>,
    /// Why what was saved cannot be named, where it cannot.
    pub fixed: Option<&'static str>,
}

impl Words {
    /// The same without what is only known while it runs; `why` says so.
    pub(super) fn at_plan(&self, why: &'static str) -> Words {
        Words { fixed: Some(why), output: None, ..self.clone() }
    }

    pub(super) fn answered(&self, output: &'static [Field]) -> Words {
        Words { output: Some(output), ..self.clone() }
    }
}

impl Vocabulary for Words {
    fn kind(&self, name: &str) -> Option<Kind> {
        if let Some(fact) = facts::find(name) {
            return Some(fact.kind);
        }
        if let Some(kind) = self.params.get(name) {
            return Some(*kind);
        }
        if let Some(kind) = self.saved.get(name).filter(|_| self.fixed.is_none()) {
            return Some(*kind);
        }
        if let Some((_, fields)) = self.item.as_ref().filter(|(item, _)| item == name) {
            return Some(Kind::Record(fields));
        }
        self.output.filter(|_| name == "output").map(Kind::Record)
    }

    fn names(&self) -> Vec<String> {
        let saved = self.saved.keys().filter(|_| self.fixed.is_none());
        let mut all: Vec<String> =
            facts::FACTS.iter().map(|fact| fact.name.to_owned()).chain(self.params.keys().cloned()).chain(saved.cloned()).collect();
        let record = |name: &str, fields: &[Field]| fields.iter().map(|field| format!("{name}.{}", field.name)).collect::<Vec<_>>();
        all.extend(self.item.iter().flat_map(|(name, fields)| record(name, fields)));
        all.extend(self.output.iter().flat_map(|fields| record("output", fields)));
        all
    }

    fn elsewhere(&self, name: &str) -> Option<(String, String)> {
        if let (Some(why), true) = (self.fixed, self.saved.contains_key(name)) {
            return Some((format!("`{name}` is only known while it runs"), why.to_owned()));
        }
        if self.later.contains(name) {
            return Some((
                format!("`{name}` is not saved yet"),
                "only steps before this one, and not beside it in its group, have saved anything".to_owned(),
            ));
        }
        if let Some((step, wanted)) = name.split_once('.').filter(|(step, _)| self.steps.contains(*step)) {
            return Some((format!("the step `{step}` saves nothing called `{wanted}`"), format!("there: save = {{ {wanted} = \"..\" }}")));
        }
        if name.starts_with("output.") || name == "output" {
            let what = "there is no answer here";
            return Some((what.to_owned(), "`output` is the answer of the step itself, in its `save` and `expect`".to_owned()));
        }
        None
    }
}

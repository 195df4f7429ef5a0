//! Where a step stands while a plan is made: inside of which runbook, for which item, and what its names mean there.

use super::{Known, NoPlan, Warned, Wish};
use crate::engine::plan as engine;
use crate::runbook::expression::rewrite::{self, Moved};
use crate::runbook::expression::{Checked, Field, Filled, Kind, Truth};
use crate::runbook::format::ParamType;
use crate::runbook::language::Spoken;
use crate::runbook::param;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Who knows the endpoints.
pub trait Targets {
    /// The one endpoint that `system:which` means, by its id `SYSTEM/NAME`. `which` is the name of one, or a word of the system: `leader`, `any` that answers; empty: the first.
    ///
    /// # Errors
    /// Why there is none, in one sentence.
    fn endpoint(&self, system: &str, which: &str) -> Result<String, String>;
}

/// One place.
pub(super) struct Frame<'a, 'w> {
    pub(super) wish: &'a Wish<'w>,
    pub(super) known: &'a Known<'a>,
    pub(super) spoken: &'a mut Spoken,
    /// In front of the names of steps.
    pub(super) prefix: String,
    /// What an included runbook is told; `None`: it is the runbook itself.
    pub(super) told: Option<BTreeMap<String, (ParamType, Value)>>,
    /// The names of the steps of this runbook.
    pub(super) steps: Vec<String>,
    /// What the record of a `foreach` is called, its fields, and the record.
    pub(super) item: Option<(String, &'static [Field], Map<String, Value>)>,
    /// Who leads when its steps begin; `None`: who leads now.
    pub(super) leader: Option<String>,
    /// A step before this place changes something: what is true now may not be true then.
    pub(super) changed: bool,
    /// The texts of the runbooks that were included.
    pub(super) texts: Vec<String>,
    /// What gates only warn of.
    pub(super) warned: Vec<Warned>,
    /// What the report is to tell.
    pub(super) spans: Vec<engine::Span>,
}

impl<'a, 'w> Frame<'a, 'w> {
    pub(super) fn new(wish: &'a Wish<'w>, known: &'a Known<'a>, spoken: &'a mut Spoken) -> Self {
        let steps = wish.runbook.steps.iter().map(|step| step.id.value.clone()).collect();
        Frame {
            wish,
            known,
            spoken,
            prefix: String::new(),
            told: None,
            steps,
            item: None,
            leader: None,
            changed: false,
            texts: Vec::new(),
            warned: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// What a name becomes in the plan.
    fn becomes(&self, name: &str) -> Option<Moved> {
        if let Some((item, fields, record)) = &self.item
            && let Some(wanted) = name.strip_prefix(item.as_str()).and_then(|rest| rest.strip_prefix('.'))
        {
            let field = fields.iter().find(|field| field.name == wanted)?;
            return Some(match record.get(wanted).filter(|value| !value.is_null()) {
                Some(value) => Moved::Value(value.clone(), field.scalar),
                None => Moved::Unknown(format!("`{name}` is not known")),
            });
        }
        let told = self.told.as_ref()?;
        if let Some((of, value)) = name.strip_prefix("params.").and_then(|param| told.get(param)) {
            return match param::kind(*of) {
                Kind::One(scalar) => Some(Moved::Value(value.clone(), scalar)),
                _ => None,
            };
        }
        let step = name.split('.').next().unwrap_or(name);
        self.steps.iter().any(|own| own == step).then(|| Moved::Name(format!("{}{name}", self.prefix)))
    }

    /// An expression as the plan has it.
    pub(super) fn moved(&self, text: &str) -> Result<String, String> {
        rewrite::moved(text, &|name| self.becomes(name))
    }

    /// A text with `${..}` as the plan has it; what is a value already stands there as it is.
    pub(super) fn moved_template(&self, text: &str) -> Result<String, String> {
        Filled::moved(text, &|name| self.becomes(name))
    }

    /// The text that a template comes to now.
    pub(super) fn filled(&self, text: &str) -> Result<String, NoPlan> {
        let moved = self.moved_template(text).map_err(impossible)?;
        Filled::read(&moved, &*self.spoken).map_err(impossible)?.fill(self.known).map_err(NoPlan::Unknown)
    }

    /// What an expression of the plan comes to now.
    pub(super) fn value(&self, moved: &str) -> Result<(Kind, Value), NoPlan> {
        let checked = Checked::read(moved, &*self.spoken).map_err(impossible)?;
        Ok((checked.kind(), checked.evaluate(self.known).map_err(NoPlan::Unknown)?))
    }

    /// What a condition of the plan comes to now.
    pub(super) fn truth(&self, moved: &str) -> Result<Truth, NoPlan> {
        Ok(Checked::read(moved, &*self.spoken).map_err(impossible)?.truth(self.known))
    }
}

pub(super) fn impossible(why: String) -> NoPlan {
    NoPlan::Impossible(vec![why])
}

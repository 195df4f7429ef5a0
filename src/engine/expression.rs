//! What a run asks of the expression language: whether a condition is true, what a value is, what a body says. Three-valued: what is not known is never true
//! and never false.

use super::facts::Fact;
use crate::model::Gap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A condition or a value, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expr {
    pub text: String,
    /// The facts that it names, by their dotted names, sorted: they are read before it is judged.
    pub facts: Vec<String>,
}

/// What a condition came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    True,
    False,
    /// What would have to be known, and why it is not.
    Unknown(Vec<Gap>),
}

/// What an expression may name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// `params.X`. Secrets are not among them.
    pub params: Map<String, Value>,
    /// `STEP.X`: what a step saved.
    pub saved: BTreeMap<String, Map<String, Value>>,
    /// Facts by their dotted names; one that is missing is not known.
    pub facts: BTreeMap<String, Fact>,
    /// `output`: what the step itself answered, where it is judged or saved.
    pub output: Option<Value>,
}

/// The language that expressions are written in.
pub trait Language: Send + Sync {
    /// Whether `expr` holds.
    fn truth(&self, expr: &Expr, scope: &Scope) -> Truth;

    /// What `expr` comes to.
    ///
    /// # Errors
    /// What is not known of what it names.
    fn value(&self, expr: &Expr, scope: &Scope) -> Result<Value, Vec<Gap>>;

    /// `body` with every `${...}` in it replaced by its value.
    ///
    /// # Errors
    /// What is not known of what it names.
    fn fill(&self, body: &Value, scope: &Scope) -> Result<Value, Vec<Gap>>;
}

//! What a step can do: one file a kind, one line here. The kinds of a system come from the system.
//!
//! A kind sends at most one request that changes something, to one target. It must never put a value into a text that a shell or a server reads as a
//! language.

mod approve;
pub mod check;
pub mod exec;
pub mod http;
pub(super) mod include;
mod manual;
mod notify;
mod reach;
pub(super) mod release;
pub mod sql;
pub mod statement;
mod wait;

pub use crate::engine::BodyProblem as Problem;
pub use crate::engine::Effect;

use super::expression::Field;
use super::facts;
use crate::engine::{Building, StepKind, Work};
use crate::systems::registry::SYSTEMS;
use serde_json::Value;
use std::sync::LazyLock;

/// One kind of step.
pub struct Kind {
    /// The key in a step.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The schema of its body.
    pub schema: fn() -> Value,
    /// What a body does, as it is written.
    pub effect: fn(&Value) -> Effect,
    /// What is wrong with a body that the schema cannot see.
    pub check: fn(&Value) -> Vec<Problem>,
    /// The exact call of a body, in one line.
    pub call: fn(&Value) -> String,
    /// The fields of its answer, `output`.
    pub output: &'static [Field],
    /// JSON pointers to the conditions in a body.
    pub conditions: &'static [&'static str],
    /// Whether it can take another effect back.
    pub undoes: bool,
    /// Makes its work. `None`: there is none when a plan runs, or it takes what only the room above knows.
    pub build: Option<Build>,
}

/// Makes the work of a step from its body; an error is one sentence.
pub type Build = fn(&Building<'_>) -> Result<Work, String>;

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

static ALL: &[&Kind] = &[
    &check::CHECK,
    &wait::WAIT,
    &http::HTTP,
    &sql::SQL,
    &exec::EXEC,
    &approve::APPROVE,
    &manual::MANUAL,
    &notify::NOTIFY,
    &include::INCLUDE,
    &release::RELEASE,
];

/// Those of the systems, in the order of the systems, each with the fields of its answer.
static DECLARED: LazyLock<Vec<(&StepKind, Vec<Field>)>> = LazyLock::new(|| {
    let fields =
        |kind: &'static StepKind| kind.output.iter().filter_map(|(name, of, doc)| Some(Field { name, scalar: facts::scalar(*of)?, doc })).collect();
    SYSTEMS.iter().flat_map(|system| system.kinds()).map(|kind| (kind, fields(kind))).collect()
});

static OF_SYSTEMS: LazyLock<Vec<Kind>> = LazyLock::new(|| DECLARED.iter().map(|(kind, output)| of_system(kind, output)).collect());

const fn of_system(kind: &StepKind, output: &'static [Field]) -> Kind {
    Kind {
        name: kind.name,
        doc: kind.doc,
        schema: kind.schema,
        effect: kind.effect,
        check: kind.check,
        call: kind.call,
        output,
        conditions: &[],
        undoes: true,
        build: Some(kind.build),
    }
}

/// All kinds, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    ALL.iter().copied().chain(OF_SYSTEMS.iter())
}

/// The kind called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Kind> {
    all().find(|kind| kind.name == name)
}

fn nothing_wrong(_body: &Value) -> Vec<Problem> {
    Vec::new()
}

/// A text of a body; empty where there is none.
fn word<'a>(body: &'a Value, key: &str) -> &'a str {
    body.get(key).and_then(Value::as_str).unwrap_or("")
}

/// The texts of a list of a body.
fn words<'a>(body: &'a Value, key: &str) -> Vec<&'a str> {
    body.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_kinds_are_their_own() {
        let common = crate::runbook::format::schema::common_keys();
        for kind in all() {
            assert!(!common.contains(&kind.name), "{} is a key of every step", kind.name);
            assert_eq!(all().filter(|other| other.name == kind.name).count(), 1, "{}", kind.name);
        }
    }

    #[test]
    fn only_what_changes_something_takes_something_back() {
        for kind in all().filter(|kind| !kind.undoes) {
            assert!(!matches!((kind.effect)(&Value::Null), Effect::Changes) || matches!(kind.name, "include" | "release"), "{}", kind.name);
        }
    }
}

//! A runbook as it was written: typed, each part with its place. What its names mean and whether it can be run is not yet said; `validate` says that.
//!
//! It must never hold a value that a server said: all of it comes from the file.

pub mod schema;
pub mod shape;

use crate::config::{Diagnostic, Place};
use crate::runbook::expression::{Expression, Template};
use crate::runbook::kinds::Kind;
use jiff::civil::Date;
use serde_json::Value;
use std::time::Duration;

/// Something that was said at a place.
#[derive(Clone, Debug)]
pub struct Said<T> {
    pub value: T,
    pub place: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Risk::Low => "low",
            Risk::Medium => "medium",
            Risk::High => "high",
        }
    }
}

/// What happens when a step fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnFailure {
    Ask,
    Rollback,
    Stop,
}

/// A whole runbook.
#[derive(Clone, Debug)]
pub struct Runbook {
    pub name: Said<String>,
    pub summary: String,
    pub why: Option<String>,
    pub risk: Said<Risk>,
    pub impact: Option<String>,
    /// Whether nobody else may run anything on the cluster meanwhile.
    pub lock: bool,
    /// People besides the one who starts it.
    pub approvals: u32,
    pub on_failure: OnFailure,
    /// A cancelled run is rolled back where nobody can be asked.
    pub rollback_on_cancel: bool,
    pub rehearsed: Option<Said<Date>>,
    /// The parameter that is typed behind the name of the cluster.
    pub typed: Option<Said<String>>,
    /// What the confirmation is bound to.
    pub binds: Vec<Expression>,
    pub params: Vec<Param>,
    pub abort_when: Vec<Abort>,
    pub spans: Vec<Span>,
    pub steps: Vec<Step>,
    /// The text of the file.
    pub text: String,
}

/// The type of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    Text,
    Whole,
    Flag,
    Enum,
    Duration,
    Size,
    Timestamp,
    Lsn,
    Member,
    Database,
    Secret,
}

impl ParamType {
    /// All of them, with the words of the format.
    pub const ALL: [(&'static str, ParamType); 11] = [
        ("string", ParamType::Text),
        ("int", ParamType::Whole),
        ("bool", ParamType::Flag),
        ("enum", ParamType::Enum),
        ("duration", ParamType::Duration),
        ("size", ParamType::Size),
        ("timestamp", ParamType::Timestamp),
        ("lsn", ParamType::Lsn),
        ("member", ParamType::Member),
        ("database", ParamType::Database),
        ("secret", ParamType::Secret),
    ];

    /// The word of the format.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, of)| *of == self).map_or("string", |(word, _)| *word)
    }

    /// The type called `word`.
    #[must_use]
    pub fn named(word: &str) -> Option<ParamType> {
        Self::ALL.iter().find(|(known, _)| *known == word).map(|(_, of)| *of)
    }
}

/// What a runbook is told when it starts.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: Said<String>,
    pub of: Said<ParamType>,
    pub doc: Option<String>,
    pub check: Option<Expression>,
    /// As it is written.
    pub default: Option<Said<Value>>,
    pub values: Vec<String>,
    /// Where `values` stand, if they do.
    pub values_place: Option<Place>,
}

/// What is watched during the run.
#[derive(Clone, Debug)]
pub struct Abort {
    pub that: Expression,
    pub why: String,
    pub every: Duration,
}

/// A stretch of the run whose length its report tells.
#[derive(Clone, Debug)]
pub struct Span {
    pub name: String,
    /// The step with which it begins.
    pub from: Said<String>,
    /// The step whose proof ends it.
    pub to: Said<String>,
    /// Its goal is the `rto_goal` of the cluster.
    pub rto: bool,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    pub id: Said<String>,
    pub why: Option<String>,
    pub when: Option<Expression>,
    pub once: Option<Expect>,
    pub foreach: Option<Foreach>,
    pub group: Option<Said<String>>,
    pub job: Job,
    pub expect: Option<Expect>,
    pub save: Vec<(Said<String>, Expression)>,
    pub timeout: Duration,
    /// Whether the file says the timeout.
    pub timeout_said: bool,
    pub retry: Option<Said<Retry>>,
    pub idempotent: bool,
    pub probe: Option<Probe>,
    pub undo: Option<Undo>,
    /// Where it says so, if it does.
    pub finally: Option<Place>,
    pub hold: Option<Said<Duration>>,
    pub point_of_no_return: Option<Place>,
}

/// Once for each record of a list.
#[derive(Clone, Debug)]
pub struct Foreach {
    /// What one record is called.
    pub item: Said<String>,
    pub list: Expression,
}

/// What has to be true after a step, or before it begins.
#[derive(Clone, Debug)]
pub struct Expect {
    pub that: Expression,
    pub every: Duration,
    pub within: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// In all.
    pub attempts: u32,
    pub pause: Duration,
    pub factor: u32,
}

/// How to find out whether an effect happened.
#[derive(Clone, Debug)]
pub struct Probe {
    pub applied: Expression,
    pub absent: Expression,
    pub every: Duration,
    pub within: Duration,
    /// Also while the answer is awaited.
    pub meanwhile: bool,
    /// A text.
    pub tells: Option<Expression>,
}

/// The effect that takes another one back.
#[derive(Clone, Debug)]
pub struct Undo {
    pub place: Place,
    pub why: Option<String>,
    pub job: Job,
    pub timeout: Duration,
    pub idempotent: bool,
}

/// What a step does: its kind, and the body that the kind understands.
#[derive(Clone, Debug)]
pub struct Job {
    pub kind: &'static Kind,
    /// Where the kind is named.
    pub place: Place,
    /// With every `${..}` as it is written.
    pub body: Value,
    pub pieces: Vec<Piece>,
}

/// A text in a body that means something.
#[derive(Clone, Debug)]
pub enum Piece {
    Condition(Expression),
    Value(Expression),
    Template(Template),
    /// `SYSTEM:WHICH`
    Target(Template),
    /// The parameter that holds a secret.
    Secret(Said<String>),
}

/// What is wrong with a file: errors that keep it from being run, warnings that do not.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

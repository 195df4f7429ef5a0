//! Checks in the form of monitoring plugins: one question, one line, one exit code (0 ok, 1 warning, 2 critical, 3 unknown), with performance data.
//!
//! Every rule is a check by its identifier; the checks of `check_patroni` have its names. A check that cannot know says UNKNOWN, never OK.

mod patroni_cluster;
mod patroni_node;
pub mod range;
mod rule;

use super::Observed;
use super::views::BadPick;
use crate::fleet::Cluster;
use crate::text::Untrusted;
use range::Range;
use std::fmt::Write;

/// The state of a plugin, with its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum State {
    Ok = 0,
    Warning = 1,
    Critical = 2,
    Unknown = 3,
}

impl State {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            State::Ok => "OK",
            State::Warning => "WARNING",
            State::Critical => "CRITICAL",
            State::Unknown => "UNKNOWN",
        }
    }
}

/// A number for graphs: `label=value[unit];warn;crit`.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    pub label: String,
    /// `None`: not known, written as `U`.
    pub value: Option<f64>,
    /// `s`, `B`, `%`, or nothing.
    pub unit: &'static str,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub state: State,
    pub text: Untrusted,
    pub measures: Vec<Measure>,
}

impl Said {
    pub fn new(state: State, text: impl Into<Untrusted>) -> Self {
        Said { state, text: text.into(), measures: Vec::new() }
    }

    #[must_use]
    pub fn measure(mut self, label: impl Into<String>, value: Option<f64>, unit: &'static str) -> Self {
        self.measures.push(Measure { label: label.into(), value, unit });
        self
    }

    /// The one line that a plugin prints, without its line end: `NAME STATE - text | perfdata`.
    #[must_use]
    pub fn line(&self, name: &str, limits: &Limits) -> String {
        // a bar would begin the performance data
        let text = self.text.shown().replace('|', "/");
        let mut line = format!("{} {} - {text}", name.to_uppercase().replace('-', "_"), self.state.word());
        for (at, measure) in self.measures.iter().enumerate() {
            line.push_str(if at == 0 { " | " } else { " " });
            let label: String = measure.label.chars().map(|c| if c.is_ascii_alphanumeric() || "._-/".contains(c) { c } else { '_' }).collect();
            let value = measure.value.map_or_else(|| "U".to_owned(), |value| format!("{value}{}", measure.unit));
            // the ranges judge the first number
            let limit = |range: Option<Range>| range.filter(|_| at == 0).map(|range| range.to_string()).unwrap_or_default();
            let _infallible = write!(line, "{label}={value};{};{}", limit(limits.warning), limit(limits.critical));
        }
        line
    }
}

/// What was said with the check.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub warning: Option<Range>,
    pub critical: Option<Range>,
    pub member: Option<String>,
    /// What the value is compared with: a hash, a version, a timeline.
    pub expected: Option<String>,
}

impl Limits {
    /// The state that `value` has by the ranges.
    #[must_use]
    pub fn state(&self, value: f64) -> State {
        match () {
            () if self.critical.is_some_and(|range| range.alerts(value)) => State::Critical,
            () if self.warning.is_some_and(|range| range.alerts(value)) => State::Warning,
            () => State::Ok,
        }
    }
}

/// A check by its name.
pub struct CheckDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub run: fn(&Observed, &Cluster, &Limits) -> Said,
}

/// The checks that are no rule, in the order of the help.
pub static CHECKS: &[CheckDef] = &[
    patroni_cluster::HAS_LEADER,
    patroni_cluster::HAS_REPLICA,
    patroni_cluster::NODE_COUNT,
    patroni_cluster::IS_IN_MAINTENANCE,
    patroni_cluster::HAS_SCHEDULED_ACTION,
    patroni_cluster::CONFIG_HAS_CHANGED,
    patroni_node::IS_ALIVE,
    patroni_node::IS_LEADER,
    patroni_node::IS_PRIMARY,
    patroni_node::IS_REPLICA,
    patroni_node::IS_PENDING_RESTART,
    patroni_node::PATRONI_VERSION,
    patroni_node::TL_HAS_CHANGED,
];

/// Every name that can be checked, with what it says.
#[must_use]
pub fn names() -> Vec<(&'static str, &'static str)> {
    let rules = crate::health::judge::every_rule();
    let mut names: Vec<_> = CHECKS.iter().map(|check| (check.name, check.doc)).collect();
    for rule in rules {
        // two systems may keep a rule of one name
        if !names.iter().any(|(name, _)| *name == rule.id) {
            names.push((rule.id, rule.sentence));
        }
    }
    names
}

/// Runs the check called `name` on `cluster`.
///
/// # Errors
/// There is no such check.
pub fn run(name: &str, observed: &Observed, cluster: &Cluster, limits: &Limits) -> Result<Said, BadPick> {
    if let Some(check) = CHECKS.iter().find(|check| check.name == name) {
        return Ok((check.run)(observed, cluster, limits));
    }
    if crate::health::judge::every_rule().iter().any(|rule| rule.id == name) {
        return Ok(rule::run(name, observed, cluster, limits));
    }
    Err(BadPick::new("check", name, names().into_iter().map(|(name, _)| name)))
}

//! The second step of the configuration: what only the systems know. Keys and forms of endpoint bodies, identifiers and knobs of rules.
//!
//! It must not know what a key means, only its form; and it must not contact anybody.

mod address;
mod body;
mod rules;

use super::contract::{AnySystem, RuleInfo};
use crate::config::{Diagnostic, Draft, Place};
use std::collections::BTreeSet;

/// What is wrong with `draft`. `rules` are those that no single system owns.
#[must_use]
pub fn check(systems: &[&dyn AnySystem], rules: &[&RuleInfo], draft: &Draft) -> Vec<Diagnostic> {
    let mut report = Report::default();
    for raw in &draft.bodies {
        body::check(systems, raw, &mut report);
    }
    let mut known: Vec<&RuleInfo> = systems.iter().flat_map(|system| system.rules()).collect();
    known.extend(rules);
    for threshold in &draft.thresholds {
        rules::check(&known, threshold, &mut report);
    }
    report.found
}

/// Whether `text` is the URL of an HTTP server.
///
/// # Errors
/// What is wrong, without the text: it may have a password inside.
pub fn url(text: &str) -> Result<(), &'static str> {
    address::url(text)
}

/// Errors, each place once: a default shows up in every endpoint that takes it.
#[derive(Default)]
struct Report {
    found: Vec<Diagnostic>,
    seen: BTreeSet<(usize, usize)>,
}

impl Report {
    fn once(&mut self, place: &Place, say: impl FnOnce() -> Diagnostic) {
        if self.seen.insert(place.identity()) {
            self.found.push(say());
        }
    }
}

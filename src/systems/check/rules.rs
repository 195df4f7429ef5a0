//! One threshold against the rule that owns it.

use super::Report;
use crate::config::{Diagnostic, RawThreshold, path};
use crate::systems::contract::RuleInfo;

pub(super) fn check(known: &[&RuleInfo], threshold: &RawThreshold, report: &mut Report) {
    let Some(rule) = known.iter().find(|rule| rule.id == threshold.rule) else {
        report.once(&threshold.rule_place, || {
            let what = format!("{}: there is no rule \"{}\"", threshold.label, threshold.rule);
            Diagnostic::at(&threshold.rule_place, what).meant(&threshold.rule, known.iter().map(|rule| rule.id))
        });
        return;
    };
    let Some(knob) = rule.knobs.iter().find(|knob| knob.name == threshold.knob.name) else {
        report.once(&threshold.knob.place, || {
            let error = Diagnostic::unknown(&threshold.knob, format!("{}: unknown threshold `{}`", threshold.label, threshold.knob.name));
            if rule.knobs.is_empty() {
                error.hint("this rule has no thresholds")
            } else {
                error.meant(&threshold.knob.name, rule.knobs.iter().map(|knob| knob.name))
            }
        });
        return;
    };
    if !knob.default.is_like(threshold.value) {
        report.once(&threshold.knob.node.place, || {
            let label = path::join(&threshold.label, knob.name);
            let what = format!("{label}: expected {}, found {}", knob.default.kind(), threshold.value.kind());
            Diagnostic::at(&threshold.knob.node.place, what).hint(format!("the default is {}", knob.default))
        });
    }
}

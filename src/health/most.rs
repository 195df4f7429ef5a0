//! How much of one rule on one endpoint is said. Ten thousand findings of a kind are one fact, and whoever sends them must not be able to bury the rest.
//!
//! It must never hide that there are more, nor how bad they are.

use crate::model::Subject;
use crate::systems::contract::{Raised, RuleInfo};
use std::cmp::Reverse;

/// Findings of one rule on one endpoint that are told one by one.
const MOST: usize = 50;

/// `raised`, or the worst of it with one finding for all the others. A rule over a cluster has no more to say than the cluster has members.
pub(super) fn said(rule: &RuleInfo, place: &Subject, mut raised: Vec<Raised>) -> Vec<Raised> {
    if place.member.is_none() || raised.len() <= MOST {
        return raised;
    }
    // the same ones at each look, as long as the server tells them in the same order
    raised.sort_by_key(|one| Reverse(one.severity));
    let rest = raised.split_off(MOST);
    let began = rest.iter().filter_map(|one| one.began).min_by_key(|began| began.at());
    let worst = rest.iter().max_by_key(|one| one.severity);
    raised.extend(worst.map(|worst| Raised {
        began,
        evidence: worst.evidence.clone(),
        ..Raised::new(worst.severity, format!("{}: and {} more", rule.sentence, grouped(rest.len()))).object("more")
    }));
    raised
}

/// `9,950`
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let comma = |at: usize| at > 0 && (digits.len() - at).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(at, digit)| comma(at).then_some(',').into_iter().chain([digit])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity::{Critical, Warning};

    const RULE: RuleInfo = RuleInfo { id: "server-down", sentence: "a server is down", required: false, knobs: &[], cure: "" };

    fn place(member: Option<&str>) -> Subject {
        Subject { cluster: "orders".into(), system: None, member: member.map(str::to_owned), object: None }
    }

    #[test]
    fn the_worst_are_told_and_the_others_are_counted() {
        let raised = |count: usize| (0..count).map(|at| Raised::new(if at == 9_999 { Critical } else { Warning }, format!("server {at}"))).collect();
        let said = said(&RULE, &place(Some("ha1")), raised(10_000));
        assert_eq!((said.len(), said[0].severity, said[0].sentence.raw()), (MOST + 1, Critical, "server 9999"));
        let last = said.last().expect("more");
        assert_eq!((last.severity, last.sentence.raw()), (Warning, "a server is down: and 9,950 more"));
        assert_eq!(super::said(&RULE, &place(Some("ha1")), raised(MOST)).len(), MOST);
        assert_eq!(super::said(&RULE, &place(None), raised(1_000)).len(), 1_000, "a rule over a cluster");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([1, 999, 1_000, 9_950, 1_234_567].map(grouped), ["1", "999", "1,000", "9,950", "1,234,567"]);
    }
}

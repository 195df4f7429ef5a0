//! The store's word on a member whose own word cannot be had: no endpoint leads to it, or it does not answer. A member that can be asked is judged by its
//! own Patroni alone.

use crate::health::patroni::{Told, known_as};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::{Gap, Reason, Severity};
use crate::systems::contract::{Knobs, Raised, Verdict, settled};
use crate::systems::patroni::picture::Row;
use crate::systems::patroni::words::{ClusterRole, Phase};
use crate::systems::twofold::MEMBER_NOT_RUNNING;

pub(super) const RULE: ClusterRule = ClusterRule { info: MEMBER_NOT_RUNNING, judge };

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let told = Told::of(view);
    if told.is_absent() {
        return Ok(Vec::new());
    }
    let picture = told.picture()?;
    let mut raised = Vec::new();
    let mut gap = None;
    for row in &picture.value.members {
        let member = told.member_of(row);
        if member.is_some_and(|member| member.view.is_ok()) {
            continue;
        }
        let name = known_as(&told, row);
        let Some(severity) = severity(row) else {
            // that it runs is the store's word alone, which may be a ttl old; who does not answer is a gap of his own
            if member.is_none() {
                let why = "no endpoint leads to this member; the store says that it runs".to_owned();
                gap = gap.or_else(|| Some(Gap::new(format!("own words of {name}"), Reason::NotConfigured(why))));
            }
            continue;
        };
        let (role, state) = (row.role.word(), row.state.word());
        let sentence = match (row.state.phase(), &row.role) {
            (Phase::Unknown, _) => format!("the store says that the state of {name} is \"{state}\", a word that is not known here (role {role})"),
            (_, ClusterRole::Other(word)) => {
                format!("the store says that the role of {name} is \"{word}\", a word that is not known here (state {state})")
            }
            _ => format!("{name} is {state}, as the store says (role {role})"),
        };
        let fact = format!("{}: state {state}, role {role}", row.name);
        raised.push(Raised::new(severity, sentence).on(name).seen(picture.witness.as_str(), fact, picture.taken_at));
    }
    settled(raised, gap)
}

/// How bad it is; `None` for a member that runs.
fn severity(row: &Row) -> Option<Severity> {
    match (row.state.phase(), &row.role) {
        (Phase::Up, ClusterRole::Other(_)) => Some(Severity::Warning),
        (Phase::Up, _) => None,
        (_, role) if role.holds_lock() => Some(Severity::Critical),
        (Phase::Building, _) => Some(Severity::Info),
        (Phase::Coming | Phase::Going | Phase::Down | Phase::Unknown, _) => Some(Severity::Warning),
    }
}

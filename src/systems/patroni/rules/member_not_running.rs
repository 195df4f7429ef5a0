//! `PostgreSQL` of a member does not run as a primary or a replica. Words that this program does not know are never taken for running.

use super::own_words;
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, Rule, Verdict, View};
use crate::systems::patroni::snapshot::Snapshot;
use crate::systems::patroni::words::{Phase, Role};
use crate::systems::twofold::MEMBER_NOT_RUNNING;

pub(super) const RULE: Rule<Snapshot> = Rule { info: MEMBER_NOT_RUNNING, judge };

fn judge(view: &View<'_, Snapshot>, _knobs: &Knobs<'_>) -> Verdict {
    let own = &view.snapshot.own;
    let name = view.name();
    let (role, state) = (own.role.word(), own.state.word());
    let severity = match (own.state.phase(), &own.role) {
        (Phase::Up, Role::Primary | Role::Replica | Role::StandbyLeader) => return Ok(Vec::new()),
        // PostgreSQL runs, and the change of its role is not done
        (Phase::Up, Role::Promoted) | (Phase::Building, Role::Replica | Role::Uninitialized) => Severity::Info,
        (Phase::Up, _) => Severity::Warning,
        (_, Role::Primary | Role::StandbyLeader | Role::Promoted) => Severity::Critical,
        (Phase::Building | Phase::Coming | Phase::Going | Phase::Down | Phase::Unknown, _) => Severity::Warning,
    };
    let sentence = match (own.state.phase(), &own.role) {
        (Phase::Unknown, _) => format!("{name} says that its state is \"{state}\", a word that is not known here (role {role})"),
        (_, Role::Other(word)) => format!("{name} says that its role is \"{word}\", a word that is not known here (state {state})"),
        _ => format!("{name} is {state} (role {role})"),
    };
    Ok(vec![Raised::new(severity, sentence).seen(own_words(view), format!("state {state}, role {role}"), view.snapshot.exchange.answered)])
}

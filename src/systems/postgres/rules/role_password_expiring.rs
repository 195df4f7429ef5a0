//! The password of a role ends soon: its clients are refused from then on, except those that are connected.

use super::{read, seconds_text, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use std::time::Duration;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "role-password-expiring",
        sentence: "the password of a role ends soon",
        required: false,
        knobs: &[Knob {
            name: "within",
            default: Quantity::Time(Duration::from_hours(7 * 24)),
            doc: "a password that ends within this time is a warning",
        }],
        cure: "Give the role a new password and a new `valid until`, and its clients the new password before the old one ends.",
    },
    judge,
};

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.roles, "roles")?;
    let raised = sample.value.iter().flatten().filter_map(|role| {
        let left = role.expires_in_s.filter(|left| *left <= knobs.seconds("within"))?;
        let name = role.rolname.raw();
        // one that is over was noticed, or was meant
        let (severity, what) =
            if left > 0.0 { (Severity::Warning, format!("ends in {}", seconds_text(left))) } else { (Severity::Info, "has ended".to_owned()) };
        let until = role.rolvaliduntil.map_or_else(|| "?".to_owned(), |at| at.to_string());
        let finding = Raised::new(severity, format!("the password of role {name} {what}")).object(name);
        Some(finding.seen(witness(view, "pg_roles"), format!("{name} is valid until {until}"), sample.taken_at))
    });
    Ok(raised.collect())
}

//! Replication slots that would be gone with the leader: whoever reads from one has to begin anew.

use super::Foretold;
use super::scene::Scene;
use super::targets::Loss;
use crate::model::{Gap, Reason};
use crate::systems::patroni::dynamic::Dynamic;
use crate::text::Untrusted;

/// One slot of the leader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotFate {
    pub name: Untrusted,
    /// The next leader has it.
    pub kept: bool,
    pub why: &'static str,
}

/// The slots of the leader, if it is lost; a standby's own are made anew by Patroni.
pub(super) fn of(scene: &Scene<'_>, loss: &Loss) -> Foretold<Vec<SlotFate>> {
    if loss.members.is_empty() {
        return Ok(Vec::new());
    }
    let leader = scene.leader()?;
    if !loss.members.contains(leader.name()) {
        return Ok(Vec::new());
    }
    let fact = format!("slots of {}", leader.name());
    let none = || Gap::new(fact.as_str(), Reason::NotConfigured("no endpoint of postgres tells of its slots".to_owned()));
    let server = scene.server(leader.name()).ok_or_else(none)?;
    let slots = server.view.as_ref().map_err(Clone::clone)?.snapshot.slots.known(fact.as_str())?;
    let config = scene.told.config()?.value;
    let members: Vec<&str> = scene.told.views().map(super::scene::own_name).collect();
    let fate = |slot: &crate::systems::postgres::snapshot::slots::Slot| {
        let name = slot.slot_name.raw();
        let (kept, why) = match slot.slot_type.raw() {
            _ if permanent(config, name) => (true, "a permanent slot of Patroni"),
            _ if slot.failover_pg17 == Some(true) => (true, "synchronised to the standbys"),
            "physical" if members.iter().any(|member| slot_name(member) == name) => (true, "made anew for each member"),
            _ if slot.temporary == Some(true) => (false, "temporary"),
            _ => (false, "only the leader has it"),
        };
        SlotFate { name: slot.slot_name.clone(), kept, why }
    };
    Ok(slots.iter().map(fate).collect())
}

/// Whether the configuration of the cluster names the slot: Patroni copies it to standbys.
fn permanent(config: &Dynamic, name: &str) -> bool {
    ["slots", "permanent_slots"].iter().any(|key| config.whole.get(*key).is_some_and(|slots| slots.get(name).is_some()))
}

/// The slot that Patroni makes for a member: lower case, anything but letters and digits an underscore.
fn slot_name(member: &str) -> String {
    member.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

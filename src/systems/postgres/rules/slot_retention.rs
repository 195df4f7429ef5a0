//! A slot keeps WAL for a reader that does not take it, or has lost what the reader needs.

use super::{bytes_text, reaches, read, witness};
use crate::config::Quantity;
use crate::model::Severity;
use crate::systems::contract::{Knob, Knobs, Raised, Rule, RuleInfo, Verdict, View};
use crate::systems::postgres::Snapshot;
use crate::systems::postgres::snapshot::slots::Slot;

pub(super) const RULE: Rule<Snapshot> = Rule {
    info: RuleInfo {
        id: "slot-retention",
        sentence: "a replication slot retains much WAL, or is about to lose it",
        required: false,
        knobs: &[
            Knob { name: "retained", default: Quantity::Bytes(4 << 30), doc: "a slot that retains this much WAL is a warning" },
            Knob { name: "inactive", default: Quantity::Bytes(256 << 20), doc: "the same for a slot that nobody reads" },
        ],
        cure: "Bring the reader back: the standby, or the connector of a logical slot. If nobody needs the slot, drop it before pg_wal fills the disk \
               (`pg_drop_replication_slot`). A lost slot cannot be mended: reinitialise the standby, or take a new snapshot for the connector.",
    },
    judge,
};

/// How the sentence on a slot without a reader begins.
const UNREAD: &str = "is read by nobody";

fn judge(view: &View<'_, Snapshot>, knobs: &Knobs<'_>) -> Verdict {
    let sample = read(view, &view.snapshot.slots, "replication slots")?;
    let mut raised = Vec::new();
    for slot in &sample.value {
        let Some((severity, what)) = trouble(slot, knobs) else { continue };
        // when its reader went is the beginning of a slot that nobody reads, and of nothing else
        let began = if what.starts_with(UNREAD) { slot.inactive_since_pg17 } else { None };
        let name = slot.slot_name.raw();
        let word = |word: &Option<crate::text::Untrusted>| word.as_ref().map_or_else(|| "none".to_owned(), |word| word.raw().to_owned());
        let fact = format!(
            "{} slot {name}: {}, wal_status {}, retains {}, safe_wal_size {}",
            slot.slot_type.raw(),
            if slot.active { "active" } else { "inactive" },
            word(&slot.wal_status),
            slot.retained_bytes.map_or_else(|| "unknown".to_owned(), bytes_text),
            slot.safe_wal_size.map_or_else(|| "without limit".to_owned(), bytes_text),
        );
        let finding = Raised::new(severity, format!("slot {name} on {} {what}", view.name()));
        raised.push(finding.object(name).seen(witness(view, "pg_replication_slots"), fact, sample.taken_at).began(began));
    }
    Ok(raised)
}

fn trouble(slot: &Slot, knobs: &Knobs<'_>) -> Option<(Severity, String)> {
    if let Some(reason) = &slot.invalidation_reason_pg17 {
        return Some((Severity::Critical, format!("is invalidated: {}", reason.raw())));
    }
    match slot.wal_status.as_ref().map(crate::text::Untrusted::raw) {
        Some("lost") => return Some((Severity::Critical, "has lost WAL that its reader needs".to_owned())),
        Some("unreserved") => return Some((Severity::Critical, "loses its WAL with the next checkpoint".to_owned())),
        Some("reserved" | "extended") | None => {}
        Some(other) => return Some((Severity::Warning, format!("is in a state that is not known here: \"{other}\""))),
    }
    let retained = slot.retained_bytes?;
    if !slot.active && reaches(retained, knobs.bytes("inactive")) {
        return Some((Severity::Warning, format!("{UNREAD} and retains {}", bytes_text(retained))));
    }
    reaches(retained, knobs.bytes("retained")).then(|| (Severity::Warning, format!("retains {}", bytes_text(retained))))
}

//! Cells that the views of sessions share: who, what, how long, waiting for what.

use crate::systems::view::{Cell, Tone};
use crate::text::Untrusted;

/// A word of the server, or nothing to know.
pub(super) fn word(word: Option<&Untrusted>) -> Cell {
    word.cloned().map_or(Cell::Nothing, Cell::Text)
}

/// `Lock: transactionid`, or nothing while it works.
pub(super) fn wait(class: Option<&Untrusted>, event: Option<&Untrusted>) -> Cell {
    match (class, event) {
        (None, _) => Cell::Nothing,
        (Some(class), event) => {
            let tone = if matches!(class.raw(), "Lock" | "IPC") { Tone::Warn } else { Tone::Plain };
            Cell::word(format!("{}: {}", class.raw(), event.map_or("?", Untrusted::raw)), tone)
        }
    }
}

/// Seconds, or nothing where there is nothing to count.
pub(super) fn seconds(seconds: Option<f64>) -> Cell {
    seconds.map_or(Cell::Nothing, Cell::Seconds)
}

//! Which state a cell tells: the one place where tones and words of the view model become marks.

use crate::systems::view::{Cell, Column, Kind, Tone};
use crate::theme::State;

/// The state that a cell tells, where it tells one.
#[must_use]
pub fn state_of(column: &Column, cell: &Cell) -> Option<State> {
    match cell {
        Cell::Unknown(_) => Some(State::Unknown),
        Cell::Word(word, tone) if column.kind == Kind::Word => match (tone, word.raw()) {
            (_, word) if word == "unknown" || word.starts_with("unknown, ") => Some(State::Unknown),
            (_, "info") => Some(State::Info),
            (Tone::Plain, "leader") => Some(State::Leader),
            (Tone::Muted, "not asked" | "waits") => Some(State::Pending),
            (Tone::Plain, "goes on" | "asked" | "applied" | "is undone") => Some(State::Running),
            (tone, _) => of_tone(*tone),
        },
        cell => of_tone(cell.tone()),
    }
}

const fn of_tone(tone: Tone) -> Option<State> {
    match tone {
        Tone::Plain | Tone::Muted => None,
        Tone::Good => Some(State::Healthy),
        Tone::Warn => Some(State::Warning),
        Tone::Bad => Some(State::Critical),
    }
}

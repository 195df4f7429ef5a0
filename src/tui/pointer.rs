//! What the mouse does: nothing that keys could not. Pure; what it points at was found in the frame that was seen.

use super::command::Keymap;
use super::dialog::Dialog;
use super::escape::Touch;
use super::hit::Hit;
use super::key::{Chord, Key};
use super::moves;
use super::place::Cursor;
use super::spot::Spot;
use super::state::State;
use super::tables;
use super::typing::{self, Heard};

/// Rows of one step of the wheel.
const WHEEL: usize = 3;

/// Answers to `touch` on `hit`; `None` when nothing changed.
pub(super) fn touch(state: &mut State, keymap: &Keymap, touch: Touch, hit: Option<Hit>) -> Option<Heard> {
    match state.dialog.take() {
        Some(dialog) => chosen(state, keymap, dialog, touch, hit),
        None => pointed(state, keymap, touch, hit),
    }
}

/// While something is typed or chosen: the wheel is the arrows, a click is the line below it.
fn chosen(state: &mut State, keymap: &Keymap, mut dialog: Dialog, touch: Touch, hit: Option<Hit>) -> Option<Heard> {
    let key = match (touch, hit) {
        (Touch::WheelUp, _) => Key::Up,
        (Touch::WheelDown, _) => Key::Down,
        (Touch::Press, Some(Hit::Choice(nth))) => match &mut dialog {
            Dialog::Palette { at, .. } => {
                *at = nth;
                Key::Enter
            }
            Dialog::Columns { at } => {
                *at = nth;
                Key::Char(' ')
            }
            Dialog::Filter { .. } => Key::Enter,
            // it is chosen, and taken by its key
            Dialog::Say { at, .. } => {
                *at = nth;
                Key::Tab
            }
        },
        (Touch::Press, _) => {
            state.dialog = Some(dialog);
            return None;
        }
    };
    Some(typing::press(state, keymap, dialog, Chord::plain(key)))
}

fn pointed(state: &mut State, keymap: &Keymap, touch: Touch, hit: Option<Hit>) -> Option<Heard> {
    let run = |state: &mut State, id: &str| {
        let deed = keymap.deeds().find(|deed| deed.id() == id && deed.places().contains(&state.place()));
        deed.and_then(|deed| deed.run(state))
    };
    let effect = match (touch, hit) {
        (Touch::WheelUp | Touch::WheelDown, _) => {
            if let Some(Hit::Row { panel, .. } | Hit::Head { panel, .. } | Hit::Panel(panel)) = hit {
                focus(state, panel);
            }
            let step = if touch == Touch::WheelUp { "up" } else { "down" };
            (0..WHEEL).filter_map(|_| run(state, step)).last()
        }
        (Touch::Press, Some(Hit::Row { panel, at })) => {
            if select(state, panel, at) {
                moves::open(state)
            } else {
                None
            }
        }
        (Touch::Press, Some(Hit::Head { panel, column })) => {
            focus(state, panel);
            tables::sort_by(state, column)
        }
        (Touch::Press, Some(Hit::Panel(panel))) => {
            focus(state, panel);
            None
        }
        (Touch::Press, Some(Hit::Page(place))) => moves::page_of(state, place),
        (Touch::Press, Some(Hit::Command(nth))) => keymap.deeds().nth(nth).and_then(|deed| deed.run(state)),
        (Touch::Press, Some(Hit::Choice(_)) | None) => return None,
    };
    Some(Heard::Changed(effect))
}

fn focus(state: &mut State, panel: &'static str) {
    if let Some(screen) = state.screen_mut() {
        screen.focus = Some(panel);
    }
}

/// Selects a row; `true` when it was selected before.
fn select(state: &mut State, panel: &'static str, at: usize) -> bool {
    let before = Spot::of(state);
    let again = before.at == Some(at) && before.panel().is_some_and(|own| own.table().key == panel);
    focus(state, panel);
    let spot = Spot::of(state);
    let key = spot.panel().and_then(|panel| panel.row(at)).map(|row| row.key.clone());
    if key.is_some()
        && let Some(screen) = state.screen_mut()
    {
        screen.hands.entry(panel).or_default().cursor = Cursor { key, at };
    }
    again
}

//! What keys and pasted text do while something is typed or chosen. Letters are letters here: no key of the registry is pressed by them.

use super::change;
use super::command::Keymap;
use super::dialog::{Dialog, Purpose};
use super::effect::Effect;
use super::key::{Chord, Held, Key};
use super::line::Line;
use super::moves;
use super::notice::Notice;
use super::palette::{self, Entry, What};
use super::place::Screen;
use super::screens::panels;
use super::state::State;
use super::tables;

/// What a key came to.
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and none is kept")]
pub(super) enum Heard {
    /// It changed something, which may ask for more.
    Changed(Option<Effect>),
    /// It means nothing here.
    Nothing,
}

/// `chord` while `dialog` is open.
pub(super) fn press(state: &mut State, keymap: &Keymap, dialog: Dialog, chord: Chord) -> Heard {
    if chord == Chord::plain(Key::Esc) || chord == (Chord { key: Key::Char('c'), held: Held::Ctrl }) {
        leave(state, &dialog);
        return Heard::Changed(None);
    }
    if let Some(deed) = keymap.passes(chord, state.place()) {
        state.dialog = Some(dialog);
        return Heard::Changed(deed.run(state));
    }
    match dialog {
        Dialog::Filter { line, former, .. } => filter(state, line, former, chord),
        Dialog::Palette { line, at } => commands(state, keymap, line, at, chord),
        Dialog::Columns { at } => columns(state, at, chord),
        Dialog::Say { purpose, line, at } => say(state, purpose, line, at, chord),
    }
}

/// Pasted text goes where letters go; where none do, it is told.
pub(super) fn paste(state: &mut State, text: &str) -> bool {
    match state.dialog.take() {
        Some(Dialog::Filter { mut line, former, .. }) => {
            line.insert(text);
            narrow(state, line, former);
        }
        Some(Dialog::Palette { mut line, .. }) => {
            line.insert(text);
            state.dialog = Some(Dialog::Palette { line, at: 0 });
        }
        Some(Dialog::Say { purpose, mut line, .. }) if purpose.takes_paste() => {
            line.insert(text);
            state.dialog = Some(Dialog::Say { purpose, line, at: 0 });
        }
        other => {
            state.dialog = other;
            return false;
        }
    }
    true
}

fn leave(state: &mut State, dialog: &Dialog) {
    if let Dialog::Filter { former, .. } = dialog {
        // it was shown before, so it can be shown again; else every row is
        if tables::narrow(state, former).is_err() {
            let _all = tables::narrow(state, "");
        }
    } else if let Dialog::Say { purpose: Purpose::Begin { .. } | Purpose::Cancel { .. }, .. } = dialog {
        state.notice = Some(Notice::info("No: nothing was sent"));
    }
}

fn filter(state: &mut State, mut line: Line, former: String, chord: Chord) -> Heard {
    let step = match (chord.held, chord.key) {
        (Held::Nothing, Key::Down | Key::Tab) => Some(1),
        (Held::Nothing, Key::Up | Key::BackTab) => Some(-1),
        (Held::Nothing, Key::PageDown) => Some(moves::page(state)),
        (Held::Nothing, Key::PageUp) => Some(-moves::page(state)),
        _ => None,
    };
    if let Some(step) = step {
        let flaw = tables::flaw_of(state, line.text());
        moves::by(state, step, 0);
        state.dialog = Some(Dialog::Filter { line, former, flaw });
        return Heard::Changed(None);
    }
    if chord == Chord::plain(Key::Enter) {
        // what means nothing is not kept: the line stays until it does
        narrow(state, line, former);
        let Some(Dialog::Filter { flaw: Some(flaw), .. }) = &state.dialog else {
            state.dialog = None;
            return Heard::Changed(None);
        };
        let flaw = flaw.why.clone();
        let filter = tables::filter_of(state);
        let rows = if filter.is_empty() { "every row is shown".to_owned() } else { format!("the rows are those of /{filter}") };
        state.notice = Some(Notice::warning(format!("not used: {flaw}; {rows}; esc leaves it")));
        return Heard::Changed(None);
    }
    // as in every pager: back over the beginning leaves
    if chord == Chord::plain(Key::Backspace) && line.text().is_empty() {
        return Heard::Changed(None);
    }
    let known = line.press(chord);
    narrow(state, line, former);
    if known { Heard::Changed(None) } else { Heard::Nothing }
}

/// Narrows the table to what `line` says; as long as that means nothing, its rows stay as they are.
fn narrow(state: &mut State, line: Line, former: String) {
    let flaw = tables::narrow(state, line.text()).err();
    state.dialog = Some(Dialog::Filter { line, former, flaw });
}

fn commands(state: &mut State, keymap: &Keymap, mut line: Line, at: usize, chord: Chord) -> Heard {
    // the columns that can follow are those of what is shown
    let _arranged = panels(state);
    let found = |state: &State, line: &Line| palette::found(state, keymap, line.text());
    let mut at = at;
    match (chord.held, chord.key) {
        (Held::Nothing, Key::Down) | (Held::Ctrl, Key::Char('n')) => at = (at + 1).min(found(state, &line).len().saturating_sub(1)),
        (Held::Nothing, Key::Up) | (Held::Ctrl, Key::Char('p')) => at = at.saturating_sub(1),
        (Held::Nothing, Key::Tab) => {
            if let Some(entry) = found(state, &line).get(at) {
                let more = if entry.open || matches!(entry.what, What::Deed(deed) if is_page(deed.id())) { " " } else { "" };
                line = Line::new(&format!("{}{more}", entry.said));
                at = 0;
            }
        }
        (Held::Nothing, Key::Enter) => {
            let entries = found(state, &line);
            if let Some(entry) = entries.get(at) {
                return Heard::Changed(run(state, entry));
            }
            state.notice = Some(Notice::warning(format!("nothing is called '{}' here", line.text())));
            return Heard::Changed(None);
        }
        (Held::Nothing, Key::Backspace) if line.text().is_empty() => return Heard::Changed(None),
        _ => {
            let known = line.press(chord);
            at = if known { 0 } else { at };
            state.dialog = Some(Dialog::Palette { line, at });
            return if known { Heard::Changed(None) } else { Heard::Nothing };
        }
    }
    state.dialog = Some(Dialog::Palette { line, at });
    Heard::Changed(None)
}

fn is_page(id: &str) -> bool {
    super::place::Place::ALL.iter().any(|place| place.is_page() && place.word() == id)
}

fn run(state: &mut State, entry: &Entry<'_>) -> Option<Effect> {
    if entry.open {
        // it needs its argument first
        state.dialog = Some(Dialog::Palette { line: Line::new(&format!("{} ", entry.said)), at: 0 });
        return None;
    }
    state.ran(entry.said.clone());
    match entry.what {
        What::Deed(deed) => deed.run(state),
        What::Verb(verb) => (verb.run)(state, &entry.argument),
        What::Page(place) => {
            state.visit([Screen::cluster(&entry.argument), Screen::new(place, Some(&entry.argument))]);
            None
        }
        What::Cluster => {
            state.visit([Screen::cluster(&entry.argument)]);
            None
        }
    }
}

fn say(state: &mut State, purpose: Purpose, mut line: Line, at: usize, chord: Chord) -> Heard {
    let offered = purpose.offered(&line);
    let last = offered.len().saturating_sub(1);
    let mut at = at.min(last);
    let chosen = |at: usize| offered.get(at).and_then(|place| purpose.choices().get(*place)).map(|(name, _)| name.clone());
    match (chord.held, chord.key) {
        (Held::Nothing, Key::Enter) => {
            let chosen = chosen(at);
            return Heard::Changed(change::said(state, purpose, line, chosen));
        }
        (Held::Nothing, Key::Down) | (Held::Ctrl, Key::Char('n')) => at = (at + 1).min(last),
        (Held::Nothing, Key::Up) | (Held::Ctrl, Key::Char('p')) => at = at.saturating_sub(1),
        (Held::Nothing, Key::Tab) => {
            if let Some(name) = chosen(at) {
                line = Line::new(&name);
                at = 0;
            }
        }
        _ => {
            let known = line.press(chord);
            at = if known { 0 } else { at };
            state.dialog = Some(Dialog::Say { purpose, line, at });
            return if known { Heard::Changed(None) } else { Heard::Nothing };
        }
    }
    state.dialog = Some(Dialog::Say { purpose, line, at });
    Heard::Changed(None)
}

fn columns(state: &mut State, at: usize, chord: Chord) -> Heard {
    let last = tables::choice(state).len().saturating_sub(1);
    let mut at = at.min(last);
    match (chord.held, chord.key) {
        (Held::Nothing, Key::Down | Key::Char('j')) => at = (at + 1).min(last),
        (Held::Nothing, Key::Up | Key::Char('k')) => at = at.saturating_sub(1),
        (Held::Nothing, Key::Home | Key::Char('g')) => at = 0,
        (Held::Nothing, Key::End | Key::Char('G')) => at = last,
        (Held::Nothing, Key::Char(' ' | 'x')) => tables::toggle(state, at),
        (Held::Nothing, Key::Char('a')) => tables::every_column(state),
        (Held::Nothing, Key::Enter | Key::Char('c' | 'q')) => return Heard::Changed(None),
        _ => {
            state.dialog = Some(Dialog::Columns { at });
            return Heard::Nothing;
        }
    }
    state.dialog = Some(Dialog::Columns { at });
    Heard::Changed(None)
}

//! What a message makes of the state, and what is to be done about it. Pure: the moment is an argument, nothing is asked, drawn or waited for.

use super::change;
use super::command::Keymap;
use super::effect::Effect;
use super::errand::{Done, Errand};
use super::escape::Touch;
use super::hit::Hit;
use super::key::Chord;
use super::notice::Notice;
use super::pace::Cause;
use super::pointer;
use super::signal::Signal;
use super::state::State;
use super::travel;
use super::typing::{self, Heard};
use crate::app::Observed;
use crate::model::Moment;
use crate::text::untrusted::visible;
use crate::theme::colour::Rgb;
use std::sync::Arc;

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Message {
    Key(Chord),
    /// Text that was pasted, or typed by something else than a hand.
    Paste(String),
    /// The mouse did something, where this stands on the screen.
    Mouse(Touch, Option<Hit>),
    Signal(Signal),
    /// A new revision was judged.
    Seen(Arc<Observed>),
    /// Nothing will be observed any more.
    SeenEnded,
    /// The window has this many columns and rows.
    Size(u16, u16),
    /// The terminal told the ground it draws on.
    Ground(Rgb),
    /// A second passed.
    Tick,
    /// An errand came back.
    Done(Done),
}

/// Changes `state` by `message` at `now`.
pub fn update(state: &mut State, keymap: &Keymap, message: Message, now: Moment) -> Option<Effect> {
    let effect = respond(state, keymap, message, now);
    match effect {
        // an errand draws, too
        None | Some(Effect::Draw(_)) => change::due(state).map(Effect::Errand).or(effect),
        other => other,
    }
}

fn respond(state: &mut State, keymap: &Keymap, message: Message, now: Moment) -> Option<Effect> {
    state.picture.at(now);
    match message {
        Message::Key(chord) => key(state, keymap, chord),
        Message::Paste(text) => paste(state, &text),
        Message::Mouse(touch, hit) => mouse(state, keymap, touch, hit),
        Message::Signal(Signal::Interrupt) => Some(Effect::Interrupted),
        Message::Signal(Signal::Terminate | Signal::Quit) => Some(Effect::Terminated),
        Message::Signal(Signal::Stop) => Some(Effect::Stop),
        Message::Signal(Signal::Continue) => Some(Effect::Resume),
        Message::Signal(Signal::Resize) => Some(Effect::Measure),
        Message::Seen(observed) => {
            let news = state.picture.take(observed);
            // a still picture does not change
            let cause = if news { Cause::Data } else { Cause::Age };
            state.picture.mode().is_live().then_some(Effect::Draw(cause))
        }
        Message::SeenEnded => {
            state.picture.end();
            Some(Effect::Draw(Cause::Data))
        }
        Message::Size(columns, rows) => {
            let changed = state.size != (columns, rows);
            state.size = (columns, rows);
            // a window that is pulled has many sizes, and only the last one stays
            changed.then_some(Effect::Draw(Cause::Data))
        }
        Message::Ground(ground) => Some(Effect::Ground(ground)),
        Message::Done(Done::Look(changed)) => match changed.made {
            Ok(look) => Some(Effect::Wear(changed.name, look)),
            Err(why) => {
                state.notice = Some(Notice::warning(why));
                Some(Effect::Draw(Cause::Input))
            }
        },
        Message::Done(Done::Who(answer)) => state.answered(&answer).then_some(Effect::Draw(Cause::Input)),
        // what stands still ticks only to be kept
        Message::Tick => travel::tick(state).or_else(|| state.is_aging().then_some(Effect::Draw(Cause::Data))),
        Message::Done(Done::Arrived(arrival)) => travel::arrive(state, arrival),
        Message::Done(Done::Answered(answer)) => {
            change::heard(state, &answer);
            Some(Effect::Draw(Cause::Input))
        }
        Message::Done(Done::Ordered(heard)) => {
            change::ordered(state, heard);
            Some(Effect::Draw(Cause::Input))
        }
        Message::Done(Done::Announce { title, text }) => Some(Effect::Errand(Errand::Announce { title, text })),
        Message::Done(Done::Told(notice)) => {
            state.notice = Some(notice);
            Some(Effect::Draw(Cause::Input))
        }
    }
}

fn paste(state: &mut State, text: &str) -> Option<Effect> {
    if !typing::paste(state, text) {
        state.notice = Some(Notice::info("pasted text presses no keys; / and : take it"));
    }
    Some(Effect::Draw(Cause::Input))
}

fn mouse(state: &mut State, keymap: &Keymap, touch: Touch, hit: Option<Hit>) -> Option<Effect> {
    let told = state.notice.take().is_some();
    match pointer::touch(state, keymap, touch, hit) {
        Some(Heard::Changed(effect)) => effect.or(Some(Effect::Draw(Cause::Input))),
        Some(Heard::Nothing) | None => told.then_some(Effect::Draw(Cause::Input)),
    }
}

fn key(state: &mut State, keymap: &Keymap, chord: Chord) -> Option<Effect> {
    let told = state.notice.take().is_some();
    if let Some(dialog) = state.dialog.take() {
        return match typing::press(state, keymap, dialog, chord) {
            Heard::Changed(effect) => effect.or(Some(Effect::Draw(Cause::Input))),
            Heard::Nothing => told.then_some(Effect::Draw(Cause::Input)),
        };
    }
    match keymap.find(chord, state.place()) {
        Some(deed) => deed.run(state).or(Some(Effect::Draw(Cause::Input))),
        // one that does something on other screens is not broken, and says so
        None => match keymap.elsewhere(chord) {
            Some(deed) => {
                let text = format!("{} ({}) does nothing on this screen; esc goes back", chord.shown(true), visible(deed.id()));
                state.notice = Some(Notice::info(text));
                Some(Effect::Draw(Cause::Input))
            }
            // a key without meaning is not worth a frame, unless a notice goes with it
            None => told.then_some(Effect::Draw(Cause::Input)),
        },
    }
}

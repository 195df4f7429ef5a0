//! What hands do: filters, orders, columns, the palette, the ways back, the keymap; every command once, and keys without end at any size.

mod keymap;
mod links;
mod narrow;
mod own;
mod pointing;
mod scripts;
mod walk;

use crate::screens::dump::{letters, look};
use crate::screens::fixture;
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::effect::Effect;
use opsctl::tui::key::{Chord, Key};
use opsctl::tui::registry;
use opsctl::tui::update::{Message, update};

/// Presses what `script` says: letters as they are, other keys as `<enter>`.
fn play(state: &mut State, script: &str) -> Option<Effect> {
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    let mut last = None;
    let mut rest = script;
    while let Some(first) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|tail| tail.split_once('>')).and_then(|(name, tail)| Some((Chord::parse(name)?, tail)));
        let (chord, tail) = named.unwrap_or((Chord::plain(Key::Char(first)), &rest[first.len_utf8()..]));
        last = update(state, &keymap, Message::Key(chord), fixture::now());
        rest = tail;
    }
    last
}

/// The frame in letters.
fn seen(state: &State) -> String {
    letters(&opsctl::tui::frame(state, &look(Glyphs::Unicode), &registry::keymap(&[], &[]).expect("no conflict")))
}

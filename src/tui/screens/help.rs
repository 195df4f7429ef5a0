//! What every key does where, made from the registry; it cannot say what is not so.
//!
//! ```text
//!  opsctl ▸ fleet ▸ help   RO   14:03:22Z   ● data 0s
//!  PAGES
//!  1               topology: who streams from whom
//!  KEYS on fleet, cluster, pages, who
//!  ⏎               Open the selected cluster, or all that is known of the selected row
//!  X x             The worst finding about the selected row: evidence, since when, ...
//!  SIGNS
//!  ● healthy       ...
//!  WORDS
//!  silent          It was asked and did not answer
//!  esc back   f freeze   q quit
//! ```

use super::{Around, ScreenDef, Sight};
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::command::Command;
use crate::tui::key::Chord;
use crate::tui::place::Place;
use crate::tui::widgets::Canvas;
use crate::tui::widgets::prose::{self, Paragraph};
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef =
    ScreenDef { place: Place::Help, doc: "What every key does where", tab: None, panels: |_, _, _| Vec::new(), pane: None, draw };

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let scroll = sight.screen.scroll;
    let told = told(canvas.look().glyphs(), sight.keymap.commands(), |command| sight.keymap.keys_of(command));
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    prose::draw(canvas, inside, &told, scroll);
    let below = prose::lines(&told, usize::from(inside.width)).len().saturating_sub(scroll + usize::from(inside.height));
    let detail = if below > 0 { vec![(format!("{below} more lines below"), Role::Muted)] } else { Vec::new() };
    Around { detail, ..Around::default() }
}

/// Lines of the help in a window of `width` columns; the two sets of glyphs differ in the length of a key or two.
#[must_use]
pub fn length(commands: &[Command], width: u16) -> usize {
    prose::lines(&told(Glyphs::Unicode, commands, |command| command.keys.to_vec()), usize::from(width.saturating_sub(4))).len()
}

fn told<'a>(glyphs: Glyphs, commands: &[Command], keys: impl Fn(&Command) -> Vec<&'a str>) -> Vec<Paragraph> {
    let plain = glyphs == Glyphs::Ascii;
    let is_page = |command: &&Command| Place::ALL.iter().any(|place| place.is_page() && place.word() == command.id);
    let mut told = vec![Paragraph::title("PAGES")];
    let mut pages: Vec<&Command> = commands.iter().filter(is_page).collect();
    // the digits stand before the letters
    pages.sort_by_key(|command| command.keys.first().is_none_or(|key| !key.starts_with(|c: char| c.is_ascii_digit())));
    told.extend(pages.iter().map(|command| {
        let page = format!("{}: {}", command.name, command.doc.trim_start_matches("Page: "));
        Paragraph::new(shown(&keys(command), plain), page, Role::Text)
    }));
    let others: Vec<&Command> = commands.iter().filter(|command| !is_page(command)).collect();
    let mut groups: Vec<&[Place]> = Vec::new();
    for command in &others {
        if !groups.contains(&command.places) {
            groups.push(command.places);
        }
    }
    for places in groups {
        told.push(Paragraph::title(format!("KEYS {}", named(places))));
        let of_group = others.iter().filter(|command| command.places == places);
        told.extend(of_group.map(|command| row(command, &keys(command), plain)));
    }
    told.push(Paragraph::title("SIGNS"));
    told.extend(Mark::ALL.iter().map(|mark| Paragraph::new("", format!("{} {}", glyphs.of(*mark), mark.word()), mark.role())));
    told.push(Paragraph::title("WORDS"));
    told.extend(WORDS.iter().map(|(word, meaning)| Paragraph::new(*word, *meaning, Role::Text)));
    told
}

/// Words of the screens that are not the field's own.
const WORDS: [(&str, &str); 10] = [
    ("?", "not known; the line above the keys says why, and so does the sheet of the row"),
    ("-", "there is nothing to know here, or nobody"),
    ("NOBODY", "no server takes new sessions on this way, or nobody takes over"),
    ("not asked", "no answer has come yet, and none is missing"),
    ("silent", "it was asked and did not answer"),
    ("BEHIND", "as REPLAY LAG by the words of whoever sends; LAG FROM says whose"),
    ("CUT OFF", "clients whose session would end"),
    ("UNSEEN", "how long nothing could be read in the time that is looked back at"),
    ("just seen", "how long it has been so is not known: it was there at the first look"),
    ("checking", "the balancer is asking the server again; the word is of the check before"),
];

/// Where the keys of a group do something.
fn named(places: &[Place]) -> String {
    if places.len() == Place::ALL.len() {
        return "EVERYWHERE".to_owned();
    }
    let mut words: Vec<&str> = places.iter().map(|place| if place.is_page() { "pages" } else { place.word() }).collect();
    words.dedup();
    format!("on {}", words.join(", "))
}

fn row(command: &Command, keys: &[&str], plain: bool) -> Paragraph {
    Paragraph::new(shown(keys, plain), command.doc, Role::Text)
}

fn shown(keys: &[&str], plain: bool) -> String {
    keys.iter().filter_map(|key| Chord::parse(key)).map(|chord| chord.shown(plain)).collect::<Vec<_>>().join(" ")
}

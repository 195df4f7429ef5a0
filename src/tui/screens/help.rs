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

use super::{Around, Panels, ScreenDef, Sight};
use crate::config::UserCommand;
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::command::{Command, Deed, OwnCommand};
use crate::tui::key::Chord;
use crate::tui::place::Place;
use crate::tui::widgets::Canvas;
use crate::tui::widgets::prose::{self, Paragraph};
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef =
    ScreenDef { place: Place::Help, doc: "What every key does where", tab: None, panels: Panels::Own(|_, _, _| Vec::new()), pane: None, draw };

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let scroll = sight.screen.scroll;
    let told = told(canvas.look().glyphs(), sight.keymap.deeds(), |deed| sight.keymap.keys_of(deed));
    let inside = Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area };
    prose::draw(canvas, inside, &told, scroll);
    let below = prose::lines(&told, usize::from(inside.width)).len().saturating_sub(scroll + usize::from(inside.height));
    let detail = if below > 0 { vec![(format!("{below} more lines below"), Role::Muted)] } else { Vec::new() };
    Around { detail, ..Around::default() }
}

/// Lines of the help in a window of `width` columns; the two sets of glyphs differ in the length of a key or two.
#[must_use]
pub fn length(commands: &'static [Command], own: &[UserCommand], width: u16) -> usize {
    let own: Vec<OwnCommand> = own.iter().map(|said| OwnCommand::new(said, |_, _| false, |_, _| None)).collect();
    let deeds = commands.iter().map(Deed::Built).chain(own.iter().map(Deed::Own));
    prose::lines(&told(Glyphs::Unicode, deeds, default_keys), usize::from(width.saturating_sub(4))).len()
}

fn default_keys(deed: Deed<'_>) -> Vec<&str> {
    match deed {
        Deed::Built(command) => command.keys.to_vec(),
        Deed::Own(own) => own.said.keys.iter().map(String::as_str).collect(),
    }
}

fn told<'a>(glyphs: Glyphs, deeds: impl Iterator<Item = Deed<'a>>, keys: impl Fn(Deed<'a>) -> Vec<&'a str>) -> Vec<Paragraph> {
    let plain = glyphs == Glyphs::Ascii;
    let is_page = |deed: &Deed<'_>| Place::ALL.iter().any(|place| place.is_page() && place.word() == deed.id());
    let mut told = vec![Paragraph::title("PAGES")];
    let (mut pages, others): (Vec<Deed<'a>>, Vec<Deed<'a>>) = deeds.partition(is_page);
    // the digits stand before the letters
    pages.sort_by_key(|deed| keys(*deed).first().is_none_or(|key| !key.starts_with(|c: char| c.is_ascii_digit())));
    told.extend(pages.iter().map(|deed| {
        let page = format!("{}: {}", visible(deed.name()), visible(deed.doc().trim_start_matches("Page: ")));
        Paragraph::new(shown(&keys(*deed), plain), page, Role::Text)
    }));
    let mut groups: Vec<&[Place]> = Vec::new();
    for deed in &others {
        if !groups.contains(&deed.places()) {
            groups.push(deed.places());
        }
    }
    for places in groups {
        told.push(Paragraph::title(format!("KEYS {}", named(places))));
        let of_group = others.iter().filter(|deed| deed.places() == places);
        told.extend(of_group.map(|deed| row(*deed, &keys(*deed), plain)));
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

fn row(deed: Deed<'_>, keys: &[&str], plain: bool) -> Paragraph {
    Paragraph::new(shown(keys, plain), visible(deed.doc()), Role::Text)
}

fn shown(keys: &[&str], plain: bool) -> String {
    keys.iter().filter_map(|key| Chord::parse(key)).map(|chord| chord.shown(plain)).collect::<Vec<_>>().join(" ")
}

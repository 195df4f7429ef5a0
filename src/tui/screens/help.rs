//! What every key does where, made from the registry; it cannot say what is not so.
//!
//! ```text
//!  opsctl ▸ fleet ▸ help   RO   14:03:22Z   ● data 0s
//!  KEYS
//!  ⏎               Open the selected cluster, or all that is known of the selected row
//!                  fleet, cluster
//!  X x             The worst finding about the selected row: evidence, since when, ...
//!  SIGNS
//!  ● healthy       ...
//!  esc back   f freeze   q quit
//! ```

use super::{Around, ScreenDef, Sight};
use crate::config::UserCommand;
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::command::{Command, Deed, OwnCommand};
use crate::tui::key::Chord;
use crate::tui::place::Place;
use crate::tui::widgets::Canvas;
use crate::tui::widgets::prose::{self, Paragraph};
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef { place: Place::Help, doc: "What every key does where", tab: None, panels: |_, _, _| Vec::new(), draw };

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
    let mut told = vec![Paragraph::title("KEYS")];
    told.extend(deeds.map(|deed| row(deed, &keys(deed), glyphs == Glyphs::Ascii)));
    told.push(Paragraph::title("SIGNS"));
    told.extend(Mark::ALL.iter().map(|mark| Paragraph::new("", format!("{} {}", glyphs.of(*mark), mark.word()), mark.role())));
    told
}

fn row(deed: Deed<'_>, keys: &[&str], plain: bool) -> Paragraph {
    let keys: Vec<String> = keys.iter().filter_map(|key| Chord::parse(key)).map(|chord| chord.shown(plain)).collect();
    let mut places: Vec<&str> = deed.places().iter().map(|place| if place.is_page() { "pages" } else { place.word() }).collect();
    places.dedup();
    let places = if deed.places().len() == Place::ALL.len() { String::new() } else { format!(" ({})", places.join(", ")) };
    Paragraph::new(keys.join(" "), format!("{}{places}", visible(deed.doc())), Role::Text)
}

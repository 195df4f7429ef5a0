//! What a person sets in the palette until the console is left: colours and characters. What stays is said in the configuration, which is never written here.

use super::effect::Effect;
use super::notice::Notice;
use super::state::State;
use crate::text::suggest::nearest;
use crate::text::untrusted::visible;
use crate::theme::Glyphs;

/// The two sets of characters, as the configuration calls them.
pub(super) const UNICODE: &str = "unicode";
pub(super) const ASCII: &str = "ascii";

/// Wears the theme called `name`.
pub(super) fn theme(state: &mut State, name: &str) -> Option<Effect> {
    if state.themes.iter().any(|known| known == name) {
        return Some(Effect::Theme(name.to_owned()));
    }
    let near = nearest(name, state.themes.iter().map(String::as_str));
    let hint = near.map_or_else(|| format!("there are {}", state.themes.join(", ")), |near| format!("did you mean {near}?"));
    state.notice = Some(Notice::warning(visible(&format!("no theme is called '{name}'; {hint}"))));
    None
}

/// Draws with the set called `name`.
pub(super) fn glyphs(state: &mut State, name: &str) -> Option<Effect> {
    match name {
        UNICODE => Some(Effect::Glyphs(Glyphs::Unicode)),
        ASCII => Some(Effect::Glyphs(Glyphs::Ascii)),
        _ => {
            state.notice = Some(Notice::warning(format!("'{}' is no set of characters: {UNICODE} or {ASCII}", visible(name))));
            None
        }
    }
}

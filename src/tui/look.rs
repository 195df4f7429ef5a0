//! The theme as the terminal library wants it: one style a role, and the glyphs.

use crate::theme::{Colour, Effects, Glyphs, Ink, Role, Signs, State, Theme};
use ratatui::style::{Color, Modifier, Style};

/// How everything looks, for the terminal at hand.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    styles: [Style; Role::ALL.len()],
    glyphs: Glyphs,
}

impl Look {
    #[must_use]
    pub fn new(theme: &Theme, glyphs: Glyphs) -> Self {
        Look { styles: Role::ALL.map(|role| style(theme.ink(role))), glyphs }
    }

    #[must_use]
    pub fn style(&self, role: Role) -> Style {
        self.styles.get(role.place()).copied().unwrap_or_default()
    }

    #[must_use]
    pub fn glyph(&self, state: State) -> &'static str {
        self.glyphs.of(state)
    }

    #[must_use]
    pub fn signs(&self) -> &'static Signs {
        self.glyphs.signs()
    }

    #[must_use]
    pub fn glyphs(&self) -> Glyphs {
        self.glyphs
    }

    #[must_use]
    pub fn is_ascii(&self) -> bool {
        self.glyphs == Glyphs::Ascii
    }
}

/// What an ink leaves open shows through.
fn style(ink: Ink) -> Style {
    let mut style = Style::new();
    style.fg = colour(ink.fg);
    style.bg = colour(ink.bg);
    let pairs = [
        (Effects::BOLD, Modifier::BOLD),
        (Effects::DIM, Modifier::DIM),
        (Effects::REVERSE, Modifier::REVERSED),
        (Effects::UNDERLINE, Modifier::UNDERLINED),
    ];
    for (effect, modifier) in pairs {
        if ink.effects.has(effect) {
            style = style.add_modifier(modifier);
        }
    }
    style
}

fn colour(colour: Colour) -> Option<Color> {
    match colour {
        Colour::Default => None,
        Colour::Ansi(number) | Colour::Indexed(number) => Some(Color::Indexed(number)),
        Colour::Rgb(rgb) => Some(Color::Rgb(rgb.0, rgb.1, rgb.2)),
    }
}

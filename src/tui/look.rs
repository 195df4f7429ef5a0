//! The theme as the terminal library wants it: one style a role, and the glyphs.

use crate::theme::{Colour, Depth, Effects, Glyphs, Ink, Role, Signs, State, Theme, builtin, depth, names};
use ratatui::style::{Color, Modifier, Style};

/// How everything looks, for the terminal at hand.
#[derive(Clone, Debug)]
pub struct Look {
    styles: [Style; Role::ALL.len()],
    glyphs: Glyphs,
}

impl Look {
    #[must_use]
    pub fn new(theme: &Theme, glyphs: Glyphs) -> Self {
        Look { styles: Role::ALL.map(|role| style(theme.ink(role))), glyphs }
    }

    /// The theme called `name`, or the default, and the glyphs, in what the environment says that the terminal can show where nobody chose.
    ///
    /// # Errors
    /// There is no theme of that name, or its file is wrong.
    pub fn decide(name: Option<&str>, glyphs: Option<Glyphs>, env: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        Look::at(name, glyphs, Depth::decide(&env), env)
    }

    /// As [`Look::decide`], for a depth that is known.
    ///
    /// # Errors
    /// As there.
    pub fn at(name: Option<&str>, glyphs: Option<Glyphs>, depth: Depth, env: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let name = name.or_else(|| names().next()).unwrap_or("mono");
        let theme = builtin(name, depth).ok_or_else(|| format!("there is no theme called '{name}'"))?;
        Ok(Look::new(&theme.map_err(|error| format!("theme {name}: {error}"))?, glyphs.unwrap_or_else(|| depth::glyphs(&env))))
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

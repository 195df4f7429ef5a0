//! A theme as a file: a palette, and for each role what it is in true colour, in sixteen colours, and without colour.
//!
//! ```toml
//! [palette]
//! crit = "#ff4d6d"
//! [role]
//! critical = { fg = "crit", effects = ["bold"], ansi = "lightred", mono = ["bold", "reverse"] }
//! ```

use super::colour::{self, Colour, Rgb};
use super::depth::Depth;
use super::ink::{Effects, Ink};
use super::role::Role;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The themes of this program: one file each, one line here. The first is the default.
const BUILTIN: &[(&str, &str)] = &[("midnight", include_str!("../../themes/midnight.toml")), ("mono", include_str!("../../themes/mono.toml"))];

/// Every role with its ink, for one depth of colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    inks: [Ink; Role::ALL.len()],
}

/// A theme file that cannot be used; the text says where and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ThemeError(String);

/// The names of the themes of this program, the default first.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

/// The theme of this program called `name`; `None` when there is no such one.
///
/// # Errors
/// Its file is wrong; a test holds that none is.
#[must_use]
pub fn builtin(name: &str, depth: Depth) -> Option<Result<Theme, ThemeError>> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| Theme::parse(text, depth))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default)]
    palette: BTreeMap<String, String>,
    role: BTreeMap<String, Entry>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Names of the palette.
    fg: Option<String>,
    bg: Option<String>,
    #[serde(default)]
    effects: Vec<String>,
    /// Names of the sixteen.
    ansi: Option<String>,
    ansi_bg: Option<String>,
    #[serde(default)]
    mono: Vec<String>,
}

impl Theme {
    /// Reads a theme file for `depth`.
    ///
    /// # Errors
    /// TOML that is none, a key, role, colour or effect that does not exist, a role that is missing.
    pub fn parse(text: &str, depth: Depth) -> Result<Theme, ThemeError> {
        let file: File = toml::from_str(text).map_err(|error| ThemeError(error.to_string()))?;
        let palette = palette(&file.palette)?;
        if let Some(stranger) = file.role.keys().find(|key| !Role::ALL.iter().any(|role| role.name() == key.as_str())) {
            return Err(ThemeError(format!("there is no role '{stranger}'")));
        }
        let mut inks = [Ink::default(); Role::ALL.len()];
        for (role, slot) in Role::ALL.iter().zip(&mut inks) {
            let entry = file.role.get(role.name()).ok_or_else(|| ThemeError(format!("role '{}' is missing", role.name())))?;
            *slot = entry.ink(&palette, depth).map_err(|why| ThemeError(format!("role '{}': {why}", role.name())))?;
        }
        Ok(Theme { name: file.name, inks })
    }

    /// The ink of `role`; where it names no ground, that of the screen shows through.
    #[must_use]
    pub fn ink(&self, role: Role) -> Ink {
        self.inks.get(role.place()).copied().unwrap_or_default()
    }
}

fn palette(colours: &BTreeMap<String, String>) -> Result<BTreeMap<&str, Rgb>, ThemeError> {
    let read = |(name, text): (&'_ String, &String)| Rgb::parse(text).ok_or_else(|| ThemeError(format!("{name} = \"{text}\" is not #rrggbb")));
    colours.iter().map(|pair| Ok((pair.0.as_str(), read(pair)?))).collect()
}

impl Entry {
    /// The ink at `depth`; all of the entry is checked, whatever the depth.
    fn ink(&self, palette: &BTreeMap<&str, Rgb>, depth: Depth) -> Result<Ink, String> {
        let mixed = |name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => palette.get(name.as_str()).copied().map(Some).ok_or_else(|| format!("the palette has no '{name}'")),
        };
        let named = |name: &Option<String>| match name {
            None => Ok(Colour::Default),
            Some(name) => colour::ansi(name).map(Colour::Ansi).ok_or_else(|| format!("'{name}' is none of the sixteen colours")),
        };
        let set = |names: &[String]| {
            names
                .iter()
                .try_fold(Effects::NONE, |all, name| Effects::named(name).map(|one| all.with(one)).ok_or_else(|| format!("no effect '{name}'")))
        };
        let (fg, bg, ansi, ansi_bg) = (mixed(&self.fg)?, mixed(&self.bg)?, named(&self.ansi)?, named(&self.ansi_bg)?);
        let (effects, mono) = (set(&self.effects)?, set(&self.mono)?);
        let exact = |colour: Option<Rgb>| colour.map_or(Colour::Default, Colour::Rgb);
        let nearest = |colour: Option<Rgb>| colour.map_or(Colour::Default, |colour| Colour::Indexed(colour.indexed()));
        Ok(match depth {
            Depth::True => Ink { fg: exact(fg), bg: exact(bg), effects },
            Depth::Indexed => Ink { fg: nearest(fg), bg: nearest(bg), effects },
            Depth::Sixteen => Ink { fg: ansi, bg: ansi_bg, effects },
            Depth::Mono => Ink { fg: Colour::Default, bg: Colour::Default, effects: mono },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::colour::{contrast, of_index};
    use super::super::state::State;
    use super::*;

    fn seen(colour: Colour) -> Option<Rgb> {
        match colour {
            Colour::Rgb(rgb) => Some(rgb),
            Colour::Indexed(index) => Some(of_index(index)),
            Colour::Default | Colour::Ansi(_) => None,
        }
    }

    fn theme(name: &str, depth: Depth) -> Theme {
        builtin(name, depth).expect("a theme").expect("a good one")
    }

    #[test]
    fn every_theme_resolves_every_role_at_every_depth() {
        for name in names() {
            for depth in [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::True] {
                assert_eq!(theme(name, depth).name, name);
            }
        }
        assert_eq!(names().next(), Some("midnight"));
    }

    #[test]
    fn every_role_can_be_read_on_its_ground_and_on_the_selection() {
        for name in names() {
            for depth in [Depth::Indexed, Depth::True] {
                let theme = theme(name, depth);
                let ground = seen(theme.ink(Role::Text).bg);
                let selection = seen(theme.ink(Role::Selection).bg);
                for role in Role::ALL.iter().filter(|role| **role != Role::Selection) {
                    let ink = theme.ink(*role);
                    let Some(fg) = seen(ink.fg) else { continue };
                    // an ink with a ground of its own keeps it
                    let grounds = seen(ink.bg).map_or([ground, selection], |own| [Some(own), Some(own)]);
                    for bg in grounds.into_iter().flatten() {
                        let ratio = contrast(fg, bg);
                        assert!(ratio >= 4.5, "{name} {depth:?} {}: {ratio:.2}", role.name());
                    }
                }
            }
        }
    }

    #[test]
    fn severities_differ_without_any_colour() {
        let severities = [State::Critical, State::Warning, State::Info, State::Unknown, State::Healthy, State::Stale];
        for name in names() {
            let theme = theme(name, Depth::Mono);
            for role in Role::ALL {
                let ink = theme.ink(role);
                assert_eq!((ink.fg, ink.bg), (Colour::Default, Colour::Default), "{name} {}", role.name());
            }
            let loud = theme.ink(severities[0].role()).effects;
            assert!(severities[1..].iter().all(|state| theme.ink(state.role()).effects != loud), "{name}: critical stands out");
        }
    }

    #[test]
    fn the_sixteen_keep_severities_apart() {
        let theme = theme("midnight", Depth::Sixteen);
        let inks = [Role::Healthy, Role::Warning, Role::Critical, Role::Unknown].map(|role| theme.ink(role).fg);
        for (at, ink) in inks.iter().enumerate() {
            assert!(inks[at + 1..].iter().all(|other| other != ink) && matches!(ink, Colour::Ansi(_)));
        }
    }

    #[test]
    fn a_wrong_file_is_told_by_what_is_wrong() {
        let whole = BUILTIN[0].1;
        let broken = [
            (whole.replace("[palette]", "[palette]\nodd = \"blue\""), "odd = \"blue\" is not #rrggbb"),
            (whole.replace("critical ", "kritical "), "there is no role 'kritical'"),
            (whole.replace("name =", "nam ="), "unknown field"),
            (whole.replace("fg = \"crit\"", "fg = \"cirt\""), "role 'critical': the palette has no 'cirt'"),
            (whole.replace("\"lightred\"", "\"mauve\""), "role 'critical': 'mauve' is none of the sixteen colours"),
            (whole.lines().filter(|line| !line.starts_with("leader")).collect::<Vec<_>>().join("\n"), "role 'leader' is missing"),
        ];
        for (text, told) in broken {
            let error = Theme::parse(&text, Depth::True).expect_err(told).to_string();
            assert!(error.contains(told), "{told}: {error}");
        }
    }
}

//! A theme as a file: a palette, and for each role what it is in true colour, in sixteen colours, and without colour.
//!
//! ```toml
//! extends = "midnight"
//! [palette]
//! crit = "#ff4d6d"
//! [role]
//! critical = { fg = "crit", effects = ["bold"], ansi = "lightred", mono = ["bold", "reverse"] }
//! ```
//!
//! What a file does not say it has from the theme it extends, key by key; a colour of the palette that is mixed anew is new in the inherited roles too.

use super::colour::{self, Colour, Rgb};
use super::depth::Depth;
use super::ink::{Effects, Ink};
use super::role::Role;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The themes of this program: one file each, one line here. The first is the default, the second what a light terminal gets.
const BUILTIN: &[(&str, &str)] = &[
    ("midnight", include_str!("../../themes/midnight.toml")),
    ("paper", include_str!("../../themes/paper.toml")),
    ("sky", include_str!("../../themes/sky.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];
/// The keys of a file, and of a role.
const KEYS: [&str; 4] = ["name", "extends", "palette", "role"];
const ENTRY_KEYS: [&str; 6] = ["fg", "bg", "effects", "ansi", "ansi_bg", "mono"];

/// Every role with its ink, for one depth of colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    inks: [Ink; Role::ALL.len()],
}

/// Why a theme file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ThemeError {
    /// One sentence without full stop; carries words of the file.
    pub what: String,
    /// Bytes of the file; `None`: the file as a whole.
    pub at: Option<Range<usize>>,
    /// The word that is not known there, and those that are.
    pub meant: Option<(String, Vec<String>)>,
}

impl ThemeError {
    fn new(at: Option<Range<usize>>, what: impl Into<String>) -> Self {
        ThemeError { what: what.into(), at, meant: None }
    }

    fn unknown<'a>(at: Range<usize>, what: impl Into<String>, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        ThemeError { meant: Some((word.to_owned(), known.into_iter().map(str::to_owned).collect())), ..ThemeError::new(Some(at), what) }
    }
}

/// The names of the themes of this program, the default first.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILTIN.iter().map(|(name, _)| *name)
}

/// The theme that stands where nobody chose one, on a dark ground or a light one.
#[must_use]
pub fn default_on(light: bool) -> &'static str {
    BUILTIN.get(usize::from(light)).map_or("mono", |(name, _)| name)
}

/// The theme of this program called `name`; `None` when there is no such one.
///
/// # Errors
/// Its file is wrong; a test holds that none is.
#[must_use]
pub fn builtin(name: &str, depth: Depth) -> Option<Result<Theme, ThemeError>> {
    shipped(name).map(|sheet| sheet.and_then(|sheet| sheet.theme(depth)))
}

fn shipped(name: &str) -> Option<Result<Sheet, ThemeError>> {
    BUILTIN.iter().find(|(known, _)| *known == name).map(|(_, text)| Sheet::read(text, None))
}

impl Theme {
    /// Reads a theme file for `depth`. What it does not say is as in the theme of this program that it extends, or in the default one.
    ///
    /// # Errors
    /// TOML that is none, a key, role, colour, effect or theme that does not exist.
    pub fn parse(text: &str, depth: Depth) -> Result<Theme, ThemeError> {
        Sheet::read(text, Some(default_on(false)))?.theme(depth)
    }

    /// The ink of `role`; where it names no ground, that of the screen shows through.
    #[must_use]
    pub fn ink(&self, role: Role) -> Ink {
        self.inks.get(role.place()).copied().unwrap_or_default()
    }
}

/// What a file says together with what it extends, for all depths.
struct Sheet {
    name: String,
    palette: BTreeMap<String, Rgb>,
    entries: [Option<Entry>; Role::ALL.len()],
}

/// One role; `None`: nobody says.
#[derive(Clone, Default)]
struct Entry {
    /// Names of the palette.
    fg: Option<String>,
    bg: Option<String>,
    effects: Option<Effects>,
    /// Of the sixteen.
    ansi: Option<Colour>,
    ansi_bg: Option<Colour>,
    mono: Option<Effects>,
}

impl Sheet {
    /// Reads a file; `otherwise` is the theme it extends when it names none.
    fn read(text: &str, otherwise: Option<&str>) -> Result<Sheet, ThemeError> {
        let file = DeTable::parse(text).map_err(|error| ThemeError::new(error.span(), format!("this is not valid TOML: {}", error.message())))?;
        let file = file.get_ref();
        for key in file.keys().filter(|key| !KEYS.contains(&key.get_ref().as_ref())) {
            return Err(ThemeError::unknown(key.span(), format!("unknown key `{}`", key.get_ref()), key.get_ref(), KEYS));
        }
        let part = |name: &str| file.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value);
        let mut sheet = match part("extends").map(word).transpose()? {
            Some((name, at)) => match shipped(name) {
                Some(sheet) => sheet?,
                None => return Err(ThemeError::unknown(at, format!("extends: there is no theme '{name}' in this program"), name, names())),
            },
            None => match otherwise.and_then(shipped) {
                Some(sheet) => sheet?,
                None => Sheet { name: String::new(), palette: BTreeMap::new(), entries: [const { None }; Role::ALL.len()] },
            },
        };
        if let Some(name) = part("name") {
            sheet.name = word(name)?.0.to_owned();
        }
        for (name, value) in part("palette").map(table).transpose()?.into_iter().flatten() {
            let (text, at) = word(value)?;
            let wrong = || ThemeError::new(Some(at), format!("{} = \"{text}\" is not #rrggbb", name.get_ref()));
            sheet.palette.insert(name.get_ref().to_string(), Rgb::parse(text).ok_or_else(wrong)?);
        }
        for (name, value) in part("role").map(table).transpose()?.into_iter().flatten() {
            let Some(role) = Role::ALL.iter().find(|role| role.name() == name.get_ref()) else {
                let known = Role::ALL.iter().map(|role| role.name());
                return Err(ThemeError::unknown(name.span(), format!("there is no role '{}'", name.get_ref()), name.get_ref(), known));
            };
            if let Some(slot) = sheet.entries.get_mut(role.place()) {
                slot.get_or_insert_default().read(role.name(), table(value)?, &sheet.palette)?;
            }
        }
        Ok(sheet)
    }

    fn theme(&self, depth: Depth) -> Result<Theme, ThemeError> {
        let mut inks = [Ink::default(); Role::ALL.len()];
        for ((role, slot), entry) in Role::ALL.iter().zip(&mut inks).zip(&self.entries) {
            let missing = || ThemeError::new(None, format!("role '{}' is missing", role.name()));
            *slot = entry.as_ref().ok_or_else(missing)?.ink(&self.palette, depth);
        }
        Ok(Theme { name: self.name.clone(), inks })
    }
}

impl Entry {
    /// Takes what `said` says; all of it is checked, whatever the depth.
    fn read(&mut self, role: &str, said: &DeTable<'_>, palette: &BTreeMap<String, Rgb>) -> Result<(), ThemeError> {
        for (key, value) in said {
            match key.get_ref().as_ref() {
                "fg" => self.fg = Some(mixed(role, value, palette)?),
                "bg" => self.bg = Some(mixed(role, value, palette)?),
                "ansi" => self.ansi = Some(named(role, value)?),
                "ansi_bg" => self.ansi_bg = Some(named(role, value)?),
                "effects" => self.effects = Some(effects(role, value)?),
                "mono" => self.mono = Some(effects(role, value)?),
                other => return Err(ThemeError::unknown(key.span(), format!("role '{role}': unknown key `{other}`"), other, ENTRY_KEYS)),
            }
        }
        Ok(())
    }

    fn ink(&self, palette: &BTreeMap<String, Rgb>, depth: Depth) -> Ink {
        let colour = |name: &Option<String>, shown: fn(Rgb) -> Colour| {
            name.as_ref().and_then(|name| palette.get(name)).map_or(Colour::Default, |rgb| shown(*rgb))
        };
        let effects = self.effects.unwrap_or_default();
        match depth {
            Depth::True => Ink { fg: colour(&self.fg, Colour::Rgb), bg: colour(&self.bg, Colour::Rgb), effects },
            Depth::Indexed => {
                let nearest = |rgb: Rgb| Colour::Indexed(rgb.indexed());
                Ink { fg: colour(&self.fg, nearest), bg: colour(&self.bg, nearest), effects }
            }
            Depth::Sixteen => Ink { fg: self.ansi.unwrap_or_default(), bg: self.ansi_bg.unwrap_or_default(), effects },
            Depth::Mono => Ink { fg: Colour::Default, bg: Colour::Default, effects: self.mono.unwrap_or_default() },
        }
    }
}

/// A text, with its place.
fn word<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<(&'a str, Range<usize>), ThemeError> {
    match value.get_ref() {
        DeValue::String(text) => Ok((text.as_ref(), value.span())),
        other => Err(ThemeError::new(Some(value.span()), format!("expected a text in quotes, found {}", kind(other)))),
    }
}

fn table<'a, 'i>(value: &'a Spanned<DeValue<'i>>) -> Result<&'a DeTable<'i>, ThemeError> {
    match value.get_ref() {
        DeValue::Table(table) => Ok(table),
        other => Err(ThemeError::new(Some(value.span()), format!("expected a table, found {}", kind(other)))),
    }
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A colour of the palette.
fn mixed(role: &str, value: &Spanned<DeValue<'_>>, palette: &BTreeMap<String, Rgb>) -> Result<String, ThemeError> {
    let (name, at) = word(value)?;
    if palette.contains_key(name) {
        return Ok(name.to_owned());
    }
    Err(ThemeError::unknown(at, format!("role '{role}': the palette has no '{name}'"), name, palette.keys().map(String::as_str)))
}

/// One of the sixteen.
fn named(role: &str, value: &Spanned<DeValue<'_>>) -> Result<Colour, ThemeError> {
    let (name, at) = word(value)?;
    let wrong = || ThemeError::unknown(at, format!("role '{role}': '{name}' is none of the sixteen colours"), name, colour::NAMES);
    colour::ansi(name).map(Colour::Ansi).ok_or_else(wrong)
}

fn effects(role: &str, value: &Spanned<DeValue<'_>>) -> Result<Effects, ThemeError> {
    let DeValue::Array(items) = value.get_ref() else {
        return Err(ThemeError::new(Some(value.span()), format!("role '{role}': expected a list such as [\"bold\"]")));
    };
    let mut all = Effects::NONE;
    for item in items.iter() {
        let (name, at) = word(item)?;
        let known = Effects::NAMES.iter().map(|(name, _)| *name);
        let wrong = || ThemeError::unknown(at, format!("role '{role}': no effect '{name}'"), name, known);
        all = all.with(Effects::named(name).ok_or_else(wrong)?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_resolves_every_role_at_every_depth() {
        for name in names() {
            for depth in [Depth::Mono, Depth::Sixteen, Depth::Indexed, Depth::True] {
                assert_eq!(builtin(name, depth).expect("a theme").expect("a good one").name, name);
            }
        }
        assert_eq!((default_on(false), default_on(true)), ("midnight", "paper"));
    }

    #[test]
    fn what_a_file_does_not_say_it_inherits_key_by_key() {
        let parent = builtin("midnight", Depth::True).expect("a theme").expect("a good one");
        let bare = Theme::parse("", Depth::True).expect("an empty file is one");
        assert_eq!(bare.inks, parent.inks);
        let text = "extends = \"midnight\"\nname = \"mine\"\n[palette]\ncrit = \"#ff0000\"\n[role]\nwarning = { fg = \"crit\" }\n";
        let mine = Theme::parse(text, Depth::True).expect("a theme");
        assert_eq!(mine.name, "mine");
        let red = Colour::Rgb(Rgb(255, 0, 0));
        // mixed anew, where the role itself is inherited
        assert_eq!(mine.ink(Role::Critical).fg, red);
        assert_eq!(mine.ink(Role::Warning), Ink { fg: red, ..parent.ink(Role::Warning) });
        assert_eq!(mine.ink(Role::Healthy), parent.ink(Role::Healthy));
        for depth in [Depth::Mono, Depth::Sixteen] {
            let parent = builtin("midnight", depth).expect("a theme").expect("a good one");
            assert_eq!(Theme::parse(text, depth).expect("a theme").ink(Role::Warning), parent.ink(Role::Warning), "{depth:?}");
        }
    }

    #[test]
    fn a_wrong_file_is_told_by_what_is_wrong_and_where() {
        let whole = BUILTIN[0].1;
        let broken = [
            (whole.replace("[palette]", "[palette]\nodd = \"blue\""), "odd = \"blue\" is not #rrggbb", "\"blue\""),
            (whole.replace("critical ", "kritical "), "there is no role 'kritical'", "kritical"),
            (whole.replace("name =", "nam ="), "unknown key `nam`", "nam"),
            (whole.replace("fg = \"crit\"", "fg = \"cirt\""), "role 'critical': the palette has no 'cirt'", "\"cirt\""),
            (whole.replace("\"lightred\"", "\"mauve\""), "role 'critical': 'mauve' is none of the sixteen colours", "\"mauve\""),
            (whole.replace("mono = [\"reverse\"]", "mono = [\"blink\"]"), "no effect 'blink'", "\"blink\""),
            (whole.replace("name = \"midnight\"", "name = 5"), "expected a text in quotes, found a number", "5"),
            (whole.replace("name =", "extends = \"dusk\"\nname ="), "extends: there is no theme 'dusk' in this program", "\"dusk\""),
            (whole.replace("leader = {", "leader = \"crit\" #"), "expected a table, found a text", "\"crit\""),
            (whole.replace("[palette]", "[palette"), "this is not valid TOML", ""),
        ];
        for (text, told, at) in broken {
            let error = Theme::parse(&text, Depth::True).expect_err(told);
            assert!(error.to_string().contains(told), "{told}: {error}");
            let span = error.at.clone().expect("a place");
            assert!(at.is_empty() || text[span.clone()] == *at, "{told}: {:?}", &text[span]);
        }
        let error = Theme::parse(&whole.replace("critical ", "kritical "), Depth::True).expect_err("a flaw");
        assert!(error.meant.is_some_and(|(word, known)| word == "kritical" && known.iter().any(|role| role == "critical")));
        let without = whole.lines().filter(|line| !line.starts_with("leader")).collect::<Vec<_>>().join("\n");
        let shipped = Sheet::read(&without, None).and_then(|sheet| sheet.theme(Depth::True)).expect_err("it is not whole");
        assert_eq!(shipped.to_string(), "role 'leader' is missing");
    }
}

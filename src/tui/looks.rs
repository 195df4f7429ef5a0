//! Which look a frame has: what somebody chose, for everything or for the environment of the cluster that is open, else what the ground of the terminal asks for.
//!
//! A theme that cannot be used changes nothing: what was there before stays, and says why.

use super::look::Look;
use crate::config::themes::{Stamp, Themes};
use crate::config::{Console, Diagnostic};
use crate::model::Environment;
use crate::theme::colour::{Rgb, contrast};
use crate::theme::{AUTO, Depth, Glyphs, Theme, When, builtin, default_on, depth};

/// The looks of a console.
#[derive(Clone, Debug)]
pub struct Looks {
    themes: Themes,
    depth: Depth,
    glyphs: Glyphs,
    base: Worn,
    by_environment: Vec<(Environment, Worn)>,
    /// Nobody chose: the ground decides.
    auto: bool,
    /// Why themes that were chosen are not used; safe to show.
    pub flaws: Vec<String>,
}

/// A look with the name of its theme.
#[derive(Clone, Debug)]
struct Worn {
    name: String,
    look: Look,
}

/// What was said about looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// `--theme`
    pub theme: Option<&'a str>,
    pub glyphs: Option<Glyphs>,
    /// What the terminal can show; `None`: as its environment says.
    pub depth: Option<Depth>,
    /// `--color`
    pub when: When,
}

impl Looks {
    /// The looks that the command line, the environment and the configuration ask for, the stronger first.
    ///
    /// # Errors
    /// The command line names a theme that there is not.
    pub fn decide(said: Said<'_>, console: &Console, env: impl Fn(&str) -> Option<String>) -> Result<Self, Box<Diagnostic>> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let (flag, variable) = (said.theme.map(str::to_owned), set("OPSCTL_THEME"));
        if let Some(name) = flag.as_deref().filter(|name| *name != AUTO && !console.themes.has(name)) {
            return Err(Box::new(console.themes.read(name, Depth::Mono).err().unwrap_or_else(|| Diagnostic::new("a theme that is none"))));
        }
        let depth = said.depth.unwrap_or_else(|| Depth::decide(said.when, true, &env));
        let glyphs = said.glyphs.or(console.glyphs).unwrap_or_else(|| depth::glyphs(&env));
        let own = flag.or(variable);
        let wanted = own.as_deref().or(console.theme.as_deref()).filter(|name| *name != AUTO).map(str::to_owned);
        let ground = default_on(set("COLORFGBG").is_some_and(|value| is_light(&value)));
        let auto = wanted.is_none();
        let fallback = Look::new(&standing_in(ground, depth), glyphs);
        let mut looks = Looks {
            themes: console.themes.clone(),
            depth,
            glyphs,
            base: Worn { name: ground.to_owned(), look: fallback },
            by_environment: Vec::new(),
            auto,
            flaws: Vec::new(),
        };
        if let Some(name) = wanted {
            looks.base = looks.worn(name);
        }
        // who chose for this one time chose for every cluster
        if own.is_none() {
            let all = &console.by_environment;
            looks.by_environment = all.iter().map(|(environment, name)| (*environment, looks.worn(name.clone()))).collect();
        }
        Ok(looks)
    }

    /// The theme called `name`, or what stands in for it, with the reason told.
    fn worn(&mut self, name: String) -> Worn {
        let look = self.made(&name).unwrap_or_else(|why| {
            self.flaws.push(why);
            self.base.look.clone()
        });
        Worn { name, look }
    }

    /// The look of the theme called `name`, as its file is now.
    ///
    /// # Errors
    /// Why there is none, in one line, safe to show.
    pub fn made(&self, name: &str) -> Result<Look, String> {
        self.themes.read(name, self.depth).map(|theme| Look::new(&theme, self.glyphs)).map_err(|error| error.line())
    }

    /// The look while a cluster of `environment` is open, or none.
    #[must_use]
    pub fn of(&self, environment: Option<Environment>) -> &Look {
        let own = self.by_environment.iter().find(|(one, _)| Some(*one) == environment);
        own.map_or(&self.base.look, |(_, worn)| &worn.look)
    }

    /// The themes there are, by their names: those of this program, then a person's own.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = crate::theme::names().map(str::to_owned).collect();
        names.extend(self.themes.own().into_iter().filter(|own| !crate::theme::names().any(|known| known == own)));
        names
    }

    /// Wears the theme called `name` from now on, whichever cluster is open.
    ///
    /// # Errors
    /// Why it cannot be worn, in one line, safe to show; the look of before stays.
    pub fn choose(&mut self, name: &str) -> Result<(), String> {
        self.base = Worn { look: self.made(name)?, name: name.to_owned() };
        self.by_environment.clear();
        self.auto = false;
        Ok(())
    }

    /// Draws with `glyphs` from now on.
    pub fn draw_with(&mut self, glyphs: Glyphs) {
        self.glyphs = glyphs;
        let made = |name: &str| self.made(name).ok();
        let base = made(&self.base.name);
        let others: Vec<Option<Look>> = self.by_environment.iter().map(|(_, worn)| made(&worn.name)).collect();
        let all = std::iter::once((&mut self.base, base)).chain(self.by_environment.iter_mut().map(|(_, worn)| worn).zip(others));
        // a theme whose file broke meanwhile has the look of one of ours, in the same characters
        let (depth, ground) = (self.depth, default_on(false));
        for (worn, look) in all {
            worn.look = look.unwrap_or_else(|| Look::new(&standing_in(ground, depth), glyphs));
        }
    }

    /// The terminal told its ground; `true` when that changes anything.
    pub fn on(&mut self, ground: Rgb) -> bool {
        // what black letters can be read on better than white ones
        let light = contrast(ground, Rgb(0, 0, 0)) > contrast(ground, Rgb(255, 255, 255));
        let name = default_on(light);
        let changes = self.auto && self.base.name != name;
        if changes {
            self.base = Worn { name: name.to_owned(), look: Look::new(&standing_in(name, self.depth), self.glyphs) };
        }
        changes
    }

    /// Whether anybody has to know on which ground the console stands.
    #[must_use]
    pub fn wants_ground(&self) -> bool {
        self.auto && self.depth > Depth::Mono
    }

    /// The theme called `name` looks like this from now on.
    pub fn wear(&mut self, name: &str, look: &Look) {
        for worn in self.by_environment.iter_mut().map(|(_, worn)| worn).chain([&mut self.base]).filter(|worn| worn.name == name) {
            worn.look = look.clone();
        }
    }

    /// The themes in use that are files of somebody, each with how its file is known.
    #[must_use]
    pub fn stamps(&self) -> Vec<(String, Option<Stamp>)> {
        let shipped = |name: &str| crate::theme::names().any(|known| known == name) && self.themes.file(name).is_none();
        let all = self.by_environment.iter().map(|(_, worn)| worn).chain([&self.base]);
        let mut names: Vec<&str> = all.map(|worn| worn.name.as_str()).filter(|name| !shipped(name)).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| (name.to_owned(), self.themes.stamp(name))).collect()
    }
}

/// A theme of this program; a test holds that all of them can be read.
fn standing_in(name: &str, depth: Depth) -> Theme {
    builtin(name, depth).and_then(Result::ok).unwrap_or_default()
}

/// What `COLORFGBG` says: letters, then ground, each one of the sixteen; 7 and what is brighter than grey is light.
fn is_light(value: &str) -> bool {
    value.rsplit(';').next().and_then(|ground| ground.parse::<u8>().ok()).is_some_and(|ground| ground == 7 || (9..=15).contains(&ground))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Role;

    fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    const TRUE: (&str, &str) = ("COLORTERM", "truecolor");
    const TERM: (&str, &str) = ("TERM", "xterm-256color");

    fn name(said: Said<'_>, console: &Console, pairs: &[(&str, &str)]) -> String {
        Looks::decide(said, console, env(&[pairs, &[TERM, TRUE]].concat())).expect("looks").base.name
    }

    #[test]
    fn the_flag_goes_before_the_variable_before_the_configuration_before_the_ground() {
        let console = Console { theme: Some("sky".to_owned()), ..Console::default() };
        let flag = Said { theme: Some("mono"), ..Said::default() };
        assert_eq!(name(flag, &console, &[("OPSCTL_THEME", "paper")]), "mono");
        assert_eq!(name(Said::default(), &console, &[("OPSCTL_THEME", "paper")]), "paper");
        assert_eq!(name(Said::default(), &console, &[("OPSCTL_THEME", ""), ("COLORFGBG", "0;15")]), "sky");
        for (ground, expected) in
            [("0;15", "paper"), ("15;0", "midnight"), ("0;default;7", "paper"), ("12;8", "midnight"), ("default", "midnight"), ("", "midnight")]
        {
            assert_eq!(name(Said::default(), &Console::default(), &[("COLORFGBG", ground)]), expected, "{ground}");
            let auto = Said { theme: Some("auto"), ..Said::default() };
            assert_eq!(name(auto, &console, &[("COLORFGBG", ground)]), expected, "{ground}");
        }
    }

    #[test]
    fn the_ground_decides_only_where_nobody_chose() {
        let white = Rgb(0xff, 0xff, 0xf0);
        let mut looks = Looks::decide(Said::default(), &Console::default(), env(&[TERM, TRUE])).expect("looks");
        assert!(looks.wants_ground() && looks.on(white) && !looks.on(white));
        assert_eq!(looks.base.name, "paper");
        assert!(looks.on(Rgb(0x1e, 0x1e, 0x2e)));
        let chosen = Said { theme: Some("sky"), ..Said::default() };
        let mut looks = Looks::decide(chosen, &Console::default(), env(&[TERM, TRUE])).expect("looks");
        assert!(!looks.wants_ground() && !looks.on(white));
        assert!(!Looks::decide(Said::default(), &Console::default(), env(&[TERM, ("NO_COLOR", "1")])).expect("looks").wants_ground());
    }

    #[test]
    fn what_is_chosen_later_is_worn_everywhere_and_what_is_none_changes_nothing() {
        let console = Console { by_environment: vec![(Environment::Prod, "sky".to_owned())], ..Console::default() };
        let mut looks = Looks::decide(Said::default(), &console, env(&[TERM, TRUE])).expect("looks");
        let style = |looks: &Looks| looks.of(Some(Environment::Prod)).style(Role::Critical);
        let of = |name: &str| Look::new(&standing_in(name, Depth::True), Glyphs::Ascii).style(Role::Critical);
        assert_eq!(style(&looks), of("sky"));
        assert!(looks.choose("papper").is_err_and(|why| why.contains("papper")));
        assert_eq!(style(&looks), of("sky"));
        looks.choose("paper").expect("there is one");
        assert_eq!(style(&looks), of("paper"));
        assert!(!looks.wants_ground());
        let was = looks.of(None).is_ascii();
        for glyphs in [Glyphs::Ascii, Glyphs::Unicode] {
            looks.draw_with(glyphs);
            assert_eq!((looks.of(None).is_ascii(), style(&looks)), (glyphs == Glyphs::Ascii, of("paper")), "{was}");
        }
        assert!(looks.names().starts_with(&crate::theme::names().map(str::to_owned).collect::<Vec<_>>()));
    }

    #[test]
    fn a_theme_that_is_none_ends_the_start_where_it_was_typed_and_nowhere_else() {
        let typed = Said { theme: Some("papper"), ..Said::default() };
        let error = Looks::decide(typed, &Console::default(), env(&[])).expect_err("a typo").render();
        assert!(error.contains("no theme called 'papper'") && error.contains("did you mean `paper`?"), "{error}");
        let looks = Looks::decide(Said::default(), &Console::default(), env(&[TERM, TRUE, ("OPSCTL_THEME", "papper")])).expect("looks");
        assert!(looks.flaws[0].contains("papper") && looks.flaws.len() == 1, "{:?}", looks.flaws);
        let midnight = Look::new(&standing_in("midnight", Depth::True), Glyphs::Ascii);
        assert_eq!(looks.base.look.style(Role::Critical), midnight.style(Role::Critical));
    }
}

//! How many colours a terminal shows, and whether it shows more than ASCII, by what its environment says.

use super::glyph::Glyphs;

/// Colours that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: bold, dim, reverse and underline have to do.
    Mono,
    Sixteen,
    Indexed,
    True,
}

/// When to colour, as `--color` says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// As the environment and the terminal have it.
    #[default]
    Auto,
    Always,
    Never,
}

impl When {
    pub const NAMES: [&str; 3] = ["auto", "always", "never"];

    /// What `name` of [`When::NAMES`] means.
    #[must_use]
    pub fn named(name: &str) -> When {
        match name {
            "always" => When::Always,
            "never" => When::Never,
            _ => When::Auto,
        }
    }
}

impl Depth {
    /// Decides for a `terminal`, or for what is none: whoever says `when` is obeyed, then `NO_COLOR`, then `CLICOLOR_FORCE`, then `CLICOLOR`; which colours
    /// there are, `COLORTERM` and `TERM` tell; `env` looks one up. <https://no-color.org> <https://bixense.com/clicolors>
    #[must_use]
    pub fn decide(when: When, terminal: bool, env: impl Fn(&str) -> Option<String>) -> Depth {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let forced = match when {
            When::Always => true,
            When::Never => return Depth::Mono,
            When::Auto if set("NO_COLOR").is_some() => return Depth::Mono,
            When::Auto => set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        };
        if !forced && (!terminal || set("CLICOLOR").is_some_and(|value| value == "0")) {
            return Depth::Mono;
        }
        let term = set("TERM").unwrap_or_default();
        let shown = if term.is_empty() || term == "dumb" || term.starts_with("vt") {
            Depth::Mono
        } else if set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") || term.ends_with("-direct") {
            Depth::True
        } else if term.contains("256color") {
            Depth::Indexed
        } else {
            Depth::Sixteen
        };
        if forced { shown.max(Depth::Sixteen) } else { shown }
    }
}

/// Decides by the locale and `TERM`; `env` looks one up. Without a word about UTF-8 it is ASCII: a wrong box is worse than a plain one.
#[must_use]
pub fn glyphs(env: impl Fn(&str) -> Option<String>) -> Glyphs {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default().to_ascii_lowercase();
    let term = set("TERM").unwrap_or_default();
    // the kernel's own console has a font of 512 characters
    let poor = term == "linux" || term == "dumb" || term.starts_with("vt");
    if !poor && (locale.contains("utf-8") || locale.contains("utf8")) { Glyphs::Unicode } else { Glyphs::Ascii }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_environment_decides_the_depth() {
        let cases: [(&[(&str, &str)], Depth); 8] = [
            (&[], Depth::Mono),
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "1")], Depth::Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Depth::Indexed),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], Depth::True),
            (&[("TERM", "xterm-direct")], Depth::True),
            (&[("TERM", "screen")], Depth::Sixteen),
            (&[("TERM", "vt220")], Depth::Mono),
        ];
        for (pairs, depth) in cases {
            assert_eq!(Depth::decide(When::Auto, true, env(pairs)), depth, "{pairs:?}");
        }
    }

    #[test]
    fn whether_to_colour_is_decided_by_the_stronger_word() {
        type Case = (When, bool, &'static [(&'static str, &'static str)], Depth);
        const TERM: (&str, &str) = ("TERM", "xterm-256color");
        let cases: [Case; 14] = [
            (When::Auto, false, &[TERM], Depth::Mono),
            (When::Auto, true, &[TERM, ("CLICOLOR", "0")], Depth::Mono),
            (When::Auto, true, &[TERM, ("CLICOLOR", "1")], Depth::Indexed),
            (When::Auto, true, &[TERM, ("CLICOLOR", "")], Depth::Indexed),
            (When::Auto, false, &[TERM, ("CLICOLOR", "1")], Depth::Mono),
            (When::Auto, false, &[TERM, ("CLICOLOR_FORCE", "1")], Depth::Indexed),
            (When::Auto, false, &[TERM, ("CLICOLOR_FORCE", "0")], Depth::Mono),
            (When::Auto, false, &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], Depth::Sixteen),
            (When::Auto, true, &[TERM, ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], Depth::Mono),
            (When::Always, false, &[TERM, ("NO_COLOR", "1"), ("CLICOLOR", "0")], Depth::Indexed),
            (When::Always, false, &[("TERM", "dumb")], Depth::Sixteen),
            (When::Always, true, &[], Depth::Sixteen),
            (When::Never, true, &[TERM, ("CLICOLOR_FORCE", "1")], Depth::Mono),
            (When::Never, false, &[], Depth::Mono),
        ];
        for (when, terminal, pairs, depth) in cases {
            assert_eq!(Depth::decide(when, terminal, env(pairs)), depth, "{when:?}, terminal: {terminal}, {pairs:?}");
        }
        assert_eq!(When::NAMES.map(When::named), [When::Auto, When::Always, When::Never]);
    }

    #[test]
    fn only_a_locale_that_says_so_gets_more_than_ascii() {
        let cases: [(&[(&str, &str)], Glyphs); 6] = [
            (&[("TERM", "xterm"), ("LANG", "en_US.UTF-8")], Glyphs::Unicode),
            (&[("TERM", "xterm"), ("LANG", "en_US.UTF-8"), ("LC_ALL", "C")], Glyphs::Ascii),
            (&[("TERM", "xterm"), ("LC_CTYPE", "C.utf8")], Glyphs::Unicode),
            (&[("TERM", "xterm"), ("LC_ALL", ""), ("LANG", "C.UTF-8")], Glyphs::Unicode),
            (&[("TERM", "linux"), ("LANG", "C.UTF-8")], Glyphs::Ascii),
            (&[("TERM", "xterm")], Glyphs::Ascii),
        ];
        for (pairs, glyphs_) in cases {
            assert_eq!(glyphs(env(pairs)), glyphs_, "{pairs:?}");
        }
    }
}

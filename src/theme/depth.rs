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

impl Depth {
    /// Decides by `NO_COLOR`, `COLORTERM` and `TERM`; `env` looks one up. <https://no-color.org>
    #[must_use]
    pub fn decide(env: impl Fn(&str) -> Option<String>) -> Depth {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        if set("NO_COLOR").is_some() || term.is_empty() || term == "dumb" || term.starts_with("vt") {
            return Depth::Mono;
        }
        if set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") || term.ends_with("-direct") {
            return Depth::True;
        }
        if term.contains("256color") { Depth::Indexed } else { Depth::Sixteen }
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
            assert_eq!(Depth::decide(env(pairs)), depth, "{pairs:?}");
        }
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

//! Announcing by the terminal: OSC 9 (iTerm2, WezTerm, kitty, Windows Terminal) or OSC 777 (urxvt, foot, VTE) makes the person's own desktop show it, also at
//! the far end of an ssh session. Pure: it makes the bytes, the owner of the terminal writes them. One of the two is sent, since some know both.
//!
//! No byte of a server gets out of the sequence: what is not plain became a marker before, and is left out here; `;` parts the fields of OSC 777.
//! <https://iterm2.com/documentation-escape-codes.html>, <https://codeberg.org/dnkl/foot/src/branch/master/CHANGELOG.md>

use crate::text::untrusted::is_plain;

/// Characters that are announced; desktops show less.
const MOST: usize = 300;

/// Which sequence the terminal knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Osc {
    #[default]
    Nine,
    SevenSevenSeven,
}

impl Osc {
    /// As far as the environment tells; OSC 9 is known by more.
    #[must_use]
    pub fn of_environment(env: impl Fn(&str) -> Option<String>) -> Self {
        let named = env("TERM").is_some_and(|term| ["rxvt", "foot"].iter().any(|known| term.starts_with(known)));
        if named || env("VTE_VERSION").is_some_and(|version| !version.is_empty()) { Osc::SevenSevenSeven } else { Osc::Nine }
    }
}

/// The bytes that announce `title` and the first line of `text`; inside tmux wrapped for the terminal around it, which `allow-passthrough on` lets through.
#[must_use]
pub fn sequence(title: &str, text: &str, osc: Osc, tmux: bool) -> Vec<u8> {
    let title = plain(title);
    let text = plain(text.lines().next().unwrap_or(""));
    let plain = match osc {
        Osc::Nine => format!("\x1b]9;opsctl: {title} ({text})\x1b\\"),
        Osc::SevenSevenSeven => format!("\x1b]777;notify;opsctl: {title};{text}\x1b\\"),
    };
    if tmux { format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")) } else { plain }.into_bytes()
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| is_plain(*c)).map(|c| if c == ';' { ',' } else { c }).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_terminal_gets_the_one_it_knows() {
        let of = |name: &'static str, value: &'static str| Osc::of_environment(move |asked| (asked == name).then(|| value.to_owned()));
        assert_eq!(
            [of("TERM", "xterm-256color"), of("TERM", "foot"), of("VTE_VERSION", "7600")],
            [Osc::Nine, Osc::SevenSevenSeven, Osc::SevenSevenSeven]
        );
        assert_eq!(sequence("CRITICAL c: x", "a; b\nsecond", Osc::Nine, false), b"\x1b]9;opsctl: CRITICAL c: x (a, b)\x1b\\");
        assert_eq!(sequence("t;itle", "a", Osc::SevenSevenSeven, false), b"\x1b]777;notify;opsctl: t,itle;a\x1b\\");
        assert_eq!(sequence("t", "a", Osc::Nine, true), b"\x1bPtmux;\x1b\x1b]9;opsctl: t (a)\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn nothing_gets_out_of_the_sequence() {
        for hostile in ["\x07\x1b]52;c;!\x07", "\u{9c}\u{9d}0;x\u{9c}", "\x1b\\\x1b[2J", "\u{202e}x\0"] {
            for osc in [Osc::Nine, Osc::SevenSevenSeven] {
                let bytes = sequence(hostile, hostile, osc, false);
                let text = String::from_utf8(bytes).expect("text");
                let inner = text.strip_prefix("\x1b]").and_then(|rest| rest.strip_suffix("\x1b\\")).expect("one sequence");
                assert!(inner.chars().all(is_plain), "{inner:?}");
            }
        }
    }
}

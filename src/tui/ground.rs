//! On which ground the terminal draws: asked for behind the first frame, and answered among the keys, if at all. Pure.
//!
//! OSC 11 of xterm. <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands>

use crate::theme::colour::Rgb;

/// What asks for it.
pub const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";
/// How an answer begins, behind what begins every command.
const BEGIN: &str = "11;";

/// Whether the terminal can be asked; `env` looks a variable up. Some show the question, or hand it on to nobody.
#[must_use]
pub fn can_tell(env: impl Fn(&str) -> Option<String>) -> bool {
    let term = env("TERM").unwrap_or_default();
    let poor = ["linux", "dumb", "vt", "screen"].iter().any(|name| term.starts_with(name));
    // tmux answers by itself, by whatever name it goes
    (!poor || env("TMUX").is_some_and(|socket| !socket.is_empty())) && !term.is_empty()
}

/// The colour that the words of a command tell; `None`: they answer something else.
#[must_use]
pub fn told(command: &str) -> Option<Rgb> {
    colour(command.strip_prefix(BEGIN)?)
}

/// `rgb:ffff/8080/0000`: one to four digits each, of which all ones are the brightest.
fn colour(text: &str) -> Option<Rgb> {
    let mut parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?.split('/').map(part);
    Some(Rgb(parts.next()??, parts.next()??, parts.next()??))
}

fn part(digits: &str) -> Option<u8> {
    let most = match digits.len() {
        1..=4 => (1_u32 << (4 * digits.len())) - 1,
        _ => return None,
    };
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from((value * 255 + most / 2) / most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_colour_whatever_its_digits() {
        assert_eq!(told("11;rgb:1111/1515/1c1c"), Some(Rgb(0x11, 0x15, 0x1c)));
        assert_eq!(told("11;rgba:ff/00/80/ff"), Some(Rgb(255, 0, 128)));
        assert_eq!(told("11;rgb:ff/00"), None);
        assert_eq!(told("11;rgb:ff/00/zz"), None);
        assert_eq!(told("10;rgb:ff/00/80"), None);
        assert_eq!(told("l11;rgb:ff/00/80"), None);
    }

    #[test]
    fn terminals_that_would_show_the_question_are_not_asked() {
        let with = |term: &'static str, tmux: bool| {
            can_tell(move |name| match name {
                "TERM" => Some(term.to_owned()),
                "TMUX" if tmux => Some("/tmp/tmux-0/default,1,0".to_owned()),
                _ => None,
            })
        };
        assert!(with("xterm-256color", false) && with("screen-256color", true) && with("tmux-256color", true));
        assert!(!with("linux", false) && !with("screen", false) && !with("dumb", false) && !with("", false));
    }
}

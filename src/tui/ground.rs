//! On which ground the terminal draws: asked for behind the first frame, and answered among the keys, if at all. Pure.
//!
//! OSC 11 of xterm. <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands>

use crate::theme::colour::Rgb;

/// What asks for it.
pub const QUESTION: &[u8] = b"\x1b]11;?\x1b\\";
/// How an answer begins, and the two ways it can end.
const BEGIN: &[u8] = b"\x1b]11;";
const BELL: u8 = 0x07;
const END: &[u8] = b"\x1b\\";
/// Longer than any answer.
const LONGEST: usize = 48;

/// Whether the terminal can be asked; `env` looks a variable up. Some show the question, or hand it on to nobody.
#[must_use]
pub fn can_tell(env: impl Fn(&str) -> Option<String>) -> bool {
    let term = env("TERM").unwrap_or_default();
    let poor = ["linux", "dumb", "vt", "screen"].iter().any(|name| term.starts_with(name));
    // tmux answers by itself, by whatever name it goes
    (!poor || env("TMUX").is_some_and(|socket| !socket.is_empty())) && !term.is_empty()
}

/// The answer at the beginning of `bytes`: its length, and the colour if it is one. `None`: none begins there, or it is not whole yet.
#[must_use]
pub fn answer(bytes: &[u8]) -> Option<(usize, Option<Rgb>)> {
    let rest = bytes.strip_prefix(BEGIN)?;
    let end = rest.iter().take(LONGEST).position(|byte| *byte < b' ');
    let Some(end) = end else { return (rest.len() >= LONGEST).then_some((BEGIN.len() + LONGEST, None)) };
    let after = rest.get(end..).unwrap_or_default();
    let length = match after {
        [BELL, ..] => 1,
        _ if after.starts_with(END) => END.len(),
        // the other half of the end is on its way
        [_] => return None,
        // broken off by another sequence, which is read as what it is
        _ => 0,
    };
    let colour = std::str::from_utf8(rest.get(..end).unwrap_or_default()).ok().and_then(colour);
    Some((BEGIN.len() + end + length, colour.filter(|_| length > 0)))
}

/// Whether `bytes` are the beginning of an answer, and not all of it.
#[must_use]
pub fn is_begun(bytes: &[u8]) -> bool {
    bytes.starts_with(BEGIN) && answer(bytes).is_none()
}

/// Whether `bytes` may become the beginning of an answer: its first half came alone.
#[must_use]
pub fn may_begin(bytes: &[u8]) -> bool {
    bytes.len() > 1 && BEGIN.starts_with(bytes)
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
        let told = |text: &str| answer(text.as_bytes());
        assert_eq!(told("\u{1b}]11;rgb:1111/1515/1c1c\u{7}"), Some((24, Some(Rgb(0x11, 0x15, 0x1c)))));
        assert_eq!(told("\u{1b}]11;rgba:ff/00/80/ff\u{1b}\\"), Some((23, Some(Rgb(255, 0, 128)))));
        assert_eq!(told("\u{1b}]11;rgb:ff/00\u{7}"), Some((15, None)));
        assert_eq!(told("\u{1b}]11;rgb:ff/00/zz\u{7}"), Some((18, None)));
        assert_eq!(told("\u{1b}]11;rgb:ff/00/80\u{1b}[A"), Some((17, None)));
        assert_eq!(told("\u{1b}]11;rgb:ff/00/80\u{1b}"), None);
        assert_eq!(told("\u{1b}]10;rgb:ff/00/80\u{7}"), None);
        let long = format!("\u{1b}]11;{}", "f".repeat(80));
        assert_eq!(answer(long.as_bytes()), Some((BEGIN.len() + LONGEST, None)));
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

//! Copying by OSC 52: the terminal itself puts the text into the clipboard, also at the far end of an ssh session. Pure: it makes the bytes, the owner of the
//! terminal writes them.
//!
//! Nothing that a server said gets out of the sequence: what is not plain is shown as a marker, and the payload is base64.
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-Operating-System-Commands>

use crate::text::untrusted::visible;
use crate::tui::notice::Notice;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of base64 that every terminal with OSC 52 takes.
const MOST: usize = 74_994;

/// A text of this many characters is longer than a terminal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} characters are more than a terminal takes into its clipboard; nothing was copied")]
pub struct TooLong(pub usize);

/// The bytes that put `text` into the clipboard. Inside tmux the sequence is sent twice: as it is, which tmux takes itself with `set-clipboard on`, and wrapped
/// for the terminal around it, which `allow-passthrough on` lets through.
///
/// # Errors
/// The text is longer than terminals take.
pub fn sequence(text: &str, tmux: bool) -> Result<Vec<u8>, TooLong> {
    // tabs keep columns apart, and act on nothing
    let safe: Vec<String> = text.split('\t').map(visible).collect();
    let payload = STANDARD.encode(safe.join("\t"));
    if payload.len() > MOST {
        return Err(TooLong(text.chars().count()));
    }
    let plain = format!("\x1b]52;c;{payload}\x1b\\");
    let wrapped = if tmux { format!("\x1bPtmux;{}\x1b\\", plain.replace('\x1b', "\x1b\x1b")) } else { String::new() };
    Ok(format!("{plain}{wrapped}").into_bytes())
}

/// What is told when the terminal was given the sequence; whether it took it, nobody says.
#[must_use]
pub fn told(text: &str) -> Notice {
    Notice::info(format!("sent {} characters to the clipboard by OSC 52", text.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_sequence_and_two_inside_tmux() {
        assert_eq!(sequence("pg1\tok", false).expect("bytes"), b"\x1b]52;c;cGcxCW9r\x1b\\");
        let inside = sequence("pg1", true).expect("bytes");
        assert_eq!(inside, b"\x1b]52;c;cGcx\x1b\\\x1bPtmux;\x1b\x1b]52;c;cGcx\x1b\x1b\\\x1b\\");
    }

    #[test]
    fn words_of_a_server_reach_the_clipboard_as_markers() {
        let bytes = sequence("a\x1b]52;c;!\x07\u{202e}\u{9b}b\nc", false).expect("bytes");
        let inner = bytes.strip_prefix(b"\x1b]52;c;").and_then(|rest| rest.strip_suffix(b"\x1b\\")).expect("one sequence");
        let copied = String::from_utf8(STANDARD.decode(inner).expect("base64")).expect("text");
        assert!(copied.chars().all(crate::text::untrusted::is_plain) && copied.contains("\\x1b]52"), "{copied}");
    }

    #[test]
    fn what_no_terminal_takes_is_refused() {
        assert_eq!(sequence(&"x\t".repeat(40_000), false), Err(TooLong(80_000)));
    }
}

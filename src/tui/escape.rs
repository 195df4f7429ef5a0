//! From the bytes of a terminal to keys. Pure: bytes come in pieces of any size, and half a sequence waits for the rest.
//!
//! The sequences are those of xterm. <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h2-PC-Style-Function-Keys>

use super::ground;
use super::key::{Chord, Held, Key};
use super::paste::{self, Paste};
use super::report::{End, Report};
use crate::theme::colour::Rgb;
use std::time::Duration;

/// Longer than any sequence of a key, or than what a terminal says it can do; what goes on after that is none.
const LONGEST: usize = 128;
/// An escape that nothing follows for this long is the key, not the beginning of a sequence.
const ALONE: Duration = Duration::from_millis(50);
/// What a terminal began and does not go on with for this long has no end: whoever types waits no longer.
const SILENCE: Duration = Duration::from_millis(500);
const ESC: u8 = 0x1b;
const CTRL_C: u8 = 0x03;

/// Bytes that are no whole key yet.
#[derive(Debug, Default)]
pub struct Keys {
    pending: Vec<u8>,
    inside: Inside,
}

/// Where the next byte belongs.
#[derive(Debug, Default)]
enum Inside {
    #[default]
    Keys,
    /// Nobody pressed those keys.
    Paste(Paste),
    /// Something the terminal tells: nobody pressed that either.
    Report(Report),
}

/// What came from the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    Key(Chord),
    /// Pasted at once, as far as anybody would want it.
    Paste(String),
    /// Something at a column and a line, counted from 0.
    Mouse(Touch, u16, u16),
    /// Nobody pressed it: the terminal answers which ground it draws on.
    Ground(Rgb),
}

/// What was done with a mouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// The first button went down.
    Press,
    WheelUp,
    WheelDown,
}

/// What the first bytes are.
enum Read {
    /// So many bytes, and the key they are, if they are one.
    Taken(usize, Option<Chord>),
    /// So many bytes of a report of the mouse, and what it means, if anything.
    Mouse(usize, Option<Pressed>),
    /// The beginning of something.
    More,
}

impl Keys {
    /// The keys that are whole with `bytes`.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Pressed> {
        let mut keys = Vec::new();
        // whoever types does not wait for a terminal that stopped in the middle; a terminal sends more than one byte at once
        if bytes == [CTRL_C] && !matches!(self.inside, Inside::Keys) {
            *self = Keys::default();
        }
        self.pending.extend_from_slice(bytes);
        loop {
            match &mut self.inside {
                Inside::Keys => {}
                Inside::Paste(paste) => {
                    if !paste.take(&mut self.pending) {
                        return keys;
                    }
                    keys.extend(paste.told().map(Pressed::Paste));
                    self.inside = Inside::Keys;
                }
                Inside::Report(report) => {
                    let (count, end) = report.take(&self.pending);
                    self.pending.drain(..count);
                    let Some(end) = end else { return keys };
                    let told = report.command().filter(|_| end == End::Whole);
                    keys.extend(told.and_then(ground::told).map(Pressed::Ground));
                    self.inside = Inside::Keys;
                }
            }
            if self.pending.starts_with(paste::BEGIN) {
                self.pending.drain(..paste::BEGIN.len());
                self.inside = Inside::Paste(Paste::default());
                continue;
            }
            if let Some(report) = Report::begun(&self.pending) {
                self.pending.drain(..Report::BEGIN);
                self.inside = Inside::Report(report);
                continue;
            }
            let (count, pressed) = match read(&self.pending) {
                Read::Taken(count, key) => (count, key.map(Pressed::Key)),
                Read::Mouse(count, touched) => (count, touched),
                Read::More => return keys,
            };
            self.pending.drain(..count.min(self.pending.len()));
            keys.extend(pressed);
        }
    }

    /// How long what is half there waits for more, before it is settled; `None`: nothing waits.
    #[must_use]
    pub fn patience(&self) -> Option<Duration> {
        match &self.inside {
            Inside::Keys => (!self.pending.is_empty()).then_some(ALONE),
            Inside::Paste(paste) => paste.patience(&self.pending, ALONE, SILENCE),
            // nothing but how it begins may be a key with alt
            Inside::Report(report) => Some(if report.letter().is_some() { ALONE } else { SILENCE }),
        }
    }

    /// Nothing more came for a while: an escape that stands alone is the key, pasted text is what came of it, half a sequence is nothing.
    pub fn settle(&mut self) -> Vec<Pressed> {
        let Keys { pending, inside } = std::mem::take(self);
        let alone = (pending == [ESC]).then_some(Pressed::Key(Chord::plain(Key::Esc)));
        let settled = match inside {
            Inside::Keys => [None, alone],
            Inside::Paste(paste) if paste.is_left(&pending) => [None, alone],
            Inside::Paste(paste) => {
                let (told, paste) = paste.silent();
                // what may be the beginning of the end waits for the rest of it
                *self = Keys { pending, inside: Inside::Paste(paste) };
                [told.map(Pressed::Paste), None]
            }
            Inside::Report(report) => match report.letter() {
                Some(letter) => [Some(Pressed::Key(Chord { key: Key::Char(letter), held: Held::Other })), alone],
                None => [None, None],
            },
        };
        settled.into_iter().flatten().collect()
    }
}

/// A whole report of the mouse in the form of mode 1006, behind `ESC [`: `< BUTTON ; COLUMN ; LINE M`. `None`: it is none, or not whole yet.
fn mouse(rest: &[u8]) -> Option<Read> {
    let rest = rest.strip_prefix(b"<")?;
    let end = rest.iter().take(LONGEST).position(|byte| !byte.is_ascii_digit() && *byte != b';')?;
    let down = match rest.get(end)? {
        b'M' => true,
        b'm' => false,
        _ => return None,
    };
    let numbers = rest.get(..end).unwrap_or_default().split(|byte| *byte == b';');
    let mut numbers = numbers.map(|digits| std::str::from_utf8(digits).ok()?.parse::<u16>().ok());
    let (button, column, line) = (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten());
    Some(Read::Mouse(end + 4, touched(button.filter(|button| down || *button >= 64), column, line)))
}

/// A report of the mouse in the form of mode 1000, behind `ESC [ M`: button, column and line, a byte each, from 32 on. A terminal that knows no mode 1006
/// sends it; where it cannot count as far it sends 0.
fn old_mouse(rest: &[u8]) -> Read {
    let numbers = rest.get(..rest.len().min(3)).unwrap_or_default();
    // broken off by what is read as what it is
    if let Some(end) = numbers.iter().position(|byte| (1..b' ').contains(byte)) {
        return Read::Mouse(end + 3, None);
    }
    let &[button, column, line] = numbers else { return Read::More };
    let number = |byte: u8| byte.checked_sub(b' ').map(u16::from);
    Read::Mouse(6, touched(number(button), number(column), number(line)))
}

/// What `button` did, with a column and a line counted from 1.
fn touched(button: Option<u16>, column: Option<u16>, line: Option<u16>) -> Option<Pressed> {
    // shift, alt and ctrl change nothing
    let touch = match button? & !0b1_1100 {
        0 => Touch::Press,
        64 => Touch::WheelUp,
        65 => Touch::WheelDown,
        _ => return None,
    };
    Some(Pressed::Mouse(touch, column?.checked_sub(1)?, line?.checked_sub(1)?))
}

fn read(bytes: &[u8]) -> Read {
    let one = |key| Read::Taken(1, Some(Chord::plain(key)));
    match bytes {
        [] | [ESC] | [ESC, b'O'] | [ESC, b'[', b'['] => Read::More,
        // an escape, and then another key
        [ESC, ESC, ..] => one(Key::Esc),
        // the console of Linux has a form of its own for the first five
        [ESC, b'[', b'[', letter @ b'A'..=b'E', ..] => Read::Taken(4, Some(Chord::plain(Key::Function(letter - b'A' + 1)))),
        // whatever else comes behind it is no key that was pressed
        [ESC, b'[', b'[', 0x20..=0x7e, ..] => Read::Taken(4, None),
        [ESC, b'[', b'M', numbers @ ..] => old_mouse(numbers),
        [ESC, b'[', rest @ ..] => mouse(rest).unwrap_or_else(|| sequence(rest)),
        [ESC, b'O', letter, ..] => Read::Taken(3, arrow(*letter).or_else(|| first_four(*letter)).map(Chord::plain)),
        [ESC, rest @ ..] => match letter(rest) {
            Read::Taken(count, key) => Read::Taken(count + 1, key.map(|chord| Chord { held: Held::Other, ..chord })),
            other => other,
        },
        _ => letter(bytes),
    }
}

/// A key without an escape before it.
fn letter(bytes: &[u8]) -> Read {
    let Some(first) = bytes.first() else { return Read::More };
    let one = |key| Read::Taken(1, Some(Chord::plain(key)));
    match first {
        b'\r' | b'\n' => one(Key::Enter),
        b'\t' => one(Key::Tab),
        0x08 | 0x7f => one(Key::Backspace),
        0x01..=0x1a => Read::Taken(1, Some(Chord { key: Key::Char(char::from(first - 1 + b'a')), held: Held::Ctrl })),
        0x00..=0x1f => Read::Taken(1, None),
        0x20..=0x7e => one(Key::Char(char::from(*first))),
        0x80..=0xff => character(bytes),
    }
}

/// A character of several bytes.
fn character(bytes: &[u8]) -> Read {
    let few = bytes.get(..bytes.len().min(4)).unwrap_or(bytes);
    let valid = match std::str::from_utf8(few) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() > 0 => few.get(..error.valid_up_to()).and_then(|good| std::str::from_utf8(good).ok()).unwrap_or(""),
        Err(error) if error.error_len().is_none() => return Read::More,
        Err(_) => "",
    };
    valid.chars().next().map_or(Read::Taken(1, None), |c| Read::Taken(c.len_utf8(), Some(Chord::plain(Key::Char(c)))))
}

/// What follows `ESC [`: numbers, then the byte that ends it.
fn sequence(rest: &[u8]) -> Read {
    let Some(end) = rest.iter().take(LONGEST).position(|byte| !(0x20..=0x3f).contains(byte)) else {
        return if rest.len() < LONGEST { Read::More } else { Read::Taken(LONGEST + 2, None) };
    };
    let (numbers, last) = (rest.get(..end).unwrap_or(&[]), rest.get(end).copied().unwrap_or(0));
    // what cannot end a sequence is a key of its own after one that broke off
    if !(0x40..=0x7e).contains(&last) {
        return Read::Taken(end + 2, None);
    }
    let mut numbers = numbers.split(|byte| *byte == b';').map(|digits| std::str::from_utf8(digits).ok().and_then(|text| text.parse::<u8>().ok()));
    let (first, second) = (numbers.next().flatten(), numbers.next().flatten());
    let key = match (last, first) {
        (b'Z', _) => Some(Key::BackTab),
        (b'~', Some(1 | 7)) => Some(Key::Home),
        (b'~', Some(4 | 8)) => Some(Key::End),
        (b'~', Some(5)) => Some(Key::PageUp),
        (b'~', Some(6)) => Some(Key::PageDown),
        // the numbers leave out some that old terminals had keys for
        (b'~', Some(number @ 11..=15)) => Some(Key::Function(number - 10)),
        (b'~', Some(number @ 17..=21)) => Some(Key::Function(number - 11)),
        (b'~', Some(number @ 23..=24)) => Some(Key::Function(number - 12)),
        (b'P'..=b'S', None | Some(1)) => first_four(last),
        _ => arrow(last),
    };
    // 1 plus a bit for each of shift, alt, ctrl
    let held = match second.map(|bits| bits.saturating_sub(1) & !1) {
        None | Some(0) => Held::Nothing,
        Some(4) => Held::Ctrl,
        Some(_) => Held::Other,
    };
    Read::Taken(end + 3, key.map(|key| Chord { key, held }))
}

/// F1 to F4, as terminals with a keypad of their own had them.
fn first_four(letter: u8) -> Option<Key> {
    matches!(letter, b'P'..=b'S').then(|| Key::Function(letter - b'P' + 1))
}

fn arrow(letter: u8) -> Option<Key> {
    match letter {
        b'A' => Some(Key::Up),
        b'B' => Some(Key::Down),
        b'C' => Some(Key::Right),
        b'D' => Some(Key::Left),
        b'H' => Some(Key::Home),
        b'F' => Some(Key::End),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(pressed: &[Pressed]) -> Vec<String> {
        let told = |pressed: &Pressed| match pressed {
            Pressed::Key(chord) => chord.shown(true),
            Pressed::Paste(text) => format!("<{text:?}>"),
            Pressed::Mouse(touch, x, y) => format!("{touch:?} {x},{y}"),
            Pressed::Ground(Rgb(red, green, blue)) => format!("ground {red} {green} {blue}"),
        };
        pressed.iter().map(told).collect()
    }

    /// What came of `pieces` that came at once, one after the other, and of silence after them.
    fn keys_of(pieces: &[&[u8]]) -> Vec<String> {
        let mut keys = Keys::default();
        let mut pressed: Vec<Pressed> = pieces.iter().flat_map(|piece| keys.feed(piece)).collect();
        pressed.extend(keys.settle());
        shown(&pressed)
    }

    #[test]
    fn bytes_are_the_keys_that_sent_them() {
        let cases: [(&[u8], &[&str]); 31] = [
            (b"\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E", &["f1", "f2", "f3", "f4", "f5"]),
            (b"\x1b[[Fq", &["q"]),
            (b"\x1bOP\x1bOS\x1b[P\x1b[1;5Q", &["f1", "f4", "f1", "ctrl-f2"]),
            (b"\x1b[11~\x1b[15~\x1b[17~\x1b[21~\x1b[23~\x1b[24~", &["f1", "f5", "f6", "f10", "f11", "f12"]),
            (b"\x1b[16~\x1b[22~\x1b[25~q", &["q"]),
            (b"qG?", &["q", "G", "?"]),
            (b"\r\n\t\x7f\x08 ", &["enter", "enter", "tab", "backspace", "backspace", "space"]),
            (b"\x03\x1a\x0c", &["ctrl-c", "ctrl-z", "ctrl-l"]),
            (b"\x1b", &["esc"]),
            (b"\x1b\x1b[A", &["esc", "up"]),
            (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA\x1bOF", &["up", "down", "right", "left", "up", "end"]),
            (b"\x1b[5~\x1b[6~\x1b[1~\x1b[4~\x1b[H\x1b[Z", &["pgup", "pgdn", "home", "end", "home", "backtab"]),
            (b"\x1b[1;5A\x1b[1;3A\x1b[1;2A", &["ctrl-up", "alt-up", "up"]),
            (b"\x1bx", &["alt-x"]),
            ("é東".as_bytes(), &["é", "東"]),
            (b"\xff\xc3(a", &["(", "a"]),
            (b"\x1b[?62;4c\x1b[3~j", &["j"]),
            (b"\x1b[200~qq\x03\x1b[A\x1b[201~j", &["<\"qq\\u{3}\\u{1b}[A\">", "j"]),
            (b"\x1b[200~q", &["<\"q\">"]),
            (b"\x1b[1;", &[]),
            (b"\x1b[?64;1;2;6;9;15;16;17;18;21;22;28;29;42;52cj", &["j"]),
            (b"\x1b[<0;12;300M\x1b[<0;12;300mj", &["Press 11,299", "j"]),
            (b"\x1b[<64;1;1M\x1b[<85;2;3M", &["WheelUp 0,0", "WheelDown 1,2"]),
            (b"\x1b[<2;1;1M\x1b[<35;1;1M\x1b[<0;0;1M\x1b[<0;99999;1M\x1b[<;;Mj", &["j"]),
            (b"\x1b[<0;1", &[]),
            (b"\x1b[1;\x1b[A", &["up"]),
            (b"\x1b]11;rgb:ffff/8080/0000\x1b\\j", &["ground 255 128 0", "j"]),
            (b"\x1b]11;rgb:f/8/0\x07j", &["ground 255 136 0", "j"]),
            (b"\x1b]11;q\x07j", &["j"]),
            (b"\x1b]11;rgb:ffff/80", &[]),
            (b"\x1b]11;rgb:ff/00/80\x1b[A", &["up"]),
        ];
        for (bytes, expected) in cases {
            let shown = keys_of(&[bytes]);
            assert_eq!(shown, expected, "{bytes:?}");
        }
    }

    #[test]
    fn what_a_terminal_tells_is_no_key() {
        let reports: [&[u8]; 9] = [
            b"\x1bP>|XTerm(390)\x1b\\",
            b"\x1bP1+r544e=787465726d\x1b\\",
            b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
            b"\x1b]4;1;rgb:cdcd/0000/0000\x07",
            b"\x1b]52;c;cXFxOnNoZWxsDQ==\x1b\\",
            b"\x1b_Gi=31;OK\x1b\\",
            b"\x1b]l:shell\r\x1b\\",
            b"\x1b^q\x03\x1b\\",
            b"\x1bXq\x07",
        ];
        for report in reports {
            assert_eq!(keys_of(&[report, b"j"]), ["j"], "{report:?}");
            // byte by byte, with what would be a key if it stood alone
            let pieces: Vec<&[u8]> = report.chunks(1).filter(|piece| *piece != [CTRL_C]).collect();
            assert_eq!(keys_of(&pieces), [""; 0], "{report:?}");
        }
    }

    #[test]
    fn half_of_what_a_terminal_tells_locks_nothing() {
        let mut keys = Keys::default();
        for half in [&b"\x1b]l:she"[..], b"\x1bP>|x\x1b", b"\x1b]11;rgb:ff", b"\x1b_G"] {
            assert_eq!(shown(&keys.feed(half)), [""; 0], "{half:?}");
            assert_eq!(keys.patience(), Some(SILENCE), "{half:?}");
            assert_eq!(shown(&keys.settle()), [""; 0], "{half:?}");
            assert_eq!(keys.patience(), None, "{half:?}");
            assert_eq!(shown(&keys.feed(b"j")), ["j"], "{half:?}");
            assert_eq!(keys_of(&[half, b"\x03", b"j"]), ["ctrl-c", "j"], "{half:?}");
        }
    }

    #[test]
    fn pasted_text_without_an_end_is_left_by_escape_or_ctrl_c_and_makes_no_other_key() {
        for (key, name) in [(b"\x1b", "esc"), (b"\x03", "ctrl-c")] {
            let mut keys = Keys::default();
            assert_eq!(shown(&keys.feed(b"\x1b[200~hello")), [""; 0]);
            assert_eq!(keys.patience(), Some(SILENCE));
            assert_eq!(shown(&keys.settle()), ["<\"hello\">"]);
            assert_eq!(shown(&keys.feed(b"\nq!")), [""; 0]);
            assert_eq!(shown(&keys.settle()), ["<\"\\nq!\">"]);
            let pressed = [shown(&keys.feed(key)), shown(&if keys.patience() == Some(ALONE) { keys.settle() } else { Vec::new() })].concat();
            assert_eq!(pressed, [name]);
            assert_eq!(keys.patience(), None);
            assert_eq!(shown(&keys.feed(b"\x1b[201~j")), ["j"], "{name}: an end that comes after all is no key");
        }
    }

    #[test]
    fn ctrl_c_alone_ends_pasted_text_and_is_text_within_it() {
        assert_eq!(keys_of(&[b"\x1b[200~hello", b"\x03", b"j"]), ["ctrl-c", "j"]);
        assert_eq!(keys_of(&[b"\x1b[200~hello\x1b[20", b"\x03", b"j"]), ["ctrl-c", "j"]);
        assert_eq!(keys_of(&[b"\x1b[200~hel", b"lo\x03\x1b[20", b"1~j"]), ["<\"hello\\u{3}\">", "j"]);
    }

    #[test]
    fn a_terminal_that_knows_only_the_old_form_of_the_mouse_presses_no_key() {
        assert_eq!(keys_of(&[b"\x1b[M qqj"]), ["Press 80,80", "j"]);
        assert_eq!(keys_of(&[b"\x1b[M#qqj"]), ["j"], "released");
        assert_eq!(keys_of(&[b"\x1b[M`!!\x1b[Ma\xff\xffj"]), ["WheelUp 0,0", "WheelDown 222,222", "j"]);
        assert_eq!(keys_of(&[b"\x1b[M \0qj"]), ["j"], "farther than it counts");
        assert_eq!(keys_of(&[b"\x1b[M", b" q", b"qj"]), ["Press 80,80", "j"]);
        assert_eq!(keys_of(&[b"\x1b[M q"]), [""; 0], "half of one");
        assert_eq!(keys_of(&[b"\x1b[M q\x1b[A", b"\x03"]), ["up", "ctrl-c"], "broken off");
    }

    #[test]
    fn a_person_may_press_what_begins_it() {
        for letter in ["]", "P", "_", "^", "X"] {
            let mut keys = Keys::default();
            let alt = format!("alt-{letter}");
            assert_eq!(shown(&keys.feed(format!("\u{1b}{letter}").as_bytes())), [""; 0]);
            assert_eq!(keys.patience(), Some(ALONE), "{alt}");
            assert_eq!(shown(&keys.settle()), [alt.as_str()]);
            assert_eq!(shown(&keys.feed(b"j")), ["j"], "{alt}");
            assert_eq!(keys_of(&[format!("\u{1b}{letter}\u{1b}").as_bytes()]), [alt, "esc".to_owned()]);
        }
    }

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_are_cut(
            bytes in proptest::collection::vec(
                prop_oneof![Just(ESC), Just(b'['), Just(b'~'), Just(b']'), Just(b'P'), Just(b'\\'), Just(b'M'), any::<u8>()],
                0..200,
            ),
            cut in 0_usize..200,
        ) {
            let whole = Keys::default().feed(&bytes);
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            // a person's, whatever it is in the middle of
            prop_assume!(head != [CTRL_C] && tail != [CTRL_C]);
            let mut pieces = Keys::default();
            let mut got = pieces.feed(head);
            got.extend(pieces.feed(tail));
            prop_assert_eq!(got, whole);
        }

        #[test]
        fn no_byte_of_what_a_terminal_tells_is_a_key(
            letter in prop_oneof![Just(b']'), Just(b'P'), Just(b'_'), Just(b'^'), Just(b'X')],
            words in proptest::collection::vec(any::<u8>().prop_filter("an end", |byte| *byte != ESC && *byte != 0x07), 0..300),
            bell in any::<bool>(),
            cut in 0_usize..310,
        ) {
            let mut bytes = vec![ESC, letter];
            bytes.extend(&words);
            bytes.extend(if bell { &b"\x07"[..] } else { b"\x1b\\" });
            let (head, tail) = bytes.split_at(cut.min(bytes.len()));
            let mut keys = Keys::default();
            let mut got = keys.feed(head);
            got.extend(keys.feed(tail));
            got.extend(keys.settle());
            prop_assert!(got.iter().all(|pressed| matches!(pressed, Pressed::Ground(_))), "{:?}", got);
            prop_assert_eq!(keys.feed(b"j"), [Pressed::Key(Chord::plain(Key::Char('j')))]);
        }

        #[test]
        fn no_byte_of_the_mouse_is_a_key(numbers in proptest::array::uniform3(prop_oneof![Just(0_u8), b' '..=0xff]), cut in 0_usize..=6) {
            let bytes = [b"\x1b[M", &numbers[..]].concat();
            let (head, tail) = bytes.split_at(cut);
            let mut keys = Keys::default();
            let mut got = keys.feed(head);
            got.extend(keys.feed(tail));
            got.extend(keys.settle());
            prop_assert!(got.iter().all(|pressed| matches!(pressed, Pressed::Mouse(..))), "{:?}", got);
        }

        #[test]
        fn nothing_is_kept_for_ever(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let mut keys = Keys::default();
            keys.feed(&bytes);
            prop_assert!(keys.pending.len() <= LONGEST + 3, "{}", keys.pending.len());
        }
    }
}

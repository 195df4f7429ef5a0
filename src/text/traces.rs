//! Traces of secrets that are known: as they are, and as programs and servers write them again, in base64, hexadecimal, percent signs, JSON or the quotes of a
//! shell; whole, or line by line.
//!
//! It takes out what it was told of and nothing else: it must never guess (see [`secretive`](super::secretive)), nor show what it looks for.

use super::secretive::HIDDEN;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;

/// A shorter secret, or line of one, is not looked for: it is in every text.
pub const SHORTEST: usize = 4;
/// The same for one in another alphabet, in which fewer signs stand in many texts by chance.
const SHORTEST_WRITTEN: usize = 6;
/// Columns at which programs break what they write in another alphabet.
const COLUMNS: [usize; 3] = [60, 64, 76];

/// What is looked for.
#[derive(Clone, Default)]
pub struct Traces {
    /// By the first byte, the longest first.
    forms: Vec<Vec<Vec<u8>>>,
}

/// What stands at a place.
enum Here {
    Nothing,
    /// A trace of this length.
    Trace(usize),
    /// One begins, or a longer one than is seen so far: the bytes that follow will tell.
    Begins,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Traces(…)")
    }
}

impl Traces {
    /// Looks for `secret` from now on.
    pub fn add(&mut self, secret: &str) {
        self.forms.resize(256, Vec::new());
        for form in forms(secret) {
            let Some(list) = form.first().and_then(|first| self.forms.get_mut(usize::from(*first))) else { continue };
            if !list.contains(&form) {
                list.push(form);
                list.sort_by_key(|form| std::cmp::Reverse(form.len()));
            }
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// `text` without them; `None` where it holds none.
    #[must_use]
    pub fn taken_out(&self, text: &str) -> Option<String> {
        if self.is_empty() {
            return None;
        }
        let mut held = Vec::new();
        let mut passed = self.pass(&mut held, text.as_bytes());
        let left = self.rest(&held);
        passed.extend(left);
        // what is taken out begins and ends where a sign does
        (passed != text.as_bytes()).then(|| String::from_utf8_lossy(&passed).into_owned())
    }

    /// Takes them out of every text in `value`. Keys stay: they are of the program that wrote it.
    pub fn take_out_of(&self, value: &mut Value) {
        match value {
            Value::Object(map) => map.values_mut().for_each(|value| self.take_out_of(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.take_out_of(item)),
            Value::String(text) => {
                if let Some(without) = self.taken_out(text) {
                    *text = without;
                }
            }
            _ => {}
        }
    }

    /// What may be written of what comes in pieces: `held` keeps the end of it as long as a trace may begin there.
    #[must_use]
    pub fn pass(&self, held: &mut Vec<u8>, bytes: &[u8]) -> Vec<u8> {
        held.extend_from_slice(bytes);
        let (passed, seen) = self.look(held, false);
        held.drain(..seen);
        passed
    }

    /// What may be written of what was held when nothing follows any more.
    #[must_use]
    pub fn end(&self, held: &mut Vec<u8>) -> Vec<u8> {
        let held = std::mem::take(held);
        // broken off in the middle of one: most of it is not shown either
        let begun = |form: &&Vec<u8>| form.len() > held.len() && held.len() * 2 >= form.len() && form.starts_with(&held);
        let forms = held.first().and_then(|first| self.forms.get(usize::from(*first)));
        if forms.into_iter().flatten().any(|form| begun(&form)) { HIDDEN.as_bytes().to_vec() } else { self.rest(&held) }
    }

    fn rest(&self, held: &[u8]) -> Vec<u8> {
        self.look(held, true).0
    }

    /// `bytes` without traces, and how many of them were looked at to the end; all of them where nothing follows.
    fn look(&self, bytes: &[u8], last: bool) -> (Vec<u8>, usize) {
        let mut out = Vec::with_capacity(bytes.len());
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match self.here(bytes.get(at..).unwrap_or_default(), last) {
                Here::Nothing => {
                    out.push(*byte);
                    at += 1;
                }
                Here::Begins => break,
                Here::Trace(length) => {
                    let Some(end) = self.joined(bytes, at, at + length, last) else { break };
                    out.extend_from_slice(HIDDEN.as_bytes());
                    at = end;
                }
            }
        }
        (out, at)
    }

    fn here(&self, bytes: &[u8], last: bool) -> Here {
        let forms = bytes.first().and_then(|first| self.forms.get(usize::from(*first)));
        for form in forms.into_iter().flatten() {
            if bytes.starts_with(form) {
                return Here::Trace(form.len());
            }
            if !last && form.len() > bytes.len() && form.starts_with(bytes) {
                return Here::Begins;
            }
        }
        Here::Nothing
    }

    /// Where a trace from `from` to `end` ends together with those that begin in it; `None`: what follows will tell.
    fn joined(&self, bytes: &[u8], from: usize, mut end: usize, last: bool) -> Option<usize> {
        let mut at = from + 1;
        while at < end {
            match self.here(bytes.get(at..).unwrap_or_default(), last) {
                Here::Trace(length) => end = end.max(at + length),
                Here::Begins => return None,
                Here::Nothing => {}
            }
            at += 1;
        }
        Some(end)
    }
}

/// Everything that `secret` may look like.
fn forms(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::new();
    let mut add = |form: &str, least: usize| {
        if form.len() >= least {
            forms.insert(form.as_bytes().to_vec());
        }
    };
    for text in std::iter::once(secret).chain(secret.lines()).chain(secret.lines().map(str::trim)).filter(|text| text.len() >= SHORTEST) {
        add(text, SHORTEST);
        add(&text.replace('\'', "'\\''"), SHORTEST);
        for json in [json(text, |_| false), json(text, |c| !c.is_ascii()), json(text, |c| matches!(c, '<' | '>' | '&'))] {
            add(&json, SHORTEST);
        }
        for percent in [percent(text, false), percent(text, true)] {
            add(&percent, SHORTEST_WRITTEN);
            add(&percent.replace("%20", "+"), SHORTEST_WRITTEN);
        }
        let hex = hexadecimal(text);
        for written in [hex.clone(), hex.to_ascii_uppercase()].into_iter().chain(base64(text)) {
            add(&written, SHORTEST_WRITTEN);
            for columns in COLUMNS {
                let mut rest = written.as_str();
                while let Some((piece, behind)) = rest.split_at_checked(columns) {
                    add(piece, SHORTEST_WRITTEN);
                    rest = behind;
                }
                // the last line, where it is long enough to be no accident
                add(rest, 2 * SHORTEST_WRITTEN);
            }
        }
    }
    forms
}

/// `text` as it stands in a text of JSON; those that `also` names as numbers besides.
fn json(text: &str, also: impl Fn(char) -> bool) -> String {
    let quoted = Value::from(text).to_string();
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted);
    inside.chars().fold(String::new(), |mut out, c| {
        if also(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
        out
    })
}

/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
fn percent(text: &str, small: bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            byte if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') => out.push(char::from(byte)),
            byte if small => out.push_str(&format!("%{byte:02x}")),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        out.push_str(&format!("{byte:02x}"));
        out
    })
}

/// In both alphabets: at the end of what was written, and wherever it begins inside of something else, what does not hang on its neighbours.
fn base64(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (before, foreign) in [(0_usize, 0_usize), (1, 2), (2, 3)] {
        let bytes = [&vec![0; before], text.as_bytes()].concat();
        for written in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let own = written.get(foreign..).unwrap_or_default();
            all.push(own.to_owned());
            if !bytes.len().is_multiple_of(3) {
                all.push(own.get(..own.len().saturating_sub(1)).unwrap_or_default().to_owned());
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;
    use serde_json::json;

    fn traces(secrets: &[&str]) -> Traces {
        let mut traces = Traces::default();
        secrets.iter().for_each(|secret| traces.add(secret));
        traces
    }

    const SECRET: &str = "c4nary O'Neil <&> \"q\" ü/+";

    #[test]
    fn each_way_to_write_one_is_known() {
        let traces = traces(&[SECRET]);
        let of = |text: String| traces.taken_out(&format!("[{text}]")).unwrap_or_else(|| panic!("{text} is seen"));
        let (great, small) = (percent(SECRET, false), percent(SECRET, true));
        let shell = format!("'{}'", SECRET.replace('\'', "'\\''"));
        for (text, without) in [
            (SECRET.to_owned(), "[(hidden)]"),
            (json!({ "k": SECRET }).to_string(), "[{\"k\":\"(hidden)\"}]"),
            (json!({ "k": SECRET }).to_string().replace('ü', "\\u00fc"), "[{\"k\":\"(hidden)\"}]"),
            (great.clone(), "[(hidden)]"),
            (small, "[(hidden)]"),
            (great.replace("%20", "+"), "[(hidden)]"),
            (hexadecimal(SECRET), "[(hidden)]"),
            (hexadecimal(SECRET).to_ascii_uppercase(), "[(hidden)]"),
            (shell, "['(hidden)']"),
        ] {
            assert_eq!(of(text), without);
        }
        for before in ["", "u", "us", "user:"] {
            for after in ["", "x", "xy"] {
                let shown = of(STANDARD.encode(format!("{before}{SECRET}{after}")));
                // of its neighbours a few signs stay
                assert!(shown.contains(HIDDEN) && shown.len() < 2 + HIDDEN.len() + 8 + 4, "{before}{after}: {shown}");
            }
        }
    }

    #[test]
    fn what_is_long_is_known_line_by_line_and_in_the_columns_of_programs() {
        let key = format!("-----BEGIN KEY-----\n{}\n{}\n-----END KEY-----", "Ab3".repeat(20), "xY9".repeat(20));
        let traces = traces(&[&key]);
        assert_eq!(traces.taken_out(&format!("  {}", "xY9".repeat(20))).as_deref(), Some("  (hidden)"));
        let whole = STANDARD.encode(&key);
        let lines: Vec<&str> = whole.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).expect("ASCII")).collect();
        let shown = traces.taken_out(&lines.join("\n")).expect("seen");
        assert!(shown.lines().all(|line| line.len() <= HIDDEN.len() + 3), "{shown}");
    }

    #[test]
    fn what_holds_none_stays_and_what_is_too_short_is_not_looked_for() {
        let some = traces(&["hunter22", "abc", ""]);
        for text in ["hunter2", "hunter2 2", "abc", "the hunter", "", "aHVudGVy"] {
            assert_eq!(some.taken_out(text), None, "{text}");
        }
        assert_eq!(Traces::default().taken_out("hunter22"), None);
        let mut value = json!({ "hunter22": ["a hunter22", 22, { "x": "hunter22" }] });
        some.take_out_of(&mut value);
        assert_eq!(value, json!({ "hunter22": ["a (hidden)", 22, { "x": "(hidden)" }] }));
        assert_eq!(format!("{some:?}"), "Traces(…)");
    }

    #[test]
    fn one_that_goes_on_in_another_is_hidden_with_it() {
        let both = traces(&["abcdef", "defghi", "abcdefghijkl"]);
        assert_eq!(both.taken_out("x abcdefghi y").as_deref(), Some("x (hidden) y"));
        assert_eq!(both.taken_out("x abcdefghijkl y").as_deref(), Some("x (hidden) y"));
        assert_eq!(both.taken_out("abcdefabcdef").as_deref(), Some("(hidden)(hidden)"));
    }

    #[test]
    fn what_was_broken_off_in_the_middle_of_one_is_hidden_as_well() {
        let one = traces(&["0123456789"]);
        let ended = |text: &str| {
            let mut held = Vec::new();
            let mut out = one.pass(&mut held, text.as_bytes());
            out.extend(one.end(&mut held));
            String::from_utf8(out).expect("UTF-8")
        };
        assert_eq!([ended("a 0123456"), ended("a 01"), ended("a 0123456789")], ["a (hidden)", "a 01", "a (hidden)"]);
    }

    proptest! {
        #[test]
        fn no_piece_by_piece_shows_what_the_whole_does_not(
            parts in proptest::collection::vec(prop_oneof!["[a-z ]{0,6}", Just("0123-canary-xyz".to_owned()), Just("canary-x".to_owned()), Just("0123-can".to_owned())], 0..12),
            cuts in proptest::collection::vec(1_usize..9, 1..40),
        ) {
            let traces = traces(&["0123-canary-xyz", "canary-x"]);
            let text = parts.concat();
            let (mut held, mut out, mut rest) = (Vec::new(), Vec::new(), text.as_bytes());
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, behind) = rest.split_at(rest.len().min(*cut));
                out.extend(traces.pass(&mut held, piece));
                rest = behind;
            }
            out.extend(traces.rest(&held));
            let out = String::from_utf8(out).expect("UTF-8");
            let whole = traces.taken_out(&text).unwrap_or(text);
            prop_assert_eq!(&out, &whole);
            prop_assert!(!out.contains("canary-x"));
        }
    }
}

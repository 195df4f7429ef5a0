//! What a terminal tells among the keys: OSC, DCS, APC, PM and SOS, strings that nobody pressed. Pure; it must never leave a letter of one to be read as a key.
//!
//! Who asked does not matter: a program that ran before, or words on the screen, can have. A title that is reported may be any words.
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h3-C1-_8-Bit_-Control-Characters>

const ESC: u8 = 0x1b;
const BELL: u8 = 0x07;
/// Longer than any whose words are wanted; of a longer one only the end is.
const KEPT: usize = 64;
/// Longer than any clipboard that is told; what goes on after that is no report.
const LONGEST: usize = 1 << 20;

/// A string of which the beginning came.
#[derive(Debug)]
pub struct Report {
    /// The letter that began it.
    letter: u8,
    /// Its first words.
    words: Vec<u8>,
    /// Bytes of it that came.
    count: usize,
}

/// How one ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Whole,
    /// Another sequence began, which is read as what it is, or it was too long.
    Broken,
}

impl Report {
    /// How many bytes begin one.
    pub const BEGIN: usize = 2;

    /// The one that begins at the beginning of `bytes`.
    #[must_use]
    pub fn begun(bytes: &[u8]) -> Option<Report> {
        match bytes {
            [ESC, letter @ (b']' | b'P' | b'_' | b'^' | b'X'), ..] => Some(Report { letter: *letter, words: Vec::new(), count: 0 }),
            _ => None,
        }
    }

    /// How many of `bytes`, which come next, belong to it, and how it ended if it did.
    pub fn take(&mut self, bytes: &[u8]) -> (usize, Option<End>) {
        let room = LONGEST - self.count;
        let count = bytes.iter().position(|byte| matches!(*byte, ESC | BELL)).unwrap_or(bytes.len()).min(room);
        let (words, rest) = bytes.split_at(count);
        self.words.extend(words.iter().take(KEPT - self.words.len()));
        self.count += count;
        match rest {
            _ if self.count == LONGEST => (count, Some(End::Broken)),
            [BELL, ..] => (count + 1, Some(End::Whole)),
            [ESC, b'\\', ..] => (count + 2, Some(End::Whole)),
            // the other half of the end is on its way
            [] | [ESC] => (count, None),
            _ => (count, Some(End::Broken)),
        }
    }

    /// The letter that a person pressed with alt, if this is all that came.
    #[must_use]
    pub fn letter(&self) -> Option<char> {
        (self.count == 0).then_some(char::from(self.letter))
    }

    /// The words of an operating system command, if it is one and not too long for any that is wanted.
    #[must_use]
    pub fn command(&self) -> Option<&str> {
        let words = (self.letter == b']' && self.count == self.words.len()).then_some(&self.words)?;
        std::str::from_utf8(words).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_taken_up_to_its_end() {
        let taken = |bytes: &[u8]| {
            let mut report = Report::begun(bytes)?;
            Some((report.take(bytes.get(Report::BEGIN..)?), report.command().map(str::to_owned)))
        };
        assert_eq!(taken(b"\x1b]l:shell\x1b\\\r"), Some(((9, Some(End::Whole)), Some("l:shell".to_owned()))));
        assert_eq!(taken(b"\x1bP>|xterm(390)\x07"), Some(((13, Some(End::Whole)), None)));
        assert_eq!(taken(b"\x1b_Gq\x1b"), Some(((2, None), None)));
        assert_eq!(taken(b"\x1b^q\x1b[A"), Some(((1, Some(End::Broken)), None)));
        assert_eq!(taken(b"\x1bX"), Some(((0, None), None)));
        assert_eq!(taken(b"\x1b[A"), None);
        let long = format!("\u{1b}]52;c;{}\u{7}", "q".repeat(KEPT));
        assert_eq!(taken(long.as_bytes()), Some(((KEPT + 6, Some(End::Whole)), None)));
    }

    #[test]
    fn what_never_ends_is_none() {
        let mut report = Report::begun(b"\x1b]").expect("one");
        let bytes = vec![b'q'; LONGEST / 2];
        assert_eq!(report.take(&bytes), (LONGEST / 2, None));
        assert_eq!(report.take(&bytes), (LONGEST / 2, Some(End::Broken)));
        assert!(report.words.len() <= KEPT);
    }
}

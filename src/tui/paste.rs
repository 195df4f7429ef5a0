//! Text that is pasted: it comes between two marks of the terminal, in pieces of any size. Pure.
//!
//! It must never make a key of what nobody pressed: a line end in the middle of a paste would carry out whatever is chosen.

use std::time::Duration;

/// More than any line takes; what is pasted beyond it is dropped.
pub(super) const LONGEST: usize = 4_096;
/// What a terminal puts around pasted text.
pub(super) const BEGIN: &[u8] = b"\x1b[200~";
const END: &[u8] = b"\x1b[201~";
const ESC: u8 = 0x1b;

/// The pasted text so far.
#[derive(Debug, Default)]
pub(super) struct Paste {
    text: Vec<u8>,
    /// A silence was in it, and what came before that is told. The rest may be under way: only its end, or an escape or Ctrl-C alone, makes keys again.
    late: bool,
}

impl Paste {
    /// Takes what belongs to it from the front of `pending`; whether its end was found.
    pub(super) fn take(&mut self, pending: &mut Vec<u8>) -> bool {
        let end = pending.windows(END.len()).position(|window| window == END);
        // the last bytes may be the beginning of the end
        let half = (1..END.len()).rev().find(|half| END.get(..*half).is_some_and(|begin| pending.ends_with(begin)));
        let count = end.unwrap_or_else(|| pending.len() - half.unwrap_or(0));
        let room = LONGEST.saturating_sub(self.text.len());
        self.text.extend(pending.drain(..count).take(room));
        if end.is_some() {
            pending.drain(..END.len());
        }
        end.is_some()
    }

    /// What is not told yet of a paste that has ended: nothing where a silence came right before the end.
    pub(super) fn told(&self) -> Option<String> {
        (!self.late || !self.text.is_empty()).then(|| self.text())
    }

    /// How long it waits for more before it is settled, with `pending` bytes that may be the beginning of its end.
    pub(super) fn patience(&self, pending: &[u8], alone: Duration, silence: Duration) -> Option<Duration> {
        if self.late && self.text.is_empty() { (pending == [ESC]).then_some(alone) } else { Some(silence) }
    }

    /// Whether whoever types leaves it: an escape alone, after a silence.
    pub(super) fn is_left(&self, pending: &[u8]) -> bool {
        self.late && self.text.is_empty() && pending == [ESC]
    }

    /// What came before a silence, and the paste that may still go on.
    pub(super) fn silent(self) -> (Option<String>, Paste) {
        ((!self.text.is_empty()).then(|| self.text()), Paste { text: Vec::new(), late: true })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TIMES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(500)];

    #[test]
    fn what_came_before_a_silence_is_told_once_and_the_rest_is_still_pasted() {
        let [alone, silence] = TIMES;
        let mut pending = b"drop table\x1b[20".to_vec();
        let mut paste = Paste::default();
        assert!(!paste.take(&mut pending));
        assert_eq!((pending.as_slice(), paste.patience(&pending, alone, silence)), (&b"\x1b[20"[..], Some(silence)));
        let (told, mut paste) = paste.silent();
        assert_eq!(told.as_deref(), Some("drop table"));
        assert_eq!(paste.patience(&pending, alone, silence), None, "nothing more to tell until more comes");
        pending.extend(b"\nq!");
        assert!(!paste.take(&mut pending));
        let (told, mut paste) = paste.silent();
        assert_eq!(told.as_deref(), Some("\u{1b}[20\nq!"));
        pending.extend(b"\x1b[201~j");
        assert!(paste.take(&mut pending));
        assert_eq!((paste.told(), pending.as_slice()), (None, &b"j"[..]));
    }

    #[test]
    fn an_escape_alone_leaves_it_after_a_silence() {
        let [alone, silence] = TIMES;
        let mut pending = vec![ESC];
        let mut paste = Paste::default();
        assert!(!paste.take(&mut pending) && !paste.is_left(&pending));
        let (told, mut paste) = paste.silent();
        assert_eq!(told, None);
        assert_eq!(paste.patience(&pending, alone, silence), Some(alone));
        assert!(paste.is_left(&pending));
        pending.push(b'[');
        assert!(!paste.take(&mut pending) && !paste.is_left(&pending));
    }

    proptest! {
        #[test]
        fn nothing_is_kept_beyond_what_a_line_takes(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3_000), 1..5)) {
            let (mut paste, mut pending) = (Paste::default(), Vec::new());
            for piece in pieces {
                pending.extend(piece);
                paste.take(&mut pending);
                prop_assert!(paste.text.len() <= LONGEST);
            }
        }
    }
}

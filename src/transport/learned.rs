//! What this process has read as a secret, so that whoever writes down what a program printed, or what a server answered, can take it out of that.
//!
//! One for the whole process: whoever needs a secret reads it, and whoever writes something down does not know of whom it came. It must never give one back.

use crate::model::Secret;
use crate::text::traces::Traces;
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Most secrets that are kept in mind, the latest: a program may tell another token each time.
const MOST: usize = 256;

#[derive(Default)]
struct Known {
    secrets: VecDeque<Secret>,
    traces: Arc<Traces>,
}

impl Known {
    fn learn(&mut self, secret: &Secret) {
        if secret.expose().is_empty() || self.secrets.iter().any(|other| other.expose() == secret.expose()) {
            return;
        }
        self.secrets.push_back(secret.clone());
        let mut traces = Traces::default();
        if self.secrets.len() > MOST {
            self.secrets.pop_front();
            self.secrets.iter().for_each(|secret| traces.add(secret.expose()));
        } else {
            traces.clone_from(&self.traces);
            traces.add(secret.expose());
        }
        self.traces = Arc::new(traces);
    }
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// Takes `secret` out of everything that is written down from now on.
pub(super) fn learn(secret: &Secret) {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().learn(secret);
}

fn traces() -> Arc<Traces> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.as_ref().map(|known| Arc::clone(&known.traces)).unwrap_or_default()
}

/// `text` without the secrets that were read.
#[must_use]
pub fn without(text: String) -> String {
    traces().taken_out(&text).unwrap_or(text)
}

/// Takes the secrets that were read out of every text in `value`.
pub fn take_out_of(value: &mut Value) {
    let traces = traces();
    if !traces.is_empty() {
        traces.take_out_of(value);
    }
}

/// Whether any secret was read: where none was, nothing has to be looked through.
#[must_use]
pub fn any() -> bool {
    !traces().is_empty()
}

/// What comes in pieces, without the secrets that were read.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    held: Vec<u8>,
}

impl Pieces {
    /// What may be written by now.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        traces().pass(&mut self.held, bytes)
    }

    /// What may be written when nothing follows.
    pub(super) fn end(&mut self) -> Vec<u8> {
        traces().end(&mut self.held)
    }
}

/// Takes them out of what is written to it, each piece for itself.
#[derive(Debug)]
pub struct Writing<W>(pub W);

impl<W: Write> Write for Writing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pieces = Pieces::default();
        let mut text = pieces.pass(bytes);
        text.extend(pieces.end());
        self.0.write_all(&text)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_latest_are_kept_in_mind() {
        let secret = |number: usize| format!("learned-{number:04}-canary");
        let mut known = Known::default();
        (0..MOST + 3).for_each(|number| known.learn(&Secret::new(secret(number))));
        known.learn(&Secret::new(secret(MOST)));
        known.learn(&Secret::new(String::new()));
        assert_eq!(known.traces.taken_out(&format!("a {} b", secret(MOST))).as_deref(), Some("a (hidden) b"));
        assert_eq!(known.traces.taken_out(&secret(0)), None, "long ago");
    }

    #[test]
    fn what_was_learned_is_taken_out_of_whatever_is_written() {
        let secret = "learned-once-and-for-all";
        learn(&Secret::new(secret.to_owned()));
        assert_eq!(without(format!("a {secret} b")), "a (hidden) b");
        let mut value = serde_json::json!({ "text": secret });
        take_out_of(&mut value);
        assert!(any() && value["text"] == "(hidden)", "{value}");
        let mut written = Writing(Vec::new());
        written.write_all(format!("x {secret} y").as_bytes()).expect("written");
        written.flush().expect("flushed");
        assert_eq!(String::from_utf8_lossy(&written.0), "x (hidden) y");
        let mut pieces = Pieces::default();
        let mut passed: Vec<u8> = secret.as_bytes().chunks(3).flat_map(|piece| pieces.pass(piece)).collect();
        passed.extend(pieces.end());
        assert_eq!(String::from_utf8_lossy(&passed), "(hidden)");
    }
}

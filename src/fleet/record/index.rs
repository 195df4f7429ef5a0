//! Where the instants of a recording are, and what of it is damaged: one walk over all blocks, checking each.

use super::block::{self, Broken, Next, kind};
use super::frame::Label;
use super::source::Source;
use super::{Head, RecordError, VERSION};
use crate::model::Moment;
use std::fmt;

/// How often the length of a recording may be read in vain in the search for good blocks after damaged ones.
const IN_VAIN: u64 = 2;

/// One instant of a recording.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    pub at: Moment,
    /// A verdict changed with it.
    pub marked: bool,
    /// Where its block begins.
    pub byte: u64,
    /// Whether it stands alone; otherwise it is changes to the stop before it.
    pub whole: bool,
}

/// What is wrong at one place, and what is lost by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Damage {
    /// Counted from 1, the head included.
    pub block: usize,
    pub byte: u64,
    /// The last good instant before it.
    pub after: Option<Moment>,
    pub what: &'static str,
    /// Good instants after it that rest on what is lost.
    pub with_it: usize,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "block {} at byte {}", self.block, self.byte)?;
        if let Some(after) = self.after {
            write!(f, ", after {}", clock_text(after))?;
        }
        write!(f, ": {}", self.what)?;
        match self.with_it {
            0 => Ok(()),
            1 => f.write_str("; the instant after it is lost with it"),
            count => write!(f, "; {count} instants after it are lost with it"),
        }
    }
}

/// `14:03:22Z` and its day.
pub(super) fn clock_text(at: Moment) -> String {
    at.wall.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Index {
    pub head: Head,
    /// In the order of the file; each can be shown.
    pub stops: Vec<Stop>,
    pub damage: Vec<Damage>,
}

/// Walks over all blocks of `source`.
///
/// # Errors
/// It is no recording, or cannot be read. A recording without one good instant is none of these.
pub fn walk(source: &dyn Source) -> Result<Index, RecordError> {
    let end = source.length()?;
    let first = block::read(source, 0, end).map_err(|broken| match broken {
        Broken::Io(error) => RecordError::Read(error),
        Broken::Short => RecordError::NotOne("it ends in its first block".to_owned()),
        Broken::Changed => RecordError::NotOne("it does not begin like one".to_owned()),
    })?;
    let head = head(&first)?;
    let mut walk = Walk { index: Index { head, stops: Vec::new(), damage: Vec::new() }, linked: false, next: 0 };
    let mut at = size(&first);
    let mut number = 1;
    let mut vain = end.saturating_mul(IN_VAIN);
    while at < end {
        number += 1;
        match block::read(source, at, end) {
            Ok(block) => {
                if let Err(what) = walk.take(&block, at) {
                    walk.lose(number, at, what);
                }
                at += size(&block);
            }
            Err(Broken::Io(error)) => return Err(error.into()),
            Err(broken) => {
                let next = block::next_good(source, at, end, &mut vain)?;
                walk.lose(
                    number,
                    at,
                    match (broken, next) {
                        (_, Next::GivenUp) => "not what was written, and what follows only looks like blocks: the rest is not read",
                        (Broken::Short, _) => "cut short",
                        _ => "not what was written",
                    },
                );
                let Next::At(next) = next else { break };
                at = next;
            }
        }
    }
    Ok(walk.index)
}

/// Reads the head of a recording.
///
/// # Errors
/// As [`walk`].
pub fn head(block: &block::Block) -> Result<Head, RecordError> {
    if block.kind != kind::HEAD {
        return Err(RecordError::NotOne("it does not begin with a head".to_owned()));
    }
    let head: Head = serde_json::from_slice(&block.bytes).map_err(|error| RecordError::NotOne(format!("its head: {error}")))?;
    if head.version > VERSION {
        let made_by = crate::text::untrusted::visible(&head.made_by);
        return Err(RecordError::Newer { version: head.version, made_by });
    }
    Ok(head)
}

fn size(block: &block::Block) -> u64 {
    (block::HEAD + block.bytes.len()) as u64
}

struct Walk {
    index: Index,
    /// Whether the next changes have what they rest on.
    linked: bool,
    /// The number that changes must have to follow the instant before.
    next: u16,
}

impl Walk {
    fn take(&mut self, block: &block::Block, byte: u64) -> Result<(), &'static str> {
        let whole = match block.kind {
            kind::WHOLE => true,
            kind::CHANGES => false,
            _ => return Ok(()),
        };
        let Label { at, marked, nth } = Label::read(&block.bytes).ok_or("a label that makes no sense")?;
        if whole != (nth == 0) || self.linked && !whole && nth != self.next {
            return Err("instants are missing before it");
        }
        self.linked |= whole;
        self.next = nth.saturating_add(1);
        if self.linked {
            self.index.stops.push(Stop { at, marked, byte, whole });
        } else if let Some(damage) = self.index.damage.last_mut() {
            damage.with_it += 1;
        } else {
            return Err("changes to an instant that is not there");
        }
        Ok(())
    }

    fn lose(&mut self, block: usize, byte: u64, what: &'static str) {
        self.linked = false;
        let after = self.index.stops.last().map(|stop| stop.at);
        self.index.damage.push(Damage { block, byte, after, what, with_it: 0 });
    }
}

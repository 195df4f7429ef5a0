//! One instant as bytes: when it was, whether a verdict changed with it, and its documents, whole or as changes to those before.

use super::delta;
use super::varint::{self, Bytes};
use super::{Docs, block};
use crate::model::Moment;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Documents of one instant.
const MOST_DOCS: usize = 100_000;
/// Bytes of a document's name.
const LONGEST_NAME: usize = 4 * 1024;
/// Bytes of all documents of one instant.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// More than this the packer never saves: a length beyond it is a lie.
const BEST_PACKING: usize = 256;

/// The part of a frame that an index needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    pub at: Moment,
    /// A verdict changed with this instant: it is the last to be thinned out.
    pub marked: bool,
    /// Instants since the whole frame that this one rests on: a block that is missing between two good ones is seen by it.
    pub nth: u16,
}

const PLAIN: u8 = 0;
const MARKED: u8 = 1;
const LABEL: usize = 8 + 8 + 1 + 2;

mod form {
    pub(super) const GONE: u64 = 0;
    pub(super) const WHOLE: u64 = 1;
    pub(super) const CHANGES: u64 = 2;
}

impl Label {
    fn write(self, out: &mut Vec<u8>) {
        // nanoseconds in 64 bits reach from 1677 to 2262
        let wall = i64::try_from(self.at.wall.as_nanosecond()).unwrap_or(i64::MAX);
        let mono = u64::try_from(self.at.mono.as_nanos()).unwrap_or(u64::MAX);
        out.extend_from_slice(&wall.to_le_bytes());
        out.extend_from_slice(&mono.to_le_bytes());
        out.push(if self.marked { MARKED } else { PLAIN });
        out.extend_from_slice(&self.nth.to_le_bytes());
    }

    /// The label at the beginning of a frame.
    #[must_use]
    pub fn read(frame: &[u8]) -> Option<Label> {
        let mut bytes = Bytes(frame);
        let wall = Timestamp::from_nanosecond(i128::from(i64::from_le_bytes(bytes.array()?))).ok()?;
        let mono = Duration::from_nanos(u64::from_le_bytes(bytes.array()?));
        let marked = match bytes.array()? {
            [PLAIN] => false,
            [MARKED] => true,
            _ => return None,
        };
        Some(Label { at: Moment { mono, wall }, marked, nth: u16::from_le_bytes(bytes.array()?) })
    }
}

/// The documents of an instant together with the numbers that stand for their names, as a row of frames builds them up.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    numbers: BTreeMap<String, usize>,
    names: Vec<String>,
    docs: Docs,
    /// The one document that is wanted; `None`: all of them.
    only: Option<String>,
}

impl Chain {
    /// A chain that reads one document and steps over all others, whose sense it then does not see.
    #[must_use]
    pub fn only(name: &str) -> Chain {
        Chain { only: Some(name.to_owned()), ..Chain::default() }
    }

    #[must_use]
    pub fn docs(&self) -> &Docs {
        &self.docs
    }

    /// The frame that turns the instant of this chain into `docs`; the chain then stands there. Of a new chain it is a whole frame.
    ///
    /// # Errors
    /// The instant is larger than a block may be.
    pub fn step(&mut self, label: Label, docs: &Docs) -> Result<Vec<u8>, TooLarge> {
        let mut body = Vec::new();
        let gone: Vec<String> = self.docs.keys().filter(|name| !docs.contains_key(*name)).cloned().collect();
        for name in gone {
            self.name(&mut body, &name);
            varint::put(&mut body, form::GONE);
            self.docs.remove(&name);
        }
        for (name, text) in docs {
            let former = self.docs.get(name);
            if former.is_some_and(|former| Arc::ptr_eq(former, text) || former == text) {
                continue;
            }
            let changes = former.map(|former| delta::between(former, text)).filter(|changes| changes.len() < text.len());
            self.name(&mut body, name);
            let (form, bytes) = changes.as_deref().map_or((form::WHOLE, text.as_ref()), |changes| (form::CHANGES, changes));
            varint::put(&mut body, form);
            varint::put(&mut body, text.len() as u64);
            varint::put(&mut body, bytes.len() as u64);
            body.extend_from_slice(bytes);
            self.docs.insert(name.clone(), Arc::clone(text));
        }
        let mut out = Vec::with_capacity(LABEL + body.len() / 2);
        label.write(&mut out);
        varint::put(&mut out, body.len() as u64);
        out.extend_from_slice(&lz4_flex::block::compress(&body));
        if out.len() > block::LONGEST { Err(TooLarge(out.len())) } else { Ok(out) }
    }

    fn name(&mut self, body: &mut Vec<u8>, name: &str) {
        if let Some(number) = self.numbers.get(name) {
            varint::put(body, *number as u64);
            return;
        }
        varint::put(body, self.names.len() as u64);
        varint::put(body, name.len() as u64);
        body.extend_from_slice(name.as_bytes());
        self.numbers.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
    }

    /// Goes on by `frame`. After an error the chain is at no instant and must be dropped.
    ///
    /// # Errors
    /// What makes no sense in it.
    pub fn apply(&mut self, frame: &[u8]) -> Result<(), &'static str> {
        let mut bytes = Bytes(frame);
        bytes.take(LABEL).ok_or("ends in its label")?;
        let size = bytes.length(MOST_BYTES).ok_or("says a wrong size")?;
        if size > bytes.0.len().saturating_mul(BEST_PACKING) {
            return Err("says a size that no packing reaches");
        }
        let mut body = vec![0; size];
        let unpacked = lz4_flex::block::decompress_into(bytes.0, &mut body).unwrap_or(usize::MAX);
        if unpacked != size {
            return Err("cannot be unpacked");
        }
        let mut body = Bytes(&body);
        let mut held: usize = self.docs.values().map(|text| text.len()).sum();
        while !body.0.is_empty() {
            // counted before it is made: a few bytes of changes may ask for all there is
            let (freed, made) =
                self.change(&mut body, MOST_BYTES.saturating_sub(held)).ok_or("makes no document, or more than an instant may hold")?;
            held = held.saturating_sub(freed).saturating_add(made);
        }
        Ok(())
    }

    /// Applies one change that may make `most` bytes more than there are; the bytes that went, and those that came.
    fn change(&mut self, body: &mut Bytes<'_>, most: usize) -> Option<(usize, usize)> {
        let number = body.length(self.names.len())?;
        if number == self.names.len() {
            let length = body.length(LONGEST_NAME)?;
            let name = std::str::from_utf8(body.take(length)?).ok()?.to_owned();
            if self.names.len() >= MOST_DOCS || self.numbers.insert(name.clone(), number).is_some() {
                return None;
            }
            self.names.push(name);
        }
        let name = self.names.get(number)?;
        let form = body.number()?;
        if self.only.as_ref().is_some_and(|only| only != name) {
            if form != form::GONE {
                body.length(MOST_BYTES)?;
                let size = body.length(MOST_BYTES)?;
                body.take(size)?;
            }
            return Some((0, 0));
        }
        if form == form::GONE {
            return self.docs.remove(name).map(|gone| (gone.len(), 0));
        }
        let freed = self.docs.get(name).map_or(0, |text| text.len());
        let length = body.length(most.saturating_add(freed).min(MOST_BYTES))?;
        let size = body.length(MOST_BYTES)?;
        let bytes = body.take(size)?;
        let text: Arc<[u8]> = match form {
            form::WHOLE if length == size => bytes.into(),
            form::CHANGES => delta::apply(self.docs.get(name)?, bytes, length)?.into(),
            _ => return None,
        };
        let made = text.len();
        self.docs.insert(name.clone(), text);
        Some((freed, made))
    }
}

/// An instant that no reader would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an instant of {0} bytes is larger than a recording can hold")]
pub struct TooLarge(pub usize);

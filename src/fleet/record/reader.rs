//! A recording that was opened: its instants by number, each put together from the whole frame before it.

use super::block::{self, Broken};
use super::frame::Chain;
use super::index::{self, Index, Stop};
use super::source::Source;
use super::{Damage, Docs, Head, RecordError};
use std::ops::Range;
use std::sync::Mutex;

/// A recording that was opened.
pub struct Reader {
    source: Box<dyn Source>,
    end: u64,
    index: Index,
    /// Where the last question ended: the next instant is one step from there.
    place: Mutex<Option<(usize, Chain)>>,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("end", &self.end).field("index", &self.index).finish_non_exhaustive()
    }
}

impl Reader {
    /// Walks over the whole recording.
    ///
    /// # Errors
    /// It is no recording, cannot be read, or holds no instant. What is damaged beside good instants is told by [`Reader::damage`].
    pub fn open(source: Box<dyn Source>) -> Result<Reader, RecordError> {
        let index = index::walk(source.as_ref())?;
        if index.stops.is_empty() {
            return Err(RecordError::Empty(index.damage.into_iter().next().map(Box::new)));
        }
        let end = source.length()?;
        Ok(Reader { source, end, index, place: Mutex::new(None) })
    }

    #[must_use]
    pub fn head(&self) -> &Head {
        &self.index.head
    }

    /// The instants, in the order of the recording; one at least.
    #[must_use]
    pub fn stops(&self) -> &[Stop] {
        &self.index.stops
    }

    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        &self.index.damage
    }

    /// The documents of the instant with this number.
    ///
    /// # Errors
    /// There is none, the source changed since it was opened, or a block passed its check and makes no sense.
    pub fn docs(&self, number: usize) -> Result<Docs, RecordError> {
        let stops = self.index.stops.get(..=number).ok_or(std::io::ErrorKind::NotFound).map_err(std::io::Error::from)?;
        let whole = stops.iter().rposition(|stop| stop.whole).unwrap_or(0);
        // a thread that panicked here left nothing half done: the place is taken out first
        let mut place = self.place.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (from, mut chain) = match place.take() {
            Some((stood, chain)) if (whole..=number).contains(&stood) => (stood + 1, chain),
            _ => (whole, Chain::default()),
        };
        for stop in stops.get(from..).unwrap_or_default() {
            if stop.whole {
                chain = Chain::default();
            }
            self.step(stop, &mut chain)?;
        }
        let docs = chain.docs().clone();
        *place = Some((number, chain));
        Ok(docs)
    }

    /// Gives the document called `name` of the instants with these `numbers`, in their order, and unpacks no other. An instant that cannot be read is passed
    /// over, with those that rest on it.
    pub fn each_of(&self, name: &str, numbers: Range<usize>, take: &mut dyn FnMut(&[u8])) {
        let stops = self.index.stops.get(..numbers.end.min(self.index.stops.len())).unwrap_or_default();
        let whole = stops.iter().take(numbers.start.saturating_add(1)).rposition(|stop| stop.whole).unwrap_or(0);
        let mut chain: Option<Chain> = None;
        for (number, stop) in stops.iter().enumerate().skip(whole) {
            if stop.whole {
                chain = Some(Chain::only(name));
            }
            let Some(known) = chain.as_mut() else { continue };
            if self.step(stop, known).is_err() {
                chain = None;
            } else if let Some(text) = known.docs().get(name).filter(|_| number >= numbers.start) {
                take(text);
            }
        }
    }

    /// Goes on to `stop`.
    fn step(&self, stop: &Stop, chain: &mut Chain) -> Result<(), RecordError> {
        let damaged = |what: &str| RecordError::Damaged { byte: stop.byte, at: Some(stop.at), what: what.to_owned() };
        let block = block::read(self.source.as_ref(), stop.byte, self.end).map_err(|broken| match broken {
            Broken::Io(error) => RecordError::Read(error),
            Broken::Short | Broken::Changed => damaged("the block changed since the recording was opened"),
        })?;
        chain.apply(&block.bytes).map_err(|what| damaged(&format!("the block {what}")))
    }
}

//! Makes the blocks of a recording, one instant at a time.

use super::block::{self, kind};
use super::frame::{Chain, Label, TooLarge};
use super::{Docs, Head, Reader, RecordError};
use crate::model::Moment;
use std::io::{self, Write};

/// Instants from one whole frame to the next: what a damaged block can cost.
const ROW: u16 = 60;

/// Makes the blocks of a recording.
#[derive(Debug, Default)]
pub struct Writer {
    chain: Chain,
    /// Instants since the last whole frame, itself included.
    row: u16,
}

impl Writer {
    /// The first block of a recording.
    #[must_use]
    pub fn begin(head: &Head) -> Vec<u8> {
        // two numbers and a text always have a form
        block::write(kind::HEAD, &serde_json::to_vec(head).unwrap_or_default())
    }

    /// The block of the next instant; `marked` when a verdict changed with it.
    ///
    /// # Errors
    /// It is larger than a block may be; the recording goes on with the next.
    pub fn instant(&mut self, at: Moment, marked: bool, docs: &Docs) -> Result<Vec<u8>, TooLarge> {
        let whole = self.row == 0 || self.row >= ROW;
        if whole {
            self.chain = Chain::default();
            self.row = 0;
        }
        match self.chain.step(Label { at, marked, nth: self.row }, docs) {
            Ok(frame) => {
                self.row += 1;
                Ok(block::write(if whole { kind::WHOLE } else { kind::CHANGES }, &frame))
            }
            Err(error) => {
                self.row = 0;
                Err(error)
            }
        }
    }
}

/// Writes the instants of `reader` that `keep` wants into a new recording; tells how many.
///
/// # Errors
/// Those of both files.
pub fn thin(reader: &Reader, head: &Head, mut keep: impl FnMut(usize) -> bool, out: &mut dyn Write) -> Result<usize, RecordError> {
    let mut writer = Writer::default();
    let mut kept = 0;
    out.write_all(&Writer::begin(head))?;
    for (number, stop) in reader.stops().iter().enumerate() {
        if !keep(number) {
            continue;
        }
        let block = writer.instant(stop.at, stop.marked, &reader.docs(number)?).map_err(io::Error::other)?;
        out.write_all(&block)?;
        kept += 1;
    }
    Ok(kept)
}

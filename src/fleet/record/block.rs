//! One block: a mark, its kind, its length, a check over all of it, and its bytes. The mark lets a reader find the next block after a damaged one.

use super::source::Source;
use crate::model::Fingerprint;
use std::hash::Hasher;
use std::io;

/// Bytes before those of the block: mark, kind, length, check.
pub const HEAD: usize = 4 + 1 + 4 + 8;
/// No block is longer.
pub const LONGEST: usize = 64 * 1024 * 1024;
const MARK: [u8; 4] = [0x9e, b'O', b'P', b'R'];

/// What a block holds. A kind that is not known here comes from a newer program and is passed over.
pub mod kind {
    /// JSON about the recording; the first block.
    pub const HEAD: u8 = b'H';
    /// An instant with all its documents.
    pub const WHOLE: u8 = b'W';
    /// An instant as changes to the one before it.
    pub const CHANGES: u8 = b'C';
}

/// A block with its check passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: u8,
    pub bytes: Vec<u8>,
}

/// Why no good block begins at a place.
#[derive(Debug)]
pub enum Broken {
    /// The source ends before the block does.
    Short,
    /// What stands there is no block, or not the one that was written.
    Changed,
    Io(io::Error),
}

/// A block as it is written.
#[must_use]
pub fn write(kind: u8, bytes: &[u8]) -> Vec<u8> {
    // the writer keeps below LONGEST; a longer one would be refused by every reader
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut out = Vec::with_capacity(HEAD + bytes.len());
    out.extend_from_slice(&MARK);
    out.push(kind);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&check(kind, length, bytes).to_le_bytes());
    out.extend_from_slice(bytes);
    out
}

/// What stands before the bytes of a block.
struct Front {
    kind: u8,
    length: u32,
    size: usize,
    sum: [u8; 8],
}

impl Front {
    fn parse(bytes: [u8; HEAD]) -> Option<Front> {
        let [a, b, c, d, kind, l0, l1, l2, l3, sum @ ..] = bytes;
        let length = u32::from_le_bytes([l0, l1, l2, l3]);
        let size = usize::try_from(length).ok().filter(|size| *size <= LONGEST)?;
        ([a, b, c, d] == MARK).then_some(Front { kind, length, size, sum })
    }

    /// The block behind it, which begins at `at`.
    fn block(&self, source: &dyn Source, at: u64, end: u64) -> Result<Block, Broken> {
        if end.saturating_sub(at) < HEAD as u64 + u64::from(self.length) {
            return Err(Broken::Short);
        }
        let mut bytes = vec![0; self.size];
        source.read(at + HEAD as u64, &mut bytes).map_err(Broken::Io)?;
        if check(self.kind, self.length, &bytes).to_le_bytes() != self.sum {
            return Err(Broken::Changed);
        }
        Ok(Block { kind: self.kind, bytes })
    }
}

/// The block that begins at `at`; it ends [`HEAD`] and its length later.
///
/// # Errors
/// Why there is none.
pub fn read(source: &dyn Source, at: u64, end: u64) -> Result<Block, Broken> {
    let mut front = [0; HEAD];
    if end.saturating_sub(at) < HEAD as u64 {
        return Err(Broken::Short);
    }
    source.read(at, &mut front).map_err(Broken::Io)?;
    Front::parse(front).ok_or(Broken::Changed)?.block(source, at, end)
}

/// Where the next good block begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    At(u64),
    /// There is none.
    Nowhere,
    /// More was read in vain than may be.
    GivenUp,
}

/// Looks for the next place after `at` where a good block begins. `vain` bytes may be read for what only looks like one, and are counted down: otherwise a
/// file full of false blocks, each as long as the rest of it, would be read for hours.
///
/// # Errors
/// Those of the source.
pub fn next_good(source: &dyn Source, at: u64, end: u64, vain: &mut u64) -> io::Result<Next> {
    // most often the next block is near; a large look for each of many small damages would read a file again and again
    const FIRST: usize = 1024;
    const LARGEST: usize = 64 * 1024;
    let (mut from, mut places) = (at + 1, FIRST);
    while from + HEAD as u64 <= end {
        let size = usize::try_from(end - from).unwrap_or(usize::MAX).min(places + HEAD - 1);
        let mut window = vec![0; size];
        source.read(from, &mut window)?;
        for (place, front) in window.array_windows::<HEAD>().enumerate() {
            let Some(front) = Front::parse(*front) else { continue };
            let place = from + place as u64;
            match front.block(source, place, end) {
                Ok(_) => return Ok(Next::At(place)),
                Err(Broken::Io(error)) => return Err(error),
                Err(Broken::Short) => {}
                Err(Broken::Changed) => match vain.checked_sub(u64::from(front.length) + HEAD as u64) {
                    Some(left) => *vain = left,
                    None => return Ok(Next::GivenUp),
                },
            }
        }
        from += (size + 1 - HEAD) as u64;
        places = (places * 2).min(LARGEST);
    }
    Ok(Next::Nowhere)
}

fn check(kind: u8, length: u32, bytes: &[u8]) -> u64 {
    let mut hasher = Fingerprint::new();
    hasher.write(&[kind]);
    hasher.write(&length.to_le_bytes());
    hasher.write(bytes);
    hasher.finish()
}

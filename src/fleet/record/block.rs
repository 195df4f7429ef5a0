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

/// The block that begins at `at`; it ends [`HEAD`] and its length later.
///
/// # Errors
/// Why there is none.
pub fn read(source: &dyn Source, at: u64, end: u64) -> Result<Block, Broken> {
    let left = end.saturating_sub(at);
    let mut head = [0; HEAD];
    if left < HEAD as u64 {
        return Err(Broken::Short);
    }
    source.read(at, &mut head).map_err(Broken::Io)?;
    let [a, b, c, d, kind, l0, l1, l2, l3, sum @ ..] = head;
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    let size = usize::try_from(length).ok().filter(|size| *size <= LONGEST);
    let (true, Some(size)) = ([a, b, c, d] == MARK, size) else { return Err(Broken::Changed) };
    if left - (HEAD as u64) < u64::from(length) {
        return Err(Broken::Short);
    }
    let mut bytes = vec![0; size];
    source.read(at + HEAD as u64, &mut bytes).map_err(Broken::Io)?;
    if check(kind, length, &bytes).to_le_bytes() != sum {
        return Err(Broken::Changed);
    }
    Ok(Block { kind, bytes })
}

/// The next place after `at` where a good block begins.
///
/// # Errors
/// Those of the source.
pub fn next_good(source: &dyn Source, at: u64, end: u64) -> io::Result<Option<u64>> {
    const WINDOW: usize = 64 * 1024;
    let mut from = at + 1;
    while from + HEAD as u64 <= end {
        let size = usize::try_from(end - from).unwrap_or(WINDOW).min(WINDOW);
        let mut window = vec![0; size];
        source.read(from, &mut window)?;
        for place in window.windows(MARK.len()).enumerate().filter(|(_, four)| *four == MARK).map(|(place, _)| from + place as u64) {
            match read(source, place, end) {
                Ok(_) => return Ok(Some(place)),
                Err(Broken::Io(error)) => return Err(error),
                Err(Broken::Short | Broken::Changed) => {}
            }
        }
        // a mark may lie across two windows
        from += (size - MARK.len() + 1) as u64;
    }
    Ok(None)
}

fn check(kind: u8, length: u32, bytes: &[u8]) -> u64 {
    let mut hasher = Fingerprint::new();
    hasher.write(&[kind]);
    hasher.write(&length.to_le_bytes());
    hasher.write(bytes);
    hasher.finish()
}

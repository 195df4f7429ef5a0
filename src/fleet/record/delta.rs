//! What changed between two texts, as literals and copies of the former one. Two answers of one server differ in a few digits, at places that rarely move.
//!
//! Form: again and again the length of a literal, the literal, the length of a copy and, unless that is 0, how far its beginning lies from where the
//! copy before it ended plus the literal. Nothing here trusts a length beyond the one the caller names.

use super::varint::{self, Bytes};

/// A copy shorter than this costs more than it saves.
const LEAST: usize = 8;
/// How far after a change the texts are looked at side by side before the whole former text is searched.
const NEAR: usize = 64;
/// What is looked for in the whole former text.
const LONG: usize = 2 * LEAST;
/// An agreement elsewhere that is this long is no accident of equal keys.
const SURE: usize = 64;

/// The changes that turn `former` into `new`.
#[must_use]
pub fn between(former: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    let mut places = None;
    // end of what is written, where the search stands in `new`, and what it is compared with in `former`
    let (mut written, mut here, mut there) = (0, 0, 0);
    let mut expected = 0_usize;
    while here < new.len() {
        let same = common(rest(new, here), rest(former, there));
        if same >= LEAST || here + same == new.len() && same > 0 {
            let literal = new.get(written..here).unwrap_or_default();
            varint::put(&mut out, literal.len() as u64);
            out.extend_from_slice(literal);
            varint::put(&mut out, same as u64);
            varint::put_signed(&mut out, distance(there, expected + literal.len()));
            (here, there) = (here + same, there + same);
            (written, expected) = (here, there);
        }
        match meet(former, new, here, there, &mut places) {
            Some(met) => (here, there) = met,
            None => break,
        }
    }
    let literal = rest(new, written);
    if !literal.is_empty() {
        varint::put(&mut out, literal.len() as u64);
        out.extend_from_slice(literal);
        varint::put(&mut out, 0);
    }
    out
}

/// Where, at or after `here`, the texts agree again.
///
/// Rows of one table have the same keys: after a row came or went, the next place that agrees is in the wrong row, and so is every one after it. A long
/// agreement elsewhere is therefore taken before a short one at the same place.
fn meet(former: &[u8], new: &[u8], here: usize, there: usize, places: &mut Option<Places>) -> Option<(usize, usize)> {
    let places = places.get_or_insert_with(|| Places::of(former));
    let elsewhere = |at: usize, least: usize| {
        let found = places.find(former, long_word(new, at)?)?;
        if common(rest(new, at), rest(former, found)) < least {
            return None;
        }
        // the search looks at each place of `new` but only at some of `former`: the agreement may begin earlier
        let back = new.get(here..at)?.iter().rev().zip(former.get(..found)?.iter().rev()).take_while(|(a, b)| a == b).count();
        Some((at - back, found - back))
    };
    for at in here..here + NEAR {
        if let Some(met) = elsewhere(at, SURE) {
            return Some(met);
        }
        let wanted = word(new, at)?;
        let same = there + (at - here);
        // a number that became longer or shorter
        let beside = [same, same + 1, same.wrapping_sub(1), same + 2, same.wrapping_sub(2), same + 3];
        let beside = beside.into_iter().find(|place| *place >= there && *place < former.len() && word(former, *place) == Some(wanted));
        if let Some(beside) = beside {
            return Some((at, beside));
        }
    }
    (here + NEAR..new.len()).find_map(|at| elsewhere(at, LONG))
}

/// Where long words of a text stand; a later one takes the place of an earlier one with the same slot.
struct Places {
    slots: Vec<u32>,
    shift: u32,
}

impl Places {
    const STEP: usize = 4;

    fn of(text: &[u8]) -> Places {
        let bits = (text.len() / Self::STEP).max(16).next_power_of_two().trailing_zeros().min(20);
        let mut places = Places { slots: vec![u32::MAX; 1 << bits], shift: 64 - bits };
        for at in (0..text.len()).step_by(Self::STEP) {
            let Some(word) = long_word(text, at) else { break };
            let slot = places.slot(word);
            if let (Some(slot), Ok(at)) = (places.slots.get_mut(slot), u32::try_from(at)) {
                *slot = at;
            }
        }
        places
    }

    fn slot(&self, (low, high): (u64, u64)) -> usize {
        let mixed = (low ^ high.rotate_left(29).wrapping_mul(0xff51_afd7_ed55_8ccd)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> self.shift).unwrap_or(0)
    }

    fn find(&self, text: &[u8], wanted: (u64, u64)) -> Option<usize> {
        let at = usize::try_from(*self.slots.get(self.slot(wanted))?).ok()?;
        (long_word(text, at) == Some(wanted)).then_some(at)
    }
}

fn long_word(text: &[u8], at: usize) -> Option<(u64, u64)> {
    Some((word(text, at)?, word(text, at + LEAST)?))
}

fn word(text: &[u8], at: usize) -> Option<u64> {
    text.get(at..at.checked_add(LEAST)?)?.try_into().ok().map(u64::from_le_bytes)
}

fn rest(text: &[u8], from: usize) -> &[u8] {
    text.get(from..).unwrap_or_default()
}

fn common(a: &[u8], b: &[u8]) -> usize {
    const STRIDE: usize = 16;
    let whole = a.chunks_exact(STRIDE).zip(b.chunks_exact(STRIDE)).take_while(|(a, b)| a == b).count() * STRIDE;
    whole + rest(a, whole).iter().zip(rest(b, whole)).take_while(|(a, b)| a == b).count()
}

/// Texts are far shorter than the numbers are long.
fn distance(to: usize, from: usize) -> i64 {
    let signed = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
    signed(to).saturating_sub(signed(from))
}

/// The text of `length` bytes that `changes` make of `former`; `None` when they do not make one.
#[must_use]
pub fn apply(former: &[u8], changes: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut changes = Bytes(changes);
    // believed only as far as literals and copies really fill it
    let mut out = Vec::with_capacity(length.min(former.len() + changes.0.len()));
    let mut expected = 0_i64;
    while !changes.0.is_empty() {
        let literal = changes.length(length - out.len())?;
        out.extend_from_slice(changes.take(literal)?);
        expected = expected.checked_add(i64::try_from(literal).ok()?)?;
        let copy = changes.length(length - out.len())?;
        if copy == 0 {
            continue;
        }
        let from = usize::try_from(expected.checked_add(changes.signed()?)?).ok()?;
        out.extend_from_slice(former.get(from..from.checked_add(copy)?)?);
        expected = i64::try_from(from + copy).ok()?;
    }
    (out.len() == length).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(former: &[u8], new: &[u8]) -> usize {
        let changes = between(former, new);
        assert_eq!(apply(former, &changes, new.len()).as_deref(), Some(new));
        changes.len()
    }

    #[test]
    fn digits_that_change_in_place_cost_little_more_than_themselves() {
        let row = |row: u32, tick: u32| format!("{{\"pid\":{row},\"age\":{}.{tick:03},\"state\":\"active\"}},", row * 7);
        let text = |tick: u32| (0..200).map(|at| row(at, tick)).collect::<Vec<_>>().concat();
        assert!(round(text(123).as_bytes(), text(456).as_bytes()) < 200 * 7);
    }

    #[test]
    fn a_row_that_came_or_went_moves_nothing_else() {
        let row = |n: u32| format!("{{\"pid\":{},\"query\":\"select {}\"}},", n * 7919, n * 104_729);
        let all: String = (0..2_000).map(row).collect();
        let fewer: String = (0..2_000).filter(|n| n % 500 != 3).map(row).collect();
        assert!(round(all.as_bytes(), fewer.as_bytes()) < 80);
        assert!(round(fewer.as_bytes(), all.as_bytes()) < 400);
    }

    #[test]
    fn the_ends_are_no_special_case() {
        for (former, new) in [("", ""), ("", "a"), ("a", ""), ("abcdefgh", "abcdefgh"), ("abcdefghi", "abcdefgh"), ("aaaaaaaaaaaaaaaa", "aaaaaaaa")] {
            round(former.as_bytes(), new.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn every_pair_comes_back(former in "[ab]{0,90}", new in "[ab]{0,90}", head in "[abc]{0,300}", tail in "[abc]{0,300}") {
            round(former.as_bytes(), new.as_bytes());
            round(format!("{head}{former}{tail}").as_bytes(), format!("{head}{new}{tail}").as_bytes());
            round(format!("{head}{tail}{former}").as_bytes(), format!("{tail}{new}{head}").as_bytes());
        }

        #[test]
        fn no_changes_make_it_panic(changes in proptest::collection::vec(any::<u8>(), 0..40), length in 0_usize..200) {
            let made = apply(b"the former text of some length", &changes, length);
            prop_assert!(made.is_none_or(|made| made.len() == length));
        }
    }
}

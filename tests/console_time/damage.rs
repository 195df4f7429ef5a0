//! A recording that was cut, or in which a byte changed: the place is named, what opens is what was written, and nothing panics.

use super::Counted;
use opsctl::app::record::Recording;
use opsctl::fleet::record::{Docs, Head, Reader, RecordError, Writer, block, frame, varint};
use opsctl::model::Moment;
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Where the second row begins: one whole frame in sixty.
const INSTANTS: u64 = 64;

fn at(second: u64) -> Moment {
    let wall: jiff::Timestamp = "2026-11-20T14:03:00Z".parse().expect("a moment");
    Moment { mono: Duration::from_secs(1_000 + second), wall: wall + Duration::from_secs(second) }
}

fn docs(second: u64) -> Docs {
    let text = |text: String| Arc::<[u8]>::from(text.into_bytes());
    let mut docs = Docs::from([
        ("endpoint".to_owned(), text(format!("{{\"lag\":{},\"state\":\"streaming\"}}", second * 7919))),
        ("findings".to_owned(), text("[]".to_owned())),
    ]);
    if second % 5 == 2 {
        docs.insert("came".to_owned(), text(format!("[{second}]")));
    }
    docs
}

/// A small recording, and where its blocks begin.
fn small() -> (Vec<u8>, Vec<u64>) {
    let mut writer = Writer::default();
    let mut bytes = Writer::begin(&Head::new(1));
    let mut begins = Vec::new();
    for second in 0..INSTANTS {
        begins.push(bytes.len() as u64);
        bytes.extend(writer.instant(at(second), second == 9, &docs(second)).expect("small enough"));
    }
    (bytes, begins)
}

/// What opens of `bytes` is what was written; gives how many instants, and whether damage was told.
fn look(bytes: Vec<u8>, what: &str) -> (usize, Vec<u64>) {
    match Reader::open(Box::new(bytes)) {
        Ok(reader) => {
            for (number, stop) in reader.stops().iter().enumerate() {
                let second = stop.at.since(at(0)).as_secs();
                assert_eq!(stop.at, at(second), "{what}");
                assert_eq!(reader.docs(number).unwrap_or_else(|error| panic!("{what}: {error}")), docs(second), "{what}, instant {number}");
            }
            (reader.stops().len(), reader.damage().iter().map(|damage| damage.byte).collect())
        }
        Err(error) => {
            let said = error.to_string();
            assert!(matches!(error, RecordError::NotOne(_) | RecordError::Empty(_)), "{what}: {said}");
            (0, vec![0])
        }
    }
}

#[test]
fn a_recording_that_is_cut_at_any_byte_opens_up_to_there_and_says_where() {
    let (bytes, begins) = small();
    assert_eq!(look(bytes.clone(), "whole"), (usize::try_from(INSTANTS).unwrap(), vec![]));
    for end in 0..bytes.len() {
        let (good, damage) = look(bytes[..end].to_vec(), &format!("cut at {end}"));
        let whole = begins.iter().skip(1).filter(|begin| **begin <= end as u64).count();
        assert_eq!(good, whole, "cut at {end}");
        // between two blocks nothing tells that there was more
        let begin = begins.iter().rposition(|begin| *begin <= end as u64);
        match begin.map(|at| begins[at]) {
            Some(begin) if begin == end as u64 && good > 0 => assert!(damage.is_empty(), "cut at {end}: {damage:?}"),
            Some(begin) if good > 0 => assert_eq!(damage, [begin], "cut at {end}"),
            _ => assert_eq!(damage, [0], "cut at {end}"),
        }
    }
}

#[test]
fn a_byte_that_changed_costs_its_row_at_most_and_is_named() {
    let (bytes, begins) = small();
    let second_row = 60;
    for place in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[place] ^= flip;
            let what = format!("byte {place} changed by {flip:02x}");
            let (good, damage) = look(changed, &what);
            let Some(block) = begins.iter().rposition(|begin| *begin <= place as u64) else {
                assert_eq!(good, 0, "{what}: without its head it is no recording");
                continue;
            };
            assert_eq!(damage, [begins[block]], "{what}");
            let kept = if block < second_row { block + begins.len() - second_row } else { block };
            assert_eq!(good, kept, "{what}");
        }
    }
}

#[test]
fn a_block_that_is_missing_between_good_ones_is_noticed() {
    let (bytes, begins) = small();
    for gone in 1..begins.len() - 1 {
        if gone == 60 {
            continue;
        }
        let (from, to) = (usize::try_from(begins[gone]).unwrap(), usize::try_from(begins[gone + 1]).unwrap());
        let rest = [&bytes[..from], &bytes[to..]].concat();
        let (_, damage) = look(rest, &format!("without block {gone}"));
        assert_eq!(damage.first(), (gone != 59).then_some(&begins[gone]), "without block {gone}");
    }
}

#[test]
fn damage_is_told_with_block_byte_and_time() {
    let (bytes, begins) = small();
    let mut changed = bytes.clone();
    changed[usize::try_from(begins[20]).unwrap() + 30] ^= 1;
    let reader = Reader::open(Box::new(changed)).expect("opens");
    let told = reader.damage()[0].to_string();
    let expected =
        format!("block 22 at byte {}, after 2026-11-20 14:03:19Z: not what was written; 39 instants after it are lost with it", begins[20]);
    assert_eq!(told, expected);
    let cut = Reader::open(Box::new(bytes[..bytes.len() - 3].to_vec())).expect("opens");
    assert_eq!(cut.damage()[0].to_string(), format!("block 65 at byte {}, after 2026-11-20 14:04:02Z: cut short", begins[63]));
}

#[test]
fn what_is_no_recording_or_newer_says_so() {
    for bytes in [Vec::new(), b"PGDMP".to_vec(), vec![0; 4_096], block::write(block::kind::WHOLE, b"")] {
        let error = Recording::of(Box::new(bytes)).expect_err("no recording").to_string();
        assert!(error.starts_with("is no recording of opsctl: "), "{error}");
    }
    let newer = block::write(block::kind::HEAD, br#"{"version":9,"made_by":"opsctl \u001b[2J9.0","every_seconds":1}"#);
    let error = Recording::of(Box::new(newer)).expect_err("newer").to_string();
    assert_eq!(error, "was made by a newer program (opsctl \\x1b[2J9.0, form 9); this one reads forms up to 1");
    let empty = Recording::of(Box::new(Writer::begin(&Head::new(1)))).expect_err("empty").to_string();
    assert_eq!(empty, "holds no whole instant");
}

#[test]
fn a_file_full_of_false_blocks_is_given_up_soon_and_says_so() {
    let (mut bytes, begins) = small();
    let good = begins.len();
    bytes.push(0);
    // each says that it is longer than all others before it were read
    let mark = bytes[..4].to_vec();
    let false_block = [mark.as_slice(), b"W", &100_000_u32.to_le_bytes(), &[0; 8]].concat();
    let rest = false_block.repeat(16 * 1024);
    bytes.extend_from_slice(&rest);
    let length = bytes.len() as u64;
    let (source, read) = Counted::of(bytes);
    let reader = Reader::open(Box::new(source)).expect("opens");
    assert_eq!(reader.stops().len(), good);
    let told = reader.damage()[0].to_string();
    assert!(told.ends_with("not what was written, and what follows only looks like blocks: the rest is not read"), "{told}");
    let read = read.load(Ordering::Relaxed);
    assert!(read < 4 * length, "{read} bytes were read of {length}");
}

/// The label that every frame begins with, plain and the first of its row.
fn label() -> Vec<u8> {
    [&1_790_000_000_000_000_000_i64.to_le_bytes()[..], &7_u64.to_le_bytes(), &[0], &0_u16.to_le_bytes()].concat()
}

/// As the writer packs it.
fn packed(body: &[u8]) -> Vec<u8> {
    let mut frame = label();
    varint::put(&mut frame, body.len() as u64);
    frame.extend(lz4_flex::block::compress(body));
    frame
}

const MEGABYTE: u64 = 1 << 20;
/// So many megabytes a document grows to.
const EACH: u64 = 70;

#[test]
fn a_few_bytes_that_ask_for_all_memory_get_none() {
    let mut chain = frame::Chain::default();
    let mut lie = label();
    varint::put(&mut lie, 200 << 20);
    lie.extend([0; 40]);
    assert_eq!(chain.apply(&lie), Err("says a size that no packing reaches"));
    let mut larger = label();
    varint::put(&mut larger, u64::MAX);
    assert_eq!(chain.apply(&larger), Err("says a wrong size"));
    // a document of a megabyte, and others that are copies of it again and again: some hundred bytes each
    let mut body = Vec::new();
    for number in 0..5_u8 {
        body.extend([number, 1, b'a' + number]);
        varint::put(&mut body, 1);
        varint::put(&mut body, MEGABYTE);
        varint::put(&mut body, MEGABYTE);
        body.extend(vec![b'x'; 1 << 20]);
    }
    let mut chain = frame::Chain::default();
    chain.apply(&packed(&body)).expect("five megabytes are no crime");
    let mut body = Vec::new();
    for number in 0..5_u8 {
        let mut changes = Vec::new();
        for copy in 0..EACH {
            changes.push(0);
            varint::put(&mut changes, MEGABYTE);
            varint::put_signed(&mut changes, if copy == 0 { 0 } else { -(1 << 20) });
        }
        body.push(number);
        varint::put(&mut body, 2);
        varint::put(&mut body, EACH * MEGABYTE);
        varint::put(&mut body, changes.len() as u64);
        body.extend(changes);
    }
    assert!(body.len() < 4_096, "{} bytes", body.len());
    assert_eq!(chain.apply(&packed(&body)), Err("makes no document, or more than an instant may hold"));
    let held: usize = chain.docs().values().map(|text| text.len()).sum();
    assert!(((200 << 20)..=(256 << 20)).contains(&held), "{held} bytes were made");
}

#[test]
fn what_is_no_file_is_named_and_nobody_waits_for_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.opr");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).expect("a pipe");
    for (path, what) in [(pipe.as_path(), "a pipe"), (folder.path(), "a folder"), (Path::new("/dev/null"), "a device")] {
        let error = Recording::open(path).expect_err("no recording").to_string();
        assert_eq!(error, format!("is no recording of opsctl: it is {what}, not a regular file"));
    }
}

/// What somebody could make who knows the form: every check passes, and the content is anything.
fn crafted() -> impl Strategy<Value = Vec<u8>> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..60);
    let kind = prop_oneof![Just(block::kind::WHOLE), Just(block::kind::CHANGES), any::<u8>()];
    (kind, bytes, any::<bool>(), 0_u16..3).prop_map(|(kind, bytes, packed, nth)| {
        let mut label = Vec::new();
        label.extend_from_slice(&1_790_000_000_000_000_000_i64.to_le_bytes());
        label.extend_from_slice(&7_u64.to_le_bytes());
        label.push(0);
        label.extend_from_slice(&nth.to_le_bytes());
        if packed {
            // as the writer does: the length, then the packed changes
            label.push(u8::try_from(bytes.len()).expect("short"));
            label.extend(lz4_flex::block::compress(&bytes));
        } else {
            label.extend(bytes);
        }
        block::write(kind, &label)
    })
}

proptest! {
    #[test]
    fn no_content_makes_it_panic(blocks in proptest::collection::vec(crafted(), 1..5)) {
        let mut all = Writer::begin(&Head::new(1));
        for block in &blocks {
            all.extend_from_slice(block);
        }
        if let Ok(recording) = Recording::of(Box::new(all)) {
            for number in 0..recording.stops().len() {
                prop_assert!(recording.instant(number).is_err());
            }
        }
    }

    #[test]
    fn no_packed_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), size in 0_u8..128) {
        let mut frame = vec![0; 19];
        frame.push(size);
        frame.extend(bytes);
        let mut chain = frame::Chain::default();
        let _refused = chain.apply(&frame);
    }
}

//! The lines of a recording are read where somebody asks: opening reads each block once, an instant half an hour before it at most, and whatever was asked
//! before, the lines are the same.

use super::{Counted, recording};
use opsctl::app::record::Recording;
use opsctl::fleet::record::{Docs, Head, Writer};
use opsctl::model::{EndpointId, Moment};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A bit more than an hour, a second each.
const INSTANTS: u32 = 3_700;
const HALF_AN_HOUR: Duration = Duration::from_mins(30);

fn at(second: u32) -> Moment {
    let wall: jiff::Timestamp = "2026-11-20T14:03:00Z".parse().expect("a moment");
    Moment { mono: Duration::from_secs(100_000 + u64::from(second)), wall: wall + Duration::from_secs(second.into()) }
}

/// A recording of the healthy lab in which one number of one endpoint is the second; whose number, and which.
fn hour() -> (Vec<u8>, EndpointId, String) {
    let mut docs: Docs = recording("healthy").reader().docs(0).expect("an instant");
    let text = |value: &Value| -> Arc<[u8]> { serde_json::to_vec(value).expect("JSON").into() };
    let trends: Value = serde_json::from_slice(&docs["trends"]).expect("JSON");
    let (id, value) = (&trends[0]["id"], &trends[0]["values"][0]);
    let mut writer = Writer::default();
    let mut bytes = Writer::begin(&Head::new(1));
    for second in 0..INSTANTS {
        let values = json!([[value[0], value[1], f64::from(second)]]);
        docs.insert("trends".to_owned(), text(&json!([{ "id": id, "taken_at": at(second), "values": values }])));
        docs.insert("now".to_owned(), text(&json!(at(second))));
        bytes.extend(writer.instant(at(second), false, &docs).expect("small enough"));
    }
    (bytes, serde_json::from_value(id.clone()).expect("an endpoint"), value[0].as_str().expect("a key").to_owned())
}

#[test]
fn opening_reads_each_block_once_and_an_instant_no_more_than_half_an_hour() {
    let (bytes, id, key) = hour();
    let length = bytes.len() as u64;
    let (source, read) = Counted::of(bytes);
    let recording = Recording::of(Box::new(source)).expect("opens");
    let since = || read.swap(0, Ordering::Relaxed);
    assert_eq!(since(), length, "opening looks at every block once");
    let window = |number: u32| {
        let shown = recording.instant(number as usize).expect("an instant");
        assert_eq!(shown.now, at(number));
        shown.rings.window(&id, &key, shown.now, HALF_AN_HOUR, 1_800).expect("a line").values.to_vec()
    };
    #[expect(clippy::cast_possible_truncation, reason = "seconds of an hour")]
    let expected = |number: u32| -> Vec<Option<f32>> {
        (0..1_800).map(|back| number.checked_sub(1_799 - back).map(|second| f64::from(second) as f32)).collect()
    };
    assert_eq!(window(0), expected(0));
    assert!(since() < length / 20, "the first instant needs no other");
    let last = INSTANTS - 1;
    assert_eq!(window(last), expected(last));
    let whole = since();
    assert!(whole < length * 6 / 10, "{whole} of {length} bytes for the last half hour");
    assert_eq!(window(last - 1), expected(last - 1));
    let step = since();
    assert!(step < length / 20, "{step} of {length} bytes for one step back");
    // in any order, over the ends of parts and rows
    for number in [1_799, 0, 2_400, 2_399, 600, 599, 601, 3_000, 59, 60, 3_699, 61, 1_800] {
        assert_eq!(window(number), expected(number), "instant {number}");
    }
}

#[test]
fn what_is_damaged_is_a_gap_in_the_lines() {
    let (mut bytes, id, key) = hour();
    let byte = Recording::of(Box::new(bytes.clone())).expect("opens").stops()[100].byte;
    bytes[usize::try_from(byte).expect("small") + 30] ^= 1;
    let recording = Recording::of(Box::new(bytes)).expect("opens");
    assert_eq!(recording.damage().len(), 1);
    // the rest of its row is lost with it
    let number = recording.near(at(200).wall);
    let shown = recording.instant(number).expect("an instant");
    let line = shown.rings.window(&id, &key, shown.now, Duration::from_secs(201), 201).expect("a line").values;
    let gaps: Vec<usize> = (0..line.len()).filter(|second| line[*second].is_none()).collect();
    assert_eq!(gaps, (100..120).collect::<Vec<_>>());
}

//! What the lab shows now, recorded and drawn again.

use crate::console_time::record;
use crate::console_time::same::frames;
use crate::support::lab::{Lab, Watcher};
use opsctl::app::Observed;
use opsctl::app::record::Recording;
use std::sync::Arc;

#[test]
fn what_the_lab_shows_now_is_drawn_the_same_from_its_recording() {
    let Some(lab) = Lab::shared("lab_replay::what_the_lab_shows_now_is_drawn_the_same_from_its_recording") else { return };
    let mut watcher = Watcher::start(&lab);
    let mut shown = Vec::new();
    for _ in 0..4 {
        watcher.polls(1);
        // lines are replayed from where the recording begins
        shown.push(Observed { rings: Arc::default(), turns: Arc::default(), ..watcher.latest().0.as_ref().clone() });
    }
    let replayed = Recording::of(Box::new(record(&shown))).expect("a recording");
    for (number, live) in shown.iter().enumerate() {
        let then = Observed { rings: Arc::default(), ..replayed.instant(number).expect("an instant") };
        for (one, two) in frames(live).iter().zip(frames(&then)) {
            assert_eq!(*one, two, "instant {number}");
        }
    }
}

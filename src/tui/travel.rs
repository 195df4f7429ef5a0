//! Which time is shown, and how one moves in it: keys ask for steps, what comes back is held until one goes on live. Pure.
//!
//! While a step is out the next ones wait in a row, so that ten presses are ten steps; polling and memory go on underneath.

use super::effect::Effect;
use super::errand::Errand;
use super::errand::bundle::BundleOrder;
use super::errand::travel::{Arrival, TravelOrder};
use super::journey::Travel;
use super::notice::Notice;
use super::pace::Cause;
use super::picture::Mode;
use super::state::State;
use crate::app::history::{Found, History, Step};
use crate::app::moment::{NoMoment, ends_text, moment_in, moment_of};
use crate::model::Moment;
use crate::text::untrusted::visible;
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// Shows the instant of a recording at `at`: there is nothing live to show before it. What is damaged in it is told.
pub(super) fn open_replay(state: &mut State, history: &dyn History, at: Timestamp, now: Moment) {
    let Some(of) = history.span() else { return };
    let damage: Vec<String> = history.damage().iter().map(|what| visible(what)).collect();
    if let Some(first) = damage.first() {
        let others = if damage.len() > 1 { format!(", the first of {} places", damage.len()) } else { String::new() };
        state.notice = Some(Notice::warning(format!("this recording is damaged{others}: {first}")));
    }
    state.travel = Travel { damage: damage.into(), ..Travel::of_replay(of) };
    match history.near(now, Step::To(at)) {
        Ok(Found::At(observed)) => {
            let mode = Mode::Replay { at: observed.now, of };
            state.picture.hold(observed, mode);
        }
        Ok(Found::Newest) => {}
        Err(why) => state.notice = Some(Notice::warning(visible(&why))),
    }
}

/// Goes a step, or lines it up behind the one that is out.
pub(super) fn step(state: &mut State, step: Step) -> Option<Effect> {
    state.travel.want(step);
    next(state)
}

fn next(state: &mut State) -> Option<Effect> {
    if state.travel.out {
        return None;
    }
    let step = state.travel.waiting.pop_front()?;
    state.travel.out = true;
    Some(Effect::Errand(Errand::Travel(TravelOrder { from: state.picture.shown().now, step })))
}

/// Back to what is live; in a replay, to its end.
pub(super) fn live(state: &mut State) -> Option<Effect> {
    state.travel.waiting.clear();
    if let Some((_, last)) = state.travel.of {
        return step(state, Step::To(last.wall));
    }
    state.travel.recalled = state.travel.out;
    state.picture.go_live();
    None
}

/// Goes on by itself, a second each second, or stands still again. Only a replay can: what is rewound goes on when it is live.
pub(super) fn play(state: &mut State) -> Option<Effect> {
    state.travel.playing = state.travel.is_replay() && !state.travel.playing;
    None
}

/// Has what is remembered written into a folder of its own below `folder`.
pub(super) fn bundle_into(state: &mut State, folder: &str) -> Option<Effect> {
    Some(Effect::Errand(Errand::Bundle(BundleOrder { at: state.picture.newest_at(), below: PathBuf::from(folder) })))
}

/// To the moment that is said: a time of day before now, so long ago, or a whole timestamp.
pub(super) fn at(state: &mut State, said: &str) -> Option<Effect> {
    let at = match state.travel.of {
        // what was opened first may lie anywhere in it
        Some(of) => moment_in(said, of).map_err(|why| (why == NoMoment::Outside).then(|| ends_text(of))),
        None => moment_of(said, state.picture.newest_at().wall).ok_or(None),
    };
    match at {
        Ok(at) => return step(state, Step::To(at)),
        Err(Some(ends)) => {
            state.notice = Some(Notice::warning(format!("'{said}' lies outside of this recording, which {ends}")));
            return None;
        }
        Err(None) => {}
    }
    state.notice = Some(Notice::warning(format!("'{said}' is no time; at 14:03, at 14:03:22, at -5m, at 2026-11-21T14:03Z go there, all in UTC")));
    None
}

/// A second passed.
pub(super) fn tick(state: &mut State) -> Option<Effect> {
    if state.travel.playing && state.travel.waiting.is_empty() { step(state, Step::Forth) } else { None }
}

/// By the calendar: what a service kept may be of another boot, whose steady clock says nothing here.
fn behind(newest: Moment, at: Moment) -> Duration {
    Duration::try_from(newest.wall.duration_since(at.wall)).unwrap_or_default()
}

/// A step has led somewhere.
pub(super) fn arrive(state: &mut State, arrival: Arrival) -> Option<Effect> {
    state.travel.out = false;
    if std::mem::take(&mut state.travel.recalled) {
        return next(state);
    }
    match arrival.0 {
        Ok(Found::At(observed)) => {
            let at = observed.now;
            let past = Mode::Past { at, behind: behind(state.picture.newest_at(), at) };
            let mode = state.travel.mode(at).unwrap_or(past);
            state.picture.hold(observed, mode);
            if state.travel.of.is_some_and(|(_, last)| last.wall <= at.wall) {
                state.travel.playing = false;
            }
        }
        Ok(Found::Newest) => {
            state.travel.waiting.clear();
            state.picture.go_live();
        }
        Err(why) => {
            state.travel.waiting.clear();
            state.travel.playing = false;
            state.notice = Some(Notice::warning(why));
        }
    }
    // the screen moves with each step while more are to come
    next(state).or(Some(Effect::Draw(Cause::Input)))
}

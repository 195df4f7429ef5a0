//! The frame of a replayed instant is the frame that was shown then, cell by cell, on every screen; and rewinding is a matter of keys.

use super::{instants, record, recording, recordings};
use crate::screens::dump::{dump, look};
use crate::screens::frame;
use opsctl::app::Observed;
use opsctl::app::history::{Found, History, Step};
use opsctl::app::record::Recording;
use opsctl::fleet::record::{Docs, RecordError, Stop};
use opsctl::model::Moment;
use opsctl::systems::registry::SYSTEMS;
use opsctl::theme::Glyphs;
use opsctl::tui::command::Keymap;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::travel::{TravelOrder, go};
use opsctl::tui::errand::{Done, Errand};
use opsctl::tui::key::Chord;
use opsctl::tui::picture::Mode;
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::COMMANDS;
use opsctl::tui::update::{Message, update};
use opsctl::tui::{Scope, State, Travel};
use std::sync::Arc;
use std::time::Duration;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 35)];

fn scope() -> Scope {
    Scope { clusters: Vec::new(), systems: SYSTEMS }
}

fn open(observed: &Observed, size: (u16, u16)) -> State {
    State::open(Arc::new(observed.clone()), scope(), size, observed.now)
}

/// Every screen of `observed`, as it is drawn when it is live.
pub(crate) fn frames(observed: &Observed) -> Vec<String> {
    let mut all = Vec::new();
    for size in SIZES {
        for place in Place::ALL.into_iter().filter(|place| *place != Place::Sheet) {
            let mut state = open(observed, size);
            let cluster = observed.fleet.clusters.first().map(|cluster| cluster.spec.name.clone());
            state.go(Screen::new(place, cluster.as_deref().filter(|_| place != Place::Fleet)));
            all.push(dump(&frame(&state, &look(Glyphs::Unicode))));
        }
    }
    all
}

fn assert_same(shown: &[Observed], name: &str) {
    let replayed = Recording::of(Box::new(record(shown))).expect("a recording");
    assert_eq!(replayed.stops().len(), shown.len(), "{name}");
    // backwards too: an instant does not depend on the one that was asked before
    for number in (0..shown.len()).chain((0..shown.len()).rev()) {
        let then = replayed.instant(number).expect("an instant");
        for (one, two) in frames(&shown[number]).iter().zip(frames(&then)) {
            assert_eq!(*one, two, "{name}, instant {number}");
        }
    }
}

#[test]
fn a_replayed_instant_is_drawn_as_it_was() {
    for (name, _) in recordings().into_iter().take(6) {
        // a recording of an older program has fewer lines: it is written once as this program writes it
        let written = Recording::of(Box::new(record(&instants(&recording(&name))))).expect("a recording");
        assert_same(&instants(&written), &name);
    }
}

/// Presses `keys` at the newest moment.
fn press(state: &mut State, keys: &[&str]) -> Vec<Option<Effect>> {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let now = state.picture.newest_at();
    keys.iter().map(|key| update(state, &keymap, Message::Key(Chord::parse(key).expect("a key")), now)).collect()
}

/// Does what the loop does with an errand, until none is left.
fn travel(state: &mut State, history: &dyn History, effects: &[Option<Effect>]) {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let mut orders: Vec<TravelOrder> = effects.iter().filter_map(|effect| order(effect.as_ref())).collect();
    while let Some(order) = orders.pop() {
        let effect = update(state, &keymap, Message::Done(Done::Arrived(go(history, order))), state.picture.newest_at());
        orders.extend(self::order(effect.as_ref()));
    }
}

fn order(effect: Option<&Effect>) -> Option<TravelOrder> {
    match effect {
        Some(Effect::Errand(Errand::Travel(order))) => Some(*order),
        _ => None,
    }
}

#[test]
fn keys_step_through_a_replay_and_the_header_says_where() {
    let recording = recording("fault-lock-tree");
    let walls: Vec<jiff::Timestamp> = recording.stops().iter().map(|stop| stop.at.wall).collect();
    let first = recording.instant(0).expect("an instant");
    let mut state = open(&first, (120, 35));
    state.travel = Travel::of_replay(recording.span().expect("ends"));
    let mode = state.travel.mode(first.now).expect("a replay");
    state.picture.hold(Arc::new(first), mode);
    let at = |state: &State| state.picture.mode().at().expect("not live").wall;
    assert_eq!(at(&state), walls[0]);
    for (keys, expected) in [
        (&[">"][..], 1),
        (&[">", ">"], 3),
        (&["<"], 2),
        (&["<", "<", "<", "<", "<"], 0),
        (&["L"], walls.len() - 1),
        (&[">"], walls.len() - 1),
        (&["("], 0),
    ] {
        let effects = press(&mut state, keys);
        travel(&mut state, &recording, &effects);
        assert_eq!(at(&state), walls[expected], "{keys:?}");
        let header = dump(&frame(&state, &look(Glyphs::Unicode))).lines().nth(1).expect("a header").to_owned();
        let day = walls[expected].strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        assert!(header.contains(&format!("REPLAY {day}")) && header.contains("{frozen}"), "{header}");
    }
}

#[test]
fn a_replay_plays_by_itself_until_its_end() {
    let recording = recording("fault-lock-tree");
    let first = recording.instant(0).expect("an instant");
    let mut state = open(&first, (120, 35));
    state.travel = Travel::of_replay(recording.span().expect("ends"));
    let mode = state.travel.mode(first.now).expect("a replay");
    state.picture.hold(Arc::new(first), mode);
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let now = state.picture.newest_at();
    assert!(!state.is_aging() && order(update(&mut state, &keymap, Message::Tick, now).as_ref()).is_none());
    press(&mut state, &["p"]);
    for _ in 0..recording.stops().len() {
        assert!(state.is_aging() || !state.travel.is_playing());
        let effect = update(&mut state, &keymap, Message::Tick, now);
        travel(&mut state, &recording, &[effect]);
    }
    assert!(!state.travel.is_playing(), "it stands still at its end");
    assert_eq!(state.picture.mode().at(), recording.span().map(|(_, last)| last));
}

/// A history of which the last two instants are known.
#[derive(Debug)]
struct Two(Vec<Arc<Observed>>);

impl History for Two {
    fn span(&self) -> Option<(opsctl::model::Moment, opsctl::model::Moment)> {
        Some((self.0.first()?.now, self.0.last()?.now))
    }

    fn near(&self, from: opsctl::model::Moment, step: Step) -> Result<Found, String> {
        match step {
            Step::Back => {
                self.0.iter().rev().find(|at| at.now.wall < from.wall).cloned().map(Found::At).ok_or_else(|| "nothing \u{1b}[2J before".to_owned())
            }
            _ => Ok(self.0.iter().find(|at| at.now.wall > from.wall).cloned().map_or(Found::Newest, Found::At)),
        }
    }

    fn each(&self, _take: &mut dyn FnMut(&Stop, Docs) -> std::io::Result<()>) -> Result<(), RecordError> {
        Err(RecordError::Empty(None))
    }
}

#[test]
fn live_goes_on_underneath_what_is_rewound() {
    let shown = instants(&recording("fault-lock-tree"));
    let history = Two(shown[1..3].iter().cloned().map(Arc::new).collect());
    let mut state = open(&shown[3], (120, 35));
    let effects = press(&mut state, &["<"]);
    travel(&mut state, &history, &effects);
    let behind = Duration::try_from(shown[3].now.wall.duration_since(shown[2].now.wall)).expect("later");
    assert_eq!(state.picture.mode(), Mode::Past { at: shown[2].now, behind });
    // what is new is taken, and not shown
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let effect = update(&mut state, &keymap, Message::Seen(Arc::new(shown[4].clone())), shown[4].now);
    assert_eq!((effect, state.picture.shown().now), (None, shown[2].now));
    let effects = press(&mut state, &["<", "<"]);
    travel(&mut state, &history, &effects);
    let notice = state.notice.clone().expect("why it goes no further back");
    assert_eq!((notice.text.as_str(), state.picture.shown().now), ("nothing \\x1b[2J before", shown[1].now));
    let effects = press(&mut state, &[">", ">", ">"]);
    travel(&mut state, &history, &effects);
    assert_eq!((state.picture.mode(), state.picture.newest_at()), (Mode::Live, shown[4].now));
    let effects = press(&mut state, &["<", "L"]);
    travel(&mut state, &history, &effects);
    assert_eq!(state.picture.mode(), Mode::Live, "a step that was out when somebody went live leads nowhere");
}

/// What a service kept may be of another boot, whose steady clock has nothing to do with ours.
#[test]
fn how_far_back_another_boot_lies_is_told_by_the_calendar() {
    let shown = instants(&recording("fault-lock-tree"));
    let newest = shown[3].now;
    let minute = jiff::SignedDuration::from_mins(1);
    // that boot had lasted longer than this one does
    let before = Moment { mono: newest.mono + Duration::from_hours(500), wall: newest.wall - minute };
    let history = Two(vec![Arc::new(shown[1].at(before)), Arc::new(shown[3].clone())]);
    let mut state = open(&shown[3], (120, 35));
    let effects = press(&mut state, &["<"]);
    travel(&mut state, &history, &effects);
    assert_eq!(state.picture.mode(), Mode::Past { at: before, behind: Duration::from_mins(1) });
    let header = dump(&frame(&state, &look(Glyphs::Unicode))).lines().nth(1).expect("a header").to_owned();
    assert!(header.contains("-1m"), "{header}");
}

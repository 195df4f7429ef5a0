//! The screens of change in each state of the platform, drawn as they are committed, hostile to their last word; and what their keys order.

mod answers;

use super::dump::{dump, letters, look};
use super::matrix::SIZES;
use super::{fixture, frame, press};
use crate::support::golden;
use answers::{sight, told};
use opsctl::app::change::order::Unlock;
use opsctl::app::change::sight::Asks;
use opsctl::app::change::{Answer, Order, Outcome, Question, Sight, Told, Wish};
use opsctl::app::run::cancel::Stage;
use opsctl::engine::states::{Choice, StepState};
use opsctl::text::untrusted::is_plain;
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::Keymap;
use opsctl::tui::dialog::Dialog;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::change::Heard;
use opsctl::tui::errand::{Done, Errand};
use opsctl::tui::key::{Chord, Key};
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::{self, COMMANDS};
use opsctl::tui::update::{Message, update};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const RUN: &str = "01K3ZQ7Y9M2T4B6C8D0E7ZQ39F";

/// What the screen of `place` asks.
pub(super) fn question(place: Place) -> Question {
    match place {
        Place::Runbooks => Question::Runbooks { cluster: "orders-eu".to_owned() },
        Place::Runs => Question::Runs,
        Place::Audit => Question::Audit,
        Place::Plan => Question::Plan(Wish { cluster: "orders-eu".to_owned(), runbook: "switchover".to_owned(), ..Wish::default() }),
        place => {
            assert_eq!(place, Place::Run);
            Question::Run { id: RUN.to_owned() }
        }
    }
}

/// Opens the screen of `place`, which has asked and heard nothing yet.
pub(super) fn open(state: &mut State, place: Place) {
    state.go(Screen::asking(place, question(place), Some("orders-eu")));
}

/// Lets `told` come back for `place`.
fn hear(state: &mut State, place: Place, told: Result<Told, String>) -> Option<Effect> {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    // a run that goes on is looked at all the time
    let at = if matches!(&told, Ok(Told::Run(run)) if run.is_live()) { fixture::now() } else { fixture::ago(3) };
    let answer = Answer { question: question(place), at, told };
    update(state, &keymap, Message::Done(Done::Answered(Arc::new(answer))), fixture::now())
}

/// Lets come back what the state called `name` has for `place`.
pub(super) fn answers(name: &str, place: Place, state: &mut State) {
    if let Some(told) = told(name, place, "") {
        hear(state, place, told);
    }
}

/// The console on the screen of `place`, with what came back in the state called `name`.
fn on(name: &str, place: Place, size: (u16, u16)) -> State {
    let mut state = super::on_cluster(&fixture::healthy(), size);
    open(&mut state, place);
    answers(name, place, &mut state);
    state
}

fn unlock(state: &mut State) {
    state.unlocked = Some(Unlock { cluster: "orders-eu".to_owned(), until: fixture::now().plus(Duration::from_secs(892)) });
}

fn typed(state: &mut State, text: &str) -> Option<Effect> {
    let keys: Vec<String> = text.chars().map(|letter| if letter == ' ' { "space".to_owned() } else { letter.to_string() }).collect();
    let mut effects = press(state, &keys.iter().map(String::as_str).chain(["enter"]).collect::<Vec<_>>());
    effects.pop().flatten()
}

fn shown(state: &State) -> String {
    letters(&frame(state, &look(Glyphs::Unicode)))
}

#[test]
fn what_is_typed_before_anything_is_sent_is_drawn_as_it_is_committed() {
    for size in SIZES {
        let check = |name: &str, state: &State| {
            golden(&format!("tests/golden/screens/confirm/{name}-{}x{}.txt", size.0, size.1), dump(&frame(state, &look(Glyphs::Unicode))).as_bytes());
        };
        let mut state = on("healthy", Place::Plan, size);
        press(&mut state, &["r"]);
        check("locked", &state);
        unlock(&mut state);
        press(&mut state, &["r", "o", "r", "d"]);
        check("plan", &state);
        check("parameter", &on("stale", Place::Plan, size));
        let mut state = on("healthy", Place::Run, size);
        press(&mut state, &["a"]);
        check("stop", &state);
    }
}

#[test]
fn no_word_of_a_runbook_a_run_or_a_server_acts_in_the_screens_of_change() {
    let look = look(Glyphs::Unicode);
    for (text, seen) in super::hostile::HOSTILE {
        for place in [Place::Runbooks, Place::Runs, Place::Audit, Place::Plan, Place::Run] {
            for name in ["healthy", "degraded", "stale", "down"] {
                let mut state = super::on_cluster(&fixture::healthy(), (200, 60));
                open(&mut state, place);
                hear(&mut state, place, told(name, place, text).expect("an answer"));
                let mut marked = false;
                for key in ["z", "z", "enter", "esc", "r", "esc", "a", "esc"] {
                    let drawn = frame(&state, &look);
                    for cell in drawn.content() {
                        assert!(cell.symbol().chars().all(is_plain), "{place:?} {name}: {:?}", cell.symbol());
                    }
                    marked |= letters(&drawn).contains(seen);
                    press(&mut state, &[key]);
                }
                // what holds no word of others in this state
                let silent = name == "stale" && matches!(place, Place::Runs | Place::Audit)
                    || name == "degraded" && place == Place::Audit && text.contains('\n');
                assert!(marked || silent, "{place:?} {name} does not show {seen}:\n{}", shown(&state));
            }
        }
    }
}

#[test]
fn nothing_is_begun_that_was_not_unlocked_and_typed_in_full() {
    let mut state = on("healthy", Place::Plan, (120, 35));
    assert!(press(&mut state, &["r"]).iter().all(|effect| !matches!(effect, Some(Effect::Errand(_)))));
    assert!(shown(&state).contains("this console only reads: :write 15m unlocks"), "{}", shown(&state));
    // another cluster is not this one, and what has run out is not open
    for (cluster, until) in [("search", fixture::now().plus(Duration::from_mins(5))), ("orders-eu", fixture::now())] {
        state.unlocked = Some(Unlock { cluster: cluster.to_owned(), until });
        press(&mut state, &["r"]);
        assert!(state.dialog.is_none() && shown(&state).contains(" RO "), "{cluster}");
    }
    unlock(&mut state);
    assert!(shown(&state).lines().next().is_some_and(|header| header.contains("RW 14:52")), "{}", shown(&state));
    for wrong in ["", "order", "orders-eu2", "yes", "Orders-eu"] {
        press(&mut state, &["r"]);
        assert!(state.dialog.is_some());
        let effect = typed(&mut state, wrong);
        assert!(!matches!(effect, Some(Effect::Errand(_))), "{wrong:?}: {effect:?}");
        assert!(shown(&state).contains("was not what was typed; nothing was sent"), "{wrong:?}: {}", shown(&state));
    }
    press(&mut state, &["r"]);
    // a hand types it: what was pasted does not count
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    update(&mut state, &keymap, Message::Paste("orders-eu".to_owned()), fixture::now());
    assert!(!matches!(press(&mut state, &["enter"]).pop(), Some(Some(Effect::Errand(_)))));
    press(&mut state, &["r"]);
    let Some(Effect::Errand(Errand::Order(Order::Start { planned, phrase, unlock }))) = typed(&mut state, "orders-eu") else {
        panic!("{}", shown(&state))
    };
    assert_eq!(
        (planned.plan.phrase.as_deref(), phrase.as_deref(), unlock.map(|unlock| unlock.cluster).as_deref()),
        (Some("orders-eu"), Some("orders-eu"), Some("orders-eu"))
    );
    // what is begun is what was shown, and its run is shown next
    began(&mut state, RUN, Some(planned.plan.sha256()));
    assert_eq!((state.place(), &state.screen().asked.as_ref().expect("asked").question), (Place::Run, &question(Place::Run)));
}

/// The run called `run` has a process, by the plan of this hash.
fn began(state: &mut State, run: &str, plan: Option<String>) {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let outcome = Outcome::Began { run: run.to_owned(), plan };
    let _drawn = update(state, &keymap, Message::Done(Done::Ordered(Heard::Done(outcome))), fixture::now());
}

#[test]
fn who_looks_elsewhere_is_not_called_to_a_run_that_has_begun() {
    let asked = |state: &State| state.screen().asked.as_ref().expect("asked").question.clone();
    let other = "01K3ZQ7Y9M2T4B6C8D0E7ZQ2AB";
    // at another run than the one that goes on, and at another plan than the one that was begun
    let mut state = on("degraded", Place::Run, (120, 35));
    began(&mut state, other, None);
    assert_eq!(asked(&state), question(Place::Run));
    assert!(state.screen().asked.as_ref().is_some_and(|asked| asked.answer.is_some()), "it is still shown");
    assert!(shown(&state).contains("run 7ZQ2AB has a process of its own"), "{}", shown(&state));
    let mut state = on("healthy", Place::Plan, (120, 35));
    for plan in [Some("ab".repeat(32)), None] {
        began(&mut state, other, plan);
        assert_eq!(asked(&state), question(Place::Plan));
    }
    // at the run that goes on it is looked anew
    let mut state = on("degraded", Place::Run, (120, 35));
    began(&mut state, RUN, None);
    assert!(asked(&state) == question(Place::Run) && state.screen().asked.as_ref().is_some_and(|asked| asked.answer.is_none()));
}

#[test]
fn a_plan_that_says_no_cannot_be_begun() {
    let mut state = on("degraded", Place::Plan, (120, 35));
    unlock(&mut state);
    press(&mut state, &["r"]);
    assert!(
        state.dialog.is_none() && shown(&state).contains("a check says no: the candidate is a synchronous standby; nothing can be sent"),
        "{}",
        shown(&state)
    );
    let mut state = on("healthy", Place::Plan, (120, 35));
    unlock(&mut state);
    press(&mut state, &["f", "r"]);
    assert!(state.dialog.is_none() && shown(&state).contains("the picture is not live"), "{}", shown(&state));
}

#[test]
fn writing_is_unlocked_by_a_word_for_one_cluster_and_for_a_time() {
    let mut state = super::on_cluster(&fixture::healthy(), (120, 35));
    let keymap = registry::keymap(&[], &[]).expect("no conflict");
    let asked = |state: &mut State, text: &str| {
        let keys = [':'].into_iter().chain(text.chars()).map(Key::Char).chain([Key::Enter]);
        keys.map(|key| update(state, &keymap, Message::Key(Chord::plain(key)), fixture::now())).last().flatten()
    };
    let Some(Effect::Errand(Errand::Order(Order::Unlock { cluster, time }))) = asked(&mut state, "write 20m") else { panic!("{}", shown(&state)) };
    assert_eq!((cluster.as_str(), time), ("orders-eu", Duration::from_mins(20)));
    for wrong in ["write for ever", "write 0s", "write 9h"] {
        assert!(!matches!(asked(&mut state, wrong), Some(Effect::Errand(_))), "{wrong}");
        assert!(shown(&state).contains("writing is unlocked for a time"), "{wrong}: {}", shown(&state));
    }
    unlock(&mut state);
    asked(&mut state, "write off");
    assert!(state.unlocked.is_none() && shown(&state).contains("only reads again"));
}

#[test]
fn what_a_plan_has_to_be_told_is_asked_with_the_best_answer_first() {
    let mut state = on("stale", Place::Plan, (120, 35));
    assert!(
        shown(&state).contains("The member that leads afterwards") && shown(&state).contains("blocked: to is not what it has to be"),
        "{}",
        shown(&state)
    );
    press(&mut state, &["enter"]);
    let Question::Plan(wish) = &state.screen().asked.as_ref().expect("asked").question else { panic!() };
    assert_eq!(wish.given, BTreeMap::from([("to".to_owned(), "pg2".to_owned())]));
    // what is typed stands before what is selected, and all can be asked once more
    let mut state = on("healthy", Place::Plan, (120, 35));
    press(&mut state, &["e", "ctrl-u", "p", "g", "1", "enter"]);
    let Question::Plan(wish) = &state.screen().asked.as_ref().expect("asked").question else { panic!() };
    assert_eq!(wish.given, BTreeMap::from([("to".to_owned(), "pg1".to_owned())]));
}

#[test]
fn a_run_is_ended_in_three_stages_and_each_is_typed() {
    let mut state = on("healthy", Place::Run, (120, 35));
    for (ordered, stage) in [(None, Stage::NoFurther), (Some(Stage::NoFurther), Stage::Stop), (Some(Stage::Stop), Stage::Kill)] {
        let run = Sight { ordered, ..sight("healthy", "") };
        hear(&mut state, Place::Run, Ok(Told::Run(Box::new(run))));
        press(&mut state, &["a"]);
        assert!(!matches!(typed(&mut state, "y"), Some(Effect::Errand(Errand::Order(_)))), "a letter is no word");
        press(&mut state, &["a"]);
        assert_eq!(typed(&mut state, "yes"), Some(Effect::Errand(Errand::Order(Order::Cancel { run: RUN.to_owned(), stage }))));
    }
}

#[test]
fn a_step_that_asks_is_answered_with_what_was_seen() {
    let asks = Asks { step: "rack".to_owned(), text: "look at the rack".to_owned(), evidence: true };
    let mut run = sight("healthy", "");
    run.asks = Some(asks);
    let mut state = on("healthy", Place::Run, (120, 35));
    hear(&mut state, Place::Run, Ok(Told::Run(Box::new(run))));
    assert!(shown(&state).contains("rack asks you: i answers"), "{}", shown(&state));
    press(&mut state, &["i"]);
    assert!(!matches!(typed(&mut state, "perhaps"), Some(Effect::Errand(_))));
    press(&mut state, &["ctrl-u"]);
    assert!(!matches!(typed(&mut state, "yes"), Some(Effect::Errand(_))));
    let answer = Order::Answer { run: RUN.to_owned(), step: "rack".to_owned(), accept: true, evidence: Some("all lamps".to_owned()) };
    assert_eq!(typed(&mut state, " all lamps"), Some(Effect::Errand(Errand::Order(answer))));
}

#[test]
fn a_run_that_nobody_is_at_work_on_goes_on_as_it_is_said() {
    let mut state = on("degraded", Place::Run, (120, 35));
    let said = |state: &mut State, text: &str| {
        press(state, &["o"]);
        typed(state, text)
    };
    for wrong in ["", "abandon", "abort", "res"] {
        assert!(!matches!(said(&mut state, wrong), Some(Effect::Errand(_))), "{wrong}");
    }
    let order = |choice: Choice, reason: Option<&str>| {
        Some(Effect::Errand(Errand::Order(Order::GoOn { run: RUN.to_owned(), choice, reason: reason.map(str::to_owned), unlock: None })))
    };
    assert_eq!(said(&mut state, "resume"), order(Choice::Resume, None));
    assert_eq!(said(&mut state, "rollback"), order(Choice::RollBack, None));
    assert_eq!(said(&mut state, "abandon it is clear"), order(Choice::Abandon, Some("it is clear")));
    // one that is over goes nowhere
    let mut state = on("stale", Place::Run, (120, 35));
    press(&mut state, &["o"]);
    assert!(state.dialog.is_none());
}

#[test]
fn leaving_a_run_that_goes_on_is_not_leaving_the_console() {
    let mut state = on("healthy", Place::Run, (120, 35));
    assert!(!press(&mut state, &["q"]).contains(&Some(Effect::Quit)));
    assert!(state.place() == Place::Cluster && shown(&state).contains("detached from run 7ZQ39F"), "{}", shown(&state));
    assert!(press(&mut state, &["q"]).contains(&Some(Effect::Quit)));
    let mut state = on("stale", Place::Run, (120, 35));
    assert!(press(&mut state, &["q"]).contains(&Some(Effect::Quit)));
}

#[test]
fn a_lock_that_keeps_nobody_off_on_another_host_is_said_before_the_word_is_typed() {
    let made = |alone: Option<String>| {
        let Some(Ok(Told::Plan(mut drawn))) = told("healthy", Place::Plan, "") else { panic!("a plan") };
        let planned = drawn.made.as_mut().expect("a plan");
        Arc::make_mut(planned).alone = alone;
        let mut state = on("healthy", Place::Plan, (160, 50));
        hear(&mut state, Place::Plan, Ok(Told::Plan(drawn)));
        state
    };
    let whole = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shared = made(None);
    assert!(whole(&shown(&shared)).contains("nobody else may change the cluster meanwhile"), "{}", shown(&shared));
    let mut alone = made(Some(answers::alone("")));
    assert!(!shown(&alone).contains("nobody else may change") && shown(&alone).contains("of this host alone"), "{}", shown(&alone));
    unlock(&mut alone);
    press(&mut alone, &["r"]);
    let Some(Dialog::Say { purpose, .. }) = &alone.dialog else { panic!("nothing is asked") };
    assert!(purpose.told().contains(&answers::alone("")), "{purpose:?}");
    // and before a run goes on
    let mut left = on("degraded", Place::Run, (160, 50));
    assert!(shown(&left).contains("of this host alone"), "{}", shown(&left));
    press(&mut left, &["o"]);
    let Some(Dialog::Say { purpose, .. }) = &left.dialog else { panic!("nothing is asked") };
    assert_eq!(purpose.told(), [answers::alone("")]);
}

#[test]
fn each_question_is_out_once_and_only_while_its_screen_is_open() {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let mut state = super::on_cluster(&fixture::healthy(), (120, 35));
    let asks = |effect: &Option<Effect>| matches!(effect, Some(Effect::Errand(Errand::Ask { .. })));
    let effects = press(&mut state, &["r", "j", "k"]);
    assert_eq!(effects.iter().map(asks).collect::<Vec<_>>(), [true, false, false], "{effects:?}");
    // the next look is sent off by the answer, later
    let effect = hear(&mut state, Place::Runbooks, told("healthy", Place::Runbooks, "").expect("an answer"));
    assert!(matches!(effect, Some(Effect::Errand(Errand::Ask { after, .. })) if !after.is_zero()), "{effect:?}");
    press(&mut state, &["esc"]);
    let effect = hear(&mut state, Place::Runbooks, told("healthy", Place::Runbooks, "").expect("an answer"));
    assert!(matches!(effect, Some(Effect::Draw(_))), "{effect:?}");
    // nobody asks anew for a plan that somebody reads, nor for a run that is over
    // what could not be read is read again
    for (place, name, again) in
        [(Place::Plan, "healthy", false), (Place::Run, "stale", false), (Place::Audit, "down", true), (Place::Run, "down", true)]
    {
        open(&mut state, place);
        let _asked = update(&mut state, &keymap, Message::Tick, fixture::now());
        let effect = hear(&mut state, place, told(name, place, "").expect("an answer"));
        assert_eq!(asks(&effect), again, "{place:?}: {effect:?}");
        assert!(!matches!(effect, Some(Effect::Errand(Errand::Ask { after, .. })) if after.is_zero()), "{place:?}: {effect:?}");
    }
}

#[test]
fn a_run_whose_looks_stay_away_is_said_to_be_old_and_its_countdown_goes_on() {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    let mut state = on("healthy", Place::Run, (160, 35));
    assert!(shown(&state).contains("held: pause 23s left") && !shown(&state).contains("no look comes back"), "{}", shown(&state));
    let _drawn = update(&mut state, &keymap, Message::Tick, fixture::now().plus(Duration::from_secs(10)));
    assert!(shown(&state).contains("held: pause 13s left") && shown(&state).contains("10s old, no look comes back"), "{}", shown(&state));
    // a picture that stands still grows no older, and the run does
    press(&mut state, &["f"]);
    assert!(state.is_aging());
}

#[test]
fn the_selected_step_is_the_one_that_the_run_is_at_until_somebody_looks_elsewhere() {
    let mut state = on("healthy", Place::Run, (120, 35));
    let at = |state: &State| state.screen().cursor("steps").key;
    assert_eq!(at(&state).as_deref(), Some("promoted"));
    let mut next = sight("healthy", "");
    next.steps[4].state = StepState::Done;
    next.steps[5].state = StepState::Intent;
    hear(&mut state, Place::Run, Ok(Told::Run(Box::new(next))));
    assert_eq!(at(&state).as_deref(), Some("protected"));
    press(&mut state, &["g"]);
    hear(&mut state, Place::Run, Ok(Told::Run(Box::new(sight("healthy", "")))));
    assert_eq!(at(&state).as_deref(), Some("ready"));
}

#[test]
fn two_keys_lead_from_a_finding_to_the_plan_of_its_cure() {
    let mut state = super::on_cluster(&fixture::leaderless(), (120, 35));
    press(&mut state, &["X"]);
    assert!(shown(&state).contains("failover: r plans it"), "{}", shown(&state));
    let effects = press(&mut state, &["r"]);
    let wish = Wish { cluster: "orders-eu".to_owned(), runbook: "failover".to_owned(), given: BTreeMap::new(), fill: true };
    assert_eq!(effects, [Some(Effect::Errand(Errand::Ask { question: Question::Plan(wish), after: Duration::ZERO }))]);
    assert_eq!(state.place(), Place::Plan);
}

//! A screen without a terminal: led to by its name, and by keys. What keys ask for is done at once, as far as it only reads.

use super::Hands;
use super::change;
use super::command::Keymap;
use super::effect::Effect;
use super::errand::change::answer;
use super::errand::who::{WhoAnswer, ask};
use super::errand::{Done, Errand, travel};
use super::key::Chord;
use super::notice::Notice;
use super::place::{Place, Screen};
use super::registry::COMMANDS;
use super::screens::SCREENS;
use super::state::State;
use super::travel::open_replay;
use super::update::{Message, update};
use crate::app::change::Answer;
use crate::app::history::History;
use crate::model::Moment;
use jiff::Timestamp;
use std::sync::Arc;

/// What is no screen of its own, and is drawn over one.
const PALETTE: &str = "palette";

/// What can be led to.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCREENS.iter().map(|def| def.place.word()).chain([PALETTE])
}

/// Has `state` show the instant of the recording `history` at `at`, as a replay does.
pub fn replay(state: &mut State, history: &dyn History, at: Timestamp, now: Moment) {
    open_replay(state, history, at, now);
}

/// Leads `state` to the screen called `name`: of the cluster that is named; without one, of the only one or the one in most trouble, and pages over all of them.
/// What has to be done for it comes back, for [`perform`].
pub fn lead(state: &mut State, name: &str, cluster: Option<&str>) -> Option<Effect> {
    let shown = state.picture.shown();
    let clusters: Vec<String> = state.scope.worst_first(&shown).iter().map(|cluster| cluster.spec.name.clone()).collect();
    let only = cluster.or_else(|| clusters.first().map(String::as_str).filter(|_| clusters.len() == 1));
    let open = only.or_else(|| clusters.first().map(String::as_str));
    state.home();
    let place = SCREENS.iter().map(|def| def.place).find(|place| place.word() == name);
    match place {
        Some(Place::Fleet) => None,
        Some(Place::Cluster) => {
            state.visit(open.map(Screen::cluster));
            None
        }
        // all that is known of what stands first
        Some(Place::Sheet) => {
            state.visit(open.map(Screen::cluster));
            run(state, "open")
        }
        // the first session there is
        Some(Place::Who) => {
            state.visit(open.map(Screen::cluster).into_iter().chain([Screen::new(Place::Activity, open)]));
            run(state, name)
        }
        Some(place) if place.is_page() => {
            state.visit(only.map(Screen::cluster).into_iter().chain([Screen::new(place, only)]));
            None
        }
        // a plan and a run are behind the first row of their lists: see `arrive`
        Some(Place::Runbooks | Place::Plan) => {
            state.visit(open.map(Screen::cluster));
            run(state, Place::Runbooks.word())
        }
        Some(Place::Runs | Place::Run) => {
            state.visit(only.map(Screen::cluster));
            run(state, Place::Runs.word())
        }
        // the help, and the palette, as they are called over the screen that the console opens with
        Some(_) | None => {
            state.visit(only.map(Screen::cluster));
            run(state, name)
        }
    }
}

/// The last step to the screen called `name`, once what leads there has come back.
pub fn arrive(state: &mut State, name: &str) -> Option<Effect> {
    let place = [Place::Plan, Place::Run].into_iter().find(|place| place.word() == name)?;
    let effect = run(state, "open");
    if state.place() != place {
        let cluster = state.cluster().map(str::to_owned);
        state.go(Screen::new(place, cluster.as_deref()));
    }
    effect
}

fn run(state: &mut State, id: &str) -> Option<Effect> {
    COMMANDS.iter().find(|command| command.id == id).and_then(|command| (command.run)(state))
}

/// Presses `keys` one after the other.
pub async fn press(state: &mut State, keymap: &Keymap, keys: &[Chord], now: Moment, hands: &Hands) {
    for key in keys {
        let effect = update(state, keymap, Message::Key(*key), now);
        perform(state, keymap, effect, now, hands).await;
    }
}

/// Does what `effect` asks for, and what follows from that; what would write somewhere, or needs a terminal, is not done.
pub async fn perform(state: &mut State, keymap: &Keymap, effect: Option<Effect>, now: Moment, hands: &Hands) {
    let mut effect = effect.or_else(|| change::due(state).map(Effect::Errand));
    while let Some(Effect::Errand(errand)) = effect {
        let done = match errand {
            Errand::Travel(order) => Done::Arrived(match &hands.history {
                Some(history) => travel::go(history.as_ref(), order),
                None => travel::Arrival(Err("there is nothing to look back at here".to_owned())),
            }),
            Errand::Who(order) => match &hands.who {
                Some(tracer) => {
                    let traced = ask(tracer.as_ref(), &order).await;
                    Done::Who(Arc::new(WhoAnswer { order, traced: Ok(traced) }))
                }
                None => Done::Told(Notice::warning("nobody can be asked from here who a session belongs to")),
            },
            // what goes on is seen once
            Errand::Ask { after, .. } if !after.is_zero() => return,
            Errand::Ask { question, .. } => {
                let told = answer(hands.operator.as_ref(), question.clone()).await;
                Done::Answered(Arc::new(Answer { question, at: now, told }))
            }
            _ => Done::Told(Notice::info("what this key does needs the console")),
        };
        effect = update(state, keymap, Message::Done(done), now);
    }
}

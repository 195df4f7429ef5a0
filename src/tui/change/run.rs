//! The keys of a run: ended in three stages, answered, gone on with, left to itself.

use super::{note, sight, spoken};
use crate::app::change::{Sight, stop};
use crate::app::run::cancel::Stage;
use crate::app::run::found::Life;
use crate::tui::dialog::{Dialog, Purpose};
use crate::tui::effect::Effect;
use crate::tui::line::Line;
use crate::tui::notice::Notice;
use crate::tui::state::State;

pub(in crate::tui) fn can_cancel(state: &State) -> bool {
    sight(state).is_some_and(|sight| sight.is_live() && sight.life == Life::Runs)
}

/// Asks whether the run is ended, one stage harder than was ordered already.
pub(in crate::tui) fn cancel(state: &mut State) -> Option<Effect> {
    let Some(sight) = sight(state).filter(|sight| sight.is_live() && sight.life == Life::Runs) else {
        return note(state, "nobody is at work on this run here");
    };
    let (stage, label) = match sight.ordered {
        None => (Stage::NoFurther, "1 STOP"),
        Some(Stage::NoFurther) => (Stage::Stop, "2 END"),
        Some(Stage::Stop | Stage::Kill) => (Stage::Kill, "3 KILL"),
    };
    let told = stop::told(sight).into_iter().find(|(known, _)| *known == label).map(|(_, text)| text).unwrap_or_default();
    let purpose = Purpose::Cancel { run: sight.id.clone(), stage, told: format!("{label}: {told}") };
    state.dialog = Some(Dialog::Say { purpose, line: Line::default(), at: 0 });
    None
}

pub(in crate::tui) fn is_asked(state: &State) -> bool {
    sight(state).is_some_and(|sight| sight.asks.is_some() && sight.is_live())
}

/// Asks for the answer to what the run asks.
pub(in crate::tui) fn answer(state: &mut State) -> Option<Effect> {
    let asks = sight(state).and_then(|sight| Some((sight.id.clone(), sight.asks.clone()?)));
    let Some((run, asks)) = asks else { return note(state, "this run asks nothing now") };
    let purpose = Purpose::Answer { run, step: asks.step, text: asks.text, evidence: asks.evidence };
    state.dialog = Some(Dialog::Say { purpose, line: Line::default(), at: 0 });
    None
}

pub(in crate::tui) fn can_go_on(state: &State) -> bool {
    sight(state).is_some_and(|sight| !sight.is_live() && !sight.state.ended())
}

/// Asks how a run goes on that nobody is at work on.
pub(in crate::tui) fn go_on(state: &mut State) -> Option<Effect> {
    let Some(sight) = sight(state).filter(|sight| !sight.is_live() && !sight.state.ended()) else {
        return note(state, "this run is over, or somebody is at work on it");
    };
    let purpose = Purpose::GoOn { run: sight.id.clone(), told: sight.alone.clone().into_iter().collect() };
    state.dialog = Some(Dialog::Say { purpose, line: Line::default(), at: 0 });
    None
}

/// Leaves the run, which goes on.
pub(in crate::tui) fn detach(state: &mut State) -> Option<Effect> {
    let told = sight(state).map(|sight| {
        let id = spoken(&sight.id);
        if sight.is_live() { format!("run {id} goes on by itself; R lists it") } else { format!("R lists run {id}") }
    });
    state.back();
    state.notice = told.map(Notice::info);
    None
}

/// Leaves the console; from a run that goes on only to where it was opened.
pub(in crate::tui) fn quit(state: &mut State) -> Option<Effect> {
    if !sight(state).is_some_and(Sight::is_live) {
        return Some(Effect::Quit);
    }
    let id = sight(state).map(|sight| spoken(&sight.id).to_owned()).unwrap_or_default();
    state.back();
    state.notice = Some(Notice::info(format!("detached from run {id}, which goes on by itself; q leaves the console")));
    None
}

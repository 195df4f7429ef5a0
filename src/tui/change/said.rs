//! What a person typed in full: the word that begins a plan, a parameter, an answer, how a run goes on.

use super::{ask_for, drawn, note, plan_of};
use crate::app::change::question::Asked;
use crate::app::change::{Order, Question, Wish};
use crate::engine::states::Choice;
use crate::text::untrusted::visible;
use crate::tui::dialog::{Dialog, Purpose};
use crate::tui::effect::Effect;
use crate::tui::errand::Errand;
use crate::tui::inquiry::Inquiry;
use crate::tui::line::Line;
use crate::tui::notice::Notice;
use crate::tui::state::State;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A person said `line` to `purpose`; `chosen` is the choice that is selected.
pub(in crate::tui) fn said(state: &mut State, purpose: Purpose, line: Line, chosen: Option<String>) -> Option<Effect> {
    let text = line.text().trim().to_owned();
    let unlock = state.unlocked.clone();
    let order = match purpose {
        Purpose::Param { asked, left, given } => {
            told(state, asked, left, given, &text, chosen);
            return None;
        }
        Purpose::Begin { word, .. } => {
            let planned = drawn(state).and_then(|drawn| drawn.made.as_ref().ok()).map(Arc::clone);
            let Some(planned) = planned.filter(|_| text == word) else {
                return note(state, format!("it was not confirmed: '{word}' was not what was typed; nothing was sent"));
            };
            let phrase = planned.plan.phrase.as_ref().map(|_| text);
            Order::Start { planned, phrase, unlock }
        }
        Purpose::Cancel { run, stage, .. } if text == "yes" => Order::Cancel { run, stage },
        Purpose::Cancel { .. } => return note(state, "nothing was ordered: 'yes' was not what was typed"),
        purpose @ Purpose::Answer { .. } => return replied(state, purpose, line, &text),
        Purpose::GoOn { run, .. } => {
            let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
            let reason = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
            let choice = match (word, &reason) {
                ("resume", _) => Choice::Resume,
                ("rollback", _) => Choice::RollBack,
                ("abandon", Some(_)) => Choice::Abandon,
                _ => return note(state, "nothing was ordered: resume, rollback, or abandon with the reason behind it"),
            };
            Order::GoOn { run, choice, reason, unlock }
        }
    };
    Some(Effect::Errand(Errand::Order(order)))
}

/// An answer to a step that asks: `yes` or `no` first, and behind it what was seen.
fn replied(state: &mut State, purpose: Purpose, line: Line, text: &str) -> Option<Effect> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let accept = match word {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let seen = Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty());
    let Purpose::Answer { run, step, evidence, .. } = &purpose else { return None };
    let wrong = match accept {
        None => Some("nothing was answered: the first word has to be yes or no"),
        Some(true) if *evidence && seen.is_none() => Some("what you saw has to be typed behind the yes"),
        Some(_) => None,
    };
    if let Some(wrong) = wrong {
        state.dialog = Some(Dialog::Say { purpose, line, at: 0 });
        return note(state, wrong);
    }
    let order = Order::Answer { run: run.clone(), step: step.clone(), accept: accept.unwrap_or_default(), evidence: seen };
    Some(Effect::Errand(Errand::Order(order)))
}

/// A parameter was told: the next one is asked for, or the plan is made with them.
fn told(state: &mut State, asked: Asked, left: Vec<Asked>, mut given: BTreeMap<String, String>, text: &str, chosen: Option<String>) {
    let value = if text.is_empty() { chosen } else { Some(text.to_owned()) };
    match (value, asked.is_needed()) {
        (Some(value), _) => {
            given.insert(asked.name.clone(), value);
        }
        (None, false) => {
            given.remove(&asked.name);
        }
        (None, true) => {
            let name = visible(&asked.name);
            state.dialog = Some(Dialog::Say { purpose: Purpose::Param { asked, left, given }, line: Line::default(), at: 0 });
            state.notice = Some(Notice::warning(format!("{name} has to be told")));
            return;
        }
    }
    if !left.is_empty() {
        ask_for(state, left, &given);
        return;
    }
    if let Some(Inquiry { question: Question::Plan(wish), .. }) = state.screen().asked.clone() {
        plan_of(state, Wish { given, fill: false, ..wish });
    }
}

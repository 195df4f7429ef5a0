//! What the keys of change do: to runbooks, a plan, its confirmation, a run; and what is made of what comes back. Pure: everything that is asked or ordered
//! goes out as an errand.
//!
//! It must never order anything that was not typed in full for it: a key alone opens a question, and the answer without a word is No.

mod run;
mod said;

pub(super) use run::{answer, can_cancel, can_go_on, cancel, detach, go_on, is_asked, quit};
pub(super) use said::said;

use super::dialog::{Dialog, Purpose};
use super::effect::Effect;
use super::errand::Errand;
use super::errand::change::Heard;
use super::inquiry::Inquiry;
use super::line::Line;
use super::notice::Notice;
use super::place::{Place, SPOKEN, Screen, Subject};
use super::spot::Spot;
use super::state::State;
use super::target::Target;
use crate::app::change::order::LONGEST;
use crate::app::change::question::{Asked, Drawn};
use crate::app::change::{Answer, Order, Outcome, Question, Refusal, Sight, Told, Wish, cures};
use crate::app::plan::{asks, stopped};
use crate::app::views::subject;
use crate::config::quantity::{duration, time_text};
use crate::engine::plan::Risk;
use crate::text::untrusted::visible;
use crate::theme::State as Mark;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Writing is unlocked for so long where nobody says how long.
const UNLOCKED: Duration = Duration::from_mins(15);

/// What the screen that is shown has to ask next, if nobody is asking it already.
pub(super) fn due(state: &mut State) -> Option<Errand> {
    let asked = state.screen().asked.as_ref()?;
    let after = match &asked.answer {
        None => Duration::ZERO,
        // nobody can be asked there, now or later
        Some(_) if state.travel.is_replay() => return None,
        Some(answer) => answer.again()?,
    };
    let question = asked.question.clone();
    if state.asking.contains(&question) {
        return None;
    }
    state.asking.push(question.clone());
    Some(Errand::Ask { question, after })
}

/// An answer came. A plan that wants to be told something asks for it.
pub(super) fn heard(state: &mut State, answer: &Arc<Answer>) {
    let here = state.screen().asked.as_ref().filter(|asked| asked.question == answer.question);
    let first = here.is_some_and(|asked| asked.answer.is_none());
    let at = |sight: &Sight| sight.current().map(|(_, step)| step.id.clone());
    let former = here.and_then(Inquiry::sight).and_then(at);
    let is_here = here.is_some();
    state.heard(answer);
    if is_here && let Ok(Told::Run(sight)) = &answer.told {
        follow(state, former.as_ref(), at(sight));
    }
    if first
        && state.dialog.is_none()
        && state.place() == Place::Plan
        && let Ok(Told::Plan(drawn)) = &answer.told
    {
        ask_for(state, drawn.missing().cloned().collect(), &drawn.given);
    }
}

/// Who looks at the step that a run is at goes with it; who looked elsewhere stays there.
fn follow(state: &mut State, former: Option<&String>, now: Option<String>) {
    let Some(screen) = state.screen_mut().filter(|screen| screen.place == Place::Run) else { return };
    let cursor = &mut screen.hands.entry("steps").or_default().cursor;
    if now.is_some() && (cursor.key.is_none() || cursor.key.as_ref() == former) {
        cursor.key = now;
    }
}

/// An order was carried out, or not.
pub(super) fn ordered(state: &mut State, heard: Heard) {
    match heard {
        Heard::Done(Outcome::Unlocked(unlock)) => {
            let text = format!("writing to {} is unlocked for {}", visible(&unlock.cluster), time_text(unlock.until.since(state.picture.seen_at())));
            state.notice = Some(Notice::new(Mark::Warning, text));
            state.unlocked = Some(unlock);
        }
        Heard::Done(Outcome::Began { run, plan }) => {
            state.notice = Some(Notice::info(format!("run {} has a process of its own", spoken(&run))));
            began(state, run, plan.as_deref());
        }
        Heard::Done(Outcome::Said(text)) => state.notice = Some(Notice::info(visible(&text))),
        Heard::Refused(Refusal { what, hint }) => {
            let hint = if hint.is_empty() { String::new() } else { format!("; {hint}") };
            state.notice = Some(Notice::warning(visible(&format!("{what}{hint}"))));
        }
        Heard::Lost(text) => state.notice = Some(Notice::warning(visible(&text))),
    }
}

/// Shows a run that has a process now to who still looks at what he ordered: at its plan, or at the run as it stood. Nobody else is called away.
fn began(state: &mut State, run: String, plan: Option<&str>) {
    let shown = drawn(state).and_then(|drawn| drawn.made.as_ref().ok()).map(|planned| planned.plan.sha256());
    if plan.is_some() && plan == shown.as_deref() {
        let screen = run_screen(state, run);
        state.go(screen);
    } else if plan.is_none()
        && sight(state).is_some_and(|sight| sight.id == run)
        && let Some(screen) = state.screen_mut()
    {
        screen.asked = Some(Inquiry::new(Question::Run { id: run }));
    }
}

fn spoken(id: &str) -> &str {
    id.get(id.len().saturating_sub(SPOKEN)..).unwrap_or(id)
}

fn run_screen(state: &State, id: String) -> Screen {
    Screen::asking(Place::Run, Question::Run { id }, state.cluster())
}

/// The cluster that is meant: the one that is open, of the selected row, or the only one.
fn cluster(state: &State) -> Option<String> {
    let observed = state.picture.shown();
    let only = match state.scope.worst_first(&observed)[..] {
        [only] => Some(only.spec.name.clone()),
        _ => None,
    };
    state.cluster().map(str::to_owned).or_else(|| Target::of(state).cluster).or(only)
}

/// Shows `screen` in the place of one like it, or beyond the one that is shown.
fn show(state: &mut State, screen: Screen) -> Option<Effect> {
    match state.screen_mut() {
        Some(open) if open.place == screen.place => {
            if open.asked.as_ref().map(|asked| &asked.question) != screen.asked.as_ref().map(|asked| &asked.question) {
                *open = screen;
            }
        }
        _ => state.go(screen),
    }
    None
}

/// The plan of the runbook that mends the finding that is told, or the runbooks of the cluster.
pub(super) fn runbooks(state: &mut State) -> Option<Effect> {
    if let Some(wish) = cure(state) {
        return plan_of(state, wish);
    }
    let Some(cluster) = cluster(state) else {
        state.notice = Some(Notice::info("select a cluster first: a runbook is run on one"));
        return None;
    };
    let screen = Screen::asking(Place::Runbooks, Question::Runbooks { cluster: cluster.clone() }, Some(&cluster));
    show(state, screen)
}

/// What mends the finding that is told in full.
fn cure(state: &State) -> Option<Wish> {
    let Some(Subject::Finding { key }) = &state.screen().subject else { return None };
    let observed = state.picture.shown();
    observed.judgement.findings.iter().find(|finding| subject::finding_key(finding) == *key).and_then(cures::of)
}

pub(super) fn runs(state: &mut State) -> Option<Effect> {
    let screen = Screen::asking(Place::Runs, Question::Runs, state.cluster());
    show(state, screen)
}

pub(super) fn audit(state: &mut State) -> Option<Effect> {
    let screen = Screen::asking(Place::Audit, Question::Audit, state.cluster());
    show(state, screen)
}

/// Opens the plan that `wish` wants.
fn plan_of(state: &mut State, wish: Wish) -> Option<Effect> {
    let cluster = wish.cluster.clone();
    let screen = Screen::asking(Place::Plan, Question::Plan(wish), Some(&cluster));
    show(state, screen)
}

/// What is behind the selected row of runbooks or of runs; `false` where rows lead to their details.
pub(super) fn open(state: &mut State) -> bool {
    let Some(key) = Spot::of(state).row().map(|row| row.key.clone()) else { return false };
    match state.screen().asked.as_ref().map(|asked| &asked.question) {
        Some(Question::Runbooks { cluster }) => {
            let wish = Wish { cluster: cluster.clone(), runbook: key, ..Wish::default() };
            plan_of(state, wish);
        }
        Some(Question::Runs) => {
            let screen = run_screen(state, key);
            show(state, screen);
        }
        _ => return false,
    }
    true
}

/// `RUNBOOK NAME=VALUE ...`, of the cluster that is open.
pub(super) fn plan(state: &mut State, said: &str) -> Option<Effect> {
    let mut words = said.split_whitespace();
    let (runbook, rest) = (words.next(), words.map(|word| word.split_once('=')).collect::<Option<Vec<_>>>());
    let (Some(runbook), Some(rest)) = (runbook, rest) else {
        state.notice = Some(Notice::warning("a plan is of a runbook: plan switchover, or plan switchover to=pg2"));
        return None;
    };
    let Some(cluster) = cluster(state) else {
        state.notice = Some(Notice::warning("open a cluster first: a runbook is run on one"));
        return None;
    };
    let told = rest.len();
    let given: BTreeMap<String, String> = rest.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if given.len() != told {
        state.notice = Some(Notice::warning("a parameter is told twice: which of the two is meant nobody can tell"));
        return None;
    }
    plan_of(state, Wish { cluster, runbook: runbook.to_owned(), given, fill: false })
}

/// A run by its name, or by the last letters of it.
pub(super) fn attach(state: &mut State, said: &str) -> Option<Effect> {
    let id = said.trim();
    if id.is_empty() {
        return note(state, "a run is named by the last letters of its name: attach 7ZQ39F; R lists them");
    }
    let screen = run_screen(state, id.to_owned());
    show(state, screen)
}

/// The plan that is open, once it has come.
fn drawn(state: &State) -> Option<&Drawn> {
    state.screen().asked.as_ref().filter(|_| state.place() == Place::Plan)?.drawn()
}

/// The run that is open, once it was looked at.
fn sight(state: &State) -> Option<&Sight> {
    state.screen().asked.as_ref().filter(|_| state.place() == Place::Run)?.sight()
}

fn note(state: &mut State, text: impl AsRef<str>) -> Option<Effect> {
    state.notice = Some(Notice::warning(visible(text.as_ref())));
    None
}

/// Asks for the parameters `asked`, one after the other.
fn ask_for(state: &mut State, mut asked: Vec<Asked>, given: &BTreeMap<String, String>) {
    if asked.is_empty() {
        return;
    }
    let left = asked.split_off(1);
    if let Some(first) = asked.pop() {
        let line = Line::new(given.get(&first.name).map_or("", String::as_str));
        state.dialog = Some(Dialog::Say { purpose: Purpose::Param { asked: first, left, given: given.clone() }, line, at: 0 });
    }
}

pub(super) fn has_params(state: &State) -> bool {
    drawn(state).is_some_and(|drawn| !drawn.params.is_empty())
}

/// Every parameter once more.
pub(super) fn tell(state: &mut State) -> Option<Effect> {
    match drawn(state).map(|drawn| (drawn.params.clone(), drawn.given.clone())) {
        Some((params, given)) if !params.is_empty() => ask_for(state, params, &given),
        Some(_) => state.notice = Some(Notice::info("this runbook is told nothing")),
        None => state.notice = Some(Notice::info("the plan is being made")),
    }
    None
}

/// The same plan, made of what the servers say now.
pub(super) fn again(state: &mut State) -> Option<Effect> {
    let given = drawn(state).map(|drawn| drawn.given.clone());
    if let Some(asked) = state.screen_mut().and_then(|screen| screen.asked.as_mut()) {
        if let (Question::Plan(wish), Some(given)) = (&mut asked.question, given) {
            wish.given = given;
        }
        asked.answer = None;
    }
    None
}

pub(super) fn can_begin(state: &State) -> bool {
    drawn(state).is_some_and(|drawn| drawn.made.is_ok())
}

/// Asks for the word that begins the plan that is open, where everything else is as it has to be.
pub(super) fn begin(state: &mut State) -> Option<Effect> {
    let Some(drawn) = drawn(state) else { return note(state, "the plan is being made") };
    let planned = match &drawn.made {
        Ok(planned) => Arc::clone(planned),
        Err(refusal) => {
            let text = format!("there is no plan to run: {}", refusal.what);
            return note(state, text);
        }
    };
    let plan = &planned.plan;
    if !state.picture.mode().is_live() {
        return note(state, "the picture is not live: L goes back to now, and u makes the plan anew");
    }
    if let Some(stopped) = stopped(&planned) {
        return note(state, format!("{}; nothing can be sent", stopped.words()));
    }
    if state.writes_for().is_none() {
        return note(state, format!("this console only reads: :write 15m unlocks writing to {} for 15 minutes", plan.cluster));
    }
    if plan.approvals > 0 {
        return note(state, format!("{} more have to approve it, and approvals cannot be given yet; nothing was sent", plan.approvals));
    }
    let risk = match plan.risk {
        Risk::Low => "low",
        Risk::Medium => "medium",
        Risk::High => "high",
    };
    let changes = plan.steps.iter().filter(|step| step.changes).count();
    let told = [
        Some(format!("{} on {} ({}), risk {risk}: {}", plan.runbook.name, plan.cluster, plan.environment, plan.runbook.summary)),
        plan.impact.as_ref().map(|impact| format!("impact: {impact}")),
        Some(asks(plan).collect::<Vec<_>>().join("; ")).filter(|asks| !asks.is_empty()),
        Some(format!("{changes} of its {} steps change something; bound to {}", plan.steps.len(), bound(plan))),
        planned.alone.clone(),
    ];
    let word = plan.phrase.clone().unwrap_or_else(|| "yes".to_owned());
    state.dialog = Some(Dialog::Say { purpose: Purpose::Begin { word, told: told.into_iter().flatten().collect() }, line: Line::default(), at: 0 });
    None
}

/// What the confirmation of `plan` is bound to, in words.
fn bound(plan: &crate::engine::Plan) -> String {
    let facts: Vec<String> = plan.bound.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    if facts.is_empty() { "nothing".to_owned() } else { facts.join(", ") }
}

/// `15m`: writing to the cluster that is open is unlocked for that long; `off`: it is locked again.
pub(super) fn write(state: &mut State, said: &str) -> Option<Effect> {
    let said = said.trim();
    if said == "off" {
        let text = if state.unlocked.take().is_some() { "this console only reads again" } else { "this console only reads" };
        state.notice = Some(Notice::info(text));
        return None;
    }
    if state.travel.is_replay() {
        return note(state, "a recording has nothing that could be changed");
    }
    let Some(cluster) = cluster(state) else { return note(state, "open a cluster first: writing is unlocked for one") };
    let time = if said.is_empty() { Some(UNLOCKED) } else { duration(said).filter(|time| !time.is_zero() && *time <= LONGEST) };
    let Some(time) = time else {
        return note(state, format!("writing is unlocked for a time: write 15m, at most {}; write off locks it again", time_text(LONGEST)));
    };
    Some(Effect::Errand(Errand::Order(Order::Unlock { cluster, time })))
}

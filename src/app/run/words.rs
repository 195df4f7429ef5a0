//! The words for what happens in a run: one line an event, the same wherever it is told.

use crate::engine::ending::Ending;
use crate::engine::event::{Event, Told};
use crate::engine::states::{Choice, RunState, StepState};
use crate::text::untrusted::visible;
use serde::Serialize;

/// The word of a state, as journal and JSON have it.
pub(super) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Where a run stands, in a word.
#[must_use]
pub fn state(state: RunState) -> String {
    word(&state)
}

/// Where a step stands, in words.
#[must_use]
pub const fn step(state: StepState) -> &'static str {
    use StepState as S;
    match state {
        S::Pending => "waits",
        S::Skipped => "skipped",
        S::Intent => "begins",
        S::InDoubt => "in doubt: nobody knows yet whether it was applied",
        S::Probing => "asked whether it was applied",
        S::NeedsHuman => "in doubt: a person has to say whether it was applied",
        S::Applied => "applied, not proven yet",
        S::Done => "done",
        S::FailedApplied => "applied, and not as expected",
        S::FailedNoEffect => "refused: nothing changed",
        S::UndoIntent => "is being undone",
        S::UndoInDoubt => "in doubt: nobody knows yet whether it is undone",
        S::UndoProbing => "asked whether it is undone",
        S::UndoNeedsHuman => "in doubt: a person has to say whether it is undone",
        S::Undone => "undone",
        S::UndoFailed => "could not be undone",
        S::Kept => "stays: it has no undo",
    }
}

pub(super) const fn choice(choice: Choice) -> &'static str {
    match choice {
        Choice::Resume => "resume",
        Choice::RollBack => "roll back",
        Choice::Abandon => "abandon",
    }
}

/// How a process of a run ended, in words.
#[must_use]
pub const fn ending(ending: Ending) -> &'static str {
    match ending {
        Ending::Done => "done and verified",
        Ending::NothingSent => "refused or cancelled here: nothing was sent",
        Ending::Unchanged => "failed, and nothing is changed in the end",
        Ending::Partial => "something stays: a person is needed",
        Ending::InDoubt => "in doubt: nobody knows whether something was applied",
        Ending::Locked => "somebody else has the cluster, or nobody can tell: nothing was sent",
    }
}

/// One line about what happened; safe to show. The words of a server are escaped.
#[must_use]
pub fn line(told: &Told) -> String {
    let at = told.at.strftime("%H:%M:%SZ");
    let because = |why: &Option<String>| why.as_deref().map(|why| format!(": {}", visible(why))).unwrap_or_default();
    let text = match &told.event {
        Event::Process { run, pid, host, .. } => format!("run {run} is process {pid} on {}", visible(host)),
        Event::Run { state, why } => format!("the run is {}{}", word(state), because(why)),
        Event::Step { step: id, state, attempt, why } => {
            let again = if *attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
            format!("{}: {}{again}{}", visible(id), step(*state), because(why))
        }
        Event::Progress { step, text } => format!("{}: {}", visible(step), visible(text)),
        Event::Asked { step, text, evidence } => {
            let wanted = if *evidence { ", and what you saw is wanted" } else { "" };
            format!("{} asks you: {}{wanted}", visible(step), visible(text))
        }
        Event::Held { step, until } => format!("{}: clients are held until {} at the latest", visible(step), until.strftime("%H:%M:%SZ")),
        Event::Note { text } => visible(text),
        Event::Ended { ending: how } => ending(*how).to_owned(),
    };
    format!("{at} {text}")
}

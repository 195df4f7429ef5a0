//! What would become of a run that is stopped now, and what became of one that is over: said before anybody presses a key. Pure.

use super::sight::{Sight, between};
use crate::app::cells::seconds_text;
use crate::app::run::cancel::Stage;
use crate::app::run::found::Life;
use crate::app::run::words;
use crate::config::quantity::time_text;
use crate::engine::plan::OnCancel;
use crate::engine::states::{RunState, StepState};

/// One thing to say: what it is about, and the sentence; words of others raw.
pub type Said = (&'static str, String);

/// What it is called where it is told.
#[must_use]
pub fn title(sight: &Sight) -> &'static str {
    match (sight.state.ended(), sight.is_live()) {
        (true, _) => "REPORT",
        (false, true) => "IF YOU STOP NOW",
        (false, false) => "HOW IT GOES ON",
    }
}

/// All of it.
#[must_use]
pub fn told(sight: &Sight) -> Vec<Said> {
    match (sight.state.ended(), sight.is_live()) {
        (true, _) => report(sight),
        (false, true) => live(sight),
        (false, false) => waiting(sight),
    }
}

fn names<'a>(steps: impl Iterator<Item = &'a super::sight::Step>) -> String {
    steps.map(|step| step.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Effects that may be there now.
fn effects(sight: &Sight) -> impl Iterator<Item = &super::sight::Step> {
    sight.steps.iter().filter(|step| step.changes && !step.state.absent())
}

/// While somebody is at work on it.
fn live(sight: &Sight) -> Vec<Said> {
    let mut said = Vec::new();
    if let Some(asks) = &sight.asks {
        said.push(("IT ASKS YOU", format!("{}: {}", asks.step, asks.text)));
    }
    if sight.life == Life::Elsewhere {
        said.push(("ELSEWHERE", "its process is of another host: it is cancelled and answered there".to_owned()));
        return said;
    }
    let held: Vec<&str> = sight.owes.iter().map(String::as_str).collect();
    let freed = if held.is_empty() { String::new() } else { format!("; {} is undone at once, nobody stays held", held.join(", ")) };
    let going = sight.current().filter(|(_, step)| step.state.in_flight()).map(|(_, step)| step);
    let waited = going.map_or_else(String::new, |step| format!("{} is waited for, then ", step.id));
    let back = names(effects(sight).filter(|step| step.undoable && !held.contains(&step.id.as_str())));
    let stays = names(effects(sight).filter(|step| !step.undoable && !held.contains(&step.id.as_str())));
    let first = match (sight.on_cancel, sight.past_point()) {
        _ if effects(sight).next().is_none() => format!("no further step begins; {waited}it pauses. Nothing was sent so far"),
        (_, true) => {
            let stays = if stays.is_empty() { back.clone() } else { stays.clone() };
            format!("{waited}it pauses past the point of no return: {stays} stays, and to go back is a second choice{freed}")
        }
        (OnCancel::RollBack, false) => format!("{waited}it rolls back: {back} is undone{freed}"),
        (OnCancel::Pause, false) => {
            let kept = [back.as_str(), stays.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
            let kept = if kept.is_empty() { String::new() } else { format!("; {kept} stays until somebody resumes or rolls back") };
            format!("{waited}it pauses{kept}{freed}")
        }
    };
    let doubt = match going.filter(|step| step.changes) {
        Some(step) => format!("{} is told to end, and killed 10 s later: whether it was applied may stay in doubt{freed}", step.id),
        None => format!("what goes on is told to end, and killed 10 s later{freed}"),
    };
    let frees = if held.is_empty() { "nobody is held".to_owned() } else { format!("its guard frees {}", held.join(", ")) };
    let stages = [
        (Stage::NoFurther, "1 STOP", first),
        (Stage::Stop, "2 END", doubt),
        (Stage::Kill, "3 KILL", format!("its process is killed, and the run is interrupted: {frees}, and somebody has to go on with it")),
    ];
    for (stage, label, text) in stages {
        let ordered = sight.ordered.is_some_and(|ordered| ordered >= stage);
        said.push((label, if ordered { format!("(ordered) {text}") } else { text }));
    }
    let process = sight.process.as_deref().unwrap_or("a process of its own");
    said.push(("LEAVE", format!("whatever becomes of this console, the run goes on: it is {process}")));
    said
}

/// While nobody is at work on it and it is not over.
fn waiting(sight: &Sight) -> Vec<Said> {
    let mut said = Vec::new();
    if let Some(ending) = sight.ending {
        said.push(("MEANS", words::ending(ending).to_owned()));
    }
    said.extend(sight.why.as_ref().map(|why| ("WHY", why.clone())));
    if !sight.owes.is_empty() {
        said.push(("MAY STILL HOLD", format!("{}: every way on frees it first", sight.owes.join(", "))));
    }
    let doubted: Vec<&str> = sight.steps.iter().filter(|step| step.state.unclear()).map(|step| step.id.as_str()).collect();
    if !doubted.is_empty() {
        let step = doubted.first().copied().unwrap_or_default();
        let how = format!("opsctl run resume {} --write --applied {step} --reason WHY (or --absent {step})", sight.id);
        said.push(("IN DOUBT", format!("{}: it is asked again; where nobody can be asked, a person says so: {how}", doubted.join(", "))));
    }
    let back = if sight.past_point() {
        format!("past the point of no return: opsctl run rollback {} --write --across", sight.id)
    } else {
        "what was done is undone, the last first".to_owned()
    };
    said.push(("resume", "it goes on where it stands".to_owned()));
    said.push(("rollback", back));
    said.push(("abandon WHY", "what is held is freed, the rest stays as it is, and others may begin".to_owned()));
    said
}

/// What came of it.
fn report(sight: &Sight) -> Vec<Said> {
    let mut said = Vec::new();
    if let Some(ending) = sight.ending {
        said.push(("RESULT", words::ending(ending).to_owned()));
    }
    said.extend(sight.why.as_ref().map(|why| ("WHY", why.clone())));
    if let Some(lasted) = sight.lasted() {
        let usual = sight.took.map(|took| format!("; usually {} (p95 {}, {} runs)", time_text(took.p50), time_text(took.p95), took.runs));
        said.push(("TOOK", format!("{}{}", seconds_text(lasted.as_secs_f64()), usual.unwrap_or_default())));
    }
    let count = |state: StepState| sight.steps.iter().filter(|step| step.state == state).count();
    let counts = [(StepState::Done, "done"), (StepState::Skipped, "skipped"), (StepState::Undone, "undone"), (StepState::Kept, "stays")];
    let counted: Vec<String> =
        counts.iter().filter(|(state, _)| count(*state) > 0).map(|(state, word)| format!("{} {word}", count(*state))).collect();
    said.push((
        "STEPS",
        format!("{} of {}: {}", sight.over(), sight.steps.len(), if counted.is_empty() { "none begun".to_owned() } else { counted.join(", ") }),
    ));
    if sight.state != RunState::Succeeded {
        let stays = names(sight.steps.iter().filter(|step| step.changes && step.state.applied()));
        said.push(("STAYS", if stays.is_empty() { "nothing".to_owned() } else { stays }));
        let failed =
            sight.steps.iter().filter(|step| matches!(step.state, StepState::FailedApplied | StepState::FailedNoEffect | StepState::UndoFailed));
        for step in failed {
            said.push(("FAILED", format!("{}: {}", step.id, step.why.as_deref().unwrap_or("no reason was given"))));
        }
    }
    let doubted = names(sight.steps.iter().filter(|step| step.state.unclear()));
    if !doubted.is_empty() {
        said.push(("IN DOUBT", doubted));
    }
    if !sight.owes.is_empty() {
        said.push(("STILL OWED", sight.owes.join(", ")));
    }
    said.push(("KEPT", format!("opsctl run show {} tells it again; opsctl audit list has who confirmed it", sight.id)));
    said
}

/// Who is held, and how long at most: `pause 23s left`.
#[must_use]
pub fn held(sight: &Sight) -> Option<String> {
    let clock = |(step, until): &(String, Option<jiff::Timestamp>)| match until {
        Some(until) if *until > sight.at => format!("{step} {} left", seconds_text(between(sight.at, *until).as_secs_f64().ceil())),
        Some(_) => format!("{step} is over its time, its guard frees it"),
        None => format!("{step}, until when is not known"),
    };
    (!sight.held.is_empty()).then(|| sight.held.iter().map(clock).collect::<Vec<_>>().join(", "))
}

//! What would become of a run that is stopped now, and what became of one that is over: said before anybody presses a key. Pure.

use super::sight::{Guard, Held, Sight, Step, between};
use crate::app::cells::seconds_text;
use crate::app::run::cancel::Stage;
use crate::app::run::found::Life;
use crate::app::run::words;
use crate::config::quantity::time_text;
use crate::engine::plan::OnCancel;
use crate::engine::states::{RunState, StepState};
use jiff::Timestamp;

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

fn names<'a>(steps: impl Iterator<Item = &'a Step>) -> String {
    steps.map(|step| step.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Effects that may be there now.
fn effects(sight: &Sight) -> impl Iterator<Item = &Step> {
    sight.steps.iter().filter(|step| step.changes && !step.state.absent())
}

/// Whom it holds, by its steps.
fn holding(sight: &Sight) -> Vec<&str> {
    sight.held.iter().map(|held| held.step.as_str()).collect()
}

/// What else has to be undone at its end, whatever becomes of it: nobody is held by it, and no guard stands over it.
fn owed(sight: &Sight) -> Vec<&str> {
    sight.owes.iter().map(String::as_str).filter(|step| !sight.held.iter().any(|held| held.step == *step)).collect()
}

/// Who frees those that are held where the process of the run does not.
fn frees(sight: &Sight) -> String {
    let steps = |guard: Guard| sight.held.iter().filter(|held| held.guard == guard).map(|held| held.step.as_str()).collect::<Vec<_>>().join(", ");
    let told = [Guard::Stands, Guard::Freed, Guard::Gone, Guard::Unknown].map(|guard| {
        let steps = Some(steps(guard)).filter(|steps| !steps.is_empty())?;
        Some(match guard {
            Guard::Stands => format!("its guard frees {steps}"),
            Guard::Freed => format!("its guard has freed {steps}"),
            Guard::Gone => format!("nobody frees {steps}, no guard stands over it"),
            Guard::Unknown => format!("whether a guard frees {steps} is not known"),
        })
    });
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() { "nobody is held".to_owned() } else { told.join(", ") }
}

/// What is said where no effect is there now: one that was undone was sent all the same.
fn nothing(sight: &Sight) -> &'static str {
    let sent = sight.steps.iter().any(|step| step.changes && step.attempt > 0);
    if sent { "Nothing that was sent is in effect now" } else { "Nothing was sent so far" }
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
    let held = holding(sight);
    let freed = if held.is_empty() { String::new() } else { format!("; {} is undone at once, nobody stays held", held.join(", ")) };
    let going = sight.current().filter(|(_, step)| step.state.in_flight()).map(|(_, step)| step);
    let waited = going.map_or_else(String::new, |step| format!("{} is waited for, then ", step.id));
    // whom a step holds is freed whatever is ordered; the rest of what is owed stays as long as the run is not ended
    let left = |step: &&Step| !held.contains(&step.id.as_str());
    let kept = names(effects(sight).filter(left));
    let first = match (sight.on_cancel, sight.past_point()) {
        _ if effects(sight).next().is_none() => format!("no further step begins; {waited}it pauses. {}", nothing(sight)),
        (OnCancel::RollBack, false) if sight.state != RunState::RollingBack => {
            let back = names(effects(sight).filter(left).filter(|step| step.undoable));
            let stays = names(effects(sight).filter(left).filter(|step| !step.undoable));
            let back = if back.is_empty() { String::new() } else { format!(": {back} is undone") };
            let stays = if stays.is_empty() { String::new() } else { format!("; {stays} stays, it has no undo") };
            format!("{waited}it rolls back{back}{stays}{freed}")
        }
        (_, true) => {
            let kept = if kept.is_empty() { String::new() } else { format!("{kept} stays, and ") };
            format!("{waited}it pauses past the point of no return: {kept}to go back is a second choice{freed}")
        }
        (_, false) => {
            let kept = if kept.is_empty() { String::new() } else { format!("; {kept} stays until somebody resumes or rolls back") };
            format!("{waited}it pauses{kept}{freed}")
        }
    };
    let doubt = match going.filter(|step| step.changes) {
        Some(step) => format!("{} is told to end, and killed 10 s later: whether it was applied may stay in doubt{freed}", step.id),
        None => format!("what goes on is told to end, and killed 10 s later{freed}"),
    };
    let owed = owed(sight);
    let stays = if owed.is_empty() { String::new() } else { format!("{} stays as it is, ", owed.join(", ")) };
    let stages = [
        (Stage::NoFurther, "1 STOP", first),
        (Stage::Stop, "2 END", doubt),
        (
            Stage::Kill,
            "3 KILL",
            format!("its process is killed, and the run is interrupted: {}, {stays}and somebody has to go on with it", frees(sight)),
        ),
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
    if !sight.held.is_empty() {
        said.push(("MAY STILL HOLD", format!("{}: every way on frees it first; until then {}", holding(sight).join(", "), frees(sight))));
    }
    let owed = owed(sight);
    if !owed.is_empty() {
        let how = "it stays until the run is at its end, rolled back or abandoned";
        said.push(("NOT UNDONE YET", format!("{}: {how}", owed.join(", "))));
    }
    let doubted: Vec<&str> = sight.steps.iter().filter(|step| step.state.unclear()).map(|step| step.id.as_str()).collect();
    if !doubted.is_empty() {
        let step = doubted.first().copied().unwrap_or_default();
        let how = format!("opsctl run resume {} --write --applied {step} --reason WHY (or --absent {step})", sight.id);
        said.push(("IN DOUBT", format!("{}: it is asked again; where nobody can be asked, a person says so: {how}", doubted.join(", "))));
    }
    said.extend(sight.alone.as_ref().map(|alone| ("LOCK", alone.clone())));
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

/// Who is held, and how long at most, at `now`: `pause 23s left`.
#[must_use]
pub fn held(sight: &Sight, now: Timestamp) -> Option<String> {
    let clock = |Held { step, until, guard }: &Held| match (until, guard) {
        (_, Guard::Freed) => format!("{step} was freed by its guard"),
        (Some(until), _) if *until > now => format!("{step} {} left", seconds_text(between(now, *until).as_secs_f64().ceil())),
        (Some(_), Guard::Stands) => format!("{step} is over its time, its guard frees it"),
        (Some(_), Guard::Gone) => format!("{step} is over its time, and no guard stands over it"),
        (Some(_), Guard::Unknown) => format!("{step} is over its time, and whether a guard frees it is not known"),
        (None, _) => format!("{step}, until when is not known"),
    };
    (!sight.held.is_empty()).then(|| sight.held.iter().map(clock).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use StepState as S;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn step(id: &str, state: StepState) -> Step {
        Step {
            id: id.to_owned(),
            state,
            attempt: u32::from(state != StepState::Pending),
            took: None,
            target: String::new(),
            call: String::new(),
            why: None,
            changes: true,
            undoable: matches!(id, "patience" | "pause"),
            point: id == "switch",
            holds: id == "pause",
        }
    }

    /// A run on its way: what `patience` set has to be undone at its end, and `pause` holds clients.
    fn sight(states: [StepState; 3]) -> Sight {
        let steps: Vec<Step> = ["patience", "pause", "switch"].iter().zip(states).map(|(id, state)| step(id, state)).collect();
        let owes = |id: &str| steps.iter().any(|step| step.id == id && !step.state.absent());
        let held = Held { step: "pause".to_owned(), until: Some(NOW + jiff::SignedDuration::from_secs(30)), guard: Guard::Stands };
        Sight {
            id: "01".to_owned(),
            runbook: String::new(),
            summary: String::new(),
            cluster: String::new(),
            by: None,
            state: RunState::Running,
            life: Life::Runs,
            why: None,
            ending: None,
            process: None,
            on_cancel: OnCancel::Pause,
            alone: None,
            span: None,
            owes: ["patience", "pause"].into_iter().filter(|id| owes(id)).map(str::to_owned).collect(),
            held: if owes("pause") { vec![held] } else { Vec::new() },
            steps,
            asks: None,
            ordered: None,
            output: Vec::new(),
            took: None,
            at: NOW,
        }
    }

    fn said(sight: &Sight, label: &str) -> String {
        told(sight).into_iter().find(|(known, _)| *known == label).unwrap_or_else(|| panic!("{label}: {:?}", told(sight))).1
    }

    const HOLDING: [S; 3] = [S::Done, S::Done, S::Pending];

    #[test]
    fn only_who_is_held_is_freed_where_a_run_pauses_and_the_rest_that_is_owed_stays() {
        let run = sight(HOLDING);
        assert_eq!(
            said(&run, "1 STOP"),
            "it pauses; patience stays until somebody resumes or rolls back; pause is undone at once, nobody stays held"
        );
        assert_eq!(said(&run, "2 END"), "what goes on is told to end, and killed 10 s later; pause is undone at once, nobody stays held");
        let past = said(&sight([S::Done, S::Done, S::Done]), "1 STOP");
        assert!(past.contains("patience, switch stays") && past.contains("; pause is undone at once"), "{past}");
        // a way back undoes both, and one that is on its way back already pauses
        let back = Sight { on_cancel: OnCancel::RollBack, ..run };
        assert_eq!(said(&back, "1 STOP"), "it rolls back: patience is undone; pause is undone at once, nobody stays held");
        let rolling = said(&Sight { state: RunState::RollingBack, ..back }, "1 STOP");
        assert!(rolling.starts_with("it pauses; patience stays"), "{rolling}");
    }

    #[test]
    fn a_killed_run_is_said_to_be_freed_by_a_guard_only_where_one_stands() {
        let mut run = sight(HOLDING);
        for (guard, frees) in [
            (Guard::Stands, "its guard frees pause, patience stays as it is"),
            (Guard::Freed, "its guard has freed pause, "),
            (Guard::Gone, "nobody frees pause, no guard stands over it, "),
            (Guard::Unknown, "whether a guard frees pause is not known, "),
        ] {
            run.held[0].guard = guard;
            let kill = said(&run, "3 KILL");
            assert!(kill.contains(frees) && !kill.contains("guard frees patience"), "{kill}");
        }
        run.held[0].guard = Guard::Gone;
        let over = NOW + jiff::SignedDuration::from_secs(31);
        assert_eq!(held(&run, NOW).as_deref(), Some("pause 30s left"));
        assert_eq!(held(&run, over).as_deref(), Some("pause is over its time, and no guard stands over it"));
    }

    #[test]
    fn what_every_way_on_frees_first_is_who_is_held_and_nothing_else() {
        let left = Sight { state: RunState::Interrupted, life: Life::Nobody, ..sight(HOLDING) };
        assert_eq!(said(&left, "MAY STILL HOLD"), "pause: every way on frees it first; until then its guard frees pause");
        assert_eq!(said(&left, "NOT UNDONE YET"), "patience: it stays until the run is at its end, rolled back or abandoned");
        let left = Sight { held: Vec::new(), ..left };
        assert!(told(&left).iter().all(|(label, _)| *label != "MAY STILL HOLD"));
    }
    #[test]
    fn what_was_undone_was_sent_all_the_same() {
        let back = Sight { state: RunState::RollingBack, ..sight([S::Undone, S::Undone, S::Pending]) };
        let told = said(&back, "1 STOP");
        assert!(told.contains("Nothing that was sent is in effect now") && !told.contains("so far"), "{told}");
        assert!(said(&sight([S::Pending; 3]), "1 STOP").ends_with("Nothing was sent so far"));
    }
}

//! A run as its folder says it: journal, events, orders, and what its steps printed last. Reads files and nothing else.

use super::sight::{self, Guard, Held, Line, Sight, Step};
use crate::app::run::cancel::Stage;
use crate::app::run::exec::history_path;
use crate::app::run::follow::Events;
use crate::app::run::found::{Found, FoundError, Life};
use crate::app::run::kept::{Kept, Runs};
use crate::app::run::words;
use crate::config::state::State;
use crate::engine::RunId;
use crate::engine::control::{Order, Orders};
use crate::engine::event::{Event, Told};
use crate::engine::guard_log;
use crate::engine::history::{self, Spread};
use crate::engine::output::is_of;
use crate::engine::regular;
use crate::engine::states::Board;
use crate::model::Moment;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Lines that are kept of what was told, and of what the step at work printed.
const LINES: usize = 60;
/// Most of a file that is read from its end.
const TAIL: u64 = 8 << 10;

/// What was read of runs that somebody looks at, so that a look at one reads what is new alone.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Of the run that was looked at last: its events, up to where they are read.
    events: Mutex<Option<(RunId, Events, Vec<Told>)>>,
    took: Kept<(String, String), Option<Spread>>,
}

impl Watched {
    /// What was told so far of the run in `found`.
    fn events(&self, found: &Found) -> std::io::Result<Vec<Told>> {
        let id = &found.folder.id;
        let last = self.events.lock().unwrap_or_else(PoisonError::into_inner).take().filter(|(of, ..)| of == id);
        let (_, mut events, mut told) = last.unwrap_or_else(|| (id.clone(), Events::from(&found.folder, 0), Vec::new()));
        told.extend(events.read()?);
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = Some((id.clone(), events, told.clone()));
        Ok(told)
    }

    /// How long past runs of it took; an estimate that cannot be read is none.
    fn took(&self, state: &State, found: &Found) -> Option<Spread> {
        let (path, of) = (history_path(state), (found.plan.runbook.sha256.clone(), found.plan.cluster.clone()));
        let expected = || history::expected(&path, &found.plan.runbook.sha256, &found.plan.cluster).map(|(whole, _)| whole);
        self.took.of(of, &[&path], expected).ok().and_then(|took| *took)
    }

    /// The run called `id`, as it stands at `now`; `alone` says of a cluster whom its lock does not keep off.
    ///
    /// # Errors
    /// There is none, or its files cannot be read.
    pub(super) fn sight(
        &self,
        state: &State,
        runs: &Runs,
        id: &RunId,
        now: Moment,
        alone: impl Fn(&str) -> Option<String>,
    ) -> Result<Sight, FoundError> {
        // looked at before the events: what ends in between has written them
        let found = runs.look(state, id)?;
        let unread = |why: std::io::Error| FoundError::Name(format!("the events of run {id} cannot be read: {why}"));
        let events = self.events(&found).map_err(unread)?;
        Ok(seen(&found, &events, self.took(state, &found), now, alone))
    }
}

/// A run as its folder says it.
fn seen(found: &Found, events: &[Told], past: Option<Spread>, now: Moment, alone: impl Fn(&str) -> Option<String>) -> Sight {
    let took = sight::took(events, now.wall);
    let standing = &found.standing;
    let marks = standing.board.steps.iter().zip(standing.shapes()).zip(&standing.stories).zip(&found.plan.steps);
    let steps: Vec<Step> = marks
        .clone()
        .map(|(((mark, shape), story), step)| Step {
            id: step.id.clone(),
            state: mark.state,
            attempt: mark.attempt,
            took: took.get(step.id.as_str()).copied(),
            target: step.job.target.clone(),
            call: step.job.call.clone(),
            why: story.why.clone(),
            changes: step.changes,
            undoable: shape.undoable,
            point: shape.point,
            holds: shape.holds,
        })
        .collect();
    let owing = |holds: bool| marks.clone().filter(move |(((mark, shape), _), _)| Board::owes(mark, shape) && (shape.holds || !holds));
    let held = owing(true).map(|(((mark, _), _), step)| (step.id.clone(), mark.attempt));
    let until = |id: &str| {
        events.iter().rev().find_map(|told| match &told.event {
            Event::Held { step, until } if step == id => Some(*until),
            _ => None,
        })
    };
    let taken = standing.taken.as_ref();
    let life = found.life();
    let mut sight = Sight {
        id: found.folder.id.to_string(),
        runbook: found.plan.runbook.name.clone(),
        summary: found.plan.runbook.summary.clone(),
        cluster: found.plan.cluster.clone(),
        by: found.consent.as_ref().map(|(_, consent)| format!("{}@{}", consent.by.name, consent.by.host)),
        state: found.state(),
        life,
        why: standing.why.clone(),
        ending: (life != Life::Runs && standing.opened.is_some()).then(|| found.ending()),
        process: taken.map(|taken| format!("process {} on {}", taken.process.pid, taken.process.host)),
        on_cancel: found.plan.on_cancel,
        alone: alone(&found.plan.cluster).filter(|_| found.plan.lock),
        span: found.span,
        asks: sight::asks(events, &steps),
        owes: owing(false).map(|(_, step)| step.id.clone()).collect(),
        held: held.map(|(step, attempt)| Held { until: until(&step), guard: guard(&found.folder.holds(), &step, attempt), step }).collect(),
        steps,
        ordered: ordered(found),
        output: Vec::new(),
        took: past,
        at: now.wall,
    };
    let printed = sight.current().map(|(_, step)| printed(&found.folder.output(), &step.id)).unwrap_or_default();
    sight.output = printed.into_iter().chain(events.iter().rev().take(LINES).map(line)).collect();
    sight
}

/// What the guard of this attempt at `step` would do for it.
fn guard(holds: &Path, step: &str, attempt: u32) -> Guard {
    match guard_log::report(holds, step) {
        Ok(Some(report)) if report.attempt == attempt => match (report.freed, report.process.runs()) {
            (Some(_), _) => Guard::Freed,
            (None, Some(true)) => Guard::Stands,
            (None, Some(false)) => Guard::Gone,
            (None, None) => Guard::Unknown,
        },
        // what an earlier one did says nothing of this attempt
        Ok(_) => Guard::Gone,
        Err(_) => Guard::Unknown,
    }
}

/// An event in words.
fn line(told: &Told) -> Line {
    let said = words::line(told);
    let text = said.split_once(' ').map_or(said.as_str(), |(_, text)| text);
    Line { at: Some(told.at), text: text.to_owned() }
}

/// The hardest that was ordered of the process that has it.
fn ordered(found: &Found) -> Option<Stage> {
    let from = found.consent.as_ref().map_or(0, |(_, consent)| consent.control_from);
    // what cannot be read now is read the next time, and obeyed all the same
    let read = Orders::from(&found.folder.control(), from).read().unwrap_or_default();
    let stages = read.into_iter().flatten().filter_map(|ordered| match ordered.order {
        Order::Cancel { .. } => Some(Stage::NoFurther),
        Order::Stop => Some(Stage::Stop),
        Order::Answer { .. } => None,
    });
    stages.max()
}

/// What the step called `id` printed last, the newest first.
fn printed(folder: &Path, id: &str) -> Vec<Line> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    // a link, or a pipe, that somebody laid there is nothing that the step printed
    let files =
        files.filter(|entry| entry.file_name().to_str().is_some_and(|name| is_of(name, id)) && entry.file_type().is_ok_and(|of| of.is_file()));
    let written = |entry: &fs::DirEntry| entry.metadata().and_then(|about| about.modified()).ok();
    let Some(newest) = files.max_by_key(written) else { return Vec::new() };
    let text = tail(&newest.path());
    text.lines().rev().filter(|line| !line.trim().is_empty()).take(LINES / 4).map(|text| Line { at: None, text: text.to_owned() }).collect()
}

/// The end of a file; nothing where it cannot be read.
fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = regular::readable(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::guard_log::{GuardEntry, GuardLog};
    use crate::engine::process::Process;
    use crate::model::Clock;
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    #[test]
    fn what_a_step_printed_is_read_of_its_own_files_and_neither_of_a_pipe_nor_of_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("STEP.1.out"), "its own\n").expect("written");
        std::fs::write(path("STEP.b.1.out"), "of another step\n").expect("written");
        std::fs::write(path("elsewhere"), "canary\n").expect("written");
        std::os::unix::fs::symlink(path("elsewhere"), path("STEP.7.out")).expect("a link");
        // whoever opened it would wait for ever
        mknodat(CWD, path("STEP.9.out"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).expect("a pipe");
        let lines: Vec<String> = printed(folder.path(), "STEP").into_iter().map(|line| line.text).collect();
        assert_eq!(lines, ["its own"]);
        assert_eq!(tail(&path("STEP.9.out")), "");
        assert_eq!(tail(&path("STEP.7.out")), "");
    }

    #[test]
    fn a_guard_is_believed_for_the_attempt_for_which_it_stands_as_long_as_it_lives() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(guard(folder.path(), "pause", 1), Guard::Gone);
        let text = |text: &str| text.to_owned();
        let stands = |attempt: u32, process: Process| {
            let (run, step, target, call) = (text("01"), text("pause"), text("pgb1"), text("RESUME"));
            GuardEntry::Stands { run, step, attempt, process, until_ms: 1, target, call }
        };
        let mut log = GuardLog::open(&guard_log::path(folder.path(), "pause"), 0o600).expect("made");
        let mut write = |entry: &GuardEntry| log.write(Clock::real().now(), entry).expect("written");
        let dead = Process { pid: u32::MAX, ..Process::own() };
        let elsewhere = Process { space: text("another boot"), machine: text("another machine"), ..Process::own() };
        for (attempt, process, expected) in [(1, Process::own(), Guard::Stands), (2, dead, Guard::Gone), (3, elsewhere, Guard::Unknown)] {
            write(&stands(attempt, process));
            assert_eq!(guard(folder.path(), "pause", attempt), expected);
        }
        assert_eq!(guard(folder.path(), "pause", 4), Guard::Gone);
        write(&GuardEntry::Freed { why: text("its runner is gone") });
        assert_eq!(guard(folder.path(), "pause", 3), Guard::Freed);
    }
}

//! The guard of a hold: a process of its own that undoes what a step holds when its runner dies, or when the hold is at its deadline, whatever else happens.
//!
//! It must never stand without having said on disk what it sends and when, and never give up while clients wait: not for a server that refuses, and not for a
//! disk that is full by then.

use super::chain::ChainError;
use super::desk::World;
use super::expression::Scope;
use super::folder::{FolderError, RunFolder};
use super::guard_log::{GuardEntry, GuardLog, path};
use super::intent::{SEND_WINDOW, millis};
use super::journal;
use super::output::Output;
use super::plan::{Plan, Step, Undo};
use super::process::Process;
use super::standing::Standing;
use super::states::{Board, StepState};
use super::work::{Doing, Outcome, Work};
use crate::model::Armed;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long a request of a runner that is gone may still be on its way.
const SETTLE: Duration = Duration::from_secs(1);
/// How long is waited after the first attempt that failed; twice as long after each further one.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest such wait: clients wait as long, once the server is back.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often it is looked whether a runner that undoes it itself is done.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long facts are waited for; a slow server must not hold a pool.
const READ_WITHIN: Duration = Duration::from_secs(2);

/// Why a guard acts before the hold is at its deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Its runner is gone, or has let it go.
    Runner,
    /// It is told to end itself, as at a logout, or when the host goes down: its runner is or will be told the same.
    Told,
}

/// Why a guard does not stand.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    #[error("the run has no step '{0}' that holds something")]
    NoHold(String),
    #[error("what was agreed to is not this plan: it was changed since")]
    OtherPlan,
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Chain(#[from] ChainError),
    #[error("what it would free with cannot be read: {0}; nothing is held; mend the reference, and resume the run")]
    NoSecret(String),
    #[error("nobody hears that the guard stands: {0}")]
    Deaf(io::Error),
}

/// Stands guard over `step` for this attempt, says so by `ready`, and returns when nothing is held any more. `gone` returns when it has to act
/// before the deadline.
///
/// # Errors
/// It does not stand; `ready` was not called then.
pub async fn stand(
    folder: &RunFolder,
    step: &str,
    attempt: u32,
    world: &World<'_>,
    gone: impl Future<Output = Gone>,
    ready: impl FnOnce() -> io::Result<()>,
) -> Result<(), HoldError> {
    let plan = folder.plan()?;
    if folder.last_consent()?.is_none_or(|(_, consent)| consent.plan_sha256 != plan.sha256()) {
        return Err(HoldError::OtherPlan);
    }
    let held = plan.steps.iter().find(|known| known.id == step).and_then(|step| Some((step, step.undo.as_ref()?, step.hold?)));
    let (step, undo, hold) = held.ok_or_else(|| HoldError::NoHold(step.to_owned()))?;
    world.hands.keep(&undo.job).await.map_err(HoldError::NoSecret)?;
    let log = GuardLog::open(&path(&folder.holds(), &step.id), folder.file_mode())?;
    let mut guard = Guard { folder, plan: &plan, step, undo, world, log, tries: 0, acts: false, failed: None };
    let until = world.clock.now().plus(hold);
    let stands = GuardEntry::Stands {
        run: folder.id.to_string(),
        step: step.id.clone(),
        attempt,
        process: Process::own(),
        until_ms: millis(until.mono),
        target: undo.job.target.clone(),
        call: undo.job.call.clone(),
    };
    guard.log.write(world.clock.now(), &stands)?;
    ready().map_err(HoldError::Deaf)?;
    tokio::pin!(gone);
    let gone = tokio::select! {
        biased;
        gone = &mut gone => Some(gone),
        () = world.clock.sleep(hold) => None,
    };
    let (why, settle) = match gone {
        Some(Gone::Runner) => ("its runner is gone", SETTLE),
        // a runner that lives may send what holds as late as its intent allows
        Some(Gone::Told) => ("the guard itself was told to end", SEND_WINDOW + SETTLE),
        None => ("its hold is at its deadline", SETTLE),
    };
    if gone.is_none() {
        // a runner that undoes it right now is given the time that this may take
        let undone = async {
            while guard.mark().is_some_and(|(state, _)| state == StepState::UndoIntent) {
                world.clock.sleep(LOOK_EVERY).await;
            }
        };
        let _late = world.clock.timeout(undo.timeout, undone).await;
    }
    if gone == Some(Gone::Told) {
        guard.begun(settle).await;
    }
    guard.free(why, settle).await;
    Ok(())
}

struct Guard<'a> {
    folder: &'a RunFolder,
    plan: &'a Plan,
    step: &'a Step,
    undo: &'a Undo,
    world: &'a World<'a>,
    log: GuardLog,
    tries: u32,
    /// It has said that it acts.
    acts: bool,
    /// Why the last attempt failed: a server that is gone for good fills no disk.
    failed: Option<String>,
}

impl Guard<'_> {
    /// What it does was announced when it began to stand: that it cannot be said again keeps nobody held.
    fn tell(&mut self, entry: &GuardEntry) {
        if let Err(error) = self.log.write(self.world.clock.now(), entry) {
            tracing::error!(%error, "the guard goes on, and cannot write down what it does");
        }
    }

    fn standing(&self) -> Option<Standing> {
        let path = self.folder.journal();
        match journal::read(&path, self.plan) {
            Ok(standing) => Some(standing),
            Err(error) => {
                tracing::error!(%error, "the journal of the run cannot be read: what it may hold is freed");
                None
            }
        }
    }

    /// Where the step stands, and whether something is owed; `None` where the journal does not tell.
    fn mark(&self) -> Option<(StepState, bool)> {
        let standing = self.standing()?;
        let at = standing.at(&self.step.id).ok()?;
        let (mark, shape) = (standing.board.steps.get(at)?, standing.shapes().get(at)?);
        Some((mark.state, Board::owes(mark, shape)))
    }

    /// Waits whether a step that has not begun yet begins: its runner heard that this guard stands, and may not have heard that it is told to end.
    async fn begun(&self, within: Duration) {
        let clock = &self.world.clock;
        let until = clock.now().plus(within);
        while matches!(self.mark(), Some((StepState::Pending, _))) && clock.now().mono < until.mono {
            clock.sleep(LOOK_EVERY).await;
        }
    }

    /// Undoes it until that is done; leaves where nothing is held.
    async fn free(&mut self, why: &str, settle: Duration) {
        let mark = self.mark();
        if let Some((state, false)) = mark {
            return self.tell(&GuardEntry::Leaves { why: format!("nothing is held: the step is {state:?}") });
        }
        self.undone(why).await;
        // the request that holds may have been on its way, and land behind what frees
        if mark.is_none_or(|(state, _)| matches!(state, StepState::Intent | StepState::InDoubt)) {
            self.world.clock.sleep(settle).await;
            self.undone(why).await;
        }
        self.tell(&GuardEntry::Freed { why: format!("freed by its guard: {why}") });
    }

    /// Undoes it once, however often that has to be tried.
    async fn undone(&mut self, why: &str) {
        let mut pause = PAUSE;
        loop {
            self.tries = self.tries.saturating_add(1);
            let failed = match self.work().await {
                Ok(work) => match self.attempt(work, why).await {
                    Outcome::Ok(_) => return,
                    Outcome::NoEffect { why, .. } | Outcome::Unclear { why } => why,
                },
                Err(why) => why,
            };
            if self.failed.as_ref() != Some(&failed) {
                self.tell(&GuardEntry::Failed { attempt: self.tries, why: failed.clone() });
                self.failed = Some(failed);
            }
            self.world.clock.sleep(pause).await;
            pause = longer(pause);
            // it may have been changed meanwhile; where it is gone, what was kept counts
            let _kept = self.world.clock.timeout(READ_WITHIN, self.world.hands.keep(&self.undo.job)).await;
            // whoever took the run over may have been luckier
            if let Some((_, false)) = self.mark() {
                return;
            }
        }
    }

    /// What undoes it, made of what is known now.
    async fn work(&self) -> Result<Work, String> {
        let job = &self.undo.job;
        let standing = self.standing();
        let story = standing.as_ref().and_then(|standing| standing.stories.get(standing.at(&self.step.id).ok()?));
        let output = story.and_then(|story| story.output.clone());
        let read = self.world.facts.read(&job.facts, Duration::ZERO);
        let facts = if job.facts.is_empty() { BTreeMap::new() } else { self.world.clock.timeout(READ_WITHIN, read).await.unwrap_or_default() };
        let saved = standing.as_ref().map(|standing| standing.saved.clone()).unwrap_or_default();
        let scope = Scope { params: self.plan.open_params(), saved, facts, output };
        let body = self.world.language.fill(&job.body, &scope).map_err(|gaps| super::desk::unknown(&gaps))?;
        self.world.hands.build(job, &body, self.undo.timeout)
    }

    async fn attempt(&mut self, work: Work, why: &str) -> Outcome {
        let Work::Changes(work) = work else {
            return Outcome::NoEffect { why: "its undo would change nothing".to_owned(), retryable: false };
        };
        let attempt = self.tries;
        if !std::mem::replace(&mut self.acts, true) {
            self.tell(&GuardEntry::Acts { attempt, why: why.to_owned() });
        }
        let clock = &self.world.clock;
        let now = clock.now();
        let name = format!("{}.guard", self.step.id);
        let armed = Armed::mint(self.folder.id.to_string(), name.clone(), attempt, self.undo.job.target.clone());
        let doing = Doing {
            clock: clock.clone(),
            send_before: now.plus(SEND_WINDOW),
            deadline: now.plus(self.undo.timeout),
            stop: CancellationToken::new(),
            output: Output::new(&self.folder.output(), &name, self.folder.file_mode()),
        };
        let limit = self.undo.timeout.saturating_add(SETTLE);
        let outcome = clock.timeout(limit, work.change(armed, &doing)).await;
        outcome.unwrap_or_else(|| Outcome::Unclear { why: format!("no answer within {} s", limit.as_secs_f64()) })
    }
}

/// The wait after one of `pause`.
fn longer(pause: Duration) -> Duration {
    LONGEST_PAUSE.min(pause.saturating_mul(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_never_beyond_what_clients_bear() {
        let waits: Vec<u128> = std::iter::successors(Some(PAUSE), |pause| Some(longer(*pause))).take(8).map(|pause| pause.as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
    }
}

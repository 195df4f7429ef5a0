//! How a process takes a run: the consent held against the plan, the lock, what the process before left in flight, the facts that were confirmed read again.
//! Then [`execute`](super::execute) goes on with it.
//!
//! It must never run a plan that nobody agreed to, nor act twice on one agreement.

use super::chain::{Chain, ChainError, Disk};
use super::consent::Consent;
use super::control;
use super::copier::{self, Behind, Copier};
use super::desk::{Desk, World};
use super::ending::{Ending, ending};
use super::entry::{Entry, Happened, Opened, Taken};
use super::event::{Event, Events};
use super::execute::execute;
use super::file_lock;
use super::folder::{FolderError, RunFolder};
use super::journal::{Journal, JournalError};
use super::lock::{Held, Holder, Lock, LockError};
use super::mirror::MirrorError;
use super::plan::Plan;
use super::process::Process;
use super::rebuild::{RebuildError, level};
use super::standing::Standing;
use super::states::{Asked, Choice, Orders, RunEvent, RunState, StepEvent, StepState};
use crate::model::{Moment, Reading};
use serde_json::Map;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use tokio_util::sync::CancellationToken;

/// Why a process does not run a run.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    #[error("nobody agreed to run {0}")]
    NoConsent(String),
    #[error("what was agreed to is not this plan: it was changed since")]
    OtherPlan,
    #[error("what had to be typed to confirm the plan was not")]
    Phrase,
    #[error("consent {0} was used before: each is good for one process")]
    Used(u32),
    #[error("the run is {0:?}, and nothing follows")]
    Ended(RunState),
    #[error("a run that was begun goes on by a choice: resume, roll back or abandon")]
    NoChoice,
    #[error("{0}")]
    Locked(LockError),
    /// What is kept of it for other hosts cannot be read.
    #[error("whether another host went on with the run cannot be told: {0}")]
    Mirror(MirrorError),
    /// What is kept of it for other hosts, and what this host has, do not fit.
    #[error("{0}")]
    Apart(RebuildError),
    /// Something was sent, and nobody but this host says any more that it is open.
    #[error("the run is not open any more: another host ended it, and the copy of its end is gone, or it was forgotten by `opsctl run unlock`")]
    Closed,
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error(transparent)]
    Chain(ChainError),
    #[error(transparent)]
    Journal(JournalError),
}

impl From<JournalError> for ExecError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Chain(error) => error.into(),
            error => ExecError::Journal(error),
        }
    }
}

impl From<ChainError> for ExecError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Held { path } => {
                ExecError::Locked(LockError::HeldBy(format!("the process that runs it: {} is being written", path.display())))
            }
            error => ExecError::Chain(error),
        }
    }
}

/// Lets a test stand between the journal and the disk.
pub type Between<'a> = &'a dyn Fn(Box<dyn Disk>) -> Box<dyn Disk>;

/// What is between them otherwise.
#[must_use]
pub fn nothing_between(disk: Box<dyn Disk>) -> Box<dyn Disk> {
    disk
}

/// Runs the run in `folder` until this process has nothing more to do with it.
///
/// # Errors
/// Nobody agreed to it, somebody else has it, or the disk fails.
pub async fn exec(folder: &RunFolder, world: &World<'_>, lock: &dyn Lock, between: Between<'_>) -> Result<Ending, ExecError> {
    let plan = folder.plan()?;
    let (number, consent) = folder.last_consent()?.ok_or_else(|| ExecError::NoConsent(folder.id.to_string()))?;
    if consent.plan_sha256 != plan.sha256() {
        return Err(ExecError::OtherPlan);
    }
    if plan.phrase.is_some() && consent.phrase != plan.phrase {
        return Err(ExecError::Phrase);
    }
    let taking = Taking { folder, world, lock, plan: &plan, number, consent: &consent, between };
    let path = folder.journal();
    if !path.exists() {
        return taking.first(Journal::begin(Chain::create(&path, folder.file_mode())?, &plan).through(between)).await;
    }
    let journal = Journal::open(&path, &plan)?.through(between);
    // the process before was killed at its first word
    if journal.standing().opened.is_none() { taking.first(journal).await } else { taking.again(journal).await }
}

struct Taking<'a> {
    folder: &'a RunFolder,
    world: &'a World<'a>,
    lock: &'a dyn Lock,
    plan: &'a Plan,
    number: u32,
    consent: &'a Consent,
    between: Between<'a>,
}

impl Taking<'_> {
    fn now(&self) -> Moment {
        self.world.clock.now()
    }

    fn holder(&self) -> Holder {
        Holder {
            run: self.folder.id.to_string(),
            runbook: self.plan.runbook.name.clone(),
            process: Process::own(),
            by: self.consent.by.clone(),
            since: self.now().wall,
            folder: Some(self.folder.path().display().to_string()),
        }
    }

    fn taken(&self, token: u64) -> Entry {
        let Consent { by, choice, across, break_glass, .. } = self.consent;
        let process = Process::own();
        Entry::Taken(Taken {
            token,
            consent: self.number,
            process,
            by: by.clone(),
            choice: *choice,
            across: *across,
            break_glass: break_glass.clone(),
        })
    }

    /// Takes the lock, where the plan wants one, and looks that nobody else left a run open.
    async fn locked(&self, holder: &Holder, than: u64) -> Result<Box<dyn Held>, LockError> {
        if !self.plan.lock {
            return Ok(Box::new(Unlocked(than + 1)));
        }
        let held = self.lock.take(&self.plan.cluster, holder, than).await?;
        let free = self.nobody_else(holder).await;
        if free.is_err() {
            held.give_back().await;
        }
        free.map(|()| held)
    }

    /// Looks that nobody else left a run open.
    async fn nobody_else(&self, holder: &Holder) -> Result<(), LockError> {
        for known in self.lock.look(&self.plan.cluster).await? {
            if let Some(trouble) = known.trouble {
                return Err(LockError::Unknown(trouble));
            }
            if let Some(open) = known.open.filter(|open| open.run != holder.run) {
                return Err(LockError::Open(Box::new(open)));
            }
        }
        Ok(())
    }

    /// The first process of a run.
    async fn first(&self, mut journal: Journal) -> Result<Ending, ExecError> {
        let opened = Opened {
            run: self.folder.id.to_string(),
            runbook: self.plan.runbook.name.clone(),
            cluster: self.plan.cluster.clone(),
            plan_sha256: self.consent.plan_sha256.clone(),
            definition_sha256: self.plan.runbook.sha256.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            by: self.consent.by.clone(),
        };
        let events = Events::open(&self.folder.events(), self.folder.file_mode())?;
        journal.write(self.now(), &Entry::Opened(opened), Asked::default(), true)?;
        let mut early = Early { journal, events, taking: self };
        let missing = (self.plan.approvals > 0).then(|| format!("{} people have to approve it, and nobody has", self.plan.approvals));
        if let Some(why) = missing {
            early.run(RunEvent::Reject, Some(why))?;
            return Ok(early.end());
        }
        early.run(RunEvent::Approve, None)?;
        let holder = self.holder();
        let held = match self.locked(&holder, 0).await {
            Ok(held) => held,
            Err(error) => {
                let event = if matches!(error, LockError::Unknown(_)) { RunEvent::NoLock } else { RunEvent::Held };
                early.run(event, Some(error.told(self.now().wall)))?;
                return Ok(early.end());
            }
        };
        let ended = self.locking_done(early, &holder, held.as_ref()).await;
        held.give_back().await;
        ended
    }

    /// The first process of a run, once it has the lock.
    async fn locking_done(&self, mut early: Early<'_>, holder: &Holder, held: &dyn Held) -> Result<Ending, ExecError> {
        early.write(&self.taken(held.token()))?;
        early.run(RunEvent::Locked, None)?;
        let copier = match self.copier(held).await {
            Ok(copier) => copier,
            Err(error) => {
                early.run(RunEvent::Differs, Some(error.to_string()))?;
                return Ok(early.end());
            }
        };
        // programs that tell secrets take their time; what was confirmed is compared last, so that it is as it was when the first step begins
        let unready = self.world.hands.ready().await.err();
        let why = if unready.is_some() { unready } else { self.differs().await };
        if let Some(why) = why {
            early.run(RunEvent::Differs, Some(why))?;
            return Ok(early.end());
        }
        early.run(RunEvent::Passed, None)?;
        self.go_on(early, copier, holder, held, None, false).await
    }

    /// What copies the first records of a run, once they are copied; a run that cannot be copied is not begun.
    async fn copier<'h>(&'h self, held: &'h dyn Held) -> Result<Option<Copier<'h>>, MirrorError> {
        let Some(copies) = held.copies() else { return Ok(None) };
        let copier = Copier::new(copies, self.folder, &copies.files(self.folder.id.as_str()).await?);
        copier.copy().await?;
        Ok(Some(copier))
    }

    /// What is not as it was when the plan was confirmed.
    async fn differs(&self) -> Option<String> {
        let names: Vec<String> = self.plan.bound.keys().cloned().collect();
        if names.is_empty() {
            return None;
        }
        let facts = self.world.facts.read(&names, std::time::Duration::ZERO).await;
        let told = self.plan.bound.iter().filter_map(|(name, shown)| match facts.get(name) {
            Some(Reading::Known(sample)) if sample.value == *shown => None,
            Some(Reading::Known(sample)) => Some(format!("{name} is {}, and was {shown} when the plan was confirmed", sample.value)),
            Some(Reading::Unknown { reason, .. }) => Some(format!("{name} is not known: {}", reason.phrase())),
            None => Some(format!("{name} is not known: nobody reads it")),
        });
        let told: Vec<String> = told.collect();
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// A process that goes on with a run that another one left.
    async fn again(&self, journal: Journal) -> Result<Ending, ExecError> {
        let (ended, used, token, alone) = {
            let standing = journal.standing();
            let before = standing.taken.as_ref();
            let gone = before.is_none_or(|taken| taken.process.runs() == Some(false));
            (standing.board.run, before.map_or(0, |taken| taken.consent), before.map_or(0, |taken| taken.token), gone)
        };
        if ended.ended() {
            return Err(ExecError::Ended(ended));
        }
        if used >= self.number {
            return Err(ExecError::Used(self.number));
        }
        if self.consent.choice.is_none() {
            return Err(ExecError::NoChoice);
        }
        let holder = self.holder();
        let held = self.locked(&holder, token).await.map_err(ExecError::Locked)?;
        let ended = self.taken_over(journal, &holder, held.as_ref(), alone).await;
        held.give_back().await;
        ended
    }

    /// A process that goes on with a run, once it has the lock.
    async fn taken_over(&self, journal: Journal, holder: &Holder, held: &dyn Held, alone: bool) -> Result<Ending, ExecError> {
        let (journal, copier, alone) = self.leveled(journal, held, alone).await?;
        let events = Events::open(&self.folder.events(), self.folder.file_mode())?;
        let mut early = Early { journal, events, taking: self };
        early.write(&self.taken(held.token()))?;
        self.find(&mut early)?;
        if early.journal.standing().board.run.ended() {
            if let Some(copier) = &copier
                && let Err(error) = copier.copy().await
            {
                tracing::warn!(%error, "that the run is over is not copied");
            }
            return Ok(early.end());
        }
        self.go_on(early, copier, holder, held, self.consent.choice, alone).await
    }

    /// The journal with what another host wrote while it had the run, what copies what follows, and whether the process before is known to be gone.
    async fn leveled<'h>(&'h self, journal: Journal, held: &'h dyn Held, alone: bool) -> Result<(Journal, Option<Copier<'h>>, bool), ExecError> {
        let Some(copies) = held.copies() else {
            if copier::told(self.folder.path()).is_some_and(|told| told.behind.is_none()) {
                copier::tell(self.folder, Some(Behind { since: self.now().wall, why: "the process that has the run now copies nothing".to_owned() }));
            }
            return Ok((journal, None, alone));
        };
        let files = copies.files(self.folder.id.as_str()).await.map_err(ExecError::Mirror)?;
        // it opens the journal for itself
        drop(journal);
        level(self.folder, &files).map_err(ExecError::Apart)?;
        let journal = Journal::open(&self.folder.journal(), self.plan)?.through(self.between);
        let standing = journal.standing();
        // other hosts write there, too
        let alone = standing.taken.as_ref().is_none_or(|taken| taken.process.runs_in_this_boot() == Some(false));
        let (ended, used) = (standing.board.run, standing.taken.as_ref().map_or(0, |taken| taken.consent));
        if ended.ended() {
            held.close().await.map_err(ExecError::Locked)?;
            return Err(ExecError::Ended(ended));
        }
        if used >= self.number {
            return Err(ExecError::Used(self.number));
        }
        // whoever broke the glass could tell nobody that it is open
        let told = standing.taken.as_ref().is_some_and(|taken| taken.break_glass.is_none());
        let sent = standing.board.steps.iter().zip(standing.shapes()).any(|(mark, shape)| !shape.reads && mark.attempt > 0);
        if told && sent && !self.is_open().await.map_err(ExecError::Locked)? {
            return Err(ExecError::Closed);
        }
        let copier = Copier::new(copies, self.folder, &files);
        Ok((journal, Some(copier), alone))
    }

    /// Whether it is written where everybody sees it that this run is open.
    async fn is_open(&self) -> Result<bool, LockError> {
        let known = self.lock.look(&self.plan.cluster).await?;
        let shared = known.into_iter().filter(|known| known.place != file_lock::PLACE);
        Ok(shared.filter_map(|known| known.open).any(|open| open.run == self.folder.id.as_str()))
    }

    /// Writes down how the process before left the run, and what a person says of it.
    fn find(&self, early: &mut Early<'_>) -> Result<(), ExecError> {
        let left =
            |standing: &Standing, id: &str| standing.at(id).ok().and_then(|at| Some((*standing.board.steps.get(at)?, *standing.shapes().get(at)?)));
        for step in &self.plan.steps {
            let happened = |event: StepEvent, why: Option<String>| Entry::Step(Happened { step: step.id.clone(), event, why, saved: Map::new() });
            let Some((mark, shape)) = left(early.journal.standing(), &step.id) else { continue };
            if mark.state.in_flight() || (mark.state == StepState::Applied && shape.reads) {
                early.write(&happened(StepEvent::Crashed, Some("the process that ran it is gone".to_owned())))?;
            }
            let asked = left(early.journal.standing(), &step.id)
                .is_some_and(|(mark, _)| matches!(mark.state, StepState::NeedsHuman | StepState::UndoNeedsHuman));
            if let Some(said) = self.consent.said.get(&step.id).filter(|_| asked) {
                let event = if said.applied { StepEvent::SaidApplied } else { StepEvent::SaidAbsent };
                early.write(&happened(event, Some(format!("{} says so: {}", self.consent.by.name, said.reason))))?;
            }
        }
        if early.journal.standing().board.run.live() {
            early.run(RunEvent::Crashed, Some("the process that ran it is gone".to_owned()))?;
        }
        Ok(())
    }

    async fn go_on(
        &self,
        early: Early<'_>,
        copier: Option<Copier<'_>>,
        holder: &Holder,
        held: &dyn Held,
        choice: Option<Choice>,
        alone: bool,
    ) -> Result<Ending, ExecError> {
        let Early { journal, events, .. } = early;
        let orders = Orders { choice, ..Orders::default() };
        let desk = Desk {
            plan: self.plan,
            world: self.world,
            held,
            holder,
            taken_at: self.now(),
            alone,
            journal: RefCell::new(journal),
            copier,
            events: RefCell::new(events),
            control: RefCell::new(control::Orders::from(&self.folder.control(), self.consent.control_from)),
            output: self.folder.output(),
            mode: self.folder.file_mode(),
            orders: RefCell::new(orders),
            why: RefCell::new(choice.map(|choice| self.reason(choice))),
            answers: RefCell::new(BTreeMap::new()),
            stop: CancellationToken::new(),
            open: Cell::new(false),
            lost_at: Cell::new(None),
            noted: RefCell::new(String::new()),
            busy: RefCell::new(BTreeSet::new()),
            guards: RefCell::new(BTreeMap::new()),
            holds: self.folder.holds(),
        };
        desk.standing_copied().await;
        execute(&desk).await?;
        let ending = ending(&desk.standing());
        desk.tell(Event::Ended { ending });
        Ok(ending)
    }

    fn reason(&self, choice: Choice) -> String {
        let verb = match choice {
            Choice::Resume => "resumed",
            Choice::RollBack => "rolled back",
            Choice::Abandon => "abandoned",
        };
        let why = self.consent.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
        format!("{verb} by {}{why}", self.consent.by.name)
    }
}

/// A run whose process does not act yet.
struct Early<'a> {
    journal: Journal,
    events: Events,
    taking: &'a Taking<'a>,
}

impl Early<'_> {
    fn write(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let now = self.taking.now();
        self.journal.write(now, entry, Asked { token: true, ..Asked::default() }, true)?;
        if let Some(event) = super::event::derive(entry, self.journal.standing()) {
            self.tell(event);
        }
        Ok(())
    }

    fn run(&mut self, event: RunEvent, why: Option<String>) -> Result<(), JournalError> {
        self.write(&Entry::Run { event, why })
    }

    fn tell(&mut self, event: Event) {
        if let Err(error) = self.events.tell(self.taking.now(), event) {
            tracing::warn!(%error, "an event of the run was not written");
        }
    }

    fn end(mut self) -> Ending {
        let ending = ending(self.journal.standing());
        self.tell(Event::Ended { ending });
        ending
    }
}

/// Where a plan wants no lock.
#[derive(Debug)]
struct Unlocked(u64);

impl Held for Unlocked {
    fn token(&self) -> u64 {
        self.0
    }

    fn lost(&self) -> Option<String> {
        None
    }

    fn leave_open<'a>(&'a self, _holder: &'a Holder) -> super::work::Task<'a, Result<(), LockError>> {
        Box::pin(async { Ok(()) })
    }

    fn close(&self) -> super::work::Task<'_, Result<(), LockError>> {
        Box::pin(async { Ok(()) })
    }
}

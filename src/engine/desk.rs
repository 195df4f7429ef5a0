//! What a process works with while it runs a plan: the plan, the journal, the world, and what people asked for meanwhile.
//!
//! Every change of where the run stands goes through [`Desk::write`]: to the journal first, then to who watches.

use super::control;
use super::copier::Copier;
use super::entry::{Entry, Happened, Intent};
use super::event::{Event, Events, derive};
use super::expression::{Expr, Language, Scope};
use super::facts::Facts;
use super::guards::{Guard, Guards};
use super::journal::{Journal, JournalError};
use super::kind::Hands;
use super::lock::{Held, Holder, Term};
use super::output::Output;
use super::plan::{OnCancel, Plan, Step};
use super::standing::Standing;
use super::states::{Asked, Board, Mark, OnFailure, Orders, RunEvent, RunState, Shape, StepEvent};
use crate::model::{Clock, Gap, Moment};
use serde_json::{Map, Value};
use std::cell::{Cell, Ref, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How old a fact may be when something is decided by it.
const MAX_AGE: Duration = Duration::from_millis(500);
/// How long a run that holds nobody and has nothing under way stays by a lock that it cannot prove: a store that chooses another leader is back by then.
const UNPROVEN: Duration = Duration::from_mins(1);
/// What is said of a lock that cannot be proven.
const LOST: &str = "the lock is lost";
/// How long facts are waited for; a slow server must not hold a run.
const READ_WITHIN: Duration = Duration::from_secs(5);

/// What the rooms above put in.
pub struct World<'a> {
    pub clock: Clock,
    pub language: &'a dyn Language,
    pub hands: &'a dyn Hands,
    pub facts: &'a dyn Facts,
    pub guards: &'a dyn Guards,
}

/// What a person answered to a step.
pub(super) struct Answered {
    pub(super) accept: bool,
    pub(super) evidence: Option<String>,
    pub(super) by: String,
}

/// The desk of one process.
pub(super) struct Desk<'a> {
    pub(super) plan: &'a Plan,
    pub(super) world: &'a World<'a>,
    pub(super) held: &'a dyn Held,
    pub(super) holder: &'a Holder,
    /// When this process got the lock.
    pub(super) taken_at: Moment,
    /// Whether the process before is known to be gone.
    pub(super) alone: bool,
    pub(super) journal: RefCell<Journal>,
    /// Where the records go as well, so that another host can go on with them.
    pub(super) copier: Option<Copier<'a>>,
    pub(super) events: RefCell<Events>,
    pub(super) control: RefCell<control::Orders>,
    pub(super) output: PathBuf,
    pub(super) mode: u32,
    pub(super) orders: RefCell<Orders>,
    pub(super) why: RefCell<Option<String>>,
    pub(super) answers: RefCell<BTreeMap<String, Answered>>,
    /// What is going on is to end.
    pub(super) stop: CancellationToken,
    pub(super) open: Cell<bool>,
    /// Since when the lock cannot be proven.
    pub(super) lost_at: Cell<Option<Moment>>,
    /// The last note about orders: what goes on being wrong is told once.
    pub(super) noted: RefCell<String>,
    /// Steps that somebody is at work on.
    pub(super) busy: RefCell<BTreeSet<usize>>,
    /// Who stands guard over a step.
    pub(super) guards: RefCell<BTreeMap<usize, Box<dyn Guard>>>,
    /// Where guards write.
    pub(super) holds: PathBuf,
}

impl Desk<'_> {
    pub(super) fn now(&self) -> Moment {
        self.world.clock.now()
    }

    pub(super) fn standing(&self) -> Ref<'_, Standing> {
        Ref::map(self.journal.borrow(), Journal::standing)
    }

    pub(super) fn step(&self, at: usize) -> Result<&Step, JournalError> {
        let missing = || JournalError::Refused(super::standing::Unfitting(format!("the plan has no step number {at}")));
        self.plan.steps.get(at).ok_or_else(missing)
    }

    pub(super) fn asked(&self, at: Option<usize>) -> Asked {
        let orders = self.orders.borrow();
        Asked { token: !orders.lost, stopping: orders.cancel.is_some(), settled: at.is_some_and(|at| orders.settled.contains(&at)) }
    }

    /// Writes `entry`, about step `at` or about the run, and tells who watches.
    pub(super) fn write(&self, at: Option<usize>, entry: &Entry, synced: bool) -> Result<(), JournalError> {
        self.journal.borrow_mut().write(self.now(), entry, self.asked(at), synced)?;
        let told = derive(entry, &self.standing());
        if let Some(event) = told {
            self.tell(event);
        }
        Ok(())
    }

    /// Writes an intent and syncs it: the request may leave when this returns.
    pub(super) fn intend(&self, at: usize, intent: Intent) -> Result<(), JournalError> {
        self.write(Some(at), &Entry::Intent(intent), true)?;
        self.orders.borrow_mut().settled.retain(|settled| *settled != at);
        Ok(())
    }

    /// Something happens to a step without a request. It is not synced: it can be asked again.
    pub(super) fn happens(&self, at: usize, event: StepEvent, why: Option<String>, saved: Map<String, Value>) -> Result<(), JournalError> {
        let step = self.step(at)?.id.clone();
        self.write(Some(at), &Entry::Step(Happened { step, event, why, saved }), false)
    }

    pub(super) fn run(&self, event: RunEvent, why: Option<String>) -> Result<(), JournalError> {
        self.write(None, &Entry::Run { event, why }, true)
    }

    /// Tells who watches; that the screen goes on is worth less than that the run does.
    pub(super) fn tell(&self, event: Event) {
        let now = self.now();
        if let Err(error) = self.events.borrow_mut().tell(now, event) {
            tracing::warn!(%error, "an event of the run was not written");
        }
    }

    /// No further step: the run pauses, unless somebody asked for something else before.
    pub(super) fn pause(&self, why: String) {
        self.why.borrow_mut().get_or_insert(why);
        self.orders.borrow_mut().cancel.get_or_insert(OnFailure::Ask);
    }

    /// Takes in what was ordered since the last look, whether the lock is still held, and which holds are at their deadline.
    pub(super) fn look(&self) {
        let read = self.control.borrow_mut().read();
        for order in read.unwrap_or_else(|why| vec![Err(format!("orders cannot be read: {why}"))]) {
            match order {
                Ok(ordered) => self.obey(ordered),
                Err(text) if *self.noted.borrow() == text => {}
                Err(text) => {
                    self.noted.replace(text.clone());
                    self.tell(Event::Note { text });
                }
            }
        }
        // one that was stopped past the term has to hear of it before anybody tells
        let past = |term: &Term| self.now().mono >= term.effects;
        let lost = self.held.lost().or_else(|| self.held.term().filter(past).map(|_| "it was not renewed in time".to_owned()));
        self.prove(lost);
        let over = self.over();
        self.orders.borrow_mut().over = over;
        let now = u64::try_from(self.now().mono.as_millis()).unwrap_or(u64::MAX);
        let own = self.standing().taken.as_ref().map(|taken| taken.token);
        let standing = self.standing();
        // the clock of a process before may have been another host's; whom it held is freed before the run goes on
        let due = standing.stories.iter().map(|story| Some(story.token) == own && story.hold_until_ms.is_some_and(|until| until <= now));
        self.orders.borrow_mut().expired = due.enumerate().filter(|(_, due)| *due).map(|(at, _)| at).collect();
    }

    /// Takes in why the lock cannot be proven, if so. One that is proven again was never anybody else's: the same key, under the same lease. Where something
    /// was under way meanwhile the run ends all the same, because what became of that was decided without it.
    fn prove(&self, lost: Option<String>) {
        let before = self.orders.borrow().lost;
        match lost {
            Some(why) if !before => {
                self.orders.borrow_mut().lost = true;
                self.lost_at.set(Some(self.now()));
                let text = format!("{LOST}: {why}");
                self.tell(Event::Note { text: format!("{text}; nothing new is begun") });
                self.why.borrow_mut().get_or_insert(text);
            }
            None if before && self.at_rest() => {
                self.orders.borrow_mut().lost = false;
                self.lost_at.set(None);
                self.why.borrow_mut().take_if(|why| why.starts_with(LOST));
                self.tell(Event::Note { text: "the lock is ours again, and was nobody else's meanwhile".to_owned() });
            }
            _ => {}
        }
    }

    /// Whether the run goes on, and nothing that changes anything is under way or in effect for a time.
    fn at_rest(&self) -> bool {
        let standing = self.standing();
        let rests = |(mark, shape): (&Mark, &Shape)| (shape.reads || !mark.state.in_flight() && !mark.state.unclear()) && !Board::owes(mark, shape);
        standing.board.run == RunState::Running && standing.board.steps.iter().zip(standing.shapes()).all(rests)
    }

    /// Why nobody is waited for or asked any more under a lock that cannot be proven: somebody is held, or it has lasted for too long.
    pub(super) fn forsaken(&self) -> Option<String> {
        let since = self.lost_at.get().filter(|_| self.orders.borrow().lost)?;
        let over = !self.at_rest() || self.now().since(since) >= UNPROVEN;
        over.then(|| LOST.to_owned())
    }

    /// Whether the lock cannot be proven right now, and may be in a moment.
    pub(super) fn unproven(&self) -> bool {
        self.orders.borrow().lost && self.forsaken().is_none()
    }

    /// Whether somebody else may have the lock by now. Asked of the clock each time: a process that was stopped knows nothing of what it missed.
    pub(super) fn over(&self) -> bool {
        self.held.term().is_some_and(|term| self.now().mono >= term.owed)
    }

    fn obey(&self, ordered: control::Ordered) {
        match ordered.order {
            control::Order::Cancel { then } => {
                self.why.borrow_mut().get_or_insert(format!("cancelled by {}", ordered.by.name));
                let then = match then {
                    OnCancel::Pause => OnFailure::Ask,
                    OnCancel::RollBack => OnFailure::RollBack,
                };
                self.orders.borrow_mut().cancel.get_or_insert(then);
            }
            control::Order::Stop => {
                self.pause(format!("stopped by {}", ordered.by.name));
                self.orders.borrow_mut().stop = true;
                self.stop.cancel();
            }
            control::Order::Answer { step, accept, evidence } => {
                self.answers.borrow_mut().insert(step, Answered { accept, evidence, by: ordered.by.name });
            }
        }
    }

    /// What expressions may name, the facts of `exprs` and `more` read now.
    pub(super) async fn scope(&self, exprs: impl IntoIterator<Item = &Expr>, more: &[String], output: Option<Value>) -> Scope {
        self.scope_of(exprs, more, output, MAX_AGE).await
    }

    /// As [`Desk::scope`] for who looks again each `every`: what was read for the look before is no answer to this one.
    pub(super) async fn scope_again(&self, exprs: impl IntoIterator<Item = &Expr>, output: Option<Value>, every: Duration) -> Scope {
        self.scope_of(exprs, &[], output, every.min(MAX_AGE)).await
    }

    async fn scope_of(&self, exprs: impl IntoIterator<Item = &Expr>, more: &[String], output: Option<Value>, age: Duration) -> Scope {
        let names: BTreeSet<&String> = exprs.into_iter().flat_map(|expr| &expr.facts).chain(more).collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let read = self.world.facts.read(&names, age);
        // what did not come in time is missing, and what is missing is not known
        let facts = if names.is_empty() { BTreeMap::new() } else { self.world.clock.timeout(READ_WITHIN, read).await.unwrap_or_default() };
        Scope { params: self.plan.open_params(), saved: self.standing().saved.clone(), facts, output }
    }

    /// Where a step prints to.
    pub(super) fn output(&self, name: &str) -> Output {
        Output::new(&self.output, name, self.mode)
    }

    /// What a step answered, as the journal has it.
    pub(super) fn answer(&self, at: usize) -> Option<Value> {
        self.standing().stories.get(at).and_then(|story| story.output.clone())
    }

    /// Waits, and wakes early when what is going on is to end.
    pub(super) async fn rest(&self, time: Duration) {
        tokio::select! {
            () = self.world.clock.sleep(time) => {}
            () = self.stop.cancelled() => {}
        }
    }
}

/// What is not known, in one sentence.
pub(super) fn unknown(gaps: &[Gap]) -> String {
    let told = gaps.iter().map(|gap| format!("{}: {}", gap.fact, gap.reason.phrase())).collect::<Vec<_>>();
    format!("not known: {}", if told.is_empty() { "why is not said".to_owned() } else { told.join("; ") })
}

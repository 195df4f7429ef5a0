//! The one loop that acts. It asks the tables for the next move, does that, and writes down what came of it; whatever instant it is killed at, the journal says
//! where to go on.
//!
//! It must never send before the intent is synced, and never decide what follows: that is [`decide`]'s. [`Armed`] is made here, in one place.

use super::desk::{Desk, unknown};
use super::entry::{Answer, Entry};
use super::event::Event;
use super::expression::Truth;
use super::intent::{SEND_WINDOW, attempt, bounded, intent, millis, send_before, within};
use super::journal::JournalError;
use super::lock::LockError;
use super::plan::{Job, Step, Undo};
use super::states::{Move, RunEvent, RunState, StepEvent, StepState, decide};
use super::work::{Changes, Doing, Outcome, Reads, Task, Work};
use super::{asking, proof};
use crate::model::Armed;
use futures_util::future::{join_all, join3};
use serde_json::{Map, Value};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long after that a request may still be on its way to a target.
const SETTLE: Duration = Duration::from_secs(1);
/// How often orders, lock and holds are looked at while a step goes on.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long is waited between two attempts to undo.
const UNDO_PAUSE: Duration = Duration::from_secs(1);
/// How often a step is freed in the middle of a run; at its end it is freed anyway.
const FREE_TRIES: u32 = 3;
/// How long a run that has ended goes on to say so where that is not heard: longer than a store is without a leader, shorter than anybody waits for a run.
const CLOSE_WITHIN: Duration = Duration::from_mins(1);
/// How often.
const CLOSE_EVERY: Duration = Duration::from_secs(1);

/// Goes on until this process has nothing more to do with the run.
pub(super) async fn execute(desk: &Desk<'_>) -> Result<(), JournalError> {
    loop {
        desk.look();
        desk.let_go();
        let next = {
            let standing = desk.standing();
            decide(standing.shapes(), desk.plan.policy, &standing.board, &desk.orders.borrow())
        };
        match next {
            Move::Rest => return Ok(()),
            Move::Run(event) => turn(desk, event).await?,
            next => {
                let done = CancellationToken::new();
                let work = async {
                    let made = make(desk, next).await;
                    done.cancel();
                    made
                };
                let (made, watched, ()) = join3(work, watch(desk, &done), beware(desk, &done)).await;
                made.and(watched)?;
            }
        }
    }
}

async fn make(desk: &Desk<'_>, next: Move) -> Result<(), JournalError> {
    let simple = |at: usize, event: StepEvent| desk.happens(at, event, None, Map::new());
    match next {
        Move::Begin(steps) if steps.len() > 1 => join_all(steps.into_iter().map(|at| busy(desk, at, whole(desk, at)))).await.into_iter().collect(),
        Move::Begin(steps) => join_all(steps.into_iter().map(|at| busy(desk, at, begin(desk, at)))).await.into_iter().collect(),
        Move::Verify(at) => busy(desk, at, proof::verify(desk, at)).await,
        Move::Probe(at) => proof::probe(desk, at).await,
        Move::Retry(at) => {
            pause_before_retry(desk, at).await?;
            simple(at, StepEvent::Retry)
        }
        Move::Settle(at) => {
            settle(desk, at).await;
            Ok(())
        }
        Move::Undo(at) => busy(desk, at, undo(desk, at, StepEvent::Undo)).await,
        Move::Release(at) => busy(desk, at, undo(desk, at, StepEvent::Release)).await,
        Move::Recheck(at) => simple(at, StepEvent::Recheck),
        Move::Repeat(at) => busy(desk, at, begin(desk, at)).await,
        Move::Again(at) => simple(at, StepEvent::Again),
        Move::Keep(at) => simple(at, StepEvent::Keep),
        Move::Unfound(at) => desk.happens(at, StepEvent::Unfound, Some("nothing tells whether it was applied".to_owned()), Map::new()),
        Move::Run(_) | Move::Rest => Ok(()),
    }
}

/// The run itself moves.
async fn turn(desk: &Desk<'_>, event: RunEvent) -> Result<(), JournalError> {
    let why = desk.why.borrow_mut().take().or_else(|| trouble(desk));
    desk.run(event, why.filter(|_| event != RunEvent::Finish))?;
    {
        let mut orders = desk.orders.borrow_mut();
        // a choice is good for one turn, and a cancel has had its effect
        orders.choice = None;
        if event != RunEvent::Resume {
            orders.cancel = None;
        }
    }
    desk.standing_copied().await;
    let ended = desk.standing().board.run.ended();
    if ended {
        close(desk).await;
    }
    Ok(())
}

/// Says that the run is not open any more, as long as the lock may be ours: what is left open keeps everybody off, and no lease ends it.
async fn close(desk: &Desk<'_>) {
    let (until, mut told) = (desk.now().plus(CLOSE_WITHIN), false);
    while let Err(error) = desk.held.close().await {
        if matches!(error, LockError::Lost(_)) || desk.over() || desk.now().mono >= until.mono {
            let unlock = format!("`opsctl run unlock {} --reason WHY` lets others begin", desk.plan.cluster);
            return desk.tell(Event::Note { text: format!("the run is ended, and still said to be open: {error}; {unlock}") });
        }
        if !std::mem::replace(&mut told, true) {
            desk.tell(Event::Note { text: format!("the run is ended, and still said to be open: {error}; it is tried again") });
        }
        desk.world.clock.sleep(CLOSE_EVERY).await;
    }
    // under a broken glass only this host was told
    if desk.plan.lock && desk.standing().taken.as_ref().is_some_and(|taken| taken.break_glass.is_some()) {
        let text =
            format!("the store that everybody shares was not told of the end: `opsctl run locks` tells whether {} is open there", desk.plan.cluster);
        desk.tell(Event::Note { text });
    }
}

/// Why a run does not go on, by its steps.
fn trouble(desk: &Desk<'_>) -> Option<String> {
    use StepState as S;
    let standing = desk.standing();
    let bad = |state: S| state.unclear() || matches!(state, S::FailedApplied | S::FailedNoEffect | S::UndoFailed);
    let told = standing.board.steps.iter().zip(&standing.stories).zip(&desk.plan.steps).filter(|((mark, _), _)| bad(mark.state));
    told.map(|((_, story), step)| format!("{}: {}", step.id, story.why.as_deref().unwrap_or("it failed"))).next()
}

/// Looks at orders, lock and holds until `done`; frees at its deadline whom a step holds while another one goes on, and takes in whom a guard freed before.
async fn watch(desk: &Desk<'_>, done: &CancellationToken) -> Result<(), JournalError> {
    loop {
        tokio::select! {
            biased;
            () = done.cancelled() => return Ok(()),
            () = desk.world.clock.sleep(LOOK_EVERY) => {}
        }
        desk.look();
        let due = {
            let (standing, orders) = (desk.standing(), desk.orders.borrow());
            let held = |at: usize| standing.board.steps.get(at).is_some_and(|mark| matches!(mark.state, StepState::Applied | StepState::Done));
            orders.expired.iter().rev().copied().find(|at| held(*at) && !desk.busy.borrow().contains(at))
        };
        if let Some(at) = due {
            undo(desk, at, StepEvent::Release).await?;
        }
        if let Some((at, why)) = desk.freed_early() {
            let text = format!("{}: clients are not held any more: {why}", desk.step(at)?.id);
            desk.happens(at, StepEvent::Freed, Some(why), Map::new())?;
            desk.tell(Event::Note { text: text.clone() });
            desk.why.borrow_mut().get_or_insert(text);
        }
    }
}

/// Looks until `done` whether something came about that ends the run.
async fn beware(desk: &Desk<'_>, done: &CancellationToken) {
    let mut due = vec![desk.now(); desk.plan.abort_when.len()];
    loop {
        let forward = desk.standing().board.run == RunState::Running;
        for (watch, due) in desk.plan.abort_when.iter().zip(&mut due).filter(|(_, due)| forward && due.mono <= desk.now().mono) {
            *due = desk.now().plus(watch.every);
            // a slow server must not hold a step that is done
            let scope = tokio::select! {
                biased;
                () = done.cancelled() => return,
                scope = desk.scope([&watch.when], &[], None) => scope,
            };
            match desk.world.language.truth(&watch.when, &scope) {
                Truth::False => {}
                Truth::True => {
                    desk.why.borrow_mut().get_or_insert(watch.why.clone());
                    desk.orders.borrow_mut().cancel.get_or_insert(desk.plan.policy);
                }
                Truth::Unknown(gaps) => desk.pause(format!("whether the run has to end ({}) is {}", watch.when.text, unknown(&gaps))),
            }
        }
        tokio::select! {
            biased;
            () = done.cancelled() => return,
            () = desk.world.clock.sleep(LOOK_EVERY) => {}
        }
    }
}

/// Waits until whatever was sent for a step has landed or never will: by this host's clock alone.
async fn settle(desk: &Desk<'_>, at: usize) {
    let own = desk.standing().taken.as_ref().map(|taken| taken.token);
    let (token, send_before) = desk.standing().stories.get(at).map_or((0, 0), |story| (story.token, story.send_before_ms));
    let until = match (own == Some(token), desk.alone) {
        (true, _) => Duration::from_millis(send_before) + SETTLE,
        (false, true) => desk.taken_at.mono + SETTLE,
        // it may be alive, and about to send
        (false, false) => desk.taken_at.mono + SEND_WINDOW + SETTLE,
    };
    let left = until.saturating_sub(desk.now().mono);
    desk.world.clock.sleep(left).await;
    desk.orders.borrow_mut().settled.push(at);
}

async fn pause_before_retry(desk: &Desk<'_>, at: usize) -> Result<(), JournalError> {
    let retry = desk.step(at)?.retry;
    let tries = desk.standing().board.steps.get(at).map_or(0, |mark| mark.tries);
    // the first one of a process that took the run over is at once
    if let Some(before) = tries.checked_sub(1) {
        let until = desk.now().plus(retry.pause.saturating_mul(retry.factor.max(1).saturating_pow(before.min(16))));
        while desk.now().mono < until.mono && desk.orders.borrow().cancel.is_none() {
            desk.rest(LOOK_EVERY.min(until.since(desk.now()))).await;
        }
    }
    Ok(())
}

/// Marks step `at` as worked on while `work` goes on.
async fn busy<T>(desk: &Desk<'_>, at: usize, work: impl Future<Output = T>) -> T {
    desk.busy.borrow_mut().insert(at);
    let done = work.await;
    desk.busy.borrow_mut().remove(&at);
    done
}

/// Begins a step that stands beside others and proves it: what is done waits for none of them.
async fn whole(desk: &Desk<'_>, at: usize) -> Result<(), JournalError> {
    begin(desk, at).await?;
    let goes_on = desk.orders.borrow().cancel.is_none() && !desk.orders.borrow().lost;
    let applied = desk.standing().board.steps.get(at).is_some_and(|mark| mark.state == StepState::Applied);
    if goes_on && applied { proof::verify(desk, at).await } else { Ok(()) }
}

/// Skips a step, or does what it does.
async fn begin(desk: &Desk<'_>, at: usize) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    let mut scope = desk.scope(&step.when, &step.job.facts, None).await;
    // one that may have been applied is not skipped any more
    let when = step.when.as_ref().filter(|_| desk.standing().board.steps.get(at).is_some_and(|mark| mark.state == StepState::Pending));
    let cannot = |why: String| {
        desk.pause(format!("{}: {why}", step.id));
        Ok(())
    };
    match when.map(|when| desk.world.language.truth(when, &scope)) {
        Some(Truth::False) => return desk.happens(at, StepEvent::Skip, None, Map::new()),
        Some(Truth::Unknown(gaps)) => return cannot(format!("whether it is to be done is {}", unknown(&gaps))),
        Some(Truth::True) | None => {}
    }
    if let Some(once) = &step.once {
        if let Err(why) = asking::awaited(desk, step, once).await {
            return cannot(why);
        }
        // what was read before the wait is old
        scope = desk.scope([], &step.job.facts, None).await;
    }
    let body = match desk.world.language.fill(&step.job.body, &scope) {
        Ok(body) => body,
        Err(gaps) => return cannot(unknown(&gaps)),
    };
    match desk.world.hands.build(&step.job, &body, step.timeout) {
        Err(why) => cannot(why),
        Ok(Work::Changes(work)) if step.changes => change(desk, at, StepEvent::Begin, body, work.as_ref()).await,
        Ok(Work::Changes(_)) => cannot("it would change something, and was planned as one that reads".to_owned()),
        Ok(_) if step.changes => cannot("it would change nothing, and was planned as one that does".to_owned()),
        Ok(Work::Release(steps)) => {
            let freed = release(desk, &steps).await?;
            asking::ask(desk, at, body, Work::Reads(Box::new(Freed(freed)))).await
        }
        Ok(work) => asking::ask(desk, at, body, work).await,
    }
}

/// Runs the undo of those of `names` that are in effect, side by side; `Err`: one is not known to be free again.
async fn release(desk: &Desk<'_>, names: &[String]) -> Result<Result<(), String>, JournalError> {
    use StepState as S;
    if desk.orders.borrow().cancel.is_some() || desk.orders.borrow().lost {
        return Ok(Err("the run is ending, which frees them too".to_owned()));
    }
    let places: Vec<usize> = desk.plan.steps.iter().enumerate().filter(|(_, step)| names.contains(&step.id)).map(|(at, _)| at).collect();
    let state = |at: usize| desk.standing().board.steps.get(at).map(|mark| (mark.state, mark.undo_tries));
    let free = async |at: usize| {
        while !desk.over() && matches!(state(at), Some((S::Applied | S::Done | S::FailedApplied | S::NeedsHuman, _) | (S::UndoFailed, 0..FREE_TRIES)))
        {
            undo(desk, at, StepEvent::Release).await?;
        }
        Ok(())
    };
    join_all(places.iter().map(|at| busy(desk, *at, free(*at)))).await.into_iter().collect::<Result<(), JournalError>>()?;
    let bound = |at: &&usize| !matches!(state(**at), Some((S::Undone | S::Pending | S::Skipped | S::FailedNoEffect, _)));
    let left: Vec<&str> = places.iter().filter(bound).filter_map(|at| Some(desk.plan.steps.get(*at)?.id.as_str())).collect();
    Ok(if left.is_empty() { Ok(()) } else { Err(format!("not known to be free again: {}", left.join(", "))) })
}

/// What came of freeing, as an answer.
struct Freed(Result<(), String>);

impl Reads for Freed {
    fn read<'a>(&'a self, _doing: &'a Doing) -> Task<'a, Result<Value, String>> {
        Box::pin(async { self.0.clone().map(|()| Value::Null) })
    }
}

/// Undoes a step: on the way back, or because it is owed.
async fn undo(desk: &Desk<'_>, at: usize, event: StepEvent) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    let Some(Undo { job, timeout, .. }) = &step.undo else { return desk.happens(at, StepEvent::Keep, None, Map::new()) };
    if event == StepEvent::Release
        && let Some(why) = desk.freed(at).await
    {
        return desk.happens(at, StepEvent::Freed, Some(why), Map::new());
    }
    if desk.standing().board.steps.get(at).is_some_and(|mark| mark.undo_tries > 0) {
        desk.world.clock.sleep(UNDO_PAUSE).await;
    }
    let scope = desk.scope([], &job.facts, desk.answer(at)).await;
    let body = desk.world.language.fill(&job.body, &scope).map_err(|gaps| unknown(&gaps));
    let work = body.and_then(|body| Ok((desk.world.hands.build(job, &body, *timeout)?, body)));
    match work {
        Ok((Work::Changes(work), body)) => change(desk, at, event, body, work.as_ref()).await,
        Ok(_) => change(desk, at, event, job.body.clone(), &Unable("its undo would change nothing".to_owned())).await,
        // it counts as an attempt, so that nobody tries for ever
        Err(why) => change(desk, at, event, job.body.clone(), &Unable(why)).await,
    }
}

/// An undo that cannot be sent.
struct Unable(String);

impl Changes for Unable {
    fn change<'a>(&'a self, _armed: Armed, _doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async { Outcome::NoEffect { why: self.0.clone(), retryable: true } })
    }
}

/// One effect: the intent synced, the request, the result synced.
async fn change(desk: &Desk<'_>, at: usize, event: StepEvent, body: Value, work: &dyn Changes) -> Result<(), JournalError> {
    let step = desk.step(at)?;
    let (job, timeout, stop) = part(desk, step, event);
    if !desk.open.get() && !desk.orders.borrow().lost && !desk.over() {
        if let Err(error) = desk.held.leave_open(desk.holder).await {
            desk.pause(format!("{}: the run cannot be said to be open: {error}", step.id));
            if event == StepEvent::Begin {
                return Ok(());
            }
        } else {
            desk.open.set(true);
        }
    }
    if let Err(why) = desk.caught_up(event).await {
        desk.pause(format!("{}: {why}", step.id));
        return Ok(());
    }
    if let (StepEvent::Begin, Some(_)) = (event, step.hold)
        && let Err(why) = desk.guard(at, &step.id, attempt(desk, at, event)).await
    {
        desk.pause(format!("{}: {why}", step.id));
        return Ok(());
    }
    let now = desk.now();
    let send_before = send_before(desk, event, now);
    let refused = {
        let (orders, standing) = (desk.orders.borrow(), desk.standing());
        // whom it relies on may have been freed while its guard was waited for
        let late = event == StepEvent::Begin && standing.board.run == RunState::Running && !standing.board.ready(at, standing.shapes());
        event == StepEvent::Begin && orders.cancel.is_some() || event != StepEvent::Release && orders.lost || late || send_before.mono <= now.mono
    };
    if refused {
        return Ok(());
    }
    let attempt = attempt(desk, at, event);
    let intent = intent(desk, at, step, event, job, body, [now, send_before]);
    let key = intent.key.clone();
    let name = if event == StepEvent::Begin { step.id.clone() } else { format!("{}.undo", step.id) };
    desk.intend(at, intent)?;
    if let Err(why) = desk.intent_copied(event, send_before).await {
        desk.pause(format!("{}: {why}", step.id));
        let why = Some(format!("it was not sent: {why}"));
        let answer = Answer { step: step.id.clone(), event: StepEvent::Refused, why, retryable: true, took_ms: 0, output: Value::Null };
        return desk.write(Some(at), &Entry::Result(answer), true);
    }
    if let (StepEvent::Begin, Some(hold)) = (event, step.hold) {
        desk.tell(Event::Held { step: step.id.clone(), until: now.plus(hold).wall });
    }
    let armed = Armed::mint(desk.holder.run.clone(), name.clone(), attempt, job.target.clone());
    let began = desk.now();
    let doing = Doing {
        clock: desk.world.clock.clone(),
        send_before,
        deadline: began.plus(timeout),
        stop: stop.clone(),
        output: desk.output(&format!("{name}.{attempt}")),
    };
    let answer = within(desk, timeout, &stop, work.change(armed, &doing));
    let looked = step.probe.as_ref().filter(|probe| probe.meanwhile && event == StepEvent::Begin);
    let (outcome, seen) = tokio::select! {
        biased;
        outcome = answer => (outcome.unwrap_or_else(|why| Outcome::Unclear { why }), None),
        seen = proof::seen(desk, step, looked) => (Outcome::Ok(Value::Null), Some(seen)),
    };
    let intended = event;
    let (event, why, retryable, output) = match outcome {
        Outcome::Ok(output) => (StepEvent::Answered, seen, false, output),
        Outcome::NoEffect { why, retryable } => (StepEvent::Refused, Some(why), retryable, Value::Null),
        Outcome::Unclear { why } => (StepEvent::Unclear, Some(why), true, Value::Null),
    };
    tracing::info!(%key, ?event, "a request was answered");
    let took_ms = millis(desk.now().since(began));
    desk.write(Some(at), &Entry::Result(Answer { step: step.id.clone(), event, why, retryable, took_ms, output: bounded(output) }), true)?;
    desk.result_copied(intended).await;
    Ok(())
}

/// What is sent, how long it may take, and what ends it: an undo is not ended by who wants the run to end.
fn part<'a>(desk: &Desk<'_>, step: &'a Step, event: StepEvent) -> (&'a Job, Duration, CancellationToken) {
    match &step.undo {
        Some(undo) if event != StepEvent::Begin => (&undo.job, undo.timeout, CancellationToken::new()),
        _ => (&step.job, step.timeout, desk.stop.clone()),
    }
}

//! Every state that a run can reach, with two runners, crashes anywhere and requests that arrive late: what is promised holds in all of them, every row of
//! both tables is used, and each rule that is taken away breaks what it is there for.

mod fate;
mod world;

use super::{At, Choice, Event, Guard, OnFailure, RunEvent, RunState, Shape, StepEvent, StepState, next};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use world::{ALL_RULES, Rules, Scope, Seen, World};

/// More states than any model here has: one that is endless fails instead of running for ever.
const MOST: usize = 400_000;

type StepRow = (StepState, StepEvent, StepState);
pub(in crate::engine) type RunRow = (RunState, RunEvent, RunState);

struct Explored {
    seen: Seen,
    states: usize,
    /// States from which no end can be reached.
    dead_ends: usize,
}

/// Explores everything, or until everything `wanted` was seen to break.
fn explore(scope: &Scope, wanted: &[&str]) -> Explored {
    let mut seen = Seen::default();
    let mut known: HashMap<Rc<World>, u32> = HashMap::new();
    let first = Rc::new(World::new(scope));
    known.insert(Rc::clone(&first), 0);
    let mut queue = vec![first];
    let mut before: Vec<Vec<u32>> = vec![Vec::new()];
    let mut ends = Vec::new();
    let mut at = 0;
    let enough = |seen: &Seen| !wanted.is_empty() && wanted.iter().all(|wanted| seen.broken.contains(wanted));
    while at < queue.len() && !enough(&seen) {
        let world = Rc::clone(&queue[at]);
        let number = u32::try_from(at).expect("few states");
        if world.ended() {
            ends.push(number);
        }
        for follower in world.followers(scope, &mut seen) {
            let fresh = u32::try_from(queue.len()).expect("few states");
            let follower = Rc::new(follower);
            let index = *known.entry(Rc::clone(&follower)).or_insert(fresh);
            if index == fresh {
                queue.push(follower);
                before.push(Vec::new());
                assert!(queue.len() < MOST, "the model is endless");
            }
            before[index as usize].push(number);
        }
        at += 1;
    }
    let mut reaches = vec![false; queue.len()];
    while let Some(number) = ends.pop() {
        if !std::mem::replace(&mut reaches[number as usize], true) {
            ends.extend(&before[number as usize]);
        }
    }
    Explored { seen, states: queue.len(), dead_ends: reaches.iter().filter(|reaches| !**reaches).count() }
}

fn changing() -> Shape {
    Shape { undoable: true, attempts: 1, undo_attempts: 1, ..Shape::default() }
}

fn probed() -> Shape {
    Shape { probed: true, ..changing() }
}

fn idempotent() -> Shape {
    Shape { idempotent: true, undo_idempotent: true, ..changing() }
}

fn held() -> Shape {
    Shape { finally: true, holds: true, ..idempotent() }
}

fn reading() -> Shape {
    Shape { reads: true, attempts: 1, ..Shape::default() }
}

/// Two steps, as in the check that the design rests on, under these rules.
fn variant(rules: Rules, wanted: &[&str]) -> Explored {
    let shapes = vec![probed(), changing()];
    explore(
        &Scope {
            shapes,
            policy: OnFailure::RollBack,
            crashes: 1,
            stolen: 1,
            orders: 0,
            failures: false,
            choices: &[(Choice::Resume, false), (Choice::RollBack, false)],
            rules,
        },
        wanted,
    )
}

#[test]
fn all_rules_hold_where_the_target_checks_the_token() {
    let found = variant(Rules { quarantine: false, ..ALL_RULES }, &[]);
    assert_eq!((found.seen.broken.iter().collect::<Vec<_>>(), found.dead_ends), (Vec::new(), 0), "{} states", found.states);
}

#[test]
fn all_rules_hold_where_the_target_cannot_and_the_quarantine_is_waited_out() {
    let found = variant(Rules { target_fences: false, ..ALL_RULES }, &[]);
    assert_eq!((found.seen.broken.iter().collect::<Vec<_>>(), found.dead_ends), (Vec::new(), 0), "{} states", found.states);
}

#[test]
fn each_rule_that_is_taken_away_breaks_what_it_is_there_for() {
    let unfenced = Rules { target_fences: false, ..ALL_RULES };
    let cases: [(&str, Rules, &[&str]); 6] = [
        ("no quarantine", Rules { quarantine: false, ..unfenced }, &["double effect", "double undo"]),
        ("no quarantine, conditional effects", Rules { quarantine: false, conditional: true, ..unfenced }, &["effect after its undo"]),
        ("no intent", Rules { intent: false, ..ALL_RULES }, &["double effect", "double undo", "effect without trace"]),
        ("blind retry", Rules { probes: false, ..ALL_RULES }, &["double effect", "double undo"]),
        ("no fencing", Rules { journal_fences: false, ..unfenced }, &["double effect", "double undo"]),
        ("undo not journalled", Rules { undo_journalled: false, ..ALL_RULES }, &["double undo"]),
    ];
    for (name, rules, expected) in cases {
        let found = variant(rules, expected);
        for broken in expected {
            assert!(found.seen.broken.contains(broken), "{name}: no {broken}, only {:?}", found.seen.broken);
        }
    }
}

/// Runs with everything that may happen to them, small enough to be looked at whole.
fn lives() -> Vec<(&'static str, Scope)> {
    let all = |shapes: Vec<Shape>, policy: OnFailure, crashes: u8, orders: u8| {
        let rules = Rules { target_fences: false, ..ALL_RULES };
        let choices = &[(Choice::Resume, false), (Choice::RollBack, false), (Choice::RollBack, true), (Choice::Abandon, false)];
        Scope { shapes, policy, crashes, stolen: 0, orders, failures: true, choices, rules }
    };
    let retried = Shape { attempts: 2, ..probed() };
    let point = Shape { point: true, undoable: false, ..probed() };
    let beside = |shape: Shape| Shape { group: Some(0), ..shape };
    let kept = Shape { undoable: false, ..idempotent() };
    let pair = |shapes: Vec<Shape>, policy: OnFailure| Scope { failures: false, ..all(shapes, policy, 1, 0) };
    vec![
        ("probed, asked", all(vec![retried], OnFailure::Ask, 1, 1)),
        ("blind, stopped", all(vec![changing()], OnFailure::Stop, 1, 1)),
        ("reading", all(vec![reading()], OnFailure::Ask, 1, 1)),
        ("idempotent, rolled back", all(vec![idempotent()], OnFailure::RollBack, 1, 1)),
        ("kept", all(vec![kept], OnFailure::RollBack, 1, 1)),
        ("held alone", all(vec![held()], OnFailure::Ask, 1, 1)),
        ("held across a point", pair(vec![held(), point], OnFailure::RollBack)),
        ("side by side", pair(vec![beside(probed()), beside(idempotent())], OnFailure::RollBack)),
    ]
}

/// Every row that the tables have: each question answered in every way, in every state, for every event.
fn rows() -> (BTreeSet<StepRow>, BTreeSet<RunRow>) {
    let guards = |set: &dyn Fn(u32) -> Guard, bits: u32| (0..1 << bits).map(set).collect::<Vec<Guard>>();
    let on = |mask: u32, bit: u32| mask & (1 << bit) != 0;
    let of_steps = guards(
        &|mask| Guard {
            reads: on(mask, 0),
            idempotent: on(mask, 1),
            probed: on(mask, 2),
            undoable: on(mask, 3),
            undo_idempotent: on(mask, 4),
            finally: on(mask, 5),
            ready: on(mask, 6),
            forward: on(mask, 6),
            fresh: on(mask, 7),
            doubted: on(mask, 8),
            token: true,
            settled: true,
            attempts_left: true,
            undo_attempts_left: true,
            ..Guard::default()
        },
        9,
    );
    let of_runs = guards(&|mask| Guard { all_settled: on(mask, 0), all_undone: on(mask, 1), quiet: on(mask, 2), token: true, ..Guard::default() }, 3);
    let mut steps = BTreeSet::new();
    for (state, event) in StepState::ALL.into_iter().flat_map(|state| StepEvent::ALL.map(|event| (state, event))) {
        steps.extend(of_steps.iter().filter_map(|guard| match next(At::Step(state), Event::Step(event), guard) {
            Some(At::Step(to)) => Some((state, event, to)),
            _ => None,
        }));
    }
    let mut runs = BTreeSet::new();
    for (state, event) in RunState::ALL.into_iter().flat_map(|state| RunEvent::ALL.map(|event| (state, event))) {
        runs.extend(of_runs.iter().filter_map(|guard| match next(At::Run(state), Event::Run(event), guard) {
            Some(At::Run(to)) => Some((state, event, to)),
            _ => None,
        }));
    }
    (steps, runs)
}

/// Rows that no model walks: what happens before the first step. The trials of the executor walk each of them.
pub(in crate::engine) const BEFORE: &[RunRow] = {
    use RunEvent as E;
    use RunState as S;
    &[
        (S::Planned, E::Reject, S::Refused),
        (S::Planned, E::Crashed, S::Refused),
        (S::Locking, E::Crashed, S::Refused),
        (S::Locking, E::Held, S::LockHeld),
        (S::Locking, E::NoLock, S::Refused),
        (S::Preflight, E::Crashed, S::Refused),
        (S::Preflight, E::Differs, S::Refused),
    ]
};

#[test]
fn every_row_is_used_and_every_life_can_end() {
    let mut seen = Seen::default();
    for (name, scope) in lives() {
        let found = explore(&scope, &[]);
        assert_eq!((found.seen.broken.iter().collect::<Vec<_>>(), found.dead_ends), (Vec::new(), 0), "{name}");
        seen.steps.extend(found.seen.steps);
        seen.runs.extend(found.seen.runs);
    }
    let (steps, mut runs) = rows();
    runs.retain(|row| !BEFORE.contains(row));
    let missing = steps.difference(&seen.steps).collect::<Vec<_>>();
    assert!(missing.is_empty(), "rows of the step table that no life uses: {missing:#?}");
    let missing = runs.difference(&seen.runs).collect::<Vec<_>>();
    assert!(missing.is_empty(), "rows of the run table that no life uses: {missing:#?}");
}

#[test]
fn nothing_follows_an_end() {
    let (_, runs) = rows();
    assert!(runs.iter().all(|(from, _, _)| !from.ended()), "{runs:?}");
    let (steps, _) = rows();
    let ends: BTreeSet<StepState> = StepState::ALL.into_iter().filter(|state| !steps.iter().any(|(from, _, _)| from == state)).collect();
    assert_eq!(ends, BTreeSet::from([StepState::Skipped, StepState::Kept]));
}

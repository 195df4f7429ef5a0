//! Changing something: runbooks, a plan and its confirmation, runs, the audit. A key alone begins nothing: what is sent is typed for first.

use super::EVERYWHERE;
use crate::tui::change;
use crate::tui::command::Command;
use crate::tui::place::Place;
use crate::tui::place::Place::{Plan, Run};

/// Everywhere but on a plan, where the same key goes on to its confirmation.
const BUT_PLAN: &[Place] = &without(Plan);

const fn without(place: Place) -> [Place; EVERYWHERE.len() - 1] {
    let mut others = [Place::Fleet; EVERYWHERE.len() - 1];
    let (mut from, mut to): (&[Place], &mut [Place]) = (EVERYWHERE, &mut others);
    while let [first, rest @ ..] = from {
        if *first as u8 != place as u8 {
            let [own, free @ ..] = to else { return others };
            *own = *first;
            to = free;
        }
        from = rest;
    }
    others
}

pub(super) const ALL: &[Command] = &[
    Command {
        id: "runbooks",
        name: "runbooks",
        doc: "The runbooks of the cluster, each with whether it could be run now; on a finding the plan of what mends it",
        keys: &["r"],
        places: BUT_PLAN,
        footer: 10,
        useful: |state| state.place() != Place::Runbooks,
        run: change::runbooks,
    },
    Command {
        id: "runs",
        name: "runs",
        doc: "The runs of this host, those that are not ended first",
        keys: &["R"],
        places: EVERYWHERE,
        footer: 12,
        useful: |state| state.place() != Place::Runs,
        run: change::runs,
    },
    Command {
        id: "audit",
        name: "audit",
        doc: "Who asked for what on this host, and whether every record of it is there",
        keys: &["A"],
        places: EVERYWHERE,
        footer: 0,
        useful: |state| state.place() != Place::Audit,
        run: change::audit,
    },
    Command {
        id: "begin",
        name: "run...",
        doc: "Run this plan: asks for the word that confirms it; nothing is sent without it",
        keys: &["r"],
        places: &[Plan],
        footer: 1,
        useful: change::can_begin,
        run: change::begin,
    },
    Command {
        id: "parameters",
        name: "parameters",
        doc: "What the runbook is told, asked once more",
        keys: &["e"],
        places: &[Plan],
        footer: 2,
        useful: change::has_params,
        run: change::tell,
    },
    Command {
        id: "plan-again",
        name: "plan anew",
        doc: "The same plan, made of what the servers say now",
        keys: &["u"],
        places: &[Plan],
        footer: 3,
        useful: super::always,
        run: change::again,
    },
    Command {
        id: "stop",
        name: "stop...",
        doc: "End the run: no further step; again: what goes on is told to end; once more: its process is killed. Each asks first",
        keys: &["a"],
        places: &[Run],
        footer: 1,
        useful: change::can_cancel,
        run: change::cancel,
    },
    Command {
        id: "answer",
        name: "answer...",
        doc: "Answer what a step of the run asks you: yes or no, and what you saw",
        keys: &["i"],
        places: &[Run],
        footer: 1,
        useful: change::is_asked,
        run: change::answer,
    },
    Command {
        id: "go-on",
        name: "go on...",
        doc: "How a run goes on that nobody is at work on: resume, rollback, or abandon with a reason",
        keys: &["o"],
        places: &[Run],
        footer: 1,
        useful: change::can_go_on,
        run: change::go_on,
    },
    Command {
        id: "detach",
        name: "detach",
        doc: "Leave the run, which goes on by itself; R lists it",
        keys: &["d"],
        places: &[Run],
        footer: 2,
        useful: super::always,
        run: change::detach,
    },
];

//! A run whose host was started anew in the middle: its process and its guards are gone for certain, and everybody is told so.

use super::{Host, plan, step};
use crate::app::run::actor::actor;
use crate::app::run::cancel::{Stage, cancel};
use crate::app::run::follow::{Last, attach};
use crate::app::run::found::{Found, Life};
use crate::app::run::pages::show;
use crate::engine::RunId;
use crate::engine::chain::Chain;
use crate::engine::entry::{Entry, Opened, Taken};
use crate::engine::event::Told;
use crate::engine::folder::RunFolder;
use crate::engine::journal::Journal;
use crate::engine::process::Process;
use crate::engine::states::{Asked, RunEvent, RunState};
use crate::systems::view::Cell;
use std::time::Duration;

/// A run that `process` had when it was last heard of.
fn left_by(host: &Host, process: Process) -> Found {
    let plan = plan(vec![step("a")]);
    let now = host.clock.now();
    let id = RunId::new(now.wall).expect("a name");
    let folder = RunFolder::create(&host.state(), &id, &plan).expect("made");
    let mut journal = Journal::begin(Chain::create(&folder.journal(), 0o600).expect("made"), &plan);
    let opened = Opened {
        run: id.to_string(),
        runbook: plan.runbook.name.clone(),
        cluster: plan.cluster.clone(),
        plan_sha256: plan.sha256(),
        definition_sha256: plan.runbook.sha256.clone(),
        version: "1".to_owned(),
        by: actor(),
    };
    let taken = Taken { token: 1, consent: 1, process, by: actor(), choice: None, across: false, break_glass: None };
    let run = |event| Entry::Run { event, why: None };
    let entries = [Entry::Opened(opened), run(RunEvent::Approve), Entry::Taken(taken), run(RunEvent::Locked), run(RunEvent::Passed)];
    for entry in entries {
        journal.write(now, &entry, Asked { token: true, ..Asked::default() }, true).expect("it fits");
    }
    host.look(&id)
}

fn told(found: &Found, key: &str) -> String {
    let page = show(found);
    let cell = page.facts.into_iter().find(|(column, _)| column.key == key).map(|(_, cell)| cell);
    match cell {
        Some(Cell::Text(text)) => text.raw().to_owned(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn what_a_boot_that_is_over_left_is_interrupted_and_goes_on_by_a_choice() {
    let host = Host::new();
    let own = Process::own();
    // a machine without an id cannot tell itself from another
    let known = !own.machine.is_empty();
    let found = left_by(&host, Process { space: "before pid:[1]".to_owned(), ..own });
    let expected = if known { (Life::Nobody, RunState::Interrupted) } else { (Life::Elsewhere, RunState::Running) };
    assert_eq!((found.life(), found.state()), expected);
    if !known {
        return;
    }
    assert!(told(&found, "next").contains("opsctl run resume"), "{}", told(&found, "next"));
    assert!(told(&found, "process").ends_with("gone"), "{}", told(&found, "process"));
    let refused = cancel(&host.state(), &host.clock, &found, Stage::NoFurther).expect_err("nobody is there").to_string();
    assert!(refused.contains("nobody is at work") && refused.contains("interrupted"), "{refused}");
    let (state, mut silent) = (host.state(), |_: &Told| Ok(()));
    let attached = attach(&state, found, &host.clock, &mut silent);
    let last = host.clock.timeout(Duration::from_mins(1), attached).await.expect("it returns").expect("followed");
    assert!(matches!(last, Last::Gone { .. }), "{last:?}");
}

#[tokio::test]
async fn what_another_machine_left_is_its_own() {
    let host = Host::new();
    let found = left_by(&host, Process { space: "before pid:[1]".to_owned(), machine: "another".to_owned(), ..Process::own() });
    assert_eq!((found.life(), found.state()), (Life::Elsewhere, RunState::Running));
    assert!(told(&found, "next").starts_with("on its host"), "{}", told(&found, "next"));
    let refused = cancel(&host.state(), &host.clock, &found, Stage::NoFurther).expect_err("not here").to_string();
    assert!(refused.contains("another host"), "{refused}");
}

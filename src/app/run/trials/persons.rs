//! Who is named: a process of a run knows the person by what was agreed to, not by its own environment. And watching one costs no more than what it writes.

use super::{CANARY, Host, ends, plan, step};
use crate::app::run::audit::audit;
use crate::app::run::follow::{Events, Last, attach, child};
use crate::app::run::runner::Runner;
use crate::engine::RunId;
use crate::engine::consent::Consent;
use crate::engine::ending::Ending;
use crate::engine::event::Told;
use crate::engine::folder::RunFolder;
use crate::engine::plan::Actor;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs;

#[tokio::test]
async fn the_end_of_a_run_is_of_whoever_agreed_to_it_and_a_signal_is_nobodys_name() {
    let host = Host::new();
    host.files().put("hang do a");
    let plan = plan(vec![step("a"), step("b")]);
    let now = host.clock.now().wall;
    let id = RunId::new(now).expect("a name");
    let folder = RunFolder::create(&host.state(), &id, &plan).expect("made");
    let ana = Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "sudo".to_owned() };
    let consent = Consent {
        plan_sha256: plan.sha256(),
        phrase: None,
        by: ana.clone(),
        at: now,
        choice: None,
        reason: None,
        across: false,
        said: BTreeMap::new(),
        break_glass: None,
        control_from: 0,
    };
    folder.consent(&consent).expect("kept");
    let (log, printed) = folder.printed("runner.log").expect("opened");
    let mut running = host.runner().start(&Runner::exec(&id), &printed).expect("started");
    host.until("it works", || host.files().reached("hang do a")).await;
    running.signal(Signal::TERM);
    let control = || fs::read_to_string(folder.control()).unwrap_or_default();
    host.until("it heard", || !control().is_empty()).await;
    fs::remove_file(host.root.path().join("hang do a")).expect("removed");
    let mut all = Vec::new();
    let mut tell = |told: &Told| {
        all.push(told.clone());
        Ok(())
    };
    let last = child(&mut Events::from(&folder, 0), &mut running, &log, &host.clock, &mut tell).await.expect("followed");
    assert_eq!((last, host.files().effects()), (Last::Ended(Ending::Partial), vec!["do a".to_owned()]), "{}", ends(&all));
    assert!(ends(&all).contains(&format!("a signal to process {}", running.pid())), "{}", ends(&all));
    let acts = audit(&host.state()).records().expect("read");
    assert_eq!(acts.iter().map(|record| &record.entry.by).collect::<Vec<_>>(), [&ana]);
    assert!(!control().contains(CANARY));
}

#[tokio::test]
async fn who_watches_reads_the_plan_again_only_when_something_was_written() {
    let host = Host::new();
    host.files().put("hang do a");
    let begun = host.start(&plan(vec![step("a")])).await;
    let id = begun.folder.id.clone();
    host.until("it works", || host.files().reached("hang do a")).await;
    let (state, found) = (host.state(), host.look(&id));
    let file = state.runs().join(id.as_str()).join("plan.json");
    // from its first event on nothing is written any more
    let mut tell = |_: &Told| {
        if file.exists() {
            fs::remove_file(&file)?;
            begun.running.signal(Signal::KILL);
        }
        Ok(())
    };
    let last = attach(&state, found, &host.clock, &mut tell).await.expect("it needs no plan for that");
    assert!(matches!(last, Last::Gone { .. }), "{last:?}");
}

#[tokio::test]
async fn a_run_whose_secrets_cannot_be_read_does_not_begin() {
    let host = Host::new();
    host.files().put("no secret");
    let mut begun = host.start(&plan(vec![step("a")])).await;
    let (last, events) = host.watch(&mut begun).await;
    assert_eq!((last, host.files().effects()), (Last::Ended(Ending::NothingSent), Vec::<String>::new()), "{}", ends(&events));
    assert!(ends(&events).contains("params.token cannot be read"), "{}", ends(&events));
}

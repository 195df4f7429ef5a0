//! Looking at runs: the list, one, its events as they come, who has which cluster.

use super::{Asked, exit, print};
use crate::app::json;
use crate::app::run::follow::{self, Last};
use crate::app::run::found::{Found, FoundError, Life};
use crate::app::run::kept::Runs;
use crate::app::run::{locks, pages, result, words};
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Form;
use crate::engine::RunId;
use crate::engine::event::Told;
use crate::text::untrusted::visible;
use std::io::{self, Write};

pub(super) fn list(asked: &Asked<'_>, context: &mut Context<'_>) -> Result<Exit, Failure> {
    print(pages::list(&Runs::default().all(&asked.state).map_err(|error| unreadable(&error))?), context)?;
    Ok(Exit::Done)
}

pub(super) fn show(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    print(pages::show(&asked.found(name)?), context)?;
    Ok(Exit::Done)
}

pub(super) fn result(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    print(result::page(&asked.found(name)?), context)?;
    Ok(Exit::Done)
}

pub(super) fn known_locks(asked: &Asked<'_>, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let clusters = asked.clusters(context);
    let known = context.runtime.block_on(locks::everywhere(&asked.state, &clusters, &asked.clock));
    let known = known.map_err(|error| Failure::Unreadable { what: error.to_string(), hint: "look at the rights of that folder".to_owned() })?;
    print(pages::locks(&known), context)?;
    Ok(Exit::Done)
}

/// Ends as the run does; a signal ends the watching alone.
pub(super) fn attach(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let found = asked.found(name)?;
    let id = found.folder.id.clone();
    let runs = found.life() == Life::Runs;
    let (form, runtime) = (context.global.form, context.runtime);
    let out = &mut context.out;
    let last = runtime.block_on(async {
        let mut tell = |told: &Told| tell(out, form, told);
        tokio::select! {
            last = follow::attach(&asked.state, found, &asked.clock, &mut tell) => last.map(Some).map_err(|error| unreadable(&error)),
            _interrupted = tokio::signal::ctrl_c() => Ok(None),
        }
    })?;
    if let Some(last) = last {
        measured(asked, &id, context)?;
        return ended(&last, id.as_str());
    }
    if runs {
        writeln!(io::stderr(), "the run goes on: `opsctl run attach {id}` watches it again, `opsctl run cancel {id}` ends it")?;
    }
    Ok(Exit::Interrupted)
}

/// Tells one event: a line for people, or the event as it stands in the file.
pub(super) fn tell(out: &mut dyn Write, form: Form, told: &Told) -> io::Result<()> {
    match form {
        Form::Json | Form::Jsonl => {
            let value = serde_json::to_value(told)?;
            json::write(out, &value, false)?;
        }
        _ => writeln!(out, "{}", words::line(told))?,
    }
    out.flush()
}

/// Tells what the runbook measures, when a run is over; the events as they stand in the file are left as they are.
pub(super) fn measured(asked: &Asked<'_>, id: &RunId, context: &mut Context<'_>) -> io::Result<()> {
    if matches!(context.global.form, Form::Json | Form::Jsonl) {
        return Ok(());
    }
    let found = Found::look(&asked.state, id).ok().filter(|found| found.state().ended());
    for line in found.iter().flat_map(Found::measured).map(|measured| measured.line()) {
        writeln!(context.out, "{}", visible(&line))?;
    }
    context.out.flush()
}

/// What a run that was watched means for the exit code; a process that is gone without a word leaves a doubt.
pub(super) fn ended(last: &Last, id: &str) -> Result<Exit, Failure> {
    match last {
        Last::Ended(ending) => Ok(exit(*ending)),
        Last::Gone { how } => {
            let shown = format!("`opsctl run show {id}` tells where it stands and how it goes on");
            writeln!(io::stderr(), "the process of run {id} is gone: {how}\n{shown}")?;
            Ok(Exit::InDoubt)
        }
        Last::Silent => {
            writeln!(io::stderr(), "run {id} does not say that it works; `opsctl run attach {id}` watches it")?;
            Ok(Exit::InDoubt)
        }
        Last::NotBegun { code, printed } => {
            for line in printed.lines() {
                writeln!(io::stderr(), "{}", visible(line))?;
            }
            if printed.is_empty() {
                // a full disk takes no reason either
                writeln!(
                    io::stderr(),
                    "run {id} ended with {code} and could not write down why: look at the state folder, then `opsctl run show {id}`"
                )?;
            }
            Ok(Exit::of_run(*code))
        }
    }
}

fn unreadable(error: &FoundError) -> Failure {
    Failure::Unreadable { what: error.to_string(), hint: "look at the rights of the folder of runs".to_owned() }
}

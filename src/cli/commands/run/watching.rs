//! Watching the run that this command started. Ctrl-C cancels it, once more ends what goes on, a third time kills its process; everything else that ends this
//! command leaves the run alone.

use super::Asked;
use super::look::{ended, measured, tell};
use crate::app::run::cancel::{Stage, cancel};
use crate::app::run::follow::{self, Events, Last};
use crate::app::run::found::Found;
use crate::app::run::start::Begun;
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::event::{Event, Told};
use crate::text::untrusted::visible;
use std::io::{self, Write};
use tokio::signal::unix::{SignalKind, signal};

/// Watches `begun` from the events behind `events` on, and ends as it does.
pub(super) fn watch(asked: &Asked<'_>, mut begun: Begun, mut events: Events, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let id = begun.folder.id.clone();
    if asked.matches.get_flag("detach") {
        writeln!(context.out, "{id}")?;
        return Ok(Exit::Done);
    }
    writeln!(io::stderr(), "run {id}; it goes on without this terminal: `opsctl run attach {id}`")?;
    let (form, runtime) = (context.global.form, context.runtime);
    let out = &mut context.out;
    let last = runtime.block_on(async {
        let mut tell = |told: &Told| {
            tell(out, form, told)?;
            match &told.event {
                Event::Asked { step, .. } => writeln!(io::stderr(), "answer it: opsctl run approve {id} {}; --refuse says no", visible(step)),
                _ => Ok(()),
            }
        };
        let watched = follow::child(&mut events, &mut begun.running, &begun.log, &asked.clock, &mut tell);
        tokio::select! {
            last = watched => last.map(Some).map_err(Failure::from),
            never = interrupted(asked, &id) => never,
            () = ended_from_outside() => Ok(None),
        }
    })?;
    match last {
        Some(last) => {
            measured(asked, &id, context)?;
            ended(&last, id.as_str())
        }
        None => Ok(Exit::Terminated),
    }
}

/// Each interrupt is one stage harder than the one before.
async fn interrupted(asked: &Asked<'_>, id: &crate::engine::RunId) -> Result<Option<Last>, Failure> {
    let Ok(mut interrupts) = signal(SignalKind::interrupt()) else { return std::future::pending().await };
    let stages = [
        (Stage::NoFurther, "no further step begins; once more ends what goes on"),
        (Stage::Stop, "what goes on is told to end; once more kills the process of the run"),
        (Stage::Kill, "the process of the run is killed"),
    ];
    let mut stages = stages.into_iter();
    while interrupts.recv().await.is_some() {
        let Some((stage, told)) = stages.next() else { continue };
        let found = Found::look(&asked.state, id).map_err(|error| error.to_string());
        let ordered = found.and_then(|found| cancel(&asked.state, &asked.clock, &found, stage).map_err(|error| error.to_string()));
        match ordered {
            Ok(()) => writeln!(io::stderr(), "{told}")?,
            Err(why) => writeln!(io::stderr(), "it is not cancelled: {}", visible(&why))?,
        }
    }
    std::future::pending().await
}

/// The terminal is gone, or somebody ends this command.
async fn ended_from_outside() {
    let (terminate, hang_up) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
    let (Ok(mut terminate), Ok(mut hang_up)) = (terminate, hang_up) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = hang_up.recv() => {}
    }
}

//! Orders to runs: ending one from outside, and forgetting one that nobody can end.

use super::Asked;
use crate::app::run::cancel::{self, CancelError, Stage};
use crate::app::run::locks::Forgotten;
use crate::app::run::start::StartError;
use crate::app::run::{answer, lock, locks};
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::file_lock::FileLock;
use crate::engine::lock::Lock;
use crate::text::untrusted::visible;
use std::io::Write;

pub(super) fn cancel(asked: &Asked<'_>, name: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let found = asked.found(name)?;
    let id = found.folder.id.clone();
    let stage = match asked.text("stage").as_deref() {
        Some("2") => Stage::Stop,
        Some("3") => Stage::Kill,
        _ => Stage::NoFurther,
    };
    cancel::cancel(&asked.state, &asked.clock, &found, stage).map_err(|error| match error {
        CancelError::Nobody(what) => Failure::Refused { what, hint: format!("`opsctl run show {id}` tells where it stands") },
        error => Failure::unwritten(error.to_string(), "nothing was ordered"),
    })?;
    let told = match stage {
        Stage::NoFurther => "no further step begins; what goes on is waited for",
        Stage::Stop => "what goes on is told to end, and killed ten seconds later",
        Stage::Kill => "its process is killed",
    };
    writeln!(context.out, "run {id}: {told}; `opsctl run show {id}` tells where it stands")?;
    Ok(Exit::Done)
}

pub(super) fn answer(asked: &Asked<'_>, name: &str, step: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let found = asked.found(name)?;
    let (id, accept) = (found.folder.id.clone(), !asked.matches.get_flag("refuse"));
    answer::answer(&asked.state, &asked.clock, &found, step, accept, asked.text("evidence")).map_err(|error| match error {
        CancelError::Nobody(what) => Failure::Refused { what, hint: format!("`opsctl run show {id}` tells where it stands") },
        error => Failure::unwritten(error.to_string(), "nothing was answered"),
    })?;
    writeln!(context.out, "run {id}: {} is answered with {}", visible(step), if accept { "yes" } else { "no" })?;
    Ok(Exit::Done)
}

pub(super) fn unlock(asked: &Asked<'_>, cluster: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let reason = asked.reason("unlock")?;
    let glass = asked.text("break-glass");
    let across = asked.matches.get_flag("across");
    let clusters = asked.clusters(context);
    let spec = clusters.iter().find(|known| known.name == cluster);
    let open = context.runtime.block_on(async {
        let lock: Box<dyn Lock> = match (spec, &glass) {
            (Some(spec), Some(glass)) => {
                lock::may_break(spec, &asked.clock, glass).await?;
                lock::of(&asked.state, spec, &asked.clock, true)
            }
            (Some(spec), None) => lock::of(&asked.state, spec, &asked.clock, false),
            (None, _) => Box::new(FileLock::new(asked.state.clone())),
        };
        locks::unlock(&asked.state, &asked.clock, lock.as_ref(), cluster, &reason, across).await
    });
    let Forgotten { open, ended, unread } = open.map_err(refused)?;
    let ended = if ended { "has ended" } else { "is not ended" };
    writeln!(context.out, "{} is free; run {} {ended}, and nobody is kept from another one any more", visible(cluster), visible(&open.run))?;
    if let Some(unread) = unread {
        writeln!(context.out, "nobody looked whether it still holds clients: {}", visible(&unread))?;
    }
    Ok(Exit::Done)
}

/// Why nothing was begun, with its exit code.
pub(super) fn refused(error: StartError) -> Failure {
    let failed: fn(String, String) -> Failure = match &error {
        StartError::Refused { .. } => |what, hint| Failure::Refused { what, hint },
        StartError::Locked { .. } | StartError::NoStore { .. } => |what, hint| Failure::Locked { what, hint },
        StartError::Approval { .. } => |what, hint| Failure::Approval { what, hint },
        StartError::Folder(_) | StartError::Audit(_) | StartError::Child(_) | StartError::Io { .. } => Failure::unwritten,
    };
    let (what, hint) = error.told();
    failed(what, hint)
}

//! The two commands that nobody types: the process of a run, and the guard of what it holds. What they print goes to a file in the folder of the run.

use super::{Asked, exit};
use crate::app::load::{self, Loaded};
use crate::app::run::runner::Runner;
use crate::app::run::{exec, guard, lock, world};
use crate::app::{TimeLimit, run::world::Ready};
use crate::cli::command::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::engine::folder::RunFolder;
use crate::engine::hold;
use crate::engine::lock::LockError;
use crate::engine::take::ExecError;
use crate::engine::{Plan, RunId};
use std::io;

/// The secrets that come by a pipe.
fn taken() -> Result<(), Failure> {
    Runner::take().map_err(|error| Failure::unexpected(format!("the secrets of the run cannot be read from standard input: {error}")))
}

fn folder(asked: &Asked<'_>, id: &str) -> Result<(RunFolder, Plan), Failure> {
    let wrong = |why: String| Failure::usage(why, "`opsctl run list` lists the runs of this host");
    let id = RunId::try_from(id.to_owned()).map_err(|error| wrong(error.to_string()))?;
    let folder = RunFolder::open(&asked.state, &id).map_err(|error| wrong(error.to_string()))?;
    let plan = folder.plan().map_err(|error| wrong(error.to_string()))?;
    Ok((folder, plan))
}

async fn ready(asked: &Asked<'_>, folder: &RunFolder, plan: &Plan, context: &Context<'_>) -> Result<Ready, Failure> {
    let wanted = &context.global.wanted;
    let loaded: Loaded =
        load::load(wanted, &TimeLimit::start(&asked.clock, context.global.deadline)).await.map_err(|error| Failure::Config(error.to_string()))?;
    let cluster = world::cluster(&loaded, plan).map_err(|why| Failure::usage(why, "nothing was sent"))?;
    Ready::new(wanted, &cluster, plan, folder, &asked.clock).map_err(|why| Failure::unexpected(why.to_string()))
}

/// `run exec ID`
pub(super) fn exec(asked: &Asked<'_>, id: &str, context: &mut Context<'_>) -> Result<Exit, Failure> {
    exec::apart();
    taken()?;
    let (folder, plan) = folder(asked, id)?;
    let ended = context.runtime.block_on(async {
        let ready = ready(asked, &folder, &plan, context).await?;
        let lock = lock::consented(&asked.state, &folder, ready.cluster(), &asked.clock);
        Ok::<_, Failure>(exec::exec(&asked.state, &folder, &ready.world(), lock.as_ref()).await)
    })?;
    match ended {
        Ok(ending) => Ok(exit(ending)),
        Err(error) => Err(failed(&error, asked)),
    }
}

fn failed(error: &ExecError, asked: &Asked<'_>) -> Failure {
    let what = error.to_string();
    match error {
        ExecError::Locked(LockError::NoStore(_)) => Failure::Locked {
            what,
            hint: "nothing was sent; where it cannot wait for etcd, --break-glass \"WHY\" takes the lock of this host alone".to_owned(),
        },
        ExecError::Locked(LockError::NoEntry(_)) => Failure::Locked {
            what,
            hint: "nothing was sent; mend the `password` of the etcd in the configuration; `opsctl run locks` asks it again".to_owned(),
        },
        ExecError::Mirror(_) => Failure::Locked {
            what,
            hint: "nothing was sent; where the copy of the run is lost for good: --set team.mirror=false with `opsctl run resume ID`".to_owned(),
        },
        ExecError::Apart(_) => Failure::Refused {
            what,
            hint: "nothing was sent; look on both hosts what the run did, then --set team.mirror=false goes on with what this host knows".to_owned(),
        },
        ExecError::Closed => Failure::Refused { what, hint: "nothing was sent; look on the other hosts how it ended, and plan it anew".to_owned() },
        ExecError::Locked(LockError::Unknown(_)) => Failure::Refused { what, hint: "nothing was sent".to_owned() },
        ExecError::Locked(error) => {
            Failure::Locked { what: error.told(asked.clock.now().wall), hint: "`opsctl run locks` lists who has what; nothing was sent".to_owned() }
        }
        ExecError::Ended(_) | ExecError::NoConsent(_) | ExecError::OtherPlan | ExecError::Phrase | ExecError::Used(_) | ExecError::NoChoice => {
            Failure::usage(what, "nothing was sent; `opsctl run show ID` tells where the run stands")
        }
        ExecError::Folder(_) => Failure::usage(what, "nothing was sent; look at the folder of the run"),
        ExecError::Chain(_) | ExecError::Journal(_) => Failure::InDoubt {
            what: format!("the journal of the run cannot be written or read: {what}"),
            hint: "nothing more is sent; what was in flight is in doubt. Make room, or mend the disk, and then: opsctl run resume ID --write"
                .to_owned(),
        },
    }
}

/// `run hold ID STEP ATTEMPT`
pub(super) fn hold(asked: &Asked<'_>, words: [&str; 3], context: &mut Context<'_>) -> Result<Exit, Failure> {
    exec::apart();
    let [id, step, attempt] = words;
    let attempt = attempt.parse().map_err(|why| Failure::usage(format!("'{attempt}' is no number of an attempt: {why}"), "nobody types this"))?;
    let (folder, plan) = folder(asked, id)?;
    taken()?;
    context.runtime.block_on(async {
        let ready = ready(asked, &folder, &plan, context).await?;
        let stood = hold::stand(&folder, step, attempt, &ready.world(), guard::gone(), || guard::ready(&mut io::stdout())).await;
        stood.map_err(|error| Failure::unexpected(error.to_string()))
    })?;
    Ok(Exit::Done)
}

//! A view as a command: load, observe, page, print. With `--watch`, again and again from one watching process.

use crate::app::cells::missing;
use crate::app::notice::budget;
use crate::app::observe::{self, Observed};
use crate::app::run::locks;
use crate::app::views::{BadPick, ViewDef, explain, picked};
use crate::app::{TimeLimit, load, targets};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{global, output};
use crate::config::state;
use crate::health::Standing;
use crate::model::Clock;
use crate::systems::view::Page;
use clap::{Arg, ArgAction, ArgMatches};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// One entry of the list of views.
pub(super) struct ViewCommand(pub(super) &'static ViewDef);

impl Command for ViewCommand {
    fn name(&self) -> &'static str {
        self.0.name
    }

    fn doc(&self) -> &'static str {
        self.0.doc
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let mut command = global::with_output(global::with_reading(command));
        if let Some((name, help)) = self.0.argument {
            command = command.arg(Arg::new("argument").value_name(name).help(help));
        }
        if self.judges() {
            command = command.arg(Arg::new("strict").long("strict").action(ArgAction::SetTrue).help("Exit 3 for warnings too"));
        }
        command
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let argument = if self.0.argument.is_some() { matches.get_one::<String>("argument").cloned() } else { None };
        let strict = matches.try_get_one::<bool>("strict").ok().flatten().copied().unwrap_or(false);
        // what does not exist is no matter of the configuration
        if let ("explain", Some(rule)) = (self.0.name, &argument) {
            explain::rule(rule).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
        }
        let runtime = context.runtime;
        runtime.block_on(async {
            let clock = Clock::real();
            let limit = TimeLimit::start(&clock, context.global.deadline);
            let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
            crate::cli::note(&loaded.notes);
            crate::cli::note(&locks::left_open(&loaded.inventory.clusters));
            if let Some(every) = context.global.watch {
                return self.watch(&loaded, context, argument, every, &clock).await;
            }
            let mut observed = observe::once(&loaded.inventory, &clock, limit.left()).await;
            // the secrets of targets are read for nobody else
            if self.0.name == "doctor" {
                let looked = targets::look(&loaded.notify).await;
                let looked = budget::told(looked, &observed, state::standard().as_ref());
                observed = observed.telling(&looked.into());
            }
            let page = self.print(&observed, context, argument)?;
            self.exit(&observed, &page, context, strict)
        })
    }
}

impl ViewCommand {
    /// Whether its exit code says how the clusters stand.
    fn judges(&self) -> bool {
        matches!(self.0.name, "status" | "findings")
    }

    fn page(&self, observed: &Observed, context: &Context<'_>, argument: Option<String>) -> Result<Page, Failure> {
        (self.0.page)(observed, &context.global.pick(argument)).map_err(|bad: BadPick| Failure::usage(bad.to_string(), bad.hint))
    }

    fn print(&self, observed: &Observed, context: &mut Context<'_>, argument: Option<String>) -> Result<Page, Failure> {
        let page = output::select(self.page(observed, context, argument)?, &context.global.columns)?;
        output::write(&mut context.out, &page, context.global.form, context.global.paint, observed.now)?;
        Ok(page)
    }

    async fn watch(
        &self,
        loaded: &load::Loaded,
        context: &mut Context<'_>,
        argument: Option<String>,
        every: Duration,
        clock: &Clock,
    ) -> Result<Exit, Failure> {
        let stop = CancellationToken::new();
        let _stopped_at_the_end = stop.clone().drop_guard();
        let seen = observe::watch_telling(&loaded.inventory, &targets::untried(&loaded.notify), loaded.polling, clock, &stop);
        // made once: a new listener does not hear what came while nobody listened
        let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| Failure::unexpected(format!("no handler of SIGINT: {error}")))?;
        // the first answers are out; what came within the deadline is worth a page
        tokio::select! {
            () = clock.sleep(context.global.deadline.min(every)) => {}
            _signal = interrupted.recv() => return Ok(Exit::Interrupted),
        }
        loop {
            let observed = seen.borrow().at(clock.now());
            self.print(&observed, context, argument.clone())?;
            context.out.flush()?;
            tokio::select! {
                () = clock.sleep(every) => {}
                _signal = interrupted.recv() => return Ok(Exit::Interrupted),
            }
        }
    }

    fn exit(&self, observed: &Observed, page: &Page, context: &Context<'_>, strict: bool) -> Result<Exit, Failure> {
        let clusters = picked(observed, &context.global.pick(None)).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
        let standings: Vec<Standing> = clusters.iter().map(|cluster| observed.judgement.standing(&cluster.spec.name)).collect();
        let unreadable = standings.iter().all(|standing| *standing == Standing::Unreadable) || is_unread(page);
        if !standings.is_empty() && unreadable {
            return Ok(Exit::Unreadable);
        }
        // doctor is asked whether everything can be read
        let unready = observed.notices.iter().any(|looked| looked.tried.as_ref().is_some_and(Result::is_err));
        if self.0.name == "doctor" && unready {
            return Ok(Exit::Unhealthy);
        }
        if self.0.name == "doctor" && page.sources.iter().any(|source| source.taken_at.is_none() || source.error.is_some()) {
            return Ok(Exit::Unhealthy);
        }
        if !self.judges() {
            return Ok(Exit::Done);
        }
        let bad = standings.iter().any(|standing| *standing > Standing::Warning || (strict && *standing > Standing::Healthy));
        Ok(if bad { Exit::Unhealthy } else { Exit::Done })
    }
}

/// Whether nothing of what the page is about could be read: none of its sources, and it lacks something. Where nothing is configured that a cluster may do
/// without, nothing is lacking.
fn is_unread(page: &Page) -> bool {
    let good = page.sources.iter().any(|source| source.taken_at.is_some() && source.error.is_none());
    let mut cells = page.tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    !good && (!page.sources.is_empty() || cells.any(|cell| missing(cell, "").is_some()))
}

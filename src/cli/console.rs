//! `opsctl` alone: the console. Loads, starts polling on other threads, and gives this thread and the terminal to `tui`.

use super::exit::Exit;
use super::failure::Failure;
use super::global::{Global, with_color, with_config, with_picking};
use crate::app::change::{Operator, Own};
use crate::app::history::Memory;
use crate::app::load::Wanted;
use crate::app::notice::{self, Sender};
use crate::app::record::Recording;
use crate::app::ring::Rings;
use crate::app::run::locks;
use crate::app::views::picked;
use crate::app::who::Inquiry;
use crate::app::{Observed, TimeLimit, load, observe, targets};
use crate::config::{Console, Inventory, Sources, Themes, UserCommand, state};
use crate::model::Clock;
use crate::systems::registry;
use crate::theme::names;
use crate::tui::command::{Binding, Conflict, Keymap};
use crate::tui::keymap::file;
use crate::tui::looks::Said;
use crate::tui::{self, ConsoleError, End, Hands, Looks, Scope, Start, own, registry as commands};
use clap::{Arg, ArgAction, ArgMatches};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;

/// Each endpoint has this time to tell who a session belongs to.
const WHO: Duration = Duration::from_secs(2);

/// Adds what the console takes to the arguments of the program itself.
pub(super) fn arguments(command: clap::Command) -> clap::Command {
    with_color(with_picking(with_config(command)))
        .arg(
            Arg::new("accessible")
                .long("accessible")
                .env("OPSCTL_ACCESSIBLE")
                .action(ArgAction::SetTrue)
                .value_parser(clap::builder::FalseyValueParser::new())
                .help("Lines for a screen reader instead of a screen: what changes is told, numbers answer"),
        )
        .arg(theme())
        .subcommand_value_name("COMMAND")
        .override_usage("opsctl [OPTIONS]            the console\n       opsctl COMMAND [OPTIONS]    one answer")
}

/// `--theme`
pub(super) fn theme() -> Arg {
    let help = format!("Colours: auto, {}, or a file NAME.toml in `themes` beside the configuration", names().collect::<Vec<_>>().join(", "));
    Arg::new("theme").long("theme").value_name("NAME").help(help)
}

/// The looks that were asked for.
pub(super) fn looks(said: Said<'_>, console: &Console) -> Result<Looks, Failure> {
    Looks::decide(said, console, |name| std::env::var(name).ok()).map_err(|error| Failure::Config(error.render()))
}

/// What a console without a configuration looks like: themes of one's own are found all the same.
pub(super) fn plain() -> Console {
    Console { themes: Themes::of(&Sources::standard(None, Vec::new())), ..Console::default() }
}

/// The commands of one's own that the configuration of this machine has, for what needs none otherwise. One that is not asked for by name and cannot be read keeps
/// nobody from a recording.
pub(super) fn own_commands(wanted: &Wanted) -> Result<Vec<UserCommand>, Failure> {
    match load::config(wanted) {
        Ok(config) => Ok(config.commands),
        Err(error) if wanted.config.is_some() || !wanted.set.is_empty() => Err(Failure::Config(error.to_string())),
        Err(error) => {
            super::note(&[format!("without the commands of your own, since the configuration cannot be read:\n{error}")]);
            Ok(Vec::new())
        }
    }
}

/// The keys of a person's own, as their file has them.
pub(super) fn bindings() -> Result<Vec<Binding>, Failure> {
    file::load(&|name| std::env::var(name).ok()).map_err(|why| Failure::Config(format!("error: {why}")))
}

/// What every key means with these `bindings` and these commands of one's own.
pub(super) fn keymap(bindings: &[Binding], own: &[UserCommand]) -> Result<Keymap, Failure> {
    commands::keymap(bindings, &own.iter().map(own::command).collect::<Vec<_>>()).map_err(|clashes| clash(&clashes))
}

fn clash(clashes: &[Conflict]) -> Failure {
    Failure::Config(clashes.iter().map(|clash| format!("error: {clash}\n")).collect::<Vec<_>>().concat())
}

/// Opens the console and stays in it.
pub(super) fn run(matches: &ArgMatches, global: &Global) -> Result<Exit, Failure> {
    // before anything is asked: a pipe gets its answer at once
    let accessible = matches.get_flag("accessible");
    if !accessible {
        tui::can_open().map_err(|error| failure(&error))?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unexpected(format!("the runtime does not start: {error}")))?;
    let clock = Clock::real();
    let stop = CancellationToken::new();
    let mut start = runtime.block_on(open(global, &clock, &stop))?;
    start.hands.accessible |= accessible;
    let ended = tui::run(&runtime, start);
    stop.cancel();
    close(runtime, ended)
}

/// Replays `recording` from `at` on, until somebody leaves.
pub(super) fn replay(recording: Arc<Recording>, at: Timestamp, said: Said<'_>, global: &Global) -> Result<Exit, Failure> {
    tui::can_open().map_err(|error| failure(&error))?;
    let commands = own_commands(&global.wanted)?;
    let look = looks(said, &plain())?;
    let bindings = bindings()?;
    let first = recording.at(at).map_err(|error| Failure::unexpected(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unexpected(format!("the runtime does not start: {error}")))?;
    // nothing comes through it; it lives as long as the console, which would say otherwise that polling has ended
    let (_silent, seen) = watch::channel(Arc::new(first));
    let scope = Scope { clusters: global.clusters.clone(), systems: registry::SYSTEMS };
    let hands = Hands { history: Some(recording), replay: Some(at), bindings, commands, ..Hands::of_environment(|name| std::env::var(name).ok()) };
    let ended = tui::run(&runtime, Start { seen, scope, look, clock: Clock::real(), hands });
    close(runtime, ended)
}

fn close(runtime: tokio::runtime::Runtime, ended: Result<End, ConsoleError>) -> Result<Exit, Failure> {
    // a server that hangs, or a name that does not resolve, keeps nobody waiting
    runtime.shutdown_background();
    match ended {
        Ok(End::Left) => Ok(Exit::Done),
        Ok(End::Interrupted) => Ok(Exit::Interrupted),
        Ok(End::Terminated) | Err(ConsoleError::Gone) => Ok(Exit::Terminated),
        Err(error) => Err(failure(&error)),
    }
}

/// Who plans, begins and watches runs for a console; has to be made where a runtime is.
pub(super) fn operator(wanted: &Wanted, inventory: &Inventory, clock: &Clock) -> Arc<dyn Operator> {
    Arc::new(Own::new(wanted, inventory, state::standard(), clock, Handle::current()))
}

async fn open(global: &Global, clock: &Clock, stop: &CancellationToken) -> Result<Start, Failure> {
    let loaded = load::load(&global.wanted, &TimeLimit::start(clock, global.deadline)).await.map_err(|error| Failure::Config(error.to_string()))?;
    let look = looks(Said { theme: global.theme.as_deref(), when: global.when, ..Said::default() }, &loaded.console)?;
    let bindings = bindings()?;
    let nothing = Observed::nothing(&loaded.inventory, clock.now());
    picked(&nothing, &global.pick(None)).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
    super::note(&loaded.notes);
    super::note(&locks::left_open(&loaded.inventory.clusters));
    let seen = observe::watch_telling(&loaded.inventory, &targets::untried(&loaded.notify), loaded.polling, clock, stop);
    let scope = Scope { clusters: global.clusters.clone(), systems: registry::SYSTEMS };
    let sender = Sender::console(state::standard(), clock);
    let heard = (!loaded.notify.is_empty()).then(|| notice::deliver(&loaded.notify, &seen, sender, loaded.polling.deadline, clock, stop));
    let kept = state::standard().map(|state| Rings::of(&state.rings(), loaded.inventory.clusters.iter().map(|cluster| cluster.name.as_str())));
    let history = Memory::start(&seen, kept, clock, stop);
    let who = Arc::new(Inquiry::new(&loaded.inventory, clock, WHO));
    let hands = Hands {
        who: Some(who),
        operator: Some(operator(&global.wanted, &loaded.inventory, clock)),
        history: Some(history),
        wanted: Some(global.wanted.clone()),
        heard: heard.map(|heard| Arc::new(Mutex::new(heard))),
        log: global.log.clone(),
        bindings,
        commands: loaded.commands.clone(),
        mouse: loaded.console.mouse,
        links: loaded.console.links.clone(),
        accessible: loaded.console.accessible,
        ..Hands::of_environment(|name| std::env::var(name).ok())
    };
    Ok(Start { seen, scope, look, clock: clock.clone(), hands })
}

fn failure(error: &ConsoleError) -> Failure {
    match error {
        ConsoleError::NoTerminal | ConsoleError::Dumb => Failure::usage(error.to_string(), "`opsctl status` prints the same without one"),
        ConsoleError::Keys(clashes) => clash(clashes),
        ConsoleError::Terminal(_) | ConsoleError::Gone | ConsoleError::Panicked(_) => Failure::unexpected(error.to_string()),
    }
}

//! The command line: arguments, one file a command, output forms, the table of exit codes.
//!
//! Data goes to stdout, everything else to stderr; a closed pipe is success. It must never compute what a view shows or ask a server itself.

pub mod command;
pub mod commands;
mod console;
pub mod exit;
pub mod failure;
pub mod global;
mod logging;
pub mod output;

pub use exit::Exit;

use clap::error::ErrorKind;
use command::{Command, Context};
use failure::Failure;
use std::ffi::OsString;
use std::io::{self, Write};

/// Runs the program with `arguments` (the first is its name) and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let matches = match tree().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error),
    };
    match choose(&matches) {
        Ok(exit) => exit,
        Err(failure) => report(&failure),
    }
}

/// The command that was named, or the console.
fn choose(matches: &clap::ArgMatches) -> Result<Exit, Failure> {
    let before = global::Global::from_matches(matches)?;
    let Some((name, own)) = matches.subcommand() else {
        start_log(&before)?;
        return console::run(matches, &before);
    };
    let command = commands::find(name).ok_or_else(|| Failure::usage(format!("there is no command '{name}'"), "try `opsctl --help`"))?;
    let global = global::Global::from_matches(own)?.or(before);
    start_log(&global)?;
    execute(command.as_ref(), own, &global)
}

fn start_log(global: &global::Global) -> Result<(), Failure> {
    global.log.as_deref().map_or(Ok(()), logging::start)
}

/// The whole tree of arguments; completions and man pages are made from it.
#[must_use]
pub fn tree() -> clap::Command {
    let tree = clap::Command::new("opsctl")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Operations console for a production PostgreSQL platform")
        .after_help(exit::HELP)
        .max_term_width(100);
    let mut tree = console::arguments(tree);
    for command in commands::all() {
        tree = tree.subcommand(command.arguments(clap::Command::new(command.name()).about(command.doc())));
    }
    tree
}

fn execute(command: &dyn Command, own: &clap::ArgMatches, global: &global::Global) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::unexpected(format!("the runtime does not start: {error}")))?;
    let out = io::stdout();
    let mut context = Context { global, runtime: &runtime, out: Box::new(io::BufWriter::new(out.lock())) };
    let exit = command.run(own, &mut context);
    let flushed = context.out.flush();
    drop(context);
    // a resolver that does not answer must not hold the exit
    runtime.shutdown_background();
    match (exit, flushed) {
        // whoever read us has seen enough
        (Err(Failure::Output(error)), _) | (Ok(_), Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        (Ok(_), Err(error)) => Err(Failure::Output(error)),
        (exit, _) => exit,
    }
}

/// Tells a person, beside the data, what the configuration did not say.
pub(super) fn note(notes: &[String]) {
    for note in notes {
        let _written = writeln!(io::stderr(), "note: {}", crate::text::untrusted::visible(note));
    }
}

fn usage(error: &clap::Error) -> Exit {
    let text = error.render();
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // nothing can be done about a closed terminal
    let _written = if asked_for { write!(io::stdout(), "{text}") } else { write!(io::stderr(), "{text}") };
    if asked_for { Exit::Done } else { Exit::Usage }
}

fn report(failure: &Failure) -> Exit {
    // what a server or a program said may hold what it was told
    let _written = io::stderr().write_all(crate::transport::learned::without(failure.render()).as_bytes());
    failure.exit()
}

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

use clap::error::{ContextKind, ErrorKind};
use command::{Command, Context};
use failure::Failure;
use std::ffi::OsString;
use std::io::{self, Write};

/// Runs the program with `arguments` (the first is its name) and gives the exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = match tree().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => return usage(&error, &arguments),
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

/// Says on standard error what a person should look at.
pub(super) fn warn(warnings: &[String]) {
    for warning in warnings {
        let _written = writeln!(io::stderr(), "warning: {}", crate::text::untrusted::visible(warning));
    }
}

fn usage(error: &clap::Error, arguments: &[OsString]) -> Exit {
    let text = format!("{}{}", error.render(), actions(error, arguments));
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // nothing can be done about a closed terminal
    let _written = if asked_for { write!(io::stdout(), "{text}") } else { write!(io::stderr(), "{text}") };
    if asked_for { Exit::Done } else { Exit::Usage }
}

/// The actions that could have been named, where one was wanted and none was.
fn actions(error: &clap::Error, arguments: &[OsString]) -> String {
    let missing = error.get(ContextKind::InvalidArg).map(ToString::to_string).unwrap_or_default();
    if error.kind() != ErrorKind::MissingRequiredArgument || !missing.contains("<ACTION>") {
        return String::new();
    }
    let tree = tree();
    let named = arguments.iter().skip(1).find_map(|word| tree.find_subcommand(word));
    let action = named.and_then(|command| command.get_arguments().find(|argument| argument.get_id() == "action"));
    let values = action.map(clap::Arg::get_possible_values).unwrap_or_default();
    let names: Vec<&str> = values.iter().filter(|value| !value.is_hide_set()).map(clap::builder::PossibleValue::get_name).collect();
    if names.is_empty() { String::new() } else { format!("\nhint: ACTION is one of {}\n", names.join(", ")) }
}

fn report(failure: &Failure) -> Exit {
    // what a server or a program said may hold what it was told
    let _written = io::stderr().write_all(crate::transport::learned::without(failure.render()).as_bytes());
    failure.exit()
}

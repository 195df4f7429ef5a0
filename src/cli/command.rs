//! What a command is: a name, a line of help, arguments, and what it does. One file a command, one line in the list.

use super::exit::Exit;
use super::failure::Failure;
use super::global::Global;
use std::io;

/// A command of the command line.
pub trait Command: Sync {
    fn name(&self) -> &'static str;
    fn doc(&self) -> &'static str;
    fn arguments(&self, command: clap::Command) -> clap::Command;

    /// # Errors
    /// Whatever keeps it from doing its work; it says the exit code.
    fn run(&self, matches: &clap::ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure>;
}

/// What a command works with.
pub struct Context<'a> {
    pub global: &'a Global,
    pub runtime: &'a tokio::runtime::Runtime,
    pub out: Box<dyn io::Write + 'a>,
}

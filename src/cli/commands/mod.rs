//! The list of commands: one file each, one line here. Every view is a command without a file of its own.

use super::command::Command;
use crate::app::views::VIEWS;

mod audit;
mod check;
pub mod completions;
mod config;
mod init;
pub mod man;
mod notify;
mod privileges;
mod record;
mod replay;
mod run;
mod runbook;
mod schema;
mod screen;
mod version;
mod view;
mod wait;
mod watch;
mod who;

/// All commands, in the order of the help.
pub fn all() -> impl Iterator<Item = Box<dyn Command>> {
    let views = VIEWS.iter().map(|view| Box::new(view::ViewCommand(view)) as Box<dyn Command>);
    let own: Vec<Box<dyn Command>> = vec![
        Box::new(check::Check),
        Box::new(wait::Wait),
        Box::new(watch::Watch),
        Box::new(record::Record),
        Box::new(replay::Replay),
        Box::new(privileges::Privileges),
        Box::new(who::Who),
        Box::new(notify::Notify),
        Box::new(runbook::Runbook),
        Box::new(run::Run),
        Box::new(audit::Audit),
        Box::new(config::Config),
        Box::new(init::Init),
        Box::new(schema::Schema),
        Box::new(screen::Screen),
        Box::new(completions::Completions),
        Box::new(man::Man),
        Box::new(version::Version),
    ];
    views.chain(run::shots()).chain(own)
}

/// The command called `name`.
#[must_use]
pub fn find(name: &str) -> Option<Box<dyn Command>> {
    all().find(|command| command.name() == name)
}

//! `schema NAME`: the JSON Schema of what a command prints with `-o json`, or of a configuration file.

use crate::app::views::VIEWS;
use crate::app::{Observed, json, plan, run, runbooks, schema, settings};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::Inventory;
use crate::model::Clock;
use crate::systems::view::Page;
use crate::text::suggest::nearest;
use clap::{Arg, ArgMatches};
use std::io::Write;

pub(super) struct Schema;

/// The schema of a configuration file.
const CONFIG: &str = "config";
/// What `who` prints is asked for, not observed, so it is no view.
const WHO: &str = "who";

impl Command for Schema {
    fn name(&self) -> &'static str {
        "schema"
    }

    fn doc(&self) -> &'static str {
        "The JSON Schema of what a command prints, or of the configuration; the names without one"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        command.arg(Arg::new("name").value_name("NAME").help("a command that reads, such as status, or config"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Some(name) = matches.get_one::<String>("name") else {
            for view in VIEWS {
                writeln!(context.out, "{}", view.name)?;
            }
            for (name, _) in pages() {
                writeln!(context.out, "{name}")?;
            }
            writeln!(context.out, "{WHO}\n{CONFIG}")?;
            return Ok(Exit::Done);
        };
        let Some(schema) = of(name) else {
            let pages = pages().map(|(name, _)| *name);
            let hint = nearest(name, VIEWS.iter().map(|view| view.name).chain(pages).chain([WHO, CONFIG]))
                .map_or_else(|| "`opsctl schema` lists them".to_owned(), |near| format!("did you mean '{near}'?"));
            return Err(Failure::usage(format!("there is no schema called '{name}'"), hint));
        };
        json::write(&mut context.out, &schema, true)?;
        Ok(Exit::Done)
    }
}

/// A page by the name of its schema.
type Named = (&'static str, fn() -> Option<Page>);

/// The pages that are no views: what they show is not observed.
pub(super) fn pages() -> impl Iterator<Item = &'static Named> {
    runbooks::PAGES.iter().chain(plan::PAGES).chain(run::pages::PAGES).chain(run::result::PAGES).chain(run::audit::PAGES)
}

/// The schema called `name`.
#[must_use]
pub(super) fn of(name: &str) -> Option<serde_json::Value> {
    if name == CONFIG {
        return Some(settings::json_schema());
    }
    if name == WHO {
        return Some(schema::of(&crate::app::who::page::page(None, Clock::real().now())));
    }
    if let Some((_, page)) = pages().find(|(page, _)| *page == name) {
        return Some(schema::of(&page()?));
    }
    let view = VIEWS.iter().find(|view| view.name == name)?;
    let nothing = Observed::nothing(&Inventory::default(), Clock::real().now());
    let page = (view.page)(&nothing, &crate::app::views::Pick::default()).ok()?;
    Some(schema::of(&page))
}

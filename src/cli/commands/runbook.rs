//! `runbook`: which runbooks there are, what one does, whether one can be run, and the format for whoever writes one. It asks nobody and changes
//! nothing.

use crate::app::runbooks::{self, Looked};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Form;
use crate::cli::{global, output};
use crate::config::Sources;
use crate::model::Clock;
use crate::runbook::Library;
use crate::runbook::format::schema::SCHEMA;
use crate::runbook::library::{Entry, render};
use crate::runbook::reference;
use crate::systems::view::Page;
use crate::text::suggest::nearest;
use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches};
use std::io::Write;
use std::path::Path;

pub(super) struct Runbook;

impl Command for Runbook {
    fn name(&self) -> &'static str {
        "runbook"
    }

    fn doc(&self) -> &'static str {
        "The runbooks: list them, show one, validate files, and the format they are written in"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let actions = [
            PossibleValue::new("list").help("Every runbook, the shipped ones and your own"),
            PossibleValue::new("show").help("What one is told and what it does, step by step"),
            PossibleValue::new("validate").help("Whether it can be run: names or files, all of them without one; exit 2 if one cannot"),
            PossibleValue::new("facts").help("What the conditions of a runbook may ask"),
            PossibleValue::new("schema").help("The JSON Schema of the format, for an editor"),
            PossibleValue::new("reference").help("The format as Markdown"),
            PossibleValue::new("source").help("The text of one, to copy and to change"),
        ];
        global::with_output(global::with_config(command))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(Arg::new("name").value_name("NAME").action(ArgAction::Append).help("The name of a runbook; for validate also a file"))
            .arg(Arg::new("strict").long("strict").action(ArgAction::SetTrue).help("validate: warnings are exit 3"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let names: Vec<&str> = matches.get_many::<String>("name").into_iter().flatten().map(String::as_str).collect();
        let wanted = &context.global.wanted;
        let library = || runbooks::library(&Sources::standard(wanted.config.clone(), wanted.set.clone()));
        match (action, names.as_slice()) {
            ("validate", _) => return validate(&library(), &names, matches.get_flag("strict"), context),
            ("list", []) => {
                let library = library();
                let all: Vec<Looked<'_>> = library.entries().iter().map(|entry| look(&library, entry)).collect();
                print(runbooks::list(&all), context)?;
            }
            ("show", [name]) => {
                let library = library();
                let entry = find(&library, name)?;
                let Ok(runbook) = &entry.parsed else { return Err(broken(&library, entry)) };
                print(runbooks::show(entry, runbook), context)?;
            }
            ("source", [name]) => {
                let library = library();
                let entry = find(&library, name)?;
                // what is no TOML may hold what acts on a terminal
                if entry.parsed.is_err() {
                    return Err(broken(&library, entry));
                }
                context.out.write_all(entry.text.as_bytes())?;
            }
            ("facts", []) => print(runbooks::facts(), context)?,
            ("schema", []) => crate::app::json::write(&mut context.out, &SCHEMA, true)?,
            ("reference", []) => context.out.write_all(reference::markdown().as_bytes())?,
            ("show" | "source", _) => {
                return Err(Failure::usage(format!("runbook {action} takes one name"), "`opsctl runbook list` lists them"));
            }
            (_, [name, ..]) => {
                return Err(Failure::usage(
                    format!("runbook {action} takes no name, and '{name}' was given"),
                    format!("try `opsctl runbook {action}`"),
                ));
            }
            _ => {}
        }
        Ok(Exit::Done)
    }
}

fn print(page: Page, context: &mut Context<'_>) -> Result<(), Failure> {
    let page = output::select(page, &context.global.columns)?;
    output::write(&mut context.out, &page, context.global.form, context.global.paint, Clock::real().now())?;
    Ok(())
}

fn look<'a>(library: &Library, entry: &'a Entry) -> Looked<'a> {
    let today = runbooks::day(Clock::real().now().wall);
    Looked { entry, judged: library.judge(entry, today) }
}

pub(super) fn find<'a>(library: &'a Library, name: &str) -> Result<&'a Entry, Failure> {
    library.find(name).ok_or_else(|| {
        let hint = match nearest(name, library.entries().iter().map(|entry| entry.name.as_str())) {
            Some(near) => format!("did you mean '{near}'?"),
            None => "`opsctl runbook list` lists them".to_owned(),
        };
        Failure::usage(format!("there is no runbook called '{name}'"), hint)
    })
}

pub(super) fn broken(library: &Library, entry: &Entry) -> Failure {
    Failure::Config(render(&look(library, entry).judged))
}

/// A word with a slash or an ending is a file.
fn is_file(name: &str) -> bool {
    name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

fn validate(library: &Library, names: &[&str], strict: bool, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let files: Vec<Entry> = names.iter().filter(|name| is_file(name)).map(|name| Entry::read(Path::new(name), true)).collect();
    let mut all: Vec<Looked<'_>> = files.iter().map(|entry| look(library, entry)).collect();
    for name in names.iter().filter(|name| !is_file(name)) {
        all.push(look(library, find(library, name)?));
    }
    if names.is_empty() {
        all = library.entries().iter().map(|entry| look(library, entry)).collect();
    }
    let (errors, warnings) =
        all.iter().fold((0, 0), |(errors, warnings), looked| (errors + looked.judged.errors.len(), warnings + looked.judged.warnings.len()));
    if context.global.form == Form::Table {
        for looked in &all {
            let said = render(&looked.judged);
            if !said.is_empty() {
                writeln!(std::io::stderr(), "{said}\n")?;
            }
        }
        writeln!(context.out, "{} {}: {errors} errors, {warnings} warnings", all.len(), if all.len() == 1 { "runbook" } else { "runbooks" })?;
    } else {
        print(runbooks::problems(&all), context)?;
    }
    Ok(match (errors, warnings) {
        (1.., _) => Exit::Usage,
        (0, 1..) if strict => Exit::Unhealthy,
        _ => Exit::Done,
    })
}

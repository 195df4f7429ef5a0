//! `runbook`: which runbooks there are, what one does, whether one can be run, what a run would do now, and the format for whoever writes one. Only a plan
//! asks servers, and it changes nothing.

use crate::app::facts::Live;
use crate::app::run::actor::actor;
use crate::app::runbooks::{self, Looked};
use crate::app::{TimeLimit, load, plan};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Form;
use crate::cli::{global, output};
use crate::config::{ClusterSpec, Inventory, Sources};
use crate::model::Clock;
use crate::runbook::format::schema::SCHEMA;
use crate::runbook::library::{Entry, render};
use crate::runbook::plan::NoPlan;
use crate::runbook::reference;
use crate::runbook::{self, Library};
use crate::systems::view::Page;
use crate::text::suggest::nearest;
use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, ArgMatches};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

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
            PossibleValue::new("plan").help("What a run would do now: every check as it stands, and the exact calls; --cluster, --param NAME=VALUE"),
            PossibleValue::new("validate").help("Whether it can be run: names or files, all of them without one; exit 2 if one cannot"),
            PossibleValue::new("facts").help("What the conditions of a runbook may ask"),
            PossibleValue::new("schema").help("The JSON Schema of the format, for an editor"),
            PossibleValue::new("reference").help("The format as Markdown"),
            PossibleValue::new("source").help("The text of one, to copy and to change"),
        ];
        global::with_output(global::with_config(command))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(Arg::new("name").value_name("NAME").action(ArgAction::Append).help("The name of a runbook; for validate also a file"))
            .arg(Arg::new("cluster").short('c').long("cluster").value_name("NAME").action(ArgAction::Append).help("plan: the cluster it is for"))
            .arg(param())
            .arg(
                Arg::new("detailed-exitcode")
                    .long("detailed-exitcode")
                    .action(ArgAction::SetTrue)
                    .help("plan: exit 20 where it would change something"),
            )
            .arg(Arg::new("strict").long("strict").action(ArgAction::SetTrue).help("validate: warnings are exit 3"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let names: Vec<&str> = matches.get_many::<String>("name").into_iter().flatten().map(String::as_str).collect();
        let wanted = &context.global.wanted;
        let library = || runbooks::library(&Sources::standard(wanted.config.clone(), wanted.set.clone()));
        match (action, names.as_slice()) {
            ("validate", _) => return validate(&library(), &names, matches.get_flag("strict"), context),
            ("plan", [name]) => return planned(&library(), name, matches, context),
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
            ("show" | "source" | "plan", _) => {
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

fn find<'a>(library: &'a Library, name: &str) -> Result<&'a Entry, Failure> {
    library.find(name).ok_or_else(|| {
        let hint = match nearest(name, library.entries().iter().map(|entry| entry.name.as_str())) {
            Some(near) => format!("did you mean '{near}'?"),
            None => "`opsctl runbook list` lists them".to_owned(),
        };
        Failure::usage(format!("there is no runbook called '{name}'"), hint)
    })
}

fn broken(library: &Library, entry: &Entry) -> Failure {
    Failure::Config(render(&look(library, entry).judged))
}

/// `--param NAME=VALUE`
pub(super) fn param() -> Arg {
    Arg::new("param").short('p').long("param").value_name("NAME=VALUE").action(ArgAction::Append).help("What it is told; may be repeated")
}

/// What was told by `--param`.
pub(super) fn given(matches: &ArgMatches) -> Result<BTreeMap<String, String>, Failure> {
    let mut given = BTreeMap::new();
    for text in matches.get_many::<String>("param").into_iter().flatten() {
        let (name, value) = text.split_once('=').ok_or_else(|| Failure::usage(format!("--param {text} has no `=`"), "--param to=pg2"))?;
        if given.insert(name.trim().to_owned(), value.to_owned()).is_some() {
            // neither value is repeated: it may be a secret that was given in the wrong way
            return Err(Failure::usage(format!("--param {} is given twice", name.trim()), "give it once: which of the two is meant nobody can tell"));
        }
    }
    Ok(given)
}

/// The one cluster that is meant.
pub(super) fn one_cluster(inventory: &Inventory, wanted: &[String]) -> Result<Arc<ClusterSpec>, Failure> {
    let names: Vec<&str> = inventory.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    match (wanted, inventory.clusters.as_slice()) {
        ([], [one]) => Ok(Arc::clone(one)),
        ([name], all) => all.iter().find(|cluster| cluster.name == *name).map(Arc::clone).ok_or_else(|| {
            let hint = nearest(name, names.iter().copied())
                .map_or_else(|| format!("there are: {}", names.join(", ")), |near| format!("did you mean '{near}'?"));
            Failure::usage(format!("there is no cluster called '{name}'"), hint)
        }),
        _ => Err(Failure::usage("a runbook is run on one cluster", format!("--cluster NAME, one of: {}", names.join(", ")))),
    }
}

fn planned(library: &Library, name: &str, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let runbook = runnable(library, name)?;
    let given = given(matches)?;
    let clock = Clock::real();
    let runtime = context.runtime;
    let made = runtime.block_on(async {
        let limit = TimeLimit::start(&clock, context.global.deadline);
        let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
        let cluster = one_cluster(&loaded.inventory, &context.global.clusters)?;
        let live = Live::new(&cluster, &clock);
        let asked = plan::Asked { library, runbook, cluster: &cluster, given: &given, by: actor() };
        Ok::<_, Failure>(plan::plan(&asked, &live, &clock).await)
    })?;
    match made {
        Ok(made) => {
            print(plan::show(&made), context)?;
            Ok(match (made.gates.iter().any(plan::Looked::stops), made.gates.iter().any(plan::Looked::unknown)) {
                (true, _) => Exit::Refused,
                (false, true) => Exit::Unhealthy,
                (false, false) if matches.get_flag("detailed-exitcode") && made.plan.steps.iter().any(|step| step.changes) => Exit::Changes,
                (false, false) => Exit::Done,
            })
        }
        Err(why) => Err(no_plan(&why)),
    }
}

/// The runbook called `name`, if it can be run.
pub(super) fn runnable<'a>(library: &'a Library, name: &str) -> Result<&'a runbook::Runbook, Failure> {
    let entry = find(library, name)?;
    match (&entry.parsed, look(library, entry).judged.errors.is_empty()) {
        (Ok(runbook), true) => Ok(runbook),
        _ => Err(broken(library, entry)),
    }
}

/// Why there is no plan, with its exit code.
pub(super) fn no_plan(why: &NoPlan) -> Failure {
    let (what, hint) = plan::refusal(why);
    match why {
        NoPlan::Told(_) | NoPlan::Impossible(_) => Failure::Usage { what, hint },
        NoPlan::Refused(_) => Failure::Refused { what, hint },
        NoPlan::Unknown(_) => Failure::Unknown { what, hint },
    }
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

//! `notify --test`: sends a notice that says that it is a test, so that nobody learns at 3 am that a key was mistyped.

use crate::app::{load, notice};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::global;
use crate::config::{NoticeTarget, NoticeTo};
use crate::model::Clock;
use crate::text::suggest;
use crate::text::untrusted::visible;
use clap::{Arg, ArgAction, ArgMatches};
use std::io::Write;

pub(super) struct Notify;

impl Command for Notify {
    fn name(&self) -> &'static str {
        "notify"
    }

    fn doc(&self) -> &'static str {
        "Try the targets of [[notify]]: --test sends each a notice that says that it is a test"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let test = Arg::new("test").long("test").action(ArgAction::SetTrue).required(true).help("Send it; nothing else is sent by hand");
        global::with_config(command).arg(test).arg(Arg::new("target").value_name("NAME").help("One target alone"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let config = load::config(&context.global.wanted).map_err(|error| Failure::Config(error.to_string()))?;
        let targets = picked(&config.notify, matches.get_one::<String>("target").map(String::as_str))?;
        let runtime = context.runtime;
        let clock = Clock::real();
        let mut failed = 0;
        for target in targets {
            let name = visible(&target.name);
            if target.to == NoticeTo::Terminal {
                writeln!(context.out, "{name}: an open console announces, this command has none")?;
                continue;
            }
            match runtime.block_on(notice::test(target, config.poll.deadline, clock.now())) {
                Ok(()) => writeln!(context.out, "{name}: told")?,
                Err(error) => {
                    failed += 1;
                    writeln!(context.out, "{name}: not told: {error}; {}", error.trouble.hint())?;
                }
            }
        }
        if failed > 0 {
            return Err(Failure::unexpected(format!("{failed} targets were not told")));
        }
        Ok(Exit::Done)
    }
}

fn picked<'a>(targets: &'a [NoticeTarget], name: Option<&str>) -> Result<Vec<&'a NoticeTarget>, Failure> {
    if targets.is_empty() {
        return Err(Failure::usage(
            "nobody is told when a verdict changes",
            "[[notify]] in the configuration names who; `opsctl config reference` has its keys",
        ));
    }
    let Some(name) = name else { return Ok(targets.iter().collect()) };
    let found: Vec<&NoticeTarget> = targets.iter().filter(|target| target.name == name).collect();
    if found.is_empty() {
        let names = targets.iter().map(|target| target.name.as_str());
        let near = suggest::nearest(name, names.clone()).map(|near| format!("did you mean '{near}'?"));
        let hint = near.unwrap_or_else(|| format!("there are: {}", names.collect::<Vec<_>>().join(", ")));
        return Err(Failure::usage(format!("there is no target '{}'", visible(name)), hint));
    }
    Ok(found)
}

//! `config`: whether the configuration can be used, what each key is and who says so, all keys there are, and those of the keyboard. It reads files and asks
//! nobody.

use crate::app::{doubts, load, settings};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{console, global, output};
use crate::model::Clock;
use crate::text::untrusted::visible;
use crate::tui::keymap::file;
use crate::tui::looks::Said;
use crate::tui::registry::COMMANDS;
use clap::builder::PossibleValue;
use clap::{Arg, ArgMatches};
use std::io::Write;

pub(super) struct Config;

impl Command for Config {
    fn name(&self) -> &'static str {
        "config"
    }

    fn doc(&self) -> &'static str {
        "The configuration: check it, or explain where each value comes from"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let actions = [
            PossibleValue::new("explain").help("The value of a key, who says so, and what it overrides; every key without one"),
            PossibleValue::new("check").help("Whether the configuration can be used: clusters, commands of your own, keys, themes; and whether the files of its secrets can be read"),
            PossibleValue::new("keymap").help("The file with the keys of the console, every command with its default keys"),
            PossibleValue::new("reference").help("All keys there are, as Markdown"),
        ];
        global::with_output(global::with_config(command))
            .arg(Arg::new("action").value_name("ACTION").value_parser(actions).required(true).help("What to do"))
            .arg(Arg::new("key").value_name("KEY").help("A dotted key, such as poll.fast or cluster.NAME.rto_goal"))
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let action = matches.get_one::<String>("action").map_or("", String::as_str);
        let key = matches.get_one::<String>("key").map(String::as_str);
        if let (Some(key), true) = (key, action != "explain") {
            return Err(Failure::usage(format!("config {action} takes no key, and '{key}' was given"), "try `opsctl config explain KEY`"));
        }
        if action == "keymap" {
            context.out.write_all(file::template(COMMANDS).as_bytes())?;
            return Ok(Exit::Done);
        }
        if action == "reference" {
            context.out.write_all(settings::reference().as_bytes())?;
            return Ok(Exit::Done);
        }
        let config = load::config(&context.global.wanted).map_err(|error| Failure::Config(error.to_string()))?;
        if action == "check" {
            // what the console would refuse to start with is no good configuration
            let bindings = console::bindings()?;
            console::keymap(&bindings, &config.commands)?;
            let looks = console::looks(Said::default(), &config.console)?;
            if !looks.flaws.is_empty() {
                return Err(Failure::Config(looks.flaws.iter().map(|flaw| format!("error: {flaw}\n")).collect::<Vec<_>>().concat()));
            }
            for file in &config.files {
                writeln!(context.out, "{}", visible(&file.to_string_lossy()))?;
            }
            let endpoints: usize = config.inventory.clusters.iter().map(|cluster| cluster.endpoints.len()).sum();
            let own = [(config.commands.len(), "commands of your own"), (bindings.len(), "keys of your own")];
            let own = own.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect::<Vec<_>>().concat();
            let doubts = doubts::of(&config);
            crate::cli::warn(&doubts);
            let doubted = match doubts.len() {
                0 => String::new(),
                1 => ", 1 warning".to_owned(),
                count => format!(", {count} warnings"),
            };
            writeln!(context.out, "good: {} clusters, {endpoints} endpoints{own}{doubted}", config.inventory.clusters.len())?;
            return Ok(Exit::Done);
        }
        let explained = settings::explained(&config, key).map_err(|error| Failure::usage(error.to_string(), error.hint))?;
        let page = output::select(settings::page(&explained), &context.global.columns)?;
        output::write(&mut context.out, &page, context.global.form, context.global.paint, Clock::real().now())?;
        Ok(Exit::Done)
    }
}

//! `version`: what this program is, and which forms it speaks.

use crate::app::json::{self, API_VERSION};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output::Form;
use clap::ArgMatches;
use std::io::Write;

pub(super) struct Version;

impl Command for Version {
    fn name(&self) -> &'static str {
        "version"
    }

    fn doc(&self) -> &'static str {
        "The version of this program and of its JSON"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        crate::cli::global::with_output(command)
    }

    fn run(&self, _matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let version = env!("CARGO_PKG_VERSION");
        match context.global.form {
            Form::Json | Form::Jsonl | Form::Yaml => {
                json::write(&mut context.out, &serde_json::json!({ "apiVersion": API_VERSION, "kind": "Version", "version": version }), true)?;
            }
            _ => writeln!(context.out, "opsctl {version}")?,
        }
        Ok(Exit::Done)
    }
}

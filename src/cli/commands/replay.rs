//! `replay`: the console on a recording: the same screens, instant for instant.

use crate::app::moment::{NoMoment, ends_text, moment_in};
use crate::app::record::Recording;
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{console, global};
use crate::tui::looks::Said;
use clap::{Arg, ArgMatches, value_parser};
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) struct Replay;

impl Command for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn doc(&self) -> &'static str {
        "Show a recording in the console: < and > step, ( and ) go by a minute, p plays"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let file =
            Arg::new("file").value_name("FILE").required(true).value_parser(value_parser!(PathBuf)).help("What `record` wrote, or a file of a ring");
        let at = Arg::new("at")
            .long("at")
            .value_name("TIME")
            .allow_hyphen_values(true)
            .help("Begin there: 14:03, 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; at the beginning otherwise");
        // a recording is of servers that are known; what is read of a configuration are the commands of one's own
        let command = global::with_picking(global::with_config(command)).mut_arg("patroni", |arg| arg.hide(true));
        command.arg(file).arg(at).arg(console::theme())
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let path = matches.get_one::<PathBuf>("file").cloned().unwrap_or_default();
        let (recording, at) = opened(&path, matches.get_one::<String>("at").map(String::as_str), false)?;
        let said = Said { theme: context.global.theme.as_deref(), when: context.global.when, ..Said::default() };
        console::replay(Arc::new(recording), at, said, context.global)
    }
}

/// Opens the recording at `path`, and reads which instant is meant; where none is said, the last one or the first.
pub(super) fn opened(path: &Path, at: Option<&str>, last: bool) -> Result<(Recording, Timestamp), Failure> {
    let recording = Recording::open(path).map_err(|error| Failure::Unreadable {
        what: format!("{} {error}", path.display()),
        hint: "`opsctl record FILE` makes one; a service keeps some in its state directory".to_owned(),
    })?;
    let damage: Vec<String> = recording.damage().iter().map(|damage| format!("{}: {damage}", path.display())).collect();
    crate::cli::note(&damage);
    let ends = recording.span().ok_or_else(|| Failure::unexpected("a recording without instants"))?;
    let at = match at {
        Some(text) => {
            let hint = || format!("try --at {}", ends.0.wall.strftime("%H:%M:%S"));
            moment_in(text, ends).map_err(|why| match why {
                NoMoment::Unread => Failure::usage(format!("--at wants a time, not '{text}'"), hint()),
                NoMoment::Outside => Failure::usage(format!("--at {text} lies outside of {}, which {}", path.display(), ends_text(ends)), hint()),
            })?
        }
        None if last => ends.1.wall,
        None => ends.0.wall,
    };
    Ok((recording, at))
}

//! `screen NAME`: one frame of the console, without a terminal: for a ticket, a page of documentation, a test. Live, or as a recording has it.

use super::replay;
use crate::app::observe;
use crate::app::views::picked;
use crate::app::who::Inquiry;
use crate::app::{TimeLimit, load};
use crate::cli::command::{Command, Context};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::{console, global};
use crate::health::Standing;
use crate::model::Clock;
use crate::systems::registry;
use crate::text::suggest::nearest;
use crate::theme::{Depth, Glyphs};
use crate::tui::looks::Said;
use crate::tui::{Hands, Scope, State, frame, key, render, still};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, value_parser};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Columns and rows: the larger of the two sizes that screens are made for.
const SIZE: &str = "120x35";
/// No window is larger.
const MOST: (u16, u16) = (1_000, 500);

pub(super) struct Screen;

impl Command for Screen {
    fn name(&self) -> &'static str {
        "screen"
    }

    fn doc(&self) -> &'static str {
        "One frame of the console as text, with colours or as a picture: live, or from a recording"
    }

    fn arguments(&self, command: clap::Command) -> clap::Command {
        let option = |name: &'static str, value: &'static str, help: &'static str| Arg::new(name).long(name).value_name(value).help(help);
        global::with_reading(command)
            .mut_arg("watch", |arg| arg.hide(true))
            .arg(Arg::new("name").value_name("NAME").required(true).value_parser(PossibleValuesParser::new(still::names())).help("The screen"))
            .arg(option("size", "COLUMNSxROWS", "The size of the window").default_value(SIZE))
            .arg(
                Arg::new("as")
                    .short('o')
                    .long("output")
                    .value_name("FORM")
                    .value_parser(["text", "ansi", "svg"])
                    .default_value("text")
                    .help("Letters alone, letters with the colours this terminal can show, or a picture"),
            )
            .arg(console::theme())
            .arg(option("glyphs", "SET", "Characters for states and lines; by the locale otherwise").value_parser(["unicode", "ascii"]))
            .arg(option("keys", "KEYS", "Press these keys there: 3jj<enter>?; <lt> is the key <"))
            .arg(option("replay", "FILE", "The frame as it was shown when this was recorded; nothing is asked").value_parser(value_parser!(PathBuf)))
            .arg(
                option("at", "TIME", "The instant: 14:03:22 (UTC), 2026-11-21T14:03:22Z, or -5m before the end; the last one otherwise")
                    .allow_hyphen_values(true)
                    .requires("replay"),
            )
    }

    fn run(&self, matches: &ArgMatches, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let said = |id: &str| matches.get_one::<String>(id).map(String::as_str);
        let name = said("name").unwrap_or_default();
        let size = size(said("size").unwrap_or(SIZE))?;
        let keys = key::script(said("keys").unwrap_or_default()).map_err(|why| {
            Failure::usage(format!("--keys: {why}"), "letters are themselves; others are <enter> <esc> <tab> <down> <pgdn> <ctrl-l>")
        })?;
        let form = said("as").unwrap_or("text");
        let glyphs = match said("glyphs") {
            Some("ascii") => Some(Glyphs::Ascii),
            Some(_) => Some(Glyphs::Unicode),
            // whoever looks at a picture has the letters
            None => (form == "svg").then_some(Glyphs::Unicode),
        };
        // a picture has every colour, whatever terminal it was asked for on
        let depth = (form == "svg").then_some(Depth::True);
        let bindings = console::bindings()?;
        let scope = Scope { clusters: context.global.clusters.clone(), systems: registry::SYSTEMS };
        let clock = Clock::real();
        let runtime = context.runtime;
        let (observed, hands, wanted, own) = match matches.get_one::<PathBuf>("replay") {
            Some(path) => {
                let (recording, at) = replay::opened(path, said("at"), true)?;
                let observed = recording.at(at).map_err(|error| Failure::unexpected(error.to_string()))?;
                let hands = Hands { history: Some(Arc::new(recording)), replay: Some(at), ..Hands::default() };
                (observed, hands, console::plain(), console::own_commands(&context.global.wanted)?)
            }
            None => runtime.block_on(async {
                let limit = TimeLimit::start(&clock, context.global.deadline);
                let loaded = load::load(&context.global.wanted, &limit).await.map_err(|error| Failure::Config(error.to_string()))?;
                crate::cli::note(&loaded.notes);
                let observed = observe::once(&loaded.inventory, &clock, limit.left()).await;
                let who = Arc::new(Inquiry::new(&loaded.inventory, &clock, context.global.deadline));
                let operator = console::operator(&context.global.wanted, &loaded.inventory, &clock);
                let hands = Hands { who: Some(who), operator: Some(operator), ..Hands::default() };
                Ok::<_, Failure>((observed, hands, loaded.console, loaded.commands))
            })?,
        };
        let keymap = console::keymap(&bindings, &own)?;
        let looks = console::looks(Said { theme: context.global.theme.as_deref(), glyphs, depth, when: context.global.when }, &wanted)?;
        // a picture of something else than was asked for is worse than none
        if let Some(flaw) = looks.flaws.first() {
            return Err(Failure::Config(format!("error: {flaw}")));
        }
        let clusters = picked(&observed, &context.global.pick(None)).map_err(|bad| Failure::usage(bad.to_string(), bad.hint))?;
        let unreadable =
            !clusters.is_empty() && clusters.iter().all(|cluster| observed.judgement.standing(&cluster.spec.name) == Standing::Unreadable);
        let now = observed.now;
        let mut state = State::open(Arc::new(observed), scope, size, now);
        state.own = own.into();
        if let (Some(at), Some(history)) = (hands.replay, &hands.history) {
            still::replay(&mut state, history.as_ref(), at, now);
        }
        let drawn = runtime.block_on(async {
            let effect = still::lead(&mut state, name, context.global.clusters.first().map(String::as_str));
            still::perform(&mut state, &keymap, effect, now, &hands).await;
            let effect = still::arrive(&mut state, name);
            still::perform(&mut state, &keymap, effect, now, &hands).await;
            still::press(&mut state, &keymap, &keys, now, &hands).await;
            frame(&state, looks.of(state.environment()), &keymap)
        });
        let text = match form {
            "svg" => render::svg(&drawn, &format!("opsctl: {name}")),
            "ansi" => render::ansi(&drawn),
            _ => render::text(&drawn),
        };
        context.out.write_all(text.as_bytes())?;
        Ok(if unreadable { Exit::Unreadable } else { Exit::Done })
    }
}

/// Reads `120x35`.
fn size(text: &str) -> Result<(u16, u16), Failure> {
    let parts = text.split_once(['x', 'X']).and_then(|(columns, rows)| Some((columns.parse::<u16>().ok()?, rows.parse::<u16>().ok()?)));
    let fits = |(columns, rows): &(u16, u16)| (1..=MOST.0).contains(columns) && (1..=MOST.1).contains(rows);
    parts.filter(fits).ok_or_else(|| {
        let near = nearest(text, ["80x24", SIZE, "200x60"]).unwrap_or(SIZE);
        Failure::usage(format!("--size wants COLUMNSxROWS, at most {}x{}, not '{text}'", MOST.0, MOST.1), format!("try --size {near}"))
    })
}

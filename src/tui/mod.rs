//! The console: what is observed, on a terminal, live.
//!
//! `event_loop` waits, `update` changes the state and answers with effects, `screens` draw it; `registry` is the one list of what a key can do, and feeds
//! keys, footer and help. It must never ask a server, judge, or name a client: it shows what `app` observed. Everything that came from a server reaches a cell of
//! the screen through [`words`](crate::app::cells::words) or [`visible`](crate::text::untrusted::visible) alone. Only `terminal` touches the terminal, and `front` whom
//! it listens to.

pub mod arranged;
mod change;
pub mod command;
pub mod dialog;
pub mod effect;
pub mod errand;
pub mod escape;
mod event_loop;
pub mod filter;
mod front;
pub mod ground;
pub mod hit;
mod input;
pub mod inquiry;
mod journey;
pub mod key;
pub mod keymap;
mod lending;
pub mod line;
pub mod look;
pub mod looks;
pub mod mark;
pub mod memory;
mod moves;
pub mod notice;
pub mod own;
pub mod pace;
mod paint;
pub mod palette;
pub mod panel;
mod paste;
pub mod picture;
pub mod place;
pub mod plain;
mod pointer;
pub mod registry;
pub mod render;
pub mod report;
pub mod scope;
pub mod screens;
mod settings;
pub mod signal;
pub mod sorting;
mod spot;
pub mod state;
pub mod still;
pub mod tables;
pub mod target;
mod terminal;
mod travel;
mod typing;
pub mod update;
pub mod widgets;
mod writer;

pub use journey::Travel;
pub use look::Look;
pub use looks::Looks;
pub use scope::Scope;
pub use screens::{drawn, frame};
pub use state::State;

use crate::app::Observed;
use crate::app::change::Operator;
use crate::app::history::History;
use crate::app::load::Wanted;
use crate::app::notice::Heard;
use crate::app::who::Tracer;
use crate::config::UserCommand;
use crate::fleet::supervise::said;
use crate::model::Clock;
use command::{Binding, Conflict};
use jiff::Timestamp;
use std::io::{self, IsTerminal};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc, watch};

/// What a console is opened with.
#[derive(Debug)]
pub struct Start {
    /// What is observed; the console follows it, and never holds it back.
    pub seen: watch::Receiver<Arc<Observed>>,
    pub scope: Scope,
    pub look: Looks,
    pub clock: Clock,
    pub hands: Hands,
}

/// What comes back from telling those who want to know of changes.
pub type Announcements = Arc<Mutex<mpsc::UnboundedReceiver<Heard>>>;

/// What errands are done with. What is `None` here is said to be not available.
#[derive(Clone, Debug, Default)]
pub struct Hands {
    /// Who sits here: `alice@jump1`.
    pub user: Option<String>,
    /// The terminal is one that tmux draws.
    pub tmux: bool,
    /// Lines instead of a screen, for who listens.
    pub accessible: bool,
    /// Hosts whose pages rows may lead to.
    pub links: Vec<String>,
    /// The mouse is reported to the console from the start.
    pub mouse: bool,
    /// The shell of this person.
    pub shell: String,
    /// Who can trace a process to its client.
    pub who: Option<Arc<dyn Tracer>>,
    /// Who can plan, begin and watch runs.
    pub operator: Option<Arc<dyn Operator>>,
    /// What can be looked back at.
    pub history: Option<Arc<dyn History>>,
    /// The configuration that a bundle explains.
    pub wanted: Option<Wanted>,
    /// The log of this process.
    pub log: Option<PathBuf>,
    /// The console replays what `history` holds, from this moment on; nothing is live.
    pub replay: Option<Timestamp>,
    /// Keys of one's own.
    pub bindings: Vec<Binding>,
    /// Commands of one's own.
    pub commands: Vec<UserCommand>,
    /// What is told of changes; `None`: nobody wants to know.
    pub heard: Option<Announcements>,
    /// How the terminal announces.
    pub osc: errand::announce::Osc,
    /// Where it is kept how tables are shown; `None`: nowhere.
    pub memory: Option<PathBuf>,
}

impl Hands {
    /// As far as the environment tells.
    #[must_use]
    pub fn of_environment(env: impl Fn(&str) -> Option<String>) -> Self {
        let inside = env("TMUX").is_some_and(|socket| !socket.is_empty());
        // through ssh only the name of the terminal comes along
        let tmux = inside || env("TERM").is_some_and(|term| term.starts_with("tmux"));
        let osc = errand::announce::Osc::of_environment(&env);
        let user = user(&env);
        let shell = env("SHELL").filter(|path| path.starts_with('/')).unwrap_or_else(|| "/bin/sh".to_owned());
        Hands { user, tmux, osc, mouse: true, shell, memory: memory::file::path(env), ..Hands::default() }
    }
}

/// Who sits here, by the names that sudo and the login leave, and the name of this machine; `None` where nobody is named.
fn user(env: &impl Fn(&str) -> Option<String>) -> Option<String> {
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| env(name).filter(|name| !name.is_empty()))?;
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    Some(if host.trim().is_empty() { name } else { format!("{name}@{}", host.trim()) })
}

/// How a console ended, when nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A person left it.
    Left,
    /// SIGINT came from outside.
    Interrupted,
    /// SIGTERM, SIGHUP or SIGQUIT came.
    Terminated,
}

/// Why a console could not open, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    #[error("the console needs a terminal for input and output")]
    NoTerminal,
    #[error("the console cannot draw on a terminal of TERM=dumb")]
    Dumb,
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Keys(Vec<Conflict>),
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    #[error("the terminal is gone")]
    Gone,
    #[error("the console failed inside: {0}")]
    Panicked(String),
}

/// Whether there is a terminal that a console can be drawn on.
///
/// # Errors
/// Why not.
pub fn can_open() -> Result<(), ConsoleError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(ConsoleError::NoTerminal);
    }
    // it cannot move its cursor
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") { Err(ConsoleError::Dumb) } else { Ok(()) }
}

/// Opens the console on the terminal of this process, or in lines where that is wanted, and keeps it until somebody leaves it. The calling thread owns the terminal meanwhile; the tasks that
/// poll run on the other threads of `runtime`.
///
/// # Errors
/// There is no terminal, it fails or goes away, or the console itself fails. The terminal is as it was before in every case.
pub fn run(runtime: &tokio::runtime::Runtime, start: Start) -> Result<End, ConsoleError> {
    // two keys that mean two things have to be seen before anyone presses one
    let keymap =
        registry::keymap(&start.hands.bindings, &start.hands.commands.iter().map(own::command).collect::<Vec<_>>()).map_err(ConsoleError::Keys)?;
    if start.hands.accessible {
        return runtime.block_on(plain::run(start));
    }
    can_open()?;
    let ended = std::panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            // before the screen is taken: a signal between the two would leave it behind
            let signals = signal::Signals::listen()?;
            let owner = terminal::Owner::enter(start.hands.mouse)?;
            event_loop::run(owner, signals, keymap, start).await
        })
    }));
    ended.unwrap_or_else(|payload| Err(ConsoleError::Panicked(said(payload.as_ref()))))
}

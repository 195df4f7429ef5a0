//! The console for who listens instead of looks: lines are appended, nothing that was said moves or changes, and not one escape byte is written. What changes
//! is told by itself; a number and Enter tell more.
//!
//! It must never take the terminal: no raw mode, no other screen, no colour; a braille line or a speech synthesiser reads what a shell would write.

mod told;

pub use told::{Answer, Told};

use super::{ConsoleError, End, Start};
use std::io::{self, BufRead, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// Who hears nothing for this long is told that nothing changed.
const QUIET: Duration = Duration::from_secs(30);
/// Lines on their way; more than that wait in the terminal.
const ROOM: usize = 16;

/// Watches and answers until somebody leaves.
///
/// # Errors
/// The terminal does not take a line.
pub(super) async fn run(start: Start) -> Result<End, ConsoleError> {
    let Start { mut seen, scope, clock, .. } = start;
    let (mut terminated, mut hung_up) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut lines = listen()?;
    let first = Arc::clone(&seen.borrow_and_update());
    let mut told = Told::new(Arc::clone(&first), scope);
    say(&[told.begin(), told.take(first)].concat())?;
    let mut spoke = clock.now();
    let mut ended = false;
    loop {
        let quiet = QUIET.saturating_sub(clock.now().since(spoke));
        let news = tokio::select! {
            biased;
            _ = terminated.recv() => return Ok(End::Terminated),
            _ = hung_up.recv() => return Ok(End::Terminated),
            _ = interrupted.recv() => return Ok(End::Interrupted),
            line = lines.recv() => match line.map(|line| told.answer(&line)) {
                Some(Answer::Lines(lines)) => lines,
                Some(Answer::Leave) | None => return Ok(End::Left),
            },
            changed = seen.changed(), if !ended => match changed {
                Ok(()) => told.take(Arc::clone(&seen.borrow_and_update())),
                Err(_) => {
                    ended = true;
                    vec!["Polling has ended: nothing new will be told. Type q and Enter to leave.".to_owned()]
                }
            },
            () = clock.sleep(quiet) => vec![told.still(clock.now())],
        };
        if !news.is_empty() {
            say(&news)?;
            spoke = clock.now();
        }
    }
}

fn say(lines: &[String]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// The lines that are typed, until their end.
fn listen() -> io::Result<mpsc::Receiver<String>> {
    let (send, receive) = mpsc::channel(ROOM);
    // never joined: it waits for a line that nobody may type
    let _detached = thread::Builder::new().name("keyboard".to_owned()).spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    })?;
    Ok(receive)
}

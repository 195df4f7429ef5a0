//! Another program on our terminal: it is lent, waited for, and taken back as it was, whatever the program left behind.
//!
//! Meanwhile not one key is read here, INT and QUIT are the program's alone, a stop stops both of us and `fg` continues both, TERM and HUP end the program and
//! then the console. Polling goes on.

use super::input::Keyboard;
use super::notice::Notice;
use super::signal::{Signal, Signals, nobody_would_continue};
use super::terminal::Owner;
use crate::app::child::{self, Change, ChildOrder, Ended, Passfile, Running};
use crate::model::Clock;
use crate::text::untrusted::visible;
use rustix::process::{self, Signal as Sent};
use std::io;
use std::time::Duration;

/// A program that is told to end has this long, before it is told harder.
const GRACE: Duration = Duration::from_millis(500);
/// One press of a key stops us and the program; the other half of it comes within this time.
const ECHO: Duration = Duration::from_millis(250);

/// Reading a password has this long: whoever pressed the key looks at a still screen meanwhile.
const LOGIN: Duration = Duration::from_secs(3);

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Back {
    /// It ended; what there is to tell of it.
    Ended(Option<Notice>),
    /// Somebody ends the console.
    Terminated,
}

/// Runs `order`. The terminal is as before the console took it afterwards, and keys are not read yet.
///
/// # Errors
/// The operating system does not let us stop.
pub(super) async fn run(owner: &mut Owner, signals: &mut Signals, keyboard: &mut Keyboard, order: &ChildOrder, clock: &Clock) -> io::Result<Back> {
    keyboard.pause();
    // what it cannot be given it asks for
    let (password, untold) = match logged_in(signals, order, clock).await {
        Some(Ok(password)) => (password, String::new()),
        Some(Err(why)) => (None, format!("\nopsctl: {why}: {} asks for it", visible(&order.name))),
        None => return Ok(Back::Terminated),
    };
    let lent = owner.lend(&format!("opsctl: {}{untold}", order.told));
    let name = visible(&order.name);
    let mut running = match child::start(order, password.as_ref()) {
        Ok(running) => running,
        Err(error) => {
            lent.reclaim(false);
            return Ok(Back::Ended(Some(Notice::warning(visible(&error.to_string())))));
        }
    };
    let mut stopped = false;
    let ended = attend(&mut running, signals, clock, &mut stopped).await;
    lent.reclaim(stopped);
    let Some(ended) = ended? else { return Ok(Back::Terminated) };
    let told = match ended {
        Ended::Code(0) => None,
        Ended::Code(code) => Some(format!("{name} ended with code {code}")),
        Ended::Signal(signal) => Some(format!("{name} was ended by signal {signal}")),
        Ended::Unknown => Some(format!("nobody says how {name} ended")),
    };
    if order.stays {
        let end = told.clone().unwrap_or_else(|| format!("{name} is done"));
        if !looked_at(signals, keyboard, &end).await? {
            return Ok(Back::Terminated);
        }
    }
    Ok(Back::Ended(told.map(Notice::warning)))
}

/// What `order` logs in with, or why there is nothing; `None` when somebody ends the console meanwhile.
async fn logged_in(signals: &mut Signals, order: &ChildOrder, clock: &Clock) -> Option<Result<Option<Passfile>, String>> {
    let login = clock.timeout(LOGIN, child::login(order));
    tokio::pin!(login);
    loop {
        tokio::select! {
            biased;
            read = &mut login => return Some(read.unwrap_or_else(|| Err("the password was still being read".to_owned()))),
            signal = signals.next() => if matches!(signal, Signal::Terminate | Signal::Quit) { return None },
        }
    }
}

/// Leaves what was written on the screen until a key is pressed; `false` when somebody ends the console.
async fn looked_at(signals: &mut Signals, keyboard: &mut Keyboard, end: &str) -> io::Result<bool> {
    let _raw = Owner::wait_for_a_key(&format!("opsctl: {end}; any key comes back"))?;
    keyboard.resume();
    let goes_on = loop {
        tokio::select! {
            biased;
            signal = signals.next() => if matches!(signal, Signal::Terminate | Signal::Quit | Signal::Interrupt) { break false },
            key = keyboard.next() => break key.is_some(),
        }
    };
    keyboard.pause();
    Ok(goes_on)
}

/// Waits for the end of `running`; `None` when somebody ends the console, which ends the program first. `stopped` is set when we were.
async fn attend(running: &mut Running, signals: &mut Signals, clock: &Clock, stopped: &mut bool) -> io::Result<Option<Ended>> {
    let mut continued = None;
    loop {
        let heard = match next(running, signals).await {
            Heard::Stop(_) if nobody_would_continue() || continued.is_some_and(|at| clock.now().since(at) < ECHO) => {
                // of a job that was just continued, this is the other half of what stopped it
                running.signal(Sent::CONT);
                continue;
            }
            // A program that still waits for its line when the shell is told of us takes the line that was meant for the shell: it stops before us.
            Heard::Stop(half) => match clock.timeout(ECHO, other(half, running, signals)).await {
                Some(Heard::Stop(_)) | None => stop(signals, clock).await?,
                Some(ending) => ending,
            },
            heard => heard,
        };
        match heard {
            Heard::Ended(ended) => return Ok(Some(ended)),
            Heard::Terminate => {
                end(running, clock).await;
                return Ok(None);
            }
            Heard::Stop(_) | Heard::Continue => {
                *stopped = true;
                continued = Some(clock.now());
                running.signal(Sent::CONT);
            }
        }
    }
}

/// What is heard while another program has the terminal.
enum Heard {
    Ended(Ended),
    Terminate,
    Stop(Half),
    Continue,
}

/// One press of a key stops us and the program, and each is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Ours,
    Theirs,
}

async fn next(running: &mut Running, signals: &mut Signals) -> Heard {
    loop {
        tokio::select! {
            biased;
            change = running.next() => return match change {
                Change::Ended(ended) => Heard::Ended(ended),
                Change::Stopped => Heard::Stop(Half::Theirs),
            },
            signal = signals.next() => match signal {
                Signal::Terminate => return Heard::Terminate,
                Signal::Stop => return Heard::Stop(Half::Ours),
                Signal::Continue => return Heard::Continue,
                // the program was asked, not we; how large the window is will be asked afterwards
                Signal::Interrupt | Signal::Quit | Signal::Resize => {}
            },
        }
    }
}

/// The half of a stop that `half` is not, or what makes it pointless.
async fn other(half: Half, running: &mut Running, signals: &mut Signals) -> Heard {
    loop {
        match next(running, signals).await {
            Heard::Stop(again) if again == half => {}
            heard => return heard,
        }
    }
}

/// Stops us until somebody continues us.
async fn stop(signals: &mut Signals, clock: &Clock) -> io::Result<Heard> {
    process::kill_process(process::getpid(), Sent::STOP)?;
    // it takes hold a moment after it was asked for, perhaps behind this line: what continues us says that it is over
    let woken = async {
        loop {
            match signals.next().await {
                Signal::Continue => return Heard::Continue,
                Signal::Terminate => return Heard::Terminate,
                _ => {}
            }
        }
    };
    Ok(clock.timeout(ECHO, woken).await.unwrap_or(Heard::Continue))
}

/// Ends it: an interactive shell takes no TERM, and something may take neither.
async fn end(running: &mut Running, clock: &Clock) {
    for signal in [Sent::TERM, Sent::HUP, Sent::KILL] {
        running.signal(signal);
        // a stopped program hears nothing else
        running.signal(Sent::CONT);
        let gone = async { while !matches!(running.next().await, Change::Ended(_)) {} };
        if clock.timeout(GRACE, gone).await.is_some() {
            return;
        }
    }
}

//! Signals as messages. The handlers stay for the whole life of the console, so that none of these ends it with the terminal in disorder.

use std::io;
use tokio::signal::unix::{Signal as Stream, SignalKind, signal};

/// What the operating system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT from outside: in raw mode ctrl-c is a key.
    Interrupt,
    /// SIGTERM, SIGHUP (the terminal is gone).
    Terminate,
    /// SIGQUIT: from outside it ends us; while another program has the terminal, its key means that program.
    Quit,
    /// SIGTSTP: leave the screen and stop.
    Stop,
    /// SIGCONT: the screen may be anything now.
    Continue,
    /// SIGWINCH: the window has another size.
    Resize,
}

/// Listens to all of them.
#[derive(Debug)]
pub struct Signals {
    streams: [(Stream, Signal); 7],
}

impl Signals {
    /// Starts listening; from now on none of them ends the process.
    ///
    /// # Errors
    /// The operating system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        let of = |kind: SignalKind, told| Ok::<_, io::Error>((signal(kind)?, told));
        Ok(Signals {
            streams: [
                of(SignalKind::terminate(), Signal::Terminate)?,
                of(SignalKind::hangup(), Signal::Terminate)?,
                of(SignalKind::quit(), Signal::Quit)?,
                of(SignalKind::interrupt(), Signal::Interrupt)?,
                of(SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw()), Signal::Stop)?,
                of(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()), Signal::Continue)?,
                of(SignalKind::window_change(), Signal::Resize)?,
            ],
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        std::future::poll_fn(|context| {
            for (stream, told) in &mut self.streams {
                if stream.poll_recv(context).is_ready() {
                    return std::task::Poll::Ready(*told);
                }
            }
            std::task::Poll::Pending
        })
        .await
    }
}

/// Whether this job belongs to the leader of the session itself (`ssh -t HOST opsctl`): then there is no shell that would continue a stopped job.
pub(super) fn nobody_would_continue() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session == rustix::process::getpgrp())
}

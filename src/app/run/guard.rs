//! Guards of what a run holds, as processes of our own: `opsctl run hold`. The pipe to one is our life as it sees it, after the secrets that it is handed first.
//!
//! It must never be ended by a signal before what it guards is free: whatever ends all processes of a person, or of the host, means its runner too.

use super::runner::Runner;
use super::signals::heard;
use crate::engine::folder::RunFolder;
use crate::engine::guards::{Guard, Guards};
use crate::engine::hold::Gone;
use crate::engine::work::Task;
use crate::model::Clock;
use crate::transport::child::{self, Change, Running};
use rustix::process::Signal;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

/// What a guard answers when it stands.
const READY: &str = "it stands";
/// How long it has for that: a program that tells a secret may take ten seconds. Nobody is held by its own step meanwhile; of steps side by side those may
/// hold already whose guards were faster.
const READY_WITHIN: Duration = Duration::from_secs(15);
/// How long one that is let go is waited for.
const WITHIN: Duration = Duration::from_secs(5);

/// Starts guards for the run in `folder`.
pub struct Own {
    pub runner: Runner,
    pub folder: RunFolder,
    pub clock: Clock,
}

struct Standing {
    running: Running,
    orders: File,
    clock: Clock,
}

impl Guards for Own {
    fn stand<'a>(&'a self, step: &'a str, attempt: u32) -> Task<'a, Result<Box<dyn Guard>, String>> {
        Box::pin(async move {
            let attempt = attempt.to_string();
            let words = self.runner.with(&["run", "hold", self.folder.id.as_str(), step, &attempt]);
            let (log, printed) = self.folder.printed("guard.log").map_err(|why| why.to_string())?;
            let started = child::guard(&words, &self.runner.env, &printed);
            let child::Guard { running, orders, answers } = started.map_err(|why| format!("the guard of what it holds does not start: {why}"))?;
            let stands = async {
                let orders = child::hand(orders, &self.runner.secrets).await.ok()?;
                let answered = first_line(answers).await?;
                (answered == READY).then_some(orders)
            };
            let Some(orders) = self.clock.timeout(READY_WITHIN, stands).await.flatten() else {
                running.signal(Signal::KILL);
                return Err(format!("the guard of what it holds does not stand; {} tells why, and nothing was sent", log.display()));
            };
            Ok(Box::new(Standing { running, orders, clock: self.clock.clone() }) as Box<dyn Guard>)
        })
    }
}

impl Guard for Standing {
    fn leave(self: Box<Self>) -> Task<'static, ()> {
        let Standing { mut running, orders, clock } = *self;
        drop(orders);
        Box::pin(async move {
            // one that has something to free takes its time, and its file keeps the next one off
            let gone = async { while running.next().await == Change::Stopped {} };
            let _late = clock.timeout(WITHIN, gone).await;
        })
    }
}

/// The first line of what can only be waited for.
async fn first_line(from: File) -> Option<String> {
    let (tell, told) = oneshot::channel();
    let read = move || {
        let mut line = String::new();
        let _closed = BufReader::new(from).read_line(&mut line);
        let _nobody_waits = tell.send(line.trim().to_owned());
    };
    std::thread::Builder::new().name("guard".to_owned()).spawn(read).ok()?;
    told.await.ok()
}

/// Says to whoever started this guard that it stands.
///
/// # Errors
/// Nobody reads it.
pub fn ready(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{READY}")?;
    out.flush()
}

/// Returns when whoever started this guard is gone, or has let it go, or when this process is told to end. Signals are heard from the call on.
pub fn gone() -> impl Future<Output = Gone> {
    let told = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()].map(|kind| signal(kind).ok());
    async move {
        let [mut terminate, mut hang_up, mut interrupt] = told;
        tokio::select! {
            () = runner_gone() => Gone::Runner,
            () = heard(&mut terminate) => Gone::Told,
            () = heard(&mut hang_up) => Gone::Told,
            () = heard(&mut interrupt) => Gone::Told,
        }
    }
}

async fn runner_gone() {
    let (tell, told) = oneshot::channel();
    let read = move || {
        // nothing is written to it any more
        let _ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _nobody_waits = tell.send(());
    };
    if std::thread::Builder::new().name("runner".to_owned()).spawn(read).is_ok() {
        let _gone = told.await;
    }
}

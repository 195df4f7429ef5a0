//! The loop: wait for anything, take all that is ready, change the state, draw when it is due. No arm waits for a server or for the terminal.
//!
//! Measured on the alternatives in the architecture page: one draw an event makes a frame of each resize of a burst, a fixed rate costs a fifth of a core.

use super::command::Keymap;
use super::effect::Effect;
use super::errand::child::Outing;
use super::errand::{Done, Errand, announce, bundle, change, copy, look, travel, who};
use super::escape::Pressed;
use super::ground;
use super::hit::Hits;
use super::input::Keyboard;
use super::lending::{self, Back};
use super::memory::{Changes, file};
use super::notice::Notice;
use super::pace::{Cause, Pacer};
use super::screens::drawn;
use super::signal::{Signal, Signals, nobody_would_continue};
use super::state::State;
use super::target::links;
use super::terminal::{self, Owner};
use super::travel::open_replay;
use super::update::{Message, update};
use super::{Announcements, ConsoleError, End, Hands, Looks, Start};
use crate::app::Observed;
use crate::app::notice::Heard;
use crate::fleet::supervise;
use crate::model::{Clock, Moment};
use crate::text::untrusted::visible;
use futures_util::FutureExt;
use rustix::process;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Time spent on messages in one go: however many there are, a frame is drawn in between.
const MOST: Duration = Duration::from_millis(33);
/// A signal to ourselves is heard long before.
const ECHO: Duration = Duration::from_millis(250);
/// What is still to be kept when somebody leaves has this long.
const LAST: Duration = Duration::from_millis(80);
/// Longer than any wait; an arm that is off.
const NEVER: Duration = Duration::from_hours(24);

/// Runs until somebody leaves.
///
/// # Errors
/// The terminal fails or is gone.
pub(super) async fn run(mut owner: Owner, signals: Signals, keymap: Keymap, start: Start) -> Result<End, ConsoleError> {
    let Start { mut seen, scope, look: mut looks, clock, hands } = start;
    let now = clock.now();
    let newest = Arc::clone(&seen.borrow_and_update());
    let mut state = State::open(newest, scope, terminal::size(), now);
    state.mouse = hands.mouse;
    state.links = hands.links.clone().into();
    state.own = hands.commands.clone().into();
    state.themes = looks.names().into();
    state.user.clone_from(&hands.user);
    if let Some(path) = &hands.memory {
        match file::load(path) {
            Ok(memory) => state.memory = memory,
            Err(why) => state.notice = Some(Notice::warning(why)),
        }
    }
    if let (Some(at), Some(history)) = (hands.replay, &hands.history) {
        open_replay(&mut state, history.as_ref(), at, now);
    }
    if !looks.flaws.is_empty() {
        state.notice = Some(Notice::warning(looks.flaws.join("; ")));
    }
    // a person's keys bound how many errands are out
    let (report, done) = mpsc::unbounded_channel();
    let stop = CancellationToken::new();
    let _themes_end_with_the_loop = stop.clone().drop_guard();
    let changed = report.clone();
    // the other side lives as long as the loop
    look::follow(&looks, &clock, stop, move |done| drop(changed.send(done)));
    let mut asked = !looks.wants_ground() || !ground::can_tell(|name| std::env::var(name).ok());
    let mut sources = Sources { signals, keys: Keyboard::listen()?, hits: Hits::default(), seen: Some(seen), done, heard: hands.heard.clone() };
    let mut pacer = Pacer::default();
    let mut tick = next_tick(now);
    pacer.want(Cause::Input);
    loop {
        let now = clock.now();
        if pacer.due(now).is_some_and(|wait| wait.is_zero()) {
            let mut drawn = drawn(&state, looks.of(state.environment()), &keymap);
            drawn.links = links(&state, &drawn.hits);
            sources.hits = drawn.hits.clone();
            owner.draw(drawn)?;
            pacer.drew(clock.now());
            // the first frame waits for no answer
            if !std::mem::replace(&mut asked, true) {
                owner.say(ground::QUESTION);
            }
        }
        let wait = Wait {
            frame: pacer.due(clock.now()),
            tick: (state.is_aging() || state.memory.is_unsaved()).then(|| tick.saturating_sub(clock.now().mono)),
        };
        let mut next = sources.next(&clock, wait).await;
        let begun = clock.now();
        while let Some(news) = next {
            let now = clock.now();
            let message = match news {
                News::Message(message) => message,
                News::Tick => {
                    tick = next_tick(now);
                    if let Some(changes) = state.memory.to_save() {
                        drop(keep(hands.memory.clone(), changes));
                    }
                    Message::Tick
                }
                News::Gone => return Err(ConsoleError::Gone),
            };
            if let Some(effect) = update(&mut state, &keymap, message, now) {
                let mut performer = Performer {
                    owner: &mut owner,
                    sources: &mut sources,
                    pacer: &mut pacer,
                    state: &mut state,
                    looks: &mut looks,
                    clock: &clock,
                    hands: &hands,
                    report: &report,
                };
                if let Some(end) = performer.perform(effect).await? {
                    if let Some(changes) = state.memory.to_save() {
                        // a home that hangs keeps nobody here
                        let _kept = clock.timeout(LAST, keep(hands.memory.clone(), changes)).await;
                    }
                    return Ok(end);
                }
            }
            next = if clock.now().since(begun) < MOST { sources.ready() } else { None };
        }
    }
}

/// Keeps `changes` where memory is kept; what cannot be kept is not told, the console is for what is wrong elsewhere.
fn keep(path: Option<PathBuf>, changes: Changes) -> tokio::task::JoinHandle<()> {
    tokio::task::spawn_blocking(move || {
        if let Some(path) = path
            && let Err(error) = file::save(&path, &changes)
        {
            tracing::debug!(path = %path.display(), %error, "how tables are shown is not kept");
        }
    })
}

/// The end of this second of the wall clock: that is when the clock on the screen moves.
fn next_tick(now: Moment) -> Duration {
    let into = Duration::from_nanos(u64::try_from(now.wall.subsec_nanosecond().max(0)).unwrap_or(0));
    now.mono + Duration::from_secs(1).saturating_sub(into).max(Duration::from_millis(1))
}

/// How long to wait at most; `None`: not for this.
#[derive(Clone, Copy, Debug)]
struct Wait {
    frame: Option<Duration>,
    tick: Option<Duration>,
}

/// What the wait ended with; a frame that is due is no news.
#[derive(Debug)]
enum News {
    Message(Message),
    Tick,
    Gone,
}

/// Where messages come from.
struct Sources {
    signals: Signals,
    keys: Keyboard,
    /// What can be pointed at in the frame that is seen.
    hits: Hits,
    /// `None` once nothing more can come.
    seen: Option<watch::Receiver<Arc<Observed>>>,
    /// What became of errands; never ends, the loop holds its other side.
    done: mpsc::UnboundedReceiver<Done>,
    /// What those are told who want to know of changes.
    heard: Option<Announcements>,
}

impl Sources {
    /// Waits for the first thing that happens.
    async fn next(&mut self, clock: &Clock, wait: Wait) -> Option<News> {
        tokio::select! {
            biased;
            signal = self.signals.next() => Some(News::Message(Message::Signal(signal))),
            key = self.keys.next() => Some(key.map_or(News::Gone, |pressed| News::Message(of_terminal(pressed, &self.hits)))),
            Some(done) = self.done.recv() => Some(News::Message(Message::Done(done))),
            done = heard(self.heard.as_ref()) => Some(News::Message(Message::Done(done))),
            message = changed(&mut self.seen) => Some(News::Message(message)),
            () = clock.sleep(wait.tick.unwrap_or(NEVER)), if wait.tick.is_some() => Some(News::Tick),
            () = clock.sleep(wait.frame.unwrap_or(NEVER)), if wait.frame.is_some() => None,
        }
    }

    /// What is there already, without waiting.
    fn ready(&mut self) -> Option<News> {
        if let Some(signal) = self.signals.next().now_or_never() {
            return Some(News::Message(Message::Signal(signal)));
        }
        match self.keys.ready() {
            Ok(pressed) => return Some(News::Message(of_terminal(pressed, &self.hits))),
            Err(mpsc::error::TryRecvError::Disconnected) => return Some(News::Gone),
            Err(mpsc::error::TryRecvError::Empty) => {}
        }
        if let Ok(done) = self.done.try_recv() {
            return Some(News::Message(Message::Done(done)));
        }
        changed(&mut self.seen).now_or_never().map(News::Message)
    }
}

/// The next revision: the newest there is, whatever was missed.
async fn changed(seen: &mut Option<watch::Receiver<Arc<Observed>>>) -> Message {
    let Some(receiver) = seen else { return std::future::pending().await };
    if receiver.changed().await.is_ok() {
        return Message::Seen(Arc::clone(&receiver.borrow_and_update()));
    }
    *seen = None;
    Message::SeenEnded
}

/// What is to be announced next, or could not be told.
async fn heard(announcements: Option<&Announcements>) -> Done {
    let next = match announcements {
        Some(announcements) => announcements.lock().await.recv().await,
        None => None,
    };
    match next {
        Some(Heard::Announce { title, text }) => Done::Announce { title, text },
        Some(Heard::Trouble(told)) => Done::Told(Notice::warning(told)),
        None => std::future::pending().await,
    }
}

fn of_terminal(pressed: Pressed, hits: &Hits) -> Message {
    match pressed {
        Pressed::Key(chord) => Message::Key(chord),
        Pressed::Paste(text) => Message::Paste(text),
        Pressed::Mouse(touch, x, y) => Message::Mouse(touch, hits.at(x, y)),
        Pressed::Ground(ground) => Message::Ground(ground),
    }
}

/// What an effect is performed with.
struct Performer<'a> {
    owner: &'a mut Owner,
    sources: &'a mut Sources,
    pacer: &'a mut Pacer,
    state: &'a mut State,
    looks: &'a mut Looks,
    clock: &'a Clock,
    hands: &'a Hands,
    report: &'a mpsc::UnboundedSender<Done>,
}

impl Performer<'_> {
    /// Performs `effect`; gives how the console ends, if it does.
    async fn perform(&mut self, effect: Effect) -> Result<Option<End>, ConsoleError> {
        match effect {
            Effect::Draw(cause) => self.pacer.want(cause),
            Effect::Redraw => {
                self.owner.forget();
                self.pacer.want(Cause::Input);
            }
            Effect::Wear(name, look) => {
                self.looks.wear(&name, &look);
                self.state.notice = Some(Notice::info(format!("theme {name} as its file is now")));
                self.pacer.want(Cause::Input);
            }
            Effect::Theme(name) => {
                let worn = self.looks.choose(&name);
                self.state.notice = Some(worn.map_or_else(Notice::warning, |()| Notice::info(format!("theme {name}, until the console is left"))));
                self.pacer.want(Cause::Input);
            }
            Effect::Glyphs(glyphs) => {
                self.looks.draw_with(glyphs);
                self.pacer.want(Cause::Input);
            }
            Effect::Ground(ground) => {
                if self.looks.on(ground) {
                    self.pacer.want(Cause::Input);
                }
            }
            Effect::Measure => self.measure(),
            Effect::Mouse(ours) => {
                self.owner.capture(ours);
                self.pacer.want(Cause::Input);
            }
            Effect::Errand(Errand::Child(outing)) => return self.outing(outing).await,
            Effect::Errand(errand) => self.run(errand),
            Effect::Suspend if nobody_would_continue() => {
                self.state.notice = Some(Notice::warning("no shell with job control is above: nothing could bring the console back"));
                self.pacer.want(Cause::Input);
            }
            Effect::Suspend => self.stop(true).await?,
            Effect::Stop => self.stop(false).await?,
            // after our own stop, or after a SIGSTOP that gave no warning: the shell may have had the terminal
            Effect::Resume => {
                self.owner.leave();
                self.owner.come_back()?;
                self.measure();
                self.pacer.want(Cause::Input);
            }
            Effect::Quit => return Ok(Some(End::Left)),
            Effect::Interrupted => return Ok(Some(End::Interrupted)),
            Effect::Terminated => return Ok(Some(End::Terminated)),
        }
        Ok(None)
    }

    /// Has `errand` done; what became of it comes back as a message.
    fn run(&mut self, errand: Errand) {
        match errand {
            Errand::Copy(text) => {
                let told = match copy::sequence(&text, self.hands.tmux) {
                    Ok(bytes) => {
                        self.owner.say(&bytes);
                        copy::told(&text)
                    }
                    Err(error) => Notice::warning(error.to_string()),
                };
                self.tell(Done::Told(told));
            }
            Errand::Announce { title, text } => self.owner.say(&announce::sequence(&title, &text, self.hands.osc, self.hands.tmux)),
            Errand::Who(order) => {
                let report = self.report.clone();
                // the other side lives as long as the loop
                who::trace(order, self.hands.who.as_ref(), move |done| drop(report.send(done)));
                self.pacer.want(Cause::Input);
            }
            Errand::Travel(order) => self.travel(order),
            Errand::Bundle(order) => self.bundle(order),
            Errand::Ask { question, after } => {
                let report = self.report.clone();
                change::ask(question, after, self.hands.operator.as_ref(), self.clock, move |done| drop(report.send(done)));
                self.pacer.want(Cause::Input);
            }
            Errand::Order(order) => {
                let report = self.report.clone();
                change::give(order, self.hands.operator.as_ref(), move |done| drop(report.send(done)));
                self.pacer.want(Cause::Input);
            }
            // it has the terminal, which only `perform` gives away
            Errand::Child(_) => {}
        }
    }

    /// Gives the terminal to another program until that ends.
    async fn outing(&mut self, outing: Outing) -> Result<Option<End>, ConsoleError> {
        let order = outing.order(&self.hands.shell);
        let back = lending::run(self.owner, &mut self.sources.signals, &mut self.sources.keys, &order, self.clock).await?;
        if back == Back::Terminated {
            return Ok(Some(End::Terminated));
        }
        self.owner.come_back()?;
        self.sources.keys.resume();
        self.measure();
        if let Back::Ended(Some(notice)) = back {
            self.state.notice = Some(notice);
        }
        self.pacer.want(Cause::Input);
        Ok(None)
    }

    /// Goes to another moment, beside the loop: unpacking it takes longer than a frame.
    fn travel(&mut self, order: travel::TravelOrder) {
        let Some(history) = self.hands.history.clone() else {
            return self.tell(Done::Arrived(travel::Arrival(Err("there is nothing to look back at here".to_owned()))));
        };
        let report = self.report.clone();
        supervise::blocking_errand(
            "travel",
            move || travel::go(history.as_ref(), order),
            move |arrived| {
                let arrival = arrived.unwrap_or_else(|panicked| travel::Arrival(Err(visible(&panicked.to_string()))));
                // the other side lives as long as the loop
                let _heard = report.send(Done::Arrived(arrival));
            },
        );
    }

    /// Writes a bundle, beside the loop.
    fn bundle(&mut self, order: bundle::BundleOrder) {
        let hands = self.hands.clone();
        let report = self.report.clone();
        self.tell(Done::Told(Notice::info("writing a bundle")));
        supervise::blocking_errand(
            "bundle",
            move || bundle::write(&hands, &order),
            move |written| {
                let notice = written.unwrap_or_else(|panicked| Notice::warning(visible(&panicked.to_string())));
                // the other side lives as long as the loop
                let _heard = report.send(Done::Told(notice));
            },
        );
    }

    fn tell(&self, done: Done) {
        // the other side lives as long as the loop
        let _heard = self.report.send(done);
    }

    fn measure(&mut self) {
        let size = terminal::size();
        if self.state.size != size {
            self.state.size = size;
            self.pacer.want(Cause::Data);
        }
    }

    /// Gives the terminal back and stops; whoever continues this process sends SIGCONT, which takes the terminal again. `together` stops the other
    /// processes of the job too, as the key of the terminal does, so that a script around the console lets its shell go on.
    async fn stop(&mut self, together: bool) -> Result<(), ConsoleError> {
        self.owner.leave();
        let failed = |error: rustix::io::Errno| ConsoleError::Terminal(error.into());
        if together {
            process::kill_current_process_group(process::Signal::TSTP).map_err(failed)?;
            // it comes back to us as well, and must not stop us a second time later
            let echo = async { while self.sources.signals.next().await != Signal::Stop {} };
            let _heard = self.clock.timeout(ECHO, echo).await;
        }
        process::kill_process(process::getpid(), process::Signal::STOP).map_err(failed)
    }
}

//! What can be looked back at: the last half hour in memory, before it what a service kept on disk, or a recording. One face for all three.
//!
//! It must never hold a revision as it is: half an hour of them would be gigabytes. What is kept is encoded, thinned from the oldest on when it becomes too
//! much, and bounded in bytes; an instant at which a verdict changed is the last to go.

use super::observe::Observed;
use super::record::{Recorder, Recording};
use super::ring;
use crate::fleet::record::{Docs, Head, RecordError, Stop, thin};
use crate::fleet::supervise::supervise;
use crate::model::{Clock, Moment};
use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where to go from the moment that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To the instant before.
    Back,
    /// To the instant after.
    Forth,
    /// By this many seconds; what was observed there, or last before it.
    By(i64),
    To(Timestamp),
}

/// Where one arrived.
#[derive(Clone, Debug)]
pub enum Found {
    At(Arc<Observed>),
    /// After the last instant that is kept: what is live comes next.
    Newest,
}

/// Something that can be looked back at. It may read and unpack: never on the thread that draws.
pub trait History: Send + Sync + std::fmt::Debug {
    /// The first and the last moment.
    fn span(&self) -> Option<(Moment, Moment)>;

    /// What was observed `step` away from `from`.
    ///
    /// # Errors
    /// One sentence: there is nothing there, or it cannot be read.
    fn near(&self, from: Moment, step: Step) -> Result<Found, String>;

    /// Gives everything that is kept, the oldest first, as it is written in a recording.
    ///
    /// # Errors
    /// What `take` says, or that something cannot be read.
    fn each(&self, take: &mut dyn FnMut(&Stop, Docs) -> io::Result<()>) -> Result<(), RecordError>;

    /// What is damaged in it, and what is lost by that: a sentence for each place.
    fn damage(&self) -> Vec<String> {
        Vec::new()
    }
}

/// The number of the stop that `step` leads to.
fn choose(stops: &[Timestamp], from: Timestamp, step: Step) -> Option<usize> {
    let not_after = |at: Timestamp| stops.iter().rposition(|stop| *stop <= at);
    match step {
        Step::Back => stops.iter().rposition(|stop| *stop < from),
        Step::Forth => stops.iter().position(|stop| *stop > from),
        Step::By(seconds) => not_after(from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(from)),
        Step::To(at) => not_after(at),
    }
}

fn walls(stops: &[Stop]) -> Vec<Timestamp> {
    stops.iter().map(|stop| stop.at.wall).collect()
}

fn clock_text(at: Timestamp) -> String {
    at.strftime("%H:%M:%SZ").to_string()
}

impl History for Recording {
    fn span(&self) -> Option<(Moment, Moment)> {
        Recording::span(self)
    }

    fn near(&self, from: Moment, step: Step) -> Result<Found, String> {
        let stops = walls(self.stops());
        let last = stops.len().saturating_sub(1);
        // a recording has ends: whoever goes beyond one stands at it
        let number = choose(&stops, from.wall, step).unwrap_or(if step == Step::Forth { last } else { 0 });
        self.instant(number).map(|observed| Found::At(Arc::new(observed))).map_err(|error| error.to_string())
    }

    fn each(&self, take: &mut dyn FnMut(&Stop, Docs) -> io::Result<()>) -> Result<(), RecordError> {
        for (number, stop) in self.stops().iter().enumerate() {
            take(stop, self.reader().docs(number)?)?;
        }
        Ok(())
    }

    fn damage(&self) -> Vec<String> {
        Recording::damage(self).iter().map(ToString::to_string).collect()
    }
}

/// Bytes that the memory of a console may hold.
const BUDGET: usize = 24 * 1024 * 1024;
/// How far back it goes.
const SPAN: Duration = Duration::from_mins(30);
/// What is younger is thinned only when nothing older is left to thin.
const YOUNG: Duration = Duration::from_mins(5);
/// Instants of one row: what is thinned or dropped at once.
const ROW: usize = 60;
/// From one instant to the next, as a row is thinned again and again.
const PACES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(15)];

/// The last half hour of what a console has seen.
#[derive(Debug)]
pub struct Memory {
    inner: Mutex<Reel>,
    newest: watch::Receiver<Arc<Observed>>,
    /// What a service keeps.
    before: Option<ring::Rings>,
}

/// The rows of a memory, the oldest first; the last is being filled.
#[derive(Debug)]
struct Reel {
    recorder: Recorder,
    rows: VecDeque<Row>,
    budget: usize,
}

/// A small recording of its own.
#[derive(Debug)]
struct Row {
    bytes: Vec<u8>,
    stops: Vec<Moment>,
    /// How often it was thinned: the place in [`PACES`].
    thinned: usize,
}

impl Memory {
    /// Remembers what `seen` shows, until `stop`.
    #[must_use]
    pub fn start(seen: &watch::Receiver<Arc<Observed>>, before: Option<ring::Rings>, clock: &Clock, stop: &CancellationToken) -> Arc<Memory> {
        let memory = Arc::new(Memory { inner: Mutex::new(Reel::new(BUDGET)), newest: seen.clone(), before });
        let (own, seen) = (Arc::clone(&memory), seen.clone());
        let _detached = supervise("memory".to_owned(), clock.clone(), stop.clone(), move || follow(Arc::clone(&own), seen.clone()));
        memory
    }

    fn reel(&self) -> std::sync::MutexGuard<'_, Reel> {
        // a panic while a row was written leaves one that opens up to there
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that are held.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.reel().bytes()
    }
}

async fn follow(memory: Arc<Memory>, mut seen: watch::Receiver<Arc<Observed>>) {
    while seen.changed().await.is_ok() {
        let observed = seen.borrow_and_update().clone();
        memory.reel().take(&observed);
    }
}

impl Reel {
    fn new(budget: usize) -> Self {
        Reel { recorder: Recorder::new(PACES[0], None), rows: VecDeque::new(), budget }
    }

    fn bytes(&self) -> usize {
        self.rows.iter().map(|row| row.bytes.capacity()).sum()
    }

    fn take(&mut self, observed: &Observed) {
        if self.rows.back().is_none_or(|row| row.stops.len() >= ROW) {
            self.recorder.anew();
        }
        // an instant too large for a recording is a gap in the past, and nothing else
        let Ok(Some(block)) = self.recorder.take(observed) else { return };
        if self.rows.back().is_none_or(|row| row.stops.len() >= ROW) {
            if let Some(full) = self.rows.back_mut() {
                full.bytes.shrink_to_fit();
            }
            self.rows.push_back(Row { bytes: self.recorder.begin(), stops: Vec::new(), thinned: 0 });
        }
        if let Some(row) = self.rows.back_mut() {
            row.bytes.extend_from_slice(&block.bytes);
            row.stops.push(block.at);
        }
        self.tend(observed.now);
    }

    /// Keeps to the span and to the budget.
    fn tend(&mut self, now: Moment) {
        while self.rows.len() > 1 && self.rows.front().and_then(Row::last).is_some_and(|last| now.since(last) > SPAN) {
            self.rows.pop_front();
        }
        while self.bytes() > self.budget && self.rows.len() > 1 {
            let full = self.rows.len() - 1;
            let old = |row: &Row| row.last().is_some_and(|last| now.since(last) > YOUNG);
            let place = |wanted: &dyn Fn(&Row) -> bool| self.rows.iter().take(full).position(wanted);
            let next =
                place(&|row| row.thinned == 0 && old(row)).or_else(|| place(&|row| row.thinned == 1)).or_else(|| place(&|row| row.thinned == 0));
            let thinned = next.and_then(|at| self.rows.get_mut(at)).is_some_and(Row::thin);
            if !thinned {
                self.rows.pop_front();
            }
        }
    }
}

impl Row {
    fn last(&self) -> Option<Moment> {
        self.stops.last().copied()
    }

    /// Thins it by one pace; `false` when that cannot be done.
    fn thin(&mut self) -> bool {
        self.thinned += 1;
        let Some(every) = PACES.get(self.thinned) else { return false };
        let Ok(recording) = Recording::without_lines(Box::new(self.bytes.clone())) else { return false };
        let mut last: Option<Moment> = None;
        let mut stops = Vec::new();
        let mut bytes = Vec::new();
        let keep = |number: usize| {
            let Some(stop) = recording.stops().get(number) else { return false };
            let due = last.is_none_or(|last| stop.at.since(last) >= *every);
            if due {
                last = Some(stop.at);
            }
            if due || stop.marked {
                stops.push(stop.at);
            }
            due || stop.marked
        };
        let seconds = u32::try_from(every.as_secs()).unwrap_or(u32::MAX);
        let thinned = thin(recording.reader(), &Head::new(seconds), keep, &mut bytes).is_ok();
        if thinned {
            bytes.shrink_to_fit();
            (self.bytes, self.stops) = (bytes, stops);
        }
        thinned
    }
}

impl History for Memory {
    fn span(&self) -> Option<(Moment, Moment)> {
        let reel = self.reel();
        Some((*reel.rows.front()?.stops.first()?, reel.rows.back()?.last()?))
    }

    fn near(&self, from: Moment, step: Step) -> Result<Found, String> {
        let stops: Vec<(usize, usize, Timestamp)> = {
            let reel = self.reel();
            reel.rows.iter().enumerate().flat_map(|(row, of)| of.stops.iter().enumerate().map(move |(at, stop)| (row, at, stop.wall))).collect()
        };
        let walls: Vec<Timestamp> = stops.iter().map(|(_, _, wall)| *wall).collect();
        let begin = walls.first().copied();
        let Some(number) = choose(&walls, from.wall, step) else {
            return if step == Step::Forth { Ok(Found::Newest) } else { self.earlier(from, step, begin) };
        };
        // whoever stands before what is in memory goes on through the rings first
        let is_before = begin.filter(|begin| from.wall < *begin);
        if let Some(begin) = is_before.filter(|_| step == Step::Forth)
            && let Some(observed) = self.kept(|rings| rings.after(from.wall, begin))?
        {
            return Ok(Found::At(Arc::new(observed)));
        }
        self.remembered(walls.get(number).copied()).map(|observed| Found::At(Arc::new(observed)))
    }

    fn each(&self, take: &mut dyn FnMut(&Stop, Docs) -> io::Result<()>) -> Result<(), RecordError> {
        // a copy: what is observed meanwhile is not held back
        let rows: Vec<Vec<u8>> = self.reel().rows.iter().map(|row| row.bytes.clone()).collect();
        for bytes in rows {
            Recording::without_lines(Box::new(bytes))?.each(take)?;
        }
        Ok(())
    }
}

impl Memory {
    /// What is in memory of the instant at `wall`.
    fn remembered(&self, wall: Option<Timestamp>) -> Result<Observed, String> {
        let row = {
            let reel = self.reel();
            let place = |row: &Row| row.stops.iter().position(|stop| Some(stop.wall) == wall);
            // unpacked after the lock: what is observed meanwhile is not held back
            reel.rows.iter().find_map(|row| Some((row.bytes.clone(), place(row)?)))
        };
        let (bytes, at) = row.ok_or("that instant was just thinned out of memory; once more goes to the one beside it")?;
        let told = |error: RecordError| error.to_string();
        let observed = Recording::without_lines(Box::new(bytes)).map_err(told)?.instant(at).map_err(told)?;
        // the rings hold each second, and a window ends at the moment that is shown
        let rings = Arc::clone(&self.newest.borrow().rings);
        Ok(Observed { rings, ..observed })
    }

    /// What the rings of a service tell.
    fn kept(&self, tell: impl Fn(&ring::Rings) -> Result<Option<Observed>, RecordError>) -> Result<Option<Observed>, String> {
        self.before.as_ref().map_or(Ok(None), tell).map_err(|error| format!("the ring of the service {error}"))
    }

    /// What was before this memory began, from the rings of a service. Whoever goes by minutes beyond the first instant that is kept stands at it.
    fn earlier(&self, from: Moment, step: Step, begin: Option<Timestamp>) -> Result<Found, String> {
        let wanted = match step {
            Step::Back | Step::Forth => from.wall.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(from.wall),
            Step::By(seconds) => from.wall.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(from.wall),
            Step::To(at) => at,
        };
        // what the rings tell of later was written by a clock that was ahead
        let wanted = wanted.min(self.newest.borrow().now.wall);
        if let Some(observed) = self.kept(|rings| rings.at(wanted))? {
            return Ok(Found::At(Arc::new(observed)));
        }
        if matches!(step, Step::By(seconds) if seconds < 0) {
            if let Some(first) = self.kept(|rings| rings.after(Timestamp::MIN, from.wall))? {
                return Ok(Found::At(Arc::new(first)));
            }
            if begin.is_some_and(|begin| begin < from.wall) {
                return self.remembered(begin).map(|observed| Found::At(Arc::new(observed)));
            }
        }
        Err(match begin {
            Some(begin) => format!("nothing is kept from before {}; `opsctl watch --headless` would keep a day", clock_text(begin.min(from.wall))),
            None => "nothing is kept yet".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, ClusterSpec, EndpointSpec, Inventory};
    use crate::health::Judgement;
    use crate::model::{Cure, EndpointId, Finding, Origin, Severity, Since, Subject, Via};

    /// One endpoint, and a finding of so many bytes that no two instants share.
    fn observed(now: Moment, bytes: usize) -> Observed {
        let id = EndpointId { cluster: "c".into(), system: "patroni".into(), name: "pg1".into() };
        let mut spec = ClusterSpec::named("c", "test");
        let body = Body::one("url", "http://10.0.0.1:8008");
        spec.endpoints =
            vec![Arc::new(EndpointSpec { id, origin: Origin::Configured, zone: None, via: Via::Direct, read: None, write: None, tls: None, body })];
        let mut number = now.mono.as_secs();
        let sentence: String = std::iter::repeat_with(|| {
            number = number.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            format!("{number:016x}")
        })
        .take(bytes / 16)
        .collect();
        let finding = Finding {
            rule: "replica-lag".to_owned(),
            severity: Severity::Warning,
            subject: Subject { cluster: "c".to_owned(), system: None, member: None, object: None },
            sentence: sentence.into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(now.wall),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        };
        let nothing = Observed::nothing(&Inventory { clusters: vec![Arc::new(spec)] }, now);
        Observed { judgement: Arc::new(Judgement { findings: vec![finding], ..Judgement::none(now) }), ..nothing }
    }

    #[test]
    fn a_day_is_remembered_in_no_more_than_the_budget_and_for_half_an_hour() {
        let budget = 256 * 1024;
        let mut reel = Reel::new(budget);
        let begin = Moment { mono: Duration::from_hours(1), wall: "2026-11-20T14:03:00Z".parse().expect("a moment") };
        let mut most = [0; 2];
        for second in (0..86_400).step_by(4) {
            let now = begin.plus(Duration::from_secs(second));
            reel.take(&observed(now, 800));
            let half = usize::from(second > 43_200);
            most[half] = most[half].max(reel.bytes());
            let first = reel.rows.front().and_then(|row| row.stops.first().copied()).expect("something is kept");
            assert!(now.since(first) <= SPAN + PACES[2] * 60, "{second}: {:?}", now.since(first));
        }
        assert!(most[0] <= budget && most[1] <= budget, "{most:?}");
        let stops: Vec<Moment> = reel.rows.iter().flat_map(|row| row.stops.iter().copied()).collect();
        let now = begin.plus(Duration::from_secs(86_396));
        assert!(now.since(stops[0]) >= Duration::from_mins(25), "only {:?} are kept", now.since(stops[0]));
        // what is young is there in full, what is old in steps
        let near: Vec<Duration> = stops.windows(2).map(|pair| pair[1].since(pair[0])).collect();
        assert_eq!((near.first().copied() >= Some(PACES[1]), near.last()), (true, Some(&Duration::from_secs(4))));
    }

    #[test]
    fn each_step_leads_to_its_stop() {
        let at = |second: i64| Timestamp::from_second(1_790_000_000 + second).expect("a moment");
        let stops = [at(0), at(1), at(2), at(70)];
        for (from, step, expected) in [
            (70, Step::Back, Some(2)),
            (0, Step::Back, None),
            (2, Step::Forth, Some(3)),
            (70, Step::Forth, None),
            (70, Step::By(-60), Some(2)),
            (5, Step::By(-60), None),
            (5, Step::By(600), Some(3)),
            (0, Step::To(at(1)), Some(1)),
            (0, Step::To(at(-9)), None),
        ] {
            assert_eq!(choose(&stops, at(from), step), expected, "{from} {step:?}");
        }
    }
}

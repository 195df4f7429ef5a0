//! Recording what is observed, and showing a recording: the same observation comes back, instant for instant.
//!
//! It must never record a secret, and never judge what was recorded: what was said then is told.

mod judged;
mod lines;

use super::observe::Observed;
use super::turns::Turn;
use super::verdict::Verdict;
use crate::fleet::record::frame::TooLarge;
use crate::fleet::record::state::{self, Decoder, Encoder};
use crate::fleet::record::{Damage, Docs, Head, Reader, RecordError, Source, Stop, Writer, source};
use crate::model::Moment;
use jiff::Timestamp;
use lines::Lines;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The moment that ages were counted from.
const NOW: &str = "now";

/// What became of findings: called after their ends, which are all that recordings of before tell, if they do.
const TURNS: &str = "gone";

/// What became of findings, and its document.
type TurnsDoc = (Arc<Vec<Turn>>, Arc<[u8]>);

/// Makes the blocks of a recording.
#[derive(Debug)]
pub struct Recorder {
    writer: Writer,
    encoder: Encoder,
    every: Duration,
    only: Option<String>,
    /// When an instant was last made into a block, or would have been.
    tried: Option<Moment>,
    /// The verdict of the last block, and of the one before it.
    verdicts: [Option<Verdict>; 2],
    /// The last block came to nothing.
    lost: bool,
    /// The document of what became of findings, as long as nothing more does.
    turns: Option<TurnsDoc>,
}

impl Recorder {
    /// Records the whole fleet, or one cluster, at most once in `every`; a changed verdict at once.
    #[must_use]
    pub fn new(every: Duration, only: Option<String>) -> Self {
        Recorder {
            writer: Writer::default(),
            encoder: Encoder::default(),
            every,
            only,
            tried: None,
            verdicts: [None, None],
            lost: false,
            turns: None,
        }
    }

    /// The first block of the recording.
    #[must_use]
    pub fn begin(&self) -> Vec<u8> {
        Writer::begin(&Head::new(u32::try_from(self.every.as_secs()).unwrap_or(u32::MAX)))
    }

    /// The block of `observed`; `None` when it is too early for one.
    ///
    /// # Errors
    /// It is larger than a recording can hold.
    pub fn take(&mut self, observed: &Observed) -> Result<Option<Block>, TooLarge> {
        let verdict = Verdict::of(&observed.judgement, self.only.as_deref());
        let [former, _] = &self.verdicts;
        let marked = former.as_ref() != Some(&verdict);
        // revisions come when they come: one that is due within this second is not held back for some milliseconds
        let due = self.tried.is_none_or(|at| observed.now.since(at) + Duration::from_millis(50) >= self.every);
        // what came to nothing is not tried with every revision
        if !due && (!marked || self.lost) {
            return Ok(None);
        }
        self.tried = Some(observed.now);
        self.lost = true;
        let docs = self.docs(observed);
        let bytes = self.writer.instant(observed.now, marked, &docs)?;
        let [former, _] = std::mem::take(&mut self.verdicts);
        self.verdicts = [Some(verdict), former];
        self.lost = false;
        Ok(Some(Block { at: observed.now, marked, bytes }))
    }

    /// The last block was not kept: what follows rests on nothing of it, and tells again that the verdict changed.
    pub fn unwritten(&mut self) {
        let [_, former] = std::mem::take(&mut self.verdicts);
        self.verdicts = [former.clone(), former];
        self.lost = true;
        self.anew();
    }

    /// As if nothing had been recorded yet: what follows can stand at the beginning of another file.
    pub fn anew(&mut self) {
        self.writer = Writer::default();
    }

    fn docs(&mut self, observed: &Observed) -> Docs {
        let only = self.only.as_deref();
        let mut docs = self.encoder.docs(&observed.fleet, only);
        judged::write(&observed.judgement, only, &mut docs);
        lines::write(&observed.fleet, only, observed.now, &mut docs);
        docs.insert(NOW.to_owned(), state::text(&observed.now));
        docs.insert(TURNS.to_owned(), self.turns(&observed.turns));
        docs
    }

    fn turns(&mut self, turns: &Arc<Vec<Turn>>) -> Arc<[u8]> {
        if let Some((_, doc)) = self.turns.as_ref().filter(|(known, _)| Arc::ptr_eq(known, turns)) {
            return Arc::clone(doc);
        }
        let wanted = |turn: &&Turn| self.only.as_ref().is_none_or(|only| turn.finding.subject.cluster == *only);
        let doc = state::text(&turns.iter().filter(wanted).collect::<Vec<_>>());
        self.turns = Some((Arc::clone(turns), Arc::clone(&doc)));
        doc
    }
}

/// One instant, ready to be written.
#[derive(Clone, Debug)]
pub struct Block {
    pub at: Moment,
    /// A verdict changed with it.
    pub marked: bool,
    pub bytes: Vec<u8>,
}

/// A recording that was opened.
#[derive(Debug)]
pub struct Recording {
    reader: Reader,
    decoder: Mutex<Decoder>,
    /// `None` for somebody who has the lines already.
    lines: Option<Lines>,
}

impl Recording {
    /// Opens the file at `path`; what is damaged beside good instants is told by [`Recording::damage`].
    ///
    /// # Errors
    /// It cannot be read, is no recording, or holds no whole instant.
    pub fn open(path: &Path) -> Result<Self, RecordError> {
        Recording::of(Box::new(source::file(path)?))
    }

    /// Opens what lies in `source`.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn of(source: Box<dyn Source>) -> Result<Self, RecordError> {
        let reader = Reader::open(source)?;
        Ok(Recording { reader, decoder: Mutex::default(), lines: Some(Lines::default()) })
    }

    /// As [`Recording::of`], for somebody who has the lines already: its instants have none.
    ///
    /// # Errors
    /// As [`Recording::open`].
    pub fn without_lines(source: Box<dyn Source>) -> Result<Self, RecordError> {
        let reader = Reader::open(source)?;
        Ok(Recording { reader, decoder: Mutex::default(), lines: None })
    }

    #[must_use]
    pub fn damage(&self) -> &[Damage] {
        self.reader.damage()
    }

    /// The instants in their order; one at least.
    #[must_use]
    pub fn stops(&self) -> &[Stop] {
        self.reader.stops()
    }

    /// The first and the last instant.
    #[must_use]
    pub fn span(&self) -> Option<(Moment, Moment)> {
        Some((self.stops().first()?.at, self.stops().last()?.at))
    }

    /// The number of the last instant that is not after `at`; the first when all are.
    #[must_use]
    pub fn near(&self, at: Timestamp) -> usize {
        self.stops().iter().rposition(|stop| stop.at.wall <= at).unwrap_or(0)
    }

    /// What was observed at the instant with this number.
    ///
    /// # Errors
    /// There is none, the file changed since it was opened, or it makes no sense there.
    pub fn instant(&self, number: usize) -> Result<Observed, RecordError> {
        let docs = self.reader.docs(number)?;
        let stop = self.stops().get(number).copied();
        let told = |what: String| RecordError::Damaged { byte: stop.map_or(0, |stop| stop.byte), at: stop.map(|stop| stop.at), what };
        let now: Moment = state::read(&docs, NOW).map_err(told)?;
        let fleet = self.decoder.lock().unwrap_or_else(PoisonError::into_inner).fleet(&docs).map_err(told)?;
        let judgement = judged::read(&docs, &fleet).map_err(told)?;
        let lines = self.lines.as_ref().map(|lines| lines.at(&self.reader, number)).unwrap_or_default();
        let turns = if docs.contains_key(TURNS) { state::read(&docs, TURNS).map_err(told)? } else { Vec::new() };
        let observed = Observed::new(Arc::new(fleet), Arc::new(judgement), Arc::new(lines), now);
        Ok(Observed { turns: Arc::new(turns), ..observed })
    }

    /// What was observed at `at`, or last before it.
    ///
    /// # Errors
    /// As [`Recording::instant`].
    pub fn at(&self, at: Timestamp) -> Result<Observed, RecordError> {
        self.instant(self.near(at))
    }

    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::turns::Kind;
    use crate::app::views::{Pick, VIEWS};
    use crate::config::{ClusterSpec, Inventory};
    use crate::model::{Clock, Cure, Finding, Severity, Since, Subject};

    #[test]
    fn what_was_cleared_is_told_in_a_recording_of_all_and_of_the_one_cluster_alone() {
        let now = Clock::real().now();
        let inventory = Inventory { clusters: ["lab", "shop"].map(|name| Arc::new(ClusterSpec::named(name, "test"))).into() };
        let gone = |cluster: &str| {
            let subject = Subject { cluster: cluster.to_owned(), system: None, member: Some("pg1".to_owned()), object: None };
            let (rule, sentence) = ("replica-lag".to_owned(), format!("pg1 of {cluster} is behind").into());
            let (since, cure) = (Since::FirstSeen(now.wall), Cure::Follows { from: "host-silent".to_owned(), of: None, why: "it is".to_owned() });
            Turn {
                finding: Finding {
                    rule,
                    severity: Severity::Warning,
                    subject,
                    sentence,
                    members: Vec::new(),
                    evidence: Vec::new(),
                    since,
                    cure,
                    confirmed: true,
                },
                at: now.wall,
                kind: Kind::Over,
            }
        };
        let observed = Observed { turns: Arc::new(vec![gone("lab"), gone("shop")]), ..Observed::nothing(&inventory, now) };
        let replayed = |only: Option<&str>| {
            let mut recorder = Recorder::new(Duration::ZERO, only.map(str::to_owned));
            let mut bytes = recorder.begin();
            for _ in 0..2 {
                bytes.extend(recorder.take(&observed).expect("small").expect("due").bytes);
            }
            Recording::of(Box::new(bytes)).expect("a recording").instant(1).expect("an instant")
        };
        assert_eq!(replayed(None).turns, observed.turns);
        assert_eq!(*replayed(Some("shop")).turns, [gone("shop")]);
        let events = VIEWS.iter().find(|view| view.name == "events").expect("a view");
        let page = (events.page)(&replayed(None), &Pick::default()).expect("a page");
        assert!(page.tables[0].rows.iter().any(|row| row.key.contains("/cleared/pg1/over: pg1 replica-lag")), "{page:?}");
    }
}

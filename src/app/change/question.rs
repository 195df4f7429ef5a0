//! What a console asks about change, and what comes back: plain data, so that a screen can be made of it without asking anybody.

use super::order::Refusal;
use super::sight::Sight;
use crate::app::plan::Planned;
use crate::engine::history::Spread;
use crate::model::Moment;
use crate::systems::view::{Table, Tone};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// A plan that is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    pub cluster: String,
    pub runbook: String,
    /// As it was typed, by parameter.
    pub given: BTreeMap<String, String>,
    /// Nobody typed anything yet, and what has to be told is to be filled in where there is one good answer.
    pub fill: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The runbooks, as they stand for this cluster now.
    Runbooks {
        cluster: String,
    },
    /// The runs of this host.
    Runs,
    /// The audit of this host.
    Audit,
    Plan(Wish),
    /// A run, by its name.
    Run {
        id: String,
    },
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub question: Question,
    /// When it was looked at.
    pub at: Moment,
    /// Why nobody can say: one sentence, raw.
    pub told: Result<Told, String>,
}

/// What was found.
#[derive(Clone, Debug)]
pub enum Told {
    Runbooks(Vec<OnShelf>),
    /// The runs, those that are not ended first.
    Runs(Table),
    Audit(Audited),
    Plan(Box<Drawn>),
    Run(Box<Sight>),
}

/// From one look at a run that goes on to the next.
const RUNNING: Duration = Duration::from_millis(250);
/// From one look at what changes with each run to the next.
const FILES: Duration = Duration::from_secs(2);
/// Asking every server whether each runbook could be run is not free.
const SERVERS: Duration = Duration::from_secs(10);
/// So many looks may be missing before what is shown is no picture of now.
const MISSED: u32 = 2;
/// A busy machine is not a hung one.
const BUSY: Duration = Duration::from_secs(1);
/// What files say is there at once, unless what they lie on hangs.
const FILES_WITHIN: Duration = Duration::from_secs(20);
/// Each server has its own deadline; a runbook may be planned once for each member.
const SERVERS_WITHIN: Duration = Duration::from_mins(2);

impl Question {
    /// How long is waited for its answer; then it may be put once more.
    #[must_use]
    pub const fn within(&self) -> Duration {
        match self {
            Question::Runs | Question::Audit | Question::Run { .. } => FILES_WITHIN,
            Question::Runbooks { .. } | Question::Plan(_) => SERVERS_WITHIN,
        }
    }
}

impl Answer {
    /// When it is worth asking again; `None`: what was told stays so, or was confirmed by nobody and has to be looked at anew by a person.
    #[must_use]
    pub fn again(&self) -> Option<Duration> {
        match &self.told {
            Ok(Told::Runbooks(_)) => Some(SERVERS),
            // what could not be read once may be read the next time
            Ok(Told::Runs(_) | Told::Audit(_)) | Err(_) => Some(FILES),
            Ok(Told::Run(sight)) if sight.is_live() => Some(RUNNING),
            Ok(Told::Run(sight)) if !sight.state.ended() => Some(FILES),
            // what is confirmed is what was shown, and what is over stays so
            Ok(Told::Plan(_) | Told::Run(_)) => None,
        }
    }

    /// Whether the looks that should have followed by `now` are missing.
    #[must_use]
    pub fn is_late(&self, now: Moment) -> bool {
        self.again().is_some_and(|each| now.since(self.at) > BUSY.max(each * MISSED))
    }
}

/// Whether a runbook could be run now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Now {
    /// Its checks pass, with these parameters where it wants some: `to=pg2`.
    Ready(String),
    /// Why not.
    Blocked(String),
    /// What cannot be told, and why.
    Unknown(String),
    /// It cannot be run as it is written.
    Broken(String),
}

impl Now {
    /// In a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Now::Ready(_) => "ready",
            Now::Blocked(_) => "blocked",
            Now::Unknown(_) => "unknown",
            Now::Broken(_) => "broken",
        }
    }

    /// What is behind the word.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Now::Ready(why) | Now::Blocked(why) | Now::Unknown(why) | Now::Broken(why) => why,
        }
    }

    #[must_use]
    pub const fn tone(&self) -> Tone {
        match self {
            Now::Ready(_) => Tone::Good,
            Now::Unknown(_) => Tone::Warn,
            Now::Blocked(_) | Now::Broken(_) => Tone::Bad,
        }
    }
}

/// A runbook as it stands now.
#[derive(Clone, Debug, PartialEq)]
pub struct OnShelf {
    pub name: String,
    pub summary: String,
    /// When one reaches for it.
    pub why: Option<String>,
    pub impact: Option<String>,
    /// The word of its risk; `None`: it cannot be read.
    pub risk: Option<&'static str>,
    pub now: Now,
    /// How its last run on this cluster stands, and when that was.
    pub last: Option<Last>,
    pub took: Option<Spread>,
}

/// The last run of a runbook.
#[derive(Clone, Debug, PartialEq)]
pub struct Last {
    /// Where it stands.
    pub word: String,
    pub tone: Tone,
    pub at: Timestamp,
}

/// A parameter as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    /// The word of its type.
    pub of: &'static str,
    pub doc: Option<String>,
    pub default: Option<String>,
    /// What it may be, with what speaks for or against it; empty: anything of its type.
    pub choices: Vec<(String, String)>,
}

impl Asked {
    /// Nobody answers it but a person.
    #[must_use]
    pub const fn is_needed(&self) -> bool {
        self.default.is_none()
    }
}

/// A plan, or why there is none.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// What the runbook may be told.
    pub params: Vec<Asked>,
    /// What it was told.
    pub given: BTreeMap<String, String>,
    pub made: Result<Arc<Planned>, Refusal>,
    /// How long past runs took, and each of their steps.
    pub took: Option<Spread>,
    pub steps_took: BTreeMap<String, Spread>,
}

impl Drawn {
    /// The parameters that nobody has told.
    pub fn missing(&self) -> impl Iterator<Item = &Asked> {
        self.params.iter().filter(|param| param.is_needed() && !self.given.contains_key(&param.name))
    }
}

/// The audit, and whether it is whole.
#[derive(Clone, Debug)]
pub struct Audited {
    pub verdict: Verdict,
    /// The last records, the newest first.
    pub records: Table,
}

/// Whether the audit is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Whole {
        records: u64,
        head: String,
    },
    Missing,
    /// The first record that does not fit, where one is named, and why.
    Broken {
        record: Option<u64>,
        why: String,
    },
}

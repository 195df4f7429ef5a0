//! The targets of notices as something to look at: who is told, of what, and whether the secrets of each can be read. Never the secrets themselves.

use crate::config::{NoticeTarget, NoticeTo};
use crate::model::{Gap, Reason};
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use crate::text::Untrusted;
use crate::transport::{ProbeError, notify};
use jiff::Timestamp;
use std::sync::Arc;

/// A target, and whether it is ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub target: NoticeTarget,
    /// Whether something could be sent to it; `None`: nobody has looked.
    pub tried: Option<Result<(), ProbeError>>,
    /// What is left of its hour, or why that is not known; `None`: nobody has looked, or nobody keeps it.
    pub budget: Option<Result<Budget, String>>,
}

/// How much of an hour's notices is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Sends that count still.
    pub sent: usize,
    /// What is to be told and waits for room.
    pub held: usize,
    pub room: Room,
}

/// What may be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    Open,
    /// Only what is critical, until then.
    CriticalOnly(Timestamp),
    /// Nothing, until then.
    Spent(Timestamp),
}

/// Reads the secrets of each of `targets`, all at once; nobody is told anything.
pub async fn look(targets: &[NoticeTarget]) -> Vec<Looked> {
    let looked = targets.iter().map(|target| async move {
        let secrets: Vec<_> = target.to.secrets().collect();
        Looked { target: target.clone(), tried: Some(notify::look(&secrets, target.to.url()).await), budget: None }
    });
    futures_util::future::join_all(looked).await
}

/// The targets, of which nobody knows yet whether they are ready: reading a secret may take longer than opening a screen.
#[must_use]
pub fn untried(targets: &[NoticeTarget]) -> Arc<[Looked]> {
    targets.iter().map(|target| Looked { target: target.clone(), tried: None, budget: None }).collect()
}

/// What of the hour of `target` is shown; nothing where nobody keeps it.
fn of_hour(target: &NoticeTarget, budget: Option<&Result<Budget, String>>, show: impl Fn(&Budget) -> Cell) -> Cell {
    match budget {
        None => Cell::Nothing,
        Some(Ok(budget)) => show(budget),
        Some(Err(why)) => Cell::unknown(Gap::new(format!("notices of {}", target.name), Reason::NotReached(why.clone()))),
    }
}

/// One row a target.
#[must_use]
pub fn table(looked: &[Looked]) -> Table {
    let row = |one: &Looked| {
        let Looked { target, tried, budget } = one;
        let trouble = tried.as_ref().and_then(|tried| tried.as_ref().err());
        let ready = match (tried, trouble) {
            (None, _) => Cell::word("not tried", Tone::Muted),
            (Some(_), None) => match budget {
                Some(Ok(Budget { room: Room::CriticalOnly(_), .. })) => Cell::word("critical only", Tone::Warn),
                Some(Ok(Budget { room: Room::Spent(_), .. })) => Cell::word("spent", Tone::Bad),
                _ => Cell::word("yes", Tone::Good),
            },
            (Some(_), Some(error)) => Cell::word(error.trouble.phrase(), Tone::Bad),
        };
        let through = match &target.to {
            NoticeTo::Command(argv) => argv.iter().take(1).map(|program| Untrusted::from(program.as_str())).collect(),
            to => to.secrets().map(|reference| Untrusted::from(reference.to_string())).collect(),
        };
        Row::new(
            target.name.as_str(),
            vec![
                Cell::text(target.name.as_str()),
                Cell::word(target.to.word(), Tone::Plain),
                Cell::word(target.least.word(), Tone::Plain),
                Cell::count(target.per_hour),
                ready,
                of_hour(target, budget.as_ref(), |budget| Cell::count(budget.sent)),
                of_hour(target, budget.as_ref(), |budget| Cell::count(budget.held).toned(if budget.held > 0 { Tone::Warn } else { Tone::Plain })),
                of_hour(target, budget.as_ref(), |budget| match budget.room {
                    Room::Open => Cell::Nothing,
                    Room::CriticalOnly(until) | Room::Spent(until) => Cell::Time(until),
                }),
                Cell::List(through),
                trouble.map_or(Cell::Nothing, |error| Cell::text(error.to_string())),
                trouble.map_or(Cell::Nothing, |error| Cell::text(error.trouble.hint())),
            ],
        )
    };
    Table {
        key: "notices",
        title: "NOTICES",
        columns: vec![
            Column::new("name", "NAME", Kind::Text, 0, "name of the target"),
            Column::new("to", "TO", Kind::Word, 0, "terminal, command, slack, pagerduty or webhook"),
            Column::new("least", "LEAST", Kind::Word, 1, "the least severity that is told"),
            Column::new("per_hour", "PER HOUR", Kind::Count, 2, "at most so many in any hour"),
            Column::new(
                "ready",
                "READY",
                Kind::Word,
                0,
                "yes; critical only or spent: so much of the hour is used; or why nothing can be sent: its secrets were read, and nothing was sent",
            ),
            Column::new("sent", "SENT", Kind::Count, 1, "notices of the last hour, as whoever tells this target keeps them"),
            Column::new("held_back", "HELD BACK", Kind::Count, 1, "what is to be told and waits for room in the hour"),
            Column::new("held_until", "UNTIL", Kind::Time, 1, "when there is room again"),
            Column::new("through", "THROUGH", Kind::List, 3, "the program, or where URL and key lie"),
            Column::new("error", "ERROR", Kind::Text, 3, "what was read and what is wrong with it"),
            Column::new("hint", "TRY", Kind::Text, 3, "what to try"),
        ],
        rows: looked.iter().map(row).collect(),
        when_empty: "nobody is told of changes: [[notify]] names who",
    }
}

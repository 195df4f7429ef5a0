//! The targets of notices as something to look at: who is told, of what, and whether the secrets of each can be read. Never the secrets themselves.

use crate::config::{NoticeTarget, NoticeTo};
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use crate::text::Untrusted;
use crate::transport::{ProbeError, notify};
use std::sync::Arc;

/// A target, and whether it is ready.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub target: NoticeTarget,
    /// Whether something could be sent to it; `None`: nobody has looked.
    pub tried: Option<Result<(), ProbeError>>,
}

/// Reads the secrets of each of `targets`, all at once; nobody is told anything.
pub async fn look(targets: &[NoticeTarget]) -> Vec<Looked> {
    let looked = targets.iter().map(|target| async move {
        let secrets: Vec<_> = target.to.secrets().collect();
        Looked { target: target.clone(), tried: Some(notify::look(&secrets, target.to.url()).await) }
    });
    futures_util::future::join_all(looked).await
}

/// The targets, of which nobody knows yet whether they are ready: reading a secret may take longer than opening a screen.
#[must_use]
pub fn untried(targets: &[NoticeTarget]) -> Arc<[Looked]> {
    targets.iter().map(|target| Looked { target: target.clone(), tried: None }).collect()
}

/// One row a target.
#[must_use]
pub fn table(looked: &[Looked]) -> Table {
    let row = |one: &Looked| {
        let Looked { target, tried } = one;
        let trouble = tried.as_ref().and_then(|tried| tried.as_ref().err());
        let ready = match (tried, trouble) {
            (None, _) => Cell::word("not tried", Tone::Muted),
            (Some(_), None) => Cell::word("yes", Tone::Good),
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
            Column::new("ready", "READY", Kind::Word, 0, "yes, or why nothing can be sent: its secrets were read, and nothing was sent"),
            Column::new("through", "THROUGH", Kind::List, 3, "the program, or where URL and key lie"),
            Column::new("error", "ERROR", Kind::Text, 3, "what was read and what is wrong with it"),
            Column::new("hint", "TRY", Kind::Text, 3, "what to try"),
        ],
        rows: looked.iter().map(row).collect(),
        when_empty: "nobody is told of changes: [[notify]] names who",
    }
}

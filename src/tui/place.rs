//! Where one is in the console, and which row is selected there.

use super::errand::who::{Sought, Told, WhoAnswer, WhoOrder};
use super::inquiry::Inquiry;
use crate::app::change::Question;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Letters of the name of a run that are said of it.
pub const SPOKEN: usize = 6;

/// The screens as commands know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Fleet,
    Cluster,
    Topology,
    Replication,
    Activity,
    Locks,
    Poolers,
    Balancers,
    Consensus,
    Findings,
    Foresee,
    Events,
    Queries,
    History,
    ShowConfig,
    Doctor,
    Who,
    Runbooks,
    Runs,
    Audit,
    Plan,
    Run,
    Sheet,
    Help,
}

impl Place {
    pub const ALL: [Place; 24] = [
        Place::Fleet,
        Place::Cluster,
        Place::Topology,
        Place::Replication,
        Place::Activity,
        Place::Locks,
        Place::Poolers,
        Place::Balancers,
        Place::Consensus,
        Place::Findings,
        Place::Foresee,
        Place::Events,
        Place::Queries,
        Place::History,
        Place::ShowConfig,
        Place::Doctor,
        Place::Who,
        Place::Runbooks,
        Place::Runs,
        Place::Audit,
        Place::Plan,
        Place::Run,
        Place::Sheet,
        Place::Help,
    ];

    /// What commands, `opsctl screen` and help call it; the pages of a cluster are called as their views are.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Place::Fleet => "fleet",
            Place::Cluster => "cluster",
            Place::Topology => "topology",
            Place::Replication => "replication",
            Place::Activity => "activity",
            Place::Locks => "locks",
            Place::Poolers => "poolers",
            Place::Balancers => "balancers",
            Place::Consensus => "consensus",
            Place::Findings => "findings",
            Place::Foresee => "foresee",
            Place::Who => "who",
            Place::Runbooks => "runbooks",
            Place::Runs => "runs",
            Place::Audit => "audit",
            Place::Plan => "plan",
            Place::Run => "run",
            Place::Events => "events",
            Place::Queries => "queries",
            Place::History => "history",
            Place::ShowConfig => "show-config",
            Place::Doctor => "doctor",
            Place::Sheet => "detail",
            Place::Help => "help",
        }
    }

    /// Whether it is a page of a cluster, or of all of them: one of those that take each other's place.
    #[must_use]
    pub const fn is_page(self) -> bool {
        !matches!(self, Place::Fleet | Place::Cluster | Place::Who | Place::Sheet | Place::Help) && !self.is_of_change()
    }

    /// Whether it is about changing something: what it shows is asked of this host and of servers while it is open.
    #[must_use]
    pub const fn is_of_change(self) -> bool {
        matches!(self, Place::Runbooks | Place::Runs | Place::Audit | Place::Plan | Place::Run)
    }
}

/// A screen with where one is on it. One shape for all: a new screen is an entry of `screens`, not a variant here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    pub place: Place,
    /// The cluster it is about; `None` for the whole fleet.
    pub cluster: Option<String>,
    /// What a sheet tells all about.
    pub subject: Option<Subject>,
    /// What it asks about change; a sheet that was opened on such a screen asks the same.
    pub asked: Option<Inquiry>,
    /// Key of the panel that keys move in; `None` until somebody chose one.
    pub focus: Option<&'static str>,
    /// Where one is in each table, by its key.
    pub hands: BTreeMap<&'static str, Hand>,
    /// The panel in focus alone.
    pub zoomed: bool,
    /// First line of what is read.
    pub scroll: usize,
}

/// What a sheet tells all about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A finding, by the key of its row.
    Finding { key: String },
    /// A row of a panel of another screen.
    Row { place: Place, panel: &'static str, key: String },
    /// A process of a server.
    Process(Asked),
}

/// A process that was asked about, and the answer when it has come.
#[derive(Clone, Debug)]
pub struct Asked {
    pub order: WhoOrder,
    pub answer: Option<Arc<WhoAnswer>>,
}

impl Asked {
    #[must_use]
    pub fn traced(&self) -> Option<Result<&Told, &str>> {
        self.answer.as_ref().map(|answer| answer.traced.as_ref().map_err(String::as_str))
    }
}

/// Two answers are the same only when they are one: what they tell of moved on meanwhile.
impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order && self.answer.as_ref().map(Arc::as_ptr) == other.answer.as_ref().map(Arc::as_ptr)
    }
}

impl Eq for Asked {}

/// What a person did to one table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hand {
    pub cursor: Cursor,
    /// Which rows are shown, as it was typed; empty: all.
    pub filter: String,
    /// Columns behind those that name the row that are scrolled out of sight.
    pub left: usize,
}

/// The selected row of a list. It stays on its row when rows come, go or change places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub key: Option<String>,
    /// Where the row was, for when it is gone.
    pub at: usize,
}

impl Cursor {
    /// The selected one of `rows`, given by their keys; `None` when there are none.
    #[must_use]
    pub fn place<'a>(&self, rows: impl ExactSizeIterator<Item = &'a str>) -> Option<usize> {
        let last = rows.len().checked_sub(1)?;
        let mut rows = rows;
        let found = self.key.as_ref().and_then(|key| rows.position(|row| row == key));
        Some(found.unwrap_or(self.at.min(last)))
    }
}

impl Screen {
    #[must_use]
    pub fn new(place: Place, cluster: Option<&str>) -> Self {
        let cluster = cluster.map(str::to_owned);
        Screen { place, cluster, subject: None, asked: None, focus: None, hands: BTreeMap::new(), zoomed: false, scroll: 0 }
    }

    #[must_use]
    pub fn fleet() -> Self {
        Screen::new(Place::Fleet, None)
    }

    #[must_use]
    pub fn cluster(name: &str) -> Self {
        Screen::new(Place::Cluster, Some(name))
    }

    #[must_use]
    pub fn help() -> Self {
        Screen::new(Place::Help, None)
    }

    /// All about `subject`, which is of `cluster`.
    #[must_use]
    pub fn sheet(subject: Subject, cluster: Option<&str>) -> Self {
        Screen { subject: Some(subject), ..Screen::new(Place::Sheet, cluster) }
    }

    /// The process that `order` names, asked about now.
    #[must_use]
    pub fn who(order: WhoOrder) -> Self {
        let cluster = order.cluster.clone();
        Screen { subject: Some(Subject::Process(Asked { order, answer: None })), ..Screen::new(Place::Who, Some(&cluster)) }
    }

    /// The screen of `place` that shows what `question` asks, of the cluster that is open there.
    #[must_use]
    pub fn asking(place: Place, question: Question, cluster: Option<&str>) -> Self {
        Screen { asked: Some(Inquiry::new(question)), ..Screen::new(place, cluster) }
    }

    /// The cursor in the table called `table`.
    #[must_use]
    pub fn cursor(&self, table: &str) -> Cursor {
        self.hands.get(table).map(|hand| hand.cursor.clone()).unwrap_or_default()
    }

    /// Its station in the path of the header.
    #[must_use]
    pub fn crumb(&self) -> String {
        if let Some(asked) = self.asked.as_ref().filter(|_| self.place != Place::Sheet) {
            return match &asked.question {
                Question::Plan(wish) => format!("plan {}", wish.runbook),
                // its end is what people say, and what `opsctl run` takes
                Question::Run { id } => format!("run {}", id.get(id.len().saturating_sub(SPOKEN)..).unwrap_or(id)),
                Question::Runbooks { .. } | Question::Runs | Question::Audit => self.place.word().to_owned(),
            };
        }
        match (self.place, &self.subject, &self.cluster) {
            (Place::Cluster, _, Some(name)) => name.clone(),
            (Place::Sheet, Some(Subject::Finding { key }), _) => key.split('/').nth(1).unwrap_or("finding").to_owned(),
            (Place::Sheet, Some(Subject::Row { panel: "fates", key, .. }), _) => format!("if {} dies", key.rsplit('/').next().unwrap_or(key)),
            (Place::Sheet, Some(Subject::Row { panel, key, .. }), _) => format!("{panel} {}", key.rsplit('/').next().unwrap_or(key)),
            (Place::Who, Some(Subject::Process(Asked { order, .. })), _) => match &order.sought {
                Sought::Process(pid) => format!("who {pid}"),
                Sought::Waiting(_) => format!("who waits at {}", order.member.as_deref().unwrap_or("?")),
            },
            (place, _, _) => place.word().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Place, Screen, Subject};

    #[test]
    fn a_cursor_stays_on_its_row_and_has_a_place_when_it_is_gone() {
        let cursor = Cursor { key: Some("b".to_owned()), at: 1 };
        let place = |rows: &[&'static str]| cursor.place(rows.iter().copied());
        assert_eq!(place(&["a", "b", "c"]), Some(1));
        assert_eq!(place(&["b", "c", "a"]), Some(0));
        assert_eq!(place(&["a", "c"]), Some(1));
        assert_eq!(place(&["a"]), Some(0));
        assert_eq!(place(&[]), None);
    }

    #[test]
    fn what_is_foretold_is_called_by_what_dies() {
        let row = |panel| Screen::sheet(Subject::Row { place: Place::Foresee, panel, key: "lab/pooler/pgb-1".to_owned() }, Some("lab")).crumb();
        assert_eq!([row("fates"), row("pools")], ["if pgb-1 dies", "pools pgb-1"]);
    }

    #[test]
    fn each_place_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<&str> = Place::ALL.iter().map(|place| place.word()).collect();
        assert_eq!(words.len(), Place::ALL.len());
    }
}

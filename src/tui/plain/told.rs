//! What is said: each line is whole by itself, begins with what it is about, and holds no sign that has to be seen to be understood. Pure.

use crate::app::Observed;
use crate::app::cells::{seconds_text, words};
use crate::app::verdict::{Change, changes, moves};
use crate::app::views::{parts, subject};
use crate::health::{Judgement, Standing};
use crate::model::{Finding, Moment};
use crate::systems::view::Table;
use crate::text::untrusted::visible;
use crate::tui::panel::DOUBT;
use crate::tui::picture::{Freshness, freshness};
use crate::tui::place::{Place, Screen};
use crate::tui::scope::{Scope, standing};
use crate::tui::screens;
use std::sync::Arc;

/// What can be answered, said after every list.
const HOW: &str = "Type a number and Enter to hear more, s for this list again, h for help, q to leave.";
const HELP: [&str; 5] = [
    "A number: all that is known of that finding or cluster, as it was numbered in the last list.",
    "s: what needs you now, and every cluster.",
    "h: this help.",
    "q: leave. Ctrl-C and the end of input leave as well.",
    "What changes is told by itself, and every 30 seconds that this program still watches. Nothing here changes a server.",
];

/// Something that was listed with a number.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Listed {
    /// A finding, by its key.
    Finding(String),
    Cluster(String),
}

/// What an answer comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Lines(Vec<String>),
    Leave,
}

/// What was said so far, as far as it matters for what comes.
#[derive(Debug)]
pub struct Told {
    scope: Scope,
    observed: Arc<Observed>,
    former: Option<Arc<Judgement>>,
    listed: Vec<Listed>,
}

impl Told {
    #[must_use]
    pub fn new(observed: Arc<Observed>, scope: Scope) -> Told {
        Told { scope, observed, former: None, listed: Vec::new() }
    }

    /// The first lines.
    #[must_use]
    pub fn begin(&self) -> Vec<String> {
        let clusters: Vec<String> = self.scope.worst_first(&self.observed).iter().map(|cluster| visible(&cluster.spec.name)).collect();
        let waiting = self.is_waiting().then(|| "Waiting for the first answers.".to_owned());
        let first = format!("opsctl watches {}: {}. It only reads.", counted(clusters.len(), "cluster"), clusters.join(", "));
        std::iter::once(first).chain(waiting).collect()
    }

    /// Somebody has not answered and not failed yet.
    fn is_waiting(&self) -> bool {
        let clusters = self.scope.worst_first(&self.observed);
        clusters.iter().any(|cluster| cluster.entries.iter().any(|entry| entry.good.is_none() && entry.failure.is_none()))
    }

    /// What is to be said of a new revision: at first how everything stands, then what changed.
    pub fn take(&mut self, observed: Arc<Observed>) -> Vec<String> {
        let before = std::mem::replace(&mut self.observed, observed);
        let judgement = Arc::clone(&self.observed.judgement);
        let Some(former) = self.former.take() else {
            if self.is_waiting() {
                return Vec::new();
            }
            self.former = Some(judgement);
            return self.list();
        };
        let mine = |change: &Change| self.scope.clusters.is_empty() || self.scope.clusters.iter().any(|name| name == change.cluster());
        let all = changes(&former, &judgement).into_iter().chain(moves(&before.turns, &self.observed.turns));
        let lines = all.filter(|change| mine(change)).map(|change| self.change(&change)).collect();
        self.former = Some(judgement);
        lines
    }

    /// Nothing was said for a while.
    #[must_use]
    pub fn still(&self, now: Moment) -> String {
        let clusters = self.scope.worst_first(&self.observed);
        let all = [Standing::Unreadable, Standing::Critical, Standing::Unknown, Standing::Warning, Standing::Healthy];
        let counts = all.iter().filter_map(|one| {
            let count = clusters.iter().filter(|cluster| standing(&self.observed, cluster) == *one).count();
            (count > 0).then(|| format!("{count} {}", one.word()))
        });
        let counts: Vec<String> = counts.collect();
        let data = match freshness(&clusters, now) {
            Freshness::Waiting => "No server has answered yet".to_owned(),
            Freshness::Fresh { oldest } => format!("Data at most {} old", age(oldest)),
            Freshness::Partly { silent, of, oldest } => {
                format!("{silent} of {of} servers do not answer; data of the others at most {} old", age(oldest))
            }
            Freshness::Dead { last: Some(last) } => format!("No server answers; the last answer is {} old", age(last)),
            Freshness::Dead { last: None } => "No server answers, and none ever did".to_owned(),
        };
        format!("{}: still watching. Clusters: {}. {data}.", clock(now), counts.join(", "))
    }

    /// What a typed line comes to.
    pub fn answer(&mut self, line: &str) -> Answer {
        let line = line.trim();
        Answer::Lines(match line {
            "q" | "quit" | "exit" => return Answer::Leave,
            "" | "s" => self.list(),
            "h" | "?" | "help" => HELP.map(str::to_owned).to_vec(),
            _ => match line.parse::<usize>().ok().and_then(|number| self.listed.get(number.checked_sub(1)?)) {
                Some(listed) => self.all_of(&listed.clone()),
                None => vec![format!("{} is none of the numbers. {HOW}", visible(line))],
            },
        })
    }

    /// Every finding and every cluster, numbered.
    fn list(&mut self) -> Vec<String> {
        let observed = &self.observed;
        let clusters = self.scope.worst_first(observed);
        let mut lines = Vec::new();
        let mut listed = Vec::new();
        let shown = |name: &str| clusters.iter().any(|cluster| cluster.spec.name == name);
        for finding in observed.judgement.findings.iter().filter(|finding| shown(&finding.subject.cluster)) {
            listed.push(Listed::Finding(subject::finding_key(finding)));
            let since = words(&parts::lasting(observed, finding)).0;
            lines.push(format!("{}: {}, for {since}.", listed.len(), self::finding(finding)));
        }
        if listed.is_empty() {
            lines.push("No rule has found anything.".to_owned());
        }
        for cluster in clusters {
            listed.push(Listed::Cluster(cluster.spec.name.clone()));
            let (environment, stands) = (cluster.spec.environment.word(), standing(observed, cluster).word());
            lines.push(format!("{}: cluster {}, {environment}, is {stands}.", listed.len(), visible(&cluster.spec.name)));
        }
        lines.insert(0, format!("{}: {}.", clock(observed.now), counted(listed.len() - self.scope.worst_first(observed).len(), "finding")));
        lines.push(HOW.to_owned());
        self.listed = listed;
        lines
    }

    fn change(&self, change: &Change) -> String {
        let at = clock(self.observed.now);
        match change {
            Change::Stands { cluster, before: None, now } => format!("{at}: cluster {} is {}.", visible(cluster), now.word()),
            Change::Stands { cluster, before: Some(before), now } => {
                format!("{at}: cluster {} is {} now, it was {}.", visible(cluster), now.word(), before.word())
            }
            Change::Raised(finding) => format!("{at}: new, {}.", self::finding(finding)),
            Change::Doubtful(finding) => format!("{at}: no longer known, {}.", self::finding(finding)),
            Change::Cleared(finding) => format!("{at}: over, {}.", self::finding(finding)),
            Change::Moved(turn) => format!("{at}: cluster {}, {}.", visible(&turn.finding.subject.cluster), turn.finding.sentence.shown()),
        }
    }

    /// All that is known of what was listed.
    fn all_of(&self, listed: &Listed) -> Vec<String> {
        match listed {
            Listed::Finding(key) => screens::told_of(&self.observed, key),
            Listed::Cluster(name) => {
                let screen = Screen::cluster(name);
                let panels = screens::find(Place::Cluster).map_or_else(Vec::new, |def| def.panels.of(&self.observed, &self.scope, &screen));
                let mut lines: Vec<String> = panels.iter().flat_map(|panel| of_table(&panel.table)).collect();
                lines.insert(0, format!("Cluster {}:", visible(name)));
                lines
            }
        }
    }
}

fn finding(finding: &Finding) -> String {
    let doubt = if finding.confirmed { "" } else { DOUBT };
    format!("{}, cluster {}: {doubt}{}", finding.severity.word(), visible(&finding.subject.cluster), finding.sentence.shown())
}

/// A table in sentences: a line a row, each value behind the name of its column.
fn of_table(table: &Table) -> Vec<String> {
    if table.rows.is_empty() {
        return vec![format!("{}: {}.", table.title, table.when_empty)];
    }
    let row = |row: &crate::systems::view::Row| {
        let cells = table.columns.iter().zip(&row.cells).filter(|(column, _)| column.kind != crate::systems::view::Kind::Series);
        let said = cells.map(|(column, cell)| (column, words(cell).0)).filter(|(_, text)| !matches!(text.as_str(), "" | "-"));
        let said: Vec<String> = said.map(|(column, text)| format!("{} {text}", column.key.replace('_', " "))).collect();
        format!("{}: {}.", table.title, said.join(", "))
    };
    table.rows.iter().map(row).collect()
}

/// `14:03:22Z`
fn clock(now: Moment) -> String {
    now.wall.strftime("%H:%M:%SZ").to_string()
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn age(time: std::time::Duration) -> String {
    seconds_text(time.as_secs_f64().floor())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClusterSpec;
    use crate::config::Inventory;
    use crate::model::Clock;
    use crate::systems::registry::SYSTEMS;
    use std::time::Duration;

    #[test]
    fn an_answer_is_a_number_of_the_last_list_or_a_letter() {
        let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named("lab", "test"))] };
        let now = Clock::real().now();
        let observed = Arc::new(Observed::nothing(&inventory, now));
        let mut told = Told::new(Arc::clone(&observed), Scope { clusters: Vec::new(), systems: SYSTEMS });
        assert_eq!(told.begin(), ["opsctl watches 1 cluster: lab. It only reads."]);
        let Answer::Lines(none) = told.answer("1") else { panic!("lines") };
        assert!(none[0].starts_with("1 is none of the numbers."), "{none:?}");
        let list = told.take(observed);
        assert!(list.iter().any(|line| line.starts_with("1: cluster lab, prod, is ")), "{list:?}");
        let Answer::Lines(cluster) = told.answer(" 1 ") else { panic!("lines") };
        assert_eq!(cluster[0], "Cluster lab:");
        assert_eq!(told.answer("q"), Answer::Leave);
        assert_eq!(told.answer("s"), told.answer(""));
        let Answer::Lines(strange) = told.answer("\u{1b}[2J") else { panic!("lines") };
        assert!(!strange[0].contains('\u{1b}'), "{strange:?}");
        assert!(
            told.still(now.plus(Duration::from_secs(31))).ends_with("No server has answered yet."),
            "{}",
            told.still(now.plus(Duration::from_secs(31)))
        );
    }
}

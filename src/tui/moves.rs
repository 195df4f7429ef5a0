//! What the commands of the registry do to the state.

use super::effect::Effect;
use super::panel::{self, Panel};
use super::place::{ClusterScreen, Cursor, Screen, Subject};
use super::screens::sheet;
use super::state::State;
use crate::app::views::parts;
use crate::model::Finding;

/// What the cursor moves in.
#[derive(Default)]
struct Spot {
    /// The panel, where the screen has panels.
    panel: Option<&'static str>,
    /// The keys of its rows.
    rows: Vec<String>,
    /// The selected one.
    at: Option<usize>,
}

impl Spot {
    fn of(state: &State) -> Spot {
        let (panel, table) = match state.screen() {
            Screen::Fleet { .. } => (None, panel::of_fleet(&state.picture.shown(), &state.scope)),
            Screen::Cluster(screen) => match focused(state, screen) {
                Some(panel) => (Some(panel.table.key), panel.table),
                None => return Spot::default(),
            },
            Screen::Sheet { .. } | Screen::Help { .. } => return Spot::default(),
        };
        let rows: Vec<String> = table.rows.into_iter().map(|row| row.key).collect();
        Spot { panel, at: state.screen().cursor(panel).place(&rows), rows }
    }

    fn selected(&self) -> Option<&String> {
        self.rows.get(self.at?)
    }
}

fn focused(state: &State, screen: &ClusterScreen) -> Option<Panel> {
    let panels = panel::of_cluster(&state.picture.shown(), &state.scope, &screen.name);
    let at = panel::focused(screen, &panels);
    panels.into_iter().nth(at)
}

pub(super) fn has_row(state: &State) -> bool {
    Spot::of(state).at.is_some()
}

pub(super) fn has_finding(state: &State) -> bool {
    with_finding(state, |_| ()).is_some()
}

pub(super) fn has_neighbours(state: &State) -> bool {
    state.scope.worst_first(&state.picture.shown()).len() > 1
}

/// The worst finding about what is selected: the finding itself, those of the endpoint, those of the cluster.
fn with_finding<T>(state: &State, take: impl FnOnce(&Finding) -> T) -> Option<T> {
    let observed = state.picture.shown();
    let spot = Spot::of(state);
    let key = spot.selected();
    // worst first already
    let findings = &observed.judgement.findings;
    let found = match state.screen() {
        Screen::Fleet { .. } => findings.iter().find(|finding| Some(&finding.subject.cluster) == key),
        Screen::Cluster(screen) => {
            let mut of_cluster = findings.iter().filter(|finding| finding.subject.cluster == screen.name);
            let about = |finding: &&Finding| key.is_some_and(|key| parts::finding_key(finding) == *key || parts::is_about(finding, key));
            of_cluster.clone().find(about).or_else(|| of_cluster.next())
        }
        Screen::Sheet { .. } | Screen::Help { .. } => None,
    };
    found.map(take)
}

pub(super) fn open(state: &mut State) -> Option<Effect> {
    let spot = Spot::of(state);
    let key = spot.selected()?.clone();
    let next = match state.screen() {
        Screen::Fleet { .. } => Screen::cluster(&key),
        Screen::Cluster(screen) => {
            let panel = spot.panel?;
            let subject = if panel == panel::FINDINGS { Subject::Finding { key } } else { Subject::Row { cluster: screen.name.clone(), panel, key } };
            Screen::Sheet { subject, scroll: 0 }
        }
        Screen::Sheet { .. } | Screen::Help { .. } => return None,
    };
    state.go(next);
    None
}

pub(super) fn explain(state: &mut State) -> Option<Effect> {
    match with_finding(state, parts::finding_key) {
        Some(key) => state.go(Screen::Sheet { subject: Subject::Finding { key }, scroll: 0 }),
        None => state.notice = Some("no rule has found anything here"),
    }
    None
}

pub(super) fn back(state: &mut State) -> Option<Effect> {
    if !state.back() {
        state.notice = Some("this is the first screen; q leaves the console");
    }
    None
}

pub(super) fn help(state: &mut State) -> Option<Effect> {
    if matches!(state.screen(), Screen::Help { .. }) {
        state.back();
    } else {
        state.go(Screen::Help { scroll: 0 });
    }
    None
}

pub(super) fn freeze(state: &mut State) -> Option<Effect> {
    state.picture.toggle();
    None
}

pub(super) fn zoom(state: &mut State) -> Option<Effect> {
    if let Some(Screen::Cluster(screen)) = state.screen_mut() {
        screen.zoomed = !screen.zoomed;
    }
    None
}

pub(super) fn panel(state: &mut State, by: isize) -> Option<Effect> {
    let Screen::Cluster(screen) = state.screen() else { return None };
    let panels = panel::of_cluster(&state.picture.shown(), &state.scope, &screen.name);
    let next = turn(panel::focused(screen, &panels), by, panels.len());
    let key = panels.get(next).map(|panel| panel.table.key);
    if let Some(Screen::Cluster(screen)) = state.screen_mut() {
        screen.focus = key;
    }
    None
}

pub(super) fn cluster(state: &mut State, by: isize) -> Option<Effect> {
    let observed = state.picture.shown();
    let clusters = state.scope.worst_first(&observed);
    let Screen::Cluster(screen) = state.screen() else { return None };
    let at = clusters.iter().position(|cluster| cluster.spec.name == screen.name).unwrap_or(0);
    let name = clusters.get(turn(at, by, clusters.len())).map(|cluster| cluster.spec.name.clone())?;
    if let Some(Screen::Cluster(screen)) = state.screen_mut() {
        screen.name = name;
        screen.cursors.clear();
    }
    None
}

/// One step in a ring of `count`.
fn turn(at: usize, by: isize, count: usize) -> usize {
    match count {
        0 => 0,
        _ if by < 0 => (at + count - 1) % count,
        _ => (at + 1) % count,
    }
}

/// Moves the cursor, or what is read, by `by` rows; the help has `help` lines.
pub(super) fn by(state: &mut State, by: isize, help: usize) -> Option<Effect> {
    let most = match state.screen() {
        Screen::Fleet { .. } | Screen::Cluster(_) => None,
        Screen::Sheet { subject, .. } => Some(sheet::length(state, subject)),
        Screen::Help { .. } => Some(help),
    };
    if let Some(length) = most {
        let last = length.saturating_sub(state.body_rows());
        if let Some(Screen::Sheet { scroll, .. } | Screen::Help { scroll }) = state.screen_mut() {
            *scroll = (*scroll).min(last).saturating_add_signed(by).min(last);
        }
        return None;
    }
    let spot = Spot::of(state);
    let next = spot.at?.saturating_add_signed(by).min(spot.rows.len().saturating_sub(1));
    let cursor = Cursor { key: spot.rows.into_iter().nth(next), at: next };
    match state.screen_mut() {
        Some(Screen::Fleet { cursor: old }) => *old = cursor,
        Some(Screen::Cluster(screen)) => {
            screen.cursors.insert(spot.panel?, cursor);
        }
        _ => {}
    }
    None
}

/// Rows of half a screen.
pub(super) fn page(state: &State) -> isize {
    isize::try_from(state.body_rows() / 2).unwrap_or(1).max(1)
}

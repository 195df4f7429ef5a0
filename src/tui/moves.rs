//! What the commands of the registry do to the state.

use super::change;
use super::effect::Effect;
use super::errand::Errand;
use super::errand::child::Outing;
use super::errand::who::{Sought, WhoOrder};
use super::notice::Notice;
use super::panel::{self, PANE};
use super::place::{Cursor, Place, Screen, Subject};
use super::screens::{pane_end, sheet};
use super::spot::Spot;
use super::state::State;
use super::tables;
use super::target::{Target, sought};
use super::travel;
use crate::app::cells::words;
use crate::app::child;
use crate::app::views::subject;
use crate::model::Finding;

/// Whether there are lists here, and not one text to read.
fn is_list(state: &State) -> bool {
    !matches!(state.place(), Place::Sheet | Place::Help)
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

/// The worst finding about what is selected, or about the row that is told in full: the finding itself, those of the endpoint, those of the cluster.
fn with_finding<T>(state: &State, take: impl FnOnce(&Finding) -> T) -> Option<T> {
    let observed = state.picture.shown();
    let spot = Spot::of(state);
    let key = match &state.screen().subject {
        // it is told already
        Some(Subject::Finding { .. }) => return None,
        Some(Subject::Row { key, .. }) => Some(key.as_str()),
        Some(Subject::Process(_)) | None => spot.row().map(|row| row.key.as_str()),
    };
    // worst first already
    let findings = observed.judgement.findings.iter();
    let found = if state.place() == Place::Fleet {
        findings.clone().find(|finding| Some(finding.subject.cluster.as_str()) == key)
    } else {
        let mut here = findings.filter(|finding| state.screen().cluster.as_ref().is_none_or(|name| finding.subject.cluster == *name));
        let about = |finding: &&Finding| key.is_some_and(|key| subject::finding_key(finding) == key || subject::is_about(finding, key));
        here.clone().find(about).or_else(|| here.next())
    };
    found.map(take)
}

pub(super) fn open(state: &mut State) -> Option<Effect> {
    if change::open(state) {
        return None;
    }
    let spot = Spot::of(state);
    let key = spot.row().filter(|_| is_list(state))?.key.clone();
    let (place, panel) = (state.place(), spot.panel()?.table().key);
    let next = if place == Place::Fleet {
        Screen::cluster(&key)
    } else {
        let subject = if panel == panel::FINDINGS { Subject::Finding { key } } else { Subject::Row { place, panel, key } };
        let asked = state.screen().asked.clone();
        Screen { asked, ..Screen::sheet(subject, state.screen().cluster.as_deref()) }
    };
    state.go(next);
    None
}

/// Opens the page of `place`, of the cluster that is open or the only one, else of the whole fleet. From page to page, and from what was opened on one, `esc`
/// goes back to where the first page was opened.
pub(super) fn page_of(state: &mut State, place: Place) -> Option<Effect> {
    let observed = state.picture.shown();
    let only = match state.scope.worst_first(&observed)[..] {
        [one] => Some(one.spec.name.as_str()),
        _ => None,
    };
    let next = Screen::new(place, state.screen().cluster.as_deref().or(only));
    state.turn_page(next);
    None
}

/// The selected row, its columns separated by tabs.
pub(super) fn copy(state: &mut State) -> Option<Effect> {
    let text = Spot::of(state).row().map(|row| row.cells.iter().map(|cell| words(cell).0).collect::<Vec<_>>().join("\t"));
    text.map(|text| Effect::Errand(Errand::Copy(text)))
}

pub(super) fn explain(state: &mut State) -> Option<Effect> {
    match with_finding(state, subject::finding_key) {
        Some(key) => {
            let cluster = state.screen().cluster.clone();
            state.go(Screen::sheet(Subject::Finding { key }, cluster.as_deref()));
        }
        None if matches!(state.screen().subject, Some(Subject::Finding { .. })) => {
            state.notice = Some(Notice::info("this is all that the rule found; esc goes back"));
        }
        None => state.notice = Some(Notice::info("no rule has found anything here")),
    }
    None
}

pub(super) fn can_ask_who(state: &State) -> bool {
    sought(state).is_some()
}

pub(super) fn who(state: &mut State) -> Option<Effect> {
    let Some(order) = sought(state) else {
        state.notice = Some(Notice::info("select a process first: a row of activity or of locks; or a pooler or a pool: who waits there"));
        return None;
    };
    trace(state, order)
}

/// `PID`, or `PID SERVER`, of the cluster that is open.
pub(super) fn who_of(state: &mut State, said: &str) -> Option<Effect> {
    let mut words = said.split_whitespace();
    let pid = words.next().and_then(|word| word.parse::<i32>().ok()).filter(|pid| *pid > 0);
    let Some(pid) = pid else {
        state.notice = Some(Notice::warning("a process is named by its number: who 4711, or who 4711 pg1"));
        return None;
    };
    let observed = state.picture.shown();
    let only = match state.scope.worst_first(&observed)[..] {
        [only] => Some(only.spec.name.clone()),
        _ => None,
    };
    let Some(cluster) = state.cluster().map(str::to_owned).or(only) else {
        state.notice = Some(Notice::warning("open a cluster first: a process is one of its servers"));
        return None;
    };
    trace(state, WhoOrder { cluster, member: words.next().map(str::to_owned), sought: Sought::Process(pid) })
}

fn trace(state: &mut State, order: WhoOrder) -> Option<Effect> {
    let next = Screen::who(order.clone());
    match state.screen_mut() {
        Some(screen) if screen.place == Place::Who => *screen = next,
        _ => state.go(next),
    }
    Some(Effect::Errand(Errand::Who(order)))
}

/// Leaves the mouse to the terminal, or takes it again.
pub(super) fn mouse(state: &mut State) -> Option<Effect> {
    state.mouse = !state.mouse;
    state.notice =
        Some(Notice::info(if state.mouse { "the mouse points here again" } else { "the terminal selects text with the mouse; m takes it back" }));
    Some(Effect::Mouse(state.mouse))
}

/// psql of the server that is selected, or a shell where none is.
pub(super) fn psql(state: &mut State) -> Option<Effect> {
    if state.travel.is_replay() {
        return shell(state, "a recording has no servers to log in to, so this is ");
    }
    let observed = state.picture.shown();
    let target = Target::of(state);
    let cluster = target.cluster.as_ref().and_then(|name| observed.fleet.cluster(name));
    let server = cluster.zip(target.spec).and_then(|(cluster, spec)| child::server(cluster, &spec));
    match server.map(|spec| child::psql(&spec, State::READ_ONLY)) {
        None => shell(state, "no PostgreSQL server is selected, so this is "),
        Some(Ok(order)) => Some(Effect::Errand(Errand::Child(Outing::Program(order)))),
        Some(Err(why)) => {
            state.notice = Some(Notice::warning(why));
            None
        }
    }
}

/// The shell of this person; `why` is said before its name.
pub(super) fn shell(_state: &mut State, why: &str) -> Option<Effect> {
    Some(Effect::Errand(Errand::Child(Outing::Shell(why.to_owned()))))
}

/// Takes a filter off first: one leaves what one looks at before one leaves the place.
pub(super) fn back(state: &mut State) -> Option<Effect> {
    if !tables::widen(state) && !state.back() {
        state.notice = Some(Notice::info("this is the first screen; q leaves the console"));
    }
    None
}

/// To where one was before, however one left it.
pub(super) fn rewind(state: &mut State) -> Option<Effect> {
    if !state.rewind() {
        state.notice = Some(Notice::info("nothing was shown before this"));
    }
    None
}

pub(super) fn advance(state: &mut State) -> Option<Effect> {
    if !state.advance() {
        state.notice = Some(Notice::info("this is where one came back from"));
    }
    None
}

pub(super) fn swap(state: &mut State) -> Option<Effect> {
    if !state.swap() {
        state.notice = Some(Notice::info("nothing was shown before this"));
    }
    None
}

pub(super) fn home(state: &mut State) -> Option<Effect> {
    if state.trail().len() > 1 {
        state.home();
    }
    None
}

pub(super) fn help(state: &mut State) -> Option<Effect> {
    if state.place() == Place::Help {
        state.back();
    } else {
        state.go(Screen::help());
    }
    None
}

pub(super) fn freeze(state: &mut State) -> Option<Effect> {
    if state.travel.is_replay() {
        return travel::play(state);
    }
    state.picture.toggle();
    None
}

pub(super) fn zoom(state: &mut State) -> Option<Effect> {
    if let Some(screen) = state.screen_mut() {
        screen.zoomed = !screen.zoomed;
    }
    None
}

pub(super) fn panel(state: &mut State, by: isize) -> Option<Effect> {
    let spot = Spot::of(state);
    let mut stops: Vec<&'static str> = spot.panels.iter().map(|panel| panel.table().key).collect();
    let at = if is_in_pane(state) { stops.len() } else { spot.focus };
    stops.extend(pane_end(state).map(|_| PANE));
    let key = stops.get(turn(at, by, stops.len())).copied();
    if let Some(screen) = state.screen_mut() {
        screen.focus = key;
    }
    None
}

pub(super) fn cluster(state: &mut State, by: isize) -> Option<Effect> {
    let open = state.screen().cluster.clone()?;
    let observed = state.picture.shown();
    let clusters = state.scope.worst_first(&observed);
    let at = clusters.iter().position(|cluster| cluster.spec.name == open).unwrap_or(0);
    let name = clusters.get(turn(at, by, clusters.len())).map(|cluster| cluster.spec.name.clone())?;
    state.turn_to(&name);
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

/// Whether keys scroll what is told below the panels.
fn is_in_pane(state: &State) -> bool {
    state.screen().focus == Some(PANE) && pane_end(state).is_some()
}

/// Moves the cursor, or what is read, by `by` rows; the help has `help` lines.
pub(super) fn by(state: &mut State, by: isize, help: usize) -> Option<Effect> {
    let length = match state.place() {
        Place::Sheet => Some(sheet::length(state)),
        Place::Help => Some(help),
        _ => None,
    };
    let read = length.map(|length| length.saturating_sub(state.body_rows()));
    if let Some(last) = read.or_else(|| pane_end(state).filter(|_| is_in_pane(state))) {
        if let Some(screen) = state.screen_mut() {
            screen.scroll = screen.scroll.min(last).saturating_add_signed(by).min(last);
        }
        return None;
    }
    let spot = Spot::of(state);
    let panel = spot.panel()?;
    let next = spot.at?.saturating_add_signed(by).min(panel.len().saturating_sub(1));
    let cursor = Cursor { key: panel.row(next).map(|row| row.key.clone()), at: next };
    if let Some(screen) = state.screen_mut() {
        screen.hands.entry(panel.table().key).or_default().cursor = cursor;
        // what is told is another's
        screen.scroll = 0;
    }
    None
}

/// Rows of half a screen.
pub(super) fn page(state: &State) -> isize {
    isize::try_from(state.body_rows() / 2).unwrap_or(1).max(1)
}

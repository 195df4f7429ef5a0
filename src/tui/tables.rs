//! What a person does to the table in focus: which rows, in which order, which columns.

use super::arranged::Arranged;
use super::dialog::Dialog;
use super::effect::Effect;
use super::filter::{Filter, Flaw};
use super::line::Line;
use super::memory::Shape;
use super::notice::Notice;
use super::place::Hand;
use super::sorting::Sorting;
use super::spot::Spot;
use super::state::State;
use crate::systems::view::Column;
use crate::text::suggest::nearest;

/// The table that has the keys.
fn table(state: &State) -> Option<Arranged> {
    Spot::of(state).panel().cloned()
}

pub(super) fn has_table(state: &State) -> bool {
    Spot::of(state).panel().is_some_and(|panel| !panel.table().rows.is_empty())
}

/// The hand of the table in focus, which keeps the focus: narrowed to nothing it would lose it to the next one.
fn hand(state: &mut State) -> Option<&mut Hand> {
    let key = Spot::of(state).panel()?.table().key;
    let screen = state.screen_mut()?;
    screen.focus = Some(key);
    Some(screen.hands.entry(key).or_default())
}

/// How the table in focus is shown, and what remembers it.
fn shape(state: &State) -> Option<(&'static str, &'static str, Shape)> {
    let (screen, table) = (state.place().word(), Spot::of(state).panel()?.table().key);
    Some((screen, table, state.memory.shape(screen, table)))
}

fn reshape(state: &mut State, change: impl FnOnce(&mut Shape)) {
    if let Some((screen, table, mut shape)) = shape(state) {
        change(&mut shape);
        state.memory.keep(screen, table, shape);
    }
}

/// The filter of the table in focus.
#[must_use]
pub fn filter_of(state: &State) -> String {
    let key = Spot::of(state).panel().map(|panel| panel.table().key);
    key.and_then(|key| state.screen().hands.get(key)).map(|hand| hand.filter.clone()).unwrap_or_default()
}

pub(super) fn filter(state: &mut State) -> Option<Effect> {
    if table(state).is_none() {
        state.notice = Some(Notice::info("there is no table here to look through"));
        return None;
    }
    let former = filter_of(state);
    state.dialog = Some(Dialog::Filter { line: Line::new(&former), former, flaw: None });
    None
}

/// Why `text` means nothing for the table in focus.
pub(super) fn flaw_of(state: &State, text: &str) -> Option<Flaw> {
    Filter::parse(text, &table(state)?.table().columns).err()
}

/// Shows the rows that `text` leaves.
///
/// # Errors
/// The text means nothing for this table; its rows stay as they were.
pub fn narrow(state: &mut State, text: &str) -> Result<(), Flaw> {
    if let Some(table) = table(state) {
        Filter::parse(text, &table.table().columns)?;
    }
    if let Some(hand) = hand(state) {
        text.trim().clone_into(&mut hand.filter);
    }
    Ok(())
}

/// The next of the columns that are shown, then the order of the table again.
pub(super) fn sort_next(state: &mut State) -> Option<Effect> {
    let table = table(state)?;
    let columns: Vec<Column> = table.columns().map(|(_, column)| *column).collect();
    let at = table.sorting.as_ref().and_then(|sorting| columns.iter().position(|column| column.key == sorting.column));
    let next = columns.get(at.map_or(0, |at| at + 1));
    sort(state, next.map(Sorting::first));
    None
}

pub(super) fn turn(state: &mut State) -> Option<Effect> {
    let table = table(state)?;
    match table.sorting {
        Some(sorting) => sort(state, Some(Sorting { falling: !sorting.falling, ..sorting })),
        None => state.notice = Some(Notice::info("the rows stand as the table has them; S sorts by a column")),
    }
    None
}

/// By the column called `name`, by its key or its head; again: the other way.
pub(super) fn sort_by(state: &mut State, name: &str) -> Option<Effect> {
    let table = table(state)?;
    let name = name.trim().to_lowercase();
    if name.is_empty() || name == "none" {
        sort(state, None);
        return None;
    }
    let columns = &table.table().columns;
    let of_title = |column: &&Column| column.title.to_lowercase() == name;
    let Some(column) = columns.iter().find(|column| column.key == name).or_else(|| columns.iter().find(of_title)) else {
        let near = nearest(&name, columns.iter().map(|column| column.key)).map(|near| format!("; did you mean '{near}'?")).unwrap_or_default();
        state.notice = Some(Notice::warning(format!("no column '{name}' in {}{near}", table.table().title)));
        return None;
    };
    let again = table.sorting.as_ref().filter(|sorting| sorting.column == column.key);
    let sorting = again.map_or_else(|| Sorting::first(column), |sorting| Sorting { falling: !sorting.falling, ..sorting.clone() });
    sort(state, Some(sorting));
    None
}

fn sort(state: &mut State, sorting: Option<Sorting>) {
    let told = match &sorting {
        Some(sorting) => format!(
            "sorted by {}, {}; s turns it, S takes the next column",
            sorting.column,
            if sorting.falling { "most first" } else { "least first" }
        ),
        None => "in the order of the table again".to_owned(),
    };
    reshape(state, |shape| shape.sorting = sorting);
    state.notice = Some(Notice::info(told));
}

pub(super) fn columns(state: &mut State) -> Option<Effect> {
    if has_table(state) {
        state.dialog = Some(Dialog::Columns { at: 0 });
    } else {
        state.notice = Some(Notice::info("there is no table here"));
    }
    None
}

/// The columns of the table in focus, each with whether it is shown where there is room. The first always is.
#[must_use]
pub fn choice(state: &State) -> Vec<(Column, bool)> {
    table(state).map(|table| table.choice(&state.memory, state.screen())).unwrap_or_default()
}

/// Shows or hides the column at place `at` of the choice.
pub(super) fn toggle(state: &mut State, at: usize) {
    let mut choice = choice(state);
    if at == 0 {
        state.notice = Some(Notice::info("the first column says which row it is: it stays"));
        return;
    }
    if let Some((_, shown)) = choice.get_mut(at) {
        *shown = !*shown;
    }
    let keys = choice.into_iter().filter(|(_, shown)| *shown).map(|(column, _)| column.key.to_owned()).collect();
    reshape(state, |shape| shape.columns = Some(keys));
}

pub(super) fn every_column(state: &mut State) {
    reshape(state, |shape| shape.columns = None);
}

/// Moves the columns behind those that name the row by `by`.
pub(super) fn scroll(state: &mut State, by: isize) -> Option<Effect> {
    let table = table(state)?;
    let left = hand(state)?.left;
    let most = left + table.shown.len().saturating_sub(table.fixed + 1);
    let next = left.saturating_add_signed(by).min(most);
    if let Some(hand) = hand(state) {
        hand.left = next;
    }
    if next == left {
        state.notice = Some(Notice::info(if by > 0 { "this is the last column" } else { "these are the first columns" }));
    }
    None
}

/// Whether a filter was taken off.
pub(super) fn widen(state: &mut State) -> bool {
    let narrowed = !filter_of(state).is_empty();
    if narrowed && let Some(hand) = hand(state) {
        hand.filter.clear();
    }
    narrowed
}

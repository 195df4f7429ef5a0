//! A table of the view model: columns as they fit, each state as glyph, word and colour, the selected row on its own ground.

use super::canvas::Canvas;
use super::header::of_environment;
use crate::app::cells::words;
use crate::app::columns::{self as app_columns, GAP, NARROW, right};
use crate::model::Environment;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};
use crate::text::width::{columns as width_of, fit, pad};
use crate::theme::Role;
use crate::tui::arranged::Arranged;
use crate::tui::mark::state_of;
use ratatui::layout::Rect;

/// Blanks before the first column: room for the sign of the selected row.
const MARGIN: u16 = 2;
/// Widest column while others want room too; the last one gets what is left.
const WIDEST: usize = 60;

/// Rows besides the drawn ones that have a say in how wide columns are: enough that scrolling does not shake them, few enough for ten thousand rows.
const MEASURED: usize = 200;

/// Draws heads and rows of `table` into `area`, so that row `selected` is seen.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, selected: Option<usize>) {
    if area.height == 0 || area.width <= MARGIN {
        return;
    }
    if table.is_empty() {
        canvas.put(area.x + MARGIN, area.y, usize::from(area.width - MARGIN), table.table().when_empty, Role::Muted);
        return;
    }
    let height = usize::from(area.height - 1);
    let first = first_row(table.len(), height, selected);
    let drawn = first..(first + height).min(table.len());
    let measured: Vec<&Row> = (0..table.len().min(MEASURED)).chain(drawn.clone()).filter_map(|at| table.row(at)).collect();
    let shown = fitting(canvas, table, &measured, usize::from(area.width - MARGIN));
    heads(canvas, area, table, &shown);
    for (line, at) in drawn.enumerate() {
        let y = area.y + 1 + u16::try_from(line).unwrap_or(u16::MAX);
        row(canvas, Rect { y, height: 1, ..area }, table, &shown, at);
        if selected == Some(at) {
            canvas.ground(Rect { y, height: 1, ..area }, Role::Selection);
            canvas.put(area.x, y, 1, canvas.look().signs().selected, Role::Key);
        }
    }
}

/// The first row that is shown, so that the selected one stands in the middle where it can.
fn first_row(rows: usize, height: usize, selected: Option<usize>) -> usize {
    selected.unwrap_or(0).saturating_sub(height / 2).min(rows.saturating_sub(height))
}

fn fitting(canvas: &Canvas<'_>, table: &Arranged, measured: &[&Row], room: usize) -> Vec<(usize, usize)> {
    let stem = table.table().stem();
    let columns = &table.table().columns;
    let wanted = |at: usize, column: &Column| {
        let indent = |depth: usize| if at == stem { depth * 2 } else { 0 };
        let cells = measured.iter().filter_map(|row| Some(width_of(&shown(canvas, column, row.cells.get(at)?).0) + indent(row.depth)));
        cells.chain([width_of(column.title)]).max().unwrap_or(0)
    };
    let wide_enough = table.columns().filter(|(_, column)| column.drop <= NARROW);
    let mut places: Vec<(usize, usize)> = wide_enough.map(|(at, column)| (at, wanted(at, column).min(WIDEST))).collect();
    app_columns::fit(&mut places, columns, room);
    let taken: usize = places.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP);
    if let Some((at, width)) = places.last_mut()
        && let Some(column) = columns.get(*at)
    {
        *width = wanted(*at, column).min(*width + room.saturating_sub(taken)).max(*width);
    }
    places
}

fn heads(canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, shown: &[(usize, usize)]) {
    let mut x = area.x + MARGIN;
    for (at, width) in shown {
        let Some(column) = table.table().columns.get(*at) else { continue };
        let left = usize::from(area.right().saturating_sub(x));
        canvas.put(x, area.y, left, &pad(column.title, *width, right(column.kind)), Role::Muted);
        x = after(x, *width);
    }
}

fn row(canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, places: &[(usize, usize)], at: usize) {
    let Some(row) = table.row(at) else { return };
    let table = table.table();
    let mut x = area.x + MARGIN;
    for (cell_at, width) in places {
        let (Some(column), Some(cell)) = (table.columns.get(*cell_at), row.cells.get(*cell_at)) else { continue };
        let (text, role) = shown(canvas, column, cell);
        let text = if *cell_at == table.stem() { format!("{}{text}", "  ".repeat(row.depth)) } else { text };
        let text = if right(column.kind) { pad(&text, *width, true) } else { fit(&text, *width) };
        let left = usize::from(area.right().saturating_sub(x));
        canvas.put(x, area.y, left, &text, role);
        x = after(x, *width);
    }
}

fn after(x: u16, width: usize) -> u16 {
    x.saturating_add(u16::try_from(width + GAP).unwrap_or(u16::MAX))
}

/// A cell as text in a role: a state by glyph and word, a number that matters with the glyph behind it.
#[must_use]
pub fn shown(canvas: &Canvas<'_>, column: &Column, cell: &Cell) -> (String, Role) {
    let (text, tone) = words(cell);
    if column.key == "environment"
        && let Some(environment) = environment(&text)
    {
        return (environment.word().to_uppercase(), of_environment(environment));
    }
    if text.is_empty() {
        return ("-".to_owned(), Role::Muted);
    }
    let look = canvas.look();
    let text = cell.series().map_or(text, |series| series.drawn(&look.signs().heights, look.signs().gap));
    match (state_of(column, cell), cell) {
        (Some(state), Cell::Unknown(_)) => (text, state.role()),
        (Some(state), _) if column.kind == Kind::Word => (format!("{} {text}", look.glyph(state)), state.role()),
        (Some(state), _) => (format!("{text} {}", look.glyph(state)), state.role()),
        (None, _) if tone == Tone::Muted => (text, Role::Muted),
        (None, _) if matches!(column.key, "name" | "cluster" | "member" | "rule") => (text, Role::Strong),
        (None, _) => (text, Role::Text),
    }
}

fn environment(word: &str) -> Option<Environment> {
    [Environment::Prod, Environment::Staging, Environment::Dev].into_iter().find(|environment| environment.word() == word)
}

#[cfg(test)]
mod tests {
    use super::first_row;

    #[test]
    fn the_selected_row_is_always_seen() {
        for rows in 0..30 {
            for height in 1..12 {
                for selected in 0..rows {
                    let first = first_row(rows, height, Some(selected));
                    assert!(first <= selected && selected < first + height, "{selected} of {rows} in {height}");
                    assert!(rows <= height || first + height <= rows);
                }
            }
        }
    }
}

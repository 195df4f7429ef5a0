//! A table of the view model: columns as they fit, each state as glyph, word and colour, the selected row on its own ground.

use super::canvas::Canvas;
use super::header::of_environment;
use crate::app::cells::words;
use crate::app::columns::{self, GAP, NARROW, Prose, right};
use crate::model::Environment;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};
use crate::text::width::{columns as width_of, fit, pad, wrap};
use crate::theme::Role;
use crate::tui::arranged::Arranged;
use crate::tui::mark::state_of;
use ratatui::layout::Rect;
use std::ops::Range;

/// Blanks before the first column: room for the sign of the selected row.
const MARGIN: u16 = 2;
/// Widest column while others want room too; the last one gets what is left.
const WIDEST: usize = 60;

/// Most lines of one row: a sentence of a server may be a book.
const TALLEST: usize = 4;

/// Rows besides those near the selected one that have a say in how wide columns are: enough that scrolling does not shake them, few enough for ten thousand rows.
const MEASURED: usize = 200;

/// Draws heads and rows of `table` into `area`, so that row `selected` is seen; gives how many rows are seen whole.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, selected: Option<usize>) -> usize {
    if area.height == 0 || area.width <= MARGIN {
        return 0;
    }
    if table.is_empty() {
        canvas.put(area.x + MARGIN, area.y, usize::from(area.width - MARGIN), &table.when_empty(), Role::Muted);
        return 0;
    }
    // every row that can be drawn is less than a screen away from the selected one
    let (near, screen) = (selected.unwrap_or(0), usize::from(area.height));
    let near = near.saturating_sub(screen)..near.saturating_add(screen);
    let layout = Layout::of(canvas, table, near, usize::from(area.width - MARGIN));
    layout.heads(canvas, area, table);
    let heights: Vec<usize> = (0..table.len()).map(|at| layout.lines(table, at)).collect();
    let first = first_row(&heights, usize::from(area.height - 1), selected);
    let mut y = area.y + 1;
    let mut whole = 0;
    for (at, wanted) in heights.iter().enumerate().skip(first) {
        let left = area.bottom().saturating_sub(y);
        if left == 0 {
            break;
        }
        let height = u16::try_from(*wanted).unwrap_or(u16::MAX).min(left);
        whole += usize::from(usize::from(height) == *wanted);
        let place = Rect { y, height, ..area };
        layout.row(canvas, place, table, at);
        if selected == Some(at) {
            canvas.ground(place, Role::Selection);
            canvas.put(area.x, y, 1, canvas.look().signs().selected, Role::Key);
        }
        y = y.saturating_add(height);
    }
    whole
}

/// Lines that all of `table` takes in `width` columns, the heads included.
#[must_use]
pub fn height(canvas: &Canvas<'_>, table: &Arranged, width: u16) -> usize {
    let layout = Layout::of(canvas, table, 0..0, usize::from(width.saturating_sub(MARGIN)));
    1 + (0..table.len()).map(|at| layout.lines(table, at)).sum::<usize>()
}

/// The first row that is shown, so that the selected one stands in the middle where it can, and is seen whole where it can.
fn first_row(heights: &[usize], room: usize, selected: Option<usize>) -> usize {
    let selected = selected.unwrap_or(0).min(heights.len().saturating_sub(1));
    // lines above each row, and above the end
    let above: Vec<usize> = std::iter::once(0)
        .chain(heights.iter().scan(0, |sum, height| {
            *sum += height;
            Some(*sum)
        }))
        .collect();
    let at = |row: usize| above.get(row).copied().unwrap_or(0);
    // the first row from which there are at most `most` lines to `end`
    let first = |end: usize, most: usize| above.partition_point(|lines| at(end) > lines + most);
    let middle = first(selected, room / 2);
    let last = first(heights.len(), room);
    middle.min(last).max(first(selected + 1, room)).min(selected)
}

/// Which columns are shown, how wide, and where the sentence goes that does not fit beside them.
struct Layout {
    places: Vec<(usize, usize)>,
    prose: Option<Prose>,
}

impl Layout {
    /// For the columns of `table` as its first rows and those at the places `near` want them.
    fn of(canvas: &Canvas<'_>, arranged: &Arranged, near: Range<usize>, room: usize) -> Layout {
        let table = arranged.table();
        let stem = table.stem();
        let measured: Vec<&Row> = (0..MEASURED).chain(near).filter_map(|at| arranged.row(at)).collect();
        let wanted = |at: usize, column: &Column| {
            let indent = |depth: usize| if at == stem { depth * 2 } else { 0 };
            let cells = measured.iter().filter_map(|row| Some(width_of(&shown(canvas, column, row.cells.get(at)?).0) + indent(row.depth)));
            cells.chain([width_of(&head(canvas, arranged, column))]).max().unwrap_or(0)
        };
        let most = |column: &Column| if columns::is_prose(column) { usize::MAX } else { WIDEST };
        let ranked = arranged.ranked();
        let wide_enough = arranged.columns().filter(|(at, _)| ranked.get(*at).is_some_and(|column| column.drop <= NARROW));
        let mut places: Vec<(usize, usize)> = wide_enough.map(|(at, column)| (at, wanted(at, column).min(most(column)))).collect();
        let prose = columns::prose(&mut places, &ranked, room);
        if prose.is_none() {
            columns::fit(&mut places, &ranked, room);
            let taken: usize = places.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP);
            if let Some((at, width)) = places.last_mut()
                && let Some(column) = table.columns.get(*at)
            {
                *width = wanted(*at, column).min(*width + room.saturating_sub(taken)).max(*width);
            }
        }
        Layout { places, prose }
    }

    /// The sentence of a row in lines; the last that is shown ends in the sign of a cut when there would be more.
    fn told(&self, table: &Arranged, at: usize) -> Option<(Prose, Vec<String>)> {
        let prose = self.prose?;
        let cell = table.row(at)?.cells.get(prose.at)?;
        let mut lines = wrap(&words(cell).0, prose.width);
        if lines.len() > TALLEST {
            let rest = lines.split_off(TALLEST - 1).join(" ");
            lines.push(fit(&rest, prose.width));
        }
        Some((prose, lines))
    }

    fn lines(&self, table: &Arranged, at: usize) -> usize {
        self.told(table, at).map_or(1, |(prose, lines)| lines.len().max(1) + usize::from(prose.below))
    }

    fn heads(&self, canvas: &mut Canvas<'_>, area: Rect, table: &Arranged) {
        let mut x = area.x + MARGIN;
        let beside = self.prose.filter(|prose| !prose.below).map(|prose| (prose.at, prose.width));
        for (at, width) in self.places.iter().copied().chain(beside) {
            let Some(column) = table.table().columns.get(at) else { continue };
            let left = usize::from(area.right().saturating_sub(x));
            canvas.put(x, area.y, left, &pad(&head(canvas, table, column), width, right(column.kind)), Role::Muted);
            x = after(x, width);
        }
    }

    fn row(&self, canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, at: usize) {
        let Some(row) = table.row(at) else { return };
        let (arranged, table) = (table, table.table());
        let mut x = area.x + MARGIN;
        for (cell_at, width) in &self.places {
            let (Some(column), Some(cell)) = (table.columns.get(*cell_at), row.cells.get(*cell_at)) else { continue };
            let (text, role) = shown(canvas, column, cell);
            let text = if *cell_at == table.stem() { format!("{}{text}", "  ".repeat(row.depth)) } else { text };
            let text = if right(column.kind) { pad(&text, *width, true) } else { fit(&text, *width) };
            let left = usize::from(area.right().saturating_sub(x));
            canvas.put(x, area.y, left, &text, role);
            x = after(x, *width);
        }
        let Some((prose, lines)) = self.told(arranged, at) else { return };
        let x = (area.x + MARGIN).saturating_add(u16::try_from(prose.indent).unwrap_or(u16::MAX));
        for (line, y) in lines.iter().zip((area.y + u16::from(prose.below))..area.bottom()) {
            canvas.put(x, y, usize::from(area.right().saturating_sub(x)), line, Role::Text);
        }
    }
}

/// The head of `column`, with the way its rows stand when they stand by it.
fn head(canvas: &Canvas<'_>, arranged: &Arranged, column: &Column) -> String {
    let sign = match arranged.sorting.as_ref().filter(|sorting| sorting.column == column.key) {
        None => "",
        Some(sorting) => match (sorting.falling, canvas.look().is_ascii()) {
            (true, true) => " v",
            (true, false) => " ↓",
            (false, true) => " ^",
            (false, false) => " ↑",
        },
    };
    format!("{}{sign}", column.title)
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
            for room in 1..12 {
                for selected in 0..rows {
                    for tall in [1, 2, 3] {
                        let heights: Vec<usize> = (0..rows).map(|at| 1 + at % tall).collect();
                        let first = first_row(&heights, room, Some(selected));
                        let lines = |from: usize, to: usize| heights[from..to].iter().sum::<usize>();
                        assert!(first == selected || (first < selected && lines(first, selected + 1) <= room), "{selected} of {rows} in {room}");
                        // no line is left empty while rows above are hidden
                        assert!(first == 0 || lines(first - 1, rows) > room, "{selected} of {rows} in {room}: {first}");
                    }
                }
            }
        }
    }
}

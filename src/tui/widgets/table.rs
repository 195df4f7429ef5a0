//! A table of the view model: columns as they fit, each state as glyph, word and colour, the selected row on its own ground.
//!
//! A sentence that does not fit beside its columns has lines of its own: in every row where there is room for all of them, else in the selected row and, from
//! the first row on, as far as no row is hidden for it. A line over time that does not fit keeps its newest end.

use super::canvas::Canvas;
use super::header::of_environment;
use crate::app::cells::words;
use crate::app::columns::{self, GAP, NARROW, Prose, right};
use crate::model::Environment;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};
use crate::text::width::{columns as width_of, fit, pad, wrap};
use crate::theme::{Role, State};
use crate::tui::arranged::Arranged;
use crate::tui::hit::Hit;
use crate::tui::mark::state_of;
use ratatui::layout::Rect;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

/// Blanks before the first column: room for the sign of the selected row.
const MARGIN: u16 = 2;
/// Widest column while others want room too; the last one gets what is left.
const WIDEST: usize = 60;

/// Columns in which the beginning of a sentence says something.
const SAYING: usize = 20;

/// Least columns of a long line over time.
const SHORTEST: usize = 24;

/// Most lines of one row: a sentence of a server may be a book.
const TALLEST: usize = 4;

/// Rows besides those near the selected one that have a say in how wide columns are: enough that scrolling does not shake them, few enough for ten thousand rows.
const MEASURED: usize = 200;

/// How many rows of a table cannot be seen whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Before those that are seen.
    pub above: usize,
    /// After them.
    pub below: usize,
}

/// Draws heads and rows of `table` into `area`, so that row `selected` is seen; says which rows are not.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, selected: Option<usize>) -> Hidden {
    if area.height == 0 || area.width <= MARGIN {
        return Hidden { above: 0, below: table.len() };
    }
    if table.is_empty() {
        canvas.put(area.x + MARGIN, area.y, usize::from(area.width - MARGIN), &table.when_empty(), Role::Muted);
        return Hidden::default();
    }
    // every row that can be drawn is less than a screen away from the selected one
    let (near, screen) = (selected.unwrap_or(0), usize::from(area.height));
    let near = near.saturating_sub(screen)..near.saturating_add(screen);
    let room = usize::from(area.width - MARGIN);
    let mut layout = Layout::of(canvas, table, near.clone(), room, Told::Everywhere);
    let mut heights: Vec<usize> = (0..table.len()).map(|at| layout.lines(table, at)).collect();
    if heights.iter().sum::<usize>() >= usize::from(area.height) && layout.prose.is_some() {
        let whole = told_whole(&heights, usize::from(area.height - 1), selected);
        layout = Layout::of(canvas, table, near, room, Told::Of(whole));
        heights = (0..table.len()).map(|at| layout.lines(table, at)).collect();
    }
    layout.heads(canvas, area, table);
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
        canvas.hit(place, Hit::Row { panel: table.table().key, at });
        if selected == Some(at) {
            canvas.put(area.x, y, 1, canvas.look().signs().selected, Role::Key);
            canvas.ground(place, Role::Selection);
        }
        y = y.saturating_add(height);
    }
    Hidden { above: first, below: table.len().saturating_sub(first + whole) }
}

/// Most lines of the rows whose sentence has some of its own, by their places: the selected one has all that it `wants`, the others as far as every row stays
/// in `room`.
fn told_whole(wants: &[usize], room: usize, selected: Option<usize>) -> BTreeMap<usize, usize> {
    let want = |at: usize| wants.get(at).copied().unwrap_or(1);
    let mut told: BTreeMap<usize, usize> = selected.map(|at| (at, want(at))).into_iter().collect();
    let mut left = room.saturating_sub(wants.len() + selected.map_or(0, |at| want(at).saturating_sub(1)));
    for at in (0..wants.len()).filter(|at| Some(*at) != selected) {
        let more = want(at).saturating_sub(1).min(left);
        if more > 0 {
            told.insert(at, 1 + more);
            left -= more;
        }
    }
    told
}

/// Lines that all of `table` takes in `width` columns, the heads included, with every sentence told in full.
#[must_use]
pub fn height(canvas: &Canvas<'_>, table: &Arranged, width: u16) -> usize {
    let layout = Layout::of(canvas, table, 0..0, usize::from(width.saturating_sub(MARGIN)), Told::Everywhere);
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

/// Which rows have their sentence in lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Everywhere,
    /// The rows at these places, each in at most so many lines; elsewhere as much of it as its column has room for.
    Of(BTreeMap<usize, usize>),
}

impl Told {
    /// Most lines of the row at place `at`, where its sentence has some of its own.
    fn most(&self, at: usize) -> Option<usize> {
        match self {
            Told::Everywhere => Some(usize::MAX),
            Told::Of(rows) => rows.get(&at).copied(),
        }
    }
}

/// Which columns are shown, how wide, and where the sentence goes that does not fit beside them.
struct Layout {
    places: Vec<(usize, usize)>,
    prose: Option<Prose>,
    told: Told,
    /// The column that a tree is drawn in; its values stand behind their branch.
    stem: Option<usize>,
}

impl Layout {
    /// For the columns of `table` as its first rows and those at the places `near` want them.
    fn of(canvas: &Canvas<'_>, arranged: &Arranged, near: Range<usize>, room: usize, told: Told) -> Layout {
        let table = arranged.table();
        let stem = table.stem();
        let measured: Vec<&Row> = (0..MEASURED).chain(near).filter_map(|at| arranged.row(at)).collect();
        let wanted = |at: usize, column: &Column| {
            let indent = |depth: usize| if at == stem && !arranged.flat { depth * 2 } else { 0 };
            let wide =
                |row: &&Row| Some(width_of(&shown(canvas, column, row.cells.get(at)?, arranged.panel.last(row, column)).0) + indent(row.depth));
            let cells = measured.iter().filter_map(wide);
            let width = cells.chain([width_of(&head(canvas, arranged, column))]).max().unwrap_or(0);
            // what stands at the right edge moves all that is beside it
            if right(column.kind) { arranged.widths.greatest(column.key, width) } else { width }
        };
        let most = |column: &Column| if columns::is_prose(column) { usize::MAX } else { WIDEST };
        let ranked = empty_last(arranged, &measured);
        let wide_enough = arranged.columns().filter(|(at, _)| ranked.get(*at).is_some_and(|column| column.drop <= NARROW));
        let mut places: Vec<(usize, usize)> = wide_enough.map(|(at, column)| (at, wanted(at, column).min(most(column)))).collect();
        shorten(&mut places, &ranked, room);
        let all = places.clone();
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
        if let (Told::Of(_), Some(own)) = (&told, prose) {
            // one line a row: the sentence has what the others leave; where that says nothing, others go by their rank
            let others: usize = places.iter().map(|(_, width)| width + GAP).sum();
            if !own.below {
                places.push((own.at, own.width));
            } else if others + SAYING <= room {
                places.push((own.at, room - others));
            } else {
                places = all;
                columns::fit(&mut places, &ranked, room);
            }
        }
        let tree = !arranged.flat && measured.iter().any(|row| row.depth > 0);
        Layout { places, prose, told, stem: tree.then_some(stem) }
    }

    /// The sentence of a row in lines; the last that is shown ends in the sign of a cut when there would be more.
    fn told(&self, table: &Arranged, at: usize) -> Option<(Prose, Vec<String>)> {
        let (prose, most) = (self.prose?, self.told.most(at)?);
        // where there is nothing to tell there is no line for it
        let cell = table.row(at)?.cells.get(prose.at).filter(|cell| !matches!(cell, Cell::Nothing))?;
        let mut lines = wrap(&words(cell).0, prose.width);
        let most = most.saturating_sub(usize::from(prose.below)).clamp(1, TALLEST);
        if lines.len() > most {
            let rest = lines.split_off(most - 1).join(" ");
            lines.push(fit(&rest, prose.width));
        }
        Some((prose, lines))
    }

    /// Whether values of a column stand at its right edge.
    fn is_right(&self, at: usize, column: &Column) -> bool {
        right(column.kind) && self.stem != Some(at)
    }

    fn lines(&self, table: &Arranged, at: usize) -> usize {
        self.told(table, at).map_or(1, |(prose, lines)| lines.len().max(1) + usize::from(prose.below))
    }

    fn heads(&self, canvas: &mut Canvas<'_>, area: Rect, table: &Arranged) {
        let mut x = area.x + MARGIN;
        let beside = self.prose.filter(|prose| !prose.below && self.told == Told::Everywhere).map(|prose| (prose.at, prose.width));
        for (at, width) in self.places.iter().copied().chain(beside) {
            let Some(column) = table.table().columns.get(at) else { continue };
            let left = usize::from(area.right().saturating_sub(x));
            canvas.put(x, area.y, left, &pad(&head(canvas, table, column), width, self.is_right(at, column)), Role::Muted);
            canvas.hit(
                Rect { x, y: area.y, width: u16::try_from(width).unwrap_or(u16::MAX), height: 1 },
                Hit::Head { panel: table.table().key, column: column.key },
            );
            x = after(x, width);
        }
    }

    fn row(&self, canvas: &mut Canvas<'_>, area: Rect, table: &Arranged, at: usize) {
        let Some(row) = table.row(at) else { return };
        let (arranged, table) = (table, table.table());
        let own_lines = self.told(arranged, at);
        let mut x = area.x + MARGIN;
        for (cell_at, width) in &self.places {
            let (Some(column), Some(cell)) = (table.columns.get(*cell_at), row.cells.get(*cell_at)) else { continue };
            let told_below = own_lines.as_ref().is_some_and(|(prose, _)| prose.at == *cell_at);
            let (text, role) = if told_below { (String::new(), Role::Text) } else { shown(canvas, column, cell, arranged.panel.last(row, column)) };
            let text = if self.stem == Some(*cell_at) { format!("{}{text}", branch(canvas, row, arranged, at)) } else { text };
            let text = match cell.series() {
                Some(_) => pad(&newest(&text, *width), *width, true),
                None if self.is_right(*cell_at, column) => pad(&text, *width, true),
                None => fit(&text, *width),
            };
            let left = usize::from(area.right().saturating_sub(x));
            canvas.put(x, area.y, left, &text, role);
            x = after(x, *width);
        }
        let Some((prose, lines)) = own_lines else { return };
        let x = (area.x + MARGIN).saturating_add(u16::try_from(prose.indent).unwrap_or(u16::MAX));
        for (line, y) in lines.iter().zip((area.y + u16::from(prose.below))..area.bottom()) {
            canvas.put(x, y, usize::from(area.right().saturating_sub(x)), line, Role::Text);
        }
    }
}

/// The columns with their ranks; one in which no row tells anything goes before all others, unless a person asked for it.
fn empty_last<'a>(arranged: &'a Arranged, rows: &[&Row]) -> Cow<'a, [Column]> {
    let mut ranked = arranged.ranked();
    let tells = |cell: &Cell| !matches!(cell, Cell::Nothing) && !words(cell).0.is_empty();
    let empty = |at: usize| rows.iter().all(|row| row.cells.get(at).is_none_or(|cell| !tells(cell)));
    for at in (1..ranked.len()).filter(|at| !arranged.asked && !rows.is_empty() && empty(*at)) {
        if let Some(column) = ranked.to_mut().get_mut(at).filter(|column| column.drop < NARROW) {
            column.drop = NARROW;
        }
    }
    ranked
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

/// Shortens long lines over time as far as they say something, before a column is left out.
fn shorten(places: &mut [(usize, usize)], columns: &[Column], room: usize) {
    let mut over = places.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP + room);
    for (at, width) in places.iter_mut() {
        if columns.get(*at).is_some_and(|column| column.kind == Kind::Series) {
            let less = over.min(width.saturating_sub(SHORTEST));
            *width -= less;
            over -= less;
        }
    }
}

/// The newest `width` signs of a line over time, each of one column.
fn newest(line: &str, width: usize) -> String {
    let over = line.chars().count().saturating_sub(width);
    line.chars().skip(over).collect()
}

/// What stands before the stem of a row of a tree: a bar for each level that goes on below, and where the row itself hangs.
fn branch(canvas: &Canvas<'_>, row: &Row, arranged: &Arranged, at: usize) -> String {
    let mut text = String::new();
    for level in 1..=row.depth {
        let below = (at + 1..arranged.len()).filter_map(|next| arranged.row(next)).map(|next| next.depth).take_while(|depth| *depth >= level);
        let goes_on = below.take(MEASURED).any(|depth| depth == level);
        let signs = canvas.look().signs();
        text.push_str(match (level == row.depth, goes_on) {
            (true, true) => signs.tees[0],
            (true, false) => signs.corners[2],
            (false, true) => signs.vertical,
            (false, false) => " ",
        });
        text.push(' ');
    }
    text
}

/// A cell as text in a role: a state by glyph and word, a number that matters with the glyph behind it. Where it is not known and `last` is what it was when it
/// was, that stands there with the glyph of what is old: never in its own tone, so that nobody takes it for what is so now.
#[must_use]
pub fn shown(canvas: &Canvas<'_>, column: &Column, cell: &Cell, last: Option<&Cell>) -> (String, Role) {
    if let Some(last) = last.filter(|last| !matches!(last, Cell::Nothing)) {
        let (text, _) = words(last);
        let glyph = canvas.look().glyph(State::Stale);
        return (if right(column.kind) { format!("{text} {glyph}") } else { format!("{glyph} {text}") }, Role::Stale);
    }
    let (text, tone) = words(cell);
    if column.key == "environment"
        && let Some(environment) = environment(&text)
    {
        return (environment.word().to_uppercase(), of_environment(environment));
    }
    // where somebody has to be, nobody is a word of its own
    if text.is_empty() || cell.is_empty_list() && tone != Tone::Bad {
        return ("-".to_owned(), Role::Muted);
    }
    let look = canvas.look();
    let text = cell.series().map_or(text, |series| series.drawn(&look.signs().heights, look.signs().gap));
    let text = match text.strip_prefix(">=") {
        Some(least) if column.kind == Kind::Seconds => format!("{}{least}", look.signs().at_least),
        _ => text,
    };
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
    use super::{Canvas, draw, first_row, newest, shorten, told_whole};
    use crate::app::Observed;
    use crate::config::Inventory;
    use crate::model::Clock;
    use crate::systems::view::{Cell, Column, Kind, Row, Table};
    use crate::theme::{Glyphs, Theme};
    use crate::tui::arranged::Memo;
    use crate::tui::look::Look;
    use crate::tui::memory::Memory;
    use crate::tui::panel::bare;
    use crate::tui::picture::Mode;
    use crate::tui::place::Screen;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    #[test]
    fn a_number_that_grows_and_shrinks_moves_nothing_as_long_as_its_screen_is_open() {
        let memo = Memo::default();
        let look = Look::new(&Theme::default(), Glyphs::Unicode);
        let place = |screen: &Screen, seconds: f64| {
            let columns = [("member", "MEMBER", Kind::Text), ("longest", "TX", Kind::Seconds), ("zone", "ZONE", Kind::Text)];
            let columns = columns.map(|(key, title, kind)| Column::new(key, title, kind, 0, "")).to_vec();
            let rows = vec![Row::new("c/pg1", vec![Cell::text("pg1"), Cell::Seconds(seconds), Cell::text("z1")])];
            let observed = Observed::nothing(&Inventory { clusters: Vec::new() }, Clock::real().now());
            let table = Table { key: "members", title: "MEMBERS", columns, rows, when_empty: "" };
            let panels = memo.panels(&observed, Mode::Live, screen, &Memory::default(), || bare(vec![table], true));
            let area = Rect::new(0, 0, 60, 3);
            let mut buffer = Buffer::empty(area);
            draw(&mut Canvas::new(&mut buffer, &look), area, &panels[0], None);
            (0..60).position(|x| buffer[(x, 1)].symbol() == "z").expect("the zone")
        };
        let (cluster, other) = (Screen::cluster("c"), Screen::cluster("other"));
        let narrow = place(&cluster, 3.0);
        let wide = place(&cluster, 123_456.0);
        assert!(narrow < wide, "{narrow} {wide}");
        assert_eq!((place(&cluster, 3.0), place(&cluster, 59.0)), (wide, wide));
        assert_eq!((place(&other, 3.0), place(&cluster, 3.0)), (narrow, narrow));
    }

    #[test]
    fn a_long_line_is_shortened_before_a_column_goes() {
        let columns = [Column::new("class", "", Kind::Text, 0, ""), Column::new("a_series", "", Kind::Series, 0, "")];
        let shortened = |line: usize, room: usize| {
            let mut places = vec![(0, 20), (1, line)];
            shorten(&mut places, &columns, room);
            places[1].1
        };
        assert_eq!((shortened(40, 62), shortened(40, 61), shortened(40, 30), shortened(10, 30)), (40, 39, 24, 10));
    }

    #[test]
    fn a_line_that_is_cut_keeps_its_newest_end() {
        assert_eq!(newest("▁▂▃▄▅▆▇█", 3), "▆▇█");
        assert_eq!(newest("▁·█", 8), "▁·█");
        assert_eq!(newest("▁·█", 0), "");
    }

    #[test]
    fn sentences_are_told_as_far_as_no_row_is_hidden_for_them() {
        let told = |wants: &[usize], room: usize, selected| told_whole(wants, room, selected).into_iter().collect::<Vec<_>>();
        assert_eq!(told(&[3, 3, 3], 6, Some(0)), [(0, 3), (1, 2)], "the lines that are left are the next one's");
        assert_eq!(told(&[3, 1, 3], 7, Some(0)), [(0, 3), (2, 3)]);
        assert_eq!(told(&[3, 3, 3], 3, Some(1)), [(1, 3)], "the selected one has all of it");
        assert_eq!(told(&[2, 2], 3, None), [(0, 2)]);
    }

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

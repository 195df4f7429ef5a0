//! The line above the footer while something is typed or chosen: what was typed, where the cursor is, what it does.

use super::canvas::{Canvas, Piece};
use super::choice;
use crate::systems::view::Column;
use crate::text::untrusted::visible;
use crate::text::width::{pad, wrap};
use crate::theme::Role;
use crate::tui::arranged::{Arranged, Narrowed};
use crate::tui::dialog::{Dialog, Purpose};
use crate::tui::line::Line;
use ratatui::layout::Rect;

/// Draws `dialog`; `narrowed` is what the filter does to the table, which has `of` rows.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, dialog: &Dialog, narrowed: Option<&Narrowed>, of: usize) {
    let room = usize::from(area.width).saturating_sub(2);
    let mut pieces: Vec<Piece> = Vec::new();
    let cursor = canvas.look().signs().vertical;
    match dialog {
        Dialog::Filter { line, flaw, .. } => {
            typed(&mut pieces, "/", cursor, line);
            match flaw {
                Some(flaw) => pieces.push((format!("  {}", flaw.why), Role::Warning)),
                None if line.text().trim().is_empty() => pieces.push(("  word  /pattern/  !not  lag>10s  state!=ok  lag=?".to_owned(), Role::Muted)),
                None => pieces.extend(narrowed.map(|narrowed| (format!("  {}", count(narrowed, of)), Role::Muted))),
            }
        }
        Dialog::Palette { line, .. } => typed(&mut pieces, ":", cursor, line),
        Dialog::Say { purpose, line, .. } => {
            typed(&mut pieces, &visible(&purpose.asks()), cursor, line);
            if line.text().is_empty() && matches!(purpose, Purpose::Begin { .. } | Purpose::Cancel { .. }) {
                pieces.push(("  without it nothing is sent".to_owned(), Role::Muted));
            }
        }
        Dialog::Columns { .. } => pieces.push(("which columns are shown; remembered for this screen".to_owned(), Role::Muted)),
    }
    canvas.pieces(area.x + 1, area.y, room, &pieces);
}

/// What a filter leaves of `of` rows.
#[must_use]
pub fn count(narrowed: &Narrowed, of: usize) -> String {
    let unknown = if narrowed.unknown > 0 { format!(", {} not known (=? shows them)", narrowed.unknown) } else { String::new() };
    format!("{} of {of} rows{unknown}", narrowed.matching)
}

/// What stands before everything else about a table that does not show all it has.
#[must_use]
pub fn standing(table: &Arranged) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if let Some(narrowed) = &table.narrowed {
        pieces.push((format!("/{} ", narrowed.filter), Role::Accent));
        match &narrowed.flaw {
            Some(why) => pieces.push((format!("means nothing here: {why}; every row is shown  "), Role::Warning)),
            None => pieces.push((format!("{}, esc shows all  ", count(narrowed, table.table().rows.len())), Role::Accent)),
        }
    }
    if table.left > 0 {
        pieces.push((format!("{} more to the left  ", table.left), Role::Accent));
    }
    pieces
}

/// Draws the columns of a table to choose from, the one at place `at` selected.
pub fn columns(canvas: &mut Canvas<'_>, area: Rect, choice: &[(Column, bool)], at: usize) {
    let selected = at.min(choice.len().saturating_sub(1));
    let title = format!("COLUMNS, {} of {} shown", choice.iter().filter(|(_, shown)| *shown).count(), choice.len());
    choice::draw(canvas, area, &title, choice.len(), selected, |canvas, place, nth| {
        let Some((column, shown)) = choice.get(nth) else { return };
        let (sign, role) = if *shown { ("[x]", Role::Strong) } else { ("[ ]", Role::Muted) };
        let name = if column.title.is_empty() { column.key.to_uppercase() } else { column.title.to_owned() };
        let pieces = [(format!("{sign} "), Role::Key), (pad(&name, 18, false), role), (format!(" {}", column.doc), Role::Text)];
        canvas.pieces(place.x, place.y, usize::from(place.width), &pieces);
    });
}

/// Draws what a person is asked at the bottom of `area`: what is told about it, or the choices at the places `offered`, of which the one at `at` is selected.
pub fn asked(canvas: &mut Canvas<'_>, area: Rect, purpose: &Purpose, offered: &[usize], at: usize) {
    let told: Vec<String> = purpose.told().iter().flat_map(|text| wrap(&visible(text), usize::from(area.width.saturating_sub(6)).max(1))).collect();
    let choices = purpose.choices();
    if choices.is_empty() {
        choice::told(canvas, area, title(purpose), &told);
        return;
    }
    let title = format!("{}, {} of {}", told.join(" "), at.min(offered.len().saturating_sub(1)) + 1, offered.len());
    choice::draw(canvas, area, title.trim_start_matches(", "), offered.len(), at, |canvas, place, nth| {
        let Some((name, doc)) = offered.get(nth).and_then(|place| choices.get(*place)) else { return };
        let pieces = [(pad(&visible(name), 18, false), Role::Strong), (format!(" {}", visible(doc)), Role::Text)];
        canvas.pieces(place.x, place.y, usize::from(place.width), &pieces);
    });
}

const fn title(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Param { .. } => "PARAMETER",
        Purpose::Begin { .. } => "CONFIRM",
        Purpose::Cancel { .. } => "STOP THE RUN",
        Purpose::Answer { .. } => "THE RUN ASKS YOU",
        Purpose::GoOn { .. } => "HOW THE RUN GOES ON",
    }
}

/// A line with its cursor.
fn typed(pieces: &mut Vec<Piece>, sign: &str, cursor: &str, line: &Line) {
    let (before, behind) = line.halves();
    pieces.push((sign.to_owned(), Role::Key));
    pieces.push((before.to_owned(), Role::Strong));
    pieces.push((cursor.to_owned(), Role::Focus));
    pieces.push((behind.to_owned(), Role::Strong));
}

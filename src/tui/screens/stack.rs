//! Panels one below the other in one frame. Those that do not fit keep their heading with how their rows stand, so that nothing is hidden at 80x24; a sentence that does not fit beside its columns is wrapped below them.
//!
//! ```text
//! ┌ FINDINGS  ✗ 1 critical  ? 2 rules cannot judge: role of pg3: … ──────────────┐
//! │     RULE      MEMBER  FOR     WHAT                                           │
//! │ ▸ ✗ critical  no-leader  -  3m 12s  nobody holds the leader lock             │
//! ├ ETCD  ● 3 ok ────────────────────────────────────────────────────────────────┤
//! └──────────────────────────────────────────────────────────────────────────────┘
//! ```

use super::{Around, Sight, fleet};
use crate::app::Observed;
use crate::app::cells::{missing, seconds_text, words};
use crate::systems::view::{Cell, Row, Table};
use crate::text::untrusted::visible;
use crate::text::width::columns;
use crate::theme::{Role, State as Mark};
use crate::tui::arranged::{Arranged, focused};
use crate::tui::panel::FINDINGS;
use crate::tui::widgets::{Canvas, Piece, table as widget};
use ratatui::layout::Rect;

/// Draws the panels of the screen; says what is selected.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let (panels, screen) = (sight.panels, sight.screen);
    let focus = focused(screen, panels);
    let shown: Vec<usize> = if screen.zoomed { vec![focus] } else { (0..panels.len()).collect() };
    let wants: Vec<usize> = shown.iter().filter_map(|at| panels.get(*at)).map(|panel| wants(canvas, panel, area.width.saturating_sub(2))).collect();
    let heights = heights(&wants, shown.iter().position(|at| *at == focus).unwrap_or(0), usize::from(area.height));
    let frame = Rect { height: u16::try_from(heights.iter().sum::<usize>() + 1).unwrap_or(u16::MAX).min(area.height), ..area };
    canvas.frame(frame, Role::Border);
    let mut around = Around::default();
    let mut y = area.y;
    for (at, height) in shown.iter().zip(heights) {
        let Some(panel) = panels.get(*at) else { continue };
        let height = u16::try_from(height).unwrap_or(u16::MAX);
        let place = Rect { y, height, ..frame };
        let selected = panel.selected(&screen.cursor(panel.table().key)).filter(|_| *at == focus);
        // the header of the fleet has its own way to say it
        let cluster = screen.cluster.as_ref().filter(|_| panel.table().key == FINDINGS).and_then(|name| sight.observed.fleet.cluster(name));
        let heading = Heading { first: y == area.y, focused: *at == focus, blind: cluster.and_then(|cluster| fleet::blind(sight.observed, cluster)) };
        one(canvas, place, panel, &heading, selected);
        if *at == focus {
            around.detail = selected.and_then(|row| panel.row(row)).map(|row| detail(sight.observed, panel.table(), row)).unwrap_or_default();
            around.position = selected.map(|row| (row, panel.len()));
        }
        y = y.saturating_add(height);
    }
    around
}

/// Lines for each panel, headings included, so that all of them and the line below fit into `room`: every heading, then all of the panel in focus, then the
/// others in their order as far as they go.
fn heights(wants: &[usize], focus: usize, room: usize) -> Vec<usize> {
    let mut heights = vec![1; wants.len()];
    let mut left = room.saturating_sub(wants.len() + 1);
    let others = (0..wants.len()).filter(|at| *at != focus);
    for at in std::iter::once(focus).chain(others) {
        let (Some(height), Some(want)) = (heights.get_mut(at), wants.get(at)) else { continue };
        let more = want.saturating_sub(1);
        // the heads of columns without two rows below them say nothing
        let given = if more <= left || left >= 3 { more.min(left) } else { 0 };
        *height += given;
        left -= given;
    }
    heights
}

/// How a panel begins.
struct Heading {
    /// It lies on the frame.
    first: bool,
    focused: bool,
    /// What keeps rules from judging.
    blind: Option<String>,
}

/// Lines it takes to show all of `panel` in `width` columns: its heading, which says when there are no rows, the heads of the columns, the rows.
fn wants(canvas: &Canvas<'_>, panel: &Arranged, width: u16) -> usize {
    if panel.is_empty() { 1 } else { 1 + widget::height(canvas, panel, width) }
}

fn one(canvas: &mut Canvas<'_>, area: Rect, arranged: &Arranged, heading: &Heading, selected: Option<usize>) {
    let table = arranged.table();
    // the first heading lies on the frame
    let (role, title) = if heading.focused { (Role::Focus, Role::Focus) } else { (Role::Border, Role::Strong) };
    if !heading.first {
        canvas.across(area, area.y, Role::Border);
    }
    let rows = arranged.len();
    let inside = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(1) };
    let visible_rows = if rows > 0 { widget::draw(canvas, inside, arranged, selected) } else { 0 };
    let mut pieces: Vec<Piece> = vec![(format!(" {} ", table.title), title)];
    for (state, count, word) in &arranged.panel.summary {
        pieces.push((" ".to_owned(), role));
        pieces.push(canvas.state(*state, &format!("{count} {word}")));
        pieces.push((" ".to_owned(), role));
    }
    // nothing found by who cannot look is not the same as nothing wrong
    match &heading.blind {
        Some(why) => {
            pieces.push((" ".to_owned(), role));
            pieces.push(canvas.state(Mark::Unknown, &format!("{why} ")));
        }
        None if rows == 0 => pieces.push((format!(" {} ", arranged.when_empty()), Role::Muted)),
        None => {}
    }
    let cut = visible_rows < rows && visible_rows > 0;
    canvas.pieces(area.x + 1, area.y, usize::from(area.width).saturating_sub(if cut { 14 } else { 3 }), &pieces);
    if cut {
        let text = format!(" {visible_rows} of {rows} ");
        let x = area.right().saturating_sub(u16::try_from(columns(&text) + 2).unwrap_or(2));
        canvas.put(x, area.y, columns(&text), &text, Role::Muted);
    }
}

/// Why something in the selected row is not known.
fn detail(observed: &Observed, table: &Table, row: &Row) -> Vec<Piece> {
    let name = row.cells.first().map(|cell| words(cell).0).unwrap_or_default();
    let error = table.columns.iter().zip(&row.cells).find(|(column, cell)| column.key == "error" && !matches!(cell, Cell::Nothing));
    if let Some((_, cell)) = error {
        return vec![(format!("{name}: "), Role::Strong), (words(cell).0, Role::Text)];
    }
    let unknown = table.columns.iter().zip(&row.cells).find_map(|(column, cell)| Some((column, missing(cell, column.key)?)));
    let Some((column, gap)) = unknown else { return Vec::new() };
    let last = gap.last_good.map(|at| format!(", last known {} ago", seconds_text(observed.now.since(at).as_secs_f64().floor()))).unwrap_or_default();
    let why = format!("? {}: {}{last}", column.title, visible(&gap.reason.phrase()));
    vec![(format!("{name}: "), Role::Strong), (why, Role::Unknown)]
}

#[cfg(test)]
mod tests {
    use super::heights;

    #[test]
    fn every_heading_is_seen_and_the_focus_has_its_rows() {
        // five systems at 80x24: 21 lines for six panels
        assert_eq!(heights(&[4, 5, 5, 5, 5, 3], 0, 21), [4, 5, 5, 4, 1, 1]);
        assert_eq!(heights(&[4, 5, 5, 5, 5, 3], 5, 21), [4, 5, 5, 1, 1, 3]);
        assert_eq!(heights(&[40, 5], 0, 20), [18, 1]);
        assert_eq!(heights(&[1, 40], 0, 20), [1, 18]);
    }

    #[test]
    fn what_is_given_never_exceeds_the_room() {
        for room in 3..40 {
            for count in 1..12 {
                for focus in 0..count {
                    let wants: Vec<usize> = (0..count).map(|at| 1 + (at * 7) % 13).collect();
                    let given = heights(&wants, focus, room);
                    assert!(given.iter().sum::<usize>() < room.max(count + 2), "{wants:?} in {room}: {given:?}");
                }
            }
        }
    }
}

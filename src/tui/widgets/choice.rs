//! Lines to choose from, in a box over the lower part of a screen; the selected one is always seen.

use super::canvas::Canvas;
use crate::theme::Role;
use crate::tui::hit::Hit;
use ratatui::layout::Rect;

/// Most lines; more are scrolled to.
const MOST: u16 = 12;

/// Draws `count` lines, of which `selected` is, below the heading `title` at the bottom of `area`; `line` draws one.
pub fn draw(canvas: &mut Canvas<'_>, area: Rect, title: &str, count: usize, selected: usize, line: impl Fn(&mut Canvas<'_>, Rect, usize)) {
    let Some((frame, rows)) = frame(canvas, area, title, count) else { return };
    let first = (selected + 1).saturating_sub(usize::from(rows));
    for nth in 0..rows {
        let at = first + usize::from(nth);
        let place = Rect { x: frame.x + 4, y: frame.y + 1 + nth, width: frame.width.saturating_sub(6), height: 1 };
        line(canvas, place, at);
        canvas.hit(Rect { x: frame.x + 1, width: frame.width - 2, ..place }, Hit::Choice(at));
        if at == selected {
            canvas.put(frame.x + 2, place.y, 1, canvas.look().signs().selected, Role::Key);
            canvas.ground(Rect { x: frame.x + 1, width: frame.width - 2, ..place }, Role::Selection);
        }
    }
}

/// Draws `lines` to read in the same box.
pub fn told(canvas: &mut Canvas<'_>, area: Rect, title: &str, lines: &[String]) {
    let Some((frame, _)) = frame(canvas, area, title, lines.len()) else { return };
    for (line, y) in lines.iter().zip(frame.y + 1..frame.bottom().saturating_sub(1)) {
        canvas.put(frame.x + 2, y, usize::from(frame.width.saturating_sub(4)), line, Role::Text);
    }
}

/// An empty box with room for `count` lines, as far as there is some; gives it with how many lines it has.
fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &str, count: usize) -> Option<(Rect, u16)> {
    let rows = u16::try_from(count).unwrap_or(u16::MAX).min(MOST).min(area.height.saturating_sub(2));
    if area.width < 4 || area.height < 3 {
        return None;
    }
    let height = rows + 2;
    let frame = Rect { y: area.bottom() - height, height, ..area };
    let blank = " ".repeat(usize::from(frame.width));
    for y in frame.top()..frame.bottom() {
        canvas.put(frame.x, y, usize::from(frame.width), &blank, Role::Text);
    }
    canvas.frame(frame, Role::Focus);
    canvas.put(frame.x + 1, frame.y, usize::from(frame.width) - 2, &format!(" {title} "), Role::Focus);
    Some((frame, rows))
}

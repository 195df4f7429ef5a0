//! What the screens of change share: a line that says how it stands, and below it what came back as panels. Before that, that it is being asked; where nobody
//! can say, why.

use super::stack::{self, Plan};
use super::{Around, Sight};
use crate::app::cells::seconds_text;
use crate::text::untrusted::visible;
use crate::theme::{Role, State as Mark};
use crate::tui::inquiry::Inquiry;
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

/// Draws the screen: `headline` of what came back, and the panels as `plan` places them. `asking` is said before anything has come.
pub(super) fn draw(
    canvas: &mut Canvas<'_>,
    area: Rect,
    sight: &Sight<'_>,
    asking: &str,
    plan: &Plan,
    headline: impl FnOnce(&Canvas<'_>, &Inquiry) -> Vec<Piece>,
) -> Around {
    let room = usize::from(area.width).saturating_sub(2);
    let pieces = match sight.screen.asked.as_ref() {
        None => vec![canvas.state(Mark::Unknown, "nothing was asked")],
        Some(asked) => match asked.answer.as_ref().map(|answer| &answer.told) {
            None => vec![canvas.state(Mark::Running, asking)],
            Some(Err(why)) => vec![canvas.state(Mark::Unknown, &visible(why))],
            Some(Ok(_)) => headline(canvas, asked),
        },
    };
    canvas.pieces(area.x + 1, area.y, room, &pieces);
    if sight.panels.is_empty() {
        return Around::default();
    }
    stack::draw(canvas, Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area }, sight, plan)
}

/// How long ago it was looked at, behind the rest.
pub(super) fn age(sight: &Sight<'_>, asked: &Inquiry) -> Piece {
    let at = asked.answer.as_ref().map(|answer| sight.state.picture.seen_at().since(answer.at));
    (at.map(|age| format!("   {} ago", seconds_text(age.as_secs_f64().floor()))).unwrap_or_default(), Role::Muted)
}

/// Says that what is shown goes on and that no newer look at it comes back, before anything that is told of it.
pub(super) fn late(canvas: &Canvas<'_>, sight: &Sight<'_>, asked: &Inquiry) -> Option<[Piece; 2]> {
    let now = sight.state.picture.seen_at();
    let answer = asked.answer.as_ref().filter(|answer| answer.is_late(now))?;
    let age = seconds_text(now.since(answer.at).as_secs_f64().floor());
    Some([canvas.state(Mark::Stale, &format!("{age} old, no look comes back")), ("   ".to_owned(), Role::Text)])
}

//! What can be done about a cluster, and whether it could be done now.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ runbooks   [PROD]   RO   14:03:22Z
//!  2 runbooks for orders-eu: 1 could be run now   3s ago
//! ┌ RUNBOOKS ────────────────────────────────────────────────────────────────────┐
//! │   RUNBOOK     NOW        RISK  LAST RUN     AGO  P50  P95  WHY, OR WITH WHAT  │
//! │   failover    ✗ blocked  high  -              -    -    -  to=pg2: not so: …  │
//! │ ▸ switchover  ● ready    high  ● succeeded   3d  12s  18s  to=pg2             │
//! ├ ABOUT IT ─────────────────────────────────────────────────────────────────────┤
//! │ Move the primary to another member: clients wait at the poolers …             │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  ⏎ open   R runs   A audit   esc back   ? help                               2/2
//! ```

use super::answered::{self, age};
use super::stack::Plan;
use super::{Around, PaneDef, Panels, ScreenDef, Sight};
use crate::app::Observed;
use crate::app::change::pages;
use crate::app::change::question::{Now, OnShelf};
use crate::config::quantity::time_text;
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::arranged::Arranged;
use crate::tui::inquiry::Inquiry;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::widgets::Canvas;
use crate::tui::widgets::prose::Paragraph;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Runbooks,
    doc: "The runbooks of a cluster, each with whether it could be run now",
    tab: None,
    panels: Panels::Own(|observed, _, screen| {
        let shelf = screen.asked.as_ref().and_then(Inquiry::shelf);
        shelf.map_or_else(Vec::new, |shelf| panel::bare(vec![pages::shelf(shelf, observed.now)], true))
    }),
    pane: Some(PaneDef { title: |_| "ABOUT IT", told }),
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    answered::draw(canvas, area, sight, "asking every server whether each runbook could be run now", &Plan::default(), |canvas, asked| {
        let shelf = asked.shelf().unwrap_or_default();
        let ready = shelf.iter().filter(|one| matches!(one.now, Now::Ready(_))).count();
        let many = if shelf.len() == 1 { "1 runbook".to_owned() } else { format!("{} runbooks", shelf.len()) };
        let cluster = sight.screen.cluster.as_deref().map(visible).unwrap_or_default();
        let mark = if ready > 0 { Mark::Healthy } else { Mark::Info };
        vec![canvas.state(mark, &format!("{many} for {cluster}: {ready} could be run now")), age(sight, asked)]
    })
}

/// The runbook that is selected.
fn selected<'a>(screen: &'a Screen, panels: &[Arranged]) -> Option<&'a OnShelf> {
    let panel = panels.first()?;
    let row = panel.row(panel.selected(&screen.cursor(panel.table().key))?)?;
    screen.asked.as_ref()?.shelf()?.iter().find(|one| one.name == row.key)
}

fn told(_: &Observed, screen: &Screen, panels: &[Arranged], glyphs: Glyphs) -> Vec<Paragraph> {
    let Some(one) = selected(screen, panels) else { return Vec::new() };
    let mark = match one.now {
        Now::Ready(_) => Mark::Healthy,
        Now::Blocked(_) | Now::Broken(_) => Mark::Critical,
        Now::Unknown(_) => Mark::Unknown,
    };
    let why = if one.now.why().is_empty() { String::new() } else { format!(": {}", visible(one.now.why())) };
    let mut told =
        vec![Paragraph::title(visible(&one.summary)), Paragraph::new("NOW", format!("{} {}{why}", glyphs.of(mark), one.now.word()), mark.role())];
    told.extend(one.why.as_ref().map(|why| Paragraph::new("WHEN", visible(why), Role::Text)));
    told.extend(one.impact.as_ref().map(|impact| Paragraph::new("IMPACT", visible(impact), Role::Text)));
    told.push(match one.took {
        Some(took) => {
            let runs = if took.runs == 1 { "1 run".to_owned() } else { format!("{} runs", took.runs) };
            let text = format!("{} to {}, usually {} ({runs} on this cluster)", time_text(took.p5), time_text(took.p95), time_text(took.p50));
            Paragraph::new("TOOK", text, Role::Text)
        }
        None => Paragraph::new("TOOK", "no run of it as it is written now has succeeded on this cluster yet", Role::Muted),
    });
    told
}

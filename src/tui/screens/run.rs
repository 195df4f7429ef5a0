//! A run while it goes on: where each step stands, what was told and printed last, who is held how long, what would become of it if it were stopped now; and its
//! report once it is over.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ runs ▸ run 7ZQ39F   [PROD]   ▲ RW 14:11
//!  ◐ running   step 5 of 9: promoted   41s   ▲ held: pause 23s left   past the point of no return
//! ┌ STEPS ───────────────────────────────┐┌ OUTPUT, newest first ────────────────┐
//! │   STEP      STATE       TOOK         ││   AT         WHAT                    │
//! │   pause     ▲ holds     0.4s         ││   14:03:04Z  promoted: goes on       │
//! │   ====      point of no return       ││   14:03:01Z  switch: done            │
//! │ ▸ promoted  ◐ goes on   12s          ││                                      │
//! ├ IF YOU STOP NOW ─────────────────────┤│                                      │
//! │ 1 STOP    promoted is waited for …   ││                                      │
//! └──────────────────────────────────────┘└──────────────────────────────────────┘
//!  a stop…   d detach   ? help                                                 6/10
//! ```

use super::answered::{self, age, late};
use super::stack::Plan;
use super::{Around, PaneDef, Panels, ScreenDef, Sight};
use crate::app::Observed;
use crate::app::cells::seconds_text;
use crate::app::change::sight::Sight as Run;
use crate::app::change::{pages, stop};
use crate::app::run::found::Life;
use crate::app::run::words;
use crate::engine::states::RunState;
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::arranged::Arranged;
use crate::tui::inquiry::Inquiry;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::widgets::prose::Paragraph;
use crate::tui::widgets::{Canvas, Piece};
use jiff::Timestamp;
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Run,
    doc: "A run: its steps, its output, who is held, what if it is stopped now; and its report",
    tab: None,
    panels: Panels::Own(|_, _, screen| {
        let run = screen.asked.as_ref().and_then(Inquiry::sight);
        run.map_or_else(Vec::new, |run| panel::bare(vec![pages::steps(run), pages::output(run)], true))
    }),
    pane: Some(PaneDef { title: |screen| screen.asked.as_ref().and_then(Inquiry::sight).map_or("", stop::title), told }),
    draw,
};

/// Columns of the output beside the steps.
const OUTPUT: u16 = 62;

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let plan = Plan { sides: &["output"], width: OUTPUT, lead: &["steps"], ..Plan::default() };
    answered::draw(canvas, area, sight, "looking at the run", &plan, |canvas, asked| {
        let now = sight.state.picture.seen_at().wall;
        let mut pieces = asked.sight().map(|run| headline(canvas, run, now)).unwrap_or_default();
        if asked.sight().is_some_and(Run::is_live) {
            pieces.splice(..0, late(canvas, sight, asked).into_iter().flatten());
        } else {
            pieces.push(age(sight, asked));
        }
        pieces
    })
}

/// The mark of a run that stands so.
const fn mark(run: &Run) -> Mark {
    match run.state {
        RunState::Succeeded => Mark::Healthy,
        RunState::Paused | RunState::Stuck | RunState::Interrupted | RunState::Failed => Mark::Critical,
        RunState::RolledBack | RunState::Abandoned | RunState::LockHeld | RunState::Refused => Mark::Warning,
        RunState::Planned | RunState::Locking | RunState::Preflight | RunState::Running | RunState::RollingBack => Mark::Running,
    }
}

fn headline(canvas: &Canvas<'_>, run: &Run, now: Timestamp) -> Vec<Piece> {
    let mut pieces = vec![canvas.state(mark(run), &words::state(run.state))];
    if run.life == Life::Elsewhere && !run.state.ended() {
        pieces.push(("   on another host".to_owned(), Role::Warning));
    }
    match run.current().filter(|_| !run.state.ended()) {
        Some((at, step)) => pieces.push((format!("   step {} of {}: {}", at + 1, run.steps.len(), visible(&step.id)), Role::Strong)),
        None => pieces.push((format!("   {} of {} steps", run.over(), run.steps.len()), Role::Strong)),
    }
    if let Some(lasted) = run.lasted() {
        pieces.push((format!("   {}", seconds_text(lasted.as_secs_f64().floor())), Role::Text));
    }
    if let Some(asks) = run.asks.as_ref().filter(|_| run.is_live()) {
        pieces.push(("   ".to_owned(), Role::Text));
        pieces.push(canvas.state(Mark::Warning, &format!("{} asks you: i answers", visible(&asks.step))));
    }
    if let Some(held) = stop::held(run, now.max(run.at)) {
        pieces.push(("   ".to_owned(), Role::Text));
        pieces.push(canvas.state(Mark::Warning, &format!("held: {}", visible(&held))));
    }
    if run.past_point() && !run.state.ended() {
        pieces.push(("   past the point of no return".to_owned(), Role::Warning));
    }
    pieces.extend(run.by.as_ref().map(|by| (format!("   by {}", visible(by)), Role::Muted)));
    pieces
}

fn told(_: &Observed, screen: &Screen, _: &[Arranged], _: Glyphs) -> Vec<Paragraph> {
    let Some(run) = screen.asked.as_ref().and_then(Inquiry::sight) else { return Vec::new() };
    let what = Paragraph::title(visible(&format!("{} on {}: {}", run.runbook, run.cluster, run.summary)));
    let said = stop::told(run).into_iter().map(|(label, text)| {
        let role = if matches!(label, "FAILED" | "LOCK" | "IN DOUBT" | "MAY STILL HOLD" | "NOT UNDONE YET" | "STILL OWED" | "IT ASKS YOU") {
            Role::Warning
        } else {
            Role::Text
        };
        Paragraph::new(label, visible(&text), role)
    });
    std::iter::once(what).chain(said).collect()
}

//! What a runbook would do now, before anything is sent: every step with its exact call, what was checked, what it costs, what the confirmation is bound to.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ runbooks ▸ plan switchover   [PROD]   ▲ RW 14:52
//!  ● ready: 21 of 21 checks pass; r runs it, and orders-eu has to be typed   4s ago
//! ┌ WHAT WILL HAPPEN ─────────────────────────────┐┌ CHECKS ─────────────────────┐
//! │   STEP    DOES       CALL            USUALLY  ││   STATE   CHECK              │
//! │ ▸ pause   ▲ changes  PAUSE orders    0.4s     ││   ● pass  the store answers  │
//! │   ====    -          ==== point of no return  ││   ● pass  every member …     │
//! │   switch  ▲ changes  POST /switchover 2.1s    ││                              │
//! ├ COST AND RISK ────────────────────────────────┤│                              │
//! │ CALL      pgbouncer PAUSE orders on pgb-1     ││                              │
//! │ RISK      high                                ││                              │
//! └───────────────────────────────────────────────┘└──────────────────────────────┘
//!  r run…   e parameters   u plan anew   esc back   ? help                      1/9
//! ```

use super::answered::{self, age};
use super::stack::Plan;
use super::{Around, PaneDef, Panels, ScreenDef, Sight};
use crate::app::Observed;
use crate::app::change::pages;
use crate::app::change::question::Drawn;
use crate::app::plan::{Looked, Planned, Stopped, asks, stopped};
use crate::config::quantity::time_text;
use crate::engine::expression::Truth;
use crate::engine::plan::{Risk, Step};
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::arranged::Arranged;
use crate::tui::inquiry::Inquiry;
use crate::tui::panel;
use crate::tui::place::{Place, Screen};
use crate::tui::widgets::prose::Paragraph;
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Plan,
    doc: "What a runbook would do now: steps, checks, cost and risk; r asks for the word that begins it",
    tab: None,
    panels: Panels::Own(|_, _, screen| {
        let drawn = screen.asked.as_ref().and_then(Inquiry::drawn);
        drawn.map_or_else(Vec::new, |drawn| panel::bare(pages::plan(drawn), true))
    }),
    pane: Some(PaneDef { title: |_| "COST AND RISK", told }),
    draw,
};

/// Columns of the checks beside the steps.
const CHECKS: u16 = 50;

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let plan = Plan { sides: &["checks"], width: CHECKS, lead: &["steps"], ..Plan::default() };
    answered::draw(canvas, area, sight, "planning with what every server says now; nothing is sent", &plan, |canvas, asked| {
        let mut pieces = asked.drawn().map(|drawn| headline(canvas, drawn)).unwrap_or_default();
        pieces.push(age(sight, asked));
        pieces
    })
}

fn headline(canvas: &Canvas<'_>, drawn: &Drawn) -> Vec<Piece> {
    let planned = match &drawn.made {
        Ok(planned) => planned,
        Err(refusal) => {
            let missing: Vec<String> = drawn.missing().map(|param| visible(&param.name)).collect();
            if !missing.is_empty() {
                return vec![canvas.state(Mark::Info, &format!("it has to be told {}: e asks for it", missing.join(", ")))];
            }
            return vec![canvas.state(Mark::Critical, &format!("no plan: {}; {}", visible(&refusal.what), visible(&refusal.hint)))];
        }
    };
    let (mark, text) = match stopped(planned) {
        Some(why @ Stopped::Refused(_)) => (Mark::Critical, format!("refused: {}", visible(&why.words()))),
        Some(why @ Stopped::Unjudged(_)) => (Mark::Unknown, visible(&why.words())),
        None => {
            let count = |which: fn(&Looked) -> bool| planned.gates.iter().filter(|gate| which(gate)).count();
            let of = count(|gate| gate.truth.is_some());
            let pass = count(|gate| matches!(gate.truth, Some(Truth::True)));
            let checked = match (of, of - pass) {
                (0, _) => "it has no checks".to_owned(),
                (_, 0) => format!("{pass} of {of} checks pass"),
                (_, warned) => format!("{pass} of {of} checks pass, {warned} only warn"),
            };
            let word = planned.plan.phrase.as_deref().map_or_else(|| "yes".to_owned(), visible);
            (Mark::Healthy, format!("ready: {checked}; r runs it when {word} is typed"))
        }
    };
    vec![canvas.state(mark, &text)]
}

/// The step that is selected.
fn selected<'a>(planned: &'a Planned, screen: &Screen, panels: &[Arranged]) -> Option<&'a Step> {
    let panel = panels.iter().find(|panel| panel.table().key == "steps")?;
    let row = panel.row(panel.selected(&screen.cursor("steps"))?)?;
    planned.plan.steps.iter().find(|step| step.id == row.key)
}

fn told(_: &Observed, screen: &Screen, panels: &[Arranged], glyphs: Glyphs) -> Vec<Paragraph> {
    let Some(drawn) = screen.asked.as_ref().and_then(Inquiry::drawn) else { return Vec::new() };
    let Ok(planned) = &drawn.made else { return Vec::new() };
    let plan = &planned.plan;
    let text = |label: &str, text: &str| Paragraph::new(label, visible(text), Role::Text);
    let mut told = Vec::new();
    if let Some(step) = selected(planned, screen, panels) {
        told.push(text("STEP", &format!("{}: {}", step.id, step.why.as_deref().unwrap_or(&step.title))));
        told.push(text("CALL", &format!("{} {}", step.job.kind, step.job.call)));
        told.extend(
            step.hold
                .map(|hold| text("HOLD", &format!("clients wait, {} at most: then a guard undoes it, whatever became of the run", time_text(hold)))),
        );
        told.extend(step.undo.as_ref().map(|undo| text("UNDO", &format!("{} {}", undo.job.kind, undo.job.call))));
    }
    let (word, mark) = match plan.risk {
        Risk::Low => ("low", Mark::Info),
        Risk::Medium => ("medium", Mark::Info),
        Risk::High => ("high", Mark::Warning),
    };
    told.push(Paragraph::new("RISK", format!("{} {word}", glyphs.of(mark)), mark.role()));
    told.extend(plan.impact.as_ref().map(|impact| text("IMPACT", impact)));
    told.extend(asks(plan).map(|asks| text("ASKS", asks)));
    told.push(match &drawn.took {
        Some(took) => {
            let runs = if took.runs == 1 { "1 run".to_owned() } else { format!("{} runs", took.runs) };
            text("TAKES", &format!("usually {}, {} to {} ({runs})", time_text(took.p50), time_text(took.p5), time_text(took.p95)))
        }
        None => Paragraph::new("TAKES", "no past run of it on this cluster tells", Role::Muted),
    });
    let role = if planned.alone.is_some() { Role::Warning } else { Role::Text };
    told.push(Paragraph::new("LOCK", visible(planned.lock()), role));
    let bound: Vec<String> = plan.bound.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    told.push(text(
        "BOUND TO",
        &if bound.is_empty() { "nothing".to_owned() } else { format!("{}; another value, and nothing is sent", bound.join(", ")) },
    ));
    let params: Vec<String> = drawn.given.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if !params.is_empty() {
        told.push(text("TOLD", &params.join(", ")));
    }
    told.push(text("PLAN", plan.sha256().get(..12).unwrap_or_default()));
    told
}

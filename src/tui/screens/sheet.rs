//! All that is known of one thing: a finding with its evidence and what to do about it, or every column of a row with why a value is missing.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ split-brain   [PROD]   RO   14:03:22Z   ● data 0s
//!  pg1 and pg2 both accept writes
//!                  ✗ critical
//!  RULE            split-brain
//!  ABOUT           orders-eu
//!  SINCE           14:00:10Z, 3m 12s, by the server's own time
//!  pg_is_in_recovery() of pg1
//!                  false, 0s ago
//!  WHAT TO DO      Find out which of the two has the writes that matter before ...
//!  esc back   f freeze   ? help   q quit
//! ```

use super::{Around, Panels, ScreenDef, Sight, fleet, origin};
use crate::app::Observed;
use crate::app::cells::{missing, seconds_text, time_of, words};
use crate::app::change::cures;
use crate::app::views::subject;
use crate::model::{Cure, Finding, Since};
use crate::systems::view::{Cell, Column, Row};
use crate::text::untrusted::visible;
use crate::theme::{Glyphs, Role, State as Mark};
use crate::tui::arranged::Arranged;
use crate::tui::mark;
use crate::tui::panel::Panel;
use crate::tui::place::{Place, Screen, Subject};
use crate::tui::scope::Scope;
use crate::tui::state::State;
use crate::tui::widgets::prose::{self, Paragraph};
use crate::tui::widgets::{Canvas, Piece};
use ratatui::layout::Rect;

/// Blank columns at both sides.
const MARGIN: u16 = 2;

pub(super) static DEF: ScreenDef =
    ScreenDef { place: Place::Sheet, doc: "All that is known of one thing", tab: None, panels: Panels::Own(row), pane: None, draw };

/// The panel of the row that it is about, with that row alone.
fn row(observed: &Observed, scope: &Scope, screen: &Screen) -> Vec<Panel> {
    let Some(Subject::Row { place, panel, key }) = &screen.subject else { return Vec::new() };
    let mut panels = origin(observed, scope, *place, screen);
    panels.retain(|other| other.table.key == *panel);
    for panel in &mut panels {
        panel.table.rows.retain(|row| row.key == *key);
    }
    panels
}

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    let (observed, scroll) = (sight.observed, sight.screen.scroll);
    let inside = inside(area);
    let mut counts: Vec<Piece> = Vec::new();
    if let Some(finding) = sight.screen.subject.as_ref().and_then(|subject| finding(observed, subject)) {
        counts.push(canvas.state(fleet::mark(finding.severity), finding.severity.word()));
    }
    let paragraphs = told(observed, sight.screen, sight.panels, canvas.look().glyphs());
    prose::draw(canvas, inside, &paragraphs, scroll);
    let length = prose::lines(&paragraphs, usize::from(inside.width)).len();
    let below = length.saturating_sub(scroll + usize::from(inside.height));
    let detail = if below > 0 { vec![(format!("{below} more lines below"), Role::Muted)] } else { Vec::new() };
    Around { detail, counts, position: None }
}

/// Lines of the sheet in the window as it is.
#[must_use]
pub fn length(state: &State) -> usize {
    let width = inside(Rect::new(0, 0, state.size.0, state.size.1)).width;
    let told = told(&state.picture.shown(), state.screen(), &super::panels(state), Glyphs::Unicode);
    prose::lines(&told, usize::from(width)).len()
}

/// The sheet of a finding in lines, each behind its label.
pub(super) fn lines_of(observed: &Observed, key: &str) -> Vec<String> {
    let Some(finding) = observed.judgement.findings.iter().find(|finding| subject::finding_key(finding) == key) else {
        return vec!["The rule no longer finds this.".to_owned()];
    };
    let told = of_finding(observed, finding, Glyphs::Ascii).into_iter().filter(|paragraph| !paragraph.text.is_empty());
    told.map(|Paragraph { label, text, .. }| if label.is_empty() { text } else { format!("{label}: {text}") }).collect()
}

fn inside(area: Rect) -> Rect {
    Rect { x: area.x + MARGIN, width: area.width.saturating_sub(2 * MARGIN), ..area }
}

fn finding<'a>(observed: &'a Observed, subject: &Subject) -> Option<&'a Finding> {
    let Subject::Finding { key } = subject else { return None };
    observed.judgement.findings.iter().find(|finding| subject::finding_key(finding) == *key)
}

fn told(observed: &Observed, screen: &Screen, panels: &[Arranged], glyphs: Glyphs) -> Vec<Paragraph> {
    match &screen.subject {
        Some(subject @ Subject::Finding { .. }) => match finding(observed, subject) {
            Some(finding) => of_finding(observed, finding, glyphs),
            None => vec![Paragraph::title("The rule no longer finds this."), Paragraph::new("", "It was true when it was opened.", Role::Text)],
        },
        _ => match panels.first().and_then(|panel| Some((panel, panel.row(0)?))) {
            Some((panel, row)) => of_row(observed, panel, row, glyphs),
            None => vec![Paragraph::title("This row is no longer there.")],
        },
    }
}

/// What a finding is about.
fn about(finding: &Finding) -> Paragraph {
    let subject = &finding.subject;
    let about = [Some(subject.cluster.as_str()), subject.system.as_deref(), subject.member.as_deref()];
    let mut about: Vec<String> = about.into_iter().flatten().map(visible).collect();
    about.extend(subject.object.as_ref().map(crate::text::Untrusted::shown));
    Paragraph::new("ABOUT", about.join(", "), Role::Text)
}

/// When it began, and who says so.
fn since(observed: &Observed, finding: &Finding) -> Paragraph {
    let passed = observed.now.wall.duration_since(finding.since.at()).as_secs_f64();
    // a second is what two clocks may differ by
    let passed = match seconds_text(passed.abs().floor()) {
        ahead if passed < -1.0 => format!("{ahead} ahead of the clock here"),
        passed => passed,
    };
    let witness = match finding.since {
        Since::Server(_) => "by the server's own time",
        Since::FirstSeen(_) => "first seen by this console; it may have begun earlier",
    };
    Paragraph::new("SINCE", format!("{}, {passed}, {witness}", time_of(finding.since.at())), Role::Text)
}

fn doubt(finding: &Finding) -> Option<Paragraph> {
    (!finding.confirmed).then(|| Paragraph::new("NOT CONFIRMED", "its inputs became unknown: it may no longer hold", Role::Warning))
}

fn evidence(observed: &Observed, finding: &Finding) -> Vec<Paragraph> {
    let mut told = Vec::new();
    for evidence in &finding.evidence {
        let age = evidence.taken_at.map(|at| format!(", {} ago", seconds_text(observed.now.since(at).as_secs_f64().floor()))).unwrap_or_default();
        told.push(Paragraph::new("", format!("{}{age}:", visible(&evidence.witness)), Role::Muted));
        told.push(Paragraph::new("", evidence.fact.shown(), Role::Text));
    }
    told
}

/// A finding below the list that it stands in: what does not stand in its row, what to do first.
pub(super) fn in_short(observed: &Observed, finding: &Finding) -> Vec<Paragraph> {
    let mut told = vec![Paragraph::title(finding.sentence.shown()), Paragraph::new("WHAT TO DO", visible(&finding.cure.words()), Role::Text)];
    told.extend(doubt(finding));
    told.extend([since(observed, finding), about(finding), Paragraph::new("EVIDENCE", "", Role::Text)]);
    told.extend(evidence(observed, finding));
    told
}

fn of_finding(observed: &Observed, finding: &Finding, glyphs: Glyphs) -> Vec<Paragraph> {
    let mut told = vec![
        Paragraph::title(finding.sentence.shown()),
        Paragraph::blank(),
        stated("SEVERITY", fleet::mark(finding.severity), finding.severity.word(), glyphs),
        Paragraph::new("RULE", visible(&finding.rule), Role::Text),
        about(finding),
        since(observed, finding),
    ];
    told.extend(doubt(finding));
    told.push(Paragraph::blank());
    told.push(Paragraph::title("WHAT TO DO"));
    told.push(match &finding.cure {
        Cure::Runbook(name) => Paragraph::new("runbook", visible(name), Role::Text),
        cure @ (Cure::Procedure(_) | Cure::Follows { .. }) => Paragraph::new("", visible(&cure.words()), Role::Text),
    });
    told.extend(mends(finding));
    told.push(Paragraph::blank());
    told.push(Paragraph::title("EVIDENCE"));
    told.extend(evidence(observed, finding));
    told
}

/// The runbook that mends it, and the key to its plan.
fn mends(finding: &Finding) -> Option<Paragraph> {
    let wish = cures::of(finding)?;
    Some(Paragraph::new(
        "RUNBOOK",
        format!("{}: r plans it with what the servers say now; nothing is sent before it is confirmed", visible(&wish.runbook)),
        Role::Accent,
    ))
}

fn of_row(observed: &Observed, panel: &Arranged, row: &Row, glyphs: Glyphs) -> Vec<Paragraph> {
    let table = panel.table();
    let mut told = vec![Paragraph::title(format!("{} {}", table.title, row.cells.first().map(|cell| words(cell).0).unwrap_or_default()))];
    told.push(Paragraph::blank());
    told.extend(table.columns.iter().zip(&row.cells).map(|(column, cell)| of_cell(observed, column, cell, panel.panel.last(row, column), glyphs)));
    told.push(Paragraph::blank());
    told.push(Paragraph::title("FINDINGS ABOUT IT"));
    let before = told.len();
    for finding in observed.judgement.findings.iter().filter(|finding| subject::is_about(finding, &row.key)) {
        told.push(stated(finding.severity.word(), fleet::mark(finding.severity), &finding.sentence.shown(), glyphs));
    }
    if told.len() == before {
        told.push(Paragraph::new("", "none", Role::Muted));
    }
    told
}

/// A cell with all that is known about it: its value, or why there is none, and since when.
fn of_cell(observed: &Observed, column: &Column, cell: &Cell, last: Option<&Cell>, glyphs: Glyphs) -> Paragraph {
    let label = if column.title.is_empty() { column.key } else { column.title };
    let Some(gap) = missing(cell, column.key) else {
        let text = words(cell).0;
        return match mark::state_of(column, cell) {
            Some(mark) => stated(label, mark, &text, glyphs),
            None => Paragraph::new(label, text, Role::Text),
        };
    };
    let ago = |at| seconds_text(observed.now.since(at).as_secs_f64().floor());
    let since = gap.since.map(|at| format!(", for {}", ago(at))).unwrap_or_default();
    let value = last.map(|cell| format!(": {}", words(cell).0)).unwrap_or_default();
    let last = gap.last_good.map(|at| format!(", last known {} ago{value}", ago(at))).unwrap_or_default();
    Paragraph::new(label, format!("? {}{since}{last}", visible(&gap.reason.phrase())), Role::Unknown)
}

/// A state by glyph, word and role.
fn stated(label: &str, mark: Mark, text: &str, glyphs: Glyphs) -> Paragraph {
    Paragraph::new(label, format!("{} {text}", glyphs.of(mark)), mark.role())
}

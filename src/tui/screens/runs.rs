//! The runs of this host: those that are not ended first, then the newest.
//!
//! ```text
//!  opsctl ▸ fleet ▸ orders-eu ▸ runs   [PROD]   RO   14:03:22Z
//!  ▲ 1 run is not ended
//! ┌ RUNS ────────────────────────────────────────────────────────────────────────┐
//! │   RUN     RUNBOOK     CLUSTER    STATE        STEP    SINCE  HOLDS  BY        │
//! │ ▸ 7ZQ39F  switchover  orders-eu  running      switch    41s  pause  ana@jump1 │
//! │   7ZQ2AB  switchover  orders-eu  ● succeeded  -          3d  -      li@jump1  │
//! └───────────────────────────────────────────────────────────────────────────────┘
//!  ⏎ open   r runbooks   A audit   esc back   ? help                           1/2
//! ```

use super::answered::{self, age};
use super::stack::Plan;
use super::{Around, Panels, ScreenDef, Sight};
use crate::app::cells::words;
use crate::app::change::sight::between;
use crate::model::Moment;
use crate::systems::view::{Cell, Column, Kind, Table};
use crate::theme::State as Mark;
use crate::tui::inquiry::Inquiry;
use crate::tui::panel;
use crate::tui::place::{Place, SPOKEN};
use crate::tui::widgets::Canvas;
use ratatui::layout::Rect;

/// States of a run that nothing follows, as the list has them.
const ENDED: [&str; 6] = ["lock-held", "refused", "succeeded", "failed", "rolled-back", "abandoned"];

pub(super) static DEF: ScreenDef = ScreenDef {
    place: Place::Runs,
    doc: "The runs of this host, those that are not ended first",
    tab: None,
    panels: Panels::Own(|observed, _, screen| {
        let runs = screen.asked.as_ref().and_then(Inquiry::runs);
        runs.map_or_else(Vec::new, |table| panel::bare(vec![in_short(table.clone(), observed.now)], false))
    }),
    pane: None,
    draw,
};

fn draw(canvas: &mut Canvas<'_>, area: Rect, sight: &Sight<'_>) -> Around {
    answered::draw(canvas, area, sight, "reading the runs of this host", &Plan::default(), |canvas, asked| {
        let open = asked.runs().map(open).unwrap_or_default();
        let piece = match open {
            0 => canvas.state(Mark::Healthy, "every run is ended"),
            1 => canvas.state(Mark::Warning, "1 run is not ended"),
            open => canvas.state(Mark::Warning, &format!("{open} runs are not ended")),
        };
        vec![piece, age(sight, asked)]
    })
}

/// Since when, as one says it.
const SINCE: Column = Column::new("since_seconds", "SINCE", Kind::Seconds, 0, "how long ago it began");

/// The list as it fits beside other things: a run is called by the end of its name, which `opsctl run` takes as well, and what one asks first goes last.
fn in_short(mut table: Table, now: Moment) -> Table {
    let begun = table.columns.iter().position(|column| column.key == "begun_at");
    panel::add_column(&mut table, "step", SINCE, |row| match begun.and_then(|at| row.cells.get(at)) {
        Some(Cell::Time(at)) => Cell::Seconds(between(*at, now.wall).as_secs_f64().floor()),
        Some(cell) => cell.clone(),
        None => Cell::Nothing,
    });
    for column in &mut table.columns {
        column.drop = if matches!(column.key, "step" | "by") { 1 } else { column.drop.max(if column.key == "owes" { 2 } else { 0 }) };
    }
    for row in &mut table.rows {
        if let Some(name) = row.cells.first_mut() {
            *name = Cell::text(row.key.get(row.key.len().saturating_sub(SPOKEN)..).unwrap_or(&row.key));
        }
    }
    table
}

/// How many are not ended; one that cannot be read may be open.
fn open(table: &Table) -> usize {
    let Some(at) = table.columns.iter().position(|column| column.key == "state") else { return 0 };
    table.rows.iter().filter(|row| row.cells.get(at).is_none_or(|cell| !ENDED.contains(&words(cell).0.as_str()))).count()
}

#[cfg(test)]
mod tests {
    use super::ENDED;
    use crate::app::run::words;
    use crate::engine::states::RunState;

    #[test]
    fn the_words_of_ended_runs_are_those_of_the_table() {
        let ended: Vec<String> = RunState::ALL.iter().filter(|state| state.ended()).map(|state| words::state(*state)).collect();
        let mut known = ENDED.map(str::to_owned).to_vec();
        known.sort();
        let mut told = ended;
        told.sort();
        assert_eq!(known, told);
    }
}

//! Tables for people. Widths are counted in columns of the terminal; where it is too narrow, columns are dropped by their rank, then the last is cut.

use super::Paint;
use crate::app::cells::{seconds_text, words};
use crate::app::columns::{self, NARROW, right};
use crate::model::Moment;
use crate::systems::view::{Cell, Page, Table, Tone};
use crate::text::width::{columns as width_of, fit, pad};
use std::io::{self, Write};

/// Widest column in a terminal; in a pipe nothing is cut.
const WIDEST: usize = 100;

/// Writes every table of `page` with its facts above, and what is not known below.
pub(super) fn write(out: &mut dyn Write, page: &Page, paint: Paint, wide: bool, now: Moment) -> io::Result<()> {
    let facts = || page.facts.iter().filter(|(_, cell)| *cell != Cell::Nothing);
    for (column, cell) in facts() {
        let (text, tone) = words(cell);
        writeln!(out, "{}: {}", column.title, paint.tone(&text, tone))?;
    }
    let mut first = facts().next().is_none();
    for table in &page.tables {
        if !first {
            writeln!(out)?;
        }
        first = false;
        one(out, table, paint, wide, page.tables.len() > 1)?;
    }
    silent(out, page, paint, wide, now)
}

fn one(out: &mut dyn Write, table: &Table, paint: Paint, wide: bool, titled: bool) -> io::Result<()> {
    if titled {
        writeln!(out, "{}", paint.bold(table.title))?;
    }
    if table.rows.is_empty() {
        return writeln!(out, "{}", paint.tone(table.when_empty, Tone::Muted));
    }
    let shown = fitting(table, paint.width, wide);
    let head: Vec<String> =
        shown.iter().map(|(at, width)| table.columns.get(*at).map_or_else(String::new, |c| pad(c.title, *width, right(c.kind)))).collect();
    writeln!(out, "{}", paint.tone(head.join("  ").trim_end(), Tone::Muted))?;
    for row in &table.rows {
        let mut line = Vec::new();
        for (place, (at, width)) in shown.iter().enumerate() {
            let (Some(cell), Some(column)) = (row.cells.get(*at), table.columns.get(*at)) else { continue };
            let (text, tone) = words(cell);
            let text = if *at == table.stem() { format!("{}{text}", "  ".repeat(row.depth)) } else { text };
            let last = place + 1 == shown.len();
            let padded = if last && !right(column.kind) { fit(&text, *width) } else { pad(&text, *width, right(column.kind)) };
            line.push(paint.tone(&padded, tone));
        }
        writeln!(out, "{}", line.join("  ").trim_end())?;
    }
    Ok(())
}

/// The columns that are shown, with their widths.
fn fitting(table: &Table, room: Option<usize>, wide: bool) -> Vec<(usize, usize)> {
    let most = if room.is_some() { WIDEST } else { usize::MAX };
    let wanted = |at: usize| {
        let cells =
            table.rows.iter().filter_map(|row| Some(width_of(&words(row.cells.get(at)?).0) + if at == table.stem() { row.depth * 2 } else { 0 }));
        let title = table.columns.get(at).map_or(0, |column| width_of(column.title));
        cells.chain([title]).max().unwrap_or(0).min(most)
    };
    let mut shown: Vec<(usize, usize)> =
        table.columns.iter().enumerate().filter(|(_, column)| wide || column.drop <= NARROW).map(|(at, _)| (at, wanted(at))).collect();
    let Some(room) = room else { return shown };
    if wide {
        columns::cut(&mut shown, room);
    } else {
        columns::fit(&mut shown, &table.columns, room);
    }
    shown
}

/// Below the tables: what a `?` means, and which endpoints are silent.
fn silent(out: &mut dyn Write, page: &Page, paint: Paint, wide: bool, now: Moment) -> io::Result<()> {
    let mut said: Vec<String> = Vec::new();
    for source in &page.sources {
        if let Some(error) = &source.error {
            let age =
                source.taken_at.map_or_else(|| "never read".to_owned(), |at| format!("last read {} ago", seconds_text(now.since(at).as_secs_f64())));
            said.push(format!("{}: {error}; {age}", source.endpoint));
        }
    }
    let shown = page.tables.iter().flat_map(|table| table.rows.iter().flat_map(|row| table.columns.iter().zip(&row.cells)));
    for (_, cell) in shown.filter(|(column, _)| wide || column.drop <= NARROW) {
        let Cell::Unknown(gap) = cell else { continue };
        // a silent endpoint explains all of its cells
        if page.sources.iter().any(|source| source.error.is_some() && source.endpoint == gap.fact) {
            continue;
        }
        let line = format!("{}: {}", crate::text::untrusted::visible(&gap.fact), crate::text::untrusted::visible(&gap.reason.phrase()));
        if !said.contains(&line) {
            said.push(line);
        }
    }
    if said.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.bold("NOT KNOWN"))?;
    said.iter().try_for_each(|line| writeln!(out, "{}", paint.tone(&format!("? {line}"), Tone::Warn)))
}

//! Tables for people. Widths are counted in columns of the terminal; where it is too narrow, a sentence is wrapped, columns are dropped by their rank, then
//! the last is cut. In a pipe there is one line a row.

use super::Paint;
use crate::app::cells::{missing, seconds_text, words};
use crate::app::columns::{self, NARROW, Prose, right};
use crate::model::Moment;
use crate::systems::view::{Cell, Column, Page, Row, Table, Tone};
use crate::text::width::{columns as width_of, fit, pad, wrap};
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
    let (shown, prose) = fitting(table, paint.width, wide);
    let beside = prose.filter(|prose| !prose.below).map(|prose| (prose.at, prose.width));
    let heads = shown.iter().copied().chain(beside);
    let head: Vec<String> =
        heads.filter_map(|(at, width)| table.columns.get(at).map(|column| pad(column.title, width, right(column.kind)))).collect();
    writeln!(out, "{}", paint.tone(head.join("  ").trim_end(), Tone::Muted))?;
    for row in &table.rows {
        let mut line = Vec::new();
        for (place, (at, width)) in shown.iter().enumerate() {
            let (Some(cell), Some(column)) = (row.cells.get(*at), table.columns.get(*at)) else { continue };
            let (text, tone) = words(cell);
            let text = if *at == table.stem() { format!("{}{text}", "  ".repeat(row.depth)) } else { text };
            let last = place + 1 == shown.len() && beside.is_none();
            let padded = if last && !right(column.kind) { fit(&text, *width) } else { pad(&text, *width, right(column.kind)) };
            line.push(paint.tone(&padded, tone));
        }
        let mut told = prose.map(|prose| told(row, prose)).unwrap_or_default().into_iter();
        if beside.is_some() {
            line.extend(told.next());
        }
        writeln!(out, "{}", line.join("  ").trim_end())?;
        let indent = " ".repeat(prose.map_or(0, |prose| prose.indent));
        told.try_for_each(|line| writeln!(out, "{indent}{line}"))?;
    }
    Ok(())
}

/// The sentence of `row` in lines, however many.
fn told(row: &Row, prose: Prose) -> Vec<String> {
    row.cells.get(prose.at).map(|cell| wrap(&words(cell).0, prose.width)).unwrap_or_default()
}

/// The columns that are shown, with their widths, and where the sentence goes that does not fit beside them.
fn fitting(table: &Table, room: Option<usize>, wide: bool) -> (Vec<(usize, usize)>, Option<Prose>) {
    let most = |column: &Column| if room.is_some() && !columns::is_prose(column) { WIDEST } else { usize::MAX };
    let wanted = |at: usize, column: &Column| {
        let cells =
            table.rows.iter().filter_map(|row| Some(width_of(&words(row.cells.get(at)?).0) + if at == table.stem() { row.depth * 2 } else { 0 }));
        cells.chain([width_of(column.title)]).max().unwrap_or(0).min(most(column))
    };
    let places = table.columns.iter().enumerate().filter(|(_, column)| wide || column.drop <= NARROW);
    let mut shown: Vec<(usize, usize)> = places.map(|(at, column)| (at, wanted(at, column))).collect();
    let Some(room) = room else { return (shown, None) };
    let prose = if wide { None } else { columns::prose(&mut shown, &table.columns, room) };
    if wide {
        columns::cut(&mut shown, room);
    } else if prose.is_none() {
        columns::fit(&mut shown, &table.columns, room);
    }
    (shown, prose)
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
    for (column, cell) in shown.filter(|(column, _)| wide || column.drop <= NARROW) {
        let Some(gap) = missing(cell, column.key) else { continue };
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
    for line in &said {
        let lines = paint.width.map_or_else(|| vec![line.clone()], |width| wrap(line, width.saturating_sub(2).max(1)));
        for (at, line) in lines.iter().enumerate() {
            let sign = if at == 0 { "? " } else { "  " };
            writeln!(out, "{}", paint.tone(&format!("{sign}{line}"), Tone::Warn))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::view::Kind;

    fn written(width: Option<usize>) -> String {
        let columns = vec![
            Column::new("rule", "RULE", Kind::Text, 0, ""),
            Column::new("member", "MEMBER", Kind::Text, 3, ""),
            Column::new("sentence", "WHAT", Kind::Text, 0, ""),
        ];
        let sentence = "no synchronous standby is there and the mode is not strict: what is committed now can be lost, RPO > 0 possible";
        let row = Row::new("one", vec![Cell::text("sync-standby-missing"), Cell::text("pg1"), Cell::text(sentence)]);
        let table = Table { key: "findings", title: "FINDINGS", columns, rows: vec![row], when_empty: "" };
        let mut out = Vec::new();
        one(&mut out, &table, Paint { colour: false, width }, false, false).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn the_end_of_a_sentence_is_never_cut() {
        for width in [60, 80, 100, 120] {
            let text = written(Some(width));
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.lines().all(|line| width_of(line) <= width), "{text}");
            assert!(joined.ends_with("RPO > 0 possible") && joined.contains("sync-standby-missing pg1"), "{text}");
        }
        assert_eq!(written(None).lines().count(), 2, "one line a row in a pipe");
    }
}

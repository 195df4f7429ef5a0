//! The first table as CSV, every column, raw numbers. <https://www.rfc-editor.org/rfc/rfc4180>

use crate::app::cells::missing;
use crate::systems::view::{Cell, Page};
use crate::text::untrusted::visible;
use std::io::{self, Write};

/// Writes a head of keys and a line a row. What is not known is an empty field.
pub(super) fn write(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let Some(table) = page.tables.first() else { return Ok(()) };
    let head: Vec<&str> = table.columns.iter().map(|column| column.key).collect();
    writeln!(out, "{}", head.join(","))?;
    for row in &table.rows {
        let fields: Vec<String> = row.cells.iter().map(|cell| quoted(&field(cell))).collect();
        writeln!(out, "{}", fields.join(","))?;
    }
    Ok(())
}

fn field(cell: &Cell) -> String {
    match cell {
        cell if missing(cell, "").is_some() => String::new(),
        Cell::Nothing | Cell::Unknown(_) => String::new(),
        Cell::Text(text) | Cell::Word(text, _) => text.shown(),
        Cell::Count(count) => count.to_string(),
        Cell::Bytes(bytes) => bytes.to_string(),
        Cell::AtLeast(number) if *number < 1.0 => String::new(),
        Cell::Seconds(number) | Cell::AtLeast(number) | Cell::Percent(number) => number.to_string(),
        Cell::Lsn(lsn) => lsn.to_string(),
        Cell::Time(at) => at.to_string(),
        Cell::Flag(on) => on.to_string(),
        Cell::List(items) => visible(&items.iter().map(crate::text::Untrusted::raw).collect::<Vec<_>>().join(" ")),
        Cell::Series(series) => {
            let values: Vec<String> = series.values.iter().map(|value| value.map_or_else(String::new, |value| value.to_string())).collect();
            values.join(";")
        }
        Cell::Toned(inner, _) => field(inner),
    }
}

/// Quoted where it must be. A field that a spreadsheet would take for a formula is quoted with a leading apostrophe.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '@', '\t', '\r']) || (text.starts_with(['+', '-']) && text.parse::<f64>().is_err());
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r', '\'']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::{field, quoted};
    use crate::systems::view::{Cell, Kind, Series};

    #[test]
    fn a_gap_of_a_series_is_an_empty_place() {
        let series = Series { step: std::time::Duration::from_secs(1), unit: Kind::Count, values: [Some(1.0), None, Some(2.5)].into() };
        assert_eq!(field(&Cell::Series(series)), "1;;2.5");
    }

    #[test]
    fn a_number_that_is_none_is_an_empty_field() {
        assert_eq!((field(&Cell::Seconds(f64::NAN)), field(&Cell::Seconds(0.5))), (String::new(), "0.5".to_owned()));
    }

    #[test]
    fn fields_are_quoted_and_formulas_defused() {
        for (raw, written) in
            [("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("=1+1", "\"'=1+1\""), ("-5", "-5"), ("-x", "\"'-x\"")]
        {
            assert_eq!(quoted(raw), written);
        }
    }
}

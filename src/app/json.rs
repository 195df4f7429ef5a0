//! A page as JSON. Keys never vanish: what is not known is `null` at its place, and `unknown` says why, since when, and when it was last good.

use super::cells::missing;
use crate::model::{Gap, Moment, Reason};
use crate::systems::view::{Cell, Page, Table};
use serde_json::{Map, Value, json};
use std::io;

/// Version of the form of every document.
pub const API_VERSION: &str = "opsctl/v1";

/// The whole document.
#[must_use]
pub fn document(page: &Page, now: Moment) -> Value {
    let mut unknown = Map::new();
    let mut out = Map::new();
    out.insert("apiVersion".to_owned(), json!(API_VERSION));
    out.insert("kind".to_owned(), json!(page.kind));
    out.insert("generated_at".to_owned(), json!(now.wall));
    for (column, cell) in &page.facts {
        out.insert(column.key.to_owned(), value(cell, column.key, &mut unknown));
    }
    for table in &page.tables {
        let rows = (0..table.rows.len()).map(|at| row(table, at, table.key, &mut unknown)).collect();
        out.insert(table.key.to_owned(), Value::Array(rows));
    }
    let sources = page.sources.iter().map(|source| {
        let age = source.taken_at.map(|at| now.since(at).as_secs_f64());
        let said = json!({ "taken_at": source.taken_at.map(|at| at.wall), "age_seconds": age, "error": source.error });
        (source.endpoint.clone(), said)
    });
    out.insert("as_of".to_owned(), Value::Object(sources.collect()));
    out.insert("unknown".to_owned(), Value::Object(unknown));
    Value::Object(out)
}

/// One object a row of the first table, each whole in itself.
#[must_use]
pub fn lines(page: &Page) -> Vec<Value> {
    let Some(table) = page.tables.first() else { return Vec::new() };
    let line = |at| {
        let mut unknown = Map::new();
        let mut object = row(table, at, "", &mut unknown);
        if let Value::Object(map) = &mut object {
            map.insert("unknown".to_owned(), Value::Object(unknown));
        }
        object
    };
    (0..table.rows.len()).map(line).collect()
}

fn row(table: &Table, at: usize, path: &str, unknown: &mut Map<String, Value>) -> Value {
    let Some(row) = table.rows.get(at) else { return Value::Null };
    let place = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}[{at}].{key}") };
    let cells = table.columns.iter().zip(&row.cells);
    let mut object: Map<String, Value> = cells.map(|(column, cell)| (column.key.to_owned(), value(cell, &place(column.key), unknown))).collect();
    object.insert("depth".to_owned(), json!(row.depth));
    Value::Object(object)
}

fn value(cell: &Cell, path: &str, unknown: &mut Map<String, Value>) -> Value {
    if let Some(gap) = missing(cell, path) {
        unknown.insert(path.to_owned(), gap_value(&gap));
        return Value::Null;
    }
    match cell {
        Cell::Nothing | Cell::Unknown(_) => Value::Null,
        Cell::Text(text) | Cell::Word(text, _) => json!(text.raw()),
        Cell::Count(count) => json!(count),
        Cell::Bytes(bytes) => json!(bytes),
        Cell::AtLeast(seconds) if *seconds < 1.0 => {
            unknown
                .insert(path.to_owned(), gap_value(&Gap::new(path, Reason::NotReached("first seen just now; it may have begun earlier".to_owned()))));
            Value::Null
        }
        Cell::Seconds(number) | Cell::AtLeast(number) | Cell::Percent(number) => json!(number),
        Cell::Lsn(lsn) => json!(lsn),
        Cell::Time(at) => json!(at),
        Cell::Flag(on) => json!(on),
        Cell::List(items) => items.iter().map(|item| json!(item.raw())).collect(),
        Cell::Series(series) => series.values.iter().map(|value| value.map_or(Value::Null, shortest)).collect(),
        Cell::Toned(inner, _) => value(inner, path, unknown),
    }
}

/// The number with as few digits as tell it from its neighbours: `0.1`, not `0.10000000149`.
fn shortest(value: f32) -> Value {
    json!(value.to_string().parse::<f64>().unwrap_or(f64::from(value)))
}

fn gap_value(gap: &Gap) -> Value {
    json!({
        "fact": gap.fact,
        "reason": gap.reason.phrase(),
        "since": gap.since.map(|at| at.wall),
        "last_good": gap.last_good.map(|at| at.wall),
    })
}

/// Writes `value` so that no byte of it acts on a terminal: what is invisible or reorders text is written as `\uXXXX`, which is the same JSON.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn io::Write, value: &Value, pretty: bool) -> io::Result<()> {
    use serde::Serialize;
    let written = if pretty {
        let formatter = Safe(serde_json::ser::PrettyFormatter::new());
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))
    } else {
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Safe(serde_json::ser::CompactFormatter)))
    };
    written.map_err(io::Error::from)?;
    out.write_all(b"\n")
}

/// A formatter that escapes what must not reach a terminal raw.
struct Safe<F>(F);

impl<F: serde_json::ser::Formatter> serde_json::ser::Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices() {
            if crate::text::untrusted::is_plain(c) {
                continue;
            }
            out.write_all(fragment.as_bytes().get(plain..at).unwrap_or_default())?;
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        out.write_all(fragment.as_bytes().get(plain..).unwrap_or_default())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::view::{Column, Kind, Row};

    fn page(cells: Vec<Cell>) -> Page {
        let column = |key| Column::new(key, "", Kind::Seconds, 0, "");
        let mut page = Page::new("Test");
        page.facts = vec![(column("fact_seconds"), Cell::Seconds(f64::NAN))];
        page.tables.push(Table {
            key: "rows",
            title: "ROWS",
            columns: vec![column("a_seconds"), column("b_seconds")],
            rows: vec![Row::new("one", cells)],
            when_empty: "",
        });
        page
    }

    #[test]
    fn keys_never_vanish_and_a_number_that_is_none_has_its_reason() {
        let now = crate::model::Clock::real().now();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let page = page(vec![Cell::Seconds(1.5), Cell::Percent(bad).toned(crate::systems::view::Tone::Bad)]);
            let whole = document(&page, now);
            assert_eq!(whole["rows"][0], json!({ "a_seconds": 1.5, "b_seconds": null, "depth": 0 }));
            let unknown = whole["unknown"].as_object().expect("an object");
            assert_eq!(unknown.keys().collect::<Vec<_>>(), ["fact_seconds", "rows[0].b_seconds"]);
            assert!(unknown.values().all(|gap| gap["reason"].as_str().is_some_and(|reason| reason.contains("no number"))), "{unknown:?}");
            let line = &lines(&page)[0];
            assert!(line["b_seconds"].is_null() && line["unknown"]["b_seconds"]["reason"].is_string(), "{line}");
        }
    }

    #[test]
    fn a_series_is_an_array_with_null_for_each_gap() {
        use crate::systems::view::{Kind, Series};
        let series = Series { step: std::time::Duration::from_secs(1), unit: Kind::Seconds, values: [Some(0.1), None, Some(3.0)].into() };
        assert_eq!(value(&Cell::Series(series), "lag_series", &mut Map::new()), json!([0.1, null, 3.0]));
    }

    #[test]
    fn hostile_text_is_lossless_and_acts_on_nothing() {
        let text = "\u{1b}[2J \u{9b} \u{202e} \u{200b} \u{e0041} ü 東 \"\\ \n";
        let mut out = Vec::new();
        write(&mut out, &json!({ text: [text] }), true).expect("written");
        let written = String::from_utf8(out).expect("UTF-8");
        assert!(written.chars().all(|c| c == '\n' || crate::text::untrusted::is_plain(c)), "{written}");
        let back: Value = serde_json::from_str(&written).expect("JSON");
        assert_eq!(back, json!({ text: [text] }));
    }
}

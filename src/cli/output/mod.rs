//! The forms of output: each is a function from a page to bytes. It must never decide what a page contains.

mod csv;
mod paint;
mod table;
mod yaml;

pub use paint::Paint;

use super::failure::Failure;
use crate::app::json;
use crate::model::Moment;
use crate::systems::view::{Column, Page};
use crate::text::suggest::nearest;
use std::io::{self, Write};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Table,
    /// Every column.
    Wide,
    Json,
    /// One object a line, of the first table.
    Jsonl,
    Yaml,
    /// The first table.
    Csv,
    /// The names of the rows of the first table.
    Name,
}

impl Form {
    pub const NAMES: [&'static str; 7] = ["table", "wide", "json", "jsonl", "yaml", "csv", "name"];

    /// The form called `name`; clap has let only [`Form::NAMES`] pass.
    #[must_use]
    pub fn named(name: &str) -> Form {
        match name {
            "wide" => Form::Wide,
            "json" => Form::Json,
            "jsonl" => Form::Jsonl,
            "yaml" => Form::Yaml,
            "csv" => Form::Csv,
            "name" => Form::Name,
            _ => Form::Table,
        }
    }
}

/// Only the columns called `keys` of the first table, in that order; all of them without keys. A column is called by its key or by its head, as the table
/// shows it, in any case and with `-` or `_` for blanks.
///
/// # Errors
/// A key that the table does not have.
pub fn select(mut page: Page, keys: &[String]) -> Result<Page, Failure> {
    let Some(table) = page.tables.first_mut().filter(|_| !keys.is_empty()) else { return Ok(page) };
    let mut places = Vec::new();
    for key in keys {
        let Some(place) = find(&table.columns, key) else {
            let keys = || table.columns.iter().map(|column| column.key);
            let heads: Vec<String> = table.columns.iter().map(|column| plain(column.title)).filter(|head| !head.is_empty()).collect();
            let hint = match nearest(&plain(key), keys().chain(heads.iter().map(String::as_str))) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("there are: {}", keys().collect::<Vec<_>>().join(", ")),
            };
            return Err(Failure::usage(format!("there is no column called '{key}'"), hint));
        };
        places.push(place);
    }
    // what was asked for is not dropped for want of room
    table.columns = places.iter().filter_map(|place| table.columns.get(*place)).map(|column| Column { drop: 0, ..*column }).collect();
    for row in &mut table.rows {
        row.cells = places.iter().filter_map(|place| row.cells.get(*place).cloned()).collect();
    }
    Ok(page)
}

/// The column called `name`; its key goes before the head of another.
fn find(columns: &[Column], name: &str) -> Option<usize> {
    let wanted = plain(name);
    let by = |word: fn(&Column) -> &'static str| columns.iter().position(|column| !wanted.is_empty() && plain(word(column)) == wanted);
    by(|column| column.key).or_else(|| by(|column| column.title))
}

/// A name as people type it: `LAG MAX`, `lag-max` and `lag_max` are one.
fn plain(name: &str) -> String {
    let letters = name.trim().chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    letters.collect::<String>().trim_matches('-').to_owned()
}

/// Writes `page`.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut dyn Write, page: &Page, form: Form, paint: Paint, now: Moment) -> io::Result<()> {
    match form {
        Form::Table => table::write(out, page, paint, false, now),
        Form::Wide => table::write(out, page, paint, true, now),
        Form::Json => json::write(out, &json::document(page, now), true),
        Form::Jsonl => json::lines(page).iter().try_for_each(|line| json::write(out, line, false)),
        Form::Yaml => yaml::write(out, &json::document(page, now)),
        Form::Csv => csv::write(out, page),
        Form::Name => page
            .tables
            .first()
            .into_iter()
            .flat_map(|table| &table.rows)
            .try_for_each(|row| writeln!(out, "{}", crate::text::untrusted::visible(&row.key))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::view::{Cell, Kind, Row, Table};

    fn page() -> Page {
        let columns = vec![
            Column::new("severity", "", Kind::Word, 0, ""),
            Column::new("replay_lag_max_bytes", "LAG MAX", Kind::Bytes, 3, ""),
            Column::new("pending_restart", "RESTART?", Kind::Flag, 3, ""),
            Column::new("timeline", "TL", Kind::Count, 0, ""),
        ];
        let row = Row::new("one", vec![Cell::text("a"), Cell::Bytes(1), Cell::Flag(true), Cell::count(4)]);
        let mut page = Page::new("Test");
        page.tables.push(Table { key: "rows", title: "ROWS", columns, rows: vec![row], when_empty: "" });
        page
    }

    fn chosen(names: &[&str]) -> Result<Vec<&'static str>, String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let page = select(page(), &names).map_err(|failure| failure.render())?;
        Ok(page.tables[0].columns.iter().map(|column| column.key).collect())
    }

    #[test]
    fn a_column_is_called_by_its_key_or_its_head() {
        for name in ["replay_lag_max_bytes", "LAG MAX", "lag max", "Lag-Max", "lag_max", " LAG MAX "] {
            assert_eq!(chosen(&[name]), Ok(vec!["replay_lag_max_bytes"]), "{name}");
        }
        assert_eq!(chosen(&["tl", "restart", "RESTART?", "severity"]), Ok(vec!["timeline", "pending_restart", "pending_restart", "severity"]));
    }

    #[test]
    fn a_column_that_is_none_is_told_with_the_nearest_that_is() {
        for (name, near) in
            [("lag-mx", "did you mean 'lag-max'?"), ("timelin", "did you mean 'timeline'?"), ("", "there are: severity, "), ("??", "there are: ")]
        {
            let told = chosen(&[name]).expect_err("no column");
            assert!(told.contains("there is no column called") && told.contains(near), "{told}");
        }
    }
}

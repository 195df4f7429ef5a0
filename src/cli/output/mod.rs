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

/// Only the columns called `keys` of the first table, in that order; all of them without keys.
///
/// # Errors
/// A key that the table does not have.
pub fn select(mut page: Page, keys: &[String]) -> Result<Page, Failure> {
    let Some(table) = page.tables.first_mut().filter(|_| !keys.is_empty()) else { return Ok(page) };
    let mut places = Vec::new();
    for key in keys {
        let known = || table.columns.iter().map(|column| column.key);
        let Some(place) = table.columns.iter().position(|column| column.key == key) else {
            let hint = match nearest(key, known()) {
                Some(near) => format!("did you mean '{near}'?"),
                None => format!("there are: {}", known().collect::<Vec<_>>().join(", ")),
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

//! Comparisons: `lag>10s`, `state!=ok`. A column is named by its key, by its head, or by a part of either; of several that are meant one has to match.

use super::{Verdict, contains};
use crate::app::cells::{missing, words};
use crate::config::quantity::{Quantity, duration};
use crate::model::Lsn;
use crate::systems::view::{Cell, Column, Kind, Row, Tone};
use crate::text::suggest::nearest;
use jiff::Timestamp;
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equal,
    Different,
    Less,
    AtMost,
    More,
    AtLeast,
    Holds,
    HoldsNot,
}

/// The longer ones first.
const SIGNS: [(&str, Sign); 8] = [
    ("!=", Sign::Different),
    ("!~", Sign::HoldsNot),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::More),
    ("~", Sign::Holds),
];

/// What a cell is compared with.
#[derive(Clone, Debug)]
enum Value {
    /// `?`
    Unknown,
    /// `-`
    Nothing,
    Number(f64),
    Lsn(Lsn),
    Time(Timestamp),
    Flag(bool),
    /// In small letters.
    Word(String),
}

/// Some columns, each with the value in its own kind, and how they are compared.
#[derive(Debug)]
pub(super) struct Comparison {
    of: Vec<(usize, Value)>,
    sign: Sign,
}

impl Comparison {
    /// `None` when `text` is no comparison.
    pub(super) fn parse(text: &str, columns: &[Column]) -> Result<Option<Comparison>, String> {
        let Some(end) = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')) else { return Ok(None) };
        let (Some(name), Some(rest)) = (text.get(..end), text.get(end..)) else { return Ok(None) };
        let Some((written, sign)) = SIGNS.iter().find(|(written, _)| rest.starts_with(written)).filter(|_| end > 0) else { return Ok(None) };
        let value = rest.get(written.len()..).unwrap_or_default().trim_matches('"');
        if value.is_empty() {
            return Err(format!("nothing stands behind '{name}{written}'"));
        }
        let meant = meant(name, columns)?;
        let mut flaws: Vec<String> = Vec::new();
        let mut of = Vec::new();
        for (at, column) in meant {
            match read(value, *sign, column) {
                Ok(value) => of.push((at, value)),
                Err(flaw) if flaws.contains(&flaw) => {}
                Err(flaw) => flaws.push(flaw),
            }
        }
        if of.is_empty() {
            let same = format!("'{value}' is ");
            // of the second only what it adds
            let told = flaws.iter().enumerate().filter(|(at, flaw)| *at == 0 || flaw.starts_with(&same));
            let told = told.map(|(at, flaw)| if at > 0 { flaw.trim_start_matches(&same) } else { flaw });
            return Err(told.collect::<Vec<_>>().join(", "));
        }
        Ok(Some(Comparison { of, sign: *sign }))
    }

    pub(super) fn judge(&self, row: &Row) -> Verdict {
        let verdicts = self.of.iter().filter_map(|(at, value)| Some(compare(row.cells.get(*at)?, self.sign, value)));
        // not that one means none of them
        if matches!(self.sign, Sign::Different | Sign::HoldsNot) {
            verdicts.fold(Verdict::Yes, Verdict::and)
        } else {
            verdicts.fold(Verdict::No, Verdict::or)
        }
    }
}

/// The columns that `name` means.
fn meant<'a>(name: &str, columns: &'a [Column]) -> Result<Vec<(usize, &'a Column)>, String> {
    let name = name.to_lowercase().replace('-', "_");
    let title = |column: &Column| column.title.to_lowercase().replace([' ', '-'], "_");
    let part = |whole: &str| format!("_{whole}_").contains(&format!("_{name}_"));
    let ways: [&dyn Fn(&Column) -> bool; 3] =
        [&|column| column.key == name || title(column) == name, &|column| part(column.key) || part(&title(column)), &|column| {
            column.key.starts_with(&name) || title(column).starts_with(&name)
        }];
    for way in ways {
        let found: Vec<(usize, &Column)> = columns.iter().enumerate().filter(|(_, column)| way(column)).collect();
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let parts = columns.iter().flat_map(|column| column.key.split('_').chain([column.key]));
    Err(match nearest(&name, parts) {
        Some(near) => format!("no column '{name}' here; did you mean '{near}'?"),
        None => format!("no column '{name}' here; there are {}", columns.iter().map(|column| column.key).collect::<Vec<_>>().join(", ")),
    })
}

/// What the values of a kind are called, and an example.
const fn kind_of(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Text | Kind::Word => ("words", "word"),
        Kind::List => ("lists of words", "word"),
        Kind::Count => ("numbers", "whole number such as 40"),
        Kind::Bytes => ("sizes", "size such as 64MiB"),
        Kind::Seconds => ("durations", "duration such as 10s"),
        Kind::Percent => ("shares", "share such as 80%"),
        Kind::Lsn => ("positions", "position such as 16/B374D848"),
        Kind::Time => ("times", "time such as 2026-11-20T14:03:22Z"),
        Kind::Flag => ("yes or no", "yes or no"),
        Kind::Series => ("lines over time", "value"),
    }
}

fn read(text: &str, sign: Sign, column: &Column) -> Result<Value, String> {
    let (holds, example) = kind_of(column.kind);
    let is_word = matches!(column.kind, Kind::Text | Kind::Word | Kind::List);
    let ordered = matches!(sign, Sign::Less | Sign::AtMost | Sign::More | Sign::AtLeast);
    let fits = match column.kind {
        Kind::Text | Kind::Word | Kind::List => !ordered,
        Kind::Flag => matches!(sign, Sign::Equal | Sign::Different),
        Kind::Series => false,
        _ => !matches!(sign, Sign::Holds | Sign::HoldsNot),
    };
    if !fits {
        let signs = match column.kind {
            _ if is_word => "=, !=, ~ or !~",
            Kind::Flag => "= or !=",
            Kind::Series => return Err(format!("{} holds {holds}, which cannot be compared", column.title)),
            _ => "=, !=, <, <=, > or >=",
        };
        return Err(format!("{} holds {holds}: compare it with {signs}", column.title));
    }
    match text {
        "?" if !ordered => return Ok(Value::Unknown),
        "-" if !ordered => return Ok(Value::Nothing),
        _ => {}
    }
    let plain = || text.parse::<f64>().ok().filter(|number| number.is_finite());
    let value = match column.kind {
        Kind::Text | Kind::Word | Kind::List => Some(Value::Word(text.to_lowercase())),
        Kind::Count => plain().map(Value::Number),
        Kind::Percent => text.trim_end_matches('%').parse().ok().filter(|share: &f64| share.is_finite()).map(Value::Number),
        Kind::Seconds => plain().or_else(|| Some(duration(text)?.as_secs_f64())).map(Value::Number),
        Kind::Bytes => plain().or_else(|| size(text)).map(Value::Number),
        Kind::Lsn => text.parse().ok().map(Value::Lsn),
        Kind::Time => text.parse().ok().map(Value::Time),
        Kind::Flag => match text.to_lowercase().as_str() {
            "yes" | "true" => Some(Value::Flag(true)),
            "no" | "false" => Some(Value::Flag(false)),
            _ => None,
        },
        Kind::Series => None,
    };
    value.ok_or_else(|| format!("'{text}' is no {example}"))
}

#[expect(clippy::cast_precision_loss, reason = "a size that a person types")]
fn size(text: &str) -> Option<f64> {
    match Quantity::parse(text)? {
        Quantity::Bytes(bytes) => Some(bytes as f64),
        _ => None,
    }
}

fn compare(cell: &Cell, sign: Sign, value: &Value) -> Verdict {
    let unknown = missing(cell, "").is_some();
    let negative = matches!(sign, Sign::Different | Sign::HoldsNot);
    let equal = |yes: bool| Verdict::of(yes != negative);
    match (cell, value) {
        (_, Value::Unknown) => equal(unknown),
        // whoever asks for all that is not well has to see what nobody knows about
        _ if unknown => {
            if negative {
                Verdict::Yes
            } else {
                Verdict::Unknown
            }
        }
        (Cell::Toned(inner, _), _) => compare(inner, sign, value),
        (Cell::Nothing, Value::Nothing) => equal(true),
        (Cell::Nothing, _) | (_, Value::Nothing) => equal(false),
        (Cell::AtLeast(seconds), Value::Number(than)) => at_least(*seconds, sign, *than),
        (Cell::Lsn(lsn), Value::Lsn(than)) => ordered(lsn.cmp(than), sign),
        (Cell::Time(at), Value::Time(than)) => ordered(at.cmp(than), sign),
        (Cell::Flag(flag), Value::Flag(than)) => equal(flag == than),
        (Cell::List(items), Value::Word(word)) => {
            let holds = matches!(sign, Sign::Holds | Sign::HoldsNot);
            let has = |item: &str| if holds { contains(item, word) } else { item.to_lowercase() == *word };
            equal(items.iter().any(|item| has(&item.shown())))
        }
        (_, Value::Number(than)) => match number(cell) {
            Some(number) => number.partial_cmp(than).map_or(Verdict::Unknown, |order| ordered(order, sign)),
            None => equal(false),
        },
        (_, Value::Word(word)) => {
            let (shown, tone) = words(cell);
            let well = word == "ok" && tone == Tone::Good;
            equal(match sign {
                Sign::Holds | Sign::HoldsNot => contains(&shown, word),
                _ => well || shown.to_lowercase() == *word,
            })
        }
        _ => equal(false),
    }
}

/// A time whose beginning nobody saw: it may be longer.
fn at_least(seconds: f64, sign: Sign, than: f64) -> Verdict {
    match sign {
        Sign::More | Sign::Different if seconds > than => Verdict::Yes,
        Sign::AtLeast if seconds >= than => Verdict::Yes,
        Sign::Less if seconds >= than => Verdict::No,
        Sign::AtMost | Sign::Equal if seconds > than => Verdict::No,
        _ => Verdict::Unknown,
    }
}

fn ordered(order: Ordering, sign: Sign) -> Verdict {
    Verdict::of(match sign {
        Sign::Equal | Sign::Holds => order.is_eq(),
        Sign::Different | Sign::HoldsNot => order.is_ne(),
        Sign::Less => order.is_lt(),
        Sign::AtMost => order.is_le(),
        Sign::More => order.is_gt(),
        Sign::AtLeast => order.is_ge(),
    })
}

/// A cell as the number that it is.
#[expect(clippy::cast_precision_loss, reason = "compared with what a person types")]
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Count(count) => Some(*count as f64),
        Cell::Bytes(bytes) => Some(*bytes as f64),
        Cell::Seconds(number) | Cell::Percent(number) => Some(*number),
        _ => None,
    }
}

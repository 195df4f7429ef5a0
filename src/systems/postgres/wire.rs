//! Rows of text into types, by column name: the simple protocol sends every value as text, and NULL as nothing.
//!
//! The snapshots' own `Deserialize` decides which columns there have to be, so that a recorded revision and a server's answer fill the same types.
//! It must never guess: a required column that is missing is [`Reason::NotReported`], a value of another form is [`Reason::Malformed`].

use crate::model::Reason;
use crate::transport::pg::Rows;
use serde::de::value::SeqDeserializer;
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use std::fmt;

/// All rows of an answer.
///
/// # Errors
/// A required column is missing, or a value has another form.
pub(super) fn many<T: DeserializeOwned>(answer: &Rows) -> Result<Vec<T>, Reason> {
    answer.rows.iter().map(|cells| T::deserialize(Row { columns: &answer.columns, cells }).map_err(Reason::from)).collect()
}

/// The one row of an answer.
///
/// # Errors
/// As [`many`], and another number of rows than one.
pub(super) fn one<T: DeserializeOwned>(answer: &Rows) -> Result<T, Reason> {
    let mut rows = many(answer)?;
    match (rows.pop(), rows.len()) {
        (Some(row), 0) => Ok(row),
        (None, _) => Err(Reason::NotReported),
        (Some(_), more) => Err(Reason::Malformed(format!("{} rows where one was due", more + 1))),
    }
}

/// Why a row is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The answer has no column of this name.
    Missing(&'static str),
    /// A value of another form; says which column.
    Form(String),
}

impl From<Misfit> for Reason {
    fn from(misfit: Misfit) -> Self {
        match misfit {
            Misfit::Missing(_) => Reason::NotReported,
            Misfit::Form(what) => Reason::Malformed(what),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Misfit::Missing(column) => write!(f, "no column `{column}`"),
            Misfit::Form(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Misfit::Form(message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        Misfit::Missing(field)
    }
}

struct Row<'a> {
    columns: &'a [String],
    cells: &'a [Option<String>],
}

impl<'de> de::Deserializer<'de> for Row<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.columns.len() != self.cells.len() {
            return Err(Misfit::Form(format!("a row of {} values under {} columns", self.cells.len(), self.columns.len())));
        }
        let pairs = self.columns.iter().zip(self.cells);
        visitor.visit_map(Columns { pairs, next: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map struct enum identifier ignored_any
    }
}

struct Columns<'a> {
    pairs: std::iter::Zip<std::slice::Iter<'a, String>, std::slice::Iter<'a, Option<String>>>,
    next: Option<Value<'a>>,
}

impl<'de> de::MapAccess<'de> for Columns<'de> {
    type Error = Misfit;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Misfit> {
        let Some((column, text)) = self.pairs.next() else { return Ok(None) };
        self.next = Some(Value { column, text: text.as_deref() });
        seed.deserialize(column.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: de::DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let value = self.next.take().ok_or_else(|| Misfit::Form("a value without a column".to_owned()))?;
        let column = value.column;
        seed.deserialize(value).map_err(|error| match error {
            // the error of a nested decoder does not know where it stands
            Misfit::Form(what) if !what.starts_with('`') => Misfit::Form(format!("`{column}`: {what}")),
            other => other,
        })
    }
}

/// One value with the name of its column.
struct Value<'a> {
    column: &'a str,
    text: Option<&'a str>,
}

impl<'a> Value<'a> {
    fn text(&self) -> Result<&'a str, Misfit> {
        self.text.ok_or_else(|| Misfit::Form(format!("`{}` is NULL", self.column)))
    }

    fn parse<T: std::str::FromStr>(&self, form: &str) -> Result<T, Misfit> {
        let text = self.text()?;
        text.parse().map_err(|_not_of_this_form| {
            let start: String = text.chars().take(40).collect();
            Misfit::Form(format!("`{}` is no {form}: {start}", self.column))
        })
    }
}

impl<'a> IntoDeserializer<'a, Misfit> for Value<'a> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Value<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.text.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.text()? {
            "t" | "true" | "on" => visitor.visit_bool(true),
            "f" | "false" | "off" => visitor.visit_bool(false),
            other => Err(Misfit::Form(format!("`{}` is neither true nor false: {}", self.column, other.chars().take(40).collect::<String>()))),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_i64(self.parse("whole number")?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_u64(self.parse("whole number from 0 on")?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let number: f64 = self.parse("number")?;
        if number.is_finite() { visitor.visit_f64(number) } else { Err(Misfit::Form(format!("`{}` is not finite", self.column))) }
    }

    /// A column that nobody asked for may hold anything, NULL as well.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    /// An array of numbers, `{1,2}`. Quoted elements do not occur in the statements.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let text = self.text()?;
        let inner =
            text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).ok_or_else(|| Misfit::Form(format!("`{}` is no array", self.column)))?;
        let column = self.column;
        let elements = inner.split(',').filter(|element| !element.is_empty()).map(|element| Value { column, text: Some(element) });
        SeqDeserializer::new(elements).deserialize_seq(visitor)
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct enum identifier
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lsn, Timeline};
    use jiff::Timestamp;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    struct All {
        flag: bool,
        count: u64,
        lag: Option<i64>,
        ratio: f64,
        lsn: Lsn,
        tli: Timeline,
        at: Timestamp,
        pids: Vec<i32>,
    }

    fn answer(cells: &[(&str, Option<&str>)]) -> Rows {
        Rows {
            columns: cells.iter().map(|(column, _)| (*column).to_owned()).collect(),
            rows: vec![cells.iter().map(|(_, text)| text.map(str::to_owned)).collect()],
        }
    }

    const GOOD: [(&str, Option<&str>); 9] = [
        ("extra", None),
        ("flag", Some("t")),
        ("count", Some("7")),
        ("lag", None),
        ("ratio", Some("99.125")),
        ("lsn", Some("16/B374D848")),
        ("tli", Some("42")),
        ("at", Some("2026-11-20 12:30:19.472188+00")),
        ("pids", Some("{3,14}")),
    ];

    #[test]
    fn every_form_is_read_by_its_name() {
        let all: All = one(&answer(&GOOD)).expect("row");
        let at = "2026-11-20T12:30:19.472188Z".parse().expect("instant");
        let expected = All { flag: true, count: 7, lag: None, ratio: 99.125, lsn: Lsn(0x16_B374_D848), tli: Timeline(42), at, pids: vec![3, 14] };
        assert_eq!(all, expected);
    }

    #[test]
    fn what_is_missing_was_not_reported_and_what_is_wrong_says_where() {
        let without: Vec<_> = GOOD.iter().copied().filter(|(column, _)| *column != "count").collect();
        assert_eq!(one::<All>(&answer(&without)), Err(Reason::NotReported));
        for (column, text) in [
            ("flag", Some("maybe")),
            ("count", Some("-1")),
            ("count", None),
            ("ratio", Some("NaN")),
            ("lsn", Some("unknown")),
            ("at", Some("infinity")),
            ("pids", Some("1,2")),
            ("pids", Some("{x}")),
            ("tli", Some("99999999999")),
        ] {
            let cells: Vec<_> = GOOD.iter().map(|&(name, old)| (name, if name == column { text } else { old })).collect();
            match one::<All>(&answer(&cells)) {
                Err(Reason::Malformed(why)) => assert!(why.starts_with(&format!("`{column}`")), "{why}"),
                other => panic!("{column} {text:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn one_row_is_not_none_and_not_two() {
        let mut rows = answer(&GOOD);
        rows.rows.push(rows.rows[0].clone());
        assert!(matches!(one::<All>(&rows), Err(Reason::Malformed(_))));
        rows.rows.clear();
        assert_eq!(one::<All>(&rows), Err(Reason::NotReported));
        assert_eq!(many::<All>(&rows), Ok(vec![]));
        rows.rows.push(vec![None]);
        assert!(matches!(one::<All>(&rows), Err(Reason::Malformed(_))), "a short row");
    }
}

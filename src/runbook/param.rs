//! Parameters: what a value of each type is, as it is written and as expressions see it.
//!
//! It must never hold the value of a secret: a secret is given as a reference, when the run starts.

use super::expression::{Kind, Unit};
use super::format::{Param, ParamType};
use crate::config::quantity::{Quantity, duration};
use crate::config::secret_reference;
use crate::config::tree::quoted;
use crate::model::Lsn;
use serde_json::Value;

/// The kind of a parameter in an expression.
#[must_use]
pub const fn kind(of: ParamType) -> Kind {
    match of {
        ParamType::Text | ParamType::Enum | ParamType::Member | ParamType::Database => Kind::TEXT,
        ParamType::Whole => Kind::number(Unit::Any),
        ParamType::Flag => Kind::FLAG,
        ParamType::Duration => Kind::number(Unit::Seconds),
        ParamType::Size => Kind::number(Unit::Bytes),
        ParamType::Timestamp => Kind::TIME,
        ParamType::Lsn => Kind::LSN,
        ParamType::Secret => Kind::SECRET,
    }
}

/// The value of a parameter as expressions see it: a duration in seconds, a size in bytes.
///
/// # Errors
/// What is wrong with what was given, and what would be right.
pub fn given(param: &Param, value: &Value) -> Result<Value, (String, String)> {
    let wrong = |hint: &str| Err((format!("{} is not of its type", shown(value)), hint.to_owned()));
    let text = value.as_str();
    match param.of.value {
        ParamType::Secret => {
            Err(("a secret has no value in a file".to_owned(), "give its reference when it starts: --param NAME=file:PATH".to_owned()))
        }
        ParamType::Text | ParamType::Member | ParamType::Database => match text {
            Some(text) if !text.trim().is_empty() => Ok(value.clone()),
            _ => wrong("a text in quotes"),
        },
        ParamType::Enum => match text {
            Some(text) if param.values.iter().any(|word| word == text) => Ok(value.clone()),
            _ => wrong(&format!("one of {}", param.values.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))),
        },
        ParamType::Whole => {
            if value.is_i64() {
                Ok(value.clone())
            } else {
                wrong("a whole number without quotes")
            }
        }
        ParamType::Flag => {
            if value.is_boolean() {
                Ok(value.clone())
            } else {
                wrong("true or false without quotes")
            }
        }
        ParamType::Duration => match text.and_then(duration) {
            Some(time) => Ok(Value::from(time.as_secs_f64())),
            None => wrong("such as \"500ms\", \"30s\", \"5m\""),
        },
        ParamType::Size => match text.and_then(Quantity::parse) {
            Some(Quantity::Bytes(bytes)) => Ok(Value::from(bytes)),
            _ => wrong("such as \"64KiB\", \"256MiB\""),
        },
        ParamType::Timestamp => match text.map(str::parse::<jiff::Timestamp>) {
            Some(Ok(_)) => Ok(value.clone()),
            _ => wrong("with its zone, such as \"2026-11-21T20:00:00Z\""),
        },
        ParamType::Lsn => match text.map(str::parse::<Lsn>) {
            Some(Ok(_)) => Ok(value.clone()),
            _ => wrong("such as \"16/B374D848\""),
        },
    }
}

/// The value of a secret parameter: where it lies. What was given in its place is the secret itself, maybe, and is not repeated.
///
/// # Errors
/// It is no reference: what is wrong, and what would be right.
pub fn reference(text: &str) -> Result<Value, (String, String)> {
    match secret_reference(text) {
        Ok(_) => Ok(Value::from(text)),
        Err(why) => Err((format!("a secret is given by where it lies: {why}"), "--param NAME=file:PATH, or env:NAME".to_owned())),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), quoted)
}

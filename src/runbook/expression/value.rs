//! The values that an expression is evaluated over: JSON, as facts, parameters and saved values come, each looked at for the kind that was declared.
//! A position in the WAL is the text `16/B374D848`, an instant is RFC 3339.

use super::kind::{Field, Kind, Scalar};
use crate::model::{Gap, Lsn, Reason};
use jiff::Timestamp;
use minijinja::Value as Jinja;
use minijinja::value::ValueKind;
use serde_json::{Map, Value};

/// What the names of an expression stand for at one moment.
pub trait Values {
    /// What `name` is.
    ///
    /// # Errors
    /// Why it is not known: nobody read it, or it could not be read.
    fn value(&self, name: &str) -> Result<Value, Gap>;
}

/// The value of `name`, if it is known and of `kind`.
///
/// # Errors
/// Why it is not: nobody read it, it could not be read, or what was read is something else.
pub(super) fn known(values: &dyn Values, name: &str, kind: Kind) -> Result<Value, Gap> {
    let value = values.value(name)?;
    if fits(&value, kind) { Ok(value) } else { Err(odd(name, &value, &kind.phrase())) }
}

/// A field of a record as the machine takes it, if it is known and of its kind.
///
/// # Errors
/// As [`known`].
pub(super) fn field(record: &Map<String, Value>, field: &Field, label: &str) -> Result<Jinja, Gap> {
    match record.get(field.name) {
        None => Err(Gap::new(label, Reason::NotReported)),
        Some(value) => to_machine(value, field.scalar).ok_or_else(|| odd(label, value, &field.scalar.to_string())),
    }
}

fn odd(label: &str, value: &Value, expected: &str) -> Gap {
    let reason = if value.is_null() { Reason::NotReported } else { Reason::Malformed(format!("expected {expected}")) };
    Gap::new(label, reason)
}

/// Whether `value` is what `kind` says; of records only that they are records: their fields are looked at when one is asked for.
fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::One(scalar) => to_machine(value, scalar).is_some(),
        Kind::List(scalar) => value.as_array().is_some_and(|items| items.iter().all(|item| to_machine(item, scalar).is_some())),
        Kind::Record(_) => value.is_object(),
        Kind::Items(_) => value.as_array().is_some_and(|items| items.iter().all(Value::is_object)),
        Kind::Named(_) => value.as_object().is_some_and(|records| records.values().all(Value::is_object)),
    }
}

/// A single value as the machine takes it: a position as its number of bytes, an instant as nanoseconds. `None`: it is not of that kind; a secret
/// never is.
pub(super) fn to_machine(value: &Value, scalar: Scalar) -> Option<Jinja> {
    match scalar {
        Scalar::Text => value.as_str().map(Jinja::from),
        Scalar::Flag => value.as_bool().map(Jinja::from),
        Scalar::Number(_) => match value.as_i64() {
            Some(whole) => Some(Jinja::from(whole)),
            None => value.as_f64().filter(|number| number.is_finite()).map(Jinja::from),
        },
        Scalar::Lsn => value.as_str().and_then(|text| text.parse::<Lsn>().ok()).map(|lsn| Jinja::from(lsn.0)),
        Scalar::Time => value.as_str().and_then(|text| text.parse::<Timestamp>().ok()).map(|at| Jinja::from(at.as_nanosecond())),
        Scalar::Secret => None,
    }
}

/// The machine's answer as a value; `None`: it is not of that kind.
pub(super) fn from_machine(answer: &Jinja, scalar: Scalar) -> Option<Value> {
    if answer.is_undefined() || answer.is_none() {
        return None;
    }
    match scalar {
        Scalar::Text => answer.as_str().map(Value::from),
        Scalar::Flag if answer.kind() == ValueKind::Bool => Some(Value::from(answer.is_true())),
        Scalar::Number(_) if answer.kind() == ValueKind::Number => match answer.as_i64().filter(|_| answer.is_integer()) {
            Some(whole) => Some(Value::from(whole)),
            None => f64::try_from(answer.clone()).ok().filter(|number| number.is_finite()).map(Value::from),
        },
        Scalar::Lsn => u64::try_from(answer.clone()).ok().map(|position| Value::from(Lsn(position).to_string())),
        Scalar::Time => i128::try_from(answer.clone()).ok().and_then(|at| Timestamp::from_nanosecond(at).ok()).map(|at| Value::from(at.to_string())),
        Scalar::Flag | Scalar::Number(_) | Scalar::Secret => None,
    }
}

/// A single value as text, for an argument or a parameter; nothing of it is quoted. `None`: it is no single value.
#[must_use]
pub fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(on.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

//! An expression moved to another place: the item of a `foreach` and what an included runbook is told become values, names that it saved get a longer
//! name.
//!
//! It must never change what an expression is made of: a name becomes another name or one value, whatever stands in the value.

use super::kind::Scalar;
use super::tree::{Form, Tree, parse};
use serde_json::Value;
use std::ops::Range;

/// What stands in the place of a name; `None`: it stays.
pub type Moves<'a> = &'a dyn Fn(&str) -> Option<Moved>;

/// What a name becomes.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved {
    Name(String),
    Value(Value, Scalar),
    /// It was asked for and is not known now; what needs it cannot be moved.
    Unknown(String),
}

/// `text` with every name moved.
///
/// # Errors
/// A name whose value is not known, or a text that is no expression.
pub fn moved(text: &str, moves: Moves<'_>) -> Result<String, String> {
    let tree = parse(text).map_err(|flaw| flaw.what)?;
    let mut found = Vec::new();
    paths(&tree, &mut found);
    found.sort_by_key(|(span, _)| span.start);
    let mut out = String::new();
    let mut at = 0;
    for (span, name) in found {
        let Some(instead) = moves(&name) else { continue };
        let written: String = text.get(span.clone()).unwrap_or("").split_whitespace().collect();
        if written != name {
            return Err(format!("`{name}` stands in brackets in the middle"));
        }
        out.push_str(text.get(at..span.start).unwrap_or(""));
        match instead {
            Moved::Name(name) => out.push_str(&name),
            Moved::Value(value, scalar) => out.push_str(&literal(&value, scalar).ok_or_else(|| format!("`{name}` is no single value"))?),
            Moved::Unknown(why) => return Err(why),
        }
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or(""));
    Ok(out)
}

/// Every name with its place.
fn paths(tree: &Tree, found: &mut Vec<(Range<usize>, String)>) {
    match &tree.form {
        Form::Path(path) => found.push((tree.span.clone(), path.join("."))),
        Form::Pick { which, .. } => paths(which, found),
        Form::Text(_) | Form::Number(_) | Form::Flag(_) => {}
        Form::List(items) => items.iter().for_each(|item| paths(item, found)),
        Form::Not(inner) | Form::Minus(inner) => paths(inner, found),
        Form::Binary { left, right, .. } => {
            paths(left, found);
            paths(right, found);
        }
        Form::Choice { test, yes, no } => {
            for part in [test, yes, no] {
                paths(part, found);
            }
        }
        Form::Filter { of, arguments, .. } => {
            paths(of, found);
            for argument in arguments {
                paths(&argument.value, found);
            }
        }
    }
}

/// A value as an expression has it. `None`: it is not of its kind.
#[must_use]
pub fn literal(value: &Value, scalar: Scalar) -> Option<String> {
    match scalar {
        // the escapes of JSON are those of the language
        Scalar::Text => value.as_str().map(|text| Value::from(text).to_string()),
        Scalar::Number(_) => value
            .as_number()
            .map(|number| if number.as_f64().is_some_and(|number| number < 0.0) { format!("({number})") } else { number.to_string() }),
        Scalar::Flag => value.as_bool().map(|on| on.to_string()),
        Scalar::Lsn => value.as_str().map(|text| format!("({} | lsn)", Value::from(text))),
        Scalar::Time => value.as_str().map(|text| format!("({} | time)", Value::from(text))),
        Scalar::Secret => None,
    }
}

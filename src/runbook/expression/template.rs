//! A text with values in it: `slot of ${params.member}`. `$${` stands for `${` itself.
//!
//! What it becomes is one text, whatever stands in the values: one argument of a program, one parameter of a statement, one part of a path. It must
//! never be put where a shell or a server reads a text as a language.

use super::evaluate::Checked;
use super::kind::{Kind, Scalar};
use super::rewrite::{self, Moves};
use super::tree::{self, Flaw, Form};
use super::value::{Values, plain};
use super::vocabulary::Vocabulary;
use super::{Expression, Place};
use crate::config::Diagnostic;
use crate::model::{Gap, Reason};
use serde_json::Value;
use std::ops::Range;

/// A text with expressions in it.
#[derive(Clone, Debug)]
pub struct Template {
    /// As it is written.
    pub text: String,
    pub place: Place,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    Value(Expression),
}

/// A template whose expressions were checked.
#[derive(Clone, Debug)]
pub struct Filled {
    parts: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    Value(Checked),
}

impl Template {
    /// Reads `text`, which stands at `place`.
    ///
    /// # Errors
    /// A `${` that is not closed, or an expression that is none.
    pub fn parse(text: &str, place: &Place) -> Result<Template, Diagnostic> {
        let unclosed = |at: usize| Diagnostic::at(&place.within(text, at..at + 2), UNCLOSED).hint("${NAME}; `$${` stands for `${` itself");
        let part = |segment: Segment| match segment {
            Segment::Text(plain) => Ok(Part::Text(plain)),
            Segment::Value(span) => Expression::part(text, span, place).map(Part::Value),
        };
        let parts = segments(text).map_err(unclosed)?.into_iter().map(part).collect::<Result<_, _>>()?;
        Ok(Template { text: text.to_owned(), place: place.clone(), parts })
    }

    /// Whether it is the same text whatever is known.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// Its text, where it is the same whatever is known.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        let text = |part: &Part| if let Part::Text(text) = part { Some(text.clone()) } else { None };
        self.parts.iter().map(text).collect()
    }

    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(|part| if let Part::Value(expression) = part { Some(expression) } else { None })
    }

    /// Checks its expressions; each has to give a single value that is no secret.
    ///
    /// # Errors
    /// What is wrong with the first of them.
    pub fn check(&self, known: &dyn Vocabulary) -> Result<Filled, Diagnostic> {
        let mut parts = Vec::new();
        for part in &self.parts {
            parts.push(match part {
                Part::Text(text) => Piece::Text(text.clone()),
                Part::Value(expression) => {
                    let checked = expression.check(known)?;
                    match checked.kind() {
                        Kind::One(Scalar::Secret) => {
                            let said = Diagnostic::at(&expression.place, "a secret never becomes a part of a text");
                            return Err(said.hint(format!("where a secret may stand, write {{ secret = \"{}\" }} in its place", expression.text)));
                        }
                        Kind::One(_) => {}
                        kind => {
                            let said = Diagnostic::at(&expression.place, format!("a text is made of single values, and this is {}", kind.phrase()));
                            return Err(said);
                        }
                    }
                    Piece::Value(checked)
                }
            });
        }
        Ok(Filled { parts })
    }
}

impl Filled {
    /// Reads `text` and checks it at once, for what was checked before and is only filled in now.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn read(text: &str, known: &dyn Vocabulary) -> Result<Filled, String> {
        let piece = |segment: Segment| match segment {
            Segment::Text(plain) => Ok(Piece::Text(plain)),
            Segment::Value(span) => Checked::read(text.get(span).unwrap_or(""), known).map(Piece::Value),
        };
        let parts = segments(text).map_err(|_at| UNCLOSED.to_owned())?.into_iter().map(piece).collect::<Result<_, _>>()?;
        Ok(Filled { parts })
    }

    /// `text` with the names of its expressions moved to another place. A text that takes the place of a name stands there as it is.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn moved(text: &str, moves: Moves<'_>) -> Result<String, String> {
        let mut out = String::new();
        for segment in segments(text).map_err(|_at| UNCLOSED.to_owned())? {
            match segment {
                Segment::Text(plain) => out.push_str(&plain.replace("${", "$${")),
                Segment::Value(span) => {
                    let moved = rewrite::moved(text.get(span).unwrap_or(""), moves)?;
                    match tree::parse(&moved).map(|tree| tree.form) {
                        // a `$` at its end would make something else of what follows
                        Ok(Form::Text(plain)) if !plain.contains('$') => out.push_str(&plain),
                        _ => out.push_str(&format!("${{{moved}}}")),
                    }
                }
            }
        }
        Ok(out)
    }

    /// The one text that it becomes.
    ///
    /// # Errors
    /// Every hole in what it needs.
    pub fn fill(&self, values: &dyn Values) -> Result<String, Vec<Gap>> {
        let mut out = String::new();
        let mut gaps: Vec<Gap> = Vec::new();
        for part in &self.parts {
            match part {
                Piece::Text(text) => out.push_str(text),
                Piece::Value(checked) => match checked.evaluate(values) {
                    Ok(value) => match plain(&value) {
                        Some(text) => out.push_str(&text),
                        None => gaps.push(Gap::new(checked.text(), Reason::Untold("it is no single value".to_owned()))),
                    },
                    Err(found) => gaps.extend(found),
                },
            }
        }
        if gaps.is_empty() { Ok(out) } else { Err(gaps) }
    }

    /// The value itself, where the whole text is one expression: a number stays a number.
    ///
    /// # Errors
    /// As [`Filled::fill`].
    pub fn value(&self, values: &dyn Values) -> Result<Value, Vec<Gap>> {
        match self.parts.as_slice() {
            [Piece::Value(checked)] => checked.evaluate(values),
            _ => self.fill(values).map(Value::String),
        }
    }

    /// The names that have to be read before.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.parts.iter().flat_map(|part| if let Piece::Value(checked) = part { checked.names() } else { Vec::new() }).collect()
    }
}

/// What is said of a `${` without its brace.
const UNCLOSED: &str = "a `${` that is not closed";

/// A part of a text.
enum Segment {
    Text(String),
    /// The bytes of an expression.
    Value(Range<usize>),
}

/// The parts of `text`.
///
/// # Errors
/// Where a `${` begins that is not closed.
fn segments(text: &str) -> Result<Vec<Segment>, usize> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(next) = rest.find('$') else {
            plain.push_str(rest);
            break;
        };
        plain.push_str(rest.get(..next).unwrap_or(""));
        let from = at + next;
        let tail = text.get(from..).unwrap_or("");
        if tail.starts_with("$${") {
            plain.push_str("${");
            at = from + 3;
        } else if tail.starts_with("${") {
            let end = close(text, from + 2).ok_or(from)?;
            if !plain.is_empty() {
                parts.push(Segment::Text(std::mem::take(&mut plain)));
            }
            parts.push(Segment::Value(from + 2..end));
            at = end + 1;
        } else {
            plain.push('$');
            at = from + 1;
        }
    }
    if !plain.is_empty() {
        parts.push(Segment::Text(plain));
    }
    Ok(parts)
}

/// Where the brace that was opened before `from` is closed; braces in quotes do not count.
fn close(text: &str, from: usize) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 0 => return Some(at),
            (None, b'}') => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What a step of the checker says, as a diagnostic at its part of `place`.
pub(super) fn said(flaw: Flaw, text: &str, shift: usize, place: &Place) -> Diagnostic {
    let span: Range<usize> = flaw.span.start + shift..flaw.span.end + shift;
    let said = Diagnostic::at(&place.within(text, span), flaw.what);
    match flaw.hint {
        Some(hint) => said.hint(hint),
        None => said,
    }
}

//! Expressions: conditions and values that a runbook writes about what is known, in the words of minijinja with strict undefined.
//!
//! They are three-valued. A name that is not known, of another kind than it is declared, null or stale makes the whole *unknown*, in every position;
//! unknown is never true and never false. Kinds are checked on the parsed tree before anything runs ([`Expression::check`]), with the place of what
//! is wrong. The parser's tree comes from the part of minijinja that may change with any version, so its version is pinned.
//!
//! It must never read a fact itself, and its result must never become shell or SQL text: it is a value, and goes where values go.

mod check;
mod evaluate;
pub mod kind;
pub mod rewrite;
mod template;
mod tree;
pub mod value;
pub mod vocabulary;

#[cfg(test)]
mod tests;

pub use crate::config::Place;
pub use evaluate::{Checked, Truth};
pub use kind::{Field, Kind, Scalar, Unit};
pub use template::{Filled, Template};
pub use value::{Values, plain};
pub use vocabulary::Vocabulary;

use crate::config::Diagnostic;
use std::ops::Range;
use tree::Tree;

/// An expression as it was written; not yet checked against what can be named.
#[derive(Clone, Debug)]
pub struct Expression {
    pub text: String,
    pub place: Place,
    tree: Tree,
    /// The text of the value that it is a part of, and where it begins there.
    whole: String,
    shift: usize,
    /// The value that it is a part of.
    around: Place,
}

impl Expression {
    /// Reads `text`, which is the whole value at `place`.
    ///
    /// # Errors
    /// What is no expression, with its place.
    pub fn parse(text: &str, place: &Place) -> Result<Expression, Diagnostic> {
        Expression::part(text, 0..text.len(), place)
    }

    /// Reads the part `span` of `whole`, which is the value at `place`.
    pub(super) fn part(whole: &str, span: Range<usize>, place: &Place) -> Result<Expression, Diagnostic> {
        let text = whole.get(span.clone()).unwrap_or("").to_owned();
        let tree = tree::parse(&text).map_err(|flaw| template::said(flaw, whole, span.start, place))?;
        let own = place.within(whole, span.clone());
        Ok(Expression { text, place: own, tree, whole: whole.to_owned(), shift: span.start, around: place.clone() })
    }

    /// Checks the names and the kinds.
    ///
    /// # Errors
    /// The first name that is none here, or comparison that means nothing, with its place.
    pub fn check(&self, known: &dyn Vocabulary) -> Result<Checked, Diagnostic> {
        let said = |flaw| template::said(flaw, &self.whole, self.shift, &self.around);
        let (kind, needs, origin) = check::check(&self.tree, known).map_err(said)?;
        Ok(Checked { text: self.text.clone(), kind, needs, origin })
    }

    /// As [`Expression::check`], for a place where only true or false makes sense.
    ///
    /// # Errors
    /// As [`Expression::check`], or it gives something else.
    pub fn condition(&self, known: &dyn Vocabulary) -> Result<Checked, Diagnostic> {
        let checked = self.check(known)?;
        if matches!(checked.kind, Kind::One(Scalar::Flag)) {
            return Ok(checked);
        }
        let said = Diagnostic::at(&self.place, format!("a condition is true or false, and this is {}", checked.kind.phrase()));
        Err(said.hint(match checked.kind {
            Kind::List(_) | Kind::Items(_) => format!("compare its length: `{} | length > 0`", self.text),
            _ => "compare it with something".to_owned(),
        }))
    }

    /// Every name in it, as it is written.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.tree.names(&mut names);
        names
    }

    /// What it comes to whatever is known; `None`: it depends.
    #[must_use]
    pub fn constant(&self) -> Option<bool> {
        constant(&self.tree)
    }
}

impl Checked {
    /// Reads `text` and checks it at once, for what was checked before and is only evaluated now.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn read(text: &str, known: &dyn Vocabulary) -> Result<Checked, String> {
        let (kind, needs, origin) = tree::parse(text).and_then(|tree| check::check(&tree, known)).map_err(|flaw| flaw.what)?;
        Ok(Checked { text: text.to_owned(), kind, needs, origin })
    }
}

fn constant(tree: &Tree) -> Option<bool> {
    use tree::{Form, Op};
    match &tree.form {
        Form::Flag(on) => Some(*on),
        Form::Not(inner) => constant(inner).map(|on| !on),
        Form::Binary { op: Op::And, left, right } => match (constant(left), constant(right)) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        },
        Form::Binary { op: Op::Or, left, right } => match (constant(left), constant(right)) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        Form::Binary { op, left, right } => match (&left.form, &right.form) {
            (Form::Number(one), Form::Number(other)) => Some(match op {
                Op::Less => one < other,
                Op::LessOrEqual => one <= other,
                Op::More => one > other,
                Op::MoreOrEqual => one >= other,
                Op::Equal => one.total_cmp(other).is_eq(),
                Op::Unequal => one.total_cmp(other).is_ne(),
                _ => return None,
            }),
            _ => None,
        },
        _ => None,
    }
}

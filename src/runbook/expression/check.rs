//! The kinds of an expression: every name is one that exists, and only what is alike is compared. What it needs to be evaluated comes out of the same
//! walk.

use super::kind::{Field, Kind, Scalar, Unit};
use super::tree::{Argument, Flaw, Form, Op, Tree};
use super::vocabulary::{Vocabulary, resolve};
use crate::model::Lsn;
use crate::text::suggest::nearest;
use jiff::Timestamp;
use std::ops::Range;

/// Something that has to be known before an expression means anything.
#[derive(Clone, Debug)]
pub(super) enum Need {
    /// A value as a whole.
    Value { name: String, kind: Kind },
    /// A field of one record.
    Field { name: String, field: &'static Field },
    /// A field of the record that `which` names.
    Pick { from: String, which: Which, field: &'static Field },
    /// These fields of every record of a list; without fields only the list.
    Items { name: String, fields: Vec<&'static Field> },
}

/// Which record.
#[derive(Clone, Debug)]
pub(super) enum Which {
    Literal(String),
    /// The text that a name stands for, and the field of it where it is a record.
    Of {
        name: String,
        field: Option<&'static Field>,
    },
}

/// A kind, and the list of records that it is a part of.
struct Typed {
    kind: Kind,
    origin: Option<String>,
}

impl From<Kind> for Typed {
    fn from(kind: Kind) -> Self {
        Typed { kind, origin: None }
    }
}

/// The tests that `selectattr` and `rejectattr` take, and whether they ask for an order.
const TESTS: &[(&str, bool)] = &[("eq", false), ("ne", false), ("lt", true), ("le", true), ("gt", true), ("ge", true)];
/// The filters.
const FILTERS: &[&str] = &["lsn", "time", "length", "max", "min", "sum", "unique", "map", "selectattr", "rejectattr"];

/// Checks `tree` against the names in `known`: its kind, all that it needs, and the list of records that it is a part of.
///
/// # Errors
/// The first name that is none, or comparison that means nothing.
pub(super) fn check(tree: &Tree, known: &dyn Vocabulary) -> Result<(Kind, Vec<Need>, Option<String>), Flaw> {
    let mut walk = Walk { known, needs: Vec::new() };
    let Typed { kind, origin } = walk.typed(tree)?;
    Ok((kind, walk.needs, origin))
}

struct Walk<'a> {
    known: &'a dyn Vocabulary,
    needs: Vec<Need>,
}

impl Walk<'_> {
    fn typed(&mut self, tree: &Tree) -> Result<Typed, Flaw> {
        match &tree.form {
            Form::Path(path) => self.path(path, &tree.span),
            Form::Pick { from, which, field } => self.pick(from, which, field, &tree.span),
            Form::Text(_) => Ok(Kind::TEXT.into()),
            Form::Number(_) => Ok(Kind::number(Unit::Any).into()),
            Form::Flag(_) => Ok(Kind::FLAG.into()),
            Form::List(items) => self.list(items, &tree.span),
            Form::Not(inner) => self.flag(inner, "`not`").map(|()| Kind::FLAG.into()),
            Form::Minus(inner) => match self.typed(inner)?.kind {
                kind @ Kind::One(Scalar::Number(_)) => Ok(kind.into()),
                kind => Err(Flaw::new(inner.span.clone(), format!("`-` takes a number, and this is {}", kind.phrase()))),
            },
            Form::Binary { op, left, right } => self.binary(*op, left, right, &tree.span).map(Into::into),
            Form::Choice { test, yes, no } => {
                self.flag(test, "`if`")?;
                let (left, right) = (self.scalar(yes)?, self.scalar(no)?);
                let kind = left.with(right).ok_or_else(|| unlike(left, right, &tree.span, "the two ends of an `if`"))?;
                Ok(Kind::One(kind).into())
            }
            Form::Filter { name, of, arguments } => self.filter(name, of, arguments, &tree.span),
        }
    }

    fn path(&mut self, path: &[String], span: &Range<usize>) -> Result<Typed, Flaw> {
        let found = resolve(path, self.known).map_err(|fields| self.unknown(path, fields, span))?;
        if let Some(field) = found.field {
            self.needs.push(Need::Field { name: found.name, field });
            return Ok(Kind::One(field.scalar).into());
        }
        let origin = match found.kind {
            Kind::Items(_) => {
                let asked = |need: &Need| matches!(need, Need::Items { name, .. } if *name == found.name);
                if !self.needs.iter().any(asked) {
                    self.needs.push(Need::Items { name: found.name.clone(), fields: Vec::new() });
                }
                Some(found.name)
            }
            Kind::Named(_) => {
                return Err(
                    Flaw::new(span.clone(), format!("`{}` has a record for each name", found.name)).hint(format!("{}['NAME'].FIELD", found.name))
                );
            }
            kind => {
                self.needs.push(Need::Value { name: found.name, kind });
                None
            }
        };
        Ok(Typed { kind: found.kind, origin })
    }

    fn pick(&mut self, from: &[String], which: &Tree, field: &str, span: &Range<usize>) -> Result<Typed, Flaw> {
        let name = from.join(".");
        let fields = match self.known.kind(&name) {
            Some(Kind::Named(fields)) => fields,
            Some(kind) => return Err(Flaw::new(span.clone(), format!("`{name}` has no records by name, it is {}", kind.phrase()))),
            None => return Err(self.unknown(from, None, span)),
        };
        let field = fields.iter().find(|known| known.name == field).ok_or_else(|| no_field(&name, field, fields, span))?;
        let which = match &which.form {
            Form::Text(text) => Which::Literal(text.clone()),
            Form::Path(path) => {
                let found = resolve(path, self.known).map_err(|fields| self.unknown(path, fields, &which.span))?;
                let kind = found.field.map_or(found.kind, |field| Kind::One(field.scalar));
                if !matches!(kind, Kind::One(Scalar::Text)) {
                    return Err(Flaw::new(which.span.clone(), format!("the name of a record is a text, and this is {}", kind.phrase())));
                }
                Which::Of { name: found.name, field: found.field }
            }
            _ => return Err(Flaw::new(which.span.clone(), "the name of a record is a text or the name of one")),
        };
        self.needs.push(Need::Pick { from: name, which, field });
        Ok(Kind::One(field.scalar).into())
    }

    fn list(&mut self, items: &[Tree], span: &Range<usize>) -> Result<Typed, Flaw> {
        let mut all: Option<Scalar> = None;
        for item in items {
            let scalar = self.scalar(item)?;
            let so_far = all.unwrap_or(scalar);
            all = Some(so_far.with(scalar).ok_or_else(|| unlike(so_far, scalar, &item.span, "the items of a list"))?);
        }
        all.map(|scalar| Kind::List(scalar).into()).ok_or_else(|| Flaw::new(span.clone(), "an empty list"))
    }

    fn flag(&mut self, tree: &Tree, who: &str) -> Result<(), Flaw> {
        match self.typed(tree)?.kind {
            Kind::One(Scalar::Flag) => Ok(()),
            kind => {
                let hint = match kind {
                    Kind::List(_) | Kind::Items(_) => "compare its length: `NAME | length > 0`",
                    _ => "compare it with something",
                };
                Err(Flaw::new(tree.span.clone(), format!("{who} takes true or false, and this is {}", kind.phrase())).hint(hint))
            }
        }
    }

    fn scalar(&mut self, tree: &Tree) -> Result<Scalar, Flaw> {
        match self.typed(tree)?.kind {
            Kind::One(Scalar::Secret) => Err(Flaw::new(tree.span.clone(), "a secret is never compared")),
            Kind::One(scalar) => Ok(scalar),
            kind => Err(Flaw::new(tree.span.clone(), format!("a single value is wanted here, and this is {}", kind.phrase()))),
        }
    }

    fn binary(&mut self, op: Op, left: &Tree, right: &Tree, span: &Range<usize>) -> Result<Kind, Flaw> {
        match op {
            Op::And | Op::Or => {
                let word = if op == Op::And { "`and`" } else { "`or`" };
                self.flag(left, word)?;
                self.flag(right, word)?;
                Ok(Kind::FLAG)
            }
            Op::In => {
                let item = self.scalar(left)?;
                match self.typed(right)?.kind {
                    Kind::List(scalar) if item.with(scalar).is_some() => Ok(Kind::FLAG),
                    Kind::List(scalar) => Err(unlike(item, scalar, span, "an item and the items of the list")),
                    kind => Err(Flaw::new(right.span.clone(), format!("`in` takes a list of single values, and this is {}", kind.phrase()))
                        .hint("of records: `NAME | map(attribute='FIELD')`")),
                }
            }
            Op::Equal | Op::Unequal | Op::Less | Op::LessOrEqual | Op::More | Op::MoreOrEqual => {
                let (one, other) = (self.scalar(left)?, self.scalar(right)?);
                let kind = one.with(other).ok_or_else(|| unlike(one, other, span, "what is compared"))?;
                if !matches!(op, Op::Equal | Op::Unequal) && !kind.is_ordered() {
                    return Err(Flaw::new(span.clone(), format!("neither is more: this is {kind}")).hint("compare with == or !="));
                }
                Ok(Kind::FLAG)
            }
            Op::Plus | Op::Minus | Op::Times | Op::Over => self.arithmetic(op, left, right, span),
        }
    }

    fn arithmetic(&mut self, op: Op, left: &Tree, right: &Tree, span: &Range<usize>) -> Result<Kind, Flaw> {
        let (one, other) = (self.scalar(left)?, self.scalar(right)?);
        let kind = match (op, one, other) {
            // how far one position is from another
            (Op::Minus, Scalar::Lsn, Scalar::Lsn) => Some(Scalar::Number(Unit::Bytes)),
            (Op::Plus | Op::Minus, Scalar::Number(_), Scalar::Number(_)) => one.with(other),
            // a number of times; the unit stays
            (Op::Times | Op::Over, Scalar::Number(_), Scalar::Number(Unit::Any | Unit::Count)) => Some(one),
            (Op::Times, Scalar::Number(Unit::Any | Unit::Count), Scalar::Number(_)) => Some(other),
            (Op::Over, Scalar::Number(unit), Scalar::Number(same)) if unit == same => Some(Scalar::Number(Unit::Any)),
            _ => None,
        };
        kind.map(Kind::One).ok_or_else(|| Flaw::new(span.clone(), format!("cannot count with {one} and {other}")))
    }

    fn filter(&mut self, name: &str, of: &Tree, arguments: &[Argument], span: &Range<usize>) -> Result<Typed, Flaw> {
        let Typed { kind, origin } = self.typed(of)?;
        let plain =
            |kind: Kind| if arguments.is_empty() { Ok(kind.into()) } else { Err(Flaw::new(span.clone(), format!("`{name}` takes no argument"))) };
        match (name, kind) {
            ("lsn" | "time", Kind::TEXT) => {
                let good = match (&of.form, name) {
                    (Form::Text(text), "lsn") => text.parse::<Lsn>().is_ok(),
                    (Form::Text(text), _) => text.parse::<Timestamp>().is_ok(),
                    _ => true,
                };
                let (kind, form) = if name == "lsn" { (Kind::LSN, "'16/B374D848'") } else { (Kind::TIME, "'2026-11-21T20:00:00Z'") };
                if good {
                    plain(kind)
                } else {
                    Err(Flaw::new(of.span.clone(), format!("this is not {}", kind.phrase())).hint(format!("such as {form}")))
                }
            }
            ("length", Kind::List(_) | Kind::Items(_)) => plain(Kind::number(Unit::Count)),
            ("max" | "min", Kind::List(scalar)) if scalar.is_ordered() => plain(Kind::One(scalar)),
            ("sum", Kind::List(scalar @ Scalar::Number(_))) => plain(Kind::One(scalar)),
            ("unique", Kind::List(scalar)) => plain(Kind::List(scalar)),
            ("map", Kind::Items(fields)) => {
                let field = match arguments {
                    [Argument { key: Some(key), value }] if key == "attribute" => self.attribute(value, fields, origin.as_deref())?,
                    _ => return Err(Flaw::new(span.clone(), "`map` takes one field").hint("map(attribute='FIELD')")),
                };
                Ok(Kind::List(field.scalar).into())
            }
            ("selectattr" | "rejectattr", Kind::Items(fields)) => {
                self.selection(name, arguments, fields, origin.as_deref(), span)?;
                Ok(Typed { kind, origin })
            }
            _ if FILTERS.contains(&name) => Err(Flaw::new(of.span.clone(), format!("`{name}` cannot take {}", kind.phrase()))),
            _ => {
                let near = nearest(name, FILTERS.iter().copied())
                    .map_or_else(|| format!("there are: {}", FILTERS.join(", ")), |near| format!("did you mean `{near}`?"));
                Err(Flaw::new(span.clone(), format!("there is no filter `{name}`")).hint(near))
            }
        }
    }

    /// `selectattr('role', 'eq', 'replica')`, or of a flag alone `selectattr('paused')`.
    fn selection(
        &mut self,
        name: &str,
        arguments: &[Argument],
        fields: &'static [Field],
        origin: Option<&str>,
        span: &Range<usize>,
    ) -> Result<(), Flaw> {
        let form = || Flaw::new(span.clone(), format!("`{name}` takes a field, a test and a value")).hint(format!("{name}('FIELD', 'eq', VALUE)"));
        match arguments {
            [Argument { key: None, value: of }] => match self.attribute(of, fields, origin)?.scalar {
                Scalar::Flag => Ok(()),
                scalar => Err(Flaw::new(of.span.clone(), format!("`{name}` of one field takes true or false, and this is {scalar}"))),
            },
            [Argument { key: None, value: of }, Argument { key: None, value: test }, Argument { key: None, value: with }] => {
                let scalar = self.attribute(of, fields, origin)?.scalar;
                let Form::Text(word) = &test.form else { return Err(form()) };
                let Some((_, ordered)) = TESTS.iter().find(|(test, _)| test == word) else {
                    let all: Vec<&str> = TESTS.iter().map(|(test, _)| *test).collect();
                    return Err(Flaw::new(test.span.clone(), format!("there is no test '{word}'")).hint(format!("there are: {}", all.join(", "))));
                };
                let other = self.scalar(with)?;
                let kind = scalar.with(other).ok_or_else(|| unlike(scalar, other, &with.span, "the field and the value"))?;
                if *ordered && !kind.is_ordered() {
                    return Err(Flaw::new(test.span.clone(), format!("neither is more: this is {kind}")).hint("eq or ne"));
                }
                Ok(())
            }
            _ => Err(form()),
        }
    }

    /// The field that `tree` names, which every record of `origin` then needs.
    fn attribute(&mut self, tree: &Tree, fields: &'static [Field], origin: Option<&str>) -> Result<&'static Field, Flaw> {
        let Form::Text(name) = &tree.form else { return Err(Flaw::new(tree.span.clone(), "a field is named in quotes")) };
        let label = origin.unwrap_or("the list");
        let field = fields.iter().find(|field| field.name == name).ok_or_else(|| no_field(label, name, fields, &tree.span))?;
        for need in &mut self.needs {
            if let Need::Items { name, fields } = need
                && Some(name.as_str()) == origin
                && !fields.contains(&field)
            {
                fields.push(field);
            }
        }
        Ok(field)
    }

    fn unknown(&self, path: &[String], fields: Option<&'static [Field]>, span: &Range<usize>) -> Flaw {
        let name = path.join(".");
        if let (Some(fields), Some((last, before))) = (fields, path.split_last()) {
            return no_field(&before.join("."), last, fields, span);
        }
        if let Some((what, hint)) = self.known.elsewhere(&name) {
            return Flaw::new(span.clone(), what).hint(hint);
        }
        let names = self.known.names();
        let flaw = Flaw::new(span.clone(), format!("nothing is called `{name}` here"));
        if let Some(near) = nearest(&name, names.iter().map(String::as_str)) {
            return flaw.hint(format!("did you mean `{near}`?"));
        }
        // those of the same family, where there is one
        let family = path.first().map(|first| format!("{first}.")).unwrap_or_default();
        let like: Vec<&str> = names.iter().map(String::as_str).filter(|known| known.starts_with(&family)).collect();
        if like.is_empty() || like.len() > 24 {
            return flaw.hint("`opsctl runbook facts` lists what can be asked");
        }
        flaw.hint(format!("there are: {}", like.join(", ")))
    }
}

fn unlike(left: Scalar, right: Scalar, span: &Range<usize>, who: &str) -> Flaw {
    let flaw = Flaw::new(span.clone(), format!("{who} must be alike: {left} and {right}"));
    match (left, right) {
        (Scalar::Number(Unit::Seconds), Scalar::Number(Unit::Millis)) | (Scalar::Number(Unit::Millis), Scalar::Number(Unit::Seconds)) => {
            flaw.hint("compare each with a number of its own")
        }
        (Scalar::Lsn, Scalar::Text) | (Scalar::Text, Scalar::Lsn) => flaw.hint("of a text: `'16/B374D848' | lsn`"),
        (Scalar::Time, Scalar::Text) | (Scalar::Text, Scalar::Time) => flaw.hint("of a text: `'2026-11-21T20:00:00Z' | time`"),
        (Scalar::Number(_), Scalar::Text) | (Scalar::Text, Scalar::Number(_)) => flaw.hint("a number stands without quotes, a text in them"),
        _ => flaw,
    }
}

fn no_field(of: &str, name: &str, fields: &[Field], span: &Range<usize>) -> Flaw {
    let hint = match nearest(name, fields.iter().map(|field| field.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are: {}", fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
    };
    let what = if name.is_empty() { format!("a field of `{of}` is wanted here") } else { format!("`{of}` has no field `{name}`") };
    Flaw::new(span.clone(), what).hint(hint)
}

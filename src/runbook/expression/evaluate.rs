//! The value of an expression that was checked. Everything that it needs has to be known and of its kind, or the whole is unknown, whatever the rest
//! would say: a missing fact never becomes false, and `false and UNKNOWN` is unknown as well.
//!
//! It must never give the machine below a value that is not known: what is evaluated sees nothing else.

use super::check::{Need, Which};
use super::kind::{Field, Kind, Scalar};
use super::value::{Values, field, from_machine, known, to_machine};
use crate::model::{Gap, Lsn, Reason};
use jiff::Timestamp;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value as Jinja};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Steps of the machine for one expression; one of this house needs hundreds.
const FUEL: u64 = 100_000;
/// By this field a record is found again in the list that it came from.
const PLACE: &str = "#";

/// An expression whose names and kinds were checked at one place of a runbook.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(super) text: String,
    pub(super) kind: Kind,
    pub(super) needs: Vec<Need>,
    /// The list of records that the value is a part of.
    pub(super) origin: Option<String>,
}

/// What a condition came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    True,
    False,
    /// With every hole that keeps it from being known.
    Unknown(Vec<Gap>),
}

impl Checked {
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names that have to be read before it can be evaluated, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.needs.iter().flat_map(need_names).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What a condition comes to.
    #[must_use]
    pub fn truth(&self, values: &dyn Values) -> Truth {
        match self.evaluate(values) {
            Ok(Value::Bool(true)) => Truth::True,
            Ok(Value::Bool(false)) => Truth::False,
            Ok(_) => Truth::Unknown(vec![self.gap("it is no condition")]),
            Err(gaps) => Truth::Unknown(gaps),
        }
    }

    /// The value.
    ///
    /// # Errors
    /// Every hole in what it needs, or that what it needs has no answer: the most of an empty list, a division by zero.
    pub fn evaluate(&self, values: &dyn Values) -> Result<Value, Vec<Gap>> {
        let mut context = Branch::default();
        let mut gaps: Vec<Gap> = Vec::new();
        for need in &self.needs {
            if let Err(found) = supply(need, values, &mut context) {
                for gap in found {
                    if !gaps.contains(&gap) {
                        gaps.push(gap);
                    }
                }
            }
        }
        if !gaps.is_empty() {
            return Err(gaps);
        }
        let mut machine = Environment::new();
        machine.set_undefined_behavior(UndefinedBehavior::Strict);
        machine.set_fuel(Some(FUEL));
        machine.add_filter("lsn", position);
        machine.add_filter("time", instant);
        let answer = machine.compile_expression(&self.text).and_then(|expression| expression.eval(context.into_value()));
        let answer = answer.map_err(|error| vec![self.gap(error.detail().unwrap_or("it cannot be evaluated"))])?;
        let value = match self.kind {
            Kind::One(scalar) => from_machine(&answer, scalar),
            Kind::List(scalar) => answer.try_iter().ok().and_then(|items| items.map(|item| from_machine(&item, scalar)).collect()).map(Value::Array),
            Kind::Items(_) => self.items(&answer, values),
            Kind::Record(_) | Kind::Named(_) => None,
        };
        value.ok_or_else(|| vec![self.gap("it has no answer")])
    }

    fn gap(&self, why: &str) -> Gap {
        Gap::new(self.text.clone(), Reason::Untold(why.to_owned()))
    }

    /// The records as they were read, with what is not known of them.
    fn items(&self, answer: &Jinja, values: &dyn Values) -> Option<Value> {
        let Ok(Value::Array(all)) = known(values, self.origin.as_deref()?, self.kind) else { return None };
        let places = answer.try_iter().ok()?.map(|item| item.get_attr(PLACE).ok()?.as_usize());
        places.map(|place| all.get(place?).cloned()).collect::<Option<Vec<Value>>>().map(Value::Array)
    }
}

/// A text as a position, in bytes.
fn position(text: &str) -> Result<u64, Error> {
    text.parse::<Lsn>().map(|lsn| lsn.0).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// A text as an instant, in nanoseconds.
fn instant(text: &str) -> Result<i128, Error> {
    text.parse().map(Timestamp::as_nanosecond).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

fn need_names(need: &Need) -> Vec<&str> {
    match need {
        Need::Value { name, .. } | Need::Field { name, .. } | Need::Items { name, .. } => vec![name.as_str()],
        Need::Pick { from, which: Which::Of { name, .. }, .. } => vec![from.as_str(), name.as_str()],
        Need::Pick { from, which: Which::Literal(_), .. } => vec![from.as_str()],
    }
}

/// Names with dots as a tree.
#[derive(Default)]
struct Branch {
    leaf: Option<Jinja>,
    below: BTreeMap<String, Branch>,
}

impl Branch {
    fn put(&mut self, path: impl IntoIterator<Item = impl Into<String>>, value: Jinja) {
        let mut at = self;
        for part in path {
            at = at.below.entry(part.into()).or_default();
        }
        at.leaf = Some(value);
    }

    fn into_value(self) -> Jinja {
        match self.leaf {
            Some(leaf) => leaf,
            None => Jinja::from(self.below.into_iter().map(|(name, branch)| (name, branch.into_value())).collect::<BTreeMap<String, Jinja>>()),
        }
    }
}

/// Puts what `need` asks for into `context`.
fn supply(need: &Need, values: &dyn Values, context: &mut Branch) -> Result<(), Vec<Gap>> {
    let alone = |gap: Gap| vec![gap];
    let missing = |label: &str| vec![Gap::new(label, Reason::NotReported)];
    match need {
        Need::Value { name, kind } => {
            let value = known(values, name, *kind).map_err(alone)?;
            context.put(name.split('.'), whole(&value, *kind).ok_or_else(|| missing(name))?);
        }
        Need::Field { name, field: wanted } => {
            let record = record(values, name).map_err(alone)?;
            let value = field(&record, wanted, &format!("{name}.{}", wanted.name)).map_err(alone)?;
            context.put(name.split('.').chain([wanted.name]), value);
        }
        Need::Pick { from, which, field: wanted } => {
            let name = picked(which, values, context).map_err(alone)?;
            let label = format!("{from}['{name}'].{}", wanted.name);
            let all = known(values, from, Kind::Named(&[])).map_err(alone)?;
            let record = all.get(&name).and_then(Value::as_object).ok_or_else(|| missing(&label))?;
            let value = field(record, wanted, &label).map_err(alone)?;
            context.put(from.split('.').map(str::to_owned).chain([name, wanted.name.to_owned()]), value);
        }
        Need::Items { name, fields } => {
            let all = known(values, name, Kind::Items(&[])).map_err(alone)?;
            let records = all.as_array().ok_or_else(|| missing(name))?.iter().filter_map(Value::as_object);
            let mut gaps = Vec::new();
            let rows: Vec<Jinja> = records.enumerate().map(|(place, record)| row(name, place, record, fields, &mut gaps)).collect();
            if !gaps.is_empty() {
                return Err(gaps);
            }
            context.put(name.split('.'), Jinja::from(rows));
        }
    }
    Ok(())
}

/// A value of a kind that has no records in it.
fn whole(value: &Value, kind: Kind) -> Option<Jinja> {
    match kind {
        Kind::One(scalar) => to_machine(value, scalar),
        Kind::List(scalar) => value.as_array()?.iter().map(|item| to_machine(item, scalar)).collect::<Option<Vec<_>>>().map(Jinja::from),
        Kind::Record(_) | Kind::Items(_) | Kind::Named(_) => None,
    }
}

fn record(values: &dyn Values, name: &str) -> Result<Map<String, Value>, Gap> {
    match known(values, name, Kind::Record(&[]))? {
        Value::Object(record) => Ok(record),
        _ => Err(Gap::new(name, Reason::NotReported)),
    }
}

/// The name of the record that is picked; the machine looks it up once more, so it goes into the context too.
fn picked(which: &Which, values: &dyn Values, context: &mut Branch) -> Result<String, Gap> {
    let (value, path) = match which {
        Which::Literal(text) => return Ok(text.clone()),
        Which::Of { name, field: None } => {
            let value = known(values, name, Kind::TEXT)?;
            (to_machine(&value, Scalar::Text), name.clone())
        }
        Which::Of { name, field: Some(wanted) } => {
            let label = format!("{name}.{}", wanted.name);
            (Some(field(&record(values, name)?, wanted, &label)?), label)
        }
    };
    let value = value.ok_or_else(|| Gap::new(path.clone(), Reason::NotReported))?;
    let name = value.as_str().map(str::to_owned).ok_or_else(|| Gap::new(path.clone(), Reason::NotReported))?;
    context.put(path.split('.'), value);
    Ok(name)
}

fn row(name: &str, place: usize, record: &Map<String, Value>, fields: &[&'static Field], gaps: &mut Vec<Gap>) -> Jinja {
    let mut told: BTreeMap<String, Jinja> = BTreeMap::from([(PLACE.to_owned(), Jinja::from(place))]);
    for wanted in fields {
        match field(record, wanted, &format!("{name}[{place}].{}", wanted.name)) {
            Ok(value) => {
                told.insert(wanted.name.to_owned(), value);
            }
            Err(gap) => gaps.push(gap),
        }
    }
    Jinja::from(told)
}

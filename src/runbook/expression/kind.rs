//! What a value of an expression is: its kind and its unit. Two values are compared only when both are alike, so that milliseconds never meet seconds
//! and a position in the WAL never a text.

use std::fmt;

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A literal, which takes the unit of what it is compared with.
    Any,
    Count,
    Bytes,
    Seconds,
    Millis,
    Percent,
}

/// A single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    Text,
    Number(Unit),
    Flag,
    Lsn,
    Time,
    /// Never compared, never shown: it only goes where a secret may go.
    Secret,
}

/// A field of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub scalar: Scalar,
    /// One phrase: what it is and who says it.
    pub doc: &'static str,
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    One(Scalar),
    List(Scalar),
    /// One record.
    Record(&'static [Field]),
    /// Several records, in an order.
    Items(&'static [Field]),
    /// Several records, each with a name: `members['pg1'].state`.
    Named(&'static [Field]),
}

impl Kind {
    pub const TEXT: Kind = Kind::One(Scalar::Text);
    pub const FLAG: Kind = Kind::One(Scalar::Flag);
    pub const LSN: Kind = Kind::One(Scalar::Lsn);
    pub const TIME: Kind = Kind::One(Scalar::Time);
    pub const SECRET: Kind = Kind::One(Scalar::Secret);

    #[must_use]
    pub const fn number(unit: Unit) -> Kind {
        Kind::One(Scalar::Number(unit))
    }

    /// The kind in the words of an error message.
    #[must_use]
    pub fn phrase(self) -> String {
        match self {
            Kind::One(scalar) => scalar.to_string(),
            Kind::List(scalar) => format!("a list, each {scalar}"),
            Kind::Record(_) => "a record".to_owned(),
            Kind::Items(_) => "a list of records".to_owned(),
            Kind::Named(_) => "records by their names".to_owned(),
        }
    }

    /// The fields of one record of it.
    #[must_use]
    pub const fn fields(self) -> Option<&'static [Field]> {
        match self {
            Kind::Record(fields) | Kind::Items(fields) | Kind::Named(fields) => Some(fields),
            Kind::One(_) | Kind::List(_) => None,
        }
    }
}

impl Scalar {
    /// The kind of both together, when they can be compared.
    #[must_use]
    pub fn with(self, other: Scalar) -> Option<Scalar> {
        match (self, other) {
            (Scalar::Secret, _) | (_, Scalar::Secret) => None,
            (Scalar::Number(Unit::Any), Scalar::Number(unit)) | (Scalar::Number(unit), Scalar::Number(Unit::Any)) => Some(Scalar::Number(unit)),
            (left, right) => (left == right).then_some(left),
        }
    }

    /// Whether one can be less than another.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        matches!(self, Scalar::Number(_) | Scalar::Lsn | Scalar::Time)
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scalar::Text => "a text",
            Scalar::Number(Unit::Any) => "a number",
            Scalar::Number(Unit::Count) => "a count",
            Scalar::Number(Unit::Bytes) => "a number of bytes",
            Scalar::Number(Unit::Seconds) => "a number of seconds",
            Scalar::Number(Unit::Millis) => "a number of milliseconds",
            Scalar::Number(Unit::Percent) => "a share in percent",
            Scalar::Flag => "true or false",
            Scalar::Lsn => "a position in the WAL",
            Scalar::Time => "an instant",
            Scalar::Secret => "a secret",
        })
    }
}

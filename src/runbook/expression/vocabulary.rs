//! What an expression may name where it stands, with the kind of each name.

use super::kind::{Field, Kind};

/// The names at one place of a runbook.
pub trait Vocabulary {
    /// The kind of `name`; `None`: there is none here.
    fn kind(&self, name: &str) -> Option<Kind>;

    /// All names that there are here, for "did you mean".
    fn names(&self) -> Vec<String>;

    /// Why `name`, which exists elsewhere, cannot be used here, and what to do.
    fn elsewhere(&self, _name: &str) -> Option<(String, String)> {
        None
    }
}

/// A path resolved: a name, and the field of the record that it is.
pub(super) struct Found {
    pub name: String,
    pub kind: Kind,
    pub field: Option<&'static Field>,
}

/// Finds the longest beginning of `path` that is a name; what is left is a field of it.
///
/// # Errors
/// The words that a field of the record could be, or `None` when not even the name is known.
pub(super) fn resolve(path: &[String], known: &dyn Vocabulary) -> Result<Found, Option<&'static [Field]>> {
    let whole = path.join(".");
    if let Some(kind) = known.kind(&whole) {
        return Ok(Found { name: whole, kind, field: None });
    }
    let Some((last, before)) = path.split_last() else { return Err(None) };
    let name = before.join(".");
    match known.kind(&name) {
        Some(kind @ Kind::Record(fields)) => match fields.iter().find(|field| field.name == last) {
            Some(field) => Ok(Found { name, kind, field: Some(field) }),
            None => Err(Some(fields)),
        },
        _ => Err(None),
    }
}

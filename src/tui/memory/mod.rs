//! What a person did to the tables of a screen, kept for the next time: the order and the columns, by screen and table. Pure; `file` keeps it on disk.
//!
//! It must never hold a word of a server: only keys of screens, tables and columns.

pub mod file;

use super::sorting::Sorting;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Of this form; a file of another is not used, which is told, and the next change replaces it.
const VERSION: u32 = 1;
/// More screens, tables or columns than there will ever be; what says more is no memory of ours.
const MOST: usize = 200;

/// By the word of the screen and the key of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    tables: BTreeMap<(String, String), Shape>,
    /// Tables that were changed since it was kept.
    unsaved: BTreeSet<(String, String)>,
}

/// Tables that somebody changed, each as it is shown now. Other consoles keep others meanwhile: nothing else is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<(String, String), Shape>);

/// How one table is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    pub sorting: Option<Sorting>,
    /// Keys of the columns that somebody chose, in any order; `None`: those of the table.
    pub columns: Option<Vec<String>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    tables: Vec<Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    screen: String,
    table: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort: Option<String>,
    #[serde(default)]
    falling: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<String>>,
}

/// Why a memory cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("{0}")]
    Broken(String),
    #[error("it is of version {0}, this opsctl keeps version {VERSION}")]
    Version(u32),
    #[error("it names more tables or columns than there are")]
    TooMuch,
}

impl Memory {
    /// Reads what [`Memory::text`] wrote.
    ///
    /// # Errors
    /// The text is not a memory of this version.
    pub fn of_text(text: &str) -> Result<Memory, Unreadable> {
        let document: Document = serde_json::from_str(text).map_err(|error| Unreadable::Broken(error.to_string()))?;
        if document.version != VERSION {
            return Err(Unreadable::Version(document.version));
        }
        if document.tables.len() > MOST || document.tables.iter().any(|kept| kept.columns.as_ref().is_some_and(|columns| columns.len() > MOST)) {
            return Err(Unreadable::TooMuch);
        }
        let shape = |kept: Kept| {
            let sorting = kept.sort.map(|column| Sorting { column, falling: kept.falling });
            ((kept.screen, kept.table), Shape { sorting, columns: kept.columns })
        };
        Ok(Memory { tables: document.tables.into_iter().map(shape).collect(), unsaved: BTreeSet::new() })
    }

    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        let kept = |((screen, table), shape): (&(String, String), &Shape)| Kept {
            screen: screen.clone(),
            table: table.clone(),
            sort: shape.sorting.as_ref().map(|sorting| sorting.column.clone()),
            falling: shape.sorting.as_ref().is_some_and(|sorting| sorting.falling),
            columns: shape.columns.clone(),
        };
        let document = Document { version: VERSION, tables: self.tables.iter().map(kept).collect() };
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// How the table called `table` of the screen called `screen` is shown.
    #[must_use]
    pub fn shape(&self, screen: &str, table: &str) -> Shape {
        self.tables.get(&(screen.to_owned(), table.to_owned())).cloned().unwrap_or_default()
    }

    /// Remembers `shape`.
    pub fn keep(&mut self, screen: &str, table: &str, shape: Shape) {
        let key = (screen.to_owned(), table.to_owned());
        self.put(key.clone(), shape);
        self.unsaved.insert(key);
    }

    fn put(&mut self, key: (String, String), shape: Shape) {
        if shape == Shape::default() {
            self.tables.remove(&key);
        } else {
            self.tables.insert(key, shape);
        }
    }

    /// Takes in what somebody changed; of a table that both know, `changes` say how it is shown.
    pub fn take(&mut self, changes: &Changes) {
        for (key, shape) in &changes.0 {
            self.put(key.clone(), shape.clone());
        }
    }

    /// Whether something changed since it was kept.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// What is to be kept, if something changed; it counts as kept from now on.
    pub fn to_save(&mut self) -> Option<Changes> {
        let unsaved = std::mem::take(&mut self.unsaved);
        let changes: BTreeMap<_, _> = unsaved.into_iter().map(|key| (key.clone(), self.shape(&key.0, &key.1))).collect();
        (!changes.is_empty()).then_some(Changes(changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let mut memory = Memory::default();
        assert!(!memory.is_unsaved() && memory.to_save().is_none());
        let shape = Shape { sorting: Some(Sorting { column: "lag_bytes".to_owned(), falling: true }), columns: Some(vec!["name".to_owned()]) };
        memory.keep("replication", "standbys", shape.clone());
        memory.keep("locks", "locks", Shape { columns: None, ..shape.clone() });
        memory.keep("locks", "locks", Shape::default());
        let changes = memory.to_save().expect("changed");
        assert!(!memory.is_unsaved());
        let again = Memory::of_text(&memory.text()).expect("readable");
        let mut other = Memory::default();
        other.take(&changes);
        assert_eq!(other, again);
        assert_eq!(again.shape("replication", "standbys"), shape);
        assert_eq!(again.shape("locks", "locks"), Shape::default());
        assert_eq!(again, memory);
    }

    #[test]
    fn what_is_no_memory_says_so() {
        let told = |text: &str| Memory::of_text(text).expect_err("broken").to_string();
        assert!(told("{").contains("line 1"), "{}", told("{"));
        assert_eq!(told("{\"version\": 7}"), "it is of version 7, this opsctl keeps version 1");
        assert!(told("{\"version\": 1, \"tables\": [{\"screen\": 1}]}").contains("invalid type"));
        let many = vec!["\"a\""; 1_000].join(",");
        assert!(told(&format!("{{\"version\":1,\"tables\":[{{\"screen\":\"a\",\"table\":\"b\",\"columns\":[{many}]}}]}}")).contains("more tables"));
    }
}

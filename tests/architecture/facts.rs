//! What is known of a file: its modules, what they import, and every path, method, attribute and function in it, with its line.

use std::collections::{BTreeMap, BTreeSet};

/// A module: a file, or a `mod x { }` in one.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Name to path as written: `use` and type aliases.
    pub imports: BTreeMap<String, Vec<String>>,
    /// Modules whose names are imported by `*`.
    pub globs: Vec<Vec<String>>,
    /// Types, functions and constants that are declared here.
    pub items: BTreeSet<String>,
}

/// How a path stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Use,
    /// `pub use`, with any visibility.
    Reexport,
    /// `use a::*`.
    Glob,
    Path,
}

/// A path that is named somewhere.
#[derive(Clone, Debug)]
pub(super) struct Mention {
    pub file: String,
    pub line: usize,
    /// The module it stands in; `["main"]` for the binary.
    pub module: Vec<String>,
    /// Whether it is under `cfg(test)`.
    pub test: bool,
    pub form: Form,
    /// As written.
    pub path: Vec<String>,
}

/// Something else with a name and a place.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub file: String,
    pub line: usize,
    pub test: bool,
    pub text: String,
}

/// A function with its length in lines.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub name: String,
    pub file: String,
    pub line: usize,
    pub lines: usize,
    pub test: bool,
    /// Whether it is a method or an associated function of a type: not found by its path.
    pub inside_impl: bool,
    pub public: bool,
    /// The type it returns, as tokens.
    pub returns: String,
}

/// Everything that is known of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    pub scopes: BTreeMap<Vec<String>, Scope>,
    pub mentions: Vec<Mention>,
    pub functions: Vec<Function>,
    /// Calls of methods.
    pub methods: Vec<Mark>,
    /// `async` and `await`.
    pub asyncs: Vec<Mark>,
    /// Text of attributes without the brackets.
    pub attributes: Vec<Mark>,
    /// `derive` of a type and `impl Trait for` it: type and trait.
    pub traits: Vec<(String, String, Mark)>,
    /// Modules declared by `#[cfg(test)] mod x;`: their files are test code.
    pub test_modules: Vec<Vec<String>>,
    /// The text of the head, one line each.
    pub head: Vec<String>,
}

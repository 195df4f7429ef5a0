//! All files together: every path made absolute and followed through imports and re-exports to the place where the thing is declared.

use super::facts::{Facts, Form, Function, Mark, Mention, Scope};
use super::source;
use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// Imports that name each other are not followed further than this.
const DEPTH: usize = 12;

/// A path with what it means.
pub(super) struct Named {
    pub mention: Mention,
    /// From `crate` or from the name of another crate, as written.
    pub absolute: Vec<String>,
    /// The same after imports and re-exports: `crate::model::Moment` is `crate::model::clock::Moment`.
    pub declared: Vec<String>,
}

impl Named {
    /// `src/model/lsn.rs:12`
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.mention.file, self.mention.line)
    }

    /// The room it stands in; `main` for the binary, empty for `lib.rs`.
    pub(super) fn room(&self) -> &str {
        self.mention.module.first().map_or("", String::as_str)
    }
}

/// The whole of `src/`, and the attributes of `tests/`.
pub(super) struct House {
    pub scopes: BTreeMap<Vec<String>, Scope>,
    pub named: Vec<Named>,
    pub functions: Vec<Function>,
    pub methods: Vec<Mark>,
    pub asyncs: Vec<Mark>,
    pub traits: Vec<(String, String, Mark)>,
    /// Of `src/` and of `tests/`.
    pub attributes: Vec<Mark>,
    /// File of `src/` with the lines of its head and the number of its lines.
    pub files: BTreeMap<String, (Vec<String>, usize)>,
    /// Functions of `tests/`, for the list of sizes alone.
    pub test_functions: Vec<Function>,
    pub test_files: BTreeMap<String, usize>,
}

impl House {
    pub(super) fn build(tree: &Tree) -> House {
        let mut house = House {
            scopes: BTreeMap::new(),
            named: Vec::new(),
            functions: Vec::new(),
            methods: Vec::new(),
            asyncs: Vec::new(),
            traits: Vec::new(),
            attributes: Vec::new(),
            files: BTreeMap::new(),
            test_functions: Vec::new(),
            test_files: BTreeMap::new(),
        };
        let mut mentions = Vec::new();
        let mut test_modules = BTreeSet::new();
        for (file, text) in &tree.files {
            let facts = source::read(file, text).unwrap_or_else(|error| panic!("{error}"));
            house.attributes.extend(facts.attributes.iter().cloned());
            if file.starts_with("src/") {
                test_modules.extend(facts.test_modules.iter().cloned());
                house.files.insert(file.clone(), (facts.head.clone(), text.lines().count()));
                mentions.extend(facts.mentions.iter().cloned());
                house.take(facts);
            } else {
                house.test_files.insert(file.clone(), text.lines().count());
                house.test_functions.extend(facts.functions);
            }
        }
        house.named = mentions.into_iter().filter_map(|mention| house.name(mention)).collect();
        house.mark_tests(&test_modules);
        house
    }

    fn take(&mut self, facts: Facts) {
        self.scopes.extend(facts.scopes);
        self.functions.extend(facts.functions);
        self.methods.extend(facts.methods);
        self.asyncs.extend(facts.asyncs);
        self.traits.extend(facts.traits);
    }

    /// A file that is declared by `#[cfg(test)] mod x;` is test code as a whole.
    fn mark_tests(&mut self, modules: &BTreeSet<Vec<String>>) {
        let is_test = |file: &str| modules.iter().any(|module| source::module_of(file).starts_with(module));
        self.named.iter_mut().filter(|named| is_test(&named.mention.file)).for_each(|named| named.mention.test = true);
        self.functions.iter_mut().filter(|function| is_test(&function.file)).for_each(|function| function.test = true);
        let marks = self.methods.iter_mut().chain(&mut self.asyncs).chain(self.traits.iter_mut().map(|(_, _, mark)| mark));
        marks.filter(|mark| is_test(&mark.file)).for_each(|mark| mark.test = true);
    }

    /// Local names that stand for nothing outside of their file have no meaning here.
    fn name(&self, mention: Mention) -> Option<Named> {
        // what `use a::b` names is looked up from outside of the name that it makes
        let absolute = if mention.form == Form::Path {
            self.absolute(&mention.module, &mention.path, 0)?
        } else {
            self.absolute_import(&mention.module, &mention.path, 0)?
        };
        let declared = self.declared(&absolute, 0);
        Some(Named { mention, absolute, declared })
    }

    /// The path from `crate` or from another crate; `None` for a name that is only local.
    fn absolute(&self, module: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        if depth > DEPTH || first == "Self" {
            return None;
        }
        if let Some(anchored) = anchored(module, first, rest) {
            return Some(anchored);
        }
        match self.lookup(module, first, depth) {
            Some(mut target) => {
                target.extend(rest.iter().cloned());
                Some(target)
            }
            // a lone word that nobody declares is a local variable or of the prelude
            None => (!rest.is_empty()).then(|| path.to_vec()),
        }
    }

    /// As [`House::absolute`] for the path of a `use`, whose first name may be the one it imports: `use tokio;`.
    fn absolute_import(&self, module: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        if depth > DEPTH {
            return None;
        }
        if let Some(anchored) = anchored(module, first, rest) {
            return Some(anchored);
        }
        let own = self.scopes.get(module).and_then(|scope| scope.imports.get(first)).is_none_or(|target| target.first() == Some(first));
        let child = self.scopes.contains_key(&below(module, first));
        if own && !child { Some(path.to_vec()) } else { self.absolute(module, path, depth + 1) }
    }

    /// What `name` means in `module`: an import, a module below, an item, or something from a `*`.
    fn lookup(&self, module: &[String], name: &str, depth: usize) -> Option<Vec<String>> {
        let scope = self.scopes.get(module)?;
        if let Some(target) = scope.imports.get(name) {
            return self.absolute_import(module, target, depth + 1);
        }
        if scope.items.contains(name) || self.scopes.contains_key(&below(module, name)) {
            return Some(std::iter::once("crate".to_owned()).chain(below(module, name)).collect());
        }
        scope.globs.iter().find_map(|glob| {
            let target = self.absolute_import(module, glob, depth + 1)?;
            let (first, inner) = target.split_first()?;
            if first == "crate" && inner != module && depth < DEPTH { self.lookup(inner, name, depth + 1) } else { None }
        })
    }

    /// Follows re-exports to where the thing is declared.
    fn declared(&self, absolute: &[String], depth: usize) -> Vec<String> {
        if absolute.first().is_none_or(|first| first != "crate") || depth > DEPTH {
            return absolute.to_vec();
        }
        let mut module: Vec<String> = Vec::new();
        for (at, name) in absolute.iter().enumerate().skip(1) {
            let inner = below(&module, name);
            if self.scopes.contains_key(&inner) {
                module = inner;
                continue;
            }
            let here: Vec<String> = std::iter::once("crate".to_owned()).chain(inner).collect();
            return match self.lookup(&module, name, depth) {
                Some(mut target) if target != here => {
                    target.extend(absolute.iter().skip(at + 1).cloned());
                    self.declared(&target, depth + 1)
                }
                _ => absolute.to_vec(),
            };
        }
        absolute.to_vec()
    }
}

/// `crate`, `self`, `super`, `::` and the crate's own name in the binary are anchors.
fn anchored(module: &[String], first: &str, rest: &[String]) -> Option<Vec<String>> {
    let root = || std::iter::once("crate".to_owned());
    match first {
        "crate" | "opsctl" => Some(root().chain(rest.iter().cloned()).collect()),
        "::" => Some(rest.to_vec()),
        "self" => Some(root().chain(module.iter().cloned()).chain(rest.iter().cloned()).collect()),
        "super" => {
            let ups = rest.iter().take_while(|name| *name == "super").count();
            let parent = module.get(..module.len().checked_sub(ups + 1)?)?;
            Some(root().chain(parent.iter().cloned()).chain(rest.iter().skip(ups).cloned()).collect())
        }
        _ => None,
    }
}

fn below(module: &[String], name: &str) -> Vec<String> {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// Whether `path` is `prefix` (`a::b`) or stands below it.
pub(super) fn is_below(path: &[String], prefix: &str) -> bool {
    let mut names = path.iter();
    prefix.split("::").all(|part| names.next().is_some_and(|name| name == part))
}

//! The files that are judged: the real ones, or a copy in memory with some of them changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Paths from the root of the project (`src/model/lsn.rs`) with their text.
#[derive(Clone)]
pub(crate) struct Tree {
    pub files: BTreeMap<String, String>,
}

impl Tree {
    /// Every Rust file below `src/` and `tests/` that is on the disk. Trees of fixtures are no part of the project.
    pub(crate) fn real() -> Tree {
        let mut files = BTreeMap::new();
        for folder in ["src", "tests"] {
            collect(&root(), &root().join(folder), &mut files);
        }
        Tree { files }
    }

    /// A copy of the rooms on which all others stand: enough to show what a law sees, and quick to read.
    pub(crate) fn lower_rooms() -> Tree {
        let mut tree = Tree::real();
        tree.files.retain(|file, _| {
            ["src/lib.rs", "src/theme/", "src/text/", "src/model/", "src/config/", "src/transport/"].iter().any(|kept| file.starts_with(kept))
        });
        tree
    }

    /// A copy with `file` added or replaced.
    pub(crate) fn with(mut self, file: &str, text: &str) -> Tree {
        self.files.insert(file.to_owned(), text.to_owned());
        self
    }
}

/// The folder of the manifest.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            if path != root.join("tests/fixtures") {
                collect(root, &path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.strip_prefix(root).expect("below the root").to_str().expect("a file name in UTF-8").to_owned();
            files.insert(name, text);
        }
    }
}

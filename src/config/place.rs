//! Where a value stands: the layer, the file or variable, the bytes. Every value of the configuration carries one.

use crate::text::caret::{self, Position};
use crate::text::untrusted::visible;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Who says a value; a later one wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// `builtin.toml`, part of this program.
    BuiltIn,
    /// `/etc/opsctl`.
    System,
    /// `$XDG_CONFIG_HOME/opsctl`.
    User,
    /// `.opsctl.toml` in the working directory.
    Project,
    /// The file or folder that `--config` or `OPSCTL_CONFIG` names, in the place of system, user and project.
    Chosen,
    /// `OPSCTL__section__key=value`.
    Environment,
    /// `--set key=value`.
    Flag,
}

impl Layer {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Layer::BuiltIn => "built-in",
            Layer::System => "system",
            Layer::User => "user",
            Layer::Project => "project",
            Layer::Chosen => "chosen",
            Layer::Environment => "environment",
            Layer::Flag => "flag",
        }
    }
}

/// What kind of thing a text was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    BuiltIn,
    File(PathBuf),
    /// Name of an environment variable.
    Variable(String),
    /// A `--set` on the command line.
    Argument,
}

/// How much a file may decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// All of it.
    Whole,
    /// All but programs to run: the file belongs to somebody else.
    NoPrograms,
    /// A file that happens to lie in the working directory: only how this program looks and how often it asks.
    Looks,
}

/// One text with values in it.
pub struct Source {
    pub layer: Layer,
    pub origin: Origin,
    pub trust: Trust,
    /// A file of `clusters.d`: its `[defaults]` hold for its own clusters.
    pub group: bool,
    pub(super) text: String,
    /// Bytes that no message may repeat, in order: values that look like plain secrets.
    pub(super) hidden: Vec<Range<usize>>,
}

impl fmt::Debug for Source {
    /// Without the text: a secret may have been typed into it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("layer", &self.layer).field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Source {
    /// The folder that relative paths in it start from; `None`: the working directory.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => path.parent(),
            _ => None,
        }
    }

    /// The file, safe to show, or how else the text came here.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.origin {
            Origin::BuiltIn => "built-in".to_owned(),
            Origin::File(path) => visible(&path.to_string_lossy()),
            Origin::Variable(name) => visible(name),
            Origin::Argument => "--set".to_owned(),
        }
    }
}

/// So much of a long line is shown after what is wrong, in bytes.
const MOST: usize = 120;

/// The next place from `at` on where `text` can be cut.
fn boundary(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// A part of a source.
#[derive(Clone)]
pub struct Place {
    pub source: Arc<Source>,
    pub span: Range<usize>,
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

impl Place {
    #[must_use]
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        Place { source: Arc::clone(source), span }
    }

    /// The same for two places exactly when they are the same part of the same source.
    #[must_use]
    pub fn identity(&self) -> (usize, usize) {
        (Arc::as_ptr(&self.source).addr(), self.span.start)
    }

    /// The place of `part` of `value`, the value that stands here; the whole of it where an escape keeps the two from being the same bytes.
    #[must_use]
    pub fn within(&self, value: &str, part: Range<usize>) -> Place {
        let written = self.source.text.get(self.span.clone()).unwrap_or("");
        match written.find(value) {
            Some(at) if !value.is_empty() => {
                let from = self.span.start + at;
                Place { source: Arc::clone(&self.source), span: from + part.start..from + part.end }
            }
            _ => self.clone(),
        }
    }

    /// Line and column, from 1.
    #[must_use]
    pub fn position(&self) -> Position {
        caret::position(&self.source.text, self.span.start)
    }

    /// `FILE:LINE:COLUMN`; a variable and an argument have no lines.
    #[must_use]
    pub fn label(&self) -> String {
        match &self.source.origin {
            Origin::File(_) => {
                let at = self.position();
                format!("{}:{}:{}", self.source.name(), at.line, at.column)
            }
            _ => self.source.name(),
        }
    }

    /// `FILE:LINE`, for where a cluster was found.
    #[must_use]
    pub fn line_label(&self) -> String {
        match &self.source.origin {
            Origin::File(_) => format!("{}:{}", self.source.name(), self.position().line),
            _ => self.source.name(),
        }
    }

    /// The line with carets below, cut before the first byte that must not be repeated. `from` cuts at another byte besides.
    #[must_use]
    pub(super) fn excerpt(&self, from: Option<usize>) -> String {
        let text = &self.source.text;
        let line_start = text.get(..self.span.start.min(text.len())).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let line_end = text.get(line_start..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| line_start + at);
        let span = self.span.start.min(text.len())..self.span.end.min(text.len());
        let secret = self.source.hidden.iter().filter(|hidden| hidden.start < line_end && hidden.end > line_start).map(|hidden| hidden.start);
        let cut = secret.chain(from.filter(|at| (line_start..line_end).contains(at))).min();
        let cut = cut.map(|cut| cut.max(line_start));
        let end = cut.unwrap_or(line_end).min(boundary(text, span.start + MOST));
        let begin = if span.start - line_start > MOST { boundary(text, span.start - MOST / 2) } else { line_start };
        if begin == line_start && end == line_end {
            return caret::excerpt(text, &span);
        }
        let head = text.get(..line_start).unwrap_or("");
        let (before, after) = (if begin > line_start { "…" } else { "" }, if end < line_end || cut.is_some() { "…" } else { "" });
        let shown = format!("{head}{before}{}{after}", text.get(begin..end.max(begin)).unwrap_or(""));
        let moved = |at: usize| (at.clamp(begin, end.max(begin)) - begin) + line_start + before.len();
        // what is hidden itself is marked by its ellipsis
        let last = if span.start >= end { shown.len() } else { moved(span.end) };
        caret::excerpt(&shown, &(moved(span.start)..last))
    }
}

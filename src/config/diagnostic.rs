//! What is wrong with the configuration, said once and with its place: `error:`, file, line, column, the line with carets, `hint:`.
//!
//! It must never repeat a value that could be a secret: [`Place`] knows which bytes of a file those are.

use super::place::Place;
use super::tree::Entry;
use crate::text::suggest;
use crate::text::untrusted::visible;

/// One error of the configuration.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// One sentence without full stop. May carry words of the file: escaped when rendered.
    what: String,
    /// `None` when a whole file or the whole configuration is meant.
    place: Option<Place>,
    hint: Option<String>,
    /// Shows the line only up to this byte.
    cut: Option<usize>,
}

impl Diagnostic {
    pub fn new(what: impl Into<String>) -> Self {
        Diagnostic { what: what.into(), place: None, hint: None, cut: None }
    }

    pub fn at(place: &Place, what: impl Into<String>) -> Self {
        Diagnostic { what: what.into(), place: Some(place.clone()), hint: None, cut: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// "did you mean", when one of the words is like the one that was written; the list of them otherwise, unless it is long.
    #[must_use]
    pub fn meant<'a>(self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        let candidates: Vec<&str> = candidates.into_iter().collect();
        match suggest::nearest(word, candidates.iter().copied()) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None if candidates.is_empty() || candidates.len() > 16 => self,
            None => self.hint(format!("known here: {}", candidates.join(", "))),
        }
    }

    /// About a key that nobody knows; its value, which may be anything, is not shown.
    #[must_use]
    pub fn unknown(entry: &Entry, what: impl Into<String>) -> Self {
        Diagnostic::at(&entry.place, what).without(entry)
    }

    /// Hides the value of `entry` and what stands after it.
    #[must_use]
    pub(super) fn without(mut self, entry: &Entry) -> Self {
        let value = entry.node.place.span.start;
        // the place of a table with a header is the header
        self.cut = (value >= entry.place.span.end).then_some(value);
        self
    }

    /// The sentence, safe to show.
    #[must_use]
    pub fn sentence(&self) -> String {
        visible(&self.what)
    }

    /// `FILE:LINE:COLUMN`, safe to show.
    #[must_use]
    pub fn label(&self) -> Option<String> {
        self.place.as_ref().map(Place::label)
    }

    /// Where it is; `None` when a whole file or the whole configuration is meant.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// What to try, safe to show.
    #[must_use]
    pub fn advice(&self) -> Option<String> {
        self.hint.as_ref().map(|hint| visible(hint))
    }

    /// The whole message in one line, safe to show.
    #[must_use]
    pub fn line(&self) -> String {
        let place = self.label().map_or_else(String::new, |label| format!("{label}: "));
        let hint = self.hint.as_ref().map_or_else(String::new, |hint| format!("; {}", visible(hint)));
        format!("{place}{}{hint}", self.sentence())
    }

    /// The whole message in several lines, safe to show, without a line end.
    #[must_use]
    pub fn render(&self) -> String {
        self.render_as("error")
    }

    /// As [`Diagnostic::render`], with another word in front: `warning`.
    #[must_use]
    pub fn render_as(&self, word: &str) -> String {
        let mut out = format!("{word}: {}", self.sentence());
        if let Some(place) = &self.place {
            out.push_str(&format!("\n  --> {}\n{}", place.label(), place.excerpt(self.cut)));
        }
        if let Some(hint) = &self.hint {
            out.push_str(&format!("\nhint: {}", visible(hint)));
        }
        out
    }

    fn order(&self) -> Option<(super::Layer, String, usize)> {
        self.place.as_ref().map(|place| (place.source.layer, place.source.name(), place.span.start))
    }
}

/// Puts the errors in the order of layers, files and lines; the same error twice becomes one.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(Diagnostic::order);
    diagnostics.dedup_by(|a, b| a.what == b.what && a.order() == b.order());
}

/// All errors as one text, a blank line between them.
#[must_use]
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let all: Vec<String> = diagnostics.iter().map(Diagnostic::render).collect();
    all.join("\n\n")
}

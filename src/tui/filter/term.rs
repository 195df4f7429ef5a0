//! One term of a filter: a word that is looked for, a pattern, or a comparison.

use super::typed::Comparison;
use super::{Verdict, contains};
use crate::systems::view::{Column, Row};
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use regex::{Regex, RegexBuilder};

/// What a pattern may grow to; a person's are a thousandth of it.
const LARGEST: usize = 1 << 20;

#[derive(Debug)]
pub(super) struct Term {
    negated: bool,
    what: What,
}

#[derive(Debug)]
enum What {
    Fuzzy { atom: Box<Atom>, matcher: Box<Matcher>, letters: Vec<char> },
    Exact(String),
    Pattern(Regex),
    Typed(Comparison),
}

impl Term {
    pub(super) fn parse(word: &str, columns: &[Column]) -> Result<Term, String> {
        let (negated, rest) = match word.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        let what = if let Some(pattern) = rest.strip_prefix('/') {
            What::Pattern(pattern_of(pattern.strip_suffix('/').unwrap_or(pattern))?)
        } else if let Some(text) = rest.strip_prefix('"') {
            What::Exact(text.strip_suffix('"').unwrap_or(text).to_lowercase())
        } else if let Some(comparison) = Comparison::parse(rest, columns)? {
            What::Typed(comparison)
        } else if negated {
            // what is kept out has to be there as it is written: a fuzzy one would keep out half of everything
            What::Exact(rest.to_lowercase())
        } else {
            let atom = Atom::new(rest, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy, false);
            What::Fuzzy { atom: Box::new(atom), matcher: Box::new(Matcher::new(Config::DEFAULT)), letters: Vec::new() }
        };
        Ok(Term { negated, what })
    }

    pub(super) fn judge(&mut self, row: &Row, words: &str) -> Verdict {
        let verdict = match &mut self.what {
            // each cell for itself: letters from all over a row are no match
            What::Fuzzy { atom, matcher, letters } => {
                Verdict::of(words.split('\n').any(|cell| atom.score(Utf32Str::new(cell, letters), matcher).is_some()))
            }
            What::Exact(text) => Verdict::of(words.split('\n').any(|cell| contains(cell, text))),
            What::Pattern(pattern) => Verdict::of(words.split('\n').any(|cell| pattern.is_match(cell))),
            What::Typed(comparison) => comparison.judge(row),
        };
        if self.negated { verdict.not() } else { verdict }
    }
}

fn pattern_of(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text).size_limit(LARGEST).dfa_size_limit(LARGEST).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        // the last line of several says what is wrong, those before it draw it
        other => format!("the pattern is none: {}", other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ")),
    })
}

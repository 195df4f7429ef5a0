//! Everything by its name: what fits what was typed of commands, pages and clusters, the best first. Pure.
//!
//! `:locks` opens a page, `:locks orders-eu` that of a cluster, `:@orders-eu` a cluster, `:by lag_bytes` a command with its argument, `:theme paper` a setting,
//! `:q` leaves.

mod draw;

use super::command::{Deed, Keymap, Takes, Verb};
use super::key::Chord;
use super::place::Place;
use super::settings::{ASCII, UNICODE};
use super::state::State;
use crate::text::untrusted::visible;
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use std::cmp::Reverse;

pub use draw::draw;

/// What can be run.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    Deed(Deed<'a>),
    Verb(&'static Verb),
    /// A page, of the cluster that is the argument.
    Page(Place),
    Cluster,
}

/// One line of the palette.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub what: What<'a>,
    /// What is typed for it: `sort`, `@orders-eu`, `locks orders-eu`.
    pub said: String,
    /// The argument in it.
    pub argument: String,
    pub doc: String,
    /// Keys that do the same, as they are shown.
    pub keys: String,
    /// Something has to follow before it can be run.
    pub open: bool,
}

/// What fits `typed`, the best first.
#[must_use]
pub fn found<'a>(state: &State, keymap: &'a Keymap, typed: &str) -> Vec<Entry<'a>> {
    let typed = typed.trim_start();
    if let Some((verb, argument)) = typed.split_once(char::is_whitespace)
        && let Some(entries) = arguments(state, keymap, verb, argument.trim())
    {
        return entries;
    }
    let typed = typed.trim();
    let mut entries = entries(state, keymap);
    if typed.is_empty() {
        let recent = |entry: &Entry<'_>| state.recent().iter().position(|said| *said == entry.said).unwrap_or(usize::MAX);
        entries.sort_by_key(recent);
        return entries;
    }
    // `:q` is what the key q does
    let key = |entry: &Entry<'_>| match entry.what {
        What::Deed(deed) => keymap.keys_of(deed).contains(&typed),
        _ => false,
    };
    let mut matcher = Matcher::new(Config::DEFAULT);
    let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
    let mut letters = Vec::new();
    let mut ranked: Vec<(bool, bool, u32, usize, Entry<'a>)> = Vec::new();
    for (at, entry) in entries.into_iter().enumerate() {
        let is_key = key(&entry);
        let score = pattern.score(Utf32Str::new(&entry.said, &mut letters), &mut matcher);
        if let Some(score) = score.or(is_key.then_some(0)) {
            ranked.push((entry.said == typed || entry.said.strip_prefix('@') == Some(typed), is_key, score, at, entry));
        }
    }
    ranked.sort_by_key(|(exact, key, score, at, _)| (Reverse(*exact), Reverse(*key), Reverse(*score), *at));
    ranked.into_iter().map(|(_, _, _, _, entry)| entry).collect()
}

/// Everything that can be said here.
fn entries<'a>(state: &State, keymap: &'a Keymap) -> Vec<Entry<'a>> {
    let deeds = keymap.deeds().filter(|deed| deed.places().contains(&state.place()) && deed.id() != "palette");
    let shown = |keys: &[&str]| keys.iter().filter_map(|key| Chord::parse(key)).map(|chord| chord.shown(true)).collect::<Vec<_>>().join(" ");
    let of_deed = |deed: Deed<'a>| Entry {
        what: What::Deed(deed),
        said: deed.id().to_owned(),
        argument: String::new(),
        doc: visible(deed.doc()),
        keys: shown(&keymap.keys_of(deed)),
        open: false,
    };
    let of_verb = |verb: &'static Verb| Entry {
        what: What::Verb(verb),
        said: verb.id.to_owned(),
        argument: String::new(),
        doc: verb.doc.to_owned(),
        keys: verb.takes.word().to_owned(),
        open: verb.takes != Takes::Nothing,
    };
    let observed = state.picture.shown();
    let clusters = state.scope.worst_first(&observed).into_iter().map(|cluster| Entry {
        what: What::Cluster,
        said: format!("@{}", cluster.spec.name),
        argument: cluster.spec.name.clone(),
        doc: format!("The cluster, {}", super::scope::standing(&observed, cluster).word()),
        keys: cluster.spec.environment.word().to_owned(),
        open: false,
    });
    deeds.map(of_deed).chain(keymap.verbs().iter().map(of_verb)).chain(clusters).collect()
}

/// What can follow `verb`; `None` when nothing does.
fn arguments<'a>(state: &State, keymap: &'a Keymap, verb: &str, typed: &str) -> Option<Vec<Entry<'a>>> {
    let page = Place::ALL.into_iter().find(|place| place.is_page() && place.word() == verb);
    let known = keymap.verbs().iter().find(|known| known.id == verb);
    let (what, takes) = match (page, known) {
        (Some(place), _) => (What::Page(place), Takes::Cluster),
        (None, Some(verb)) if verb.takes == Takes::Nothing => return None,
        (None, Some(verb)) => (What::Verb(verb), verb.takes),
        (None, None) => return None,
    };
    let entry = |argument: &str, doc: String| Entry {
        what,
        said: format!("{verb} {argument}"),
        argument: argument.to_owned(),
        doc,
        keys: String::new(),
        open: false,
    };
    let mut entries: Vec<Entry<'a>> = match takes {
        Takes::Cluster => {
            let observed = state.picture.shown();
            state
                .scope
                .worst_first(&observed)
                .into_iter()
                .map(|cluster| entry(&cluster.spec.name, cluster.spec.environment.word().to_owned()))
                .collect()
        }
        Takes::Column => {
            let panels = state.memo.newest()?;
            let panel = panels.get(super::arranged::focused(state.screen(), &panels))?;
            let columns = panel.table().columns.iter().map(|column| entry(column.key, column.doc.to_owned()));
            columns.chain([entry("none", "As the table has them".to_owned())]).collect()
        }
        Takes::Theme => state.themes.iter().map(|name| entry(name, "Colours from now on".to_owned())).collect(),
        Takes::Glyphs => {
            [(UNICODE, "As drawn elsewhere"), (ASCII, "For a terminal without signs")].map(|(name, doc)| entry(name, doc.to_owned())).into()
        }
        // it is what it is
        Takes::Nothing => return None,
        Takes::Words | Takes::Process | Takes::Time | Takes::Folder => {
            return Some(vec![entry(typed, known.map(|verb| verb.doc.to_owned()).unwrap_or_default())]);
        }
    };
    if !typed.is_empty() {
        let typed = typed.strip_prefix('@').unwrap_or(typed);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
        let mut letters = Vec::new();
        let mut ranked: Vec<(bool, u32, Entry<'a>)> = Vec::new();
        for entry in entries {
            if let Some(score) = pattern.score(Utf32Str::new(&entry.argument, &mut letters), &mut matcher) {
                ranked.push((entry.argument == typed, score, entry));
            }
        }
        ranked.sort_by_key(|(exact, score, _)| (Reverse(*exact), Reverse(*score)));
        entries = ranked.into_iter().map(|(_, _, entry)| entry).collect();
    }
    Some(entries)
}

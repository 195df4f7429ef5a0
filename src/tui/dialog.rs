//! What a person is in the middle of saying; it has the keys until it is said or left.

use super::filter::Flaw;
use super::line::Line;
use crate::app::change::question::Asked;
use crate::app::run::cancel::Stage;
use std::collections::BTreeMap;

/// One of them at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Which rows of the table in focus are shown.
    Filter {
        line: Line,
        /// What it was before.
        former: String,
        /// Why what is typed means nothing yet; the rows stay as they were.
        flaw: Option<Flaw>,
    },
    /// Anything, by its name.
    Palette {
        line: Line,
        /// Which of what was found is selected.
        at: usize,
    },
    /// Which columns of the table in focus are shown.
    Columns { at: usize },
    /// A person answers the console itself: a parameter, or a word that something is confirmed by.
    Say {
        purpose: Purpose,
        line: Line,
        /// Which of the choices is selected.
        at: usize,
    },
}

/// What a person is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The parameter at this place of the plan that is open; `left`: the places of those that are asked for after it.
    Param { asked: Asked, left: Vec<Asked>, given: BTreeMap<String, String> },
    /// The word that begins the plan that is open.
    Begin { word: String, told: Vec<String> },
    /// Whether the run is ended, and how hard.
    Cancel { run: String, stage: Stage, told: String },
    /// What a step asks.
    Answer { run: String, step: String, text: String, evidence: bool },
    /// How a run goes on.
    GoOn { run: String, told: Vec<String> },
}

impl Purpose {
    /// What stands before the line.
    #[must_use]
    pub fn asks(&self) -> String {
        match self {
            Purpose::Param { asked, .. } => format!("{} ({}): ", asked.name, asked.of),
            Purpose::Begin { word, .. } => format!("type {word} to run it: "),
            Purpose::Cancel { .. } => "type yes to order it: ".to_owned(),
            Purpose::Answer { evidence: true, .. } => "yes or no, and what you saw: ".to_owned(),
            Purpose::Answer { .. } => "yes or no: ".to_owned(),
            Purpose::GoOn { .. } => "resume, rollback, or abandon WHY: ".to_owned(),
        }
    }

    /// What is told above it; raw.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        match self {
            Purpose::Param { asked, .. } => {
                let default = asked.default.as_ref().map(|default| format!("without a word it is {default}"));
                asked.doc.clone().into_iter().chain(default).collect()
            }
            Purpose::Begin { told, .. } | Purpose::GoOn { told, .. } => told.clone(),
            Purpose::Cancel { told, .. } => vec![told.clone()],
            Purpose::Answer { step, text, .. } => vec![format!("{step}: {text}")],
        }
    }

    /// What can be chosen, with what speaks for it; raw.
    #[must_use]
    pub fn choices(&self) -> &[(String, String)] {
        match self {
            Purpose::Param { asked, .. } => &asked.choices,
            _ => &[],
        }
    }

    /// The choices that begin with what is typed, by their places; all of them where none does.
    #[must_use]
    pub fn offered(&self, line: &Line) -> Vec<usize> {
        let choices = self.choices();
        let fits = |(_, (name, _)): &(usize, &(String, String))| name.starts_with(line.text().trim());
        let fitting: Vec<usize> = choices.iter().enumerate().filter(fits).map(|(at, _)| at).collect();
        if fitting.is_empty() { (0..choices.len()).collect() } else { fitting }
    }

    /// Whether text that was pasted may answer it: what confirms something is typed by a hand.
    #[must_use]
    pub const fn takes_paste(&self) -> bool {
        matches!(self, Purpose::Param { .. } | Purpose::Answer { .. } | Purpose::GoOn { .. })
    }
}

impl Dialog {
    /// The line that is typed, where one is.
    #[must_use]
    pub const fn line(&self) -> Option<&Line> {
        match self {
            Dialog::Filter { line, .. } | Dialog::Palette { line, .. } | Dialog::Say { line, .. } => Some(line),
            Dialog::Columns { .. } => None,
        }
    }

    /// Its keys, as the registry writes keys, with what they do.
    #[must_use]
    pub const fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Dialog::Filter { .. } => &[("enter", "keep"), ("esc", "as before"), ("down", "next row"), ("ctrl-u", "clear")],
            Dialog::Palette { .. } => &[("enter", "run"), ("tab", "complete"), ("down", "next"), ("esc", "leave")],
            Dialog::Say { purpose: Purpose::Param { .. }, .. } => &[("enter", "take it"), ("tab", "complete"), ("down", "next"), ("esc", "leave")],
            Dialog::Say { .. } => &[("enter", "say it"), ("ctrl-u", "clear"), ("esc", "No")],
            Dialog::Columns { .. } => &[("space", "show or hide"), ("enter", "done"), ("a", "as the table has them"), ("esc", "leave")],
        }
    }
}

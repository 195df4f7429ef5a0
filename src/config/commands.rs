//! `[[command]]`: programs of one's own that the console runs for what is selected. What their words stand for, the console knows; here is only checked that
//! they can stand for something.

use super::diagnostic::Diagnostic;
use super::path;
use super::shape::Report;
use super::tree::{Entry, Node, Table, Value};
use crate::text::suggest::nearest;
use crate::text::untrusted::visible;

/// What can stand in braces, and what it becomes.
pub const WORDS: &[(&str, &str)] = &[
    ("cluster", "the name of the cluster"),
    ("environment", "prod, staging or dev"),
    ("member", "the name of the member or process"),
    ("system", "what answers there, such as postgres"),
    ("address", "where it answers, as the configuration has it: host and port, or a URL"),
    ("host", "the host of the address"),
    ("port", "the port of the address"),
    ("pid", "the process of the selected session"),
    ("database", "the database of the selected session, or else of the endpoint"),
    ("user", "the role that the endpoint is read with"),
];

/// The screens that have something to select, as the console calls them.
pub const SCREENS: &[&str] = &[
    "fleet",
    "cluster",
    "topology",
    "replication",
    "activity",
    "locks",
    "poolers",
    "balancers",
    "consensus",
    "findings",
    "foresee",
    "events",
    "queries",
    "history",
    "show-config",
    "doctor",
    "who",
    "runbooks",
    "runs",
    "audit",
    "plan",
    "run",
    "detail",
];

/// What a plain word may hold besides letters and digits: no shell reads any of it as more than a letter.
const PLAIN: &str = "._:/@%+=,[]-";

/// Programs that have a shell read their words, here or on another host.
const SHELLS: [&str; 15] = ["ssh", "mosh", "sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "csh", "tcsh", "su", "runuser", "watch", "eval"];

/// Whether every shell reads `value` as one word that means itself.
#[must_use]
pub fn is_plain_word(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || PLAIN.contains(c))
}

/// One command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCommand {
    pub name: String,
    pub doc: Option<String>,
    pub keys: Vec<String>,
    /// The program and its arguments, placeholders as they are written.
    pub argv: Vec<String>,
    /// Placeholders stand for any text, not for plain words alone.
    pub any_value: bool,
    /// The screens it is on; none: all.
    pub on: Vec<String>,
    /// It changes something.
    pub writes: bool,
    /// Where its keys are written, or else it itself: `opsctl.toml:12:8`.
    pub written: String,
}

/// The word that stands in braces, if `word` is a placeholder.
#[must_use]
pub fn placeholder(word: &str) -> Option<&str> {
    let inner = word.strip_prefix('{')?.strip_suffix('}')?;
    (!inner.is_empty() && inner.chars().all(|c| c.is_ascii_lowercase() || c == '_')).then_some(inner)
}

/// The commands, in the order of the files.
pub(super) fn of(root: &Table, report: &mut Report) -> Vec<UserCommand> {
    let entries = root.node("command").and_then(Node::table).map(Table::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| command(entry, report)).collect()
}

fn command(entry: &Entry, report: &mut Report) -> Option<UserCommand> {
    let table = entry.node.table()?;
    let label = path::join("command", &entry.name);
    let texts = |key: &str| match table.node(key).map(|node| &node.value) {
        Some(Value::List(items)) => items.iter().filter_map(|item| Some((item, item.text()?))).collect(),
        _ => Vec::new(),
    };
    let owned = |key: &str| texts(key).into_iter().map(|(_, text)| text.to_owned()).collect();
    if table.get("argv").is_none() && !report.dropped.contains(&label) {
        let error = Diagnostic::at(&entry.place, format!("{label}: `argv` is missing"));
        report.found.push(error.hint("argv = [\"ping\", \"-c\", \"3\", \"{host}\"]"));
    }
    for (node, screen) in texts("on").into_iter().filter(|(_, screen)| !SCREENS.contains(screen)) {
        let near = nearest(screen, SCREENS.iter().copied()).map_or_else(|| SCREENS.join(", "), |near| format!("did you mean \"{near}\"?"));
        report.found.push(Diagnostic::at(&node.place, format!("{label}.on: there is no screen \"{}\"", visible(screen))).hint(near));
    }
    for (at, (node, word)) in texts("argv").into_iter().enumerate() {
        if let Some((what, hint)) = flaw(at, word) {
            report.found.push(Diagnostic::at(&node.place, format!("{label}.argv: {what}")).hint(hint));
        }
    }
    let flag = |key: &str| matches!(table.node(key).map(|node| &node.value), Some(Value::Flag(true)));
    let any_value = flag("any_value");
    let program = |word: &str| word.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name));
    if let Some((node, shell)) = texts("argv").into_iter().find(|(_, word)| any_value && program(word)) {
        let error = Diagnostic::at(&node.place, format!("{label}.argv: any_value = true, and a shell reads what {} is called with", visible(shell)));
        report.found.push(error.hint("leave any_value out: a word of a server could be a command to that shell"));
    }
    let written = table.get("keys").map_or(&entry.place, |keys| &keys.place);
    Some(UserCommand {
        name: entry.name.clone(),
        doc: table.node("doc").and_then(Node::text).map(str::to_owned),
        keys: owned("keys"),
        argv: owned("argv"),
        any_value,
        on: owned("on"),
        writes: flag("writes"),
        written: written.label(),
    })
}

/// What is wrong with the word at place `at`, and what to write instead.
fn flaw(at: usize, word: &str) -> Option<(String, String)> {
    let known = |name: &str| WORDS.iter().any(|(known, _)| *known == name);
    match placeholder(word) {
        Some(name) if !known(name) => {
            let all = || WORDS.iter().map(|(name, _)| format!("{{{name}}}")).collect::<Vec<_>>().join(" ");
            let near = nearest(name, WORDS.iter().map(|(name, _)| *name)).map_or_else(all, |near| format!("did you mean \"{{{near}}}\"?"));
            Some((format!("nothing is called {{{name}}}"), near))
        }
        Some(name) if at == 0 => {
            Some((format!("the program cannot be {{{name}}}: a server would choose what is run"), "name the program".to_owned()))
        }
        Some(_) => None,
        None => WORDS.iter().find(|(name, _)| word.contains(&format!("{{{name}}}"))).map(|(name, _)| {
            (
                format!("{{{name}}} is a part of a word, and takes the place of whole words only"),
                format!("write it as a word of its own: \"{{{name}}}\""),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_word_is_one_that_no_shell_reads_otherwise() {
        for word in ["pg1", "10.0.0.1:5432", "[::1]:5432", "http://pg1:8008/x", "orders_eu-2", "4711", "a@b", "50%"] {
            assert!(is_plain_word(word), "{word}");
        }
        for word in
            ["", "a b", "a;b", "$(id)", "`id`", "a|b", "a&b", "a>b", "a'b", "a\"b", "a\\b", "~", "*", "?", "{a,b}", "!x", "#x", "a\nb", "ä", "(x)"]
        {
            assert!(!is_plain_word(word), "{word}");
        }
    }

    #[test]
    fn a_placeholder_is_a_whole_word_that_is_known() {
        assert_eq!((placeholder("{pid}"), placeholder("{print $1}"), placeholder("{}"), placeholder("pid")), (Some("pid"), None, None, None));
        assert_eq!(flaw(1, "{pid}"), None);
        assert_eq!(flaw(1, "{print $1}"), None);
        for (at, word) in [(0, "{host}"), (1, "{pdi}"), (1, "--pid={pid}")] {
            assert!(flaw(at, word).is_some(), "{word}");
        }
    }
}

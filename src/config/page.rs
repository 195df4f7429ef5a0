//! The reference page of all keys, as Markdown, made from the key tables; whoever knows the systems and the rules brings theirs.

use super::commands;
use super::keys::{self, Key};
use std::fmt::Write;

/// One key of a system or a rule.
#[derive(Clone, Debug)]
pub struct ForeignKey {
    pub name: String,
    pub form: String,
    /// `required`, or the default.
    pub note: String,
    pub doc: String,
    /// As TOML.
    pub example: String,
}

/// A system or rule with its keys.
#[derive(Clone, Debug)]
pub struct Section {
    pub name: String,
    /// One sentence.
    pub doc: String,
    pub keys: Vec<ForeignKey>,
}

const HEAD: &str = "# Configuration of opsctl

This page is made from the tables that check a configuration; `opsctl config reference` prints it.

Layers, each stronger than the one before:

| layer | where |
|---|---|
| built-in | this program |
| system | `/etc/opsctl/config.toml`, then `/etc/opsctl/clusters.d/*.toml` |
| user | `$XDG_CONFIG_HOME/opsctl/config.toml`, then `clusters.d/*.toml` beside it |
| project | `.opsctl.toml` in the working directory: only `[poll]` and `[console]`, unless it belongs to you and has mode 0600 |
| chosen | the file or folder of `--config` or `OPSCTL_CONFIG`, in the place of system, user and project |
| environment | `OPSCTL__section__key=value` |
| flag | `--set section.key=value` |

Tables are merged key by key, `[[cluster]]`, `[[notify]]` and `[[command]]` by `name`, `[[cluster.endpoint]]` by `system` and `name`; everything else is replaced.
A file of `clusters.d` holds `[[cluster]]` and `[defaults]`; its defaults are for its own clusters. What a cluster says itself always wins over defaults.
Files that others can change are refused. A secret is never written here, only where it lies: `\"file:PATH\"` (mode 0600; relative to the file that names it),
`\"env:NAME\"`, `\"pgpass\"`, `\"pgpass:PATH\"`, `\"yaml:PATH#KEY.KEY\"`, or `{ cmd = [\"PROGRAM\", \"ARGUMENT\"] }` (no shell, first line of its output).

`opsctl config explain KEY` tells the value of a key, who says so and what it overrides.
";

/// The whole page.
#[must_use]
pub fn markdown(systems: &[Section], rules: &[Section]) -> String {
    let mut out = HEAD.to_owned();
    own(&mut out, "Top level", "", keys::ROOT);
    own(&mut out, "`[poll]`", "", keys::POLL);
    own(&mut out, "`[console]`", "", keys::CONSOLE);
    own(&mut out, "`[ring]`", "", keys::RING);
    own(&mut out, "`[team]`", "", keys::TEAM);
    own(
        &mut out,
        "`[[notify]]`",
        "Sent by `opsctl watch --headless`, and by an open console for clusters whose ring no service holds; `terminal` by each console. What has recovered is told too. \
         `url` and `key` are references: neither is ever written here or shown.",
        keys::NOTIFY,
    );
    let words: Vec<String> = commands::WORDS.iter().map(|(name, doc)| format!("`{{{name}}}` {doc}")).collect();
    let told = format!(
        "Keys and palette of the console run it on its terminal; no shell reads it. Placeholders: {}. What begins with `-` is refused. Screens: {}.",
        words.join("; "),
        commands::SCREENS.join(", ")
    );
    own(&mut out, "`[[command]]`", &told, keys::COMMAND);
    own(&mut out, "`[defaults]`", "", keys::DEFAULTS);
    own(&mut out, "`[[cluster]]`", "", keys::CLUSTER);
    own(&mut out, "`[[cluster.endpoint]]`", "What every system has; the keys of each system follow.", keys::ENDPOINT);
    own(&mut out, "`read` and `write`", "", keys::CREDENTIAL);
    own(&mut out, "`tls`", "", keys::TLS);
    for system in systems {
        foreign(&mut out, &format!("`system = \"{}\"`", system.name), system);
    }
    out.push_str("\n## Rules\n\n`[cluster.rules.RULE]` and `[defaults.rules.RULE]`.\n");
    for rule in rules.iter().filter(|rule| !rule.keys.is_empty()) {
        foreign(&mut out, &format!("`{}`", rule.name), rule);
    }
    out
}

fn own(out: &mut String, title: &str, doc: &str, keys: &[Key]) {
    head(out, title, doc);
    for key in keys {
        let note = if key.required { "required" } else { "" };
        line(out, key.name, &key.shape.phrase(), note, key.doc, key.example);
    }
}

fn foreign(out: &mut String, title: &str, section: &Section) {
    head(out, title, &section.doc);
    for key in &section.keys {
        line(out, &key.name, &key.form, &key.note, &key.doc, &key.example);
    }
}

fn head(out: &mut String, title: &str, doc: &str) {
    let gap = if doc.is_empty() { "" } else { "\n\n" };
    // writing to a String cannot fail
    let _written = write!(out, "\n### {title}\n\n{doc}{gap}| key | form | | meaning | example |\n|---|---|---|---|---|\n");
}

fn line(out: &mut String, name: &str, form: &str, note: &str, doc: &str, example: &str) {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let _written = writeln!(out, "| `{name}` | {} | {note} | {} | `{}` |", cell(form), cell(doc), cell(example));
}

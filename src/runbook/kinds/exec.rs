//! `exec`: a program of this machine with its arguments, as a list. No shell reads it: what stands in an argument is one argument, whatever it is.

use super::reach;
use super::{Effect, Kind, Problem, words};
use crate::engine::sent::outcome;
use crate::engine::{Building, Changes, Doing, Outcome, Task, Work};
use crate::model::Armed;
use crate::runbook::expression::{Field, Scalar, Unit};
use crate::runbook::keys::{list, table, template, template_or_secret, text};
use crate::transport::send::{self, Ended, Program};
use serde_json::{Value, json};

pub(super) static EXEC: Kind = Kind {
    name: "exec",
    doc: "A program of this machine and its arguments, in a process group of its own; no shell",
    schema,
    effect: |_body| Effect::Changes,
    check,
    call: |body| words(body, "argv").iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
    output: &[
        Field { name: "exit", scalar: Scalar::Number(Unit::Count), doc: "its exit code" },
        Field { name: "text", scalar: Scalar::Text, doc: "the first 64 KiB of what it wrote to standard output, without the last line end" },
    ],
    conditions: &[],
    undoes: true,
    build: Some(build),
};

fn build(building: &Building<'_>) -> Result<Work, String> {
    Ok(Work::Changes(Box::new(Runs(program(building.body)?))))
}

/// The program of a filled body, with as many arguments as were written.
fn program(body: &Value) -> Result<Program, String> {
    let empty = serde_json::Map::new();
    let env = body.get("env").and_then(Value::as_object).unwrap_or(&empty);
    let env = env.iter().map(|(name, value)| {
        let named = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if named { Ok((name.clone(), reach::text(value)?)) } else { Err(format!("{name:?} can be no name of a variable")) }
    });
    Ok(Program {
        argv: argv(body)?,
        env: env.collect::<Result<_, String>>()?,
        stdin: body.get("stdin").map(reach::text).transpose()?,
        folder: body.get("folder").and_then(Value::as_str).map(str::to_owned),
    })
}

struct Runs(Program);

impl Changes for Runs {
    fn change<'a>(&'a self, armed: Armed, doing: &'a Doing) -> Task<'a, Outcome> {
        Box::pin(async move {
            let keep = |stream, bytes: &[u8]| doing.keep(stream, bytes);
            outcome(send::program(armed, &self.0, &keep, &doing.window()).await, judged)
        })
    }
}

/// Only 0 is known to mean that it is done; what one that failed did before, nobody knows.
fn judged(ended: Ended) -> Outcome {
    let Ended { exit, text, complaint } = ended;
    match exit {
        0 => Outcome::Ok(json!({ "exit": exit, "text": text })),
        _ if complaint.is_empty() => Outcome::Unclear { why: format!("it ended with {exit}") },
        _ => Outcome::Unclear { why: format!("it ended with {exit}: {complaint}") },
    }
}

fn schema() -> Value {
    table(&[
        ("argv", list(&template()), true, "The program and its arguments, [\"PROGRAM\", \"ARGUMENT\"]"),
        (
            "env",
            json!({ "type": "object", "additionalProperties": template_or_secret() }),
            false,
            "Variables besides PATH, HOME, LANG, TZ and OPSCTL_STEP, which names run and step; a secret as { secret = \"params.NAME\" }",
        ),
        ("stdin", template_or_secret(), false, "What it reads"),
        ("folder", text(), false, "Where it runs, an absolute path"),
    ])
}

/// Programs that read a text as a program.
const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "busybox", "ash", "nu", "pwsh", "eval"];
/// Programs that read one argument as a program: with these options.
const INTERPRETERS: &[(&str, &str)] =
    &[("python", "-c"), ("python3", "-c"), ("perl", "-e"), ("ruby", "-e"), ("node", "-e"), ("psql", "-c"), ("awk", "")];

fn check(body: &Value) -> Vec<Problem> {
    let argv = words(body, "argv");
    let Some((program, arguments)) = argv.split_first() else { return Vec::new() };
    let mut found = Vec::new();
    let name = program.rsplit('/').next().unwrap_or(program);
    if program.trim().is_empty() {
        found.push(Problem::new("/argv/0", "it names no program", "[\"PROGRAM\", \"ARGUMENT\"]"));
    } else if program.contains("${") {
        found.push(Problem::new("/argv/0", "the program itself is never a value", "name the program; `when` chooses between two steps"));
    } else if SHELLS.contains(&name) {
        found.push(Problem::new(
            "/argv/0",
            format!("`{name}` reads a text as a program"),
            "name the program itself with its arguments; a file of yours may be one",
        ));
    } else if arguments.is_empty() && program.contains(' ') {
        let split = program.split_whitespace().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        found.push(Problem::new("/argv/0", "a program has no blanks in its name; no shell reads this", format!("[{split}]")));
    }
    if let Some((_, option)) = INTERPRETERS.iter().find(|(interpreter, _)| *interpreter == name) {
        let script = arguments.iter().enumerate().find(|(at, word)| {
            word.contains("${") && (option.is_empty() || at.checked_sub(1).and_then(|before| arguments.get(before)) == Some(option))
        });
        if let Some((at, _)) = script {
            let what = format!("`{name}` reads this argument as a program, and a value is never a part of one");
            found.push(Problem::new(format!("/argv/{}", at + 1), what, "give the value as an argument, a variable (`env`) or on `stdin`"));
        }
    }
    if body.get("folder").and_then(Value::as_str).is_some_and(|folder| !folder.starts_with('/')) {
        found.push(Problem::new("/folder", "it is no absolute path", "a run is a process of its own: where it stands is not where you stand"));
    }
    found
}

/// The arguments of a filled body, as the program gets them: as many as were written.
///
/// # Errors
/// An argument that no program can get: a NUL inside.
pub fn argv(body: &Value) -> Result<Vec<String>, String> {
    let items = body.get("argv").and_then(Value::as_array).ok_or("argv is no list")?;
    items
        .iter()
        .map(|item| {
            let text = crate::runbook::expression::plain(item).ok_or("an argument is no single value")?;
            if text.contains('\0') { Err("an argument with a NUL inside".to_owned()) } else { Ok(text) }
        })
        .collect()
}

/// A word as one could type it, for people; nothing runs it.
fn quoted(word: &str) -> String {
    let plain =
        !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '=' | ',' | '+' | '@' | '%'));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

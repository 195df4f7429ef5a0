//! Secrets of runs that somebody tells again: a program that prints what it was given, a server that quotes it, in every way in which programs write such a thing.
//! Afterwards it is nowhere: no output of a step, journal, event, log, screen, argument or environment.

use crate::runs::{Host, until};
use crate::support::http::{Answering, reply};
use crate::support::program;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

/// With everything in it that somebody has to write in another way.
const SECRET: &str = "c4nary \"Pa55\"/of+the <runs> & 'x";

/// Prints what it was given in every way that a shell has, in pieces as well, and fails with it where it is told to.
const PRINTS: &str = r#"#!/bin/sh
env
printf 'raw %s\n' "$TOKEN"
end="${TOKEN#????????????}"
printf '%s' "${TOKEN%"$end"}"; sleep 0.1; printf '%s\n' "$end"
printf '%s' "$TOKEN" | base64 -w 0; echo
printf 'reader:%s' "$TOKEN" | base64 -w 0; echo
printf 'ab%s' "$TOKEN" | base64
printf '%s' "$TOKEN" | od -An -v -tx1 | tr -d ' \n'; echo
printf '%s' "$TOKEN" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F; echo
printf '%s' "$TOKEN" | sed 's/"/\\"/g'; echo
cat >&2
echo "no: $TOKEN" >&2
exit "$1"
"#;

const RUNBOOK: &str = r#"
opsctl  = 1
name    = "tells"
summary = "Whoever is given it tells it again"
risk    = "low"
lock    = "cluster"

[params.token]
type = "secret"

[[step]]
id      = "print"
why     = "a program prints it"
exec    = { argv = ["PRINTS", "0"], env = { TOKEN = { secret = "params.token" } }, stdin = { secret = "params.token" } }
save    = { text = "output.text" }
timeout = "20s"

[[step]]
id      = "quote"
why     = "a server quotes it"
http    = { post = "patroni:pg1/quote", json = {}, headers = { authorization = { secret = "params.token" } } }
save    = { body = "output.body" }
timeout = "20s"

[[step]]
id      = "refuse"
why     = "a server refuses it, and says which"
http    = { get = "patroni:pg1/refuse", headers = { authorization = { secret = "params.token" } } }
expect  = { that = "output.status == 200", every = "1s", for = "0s" }
when    = "print.text != 'nobody'"
timeout = "20s"

[[step]]
id      = "fail"
why     = "a program fails with it"
exec    = { argv = ["PRINTS", "3"], env = { TOKEN = { secret = "params.token" } } }
timeout = "20s"
"#;

fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// The ways in which it was told that stand in `bytes`.
fn found(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let inside = |before: &str| {
        let written = STANDARD.encode(format!("{before}{SECRET}"));
        // what does not hang on its neighbours
        written[4..written.len() - 4].to_owned()
    };
    let ways = [
        SECRET.to_owned(),
        json(SECRET),
        json(&json(SECRET)),
        percent(SECRET),
        hex.clone(),
        hex.to_uppercase(),
        inside(""),
        inside("ab"),
        inside("u"),
    ];
    // a piece of it is as bad: what is around it does not make it unknown
    let pieces = ways.iter().map(|way| way.chars().take(way.chars().count() / 2).collect::<String>()).collect::<Vec<_>>();
    ways.into_iter().chain(pieces).filter(|way| text.contains(way.as_str())).collect()
}

#[test]
fn what_a_program_prints_or_a_server_quotes_of_a_secret_is_written_nowhere() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let server = Answering::start_with_head(move |head| {
        kept.lock().expect("kept").push(head.to_owned());
        let quoted = format!(
            "{{\"told\":\"{}\",\"at\":\"/x?token={}\",\"basic\":\"{}\"}}",
            json(SECRET),
            percent(SECRET),
            STANDARD.encode(format!("u:{SECRET}"))
        );
        if head.starts_with("POST") { reply(200, &quoted) } else { reply(403, &format!("{SECRET} is not known here")) }
    });
    let host = Host::with(&format!("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{}\"\n", server.url()));
    let private = |name: &str, text: &str, mode: u32| {
        std::fs::write(host.path(name), text).expect("written");
        std::fs::set_permissions(host.path(name), std::fs::Permissions::from_mode(mode)).expect("set");
        host.path(name).display().to_string()
    };
    let prints = private("prints", PRINTS, 0o755);
    let token = format!("token=file:{}", private("token", SECRET, 0o600));
    // what it fails at: the refusal at first, and then, without that, the program
    for (when, state) in [("print.text != 'nobody'", "refuse"), ("print.text == 'nobody'", "fail")] {
        std::fs::write(host.path("runbooks/tells.toml"), RUNBOOK.replace("PRINTS", &prints).replace("print.text != 'nobody'", when))
            .expect("written");
        let (stdout, stderr, code) = host.run(&["start", "tells", "--write", "--yes", "-p", &token]);
        assert_ne!(code, 0, "{state}: {stdout}{stderr}");
        assert!(stdout.contains("(hidden)"), "it is told that there was something: {stdout}{stderr}");
        assert_eq!((found(stdout.as_bytes()), found(stderr.as_bytes())), (Vec::new(), Vec::new()), "{state}");
        let (list, _, _) = host.run(&["list", "-o", "json"]);
        let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
        let id = list["runs"][0]["id"].as_str().expect("a name").to_owned();
        for words in [&["show", &id][..], &["show", &id, "-o", "json"], &["attach", &id, "-o", "jsonl"]] {
            let (stdout, stderr, _) = host.run(words);
            assert_eq!((found(stdout.as_bytes()), found(stderr.as_bytes())), (Vec::new(), Vec::new()), "{words:?}");
        }
        assert_ne!(host.run(&["abandon", &id, "--reason", "a trial"]).2, 2);
    }
    let all = host.kept();
    for (path, bytes) in &all {
        assert_eq!(found(bytes), Vec::<String>::new(), "in {}", path.display());
    }
    // all of it was told, and all of it is hidden
    let of = |name: &str| {
        let file = all.iter().find(|(path, _)| path.ends_with(name)).unwrap_or_else(|| panic!("no {name}"));
        String::from_utf8_lossy(file.1).into_owned()
    };
    assert_eq!(of("output/print.1.out").matches("(hidden)").count(), 9, "{}", of("output/print.1.out"));
    assert_eq!(of("output/print.1.err").matches("(hidden)").count(), 2, "{}", of("output/print.1.err"));
    let journals: String =
        all.iter().filter(|(path, _)| path.ends_with("journal.jsonl")).map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned()).collect();
    for told in ["raw (hidden)", "no: (hidden)", "(hidden) is not known here", "/x?token=(hidden)"] {
        assert!(journals.contains(told), "{told}: {journals}");
    }
    let seen = seen.lock().expect("kept");
    assert!(seen.iter().any(|head| head.starts_with("POST") && head.contains(SECRET)), "it never reached its server: this test proves nothing");
}

#[test]
fn a_secret_in_a_variable_is_in_the_environment_of_nobody_but_the_program_that_is_given_it() {
    let host = Host::with("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n");
    let secret = std::fs::read_to_string(host.path("password")).expect("the password");
    std::fs::write(host.path("hang first"), "").expect("written");
    let mut command =
        host.command_from(&host.path(""), &["start", "deliver", "--write", "--yes", "--detach", "-p", "password=env:OPSCTL_TEST_PASSWORD"]);
    let output = command.env("OPSCTL_TEST_PASSWORD", &secret).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    until("first hangs", || host.effects().len() == 2);
    let mut looked = Vec::new();
    for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
        let read = |name: &str| String::from_utf8_lossy(&std::fs::read(entry.path().join(name)).unwrap_or_default()).replace('\0', " ");
        let command = read("cmdline");
        if !command.contains(host.path("").to_str().expect("UTF-8").trim_end_matches('/')) {
            continue;
        }
        assert!(!command.contains(&secret), "{command}");
        // the program of the step was given it, and has it
        assert_eq!(read("environ").contains(&secret), command.contains("/does do first"), "{command}");
        looked.push(command);
    }
    for word in ["run exec", "run hold", "/does do first"] {
        assert!(looked.iter().any(|command| command.contains(word)), "{word}: {looked:?}");
    }
    host.release("first");
    let id = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert_eq!(host.run(&["attach", &id]).2, 0);
    assert_eq!(host.effects(), ["do door", "do first fine", "undo door"]);
}

#[test]
fn a_parameter_that_is_given_twice_is_refused_and_neither_value_is_repeated() {
    let host = Host::with("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:9\"\n");
    let (stdout, stderr, code) = host.started(&["-p", "word=one", "-p", "word=two"]);
    assert!(
        code == 2 && stderr.contains("--param word is given twice") && !stderr.contains("one\"") && !stderr.contains("two\""),
        "{code}: {stdout}{stderr}"
    );
    let words = ["runbook", "plan", "deliver", "-p", "word=one", "-p", "word=one", "--config"];
    let output = program().args(words).arg(host.path("config.toml")).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(host.effects().is_empty() && host.kept().is_empty());
}

//! Text that a server chose must never act on a terminal: every string that Patroni sends is hostile here, and every form of output is looked at.

use crate::support::http::{Answering, reply};
use opsctl::text::untrusted::is_plain;
use serde_json::{Value, json};
use std::io::Write;

/// Escapes, controls, bidirectional marks, invisible characters, a line of a quarter mebibyte.
fn hostile() -> Vec<String> {
    let marks = format!("a{}", "\u{301}".repeat(300));
    // a dozen of them in one answer stay below the cap on bodies
    let long = "x".repeat(1 << 18);
    let fixed = [
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}]52;c;aGk=\u{7}",
        "\u{9b}31m\u{90}q\u{9c}",
        "\u{202e}gnp.exe\u{2066}\u{2069}",
        "ze\u{200b}ro\u{feff}\u{ad}",
        "\u{e0041}\u{e007f}",
        "two\nlines\r\tand\u{2028}more",
        "$(id)`id`'\"; drop table x; --",
        "\u{7f}\u{0}\u{8}",
    ];
    fixed.into_iter().map(str::to_owned).chain([marks, long]).collect()
}

fn own(text: &str) -> Value {
    json!({
        "state": text, "role": text, "server_version": 150_018, "timeline": 1, "replication_state": text,
        "patroni": { "version": text, "scope": text, "name": text },
        "pending_restart": true, "pending_restart_reason": { text: { "old_value": text, "new_value": text } },
        "tags": { text: text }, "dcs_last_seen": 1,
        "replication": [{ "application_name": text, "client_addr": text, "state": text, "sync_state": text }],
    })
}

fn cluster(text: &str) -> Value {
    let member =
        json!({ "name": text, "role": text, "state": text, "api_url": text, "host": text, "port": 5432, "lag": text, "tags": { text: text } });
    json!({ "scope": text, "members": [member], "scheduled_switchover": { "at": text, "from": text, "to": text } })
}

fn config_for(url: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    let text = format!("[[cluster]]\nname = \"c\"\n\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"{url}\"\n");
    file.write_all(text.as_bytes()).expect("written");
    file
}

/// No character that acts, hides or reorders; a colour in a pipe would be one.
fn assert_safe(what: &str, text: &str) {
    if let Some(c) = text.chars().find(|c| *c != '\n' && !is_plain(*c)) {
        panic!("{what}: U+{:04X} reached the output", u32::from(c));
    }
}

#[test]
fn no_string_of_a_server_acts_on_a_terminal_and_json_keeps_it_whole() {
    for text in hostile() {
        let (own, cluster) = (own(&text).to_string(), cluster(&text).to_string());
        let history = json!([[1, 100, text, text, text]]).to_string();
        let settings = json!({ "ttl": 20, text.as_str(): { text.as_str(): text } }).to_string();
        let server = Answering::start(move |path| match path {
            "/patroni" => reply(200, &own),
            "/cluster" => reply(200, &cluster),
            "/history" => reply(200, &history),
            "/config" => reply(200, &settings),
            _ => reply(404, ""),
        });
        let config = config_for(&server.url());
        let path = config.path().to_str().expect("UTF-8");
        for view in opsctl::app::views::VIEWS {
            // what the forms share is made once; each form is looked at where most of the strings are
            let forms: &[&str] = if view.name == "list" { &["table", "wide", "json", "jsonl", "yaml", "csv", "name"] } else { &["table", "json"] };
            for form in forms {
                let (stdout, stderr, code) = crate::support::opsctl(&[view.name, "-o", form, "--config", path, "--deadline", "20s"]);
                assert_safe(&format!("{} -o {form}, stdout", view.name), &stdout);
                assert_safe(&format!("{} -o {form}, stderr", view.name), &stderr);
                assert!([0, 3, 4].contains(&code), "{} -o {form}: {code} {stderr}", view.name);
            }
        }
        let (stdout, _, _) = crate::support::opsctl(&["list", "-o", "json", "--config", path, "--deadline", "20s"]);
        let document: Value = serde_json::from_str(&stdout).expect("JSON");
        let member = &document["members"][0];
        assert_eq!(
            (member["member"].as_str(), member["role"].as_str(), member["state"].as_str()),
            (Some(text.as_str()), Some(text.as_str()), Some(text.as_str()))
        );
    }
}

#[test]
fn a_role_from_next_year_is_not_healthy() {
    let server = Answering::start(|path| match path {
        "/patroni" => reply(200, &own("splendid").to_string()),
        "/cluster" => reply(200, &cluster("splendid").to_string()),
        _ => reply(404, ""),
    });
    let config = config_for(&server.url());
    let path = config.path().to_str().expect("UTF-8");
    let (stdout, _, code) = crate::support::opsctl(&["status", "-o", "json", "--config", path, "--deadline", "20s"]);
    let document: Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(code, 3, "{}", document["clusters"]);
    assert_ne!(document["patroni"][0]["health"], "ok");
}

#[test]
fn an_answer_that_is_no_data_has_its_own_words() {
    let cases: [(&str, String); 5] = [
        ("HTML", "<html><body>login</body></html>".to_owned()),
        ("cut short", r#"{"state": "running", "role": "prim"#.to_owned()),
        ("twice", r#"{"state": "running", "role": "replica", "role": "primary"}"#.to_owned()),
        ("not understood", r#"{"state": 7, "role": []}"#.to_owned()),
        ("larger than", format!(r#"{{"state": "running", "role": "replica", "x": "{}"}}"#, "x".repeat(5 << 20))),
    ];
    for (words, body) in cases {
        let server = Answering::start(move |_| reply(200, &body));
        let config = config_for(&server.url());
        let path = config.path().to_str().expect("UTF-8");
        let (stdout, _, code) = crate::support::opsctl(&["status", "--config", path, "--deadline", "20s"]);
        assert!(stdout.contains(words), "{words}: {stdout}");
        // nothing that could be read
        assert_eq!(code, 4, "{words}");
    }
}

/// A store that names more members than any cluster has: said to be unbelievable, by every view, in a bounded time.
#[test]
fn a_picture_of_twenty_thousand_members_costs_no_time_and_is_not_believed() {
    let member = |number: u32| {
        json!({ "name": format!("pg{number}"), "role": "replica", "state": "streaming", "api_url": format!("http://10.0.0.1:{}/patroni", 1_024 + number),
            "host": "10.0.0.1", "port": 5432, "timeline": 1, "lag": 0 })
    };
    let cluster = json!({ "scope": "c", "members": (0..20_000).map(member).collect::<Vec<_>>() }).to_string();
    let own =
        json!({ "state": "running", "role": "primary", "timeline": 1, "patroni": { "version": "4.1.5", "scope": "c", "name": "pg1" } }).to_string();
    let told = cluster.clone();
    let server = Answering::start(move |path| match path {
        "/patroni" => reply(200, &own),
        "/cluster" => reply(200, &cluster),
        _ => reply(404, ""),
    });
    let config = config_for(&server.url());
    let path = config.path().to_str().expect("UTF-8");
    for view in ["status", "list", "topology"] {
        let clock = opsctl::model::Clock::real();
        let begin = clock.now();
        let (stdout, stderr, code) = crate::support::opsctl(&[view, "-o", "json", "--config", path, "--deadline", "20s"]);
        let took = clock.now().since(begin);
        assert!([0, 3, 4].contains(&code), "{view}: {code} {stderr}");
        assert!(took < std::time::Duration::from_secs(5), "{view}: {took:?}");
        assert!(stdout.len() < 1 << 16, "{view}: {} bytes", stdout.len());
        let answer: Value = serde_json::from_str(&stdout).expect("JSON");
        match view {
            "status" => assert!(answer["clusters"][0]["rules_unknown"].as_u64().is_some_and(|count| count > 0), "rules that need the store lack it"),
            _ => assert_eq!(answer["members"].as_array().map(Vec::len), Some(1), "{view}"),
        }
    }
    let answer = opsctl::transport::http::Answer { status: 200, date: None, body: told.into_bytes().into() };
    let error = opsctl::systems::patroni::picture::Picture::read(&answer, "GET /cluster").expect_err("nobody has so many");
    assert!(error.trouble == opsctl::transport::Trouble::Malformed && error.detail.contains("no cluster is that large"), "{error}");
}

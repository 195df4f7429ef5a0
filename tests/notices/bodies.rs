//! The bodies, word for word: `tests/golden/notices`. Read them as somebody who is paged would.

use super::{finding, now};
use crate::support::golden;
use opsctl::app::notice::{Besides, Event, Notice, body};
use opsctl::model::{Environment, Finding, Severity};
use opsctl::text::untrusted::is_plain;
use serde_json::{Map, Value};

fn notices(finding: &Finding) -> Vec<Notice> {
    let environment = Some(Environment::Prod);
    let events = [
        Event::Raised { finding: finding.clone(), environment },
        Event::Recovered { finding: finding.clone(), environment, still: None },
        Event::Recovered { finding: finding.clone(), environment, still: Some(Severity::Info) },
        Event::HeldBack { count: 12, per_hour: 20, severity: Severity::Warning, cluster: finding.subject.cluster.clone() },
        Event::Test { target: "pager".to_owned() },
        Event::Said {
            cluster: finding.subject.cluster.clone(),
            run: "20261122t0500-a1b2".to_owned(),
            severity: Severity::Info,
            text: format!("writes stand still for 10 s: {}", finding.sentence.raw()),
        },
    ];
    let mut notices: Vec<Notice> = events.into_iter().map(|event| Notice { event, at: now(), besides: Besides::default() }).collect();
    notices[0].besides = Besides { follow: ["pg2 does not stream", "no leader"].map(str::to_owned).to_vec(), dropped: 3 };
    notices
}

type Form = fn(&Notice) -> Map<String, Value>;

const FORMS: [(&str, Form); 3] = [("generic", body::generic), ("slack", body::slack), ("pagerduty", body::pagerduty)];

#[test]
fn each_taker_gets_its_form() {
    let split = finding("split-brain", Severity::Critical, "pg1", "pg1 and pg2 both accept writes");
    for (name, form) in FORMS {
        let bodies: Vec<Value> = notices(&split).iter().map(|notice| Value::Object(form(notice))).collect();
        let text = serde_json::to_string_pretty(&bodies).expect("JSON");
        golden(&format!("tests/golden/notices/{name}.json"), format!("{text}\n").as_bytes());
    }
    let lines: Vec<String> = notices(&split).iter().map(|notice| format!("{}\n{}\n", body::title(notice), body::text(notice))).collect();
    golden("tests/golden/notices/terminal.txt", lines.join("\n").as_bytes());
}

#[test]
fn what_is_resolved_is_what_was_triggered() {
    let one = finding("replica-lag", Severity::Warning, "pg1", "pg1 is 3 s behind");
    let keys = |finding: &Finding| notices(finding)[..3].iter().map(body::key).collect::<Vec<_>>();
    let moved = Finding { severity: Severity::Critical, sentence: "pg1 is 9 s behind".into(), ..one.clone() };
    assert_eq!(keys(&one), keys(&moved));
    assert_eq!(keys(&one)[0], keys(&one)[1]);
    for other in [finding("replica-lag", Severity::Warning, "pg2", ""), finding("lock-tree", Severity::Warning, "pg1", "")] {
        assert_ne!(keys(&one), keys(&other));
    }
    // PagerDuty takes no longer one
    let mut long = finding("replica-lag", Severity::Warning, "pg1", "");
    long.subject.cluster = "x".repeat(500);
    assert!(body::key(&notices(&long)[0]).len() <= 255);
}

#[test]
fn no_byte_of_a_server_acts_in_a_title_or_a_body() {
    let hostile =
        ["\u{1b}[2J\u{1b}]0;title\u{7}", "\u{9b}31m\u{9c}", "\u{202e}gnp.exe\u{2066}", "two\nlines\r\0", "ze\u{200b}ro", "<!channel> &amp; <@U0>"];
    for text in hostile {
        let mut finding = finding(text, Severity::Critical, text, text);
        finding.subject.cluster = text.to_owned();
        finding.subject.system = Some(text.to_owned());
        finding.subject.object = Some(text.into());
        for notice in notices(&finding) {
            assert!(body::title(&notice).chars().all(is_plain), "{:?}", body::title(&notice));
            assert!(body::text(&notice).lines().all(|line| line.chars().all(is_plain)), "{:?}", body::text(&notice));
            for (name, form) in FORMS {
                assert_plain(name, &Value::Object(form(&notice)));
            }
            let slack = body::slack(&notice);
            assert!(!slack["text"].as_str().expect("a text").contains(['<', '>']), "{slack:?}");
        }
    }
}

fn assert_plain(name: &str, value: &Value) {
    match value {
        Value::String(text) => assert!(text.lines().all(|line| line.chars().all(is_plain)), "{name}: {text:?}"),
        Value::Array(items) => items.iter().for_each(|item| assert_plain(name, item)),
        Value::Object(map) => map.values().for_each(|value| assert_plain(name, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

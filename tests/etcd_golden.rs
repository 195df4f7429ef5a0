//! etcd 3.4 and 3.5 as captured: every file is read, with and without a quorum.

use opsctl::systems::etcd::{range, wire};
use opsctl::transport::http::Answer;
use opsctl::transport::{ProbeError, Trouble};
use std::collections::BTreeSet;

#[derive(serde::Deserialize)]
struct Capture {
    status: u16,
    body: serde_json::Value,
}

/// What etcd's own tools print, and raw text, are no answers of the gateway.
const NOT_ASKED: [&str; 3] = ["v3.4-etcdctl-endpoint-health.json", "v3.4-etcdctl-endpoint-status.json", "v3.4-etcdctl-member-list.json"];

fn answer(name: &str) -> Option<Answer> {
    let bytes = std::fs::read(crate::support::root().join("tests/fixtures/etcd").join(name)).expect("capture");
    if std::path::Path::new(name).extension().is_some_and(|ending| ending == "prom") {
        return Some(Answer { status: 200, date: None, body: bytes::Bytes::from(bytes) });
    }
    let capture: Capture = serde_json::from_slice(&bytes).expect("a capture");
    let body = match capture.body {
        serde_json::Value::String(text) => text,
        value => value.to_string(),
    };
    (capture.status != 0).then(|| Answer { status: capture.status, date: None, body: bytes::Bytes::from(body) })
}

/// Reads a capture as the question that its name tells; `None` where the capture itself says that no answer came.
fn read(name: &str) -> Option<Result<String, ProbeError>> {
    let answer = answer(name)?;
    let question = name.trim_start_matches("v3.4-").trim_start_matches("v3.5-").trim_start_matches("noquorum-");
    let question = question.trim_end_matches(".json").trim_end_matches(".prom");
    Some(match question {
        "status" => wire::status(&answer, name)
            .map(|status| format!("{} leader {:?} db {:?} errors {:?}", status.version, status.leader, status.db_size, status.errors)),
        "health" => wire::health(&answer, name).map(|health| format!("healthy {} {:?}", health.healthy, health.reason)),
        "member-list" => wire::peers(&answer, name)
            .map(|peers| peers.iter().map(|peer| format!("{} {} {:?}", peer.id, peer.name, peer.client_urls)).collect::<Vec<_>>().join("; ")),
        "alarm-get" => wire::alarms(&answer, name).map(|alarms| format!("{} alarms", alarms.len())),
        "version" => wire::versions(&answer, name).map(|versions| format!("{} {}", versions.server, versions.cluster)),
        "range" | "range-empty" => range::read(&answer, name)
            .map(|pairs| pairs.iter().map(|(key, value)| format!("{key}={}", String::from_utf8_lossy(value))).collect::<Vec<_>>().join("; ")),
        "metrics" => wire::quota(&answer, name).map(|quota| format!("quota {quota}")),
        // answers to what is never asked: whatever they are, they are JSON or an error with its words
        _ => wire::body::<serde_json::Value>(&answer, name).map(|value| value.to_string()),
    })
}

#[test]
fn every_capture_is_read() {
    let folder = crate::support::root().join("tests/fixtures/etcd");
    let names: BTreeSet<String> =
        std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names.len(), 57);
    let mut lines = Vec::new();
    for name in names.iter().filter(|name| !NOT_ASKED.contains(&name.as_str())) {
        lines.push(match read(name) {
            None => format!("{name}: no answer"),
            Some(Ok(said)) => format!("{name}: {said}"),
            Some(Err(error)) => format!("{name}: {} ({})", error.trouble.phrase(), error.detail),
        });
    }
    for name in NOT_ASKED {
        let text = std::fs::read(crate::support::root().join("tests/fixtures/etcd").join(name)).expect("capture");
        let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        lines.push(format!("{name}: what etcdctl prints, {} characters", value.to_string().len()));
    }
    crate::support::golden("tests/golden/etcd/payloads.txt", (lines.join("\n") + "\n").as_bytes());
}

/// By hand: what each question must have given.
#[test]
fn what_was_asked_was_understood() {
    let said = |name: &str| read(name).expect("an answer").expect("understood");
    let trouble = |name: &str| read(name).expect("an answer").expect_err("an error").trouble;
    for version in ["v3.4", "v3.5"] {
        assert!(said(&format!("{version}-health.json")).starts_with("healthy true"));
        assert_eq!(said(&format!("{version}-range.json")), "/service/demo/leader=pg1");
        assert_eq!(said(&format!("{version}-range-empty.json")), "");
        assert_eq!(said(&format!("{version}-alarm-get.json")), "0 alarms");
        assert!(said(&format!("{version}-status.json")).contains("leader Some"));
        assert!(matches!(trouble(&format!("{version}-err-404.json")), Trouble::Status(404)));
        assert_eq!(trouble(&format!("{version}-err-bad-b64.json")), Trouble::ServerError);
    }
    assert!(said("v3.4-noquorum-health.json").starts_with("healthy false"));
    assert!(said("v3.4-noquorum-status.json").contains("leader None"), "{}", said("v3.4-noquorum-status.json"));
    assert!(said("v3.4-noquorum-member-list.json").contains("e3"), "the list is told without a quorum too");
    for asked in ["range", "range-empty", "alarm-get", "put", "lease-grant"] {
        assert_eq!(trouble(&format!("v3.4-noquorum-{asked}.json")), Trouble::ServerError, "{asked}");
    }
    assert!(read("v3.4-noquorum-err-member-remove.json").is_none());
}

//! The statements of the captures of 13 to 18, an incident, a load and a replica, through the decoders and the rules.
//!
//! The captures hold typed JSON; here their values are turned to text as the simple protocol sends them, decoded by the statement that asks for the same
//! today, and compared with the captured values column by column.

use super::client::bar;
use super::queries::{Outcome, QUERIES};
use super::rules::RULES;
use super::snapshot::Snapshot;
use crate::config::inventory::Body;
use crate::config::{ClusterSpec, EndpointSpec};
use crate::model::{Clock, EndpointId, Moment, Origin, Reading, Reason, Severity, Via};
use crate::systems::contract::{Knobs, Verdict, View};
use crate::transport::pg::Rows;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const CAPTURES: [&str; 8] = [
    "pg13-primary-idle",
    "pg14-primary-idle",
    "pg15-primary-incident",
    "pg15-primary-load",
    "pg15-replica-load",
    "pg16-primary-idle",
    "pg17-primary-idle",
    "pg18-primary-idle",
];

/// Statements of the captures that have another name, or two, today.
fn today(captured: &str) -> Vec<&str> {
    match captured {
        "longest_xacts" => vec!["activity"],
        "blocking_tree" => vec!["blocking"],
        "archiver" => vec!["archiver", "archive_backlog"],
        "settings_pending_restart" | "settings_of_interest" => vec!["settings"],
        "backup_in_progress" => vec![],
        other => vec![other],
    }
}

/// Columns that are not asked for today, with the reason.
fn dropped(query: &str, column: &str) -> bool {
    match (query, column) {
        // our session is read-only by itself, so it would always say "on"
        ("identity", "read_only")
        // it compared the clocks of two hosts
        | ("replication_senders", "last_reply_age_s")
        // the tree is made of edges on our side; compared in a test of its own
        | ("blocking_tree", "depth" | "path") => true,
        _ => false,
    }
}

fn capture(name: &str) -> Map<String, Value> {
    let path = format!("{}/tests/fixtures/postgres/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("capture")
}

/// A captured value as the simple protocol sends it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(flag) => Some(if *flag { "t" } else { "f" }.to_owned()),
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn columns(answer: &Value) -> Vec<String> {
    answer["columns"].as_array().expect("columns").iter().map(|column| column["name"].as_str().expect("name").to_owned()).collect()
}

fn rows(answer: &Value) -> Rows {
    let rows = answer["rows"].as_array().expect("rows").iter().map(|row| row.as_array().expect("row").iter().map(text).collect());
    Rows { columns: columns(answer), rows: rows.collect() }
}

/// The same without the trees' paths, with the edges that today's statement asks for.
fn with_edges(mut answer: Rows) -> Rows {
    let path = answer.columns.iter().position(|column| column == "path").expect("path");
    answer.columns.push("blockers".to_owned());
    for row in &mut answer.rows {
        let pids: Vec<i64> = serde_json::from_str(row[path].as_deref().expect("path")).expect("pids");
        row.push(pids.len().checked_sub(2).map(|at| format!("{{{}}}", pids[at])));
    }
    answer
}

/// The captured role had `pg_monitor`; the statement of that day did not ask.
fn with_privileges(mut answer: Rows, may: bool) -> Rows {
    for column in ["monitors", "reads_all_stats", "reads_all_settings", "has_statements"] {
        answer.columns.push(column.to_owned());
        for row in &mut answer.rows {
            row.push(Some(if may { "t" } else { "f" }.to_owned()));
        }
    }
    answer
}

/// What the statement `name` makes of `answer`, alone: key and value of the part.
fn decode(name: &str, answer: &Rows) -> (String, Value) {
    let query = QUERIES.iter().find(|query| query.name == name).unwrap_or_else(|| panic!("no statement {name}"));
    let mut snapshot = Snapshot::unread();
    let before = serde_json::to_value(&snapshot).expect("json");
    (query.settle)(&mut snapshot, Outcome::Answered(answer), Clock::real().now());
    let after = serde_json::to_value(&snapshot).expect("json");
    let (Value::Object(before), Value::Object(after)) = (before, after) else { panic!("objects") };
    let mut changed = after.into_iter().filter(|(key, value)| before[key] != *value);
    let (key, value) = changed.next().unwrap_or_else(|| panic!("{name} settles nothing"));
    assert!(changed.next().is_none(), "{name} settles two parts");
    assert!(value.get("known").is_some(), "{name}: {value}");
    (key, value["known"]["value"].clone())
}

/// Whether a decoded value is the captured one.
fn same(captured: &Value, decoded: &Value) -> bool {
    let number = |value: &Value| value.as_f64().or_else(|| value.as_str()?.parse().ok());
    match (captured, decoded) {
        (Value::Null, Value::Null) => true,
        (captured, Value::Number(_)) => number(captured) == number(decoded),
        (Value::String(text), Value::Bool(flag)) => text == &flag.to_string(),
        (Value::String(a), Value::String(b)) => a == b || matches!((a.parse::<Timestamp>(), b.parse::<Timestamp>()), (Ok(a), Ok(b)) if a == b),
        (a, b) => a == b,
    }
}

#[test]
fn every_captured_statement_has_a_decoder_for_each_of_its_columns() {
    let mut compared = 0;
    for name in CAPTURES {
        for (query, answer) in capture(name) {
            if answer.get("rows").is_none() {
                assert!(
                    answer.get("skipped").is_some() || answer["error"].as_str().is_some_and(|error| error.starts_with("42P01")),
                    "{name} {query}"
                );
                continue;
            }
            let captured = rows(&answer);
            let parts: Vec<Value> = today(&query)
                .iter()
                .map(|today| {
                    let answer = if query == "blocking_tree" { with_edges(captured.clone()) } else { captured.clone() };
                    match decode(today, &answer).1 {
                        Value::Array(rows) => Value::Array(rows),
                        one => json!([one]),
                    }
                })
                .collect();
            if parts.is_empty() {
                continue;
            }
            let columns = columns(&answer);
            for (at, row) in answer["rows"].as_array().expect("rows").iter().enumerate() {
                for (column, value) in columns.iter().zip(row.as_array().expect("row")) {
                    let decoded = parts.iter().find_map(|part| part[at].get(column));
                    match decoded {
                        Some(decoded) => assert!(same(value, decoded), "{name} {query} {column}: {value} became {decoded}"),
                        None => assert!(dropped(&query, column), "{name} {query}: nobody decodes `{column}`"),
                    }
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 2_000, "only {compared} values");
}

#[test]
fn every_statement_of_the_captured_set_is_there_with_its_gates_and_no_column_is_lost() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postgres/polling-queries.sql")).expect("set");
    let heads: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("-- name: ")).collect();
    assert_eq!(heads.len(), 36);
    let captures: Vec<_> = CAPTURES.iter().map(|name| capture(name)).collect();
    for head in heads {
        let words: Vec<&str> = head.split_ascii_whitespace().collect();
        let number = |key: &str| words.iter().position(|word| *word == key).map(|at| words[at + 1].parse::<u32>().expect("number"));
        let known: BTreeSet<String> =
            captures.iter().filter_map(|capture| capture.get(words[0])).filter(|answer| answer.get("columns").is_some()).flat_map(columns).collect();
        assert!(!known.is_empty(), "{head}: in no capture");
        for name in today(words[0]) {
            let query = QUERIES.iter().find(|query| query.name == name).unwrap_or_else(|| panic!("{head}"));
            assert_eq!((*query.versions.start(), *query.versions.end()), (number("min:").unwrap_or(0), number("max:").unwrap_or(u32::MAX)), "{head}");
        }
        for column in known.iter().filter(|column| !dropped(words[0], column)) {
            let asked =
                today(words[0]).iter().any(|name| QUERIES.iter().any(|query| query.name == *name && query.sql.text().contains(column.as_str())));
            assert!(asked || today(words[0]).is_empty(), "{}: `{column}` is not asked for any more", words[0]);
        }
    }
}

#[test]
fn a_base_backup_under_way_is_counted_by_its_progress() {
    for name in CAPTURES {
        let capture = capture(name);
        let (Some(count), Some(progress)) = (capture.get("backup_in_progress"), capture.get("basebackup_progress")) else { continue };
        assert_eq!(count["rows"][0][0], json!(progress["rows"].as_array().expect("rows").len()), "{name}");
    }
}

#[test]
fn the_captured_tree_comes_out_of_its_edges() {
    let capture = capture("pg15-primary-incident");
    let answer = &capture["blocking_tree"];
    let (_, value) = decode("blocking", &with_edges(rows(answer)));
    let sessions: Vec<super::snapshot::blocking::Blocking> = serde_json::from_value(value).expect("sessions");
    let trees = super::snapshot::blocking::lock_trees(&sessions);
    let made: Vec<(usize, i64)> = trees.iter().flat_map(|tree| &tree.rows).map(|row| (row.depth, i64::from(row.session.pid))).collect();
    let expected: Vec<(usize, i64)> = answer["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| (usize::try_from(row[0].as_u64().expect("depth")).expect("fits"), row[2].as_i64().expect("pid")))
        .collect();
    assert_eq!(made, expected);
    assert_eq!((trees[0].held_up, trees[0].longest_wait_s), (3, Some(15.580_809)));
}

/// A whole snapshot of a capture, as the client would make it; `may`: the role has `pg_monitor`.
fn whole(name: &str, may: bool) -> Snapshot {
    let capture = capture(name);
    let at = Clock::real().now();
    let mut answers: BTreeMap<&str, Result<Rows, Reason>> = BTreeMap::new();
    for (query, answer) in &capture {
        let told = match (answer.get("rows"), answer["error"].as_str()) {
            (Some(_), _) => Ok(rows(answer)),
            (None, Some(error)) => Err(Reason::Refused(error.to_owned())),
            (None, None) => continue,
        };
        for today in today(query) {
            let told = match query.as_str() {
                "identity" => told.clone().map(|rows| with_privileges(rows, may)),
                "blocking_tree" => told.clone().map(with_edges),
                // the other captured half of the settings
                "settings_pending_restart" => continue,
                _ => told.clone(),
            };
            answers.insert(today, told);
        }
    }
    let mut snapshot = Snapshot::unread();
    for query in QUERIES.iter() {
        let barred = if query.name == "identity" { None } else { bar(query, &snapshot.identity) };
        let two_texts = query.name.starts_with("checkpoints_") && barred.is_some();
        let outcome = match (barred, answers.get(query.name)) {
            (Some(outcome), _) => outcome,
            (None, Some(Ok(rows))) => Outcome::Answered(rows),
            (None, Some(Err(reason))) => Outcome::Failed(reason.clone()),
            // what the set of that day did not ask for
            (None, None) if query.name == "syncrep_waiters" => Outcome::Answered(&Rows { columns: vec![], rows: vec![] }),
            // asked of primaries alone in those days
            (None, None) if query.name == "statements_top" => Outcome::Failed(Reason::NotAskedYet),
            (None, None) => panic!("{name}: nothing for {}", query.name),
        };
        if !two_texts {
            (query.settle)(&mut snapshot, outcome, at);
        }
    }
    if let Reading::Known(sample) = &mut snapshot.replica {
        sample.value.delay = super::snapshot::trail::Trail::default().observe(at.mono, &sample.value);
    }
    snapshot
}

fn judge(snapshot: &Snapshot) -> Vec<(&'static str, Verdict)> {
    let cluster = ClusterSpec::named("orders", "test");
    let endpoint = EndpointSpec {
        id: EndpointId { cluster: "orders".into(), system: "postgres".into(), name: "pg1".into() },
        origin: Origin::Configured,
        zone: None,
        via: Via::Direct,
        read: None,
        write: None,
        tls: None,
        body: Body::one("address", "127.0.0.1:5432"),
    };
    let now: Moment = Clock::real().now();
    let view = View { cluster: &cluster, endpoint: &endpoint, snapshot, taken_at: now, latency: Duration::ZERO, now };
    RULES.iter().map(|rule| (rule.info.id, (rule.judge)(&view, &Knobs::new(&cluster, &rule.info)))).collect()
}

#[test]
fn what_the_captures_show_is_found_and_nothing_else() {
    let archiver = ("archiver-failing", Severity::Critical);
    for name in CAPTURES {
        let expected: Vec<(&str, Severity)> = match name {
            // archive_command is broken, three sessions wait behind an idle one, 89 of 97 connections
            "pg15-primary-incident" => vec![archiver, ("lock-tree", Severity::Warning), ("connections-near-limit", Severity::Warning)],
            // the archive is still broken half a minute later, and the load holds 83 of 97 connections
            "pg15-primary-load" => vec![archiver, ("connections-near-limit", Severity::Warning)],
            _ => vec![],
        };
        let mut found = Vec::new();
        for (rule, verdict) in judge(&whole(name, true)) {
            // the clock was not captured
            match verdict {
                Ok(raised) => found.extend(raised.iter().map(|one| (rule, one.severity))),
                Err(gap) => assert_eq!(rule, "clock-skew", "{name}: {gap:?}"),
            }
        }
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn without_pg_monitor_the_hidden_is_unknown_and_says_why() {
    for name in CAPTURES {
        let snapshot = whole(name, false);
        let hidden = |reading: Reason| assert_eq!(reading, Reason::NoPrivilege, "{name}");
        hidden(snapshot.senders.known("").expect_err("senders").reason);
        hidden(snapshot.connections.known("").expect_err("connections").reason);
        hidden(snapshot.activity.known("").expect_err("activity").reason);
        hidden(snapshot.blocking.known("").expect_err("blocking").reason);
        hidden(snapshot.settings.known("").expect_err("settings").reason);
        let verdicts = judge(&snapshot);
        let verdict = |id: &str| verdicts.iter().find(|(rule, _)| *rule == id).map(|(_, verdict)| verdict.clone()).expect("rule");
        assert_eq!(verdict("replica-lag").expect_err("lag").reason, Reason::NoPrivilege, "{name}");
        assert_eq!(verdict("no-privilege").expect("raised").len(), 1, "{name}");
        let in_recovery = name.contains("replica");
        assert_eq!(verdict("syncrep-stall").is_err(), !in_recovery, "{name}: a replica has no commits that wait");
    }
}

#[test]
fn a_hidden_sender_as_captured_is_not_a_standby_without_lag() {
    // as pg15-unprivileged-role.txt shows it: the row is there, all that matters is NULL
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/postgres/pg15-unprivileged-role.txt")).expect("capture");
    let row: Vec<&str> = text.lines().find(|line| line.trim_start().starts_with("pg1 ")).expect("row").split('|').map(str::trim).collect();
    assert_eq!(row, ["pg1", "", "", "", ""]);
    let answer = Rows {
        columns: ["name", "state", "sync_state", "sent_lsn", "replay_lag_s"].map(str::to_owned).to_vec(),
        rows: vec![vec![Some("pg1".to_owned()), None, None, None, None]],
    };
    let (_, value) = decode("replication_senders", &answer);
    let senders: Vec<super::snapshot::replication::Sender> = serde_json::from_value(value).expect("senders");
    assert_eq!((senders[0].lag_seconds(), senders[0].replay_lag_bytes, senders[0].is_standby()), (None, None, false));
}

#[test]
fn a_recorded_snapshot_comes_back_as_it_was() {
    for name in CAPTURES {
        let snapshot = whole(name, true);
        let json = serde_json::to_value(&snapshot).expect("json");
        assert_eq!(serde_json::from_value::<Snapshot>(json).expect("back"), snapshot, "{name}");
    }
}

#[test]
fn what_belongs_to_the_other_role_is_nothing_and_not_unknown() {
    let replica = whole("pg15-replica-load", true);
    assert!(matches!(&replica.prepared, Reading::Known(sample) if sample.value.is_none()));
    assert!(matches!(&replica.wal_receiver, Reading::Known(sample) if sample.value.as_ref().is_some_and(|rows| rows.len() == 1)));
    let old = whole("pg13-primary-idle", true);
    assert!(matches!(&old.wal_receiver, Reading::Known(sample) if sample.value.is_none()));
    assert_eq!(old.wal.known("").expect_err("since 14").reason, Reason::NotSupported("PostgreSQL 14 or later".to_owned()));
    assert!(old.checkpoints.value().is_some() && whole("pg18-primary-idle", true).checkpoints.value().is_some_and(|one| one.num_done_pg18.is_some()));
}

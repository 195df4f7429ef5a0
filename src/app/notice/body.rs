//! What a notice says, in the form of each taker. Pure. Every text is one that acts nowhere: words of servers go through `visible`, and what a taker would
//! read as markup is written so that it does not.
//!
//! <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>, <https://developer.pagerduty.com/docs/events-api-v2-overview>

use super::{Besides, Event, Notice};
use crate::app::cells::{seconds_text, time_of};
use crate::app::json::API_VERSION;
use crate::model::{Environment, Finding, Fingerprint, Severity, Since};
use crate::text::Untrusted;
use crate::text::untrusted::visible;
use serde_json::{Map, Value, json};
use std::hash::Hasher;

/// Characters of a title that every taker shows whole.
const TITLE: usize = 250;
/// Characters of a summary that PagerDuty takes.
const SUMMARY: usize = 1_024;
/// Characters of a sentence or of what to do.
const TEXT: usize = 1_500;
/// Sentences of what follows that are said; the others are counted.
const FOLLOW: usize = 5;

/// In one line: `CRITICAL orders-eu: pg1 and pg2 both accept writes`.
#[must_use]
pub fn title(notice: &Notice) -> String {
    let title = match &notice.event {
        Event::Raised { finding, .. } => format!("{} {}", finding.severity.word().to_uppercase(), about(finding)),
        Event::Recovered { finding, still: None, .. } => format!("RECOVERED {}", about(finding)),
        Event::Recovered { finding, still: Some(severity), .. } => format!("NOW {} {}", severity.word().to_uppercase(), about(finding)),
        Event::HeldBack { count, severity, cluster, .. } => {
            format!("{count} more held back, the worst: {} {}", severity.word().to_uppercase(), visible(cluster))
        }
        Event::Said { cluster, severity, text, .. } => format!("{} {}: {}", severity.word().to_uppercase(), visible(cluster), visible(text)),
        Event::Test { target } => format!("TEST of {}", visible(target)),
    };
    short(&title, TITLE)
}

/// In lines: where, since when, what to do.
#[must_use]
pub fn text(notice: &Notice) -> String {
    let text = match &notice.event {
        Event::Raised { finding, environment } => {
            let lines =
                [whereabouts(finding, *environment), since(notice, finding), format!("what to do: {}", short(&visible(&finding.cure.words()), TEXT))];
            lines.join("\n")
        }
        Event::Recovered { finding, environment, .. } => {
            [whereabouts(finding, *environment), format!("it was so {}", since(notice, finding))].join("\n")
        }
        Event::HeldBack { per_hour, .. } => format!(
            "{per_hour} notices an hour are sent at most; what is left of them is for what is critical and new, and for what of the told is over; \
             `opsctl findings` shows everything"
        ),
        Event::Said { run, text, .. } => {
            format!("{}\nrun {} says so; `opsctl run show {1}` tells where it stands", short(&visible(text), TEXT), visible(run))
        }
        Event::Test { .. } => "somebody tries whether notices come through; nothing is wrong".to_owned(),
    };
    [vec![text], besides(notice)].concat().join("\n")
}

/// The lines on what is not told on its own.
fn besides(notice: &Notice) -> Vec<String> {
    let Besides { follow, dropped } = &notice.besides;
    let rest = follow.len().saturating_sub(FOLLOW);
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    let named: Vec<&str> = follow.iter().take(FOLLOW).map(String::as_str).collect();
    let follow = (!named.is_empty()).then(|| format!("{}{more}", short(&format!("it brings: {}", named.join("; ")), TEXT)));
    let dropped = (*dropped > 0)
        .then(|| format!("held back and over by now: {dropped} that were not told; `opsctl watch` and the console show them as events"));
    [follow, dropped].into_iter().flatten().collect()
}

/// As JSON for a program or a service of one's own: every key is always there, `null` where there is nothing to say.
#[must_use]
pub fn generic(notice: &Notice) -> Map<String, Value> {
    let (word, finding, environment, still) = match &notice.event {
        Event::Raised { finding, environment } => ("raised", Some(finding), *environment, None),
        Event::Recovered { finding, environment, still } => ("recovered", Some(finding), *environment, *still),
        Event::HeldBack { .. } => ("held-back", None, None, None),
        Event::Said { .. } => ("said", None, None, None),
        Event::Test { .. } => ("test", None, None, None),
    };
    let said = |show: &dyn Fn(&Finding) -> Option<String>| finding.and_then(show);
    let (count, cluster, severity) = match &notice.event {
        Event::HeldBack { count, severity, cluster, .. } => (Some(*count), Some(cluster), Some(*severity)),
        Event::Said { cluster, severity, .. } => (None, Some(cluster), Some(*severity)),
        _ => (None, finding.map(|finding| &finding.subject.cluster), finding.map(|finding| finding.severity)),
    };
    object(json!({
        "apiVersion": API_VERSION,
        "kind": "Notice",
        "event": word,
        "at": notice.at.wall,
        "key": key(notice),
        "title": title(notice),
        "text": text(notice),
        "cluster": cluster.map(|cluster| visible(cluster)),
        "environment": environment.map(Environment::word),
        "rule": said(&|finding| Some(visible(&finding.rule))),
        "severity": severity.map(Severity::word),
        "still": still.map(Severity::word),
        "system": said(&|finding| finding.subject.system.as_deref().map(visible)),
        "member": said(&|finding| finding.subject.member.as_deref().map(visible)),
        "object": said(&|finding| finding.subject.object.as_ref().map(Untrusted::shown)),
        "sentence": said(&|finding| Some(finding.sentence.shown())),
        "since": finding.map(|finding| finding.since.at()),
        "held_back": count,
        "follow": notice.besides.follow,
        "dropped": notice.besides.dropped,
    }))
}

/// An incoming webhook of Slack. `<!channel>` in the name of a slot must wake nobody.
#[must_use]
pub fn slack(notice: &Notice) -> Map<String, Value> {
    let text = format!("{}\n{}", title(notice), text(notice)).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    object(json!({ "text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false }))
}

/// An event of PagerDuty's Events API v2, all but its routing key. What has recovered resolves the incident that its finding triggered.
#[must_use]
pub fn pagerduty(notice: &Notice) -> Map<String, Value> {
    if let Event::Recovered { still: None, .. } = &notice.event {
        return object(json!({ "event_action": "resolve", "dedup_key": key(notice) }));
    }
    let (severity, source, group, class) = match &notice.event {
        Event::Raised { finding, .. } => (finding.severity, source(finding), visible(&finding.subject.cluster), visible(&finding.rule)),
        Event::Recovered { finding, still, .. } => {
            (still.unwrap_or(finding.severity), source(finding), visible(&finding.subject.cluster), visible(&finding.rule))
        }
        Event::HeldBack { severity, cluster, .. } => (*severity, visible(cluster), visible(cluster), "held-back".to_owned()),
        Event::Said { cluster, severity, .. } => (*severity, visible(cluster), visible(cluster), "run".to_owned()),
        Event::Test { .. } => (Severity::Info, "opsctl".to_owned(), "opsctl".to_owned(), "test".to_owned()),
    };
    object(json!({
        "event_action": "trigger",
        "dedup_key": key(notice),
        "client": "opsctl",
        "payload": {
            "summary": short(&title(notice), SUMMARY),
            "source": short(&source, TITLE),
            "severity": severity.word(),
            "timestamp": notice.at.wall,
            "group": group,
            "class": class,
            "custom_details": generic(notice),
        },
    }))
}

/// The same for all notices about one finding, and for no other: 16 hexadecimal digits behind cluster and rule.
#[must_use]
pub fn key(notice: &Notice) -> String {
    let finding = match &notice.event {
        Event::Raised { finding, .. } | Event::Recovered { finding, .. } => finding,
        Event::HeldBack { .. } => return "opsctl/held-back".to_owned(),
        Event::Said { run, text, .. } => {
            let mut hasher = Fingerprint::new();
            hasher.write(text.as_bytes());
            return format!("opsctl/run/{}/{:016x}", short(&visible(run), 100), hasher.finish());
        }
        Event::Test { target } => return format!("opsctl/test/{}", visible(target)),
    };
    let subject = &finding.subject;
    let object = subject.object.as_ref().map_or("", |object| object.raw());
    let mut hasher = Fingerprint::new();
    for part in [&finding.rule, &subject.cluster, subject.member.as_deref().unwrap_or(""), object] {
        // lengths keep `a` `bc` and `ab` `c` apart
        hasher.write(&(part.len() as u64).to_be_bytes());
        hasher.write(part.as_bytes());
    }
    format!("{}/{}/{:016x}", short(&visible(&subject.cluster), 100), short(&visible(&finding.rule), 100), hasher.finish())
}

fn about(finding: &Finding) -> String {
    format!("{}: {}", visible(&finding.subject.cluster), finding.sentence.shown())
}

fn source(finding: &Finding) -> String {
    let subject = &finding.subject;
    [Some(subject.cluster.as_str()), subject.system.as_deref(), subject.member.as_deref()]
        .into_iter()
        .flatten()
        .map(visible)
        .collect::<Vec<_>>()
        .join("/")
}

fn whereabouts(finding: &Finding, environment: Option<Environment>) -> String {
    let object = finding.subject.object.as_ref().map(|object| format!(" {}", object.shown())).unwrap_or_default();
    let environment = environment.map(|environment| format!(" [{}]", environment.word().to_uppercase())).unwrap_or_default();
    short(&format!("{} on {}{object}{environment}", visible(&finding.rule), source(finding)), TEXT)
}

fn since(notice: &Notice, finding: &Finding) -> String {
    let passed = notice.at.wall.duration_since(finding.since.at()).as_secs_f64().max(0.0);
    let least = if matches!(finding.since, Since::FirstSeen(_)) { "at least " } else { "" };
    format!("since {}, {least}{}", time_of(finding.since.at()), seconds_text(passed.floor()))
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => Map::from_iter([("body".to_owned(), other)]),
    }
}

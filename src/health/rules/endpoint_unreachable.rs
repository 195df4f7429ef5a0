//! An endpoint does not answer, or answers nothing that can be read: one of the configuration, or one that a server names.

use crate::config::quantity::time_text;
use crate::fleet::Entry;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::silence;
use crate::model::{Origin, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::transport::Trouble;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "endpoint-unreachable",
        sentence: "an endpoint does not answer, cannot be asked, or tells nothing that can be read",
        required: false,
        knobs: &[],
        cure: "It does not answer: connection refused means that the process is gone, no answer that it is frozen or starved or that the network drops packets; start \
               it or free it on its host. It cannot be asked: the server may be well, mend the name, secret or certificate in the configuration here. It refuses our \
               login or the question: compare user and secret, grant what `opsctl privileges` prints. It answers with an error: the message is the server's. \
               `opsctl doctor` shows what was tried.",
    },
    judge,
};

fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    let failing = view.cluster.entries.iter().filter_map(|entry| entry.failure.as_ref().map(|failure| (entry, failure)));
    Ok(failing
        .map(|(entry, failure)| {
            let id = &entry.spec.id;
            let last_good = entry.good.as_ref().map(|good| view.now.since(good.taken_at));
            let ago = last_good.map_or_else(|| "never read".to_owned(), |age| format!("last read {} ago", time_text(age)));
            let known = if entry.spec.origin == Origin::Configured { "" } else { ", which only a server names," };
            Raised::new(Severity::Warning, format!("{} {}{known} {} ({ago})", id.system, id.name, silence::said(&failure.error)))
                .on(id.name.as_str())
                .object(id.system.as_str())
                .seen(failure.error.asked.as_str(), failure.error.to_string(), failure.last)
                .cured(cure(entry, &failure.error.trouble))
        })
        .map(|raised| with_neighbours(raised, view))
        .collect())
}

/// What this kind of silence means, and where.
fn cure(entry: &Entry, trouble: &Trouble) -> String {
    let hint = trouble.hint();
    let (first, rest) = hint.split_at(hint.char_indices().nth(1).map_or(hint.len(), |(at, _)| at));
    let end = if hint.ends_with('?') { "" } else { "." };
    let body = &entry.spec.body;
    let place =
        ["url", "address", "socket"].iter().find_map(|key| body.text(key)).map_or_else(String::new, |place| format!(" It is asked at {place}."));
    format!("{}{rest}{end}{place} `opsctl doctor` shows what was tried.", first.to_uppercase())
}

/// What else runs under the same name and answers: the host is there.
fn with_neighbours(raised: Raised, view: &ClusterView<'_>) -> Raised {
    let Some(name) = raised.member.clone() else { return raised };
    let others = view.cluster.entries.iter().filter(|entry| entry.spec.id.name == name && entry.failure.is_none());
    others
        .filter_map(|entry| Some((entry, entry.current(view.now).ok()?)))
        .fold(raised, |raised, (entry, good)| raised.seen(format!("{} of {name}", entry.spec.id.system), "answers", good.taken_at))
}

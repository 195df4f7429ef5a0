//! An endpoint does not answer, or answers nothing that can be read: one of the configuration, or one that a server names.

use crate::config::quantity::time_text;
use crate::fleet::Entry;
use crate::health::crowd::Then;
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
            let then = Then::of(entry);
            let who = then.as_ref().map(|then| format!(", {} then", then.told())).unwrap_or_default();
            let ago = last_good.map_or_else(|| "never read".to_owned(), |age| format!("last read {} ago{who}", time_text(age)));
            let known = if entry.spec.origin == Origin::Configured { "" } else { ", which only a server names," };
            let raised = Raised::new(Severity::Warning, format!("{} {}{known} {} ({ago})", id.system, id.name, silence::said(&failure.error)))
                .on(id.name.as_str())
                .object(id.system.as_str())
                .seen(failure.error.asked.as_str(), failure.error.told(), failure.last)
                .cured(cure(entry, &failure.error.trouble));
            then.iter().fold(raised, |raised, then| then.seen(raised, view.now))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};

    #[test]
    fn each_kind_of_silence_has_its_words_and_its_cure_and_who_answers_is_not_silent() {
        let at = ("address", "10.0.0.2:5432");
        let of = |trouble: Trouble| judged(&RULE, &[Staged::new("postgres", "pg2", at, Said::Fails(trouble))]);
        for (trouble, sentence, cure) in [
            (Trouble::ConnectionRefused, "does not answer: connection refused", "Is the process running, and does it listen on this address?"),
            (Trouble::ConnectTimeout, "does not answer: no connection before the deadline", "Is the host up, and does a firewall drop the packets?"),
            (Trouble::AnswerTimeout, "does not answer: no answer before the deadline", "The process accepts and does not answer: frozen, starved or"),
            (Trouble::Secret, "cannot be asked: secret not readable", "Look at the reference and at the owner and mode of what it names."),
            (Trouble::NotAuthenticated, "refuses our login", "Compare user and secret of this endpoint with the server's."),
        ] {
            let raised = of(trouble.clone()).expect("known");
            assert_eq!(raised[0].sentence.raw(), format!("postgres pg2 {sentence} (never read)"));
            let said = raised[0].cure.as_deref().expect("a cure");
            assert!(said.starts_with(cure) && said.contains("It is asked at 10.0.0.2:5432."), "{said}");
            assert_eq!(raised[0].evidence.len(), 1, "nobody tells who was connected where nothing was ever read");
        }
        assert_eq!(
            sentences(judged(&RULE, &[Staged::new("postgres", "pg2", at, Said::Answers), Staged::new("etcd", "e", at, Said::NotAsked)])),
            [""; 0]
        );
    }

    #[test]
    fn whom_only_a_server_names_is_told_apart_and_a_neighbour_that_answers_is_evidence() {
        let refused = || Said::Fails(Trouble::ConnectionRefused);
        let named = Staged { origin: Origin::Discovered, ..Staged::new("patroni", "pg3", ("url", "http://10.0.0.3:8008"), refused()) };
        let raised = judged(&RULE, &[named, Staged::new("postgres", "pg3", ("address", "10.0.0.3:5432"), Said::Answers)]).expect("known");
        assert_eq!(raised[0].sentence.raw(), "patroni pg3, which only a server names, does not answer: connection refused (never read)");
        let told: Vec<String> = raised[0].evidence.iter().map(|one| format!("{}: {}", one.witness, one.fact.raw())).collect();
        assert_eq!(told, ["asked patroni pg3: connection refused", "postgres of pg3: answers"]);
    }
}

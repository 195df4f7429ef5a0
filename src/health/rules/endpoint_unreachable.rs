//! An endpoint does not answer, or answers nothing that can be read: one of the configuration, or one that a server names.

use crate::config::quantity::time_text;
use crate::fleet::{Entry, Failure};
use crate::health::crowd::Then;
use crate::health::rule::{ClusterRule, ClusterView};
use crate::health::silence;
use crate::model::{Origin, Severity};
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::transport::{ProbeError, Trouble};
use std::collections::BTreeSet;

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
    let failing = view.cluster.entries.iter().filter_map(|entry| entry.failure.as_ref().map(|failure| (entry.as_ref(), failure)));
    let (locked, silent): (Vec<_>, Vec<_>) = failing.partition(|(_, failure)| failure.error.trouble == Trouble::Secret);
    let mut by_secret: Vec<(&ProbeError, Vec<(&Entry, &Failure)>)> = Vec::new();
    for one in locked {
        match by_secret.iter_mut().find(|(error, _)| **error == one.1.error) {
            Some((_, all)) => all.push(one),
            None => by_secret.push((&one.1.error, vec![one])),
        }
    }
    let raised = silent.into_iter().map(|(entry, failure)| alone(entry, failure, view));
    let shut_out = by_secret.into_iter().map(|(error, all)| match all.as_slice() {
        [(entry, failure)] => alone(entry, failure, view),
        all => without_secret(error, all),
    });
    Ok(raised.map(|raised| with_neighbours(raised, view)).chain(shut_out).collect())
}

fn alone(entry: &Entry, failure: &Failure, view: &ClusterView<'_>) -> Raised {
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
}

/// Several endpoints that are not asked for one reason of our own.
fn without_secret(error: &ProbeError, all: &[(&Entry, &Failure)]) -> Raised {
    let names: Vec<String> = all.iter().map(|(entry, _)| format!("{} {}", entry.spec.id.system, entry.spec.id.name)).collect();
    let members: BTreeSet<&str> = all.iter().map(|(entry, _)| entry.spec.id.name.as_str()).collect();
    let last = all.iter().map(|(_, failure)| failure.last).max_by_key(|last| last.mono);
    let raised = Raised::new(Severity::Warning, format!("{} endpoints {}: {}", all.len(), silence::said(error), names.join(", ")))
        .on_each(members)
        .object(error.asked.as_str())
        .cured(of_secret(&error.trouble));
    last.into_iter().fold(raised, |raised, last| raised.seen(error.asked.as_str(), error.told(), last))
}

/// What to do about a secret: the server that is not asked has no part in it.
fn of_secret(trouble: &Trouble) -> String {
    format!("{}; `opsctl config check` tries every file that is named there.", capital(trouble.hint()))
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.char_indices().nth(1).map_or(text.len(), |(at, _)| at));
    format!("{}{rest}", first.to_uppercase())
}

/// What this kind of silence means, and where.
fn cure(entry: &Entry, trouble: &Trouble) -> String {
    if *trouble == Trouble::Secret {
        return of_secret(trouble);
    }
    let hint = trouble.hint();
    let end = if hint.ends_with('?') { "" } else { "." };
    let body = &entry.spec.body;
    let place =
        ["url", "address", "socket"].iter().find_map(|key| body.text(key)).map_or_else(String::new, |place| format!(" It is asked at {place}."));
    format!("{}{end}{place} `opsctl doctor` shows what was tried.", capital(hint))
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
    fn endpoints_that_one_secret_shuts_out_are_one_finding_that_names_it_and_says_why() {
        let gone = |reference: &str| Said::Locked(reference.to_owned(), "No such file or directory".to_owned());
        let one = |name: &'static str, said: Said| Staged::new("postgres", name, ("address", "10.0.0.2:5432"), said);
        let both = || gone("file:/etc/opsctl/pw");
        let raised = judged(&RULE, &[one("pg1", both()), one("pg2", both()), one("pg3", gone("file:/other"))]).expect("known");
        let told: Vec<&str> = raised.iter().map(|raised| raised.sentence.raw()).collect();
        let expected = [
            "2 endpoints cannot be asked: secret not readable: file:/etc/opsctl/pw: No such file or directory: postgres pg1, postgres pg2",
            "postgres pg3 cannot be asked: secret not readable: file:/other: No such file or directory (never read)",
        ];
        assert_eq!(told, expected);
        assert_eq!(raised[0].members, ["pg1", "pg2"]);
        for raised in &raised {
            let cure = raised.cure.as_deref().expect("a cure");
            assert!(cure.starts_with("Look at the reference and at the owner and mode") && !cure.contains("10.0.0.2"), "{cure}");
        }
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

//! PostgreSQL and Patroni of one member accept connections and never answer, while something else on that host may: its processes are stopped, or wait for a
//! disk that hangs. Each silence alone looks like a service that is overloaded.

use crate::health::crowd::Then;
use crate::health::hosts::{self, Silent};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "member-frozen",
        sentence: "PostgreSQL and Patroni of a member accept connections and do not answer",
        required: false,
        knobs: &[],
        cure: "Look at its processes on the host (`ps -eo pid,stat,wchan:20,cmd`): T is stopped, `kill -CONT` lets it go on; D waits for a disk that hangs. It is not gone: \
               where it led, it may write again as soon as it wakes, so make sure of it (stop its PostgreSQL, or the machine) before another one is made primary by hand.",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; that an endpoint was not asked yet is told by others")]
fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    Ok(hosts::frozen(view).iter().map(|member| raised(member, view)).collect())
}

fn raised(member: &Silent<'_>, view: &ClusterView<'_>) -> Raised {
    let severity = if member.leads(view) { Severity::Critical } else { Severity::Warning };
    let sentence = format!("PostgreSQL and Patroni of {} accept and do not answer: the host or its processes are frozen", member.name);
    let raised = Raised::new(severity, sentence).on(member.name.as_str()).seen_since(member.since().map(|since| since.wall));
    let raised =
        member.entries.iter().fold(raised, |raised, (_, failure)| raised.seen(failure.error.asked.as_str(), failure.error.told(), failure.last));
    member.entries.iter().filter_map(|(entry, _)| Then::of(entry)).fold(raised, |raised, then| then.seen(raised, view.now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};
    use crate::transport::Trouble;

    fn of(patroni: Said, postgres: Said, etcd: Said) -> Vec<String> {
        let staged = [
            Staged::new("patroni", "pg3", ("url", "http://10.0.0.3:8008"), patroni),
            Staged::new("postgres", "pg3", ("address", "10.0.0.3:5432"), postgres),
            Staged::new("etcd", "etcd-3", ("url", "http://10.0.0.3:2379"), etcd),
            Staged::new("postgres", "pg1", ("address", "10.0.0.1:5432"), Said::Answers),
        ];
        sentences(judged(&RULE, &staged))
    }

    #[test]
    fn two_that_accept_and_never_answer_are_one_that_is_frozen() {
        let hangs = || Said::Answered(Trouble::AnswerTimeout);
        let one = "PostgreSQL and Patroni of pg3 accept and do not answer: the host or its processes are frozen";
        assert_eq!(of(hangs(), hangs(), Said::Answers), [one]);
        assert_eq!(of(hangs(), hangs(), Said::NotAsked), [one], "who was not asked tells nothing of the host");
        assert_eq!(of(hangs(), hangs(), hangs()), [""; 0], "the whole host is told by another rule");
        for other in [Said::Answers, Said::NotAsked, Said::Fails(Trouble::ConnectionRefused), Said::Fails(Trouble::ConnectTimeout)] {
            let said = format!("{other:?}");
            assert_eq!(
                [of(hangs(), other.clone(), Said::Answers), of(other, hangs(), Said::Answers)],
                [vec![], vec![]] as [Vec<String>; 2],
                "{said}"
            );
        }
    }
}

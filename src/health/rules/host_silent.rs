//! Nothing on a host answers: one finding for the machine, of which the silence of each of its ports is a consequence. It is critical while the store still has
//! the leader there: what is written waits for that host, or for the end of its lease.

use crate::health::crowd::Then;
use crate::health::hosts::{Silent, silent};
use crate::health::rule::{ClusterRule, ClusterView};
use crate::model::Severity;
use crate::systems::contract::{Knobs, Raised, RuleInfo, Verdict};
use crate::transport::Trouble;

pub(super) const RULE: ClusterRule = ClusterRule {
    info: RuleInfo {
        id: "host-silent",
        sentence: "a host answers on none of its ports that are asked",
        required: false,
        knobs: &[],
        cure: "See to the machine before each of its parts: is it up, is it reached from another place? Where it may only be cut off from here, its PostgreSQL may \
               still run and be written to.",
    },
    judge,
};

#[expect(clippy::unnecessary_wraps, reason = "every rule has this form; that an endpoint was not asked yet is told by others")]
fn judge(view: &ClusterView<'_>, _knobs: &Knobs<'_>) -> Verdict {
    Ok(silent(view).iter().map(|host| raised(host, view)).collect())
}

fn raised(host: &Silent<'_>, view: &ClusterView<'_>) -> Raised {
    let severity = if host.leads(view) { Severity::Critical } else { Severity::Warning };
    let mut raised =
        Raised::new(severity, sentence(host)).object(host.name.as_str()).seen_since(host.since().map(|since| since.wall)).cured(cure(host));
    raised.member = host.member().map(str::to_owned);
    let raised = host.entries.iter().fold(raised, |raised, (_, failure)| {
        let error = &failure.error;
        raised.seen(error.asked.as_str(), error.told(), failure.last)
    });
    host.entries.iter().filter_map(|(entry, _)| Then::of(entry)).fold(raised, |raised, then| then.seen(raised, view.now))
}

fn sentence(host: &Silent<'_>) -> String {
    let accepts = host.all(|trouble| *trouble == Trouble::AnswerTimeout);
    let frozen = if accepts { ": it accepts and does not answer, the host or its processes are frozen" } else { "" };
    format!("host {} answers on no port: {}{frozen}", host.name, parts(host))
}

/// `etcd, patroni, postgres (connection refused)`: those that are silent in the same way together, and by their names too where there are two of a system.
fn parts(host: &Silent<'_>) -> String {
    let mut ways: Vec<(String, Vec<String>)> = Vec::new();
    for (entry, failure) in &host.entries {
        let (way, id) = (failure.error.trouble.phrase(), &entry.spec.id);
        let several = host.entries.iter().filter(|(other, _)| other.spec.id.system == id.system).count() > 1;
        let part = if several { format!("{} {}", id.system, id.name) } else { id.system.clone() };
        match ways.iter_mut().find(|(known, _)| *known == way) {
            Some((_, parts)) => parts.push(part),
            None => ways.push((way, vec![part])),
        }
    }
    ways.iter().map(|(way, parts)| format!("{} ({way})", parts.join(", "))).collect::<Vec<_>>().join(", ")
}

/// What this kind of silence means.
fn cure(host: &Silent<'_>) -> &'static str {
    if host.all(|trouble| *trouble == Trouble::ConnectionRefused) {
        "Every port refuses: the machine is there, and its services are not. Did it boot just now, were they stopped or killed together? Look at its log and start them; \
         Patroni starts its PostgreSQL itself."
    } else if host.all(|trouble| *trouble == Trouble::AnswerTimeout) {
        "Connections are made, or were before, and nothing answers: the machine is starved or frozen, its disk hangs, or it was cut off just now. Look at it from another \
         place before it is written off: its PostgreSQL may still run and be written to."
    } else if host.all(|trouble| *trouble != Trouble::ConnectionRefused) {
        "No port answers: the machine is off, frozen, or cut off from here. Look at it from another place before it is written off: its PostgreSQL may still run and be \
         written to. Where other hosts are silent as well, the way from here may be cut."
    } else {
        "Some ports refuse and some do not answer: the machine is there, and starts, stops, or is starved. Look at its load and its log."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::staged::{Said, Staged, judged, sentences};

    /// What the rule says of endpoints of these systems and names at these places, and one elsewhere that answers.
    fn of(endpoints: &[(&str, &str, &str, Said)]) -> Verdict {
        let key = |place: &str| if place.contains("://") { "url" } else { "address" };
        let staged = endpoints.iter().map(|(system, name, place, said)| Staged::new(system, name, (key(place), place), said.clone()));
        let staged = staged.chain([Staged::new("haproxy", "hap-1", ("address", "10.0.0.99:8404"), Said::Answers)]);
        judged(&RULE, &staged.collect::<Vec<_>>())
    }

    fn refused() -> Said {
        Said::Fails(Trouble::ConnectionRefused)
    }

    #[test]
    fn a_host_of_which_nothing_answers_is_told_once_with_the_kind_of_its_silence() {
        let late = || Said::Fails(Trouble::ConnectTimeout);
        let all = || {
            of(&[
                ("patroni", "pg1", "http://10.0.0.1:8008", Said::Answers),
                ("patroni", "pg2", "http://10.0.0.2:8008", refused()),
                ("postgres", "pg1", "10.0.0.1:5432", refused()),
                ("postgres", "pg2", "10.0.0.2:5432", refused()),
                ("etcd", "etcd-2", "http://10.0.0.2:2379", refused()),
                ("pgbouncer", "pgb-1", "10.0.0.9:6432", late()),
            ])
        };
        assert_eq!(sentences(all()), ["host 10.0.0.2 answers on no port: patroni, postgres, etcd (connection refused)"]);
        let told = all().expect("known");
        assert_eq!((told[0].member.as_deref(), told[0].evidence.len()), (Some("pg2"), 3));
        assert!(told[0].cure.as_deref().is_some_and(|cure| cure.starts_with("Every port refuses: the machine is there")), "{:?}", told[0].cure);
        let both = of(&[("patroni", "pg2", "http://10.0.0.2:8008", late()), ("postgres", "pg2", "10.0.0.2:5432", refused())]);
        let mixed = "host 10.0.0.2 answers on no port: patroni (no connection before the deadline), postgres (connection refused)";
        assert_eq!(sentences(both), [mixed]);
        let hangs = || Said::Fails(Trouble::AnswerTimeout);
        let frozen = of(&[("patroni", "pg2", "http://10.0.0.2:8008", hangs()), ("postgres", "pg2", "10.0.0.2:5432", hangs())]);
        assert!(sentences(frozen)[0].ends_with(": it accepts and does not answer, the host or its processes are frozen"));
        let off = of(&[("patroni", "pg2", "http://10.0.0.2:8008", late()), ("postgres", "pg2", "10.0.0.2:5432", late())]).expect("known");
        assert!(off[0].cure.as_deref().is_some_and(|cure| cure.contains("may still run and be written to")), "{:?}", off[0].cure);
        let poolers = of(&[("pgbouncer", "pgb-1", "10.0.0.9:6432", refused()), ("pgbouncer", "pgb-2", "10.0.0.9:6433", refused())]);
        assert_eq!(sentences(poolers), ["host 10.0.0.9 answers on no port: pgbouncer pgb-1, pgbouncer pgb-2 (connection refused)"]);
    }

    #[test]
    fn where_no_host_answers_none_is_told_from_the_others() {
        let dark = [("patroni", "pg1", "1"), ("postgres", "pg1", "1"), ("patroni", "pg2", "2"), ("postgres", "pg2", "2")];
        let staged =
            dark.map(|(system, name, host)| Staged::new(system, name, ("address", if host == "1" { "10.0.0.1:1" } else { "10.0.0.2:1" }), refused()));
        assert_eq!(sentences(judged(&RULE, &staged)), [""; 0]);
    }

    #[test]
    fn the_parts_of_a_member_are_on_one_host_however_it_is_called() {
        let told = of(&[
            ("patroni", "pg2", "http://pg2.example:8008", refused()),
            ("etcd", "etcd-2", "http://10.0.0.2:2379", refused()),
            ("postgres", "pg2", "10.0.0.2:5432", refused()),
        ]);
        let one = "host 10.0.0.2 = pg2.example answers on no port: patroni, etcd, postgres (connection refused)";
        assert_eq!(sentences(told), [one]);
    }

    #[test]
    fn a_host_of_which_anything_answers_or_is_silent_by_our_own_fault_is_not_silent() {
        let fails = [Trouble::Secret, Trouble::Status(500), Trouble::NotAuthenticated, Trouble::Closed].map(Said::Fails);
        for other in [Said::Answers, Said::NotAsked].into_iter().chain(fails) {
            let said = format!("{other:?}");
            let told = of(&[
                ("patroni", "pg2", "http://10.0.0.2:8008", refused()),
                ("postgres", "pg2", "10.0.0.2:5432", refused()),
                ("etcd", "etcd-2", "http://10.0.0.2:2379", other),
            ]);
            assert_eq!(sentences(told), Vec::<String>::new(), "{said}");
        }
        assert_eq!(sentences(of(&[("pgbouncer", "pgb-1", "10.0.0.9:6432", refused())])), Vec::<String>::new(), "one port is no host");
        let sockets = of(&[("postgres", "a", "/run/postgresql:5432", refused()), ("postgres", "b", "/run/postgresql:5433", refused())]);
        assert_eq!(sentences(sockets), Vec::<String>::new(), "a folder of sockets is no host");
    }
}

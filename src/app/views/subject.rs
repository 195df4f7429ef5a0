//! What a finding is about, of all that pages show, and the sign that it gives there.

use crate::model::{Finding, Severity};
use crate::systems::view::Tone;

/// How bad in a tone.
pub(crate) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Info => Tone::Muted,
    }
}

/// What tells the row of a finding from the others.
pub(crate) fn finding_key(finding: &Finding) -> String {
    let subject = &finding.subject;
    let object = subject.object.as_ref().map_or("", |object| object.raw());
    format!("{}/{}/{}/{object}", subject.cluster, finding.rule, subject.member.as_deref().unwrap_or(""))
}

/// Whether a finding is about what a row called `key` shows: an endpoint `lab/patroni/pg1`, a member of whatever system `lab/pg1`, or what is told apart
/// inside one: a session `lab/pg1/18431`, a pool `lab/pgb-1/app/web`, a server `lab/hap-1/write/pg2`.
pub(crate) fn is_about(finding: &Finding, key: &str) -> bool {
    let subject = &finding.subject;
    let Some(place) = key.strip_prefix(subject.cluster.as_str()).and_then(|rest| rest.strip_prefix('/')) else { return false };
    let (system, name) = place.split_once('/').map_or((None, place), |(system, name)| (Some(system), name));
    let whole = finding.is_on(name) && (system.is_none() || subject.system.is_none() || subject.system.as_deref() == system);
    whole || is_inside(finding, place)
}

/// Whether a finding is about the object at `place`, `pg1/18431`: by its whole name, or by the first part of it, as a database is of its pools.
fn is_inside(finding: &Finding, place: &str) -> bool {
    let subject = &finding.subject;
    let (Some(member), Some(object)) = (&subject.member, &subject.object) else { return false };
    let Some(inside) = place.strip_prefix(member.as_str()).and_then(|rest| rest.strip_prefix('/')) else { return false };
    let object = object.raw();
    let begins = |text: &str, with: &str, then: char| text.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with(then));
    // a session is named with its start, since its pid comes again; a backend stands for itself
    begins(inside, object, '/') || begins(object, inside, ' ') || inside.strip_suffix("/BACKEND").is_some_and(|backend| backend == object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cure, Since, Subject};

    #[test]
    fn a_finding_is_about_its_endpoint_its_member_and_the_row_of_its_object() {
        let finding = |system: &str, member: &str, object: Option<&str>| Finding {
            rule: "r".to_owned(),
            severity: Severity::Warning,
            subject: Subject {
                cluster: "lab".to_owned(),
                system: Some(system.to_owned()),
                member: Some(member.to_owned()),
                object: object.map(Into::into),
            },
            sentence: "s".into(),
            evidence: Vec::new(),
            since: Since::FirstSeen(jiff::Timestamp::UNIX_EPOCH),
            cure: Cure::Procedure(String::new()),
            members: Vec::new(),
            confirmed: true,
        };
        let root = finding("postgres", "pg1", Some("18431 since 2026-11-20T14:00:10Z"));
        let pool = finding("pgbouncer", "pgb-1", Some("app"));
        let server = finding("haproxy", "hap-1", Some("write/pg2"));
        let backend = finding("haproxy", "hap-1", Some("write"));
        let of_several = Subject { cluster: "lab".to_owned(), system: None, member: None, object: None };
        let both = Finding { subject: of_several, members: ["pg1", "pg2"].map(str::to_owned).to_vec(), ..finding("patroni", "pg1", None) };
        for (finding, key, about) in [
            (&root, "lab/pg1", true),
            (&root, "lab/postgres/pg1", true),
            (&root, "lab/patroni/pg1", false),
            (&root, "lab/pg1/18431", true),
            (&root, "lab/pg1/1843", false),
            (&root, "lab/pg2/18431", false),
            (&root, "other/pg1/18431", false),
            (&pool, "lab/pgb-1/app/web", true),
            (&pool, "lab/pgb-1/apps/web", false),
            (&server, "lab/hap-1/write/pg2", true),
            (&server, "lab/hap-1/write/pg1", false),
            (&server, "lab/hap-1/write/BACKEND", false),
            (&backend, "lab/hap-1/write/BACKEND", true),
            (&backend, "lab/hap-1/write/pg2", true),
            (&finding("postgres", "pg1", None), "lab/pg1/18431", false),
            (&both, "lab/pg1", true),
            (&both, "lab/patroni/pg2", true),
            (&both, "lab/pg3", false),
            (&both, "other/pg1", false),
        ] {
            assert_eq!(is_about(finding, key), about, "{:?} {key}", finding.subject.object);
        }
    }
}

//! Which endpoint a runbook means: by its name in the configuration, by the name that the member gives itself, or by what it is: the leader.

use crate::config::ClusterSpec;
use crate::runbook::plan::Targets;
use crate::text::suggest::nearest;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The endpoints of a cluster and who is who among its members.
#[derive(Clone, Debug)]
pub struct Known {
    pub(super) cluster: Arc<ClusterSpec>,
    /// The member's own name, and that of its endpoints.
    pub(super) members: BTreeMap<String, String>,
    /// Who holds the leader key, or why that is not known.
    pub(super) leader: Result<Option<String>, String>,
    /// A member whose REST API answers, by the name of its endpoints: the leader where that is one.
    pub(super) answers: Option<String>,
}

impl Known {
    /// The names of the members, as Patroni calls them.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }
}

impl Targets for Known {
    fn endpoint(&self, system: &str, which: &str) -> Result<String, String> {
        let names: Vec<&str> = self.cluster.of(system).map(|spec| spec.id.name.as_str()).collect();
        let called = |name: &str| {
            let own = self.members.get(name).map(String::as_str);
            names.iter().find(|known| **known == name || Some(**known) == own).map(|known| format!("{system}/{known}"))
        };
        match which {
            "" => names.first().map(|name| format!("{system}/{name}")).ok_or_else(|| format!("{} has no endpoint of {system}", self.cluster.name)),
            "any" => {
                let answers = self.answers.as_deref().ok_or_else(|| format!("no member of {} answers", self.cluster.name))?;
                called(answers).ok_or_else(|| format!("{answers} answers, and {} has no endpoint of {system} of this name", self.cluster.name))
            }
            "leader" => {
                let leader = self.leader.as_ref().map_err(|why| format!("nobody knows who leads: {why}"))?;
                let leader = leader.as_deref().ok_or("nobody leads")?;
                called(leader).ok_or_else(|| format!("{leader} leads, and {} has no endpoint of {system} of this name", self.cluster.name))
            }
            name => called(name).ok_or_else(|| {
                let hint = nearest(name, names.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                format!("there is no endpoint {system}/{name} in {}{hint}", self.cluster.name)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Body, EndpointSpec};
    use crate::model::{EndpointId, Origin, Via};

    #[test]
    fn a_member_is_found_by_either_name_and_the_leader_by_what_it_is() {
        let endpoint = |system: &str, name: &str| {
            let id = EndpointId { cluster: "lab".to_owned(), system: system.to_owned(), name: name.to_owned() };
            Arc::new(EndpointSpec {
                id,
                origin: Origin::Configured,
                zone: None,
                via: Via::Direct,
                read: None,
                write: None,
                tls: None,
                body: Body::default(),
            })
        };
        let mut cluster = ClusterSpec::named("lab", "test");
        cluster.endpoints = vec![endpoint("patroni", "pg1"), endpoint("patroni", "pg2"), endpoint("postgres", "pg1")];
        let members = BTreeMap::from([("node-1".to_owned(), "pg1".to_owned()), ("pg2".to_owned(), "pg2".to_owned())]);
        let known = Known { cluster: Arc::new(cluster), members, leader: Ok(Some("node-1".to_owned())), answers: Some("pg2".to_owned()) };
        assert_eq!(known.endpoint("patroni", "leader"), Ok("patroni/pg1".to_owned()));
        assert_eq!(known.endpoint("postgres", "node-1"), Ok("postgres/pg1".to_owned()));
        assert_eq!(known.endpoint("patroni", "pg2"), Ok("patroni/pg2".to_owned()));
        assert_eq!(known.endpoint("patroni", "any"), Ok("patroni/pg2".to_owned()));
        assert!(known.endpoint("postgres", "any").is_err(), "it has no such endpoint");
        let silent = Known { answers: None, ..known.clone() };
        assert_eq!(silent.endpoint("patroni", "any").expect_err("nobody"), "no member of lab answers");
        assert_eq!(known.endpoint("patroni", ""), Ok("patroni/pg1".to_owned()));
        assert_eq!(known.endpoint("patroni", "pg3").expect_err("none"), "there is no endpoint patroni/pg3 in lab; did you mean `pg2`?");
        assert!(known.endpoint("haproxy", "").is_err());
        let nobody = Known { leader: Ok(None), ..known.clone() };
        assert_eq!(nobody.endpoint("patroni", "leader").expect_err("nobody"), "nobody leads");
        let unknown = Known { leader: Err("no answer".to_owned()), ..known };
        assert!(unknown.endpoint("patroni", "leader").expect_err("unknown").contains("no answer"));
    }
}

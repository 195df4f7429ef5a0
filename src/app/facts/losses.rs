//! What a failover is told where the leader is gone: what is proven of the loss, what is not, and which checks of the shipped runbook then stand in the way.

use super::tests::{heard, recorded, value, why};
use super::*;
use crate::engine::expression::{Language, Scope, Truth};
use crate::engine::plan::Actor;
use crate::model::Lsn;
use crate::runbook::Library;
use crate::runbook::language::Spoken;
use crate::runbook::plan::{Targets, Wish, plan};
use crate::systems::contract::System;
use crate::systems::patroni::{Patroni, dcs};
use crate::systems::postgres::Postgres;
use crate::transport::Trouble;
use serde_json::{Value, json};

const LATE: &str = "no answer before the deadline";

/// The healthy cluster after something happened to some of its members.
struct After {
    leader: String,
    sync: String,
    other: String,
    facts: BTreeMap<String, Fact>,
}

/// What happened.
#[derive(Clone, Copy)]
enum Fate<'a> {
    /// Its host answers, and nothing listens there.
    Killed(&'a str),
    /// Its PostgreSQL says nothing, and its Patroni goes on.
    Frozen(&'a str),
}

/// Who is what in the recording of the healthy cluster.
fn cast() -> [String; 3] {
    let fleet = recorded("healthy");
    let told = facts(&heard(fleet.clusters.first().expect("a cluster")));
    let leader = value(&told, "cluster.leader.name").as_str().expect("a name").to_owned();
    let members = value(&told, "members").as_object().expect("members");
    let which = |confirms: bool| {
        let found = members.iter().find(|(name, member)| **name != leader && member["confirms_commits"] == json!(confirms));
        found.expect("a standby").0.clone()
    };
    [leader.clone(), which(true), which(false)]
}

/// With what the store holds beside its configuration, which says that the synchronous mode is on.
fn after(fates: &[Fate<'_>], store: &[(&str, String)]) -> After {
    let [leader, sync, other] = cast();
    let fleet = recorded("healthy");
    let cluster = fleet.clusters.first().expect("a cluster");
    let mut told = heard(cluster);
    for (spec, answer) in &mut told.heard {
        let (name, system) = (spec.id.name.as_str(), spec.id.system.as_str());
        for fate in fates {
            match fate {
                Fate::Killed(member) if *member == name && [Patroni::NAME, Postgres::NAME].contains(&system) => {
                    *answer = Err(Reason::Unreachable(Trouble::ConnectionRefused.phrase()));
                }
                Fate::Frozen(member) if *member == name && system == Postgres::NAME => *answer = Err(Reason::Unreachable(LATE.to_owned())),
                _ => {}
            }
        }
    }
    let mut pairs = vec![("/service/lab/config".to_owned(), br#"{"synchronous_mode":true}"#.to_vec())];
    pairs.extend(store.iter().map(|(key, value)| (format!("/service/lab/{key}"), value.as_bytes().to_vec())));
    told.store = Some(Ok((Arc::new(dcs::gather("/service/", &pairs).remove("lab").expect("a scope")), told.now)));
    After { leader, sync, other, facts: facts(&told) }
}

fn in_sync(leader: &str, standby: &str, quorum: u32) -> (&'static str, String) {
    ("sync", json!({ "leader": leader, "sync_standby": standby, "quorum": quorum }).to_string())
}

impl After {
    fn member(&self, name: &str) -> &Value {
        &value(&self.facts, "members")[name]
    }

    /// The checks of the shipped failover to `to` that are not so, or cannot be judged.
    fn blocks(&self, to: &str) -> Vec<String> {
        let library = Library::shipped();
        let given = BTreeMap::from([("to".to_owned(), to.to_owned())]);
        let wish = Wish {
            runbook: library.find("failover").and_then(|entry| entry.parsed.as_ref().ok()).expect("shipped"),
            others: &library,
            cluster: "lab",
            environment: "dev",
            given: &given,
            facts: &self.facts,
            targets: &Anywhere,
            by: Actor { name: "ada".to_owned(), host: "jump".to_owned(), via: "login".to_owned() },
            now: jiff::Timestamp::UNIX_EPOCH,
            rto_goal: Duration::from_secs(30),
        };
        let plan = plan(&wish).unwrap_or_else(|why| panic!("{why:?}"));
        let (spoken, scope) = (Spoken::of(&plan), Scope { params: plan.open_params(), facts: self.facts.clone(), ..Scope::default() });
        let asks = plan.steps.iter().find(|step| step.id == "accept_loss").expect("a question");
        assert!(asks.job.call.contains(self.member(to)["loss"].as_str().expect("words")), "shown with the plan: {}", asks.job.call);
        assert_eq!(plan.phrase, Some(format!("lab/{to}")));
        let gates = plan.steps.iter().filter(|step| step.job.kind == "check" && step.expect.is_some());
        gates
            .filter(|step| step.expect.as_ref().is_some_and(|expect| spoken.truth(&expect.that, &scope) != Truth::True))
            .map(|step| step.title.clone())
            .collect()
    }
}

/// Every endpoint that is asked for is there.
struct Anywhere;

impl Targets for Anywhere {
    fn endpoint(&self, system: &str, which: &str) -> Result<String, String> {
        Ok(format!("{system}/{which}"))
    }
}

#[test]
fn what_the_store_says_of_a_leader_that_is_gone_is_a_lower_bound() {
    let [leader, sync, other] = cast();
    let dead = [Fate::Killed(&leader), Fate::Killed(&sync)];
    let quiet = after(&dead, &[in_sync(&leader, &sync, 0), ("status", json!({ "optime": 1 }).to_string())]);
    let member = quiet.member(&other);
    assert_eq!((&member["loss_free"], &member["loss_at_least_bytes"]), (&json!(false), &json!(0)), "{member}");
    assert!(member["loss_at_most_seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{member}");
    let words = member["loss"].as_str().expect("words");
    let since = member["newest_commit_at"].as_str().and_then(|at| at.parse::<jiff::Timestamp>().ok()).expect("an instant");
    let since = since.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    assert!(
        words.starts_with(&format!("every commit since {since} (")) && words.contains("how much nobody knows") && !words.contains(" 0 "),
        "{words}"
    );
    let own = member["received_lsn"].as_str().and_then(|lsn| lsn.parse::<Lsn>().ok()).expect("a position").0;
    let known = after(&dead, &[in_sync(&leader, &sync, 0), ("status", json!({ "optime": own + 5_000_000 }).to_string())]);
    let member = known.member(&other);
    assert_eq!(member["loss_at_least_bytes"], json!(5_000_000));
    assert!(
        member["loss"].as_str().is_some_and(|words| words.contains("at least 5000000 bytes of WAL, and what the old leader wrote beyond")),
        "{member}"
    );
    // nobody tells of any position
    let silent = after(&[Fate::Killed(&leader), Fate::Killed(&sync), Fate::Killed(&other)], &[]);
    let member = silent.member(&other);
    assert!(["loss_at_least_bytes", "loss_at_most_seconds", "newest_commit_at"].iter().all(|field| member.get(field).is_none()), "{member}");
    assert!(member["loss"].as_str().is_some_and(|words| words.contains("nobody knows since when")), "{member}");
}

#[test]
fn nothing_is_lost_only_where_the_member_was_synchronous_alone_and_is_on_the_newest_timeline() {
    let [leader, sync, other] = cast();
    let dead = [Fate::Killed(&leader)];
    let proven = |store: &[(&str, String)], name: &str| {
        let after = after(&dead, store);
        let member = after.member(name);
        let free = member["loss_free"].as_bool().expect("known");
        assert_eq!(free, member["loss"].as_str().is_some_and(|words| words.starts_with("no commit that was acknowledged is lost")), "{member}");
        assert_eq!(free, member["loss_at_most_seconds"] == json!(0.0), "{member}");
        free
    };
    assert!(proven(&[in_sync(&leader, &sync, 0)], &sync));
    assert!(!proven(&[in_sync(&leader, &sync, 0)], &other));
    // of a quorum any one may lack what the others have
    assert!(!proven(&[in_sync(&leader, &format!("{sync},{other}"), 1)], &sync));
    assert!(!proven(&[("sync", "{".to_owned())], &sync));
    assert!(!proven(&[], &sync));
    let newer = json!([[900, 1, "no recovery target specified", "2026-01-01T00:00:00+00:00", leader]]).to_string();
    let store = [in_sync(&leader, &sync, 0), ("history", newer)];
    assert!(!proven(&store, &sync));
    let old = after(&dead, &store);
    assert_eq!(value(&old.facts, "cluster.newest_timeline"), &json!(901));
    assert!(old.member(&sync)["loss"].as_str().is_some_and(|words| words.ends_with("; it lacks all of timeline 901")), "{}", old.member(&sync));
    assert_eq!(old.blocks(&sync), ["it is on the newest timeline that anybody knows of"]);
    let odd = after(&dead, &[("history", "{".to_owned())]);
    assert!(!why(&odd.facts, "cluster.newest_timeline").is_empty());
}

#[test]
fn a_member_of_which_nothing_is_proven_stands_in_the_way_of_a_failover_and_is_named() {
    let [leader, sync, other] = cast();
    let store = [in_sync(&leader, &sync, 0)];
    let gone = after(&[Fate::Killed(&leader), Fate::Killed(&sync)], &store);
    assert_eq!((gone.blocks(&other), value(&gone.facts, "cluster.unfenced_members")), (Vec::new(), &json!([])));
    let frozen = after(&[Fate::Killed(&leader), Fate::Frozen(&sync)], &store);
    assert_eq!(value(&frozen.facts, "cluster.unfenced_members"), &json!([sync]));
    let blocks = frozen.blocks(&other);
    assert!(matches!(blocks.as_slice(), [one] if one.starts_with("every member is proven to accept no writes")), "{blocks:?}");
    // nor is the frozen one made the leader
    assert!(frozen.blocks(&frozen.sync).iter().any(|one| one.starts_with("every member is proven")), "{:?}", frozen.blocks(&frozen.sync));
    let whole = after(&[], &[&store[..], &[("leader", leader.clone())]].concat());
    assert_eq!(value(&whole.facts, "cluster.unfenced_members"), &json!([whole.leader]));
    assert!(whole.blocks(&whole.other)[0].starts_with("no member that answers accepts writes"), "{:?}", whole.blocks(&whole.other));
}

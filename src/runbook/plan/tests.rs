//! Plans of the shipped runbooks over facts that are written down here.

use super::*;
use crate::model::{Clock, Reading};
use crate::runbook::Library;
use serde_json::json;

struct Platform;

impl Targets for Platform {
    fn endpoint(&self, system: &str, which: &str) -> Result<String, String> {
        match (system, which) {
            ("patroni" | "postgres", "leader" | "any") => Ok(format!("{system}/pg1")),
            ("patroni" | "postgres", "pg1" | "pg2" | "pg3") | ("pgbouncer", "one" | "two") => Ok(format!("{system}/{which}")),
            _ => Err(format!("there is no endpoint {system}/{which}")),
        }
    }
}

fn facts() -> BTreeMap<String, Fact> {
    let now = Clock::real().now();
    let pool = |pooler: &str, database: &str| json!({ "key": format!("{pooler}/{database}"), "pooler": pooler, "database": database, "mode": "transaction", "paused": false, "server_login_retry_seconds": 15 });
    let values = [
        ("cluster.leader.name", json!("pg1")),
        ("cluster.leader.timeline", json!(4)),
        ("cluster.synchronous_mode", json!(true)),
        ("cluster.has_leader", json!(true)),
        ("cluster.writable_members", json!(1)),
        ("cluster.members_seen_writable", json!(1)),
        ("cluster.members", json!([{ "name": "pg1" }, { "name": "pg2" }, { "name": "pg3" }])),
        ("cluster.members_expected", json!(3)),
        ("cluster.synchronous_nodes", json!(0)),
        ("cluster.environment", json!("dev")),
        ("write_pools", json!([pool("one", "app"), pool("two", "it's \"odd\"")])),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), Reading::new(value, now))).collect()
}

fn told_to(to: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("to".to_owned(), to.to_owned())])
}

fn planned_of(runbook: &Runbook, given: &BTreeMap<String, String>, facts: &BTreeMap<String, Fact>) -> Result<engine::Plan, NoPlan> {
    let library = Library::shipped();
    plan(&Wish {
        runbook,
        others: &library,
        cluster: "orders-eu",
        environment: "staging",
        given,
        facts,
        targets: &Platform,
        by: engine::Actor { name: "ada".to_owned(), host: "jump".to_owned(), via: "login".to_owned() },
        now: Timestamp::UNIX_EPOCH,
        rto_goal: Duration::from_secs(30),
    })
}

fn planned(name: &str, given: &BTreeMap<String, String>, facts: &BTreeMap<String, Fact>) -> Result<engine::Plan, NoPlan> {
    let library = Library::shipped();
    planned_of(library.runbook(name).expect("shipped"), given, facts)
}

fn written(name: &str, steps: &str) -> Runbook {
    let text = format!("opsctl = 1\nname = \"{name}\"\nsummary = \"x\"\nrisk = \"low\"\n{steps}");
    crate::runbook::parse::parse(&text, format!("{name}.toml").into()).unwrap_or_else(|found| panic!("{}", crate::config::diagnostic::render(&found)))
}

#[test]
fn a_switchover_becomes_a_flat_list_that_the_engine_takes() {
    let plan = planned("switchover", &told_to("pg2"), &facts()).expect("a plan");
    assert_eq!(plan.check(), Ok(()));
    let ids: Vec<&str> = plan
        .steps
        .iter()
        .map(|step| step.id.as_str())
        .filter(|id| !id.starts_with("ready[") && !id.starts_with("candidate[") && !id.starts_with("poolers["))
        .collect();
    assert_eq!(
        ids,
        [
            "ready",
            "patience[one.app]",
            "patience[two.it.s..odd.]",
            "pause[one.app]",
            "pause[two.it.s..odd.]",
            "switch",
            "promoted",
            "write",
            "resume",
            "nudge",
            "protected",
            "standbys",
            "drained",
            "proof[pg1]",
            "proof[pg2]",
            "proof[pg3]",
            "whole"
        ]
    );
    let step = |id: &str| plan.steps.iter().find(|step| step.id == id).expect(id);
    let resume = step("resume");
    assert_eq!((resume.job.body.clone(), resume.changes), (json!(["pause[one.app]", "pause[two.it.s..odd.]"]), false));
    let pause = step("pause[two.it.s..odd.]");
    assert_eq!((pause.job.target.as_str(), pause.job.call.as_str()), ("pgbouncer/two", "PAUSE \"it's \"\"odd\"\"\" on pgbouncer:two"));
    assert_eq!(pause.expect.as_ref().map(|expect| expect.that.text.clone()).unwrap_or_default().matches("two/it's \\\"odd\\\"").count(), 3);
    assert_eq!(pause.group.as_deref(), Some("pause"));
    let switch = step("switch");
    assert_eq!(switch.job.target, "patroni/pg1");
    assert_eq!(switch.job.call, "POST /switchover {\"leader\":\"${ready.old}\",\"candidate\":\"${params.to}\"} to patroni:pg1");
    assert_eq!(
        switch.probe.as_ref().map(|probe| probe.absent.facts.clone()),
        Some(["cluster.leader.name", "cluster.leader.state", "cluster.pending_failover"].map(str::to_owned).to_vec())
    );
    let asked = switch.probe.as_ref().map(|probe| (probe.meanwhile, probe.tells.as_ref().map(|tells| tells.text.as_str())));
    assert_eq!(asked, Some((true, Some("cluster.leader.kept_by"))));
    let once = |id: &str| step(id).once.as_ref().map(|once| once.that.text.clone());
    assert_eq!((once("resume").as_deref(), once("nudge").as_deref()), (Some("route.leads_to == params.to"), Some("cluster.standbys_streaming > 0")));
    assert_eq!((step("resume").group.as_deref(), step("nudge").group.as_deref()), (Some("after"), Some("after")));
    assert_eq!(plan.steps.iter().filter(|step| step.job.call.starts_with("POST")).count(), 1);
    assert_eq!(plan.bound.get("cluster.leader.name"), Some(&json!("pg1")));
    assert_eq!(plan.phrase.as_deref(), Some("orders-eu"));
}

#[test]
fn the_same_wish_is_the_same_plan_and_any_other_is_another() {
    let hash = |to: &str, facts: &BTreeMap<String, Fact>| planned("switchover", &told_to(to), facts).expect("a plan").sha256();
    let same = facts();
    assert_eq!(hash("pg2", &same), hash("pg2", &facts()));
    assert_ne!(hash("pg2", &same), hash("pg3", &same));
    let mut other = facts();
    other.insert("cluster.leader.timeline".to_owned(), Reading::new(json!(5), Clock::real().now()));
    assert_ne!(hash("pg2", &same), hash("pg2", &other));
}

#[test]
fn what_has_to_be_known_and_is_not_is_told_and_there_is_no_plan() {
    for name in ["cluster.leader.name", "cluster.leader.timeline", "write_pools"] {
        let mut facts = facts();
        facts.remove(name);
        let Err(NoPlan::Unknown(gaps)) = planned("switchover", &told_to("pg2"), &facts) else { panic!("{name}") };
        assert!(gaps.iter().any(|gap| gap.fact == name), "{gaps:?}");
        let library = Library::shipped();
        assert!(wanted(library.runbook("switchover").expect("shipped"), &library).iter().any(|wanted| wanted == name), "{name} is not asked for");
    }
}

#[test]
fn what_it_is_told_is_checked() {
    assert!(matches!(planned("switchover", &BTreeMap::new(), &facts()), Err(NoPlan::Told(wrong)) if wrong[0].0.contains("wants to be told `to`")));
    assert!(
        matches!(planned("switchover", &told_to("pg1"), &facts()), Err(NoPlan::Refused(why)) if why[0].contains("params.to != cluster.leader.name"))
    );
    assert!(
        matches!(planned("switchover", &told_to("pg9"), &facts()), Err(NoPlan::Impossible(why)) if why[0].contains("there is no endpoint postgres/pg9"))
    );
    let mut misspelled = told_to("pg2");
    misspelled.insert("too".to_owned(), "x".to_owned());
    assert!(matches!(planned("switchover", &misspelled, &facts()), Err(NoPlan::Told(wrong)) if wrong[0].1 == "did you mean `to`?"));
}

#[test]
fn an_included_runbook_stands_in_its_place_with_names_of_its_own() {
    let text = "[params.there]\ntype = \"member\"\n[[step]]\nid = \"go\"\ninclude = { runbook = \"switchover\", with = { to = \"${params.there}\" } }\n\
        [[step]]\nid = \"gate\"\ncheck = \"cluster.leader.timeline > go.ready.timeline\"\n";
    let runbook = written("twice", text);
    let plan = planned_of(&runbook, &BTreeMap::from([("there".to_owned(), "pg2".to_owned())]), &facts()).expect("a plan");
    assert_eq!(plan.check(), Ok(()));
    let step = |id: &str| plan.steps.iter().find(|step| step.id == id).expect(id);
    let switch = &step("go.switch").job.body;
    assert_eq!((&switch["leader"], &switch["candidate"]), (&json!("${go.ready.old}"), &json!("pg2")));
    assert_eq!(
        step("go.promoted").job.body["until"],
        json!("cluster.leader.name == \"pg2\" and cluster.leader.writable and cluster.members_seen_writable == 1")
    );
    assert_eq!(step("gate[1]").expect.as_ref().map(|expect| expect.that.text.as_str()), Some("cluster.leader.timeline > go.ready.timeline"));
    // a name that is moved is moved once, also where the step that includes is called as one inside
    let same = text.replace("id = \"go\"", "id = \"ready\"").replace("go.ready", "ready.ready");
    let plan = planned_of(&written("twice", &same), &BTreeMap::from([("there".to_owned(), "pg2".to_owned())]), &facts()).expect("a plan");
    let promoted = plan.steps.iter().find(|step| step.id == "ready.promoted").and_then(|step| step.expect.clone()).expect("a step");
    assert_eq!(promoted.that.text, "cluster.leader.timeline == ready.ready.timeline + 1");
    let sync = plan.steps.iter().find(|step| step.id == "ready.candidate[1]").and_then(|step| step.when.clone()).expect("a step");
    assert_eq!(sync.text, "cluster.synchronous_mode");
    assert!(plan.runbook.text.contains("name = \"twice\"") && plan.runbook.text.contains("name      = \"switchover\""));
}

#[test]
fn the_language_of_a_plan_knows_the_kinds_of_what_is_saved() {
    use crate::engine::expression::{Language, Scope, Truth};
    let plan = planned("switchover", &told_to("pg2"), &facts()).expect("a plan");
    let spoken = Spoken::of(&plan);
    let promoted = plan.steps.iter().find(|step| step.id == "promoted").and_then(|step| step.expect.clone()).expect("an expectation").that;
    let mut scope = Scope { params: plan.open_params(), ..Scope::default() };
    assert!(matches!(spoken.truth(&promoted, &scope), Truth::Unknown(gaps) if gaps.len() == 2));
    scope.facts.insert("cluster.leader.timeline".to_owned(), Reading::new(json!(5), Clock::real().now()));
    scope.saved.insert("ready".to_owned(), json!({ "old": "pg1", "timeline": 4 }).as_object().cloned().expect("a map"));
    assert_eq!(spoken.truth(&promoted, &scope), Truth::True);
    let switch = plan.steps.iter().find(|step| step.id == "switch").expect("a step");
    let filled = spoken.fill(&switch.job.body, &scope).expect("known");
    assert_eq!((&filled["leader"], &filled["candidate"]), (&json!("pg1"), &json!("pg2")));
}

#[test]
fn a_secret_in_plain_text_is_refused_when_the_plan_is_made_and_is_not_repeated() {
    let runbook = written("leak", "[params.tok]\ntype = \"secret\"\n[[step]]\nid = \"look\"\ncheck = \"cluster.has_leader\"\n");
    let given = |text: &str| BTreeMap::from([("tok".to_owned(), text.to_owned())]);
    for text in ["CANARYINLINE", "file:", "exec:CANARYINLINE", ""] {
        let Err(NoPlan::Told(wrong)) = planned_of(&runbook, &given(text), &facts()) else { panic!("{text}: a plan") };
        assert!(wrong.iter().any(|(what, _)| what.starts_with("tok: ")), "{wrong:?}");
        assert!(!format!("{wrong:?}").contains("CANARY"), "{wrong:?}");
    }
    let plan = planned_of(&runbook, &given("file:/run/secrets/tok"), &facts()).expect("a plan");
    assert!(plan.params["tok"].secret && plan.params["tok"].value == json!("file:/run/secrets/tok"));
}

/// What the plan of a shipped runbook says of itself, with facts that are put in.
struct Said {
    plan: engine::Plan,
    scope: crate::engine::expression::Scope,
}

impl Said {
    fn of(name: &str, given: &BTreeMap<String, String>, values: &[(&str, Value)]) -> Said {
        let now = Clock::real().now();
        let read = |(name, value): &(&str, Value)| ((*name).to_owned(), Reading::new(value.clone(), now));
        let mut known = facts();
        known.extend([("cluster.paused", json!(false))].iter().chain(values).map(read));
        let plan = planned(name, given, &known).expect("a plan");
        let scope = crate::engine::expression::Scope { params: plan.open_params(), facts: values.iter().map(read).collect(), ..Default::default() };
        Said { plan, scope }
    }

    fn step(&self, id: &str) -> &engine::Step {
        self.plan.steps.iter().find(|step| step.id == id).unwrap_or_else(|| panic!("no step {id}"))
    }

    fn truth(&self, expr: &Expr) -> crate::engine::expression::Truth {
        use crate::engine::expression::Language;
        Spoken::of(&self.plan).truth(expr, &self.scope)
    }
}

#[test]
fn what_somebody_else_paused_or_gave_back_is_left_to_him() {
    use crate::engine::expression::Truth;
    for (name, paused) in [("pause", true), ("resume", false)] {
        for (is, truth) in [(paused, Truth::False), (!paused, Truth::True)] {
            let said = Said::of(name, &BTreeMap::new(), &[("cluster.paused", json!(is))]);
            let gate = said
                .plan
                .steps
                .iter()
                .filter_map(|step| step.expect.as_ref())
                .find(|expect| expect.that.text.trim_start_matches("not ") == "cluster.paused");
            assert_eq!(gate.map(|gate| said.truth(&gate.that)), Some(truth), "{name}");
        }
    }
}

#[test]
fn a_member_that_is_silent_keeps_no_pause_waiting() {
    use crate::engine::expression::Truth;
    for name in ["pause", "resume"] {
        for (answering, truth) in [(3, Truth::True), (2, Truth::False)] {
            let said = Said::of(name, &BTreeMap::new(), &[("cluster.members_expected", json!(3)), ("cluster.members_answering", json!(answering))]);
            let heard = said.step("heard").when.as_ref().expect("a condition");
            assert_eq!(said.truth(heard), truth, "{name}: {answering} of 3 answer");
        }
    }
}

#[test]
fn the_standbys_that_protect_a_commit_have_to_prove_it_even_when_they_are_gone_since() {
    use crate::engine::expression::Truth;
    let said = |synchronous: bool, by: &[&str]| {
        let mut said = Said::of("switchover", &told_to("pg2"), &[("cluster.synchronous_mode", json!(synchronous))]);
        said.scope.saved.insert("standbys".to_owned(), json!({ "by": by }).as_object().cloned().expect("a map"));
        said
    };
    let when = |said: &Said| {
        let steps = said.plan.steps.iter().filter(|step| step.id.starts_with("proof"));
        steps.map(|step| said.truth(step.when.as_ref().expect("a condition"))).collect::<Vec<_>>()
    };
    assert_eq!(when(&said(true, &["pg1", "pg3"])), [Truth::True, Truth::False, Truth::True]);
    assert_eq!(when(&said(false, &[])), [Truth::False, Truth::False, Truth::False]);
    // what a skipped step would have saved is unknown, also where nobody has to prove anything
    assert!(said(false, &[]).step("standbys").when.is_none());
}

#[test]
fn a_drill_goes_there_and_back_and_what_is_only_true_then_is_asked_then() {
    let library = Library::shipped();
    let runbook = library.runbook("drill").expect("shipped");
    let wish = Wish {
        runbook,
        others: &library,
        cluster: "orders-eu",
        environment: "dev",
        given: &told_to("pg2"),
        facts: &facts(),
        targets: &Platform,
        by: engine::Actor { name: "ada".to_owned(), host: "jump".to_owned(), via: "login".to_owned() },
        now: Timestamp::UNIX_EPOCH,
        rto_goal: Duration::from_secs(30),
    };
    let (plan, warned) = plan_and_warned(&wish).expect("a plan");
    assert_eq!(plan.check(), Ok(()));
    let step = |id: &str| plan.steps.iter().find(|step| step.id == id).expect(id);
    // each way has an order of its own, to who leads then
    let orders: Vec<(&str, &Value, &Value)> = plan
        .steps
        .iter()
        .filter(|step| step.id.ends_with(".switch"))
        .map(|step| (step.job.target.as_str(), &step.job.body["leader"], &step.job.body["candidate"]))
        .collect();
    assert_eq!(orders, [("patroni/pg1", &json!("${there.ready.old}"), &json!("pg2")), ("patroni/pg2", &json!("${back.ready.old}"), &json!("pg1"))]);
    // that pg1 does not lead is true only when the way back begins
    assert_eq!(step("back.params.to").expect.as_ref().map(|expect| expect.that.text.as_str()), Some("\"pg1\" != cluster.leader.name"));
    assert!(plan.steps.iter().all(|step| step.id != "there.params.to"));
    let later = |step: &str| warned.iter().filter(|warned| warned.step.starts_with(step)).map(|warned| warned.later).collect::<Vec<_>>();
    assert!(!later("there.ready").is_empty() && !later("there.ready").contains(&true) && !later("back.ready").contains(&false), "{warned:?}");
    let wider = step("wider");
    assert_eq!(wider.job.call, "PATCH /config {\"synchronous_node_count\":2} to patroni:pg2");
    assert_eq!(wider.undo.as_ref().map(|undo| undo.job.body["count"].clone()), Some(json!("${home.nodes}")));
    assert_eq!(plan.spans.iter().filter(|span| span.goal_ms.is_some()).count(), 3);
    assert!(matches!(planned("drill", &told_to("pg1"), &facts()), Err(NoPlan::Refused(_))));
}

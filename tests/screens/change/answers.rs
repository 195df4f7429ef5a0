//! What comes back in each state of the platform, made by hand; `x` stands behind every word of others.

use super::RUN;
use crate::screens::fixture;
use opsctl::app::change::question::{Asked, Audited, Drawn, Last, Now, OnShelf, Verdict};
use opsctl::app::change::sight::{Guard, Held, Line, Step};
use opsctl::app::change::{Refusal, Sight, Told};
use opsctl::app::plan::{Looked, Planned, show};
use opsctl::app::run::found::Life;
use opsctl::app::run::{audit, pages};
use opsctl::engine::audit::{Act, What};
use opsctl::engine::chain::Record;
use opsctl::engine::ending::Ending;
use opsctl::engine::history::Spread;
use opsctl::engine::plan::{Actor, Definition, FORMAT, OnCancel, Param, Risk, Undo};
use opsctl::engine::states::{OnFailure, RunState, StepState};
use opsctl::engine::{Expr, Job, Plan, Truth};
use opsctl::model::{Gap, Reason};
use opsctl::systems::view::{Cell, Row, Table, Tone};
use opsctl::tui::place::Place;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

fn ago(seconds: u64) -> jiff::Timestamp {
    fixture::ago(seconds).wall
}

fn spread(runs: usize, p5: u64, p50: u64, p95: u64) -> Spread {
    Spread { runs, p5: Duration::from_millis(p5), p50: Duration::from_millis(p50), p95: Duration::from_millis(p95) }
}

fn shelf(state: &str, x: &str) -> Vec<OnShelf> {
    let one = |name: &str, summary: &str, now: Now, last: Option<Last>, took: Option<Spread>| OnShelf {
        name: format!("{name}{x}"),
        summary: format!("{summary}{x}"),
        why: Some(format!("when one has to{x}")),
        impact: Some(format!("writes wait for 2 to 10 s; no client is disconnected{x}")),
        risk: Some("high"),
        now,
        last,
        took,
    };
    let last = |word: &str, tone: Tone, seconds: u64| Some(Last { word: word.to_owned(), tone, at: ago(seconds) });
    let failover = "Make a member the primary when there is none: what may be lost is said first";
    let switchover = "Move the primary to another member: clients wait at the poolers, no write is lost";
    if state == "degraded" {
        let blocked = Now::Blocked(format!("to=pg2: not so: the candidate is a synchronous standby; it streams on the timeline of the leader{x}"));
        return vec![
            one("failover", failover, Now::Unknown(format!("to=pg2: cannot be judged: the store answers with a quorum{x}")), None, None),
            one("mine", "", Now::Broken(format!("mine: 3:1: a step wants `why`{x}")), None, None),
            one("switchover", switchover, blocked, last("interrupted", Tone::Bad, 310), Some(spread(1, 9_400, 9_400, 9_400))),
        ];
    }
    vec![
        one("failover", failover, Now::Blocked(format!("to=pg1: not so: no member that answers accepts writes{x}")), None, None),
        one(
            "switchover",
            switchover,
            Now::Ready(format!("to=pg2{x}")),
            last("succeeded", Tone::Good, 260_000),
            Some(spread(14, 9_400, 12_300, 18_000)),
        ),
    ]
}

fn runs(state: &str, x: &str) -> Table {
    let mut table = pages::list(&[]).tables.remove(0);
    let row = |id: &str, state: &str, tone: Tone, step: Option<&str>, done: usize, seconds: u64, why: Option<&str>| {
        let text = |text: Option<&str>| text.map_or(Cell::Nothing, |text| Cell::text(format!("{text}{x}")));
        let cells = vec![
            Cell::text(id),
            Cell::text(format!("switchover{x}")),
            Cell::text(format!("orders-eu{x}")),
            Cell::word(state, tone),
            text(step),
            Cell::count(done),
            Cell::count(9),
            Cell::List(step.map(|_| opsctl::text::Untrusted::from(format!("pause{x}"))).into_iter().collect()),
            Cell::text(format!("ana@jump1{x}")),
            Cell::Time(ago(seconds)),
            Cell::Time(ago(seconds - 20)),
            text(why),
        ];
        Row::new(id, cells)
    };
    table.rows = match state {
        "degraded" => vec![row(RUN, "interrupted", Tone::Bad, Some("switch"), 4, 310, None)],
        "stale" => Vec::new(),
        _ => vec![row(RUN, "running", Tone::Plain, Some("promoted"), 4, 41, None)],
    };
    if state != "stale" {
        table.rows.push(row("01K3ZQ7Y9M2T4B6C8D0E7ZQ2AB", "succeeded", Tone::Good, None, 9, 260_000, None));
        table.rows.push(row("01K3ZQ7Y9M2T4B6C8D0E7ZQ1CD", "failed", Tone::Bad, None, 2, 860_000, Some("ready: the store does not answer")));
    }
    table
}

fn audited(state: &str, x: &str) -> Audited {
    let act = |n: u64, what: What, text: &str| Record {
        n,
        at: ago(2_000 - n),
        mono_ms: n,
        prev: "9f3c".repeat(16),
        entry: Act {
            what,
            by: Actor { name: format!("ana{x}"), host: "jump1".to_owned(), via: "login".to_owned() },
            cluster: Some(format!("orders-eu{x}")),
            run: Some(RUN.to_owned()),
            text: format!("{text}{x}"),
        },
    };
    let records =
        [act(1_204, What::Ended, "run of switchover: done and verified"), act(1_203, What::Confirmed, "run of switchover, plan 9f3c21d0a7b4")];
    let (verdict, records) = match state {
        "degraded" => {
            (Verdict::Broken { record: Some(311), why: format!("audit.jsonl: record 311 (line 311) does not follow the one before{x}") }, &[][..])
        }
        "stale" => (Verdict::Missing, &[][..]),
        _ => (Verdict::Whole { records: 1_204, head: "9f3c21d0a7b4".repeat(5) }, &records[..]),
    };
    Audited { verdict, records: audit::list(records).tables.remove(0) }
}

fn job(kind: &str, call: &str, target: &str) -> Job {
    Job { kind: kind.to_owned(), body: Value::Null, target: target.to_owned(), call: call.to_owned(), facts: Vec::new() }
}

/// A plan of four steps, two of which change something.
fn planned(x: &str, truths: [Truth; 3], alone: Option<String>) -> Planned {
    let step = |id: &str, why: &str, job: Job| opsctl::engine::Step { why: Some(format!("{why}{x}")), ..opsctl::engine::Step::new(id, job) };
    let expr = |text: &str| Expr { text: format!("{text}{x}"), facts: vec!["cluster.dcs_answers".to_owned()] };
    let resume = Undo { job: job("pgbouncer", &format!("RESUME orders{x}"), "pgbouncer/pgb-1"), timeout: Duration::from_secs(5), idempotent: true };
    let pause = opsctl::engine::Step {
        changes: true,
        idempotent: true,
        undo: Some(resume),
        finally: true,
        hold: Some(Duration::from_mins(1)),
        ..step(
            "pause[pgb-1]",
            "clients wait at the pooler while the leader changes",
            job("pgbouncer", &format!("PAUSE orders{x}"), "pgbouncer/pgb-1"),
        )
    };
    let switch = opsctl::engine::Step {
        changes: true,
        point_of_no_return: true,
        ..step(
            "switch",
            "one request to the leader; it is never repeated",
            job("patroni", &format!("POST /switchover leader=pg1 candidate=pg2{x}"), "patroni/pg1"),
        )
    };
    let plan = Plan {
        spans: Vec::new(),
        format: FORMAT,
        runbook: Definition {
            name: format!("switchover{x}"),
            summary: format!("Move the primary to another member: clients wait at the poolers, no write is lost{x}"),
            text: "opsctl = 1".to_owned(),
            sha256: "ab".repeat(32),
        },
        cluster: "orders-eu".to_owned(),
        environment: "prod".to_owned(),
        risk: Risk::High,
        impact: Some(format!("writes wait for 2 to 10 s; no client is disconnected{x}")),
        lock: true,
        params: BTreeMap::from([("to".to_owned(), Param { kind: "member".to_owned(), value: json!(format!("pg2{x}")), secret: false })]),
        policy: OnFailure::Ask,
        on_cancel: OnCancel::Pause,
        steps: vec![
            step("ready", "a cluster that is not whole does not survive it", job("check", "", "")),
            pause,
            switch,
            step("promoted", "the lock says who should lead, PostgreSQL says who does", job("wait", "cluster.leader.name == params.to", "")),
        ],
        abort_when: Vec::new(),
        bound: BTreeMap::from([("cluster.leader.name".to_owned(), json!(format!("pg1{x}"))), ("cluster.leader.timeline".to_owned(), json!(42))]),
        approvals: 0,
        phrase: Some("orders-eu".to_owned()),
        planned_at: ago(4),
        by: Actor { name: "ana".to_owned(), host: "jump1".to_owned(), via: "login".to_owned() },
    };
    let [quorum, sync, transaction] = truths;
    let gate = |step: &str, says: &str, truth: Truth, warns: bool| Looked {
        step: step.to_owned(),
        says: format!("{says}{x}"),
        that: expr("cluster.dcs_answers").text,
        warns,
        truth: Some(truth),
        seen: vec![(format!("cluster.dcs_answers{x}"), "true".to_owned())],
    };
    let gates = vec![
        gate("ready[1]", "the store answers with a quorum", quorum, false),
        gate("candidate[1]", "the candidate is a synchronous standby", sync, false),
        gate("ready[7]", "no transaction is open for 30 s: the pause would wait for it", transaction, true),
    ];
    Planned { plan, gates, alone }
}

/// What is said of the lock of a cluster without an etcd.
pub(super) fn alone(x: &str) -> String {
    format!("the lock of orders-eu is of this host alone (no etcd is configured for it): colleagues on another one are not kept off{x}")
}

fn params(x: &str) -> Vec<Asked> {
    vec![Asked {
        name: format!("to{x}"),
        of: "member",
        doc: Some(format!("The member that leads afterwards{x}")),
        default: None,
        choices: vec![(format!("pg2{x}"), "ready".to_owned()), (format!("pg1{x}"), format!("blocked: to is not what it has to be{x}"))],
    }]
}

fn drawn(state: &str, x: &str) -> Drawn {
    let given = BTreeMap::from([(format!("to{x}"), format!("pg2{x}"))]);
    let (given, made) = match state {
        "degraded" => {
            let gap = Gap::new(format!("cluster.dcs_answers{x}"), Reason::Unreachable(format!("connection refused{x}")));
            (given, Ok(planned(x, [Truth::Unknown(vec![gap]), Truth::False, Truth::False], Some(alone(x)))))
        }
        "stale" => (
            BTreeMap::new(),
            Err(Refusal::new(format!("it wants to be told `to`{x}"), format!("--param to=VALUE: The member that leads afterwards{x}"))),
        ),
        _ => (given, Ok(planned(x, [Truth::True, Truth::True, Truth::False], None))),
    };
    let steps_took = BTreeMap::from([("pause[pgb-1]".to_owned(), spread(14, 100, 400, 900)), ("switch".to_owned(), spread(14, 900, 2_100, 4_000))]);
    Drawn { params: params(x), given, made: made.map(Arc::new), took: Some(spread(14, 9_400, 12_300, 18_000)), steps_took }
}

pub(super) fn sight(state: &str, x: &str) -> Sight {
    use StepState as S;
    let step = |id: &str, state: StepState, took: Option<u64>, call: &str| Step {
        id: id.to_owned(),
        state,
        attempt: u32::from(state != S::Pending),
        took: took.map(Duration::from_millis),
        target: format!("patroni/pg1{x}"),
        call: format!("{call}{x}"),
        why: None,
        changes: matches!(id, "patience" | "pause" | "switch"),
        undoable: matches!(id, "patience" | "pause"),
        point: id == "switch",
        holds: id == "pause",
    };
    let states = match state {
        "degraded" => [S::Done, S::Done, S::Undone, S::InDoubt, S::Pending, S::Pending],
        "stale" => [S::Done, S::Undone, S::Undone, S::Done, S::Done, S::Done],
        _ => [S::Done, S::Done, S::Done, S::Done, S::Intent, S::Pending],
    };
    let took = [Some(900), Some(100), Some(400), Some(2_100), Some(12_000), if state == "stale" { Some(3_200) } else { None }];
    let names = [
        ("ready", ""),
        ("patience", "SET server_login_retry = 0"),
        ("pause", "PAUSE orders"),
        ("switch", "POST /switchover"),
        ("promoted", "wait"),
        ("protected", "wait"),
    ];
    let mut steps: Vec<Step> = names.iter().zip(states).zip(took).map(|(((id, call), state), took)| step(id, state, took, call)).collect();
    let (run, life, ending) = match state {
        "degraded" => (RunState::Interrupted, Life::Nobody, Some(Ending::InDoubt)),
        "stale" => (RunState::Succeeded, Life::Nobody, Some(Ending::Done)),
        _ => (RunState::Running, Life::Runs, None),
    };
    if state == "degraded" {
        steps[3].why = Some(format!("no answer before the deadline{x}"));
        for later in &mut steps[4..] {
            later.took = None;
        }
    }
    let live = run == RunState::Running;
    let line = |seconds: u64, text: &str| Line { at: Some(ago(seconds)), text: format!("{text}{x}") };
    Sight {
        id: RUN.to_owned(),
        runbook: format!("switchover{x}"),
        summary: format!("Move the primary to another member: clients wait at the poolers, no write is lost{x}"),
        cluster: format!("orders-eu{x}"),
        by: Some(format!("ana@jump1{x}")),
        state: run,
        life,
        why: (!live && state == "degraded").then(|| format!("its process is gone{x}")),
        ending,
        process: Some(format!("process 4711 on jump1{x}")),
        on_cancel: OnCancel::Pause,
        alone: (state == "degraded").then(|| alone(x)),
        span: Some((ago(41), ago(if live { 1 } else { 20 }))),
        steps,
        owes: match state {
            "degraded" => vec!["patience".to_owned()],
            "stale" => Vec::new(),
            _ => vec!["patience".to_owned(), "pause".to_owned()],
        },
        held: if live {
            vec![Held { step: "pause".to_owned(), until: Some(ago(0) + jiff::SignedDuration::from_secs(23)), guard: Guard::Stands }]
        } else {
            Vec::new()
        },
        asks: None,
        ordered: None,
        output: vec![
            Line { at: None, text: format!("leader is still pg1{x}") },
            line(12, "promoted: begins"),
            line(13, "switch: done"),
            line(16, "pause: clients are held until 14:03:45Z at the latest"),
            line(41, "run 01K3ZQ7Y9M2T4B6C8D0E7ZQ39F is process 4711 on jump1"),
        ],
        took: Some(spread(14, 9_400, 12_300, 18_000)),
        at: ago(0),
    }
}

/// What comes back for `place` in the state called `name`, `x` behind every word of others; in the last state nothing has come yet.
pub(super) fn told(name: &str, place: Place, x: &str) -> Option<Result<Told, String>> {
    match name {
        "empty" => return None,
        "down" => return Some(Err(format!("cannot read /var/lib/opsctl/runs: Permission denied (os error 13){x}"))),
        _ => {}
    }
    Some(Ok(match place {
        Place::Runbooks => Told::Runbooks(shelf(name, x)),
        Place::Runs => Told::Runs(runs(name, x)),
        Place::Audit => Told::Audit(audited(name, x)),
        Place::Plan => Told::Plan(Box::new(drawn(name, x))),
        _ => Told::Run(Box::new(sight(name, x))),
    }))
}

#[test]
fn the_verdict_of_a_plan_names_the_check_that_says_no() {
    let told = |truths: [Truth; 3]| {
        let page = show(&planned("", truths, None));
        let word = |key: &str| page.facts.iter().find(|(column, _)| column.key == key).map(|(_, cell)| opsctl::app::cells::words(cell).0).expect(key);
        [word("verdict"), word("stopped_by")]
    };
    let unknown = || Truth::Unknown(vec![Gap::new("cluster.dcs_answers", Reason::NotReported)]);
    assert_eq!(told([Truth::True, Truth::False, Truth::False]), ["refused", "the candidate is a synchronous standby"]);
    assert_eq!(
        told([unknown(), Truth::False, Truth::True])[1],
        "the candidate is a synchronous standby",
        "what says no is worse than what nobody knows"
    );
    assert_eq!(told([unknown(), Truth::True, Truth::True]), ["unknown", "the store answers with a quorum"]);
    assert_eq!(told([Truth::True, Truth::True, Truth::False])[0], "ready", "a warning stops nobody");
}

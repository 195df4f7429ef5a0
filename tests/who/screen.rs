//! The screen of a process, before and after its answer, and the page of what is foretold: keys in, frame out.

use super::chain::server;
use crate::screens::dump::{letters, look};
use crate::screens::platform::STATES;
use crate::screens::{fixture, frame, on_cluster, press};
use crate::support::console::{Console, Reply};
use crate::support::judging::endpoint;
use opsctl::app::who::chain::link;
use opsctl::app::who::{Inquiry, Pool, Queue, Traced, Tracer};
use opsctl::config::{ClusterSpec, Inventory};
use opsctl::model::{Clock, EndpointId, Gap, Reason};
use opsctl::systems::pgbouncer::sessions::{Session, Side};
use opsctl::text::Untrusted;
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::Keymap;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::who::{Sought, Told, WhoAnswer, WhoOrder};
use opsctl::tui::errand::{Done, Errand};
use opsctl::tui::place::{Place, Screen};
use opsctl::tui::registry::COMMANDS;
use opsctl::tui::update::{Message, update};
use std::sync::Arc;
use std::time::Duration;

fn order() -> WhoOrder {
    WhoOrder { cluster: "orders-eu".into(), member: Some("pg1".into()), sought: Sought::Process(25_052) }
}

fn asked() -> State {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    state.go(Screen::who(order()));
    state
}

fn answer(state: &mut State, order: WhoOrder, traced: Result<Traced, String>) -> Option<Effect> {
    told(state, order, traced.map(Told::Process))
}

fn told(state: &mut State, order: WhoOrder, traced: Result<Told, String>) -> Option<Effect> {
    let keymap = Keymap::of(COMMANDS).expect("no conflict");
    update(state, &keymap, Message::Done(Done::Who(Arc::new(WhoAnswer { order, traced }))), fixture::now())
}

fn shown(state: &State) -> String {
    letters(&frame(state, &look(Glyphs::Unicode)))
}

#[test]
fn the_answer_comes_to_where_it_was_asked_for_and_nowhere_else() {
    let mut state = asked();
    assert!(shown(&state).contains("asking who pid 25052 on pg1 belongs to"), "{}", shown(&state));
    let mut process = server("pg1", 25_052, Some(55_000));
    process.session.application_name = Some("batch\u{1b}]0;x\u{7}".into());
    let chain = link(&process, &[], &[]);
    assert!(answer(&mut state, WhoOrder { sought: Sought::Process(1), ..order() }, Ok(Traced::Chain(chain.clone()))).is_none(), "another question");
    assert!(shown(&state).contains("asking who"));
    assert!(answer(&mut state, order(), Ok(Traced::Chain(chain))).is_some());
    let text = shown(&state);
    assert!(text.contains("the client of pid 25052 on pg1 is 127.0.0.1:55000, which calls itself batch"), "{text}");
    assert!(text.contains("backend") && text.contains("FROM THE PROCESS TO ITS CLIENT") && text.contains("who 25052"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a raw byte of a client");
}

#[test]
fn each_end_of_a_search_is_said_in_words() {
    let unread = Gap::new("sessions of postgres pg3", Reason::Unreachable("no answer before the deadline".into()));
    for (traced, words) in [
        (Ok(Traced::Several(vec!["pg1".into(), "pg2".into()])), "several servers have a process 25052: pg1, pg2"),
        (Ok(Traced::Nowhere { unread: vec![] }), "no server has a process 25052; it may have ended"),
        (Ok(Traced::Nowhere { unread: vec![unread] }), "? pid 25052 on pg1: sessions of postgres pg3: no answer before the deadline"),
        (Ok(Traced::Chain(link(&server("pg1", 25_052, None), &[], &[]))), "? client of pid 25052 on pg1: no privilege"),
        (Err("who failed inside: x".into()), "who failed inside: x"),
    ] {
        let mut state = asked();
        answer(&mut state, order(), traced);
        assert!(shown(&state).contains(words), "{words}\n{}", shown(&state));
    }
}

#[test]
fn the_key_asks_for_the_selected_process_and_once_more_on_its_screen() {
    let mut state = asked();
    answer(&mut state, order(), Ok(Traced::Nowhere { unread: vec![] }));
    assert_eq!(press(&mut state, &["w"]), [Some(Effect::Errand(Errand::Who(order())))]);
    assert!(shown(&state).contains("asking who pid 25052"), "the former answer is no answer to the new question");
    press(&mut state, &["esc"]);
    assert_eq!(state.place(), Place::Cluster);
    // a row of a cluster's own panels is no process
    assert!(!matches!(press(&mut state, &["w"])[..], [Some(Effect::Errand(_))]));
}

#[test]
fn what_is_foretold_is_a_page_and_no_size_breaks_either_screen() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    press(&mut state, &["F"]);
    assert_eq!(state.place(), Place::Foresee);
    let text = shown(&state);
    assert!(text.contains("IF IT DIES NOW") && text.contains("EVIDENCE"), "{text}");
    let mut who = asked();
    answer(&mut who, order(), Ok(Traced::Chain(link(&server("pg1", 25_052, Some(55_000)), &[], &[]))));
    for state in [&mut state, &mut who] {
        for size in [(0, 0), (1, 1), (59, 15), (60, 16), (61, 17), (80, 24), (200, 60), (300, 100), (300, 1), (1, 100)] {
            state.size = size;
            let _drawn = frame(state, &look(Glyphs::Ascii));
        }
    }
}

#[test]
fn an_answer_finds_its_question_where_one_left_it_and_another_cluster_has_not_the_process() {
    let mut state = asked();
    press(&mut state, &["esc"]);
    assert_eq!(state.place(), Place::Cluster);
    assert!(answer(&mut state, order(), Ok(Traced::Nowhere { unread: vec![] })).is_some());
    press(&mut state, &["["]);
    assert!(shown(&state).contains("it may have ended"), "{}", shown(&state));
    press(&mut state, &["}"]);
    assert_eq!((state.place(), state.cluster()), (Place::Cluster, Some("search")));
}

#[test]
fn the_key_asks_who_waits_at_the_selected_pooler_or_pool() {
    let (_, healthy) = STATES[0];
    let mut state = on_cluster(&healthy(), (120, 35));
    let asked = press(&mut state, &["5", "w"]).pop().flatten();
    let Some(Effect::Errand(Errand::Who(order))) = asked else { panic!("{asked:?}") };
    assert_eq!((order.cluster.as_str(), &order.sought), ("orders-eu", &Sought::Waiting(None)));
    let pooler = order.member.clone().expect("a pooler");
    assert!(shown(&state).contains(&format!("asking who waits at {pooler}")), "{}", shown(&state));
    press(&mut state, &["esc"]);
    let asked = press(&mut state, &["tab", "w"]).pop().flatten();
    let Some(Effect::Errand(Errand::Who(order))) = asked else { panic!("{asked:?}") };
    let Sought::Waiting(Some(pool)) = &order.sought else { panic!("{order:?}") };
    let session = |state: &str, wait: u64, application: &str, user: &str| Session {
        side: Side::Clients,
        database: Some(pool.database.as_str().into()),
        user: Some(user.into()),
        state: Some(state.into()),
        address: Some("10.1.4.7".into()),
        port: Some(60_878),
        local_address: None,
        local_port: None,
        application: Some(application.into()),
        wait: Some(Duration::from_secs(wait)),
        pointer: None,
        link: None,
        remote_pid: None,
        tls: None,
        connected: None,
        requested: None,
        id: None,
    };
    let ours = pool.user.as_str();
    let clients = vec![
        session("active", 0, "served", ours),
        // whoever looks is no client
        session("active", 0, "opsctl", ours),
        session("waiting", 7, "later", ours),
        session("waiting", 42, "first\u{1b}[2J", ours),
        session("brand_new_word", 0, "unheard", ours),
        session("waiting", 99, "another pool", "somebody else"),
    ];
    let id = EndpointId { cluster: "orders-eu".into(), system: "pgbouncer".into(), name: pooler };
    let queue = Queue::of(&id, clients, Some(pool), fixture::now());
    assert!(told(&mut state, order.clone(), Ok(Told::Waiting(Ok(queue)))).is_some());
    let text = shown(&state);
    assert!(text.contains("3 clients wait at ") && text.contains("the longest for 42s; 1 other is served or idle"), "{text}");
    let at = |word: &str| text.find(word).unwrap_or_else(|| panic!("no {word}\n{text}"));
    assert!(at("first") < at("later") && at("later") < at("unheard") && !text.contains("another pool"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a raw byte of a client");
    told(&mut state, order, Ok(Told::Waiting(Err(Gap::new("clients of pgbouncer pgb-1", Reason::Unreachable("no answer".into()))))));
    // it was answered before: what comes late is the newest
    assert!(shown(&state).contains("? clients of pgbouncer pgb-1: no answer"), "{}", shown(&state));
}

#[tokio::test]
async fn who_waits_is_asked_of_the_pooler_itself() {
    let console = Console::start();
    let columns = ["type", "user", "database", "state", "addr", "port", "wait", "wait_us", "application_name"];
    let row = |state: &'static str, wait: &'static str, name: &'static str| ["C", "u", "app", state, "10.1.4.7", "60878", wait, "0", name];
    console.rows("SHOW CLIENTS", &columns, &[&row("waiting", "5", "batch"), &row("active", "0", "web"), &row("waiting", "9", "api")]);
    let mut spec = ClusterSpec::named("lab", "test");
    spec.endpoints = vec![Arc::new(endpoint("pgbouncer", &[("address", &console.address)]))];
    let inquiry = Inquiry::new(&Inventory { clusters: vec![Arc::new(spec)] }, &Clock::real(), Duration::from_secs(2));
    let pool = |user: &str| Pool { database: "app".into(), user: user.into() };
    let queue = inquiry.waiting("lab", "node", Some(&pool("u"))).await.expect("asked");
    let names: Vec<&str> = queue.waiting.iter().filter_map(|client| client.application.as_ref()).map(Untrusted::raw).collect();
    assert_eq!((names, queue.served), (vec!["api", "batch"], 1));
    assert_eq!(inquiry.waiting("lab", "node", Some(&pool("nobody"))).await.expect("asked").waiting, []);
    assert!(inquiry.waiting("lab", "gone", None).await.is_err());
    console.reply("SHOW CLIENTS", Reply::Error("not allowed".to_owned()));
    let gap = inquiry.waiting("lab", "node", None).await.expect_err("refused");
    assert!(matches!(gap.reason, Reason::NotAuthenticated(_)), "{gap:?}");
}

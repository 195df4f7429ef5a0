//! Every command of the registry by its keys, and what is seen afterwards.

use super::{play, seen};
use crate::screens::platform::STATES;
use crate::screens::{fixture, on_cluster, on_fleet};
use jiff::SignedDuration;
use opsctl::app::history::Step;
use opsctl::theme::Glyphs;
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::Errand;
use opsctl::tui::errand::bundle::BundleOrder;
use opsctl::tui::errand::child::Outing;
use opsctl::tui::errand::travel::TravelOrder;
use opsctl::tui::errand::who::{Sought, WhoOrder};
use opsctl::tui::pace::Cause;
use opsctl::tui::registry::{COMMANDS, VERBS};
use std::collections::BTreeSet;

/// The command, the keys on the cluster `orders-eu` of the degraded platform, and what the frame shows then.
const SCRIPTS: [(&str, &str, &str); 66] = [
    ("open", "<tab><tab>j<enter>", "q2   [PROD]"),
    ("explain", "X", "orders-eu ▸ split-brain"),
    ("back", "X<esc>", "FINDINGS"),
    ("next-panel", "<tab>", "1/3"),
    ("former-panel", "<backtab>", "▸     5s  pg3"),
    ("zoom", "z", "1/7"),
    ("next-cluster", "}", "fleet ▸ search"),
    ("former-cluster", "}{", "fleet ▸ orders-eu"),
    ("runbooks", "r", "orders-eu ▸ runbooks"),
    ("runs", "R", "reading the runs of this host"),
    ("audit", "A", "reading the audit of this host"),
    ("begin", ":plan switchover to=pg2<enter>r", "the plan is being made"),
    ("parameters", ":plan switchover<enter>e", "the plan is being made"),
    ("plan-again", ":plan switchover<enter>u", "orders-eu ▸ plan switchover"),
    ("stop", ":attach 7ZQ39F<enter>a", "nobody is at work on this run here"),
    ("answer", ":attach 7ZQ39F<enter>i", "this run asks nothing now"),
    ("go-on", ":attach 7ZQ39F<enter>o", "this run is over, or somebody is at work on it"),
    ("detach", ":attach 7ZQ39F<enter>d", "FINDINGS"),
    ("filter", "/pg3<enter>", "/pg3 2 of 7 rows"),
    ("palette", ":locks", "Page: who holds up whom"),
    ("sort", "S", "sorted by"),
    ("turn-order", "Ss", "sorted by"),
    ("reset", "/pg3<enter>Sl=", "1/7"),
    ("columns", "c", "COLUMNS, "),
    ("scroll-right", "zl", "1 more to the left"),
    ("scroll-left", "zlh", "RULE"),
    ("former-view", "4[", "FINDINGS"),
    ("later-view", "4[]", "orders-eu ▸ locks"),
    ("last-view", "4--", "orders-eu ▸ locks"),
    ("fleet", "0", "NEEDS YOU NOW"),
    ("topology", "1", "orders-eu ▸ topology"),
    ("replication", "2", "orders-eu ▸ replication"),
    ("activity", "3", "orders-eu ▸ activity"),
    ("locks", "4", "orders-eu ▸ locks"),
    ("poolers", "5", "orders-eu ▸ poolers"),
    ("balancers", "6", "orders-eu ▸ balancers"),
    ("consensus", "7", "orders-eu ▸ consensus"),
    ("findings", "8", "orders-eu ▸ findings"),
    ("foresee", "F", "orders-eu ▸ foresee"),
    ("who", "w", "select a process first"),
    ("events", "9", "orders-eu ▸ events"),
    ("queries", "Q", "orders-eu ▸ queries"),
    ("history", "H", "orders-eu ▸ history"),
    ("show-config", "C", "orders-eu ▸ show-config"),
    ("doctor", "D", "orders-eu ▸ doctor"),
    ("copy", "y", "FINDINGS"),
    ("down", "j", "2/7"),
    ("up", "jjk", "2/7"),
    ("page-down", " ", "7/7"),
    ("page-up", " <pgup>", "1/7"),
    ("first", "Gg", "1/7"),
    ("last", "G", "7/7"),
    ("freeze", "f", "FROZEN"),
    ("rewind", "<", "FINDINGS"),
    ("forward", ">", "FINDINGS"),
    ("minute-back", "(", "FINDINGS"),
    ("minute-forward", ")", "FINDINGS"),
    ("live", "fL", "data 1s"),
    ("play", "p", "FINDINGS"),
    ("bundle", "B", "FINDINGS"),
    ("mouse", "m", "selects text with the mouse"),
    ("psql", "!", "FINDINGS"),
    ("redraw", "<ctrl-l>", "FINDINGS"),
    ("suspend", "<ctrl-z>", "FINDINGS"),
    ("help", "?", "KEYS"),
    ("close", "?<enter>", "FINDINGS"),
];

#[test]
fn every_command_is_reached_by_its_key_and_does_what_it_says() {
    let played: BTreeSet<&str> = SCRIPTS.iter().map(|(id, _, _)| *id).chain(["quit"]).collect();
    let every: BTreeSet<&str> = COMMANDS.iter().map(|command| command.id).collect();
    assert_eq!(every.difference(&played).collect::<Vec<_>>(), Vec::<&&str>::new(), "commands without a script");
    assert_eq!(played.difference(&every).collect::<Vec<_>>(), Vec::<&&str>::new(), "scripts without a command");
    for (id, script, expected) in SCRIPTS {
        let mut state = on_cluster(&fixture::degraded(), (120, 35));
        play(&mut state, script);
        let shown = seen(&state);
        assert!(shown.contains(expected), "{id} {script:?} does not show {expected:?}:\n{shown}");
    }
    assert_eq!(play(&mut on_fleet(&fixture::degraded(), (120, 35)), "q"), Some(Effect::Quit));
}

#[test]
fn pages_open_from_what_is_told_in_full_too() {
    let cases = [
        // a finding, a row of a page, one that is foreseen, the help
        ("X5", "fleet ▸ orders-eu ▸ poolers"),
        ("8<enter>H", "fleet ▸ orders-eu ▸ history"),
        ("2<enter>F", "fleet ▸ orders-eu ▸ foresee"),
        ("F<enter>2", "fleet ▸ orders-eu ▸ replication"),
        ("F<enter>x", "if pg1 dies ▸ pending-restart"),
        ("?5", "fleet ▸ orders-eu ▸ poolers"),
        // back to where the first page was opened, and to what was left
        ("8<enter>5<esc>", "FINDINGS"),
        ("8<enter>5[", "orders-eu ▸ findings ▸ split-brain"),
        ("8jj<enter>8", "3/7"),
        ("Xx", "this is all that the rule found"),
    ];
    for (script, expected) in cases {
        let mut state = on_cluster(&fixture::degraded(), (120, 35));
        play(&mut state, script);
        let shown = seen(&state);
        assert!(shown.contains(expected), "{script:?} does not show {expected:?}:\n{shown}");
    }
}

#[test]
fn each_key_of_time_asks_for_its_step_from_what_is_shown() {
    let observed = fixture::degraded();
    for (key, step) in [("<", Step::Back), (">", Step::Forth), ("(", Step::By(-60)), (")", Step::By(60))] {
        let asked = play(&mut on_cluster(&observed, (120, 35)), key);
        assert_eq!(asked, Some(Effect::Errand(Errand::Travel(TravelOrder { from: observed.now, step }))), "{key}");
    }
    let mut state = on_cluster(&observed, (120, 35));
    play(&mut state, "f");
    assert!(!state.picture.mode().is_live());
    play(&mut state, "L");
    assert!(state.picture.mode().is_live());
    assert!(matches!(play(&mut state, "B"), Some(Effect::Errand(Errand::Bundle(_)))));
}

#[test]
fn the_palette_runs_anything_by_its_name() {
    let cases = [
        (":locks<enter>", "orders-eu ▸ locks"),
        (":locks billing<enter>", "billing ▸ locks"),
        (":lock<tab>bill<enter>", "billing ▸ locks"),
        (":@search<enter>", "fleet ▸ search"),
        (":billing<enter>", "▸ billing"),
        (":by sever<enter>", "sorted by severity"),
        (":by<enter>rule<enter>", "sorted by rule"),
        (":only pg3<enter>", "/pg3 2 of 7 rows"),
        (":only lga>1s<enter>", "no column 'lga' here"),
        (":zzzz", "nothing is called so"),
        (":zzzz<enter>", "nothing is called 'zzzz' here"),
        (":D<enter>", "orders-eu ▸ doctor"),
        (":locks<esc>", "FINDINGS"),
        (":doctor<enter>:", "▸ doctor"),
        (":who 4711 pg1<enter>", "who 4711"),
        (":who pg1<enter>", "a process is named by its number"),
        (":at noon<enter>", "is no time"),
        (":locksx<backspace><enter>", "orders-eu ▸ locks"),
    ];
    for (script, expected) in cases {
        let mut state = on_cluster(&fixture::degraded(), (120, 35));
        play(&mut state, script);
        let shown = seen(&state);
        assert!(shown.contains(expected), "{script:?} does not show {expected:?}:\n{shown}");
    }
    let asked = |script: &str| play(&mut on_cluster(&fixture::degraded(), (120, 35)), script);
    let order = WhoOrder { cluster: "orders-eu".to_owned(), member: Some("pg1".to_owned()), sought: Sought::Process(4_711) };
    assert_eq!(asked(":who 4711 pg1<enter>"), Some(Effect::Errand(Errand::Who(order))));
    let at = fixture::degraded().now;
    let step = Step::To(at.wall - SignedDuration::from_mins(5));
    assert_eq!(asked(":at -5m<enter>"), Some(Effect::Errand(Errand::Travel(TravelOrder { from: at, step }))));
    let below = |folder: &str| Some(Effect::Errand(Errand::Bundle(BundleOrder { at, below: folder.into() })));
    assert_eq!((asked(":bundle /tmp/it<enter>"), asked(":bundle<enter>"), asked("B")), (below("/tmp/it"), below("."), below(".")));
    let worn = |effect: &str| Some(Effect::Theme(effect.to_owned()));
    assert_eq!(
        (asked(":theme paper<enter>"), asked(":theme pap<tab><enter>"), asked(":the<enter>sk<enter>")),
        (worn("paper"), worn("paper"), worn("sky"))
    );
    assert_eq!(
        (asked(":glyphs ascii<enter>"), asked(":gly<enter>uni<enter>")),
        (Some(Effect::Glyphs(Glyphs::Ascii)), Some(Effect::Glyphs(Glyphs::Unicode)))
    );
    // without a cluster nobody knows whose process it would be
    let mut state = on_fleet(&fixture::degraded(), (120, 35));
    play(&mut state, ":who 4711<enter>");
    assert!(seen(&state).contains("open a cluster first"), "{}", seen(&state));
    for leave in [":q<enter>", ":quit<enter>"] {
        assert_eq!(play(&mut on_fleet(&fixture::degraded(), (80, 24)), leave), Some(Effect::Quit), "{leave}");
    }
    // the letters of a dialog are letters
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    assert!(play(&mut state, "/q").is_some_and(|effect| effect != Effect::Quit));
    assert_eq!(play(&mut state, "<ctrl-z>"), Some(Effect::Suspend));
    // every verb is offered
    play(&mut state, "<esc>:");
    for verb in VERBS {
        let mut state = on_cluster(&fixture::degraded(), (120, 35));
        play(&mut state, &format!(":{}", verb.id));
        assert!(seen(&state).contains(verb.doc), "{}", verb.id);
    }
}

#[test]
fn one_goes_back_the_way_one_came_and_forward_again() {
    let mut state = on_cluster(&fixture::degraded(), (120, 35));
    play(&mut state, "4D8");
    let places = |state: &mut opsctl::tui::State, script: &str| {
        script
            .chars()
            .map(|key| {
                play(state, &key.to_string());
                state.place().word()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(places(&mut state, "[[["), ["doctor", "locks", "cluster"]);
    assert_eq!(places(&mut state, "]]"), ["locks", "doctor"]);
    assert_eq!(places(&mut state, "--"), ["locks", "doctor"]);
    // another way ends what lay ahead
    assert_eq!(places(&mut state, "[2]"), ["locks", "replication", "replication"]);
    assert!(seen(&state).contains("this is where one came back from"));
    // it does not grow for ever
    for _ in 0..500 {
        play(&mut state, "48");
    }
    let mut steps = 0;
    while state.rewind() {
        steps += 1;
    }
    assert_eq!(steps, 100);
}

#[test]
fn psql_is_of_what_is_selected_and_a_shell_is_where_nothing_is() {
    let shell = |script: &str| match play(&mut on_cluster(&fixture::degraded(), (120, 35)), script) {
        Some(Effect::Errand(Errand::Child(Outing::Shell(why)))) => why,
        other => panic!("{script}: {other:?}"),
    };
    // the clusters of this fixture have no PostgreSQL
    for script in ["!", "1!", "7!"] {
        assert_eq!(shell(script), "no PostgreSQL server is selected, so this is ", "{script}");
    }
    assert_eq!(shell(":shell<enter>"), "");
    // those of this one have servers without an address, which says whose it would be
    let (_, degraded) = STATES[1];
    for script in ["1j!", "2!", "3j!", "4!"] {
        let mut state = on_cluster(&degraded(), (120, 35));
        assert_eq!(play(&mut state, script), Some(Effect::Draw(Cause::Input)), "{script}");
        assert!(seen(&state).contains("orders-eu/postgres/pg"), "{script}:\n{}", seen(&state));
        assert!(seen(&state).contains("has no address that psql could connect to"), "{script}:\n{}", seen(&state));
    }
}

//! Commands of one's own: they are found where the built-in ones are, are told apart from them at the start, and become a program with whole words.

use crate::console_pty::{black_hole, everything_at};
use crate::screens::dump::{letters, look};
use crate::screens::platform::STATES;
use crate::screens::{fixture, on_cluster, on_fleet};
use crate::support::pty::Pty;
use opsctl::app::Observed;
use opsctl::app::change::Unlock;
use opsctl::config::{ClusterSpec, Inventory, UserCommand};
use opsctl::theme::Glyphs;
use opsctl::tui::State;
use opsctl::tui::command::{Keymap, OwnCommand};
use opsctl::tui::effect::Effect;
use opsctl::tui::errand::Errand;
use opsctl::tui::errand::child::Outing;
use opsctl::tui::key::{Chord, Key};
use opsctl::tui::registry;
use opsctl::tui::update::{Message, update};
use std::io::Write;
use std::sync::Arc;

fn own(name: &str, keys: &[&str], argv: &[&str], on: &[&str], writes: bool) -> OwnCommand {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<String>>();
    let doc = Some(format!("What {name} does"));
    let written = "opsctl.toml:3:8".to_owned();
    let (keys, argv, on) = (texts(keys), texts(argv), texts(on));
    opsctl::tui::own::command(&UserCommand { name: name.to_owned(), doc, keys, argv, any_value: false, on, writes, written })
}

fn keymap(own: &[OwnCommand]) -> Keymap {
    registry::keymap(&[], own).expect("no conflict")
}

fn press(state: &mut State, keymap: &Keymap, keys: &str) -> Option<Effect> {
    keys.chars()
        .map(|key| if key == '\n' { Key::Enter } else { Key::Char(key) })
        .fold(None, |_, key| update(state, keymap, Message::Key(Chord::plain(key)), fixture::now()))
}

fn seen(state: &State, keymap: &Keymap) -> String {
    letters(&opsctl::tui::frame(state, &look(Glyphs::Unicode), keymap))
}

fn argv(effect: Option<Effect>) -> Vec<String> {
    match effect {
        Some(Effect::Errand(Errand::Child(Outing::Program(order)))) => order.argv,
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_is_in_footer_help_and_palette_and_runs_with_whole_words() {
    let keymap = keymap(&[own("reach", &["W"], &["show", "{cluster}", "{member}", "{system}", "a b"], &["topology"], false)]);
    let (_, degraded) = STATES[1];
    let mut state = on_cluster(&degraded(), (120, 35));
    // it is on another screen
    press(&mut state, &keymap, "W");
    assert!(seen(&state, &keymap).contains("W (reach) does nothing on this screen"), "{}", seen(&state, &keymap));
    press(&mut state, &keymap, "1");
    assert!(seen(&state, &keymap).lines().last().is_some_and(|footer| footer.contains("W reach")), "{}", seen(&state, &keymap));
    let words = argv(press(&mut state, &keymap, "W"));
    assert_eq!((&words[0], &words[1], &words[4]), (&"show".to_owned(), &"orders-eu".to_owned(), &"a b".to_owned()));
    assert!(words[2].starts_with("pg") && words.len() == 5, "{words:?}");
    assert_eq!(argv(press(&mut state, &keymap, ":reach\n")), words);
    press(&mut state, &keymap, ":reac");
    assert!(seen(&state, &keymap).contains("What reach does"), "{}", seen(&state, &keymap));
    let mut state = on_cluster(&degraded(), (120, 200));
    state.own = vec![own("reach", &["W"], &["show"], &[], false).said].into();
    press(&mut state, &keymap, "?");
    assert!(seen(&state, &keymap).contains("What reach does"), "{}", seen(&state, &keymap));
}

#[test]
fn what_cannot_be_run_says_why() {
    let keymap = keymap(&[
        own("restart", &["V"], &["restart", "{member}"], &[], true),
        own("session", &["W"], &["show", "{pid}"], &[], false),
        own("port", &["P"], &["show", "{port}"], &[], false),
    ]);
    let (_, degraded) = STATES[1];
    for (keys, expected) in [
        (
            "1V",
            "restart changes something (writes = true, opsctl.toml:3:8), and this console only reads, unless :write 15m unlocks writing to orders-eu",
        ),
        ("1W", "session is called with {pid}, and what is selected has none"),
        ("1P", "port is called with {port}, and what is selected has none"),
    ] {
        let mut state = on_cluster(&degraded(), (160, 35));
        press(&mut state, &keymap, keys);
        assert!(seen(&state, &keymap).contains(expected), "{keys}:\n{}", seen(&state, &keymap));
    }
    let mut state = on_cluster(&degraded(), (160, 35));
    let words = argv(press(&mut state, &keymap, "4W"));
    assert!(words[1].parse::<i32>().is_ok(), "{words:?}");
}

#[test]
fn what_changes_something_is_run_as_long_as_writing_to_its_cluster_is_unlocked() {
    let keymap = keymap(&[own("restart", &["V"], &["restart", "{member}"], &[], true)]);
    let (_, degraded) = STATES[1];
    let minute = std::time::Duration::from_mins(1);
    let pressed = |cluster: &str, until: opsctl::model::Moment| {
        let mut state = on_cluster(&degraded(), (160, 35));
        state.unlocked = Some(Unlock { cluster: cluster.to_owned(), until });
        let effect = press(&mut state, &keymap, "1V");
        (effect, seen(&state, &keymap))
    };
    let words = argv(pressed("orders-eu", fixture::now().plus(minute)).0);
    assert!(words[0] == "restart" && words[1].starts_with("pg"), "{words:?}");
    // another cluster, and a time that is over
    for (cluster, until) in [("billing", fixture::now().plus(minute)), ("orders-eu", fixture::now())] {
        let (effect, shown) = pressed(cluster, until);
        assert!(!matches!(effect, Some(Effect::Errand(_))), "{effect:?}");
        assert!(shown.contains("only reads, unless :write 15m unlocks writing to orders-eu"), "{shown}");
    }
}

#[test]
fn a_word_that_a_shell_would_read_otherwise_is_refused_unless_it_is_allowed() {
    // as a cluster that somebody called so: names of servers, applications and databases come from elsewhere
    let hostile = "orders; touch /tmp/x";
    let inventory = Inventory { clusters: vec![Arc::new(ClusterSpec::named(hostile, "test"))] };
    let observed = Arc::new(Observed::nothing(&inventory, fixture::now()));
    let run = |any_value: bool| {
        let said = UserCommand { any_value, ..own("reach", &["W"], &["ssh", "jump1", "show", "{cluster}"], &[], false).said };
        let keymap = keymap(&[opsctl::tui::own::command(&said)]);
        let mut state = on_fleet(&observed, (200, 35));
        (press(&mut state, &keymap, "W"), seen(&state, &keymap))
    };
    let (effect, shown) = run(false);
    assert!(shown.contains("reach was not run: its {cluster} is 'orders; touch /tmp/x', and a shell"), "{shown}");
    assert!(!matches!(effect, Some(Effect::Errand(_))), "{effect:?}");
    assert_eq!(argv(run(true).0), ["ssh", "jump1", "show", hostile]);
}

#[test]
fn a_conflict_names_both_and_where_it_is_written() {
    let told = |command: OwnCommand| {
        let conflicts = registry::keymap(&[], &[command]).expect_err("a conflict");
        conflicts.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let taken = told(own("reach", &["f"], &["ping"], &["locks"], false));
    assert!(taken.starts_with("opsctl.toml:3:8: key f means both 'freeze' and 'reach' (opsctl.toml:3:8) on the locks screen"), "{taken}");
    assert!(told(own("freeze", &[], &["ping"], &[], false)).starts_with("opsctl.toml:3:8: two commands are called 'freeze'"));
    assert!(told(own("only", &[], &["ping"], &[], false)).starts_with("opsctl.toml:3:8: two commands are called 'only'"));
    assert!(
        told(own("reach", &["hyper-f"], &["ping"], &[], false))
            .starts_with("opsctl.toml:3:8: 'reach' (opsctl.toml:3:8) is bound to 'hyper-f', which is no key")
    );
}

#[test]
fn it_has_the_terminal_and_what_it_wrote_stays_until_a_key() {
    let mut config = everything_at(black_hole());
    let line = "\n[[command]]\nname = \"say\"\nkeys = [\"W\"]\nargv = [\"echo\", \"$HOME;\", \"{cluster}\", \"`id`\"]\n";
    config.write_all(line.as_bytes()).expect("written");
    let path = config.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[], (120, 35));
    pty.shows("W say");
    pty.type_in(b"W");
    pty.shows("opsctl: say is done; any key comes back");
    pty.until("no shell read it", |screen| !screen.alternate_screen() && screen.contents().contains("$HOME; orders-eu `id`\n"));
    pty.type_in(b"x");
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("FINDINGS"));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn it_is_there_in_a_replay_and_in_a_frame_without_a_terminal() {
    let recording = crate::support::root().join("tests/fixtures/recordings/fault-lock-tree.opr");
    let recording = recording.to_str().expect("a path");
    let mut config = tempfile::NamedTempFile::new().expect("a file");
    config
        .write_all(b"[[command]]\nname = \"say\"\ndoc = \"Says it\"\nkeys = [\"W\"]\nargv = [\"echo\", \"now:\", \"{cluster}\"]\n")
        .expect("written");
    let path = config.path().to_str().expect("a path").to_owned();
    let screen = |config: &[&str]| {
        let frame = ["screen", "help", "--size", "120x200", "--replay", recording];
        crate::support::opsctl(&[&frame[..], config].concat())
    };
    assert!(!screen(&[]).0.contains("Says it"));
    let (stdout, stderr, code) = screen(&["--config", &path]);
    assert!(code == 0 && stdout.contains("Says it"), "{stderr}\n{stdout}");
    let (_, stderr, code) = screen(&["--config", "/nowhere/opsctl.toml"]);
    assert!(code == 2 && stderr.contains("/nowhere/opsctl.toml"), "{code} {stderr}");
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["replay", recording, "--config", &path], &[], (160, 35));
    pty.shows("REPLAY");
    pty.shows("W say");
    pty.type_in(b"W");
    pty.shows("opsctl: say is done; any key comes back");
    pty.until("what it wrote", |screen| !screen.alternate_screen() && screen.contents().contains("now: lab-34\n"));
    pty.type_in(b"x");
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("REPLAY"));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_conflict_ends_the_start_and_names_the_line_of_the_configuration() {
    let mut config = everything_at(black_hole());
    config.write_all(b"\n[[command]]\nname = \"say\"\nkeys = [\"f\"]\nargv = [\"echo\"]\n").expect("written");
    let path = config.path().to_str().expect("a path").to_owned();
    let text = std::fs::read_to_string(&path).expect("text");
    let line = text.lines().position(|line| line.starts_with("keys = ")).expect("the line") + 1;
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[], (200, 24));
    let place = format!("{path}:{line}:");
    pty.until("both", |screen| {
        let text = screen.contents().replace('\n', "");
        text.contains("key f means both 'freeze' and 'say'") && text.contains(&place)
    });
    assert_eq!(pty.clean_code(), 2);
}

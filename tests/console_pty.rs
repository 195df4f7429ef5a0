//! The console on a real terminal: it starts while answers are out, leaves the terminal as it was however it ends, and never waits for a server.

use crate::screens::fixture;
use crate::support::pty::{Pty, until_gone, until_state};
use crate::support::{opsctl, program};
use opsctl::config::Console;
use opsctl::model::Clock;
use opsctl::tui::looks::Said;
use opsctl::tui::{self, ConsoleError, End, Hands, Looks, Start};
use rustix::process::Signal;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;

const SIZE: (u16, u16) = (120, 35);
/// A person calls it at once; a busy machine needs some of it. Exact times belong to the benches.
pub(crate) const AT_ONCE: Duration = Duration::from_secs(1);

/// A port that accepts and never answers.
pub(crate) fn black_hole() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            held.push(stream);
        }
    });
    address
}

/// A configuration in which every system is at `address`.
pub(crate) fn everything_at(address: SocketAddr) -> NamedTempFile {
    let mut file = NamedTempFile::new().expect("a file");
    let mut text = String::from("[[cluster]]\nname = \"orders-eu\"\nenvironment = \"prod\"\n");
    for at in 1..=3 {
        text += &format!("[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg{at}\"\nurl = \"http://{address}\"\n");
        text += &format!("[[cluster.endpoint]]\nsystem = \"etcd\"\nname = \"etcd-{at}\"\nurl = \"http://{address}\"\n");
        text += &format!("[[cluster.endpoint]]\nsystem = \"postgres\"\nname = \"pg{at}\"\naddress = \"{address}\"\nread = {{ user = \"reader\" }}\n");
    }
    text += &format!(
        "[[cluster.endpoint]]\nsystem = \"pgbouncer\"\nname = \"pgb\"\naddress = \"{address}\"\nroute = \"write\"\nread = {{ user = \"reader\" }}\n"
    );
    text += &format!("[[cluster.endpoint]]\nsystem = \"haproxy\"\nname = \"hap\"\nstats = \"http://{address}/;csv\"\nwrite_backend = \"w\"\n");
    file.write_all(text.as_bytes()).expect("written");
    file
}

/// The console over servers that never answer, with its first frame on the screen.
pub(crate) fn hung() -> (Pty, NamedTempFile) {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path").to_owned();
    let pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[], SIZE);
    // to its last line: the rest of it would be taken for a frame of another size
    pty.until("the first frame", |screen| {
        let text = screen.contents();
        text.contains("FINDINGS") && text.contains("quit")
    });
    (pty, config)
}

#[test]
fn the_first_frame_comes_while_every_answer_is_out() {
    let (mut pty, _config) = hung();
    pty.wrote("first answers are out");
    pty.until("names, environment, keys", |screen| {
        let text = screen.contents();
        ["orders-eu", "[PROD]", "RO", "MEMBERS", "HAProxy", "quit"].iter().all(|part| text.contains(part)) && screen.alternate_screen()
    });
    assert!(!pty.is_as_before(), "keys come one by one");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn keys_and_the_way_out_never_wait_for_a_server() {
    for quit in [&b"q"[..], b"\x03"] {
        let (mut pty, _config) = hung();
        pty.shows("nothing answers");
        let clock = Clock::real();
        let begin = clock.now();
        pty.type_in(b"?");
        pty.shows("KEYS");
        assert!(clock.now().since(begin) < AT_ONCE, "a key took {:?}", clock.now().since(begin));
        let clock = Clock::real();
        let begin = clock.now();
        pty.type_in(quit);
        assert_eq!(pty.code(), 0);
        assert!(clock.now().since(begin) < AT_ONCE, "leaving took {:?}", clock.now().since(begin));
        pty.is_clean();
    }
}

#[test]
fn signals_end_it_with_their_code_and_a_clean_terminal() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 143), (Signal::QUIT, 143), (Signal::INT, 130)] {
        let (mut pty, _config) = hung();
        pty.signal(signal);
        assert_eq!(pty.clean_code(), code, "{signal:?}");
    }
}

#[test]
fn a_storm_of_resizes_is_a_few_frames() {
    let (mut pty, _config) = hung();
    let before = pty.frames();
    let clock = Clock::real();
    let begin = clock.now();
    for at in 0..500_u16 {
        pty.resize(60 + at % 80, 16 + at % 30);
    }
    pty.resize(100, 30);
    pty.until("the last size", |screen| screen.rows(0, 100).nth(29).is_some_and(|row| row.contains("quit")));
    let most = most_frames(clock.now().since(begin));
    let frames = pty.frames() - before;
    assert!(frames <= most, "{frames} frames in {:?}", clock.now().since(begin));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

/// What sixty frames a second come to, and the first and the last.
fn most_frames(time: Duration) -> usize {
    usize::try_from(time.as_millis()).expect("a short time") * 60 / 1_000 + 2
}

/// Ticks of the processor that the process has had, hundredths of a second.
fn processor(pid: rustix::process::Pid) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).expect("a process");
    let behind = stat.rsplit(") ").next().expect("the fields behind the name").split(' ');
    behind.skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("ticks")).sum()
}

#[test]
fn a_thousand_resizes_a_second_are_at_most_sixty_frames() {
    let (mut pty, _config) = hung();
    let (before, ticks) = (pty.frames(), processor(pty.pid));
    let clock = Clock::real();
    let begin = clock.now();
    for at in 0..2_000_u16 {
        while clock.now().since(begin) < Duration::from_millis(u64::from(at)) {
            std::thread::yield_now();
        }
        pty.resize(60 + at % 80, 16 + at % 30);
    }
    pty.resize(100, 30);
    pty.until("the last size", |screen| screen.rows(0, 100).nth(29).is_some_and(|row| row.contains("quit")));
    let took = clock.now().since(begin);
    let frames = pty.frames() - before;
    println!("report: 2,000 resizes in {took:?}: {frames} frames, {} ms of a processor in a debug build", (processor(pty.pid) - ticks) * 10);
    assert!(frames <= most_frames(took), "{frames} frames in {took:?}");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn while_nothing_changes_but_ages_there_is_one_frame_a_second() {
    let mut pty = as_child("same-again");
    pty.shows("NEEDS YOU NOW");
    // the second frame stands on a full second, whenever the first came
    let first = pty.frames();
    pty.drawn(first + 1);
    let clock = Clock::real();
    let (begin, frames) = (clock.now(), pty.frames());
    pty.drawn(frames + 4);
    let took = clock.now().since(begin);
    // the last of them may have been on its way when the first was counted
    assert!(took >= Duration::from_millis(2_900), "four frames in {took:?}");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_window_of_one_cell_is_no_end() {
    let (mut pty, _config) = hung();
    pty.resize(1, 1);
    pty.resize(80, 24);
    pty.until("a whole screen again", |screen| screen.rows(0, 80).nth(23).is_some_and(|row| row.contains("quit")));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn stopped_by_a_signal_it_gives_the_terminal_back_and_takes_it_again() {
    let (mut pty, _config) = hung();
    pty.signal(Signal::TSTP);
    pty.until("the shell's screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
    until_stopped(pty.pid);
    assert!(pty.is_as_before());
    pty.signal(Signal::CONT);
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("FINDINGS"));
    assert!(!pty.is_as_before());
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn after_a_stop_without_warning_the_screen_is_whole_again() {
    let (mut pty, _config) = hung();
    pty.signal(Signal::STOP);
    until_stopped(pty.pid);
    let frames = pty.frames();
    pty.signal(Signal::CONT);
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("FINDINGS"));
    pty.type_in(b"?");
    pty.shows("KEYS");
    assert!(pty.frames() > frames);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

fn until_stopped(pid: rustix::process::Pid) {
    until_state(&pid.as_raw_nonzero().to_string(), "stopped", |stat| stat.is_some_and(|stat| stat.contains(") T ")));
}

#[test]
fn ctrl_z_stops_the_job_and_fg_brings_it_back() {
    let config = everything_at(black_hole());
    let script = format!(
        "set -m; '{}' --config '{}'; echo \"STOPPED $?\"; read -r line; fg >/dev/null; echo \"ENDED $?\"",
        env!("CARGO_BIN_EXE_opsctl"),
        config.path().display()
    );
    let mut pty = Pty::start("bash", &["--norc", "-c", &script], &[], SIZE);
    pty.shows("FINDINGS");
    pty.type_in(b"\x1a");
    // 128 and SIGSTOP
    pty.shows("STOPPED 147");
    pty.until("the shell's screen", |screen| !screen.alternate_screen());
    assert!(pty.is_as_before());
    pty.type_in(b"\n");
    pty.until("the console again", |screen| screen.alternate_screen() && screen.contents().contains("FINDINGS"));
    pty.type_in(b"q");
    pty.shows("ENDED 0");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn without_a_shell_above_ctrl_z_stops_nothing() {
    let (mut pty, _config) = hung();
    pty.type_in(b"\x1a");
    pty.shows("nothing could bring the console back");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_session_that_is_gone_leaves_no_process() {
    let config = everything_at(black_hole());
    let script = format!("set -m; '{}' --config '{}'; true", env!("CARGO_BIN_EXE_opsctl"), config.path().display());
    let pty = Pty::start("bash", &["--norc", "-c", &script], &[], SIZE);
    pty.shows("FINDINGS");
    let shell = pty.pid.as_raw_nonzero();
    let children = std::fs::read_to_string(format!("/proc/{shell}/task/{shell}/children")).expect("children");
    let console = children.trim().to_owned();
    assert!(std::fs::read_to_string(format!("/proc/{console}/cmdline")).expect("a process").contains("opsctl"));
    // the leader of the session dies, as with a window that is closed: the terminal hangs up, every read and write fails from now on
    pty.signal(Signal::KILL);
    until_gone(&console);
}

#[test]
fn half_a_key_holds_nothing_up() {
    let (mut pty, _config) = hung();
    pty.type_in(b"\x1b[1;");
    let frames = pty.frames();
    pty.resize(100, 30);
    // what is left of the frame before has keys in its last line as well
    pty.drawn(frames + 1);
    pty.until("a frame of the new size", |screen| screen.rows(0, 100).nth(29).is_some_and(|row| row.contains("quit")));
    pty.signal(Signal::TERM);
    assert_eq!(pty.clean_code(), 143);
}

#[test]
fn mashed_keys_do_no_harm() {
    let (mut pty, _config) = hung();
    // a walk that is the same each time; without the two keys that leave
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut bytes = Vec::new();
    while bytes.len() < 20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let byte = state.to_be_bytes()[0];
        match byte % 8 {
            0 => bytes.extend_from_slice(b"\x1b[B"),
            1 => bytes.extend_from_slice(b"\t"),
            2 => bytes.extend_from_slice(b"\x1b"),
            3 => bytes.extend_from_slice(b"\r"),
            _ if byte == b'q' || byte == 3 => {}
            _ => bytes.push(byte),
        }
    }
    pty.type_in(&bytes);
    pty.resize(110, 40);
    // whatever screen it ended on has a footer
    pty.until("a frame", |screen| screen.rows(0, 110).nth(39).is_some_and(|row| row.contains("quit")));
    pty.signal(Signal::TERM);
    assert_eq!(pty.clean_code(), 143);
}

#[test]
fn pasted_text_presses_no_key() {
    let (mut pty, _config) = hung();
    pty.type_in(b"\x1b[200~qqq\x03\x1b[201~");
    pty.type_in(b"?");
    pty.shows("KEYS");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn pasted_text_without_an_end_holds_the_keyboard_no_longer_than_a_moment() {
    let (mut pty, _config) = hung();
    pty.type_in(b":\x1b[200~zebra");
    pty.shows("zebra");
    pty.type_in(b"foal");
    pty.shows("zebrafoal");
    pty.signal(Signal::TERM);
    assert_eq!(pty.clean_code(), 143);
}

#[test]
fn what_a_terminal_tells_presses_no_key() {
    let (mut pty, _config) = hung();
    pty.type_in(b"\x1bP>|q\x1b\\\x1b]l:shell\x1b\\\x1b]52;c;qq");
    pty.type_in(b"qq\x1b\\?");
    pty.shows("KEYS");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

/// Answers every question with the words of a member that means harm.
fn hostile() -> SocketAddr {
    const BODY: &str = r#"{"state":"running","role":"rep\u001b]0;pwned\u0007lica\u202eno\u009b31m","timeline":1,
        "patroni":{"name":"pg1\u001b[6n","scope":"orders-eu","version":"4.1.5"},"tags":{"a":"\u001b[2J"}}"#;
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().expect("a reader"));
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
                line.clear();
            }
            let answer =
                format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{BODY}", BODY.len());
            let _written = stream.write_all(answer.as_bytes());
        }
    });
    address
}

#[test]
fn no_word_of_a_server_acts_on_the_terminal() {
    let config = everything_at(hostile());
    let path = config.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[], SIZE);
    pty.shows("\\x1b]0;pwned");
    for bytes in [&b"\x1b]0;"[..], b"\x07", b"\x1b[6n", "\u{202e}".as_bytes(), "\u{9b}".as_bytes()] {
        assert!(!pty.raw().windows(bytes.len()).any(|window| window == bytes), "{bytes:?}");
    }
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_row_is_copied_through_the_terminal_and_through_tmux() {
    let sent = |environment: &[(&str, &str)]| {
        let config = everything_at(black_hole());
        let path = config.path().to_str().expect("a path").to_owned();
        let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], environment, SIZE);
        pty.shows("nothing answers");
        pty.type_in(b"y");
        pty.shows("to the clipboard by OSC 52");
        pty.type_in(b"q");
        assert_eq!(pty.clean_code(), 0);
        pty.raw()
    };
    let has = |raw: &[u8], bytes: &[u8]| raw.windows(bytes.len()).any(|window| window == bytes);
    let plain = sent(&[]);
    assert!(has(&plain, b"\x1b]52;c;") && !has(&plain, b"\x1bPtmux;"));
    let inside = sent(&[("TMUX", "/tmp/tmux-0/default,1,0")]);
    assert!(has(&inside, b"\x1bPtmux;\x1b\x1b]52;c;"));
}

#[test]
fn without_a_terminal_it_says_what_to_use() {
    let config = everything_at(black_hole());
    let (out, error, code) = opsctl(&["--config", config.path().to_str().expect("a path")]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(error.contains("needs a terminal") && error.contains("hint: `opsctl status`"), "{error}");
}

#[test]
fn before_the_screen_is_taken_errors_are_told_on_it() {
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", "/nowhere.toml"], &[], SIZE);
    pty.shows("/nowhere.toml");
    assert_eq!(pty.code(), 2);
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path, "-c", "orders-us"], &[], SIZE);
    pty.shows("did you mean 'orders-eu'?");
    assert_eq!(pty.code(), 2);
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[("TERM", "dumb")], SIZE);
    pty.shows("TERM=dumb");
    assert_eq!(pty.code(), 2);
    assert!(program().arg("--help").output().expect("help").status.success());
}

#[test]
fn without_colour_and_without_unicode_it_still_tells_everything() {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[("NO_COLOR", "1"), ("LANG", "C")], SIZE);
    pty.shows("X nothing answers");
    let raw = pty.raw();
    assert!(raw.is_ascii());
    for colour in [&b"\x1b[38;"[..], b"\x1b[48;"] {
        assert!(!raw.windows(colour.len()).any(|window| window == colour));
    }
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

/// Not a test of its own: the console as [`as_child`] starts it, with observations that this test makes.
#[test]
fn child() {
    let Ok(mode) = std::env::var("OPSCTL_TEST_CHILD") else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let clock = if mode == "accessible" { Clock::at_rate(30) } else { Clock::real() };
    let (publish, seen) = tokio::sync::watch::channel(fixture::healthy());
    let publish = Arc::new(publish);
    let teller = Arc::clone(&publish);
    if mode == "panic-in-a-task" {
        let failing = runtime.spawn(async { panic!("words that must not be seen") });
        runtime.spawn(async move {
            assert!(failing.await.expect_err("a panic").is_panic());
            teller.send_replace(fixture::degraded());
        });
    } else if mode == "same-again" {
        // as thirteen endpoints would, each at its own moment
        let clock = clock.clone();
        runtime.spawn(async move {
            loop {
                clock.sleep(Duration::from_millis(70)).await;
                let same = teller.borrow().as_ref().clone();
                teller.send_replace(Arc::new(same.at(clock.now())));
            }
        });
    } else if mode == "accessible" {
        publish.send_replace(fixture::healthy());
        let clock = clock.clone();
        runtime.spawn(async move {
            clock.sleep(Duration::from_secs(75)).await;
            teller.send_replace(fixture::degraded());
            clock.sleep(Duration::from_hours(1)).await;
        });
    } else if mode == "panic-in-a-frame" {
        publish.send_replace(fixture::panicking());
    } else if mode == "end-of-polling" {
        drop((publish, teller));
    }
    let look = Looks::decide(Said::default(), &Console::default(), |name| std::env::var(name).ok()).expect("looks");
    let ended = tui::run(
        &runtime,
        Start { seen, scope: fixture::scope(), look, clock, hands: Hands { accessible: mode == "accessible", ..Hands::default() } },
    );
    let told = match ended {
        Ok(End::Left) => "left".to_owned(),
        Err(ConsoleError::Panicked(said)) => format!("panicked: {said}"),
        other => format!("{other:?}"),
    };
    println!("ENDED {told}");
}

/// This test binary again, as a console on a terminal.
pub(crate) fn as_child(mode: &str) -> Pty {
    let own = std::env::current_exe().expect("this program");
    Pty::start(own, &["--exact", "console_pty::child", "--nocapture", "--test-threads=1"], &[("OPSCTL_TEST_CHILD", mode)], SIZE)
}

#[test]
fn a_panic_in_a_frame_gives_the_terminal_back_before_it_is_told() {
    let mut pty = as_child("panic-in-a-frame");
    pty.shows("ENDED panicked: a panic in the middle of a frame");
    pty.until("the screen from before", |screen| !screen.alternate_screen() && screen.contents().contains("panicked at"));
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_panic_in_a_task_leaves_the_screen_alone() {
    let mut pty = as_child("panic-in-a-task");
    pty.shows("both accept writes");
    pty.until("still the console", vt100::Screen::alternate_screen);
    pty.type_in(b"q");
    pty.shows("ENDED left");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn when_polling_ends_the_screen_says_so() {
    let mut pty = as_child("end-of-polling");
    pty.shows("polling has ended");
    pty.type_in(b"q");
    pty.shows("ENDED left");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn a_quiet_screen_writes_nothing() {
    let mut pty = as_child("quiet");
    pty.shows("NEEDS YOU NOW");
    pty.type_in(b"f");
    pty.shows("FROZEN");
    // a key without a meaning is no frame, and neither is the second that passes; the last key is
    let frames = pty.frames();
    pty.type_in(b"~~~~~~~~~~~~~~~~");
    pty.type_in(b"?");
    pty.shows("KEYS");
    assert_eq!(pty.frames(), frames + 1);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

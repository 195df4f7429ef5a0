//! The console and terminals that are not as one thinks of them: one that does not read, one with a mouse, one that is listened to.

use crate::console_pty::{AT_ONCE, as_child, black_hole, everything_at, hung};
use crate::support::pty::Pty;
use opsctl::model::Clock;
use std::time::Duration;

/// Presses keys that change the whole screen while nobody reads: more than a terminal has room for.
fn write_into_nothing(pty: &mut Pty) {
    pty.hold(true);
    let clock = Clock::real();
    let begin = clock.now();
    for at in 1..=200 {
        pty.type_in(b"?");
        while clock.now().since(begin) < Duration::from_millis(10 * at) {
            std::thread::yield_now();
        }
    }
}

#[test]
fn a_terminal_that_does_not_read_drops_frames_and_no_key() {
    let (mut pty, _config) = hung();
    let before = pty.frames();
    write_into_nothing(&mut pty);
    // the first of 201 opened the help, so the last does
    pty.type_in(b"?");
    pty.hold(false);
    pty.shows("KEYS");
    let frames = pty.frames() - before;
    assert!(frames < 100, "{frames} frames of 201 were kept for a terminal that did not read");
    pty.type_in(b"?");
    pty.until("the key after it", |screen| screen.contents().contains("FINDINGS"));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn one_leaves_a_terminal_that_does_not_read() {
    let (mut pty, _config) = hung();
    write_into_nothing(&mut pty);
    let clock = Clock::real();
    let begin = clock.now();
    pty.type_in(b"q");
    assert_eq!(pty.code(), 0);
    assert!(clock.now().since(begin) < AT_ONCE, "leaving took {:?}", clock.now().since(begin));
    pty.hold(false);
    pty.is_clean();
}

#[test]
fn a_mouse_points_at_what_is_seen_until_it_is_left_to_the_terminal() {
    let (mut pty, _config) = hung();
    let is_ours = |screen: &vt100::Screen| screen.mouse_protocol_mode() == vt100::MouseProtocolMode::PressRelease;
    pty.until("the mouse", is_ours);
    let place = std::cell::Cell::new((0, 0));
    pty.until("the page in the line of pages", |screen| {
        let found = screen.rows(0, 120).enumerate().find_map(|(y, row)| Some((row.find("2 repl")?, y)));
        found.is_some_and(|(x, y)| {
            place.set((x + 1, y + 1));
            true
        })
    });
    let (x, y) = place.get();
    pty.type_in(format!("\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m").as_bytes());
    pty.shows("▸ replication");
    pty.type_in(b"m");
    pty.until("no mouse", |screen| !is_ours(screen));
    pty.type_in(b"m");
    pty.until("the mouse again", is_ours);
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

fn has_escape(bytes: &[u8]) -> bool {
    bytes.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\n' | b'\r')) || bytes.contains(&0x7f)
}

#[test]
fn who_listens_is_told_in_lines_and_answered_by_number() {
    let config = everything_at(black_hole());
    let path = config.path().to_str().expect("a path").to_owned();
    let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", &path], &[("OPSCTL_ACCESSIBLE", "1"), ("TERM", "dumb")], (100, 60));
    pty.shows("opsctl watches 1 cluster: orders-eu. It only reads.");
    pty.shows("cluster orders-eu, prod, is ");
    assert!(pty.is_as_before(), "the terminal was taken");
    pty.type_in(b"1\n");
    pty.shows("WHAT TO DO");
    pty.type_in(b"h\n");
    pty.shows("Nothing here changes a server.");
    pty.type_in(b"99\n");
    pty.shows("99 is none of the numbers.");
    pty.type_in(b"q\n");
    assert_eq!(pty.clean_code(), 0);
    assert!(!has_escape(&pty.raw()), "{:?}", String::from_utf8_lossy(&pty.raw()));
}

#[test]
fn who_listens_hears_of_changes_and_of_silence() {
    let mut pty = as_child("accessible");
    // twice, thirty seconds of its clock apart, and then what changed
    pty.shows("still watching. Clusters: ");
    pty.wrote("both accept writes");
    pty.wrote("cluster orders-eu is critical now, it was ");
    let before = pty.raw();
    let text = String::from_utf8_lossy(&before);
    let told = text.split("opsctl watches").nth(1).expect("lines");
    assert!(told.find("still watching") < told.find("is critical now"), "{told}");
    assert!(!has_escape(told.as_bytes()), "{told}");
    pty.type_in(b"q\n");
    pty.shows("ENDED left");
    assert_eq!(pty.clean_code(), 0);
}

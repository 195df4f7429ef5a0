//! Rows that lead to pages (OSC 8), on a real terminal: to those that a person allowed, and to no other.

use crate::console_pty::{black_hole, everything_at};
use crate::support::pty::Pty;

#[test]
fn a_row_leads_to_its_page_on_a_host_that_was_allowed_and_nowhere_else() {
    let place = black_hole();
    for (allowed, leads) in [("127.0.0.1", true), ("127.0.0.2", false)] {
        let config = everything_at(place);
        let links = format!("console.links=[\"{allowed}\"]");
        let arguments = ["--config", config.path().to_str().expect("a path"), "--set", &links];
        let mut pty = Pty::start(env!("CARGO_BIN_EXE_opsctl"), &arguments, &[], (120, 35));
        pty.shows("etcd-3");
        pty.shows("quit");
        let link = format!("\x1b]8;;http://{place}\x1b\\");
        if leads {
            pty.wrote(&link);
            pty.wrote("\x1b]8;;\x1b\\");
        }
        pty.type_in(b"q");
        assert_eq!(pty.clean_code(), 0);
        let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
        assert_eq!(raw.contains("\x1b]8;"), leads, "{allowed}");
        assert_eq!(raw.matches("\x1b]8;;http").count(), raw.matches("\x1b]8;;\x1b\\").count(), "each link that is opened is closed");
    }
}

//! What must be read in three seconds, at both designed sizes, without a key pressed: which cluster, which environment, what is wrong, since when, how fresh it is,
//! and what to press.

use super::dump::{letters, look};
use super::platform::STATES;
use super::{frame, on_fleet};
use opsctl::theme::Glyphs;

/// State, what its worst finding says, since when, and how fresh the data is.
const CASES: [(&str, &str, &str, &str); 3] = [
    ("degraded", "is idle in transaction and holds up 20 sessions", "4m 38s", "data 1s, "),
    ("stale", "nothing has been heard of orders-eu", "≥40s", "nothing answers, last 45s ago"),
    ("down", "patroni pg1 does not answer: connection refused", "2m 13s", "nothing answers, last 2m 15s ago"),
];

#[test]
fn the_fleet_says_where_what_since_when_how_fresh_and_what_to_press() {
    let look = look(Glyphs::Unicode);
    for (name, sentence, since, fresh) in CASES {
        let (_, observed) = STATES.iter().find(|(state, _)| *state == name).expect("a state");
        for size in [(80, 24), (120, 35)] {
            let shown = letters(&frame(&on_fleet(&observed(), size), &look));
            let words = shown.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let told = words.replace(&format!(" {since} X explain"), "").replace(&format!(" {since}"), "");
            for (what, text, place) in [
                ("the cluster", "orders-eu", &words),
                ("the environment", "PROD", &words),
                ("the problem", sentence, &told),
                ("since when", since, &words),
                ("how fresh", fresh, &words),
                ("the key", "X explain", &words),
            ] {
                assert!(place.contains(text), "{name} {size:?}: {what}: {text}\n{shown}");
            }
        }
    }
}

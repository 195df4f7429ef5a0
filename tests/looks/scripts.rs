//! What a person presses, on a recording of the real lab, and the whole frame that stands there afterwards. Each command by itself is in `console_hands`; these
//! are walks from the fleet to an answer.

use crate::support::{golden, nothing_else, opsctl, root};

/// Name, recording, keys.
const SCRIPTS: [(&str, &str, &str); 12] = [
    ("why-nothing-writes", "fault-leader-kill9", "X"),
    ("who-takes-over", "fault-zone-kill", "<enter>F"),
    ("where-the-routes-lead", "fault-leader-kill9", "<enter>1"),
    ("who-holds-the-lock", "fault-lock-tree", "<enter>4X"),
    ("what-they-waited-for", "fault-lock-tree", "<enter>3"),
    ("which-pool-waits", "fault-pooler-pause", "<enter>5"),
    ("what-happened-before", "fault-leader-kill9", "<enter>9j<lt>"),
    ("only-what-is-silent", "fault-zone-kill", "<enter>8/unreachable<enter>"),
    ("how-far-behind", "fault-replica-lag", "<enter>2S"),
    ("the-store-alone", "fault-etcd-one", "<enter>7z"),
    ("by-the-palette", "fault-pooler-kill9", ":pool<enter>"),
    ("is-it-the-tool", "fault-api-starve", "D<down><enter>"),
];

#[test]
fn walks_on_recordings_end_where_they_are_committed() {
    for (name, recording, keys) in SCRIPTS {
        let file = root().join(format!("tests/fixtures/recordings/{recording}.opr"));
        let file = file.to_str().expect("UTF-8");
        let (frame, stderr, code) = opsctl(&["screen", "fleet", "--replay", file, "--keys", keys, "--size", "80x24", "--glyphs", "unicode"]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{name}");
        golden(&format!("tests/golden/walks/{name}.txt"), frame.as_bytes());
    }
    nothing_else("tests/golden/walks", SCRIPTS.iter().map(|(name, ..)| format!("{name}.txt")));
}

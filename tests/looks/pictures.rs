//! The pictures of the README: frames of recordings of the real lab, drawn by `opsctl screen`. A frame that is drawn otherwise by now makes its picture old.

use crate::support::{golden, nothing_else, opsctl, root};

/// File, screen, recording, theme.
const PICTURES: [(&str, &str, &str, &str); 2] =
    [("leader-killed.svg", "cluster", "fault-leader-kill9", "midnight"), ("lock-tree.svg", "locks", "fault-lock-tree", "paper")];

#[test]
fn the_pictures_of_the_readme_are_what_the_console_draws() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("the README");
    for (file, screen, recording, theme) in PICTURES {
        let recording = root().join(format!("tests/fixtures/recordings/{recording}.opr"));
        let arguments = ["screen", screen, "--replay", recording.to_str().expect("UTF-8"), "--theme", theme, "-o", "svg", "--size", "120x35"];
        let (svg, stderr, code) = opsctl(&arguments);
        assert_eq!((code, stderr.as_str()), (0, ""), "{file}");
        golden(&format!("docs/{file}"), svg.as_bytes());
        assert!(readme.contains(&format!("](docs/{file})")), "the README does not show {file}");
    }
    nothing_else("docs", PICTURES.iter().map(|(file, ..)| (*file).to_owned()));
}

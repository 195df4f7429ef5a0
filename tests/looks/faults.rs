//! The three-second test: for every fault of the lab, recorded while it lasted, the fleet at both designed sizes says without a key pressed which cluster, in which
//! environment, what is wrong, since when, how fresh that is, and what to press. Golden files hold each frame.

use crate::console_time::{recording, recordings};
use crate::screens::dump::{letters, look};
use crate::screens::frame;
use crate::support::{golden, nothing_else, root};
use opsctl::app::Observed;
use opsctl::app::cells::seconds_text;
use opsctl::model::{Finding, Since};
use opsctl::systems::registry::SYSTEMS;
use opsctl::theme::Glyphs;
use opsctl::tui::{Scope, State};
use std::collections::BTreeSet;
use std::sync::Arc;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 35)];
/// The largest recording of a fault, in bytes.
const LARGEST: u64 = 60 * 1_024;

/// Every fault of the lab, with the rules that have to find it.
fn faults() -> Vec<(String, BTreeSet<String>)> {
    let folder = std::fs::read_dir(root().join("tests/lab/faults")).expect("the faults");
    let mut all: Vec<(String, BTreeSet<String>)> = folder
        .map(|entry| entry.expect("entry").path())
        .map(|path| {
            let file: toml::Table = std::fs::read_to_string(&path).expect("text").parse().expect("TOML");
            let words =
                |value: &toml::Value| value.as_array().expect("a list").iter().map(|rule| rule.as_str().expect("a rule").to_owned()).collect();
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), words(&file["must"]))
        })
        .collect();
    all.sort();
    all
}

/// The fleet as somebody finds it who just opened the console.
fn fleet(observed: &Observed, size: (u16, u16)) -> String {
    let scope = Scope { clusters: Vec::new(), systems: SYSTEMS };
    let mut state = State::open(Arc::new(observed.clone()), scope, size, observed.now);
    while state.back() {}
    letters(&frame(&state, &look(Glyphs::Unicode)))
}

/// Since when it holds, as it is shown.
fn since(observed: &Observed, finding: &Finding) -> String {
    let passed = seconds_text(observed.now.wall.duration_since(finding.since.at()).as_secs_f64().max(0.0).floor());
    match finding.since {
        Since::Server(_) => passed,
        Since::FirstSeen(_) => format!("≥{passed}"),
    }
}

/// A line of the box without its frame and without the key.
fn inside(line: &str) -> &str {
    line.trim_matches(['│', ' ']).trim_end_matches("X explain").trim_end()
}

/// What the box says, without the column of times in which `since` stands.
fn boxed(shown: &str, since: &str) -> String {
    let lines = shown.lines().skip_while(|line| !line.contains("NEEDS YOU NOW")).skip(1).take_while(|line| line.starts_with('│'));
    let told: Vec<&str> = lines.map(inside).map(|line| line.strip_suffix(since).unwrap_or(line)).collect();
    told.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_fault_has_a_small_recording_of_its_own() {
    let recorded: BTreeSet<String> = recordings().into_iter().filter_map(|(name, _)| name.strip_prefix("fault-").map(str::to_owned)).collect();
    let staged: BTreeSet<String> = faults().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        recorded, staged,
        "a fault without a recording: `opsctl record tests/fixtures/recordings/fault-NAME.opr --config CONFIG_OF_THE_LAB --keep 5` while it is staged"
    );
    for (name, path) in recordings() {
        let size = std::fs::metadata(&path).expect("there").len();
        assert!(size <= LARGEST, "{name}: {size} bytes");
    }
}

#[test]
fn the_fleet_tells_of_every_fault_in_three_seconds() {
    let (mut names, mut untold) = (Vec::new(), Vec::new());
    for (name, must) in faults() {
        let recording = recording(&format!("fault-{name}"));
        let observed = recording.instant(recording.stops().len() - 1).expect("the last instant");
        let cluster = &observed.fleet.clusters.first().expect("a cluster").spec;
        let wanted: Vec<&Finding> = observed.judgement.findings.iter().filter(|finding| must.contains(&finding.rule)).collect();
        assert!(!wanted.is_empty(), "{name}: the recording holds none of {must:?}");
        for size in SIZES {
            let shown = fleet(&observed, size);
            let words =
                |text: &str| text.split(|c: char| c.is_whitespace() || c == '│').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
            let header = shown.lines().next().expect("a header");
            let told = words(&shown);
            let mut here = |what: &str, holds: bool| {
                if !holds {
                    untold.push(format!("{name} {size:?} does not tell {what}\n{}", shown.lines().take(10).collect::<Vec<_>>().join("\n")));
                }
            };
            // the problem: a finding that has to be there, to its last word where there is room for it, and since when
            let least = |sentence: &str| if size.0 > 100 { sentence.to_owned() } else { sentence.chars().take(24).collect() };
            let whole = wanted.iter().any(|finding| {
                let since = since(&observed, finding);
                shown.lines().any(|line| inside(line).ends_with(&since)) && boxed(&shown, &since).contains(&least(&words(&finding.sentence.shown())))
            });
            here("what is wrong, and since when", whole);
            here("the cluster", told.contains(&cluster.name));
            here("the environment", header.contains(&format!("[{}]", cluster.environment.word().to_uppercase())) && told.contains(" DEV "));
            here("how fresh it is", ["data ", "nothing answers"].iter().any(|word| header.contains(word)));
            here("the next key", told.contains("X explain"));
            names.push(format!("{name}-{}x{}.txt", size.0, size.1));
            golden(&format!("tests/golden/three_seconds/{}", names.last().expect("just pushed")), shown.as_bytes());
        }
    }
    assert!(untold.is_empty(), "{}", untold.join("\n\n"));
    nothing_else("tests/golden/three_seconds", names.into_iter());
}

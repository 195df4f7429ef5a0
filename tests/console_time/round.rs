//! A recording of the real lab is read, written and read again: every word of every system comes back.

use super::{instants, record, recording, recordings};
use opsctl::app::record::Recording;
use opsctl::systems::registry::SYSTEMS;
use std::collections::BTreeSet;

#[test]
fn every_instant_of_every_recording_comes_back_as_it_was() {
    let mut systems = BTreeSet::new();
    for (name, path) in recordings() {
        let first = Recording::open(&path).unwrap_or_else(|error| panic!("{name} {error}"));
        assert!(first.damage().is_empty(), "{name}: {:?}", first.damage());
        // what a recording of an older program lacks is unknown from then on: it is written once as this program writes it
        let first = Recording::of(Box::new(record(&instants(&first)))).expect("a recording");
        let observed = instants(&first);
        let second = Recording::of(Box::new(record(&observed))).expect("a recording");
        assert_eq!(first.stops().len(), second.stops().len(), "{name}");
        for number in 0..first.stops().len() {
            let (one, two) = (first.reader().docs(number).expect("docs"), second.reader().docs(number).expect("docs"));
            assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>(), "{name} {number}");
            for (doc, text) in &one {
                assert_eq!(String::from_utf8_lossy(text), String::from_utf8_lossy(&two[doc]), "{name} {number} {doc}");
            }
        }
        for entry in observed.iter().flat_map(|observed| &observed.fleet.clusters).flat_map(|cluster| &cluster.entries) {
            if entry.good.is_some() {
                systems.insert(entry.spec.id.system.clone());
            }
        }
    }
    assert_eq!(systems, SYSTEMS.iter().map(|system| system.name().to_owned()).collect());
}

#[test]
fn each_fault_of_the_lab_has_a_recording_that_ends_with_its_finding() {
    // what was said then is kept: rules that are younger than the recordings are not in them
    const YOUNGER: [&str; 1] = ["entry-down"];
    #[derive(serde::Deserialize)]
    struct Expectation {
        must: BTreeSet<String>,
    }
    let names: BTreeSet<String> = recordings().into_iter().map(|(name, _)| name).collect();
    assert!(names.contains("healthy"), "{names:?}");
    assert_eq!(super::recording("healthy").at(jiff::Timestamp::MAX).expect("an instant").judgement.findings, []);
    for name in names.iter().filter_map(|name| name.strip_prefix("fault-")) {
        let path = crate::support::root().join(format!("tests/lab/faults/{name}.toml"));
        let expected: Expectation = toml::from_str(&std::fs::read_to_string(path).expect("the file of the fault")).expect("the expectation");
        let last = recording(&format!("fault-{name}")).at(jiff::Timestamp::MAX).expect("an instant");
        let raised: BTreeSet<String> = last.judgement.findings.iter().map(|finding| finding.rule.clone()).collect();
        let missing: Vec<&String> = expected.must.difference(&raised).filter(|rule| !YOUNGER.contains(&rule.as_str())).collect();
        assert!(missing.is_empty(), "{name}: lacks {missing:?}, holds {raised:?}");
    }
}

/// References to secrets stay where the configuration is.
#[test]
fn a_recording_names_no_secret() {
    for (name, path) in recordings() {
        let recording = Recording::open(&path).expect("a recording");
        for number in 0..recording.stops().len() {
            for (doc, text) in recording.reader().docs(number).expect("docs") {
                let text = String::from_utf8_lossy(&text);
                assert!(!text.contains("secrets/"), "{name} {number} {doc}");
            }
        }
    }
}

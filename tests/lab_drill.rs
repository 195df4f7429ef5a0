//! The drill on the real platform: there and back under clients who write, nothing of it left behind, and its result kept; a leader is killed nowhere but where
//! that is what the cluster is for.

use crate::lab_switchover::Watched;
use crate::support::lab::Lab;
use serde_json::Value;

#[test]
fn a_drill_goes_there_and_back_and_keeps_what_it_measured() {
    const NAME: &str = "lab_drill::a_drill_goes_there_and_back_and_keeps_what_it_measured";
    if std::env::var_os("OPSCTL_EXHAUSTIVE").is_none() {
        println!("SKIPPED {NAME}: it is gone with --exhaustive");
        return;
    }
    let Some(lab) = Lab::to_break(NAME) else { return };
    let watched = Watched::new(&lab);
    let to = watched.ready();
    let before = watched.leader();
    let load = watched.load();
    let (stdout, stderr, code) = watched.opsctl(&["drill", "--to", &to, "--settled", "1s", "--write", "--confirm", &watched.name]);
    let became = load.end();
    assert_eq!(code, 0, "{stdout}{stderr}");
    assert_eq!(watched.leader(), before);
    for none in ["errors", "unknown", "lost", "clients_cut"] {
        assert_eq!(became[none], 0, "{none}: {became}\n{stdout}");
    }
    let changes = watched.changes();
    assert_eq!(changes.iter().filter(|change| *change == "POST /switchover").count(), 2, "{changes:?}");
    assert!(changes.iter().all(|change| ["POST /switchover", "PATCH /config"].contains(&change.as_str())), "{changes:?}");
    let (config, _, _) = watched.opsctl(&["show-config", "-o", "json", "--deadline", "30s"]);
    assert!(!config.contains("synchronous_node_count"), "as it was before: {config}");
    let (runs, _, _) = watched.opsctl(&["run", "list", "-o", "json"]);
    let runs: Value = serde_json::from_str(&runs).expect("JSON");
    let id = runs["runs"][0]["id"].as_str().expect("a name");
    let (result, _, code) = watched.opsctl(&["run", "result", id, "-o", "json"]);
    let result: Value = serde_json::from_str(&result).expect("JSON");
    let kept = std::fs::read(watched.state().join("opsctl/runs").join(id).join("result.json")).expect("kept");
    let mut kept: Value = serde_json::from_slice(&kept).expect("JSON");
    kept["generated_at"] = result["generated_at"].clone();
    assert_eq!((code, &result), (0, &kept));
    assert_eq!((result["verdict"].as_str(), result["errors"].as_u64()), (Some("kept"), Some(0)), "{result}");
    assert!(result["gap_seconds"].as_f64().is_some_and(|gap| gap > 0.0) && result["client_errors"].is_null(), "{result}");
    println!("report: drill: longest gap {} s, of the clients {} s", result["gap_seconds"], became["max_gap_seconds"]);

    // another standby may be the synchronous one now
    let to = watched.ready();
    assert_eq!(watched.opsctl(&["drill", "--to", &to, "--settled", "1s", "--kill", "--dry-run"]).2, 0);
    let text = std::fs::read_to_string(watched.config()).expect("the configuration");
    std::fs::write(watched.config(), text.replace("environment = \"dev\"", "environment = \"prod\"")).expect("written");
    let (_, stderr, code) = watched.opsctl(&["drill", "--to", &to, "--settled", "1s", "--kill", "--write", "--confirm", &watched.name]);
    assert!(code == 5 && stderr.contains("nowhere else a leader is killed"), "{code}: {stderr}");
    assert_eq!(watched.changes(), changes);
}

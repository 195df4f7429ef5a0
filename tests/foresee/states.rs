use crate::patroni_golden::capture;
use crate::patroni_golden::fleet::{fleet, three};
use opsctl::health::ClusterView;
use opsctl::health::foresee::foresee;
#[test]
fn print() {
    let captures = capture::all();
    let mut states: Vec<&str> = captures.iter().map(|c| c.state.as_str()).collect();
    states.dedup();
    for state in states {
        let f = fleet(state, &three(), &captures, 31);
        println!("== {state}");
        for fate in foresee(&ClusterView { fleet: &f, cluster: &f.clusters[0], now: f.at }) {
            println!(
                "   {:?} heir {:?} back {:?} lost {:?} broken {:?} :: {}",
                fate.target,
                fate.heir.as_ref().map_err(|g| format!("{}: {}", g.fact, g.reason.phrase())),
                fate.back.as_ref().map_err(|g| format!("{}: {}", g.fact, g.reason.phrase())),
                fate.lost.as_ref().ok(),
                fate.broken,
                fate.why.shown()
            );
        }
    }
}

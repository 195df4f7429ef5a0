//! The clients that the proofs of a switchover rest on: one that cannot connect is counted, each time, and goes on.

use crate::lab_switchover::{Watched, until};
use crate::support::lab::Lab;

#[test]
fn a_client_with_a_connection_for_each_transaction_counts_those_that_it_does_not_get() {
    let Some(lab) = Lab::to_break("lab_load::a_client_with_a_connection_for_each_transaction_counts_those_that_it_does_not_get") else { return };
    let watched = Watched::new(&lab);
    until("the pools can be asked", || watched.paused() == 0);
    let load = watched.load_of(&["--clients", "4", "--per-transaction", "--seconds", "10"]);
    let fault = lab.fault("pooler-kill9");
    let became = load.ended();
    fault.clear();
    // two of them have the other pooler
    assert!(became["errors"].as_u64().is_some_and(|errors| errors > 2) && became["clients_cut"] == 2, "{became}");
    assert!(became["acked"].as_u64().is_some_and(|acked| acked > 10), "{became}");
    assert_eq!((&became["clients_broken"], &became["lost"]), (&serde_json::json!([]), &0.into()), "{became}");
    let kinds = became["kinds"].as_object().expect("kinds");
    assert!(kinds.keys().any(|kind| kind.starts_with("connect: ")), "{became}");
}

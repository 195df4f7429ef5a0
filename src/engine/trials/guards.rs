//! A guard in the process of the trial, beside a run that goes on: what it does when it is told to end before anybody is held.

use super::fakes::*;
use super::{SECOND, nothing_between};
use crate::engine::guard_log::report;
use crate::engine::hold::{Gone, stand};
use crate::engine::states::OnFailure;
use crate::engine::{Step, World};
use crate::model::Clock;
use serde_json::json;
use std::future::ready;

#[tokio::test]
async fn a_guard_that_is_told_to_end_before_its_step_begins_stays_until_it_cannot_begin_any_more() {
    let waits = |id: &str, fact: &str| {
        let mut wait = job("long wait", "");
        wait.body = json!(fact);
        Step { timeout: 7200 * SECOND, ..Step::new(id, wait) }
    };
    for begins in [true, false] {
        let trial = Trial::new(plan(vec![waits("first", "ready"), held("pool", 3600 * SECOND), waits("last", "over")], OnFailure::Ask));
        trial.outside.fact("ready", json!(false));
        trial.outside.fact("over", json!(false));
        let (far, consent) = (Far::default(), trial.consent());
        let mut run = std::pin::pin!(trial.process_with(&far, &consent, &nothing_between));
        let real = Clock::real();
        while !trial.folder.journal().exists() || trial.standing().taken.is_none() {
            assert!(real.timeout(SECOND / 100, &mut run).await.is_none(), "it ended early");
        }
        // by the time of the day where its step begins, so that it has begun by then; fast where it never does
        let clock = if begins { Clock::real() } else { Clock::at_rate(50) };
        let (outside, folder) = (trial.outside.clone(), trial.folder.clone());
        let world = World { clock, language: &outside, hands: &outside, facts: &outside, guards: &outside };
        let guard = async {
            let stood = stand(&folder, "pool", 1, &world, ready(Gone::Told), || Ok(())).await;
            stood.expect("it stood");
            outside.fact("over", json!(true));
        };
        let run = async {
            if begins {
                trial.outside.fact("ready", json!(true));
                run.await.expect("run");
            } else {
                let _still_waits = real.timeout(SECOND / 5, &mut run).await;
            }
        };
        futures_util::future::join(guard, run).await;
        let report = report(&trial.folder.holds(), "pool").expect("read").expect("it stood");
        assert_eq!(report.freed.is_some(), begins);
        assert_eq!(trial.outside.said(), if begins { vec!["do pool", "undo pool"] } else { Vec::new() });
    }
}

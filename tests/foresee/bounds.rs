//! No range is wider than somebody can use: the lease and 2 s for a crash of the leader, 5 s for all else; and none is upside down.

use super::states::{configured, fates};
use crate::patroni_golden::capture;
use crate::patroni_golden::fleet::{fleet, three};
use opsctl::health::foresee::{Outage, Span, Target};
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Patroni itself refuses a ttl below 20 and below `loop_wait + 2 * retry_timeout`, and a `retry_timeout` below 3.
    #[test]
    fn a_range_is_never_wider_than_the_lease_allows(ttl in 20_u64..=600, share in 0.0_f64..=1.0, strict: bool) {
        thread_local! { static CAPTURES: Vec<capture::Capture> = capture::all(); }
        let mut fleet = CAPTURES.with(|captures| fleet("healthy", &three(), captures, 31));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small positive numbers")]
        let round = 1 + ((ttl - 7) as f64 * share) as u64;
        configured(&mut fleet, "ttl", &json!(ttl));
        configured(&mut fleet, "loop_wait", &json!(round));
        configured(&mut fleet, "synchronous_mode_strict", &json!(strict));
        for fate in fates(&fleet) {
            let Ok(Outage::Within(Span { least, most })) = fate.back else { continue };
            prop_assert!(least <= most);
            let bar = if matches!(fate.target, Target::Leader(_)) { Duration::from_secs(ttl + 2) } else { Duration::from_secs(5) };
            prop_assert!(most <= least + bar, "{:?}: {least:?} to {most:?}", fate.target);
            // the lease is what it is: nobody is promoted before it may have ended, and it has to have ended
            if matches!(fate.target, Target::Leader(_)) {
                prop_assert!(least + Duration::from_secs(round + 1) >= Duration::from_secs(ttl) && most >= Duration::from_secs(ttl));
            }
        }
    }
}

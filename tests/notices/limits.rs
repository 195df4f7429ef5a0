//! How often a target is told: never more than it wants in any hour, whatever happens; and the last word always, once it may.

use super::{finding, now, observed, target};
use opsctl::app::Observed;
use opsctl::app::notice::memory::Kept;
use opsctl::app::notice::policy::{self, Policy};
use opsctl::app::notice::{Event, Notice};
use opsctl::config::ClusterSpec;
use opsctl::fleet::Fleet;
use opsctl::health::judge::every_rule;
use opsctl::health::{Judgement, Outcome};
use opsctl::model::{Cure, Finding, Gap, Moment, Reason, Severity};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);

fn lag(member: &str, severity: Severity) -> Finding {
    finding("replica-lag", severity, member, "it is behind")
}

/// A target that takes everything.
struct Taker {
    policy: Policy,
    told: Vec<(Moment, String)>,
    /// What its notices called held back and over.
    dropped: usize,
}

impl Taker {
    fn new(least: Severity, per_hour: usize) -> Self {
        Taker { policy: Policy::new(&target(least, per_hour)), told: Vec::new(), dropped: 0 }
    }

    /// These findings hold at `at`.
    fn see(&mut self, at: Moment, findings: &[Finding]) {
        self.policy.see(&observed(findings), |_| true);
        self.take(at);
    }

    /// As [`Taker::see`], with another cluster in the fleet.
    fn look(&mut self, at: Moment, findings: &[Finding]) {
        let one = observed(findings);
        let specs = ["orders-eu", "shop", "billing"].map(|name| Arc::new(ClusterSpec::named(name, "test")));
        let fleet = Fleet::unread(&specs, Duration::MAX, now());
        let judgement = Judgement::told(&fleet, 1, now(), findings, &[], &[]);
        self.policy.see(&Observed { fleet: Arc::new(fleet), judgement: Arc::new(judgement), now: at, ..one }, |_| true);
        self.take(at);
    }

    fn take(&mut self, at: Moment) {
        while let Some(notice) = self.policy.next(at) {
            self.told.push((at, word(&notice)));
            self.dropped += notice.besides.dropped;
            self.policy.done(&notice, policy::Outcome::Delivered, at);
        }
    }

    fn words(&self) -> Vec<&str> {
        self.told.iter().map(|(_, word)| word.as_str()).collect()
    }

    /// The most that came within one hour.
    fn busiest_hour(&self) -> usize {
        let within = |begin: &Moment| self.told.iter().filter(|(at, _)| at.mono >= begin.mono && at.since(*begin) < HOUR).count();
        self.told.iter().map(|(at, _)| within(at)).max().unwrap_or(0)
    }
}

fn word(notice: &Notice) -> String {
    let member = |finding: &Finding| finding.subject.member.clone().unwrap_or_default();
    match &notice.event {
        Event::Raised { finding, .. } => format!("{} {}", finding.severity.word(), member(finding)),
        Event::Recovered { finding, still: None, .. } => format!("recovered {}", member(finding)),
        Event::Recovered { finding, still: Some(severity), .. } => format!("now {} {}", severity.word(), member(finding)),
        Event::HeldBack { count, severity, cluster, .. } => format!("held {count}, {} {cluster}", severity.word()),
        Event::Said { text, .. } => text.clone(),
        Event::Test { .. } => "test".to_owned(),
    }
}

#[test]
fn a_finding_is_told_once_when_it_comes_when_it_changes_and_when_it_goes() {
    let mut taker = Taker::new(Severity::Warning, 20);
    let warning = lag("pg1", Severity::Warning);
    let moved = Finding { sentence: "it is 9 s behind".into(), ..warning.clone() };
    let unsure = Finding { confirmed: false, ..lag("pg1", Severity::Critical) };
    for findings in [
        vec![warning.clone()],
        vec![moved],
        vec![lag("pg1", Severity::Critical)],
        vec![unsure.clone()],
        vec![lag("pg1", Severity::Critical)],
        vec![lag("pg1", Severity::Info)],
        vec![],
        // not seen for certain: nothing to wake anybody for
        vec![unsure],
        vec![],
    ] {
        taker.see(now(), &findings);
    }
    assert_eq!(taker.words(), ["warning pg1", "critical pg1", "now info pg1"]);
    taker.see(now(), &[warning]);
    taker.see(now(), &[]);
    assert_eq!(taker.words()[3..], ["warning pg1", "recovered pg1"]);
}

#[test]
fn the_worst_is_told_first_and_the_last_of_the_hour_says_how_much_is_held_back() {
    let mut taker = Taker::new(Severity::Warning, 6);
    let mut all: Vec<Finding> = (1..=9).map(|at| lag(&format!("pg{at}"), Severity::Warning)).collect();
    all.push(lag("pg10", Severity::Critical));
    taker.see(now(), &all);
    assert_eq!(taker.words(), ["critical pg10", "warning pg1", "held 8, warning orders-eu"]);
    // most are gone before the hour is over: nobody is told of what he was not told, but of what he was
    taker.see(now().plus(SECOND), &all[..3]);
    assert_eq!(taker.words()[3..], ["recovered pg10"]);
    assert_eq!(taker.policy.due(now().plus(SECOND)), Some(Duration::from_secs(3_599)));
    taker.take(now().plus(Duration::from_secs(3_599)));
    assert_eq!(taker.told.len(), 4);
    taker.take(now().plus(HOUR));
    // six came and went while nothing could be said of them
    assert_eq!(taker.dropped, 6);
    assert_eq!(taker.words()[4..], ["warning pg2", "warning pg3"]);
    assert_eq!(taker.policy.due(now().plus(HOUR)), None);
}

#[test]
fn a_critical_finding_or_one_alone_is_told_itself_also_as_the_last_of_the_hour() {
    let warnings = |names: &[&str]| names.iter().map(|name| lag(name, Severity::Warning)).collect::<Vec<_>>();
    let mut taker = Taker::new(Severity::Warning, 3);
    taker.see(now(), &warnings(&["pg1", "pg2"]));
    let mut all = warnings(&["pg1", "pg2", "pg3", "pg4"]);
    all.push(lag("pg5", Severity::Critical));
    taker.see(now().plus(SECOND), &all);
    assert_eq!(taker.words(), ["warning pg1", "warning pg2", "critical pg5"]);
    let mut taker = Taker::new(Severity::Warning, 6);
    taker.see(now(), &warnings(&["pg1", "pg2"]));
    taker.see(now().plus(SECOND), &warnings(&["pg1", "pg2", "pg3"]));
    assert_eq!(taker.words()[2..], ["warning pg3"]);
    // the end of what was told is no reason to fall silent
    let mut taker = Taker::new(Severity::Warning, 8);
    taker.see(now(), &warnings(&["pg1", "pg2"]));
    taker.see(now().plus(SECOND), &[]);
    assert_eq!(taker.words()[2..], ["recovered pg1", "recovered pg2"]);
}

#[test]
fn a_thousand_flaps_are_no_more_than_the_hour_allows_and_end_with_the_truth() {
    let mut taker = Taker::new(Severity::Info, 20);
    for at in 0..1_000_u32 {
        let findings = if at % 2 == 0 { vec![lag("pg1", Severity::Warning)] } else { Vec::new() };
        taker.see(now().plus(SECOND * at), &findings);
    }
    // one that is alone is told itself, then its end, and that no more is said
    assert_eq!(taker.words()[8..], ["warning pg1", "recovered pg1", "held 1, warning orders-eu"]);
    taker.see(now().plus(SECOND * 1_000), &[lag("pg1", Severity::Critical)]);
    assert_eq!(taker.words()[11..], ["critical pg1"], "the reserve is for what is worse than all that was told");
    assert_eq!(taker.dropped, 495, "what was held back is counted");
    for minute in 17..200 {
        taker.take(now().plus(Duration::from_mins(minute)));
    }
    assert_eq!(taker.told.len(), 12);
    assert!(taker.busiest_hour() <= 20);
}

/// Of another cluster than all others here.
fn elsewhere(rule: &str) -> Finding {
    let mut elsewhere = finding(rule, Severity::Critical, "db1", "it is so elsewhere");
    "shop".clone_into(&mut elsewhere.subject.cluster);
    elsewhere
}

#[test]
fn a_crash_that_uses_up_the_hour_leaves_room_for_another_cause_and_for_its_end() {
    let mut taker = Taker::new(Severity::Warning, 20);
    // ten are told of, which is what may be said of anything
    let mut crash: Vec<Finding> = (10..20).map(|at| lag(&format!("pg{at}"), Severity::Warning)).collect();
    crash.insert(0, finding("no-leader", Severity::Critical, "pg1", "nobody leads"));
    taker.see(now(), &crash);
    assert_eq!((taker.told.len(), taker.words()[9]), (10, "held 2, warning orders-eu"));
    // an hour of flapping of the one cause, in a fleet of two clusters
    for second in 1..100_u32 {
        let holds = if second % 2 == 0 { &crash[..] } else { &crash[1..] };
        taker.look(now().plus(SECOND * second), holds);
    }
    assert_eq!(taker.words()[10..], ["recovered pg1", "critical pg1"], "its end is told once in the hour, and that this was none");
    crash.push(elsewhere("split-brain"));
    taker.look(now().plus(SECOND * 100), &crash[1..]);
    assert_eq!(taker.words()[12..], ["critical db1"]);
    // a whole storm of new causes leaves the last place to whoever was told nothing
    for at in 0..10 {
        crash.push(finding("split-brain", Severity::Critical, &format!("pg{at}"), "it writes"));
    }
    taker.look(now().plus(SECOND * 101), &crash[1..]);
    assert_eq!(taker.told.len(), 19);
    let mut third = elsewhere("no-leader");
    third.subject.cluster = "billing".to_owned();
    crash.push(third);
    taker.look(now().plus(SECOND * 102), &crash[1..]);
    assert_eq!((taker.told.len(), taker.words()[19]), (20, "critical db1"));
    taker.look(now().plus(SECOND * 103), &[]);
    assert_eq!(taker.told.len(), 20, "never more than it may");
}

#[test]
fn what_follows_from_a_told_cause_rides_in_its_notice() {
    let cause = finding("no-leader", Severity::Critical, "pg1", "nobody leads");
    let follows = |member: &str| Finding {
        cure: Cure::Follows { from: "no-leader".to_owned(), of: None, why: "nobody leads".to_owned() },
        sentence: "it does not stream".into(),
        ..lag(member, Severity::Critical)
    };
    let mut policy = Policy::new(&target(Severity::Warning, 20));
    policy.see(&observed(&[cause.clone(), follows("pg2"), follows("pg3")]), |_| true);
    let notice = policy.next(now()).expect("the cause");
    assert_eq!((word(&notice).as_str(), notice.besides.follow.len()), ("critical pg1", 2));
    policy.done(&notice, policy::Outcome::Delivered, now());
    assert_eq!(policy.next(now()), None);
    // when the cause is over it has a minute to end, then it is told like any other
    let rest = [lag("pg2", Severity::Critical)];
    let at = |seconds: u32| Observed { now: now().plus(SECOND * seconds), ..observed(&rest) };
    policy.see(&at(30), |_| true);
    let notice = policy.next(now().plus(SECOND * 30)).expect("the end of the cause");
    policy.done(&notice, policy::Outcome::Delivered, now().plus(SECOND * 30));
    assert_eq!((word(&notice).as_str(), policy.next(now().plus(SECOND * 30))), ("recovered pg1", None));
    policy.see(&at(61), |_| true);
    assert_eq!(policy.next(now().plus(SECOND * 61)).map(|notice| word(&notice)).as_deref(), Some("critical pg2"));
    // a cause that the target is not told of explains nothing to it
    let mut policy = Policy::new(&target(Severity::Critical, 20));
    policy.see(&observed(&[Finding { severity: Severity::Warning, ..cause }, follows("pg2")]), |_| true);
    assert_eq!(policy.next(now()).map(|notice| word(&notice)).as_deref(), Some("critical pg2"));
}

#[test]
fn a_consequence_rides_behind_its_own_cause_and_never_when_it_is_worse() {
    let silent = |host: &str| finding("host-silent", Severity::Warning, host, "nothing on it answers");
    let follows = |cause: &Finding, rule: &str, severity: Severity, member: &str| Finding {
        cure: Cure::Follows { from: cause.rule.clone(), of: Some(cause.subject.clone()), why: "nothing on it answers".to_owned() },
        sentence: format!("{member} is behind it").into(),
        ..finding(rule, severity, member, "it is so")
    };
    let (one, two) = (silent("h1"), silent("h2"));
    let first = follows(&one, "endpoint-unreachable", Severity::Warning, "pg1");
    let second = follows(&two, "endpoint-unreachable", Severity::Warning, "pg2");
    let deeper = follows(&first, "replica-lag", Severity::Warning, "pg3");
    let worse = follows(&two, "clients-waiting", Severity::Critical, "pgb-1");
    let mut policy = Policy::new(&target(Severity::Warning, 20));
    policy.see(&observed(&[one, two, first, second, deeper, worse]), |_| true);
    let mut told = Vec::new();
    while let Some(notice) = policy.next(now()) {
        told.push((word(&notice), notice.besides.follow.clone()));
        policy.done(&notice, policy::Outcome::Delivered, now());
    }
    let told: Vec<(&str, Vec<&str>)> = told.iter().map(|(word, follow)| (word.as_str(), follow.iter().map(String::as_str).collect())).collect();
    assert_eq!(
        told,
        [("critical pgb-1", vec![]), ("warning h1", vec!["pg1 is behind it", "pg3 is behind it"]), ("warning h2", vec!["pg2 is behind it"])]
    );
}

#[test]
fn what_was_held_back_and_rides_now_is_not_called_over() {
    let mut taker = Taker::new(Severity::Warning, 2);
    taker.see(now(), &[lag("pg1", Severity::Warning), lag("pg2", Severity::Warning)]);
    assert_eq!(taker.words(), ["warning pg1"]);
    let cause = finding("no-leader", Severity::Critical, "pg9", "nobody leads");
    let cure = Cure::Follows { from: "no-leader".to_owned(), of: None, why: "nobody leads".to_owned() };
    taker.see(now().plus(SECOND), &[lag("pg1", Severity::Warning), Finding { cure, ..lag("pg2", Severity::Warning) }, cause]);
    assert_eq!((taker.words()[1..].to_vec(), taker.dropped), (vec!["critical pg9"], 0));
}

#[test]
fn what_does_not_get_through_is_tried_again_less_and_less_often_and_does_not_use_up_the_hour() {
    let mut policy = Policy::new(&target(Severity::Warning, 4));
    policy.see(&observed(&[lag("pg1", Severity::Warning)]), |_| true);
    let mut waits = Vec::new();
    let mut at = now();
    for _ in 0..9 {
        let notice = policy.next(at).expect("due");
        policy.done(&notice, policy::Outcome::Failed, at);
        assert_eq!(policy.next(at), None);
        let wait = policy.due(at).expect("it waits");
        waits.push(wait.as_secs());
        at = at.plus(wait);
    }
    assert_eq!(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
    // one that may have come through counts
    for _ in 0..3 {
        let notice = policy.next(at).expect("due");
        policy.done(&notice, policy::Outcome::Unsure, at);
        at = at.plus(Duration::from_mins(5));
    }
    assert_eq!(policy.next(at), None);
    at = at.plus(HOUR);
    let notice = policy.next(at).expect("an hour later");
    policy.done(&notice, policy::Outcome::Delivered, at);
    assert_eq!((word(&notice).as_str(), policy.due(at)), ("warning pg1", None));
}

#[test]
fn what_another_tells_or_a_person_sees_is_taken_as_told() {
    let mut policy = Policy::new(&target(Severity::Warning, 20));
    policy.see(&observed(&[lag("pg1", Severity::Warning)]), |_| false);
    assert_eq!(policy.next(now()), None);
    // the other is gone: from here on it is told here
    policy.see(&observed(&[lag("pg2", Severity::Warning)]), |_| true);
    let mut words = Vec::new();
    while let Some(notice) = policy.next(now()) {
        words.push(word(&notice));
        policy.done(&notice, policy::Outcome::Delivered, now());
    }
    assert_eq!(words, ["warning pg2", "recovered pg1"]);
    let mut opened = Policy::new(&target(Severity::Warning, 20));
    opened.see(&observed(&[lag("pg1", Severity::Warning)]), |_| true);
    opened.knows_all();
    assert_eq!(opened.next(now()), None);
    assert_eq!(opened.kept("orders-eu"), Kept::default(), "a person saw it, the target was not told");
    opened.see(&observed(&[]), |_| true);
    assert_eq!(opened.next(now()).map(|notice| word(&notice)).as_deref(), Some("recovered pg1"));
}

#[test]
fn a_policy_that_begins_anew_goes_on_with_the_hour_and_waits_until_it_can_know() {
    let before = |findings: &[Finding]| {
        let mut taker = Taker::new(Severity::Warning, 3);
        taker.see(now(), findings);
        taker.policy.kept("orders-eu")
    };
    let anew = |kept: &Kept, at: Moment| {
        let mut taker = Taker::new(Severity::Warning, 3);
        taker.policy.restore("orders-eu", kept.clone(), at);
        taker
    };
    // after a boot the steady clock begins anew
    let boot = |later: Duration| Moment { mono: SECOND, wall: now().plus(later).wall };
    let two = before(&[lag("pg1", Severity::Warning), lag("pg2", Severity::Critical)]);
    let mut taker = anew(&two, boot(SECOND * 60));
    // nothing was judged yet, then a look that is young to this process
    taker.policy.see(&Observed { judgement: Arc::new(Judgement::none(now())), ..observed(&[]) }, |_| true);
    taker.take(boot(SECOND * 60));
    taker.see(boot(SECOND * 60), &[lag("pg1", Severity::Warning), lag("pg2", Severity::Warning)]);
    assert_eq!(taker.told, []);
    let all = [lag("pg1", Severity::Warning), lag("pg2", Severity::Critical), lag("pg3", Severity::Critical), lag("pg4", Severity::Critical)];
    taker.see(boot(SECOND * 60), &all);
    assert_eq!(taker.words(), ["critical pg3"], "two of three were sent before");
    let wait = taker.policy.due(boot(SECOND * 60)).expect("the first frees a place");
    assert_eq!(wait.as_secs(), 3_540);
    // what is known to be over is told; what no rule can look at any more only after a while
    let one = before(&[lag("pg1", Severity::Warning)]);
    let rule = every_rule().into_iter().find(|rule| rule.id == "replica-lag").expect("a rule");
    let subject = lag("pg1", Severity::Warning).subject;
    let outcome = |found| Outcome { rule, subject: subject.clone(), found };
    let gap = Gap::new("replay lag of pg1", Reason::NotAskedYet);
    for (outcomes, told) in [(vec![outcome(Err(gap))], 0), (vec![], 0), (vec![outcome(Ok(0))], 1)] {
        let mut taker = anew(&one, now());
        for seconds in [0, 100] {
            let mut seen = observed(&[]);
            seen.judgement = Arc::new(Judgement::told(&seen.fleet, 1, now(), &[], &outcomes, &[]));
            seen.now = now().plus(SECOND * seconds);
            taker.policy.see(&seen, |_| true);
            taker.take(now().plus(SECOND * seconds));
        }
        assert_eq!(taker.told.len(), told, "{outcomes:?}: {:?}", taker.told);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever comes and goes, and whatever fails: no hour has more, and once all is quiet the target knows what holds.
    #[test]
    fn no_hour_has_more_than_it_may(per_hour in 2_usize..8, steps in prop::collection::vec((0_u64..900, 0_u8..16, 0_u8..4), 1..120)) {
        let mut taker = Taker::new(Severity::Warning, per_hour);
        let mut at = now();
        let mut holds = Vec::new();
        for (seconds, which, fate) in steps {
            at = at.plus(SECOND * u32::try_from(seconds).expect("small"));
            holds = (0..4).filter(|bit| which & (1 << bit) != 0).map(|bit| lag(&format!("pg{bit}"), Severity::Warning)).collect();
            taker.policy.see(&observed(&holds), |_| true);
            while let Some(notice) = taker.policy.next(at) {
                let outcome = [policy::Outcome::Delivered, policy::Outcome::Delivered, policy::Outcome::Unsure, policy::Outcome::Failed][usize::from(fate)];
                if outcome != policy::Outcome::Failed {
                    taker.told.push((at, word(&notice)));
                }
                taker.policy.done(&notice, outcome, at);
            }
        }
        for hour in 0..20 {
            taker.take(at.plus(HOUR * hour));
        }
        prop_assert!(taker.busiest_hour() <= per_hour, "{} of {per_hour}", taker.busiest_hour());
        prop_assert_eq!(taker.policy.waiting(), 0);
        drop(holds);
    }
}

#[test]
fn a_finding_that_another_witness_takes_over_is_neither_raised_anew_nor_over() {
    let mut taker = Taker::new(Severity::Warning, 20);
    let told = |system: Option<&str>| {
        let mut finding = lag("pg3", Severity::Critical);
        finding.subject.system = system.map(str::to_owned);
        finding
    };
    let key = |finding: &Finding| {
        let mut policy = Policy::new(&target(Severity::Warning, 20));
        policy.see(&observed(std::slice::from_ref(finding)), |_| true);
        opsctl::app::notice::body::key(&policy.next(now()).expect("it is told"))
    };
    for (seconds, system) in [(0, Some("postgres")), (1, None), (2, Some("patroni")), (3, Some("postgres"))] {
        taker.see(now().plus(SECOND * seconds), &[told(system)]);
        assert_eq!(taker.told.len(), 1, "{system:?}: {:?}", taker.told);
        assert_eq!(key(&told(system)), key(&told(Some("postgres"))), "one incident for whoever is called");
    }
    taker.see(now().plus(SECOND * 4), &[]);
    assert_eq!(taker.told.len(), 2, "{:?}", taker.told);
}

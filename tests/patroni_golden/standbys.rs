//! A move of the synchronous standby, which no server keeps, is noted by whoever watches.

use super::fleet::judged;
use super::staged::changed;
use opsctl::app::standbys::{Standbys, noted};
use opsctl::app::turns::{Kind, Turn, joined};
use opsctl::app::verdict::{Change, moves};
use opsctl::app::{Observed, cells, views};
use opsctl::fleet::Fleet;
use std::sync::Arc;

/// The captured cluster, whose primary is pg2, with `name` as the standby that it waits for.
fn confirmed_by(name: Option<&str>) -> Fleet {
    changed("pg2", |snapshot| {
        for follower in &mut snapshot.own.followers {
            let word = if follower.name.as_deref() == name { "sync" } else { "async" };
            follower.sync_state = Some(word.to_owned());
        }
    })
}

#[test]
fn a_move_of_the_synchronous_standby_is_noted_once_and_its_absence_is_no_move() {
    let steps = [Some("pg3"), Some("pg3"), None, Some("pg1"), Some("pg1")].map(confirmed_by);
    let mut former = Fleet { clusters: Vec::new(), ..steps[0].clone() };
    let (mut known, mut turns): (Arc<Standbys>, Arc<Vec<Turn>>) = (Arc::default(), Arc::default());
    let mut told = Vec::new();
    for fleet in steps {
        let (standbys, moved) = noted(&known, &former, &fleet, fleet.at);
        told.push(moved.iter().map(|turn| turn.finding.sentence.raw().to_owned()).collect::<Vec<_>>());
        turns = joined(&turns, moved, &judged(&fleet));
        (known, former) = (standbys, fleet);
    }
    assert_eq!(told, [vec![], vec![], vec![], vec!["synchronous standby pg3 -> pg1".to_owned()], vec![]]);
    let [turn] = turns.as_slice() else { panic!("{turns:?}") };
    assert_eq!((turn.kind, turn.at, turn.finding.subject.member.as_deref()), (Kind::Moved, former.at.wall, Some("pg1")));
    assert_eq!((moves(&[], &turns), moves(&turns, &turns)), (vec![Change::Moved(turn.clone())], Vec::new()), "`watch` tells it once");

    let (now, judgement) = (former.at, Arc::new(judged(&former)));
    let observed = Observed { turns, ..Observed::new(Arc::new(former), judgement, Arc::default(), now) };
    let events = views::VIEWS.iter().find(|view| view.name == "events").expect("a view");
    let page = (events.page)(&observed, &views::Pick::default()).expect("a page");
    let rows: Vec<[String; 3]> = page.tables[0].rows.iter().map(|row| [3, 4, 5].map(|at| cells::words(&row.cells[at]).0)).collect();
    assert!(rows.contains(&["role-change", "pg1", "synchronous standby pg3 -> pg1"].map(str::to_owned)), "{rows:?}");
}

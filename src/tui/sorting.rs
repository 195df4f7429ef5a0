//! The order of rows by one column. What is not known stands last in both directions, equals stand by their keys, and in a tree only those below the same row
//! change places; where no root has such a value the tree is a list, so that the roots do not stand before all that have one. Pure.

use crate::app::cells::{missing, words};
use crate::systems::view::{Cell, Column, Kind, Row, Table, Tone};
use std::cmp::Ordering;

/// By which column, and which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorting {
    /// Key of the column.
    pub column: String,
    /// The most first.
    pub falling: bool,
}

impl Sorting {
    /// The way one wants to see first: much before little, bad words before good ones.
    #[must_use]
    pub fn first(column: &Column) -> Self {
        let falling = !matches!(column.kind, Kind::Text | Kind::Word | Kind::List);
        Sorting { column: column.key.to_owned(), falling }
    }

    /// Puts `order`, places in `table`, in this order; a column that is not there changes nothing.
    pub fn apply(&self, table: &Table, order: &mut Vec<u32>) {
        let Some(at) = table.columns.iter().position(|column| column.key == self.column) else { return };
        let row = |place: &u32| usize::try_from(*place).ok().and_then(|place| table.rows.get(place));
        let ranked: Vec<Ranked> =
            order.iter().filter_map(|place| row(place).map(|row| (*place, row.depth, row.cells.get(at).map_or(Rank::Missing, rank)))).collect();
        let compare = |left: &Ranked, right: &Ranked| {
            let key = |place: &u32| row(place).map_or("", |row: &Row| row.key.as_str());
            self.order(&left.2, &right.2).then_with(|| key(&left.0).cmp(key(&right.0)))
        };
        order.clear();
        if self.is_list(table) {
            let mut ranked = ranked;
            ranked.sort_by(compare);
            order.extend(ranked.iter().map(|(place, ..)| *place));
        } else {
            families(&ranked, &compare, order);
        }
    }

    /// Whether the rows of `table`, though a tree, stand as a list in this order.
    #[must_use]
    pub fn is_list(&self, table: &Table) -> bool {
        let Some(at) = table.columns.iter().position(|column| column.key == self.column) else { return false };
        let has_value = |row: &Row| row.cells.get(at).is_some_and(|cell| !matches!(rank(cell), Rank::Missing));
        let (roots, others): (Vec<&Row>, Vec<&Row>) = table.rows.iter().partition(|row| row.depth == 0);
        others.iter().any(|row| has_value(row)) && !roots.iter().any(|row| has_value(row))
    }

    fn order(&self, left: &Rank, right: &Rank) -> Ordering {
        match (left, right) {
            (Rank::Missing, Rank::Missing) => Ordering::Equal,
            (Rank::Missing, _) => Ordering::Greater,
            (_, Rank::Missing) => Ordering::Less,
            _ if self.falling => right.of(left),
            _ => left.of(right),
        }
    }
}

type Ranked = (u32, usize, Rank);

/// Sorts the rows at the least depth of `rows`; each takes those that hang on it along.
fn families(rows: &[Ranked], compare: &impl Fn(&Ranked, &Ranked) -> Ordering, order: &mut Vec<u32>) {
    let Some(least) = rows.iter().map(|(_, depth, _)| *depth).min() else { return };
    let mut sorted: Vec<&[Ranked]> = Vec::new();
    let mut begin = 0;
    for at in 1..=rows.len() {
        if rows.get(at).is_none_or(|(_, depth, _)| *depth == least) {
            sorted.extend(rows.get(begin..at));
            begin = at;
        }
    }
    sorted.sort_by(|left, right| match (left.first(), right.first()) {
        (Some(left), Some(right)) => compare(left, right),
        _ => Ordering::Equal,
    });
    for family in sorted {
        // the first may be one whose own root was left out
        let Some((first, rest)) = family.split_first() else { continue };
        order.push(first.0);
        families(rest, compare, order);
    }
}

/// A cell as something that has an order.
#[derive(Clone, Debug)]
enum Rank {
    Number(f64),
    Whole(i128),
    /// How it stands, then its letters.
    Word(u8, String),
    Missing,
}

impl Rank {
    fn of(&self, other: &Rank) -> Ordering {
        match (self, other) {
            (Rank::Number(left), Rank::Number(right)) => left.total_cmp(right),
            (Rank::Whole(left), Rank::Whole(right)) => left.cmp(right),
            (Rank::Word(tone, left), Rank::Word(other, right)) => tone.cmp(other).then_with(|| left.cmp(right)),
            _ => Ordering::Equal,
        }
    }
}

fn rank(cell: &Cell) -> Rank {
    if missing(cell, "").is_some() {
        return Rank::Missing;
    }
    match cell {
        Cell::Nothing | Cell::Unknown(_) => Rank::Missing,
        Cell::Toned(inner, _) => rank(inner),
        Cell::Seconds(number) | Cell::AtLeast(number) | Cell::Percent(number) => Rank::Number(*number),
        Cell::Count(count) => Rank::Whole(i128::from(*count)),
        Cell::Bytes(bytes) => Rank::Whole(i128::from(*bytes)),
        Cell::Lsn(lsn) => Rank::Whole(i128::from(lsn.0)),
        Cell::Time(at) => Rank::Whole(at.as_nanosecond()),
        Cell::Flag(flag) => Rank::Whole(i128::from(*flag)),
        Cell::Series(series) => series.values.iter().rev().flatten().next().map_or(Rank::Missing, |newest| Rank::Number(f64::from(*newest))),
        Cell::Text(_) | Cell::Word(..) | Cell::List(_) => Rank::Word(badness(cell.tone()), words(cell).0),
    }
}

const fn badness(tone: Tone) -> u8 {
    match tone {
        Tone::Bad => 0,
        Tone::Warn => 1,
        Tone::Plain => 2,
        Tone::Good => 3,
        Tone::Muted => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Gap, Reason};
    use proptest::prelude::*;

    fn table(rows: Vec<(&str, usize, Cell)>) -> Table {
        let rows = rows.into_iter().map(|(key, depth, cell)| Row { depth, ..Row::new(key, vec![cell]) }).collect();
        Table { key: "t", title: "T", columns: vec![Column::new("lag_bytes", "LAG", Kind::Bytes, 0, "")], rows, when_empty: "" }
    }

    fn sorted(table: &Table, falling: bool) -> String {
        let mut order: Vec<u32> = (0..u32::try_from(table.rows.len()).expect("few")).collect();
        Sorting { column: "lag_bytes".to_owned(), falling }.apply(table, &mut order);
        order.iter().map(|at| table.rows[usize::try_from(*at).expect("few")].key.as_str()).collect()
    }

    #[test]
    fn unknown_is_last_both_ways_and_equals_stand_by_their_keys() {
        let gap = Cell::unknown(Gap::new("lag", Reason::NotReported));
        let table = table(vec![
            ("d", 0, Cell::Bytes(5)),
            ("u", 0, gap),
            ("b", 0, Cell::Bytes(9).toned(Tone::Bad)),
            ("a", 0, Cell::Bytes(5)),
            ("n", 0, Cell::Nothing),
        ]);
        assert_eq!(sorted(&table, true), "badnu");
        assert_eq!(sorted(&table, false), "adbnu");
    }

    #[test]
    fn a_tree_stays_one() {
        let table = table(vec![
            ("a", 0, Cell::Bytes(1)),
            ("b", 1, Cell::Bytes(2)),
            ("c", 1, Cell::Bytes(3)),
            ("d", 2, Cell::Bytes(0)),
            ("e", 0, Cell::Bytes(7)),
        ]);
        assert_eq!(sorted(&table, true), "eacdb");
        assert_eq!(sorted(&table, false), "abcde");
    }

    #[test]
    fn a_root_without_a_value_stands_behind_those_that_have_one() {
        let table = table(vec![("a", 0, Cell::Nothing), ("b", 1, Cell::Bytes(2)), ("c", 1, Cell::Bytes(3)), ("d", 2, Cell::Nothing)]);
        assert_eq!([sorted(&table, true), sorted(&table, false)], ["cbad", "bcad"]);
    }

    #[test]
    fn a_bad_word_stands_before_a_good_one() {
        let table = table(vec![("a", 0, Cell::word("x", Tone::Good)), ("b", 0, Cell::word("y", Tone::Bad)), ("c", 0, Cell::word("a", Tone::Good))]);
        assert_eq!(sorted(&table, false), "bca");
    }

    proptest! {
        #[test]
        fn no_row_is_lost(rows in proptest::collection::vec((0_usize..4, 0_u64..5), 0..60), falling: bool) {
            let keys: Vec<String> = (0..rows.len()).map(|at| format!("{at}")).collect();
            let table = table(rows.iter().zip(&keys).map(|((depth, bytes), key)| (key.as_str(), *depth, Cell::Bytes(*bytes))).collect());
            let mut order: Vec<u32> = (0..u32::try_from(rows.len()).expect("few")).collect();
            Sorting { column: "lag_bytes".to_owned(), falling }.apply(&table, &mut order);
            order.sort_unstable();
            prop_assert_eq!(order, (0..u32::try_from(rows.len()).expect("few")).collect::<Vec<_>>());
        }
    }
}

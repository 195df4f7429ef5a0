//! Which columns of a table are shown where room is short: the same choice in tables and in the console.

use crate::systems::view::{Column, Kind};

/// Blanks between two columns.
pub const GAP: usize = 2;
/// Columns with a higher rank are shown only on request.
pub const NARROW: u8 = 5;
/// A column that is cut keeps at least this width.
const LEAST: usize = 8;

/// Columns whose text counts to its last word, since the consequence may stand there: where room is short it is wrapped, not cut.
const PROSE: [&str; 3] = ["sentence", "cure", "hint"];
/// Columns whose beginning says enough, with the least of it: they are cut before a column goes that one reads first.
const ELASTIC: [(&str, usize); 4] = [("statement", 16), ("application", 8), ("who", 16), ("wait", 13)];
/// Columns with this rank or a lower one are read first.
const FIRST: u8 = 1;
/// Less room beside the other columns is none for a sentence: it gets lines of its own below them.
const BESIDE: usize = 44;
/// Blanks before a sentence that has lines of its own.
pub const INDENT: usize = 4;

/// How a sentence is shown that does not fit into its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prose {
    /// Its place among the columns of the table.
    pub at: usize,
    /// Columns of each line.
    pub width: usize,
    /// Columns before each line.
    pub indent: usize,
    /// On lines of its own below the other cells; else beside them.
    pub below: bool,
}

/// Whether the text of `column` is wrapped where room is short.
#[must_use]
pub fn is_prose(column: &Column) -> bool {
    PROSE.contains(&column.key)
}

/// Takes the sentence out of `shown` when it is the last column and all do not fit into `room`; what is left fits.
pub fn prose(shown: &mut Vec<(usize, usize)>, columns: &[Column], room: usize) -> Option<Prose> {
    if total(shown) <= room {
        return None;
    }
    let (at, _) = *shown.last()?;
    columns.get(at).filter(|column| is_prose(column))?;
    shown.pop();
    let others = total(shown) + if shown.is_empty() { 0 } else { GAP };
    if others + BESIDE <= room {
        return Some(Prose { at, width: room - others, indent: others, below: false });
    }
    fit(shown, columns, room);
    Some(Prose { at, width: room.saturating_sub(INDENT).max(LEAST), indent: INDENT, below: true })
}

/// Whether values of `kind` stand at the right edge of their column.
#[must_use]
pub const fn right(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::Bytes | Kind::Seconds | Kind::Percent | Kind::Series)
}

/// Makes `shown`, places in `columns` with their widths, fit into `room`: the highest ranks go first, from the right; before those that one reads first, long
/// texts are cut; then the last column is.
pub fn fit(shown: &mut Vec<(usize, usize)>, columns: &[Column], room: usize) {
    drop_above(FIRST, shown, columns, room);
    for (key, least) in ELASTIC {
        let over = total(shown).saturating_sub(room);
        if let Some((_, width)) = shown.iter_mut().find(|(at, _)| columns.get(*at).is_some_and(|column| column.key == key)) {
            *width -= over.min(width.saturating_sub(least));
        }
    }
    drop_above(0, shown, columns, room);
    cut(shown, room);
}

/// Takes out columns with a rank above `kept`, the highest first, until the others fit.
fn drop_above(kept: u8, shown: &mut Vec<(usize, usize)>, columns: &[Column], room: usize) {
    let rank = |at: usize| columns.get(at).map_or(0, |column| column.drop);
    while total(shown) > room {
        let Some((place, _)) = shown.iter().enumerate().rev().max_by_key(|(_, (at, _))| rank(*at)).filter(|(_, (at, _))| rank(*at) > kept) else {
            break;
        };
        shown.remove(place);
    }
}

/// Cuts `shown` so that all fit into `room`, as far as it goes: the last as long as it is worth reading, then the widest.
pub fn cut(shown: &mut [(usize, usize)], room: usize) {
    let over = total(shown).saturating_sub(room);
    if let Some((_, width)) = shown.last_mut().filter(|_| over > 0) {
        *width = width.saturating_sub(over).max(LEAST.min(*width));
    }
    loop {
        let over = total(shown).saturating_sub(room);
        let Some((_, width)) = shown.iter_mut().max_by_key(|(_, width)| *width).filter(|(_, width)| over > 0 && *width > LEAST) else { break };
        *width = width.saturating_sub(over).max(LEAST);
    }
}

fn total(shown: &[(usize, usize)]) -> usize {
    shown.iter().map(|(_, width)| width + GAP).sum::<usize>().saturating_sub(GAP)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column::new("name", "NAME", Kind::Text, 0, ""),
        Column::new("zone", "ZONE", Kind::Text, 3, ""),
        Column::new("lag", "LAG", Kind::Bytes, 1, ""),
        Column::new("what", "WHAT", Kind::Text, 0, ""),
    ];

    fn fitted(room: usize) -> Vec<(usize, usize)> {
        let mut shown = vec![(0, 4), (1, 4), (2, 4), (3, 20)];
        fit(&mut shown, &COLUMNS, room);
        shown
    }

    #[test]
    fn the_highest_rank_goes_first_and_the_last_column_is_cut() {
        assert_eq!(fitted(38), vec![(0, 4), (1, 4), (2, 4), (3, 20)]);
        assert_eq!(fitted(37), vec![(0, 4), (2, 4), (3, 20)]);
        assert_eq!(fitted(26), vec![(0, 4), (3, 20)]);
        assert_eq!(fitted(20), vec![(0, 4), (3, 14)]);
        assert_eq!(fitted(1), vec![(0, 4), (3, LEAST)]);
        // where the last is short already, the widest gives way
        let mut wide = vec![(0, 30), (1, 60), (3, 6)];
        cut(&mut wide, 60);
        assert_eq!(wide, [(0, 30), (1, 20), (3, 6)]);
        cut(&mut wide, 30);
        assert_eq!(wide, [(0, 8), (1, 12), (3, 6)]);
    }

    #[test]
    fn a_sentence_is_wrapped_beside_the_others_or_below_them_and_never_cut() {
        let columns = [COLUMNS[0], Column::new("sentence", "WHAT", Kind::Text, 0, "")];
        let fitted = |name: usize, room: usize| {
            let mut shown = vec![(0, name), (1, 90)];
            (prose(&mut shown, &columns, room), shown)
        };
        assert_eq!(fitted(4, 96), (None, vec![(0, 4), (1, 90)]));
        assert_eq!(fitted(4, 95), (Some(Prose { at: 1, width: 89, indent: 6, below: false }), vec![(0, 4)]));
        assert_eq!(fitted(40, 80), (Some(Prose { at: 1, width: 76, indent: INDENT, below: true }), vec![(0, 40)]));
        let mut other = vec![(0, 4), (3, 90)];
        assert_eq!(prose(&mut other, &COLUMNS, 20), None);
    }

    #[test]
    fn a_long_text_is_cut_before_a_column_goes_that_one_reads_first() {
        let column = |key, drop| Column::new(key, "", Kind::Text, drop, "");
        let columns = [column("pid", 0), column("wait", 0), column("who", 1), column("database", 3), column("statement", 0)];
        let fitted = |room: usize| {
            let mut shown = vec![(0, 6), (1, 19), (2, 24), (3, 8), (4, 60)];
            fit(&mut shown, &columns, room);
            shown
        };
        assert_eq!(fitted(80), [(0, 6), (1, 19), (2, 24), (4, 25)]);
        assert_eq!(fitted(60), [(0, 6), (1, 16), (2, 16), (4, 16)]);
        assert_eq!(fitted(50), [(0, 6), (1, 13), (4, 16)]);
    }

    #[test]
    fn no_column_needs_no_room() {
        let mut none = Vec::new();
        fit(&mut none, &COLUMNS, 0);
        assert_eq!(none, Vec::new());
    }
}

//! Which columns of a table are shown where room is short: the same choice in tables and in the console.

use crate::systems::view::{Column, Kind};

/// Blanks between two columns.
pub const GAP: usize = 2;
/// Columns with a higher rank are shown only on request.
pub const NARROW: u8 = 5;
/// A column that is cut keeps at least this width.
const LEAST: usize = 8;

/// Whether values of `kind` stand at the right edge of their column.
#[must_use]
pub const fn right(kind: Kind) -> bool {
    matches!(kind, Kind::Count | Kind::Bytes | Kind::Seconds | Kind::Percent | Kind::Series)
}

/// Makes `shown`, places in `columns` with their widths, fit into `room`: the highest ranks go first, from the right; then the last column is cut.
pub fn fit(shown: &mut Vec<(usize, usize)>, columns: &[Column], room: usize) {
    let rank = |at: usize| columns.get(at).map_or(0, |column| column.drop);
    while total(shown) > room {
        let Some((place, _)) = shown.iter().enumerate().rev().max_by_key(|(_, (at, _))| rank(*at)).filter(|(_, (at, _))| rank(*at) > 0) else {
            break;
        };
        shown.remove(place);
    }
    cut(shown, room);
}

/// Cuts the last of `shown` so that all fit into `room`, as far as it goes.
pub fn cut(shown: &mut [(usize, usize)], room: usize) {
    let over = total(shown).saturating_sub(room);
    if let Some((_, width)) = shown.last_mut().filter(|_| over > 0) {
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
    }

    #[test]
    fn no_column_needs_no_room() {
        let mut none = Vec::new();
        fit(&mut none, &COLUMNS, 0);
        assert_eq!(none, Vec::new());
    }
}

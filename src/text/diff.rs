//! The difference of two texts, line by line.

/// Most lines of a text that are compared one by one; a longer one counts as changed as a whole.
const MOST: usize = 4_000;

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
}

/// The lines of `old` and `new`, common ones once.
#[must_use]
pub fn lines<'a>(old: &'a str, new: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    if old.len() > MOST || new.len() > MOST {
        return old.into_iter().map(Line::Removed).chain(new.into_iter().map(Line::Added)).collect();
    }
    // longest[i][j]: common lines of old[i..] and new[j..]
    let mut longest = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    let at = |table: &[Vec<u32>], i: usize, j: usize| table.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            let best = if a == b { at(&longest, i + 1, j + 1) + 1 } else { at(&longest, i + 1, j).max(at(&longest, i, j + 1)) };
            if let Some(cell) = longest.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = best;
            }
        }
    }
    let mut out = Vec::new();
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                out.push(Line::Same(a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), Some(_)) if at(&longest, i + 1, j) >= at(&longest, i, j + 1) => {
                out.push(Line::Removed(a));
                i += 1;
            }
            (_, Some(b)) => {
                out.push(Line::Added(b));
                j += 1;
            }
            (Some(a), None) => {
                out.push(Line::Removed(a));
                i += 1;
            }
            (None, None) => return out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Line::{Added, Removed, Same};

    #[test]
    fn what_is_common_stands_once() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\nd\n"), [Same("a"), Removed("b"), Added("x"), Same("c"), Added("d")]);
        assert_eq!(lines("", "a"), [Added("a")]);
        assert_eq!(lines("a", ""), [Removed("a")]);
        assert_eq!(lines("a", "a"), [Same("a")]);
    }
}

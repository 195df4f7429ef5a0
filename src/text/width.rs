//! Columns on a terminal: what a text takes, and how to make it fit.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that `text` takes. `text` has to be safe already.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text` in at most `most` columns; a cut ends in `…`.
#[must_use]
pub fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        let wide = columns(cluster);
        if used + wide + 1 > most {
            break;
        }
        out.push_str(cluster);
        used += wide;
    }
    if most > 0 {
        out.push('…');
    }
    out
}

/// `text` cut or filled with blanks to exactly `width` columns.
#[must_use]
pub fn pad(text: &str, width: usize, right: bool) -> String {
    let mut out = fit(text, width);
    let blanks = " ".repeat(width.saturating_sub(columns(&out)));
    if right {
        out.insert_str(0, &blanks);
    } else {
        out.push_str(&blanks);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_never_splits_a_wide_character() {
        assert_eq!(fit("東京都", 5), "東京…");
        assert_eq!(fit("東京都", 4), "東…");
        assert_eq!(fit("abc", 3), "abc");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn padding_is_exact_for_wide_text() {
        assert_eq!(columns(&pad("東京", 7, false)), 7);
        assert_eq!(pad("12", 4, true), "  12");
        assert_eq!(columns(&pad("東京都", 4, false)), 4);
    }
}

//! Columns on a terminal: what a text takes, and how to make it fit.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns that `text` takes. `text` has to be safe already.
#[must_use]
pub fn columns(text: &str) -> usize {
    // most of what is drawn
    if text.is_ascii() { text.len() } else { text.width() }
}

/// `text` in at most `most` columns; a cut ends in `…`.
#[must_use]
pub fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    if text.is_ascii() {
        out.push_str(text.get(..most.saturating_sub(1)).unwrap_or_default());
        out.push_str(if most > 0 { "…" } else { "" });
        return out;
    }
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

/// `text` in lines of at most `width` columns, broken at blanks where that is possible. At least one line.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    let mut push = |word: &str, lines: &mut Vec<String>| {
        let wide = columns(word);
        if used + wide > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut().filter(|_| used > 0 || !word.trim().is_empty()) {
            line.push_str(word);
            used += wide;
        }
    };
    // a bracket stays with its word, so words end at blanks alone
    for word in text.split_inclusive(' ').flat_map(|run| run.strip_suffix(' ').map_or([run, ""], |word| [word, " "])) {
        if columns(word) <= width {
            push(word, &mut lines);
        } else {
            word.graphemes(true).for_each(|cluster| push(cluster, &mut lines));
        }
    }
    lines.into_iter().map(|line| line.trim_end().to_owned()).collect()
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

    #[test]
    fn text_is_broken_at_blanks_and_never_too_wide() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("", 7), [""]);
        assert_eq!(wrap("refused (last read 12s ago)", 22), ["refused (last read 12s", "ago)"]);
        assert_eq!(wrap("two  blanks", 20), ["two  blanks"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        for width in 1..20 {
            for line in wrap("a 東京都 long-word-without-blanks, and more words than fit", width) {
                assert!(columns(&line) <= width.max(2), "{width}: {line}");
            }
        }
    }
}

//! Which rows of a table are shown: `pg1`, `/^pg[12]$/`, `!idle`, `lag>10s`, `state!=ok`, several of them separated by blanks. Pure.
//!
//! A row is matched, not matched, or nobody can tell: what a comparison needs may not be known. Such rows are left out and counted, never silently.

mod term;
mod typed;

use crate::systems::view::{Column, Row};
use term::Term;

/// What is wrong with the text of a filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Flaw {
    /// The byte at which the term begins.
    pub at: usize,
    /// What is wrong, and what to try.
    pub why: String,
}

/// What a filter says of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Yes,
    No,
    /// The value that it compares is not known.
    Unknown,
}

impl Verdict {
    fn of(yes: bool) -> Self {
        if yes { Verdict::Yes } else { Verdict::No }
    }

    fn not(self) -> Self {
        match self {
            Verdict::Yes => Verdict::No,
            Verdict::No => Verdict::Yes,
            Verdict::Unknown => Verdict::Unknown,
        }
    }

    /// Both hold.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Verdict::No, _) | (_, Verdict::No) => Verdict::No,
            (Verdict::Yes, Verdict::Yes) => Verdict::Yes,
            _ => Verdict::Unknown,
        }
    }

    /// One of them holds.
    fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }
}

/// A filter that was understood.
#[derive(Debug, Default)]
pub struct Filter {
    /// All of them have to hold.
    terms: Vec<Term>,
}

impl Filter {
    /// Reads `text` for a table with `columns`.
    ///
    /// # Errors
    /// The first term that means nothing here, and what would.
    pub fn parse(text: &str, columns: &[Column]) -> Result<Filter, Flaw> {
        let terms = split(text).into_iter().map(|(at, word)| Term::parse(word, columns).map_err(|why| Flaw { at, why }));
        Ok(Filter { terms: terms.collect::<Result<_, _>>()? })
    }

    /// What it says of `row`, whose cells are shown as `words`, a line each.
    pub fn judge(&mut self, row: &Row, words: &str) -> Verdict {
        self.terms.iter_mut().fold(Verdict::Yes, |sum, term| if sum == Verdict::No { sum } else { sum.and(term.judge(row, words)) })
    }
}

/// Whether `text` holds `part`, which is in small letters.
fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(part)
}

/// The terms of `text` with the places where they begin. Blanks inside of `/.../` and `"..."` part nothing.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut terms = Vec::new();
    let mut begin = None;
    let mut inside: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if begin.is_none() && c.is_whitespace() {
            continue;
        }
        let first = *begin.get_or_insert(at);
        match inside {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => inside = None,
            None if c == '"' || (c == '/' && matches!(text.get(first..at), Some("" | "!"))) => inside = Some(c),
            None if c.is_whitespace() => {
                terms.extend(text.get(first..at).map(|term| (first, term)));
                begin = None;
            }
            Some(_) | None => {}
        }
    }
    terms.extend(begin.and_then(|first| Some((first, text.get(first..)?))));
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::cells::words;
    use crate::model::{Gap, Reason};
    use crate::systems::view::{Cell, Kind, Tone};
    use proptest::prelude::*;

    fn columns() -> Vec<Column> {
        vec![
            Column::new("member", "MEMBER", Kind::Text, 0, ""),
            Column::new("state", "STATE", Kind::Word, 0, ""),
            Column::new("replay_lag_seconds", "REPLAY LAG", Kind::Seconds, 0, ""),
            Column::new("replay_lag_bytes", "BEHIND", Kind::Bytes, 0, ""),
            Column::new("used_percent", "USED", Kind::Percent, 0, ""),
            Column::new("calls", "CALLS", Kind::Count, 0, ""),
            Column::new("leader", "LEADER", Kind::Flag, 0, ""),
            Column::new("tags", "TAGS", Kind::List, 0, ""),
            Column::new("lsn", "LSN", Kind::Lsn, 0, ""),
            Column::new("at", "AT", Kind::Time, 0, ""),
        ]
    }

    fn rows() -> Vec<Row> {
        let gap = || Cell::unknown(Gap::new("lag", Reason::NotReported));
        let row = |name: &str, state: &str, tone, lag: Cell, bytes: Cell, calls: i64, leader: bool| {
            let at = Cell::Time(format!("2026-11-20T14:0{calls}:00Z").parse().expect("a time"));
            let tags = Cell::List(vec!["nofailover".into(), name.into()]);
            let lsn = Cell::Lsn(crate::model::Lsn(0x16_0000_0000 + u64::try_from(calls).expect("positive")));
            let cells = vec![
                Cell::text(name),
                Cell::word(state, tone),
                lag,
                bytes,
                Cell::Percent(80.0),
                Cell::Count(calls),
                Cell::Flag(leader),
                tags,
                lsn,
                at,
            ];
            Row::new(name, cells)
        };
        vec![
            row("pg1", "running", Tone::Good, Cell::Nothing, Cell::Nothing, 1, true),
            row("pg2", "streaming", Tone::Good, Cell::Seconds(41.0), Cell::Bytes(3 << 20), 2, false),
            row("pg3", "crashed", Tone::Bad, gap(), gap(), 3, false),
            row("pg4", "starting", Tone::Plain, Cell::AtLeast(5.0), Cell::Bytes(0).toned(Tone::Warn), 4, false),
        ]
    }

    /// The rows that `text` leaves, and those that nobody can tell about.
    fn left(text: &str) -> (Vec<String>, Vec<String>) {
        let mut filter = Filter::parse(text, &columns()).unwrap_or_else(|flaw| panic!("{text}: {flaw}"));
        let mut found = (Vec::new(), Vec::new());
        for row in rows() {
            let shown: Vec<String> = row.cells.iter().map(|cell| words(cell).0).collect();
            match filter.judge(&row, &shown.join("\n")) {
                Verdict::Yes => found.0.push(row.key),
                Verdict::Unknown => found.1.push(row.key),
                Verdict::No => {}
            }
        }
        found
    }

    #[test]
    fn each_form_leaves_its_rows() {
        let cases: [(&str, &[&str], &[&str]); 38] = [
            ("", &["pg1", "pg2", "pg3", "pg4"], &[]),
            ("pg1", &["pg1"], &[]),
            ("strm", &["pg2"], &[]),
            ("!str", &["pg1", "pg3", "pg4"], &[]),
            ("/^pg[12]$/", &["pg1", "pg2"], &[]),
            ("/PG[12]/", &[], &[]),
            ("/(?i)PG[12]/", &["pg1", "pg2"], &[]),
            ("!/^pg[12]$/ r", &["pg3", "pg4"], &[]),
            ("/pg[12", &[], &[]),
            ("\"pg1\"", &["pg1"], &[]),
            ("\"pg", &["pg1", "pg2", "pg3", "pg4"], &[]),
            ("lag>10s", &["pg2"], &["pg3", "pg4"]),
            ("lag<4s", &[], &["pg3"]),
            ("lag>=3s", &["pg2", "pg4"], &["pg3"]),
            ("lag>1MiB", &["pg2"], &["pg3"]),
            ("lag<1MiB", &["pg4"], &["pg3"]),
            ("lag=?", &["pg3"], &[]),
            ("lag!=?", &["pg1", "pg2", "pg4"], &[]),
            ("lag=-", &["pg1"], &["pg3"]),
            ("!lag>10s", &["pg1"], &["pg3", "pg4"]),
            ("state!=ok", &["pg3", "pg4"], &[]),
            ("state=ok", &["pg1", "pg2"], &[]),
            ("state=RUNNING", &["pg1"], &[]),
            ("state~ing", &["pg1", "pg2", "pg4"], &[]),
            ("state!~ing", &["pg3"], &[]),
            ("member=pg1", &["pg1"], &[]),
            ("mem=pg1", &["pg1"], &[]),
            ("behind>=3MB", &["pg2"], &["pg3"]),
            ("used>=80%", &["pg1", "pg2", "pg3", "pg4"], &[]),
            ("used<80", &[], &[]),
            ("calls>2", &["pg3", "pg4"], &[]),
            ("calls=2", &["pg2"], &[]),
            ("leader=yes", &["pg1"], &[]),
            ("leader!=yes calls<4", &["pg2", "pg3"], &[]),
            ("tags=pg3", &["pg3"], &[]),
            ("lsn>=16/3", &["pg3", "pg4"], &[]),
            ("at<2026-11-20T14:02:00Z", &["pg1"], &[]),
            ("replay-lag>10s", &["pg2"], &["pg3", "pg4"]),
        ];
        for (text, yes, unknown) in cases {
            // half a pattern is what one types on the way to the whole one
            if text == "/pg[12" {
                assert!(Filter::parse(text, &columns()).is_err());
                continue;
            }
            let found = left(text);
            assert_eq!(found.0, yes, "{text}");
            assert_eq!(found.1, unknown, "{text}: not known");
        }
    }

    #[test]
    fn a_flaw_says_where_and_what_would_be_right() {
        let cases = [
            ("pg1 stat=ok lga>10s", 12, "no column 'lga' here; did you mean 'lag'?"),
            (
                "zzz>10s",
                0,
                "no column 'zzz' here; there are member, state, replay_lag_seconds, replay_lag_bytes, used_percent, calls, leader, tags, lsn, at",
            ),
            ("lag>10parsecs", 0, "'10parsecs' is no duration such as 10s, no size such as 64MiB"),
            ("calls>many", 0, "'many' is no whole number such as 40"),
            ("state>ok", 0, "STATE holds words: compare it with =, !=, ~ or !~"),
            ("leader=maybe", 0, "'maybe' is no yes or no"),
            ("lag~1", 0, "REPLAY LAG holds durations: compare it with =, !=, <, <=, > or >="),
            ("at>yesterday", 0, "'yesterday' is no time such as 2026-11-20T14:03:22Z"),
            ("lsn>x", 0, "'x' is no position such as 16/B374D848"),
            ("lag>", 0, "nothing stands behind 'lag>'"),
        ];
        for (text, at, why) in cases {
            assert_eq!(Filter::parse(text, &columns()).map(|_| ()), Err(Flaw { at, why: why.to_owned() }), "{text}");
        }
        let bad = Filter::parse("a /(/", &columns()).expect_err("a flaw");
        assert!(bad.at == 2 && bad.why.starts_with("the pattern is none: ") && !bad.why.contains('\n'), "{bad:?}");
        let huge = Filter::parse("/(a{1000}){1000}/", &columns()).expect_err("a flaw");
        assert!(huge.why.contains("too large"), "{huge:?}");
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_filter(text in "[a-z!/\"\\\\ =<>~?0-9é東{}()\\[\\]*+^$.-]{0,40}") {
            if let Ok(mut filter) = Filter::parse(&text, &columns()) {
                for row in rows() {
                    let shown: Vec<String> = row.cells.iter().map(|cell| words(cell).0).collect();
                    filter.judge(&row, &shown.join("\n"));
                }
            }
        }
    }
}

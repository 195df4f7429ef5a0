//! Whether an SPDX expression can be met with the licences that are allowed. <https://spdx.github.io/spdx-spec/v3.0.1/annexes/spdx-license-expressions/>

/// `A OR (B AND C)`; `AND` binds tighter than `OR`; `/` is the old way to write `OR`; `A WITH B` is one licence.
pub fn allowed(expression: &str, licences: &[&str]) -> bool {
    let text = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = text.split_whitespace().peekable();
    let met = any(&mut words, licences);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, licences: &[&str]) -> bool {
    let mut met = all(words, licences);
    while words.next_if_eq(&"OR").is_some() {
        met |= all(words, licences);
    }
    met
}

fn all(words: &mut Words<'_>, licences: &[&str]) -> bool {
    let mut met = one(words, licences);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, licences);
    }
    met
}

fn one(words: &mut Words<'_>, licences: &[&str]) -> bool {
    match words.next() {
        Some("(") => any(words, licences) & (words.next() == Some(")")),
        Some(name) => {
            let exception = words.next_if_eq(&"WITH").and_then(|_with| words.next());
            let whole = exception.map_or_else(|| name.to_owned(), |exception| format!("{name} WITH {exception}"));
            licences.contains(&whole.as_str())
        }
        None => false,
    }
}

#[test]
fn an_expression_is_met_or_not() {
    let ours = ["MIT", "Unicode-3.0"];
    for met in ["MIT", "MIT OR GPL-3.0", "GPL-3.0/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT"]
    {
        assert!(allowed(met, &ours), "{met}");
    }
    for not_met in ["", "GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0 WITH LLVM-exception", "(MIT", "MIT MIT", "GPL-3.0 OR Apache-2.0 AND MIT"] {
        assert!(!allowed(not_met, &ours), "{not_met}");
    }
}

//! The tokens of a statement, as far as it has to be known where one begins and ends: quotes, comments, parameters, names to fill in, semicolons.
//!
//! It must never change a statement but by putting a quoted identifier where a `{name}` stands.

/// A token that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word, a number or a sign.
    Other(String),
    /// Anything in quotes, as it is written.
    Quoted(String),
    /// `$1`
    Parameter(usize),
    /// `{db}`
    Name(String),
    /// `;`
    End,
}

/// The tokens of `text`, comments and blanks left out.
///
/// # Errors
/// A quote, a comment or a brace that is not closed.
pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = piece(rest, first)?;
        out.extend(token);
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(out)
}

/// What `rest` begins with, and its bytes: a token, or nothing where it is a blank or a comment.
fn piece(rest: &str, first: char) -> Result<(Option<Token>, usize), String> {
    if first.is_whitespace() {
        return Ok((None, first.len_utf8()));
    }
    if rest.starts_with("--") {
        return Ok((None, rest.find('\n').unwrap_or(rest.len())));
    }
    if rest.starts_with("/*") {
        return Ok((None, comment(rest).ok_or("has a comment that is not closed")?));
    }
    token(rest, first).map(|(token, length)| (Some(token), length))
}

/// How many statements the tokens are.
#[must_use]
pub fn count(tokens: &[Token]) -> usize {
    tokens.split(|token| *token == Token::End).filter(|statement| !statement.is_empty()).count()
}

/// Comments nest.
fn comment(text: &str) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
}

fn token(text: &str, first: char) -> Result<(Token, usize), String> {
    let quoted = |length: usize| (Token::Quoted(text.get(..length).unwrap_or("").to_owned()), length);
    let open = || "has a quote that is not closed".to_owned();
    match first {
        '\'' => quote(text, '\'', false).map(quoted).ok_or_else(open),
        '"' => quote(text, '"', false).map(quoted).ok_or_else(open),
        'e' | 'E' if text.get(1..).is_some_and(|rest| rest.starts_with('\'')) => {
            let length = quote(text.get(1..).unwrap_or(""), '\'', true).ok_or_else(open)?;
            Ok(quoted(length + 1))
        }
        '$' => dollar(text).ok_or_else(open),
        '{' => {
            let end = text.find('}').ok_or("has a `{` that is not closed")?;
            let name = text.get(1..end).unwrap_or("");
            let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
            if plain { Ok((Token::Name(name.to_owned()), end + 1)) } else { Err(format!("has `{{{name}}}`, which is no name")) }
        }
        ';' => Ok((Token::End, 1)),
        c if c.is_alphanumeric() || c == '_' => {
            let length = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).unwrap_or(text.len());
            Ok((Token::Other(text.get(..length).unwrap_or("").to_owned()), length))
        }
        c => Ok((Token::Other(c.to_string()), c.len_utf8())),
    }
}

/// The length of what is quoted by `mark` at the beginning of `text`; two marks inside are one, and `escapes` knows the backslash.
fn quote(text: &str, mark: char, escapes: bool) -> Option<usize> {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if escapes && c == '\\' {
            characters.next();
        } else if c == mark {
            match characters.peek() {
                Some((_, next)) if *next == mark => {
                    characters.next();
                }
                _ => return Some(at + c.len_utf8()),
            }
        }
    }
    None
}

/// `$1`, `$$..$$`, `$tag$..$tag$`; a lone `$` is a sign.
fn dollar(text: &str) -> Option<(Token, usize)> {
    let inner = text.get(1..)?;
    let digits = inner.find(|c: char| !c.is_ascii_digit()).unwrap_or(inner.len());
    if digits > 0 {
        return Some((Token::Parameter(inner.get(..digits)?.parse().ok()?), digits + 1));
    }
    let tag = inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|at| inner.get(*at..).is_some_and(|rest| rest.starts_with('$')));
    let Some(tag) = tag else { return Some((Token::Other("$".to_owned()), 1)) };
    let mark = text.get(..tag + 2)?;
    let end = text.get(mark.len()..)?.find(mark)?;
    let length = mark.len() * 2 + end;
    Some((Token::Quoted(text.get(..length)?.to_owned()), length))
}

/// Longest identifier, in bytes.
const LONGEST: usize = 63;

/// `text` with the quoted identifier of each `{name}` in its place.
///
/// # Errors
/// A name that is not given, or that no identifier can be.
pub fn named(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, length) = piece(rest, first)?;
        if let Some(Token::Name(name)) = token {
            out.push_str(&identifier(&value(&name).ok_or_else(|| format!("{{{name}}} is not named"))?)?);
            rest = rest.get(length..).unwrap_or("");
            continue;
        }
        out.push_str(rest.get(..length).unwrap_or(""));
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(out)
}

/// `name` as an identifier that is nothing else, whatever stands in it.
///
/// # Errors
/// It is empty, longer than any name of a server, or has a control character inside.
pub fn identifier(name: &str) -> Result<String, String> {
    if name.is_empty() || name.len() > LONGEST || name.chars().any(char::is_control) {
        return Err(format!("{name:?} can be no name on a server: it is empty, longer than {LONGEST} bytes, or has a control character inside"));
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn statements_are_counted_where_a_server_counts_them() {
        let cases = [
            ("PAUSE app", 1),
            ("PAUSE app;", 1),
            ("PAUSE a; PAUSE b", 2),
            ("select ';', \";\", $$;$$, $x$;$x$, E'\\';' -- ;\n/* ; /* ; */ ; */", 1),
            ("select 1;; select 2;", 2),
        ];
        for (text, expected) in cases {
            assert_eq!(tokens(text).map(|tokens| count(&tokens)), Ok(expected), "{text}");
        }
        for text in ["select '", "select \"a", "/* x", "select $$ a", "select {a b}", "select {"] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parameters_and_names_are_seen_outside_of_quotes_only() {
        let found = tokens("select pg_promote($1), '$2', \"{a}\" from {db}").expect("tokens");
        assert!(found.contains(&Token::Parameter(1)) && !found.contains(&Token::Parameter(2)));
        assert!(found.contains(&Token::Name("db".to_owned())) && !found.contains(&Token::Name("a".to_owned())));
    }

    /// A statement in which every name is one letter stands for its structure.
    fn structure(text: &str) -> Vec<Token> {
        let tokens = tokens(text).expect("a statement");
        tokens.into_iter().map(|token| if matches!(token, Token::Quoted(_)) { Token::Quoted(String::new()) } else { token }).collect()
    }

    proptest! {
        #[test]
        fn no_name_changes_the_structure_of_a_statement(name in any::<String>()) {
            let text = "PAUSE {db} /* {db} */ -- {db}\n ;";
            if let Ok(filled) = named(text, |_| Some(name.clone())) {
                let plain = named(text, |_| Some("x".to_owned())).expect("a name");
                prop_assert_eq!(structure(&filled), structure(&plain));
            }
        }
    }
}

//! The body of a step with its values filled in: every text with `${..}` in it becomes one text, or the value itself where it is one `${..}` and
//! nothing else.
//!
//! It must never change the shape of a body: as many items, the same keys, whatever the values are.

use super::expression::{Filled, Values, Vocabulary};
use crate::model::{Gap, Reason};
use serde_json::Value;

/// `body` with its values.
///
/// # Errors
/// Every hole in what it names.
pub fn fill(body: &Value, known: &dyn Vocabulary, values: &dyn Values) -> Result<Value, Vec<Gap>> {
    match body {
        Value::String(text) if text.contains("${") => {
            let filled = Filled::read(text, known).map_err(|why| vec![Gap::new(text.clone(), Reason::Untold(why))])?;
            filled.value(values)
        }
        Value::Array(items) => all(items.iter().map(|item| fill(item, known, values))).map(Value::Array),
        Value::Object(entries) => {
            let pairs = entries.iter().map(|(key, value)| fill(value, known, values).map(|value| (key.clone(), value)));
            all(pairs).map(|pairs| Value::Object(pairs.into_iter().collect()))
        }
        other => Ok(other.clone()),
    }
}

/// All of them, or all of their holes.
fn all<T>(results: impl Iterator<Item = Result<T, Vec<Gap>>>) -> Result<Vec<T>, Vec<Gap>> {
    let mut good = Vec::new();
    let mut gaps = Vec::new();
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(found) => gaps.extend(found),
        }
    }
    if gaps.is_empty() { Ok(good) } else { Err(gaps) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::expression::Kind;
    use crate::runbook::kinds::{exec, http, sql};
    use proptest::prelude::*;
    use serde_json::json;

    struct One(String);

    impl Vocabulary for One {
        fn kind(&self, name: &str) -> Option<Kind> {
            (name == "params.x").then_some(Kind::TEXT)
        }

        fn names(&self) -> Vec<String> {
            vec!["params.x".to_owned()]
        }
    }

    impl Values for One {
        fn value(&self, name: &str) -> Result<Value, Gap> {
            if name == "params.x" { Ok(Value::from(self.0.as_str())) } else { Err(Gap::new(name, Reason::NotAskedYet)) }
        }
    }

    fn filled(body: &Value, x: &str) -> Value {
        let one = One(x.to_owned());
        fill(body, &one, &one).expect("everything is known")
    }

    #[test]
    fn a_hole_is_told_and_nothing_is_filled_in() {
        struct Nothing;
        impl Values for Nothing {
            fn value(&self, name: &str) -> Result<Value, Gap> {
                Err(Gap::new(name, Reason::NotAskedYet))
            }
        }
        let gaps = fill(&json!({ "a": "${params.x}", "b": ["x ${params.x}", 1] }), &One(String::new()), &Nothing).expect_err("unknown");
        assert_eq!(gaps.len(), 2);
    }

    /// Quotes, substitutions, line ends, options and anything else.
    fn hostile() -> impl Strategy<Value = String> {
        let known = [
            "'; drop table x; --",
            "$(id)",
            "`id`",
            "a b",
            "\" or \"\"=\"",
            "-rf",
            "${params.x}",
            "{db}",
            "$1",
            "\n",
            "",
            "a/../b?c#d",
            "'||'",
            "\\'",
            "$$",
            "*/",
        ];
        prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), any::<String>()]
    }

    proptest! {
        #[test]
        fn no_value_changes_the_number_of_arguments(x in hostile()) {
            let body = json!({ "argv": ["logger", "-t", "${params.x}", "to ${params.x}!", "plain"] });
            let result = exec::argv(&filled(&body, &x));
            if x.contains('\0') {
                prop_assert!(result.is_err());
            } else {
                prop_assert_eq!(result, Ok(vec!["logger".to_owned(), "-t".to_owned(), x.clone(), format!("to {x}!"), "plain".to_owned()]));
            }
        }

        #[test]
        fn no_value_changes_a_statement(x in hostile()) {
            let (run, with) = ("select f($1, $2) from {t} where a = 'x;'", ["${params.x}", "to ${params.x}"]);
            let body = json!({ "on": "postgres:leader", "run": run, "with": with, "names": { "t": "${params.x}" } });
            if let Ok(statement) = sql::statement(&filled(&body, &x)) {
                prop_assert_eq!(&statement.parameters, &vec![sql::Bound::Text(x.clone()), sql::Bound::Text(format!("to {x}"))]);
                let quoted = format!("\"{}\"", x.replace('"', "\"\""));
                prop_assert_eq!(statement.text, format!("select f($1, $2) from {quoted} where a = 'x;'"));
            } else {
                prop_assert!(x.is_empty() || x.len() > 63 || x.chars().any(char::is_control));
            }
        }

        #[test]
        fn no_value_changes_what_is_asked_of_whom(x in hostile()) {
            let body = json!({ "post": "patroni:leader/switchover", "json": { "candidate": "${params.x}", "list": ["a ${params.x}"] } });
            let filled = filled(&body, &x);
            prop_assert_eq!(http::method(&filled).and_then(|(_, to)| http::address(to)), Some(("patroni", "leader", "/switchover")));
            prop_assert_eq!(&filled["json"], &json!({ "candidate": x, "list": [format!("a {x}")] }));
        }
    }
}

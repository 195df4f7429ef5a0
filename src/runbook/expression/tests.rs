//! The language as a whole: what is unknown stays unknown in every position, names and kinds are checked, and the names agree with those of
//! minijinja.

use super::*;
use crate::model::{Clock, Gap, Reading, Reason};
use serde_json::{Value, json};
use std::collections::BTreeMap;

static FIELDS: &[Field] = &[
    Field { name: "name", scalar: Scalar::Text, doc: "" },
    Field { name: "lag_bytes", scalar: Scalar::Number(Unit::Bytes), doc: "" },
    Field { name: "sync", scalar: Scalar::Flag, doc: "" },
];

struct Words;

impl Vocabulary for Words {
    fn kind(&self, name: &str) -> Option<Kind> {
        Some(match name {
            "a" | "b" => Kind::FLAG,
            "n" | "m" => Kind::number(Unit::Count),
            "lag_ms" => Kind::number(Unit::Millis),
            "age_seconds" => Kind::number(Unit::Seconds),
            "t" | "params.to" => Kind::TEXT,
            "lsn" | "other.lsn" => Kind::LSN,
            "at" => Kind::TIME,
            "names" => Kind::List(Scalar::Text),
            "rows" => Kind::Items(FIELDS),
            "members" => Kind::Named(FIELDS),
            "p" => Kind::Record(FIELDS),
            "secret" => Kind::SECRET,
            _ => return None,
        })
    }

    fn names(&self) -> Vec<String> {
        ["a", "b", "n", "m", "lag_ms", "age_seconds", "t", "params.to", "lsn", "other.lsn", "at", "names", "rows", "members", "p", "secret"]
            .map(str::to_owned)
            .to_vec()
    }
}

#[derive(Default)]
struct Known(BTreeMap<String, Reading<Value>>);

impl Values for Known {
    fn value(&self, name: &str) -> Result<Value, Gap> {
        self.0.get(name).ok_or_else(|| Gap::new(name, Reason::NotAskedYet))?.known(name).cloned()
    }
}

fn place() -> Place {
    let root = crate::config::alone("x = 1".to_owned(), "test.toml".into()).expect("TOML");
    root.place
}

fn checked(text: &str) -> Checked {
    let expression = Expression::parse(text, &place()).unwrap_or_else(|error| panic!("{text}: {}", error.line()));
    expression.check(&Words).unwrap_or_else(|error| panic!("{text}: {}", error.line()))
}

fn flaw(text: &str) -> String {
    let error = Expression::parse(text, &place()).and_then(|expression| expression.check(&Words).map(|_| ())).expect_err(text);
    error.line()
}

/// Everything known.
fn known() -> Known {
    let now = Clock::real().now();
    let row = |name: &str, lag: i64, sync: bool| json!({ "name": name, "lag_bytes": lag, "sync": sync });
    let values = [
        ("a", json!(true)),
        ("b", json!(false)),
        ("n", json!(3)),
        ("m", json!(4)),
        ("lag_ms", json!(12.5)),
        ("age_seconds", json!(2)),
        ("t", json!("pg1")),
        ("params.to", json!("pg2")),
        ("lsn", json!("0/20")),
        ("other.lsn", json!("0/10")),
        ("at", json!("2026-11-21T20:00:00Z")),
        ("names", json!(["pg2", "pg3"])),
        ("rows", json!([row("pg1", 0, false), row("pg2", 7, true)])),
        ("members", json!({ "pg1": row("pg1", 0, false), "pg2": row("pg2", 7, true) })),
        ("p", row("pg2", 7, true)),
    ];
    Known(values.into_iter().map(|(name, value)| (name.to_owned(), Reading::new(value, now))).collect())
}

#[test]
fn what_is_known_has_its_value() {
    let cases = [
        ("a and not b", json!(true)),
        ("a or b", json!(true)),
        ("n + 1 == m", json!(true)),
        ("n < m < 5", json!(true)),
        ("n < m < 4", json!(false)),
        ("lag_ms < 100", json!(true)),
        ("params.to in names", json!(true)),
        ("t not in names", json!(true)),
        ("lsn - other.lsn", json!(16)),
        ("lsn > other.lsn", json!(true)),
        ("lsn", json!("0/20")),
        ("at", json!("2026-11-21T20:00:00Z")),
        ("names", json!(["pg2", "pg3"])),
        ("members[params.to].sync", json!(true)),
        ("members['pg1'].lag_bytes == 0", json!(true)),
        ("members[p.name].lag_bytes", json!(7)),
        ("p.name", json!("pg2")),
        ("rows | length", json!(2)),
        ("(rows | map(attribute='lag_bytes') | max) < 10", json!(true)),
        ("(rows | map(attribute='lag_bytes') | sum) == (rows | map(attribute='lag_bytes') | max)", json!(true)),
        ("rows | selectattr('lag_bytes', 'gt', 0) | map(attribute='name')", json!(["pg2"])),
        ("rows | rejectattr('sync') | map(attribute='name')", json!(["pg1"])),
        ("rows | selectattr('sync')", json!([{ "name": "pg2", "lag_bytes": 7, "sync": true }])),
        ("1 if a else 2", json!(1)),
        ("-n + 5", json!(2)),
        ("t == 'pg1'", json!(true)),
    ];
    let known = known();
    for (text, value) in cases {
        assert_eq!(checked(text).evaluate(&known), Ok(value), "{text}");
    }
}

/// Every position that a name can stand in.
const POSITIONS: &[(&str, &str)] = &[
    ("a", "a"),
    ("not a", "a"),
    ("a and b", "a"),
    ("b and a", "a"),
    ("a or b", "a"),
    ("b or a", "a"),
    ("n == 3", "n"),
    ("3 == n", "n"),
    ("n != 3", "n"),
    ("n < 3", "n"),
    ("n <= 3", "n"),
    ("n > 3", "n"),
    ("n >= 3", "n"),
    ("0 < n < 9", "n"),
    ("n + 1 == 4", "n"),
    ("-n == 3", "n"),
    ("n in [1, 2, n]", "n"),
    ("n not in [1, 2]", "n"),
    ("t in names", "t"),
    ("'x' in names", "names"),
    ("'x' not in names", "names"),
    ("t == 'pg1'", "t"),
    ("lsn - other.lsn < 5", "lsn"),
    ("other.lsn == lsn", "lsn"),
    ("at == at", "at"),
    ("true if a else true", "a"),
    ("a if true else b", "a"),
    ("b if true else a", "a"),
    ("members[params.to].sync", "params.to"),
    ("members['pg1'].sync", "members"),
    ("members[t].lag_bytes >= 0", "t"),
    ("(rows | length) >= 0", "rows"),
    ("(rows | map(attribute='lag_bytes') | max) >= 0", "rows"),
    ("(rows | map(attribute='lag_bytes') | sum) >= 0", "rows"),
    ("(rows | selectattr('sync') | length) == 0", "rows"),
    ("(rows | selectattr('name', 'eq', t) | length) == 1", "t"),
    ("p.sync", "p"),
    ("p.lag_bytes < 100", "p"),
];

#[test]
fn what_is_not_known_makes_the_whole_unknown_in_every_position() {
    let now = Clock::real().now();
    for (text, name) in POSITIONS {
        let condition = checked(text);
        assert!(!matches!(condition.truth(&known()), Truth::Unknown(_)), "{text} is known when everything is");
        assert!(condition.names().contains(name), "{text}");
        let good = known().0[*name].clone();
        let of_another_kind = [
            json!(null),
            json!("not of its kind"),
            json!(true),
            json!(5),
            json!([null]),
            json!({ "x": null }),
            json!([{ "sync": null, "lag_bytes": null }]),
        ];
        let bad = of_another_kind
            .into_iter()
            // a value of the right kind proves nothing here
            .filter(|value| condition.needs.iter().any(|need| !fits_need(need, name, value)))
            .map(|value| Some(Reading::new(value, now)))
            .chain([
                None,
                Some(Reading::not_asked()),
                Some(Reading::unknown(Reason::Stale)),
                Some(Reading::unknown(Reason::NoPrivilege)),
                Some(good.failed(Reason::Stale, now)),
            ]);
        for reading in bad {
            let mut values = known();
            match reading.clone() {
                Some(reading) => values.0.insert((*name).to_owned(), reading),
                None => values.0.remove(*name),
            };
            let Truth::Unknown(gaps) = condition.truth(&values) else { panic!("{text} with {name} = {reading:?} is not unknown") };
            assert!(!gaps.is_empty(), "{text}");
        }
    }
}

/// Whether `value` would be good for `name` as far as `need` goes.
fn fits_need(need: &check::Need, name: &str, value: &Value) -> bool {
    use check::{Need, Which};
    match need {
        Need::Value { name: wanted, kind: Kind::One(scalar) } if wanted == name => value::to_machine(value, *scalar).is_some(),
        // a list whose records have all that is asked of them
        Need::Items { name: wanted, fields } if wanted == name => {
            let good = |record: &Value| {
                fields.iter().all(|field| record.get(field.name).is_some_and(|value| value::to_machine(value, field.scalar).is_some()))
            };
            value.as_array().is_some_and(|records| records.iter().all(|record| record.is_object() && good(record)))
        }
        Need::Value { name: wanted, .. } | Need::Field { name: wanted, .. } | Need::Items { name: wanted, .. } => wanted != name,
        Need::Pick { from, which, .. } => from != name && !matches!(which, Which::Of { name: wanted, .. } if wanted == name),
    }
}

#[test]
fn a_field_of_one_record_that_is_not_known_is_a_hole_of_that_record() {
    let mut values = known();
    let rows = json!([{ "name": "pg1", "lag_bytes": 1, "sync": true }, { "name": "pg2", "sync": true }]);
    values.0.insert("rows".to_owned(), Reading::new(rows, Clock::real().now()));
    let Truth::Unknown(gaps) = checked("(rows | map(attribute='lag_bytes') | max) < 10").truth(&values) else { panic!("known") };
    assert_eq!(gaps.iter().map(|gap| gap.fact.as_str()).collect::<Vec<_>>(), ["rows[1].lag_bytes"]);
    // what is not asked for may be missing
    assert_eq!(checked("(rows | selectattr('sync') | length) == 2").truth(&values), Truth::True);
}

#[test]
fn what_has_no_answer_is_unknown() {
    let mut values = known();
    values.0.insert("rows".to_owned(), Reading::new(json!([]), Clock::real().now()));
    for text in ["(rows | map(attribute='lag_bytes') | max) < 10", "n / 0 == 1"] {
        assert!(matches!(checked(text).truth(&values), Truth::Unknown(_)), "{text}");
    }
    assert_eq!(checked("(rows | map(attribute='lag_bytes') | sum) == 0").truth(&values), Truth::True);
}

#[test]
fn names_and_kinds_are_checked_with_what_was_perhaps_meant() {
    let cases = [
        ("lag_sm < 100", "did you mean `lag_ms`?"),
        ("lag_ms < age_seconds", "must be alike: a number of milliseconds and a number of seconds"),
        ("t < 'a'", "neither is more"),
        ("n == '3'", "must be alike: a count and a text"),
        ("t", ""),
        ("a and n", "`and` takes true or false, and this is a count"),
        ("not names", "compare its length"),
        ("t in t", "`in` takes a list"),
        ("a is defined", "`is defined` cannot be asked"),
        ("a is none", "cannot be asked"),
        ("a == none", "`none` is no value here"),
        ("n.abs()", "calls nothing"),
        ("range(3)", "calls nothing"),
        ("t ~ t", "not put together"),
        ("names[0]", "only a record by its name can be picked"),
        ("members.pg1.sync", "nothing is called `members.pg1.sync`"),
        ("members[n].sync", "the name of a record is a text"),
        ("members[t].snyc", "did you mean `sync`?"),
        ("members[t]", "a field of `members` is wanted"),
        ("rows | maximum", "there is no filter `maximum`"),
        ("rows | map(attribute='lag') | max", "has no field `lag`"),
        ("rows | max", "`max` cannot take a list of records"),
        ("rows | selectattr('sync', 'equals', true)", "there is no test 'equals'"),
        ("secret == 'x'", "a secret is never compared"),
        ("a && b", "write `and`"),
        ("a || b", "write `or`"),
        ("${a}", "stands without"),
        ("a and", "this is no expression"),
        ("", "an empty expression"),
        ("{'a': 1}", "a mapping has no place"),
        ("names[1:]", "a part of a list"),
        ("n ** 2", "only + - * /"),
        ("p.lag", "has no field `lag`"),
        ("[]", "an empty list"),
    ];
    for (text, expected) in cases {
        if expected.is_empty() {
            continue;
        }
        let told = flaw(text);
        assert!(told.contains(expected), "{text}: {told}");
    }
    let condition = Expression::parse("t", &place()).expect("an expression").condition(&Words).expect_err("a text");
    assert!(condition.line().contains("a condition is true or false, and this is a text"), "{}", condition.line());
}

#[test]
fn a_flaw_is_marked_where_it_stands() {
    let source = "x = \"a and lag_sm < 100\"\ny = 'n == 3 and members[t].snyc'\n";
    let root = crate::config::alone(source.to_owned(), "test.toml".into()).expect("TOML");
    let told = |key: &str| {
        let node = root.table().and_then(|table| table.node(key)).expect("a value");
        let expression = Expression::parse(node.text().expect("a text"), &node.place).expect("an expression");
        expression.check(&Words).expect_err(key).render()
    };
    assert!(told("x").contains("test.toml:1:12") && told("x").contains("           ^^^^^^\n"), "{}", told("x"));
    assert!(told("y").contains("test.toml:2:17"), "{}", told("y"));
}

#[test]
fn the_names_are_those_that_minijinja_sees() {
    let machine = minijinja::Environment::new();
    for text in ["a and not b", "lag_ms < 100 and params.to in names", "lsn - other.lsn < 5", "n + m < 3", "0 < n < m", "a if b else a"] {
        let theirs = machine.compile_expression(text).expect("an expression").undeclared_variables(true);
        let mut theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
        theirs.sort_unstable();
        assert_eq!(checked(text).names(), theirs, "{text}");
    }
}

#[test]
fn nothing_that_is_typed_overflows_the_parser() {
    for text in [
        "(".repeat(900),
        "not ".repeat(200) + "a",
        "a and ".repeat(150) + "a",
        "[".repeat(900),
        "-".repeat(900) + "n",
        "a".to_owned() + &".b".repeat(400),
    ] {
        assert!(flaw(&text).contains("too many parts"), "{text}");
    }
    assert!(flaw(&"a and ".repeat(1_000)).contains("is the most"));
    assert_eq!(checked(&("not ".repeat(50) + "a")).truth(&known()), Truth::True);
    assert_eq!(checked(&("(".repeat(50) + "a" + &")".repeat(50))).truth(&known()), Truth::True);
}

#[test]
fn a_template_is_one_text_whatever_is_in_it() {
    let filled = |text: &str| Template::parse(text, &place()).and_then(|template| template.check(&Words)).map_err(|error| error.line());
    let known = known();
    for (text, expected) in [
        ("plain", "plain"),
        ("to ${params.to}!", "to pg2!"),
        ("${members['pg1'].name}/${n + 1}", "pg1/4"),
        ("$${params.to} costs $5", "${params.to} costs $5"),
        ("${'}' if a else '{'}", "}"),
    ] {
        assert_eq!(filled(text).expect(text).fill(&known).as_deref(), Ok(expected), "{text}");
    }
    assert_eq!(filled("${n}").expect("one value").value(&known), Ok(json!(3)));
    for (text, expected) in [
        ("${", "not closed"),
        ("${a", "not closed"),
        ("${}", "an empty expression"),
        ("${secret}", "a secret never becomes"),
        ("${names}", "single values"),
        ("x ${nn}", "nothing is called `nn`"),
    ] {
        let told = filled(text).expect_err(text);
        assert!(told.contains(expected), "{text}: {told}");
    }
    assert!(matches!(filled("${t}").expect("a template").fill(&Known::default()), Err(gaps) if gaps.len() == 1));
}

#[test]
fn an_expression_that_is_moved_means_the_same_whatever_the_values_are() {
    let known = known();
    let hostile = ["pg2", "it's", "a\"b", "\\", "x') or true or ('", "${t}", "new\nline", "\u{202e}", ""];
    for text in hostile {
        let value = json!(text);
        let moves = |name: &str| match name {
            "p.name" => Some(rewrite::Moved::Value(value.clone(), Scalar::Text)),
            "p.lag_bytes" => Some(rewrite::Moved::Value(json!(-3), Scalar::Number(Unit::Bytes))),
            "other.lsn" => Some(rewrite::Moved::Value(json!("0/10"), Scalar::Lsn)),
            "t" => Some(rewrite::Moved::Name("params.to".to_owned())),
            _ => None,
        };
        let moved = |text: &str| checked(&rewrite::moved(text, &moves).expect(text)).evaluate(&known);
        assert_eq!(moved("p.name"), Ok(value.clone()));
        assert_eq!(moved("p.name == 'pg2' and not a"), Ok(json!(false)));
        assert_eq!(moved("5 - p.lag_bytes"), Ok(json!(8)));
        assert_eq!(moved("lsn - other.lsn"), Ok(json!(16)));
        assert_eq!(moved("members[t].name"), Ok(json!("pg2")));
        assert_eq!(moved("[p.name, t]"), Ok(json!([text, "pg2"])));
    }
    let unknown = |_: &str| Some(rewrite::Moved::Unknown("p.name is not known".to_owned()));
    assert_eq!(rewrite::moved("p.name == 'x'", &unknown), Err("p.name is not known".to_owned()));
}

#[test]
fn a_text_that_is_moved_becomes_the_same_text_whatever_the_values_are() {
    let known = known();
    for text in ["pg2", "a$", "${t}", "$${", "}", "\"}", "\\", "it's", "a\nb"] {
        let moves = |name: &str| (name == "p.name").then(|| rewrite::Moved::Value(json!(text), Scalar::Text));
        for (template, expected) in [
            ("${p.name}", text.to_owned()),
            ("x${p.name}${t}", format!("x{text}pg1")),
            ("${p.name}${p.name}${n}", format!("{text}{text}3")),
            ("$${p.name} ${p.name}", format!("${{p.name}} {text}")),
            ("${members[params.to].name}${'-' if p.name == 'x' else '+'}", "pg2+".to_owned()),
        ] {
            let moved = Filled::moved(template, &moves).expect(template);
            let filled = Filled::read(&moved, &Words).unwrap_or_else(|why| panic!("{template} with {text:?} became {moved}: {why}"));
            assert_eq!(filled.fill(&known).as_deref(), Ok(expected.as_str()), "{template} with {text:?} became {moved}");
        }
    }
}

//! What the systems and the rules say of their keys, in the forms that the configuration needs them: schema, reference page, `config explain`.

use super::contract::{AnySystem, Field, Form, Knob, RuleInfo};
use crate::config::explain::Meanings;
use crate::config::page::{ForeignKey, Section};
use crate::config::schema::{Foreign, ForeignRule, ForeignSystem};
use crate::config::tree::quoted;
use serde_json::{Value, json};

/// The systems and all rules: those of the systems, and those that no single system owns.
pub struct Known<'a> {
    pub systems: &'a [&'a dyn AnySystem],
    pub rules: &'a [&'a RuleInfo],
}

impl Known<'_> {
    fn fields(&self, system: &str) -> &'static [Field] {
        self.systems.iter().find(|known| known.name() == system).map(|known| known.fields()).unwrap_or_default()
    }

    fn infos(&self) -> Vec<&RuleInfo> {
        let mut all: Vec<&RuleInfo> = self.systems.iter().flat_map(|system| system.rules()).collect();
        all.extend(self.rules);
        all.sort_by_key(|rule| rule.id);
        all.dedup_by_key(|rule| rule.id);
        all
    }

    /// For the JSON Schema.
    #[must_use]
    pub fn foreign(&self) -> Foreign {
        let systems = self.systems.iter().map(|system| ForeignSystem {
            name: system.name().to_owned(),
            keys: system.fields().iter().map(|field| (field.key.to_owned(), schema(field), field.required)).collect(),
        });
        let rules = self.infos().into_iter().map(|rule| {
            let knobs = rule.knobs.iter().map(|knob| (knob.name.to_owned(), knob.default, knob.doc.to_owned()));
            ForeignRule { name: rule.id.to_owned(), knobs: knobs.collect() }
        });
        Foreign { systems: systems.collect(), rules: rules.collect() }
    }

    /// For the reference page: systems, then rules.
    #[must_use]
    pub fn sections(&self) -> (Vec<Section>, Vec<Section>) {
        let systems = self.systems.iter().map(|system| Section {
            name: system.name().to_owned(),
            doc: String::new(),
            keys: system
                .fields()
                .iter()
                .map(|field| ForeignKey {
                    name: field.key.to_owned(),
                    form: phrase(field.form),
                    note: if field.required { "required".to_owned() } else { String::new() },
                    doc: field.doc.to_owned(),
                    example: toml_example(field),
                })
                .collect(),
        });
        let rules = self.infos().into_iter().map(|rule| Section {
            name: rule.id.to_owned(),
            doc: format!("{}.", rule.sentence),
            keys: rule
                .knobs
                .iter()
                .map(|knob| ForeignKey {
                    name: knob.name.to_owned(),
                    form: knob.default.kind().to_owned(),
                    note: format!("default {}", knob.default),
                    doc: knob.doc.to_owned(),
                    example: example(knob.default),
                })
                .collect(),
        });
        (systems.collect(), rules.collect())
    }
}

impl Meanings for Known<'_> {
    fn body(&self, system: &str, key: &str) -> Option<String> {
        self.fields(system).iter().find(|field| field.key == key).map(|field| field.doc.to_owned())
    }

    fn knob(&self, rule: &str, knob: &str) -> Option<String> {
        self.knobs(rule).into_iter().find(|(name, _)| name == knob).map(|(_, doc)| doc)
    }

    fn body_keys(&self, system: &str) -> Vec<String> {
        self.fields(system).iter().map(|field| field.key.to_owned()).collect()
    }

    fn rules(&self) -> Vec<String> {
        self.infos().into_iter().map(|rule| rule.id.to_owned()).collect()
    }

    fn knobs(&self, rule: &str) -> Vec<(String, String)> {
        let rule = self.infos().into_iter().find(|known| known.id == rule);
        let said = |knob: &Knob| (knob.name.to_owned(), format!("{}; {} unless set", knob.doc, example(knob.default)));
        rule.map(|rule| rule.knobs.iter().map(said).collect()).unwrap_or_default()
    }
}

fn example(default: crate::config::Quantity) -> String {
    match default {
        crate::config::Quantity::Count(count) => count.to_string(),
        other => format!("\"{other}\""),
    }
}

fn schema(field: &Field) -> Value {
    let mut out = match field.form {
        Form::Text => json!({ "type": "string", "minLength": 1 }),
        Form::Url => json!({ "type": "string", "pattern": "^https?://[^/?#@\\s]+" }),
        Form::Address => json!({ "type": "string", "pattern": "^[^\\s@]+:[0-9]+$" }),
        Form::Path => json!({ "type": "string", "pattern": "^/" }),
        Form::Number => json!({ "type": "integer" }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::List => json!({ "type": "array", "items": { "type": "string" } }),
        Form::OneOf(words) => json!({ "enum": words }),
    };
    if let Value::Object(map) = &mut out {
        map.insert("description".to_owned(), json!(field.doc));
    }
    out
}

/// The form in the words of an error message and of the reference page.
#[must_use]
pub(super) fn phrase(form: Form) -> String {
    match form {
        Form::Text => "a text".to_owned(),
        Form::Url => "a URL".to_owned(),
        Form::Address => "an address HOST:PORT".to_owned(),
        Form::Path => "an absolute path".to_owned(),
        Form::Number => "a whole number".to_owned(),
        Form::Flag => "true or false".to_owned(),
        Form::List => "a list of texts".to_owned(),
        Form::OneOf(words) => format!("one of {}", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ")),
    }
}

/// The example of a field as TOML: texts are declared without quotes.
#[must_use]
pub(super) fn toml_example(field: &Field) -> String {
    match field.form {
        Form::Text | Form::Url | Form::Address | Form::Path | Form::OneOf(_) if !field.example.starts_with('"') => quoted(field.example),
        _ => field.example.to_owned(),
    }
}

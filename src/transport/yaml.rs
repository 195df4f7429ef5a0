//! One text out of a YAML file, for secrets that another tool keeps there. Errors never quote the file.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// The text at `keys`, the outermost first.
///
/// # Errors
/// What is wrong, in words of ours.
pub(super) fn text_at(yaml: &str, keys: &[String]) -> Result<String, &'static str> {
    let found = serde_saphyr::with_deserializer_from_str(yaml, |deserializer| Seek(keys).deserialize(deserializer));
    // the words of the parser could quote the secret
    found.map_err(|_parser| "not readable as YAML with a text at these keys")?.ok_or("there is nothing at these keys")
}

struct Seek<'a>(&'a [String]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        if self.0.is_empty() { deserializer.deserialize_str(Text).map(Some) } else { deserializer.deserialize_map(self) }
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<String>()? {
            match self.0.split_first() {
                Some((wanted, below)) if *wanted == key => found = map.next_value_seed(Seek(below))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
}

//! JSON values as YAML: every text in double quotes as JSON writes it, so that no word of a server turns into a number, a date or `false`.

use crate::app::json;
use serde_json::Value;
use std::io::{self, Write};

/// Writes one document.
pub(super) fn write(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    block(out, value, 0)
}

fn block(out: &mut dyn Write, value: &Value, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => map.iter().try_for_each(|(key, value)| {
            write!(out, "{indent}{}:", scalar(&Value::String(key.clone()))?)?;
            nested(out, value, depth)
        }),
        Value::Array(items) if !items.is_empty() => items.iter().try_for_each(|item| {
            write!(out, "{indent}-")?;
            nested(out, item, depth)
        }),
        other => writeln!(out, "{indent}{}", scalar(other)?),
    }
}

fn nested(out: &mut dyn Write, value: &Value, depth: usize) -> io::Result<()> {
    let whole = match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    };
    if whole {
        return writeln!(out, " {}", scalar(value)?);
    }
    writeln!(out)?;
    block(out, value, depth + 1)
}

fn scalar(value: &Value) -> io::Result<String> {
    let mut bytes = Vec::new();
    json::write(&mut bytes, value, false)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let value =
            json!({ "no": "no", "list": [1, "01", { "a": null, "b": [] }, [true, 1.5]], "empty": {}, "time": "2026-11-21", "text": "a: \"b\"\n# c" });
        let mut out = Vec::new();
        write(&mut out, &value).expect("written");
        let back: Value = serde_saphyr::from_str(&String::from_utf8(out).expect("UTF-8")).expect("YAML");
        assert_eq!(back, value);
    }
}

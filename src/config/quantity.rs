//! A number with its unit, as people write thresholds: `64MiB`, `30s`, `80%`, `5`.

use std::fmt;
use std::time::Duration;

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    Bytes(u64),
    Time(Duration),
    Percent(f64),
    Count(u64),
}

impl Quantity {
    /// The kind in the words of an error message.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Quantity::Bytes(_) => "a size such as \"64MiB\"",
            Quantity::Time(_) => "a duration such as \"30s\"",
            Quantity::Percent(_) => "a share such as \"80%\"",
            Quantity::Count(_) => "a whole number",
        }
    }

    /// Whether both are of one kind.
    #[must_use]
    pub const fn is_like(self, other: Quantity) -> bool {
        matches!(
            (self, other),
            (Quantity::Bytes(_), Quantity::Bytes(_))
                | (Quantity::Time(_), Quantity::Time(_))
                | (Quantity::Percent(_), Quantity::Percent(_))
                | (Quantity::Count(_), Quantity::Count(_))
        )
    }

    /// Reads the text form; `None` if it has none of the known units.
    #[must_use]
    pub fn parse(text: &str) -> Option<Quantity> {
        let text = text.trim();
        let split = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(split)?;
        if let Ok(count) = text.parse() {
            return Some(Quantity::Count(count));
        }
        if unit.trim() == "%" {
            return number.parse().ok().filter(|share| (0.0..=100.0).contains(share)).map(Quantity::Percent);
        }
        let scale: Option<u64> = match unit.trim() {
            "B" => Some(1),
            "KiB" | "kB" => Some(1 << 10),
            "MiB" | "MB" => Some(1 << 20),
            "GiB" | "GB" => Some(1 << 30),
            "TiB" | "TB" => Some(1 << 40),
            _ => None,
        };
        if let Some(scale) = scale {
            let whole: u64 = number.parse().ok()?;
            return whole.checked_mul(scale).map(Quantity::Bytes);
        }
        duration(text).map(Quantity::Time)
    }
}

/// `500ms`, `30s`, `15m`, `2h 30m`, `1d`; nothing negative, no months or years.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    Duration::try_from(span.to_duration(days).ok()?).ok()
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quantity::Bytes(bytes) => {
                for (scale, unit) in [(1_u64 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
                    if *bytes >= scale && bytes % scale == 0 {
                        return write!(f, "{}{unit}", bytes / scale);
                    }
                }
                write!(f, "{bytes}B")
            }
            Quantity::Time(time) => f.write_str(&time_text(*time)),
            Quantity::Percent(share) => write!(f, "{share}%"),
            Quantity::Count(count) => write!(f, "{count}"),
        }
    }
}

/// A duration as people say it: `4m 41s`, `2.4s`, `120ms`, `3d 4h`. At most two units.
#[must_use]
pub fn time_text(time: Duration) -> String {
    let seconds = time.as_secs();
    let two = |big: u64, big_unit: &str, small: u64, small_unit: &str| {
        if small == 0 { format!("{big}{big_unit}") } else { format!("{big}{big_unit} {small}{small_unit}") }
    };
    match seconds {
        0 if time.is_zero() => "0s".to_owned(),
        0 => format!("{}ms", time.as_millis().max(1)),
        1..=9 if time.subsec_millis() >= 100 => format!("{}.{}s", seconds, time.subsec_millis() / 100),
        1..=59 => format!("{seconds}s"),
        60..=3_599 => two(seconds / 60, "m", seconds % 60, "s"),
        3_600..=86_399 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written_back() {
        for (text, value) in [
            ("64MiB", Quantity::Bytes(64 << 20)),
            ("30s", Quantity::Time(Duration::from_secs(30))),
            ("2h 30m", Quantity::Time(Duration::from_mins(150))),
            ("80%", Quantity::Percent(80.0)),
            ("5", Quantity::Count(5)),
        ] {
            assert_eq!(Quantity::parse(text), Some(value));
            assert_eq!(value.to_string(), text);
        }
    }

    #[test]
    fn nonsense_is_no_quantity() {
        for text in ["", "MiB", "-5s", "5 apples", "101%", "1y", "99999999999TiB", "1..5s"] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_read_as_people_say_them() {
        for (ms, text) in
            [(0, "0s"), (120, "120ms"), (2_400, "2.4s"), (59_900, "59s"), (281_000, "4m 41s"), (3_600_000, "1h"), (273_600_000, "3d 4h")]
        {
            assert_eq!(time_text(Duration::from_millis(ms)), text);
        }
    }
}

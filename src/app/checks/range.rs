//! Ranges of monitoring plugins: when `-w` and `-c` alert. <https://www.monitoring-plugins.org/doc/guidelines.html#THRESHOLDFORMAT>

use std::fmt;

/// Alerts outside of `low..=high`, or inside when turned round by `@`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
    inside: bool,
}

impl Range {
    /// `10` (0 to 10 is well), `10:` (10 or more), `~:10` (10 or less), `10:20`, `@10:20` (alert inside). `None` when it is no range.
    #[must_use]
    pub fn parse(text: &str) -> Option<Range> {
        let (inside, text) = text.strip_prefix('@').map_or((false, text), |rest| (true, rest));
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let (low, high) = match text.split_once(':') {
            None => (0.0, number(text)?),
            Some((low, high)) => {
                let low = if low == "~" { f64::NEG_INFINITY } else { number(low)? };
                (low, if high.is_empty() { f64::INFINITY } else { number(high)? })
            }
        };
        (low <= high).then_some(Range { low, high, inside })
    }

    #[must_use]
    pub fn alerts(&self, value: f64) -> bool {
        (self.low <= value && value <= self.high) == self.inside
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.inside {
            f.write_str("@")?;
        }
        match (self.low, self.high) {
            (low, high) if low == f64::NEG_INFINITY => write!(f, "~:{high}"),
            (low, high) if high == f64::INFINITY => write!(f, "{low}:"),
            (0.0, high) => write!(f, "{high}"),
            (low, high) => write!(f, "{low}:{high}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Range;

    #[test]
    fn ranges_alert_as_the_guidelines_say() {
        for (text, value, alerts) in [
            ("10", 10.0, false),
            ("10", 11.0, true),
            ("10", -1.0, true),
            ("10:", 9.0, true),
            ("10:", 10.0, false),
            ("~:10", -5.0, false),
            ("~:10", 10.5, true),
            ("10:20", 15.0, false),
            ("10:20", 9.0, true),
            ("@10:20", 15.0, true),
            ("@10:20", 9.0, false),
        ] {
            let range = Range::parse(text).expect("a range");
            assert_eq!(range.alerts(value), alerts, "{text} {value}");
            assert_eq!(range.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "x", "20:10", ":", "1:2:3", "inf", "NaN", "@", "~"] {
            assert_eq!(Range::parse(text), None, "{text}");
        }
    }
}

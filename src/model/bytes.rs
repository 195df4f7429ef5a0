//! A size in bytes, for people in binary units.

use std::fmt;

/// A number of bytes; shown as `512 B`, `1.5 KiB`, `2.0 GiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
        if self.0 < 1024 {
            return write!(f, "{} B", self.0);
        }
        #[expect(clippy::cast_precision_loss, reason = "one decimal is shown; 53 bits are plenty")]
        let mut value = self.0 as f64 / 1024.0;
        let mut unit = UNITS[0];
        for next in &UNITS[1..] {
            // 1023.95 would print as 1024.0 in the smaller unit
            if value < 1023.95 {
                break;
            }
            value /= 1024.0;
            unit = next;
        }
        write!(f, "{value:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn each_size_has_the_unit_that_reads_best() {
        let cases = [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1.0 MiB"), (1 << 30, "1.0 GiB")];
        for (value, text) in cases {
            assert_eq!(Bytes(value).to_string(), text);
        }
        assert_eq!(Bytes(u64::MAX).to_string(), "16.0 EiB");
    }
}

//! Colours as numbers: from `#rrggbb` to what a terminal can show, and the contrast of two.

/// A colour as a terminal is told it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// The terminal's own.
    #[default]
    Default,
    /// One of the sixteen, 0 to 15.
    Ansi(u8),
    /// One of the 256; 16 to 231 are a cube, 232 to 255 a row of greys.
    Indexed(u8),
    Rgb(Rgb),
}

/// Red, green, blue, 0 to 255 each, in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// Steps of the cube of 256 colours. <https://invisible-island.net/xterm/xterm.faq.html>
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
/// The names of the sixteen.
pub(super) const NAMES: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "darkgray",
    "lightred",
    "lightgreen",
    "lightyellow",
    "lightblue",
    "lightmagenta",
    "lightcyan",
    "white",
];

impl Rgb {
    /// Reads `#rrggbb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Rgb> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Rgb(part(0)?, part(2)?, part(4)?))
    }

    /// The nearest of the 256 colours that are the same in every terminal.
    #[must_use]
    pub fn indexed(self) -> u8 {
        (16..=255).min_by_key(|index| self.distance(of_index(*index))).unwrap_or(16)
    }

    /// Squared distance, weighted as the eye weighs the three. <https://www.compuphase.com/cmetric.htm>
    fn distance(self, other: Rgb) -> i64 {
        let part = |a: u8, b: u8| i64::from(a) - i64::from(b);
        let (red, green, blue) = (part(self.0, other.0), part(self.1, other.1), part(self.2, other.2));
        let mean = i64::midpoint(i64::from(self.0), i64::from(other.0));
        (512 + mean) * red * red / 256 + 4 * green * green + (767 - mean) * blue * blue / 256
    }

    /// Relative luminance, 0 to 1. <https://www.w3.org/TR/WCAG21/#dfn-relative-luminance>
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let value = f64::from(part) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }
}

/// The contrast of two colours, 1 to 21. <https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio>
#[must_use]
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (a.luminance(), b.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What an index from 16 to 255 looks like; below, terminals differ and black is said.
#[must_use]
pub fn of_index(index: u8) -> Rgb {
    let step = |at: u8| STEPS.get(usize::from(at % 6)).copied().unwrap_or(0);
    match index {
        0..=15 => Rgb(0, 0, 0),
        16..=231 => {
            let at = index - 16;
            Rgb(step(at / 36), step(at / 6), step(at))
        }
        232..=255 => {
            let grey = 8 + (index - 232) * 10;
            Rgb(grey, grey, grey)
        }
    }
}

/// The number of one of the sixteen by its name: `lightred`.
#[must_use]
pub fn ansi(name: &str) -> Option<u8> {
    NAMES.iter().position(|known| *known == name).and_then(|at| u8::try_from(at).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_agrees_with_the_standard() {
        assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((contrast(Rgb(119, 119, 119), Rgb(255, 255, 255)) - 4.478).abs() < 0.01);
    }

    #[test]
    fn a_colour_of_the_cube_is_its_own_nearest() {
        for index in 16..=231 {
            let shown = of_index(index);
            assert_eq!(of_index(shown.indexed()), shown);
        }
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(Rgb::parse("#11151c"), Some(Rgb(17, 21, 28)));
        for text in ["", "#", "11151c", "#11151", "#11151cc", "#11151g", "#+1+1+1", "red"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_sixteen_are_known_by_name() {
        assert_eq!((ansi("black"), ansi("lightred"), ansi("white"), ansi("mauve")), (Some(0), Some(9), Some(15), None));
    }
}

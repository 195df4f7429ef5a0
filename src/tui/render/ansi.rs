//! Text with the sequences that colour it: `cat` shows it as the console drew it.
//!
//! <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html#h4-Functions-using-CSI-_-ordered-by-the-final-character-lparen-s-rparen:CSI-Pm-m.1CA7>

use super::{line, shown};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// The frame as coloured lines; each ends with the colours of the terminal.
#[must_use]
pub fn ansi(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut last = String::new();
        for (_, cell) in line(buffer, y) {
            let next = sequence(cell);
            if next != last {
                out.push_str(&format!("\x1b[0{next}m"));
                last = next;
            }
            out.push_str(&shown(cell));
        }
        out.push_str("\x1b[0m\n");
    }
    out
}

/// What is said after the zero that takes everything back.
fn sequence(cell: &Cell) -> String {
    let effects = [(Modifier::BOLD, ";1"), (Modifier::DIM, ";2"), (Modifier::UNDERLINED, ";4"), (Modifier::REVERSED, ";7")];
    let effects: String = effects.iter().filter(|(effect, _)| cell.modifier.contains(*effect)).map(|(_, code)| *code).collect();
    effects + &colour(cell.fg, 30) + &colour(cell.bg, 40)
}

/// `base` is 30 for letters and 40 for their ground.
fn colour(colour: Color, base: u16) -> String {
    match colour {
        Color::Indexed(number @ 0..=7) => format!(";{}", base + u16::from(number)),
        Color::Indexed(number @ 8..=15) => format!(";{}", base + 52 + u16::from(number)),
        Color::Indexed(number) => format!(";{};5;{number}", base + 8),
        Color::Rgb(red, green, blue) => format!(";{};2;{red};{green};{blue}", base + 8),
        // a look names no others
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn what_is_coloured_alike_is_said_once() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
        buffer.set_string(0, 0, "ab", Style::new().fg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD));
        buffer.set_string(2, 0, "c", Style::new().fg(Color::Indexed(9)).bg(Color::Indexed(4)));
        buffer.set_string(3, 0, "東", Style::new().bg(Color::Indexed(200)));
        assert_eq!(ansi(&buffer), "\x1b[0;1;38;2;1;2;3mab\x1b[0;91;44mc\x1b[0;48;5;200m東\x1b[0m \x1b[0m\n      \x1b[0m\n");
    }
}

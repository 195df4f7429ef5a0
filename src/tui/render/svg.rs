//! A picture: one rectangle for each ground, one text for each run of letters that look alike, on a grid that no font can shift.

use super::{line, shown};
use crate::theme::colour::{Rgb, of_index};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Size of a cell and of its letters in pixels; where the letters stand, from the top of their line.
const CELL: (u16, u16) = (9, 18);
const LETTERS: u16 = 15;
const BASE: u16 = 14;
/// Around the screen.
const MARGIN: u16 = 10;
/// What stands where the colours are the terminal's own.
const OWN: (Rgb, Rgb) = (Rgb(0xd7, 0xdc, 0xe4), Rgb(0x11, 0x15, 0x1c));
/// The sixteen as xterm has them; every terminal has others.
const SIXTEEN: [Rgb; 16] = [
    Rgb(0, 0, 0),
    Rgb(205, 0, 0),
    Rgb(0, 205, 0),
    Rgb(205, 205, 0),
    Rgb(0, 0, 238),
    Rgb(205, 0, 205),
    Rgb(0, 205, 205),
    Rgb(229, 229, 229),
    Rgb(127, 127, 127),
    Rgb(255, 0, 0),
    Rgb(0, 255, 0),
    Rgb(255, 255, 0),
    Rgb(92, 92, 255),
    Rgb(255, 0, 255),
    Rgb(0, 255, 255),
    Rgb(255, 255, 255),
];

/// How a run of letters looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Style {
    fg: [u8; 3],
    bg: [u8; 3],
    effects: u16,
}

/// Letters that look alike, from a column on.
struct Run {
    x: u16,
    columns: u16,
    style: Style,
    text: String,
}

/// The frame as an SVG document; `title` is what is read instead where nothing is seen.
#[must_use]
pub fn svg(buffer: &Buffer, title: &str) -> String {
    let area = buffer.area;
    let rows: Vec<Vec<Run>> = (area.top()..area.bottom()).map(|y| runs(buffer, y)).collect();
    let ground = rows.first().and_then(|row| row.first()).map_or([OWN.1.0, OWN.1.1, OWN.1.2], |run| run.style.bg);
    let (width, height) = (u32::from(area.width) * u32::from(CELL.0), u32::from(area.height) * u32::from(CELL.1));
    let (width, height) = (width + 2 * u32::from(MARGIN), height + 2 * u32::from(MARGIN));
    let mut classes: BTreeMap<([u8; 3], u16), String> = BTreeMap::new();
    let mut body = String::new();
    for (at, row) in rows.iter().enumerate() {
        let top = u32::try_from(at).unwrap_or(0) * u32::from(CELL.1) + u32::from(MARGIN);
        for run in row {
            draw(&mut body, run, top, ground, &mut classes);
        }
    }
    let title = escaped(title);
    let mut out =
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{title}</title>\n<style>\n");
    let fonts = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
    let _infallible = writeln!(out, "text {{ font: {LETTERS}px {fonts}; white-space: pre }}");
    for ((fg, effects), class) in &classes {
        let effects = Modifier::from_bits_truncate(*effects);
        let with = |effect, css| if effects.contains(effect) { css } else { "" };
        let bold = with(Modifier::BOLD, "; font-weight: bold");
        let dim = with(Modifier::DIM, "; opacity: 0.65");
        let underline = with(Modifier::UNDERLINED, "; text-decoration: underline");
        let _infallible = writeln!(out, ".{class} {{ fill: {}{bold}{dim}{underline} }}", hex(*fg));
    }
    let _infallible = writeln!(out, "</style>\n<rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{}\"/>", hex(ground));
    out + &body + "</svg>\n"
}

fn runs(buffer: &Buffer, y: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (x, cell) in line(buffer, y) {
        let (style, text) = (style(cell), shown(cell));
        let columns = u16::try_from(crate::text::width::columns(&text)).unwrap_or(1).max(1);
        match runs.last_mut().filter(|run| run.style == style) {
            Some(run) => {
                run.columns += columns;
                run.text.push_str(&text);
            }
            None => runs.push(Run { x: x - buffer.area.left(), columns, style, text }),
        }
    }
    runs
}

fn style(cell: &Cell) -> Style {
    let (fg, bg) = (rgb(cell.fg, OWN.0), rgb(cell.bg, OWN.1));
    let (fg, bg) = if cell.modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) };
    Style { fg, bg, effects: (cell.modifier - Modifier::REVERSED).bits() }
}

fn rgb(colour: Color, own: Rgb) -> [u8; 3] {
    let Rgb(red, green, blue) = match colour {
        Color::Rgb(red, green, blue) => Rgb(red, green, blue),
        Color::Indexed(number) => SIXTEEN.get(usize::from(number)).copied().unwrap_or_else(|| of_index(number)),
        // a look names no others
        _ => own,
    };
    [red, green, blue]
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn draw(out: &mut String, run: &Run, top: u32, ground: [u8; 3], classes: &mut BTreeMap<([u8; 3], u16), String>) {
    let left = |x: u16| u32::from(x) * u32::from(CELL.0) + u32::from(MARGIN);
    let width = |columns: usize| columns * usize::from(CELL.0);
    if run.style.bg != ground {
        let fill = hex(run.style.bg);
        let columns = width(usize::from(run.columns));
        let _infallible = writeln!(out, "<rect x=\"{}\" y=\"{top}\" width=\"{columns}\" height=\"{}\" fill=\"{fill}\"/>", left(run.x), CELL.1);
    }
    let letters = run.text.trim_end_matches(' ');
    let blanks = letters.len() - letters.trim_start_matches(' ').len();
    let letters = letters.trim_start_matches(' ');
    if letters.is_empty() {
        return;
    }
    let next = classes.len();
    let class = classes.entry((run.style.fg, run.style.effects)).or_insert_with(|| format!("c{next}"));
    let x = left(run.x) + u32::try_from(width(blanks)).unwrap_or(0);
    // the length is the grid's, whatever font draws it
    let length = width(crate::text::width::columns(letters));
    let y = top + u32::from(BASE);
    let letters = escaped(letters);
    let _infallible =
        writeln!(out, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\">{letters}</text>");
}

/// `text` where it can be nothing but text; blanks keep their number.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in crate::text::untrusted::visible(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ' ' => out.push('\u{a0}'),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style as Look;

    #[test]
    fn letters_are_nothing_but_letters_and_stand_on_their_grid() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 2));
        buffer.set_string(2, 0, "</text><script>&\"'", Look::new().fg(Color::Rgb(1, 2, 3)));
        buffer.set_string(0, 1, "東 x", Look::new().bg(Color::Indexed(1)).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        if let Some(cell) = buffer.cell_mut((29, 1)) {
            cell.set_symbol("\u{1b}");
        }
        let drawn = svg(&buffer, "a <b> & \u{202e}c");
        assert!(drawn.contains(">&lt;/text&gt;&lt;script&gt;&amp;&quot;&#39;</text>") && !drawn.contains("<script"), "{drawn}");
        assert!(drawn.contains("<title>a\u{a0}&lt;b&gt;\u{a0}&amp;\u{a0}‹202E›c</title>"), "{drawn}");
        assert!(drawn.contains("x=\"28\" y=\"24\" textLength=\"162\""), "{drawn}");
        assert!(drawn.contains("fill: #cd0000; font-weight: bold"), "reversed: {drawn}");
        assert!(drawn.contains("textLength=\"36\" lengthAdjust=\"spacingAndGlyphs\">東\u{a0}x</text>"), "{drawn}");
        assert!(drawn.chars().all(|letter| letter == '\n' || !letter.is_control()), "{drawn}");
    }
}

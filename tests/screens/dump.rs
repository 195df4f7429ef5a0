//! A frame as text with its roles: `{role}text{role}text`, a line each. Colours are dumped by what they mean, so that a theme can change without a golden file.

use opsctl::theme::{Depth, Glyphs, Role, Theme};
use opsctl::tui::Look;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;

/// A look in which each role has a colour of its own that says which one it is.
pub(crate) fn look(glyphs: Glyphs) -> Look {
    let mut text = String::from("name = \"roles\"\n[palette]\nground = \"#0000ff\"\n");
    for role in Role::ALL {
        text += &format!("r{} = \"#0000{:02x}\"\n", role.place(), role.place());
    }
    text += "[role]\n";
    for role in Role::ALL {
        let ground = if role == Role::Text { "ground".to_owned() } else { format!("r{}", role.place()) };
        let own_ground = matches!(role, Role::Text | Role::Selection | Role::Prod | Role::Staging | Role::Dev | Role::Frozen);
        let fg = if role == Role::Selection { String::new() } else { format!("fg = \"r{}\",", role.place()) };
        let bg = if own_ground { format!("bg = \"{ground}\"") } else { String::new() };
        text += &format!("{} = {{ {} }}\n", role.name(), format!("{fg} {bg}").trim().trim_end_matches(','));
    }
    Look::new(&Theme::parse(&text, Depth::True).expect("a theme of roles"), glyphs)
}

fn role(color: Color) -> &'static str {
    match color {
        Color::Rgb(0, 0, 255) => "",
        Color::Rgb(0, 0, at) => Role::ALL[usize::from(at)].name(),
        other => panic!("{other:?} is no role"),
    }
}

fn named(cell: &Cell) -> String {
    match (role(cell.fg), role(cell.bg)) {
        (fg, bg) if bg.is_empty() || fg == bg => fg.to_owned(),
        (fg, bg) => format!("{fg}/{bg}"),
    }
}

/// The frame with its roles.
pub(crate) fn dump(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut out = format!("{}x{}\n", area.width, area.height);
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut last = String::new();
        let mut hidden = 0;
        for x in area.left()..area.right() {
            let cell = &buffer[(x, y)];
            // the second column of a wide character
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = opsctl::text::width::columns(cell.symbol()).saturating_sub(1);
            let name = named(cell);
            // a blank has no colour of its own
            let name = if cell.symbol() == " " && cell.bg == Color::Rgb(0, 0, 255) { last.clone() } else { name };
            if name != last {
                line += &format!("{{{name}}}");
                last = name;
            }
            line += cell.symbol();
        }
        out += line.trim_end();
        out.push('\n');
    }
    out
}

/// The letters alone.
pub(crate) fn letters(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (area.top()..area.bottom()).map(|y| line(y).trim_end().to_owned() + "\n").collect()
}

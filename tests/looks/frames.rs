//! Every screen in every theme and glyph set with its colours, against golden files; and that a role is the only way a colour gets on a screen.

use crate::screens::dump::{letters, look as roles};
use crate::screens::fixture;
use crate::screens::matrix::on;
use crate::screens::platform::STATES;
use crate::screens::{frame, on_fleet, press};
use crate::support::golden;
use opsctl::app::Observed;
use opsctl::theme::{Depth, Glyphs, Role, Theme, builtin, names};
use opsctl::tui::notice::Notice;
use opsctl::tui::place::Place;
use opsctl::tui::screens::SCREENS;
use opsctl::tui::{Look, State};
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const SIZE: (u16, u16) = (80, 24);
const SETS: [(&str, Glyphs); 2] = [("unicode", Glyphs::Unicode), ("ascii", Glyphs::Ascii)];

/// Every screen, named, with the palette; where something is wrong most is to be seen.
fn screens() -> Vec<(String, State)> {
    let degraded: Arc<Observed> = STATES[1].1();
    let mut all: Vec<(String, State)> = SCREENS.iter().map(|def| (def.place.word().to_owned(), on(&degraded, def.place, SIZE))).collect();
    let mut palette = on(&degraded, Place::Cluster, SIZE);
    press(&mut palette, &[":", "l", "o", "down"]);
    all.push(("palette".to_owned(), palette));
    all
}

/// What a cell looks like, without its letter.
fn style(cell: &Cell) -> String {
    let colour = |colour: Color| match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Reset => "own".to_owned(),
        other => format!("{other:?}"),
    };
    let effects = [(Modifier::BOLD, " bold"), (Modifier::DIM, " dim"), (Modifier::UNDERLINED, " underline"), (Modifier::REVERSED, " reverse")];
    let effects: String = effects.iter().filter(|(effect, _)| cell.modifier.contains(*effect)).map(|(_, word)| *word).collect();
    format!("{} on {}{effects}", colour(cell.fg), colour(cell.bg))
}

/// Each style gets a letter; each line is how many columns each has: `a12b3`.
fn runs(buffer: &Buffer, legend: &mut BTreeMap<String, char>) -> String {
    let area = buffer.area;
    let mut out = String::new();
    for y in area.top()..area.bottom() {
        let mut run: Option<(char, usize)> = None;
        for x in area.left()..area.right() {
            let next = legend.len();
            let letters = ('a'..='z').chain('A'..='Z').chain('α'..='ω');
            let letter = *legend.entry(style(&buffer[(x, y)])).or_insert_with(|| letters.clone().nth(next).expect("so many styles are no theme"));
            match &mut run {
                Some((last, count)) if *last == letter => *count += 1,
                _ => {
                    if let Some((last, count)) = run.replace((letter, 1)) {
                        out += &format!("{last}{count}");
                    }
                }
            }
        }
        if let Some((last, count)) = run {
            out += &format!("{last}{count}\n");
        }
    }
    out
}

#[test]
fn every_screen_has_its_colours_in_every_theme_and_glyph_set() {
    let screens = screens();
    for (set, glyphs) in SETS {
        let mut shown = String::new();
        for name in names() {
            let look = Look::new(&builtin(name, Depth::True).expect("a theme").expect("a good one"), glyphs);
            let mut legend = BTreeMap::new();
            let mut lines = String::new();
            let mut told = String::new();
            for (screen, state) in &screens {
                let drawn = frame(state, &look);
                lines += &format!("== {screen}\n{}", runs(&drawn, &mut legend));
                told += &format!("== {screen}\n{}", letters(&drawn));
            }
            let mut styles: Vec<(char, String)> = legend.into_iter().map(|(style, letter)| (letter, style)).collect();
            styles.sort_by_key(|(letter, _)| ('a'..='z').chain('A'..='Z').chain('α'..='ω').position(|known| known == *letter));
            let head: String = styles.iter().map(|(letter, style)| format!("{letter} {style}\n")).collect();
            golden(&format!("tests/golden/looks/{name}-{set}.txt"), (head + &lines).as_bytes());
            assert!(shown.is_empty() || shown == told, "{name} {set} changes letters");
            shown = told;
        }
        golden(&format!("tests/golden/looks/letters-{set}.txt"), shown.as_bytes());
    }
}

/// A theme like `name`, in which `role` has other colours: of its letters, and of its ground where it has one.
fn recoloured(name: &str, role: Role, ground: bool) -> Theme {
    let letters = if role == Role::Selection { "" } else { "fg = \"other\"" };
    let ground = match (ground, letters) {
        (true, "") => "bg = \"ground\"",
        (true, _) => ", bg = \"ground\"",
        (false, _) => "",
    };
    let text =
        format!("extends = \"{name}\"\n[palette]\nother = \"#010203\"\nground = \"#040506\"\n[role]\n{} = {{ {letters}{ground} }}\n", role.name());
    Theme::parse(&text, Depth::True).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn another_colour_of_a_role_changes_the_cells_of_that_role_and_no_others() {
    let mut states: Vec<State> = screens().into_iter().map(|(_, state)| state).collect();
    for observed in [fixture::healthy(), fixture::degraded(), fixture::down(), fixture::waiting()] {
        let mut state = on_fleet(&observed, SIZE);
        states.push(state.clone());
        press(&mut state, &["f"]);
        states.push(state);
    }
    let mut told = on_fleet(&fixture::healthy(), SIZE);
    told.notice = Some(Notice::info("copied"));
    states.push(told);
    // in this look the colours of a cell are the numbers of its roles
    let told = roles(Glyphs::Unicode);
    let number = |colour: Color| match colour {
        Color::Rgb(0, 0, number) => number,
        other => panic!("{other:?} is no role"),
    };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for state in &states {
        let by_role = frame(state, &told);
        for name in names() {
            let plain = Look::new(&builtin(name, Depth::True).expect("a theme").expect("a good one"), Glyphs::Unicode);
            let before = frame(state, &plain);
            // roles of `mono` have no colours: that of the text would shine through all of them
            for role in Role::ALL.into_iter().filter(|role| name != "mono" || *role != Role::Text) {
                let ground = matches!(role, Role::Text | Role::Selection | Role::Prod | Role::Staging | Role::Dev | Role::Frozen);
                // where a role of `mono` has no ground it gets none here: what is reversed is told by that alone
                let ground = ground && name != "mono";
                let after = frame(state, &Look::new(&recoloured(name, role, ground), Glyphs::Unicode));
                for (at, cell) in by_role.content().iter().enumerate() {
                    let place = u8::try_from(role.place()).expect("few roles");
                    let letters = number(cell.fg) == place;
                    let own = if role == Role::Text { 255 } else { place };
                    let below = ground && number(cell.bg) == own;
                    let (was, is) = (&before.content()[at], &after.content()[at]);
                    assert_eq!(was.fg != is.fg, letters, "{name} {}: letters of {:?} at {at}", role.name(), cell.symbol());
                    assert_eq!(was.bg != is.bg, below, "{name} {}: ground of {:?} at {at}", role.name(), cell.symbol());
                    assert_eq!((was.symbol(), was.modifier), (is.symbol(), is.modifier), "{name} {}", role.name());
                    if letters || below {
                        seen.insert(role.name());
                    }
                }
            }
        }
    }
    let unseen: Vec<&str> = Role::ALL.iter().map(|role| role.name()).filter(|name| !seen.contains(name)).collect();
    assert!(unseen.is_empty(), "no screen shows {unseen:?}");
}

#[test]
fn what_has_a_ground_of_its_own_keeps_it_where_it_is_selected() {
    for name in names().filter(|name| *name != "mono") {
        let theme = builtin(name, Depth::True).expect("a theme").expect("a good one");
        let look = Look::new(&theme, Glyphs::Unicode);
        let drawn = frame(&on_fleet(&fixture::degraded(), (120, 35)), &look);
        let row = (0..35).find(|y| drawn[(0, *y)].symbol() == "▸").expect("a selected row");
        let prod = (0..118).find(|x| (0..4).map(|at| drawn[(x + at, row)].symbol()).collect::<String>() == "PROD").expect("the environment");
        assert_eq!(Some(drawn[(prod, row)].bg), look.style(Role::Prod).bg, "{name}");
        assert_eq!(Some(drawn[(2, row)].bg), look.style(Role::Selection).bg, "{name}");
    }
}

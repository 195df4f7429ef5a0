//! Themes of one's own: found beside the configuration, chosen for an environment, worn while they change, and never in the way when they are broken. And the
//! ground of the terminal, which is asked for and never waited for.

use crate::support::program;
use crate::support::pty::Pty;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const CLUSTER: &str = "[[cluster]]\nname = \"orders\"\nenvironment = \"prod\"\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:1\"\n";
const MINE: &str = "extends = \"paper\"\n[palette]\nbg = \"#fefefe\"\n";

/// Arguments, variables, and the ground that they give.
type Case = (&'static [&'static str], &'static [(&'static str, &'static str)], &'static str);

/// Writes a file that only its owner may change. It is whole at once: half of it, seen by a console that looks just then, would be a theme of its own.
fn write(path: &Path, text: &str) {
    let part = path.with_extension("part");
    fs::write(&part, text).expect("written");
    fs::set_permissions(&part, fs::Permissions::from_mode(0o600)).expect("chmod");
    fs::rename(&part, path).expect("in its place");
}

/// A folder with a configuration that says `console`, and the theme `mine`.
fn home(console: &str, mine: &str) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("themes")).expect("made");
    write(&home.path().join("config.toml"), &format!("{console}\n{CLUSTER}"));
    write(&home.path().join("themes/mine.toml"), mine);
    let path = home.path().to_owned();
    (home, path)
}

fn screen(home: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> (String, String) {
    let config = home.to_str().expect("UTF-8");
    let all = [&["screen", "-o", "svg", "--config", config, "--deadline", "300ms"][..], arguments].concat();
    let output = program().args(all).envs(environment.iter().copied()).output().expect("starts");
    (String::from_utf8(output.stdout).expect("UTF-8"), String::from_utf8(output.stderr).expect("UTF-8"))
}

/// The ground of a picture.
fn ground(svg: &str) -> &str {
    svg.split("rx=\"8\" fill=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{svg}"))
}

#[test]
fn a_theme_is_chosen_by_flag_variable_environment_and_configuration_in_this_order() {
    let (_kept, home) = home("[console]\ntheme = \"mine\"\nby_environment = { prod = \"contrast\", dev = \"sky\" }", MINE);
    let cases: [Case; 6] = [
        (&["fleet"], &[], "#fefefe"),
        (&["cluster"], &[], "#000000"),
        (&["locks"], &[], "#000000"),
        (&["cluster"], &[("OPSCTL_THEME", "paper")], "#fbfaf7"),
        (&["cluster", "--theme", "mine"], &[("OPSCTL_THEME", "paper")], "#fefefe"),
        (&["cluster", "--theme", "auto"], &[("COLORFGBG", "0;15")], "#fbfaf7"),
    ];
    for (arguments, environment, expected) in cases {
        let (svg, said) = screen(&home, arguments, environment);
        assert_eq!(ground(&svg), expected, "{arguments:?} {environment:?}\n{said}");
    }
}

#[test]
fn what_is_wrong_with_a_theme_is_said_with_its_place_and_what_was_meant() {
    let cases = [
        ("[palette]\ncrit = \"#ff000\"\n", "mine.toml:2:8: crit = \"#ff000\" is not #rrggbb"),
        ("[role]\nkritical = {}\n", "mine.toml:2:1: there is no role 'kritical'; did you mean `critical`?"),
        ("[role]\ncritical = { fg = \"cirt\" }\n", "mine.toml:2:19: role 'critical': the palette has no 'cirt'; did you mean `crit`?"),
        ("[role]\ncritical = { effects = [\"bolt\"] }\n", "mine.toml:2:25: role 'critical': no effect 'bolt'; did you mean `bold`?"),
        (
            "[role]\ncritical = { ansi = \"lightread\" }\n",
            "mine.toml:2:21: role 'critical': 'lightread' is none of the sixteen colours; did you mean `lightred`?",
        ),
        ("extends = \"papper\"\n", "mine.toml:1:11: extends: there is no theme 'papper' in this program; did you mean `paper`?"),
        ("[pallete]\n", "mine.toml:1:2: unknown key `pallete`; did you mean `palette`?"),
        ("[role\n", "mine.toml:1:"),
        ("[role]\n\"\u{202e}x\" = {}\n", "mine.toml:2:1: there is no role '‹202E›x'"),
    ];
    let (_kept, home) = home("", "");
    for (text, told) in cases {
        write(&home.join("themes/mine.toml"), text);
        let (svg, said) = screen(&home, &["fleet", "--theme", "mine"], &[]);
        assert!(svg.is_empty() && said.contains(told), "{text}\n{said}");
        assert!(said.chars().all(|letter| letter == '\n' || opsctl::text::untrusted::is_plain(letter)), "{said}");
    }
    fs::set_permissions(home.join("themes/mine.toml"), fs::Permissions::from_mode(0o666)).expect("chmod");
    let (svg, said) = screen(&home, &["fleet", "--theme", "mine"], &[]);
    assert!(svg.is_empty() && said.contains("others can change it"), "{said}");
    let (svg, said) = screen(&home, &["fleet", "--theme", "../config"], &[]);
    assert!(svg.is_empty() && said.contains("no theme called '../config'"), "{said}");
}

#[test]
fn the_configuration_may_name_only_themes_that_there_are() {
    let (_kept, home) = home("[console]\nby_environment = { prod = \"mime\", dev = \"auto\" }", MINE);
    let (_, said) = screen(&home, &["fleet"], &[]);
    assert!(said.contains("config.toml:2:27") && said.contains("no theme called 'mime'") && said.contains("did you mean `mine`?"), "{said}");
}

/// The colours of the letters and of the ground at the first place where `text` stands.
fn colours(screen: &vt100::Screen, text: &str) -> Option<(vt100::Color, vt100::Color)> {
    let rows: Vec<String> = screen.rows(0, 120).collect();
    let (row, at) = rows.iter().enumerate().find_map(|(row, line)| Some((row, line.find(text)?)))?;
    let column = rows[row][..at].chars().count();
    let cell = screen.cell(u16::try_from(row).ok()?, u16::try_from(column).ok()?)?;
    Some((cell.fgcolor(), cell.bgcolor()))
}

fn console(home: &Path, environment: &[(&str, &str)]) -> Pty {
    let config = home.to_str().expect("UTF-8");
    let environment = [&[("COLORTERM", "truecolor")][..], environment].concat();
    Pty::start(env!("CARGO_BIN_EXE_opsctl"), &["--config", config], &environment, (120, 35))
}

const fn rgb(red: u8, green: u8, blue: u8) -> vt100::Color {
    vt100::Color::Rgb(red, green, blue)
}

fn on(pty: &Pty, what: &str, ground: vt100::Color) {
    pty.until(what, |screen| colours(screen, "FINDINGS").is_some_and(|(_, bg)| bg == ground));
}

#[test]
fn a_theme_is_worn_as_soon_as_its_file_changes_and_a_broken_one_never_blanks_the_screen() {
    let (_kept, home) = home("[console]\ntheme = \"mine\"", "extends = \"papper\"\n");
    let file = home.join("themes/mine.toml");
    let mut pty = console(&home, &[]);
    // it starts broken: there is a screen, and the reason
    pty.shows("mine.toml:1:11: extends: there is no theme 'papper'");
    on(&pty, "the default theme", rgb(0x11, 0x15, 0x1c));
    write(&file, MINE);
    on(&pty, "the theme, mended", rgb(0xfe, 0xfe, 0xfe));
    write(&file, "extends = \"paper\"\n[palette]\nbg = \"white\"\n");
    pty.shows("mine.toml:3:6: bg = \"white\" is not #rrggbb");
    on(&pty, "what it was before", rgb(0xfe, 0xfe, 0xfe));
    write(&file, "extends = \"paper\"\n[palette]\nbg = \"#fdfdfd\"\n");
    on(&pty, "the theme, mended again", rgb(0xfd, 0xfd, 0xfd));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
}

#[test]
fn the_ground_is_asked_for_behind_the_first_frame_and_its_answer_is_worn() {
    let (_kept, home) = home("", MINE);
    let question = "\u{1b}]11;?\u{1b}\\";
    let place = |raw: &[u8], text: &str| raw.windows(text.len()).position(|window| window == text.as_bytes());
    let mut pty = console(&home, &[]);
    pty.wrote(question);
    let raw = pty.raw();
    assert!(place(&raw, "\u{1b}[?2026l") < place(&raw, question), "asked before the first frame was out");
    // nobody answers: the console goes on
    on(&pty, "dark, unless told", rgb(0x11, 0x15, 0x1c));
    pty.type_in(b"\x1b]11;rgb:ffff/ff");
    pty.type_in(b"ff/f0f0\x1b\\");
    on(&pty, "the light one", rgb(0xfb, 0xfa, 0xf7));
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
    // who chose is not asked
    let mut pty = console(&home, &[("OPSCTL_THEME", "sky")]);
    on(&pty, "sky", rgb(0x11, 0x15, 0x1c));
    pty.type_in(b"?");
    pty.shows("KEYS");
    pty.type_in(b"q");
    assert_eq!(pty.clean_code(), 0);
    assert_eq!(place(&pty.raw(), question), None);
}

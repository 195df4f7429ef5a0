//! `opsctl screen`: any screen, in each form, from a recording and live, without a terminal.

use crate::support::{opsctl, program, root};
use opsctl::tui::still;

const RECORDING: &str = "tests/fixtures/recordings/fault-lock-tree.opr";

fn screen(arguments: &[&str]) -> (String, String, i32) {
    let file = root().join(RECORDING);
    let all = ["screen", "--replay", file.to_str().expect("UTF-8"), "--glyphs", "unicode"];
    opsctl(&[&all[..], arguments].concat())
}

#[test]
fn every_screen_is_printed_by_its_name() {
    for name in still::names() {
        let (stdout, stderr, code) = screen(&[name]);
        assert!(code == 0 && stderr.is_empty(), "{name}: {code} {stderr}");
        let header = stdout.lines().next().unwrap_or("");
        assert!(stdout.lines().count() == 35 && header.contains(" ▸ ") && header.contains(" REPLAY 2026-11-21 14:48:"), "{name}\n{stdout}");
        assert!(!stdout.contains('\u{1b}'), "{name}");
        // fleet, cluster and what is drawn over them are not named in the path
        let told = match name {
            "fleet" => "NEEDS YOU NOW",
            "cluster" => "ROUTES",
            "palette" => "enter run",
            "detail" => "EVIDENCE",
            own => own,
        };
        assert!(stdout.contains(told) || header.contains(told) || stdout.contains("⏎ run"), "{name}: {told}\n{stdout}");
    }
}

#[test]
fn the_three_forms_show_the_same_frame() {
    let (text, _, _) = screen(&["locks", "--size", "80x24"]);
    let ansi = {
        let file = root().join(RECORDING);
        let arguments = ["screen", "locks", "--size", "80x24", "--glyphs", "unicode", "-o", "ansi", "--replay", file.to_str().expect("UTF-8")];
        let output = program().args(arguments).env("TERM", "xterm-256color").env("COLORTERM", "truecolor").output().expect("starts");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let some = |count| std::num::NonZero::new(count).expect("some");
    let mut parser = vt100::Parser::new(some(25), some(80), 0);
    parser.process(ansi.replace('\n', "\r\n").as_bytes());
    let shown: Vec<String> = parser.screen().rows(0, 80).take(24).map(|row| row.trim_end().to_owned()).collect();
    assert_eq!(shown, text.lines().collect::<Vec<_>>());
    assert!(ansi.contains("\x1b[0;38;2;"), "{ansi}");
    let (svg, _, _) = screen(&["locks", "--size", "80x24", "-o", "svg", "--theme", "paper"]);
    assert!(svg.contains("viewBox=\"0 0 740 452\"") && svg.contains("fill=\"#fbfaf7\""), "{svg}");
    let letters: String =
        svg.split('<').filter_map(|part| part.strip_prefix("text ")).filter_map(|part| part.split_once('>')).map(|part| part.1).collect();
    let letters: String = letters.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'");
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(squeezed(&letters), squeezed(&text));
}

#[test]
fn keys_are_pressed_and_lead_on_in_space_and_time() {
    let header = |arguments: &[&str]| screen(arguments).0.lines().next().unwrap_or_default().to_owned();
    assert!(header(&["fleet", "--keys", "<enter>4"]).contains("▸ lab-34 ▸ locks"), "{}", header(&["fleet", "--keys", "<enter>4"]));
    let clock = |header: &str| header.split_whitespace().find(|word| word.ends_with('Z')).map(str::to_owned).expect("a clock");
    let (last, first) = (header(&["fleet"]), header(&["fleet", "--keys", "((((("]));
    let back = header(&["fleet", "--keys", "<lt>"]);
    assert!(last.contains(" REPLAY 2026-11-21 ") && back.contains(" REPLAY ") && clock(&back) < clock(&last), "{last}\n{back}");
    assert!(clock(&first) < clock(&back), "{first}");
    let (stdout, _, _) = screen(&["fleet", "--keys", "y"]);
    assert!(stdout.contains("needs the console"), "{stdout}");
}

#[test]
fn a_frame_of_a_recording_says_so_and_which_times_there_are() {
    let frame = |arguments: &[&str]| screen(&[&["fleet", "--size", "80x24"], arguments].concat());
    for (at, shown) in [("14:47:48", "14:47:48Z 0s of 22s"), ("14:47", "14:47:48Z 0s of 22s"), ("-4s", "14:48:0")] {
        let (stdout, stderr, code) = frame(&["--at", at]);
        let header = stdout.lines().next().unwrap_or_default();
        assert!(code == 0 && stderr.is_empty() && header.contains(&format!(" REPLAY 2026-11-21 {shown}")), "{at}: {code} {stderr}\n{header}");
    }
    for at in ["14:46", "14:48:11", "-1h", "2026-01-01T00:00Z"] {
        let (stdout, stderr, code) = frame(&["--at", at]);
        let told =
            format!("--at {at} lies outside of {}, which goes from 2026-11-21 14:47:48Z to 2026-11-21 14:48:10Z", root().join(RECORDING).display());
        assert!(code == 2 && stdout.is_empty() && stderr.contains(&told) && stderr.contains("try --at 14:47:48"), "{at}: {code}\n{stderr}");
    }
    let (stdout, ..) = frame(&["--keys", ":at 14:46<enter>"]);
    assert!(stdout.contains("'14:46' lies outside of this recording, which goes from"), "{stdout}");
    // opened at its end, it can be looked at from its beginning on
    let (stdout, ..) = frame(&["--keys", ":at 14:47:50<enter>"]);
    assert!(stdout.contains(" REPLAY 2026-11-21 14:47:"), "{stdout}");
}

#[test]
fn a_frame_of_a_damaged_recording_says_where() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = std::fs::read(root().join(RECORDING)).expect("read");
    let path = folder.path().join("cut.opr");
    std::fs::write(&path, &bytes[..bytes.len() - 100]).expect("written");
    let path = path.to_str().expect("UTF-8");
    let frame = |arguments: &[&str]| opsctl(&[&["screen", "fleet", "--replay", path, "--glyphs", "unicode"], arguments].concat());
    for size in ["120x35", "80x24"] {
        let (stdout, stderr, code) = frame(&["--size", size]);
        let place = stderr.split_once("cut.opr: ").expect("the place").1.trim();
        let header = stdout.lines().next().unwrap_or_default();
        assert!(code == 0 && place.starts_with("block ") && header.contains("damaged"), "{code} {stderr}\n{header}");
        let beginning: String = place.chars().take(30).collect();
        assert!(stdout.contains(&format!("this recording is damaged: {beginning}")), "{place}\n{stdout}");
        // the sentence is gone with the next key, the word stays
        let (stdout, ..) = frame(&["--size", size, "--keys", "<lt>"]);
        assert!(stdout.lines().next().is_some_and(|header| header.contains("damaged")), "{stdout}");
    }
    let (stdout, ..) = screen(&["fleet"]);
    assert!(!stdout.contains("damaged"), "{stdout}");
}

#[test]
fn what_cannot_be_drawn_says_what_to_try() {
    let cases: [(&[&str], i32, &str); 9] = [
        (&["flet"], 2, "'fleet'"),
        (&["fleet", "--size", "80"], 2, "try --size 80x24"),
        (&["fleet", "--size", "0x24"], 2, "COLUMNSxROWS"),
        (&["fleet", "--size", "1001x10"], 2, "at most 1000x500"),
        (&["fleet", "--keys", "<entre>"], 2, "no key is called <entre>"),
        (&["fleet", "--at", "noon"], 2, "--at wants a time"),
        (&["fleet", "--theme", "papper"], 2, "did you mean `paper`?"),
        (&["fleet", "-o", "png"], 2, "svg"),
        (&["fleet", "-c", "orders"], 2, "there are: lab-34"),
    ];
    for (arguments, wanted, told) in cases {
        let (stdout, stderr, code) = screen(arguments);
        assert!(code == wanted && stdout.is_empty() && stderr.contains(told), "{arguments:?}: {code}\n{stderr}");
    }
    let (stdout, stderr, code) = opsctl(&["screen", "fleet", "--replay", "/nowhere.opr"]);
    assert!(code == 4 && stdout.is_empty() && stderr.contains("/nowhere.opr") && stderr.contains("opsctl record"), "{code}\n{stderr}");
    let (_, stderr, code) = opsctl(&["screen", "fleet", "--at", "14:00"]);
    assert!(code == 2 && stderr.contains("--replay"), "{code}\n{stderr}");
}

#[test]
fn a_live_frame_of_what_does_not_answer_is_drawn_and_exits_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("opsctl.toml");
    let config = "[[cluster]]\nname = \"orders\"\n[[cluster.endpoint]]\nsystem = \"patroni\"\nname = \"pg1\"\nurl = \"http://127.0.0.1:1\"\n";
    std::fs::write(&path, config).expect("written");
    let (stdout, stderr, code) = opsctl(&["screen", "fleet", "--config", path.to_str().expect("UTF-8"), "--size", "80x24"]);
    assert!(code == 4 && stdout.contains("orders") && stdout.contains("connection refused"), "{code} {stderr}\n{stdout}");
}
